from datetime import date

from django.core.management.base import BaseCommand
from django.db import transaction

from members.models import Card, Member


class Command(BaseCommand):
    help = "Issues cards for members who have none and reports gifts."

    @transaction.atomic
    def handle(self, *args, **options):
        until = date(date.today().year + 1, 12, 31)
        for number, member in enumerate(Member.objects.filter(card__isnull=True), start=1):
            Card.objects.create(member=member, serial=f"{until.year}-{number:06d}", valid_until=until)
        self.stdout.write(self.style.SUCCESS("done"))
