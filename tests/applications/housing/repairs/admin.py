from django.contrib import admin

from repairs.models import Contractor, RepairOrder, ScheduleRate, Trade

admin.site.register([Trade, ScheduleRate])


@admin.register(Contractor)
class ContractorAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "email", "suspended"]


@admin.register(RepairOrder)
class RepairOrderAdmin(admin.ModelAdmin):
    list_display = ["reference", "summary", "status", "target_date"]
    raw_id_fields = ["property", "reported_by", "contractor"]
