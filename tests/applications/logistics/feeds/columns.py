def iso(value):
    return value.isoformat() if value else ""


def party_line(shipment):
    return f"{shipment.customer.name} / {shipment.origin.code}"


SHIPMENT_COLUMNS = [
    ("Reference", lambda s: s.reference),
    ("Status", lambda s: s.get_status_display()),
    ("Pickup", lambda s: iso(s.planned_pickup)),
    ("Carrier", lambda s: s.carrier.name),
    ("Weight", lambda s: s.chargeable_kg),
]

HANDLING_COLUMNS = [
    ("Reference", lambda s: s.reference),
    ("Pieces", lambda s: len(s.parcels.all())),
    ("Incoterm", lambda s: s.meta.get("incoterm", "")),
]

PARTY_COLUMNS = [
    ("Reference", lambda s: s.reference),
    ("Parties", party_line),
    ("Delivered", lambda s: iso(s.delivered_at)),
]
