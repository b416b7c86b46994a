from django.db.models.signals import post_save
from django.dispatch import receiver

from core.models import AuditEntry
from repairs.models import Contractor


@receiver(post_save, sender=Contractor)
def release_orders(sender, instance, created, **kwargs):
    if created or not instance.suspended:
        return
    for order in instance.orders.filter(status="issued"):
        order.unassign(f"{instance.name} suspended")
    AuditEntry.objects.create(label=instance.name, action="suspended")
