from django.core.mail import mail_admins, send_mail

SENDER = "no-reply@marketplace.example"


def _send(subject, text, *recipients):
    send_mail(subject, text, SENDER, list(recipients))


def send_ops(subject, text):
    mail_admins(subject, text)


def send_shipment_notice(shipment):
    user = shipment.order.buyer.user
    text = f"Hello {user.first_name},\n\nyour parcel is with {shipment.carrier.name}: {shipment.tracking_code}"
    _send(f"Order {shipment.order.number} is on its way", text, user.email)


def send_low_stock(per_seller):
    lines = [f"seller {seller_id}: {count} listings" for seller_id, count in per_seller.items()]
    send_ops("Low stock", "\n".join(lines))


def send_review_digest(grouped):
    blocks = []
    for title, reviews in grouped.items():
        quotes = []
        for review in reviews:
            quotes.append(f"{review.author.nickname}: {review.rating}/5")
        blocks.append(f"{title}\n" + "\n".join(quotes))
    send_ops("Reviews of the week", "\n\n".join(blocks))


def send_dispute_reminder(email, reference):
    _send(f"Dispute {reference} is waiting for you", "Please answer within three days.", email)


def send_escalation(email, reference):
    _send(f"Dispute {reference} escalated", "This dispute has been quiet for a week.", email)


def send_photo_request(email, title):
    _send(f"Add a photo of {title}", "Your review helps more with a picture.", email)
