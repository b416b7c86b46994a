from django.contrib import admin

from .models import Campaign, Donation, Level, Member

admin.site.register([Campaign, Level])


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin):
    list_display = ("number", "last_name", "first_name", "email")
    raw_id_fields = ("referred_by",)


@admin.register(Donation)
class DonationAdmin(admin.ModelAdmin):
    list_display = ("given_on", "amount", "thanked_by")
    raw_id_fields = ("member", "campaign", "thanked_by")
    date_hierarchy = "given_on"
