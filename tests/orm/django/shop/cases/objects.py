"""Instances that rows are given to, and functions that are values."""

from dataclasses import dataclass
from functools import partial

from counting import case

from shop.models import Author, Book


class Card:
    def __init__(self, book):
        self.book = book

    def author(self):
        return self.book.author.name

    @property
    def keys(self):
        return (self.book.author_id, self.book.publisher_id)


class Shelf:
    def __init__(self, books):
        self.books = books

    def names(self):
        return [book.author.name for book in self.books]


class Named:
    def __init__(self, book):
        self.publisher = book.publisher.name


class Printer:
    def __init__(self, *rows):
        self.rows = rows

    def __call__(self, book):
        return book.author.name


@dataclass
class Label:
    book: Book
    count: int = 1

    def text(self):
        return f"{self.count} {self.book.author.name}"


COLUMNS = {"title": lambda book: book.title, "author": lambda book: book.author.name}
SHEET = [("Title", lambda book: book.title), ("Publisher", lambda book: book.publisher.name)]


def title(book):
    return book.title


def author(book):
    return book.author.name


def each(function, books):
    return [function(book) for book in books]


def first_of(*args):
    if isinstance(args[0], int):
        return Book.objects.get(pk=args[0]).title
    return args[0].title


@case
def made_of_each():
    return [Card(book).author() for book in Book.objects.order_by("pk")]


@case
def made_of_each_loaded():
    return [Card(book).author() for book in Book.objects.order_by("pk").select_related("author")]


@case
def made_of_each_for_its_keys():
    return [Card(book).keys for book in Book.objects.order_by("pk")]


@case
def made_first_and_asked_then():
    cards = [Card(book) for book in Book.objects.order_by("pk")]
    return [card.author() for card in cards]


@case
def made_of_all():
    return Shelf(Book.objects.order_by("pk")).names()


@case
def made_of_all_loaded():
    return Shelf(Book.objects.order_by("pk").select_related("author")).names()


@case
def read_while_it_is_made():
    return [Named(book).publisher for book in Book.objects.order_by("pk")]


@case
def declared_by_its_fields():
    labels = [Label(book) for book in Book.objects.order_by("pk")]
    return [label.text() for label in labels]


@case
def declared_by_its_fields_loaded():
    labels = [Label(book) for book in Book.objects.order_by("pk").select_related("author")]
    return [label.text() for label in labels]


@case
def rows_in_dicts():
    items = [{"book": book, "at": at} for at, book in enumerate(Book.objects.order_by("pk"))]
    return [item["book"].author.name for item in items]


@case
def one_row_in_each_dict():
    mentor = Author.objects.select_related("country").order_by("pk").first()
    items = [{"book": book, "author": mentor} for book in Book.objects.order_by("pk")]
    return [item["author"].country.name for item in items]


@case
def called_as_a_function():
    show = Printer()
    return [show(book) for book in Book.objects.order_by("pk")]


@case
def lambda_of_a_name():
    of = lambda book: book.author.name  # noqa: E731
    return [of(book) for book in Book.objects.order_by("pk")]


@case
def lambdas_of_a_dict():
    return [{name: of(book) for name, of in COLUMNS.items()} for book in Book.objects.order_by("pk")]


@case
def lambdas_of_a_dict_loaded():
    books = Book.objects.order_by("pk").select_related("author")
    return [{name: of(book) for name, of in COLUMNS.items()} for book in books]


@case
def lambdas_of_a_list():
    return [[of(book) for _, of in SHEET] for book in Book.objects.order_by("pk")]


@case
def functions_of_a_list():
    rows = []
    for book in Book.objects.order_by("pk"):
        for function in (title, author):
            rows.append(function(book))
    return rows


@case
def functions_of_a_list_that_read_columns():
    rows = []
    for book in Book.objects.order_by("pk"):
        for function in (title, str):
            rows.append(function(book))
    return rows


@case
def lambda_passed_on():
    return each(lambda book: book.publisher.name, Book.objects.order_by("pk"))


@case
def lambda_passed_on_loaded():
    return each(lambda book: book.publisher.name, Book.objects.order_by("pk").select_related("publisher"))


@case
def whatever_arguments():
    return [first_of(book) for book in Book.objects.order_by("pk")]


def labelled(prefix, book):
    return f"{prefix} {book.author.name}"


@case
def function_with_its_first_argument():
    label = partial(labelled, "by")
    return [label(book) for book in Book.objects.order_by("pk")]


@case
def function_with_its_first_argument_loaded():
    label = partial(labelled, "by")
    return [label(book) for book in Book.objects.select_related("author").order_by("pk")]
