from django.http import JsonResponse
from django.views import View
from django.views.generic import ListView

from complaints.models import Complaint
from core.models import Officer
from core.permissions import OfficerRequiredMixin, PatchScope


class ComplaintListView(OfficerRequiredMixin, ListView):
    template_name = "complaints/complaint_list.html"
    context_object_name = "complaints"

    def get_queryset(self):
        return Complaint.objects.select_related("tenancy", "handler").order_by("-due_on")


class MyPatchView(OfficerRequiredMixin, View):
    def get(self, request):
        scope = PatchScope(request.user.officer)
        mine = scope.restrict(Complaint.objects.filter(closed_on__isnull=True))
        return JsonResponse({"complaints": [complaint.reference for complaint in mine]})


class WorkloadView(OfficerRequiredMixin, View):
    def get(self, request):
        complaints = list(Complaint.objects.filter(closed_on__isnull=True))
        officers = Officer.objects.in_bulk({complaint.handler_id for complaint in complaints})
        rows = []
        for complaint in complaints:
            handler = officers[complaint.handler_id]
            rows.append({"reference": complaint.reference, "handler": handler.name, "ext": handler.extension})
        return JsonResponse({"rows": rows})
