"""Python's own ways to go through rows, and to hand them on."""

import csv
import heapq
import io
import itertools
import logging
from functools import reduce
from itertools import chain, islice

from counting import case
from django.core.paginator import Paginator
from django.forms.models import model_to_dict

from shop.models import Author, Book, Review, Tag

log = logging.getLogger(__name__)


@case
def cut_by_islice():
    return [book.author.name for book in islice(Book.objects.order_by("pk"), 100)]


@case
def chained_from_an_iterable():
    return [review.stars for review in chain.from_iterable(book.review_set.all() for book in Book.objects.order_by("pk"))]


@case
def chained_from_an_iterable_prefetched():
    books = Book.objects.order_by("pk").prefetch_related("review_set")
    return [review.stars for review in chain.from_iterable(book.review_set.all() for book in books)]


@case
def chained_by_a_star():
    return [tag.name for tag in chain(*[book.tags.all() for book in Book.objects.order_by("pk")])]


@case
def two_lists_added():
    books = list(Book.objects.filter(stock=1).order_by("pk")) + list(Book.objects.filter(stock=2).order_by("pk"))
    return [book.author.name for book in books]


@case
def two_lists_added_of_which_one_is_loaded():
    loaded = Book.objects.filter(stock__gte=0).select_related("author").order_by("pk")
    return [book.author.name for book in list(loaded) + list(Book.objects.filter(stock=-1))]


@case
def lists_within_a_list():
    books = [*Book.objects.filter(stock=1).order_by("pk"), *Book.objects.filter(stock=2)]
    return [book.publisher.name for book in books]


@case
def all_but_the_first():
    first, *rest = Book.objects.order_by("pk")
    return [book.author.name for book in [first, *rest]]


@case
def of_two_unions():
    books = Book.objects.filter(stock=1).union(Book.objects.filter(stock=2))
    return sorted(book.author.name for book in books)


@case
def of_two_unions_loaded():
    loaded = Book.objects.select_related("author")
    return sorted(book.author.name for book in loaded.filter(stock=1).union(loaded.filter(stock=2)))


@case
def sorted_where_it_is():
    books = list(Book.objects.order_by("pk"))
    books.sort(key=lambda book: book.author.name)
    return [book.pk for book in books]


@case
def sorted_where_it_is_by_a_column():
    books = list(Book.objects.order_by("pk"))
    books.sort(key=lambda book: book.author_id)
    return [book.pk for book in books]


@case
def the_largest():
    return [book.pk for book in heapq.nlargest(3, Book.objects.order_by("pk"), key=lambda book: book.author.name)]


@case
def reduced():
    return reduce(lambda total, book: total + len(book.author.name), Book.objects.all(), 0)


@case
def grouped_by_what_a_key_leads_to():
    books = Book.objects.order_by("author", "pk")
    return [author.name for author, _ in itertools.groupby(books, key=lambda book: book.author)]


@case
def page_after_page():
    names = []
    for page in Paginator(Book.objects.order_by("pk"), 50):
        for book in page.object_list:
            names.append(book.author.name)
    return names


@case
def put_into_a_list():
    found = []
    for book in Book.objects.order_by("pk"):
        found.extend(book.tags.all())
    return [tag.name for tag in found]


@case
def put_into_a_list_prefetched():
    found = []
    for book in Book.objects.order_by("pk").prefetch_related("tags"):
        found.extend(book.tags.all())
    return [tag.name for tag in found]


@case
def added_to_a_list():
    found = []
    for author in Author.objects.order_by("pk"):
        found += author.books.order_by("pk")
    return [book.title for book in found]


@case
def put_into_a_set():
    found = set()
    for book in Book.objects.order_by("pk"):
        found.update(book.tags.values_list("name", flat=True))
    return sorted(found)


@case
def put_into_words():
    return [", ".join(book.tags.values_list("name", flat=True)) for book in Book.objects.order_by("pk")]


@case
def looked_for_among_rows():
    tag = Tag.objects.order_by("pk").first()
    return [book.pk for book in Book.objects.order_by("pk") if tag in book.tags.all()]


@case
def looked_for_among_rows_prefetched():
    tag = Tag.objects.order_by("pk").first()
    return [book.pk for book in Book.objects.order_by("pk").prefetch_related("tags") if tag in book.tags.all()]


@case
def looked_for_among_the_same_rows():
    cheap = Book.objects.filter(price__lt=1000)
    return [book.pk for book in Book.objects.order_by("pk") if book in cheap]


@case
def first_of_a_sorted_list():
    found = []
    for book in Book.objects.order_by("pk"):
        reviews = book.review_set.order_by("-pk")
        found.append(reviews[0].stars)
    return found


@case
def first_of_a_list():
    return [book.review_set.all()[0].stars for book in Book.objects.order_by("pk")]


@case
def first_of_a_prefetched_list():
    books = Book.objects.order_by("pk").prefetch_related("review_set")
    return [book.review_set.all()[0].stars for book in books]


@case
def by_the_place_of_each():
    books = Book.objects.order_by("pk")
    return [books[at].author.name for at in range(len(books))]


@case
def by_the_place_of_each_loaded():
    books = Book.objects.order_by("pk").select_related("author")
    return [books[at].author.name for at in range(len(books))]


@case
def unpacked():
    counts = []
    for author in Author.objects.order_by("pk"):
        counts.append(len([*author.books.all()]))
    return counts


@case
def logged():
    for review in Review.objects.order_by("pk"):
        log.error("seen: %s", review)


@case
def written_to_a_sheet():
    out = io.StringIO()
    writer = csv.writer(out)
    for review in Review.objects.order_by("pk"):
        writer.writerow([review, review.stars])
    return out.getvalue()


@case
def whether_there_is_another_side():
    return [book.pk for book in Book.objects.order_by("pk") if hasattr(book, "cover")]


@case
def whether_there_is_another_side_loaded():
    return [book.pk for book in Book.objects.order_by("pk").select_related("cover") if hasattr(book, "cover")]


@case
def attributes_that_are_written_out():
    rows = []
    for book in Book.objects.order_by("pk"):
        rows.append([str(getattr(book, name)) for name in ("title", "author")])
    return rows


@case
def columns_that_are_written_out():
    rows = []
    for book in Book.objects.order_by("pk"):
        rows.append([str(getattr(book, name)) for name in ("title", "author_id")])
    return rows


@case
def as_a_dict():
    return [sorted(model_to_dict(book)) for book in Book.objects.order_by("pk")]


@case
def as_a_dict_of_columns():
    return [model_to_dict(book, fields=["title", "price"]) for book in Book.objects.order_by("pk")]


@case
def all_variables():
    titles = [book.title for book in Book.objects.order_by("pk")]
    return locals()
