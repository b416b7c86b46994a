"""What is bound elsewhere: in the function around, by another method of the instance, by a generator, in a dict, in one
of several branches."""

import json
from collections import defaultdict

from counting import case
from django.contrib import admin
from django.db.models import F, Prefetch
from django.views.generic.base import TemplateResponseMixin
from django.views.generic.list import BaseListView
from rest_framework import generics, serializers, viewsets
from web import changelist, get, listed, shown_by

from shop.models import Author, Book, Chapter, Country, Loan, Publisher, Reader, Review, Tag


def something():
    """What nobody can read."""
    return json.loads("null")


@case
def variable_of_the_function_around():
    books = Book.objects.filter(stock__gt=0)
    out = []

    def collect():
        for book in books:
            out.append(book.author.name)

    collect()
    return out


@case
def created_by_the_function_within():
    loans = Loan.objects.filter(returned=False)

    def bill():
        for loan in loans:
            tag_of(loan)

    def tag_of(loan):
        Tag.objects.create(name=f"loan {loan.pk}")

    bill()


def stocked():
    for book in Book.objects.order_by("pk"):
        if book.stock:
            yield book


@case
def rows_of_a_generator():
    return [book.publisher.name for book in stocked()]


def everything():
    yield from Book.objects.order_by("pk")


@case
def rows_that_are_handed_on():
    return [book.author.name for book in everything()]


@case
def attribute_by_its_name():
    return [getattr(book, "author").name for book in Book.objects.all()]


@case
def relation_back_by_its_name():
    return [getattr(book, "cover", None) for book in Book.objects.all()]


class Report:
    def __init__(self, least):
        self.books = Book.objects.filter(stock__gte=least)

    def lines(self):
        return [book.author.name for book in self.books]


@case
def kept_by_another_method():
    return Report(1).lines()


class Catalogue:
    def load(self):
        self.loans = list(Loan.objects.order_by("pk"))
        return self

    def titles(self):
        out = []
        for loan in self.loans:
            out.append(loan.book.title)
        return out


@case
def list_kept_by_another_method():
    return Catalogue().load().titles()


@case
def in_one_of_two_branches():
    books = something()
    if books is None:
        books = Book.objects.order_by("pk")
    return [book.author.name for book in books]


@case
def or_what_is_there():
    reviews = something() or Review.objects.order_by("pk")
    return [review.reader.name for review in reviews]


@case
def lists_in_a_dict():
    by_stock = defaultdict(list)
    for book in Book.objects.all():
        by_stock[book.stock].append(book)
    out = []
    for stock, books in by_stock.items():
        for book in books:
            out.append((stock, book.author.name))
    return out


@case
def lists_in_a_plain_dict():
    by_price = {}
    for book in Book.objects.all():
        by_price.setdefault(book.price, []).append(book)
    return [book.publisher.name for books in by_price.values() for book in books]


@case
def picked_by_a_key():
    by_key = {}
    for book in Book.objects.all():
        by_key[book.pk] = book
    out = []
    for loan in Loan.objects.all():
        out.append(by_key[loan.book_id].author.name)
    return out


@case
def put_into_a_text():
    return ["%s" % review for review in Review.objects.all()]


@case
def put_into_a_text_with_others():
    return ["%s: %s" % (loan.pk, loan.book.author) for loan in Loan.objects.select_related("book")]


@case
def put_into_a_text_by_format():
    return ["{} and {}".format(review.pk, review) for review in Review.objects.all()]


class CreditSerializer(serializers.ModelSerializer):
    credit = serializers.CharField(source="author.name", read_only=True)

    class Meta:
        model = Book
        fields = ["title", "credit"]


