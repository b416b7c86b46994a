from django.contrib import admin


class UniAdmin(admin.ModelAdmin):
    related = ()
    list_per_page = 200

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if self.related:
            queryset = queryset.select_related(*self.related)
        return queryset
