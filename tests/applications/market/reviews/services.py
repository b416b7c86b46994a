from datetime import timedelta

from django.utils import timezone

from core.batching import group_by
from notifications.mailers import send_photo_request, send_review_digest
from reviews.models import Review, ReviewFlag

HIDE_ABOVE = 5


def digest(days=7):
    recent = Review.objects.since("created_at", timezone.now() - timedelta(days=days)).select_related("listing")
    send_review_digest(group_by(recent, key=lambda review: review.listing.title))


def ask_for_photos():
    yesterday = timezone.now() - timedelta(days=1)
    reviews = Review.objects.filter(created_at__date=yesterday.date(), rating__gte=4).select_related("line", "listing")
    for review in reviews:
        send_photo_request(review.line.order.buyer.user.email, review.listing.title)


def attach_flags(reviews):
    flags = group_by(ReviewFlag.objects.filter(review__in=reviews), lambda flag: flag.review_id)
    for review in reviews:
        review._prefetched_objects_cache = {"flags": flags.get(review.pk, [])}
    return reviews


def hide_flagged():
    reviews = attach_flags(list(Review.objects.filter(status=Review.Status.PUBLISHED)))
    doomed = []
    for review in reviews:
        if sum(flag.weight for flag in review.flags.all()) > HIDE_ABOVE:
            doomed.append(review.pk)
    return Review.objects.filter(pk__in=doomed).update(status=Review.Status.HIDDEN)
