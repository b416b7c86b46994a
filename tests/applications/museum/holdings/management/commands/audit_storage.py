from django.core.management.base import BaseCommand

from holdings.models import StorageUnit


class Command(BaseCommand):
    help = "Lists shelves without humidity readings."

    def handle(self, *args, **options):
        units = StorageUnit.objects.filter(humidity__isnull=True).order_by("code")
        for unit in units:
            self.stdout.write(unit.full_path())
