from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from core.models import Officer
from estates.models import Property
from inspections.models import Inspection


class Command(BaseCommand):
    help = "List the homes without a recent inspection, or book their annual visit"

    def add_arguments(self, parser):
        parser.add_argument("--book", type=int, metavar="OFFICER")

    def handle(self, *args, **options):
        if options["book"]:
            self.book(Officer.objects.get(pk=options["book"]))
        else:
            self.report()

    def report(self):
        cutoff = timezone.localdate() - timedelta(days=365)
        for home in Property.objects.filter(is_active=True).iterator():
            last = Inspection.objects.filter(property=home).order_by("-due_on").first()
            if last is None or last.due_on < cutoff:
                self.stdout.write(home.address)

    def book(self, inspector):
        due = timezone.localdate() + timedelta(days=30)
        for home in Property.objects.filter(is_active=True, bedrooms__gte=1):
            Inspection.objects.get_or_create(
                property=home, due_on=due, defaults={"inspector": inspector, "kind": "annual"}
            )
