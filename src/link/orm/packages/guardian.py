# django-guardian 3.0
### guardian/models/models.py
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

class BaseObjectPermission(models.Model):
    permission = models.ForeignKey(Permission)

    class Meta:
        abstract = True

class BaseGenericObjectPermission(models.Model):
    content_type = models.ForeignKey(ContentType)
    content_object = GenericForeignKey(fk_field="object_pk")

    class Meta:
        abstract = True

class UserObjectPermissionBase(BaseObjectPermission):
    user = models.ForeignKey(settings.AUTH_USER_MODEL)

    class Meta:
        abstract = True

class UserObjectPermissionAbstract(UserObjectPermissionBase, BaseGenericObjectPermission):
    class Meta:
        abstract = True

class UserObjectPermission(UserObjectPermissionAbstract):
    pass

class GroupObjectPermissionBase(BaseObjectPermission):
    group = models.ForeignKey(Group)

    class Meta:
        abstract = True

class GroupObjectPermissionAbstract(GroupObjectPermissionBase, BaseGenericObjectPermission):
    class Meta:
        abstract = True

class GroupObjectPermission(GroupObjectPermissionAbstract):
    pass

### guardian/models/__init__.py
from guardian.models.models import *
