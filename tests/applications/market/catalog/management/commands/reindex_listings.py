import json

import requests
from django.conf import settings
from django.core.management.base import BaseCommand

from catalog.models import Listing


class Command(BaseCommand):
    help = "Push all live listings to the search index"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args, dry_run=False, **options):
        lines = []
        for listing in Listing.objects.live().select_related("seller"):
            document = {
                "id": listing.pk,
                "title": listing.title,
                "price": str(listing.price),
                "seller": {"id": listing.seller_id, "name": listing.seller.display_name},
            }
            document["tags"] = sorted(listing.tags.values_list("name", flat=True))
            lines.append(json.dumps({"index": {"_id": listing.pk}}))
            lines.append(json.dumps(document))
        if not dry_run:
            requests.post(f"{settings.SEARCH_URL}/listings/_bulk", data="\n".join(lines) + "\n", timeout=60)
        self.stdout.write(f"{len(lines) // 2} listings")
