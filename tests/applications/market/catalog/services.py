from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Seller
from catalog.models import Category, Listing, Tag
from payouts.fees import commission


class PriceFeedBuilder:
    def __init__(self, currency="EUR"):
        self.currency = currency

    def build(self):
        feed = []
        for listing in Listing.objects.live().only("slug", "price"):
            feed.append(
                {
                    "slug": listing.slug,
                    "price": f"{listing.price} {self.currency}",
                    "was": listing.previous_price(),
                }
            )
        return feed


class CategoryTree:
    def __init__(self, categories):
        self.nodes = {category.pk: category for category in categories}

    def ancestors(self, pk):
        trail = []
        while pk is not None:
            node = self.nodes[pk]
            trail.insert(0, node)
            pk = node.parent_id
        return trail


def attach_sellers(listings):
    by_id = Seller.objects.in_bulk({listing.seller_id for listing in listings})
    for listing in listings:
        listing.seller = by_id[listing.seller_id]
    return listings


def season_slug(moment=None):
    month = (moment or timezone.now()).month
    return ("winter", "spring", "summer", "autumn")[month % 12 // 3]


def tag_seasonal(words):
    tag, _ = Tag.objects.get_or_create(slug=season_slug(), defaults={"name": season_slug().title()})
    touched = 0
    for listing in Listing.objects.live().exclude(tags=tag):
        if any(word in listing.title.lower() for word in words):
            listing.tags.add(tag)
            touched += 1
    return touched


def fee_quote(listing, quantity=1):
    gross = listing.price * quantity
    fee = commission(listing, gross)
    return {"listing": listing.slug, "gross": gross, "fee": fee, "net": gross - fee}


@dataclass
class Draft:
    book: "DraftBook"
    sku: str
    title: str = ""
    price: Decimal = Decimal("0")

    def save(self):
        self.book.ready[self.sku] = self


class DraftBook:
    def __init__(self, seller_id):
        self.seller_id = seller_id
        self.ready = {}

    def draft(self, sku):
        return self.ready.get(sku) or Draft(self, sku)

    def commit(self):
        fallback = Category.objects.get(slug="unsorted")
        made = Listing.objects.bulk_create(
            Listing(
                seller_id=self.seller_id,
                category=fallback,
                title=draft.title,
                slug=slugify(f"{self.seller_id}-{draft.sku}"),
                price=draft.price,
            )
            for draft in self.ready.values()
        )
        return len(made)
