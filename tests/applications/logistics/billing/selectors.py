from .models import Invoice


def invoices_due(day):
    return (
        Invoice.objects.filter(status__in=[Invoice.Status.SENT, Invoice.Status.OVERDUE], due_on__lte=day)
        .select_related("customer")
        .order_by("due_on")
    )


def open_invoices():
    return Invoice.objects.exclude(status=Invoice.Status.PAID).order_by("number")
