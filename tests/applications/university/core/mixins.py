import csv

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse


class StaffOnlyMixin(LoginRequiredMixin):
    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_staff:
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)


class RelatedListMixin:
    related = ()

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.related:
            queryset = queryset.select_related(*self.related)
        return queryset


class CSVExportMixin:
    columns = {}
    filename = "export.csv"

    def render_to_response(self, context, **response_kwargs):
        response = HttpResponse(content_type="text/csv")
        response["Content-Disposition"] = f'attachment; filename="{self.filename}"'
        writer = csv.writer(response)
        writer.writerow(self.columns)
        for obj in self.get_queryset():
            writer.writerow([getter(obj) for getter in self.columns.values()])
        return response
