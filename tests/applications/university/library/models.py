from django.db import models

from core.managers import BookManager, LoanManager


class Publisher(models.Model):
    name = models.CharField(max_length=120)

    def __str__(self):
        return self.name


class Author(models.Model):
    name = models.CharField(max_length=120)

    def __str__(self):
        return self.name


class Book(models.Model):
    publisher = models.ForeignKey(Publisher, null=True, on_delete=models.SET_NULL, related_name="books")
    authors = models.ManyToManyField(Author, related_name="books")
    title = models.CharField(max_length=200)
    isbn = models.CharField(max_length=13, unique=True)
    replacement_price = models.DecimalField(max_digits=7, decimal_places=2)

    objects = BookManager()

    def __str__(self):
        return self.title


class Copy(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="copies")
    shelfmark = models.CharField(max_length=20)
    on_shelf = models.BooleanField(default=True)

    def __str__(self):
        return self.shelfmark


class Loan(models.Model):
    copy = models.ForeignKey(Copy, on_delete=models.CASCADE, related_name="loans")
    student = models.ForeignKey("people.Student", on_delete=models.CASCADE, related_name="loans")
    due = models.DateField()
    returned_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, default="open")

    objects = LoanManager()

    def __str__(self):
        return f"Loan {self.pk}"

    def mark_lost(self):
        self.state = "lost"
        self.save(update_fields=["state"])


class Fine(models.Model):
    loan = models.OneToOneField(Loan, on_delete=models.CASCADE, related_name="fine")
    amount = models.DecimalField(max_digits=7, decimal_places=2)
    paid_at = models.DateTimeField(null=True, blank=True)


class Reservation(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="reservations")
    student = models.ForeignKey("people.Student", on_delete=models.CASCADE, related_name="reservations")
    fulfilled_at = models.DateTimeField(null=True, blank=True)
