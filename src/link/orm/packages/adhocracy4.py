# adhocracy4, main of June 2026
### adhocracy4/models/base.py
from django.conf import settings
from django.db import models

class TimeStampedModel(models.Model):
    class Meta:
        abstract = True

class UserGeneratedContentModel(TimeStampedModel):
    creator = models.ForeignKey(settings.AUTH_USER_MODEL)

    class Meta:
        abstract = True

### adhocracy4/models/__init__.py
### adhocracy4/administrative_districts/models.py
from django.db import models

class AdministrativeDistrict(models.Model):
    class Meta:
        ordering = ["name"]

### adhocracy4/projects/models.py
from adhocracy4.administrative_districts.models import AdministrativeDistrict
from adhocracy4.models import base
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models

class Topic(models.Model):
    pass

class ProjectLocationMixin(models.Model):
    administrative_district = models.ForeignKey(AdministrativeDistrict, null=True)

    class Meta:
        abstract = True

class Project(ProjectLocationMixin, base.TimeStampedModel):
    organisation = models.ForeignKey(settings.A4_ORGANISATIONS_MODEL)
    group = models.ForeignKey(Group, null=True)
    participants = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="project_participant")
    moderators = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="project_moderator")
    topics = models.ManyToManyField(Topic)

    class Meta:
        ordering = ["-created"]

### adhocracy4/modules/models.py
from adhocracy4.models import base
from adhocracy4.projects.models import Project
from django.db import models
from polymorphic.models import PolymorphicModel

class Module(models.Model):
    project = models.ForeignKey(Project)

    class Meta:
        ordering = ["weight"]

class Item(PolymorphicModel, base.UserGeneratedContentModel):
    module = models.ForeignKey(Module)

class AbstractSettings(models.Model):
    module = models.OneToOneField(Module, related_name="%(class)s_settings")

    class Meta:
        abstract = True

### adhocracy4/phases/models.py
from adhocracy4.modules.models import Module
from django.db import models

class Phase(models.Model):
    module = models.ForeignKey(Module)

    class Meta:
        ordering = ["type"]
