from django.core.mail import send_mail


def _describe(ticket):
    return f"{ticket.slot.exhibition.title} ({ticket.scanned_at:%H:%M})"


def _rows(tickets):
    return [f"- {_describe(ticket)}" for ticket in tickets]


def send_digest(address, tickets):
    rows = _rows(tickets)
    send_mail(f"{len(rows)} visitors", "\n".join(rows), None, [address])
