from core.mail import BaseMail


class OverdueMail(BaseMail):
    subject = "Overdue loan"

    def __init__(self, loan):
        self.loan = loan

    def recipients(self):
        return [self.loan.student.user.email]

    def body(self):
        return f"Your loan was due on {self.loan.due}. Please return it."
