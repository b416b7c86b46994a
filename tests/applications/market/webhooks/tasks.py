from celery import shared_task
from django.db.models import F

from orders.models import Order
from webhooks.handlers import HANDLERS
from webhooks.models import Delivery, Endpoint


@shared_task
def deliver_pending():
    outcome = {True: [], False: []}
    for delivery in Delivery.objects.pending():
        handler = HANDLERS[delivery.event]
        outcome[handler(delivery)].append(delivery.pk)
    Delivery.objects.filter(pk__in=outcome[True]).update(status="done")
    Delivery.objects.filter(pk__in=outcome[False]).update(status="failed", attempts=F("attempts") + 1)


@shared_task
def deliver_one(delivery_id):
    delivery = Delivery.objects.select_related("endpoint").get(pk=delivery_id)
    delivery.status = "done" if HANDLERS[delivery.event](delivery) else "failed"
    delivery.attempts += 1
    delivery.save(update_fields=["status", "attempts"])


@shared_task
def retry_failed():
    for delivery in Delivery.objects.failed().only("pk"):
        deliver_one.delay(delivery.pk)


@shared_task
def enqueue_order_changes(order_ids, seller_id):
    orders = Order.objects.in_bulk(order_ids)
    endpoints = list(Endpoint.objects.filter(seller_id=seller_id, active=True))
    deliveries = []
    for order_id in order_ids:
        order = orders.get(order_id)
        if order is None:
            continue
        payload = {"number": order.number, "status": order.status}
        deliveries.extend(Delivery(endpoint=endpoint, event="order.changed", payload=payload) for endpoint in endpoints)
    Delivery.objects.bulk_create(deliveries)
