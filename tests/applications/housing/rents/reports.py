from rents.models import ArrearsCase

STAGES = ("letter1", "notice", "court")


def arrears_rows():
    rows = []
    for case in ArrearsCase.objects.filter(closed_on__isnull=True).order_by("opened_on"):
        rows.append([case.pk, case.stage, case.amount, case.officer.name, case.officer.extension])
    return rows


def court_rows():
    rows = []
    cases = ArrearsCase.objects.filter(stage="court").select_related("account__tenancy")
    for case in cases:
        rows.append([case.pk, case.account.reference, case.account.tenancy.start, case.amount])
    return rows


def stage_summary():
    summary = {}
    for stage in STAGES:
        summary[stage] = ArrearsCase.objects.filter(stage=stage, closed_on__isnull=True).count()
    return summary
