from decimal import Decimal

from django.db.models import Sum, prefetch_related_objects


def build_packing_slips(lines):
    slips = {}
    for line in lines:
        slip = slips.setdefault(line.order.number, [])
        sku = line.variant.sku if line.variant_id else "-"
        slip.append({"title": line.listing.title, "sku": sku, "quantity": line.quantity})
    return slips


def invoice_rows(orders):
    prefetch_related_objects(orders, "lines__listing__category")
    rows = []
    for order in orders:
        for line in order.lines.all():
            rows.append([order.number, line.listing.category.name, line.amount])
    return rows


def refunded_total(lines):
    return sum(
        (line.refunds.aggregate(total=Sum("amount"))["total"] or Decimal("0") for line in lines),
        Decimal("0"),
    )
