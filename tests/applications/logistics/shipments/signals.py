from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Parcel, ScanEvent, Shipment


@receiver(post_save, sender=ScanEvent)
def move_parcel(sender, instance, created, **kwargs):
    if created and instance.depot_id:
        Parcel.objects.filter(pk=instance.parcel_id).update(current_depot_id=instance.depot_id, status=instance.code)


@receiver(post_save, sender=Shipment)
def record_signatures(sender, instance, created, **kwargs):
    if created or instance.status != Shipment.Status.DELIVERED:
        return
    signatures = {}
    for parcel in instance.parcels.filter(pod__isnull=False):
        signatures[parcel.barcode] = parcel.pod.signed_by
    if signatures and instance.meta.get("signatures") != signatures:
        meta = {**instance.meta, "signatures": signatures}
        Shipment.objects.filter(pk=instance.pk).update(meta=meta)
