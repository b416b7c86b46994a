from django.db import models

from core.querysets import BaseQuerySet, TimestampedModel


class Coupon(models.Model):
    code = models.CharField(max_length=20, unique=True)
    percent = models.PositiveSmallIntegerField()


class Order(TimestampedModel):
    class Status(models.TextChoices):
        PLACED = "placed"
        PAID = "paid"
        SHIPPED = "shipped"
        CLOSED = "closed"

    number = models.CharField(max_length=20, unique=True)
    buyer = models.ForeignKey("accounts.Buyer", models.PROTECT, related_name="orders")
    shipping_address = models.ForeignKey("accounts.Address", models.PROTECT, related_name="orders")
    coupon = models.ForeignKey(Coupon, models.SET_NULL, null=True, blank=True, related_name="orders")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLACED)
    placed_at = models.DateTimeField()
    total = models.DecimalField(max_digits=12, decimal_places=2)
    archived = models.BooleanField(default=False)

    def __str__(self):
        return self.number

    @property
    def reference(self):
        return self.number


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    listing = models.ForeignKey("catalog.Listing", models.PROTECT, related_name="order_lines")
    variant = models.ForeignKey("catalog.Variant", models.SET_NULL, null=True, related_name="order_lines")
    seller = models.ForeignKey("accounts.Seller", models.PROTECT, related_name="order_lines")
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=10, decimal_places=2)

    objects = BaseQuerySet.as_manager()

    @property
    def amount(self):
        return self.unit_price * self.quantity


class Carrier(models.Model):
    name = models.CharField(max_length=60)
    tracking_url = models.URLField()


class ShipmentQuerySet(BaseQuerySet):
    def unannounced(self):
        return self.filter(notified_at__isnull=True, shipped_at__isnull=False)

    def lost(self, before):
        return self.filter(delivered_at__isnull=True, shipped_at__lt=before)


class Shipment(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments")
    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="shipments")
    tracking_code = models.CharField(max_length=60)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)

    objects = ShipmentQuerySet.as_manager()

    def __str__(self):
        return f"{self.order.number}/{self.tracking_code}"


class Invoice(models.Model):
    order = models.OneToOneField(Order, models.CASCADE, related_name="invoice")
    number = models.CharField(max_length=20, unique=True)
    issued_at = models.DateTimeField()


class Refund(TimestampedModel):
    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="refunds")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    reason = models.CharField(max_length=120, blank=True)
