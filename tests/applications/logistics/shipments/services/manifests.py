from ..integrations import PrintJob
from ..models import Parcel, Shipment
from ..selectors import manifest_shipments


def _manifest_line(shipment):
    parcel = shipment.heaviest_parcel()
    weight = parcel.weight_kg if parcel else 0
    return f"{shipment.reference};{shipment.zone};{shipment.get_status_display()};{weight}"


def build_manifest(carrier_id, day):
    header = "reference;zone;status;heaviest"
    body = [_manifest_line(shipment) for shipment in manifest_shipments(carrier_id, day)]
    return "\n".join([header, *body])


def shipment_labels(reference):
    shipment = Shipment.objects.get(reference=reference)
    labels = []
    for number, parcel in enumerate(shipment.parcels.order_by("barcode"), start=1):
        labels.append(f"{parcel.shipment.reference}-{number:03d} {parcel.barcode}")
    return labels


def label_sheet(depot_code):
    job = PrintJob()
    for parcel in Parcel.objects.filter(current_depot__code=depot_code, status="at_depot"):
        label = job.new(parcel.barcode)
        label.set("weight", parcel.weight_kg)
        label.save()
    return job.text()
