# django-allauth 65.3
### allauth/account/models.py
from django.conf import settings
from django.db import models

class EmailAddress(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL)

class EmailConfirmation(models.Model):
    email_address = models.ForeignKey(EmailAddress)

### allauth/socialaccount/models.py
from django.conf import settings
from django.db import models

class SocialApp(models.Model):
    sites = models.ManyToManyField("sites.Site")

class SocialAccount(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL)

class SocialToken(models.Model):
    app = models.ForeignKey(SocialApp, null=True)
    account = models.ForeignKey(SocialAccount)
