import django_filters

from estates.models import Property


class PropertyFilter(django_filters.FilterSet):
    address = django_filters.CharFilter(lookup_expr="icontains")
    bedrooms = django_filters.NumberFilter()

    class Meta:
        model = Property
        fields = ["address", "bedrooms", "is_active"]
