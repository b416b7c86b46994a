from django.conf import settings
from django.db import models

from core.models import TimeStamped
from holdings.models import Artefact, Country


class Contact(models.Model):
    name = models.CharField(max_length=120)
    email = models.EmailField()


class Institution(models.Model):
    name = models.CharField(max_length=160)
    country = models.ForeignKey(Country, models.PROTECT)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="+")

    def __str__(self):
        return self.name


class Loan(TimeStamped):
    number = models.CharField(max_length=20, unique=True)
    borrower = models.ForeignKey(Institution, models.PROTECT, related_name="loans")
    registrar = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=20, default="draft")

    def __str__(self):
        return self.number

    def summary(self, with_policy=False):
        text = f"{self.number} ({self.starts_on:%d.%m.} - {self.ends_on:%d.%m.})"
        if with_policy:
            text += f", insured with {self.policy.insurer}"
        return text


class LoanItem(TimeStamped):
    loan = models.ForeignKey(Loan, models.CASCADE, related_name="items")
    artefact = models.ForeignKey(Artefact, models.PROTECT, related_name="loan_items")
    insured_value = models.DecimalField(max_digits=12, decimal_places=2)
    returned_at = models.DateTimeField(null=True, blank=True)
    checked = models.BooleanField(default=False)


class InsurancePolicy(models.Model):
    loan = models.OneToOneField(Loan, models.CASCADE, related_name="policy")
    insurer = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=14, decimal_places=2)


class CourierTrip(TimeStamped):
    loan = models.ForeignKey(Loan, models.CASCADE, related_name="trips")
    tracking_no = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=20, default="planned")
