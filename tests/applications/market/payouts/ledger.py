from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class LedgerEntry:
    account: str
    order_id: int
    amount: Decimal

    @classmethod
    def from_item(cls, item):
        line = item.line
        return cls(account=f"seller:{line.seller_id}", order_id=line.order_id, amount=item.amount)


def trial_balance(entries):
    totals = {}
    for entry in entries:
        totals[entry.account] = totals.get(entry.account, Decimal("0")) + entry.amount
    return totals
