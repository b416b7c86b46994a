from django.db import models

from core.models import TimeStamped


class Complaint(TimeStamped):
    STAGES = [("informal", "Informal"), ("stage1", "Stage 1"), ("stage2", "Stage 2")]

    reference = models.CharField(max_length=20, unique=True)
    tenancy = models.ForeignKey("tenancies.Tenancy", on_delete=models.PROTECT, related_name="complaints")
    estate = models.ForeignKey("estates.Estate", on_delete=models.PROTECT, related_name="complaints")
    handler = models.ForeignKey("core.Officer", on_delete=models.PROTECT, related_name="complaints")
    stage = models.CharField(max_length=10, choices=STAGES, default="informal")
    subject = models.CharField(max_length=200)
    due_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    def __str__(self):
        return self.reference


class ComplaintNote(TimeStamped):
    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey("core.Officer", on_delete=models.PROTECT)
    body = models.TextField()
