from django.contrib import admin, messages

from catalog.models import Category, Listing, Tag


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ("name", "slug")
    raw_id_fields = ("parent",)


@admin.register(Listing)
class ListingAdmin(admin.ModelAdmin):
    list_display = ("title", "shop", "price", "stock", "status")
    list_select_related = ("seller",)
    list_filter = ("status",)
    raw_id_fields = ("seller", "category", "tags")
    actions = ["feature"]

    @admin.display(description="Shop", ordering="seller__display_name")
    def shop(self, obj):
        return obj.seller.display_name

    @admin.action(description="Feature the listings that are in stock")
    def feature(self, request, queryset):
        featured = Tag.objects.get(slug="featured")
        picked = []
        for listing in queryset:
            if listing.stock:
                picked.append(listing)
        featured.listings.add(*picked)
        self.message_user(request, f"{len(picked)} listings featured", messages.SUCCESS)
