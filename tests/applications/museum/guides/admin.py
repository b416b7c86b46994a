from django.contrib import admin

from .models import Guide, HourlyRate, Language, Tour

admin.site.register([HourlyRate, Language])


@admin.register(Guide)
class GuideAdmin(admin.ModelAdmin):
    list_display = ("phone", "active")
    raw_id_fields = ("user",)


@admin.register(Tour)
class TourAdmin(admin.ModelAdmin):
    list_display = ("title", "starts_at", "party_total")
    raw_id_fields = ("guide", "exhibition")

    def party_total(self, obj):
        return sum(booking.party_size for booking in obj.bookings.all())

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            queryset = queryset.prefetch_related("bookings")
        return queryset
