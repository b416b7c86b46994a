from decimal import Decimal

from django.core.management.base import BaseCommand
from django.core.paginator import Paginator
from django.db.models import Sum

from billing.models import Invoice


class Command(BaseCommand):
    help = "Mark fully paid invoices as paid."

    def add_arguments(self, parser):
        parser.add_argument("--page-size", type=int, default=250)

    def handle(self, *args, **options):
        unpaid = Invoice.objects.exclude(status=Invoice.Status.PAID).order_by("pk")
        paginator = Paginator(unpaid, options["page_size"])
        settled = []
        for number in paginator.page_range:
            for invoice in paginator.page(number).object_list:
                received = invoice.payments.aggregate(amount=Sum("amount"))["amount"]
                if (received or Decimal("0")) >= invoice.total:
                    settled.append(invoice.pk)
        updated = Invoice.objects.filter(pk__in=settled).update(status=Invoice.Status.PAID)
        self.stdout.write(f"{updated} invoices settled")
