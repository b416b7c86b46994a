from django.db import models
from django.db.models import Q


class TariffManager(models.Manager):
    def valid_on(self, day):
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))

    def for_shipment(self, shipment):
        return (
            self.valid_on(shipment.planned_pickup)
            .filter(service_level_id=shipment.service_level_id, zone=shipment.zone)
            .order_by("-valid_from")
            .first()
        )
