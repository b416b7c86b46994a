from django.db.models.signals import post_save
from django.dispatch import receiver

from holdings.models import Artefact

from .models import Exhibit, Exhibition


@receiver(post_save, sender=Exhibition)
def put_on_display(sender, instance, raw=False, **kwargs):
    if raw:
        return
    for exhibit in Exhibit.objects.filter(section__exhibition=instance):
        Artefact.objects.filter(pk=exhibit.artefact_id).update(on_display=True, status="exhibited")
