from collections import Counter

from django.db.models import prefetch_related_objects

from repairs.models import RepairLine, RepairOrder


def labeller(prefix):
    def label(order):
        return f"{prefix}/{order.contractor.code}/{order.reference}"

    return label


def dispatch_labels(day):
    label = labeller(day.strftime("%y%m%d"))
    due = RepairOrder.objects.filter(target_date=day, contractor__isnull=False)
    return [label(order) for order in due]


def workload():
    counts = Counter()
    for order in RepairOrder.objects.filter(status="issued"):
        counts[order.contractor_id] += 1
    return dict(counts)


def monthly_spend(year, month):
    lines = RepairLine.objects.filter(repair__completed_on__year=year, repair__completed_on__month=month)
    return sum(line.quantity * line.sor.rate for line in lines)


def describe_orders(orders):
    prefetch_related_objects(orders, "lines")
    described = {}
    for order in orders:
        described[order.reference] = [line.description for line in order.lines.all()]
    return described


def job_card_lines(status):
    cards = []
    for order in RepairOrder.objects.filter(status=status).order_by("target_date"):
        cards.append(str(order))
    return cards
