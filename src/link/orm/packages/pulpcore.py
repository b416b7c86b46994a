# pulpcore 3.123
### pulpcore/app/models/base.py
from django.db import models

class BaseModel(models.Model):
    class Meta:
        abstract = True

class MasterModel(BaseModel):
    class Meta:
        abstract = True

### pulpcore/app/models/content.py
from django.db import models
from pulpcore.app.models.base import BaseModel, MasterModel

class Artifact(BaseModel):
    pass

class Content(MasterModel):
    _artifacts = models.ManyToManyField(Artifact)

class ContentArtifact(BaseModel):
    artifact = models.ForeignKey(Artifact, null=True, related_name="content_memberships")
    content = models.ForeignKey(Content)

class RemoteArtifact(BaseModel):
    content_artifact = models.ForeignKey(ContentArtifact)

### pulpcore/app/models/repository.py
from django.db import models
from pulpcore.app.models.base import BaseModel, MasterModel
from pulpcore.app.models.content import Content

class Repository(MasterModel):
    content = models.ManyToManyField(Content, related_name="repositories")
    remote = models.ForeignKey("Remote", null=True)

class Remote(MasterModel):
    pass

class RepositoryVersion(BaseModel):
    repository = models.ForeignKey(Repository, related_name="versions")
    base_version = models.ForeignKey("RepositoryVersion", null=True, related_name="versions")

class RepositoryContent(BaseModel):
    content = models.ForeignKey(Content, related_name="version_memberships")
    repository = models.ForeignKey(Repository)
    version_added = models.ForeignKey(RepositoryVersion, related_name="added_memberships")
    version_removed = models.ForeignKey(RepositoryVersion, null=True, related_name="removed_memberships")

### pulpcore/app/models/__init__.py
from pulpcore.app.models.base import *
from pulpcore.app.models.content import *
from pulpcore.app.models.repository import *

### pulpcore/plugin/models/__init__.py
from pulpcore.app.models import *
