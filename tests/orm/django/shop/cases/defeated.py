"""What was prefetched, and is asked for in a way that the prefetch does not serve."""

from counting import case
from django.db.models import Count, Prefetch

from shop.models import Author, Book, Chapter, Country, Loan, Publisher, Reader, Review, Tag


@case
def filtered():
    books = Book.objects.prefetch_related("review_set")
    return [[review.stars for review in book.review_set.filter(stars__gt=2)] for book in books]


@case
def ordered():
    return [[tag.name for tag in book.tags.order_by("name")] for book in Book.objects.prefetch_related("tags")]


@case
def first_without_an_order():
    return [book.tags.first().name for book in Book.objects.prefetch_related("tags")]


@case
def excluded_and_looped():
    out = []
    for author in Author.objects.prefetch_related("books"):
        for book in author.books.exclude(price=0):
            out.append(book.title)
    return out


@case
def values_listed():
    authors = Author.objects.prefetch_related("books")
    return [list(author.books.values_list("title", flat=True)) for author in authors]


@case
def aggregated():
    return [book.review_set.aggregate(n=Count("pk"))["n"] for book in Book.objects.prefetch_related("review_set")]


@case
def latest():
    return [book.loans.latest("pk").pk for book in Book.objects.prefetch_related("loans")]


@case
def filtered_behind_all():
    books = Book.objects.prefetch_related("chapters")
    return [[it.title for it in book.chapters.all().filter(number__gt=0)] for book in books]


@case
def joined_again():
    books = Book.objects.prefetch_related("review_set")
    return [[review.reader.name for review in book.review_set.select_related("reader")] for book in books]


@case
def filtered_and_counted():
    return [book.loans.filter(returned=False).count() for book in Book.objects.prefetch_related("loans")]


@case
def got_by_a_condition():
    return [book.chapters.filter(number=book.pk).first().title for book in Book.objects.prefetch_related("chapters")]


@case
def distinct():
    return [[tag.pk for tag in book.tags.distinct()] for book in Book.objects.prefetch_related("tags")]


@case
def put_aside_and_not_used():
    reviews = Prefetch("review_set", queryset=Review.objects.filter(stars__gt=0), to_attr="good")
    return [[it.stars for it in book.review_set.all()] for book in Book.objects.prefetch_related(reviews)]


@case
def iterated():
    books = Book.objects.prefetch_related("tags")
    return [[tag.name for tag in book.tags.iterator()] for book in books]


# What follows is served by what was prefetched.


@case
def all_of_them():
    return [[tag.name for tag in book.tags.all()] for book in Book.objects.prefetch_related("tags")]


@case
def first_of_ordered():
    return [book.chapters.first().title for book in Book.objects.prefetch_related("chapters")]


@case
def first_of_all():
    return [book.tags.all()[0].name for book in Book.objects.prefetch_related("tags")]


@case
def counted():
    return [book.tags.count() for book in Book.objects.prefetch_related("tags")]


@case
def exists():
    return [book.title for book in Book.objects.prefetch_related("loans") if book.loans.exists()]


@case
def sliced():
    return [[it.title for it in book.chapters.all()[:2]] for book in Book.objects.prefetch_related("chapters")]


@case
def length():
    return [len(book.review_set.all()) for book in Book.objects.prefetch_related("review_set")]


@case
def sorted_in_python():
    books = Book.objects.prefetch_related("tags")
    return [[it.name for it in sorted(book.tags.all(), key=lambda it: it.name)] for book in books]


@case
def used_where_it_was_put():
    reviews = Prefetch("review_set", queryset=Review.objects.filter(stars__gt=2), to_attr="good")
    return [[it.stars for it in book.good] for book in Book.objects.prefetch_related(reviews)]


@case
def filtered_by_the_prefetch():
    reviews = Prefetch("review_set", queryset=Review.objects.filter(stars__gt=2).order_by("pk"))
    return [[it.stars for it in book.review_set.all()] for book in Book.objects.prefetch_related(reviews)]


@case
def in_a_test():
    return [book.title for book in Book.objects.prefetch_related("tags") if book.tags.all()]


@case
def given_to_a_function():
    def names(tags):
        return [tag.name for tag in tags]

    return [names(book.tags.all()) for book in Book.objects.prefetch_related("tags")]


@case
def max_in_python():
    books = Book.objects.prefetch_related("review_set")
    return [max(it.stars for it in book.review_set.all()) for book in books]
