from celery import shared_task
from django.contrib.auth import get_user_model

from newsletters.models import Delivery, Issue, Newsletter, Subscription
from people.models import Student


@shared_task
def subscribe_freshers(newsletter_id, since):
    newsletter = Newsletter.objects.get(pk=newsletter_id)
    added = 0
    for student in Student.objects.filter(enrolled_on__gte=since).iterator():
        _, created = Subscription.objects.get_or_create(
            newsletter=newsletter,
            user_id=student.user_id,
        )
        added += created
    return added


@shared_task
def prune_alumni():
    stale = []
    for subscription in Subscription.objects.filter(active=True):
        student = Student.objects.filter(user_id=subscription.user_id).first()
        if student is None:
            stale.append(subscription.pk)
    return Subscription.objects.filter(pk__in=stale).update(active=False)


@shared_task
def queue_issue(issue_id):
    issue = Issue.objects.get(pk=issue_id)
    subscriptions = list(Subscription.objects.filter(newsletter_id=issue.newsletter_id, active=True))
    users = get_user_model().objects.in_bulk([entry.user_id for entry in subscriptions])
    deliveries = []
    for entry in subscriptions:
        address = users[entry.user_id].email
        if address:
            deliveries.append(Delivery(issue=issue, subscription=entry, address=address))
    Delivery.objects.bulk_create(deliveries, batch_size=2000)
    return len(deliveries)
