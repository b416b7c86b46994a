from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def rate_for(listing):
    if listing.price < 1:
        return Decimal("0")
    return listing.seller.tier.fee_rate


def commission(listing, gross):
    return (gross * rate_for(listing)).quantize(CENT, ROUND_HALF_UP)
