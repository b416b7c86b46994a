from django.core.management.base import BaseCommand, CommandError

from courses.models import Term
from courses.services import clone_offerings


class Command(BaseCommand):
    help = "Copy the offerings of one term to the next"

    def add_arguments(self, parser):
        parser.add_argument("source")
        parser.add_argument("target")

    def handle(self, *args, **options):
        terms = {term.name: term for term in Term.objects.filter(name__in=[options["source"], options["target"]])}
        if len(terms) != 2:
            raise CommandError("Both terms must exist")
        created = clone_offerings(terms[options["source"]], terms[options["target"]])
        self.stdout.write(f"{len(created)} offerings")
