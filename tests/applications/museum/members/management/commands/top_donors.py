from django.core.management.base import BaseCommand
from django.db.models import Sum

from members.models import Member


class Command(BaseCommand):
    help = "Prints the donors in the order of their gifts."

    def handle(self, *args, **options):
        totals = []
        donors = Member.objects.filter(donations__isnull=False).distinct()
        for member in donors:
            total = member.donations.aggregate(total=Sum("amount"))["total"]
            totals.append((total, member.last_name))
        for total, name in sorted(totals, reverse=True):
            self.stdout.write(f"{total:>12} {name}")
