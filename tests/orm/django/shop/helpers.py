"""What cases of other modules call."""

from shop.models import Author, Book, Loan


def name_of(book):
    return book.author.name


def title_of(book):
    return book.title.upper()


def outer(book):
    return middle(book)


def middle(book):
    return {"credit": inner(book)}


def inner(book):
    return book.publisher.name


def all_books():
    return Book.objects.order_by("pk")


def loaded_books():
    return Book.objects.select_related("author", "publisher")


def books_of(manager, loaded=True):
    return manager.select_related("author") if loaded else manager.all()


def names_of(books):
    return [book.author.name for book in books]


def report(loans):
    lines = []
    for loan in loans:
        lines.append(line(loan))
    return lines


def line(loan):
    return f"{loan.book.title} {loan.reader_id}"


class Card:
    def __init__(self, book):
        self.book = book

    def text(self):
        return self.book.author.name



class Shelf:
    def copies_lent_of(self, key):
        return Loan.objects.filter(book_id=key).count()

    def label_of_a_copy(self, key):
        return f"copy {key}"


def made(name):
    return globals()[name]()
