from django.db import models

from core.models import TimeStamped


class RentAccount(TimeStamped):
    tenancy = models.OneToOneField("tenancies.Tenancy", on_delete=models.PROTECT, related_name="rent_account")
    reference = models.CharField(max_length=20, unique=True)
    weekly_amount = models.DecimalField(max_digits=8, decimal_places=2)
    charged_to_date = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    is_closed = models.BooleanField(default=False)

    def __str__(self):
        return self.reference

    def paid_total(self):
        return sum(payment.amount for payment in self.payments.all())


class Charge(TimeStamped):
    account = models.ForeignKey(RentAccount, on_delete=models.CASCADE, related_name="charges")
    week = models.DateField()
    kind = models.CharField(max_length=20, default="rent")
    amount = models.DecimalField(max_digits=8, decimal_places=2)


class Payment(TimeStamped):
    account = models.ForeignKey(RentAccount, on_delete=models.CASCADE, related_name="payments")
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    received_on = models.DateField()
    method = models.CharField(max_length=20)


class ArrearsCase(TimeStamped):
    account = models.ForeignKey(RentAccount, on_delete=models.CASCADE, related_name="arrears_cases")
    officer = models.ForeignKey("core.Officer", on_delete=models.PROTECT, related_name="arrears_cases")
    stage = models.CharField(max_length=20)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    escalate_on = models.DateField(null=True, blank=True)
