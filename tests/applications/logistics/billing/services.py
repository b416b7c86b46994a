from collections import defaultdict
from decimal import Decimal

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import transaction

from carriers.models import Tariff
from shipments.selectors import shipments_to_invoice

from .models import Invoice, InvoiceLine, Payment, TaxRate
from .selectors import invoices_due

DEFAULT_RATE = Decimal("1")


@transaction.atomic
def draft_invoice(*, customer, number, until, due_on):
    standard = TaxRate.objects.get(code="STD")
    invoice = Invoice.objects.create(customer=customer, number=number, issued_on=until, due_on=due_on)
    lines = []
    for shipment in shipments_to_invoice(customer=customer, until=until):
        tariff = Tariff.objects.for_shipment(shipment)
        if tariff is None:
            continue
        lines.append(
            InvoiceLine(
                invoice=invoice,
                shipment=shipment,
                tax_rate=standard,
                description=f"Transport {shipment.reference}",
                quantity=shipment.chargeable_kg,
                unit_price=tariff.price_per_kg,
            )
        )
    InvoiceLine.objects.bulk_create(lines)
    invoice.total = sum((line.net for line in lines), Decimal("0"))
    invoice.save(update_fields=["total", "updated_at"])
    return invoice


def make_tax_resolver(fallback):
    def resolve(line):
        if line.tax_rate_id is None:
            return fallback
        return line.tax_rate.percent

    return resolve


def send_reminders(day):
    sent = 0
    for invoice in invoices_due(day):
        address = invoice.customer.billing_email
        if not address:
            continue
        send_mail(
            f"Invoice {invoice.number} is due",
            f"Amount: {invoice.total} {invoice.currency}",
            settings.DEFAULT_FROM_EMAIL,
            [address],
        )
        sent += 1
    return sent


def turnover_in_euro(start, end):
    total = Decimal("0")
    for invoice in Invoice.objects.filter(issued_on__range=(start, end)):
        rate = cache.get(f"fx:{invoice.currency}") or DEFAULT_RATE
        total += invoice.total * rate
    return total


def statement(customer_id):
    payments = defaultdict(list)
    for payment in Payment.objects.filter(invoice__customer_id=customer_id).order_by("received_on"):
        payments[payment.invoice_id].append(payment)
    rows = []
    for invoice in Invoice.objects.filter(customer_id=customer_id).order_by("issued_on"):
        received = sum((p.amount for p in payments.get(invoice.pk, [])), Decimal("0"))
        rows.append({"number": invoice.number, "total": invoice.total, "received": received})
    return rows
