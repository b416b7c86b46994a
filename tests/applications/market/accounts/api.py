from decimal import Decimal

from ninja import Router, Schema

from accounts.models import Seller

router = Router(tags=["sellers"])


class BalanceOut(Schema):
    slug: str
    balance: Decimal


@router.get("/balances", response=list[BalanceOut])
def balances(request, country: str = ""):
    sellers = Seller.objects.active()
    if country:
        sellers = sellers.in_country(country)
    result = []
    for seller in sellers:
        amount = seller.outstanding_balance
        if amount:
            result.append(BalanceOut(slug=seller.slug, balance=amount))
    return result
