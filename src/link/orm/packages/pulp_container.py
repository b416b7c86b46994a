# pulp-container 2.30
### pulp_container/app/models.py
from django.db import models
from pulpcore.plugin.models import Content

class Blob(Content):
    pass

class Manifest(Content):
    blobs = models.ManyToManyField(Blob)
    config_blob = models.ForeignKey(Blob, related_name="config_blob", null=True)

class Tag(Content):
    tagged_manifest = models.ForeignKey(Manifest, related_name="tagged_manifests")

class ManifestSignature(Content):
    signed_manifest = models.ForeignKey(Manifest, related_name="signed_manifests")
