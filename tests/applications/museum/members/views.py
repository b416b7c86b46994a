from collections import defaultdict

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import render

from core.views import StaffListView
from domain.loaders import MemberRegistry

from .models import Address, Campaign, Donation, Member


class MemberListView(StaffListView):
    model = Member
    template_name = "members/member_list.html"
    context_object_name = "members"
    ordering = "last_name"

    def get_queryset(self):
        return super().get_queryset().filter(card__isnull=False)


class DeskView(StaffListView):
    model = Member
    template_name = "members/desk.html"
    context_object_name = "members"


@login_required
def lapsed(request):
    rows = []
    for member in Member.objects.exclude(email=""):
        last = Donation.objects.last_for(member)
        rows.append((member.last_name, last.given_on if last else None))
    return render(request, "core/table.html", {"headings": ("Member", "Last gift"), "rows": rows})


@login_required
def donations(request):
    gifts = list(Donation.objects.order_by("-given_on"))
    campaigns = Campaign.objects.in_bulk([gift.campaign_id for gift in gifts])
    registry = MemberRegistry()
    payload = []
    for gift in gifts:
        donor = registry.get(gift.member_id)
        payload.append(
            {
                "donor": str(donor),
                "campaign": campaigns[gift.campaign_id].name,
                "amount": str(gift.amount),
            }
        )
    return JsonResponse({"donations": payload})


def _attach_addresses(members):
    found = defaultdict(list)
    for address in Address.objects.filter(current=True, member__in=members):
        found[address.member_id].append(address)
    for member in members:
        member._prefetched_objects_cache = {"addresses": found[member.pk]}


@login_required
def address_labels(request):
    members = list(Member.objects.order_by("last_name"))
    _attach_addresses(members)
    labels = []
    for member in members:
        for address in member.addresses.all():
            labels.append(f"{member} / {address.street} / {address.town}")
    return JsonResponse({"labels": labels})


@login_required
def greetings(request):
    members = Member.objects.order_by("pk")
    return JsonResponse({"lines": [f"{m.display_number()} {m.first_name}" for m in members]})
