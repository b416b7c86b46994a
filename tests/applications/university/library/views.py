from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.generic import ListView
from django_tables2 import SingleTableView

from core.mixins import StaffOnlyMixin
from library.models import Book, Fine, Loan, Reservation
from library.policies import SlipLine
from library.tables import LoanTable


class BookListView(ListView):
    model = Book
    ordering = ["title"]
    template_name = "library/book_list.html"
    context_object_name = "books"


class LoanTableView(StaffOnlyMixin, SingleTableView):
    table_class = LoanTable
    table_pagination = False
    template_name = "table_page.html"

    def get_queryset(self):
        return Loan.objects.open().order_by("due")


@login_required
def overdue_report(request):
    total = Decimal("0")
    shelfmarks = []
    for loan in Loan.objects.open().filter(due__lt=timezone.localdate()):
        shelfmarks.append(loan.copy.shelfmark)
        try:
            total += loan.fine.amount
        except Fine.DoesNotExist:
            continue
    return JsonResponse({"total": str(total), "shelfmarks": shelfmarks})


@login_required
def shelf_check(request):
    wanted = {
        book.isbn: book.reservations.filter(fulfilled_at=None).exists()
        for book in Book.objects.filter(copies__on_shelf=True).distinct()
    }
    return JsonResponse(wanted)


@login_required
def reservation_cost(request):
    waiting = Reservation.objects.filter(fulfilled_at=None)
    cost = sum(reservation.book.replacement_price for reservation in waiting)
    return JsonResponse({"cost": str(cost)})


@login_required
def loan_slips(request):
    loans = Loan.objects.open().order_by("due", "pk")
    lines = [SlipLine(position, loan) for position, loan in enumerate(loans, start=1)]
    return HttpResponse("\n".join(line.render() for line in lines), content_type="text/plain")
