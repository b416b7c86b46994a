from django.contrib import admin
from django.db.models import Count

from .models import AcquisitionRecord, Artefact, Artist, Collection, ConditionReport, Department, Material, StorageUnit

admin.site.register([Department, Material, StorageUnit, Artist])


@admin.action(description="Mark as consolidated with resin")
def mark_consolidated(modeladmin, request, queryset):
    resin, _ = Material.objects.get_or_create(name="resin")
    for artefact in queryset:
        artefact.materials.add(resin)
    modeladmin.message_user(request, "Objects marked.")


@admin.register(Artefact)
class ArtefactAdmin(admin.ModelAdmin):
    list_display = ("inventory_no", "title", "collection", "department_name", "acquired_from")
    search_fields = ("inventory_no", "title")
    raw_id_fields = ("artist", "location", "collection")
    actions = [mark_consolidated]

    @admin.display(description="Department")
    def department_name(self, obj):
        return obj.collection.department.name

    @admin.display(description="Acquired from")
    def acquired_from(self, obj):
        try:
            return obj.acquisition.source
        except AcquisitionRecord.DoesNotExist:
            return "-"


@admin.register(Collection)
class CollectionAdmin(admin.ModelAdmin):
    list_display = ("name", "size")

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(n_artefacts=Count("artefacts"))

    @admin.display(ordering="n_artefacts")
    def size(self, obj):
        return obj.n_artefacts


@admin.register(ConditionReport)
class ConditionReportAdmin(admin.ModelAdmin):
    list_display = ("object_no", "inspected_by", "grade", "created_at")
    list_select_related = ("artefact", "inspector")
    raw_id_fields = ("artefact",)

    def object_no(self, obj):
        return obj.artefact.inventory_no

    def inspected_by(self, obj):
        return obj.inspector.get_full_name()
