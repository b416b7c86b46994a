from django.db.models import F, Sum
from django.utils.functional import cached_property

from core.batching import chunked, group_by
from orders.models import Order, OrderLine
from payouts.ledger import LedgerEntry, trial_balance
from payouts.models import FeePolicy, Payout, PayoutBatch, PayoutItem
from payouts.selectors import payable_items


class FeeCalculator:
    @cached_property
    def policy(self):
        return FeePolicy.objects.latest("valid_from")

    def net_amounts(self, lines):
        return {line.pk: line.amount - self.policy.apply(line.amount) for line in lines}


class BatchBuilder:
    def __init__(self, label):
        self.batch = PayoutBatch.objects.create(label=label)
        self.calculator = FeeCalculator()

    def _open_payout(self, seller_id, amount):
        return Payout.objects.create(
            batch=self.batch,
            seller_id=seller_id,
            reference=f"{self.batch.label}-{seller_id}",
            amount=amount,
        )

    def run(self):
        payable = OrderLine.objects.filter(order__status=Order.Status.CLOSED, payout_items__isnull=True)
        lines = list(payable)
        net = self.calculator.net_amounts(lines)
        by_seller = group_by(lines, lambda line: line.seller_id)
        items = []
        sums = payable.values("seller_id").annotate(gross=Sum(F("unit_price") * F("quantity")))
        for row in sums:
            payout = self._open_payout(row["seller_id"], row["gross"])
            for line in by_seller.get(row["seller_id"], ()):
                items.append(PayoutItem(payout=payout, line=line, amount=net[line.pk]))
        for chunk in chunked(items, 500):
            PayoutItem.objects.bulk_create(chunk)
        return self.batch


def batch_ledger(batch):
    entries = []
    for item in PayoutItem.objects.filter(payout__batch=batch):
        entries.append(LedgerEntry.from_item(item))
    return trial_balance(entries)


def statement(seller):
    rows = []
    for item in payable_items(seller):
        rows.append({"listing": item.line.listing.title, "amount": item.amount})
    return rows


def payout_to_dict(payout, expand=False):
    body = {"reference": payout.reference, "amount": payout.amount, "status": payout.status}
    if expand:
        body["items"] = list(payout.items.values("line_id", "amount"))
    return body
