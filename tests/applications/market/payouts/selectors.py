from payouts.models import PayoutItem


def payable_items(seller):
    return PayoutItem.objects.unpaid().filter(payout__seller=seller).with_line()


def last_batch_label(seller):
    for payout in seller.payouts.order_by("-pk"):
        return payout.batch.label
    return None
