from django.contrib import admin

from .models import Claim, ClaimNote


@admin.register(Claim)
class ClaimAdmin(admin.ModelAdmin):
    list_display = ("reference", "status", "amount", "shipment_reference", "opened_at")
    list_filter = ("status",)
    search_fields = ("reference",)
    raw_id_fields = ("parcel", "opened_by", "handler")

    @admin.display(description="Shipment")
    def shipment_reference(self, obj):
        return obj.parcel.shipment.reference


@admin.register(ClaimNote)
class ClaimNoteAdmin(admin.ModelAdmin):
    list_display = ("claim_reference", "written_by", "created_at")
    list_select_related = ("claim", "author")
    raw_id_fields = ("claim", "author")

    @admin.display(description="Claim", ordering="claim__reference")
    def claim_reference(self, obj):
        return obj.claim.reference

    @admin.display(description="Author")
    def written_by(self, obj):
        return obj.author.get_full_name() or obj.author.username
