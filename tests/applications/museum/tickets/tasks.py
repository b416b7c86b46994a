from datetime import timedelta

from celery import shared_task
from django.core.mail import send_mail
from django.utils import timezone

from utils.chunks import chunked
from utils.mailing import send_digest

from .models import Order, Ticket


class DayReport:
    def __init__(self, day):
        self.day = day
        self.tickets = Ticket.objects.filter(scanned_at__date=day).order_by("scanned_at")

    def text(self):
        return "\n".join(self._lines())

    def _lines(self):
        for ticket in self.tickets:
            yield self._line(ticket)

    def _line(self, ticket):
        return f"{ticket.code};{ticket.order.number};{ticket.price}"


@shared_task
def day_report():
    report = DayReport(timezone.localdate())
    send_mail(f"Tickets {report.day}", report.text(), None, ["desk@museum.example"])


@shared_task
def visitor_digest():
    since = timezone.now() - timedelta(days=1)
    send_digest("press@museum.example", Ticket.objects.filter(scanned_at__gte=since))


@shared_task
def expire_orders():
    limit = timezone.now() - timedelta(minutes=30)
    ids = Order.objects.filter(status="open", created_at__lt=limit).values_list("pk", flat=True)
    for chunk in chunked(ids, 1000):
        Order.objects.filter(pk__in=chunk).update(status="expired")
