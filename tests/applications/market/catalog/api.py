from ninja import Router

from accounts.models import Seller
from catalog.models import Listing, Watch
from catalog.services import fee_quote
from core.batching import ModelLoader

router = Router(tags=["catalog"])


@router.get("/suggestions")
def suggestions(request, category: str):
    picks = []
    for listing in Listing.objects.live().filter(category__slug=category).order_by("-stock"):
        if Watch.objects.is_watching(request.user, listing):
            continue
        picks.append({"slug": listing.slug, "title": listing.title})
    return picks


@router.get("/covers")
def covers(request, seller: str):
    listings = Listing.objects.filter(seller__slug=seller).prefetch_related("images")
    found = {listing.slug: listing.images.filter(is_cover=True).first() for listing in listings}
    return {slug: image.url for slug, image in found.items() if image}


@router.get("/fees")
def fees(request, category: str, quantity: int = 1):
    quotes = []
    for listing in Listing.objects.live().filter(category__slug=category):
        quotes.append(fee_quote(listing, quantity))
    return quotes


@router.get("/feed")
def feed(request):
    listings = list(Listing.objects.live().newest())
    sellers = ModelLoader(Seller.objects.all()).prime(listing.seller_id for listing in listings)
    return [
        {"slug": listing.slug, "seller": sellers.get(listing.seller_id).display_name}
        for listing in listings
    ]


@router.get("/options")
def options(request):
    body = {}
    for listing in Listing.storefront.order_by("title"):
        body[listing.slug] = [variant.label for variant in listing.available_variants()]
    return body
