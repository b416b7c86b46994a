from .models import Carrier


def active_carriers(country=None):
    queryset = Carrier.objects.filter(active=True).order_by("name")
    if country:
        queryset = queryset.filter(country=country)
    return queryset


def service_matrix(country=None):
    return {
        carrier.scac: list(carrier.service_levels.values_list("code", flat=True))
        for carrier in active_carriers(country)
    }
