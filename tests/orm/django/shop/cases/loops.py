"""A plain loop over a queryset."""

from counting import case
from django.db.models import Prefetch

from shop.models import Author, Book, Chapter, Country, Loan, Note, Publisher, Reader, Review, Tag


@case
def foreign_key_of_all():
    names = []
    for book in Book.objects.all():
        names.append(book.author.name)
    return names


@case
def joined():
    names = []
    for book in Book.objects.select_related("author"):
        names.append(book.author.name)
    return names


@case
def manager_itself_is_not_iterable_but_its_all_is():
    out = []
    loans = Loan.objects.filter(returned=False).order_by("pk")
    for loan in loans:
        if loan.reader.name:
            out.append(loan.pk)
    return out


@case
def reverse_of_each():
    out = []
    for author in Author.objects.order_by("name"):
        for book in author.books.all():
            out.append(book.title)
    return out


@case
def reverse_prefetched():
    out = []
    for author in Author.objects.prefetch_related("books"):
        for book in author.books.all():
            out.append(book.title)
    return out


@case
def key_is_there():
    out = []
    for book in Book.objects.all():
        out.append((book.author_id, book.publisher_id))
    return out
