from collections import defaultdict, namedtuple
from decimal import Decimal

from django.db import connection
from django.db.models import Count, F, Sum

from accounts.models import Seller
from orders.models import Order, OrderLine, Refund

Month = namedtuple("Month", "label orders total")


def section_revenue(since):
    totals = defaultdict(Decimal)
    orders = Order.objects.filter(placed_at__gte=since).prefetch_related("lines__listing")
    for order in orders:
        for line in order.lines.all():
            section = line.listing.category.parent
            totals[section.name if section else "other"] += line.amount
    return totals


def seller_totals(since):
    sums = dict(
        OrderLine.objects.filter(order__placed_at__gte=since)
        .values_list("seller_id")
        .annotate(total=Sum(F("unit_price") * F("quantity")))
    )
    table = []
    for seller in Seller.objects.active():
        table.append((seller.display_name, sums.get(seller.pk, Decimal("0"))))
    return table


def status_counts():
    counts = {}
    for status in Order.Status.values:
        counts[status] = Order.objects.filter(status=status).count()
    return counts


def refund_reasons():
    rows = Refund.objects.values("reason", "line__seller__display_name").annotate(number=Count("pk"))
    return [f"{row.get('line__seller__display_name')}: {row.get('reason')} ({row['number']})" for row in rows]


def monthly():
    with connection.cursor() as cursor:
        cursor.execute(
            "select to_char(placed_at, 'YYYY-MM'), count(*), sum(total) from orders_order group by 1 order by 1"
        )
        months = map(Month._make, cursor.fetchall())
        return [{"month": month.label, "orders": month.orders, "total": month.total} for month in months]
