from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.cache import cache
from django.db.models import Count
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.generic import FormView

from core.decorators import as_csv
from domain.dto import OrderRow

from .forms import BookingForm
from .models import Order, Ticket, TimeSlot
from .pricing import Basket, make_pricer


def slot_board(request):
    slots = TimeSlot.objects.filter(starts_at__gte=timezone.now()).annotate(sold_total=Count("tickets"))
    board = []
    for slot in slots.order_by("starts_at"):
        board.append((slot.starts_at, slot.remaining, cache.get(f"queue:{slot.pk}", 0)))
    return render(request, "core/table.html", {"headings": ("Start", "Free", "In line"), "rows": board})


@login_required
def scan_stats(request):
    rows = []
    for slot in TimeSlot.objects.filter(starts_at__date=timezone.localdate()):
        scanned = slot.tickets.filter(scanned_at__isnull=False).count()
        rows.append((slot.starts_at, scanned, slot.capacity))
    return render(request, "core/table.html", {"headings": ("Start", "Scanned", "Capacity"), "rows": rows})


def price_list(request):
    price = make_pricer(request.GET.get("discount", 0))
    rows = []
    for slot in TimeSlot.objects.filter(starts_at__gte=timezone.now()).order_by("starts_at"):
        rows.append((slot.starts_at, price(slot)))
    return render(request, "core/table.html", {"headings": ("Start", "Price"), "rows": rows})


@login_required
@as_csv(
    "orders.csv",
    number=lambda order: order.number,
    status=lambda order: order.status,
    customer=lambda order: order.member.last_name,
)
def orders_csv(request):
    return Order.objects.filter(paid_at__year=timezone.localdate().year).order_by("number")


@login_required
def order_rows(request):
    orders = OrderRow.eager(Order.objects.filter(status="paid"))
    return JsonResponse({"orders": [OrderRow(order).as_dict() for order in orders]})


@login_required
def open_orders(request):
    rows = []
    for order in Order.objects.filter(status="open").for_list():
        rows.append((order.number, order.member.last_name, order.member.level.name))
    return render(request, "core/table.html", {"headings": ("Order", "Member", "Level"), "rows": rows})


@login_required
def refunds(request):
    tickets = Ticket.objects.filter(created_at__date=timezone.localdate())
    return JsonResponse({"codes": [ticket.code for ticket in tickets if ticket.is_refunded]})


class BookingView(LoginRequiredMixin, FormView):
    form_class = BookingForm
    template_name = "tickets/booking.html"
    success_url = "/tickets/slots/"

    def form_valid(self, form):
        form.instance.order = get_object_or_404(Order, pk=self.request.session.get("order"))
        form.save()
        return super().form_valid(form)


def basket(request):
    current = Basket(request.session)
    if request.method == "POST":
        current.refresh()
        return redirect("/tickets/basket/")
    return JsonResponse({"lines": request.session.get("basket", [])})
