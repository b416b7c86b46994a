import csv
import sys

from django.core.management.base import BaseCommand

from people.models import Lecturer


class Command(BaseCommand):
    help = "Write all lecturers to stdout as CSV"

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true")

    def handle(self, *args, **options):
        staff = Lecturer.objects.select_related("department").order_by("pk")
        if not options["all"]:
            staff = staff.filter(is_active=True)
        writer = csv.writer(sys.stdout)
        for lecturer in staff.iterator(chunk_size=500):
            writer.writerow(
                [
                    lecturer.title,
                    lecturer.department.code,
                    lecturer.user.get_full_name(),
                    lecturer.hired_on.isoformat(),
                ]
            )
