from django.contrib import admin

from .models import Exhibit, Exhibition


@admin.register(Exhibition)
class ExhibitionAdmin(admin.ModelAdmin):
    list_display = ("title", "opens_on", "closes_on")
    prepopulated_fields = {"slug": ("title",)}


@admin.register(Exhibit)
class ExhibitAdmin(admin.ModelAdmin):
    list_display = ("__str__", "position")
    raw_id_fields = ("section", "artefact")
    search_fields = ("label",)
