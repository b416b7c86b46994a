from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views import View

from core.permissions import OfficerRequiredMixin
from estates.models import Property
from inspections.models import Certificate, Finding
from inspections.reports import REPORTS


class ComplianceView(OfficerRequiredMixin, View):
    def get(self, request):
        if request.GET.get("view") == "hazards":
            return JsonResponse({"hazards": self.hazards()})
        today = timezone.localdate()
        lapsed = []
        for home in Property.objects.filter(is_active=True):
            certificate = Certificate.objects.latest_for(home, "gas")
            if certificate is None or certificate.expires_on < today:
                lapsed.append(home.uprn)
        return JsonResponse({"lapsed": lapsed})

    def hazards(self):
        unresolved = Finding.objects.filter(inspection__property=OuterRef("pk"), resolved=False)
        homes = Property.objects.annotate(has_findings=Exists(unresolved))
        return [home.address for home in homes if home.has_findings]


class InspectionReportView(OfficerRequiredMixin, View):
    def get(self, request, kind):
        report = REPORTS[kind](since=timezone.now() - timedelta(days=90))
        return HttpResponse(report.build(), content_type="application/vnd.ms-excel")
