# django-oauth-toolkit 3.0
### oauth2_provider/models.py
from django.conf import settings
from django.db import models

class AbstractApplication(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="%(app_label)s_%(class)s", null=True)

    class Meta:
        abstract = True

class Application(AbstractApplication):
    pass

class AbstractGrant(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="%(app_label)s_%(class)s")
    application = models.ForeignKey(settings.OAUTH2_PROVIDER_APPLICATION_MODEL)

    class Meta:
        abstract = True

class Grant(AbstractGrant):
    pass

class AbstractAccessToken(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="%(app_label)s_%(class)s", null=True)
    application = models.ForeignKey(settings.OAUTH2_PROVIDER_APPLICATION_MODEL, null=True)

    class Meta:
        abstract = True

class AccessToken(AbstractAccessToken):
    pass

class AbstractRefreshToken(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, related_name="%(app_label)s_%(class)s")
    application = models.ForeignKey(settings.OAUTH2_PROVIDER_APPLICATION_MODEL)
    access_token = models.OneToOneField("oauth2_provider.AccessToken", related_name="refresh_token", null=True)

    class Meta:
        abstract = True

class RefreshToken(AbstractRefreshToken):
    pass
