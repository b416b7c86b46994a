from decimal import Decimal

from shipments.models import Parcel

from .models import Claim
from .selectors import open_claims_with_notes

LIABILITY_PER_KG = Decimal("10.20")


def statutory_exposure():
    claims = Claim.objects.filter(status__in=[Claim.Status.OPEN, Claim.Status.ESCALATED]).select_related("parcel")
    return sum(min(claim.amount, claim.parcel.weight_kg * LIABILITY_PER_KG) for claim in claims)


def build_chasers():
    chasers = []
    for claim in open_claims_with_notes():
        last = claim.recent_notes[0].body if claim.recent_notes else ""
        chasers.append({"claim": claim.reference, "last_note": last[:120]})
    return chasers


def parcels_without_claim(carrier_id):
    damaged = Parcel.objects.filter(status="damaged", shipment__carrier_id=carrier_id)
    return [
        parcel.barcode
        for parcel in damaged
        if not parcel.claims.exclude(status=Claim.Status.REJECTED).exists()
    ]
