import json
from datetime import timedelta

from celery import shared_task
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import Buyer
from notifications.mailers import send_ops, send_shipment_notice
from orders.models import Order, Shipment


@shared_task
def notify_shipped():
    sent = []
    for shipment in Shipment.objects.unannounced().select_related("order__buyer__user"):
        send_shipment_notice(shipment)
        sent.append(shipment.pk)
    Shipment.objects.filter(pk__in=sent).update(notified_at=timezone.now())
    return len(sent)


@shared_task
def report_lost_parcels(days=14):
    body = []
    for shipment in Shipment.objects.lost(timezone.now() - timedelta(days=days)):
        body.append(f"- {shipment} sent {shipment.shipped_at:%d %b}")
    if body:
        send_ops("Lost parcels", "\n".join(body))


@shared_task
def archive_orders(years=3):
    limit = timezone.now() - timedelta(days=365 * years)
    orders = Order.objects.filter(status=Order.Status.CLOSED, archived=False, placed_at__lt=limit)
    for number, page in enumerate(orders.in_pages(1000)):
        buyers = Buyer.objects.in_bulk({order.buyer_id for order in page})
        dump = []
        for order in page:
            dump.append({"number": order.number, "buyer": buyers[order.buyer_id].nickname, "total": order.total})
        with default_storage.open(f"archive/{limit:%Y%m%d}-{number}.json", "w") as handle:
            json.dump(dump, handle, default=str)
    orders.update(archived=True)
