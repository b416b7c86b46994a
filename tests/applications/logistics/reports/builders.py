from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db import connection
from django.db.models import Count, OuterRef, Subquery, Sum

from billing.models import Invoice
from claims.models import Claim
from depots.models import Depot
from shipments.models import Parcel, ScanEvent, Shipment

from .base import ReportBuilder


class DepotReport(ReportBuilder):
    title = "Depots"

    def get_source(self):
        return Depot.objects.annotate(parcel_count=Count("parcels")).order_by("code")

    def build_row(self, depot):
        return {
            "code": depot.code,
            "region": depot.region.name,
            "parcels": depot.parcel_count,
        }


class ReceivablesReport(ReportBuilder):
    title = "Receivables"

    def get_source(self):
        return Invoice.objects.filter(status__in=[Invoice.Status.SENT, Invoice.Status.OVERDUE]).order_by("due_on")

    def build_row(self, invoice):
        amount = invoice.outstanding
        if amount <= 0:
            return None
        return {"number": invoice.number, "due_on": invoice.due_on, "outstanding": amount}

    def summary(self, rows):
        return {"outstanding": sum((row["outstanding"] for row in rows), Decimal("0"))}


class ClaimsReport(ReportBuilder):
    title = "Claims"

    def get_source(self):
        queryset = Claim.objects.select_related("parcel").order_by("-opened_at")
        if status := self.params.get("status"):
            queryset = queryset.filter(status=status)
        return queryset

    def build_row(self, claim):
        return {"reference": claim.reference, "parcel": claim.parcel.barcode, "amount": claim.amount}


class ClaimsByHandlerReport(ClaimsReport):
    title = "Claims by handler"

    def get_source(self):
        return super().get_source().filter(handler__isnull=False)

    def build_row(self, claim):
        row = super().build_row(claim)
        row["handler"] = claim.handler.get_full_name()
        return row


class CarrierVolumeReport(ReportBuilder):
    title = "Volume per carrier"

    def get_source(self):
        return (
            Shipment.objects.values("carrier__name", "carrier__scac")
            .annotate(shipments=Count("pk"), weight=Sum("chargeable_kg"))
            .order_by("-shipments")
        )

    def build_row(self, row):
        return {"carrier": row["carrier__name"], "shipments": row["shipments"], "weight": row["weight"]}


class LastScanReport(ReportBuilder):
    title = "Last scan per parcel"

    def get_source(self):
        latest = ScanEvent.objects.filter(parcel=OuterRef("pk")).order_by("-scanned_at")
        return Parcel.objects.exclude(status="delivered").annotate(
            last_code=Subquery(latest.values("code")[:1]),
            last_seen=Subquery(latest.values("scanned_at")[:1]),
        )

    def build_row(self, parcel):
        return {"barcode": parcel.barcode, "code": parcel.last_code, "seen": parcel.last_seen}


class CityLoadReport(ReportBuilder):
    title = "Load per city of origin"

    def get_source(self):
        shipments = Shipment.objects.moving().order_by("origin__city", "pk")
        for city, group in groupby(shipments, key=lambda shipment: shipment.origin.city):
            yield city, sum(shipment.chargeable_kg for shipment in group)

    def build_row(self, pair):
        city, weight = pair
        return {"city": city, "weight": weight}


@dataclass
class LanePlace:
    code: str
    city: str


@dataclass
class Lane:
    origin: LanePlace
    destination: LanePlace
    shipments: int


class LaneReport(ReportBuilder):
    title = "Lanes"
    sql = """
        SELECT o.code, o.city, d.code, d.city, COUNT(*)
        FROM shipments_shipment s
        JOIN depots_depot o ON o.id = s.origin_id
        JOIN depots_depot d ON d.id = s.destination_id
        GROUP BY 1, 2, 3, 4
        ORDER BY 5 DESC
    """

    def get_source(self):
        with connection.cursor() as cursor:
            cursor.execute(self.sql)
            for o_code, o_city, d_code, d_city, count in cursor.fetchall():
                yield Lane(LanePlace(o_code, o_city), LanePlace(d_code, d_city), count)

    def build_row(self, lane):
        return {"lane": f"{lane.origin.code}-{lane.destination.code}", "shipments": lane.shipments}


REPORTS = {
    "depots": DepotReport,
    "receivables": ReceivablesReport,
    "claims": ClaimsReport,
    "claims-by-handler": ClaimsByHandlerReport,
    "carrier-volume": CarrierVolumeReport,
    "last-scan": LastScanReport,
    "city-load": CityLoadReport,
    "lanes": LaneReport,
}
