from dataclasses import dataclass

from tenancies.models import Tenancy


@dataclass
class Crowding:
    reference: str
    people: int
    bedrooms: int

    @property
    def short_by(self):
        return max(self.people - self.bedrooms * 2, 0)


def tenancies_for_list(status):
    return Tenancy.objects.filter(status=status).select_related("lead_tenant").order_by("reference")


def crowding_report(kind):
    found = []
    for tenancy in Tenancy.objects.filter(kind=kind, status="current").select_related("property"):
        crowding = Crowding(tenancy.reference, tenancy.household_size, tenancy.property.bedrooms)
        if crowding.short_by:
            found.append(crowding)
    return found


def ending_soon(day):
    return (
        Tenancy.objects.filter(end__lte=day, status="notice")
        .select_related("lead_tenant")
        .prefetch_related("household")
    )
