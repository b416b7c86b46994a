from decimal import Decimal

from .models import TicketType


def make_pricer(discount):
    factor = 1 - Decimal(discount) / 100

    def price(slot, name="standard"):
        kind = TicketType.objects.get(exhibition_id=slot.exhibition_id, name=name)
        return (kind.price * factor).quantize(Decimal("0.01"))

    return price


class Basket:
    def __init__(self, session):
        self.session = session
        self.lines = [BasketLine(self, **line) for line in session.get("basket", [])]

    def all(self):
        return list(self.lines)

    def refresh(self):
        for line in self.all():
            line.quantity = max(1, min(line.quantity, 10))
            line.save()

    def write(self):
        self.session["basket"] = [{"slot": line.slot, "quantity": line.quantity} for line in self.lines]


class BasketLine:
    def __init__(self, basket, slot, quantity=1):
        self.basket = basket
        self.slot = slot
        self.quantity = quantity

    def save(self):
        self.basket.write()
