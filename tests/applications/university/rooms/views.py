from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import ListView

from core.mixins import RelatedListMixin
from rooms.models import Booking, Building, Room
from rooms.signage import get_client


class BookingListView(RelatedListMixin, ListView):
    model = Booking
    related = ("room__building", "booked_by")
    ordering = ["start"]
    template_name = "rooms/booking_list.html"
    context_object_name = "bookings"


def occupancy(request):
    today = timezone.localdate()
    busy = {}
    for room in Room.objects.filter(seats__gte=20):
        busy[room.number] = room.bookings.filter(start__date=today).count()
    return JsonResponse(busy)


def describe_room(room):
    return f"{room.number}, {room.building.name} ({room.seats} seats)"


def room_guide(request):
    rooms = Room.objects.order_by("number")
    return HttpResponse("\n".join(map(describe_room, rooms)), content_type="text/plain")


def building_plan(request):
    buildings = Building.objects.order_by("name").prefetch_related("rooms__exams")
    return render(request, "rooms/plan.html", {"buildings": buildings}, using="jinja2")


@login_required
def door_signs(request):
    client = get_client()
    for booking in Booking.objects.filter(start__date=timezone.localdate()).select_related("room"):
        for screen in client.screens.filter(room=booking.room.number):
            client.put(screen, booking.purpose)
    return JsonResponse(client.texts)


def first_free(request):
    day = timezone.localdate()
    for room in Room.objects.exclude(bookings__start__date=day).order_by("seats"):
        return JsonResponse({"room": room.number, "building": room.building.name})
    return JsonResponse({"room": None}, status=404)
