import csv

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import AuditEntry, Seller, User
from accounts.serializers import SellerSerializer
from core.viewsets import BaseViewSet
from payouts.selectors import last_batch_label


class SellerViewSet(BaseViewSet):
    queryset = Seller.objects.active()
    serializer_class = SellerSerializer
    lookup_field = "slug"

    @action(detail=True)
    def last_batch(self, request, slug=None):
        return Response({"batch": last_batch_label(self.get_object())})


class UserExportView(APIView):
    permission_classes = [IsAdminUser]

    def get(self, request):
        response = HttpResponse(content_type="text/csv")
        writer = csv.writer(response)
        writer.writerow(["id", "email", "joined", "role"])
        users = User.objects.filter(is_staff=False).order_by("date_joined")
        for user in users:
            role = "buyer" if hasattr(user, "buyer") else "guest"
            writer.writerow([user.pk, user.email, user.date_joined.date(), role])
        return response


class DirectoryView(APIView):
    permission_classes = [IsAdminUser]

    def get(self, request):
        people = User.objects.filter(is_active=True).select_related("seller")
        entries = []
        for person in people:
            shop = person.seller.display_name if hasattr(person, "seller") else None
            entries.append({"email": person.email, "shop": shop, "locale": person.locale})
        return Response(entries)


class AuditLogView(APIView):
    permission_classes = [IsAdminUser]

    def get(self, request):
        entries = AuditEntry.objects.select_related("actor").prefetch_related("subject").order_by("-at")
        if kind := request.GET.get("action"):
            entries = entries.filter(action=kind)
        return Response(
            [
                {
                    "at": entry.at,
                    "action": entry.action,
                    "actor": entry.actor.email if entry.actor else "system",
                    "subject": getattr(entry.subject, "reference", None),
                }
                for entry in entries
            ]
        )


class ShopView(APIView):
    permission_classes = []

    def get(self, request, slug):
        shop = get_object_or_404(Seller.objects.active(), slug=slug)
        cards = []
        for listing in shop.listings.filter(status="live").order_by("-created_at"):
            cards.append({"title": listing.title, "by": listing.seller.display_name, "price": listing.price})
        return Response({"shop": shop.display_name, "listings": cards})
