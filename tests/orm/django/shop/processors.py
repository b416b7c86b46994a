from shop.models import Loan


def shelves(request):
    return {
        "all_loans": Loan.objects.order_by("pk"),
        "all_loaded_loans": Loan.objects.select_related("book").order_by("pk"),
    }
