import smtplib
from email.message import EmailMessage

from brewhouse.config import settings


def send_mail(to: str | None, subject: str, body: str) -> None:
    if not to:
        return
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = to
    message["Subject"] = subject
    message.set_content(body)
    with smtplib.SMTP("localhost") as smtp:
        smtp.send_message(message)