class ReadOrWrite(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")
    read_serializer_class = CreditSerializer
    write_serializer_class = None

    def get_serializer_class(self):
        if self.action in ("list", "retrieve"):
            return self.read_serializer_class
        return self.write_serializer_class


@case
def serializer_by_an_attribute():
    return listed(ReadOrWrite)


class ByDict(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_classes = {"list": CreditSerializer}

    def get_serializer_class(self):
        return self.serializer_classes.get(self.action, CreditSerializer)


@case
def serializer_by_a_dict():
    return listed(ByDict)


class PreparedSerializer(serializers.ModelSerializer):
    credit = serializers.CharField(source="author.name", read_only=True)
    house = serializers.CharField(source="publisher.name", read_only=True)

    class Meta:
        model = Book
        fields = ["title", "credit", "house"]

    @classmethod
    def prepare(cls, queryset=None):
        queryset = queryset if queryset is not None else Book.objects.all()
        return queryset.select_related("author")


class Prepared(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = PreparedSerializer

    def get_queryset(self):
        return self.get_serializer_class().prepare(queryset=self.queryset.all())


@case
def prepared_by_the_serializer():
    return listed(Prepared)


class HouseLoanSerializer(serializers.ModelSerializer):
    title = serializers.CharField(source="book.title", read_only=True)

    class Meta:
        model = Loan
        fields = ["pk", "title"]


class ReaderSerializer(serializers.ModelSerializer):
    loans = HouseLoanSerializer(many=True, read_only=True)

    class Meta:
        model = Reader
        fields = ["name", "loans"]


class OneReader(generics.RetrieveAPIView):
    queryset = Reader.objects.all()
    serializer_class = ReaderSerializer


@case
def list_within_one_row():
    return shown_by(OneReader.as_view(), 1)


@case
def list_within_one_row_of_a_function():
    return ReaderSerializer(Reader.objects.get(pk=1)).data["loans"]


@case
def in_a_branch_beside_texts():
    books = Book.objects.order_by("pk") if Book.objects.exists() else "none"
    return [book.author.name for book in books]


class OldList(TemplateResponseMixin, BaseListView):
    model = Book
    template_name = "old_list_view.html"


@case
def old_list_view():
    return get(OldList.as_view())


@admin.register(Book, site=admin.AdminSite())
class ColumnsAdmin(admin.ModelAdmin):
    list_display = ["title", "house"]

    def house(self, book):
        return book.publisher.name

    def get_list_display(self, request):
        return [*super().get_list_display(request), "price"]


@case
def columns_added_by_code():
    return changelist(ColumnsAdmin, Book)


def described(thing, kind):
    if kind == "book":
        return thing.author.name
    return thing.name


@case
def of_one_of_several_kinds():
    return [described(book, "book") for book in Book.objects.all()]


# What asks no more for more rows.


@case
def variable_of_the_function_around_that_is_loaded():
    books = Book.objects.select_related("author")

    def collect():
        return [book.author.name for book in books]

    return collect()


def loaded():
    for book in Book.objects.select_related("publisher").order_by("pk"):
        yield book


@case
def rows_of_a_generator_that_loads():
    return [book.publisher.name for book in loaded()]


def whole():
    yield Book.objects.count()


@case
def generator_of_one():
    return [count for count in whole()]


@case
def attribute_by_its_name_that_is_loaded():
    return [getattr(book, "author").name for book in Book.objects.select_related("author")]


class LoadedReport:
    def __init__(self):
        self.books = Book.objects.select_related("author")

    def lines(self):
        return [book.author.name for book in self.books]


@case
def kept_and_loaded():
    return LoadedReport().lines()


class Narrowed:
    def __init__(self):
        self.books = Book.objects.all()

    def load(self):
        self.books = self.books.select_related("author")
        return self

    def lines(self):
        return [book.author.name for book in self.books]


@case
def kept_anew_by_another_method():
    return Narrowed().load().lines()


@case
def loaded_in_one_branch_and_unread_in_the_other():
    books = something()
    if books is None:
        books = Book.objects.select_related("author")
    return [book.author.name for book in books]


@case
def lists_in_a_dict_that_are_loaded():
    by_stock = defaultdict(list)
    for book in Book.objects.select_related("author"):
        by_stock[book.stock].append(book)
    return [book.author.name for books in by_stock.values() for book in books]


@case
def texts_in_a_dict():
    names = {}
    for author in Author.objects.all():
        names[author.pk] = author.name
    return [names[book.author_id] for book in Book.objects.all()]


@case
def one_row_of_a_list():
    books = list(Book.objects.order_by("pk"))
    return books[0].author.name


@case
def put_into_a_text_that_is_loaded():
    return ["%s" % review for review in Review.objects.select_related("reader", "book")]


@case
def plain_columns_put_into_a_text():
    return ["{} {}".format(book.pk, book) for book in Book.objects.all()]


class LoadedByAttribute(ReadOrWrite):
    queryset = Book.objects.select_related("author").order_by("pk")


@case
def serializer_by_an_attribute_that_is_loaded():
    return listed(LoadedByAttribute)


class WhollyPreparedSerializer(PreparedSerializer):
    @classmethod
    def prepare(cls, queryset=None):
        return super().prepare(queryset=queryset).select_related("publisher", "author")


class WhollyPrepared(Prepared):
    serializer_class = WhollyPreparedSerializer


@case
def wholly_prepared_by_the_serializer():
    return listed(WhollyPrepared)


class PrefetchingSerializer(serializers.ModelSerializer):
    books = PreparedSerializer(many=True, read_only=True)

    class Meta:
        model = Author
        fields = ["name", "books"]

    @classmethod
    def prepare(cls):
        return Author.objects.prefetch_related(
            Prefetch("books", queryset=WhollyPreparedSerializer.prepare(Book.objects.all()))
        ).order_by("pk")


class Prefetching(viewsets.ModelViewSet):
    serializer_class = PrefetchingSerializer

    def get_queryset(self):
        return self.get_serializer_class().prepare()


@case
def prefetched_by_another_serializer():
    return listed(Prefetching)


class LoadedOldList(TemplateResponseMixin, BaseListView):
    queryset = Book.objects.select_related("author")
    template_name = "old_list_view_loaded.html"


@case
def old_list_view_loaded():
    return get(LoadedOldList.as_view())


class LoadedReader(generics.RetrieveAPIView):
    queryset = Reader.objects.prefetch_related("loans__book")
    serializer_class = ReaderSerializer


@case
def list_within_one_row_that_is_loaded():
    return shown_by(LoadedReader.as_view(), 1)


@case
def annotated_under_a_property_of_the_model():
    return [book.origin for book in Book.objects.annotate(origin=F("publisher__country__name"))]


def lent(books):
    return Loan.objects.filter(book__in=books).count()


@case
def asked_for_each_batch():
    out, batch = [], []
    for book in Book.objects.order_by("pk"):
        batch.append(book)
        if len(batch) >= 10:
            out.append(lent(batch))
            batch = []
    return out
