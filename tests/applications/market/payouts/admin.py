from django.contrib import admin
from django.db.models import Count

from payouts.models import Payout


@admin.register(Payout)
class PayoutAdmin(admin.ModelAdmin):
    list_display = ("reference", "item_count", "amount", "status")
    list_filter = ("status",)
    raw_id_fields = ("batch", "seller")

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(_item_count=Count("items"))

    @admin.display(description="Items", ordering="_item_count")
    def item_count(self, obj):
        return obj._item_count
