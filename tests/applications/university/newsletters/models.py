from django.conf import settings
from django.db import models


class Newsletter(models.Model):
    faculty = models.ForeignKey("people.Faculty", on_delete=models.CASCADE, related_name="newsletters")
    title = models.CharField(max_length=120)

    def __str__(self):
        return self.title


class Issue(models.Model):
    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="issues")
    subject = models.CharField(max_length=160)
    body = models.TextField()
    sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.subject


class Subscription(models.Model):
    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="subscriptions")
    active = models.BooleanField(default=True)

    class Meta:
        unique_together = [("newsletter", "user")]


class Delivery(models.Model):
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="deliveries")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    address = models.EmailField()
