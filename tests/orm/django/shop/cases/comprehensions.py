"""Loops that are an expression: comprehensions, generators, and what is given a function."""

from itertools import chain, groupby
from operator import attrgetter

from counting import case
from django.db.models import Prefetch, Sum

from shop.models import Author, Book, Chapter, Country, Loan, Publisher, Reader, Review, Tag


@case
def list_of_names():
    return [book.author.name for book in Book.objects.order_by("pk")]


@case
def dict_by_key():
    return {loan.pk: loan.reader.name for loan in Loan.objects.all()}


@case
def set_of_names():
    return sorted({book.publisher.name for book in Book.objects.all()})


@case
def nested_clauses():
    return [tag.name for book in Book.objects.all() for tag in book.tags.all()]


@case
def sum_of_a_generator():
    return sum(loan.book.price for loan in Loan.objects.filter(returned=False))


@case
def any_that_never_holds():
    return any(loan.reader.name == "" for loan in Loan.objects.all())


@case
def condition_of_a_comprehension():
    return [book.title for book in Book.objects.all() if book.author.name != "x"]


@case
def sorted_by_a_lambda():
    return [book.title for book in sorted(Book.objects.all(), key=lambda book: book.author.name)]


@case
def mapped_by_a_lambda():
    return list(map(lambda loan: loan.book.title, Loan.objects.all()))


@case
def joined_into_a_text():
    return ", ".join(review.reader.name for review in Review.objects.order_by("pk"))


@case
def dict_of_lists():
    return {author.name: [book.title for book in author.books.all()] for author in Author.objects.all()}


@case
def filtered_by_a_lambda():
    return [book.title for book in filter(lambda it: it.publisher.name, Book.objects.all())]


@case
def max_by_a_lambda():
    return max(Book.objects.all(), key=lambda it: it.author.name).title


@case
def chained():
    return [it.author.name for it in chain(Book.objects.filter(stock=1), Book.objects.filter(stock=0))]


@case
def grouped_by_a_lambda():
    books = Book.objects.order_by("pk")
    return [(key, len(list(some))) for key, some in groupby(books, key=lambda it: it.author.name)]


@case
def yielded():
    def lines():
        for book in Book.objects.all():
            yield f"{book.title};{book.author.name}"

    return list(lines())


@case
def extended_in_place():
    out = []
    out.extend(loan.reader.name for loan in Loan.objects.all())
    return out


# What follows loads what it reads, or reads nothing.


@case
def list_of_joined_names():
    return [book.author.name for book in Book.objects.select_related("author").order_by("pk")]


@case
def keys_only():
    return {loan.pk: loan.reader_id for loan in Loan.objects.all()}


@case
def nested_clauses_prefetched():
    return [tag.name for book in Book.objects.prefetch_related("tags") for tag in book.tags.all()]


@case
def summed_by_the_database():
    return Loan.objects.filter(returned=False).aggregate(Sum("book__price"))


@case
def sum_of_a_joined_generator():
    return sum(loan.book.price for loan in Loan.objects.select_related("book"))


@case
def values_in_a_list():
    return [row["book__title"] for row in Loan.objects.values("book__title")]


@case
def flat_values():
    return [name.upper() for name in Book.objects.values_list("author__name", flat=True)]


@case
def sorted_by_an_own_field():
    return [book.title for book in sorted(Book.objects.all(), key=lambda book: book.price)]


@case
def from_a_dict_of_loaded():
    books = {book.pk: book for book in Book.objects.select_related("author")}
    return [book.author.name for book in books.values()]


@case
def few_of_them():
    return [book.author.name for book in Book.objects.all()[:5]]


@case
def plain_objects():
    class Thing:
        def __init__(self, author):
            self.author = author

    return [thing.author.title() for thing in [Thing("a"), Thing("b")]]


@case
def prefetched_with_a_queryset():
    books = Prefetch("books", queryset=Book.objects.select_related("publisher"))
    authors = Author.objects.prefetch_related(books)
    return {author.name: [book.publisher.name for book in author.books.all()] for author in authors}


@case
def sorted_by_a_joined_field():
    books = Book.objects.select_related("author")
    return [book.title for book in sorted(books, key=lambda book: book.author.name)]


@case
def counted_in_python():
    return {book.title: len(book.tags.all()) for book in Book.objects.prefetch_related("tags")}


@case
def mapped_over_values():
    return list(map(str.upper, Book.objects.values_list("title", flat=True)))


@case
def grouped_by_key():
    books = Book.objects.order_by("author_id")
    return [(key, [it.title for it in some]) for key, some in groupby(books, key=attrgetter("author_id"))]
