from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import render
from django.views.generic import ListView, View


class EagerListMixin:
    select_related_fields = ()
    prefetch_fields = ()

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.select_related_fields:
            queryset = queryset.select_related(*self.select_related_fields)
        if self.prefetch_fields:
            queryset = queryset.prefetch_related(*self.prefetch_fields)
        return queryset


class StaffListView(EagerListMixin, LoginRequiredMixin, ListView):
    pass


class TableView(LoginRequiredMixin, View):
    model = None
    headings = ()

    def get_queryset(self):
        return self.model._default_manager.all()

    def row(self, obj):
        raise NotImplementedError

    def get(self, request):
        rows = [self.row(obj) for obj in self.get_queryset()]
        return render(request, "core/table.html", {"headings": self.headings, "rows": rows})
