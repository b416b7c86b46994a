from django.contrib import admin

from .models import Contact, CourierTrip, InsurancePolicy, Institution, Loan, LoanItem

admin.site.register([Contact, InsurancePolicy, Institution])


class LoanItemInline(admin.TabularInline):
    model = LoanItem
    extra = 0
    fields = ("artefact_label", "insured_value", "returned_at")
    readonly_fields = ("artefact_label",)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("artefact__collection")

    def artefact_label(self, obj):
        return f"{obj.artefact.title} / {obj.artefact.collection.name}"

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Loan)
class LoanAdmin(admin.ModelAdmin):
    list_display = ("number", "starts_on", "ends_on", "status")
    list_filter = ("status",)
    raw_id_fields = ("borrower", "registrar")
    inlines = [LoanItemInline]


@admin.register(CourierTrip)
class CourierTripAdmin(admin.ModelAdmin):
    list_display = ("tracking_no", "state")
    raw_id_fields = ("loan",)
