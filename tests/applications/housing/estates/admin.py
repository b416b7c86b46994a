from django.contrib import admin

from estates.models import Block, Estate, Feature, KeySafe, Property

admin.site.register([Estate, Feature])


@admin.register(Block)
class BlockAdmin(admin.ModelAdmin):
    list_display = ["name", "estate_code", "storeys", "has_lift"]
    list_select_related = ["estate"]

    @admin.display(description="Estate")
    def estate_code(self, obj):
        return f"{obj.estate.code} {obj.estate.name}"


@admin.register(Property)
class PropertyAdmin(admin.ModelAdmin):
    list_display = ["uprn", "address", "location", "bedrooms", "is_active"]
    search_fields = ["uprn", "address"]
    raw_id_fields = ["block"]

    @admin.display(description="Block")
    def location(self, obj):
        return f"{obj.block.name} ({obj.block.storeys} storeys)"


@admin.register(KeySafe)
class KeySafeAdmin(admin.ModelAdmin):
    list_display = ["code", "changed_on"]
    raw_id_fields = ["property"]
