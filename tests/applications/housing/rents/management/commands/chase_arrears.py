from django.core.management.base import BaseCommand

from rents.selectors import iter_open_cases


class Command(BaseCommand):
    help = "Print the accounts to be chased today"

    def add_arguments(self, parser):
        parser.add_argument("--stage")

    def handle(self, *args, **options):
        for case in iter_open_cases(options["stage"]):
            self.stdout.write(f"{case.account.reference}\t{case.stage}\t{case.amount}")
