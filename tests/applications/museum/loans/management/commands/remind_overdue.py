from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from loans.models import Loan


class Command(BaseCommand):
    help = "Prints overdue loans with the sum at risk."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=0)

    def handle(self, *args, days, **options):
        limit = timezone.localdate() - timedelta(days=days)
        overdue = Loan.objects.filter(ends_on__lt=limit, policy__isnull=False).exclude(status="closed")
        total = 0
        for loan in overdue:
            amount = loan.policy.amount
            total += amount
            self.stdout.write(f"{loan.number}\t{amount}")
        self.stdout.write(f"Sum\t{total}")
