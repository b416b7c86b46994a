"""A query of its own for each row."""

from asgiref.sync import async_to_sync
from counting import case
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Avg, Count, Exists, OuterRef, Subquery, Sum
from django.shortcuts import get_object_or_404

from shop.models import Author, Book, Chapter, Country, Loan, Publisher, Reader, Review, Tag


@case
def counted_per_row():
    return {book.title: book.review_set.count() for book in Book.objects.all()}


@case
def exists_per_row():
    out = []
    for book in Book.objects.all():
        if book.loans.filter(returned=False).exists():
            out.append(book.title)
    return out


@case
def got_by_key():
    return [Author.objects.get(pk=key).name for key in Book.objects.values_list("author_id", flat=True)]


@case
def got_by_the_key_of_a_row():
    out = []
    for book in Book.objects.all():
        author = Author.objects.get(id=book.author_id)
        out.append(author.name)
    return out


@case
def first_of_a_filter():
    out = []
    for author in Author.objects.all():
        book = Book.objects.filter(author=author).first()
        out.append(book.title if book else None)
    return out


@case
def first_of_the_related():
    return [author.books.order_by("-price").first().title for author in Author.objects.all()]


@case
def aggregated_per_row():
    return [book.review_set.aggregate(stars=Avg("stars"))["stars"] for book in Book.objects.all()]


@case
def hidden_in_a_method():
    return [book.review_count() for book in Book.objects.all()]


@case
def hidden_in_a_test():
    return [book.title for book in Book.objects.all() if book.is_popular()]


def loans_of(reader):
    return Loan.objects.filter(reader=reader, returned=False).count()


@case
def hidden_in_a_function():
    return {reader.name: loans_of(reader) for reader in Reader.objects.all()}


@case
def loop_over_a_filter():
    out = []
    for reader in Reader.objects.all():
        for loan in Loan.objects.filter(reader=reader):
            out.append(loan.fine)
    return out


@case
def list_of_a_filter():
    return [list(Review.objects.filter(book_id=book.pk).values_list("stars", flat=True)) for book in Book.objects.all()]


@case
def truth_of_a_filter():
    out = []
    for tag in Tag.objects.all():
        if tag.books.filter(price__gt=5):
            out.append(tag.name)
    return out


@case
def got_or_404():
    return [get_object_or_404(Publisher, pk=book.publisher_id).name for book in Book.objects.all()]


@case
def latest_of_each():
    return [reader.loans.latest("pk").book_id for reader in Reader.objects.all()]


@case
def over_keys_in_a_list():
    keys = list(Book.objects.values_list("pk", flat=True))
    out = []
    for key in keys:
        out.append(Book.objects.get(pk=key).title)
    return out


@case
def values_of_the_related():
    return {author.name: list(author.books.values_list("title", flat=True)) for author in Author.objects.all()}


@case
def compared_with_another():
    return [Loan.objects.filter(book__author=author).count() for author in Author.objects.all()]


# What follows asks once for all, or for each of a few.


@case
def counted_by_annotation():
    return {book.title: book.n for book in Book.objects.annotate(n=Count("review"))}


@case
def exists_by_annotation():
    lent = Loan.objects.filter(book=OuterRef("pk"), returned=False)
    return [book.title for book in Book.objects.annotate(lent=Exists(lent)) if book.lent]


@case
def got_in_bulk():
    books = list(Book.objects.all())
    authors = Author.objects.in_bulk([book.author_id for book in books])
    return [authors[book.author_id].name for book in books]


@case
def mapped_by_key():
    authors = {author.pk: author for author in Author.objects.all()}
    return [authors[book.author_id].name for book in Book.objects.all()]


@case
def subquery():
    books = Book.objects.filter(author=OuterRef("pk")).order_by("pk")
    return [author.first for author in Author.objects.annotate(first=Subquery(books.values("title")[:1]))]


@case
def counted_of_prefetched():
    return [len(book.review_set.all()) for book in Book.objects.prefetch_related("review_set")]


@case
def count_of_prefetched():
    return [book.review_set.count() for book in Book.objects.prefetch_related("review_set")]


@case
def exists_of_prefetched():
    return [book.review_set.exists() for book in Book.objects.prefetch_related("review_set")]


@case
def method_over_prefetched():
    return [book.review_count() for book in Book.objects.prefetch_related("review_set")]


@case
def filtered_in_python():
    books = Book.objects.prefetch_related("loans")
    return [[loan.pk for loan in book.loans.all() if not loan.returned] for book in books]


@case
def asked_once_before():
    total = Book.objects.count()
    return [book.price / total for book in Book.objects.all()]


@case
def built_in_a_loop_and_run_once():
    books = Book.objects.all()
    for word in ("a", "b", "c"):
        books = books.exclude(title__startswith=word)
    return [book.title for book in books]


@case
def a_few_names():
    return [Book.objects.filter(title=name).count() for name in ("Book 1", "Book 2")]


@case
def built_per_row_and_never_run():
    made = [Loan.objects.filter(reader=reader) for reader in Reader.objects.all()]
    return len(made)


@case
def union_of_a_few():
    books = Book.objects.filter(price=1).union(Book.objects.filter(price=10))
    return [book.title for book in books]


@case
def dict_get_is_no_query():
    prices = {book.pk: book.price for book in Book.objects.all()}
    return [prices.get(loan.book_id) for loan in Loan.objects.all()]


@case
def values_with_aggregates():
    sums = Loan.objects.values("reader").annotate(total=Sum("fine"))
    return [(row["reader"], row["total"]) for row in sums]


@case
def list_count_is_no_query():
    words = ["a", "b", "a"]
    return [words.count(tag.name) for tag in Tag.objects.all()]


@case
def tested_by_an_or():
    return [bool(author.books.filter(price__gt=3) or author.books.none()) for author in Author.objects.all()]


@case
def counted_of_a_package():
    return {author.name: Group.objects.filter(name=author.name).count() for author in Author.objects.all()}


@case
def first_of_a_package():
    out = []
    for author in Author.objects.all():
        out.append(str(Permission.objects.filter(codename=author.name).first()))
    return out


async def review_counts():
    return [await book.review_set.acount() async for book in Book.objects.all()]


@case
def counted_in_a_coroutine():
    return async_to_sync(review_counts)()


async def titles_of_loans():
    out = []
    async for author in Author.objects.all():
        book = await Book.objects.filter(author=author).afirst()
        async for loan in book.loans.all():
            out.append(f"{book.title} {loan.pk}")
    return out


@case
def looped_over_in_a_coroutine():
    return async_to_sync(titles_of_loans)()


@case
def models_of_a_package_at_once():
    names = [author.name for author in Author.objects.all()]
    return Group.objects.filter(name__in=names).count()


@case
def kinds_that_are_kept():
    return [ContentType.objects.get_for_model(book).pk for book in Book.objects.all()]


async def names_of_authors():
    return [book.author.name async for book in Book.objects.select_related("author")]


@case
def loaded_in_a_coroutine():
    return async_to_sync(names_of_authors)()
