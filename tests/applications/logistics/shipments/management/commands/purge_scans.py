import json
from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from shipments.models import ScanEvent


class Command(BaseCommand):
    help = "Move old scan events to a JSON lines archive."

    def add_arguments(self, parser):
        parser.add_argument("archive")
        parser.add_argument("--days", type=int, default=730)

    def handle(self, *args, **options):
        cutoff = timezone.now() - timedelta(days=options["days"])
        removed = 0
        with open(options["archive"], "a", encoding="utf-8") as archive:
            for scan in ScanEvent.objects.filter(scanned_at__lt=cutoff).iterator(chunk_size=2000):
                record = {"parcel": scan.parcel_id, "code": scan.code, "at": scan.scanned_at.isoformat()}
                archive.write(json.dumps(record) + "\n")
                scan.delete()
                removed += 1
        self.stdout.write(f"{removed} scans archived")
