from itertools import cycle

from django.contrib import admin

from accounts.models import User
from disputes.models import Dispute


@admin.register(Dispute)
class DisputeAdmin(admin.ModelAdmin):
    list_display = ("reference", "status", "opened_at", "due_at", "overdue")
    list_filter = ("status", "overdue")
    raw_id_fields = ("line", "opened_by", "assignee")
    actions = ["assign_from_rota"]

    @admin.action(description="Assign from the rota")
    def assign_from_rota(self, request, queryset):
        agents = list(User.objects.filter(groups__name="disputes", is_active=True))
        if not agents:
            return
        rota = cycle(agents)
        for dispute in queryset.filter(assignee=None):
            Dispute.objects.filter(pk=dispute.pk, assignee=None).update(assignee=next(rota))
