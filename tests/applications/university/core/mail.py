from django.core.mail import EmailMessage


class BaseMail:
    subject = ""
    reply_to = "no-reply@uni.example"

    def recipients(self):
        raise NotImplementedError

    def body(self):
        raise NotImplementedError

    def send(self, connection=None):
        message = EmailMessage(
            self.subject,
            self.body(),
            to=self.recipients(),
            reply_to=[self.reply_to],
            connection=connection,
        )
        return message.send()
