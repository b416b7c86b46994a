"""What a default manager loads, and what helpers load onto rows that are there already."""

from counting import case
from django.db.models import Prefetch, prefetch_related_objects
from django.views.generic import ListView
from web import get

from shop.models import Author, BareCopy, Book, Copy, ListedCopy, Reader, Review


class CopyList(ListView):
    model = Copy
    template_name = "default_manager.html"


@case
def list_by_default_manager():
    return get(CopyList.as_view())


class OwnedList(ListView):
    model = Copy
    template_name = "default_manager_and_more.html"


@case
def list_by_default_manager_and_more():
    return get(OwnedList.as_view())


@case
def default_manager_by_its_name():
    return [copy.book.title for copy in Copy._default_manager.order_by("pk")]


@case
def base_manager_by_its_name():
    return [copy.book.title for copy in Copy._base_manager.order_by("pk")]


@case
def other_manager():
    return [copy.book.title for copy in Copy.objects.order_by("pk")]


@case
def prefetched_by_default_manager():
    readers = Reader.objects.prefetch_related("copies").order_by("pk")
    return [[copy.book.title for copy in reader.copies.all()] for reader in readers]


@case
def prefetched_by_default_manager_and_beyond():
    readers = Reader.objects.prefetch_related("copies").order_by("pk")
    return [[copy.book.author.name for copy in reader.copies.all()] for reader in readers]


@case
def default_manager_by_the_name_it_has():
    return [copy.book.title for copy in Copy.complete.filter(owner__isnull=False)]


@case
def default_manager_of_a_parent():
    return [copy.book.title for copy in ListedCopy._default_manager.order_by("pk")]


@case
def default_manager_that_meta_names():
    return [copy.book.title for copy in BareCopy._default_manager.order_by("pk")]


@case
def default_manager_of_rows_beyond():
    return [[copy.book.title for copy in reader.copies.all()] for reader in Reader.objects.order_by("pk")]


def with_tags(books):
    prefetch_related_objects(books, "tags")
    return books


@case
def loaded_by_a_helper():
    books = list(Book.objects.order_by("pk"))
    with_tags(books)
    return [[tag.name for tag in book.tags.all()] for book in books]


@case
def loaded_by_a_helper_that_is_taken():
    return [[tag.name for tag in book.tags.all()] for book in with_tags(list(Book.objects.order_by("pk")))]


@case
def other_than_a_helper_loads():
    books = list(Book.objects.order_by("pk"))
    with_tags(books)
    return [(book.author.name, len(book.tags.all())) for book in books]


@case
def loaded_by_a_helper_onto_others():
    with_tags(list(Book.objects.filter(price__gt=1000)))
    return [[tag.name for tag in book.tags.all()] for book in Book.objects.order_by("pk")]


@case
def loaded_by_a_helper_of_a_helper():
    def prepared(books):
        with_tags(books)
        prefetch_related_objects(books, Prefetch("author"))

    books = list(Book.objects.order_by("pk"))
    prepared(books)
    return [(book.author.name, [tag.name for tag in book.tags.all()]) for book in books]


@case
def put_onto_each_by_a_loop_before():
    books = list(Book.objects.order_by("pk"))
    authors = Author.objects.in_bulk({book.author_id for book in books})
    for book in books:
        book.author = authors[book.author_id]
    return [book.author.name for book in books]


def with_reviews(books):
    reviews = {}
    for review in Review.objects.filter(book__in=books):
        reviews.setdefault(review.book_id, []).append(review)
    for book in books:
        book._prefetched_objects_cache = {"review_set": reviews.get(book.pk, [])}
    return books


@case
def put_into_the_cache_by_a_helper():
    return [len(book.review_set.all()) for book in with_reviews(list(Book.objects.order_by("pk")))]


@case
def put_onto_others():
    authors = Author.objects.in_bulk()
    for book in Book.objects.filter(price__gt=1000):
        book.author = authors[book.author_id]
    return [book.author.name for book in Book.objects.order_by("pk")]
