from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.views.generic import ListView

from domain.querying import larger_than, with_party

from .models import Guide, TourBooking

STATES = ("new", "confirmed", "cancelled")


class GuideListView(ListView):
    template_name = "guides/guide_list.html"
    context_object_name = "guides"

    def get_queryset(self):
        return Guide.objects.bookable().select_related("user")


@login_required
def roster(request):
    lines = []
    for guide in Guide.objects.filter(active=True).prefetch_related("tours"):
        for tour in guide.tours.all():
            lines.append(f"{tour.starts_at:%d.%m. %H:%M} {tour.title} ({tour.guide.phone})")
    return JsonResponse({"roster": sorted(lines)})


@login_required
def parties(request):
    bookings = larger_than(with_party(TourBooking.objects.order_by("-party_size")), 8)
    return JsonResponse({"parties": [f"{b.member.last_name}: {b.party_size}, {b.tour.title}" for b in bookings]})


@login_required
def booking_states(request):
    totals = {}
    for state in STATES:
        totals[state] = TourBooking.objects.filter(state=state).count()
    return JsonResponse(totals)
