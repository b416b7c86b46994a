from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session, contains_eager

from brewhouse.integrations.cache import price_cache
from brewhouse.models import Order, OrderLine, PriceListEntry, Product

PriceLookup = Callable[[int], Decimal | None]


def make_price_lookup(session: Session, price_list_id: int) -> PriceLookup:
    base = select(PriceListEntry.price).where(PriceListEntry.price_list_id == price_list_id)

    def lookup(product_id: int) -> Decimal | None:
        return session.scalar(base.where(PriceListEntry.product_id == product_id))

    return lookup


def reprice_new_orders(session: Session, price_list_id: int) -> int:
    price_for = make_price_lookup(session, price_list_id)
    stmt = select(OrderLine).join(OrderLine.order).where(Order.status == "new")
    changed = 0
    with session.no_autoflush:
        for line in session.scalars(stmt).all():
            price = price_for(line.product_id)
            if price is not None and price != line.unit_price:
                line.unit_price = price
                changed += 1
    session.commit()
    return changed


def raise_list_prices(session: Session, percent: Decimal) -> int:
    factor = 1 + percent / 100
    rows = []
    for product in session.scalars(select(Product).where(Product.pack != "merch")):
        price_cache.delete(product.id)
        rows.append({"id": product.id, "list_price": round(product.list_price * factor, 2)})
    if rows:
        session.execute(update(Product), rows)
        session.commit()
    return len(rows)


def discount_audit(session: Session) -> list[dict[str, str]]:
    stmt = (
        select(OrderLine)
        .join(OrderLine.product)
        .where(OrderLine.unit_price < Product.list_price)
        .options(contains_eager(OrderLine.product))
    )
    return [
        {"sku": line.product.sku, "sold": str(line.unit_price), "list": str(line.product.list_price)}
        for line in session.scalars(stmt)
    ]
