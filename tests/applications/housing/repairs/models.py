from django.db import models

from core.models import TimeStamped


class Trade(models.Model):
    name = models.CharField(max_length=60)
    sla_days = models.PositiveSmallIntegerField(default=28)

    def __str__(self):
        return self.name


class Contractor(models.Model):
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=8)
    email = models.EmailField()
    suspended = models.BooleanField(default=False)
    trades = models.ManyToManyField(Trade, related_name="contractors")

    def __str__(self):
        return self.name


class Operative(models.Model):
    contractor = models.ForeignKey(Contractor, on_delete=models.CASCADE, related_name="operatives")
    name = models.CharField(max_length=120)

    def __str__(self):
        return self.name


class ScheduleRate(models.Model):
    code = models.CharField(max_length=12, unique=True)
    description = models.CharField(max_length=200)
    rate = models.DecimalField(max_digits=8, decimal_places=2)


class RepairOrder(TimeStamped):
    STATUSES = [
        ("reported", "Reported"),
        ("issued", "Issued"),
        ("completed", "Completed"),
        ("cancelled", "Cancelled"),
    ]

    reference = models.CharField(max_length=20, unique=True)
    property = models.ForeignKey("estates.Property", on_delete=models.PROTECT, related_name="repairs")
    reported_by = models.ForeignKey("tenancies.Tenant", null=True, blank=True, on_delete=models.SET_NULL)
    trade = models.ForeignKey(Trade, on_delete=models.PROTECT, related_name="orders")
    contractor = models.ForeignKey(
        Contractor, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders"
    )
    summary = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=STATUSES, default="reported")
    hold_reason = models.CharField(max_length=120, blank=True)
    target_date = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)

    def __str__(self):
        return f"{self.reference}: {self.summary} at {self.property.address}"

    def unassign(self, reason):
        self.contractor = None
        self.status = "reported"
        self.hold_reason = reason
        self.save(update_fields=["contractor", "status", "hold_reason", "updated_at"])


class RepairVisit(TimeStamped):
    repair = models.ForeignKey(RepairOrder, on_delete=models.CASCADE, related_name="visits")
    operative = models.ForeignKey(Operative, null=True, on_delete=models.SET_NULL, related_name="visits")
    booked_for = models.DateTimeField()
    outcome = models.CharField(max_length=40, blank=True)


class RepairLine(models.Model):
    repair = models.ForeignKey(RepairOrder, on_delete=models.CASCADE, related_name="lines")
    sor = models.ForeignKey(ScheduleRate, on_delete=models.PROTECT)
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=6, decimal_places=2)
