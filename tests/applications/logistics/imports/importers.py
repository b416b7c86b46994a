import csv
from decimal import Decimal

from carriers.models import Carrier, ServiceLevel, Tariff, Vehicle
from core.utils import parse_day
from depots.models import Depot


class CsvImporter:
    required = ()

    def __init__(self, stream):
        self.stream = stream
        self.errors = []
        self.accepted = 0

    def prepare(self):
        pass

    def handle_row(self, row):
        raise NotImplementedError

    def finish(self):
        pass

    def run(self):
        self.prepare()
        for number, row in enumerate(csv.DictReader(self.stream, delimiter=";"), start=2):
            missing = [name for name in self.required if not row.get(name)]
            if missing:
                self.errors.append(f"line {number}: missing {', '.join(missing)}")
                continue
            try:
                self.handle_row(row)
            except (KeyError, ValueError) as error:
                self.errors.append(f"line {number}: {error}")
            else:
                self.accepted += 1
        self.finish()
        return {"accepted": self.accepted, "errors": self.errors}


class TariffImporter(CsvImporter):
    required = ("carrier", "service", "zone", "price", "valid_from")

    def prepare(self):
        self.levels = {
            (scac, code): pk for scac, code, pk in ServiceLevel.objects.values_list("carrier__scac", "code", "pk")
        }

    def handle_row(self, row):
        level_id = self.levels[row["carrier"], row["service"]]
        Tariff.objects.update_or_create(
            service_level_id=level_id,
            zone=row["zone"],
            valid_from=parse_day(row["valid_from"]),
            defaults={"price_per_kg": Decimal(row["price"]), "valid_to": parse_day(row.get("valid_to"))},
        )


class VehicleImporter(CsvImporter):
    required = ("carrier", "plate")

    def prepare(self):
        self.carriers = dict(Carrier.objects.values_list("scac", "pk"))
        self.depots = {depot.code: depot for depot in Depot.objects.filter(is_open=True)}
        self.vehicles = []

    def handle_row(self, row):
        depot = self.depots.get(row.get("depot"))
        self.vehicles.append(
            Vehicle(
                carrier_id=self.carriers[row["carrier"]],
                plate=row["plate"].upper(),
                capacity_kg=int(row.get("capacity") or 0),
                home_depot=depot,
            )
        )

    def finish(self):
        Vehicle.objects.bulk_create(self.vehicles, batch_size=500, ignore_conflicts=True)


IMPORTERS = {"tariffs": TariffImporter, "vehicles": VehicleImporter}
