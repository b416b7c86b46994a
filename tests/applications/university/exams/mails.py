from core.mail import BaseMail


class ResultMail(BaseMail):
    subject = "Your exam result"

    def __init__(self, registration):
        self.registration = registration

    def recipients(self):
        return [self.registration.student.user.email]

    def body(self):
        return f"Result for registration {self.registration.pk} is now available."
