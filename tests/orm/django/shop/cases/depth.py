"""Paths of two and three relations."""

from counting import case
from django.db.models import F, Prefetch

from shop.models import Author, Book, Chapter, Country, Invoice, Loan, Parcel, Publisher, Reader, Review, Tag


@case
def two_forward():
    return [book.publisher.country.name for book in Book.objects.all()]


@case
def two_forward_one_joined():
    return [book.publisher.country.name for book in Book.objects.select_related("publisher")]


@case
def three_forward():
    return [parcel.loan.book.author.name for parcel in Parcel.objects.all()]


@case
def three_forward_two_joined():
    return [parcel.loan.book.author.name for parcel in Parcel.objects.select_related("loan__book")]


@case
def backwards_and_forward():
    return [book.publisher.name for author in Author.objects.all() for book in author.books.all()]


@case
def backwards_prefetched_and_forward():
    authors = Author.objects.prefetch_related("books")
    return [book.publisher.name for author in authors for book in author.books.all()]


@case
def forward_and_backwards():
    return [[book.title for book in loan.book.author.books.all()] for loan in Loan.objects.select_related("book__author")]


@case
def backwards_twice():
    out = []
    for publisher in Publisher.objects.prefetch_related("books"):
        for book in publisher.books.all():
            for review in book.review_set.all():
                out.append(review.stars)
    return out


@case
def backwards_three_times():
    out = []
    for country in Country.objects.all():
        for publisher in country.publishers.all():
            for book in publisher.books.all():
                for tag in book.tags.all():
                    out.append(tag.name)
    return out


@case
def by_a_variable_on_the_way():
    out = []
    for loan in Loan.objects.select_related("book"):
        book = loan.book
        author = book.author
        out.append(author.name)
    return out


@case
def prefetch_with_an_incomplete_queryset():
    reviews = Prefetch("review_set", queryset=Review.objects.select_related("book"))
    books = Book.objects.prefetch_related(reviews)
    return [review.reader.name for book in books for review in book.review_set.all()]


@case
def prefetched_under_another_name():
    reviews = Prefetch("review_set", queryset=Review.objects.all(), to_attr="opinions")
    books = Book.objects.prefetch_related(reviews)
    return [review.reader.name for book in books for review in book.opinions]


@case
def the_longer_of_two_paths():
    out = []
    for review in Review.objects.select_related("reader"):
        out.append((review.reader.name, review.reader.country.name))
    return out


@case
def self_reference_twice():
    return [author.mentor.mentor.name for author in Author.objects.select_related("mentor")]


@case
def through_one_to_one():
    return [book.cover.book_id + book.editor.country_id for book in Book.objects.select_related("cover")]


# What follows loads what it reads, or reads nothing.


@case
def two_forward_joined():
    return [book.publisher.country.name for book in Book.objects.select_related("publisher__country")]


@case
def three_forward_joined():
    return [parcel.loan.book.author.name for parcel in Parcel.objects.select_related("loan__book__author")]


@case
def backwards_and_forward_prefetched():
    authors = Author.objects.prefetch_related("books__publisher")
    return [book.publisher.name for author in authors for book in author.books.all()]


@case
def prefetch_with_a_whole_queryset():
    books = Prefetch("books", queryset=Book.objects.select_related("publisher__country"))
    authors = Author.objects.prefetch_related(books)
    return [book.publisher.country.name for author in authors for book in author.books.all()]


@case
def prefetch_of_a_prefetch():
    reviews = Prefetch("review_set", queryset=Review.objects.select_related("reader"))
    books = Prefetch("books", queryset=Book.objects.prefetch_related(reviews))
    out = []
    for author in Author.objects.prefetch_related(books):
        for book in author.books.all():
            for review in book.review_set.all():
                out.append(review.reader.name)
    return out


@case
def the_key_at_the_end():
    return [book.publisher.country_id for book in Book.objects.select_related("publisher")]


@case
def three_backwards_prefetched():
    out = []
    for country in Country.objects.prefetch_related("publishers__books__tags"):
        for publisher in country.publishers.all():
            for book in publisher.books.all():
                for tag in book.tags.all():
                    out.append(tag.name)
    return out


@case
def back_along_what_was_prefetched():
    publishers = Publisher.objects.prefetch_related("books")
    return [book.publisher.name for publisher in publishers for book in publisher.books.all()]


@case
def loaded_in_two_calls():
    reviews = Review.objects.select_related("book").select_related("reader__country")
    return [(review.book.title, review.reader.country.name) for review in reviews]


@case
def annotated_from_afar():
    parcels = Parcel.objects.annotate(author=F("loan__book__author__name"))
    return [parcel.author for parcel in parcels]


@case
def joined_behind_a_prefetch():
    books = Book.objects.prefetch_related("review_set", "review_set__reader", "review_set__reader__country")
    return [review.reader.country.name for book in books for review in book.review_set.all()]


@case
def put_aside_with_its_joins():
    reviews = Prefetch("review_set", queryset=Review.objects.select_related("reader__country"), to_attr="opinions")
    books = Book.objects.prefetch_related(reviews)
    return [review.reader.country.name for book in books for review in book.opinions]


@case
def prefetched_in_a_loop_of_two():
    out = []
    for name in ("books", "edited"):
        for author in Author.objects.prefetch_related("books", "edited"):
            out.append((name, len(author.books.all()) + len(author.edited.all())))
    return out


@case
def one_of_a_chain():
    loan = Loan.objects.select_related("book").get(pk=1)
    return loan.book.author.country.name
