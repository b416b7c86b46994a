from django.conf import settings
from django.db import models

from core.querysets import TimestampedModel


class Review(TimestampedModel):
    class Status(models.TextChoices):
        PENDING = "pending"
        PUBLISHED = "published"
        HIDDEN = "hidden"

    listing = models.ForeignKey("catalog.Listing", models.CASCADE, related_name="reviews")
    author = models.ForeignKey("accounts.Buyer", models.CASCADE, related_name="reviews")
    line = models.OneToOneField("orders.OrderLine", models.CASCADE, related_name="review")
    rating = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)


class ReviewVote(models.Model):
    review = models.ForeignKey(Review, models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="review_votes")


class ReviewFlag(models.Model):
    review = models.ForeignKey(Review, models.CASCADE, related_name="flags")
    reason = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField(default=1)
