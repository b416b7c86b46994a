from rents.models import ArrearsCase, RentAccount


def iter_open_cases(stage=None):
    cases = ArrearsCase.objects.filter(closed_on__isnull=True)
    if stage:
        cases = cases.filter(stage=stage)
    for case in cases.order_by("-amount"):
        if case.amount > 50:
            yield case


def accounts_with_payments():
    return RentAccount.objects.filter(is_closed=False).prefetch_related("payments")
