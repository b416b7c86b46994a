from decimal import Decimal

from django.db import models
from django.db.models import Sum

from core.models import TimeStampedModel


class TaxRate(models.Model):
    code = models.CharField(max_length=8, unique=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2)


class Invoice(TimeStampedModel):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SENT = "sent", "Sent"
        OVERDUE = "overdue", "Overdue"
        PAID = "paid", "Paid"

    number = models.CharField(max_length=24, unique=True)
    customer = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="invoices")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    currency = models.CharField(max_length=3, default="EUR")
    issued_on = models.DateField()
    due_on = models.DateField()
    total = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    reminder_count = models.PositiveSmallIntegerField(default=0)

    def __str__(self):
        return self.number

    @property
    def outstanding(self):
        paid = self.payments.aggregate(total=Sum("amount"))["total"] or Decimal("0")
        return self.total - paid

    def net_total(self):
        amount = Decimal("0")
        for line in self.lines.all():
            amount += line.net
        return amount


class InvoiceLine(models.Model):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    shipment = models.ForeignKey(
        "shipments.Shipment", null=True, blank=True, on_delete=models.SET_NULL, related_name="invoice_lines"
    )
    tax_rate = models.ForeignKey(TaxRate, null=True, on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=10, decimal_places=2)
    unit_price = models.DecimalField(max_digits=10, decimal_places=4)

    @property
    def net(self):
        return self.quantity * self.unit_price


class PaymentManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("invoice")


class Payment(TimeStampedModel):
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    received_on = models.DateField()
    bank_reference = models.CharField(max_length=64, blank=True)

    objects = PaymentManager()
