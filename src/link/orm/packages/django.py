# Django 5.2
### django/contrib/contenttypes/models.py
from django.db import models

class ContentType(models.Model):
    pass

### django/contrib/sites/models.py
from django.db import models

class Site(models.Model):
    pass

### django/contrib/auth/models.py
from django.contrib.contenttypes.models import ContentType
from django.db import models

class Permission(models.Model):
    content_type = models.ForeignKey(ContentType)
    objects = models.Manager()

    class Meta:
        ordering = ["content_type__app_label", "content_type__model", "codename"]

    def __str__(self):
        return f"{self.content_type} | {self.name}"

class Group(models.Model):
    permissions = models.ManyToManyField(Permission)

class PermissionsMixin(models.Model):
    groups = models.ManyToManyField(Group, related_name="user_set", related_query_name="user")
    user_permissions = models.ManyToManyField(Permission, related_name="user_set", related_query_name="user")

    class Meta:
        abstract = True

class AbstractUser(PermissionsMixin):
    class Meta:
        abstract = True

class User(AbstractUser):
    pass

### django/contrib/admin/models.py
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models

class LogEntry(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL)
    content_type = models.ForeignKey(ContentType, null=True)

    class Meta:
        ordering = ["-action_time"]
