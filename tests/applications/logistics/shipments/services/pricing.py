from dataclasses import dataclass
from decimal import Decimal

from ..models import Shipment


@dataclass(frozen=True)
class ZoneRate:
    zone: str
    minimum: Decimal
    per_kg: Decimal


class RateTable:
    def __init__(self, rates):
        self._rates = list(rates)

    def filter(self, **wanted):
        return RateTable(r for r in self._rates if all(getattr(r, k) == v for k, v in wanted.items()))

    def first(self):
        return self._rates[0] if self._rates else None


PUBLIC_RATES = RateTable(
    [
        ZoneRate("NL1", Decimal("6.50"), Decimal("0.32")),
        ZoneRate("NL2", Decimal("7.10"), Decimal("0.41")),
        ZoneRate("EU1", Decimal("14.00"), Decimal("0.88")),
        ZoneRate("EU2", Decimal("19.50"), Decimal("1.12")),
    ]
)


def _fuel_surcharge(shipment, base):
    return (base * shipment.carrier.fuel_index).quantize(Decimal("0.01"))


def quote_backlog(base_per_kg=Decimal("0.55")):
    quotes = {}
    for shipment in Shipment.objects.filter(status=Shipment.Status.CONFIRMED):
        base = shipment.chargeable_kg * base_per_kg
        quotes[shipment.reference] = base + _fuel_surcharge(shipment, base)
    return quotes


def public_estimates():
    estimates = {}
    for shipment in Shipment.objects.filter(status=Shipment.Status.DRAFT):
        rate = PUBLIC_RATES.filter(zone=shipment.zone).first()
        if rate is None:
            continue
        estimates[shipment.reference] = max(rate.minimum, rate.per_kg * shipment.chargeable_kg)
    return estimates
