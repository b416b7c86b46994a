"""Tables of django-tables2."""

import django_tables2 as tables
from counting import case
from django.db.models import Count
from django.views.generic import ListView
from django_tables2 import Column, SingleTableView, Table
from django_tables2.utils import A
from web import rows_of

from shop.models import Author, Book, Country, Loan, Publisher, Reader, Review, Tag


class AccessorTable(tables.Table):
    author = tables.Column(accessor="author__name")

    class Meta:
        model = Book
        fields = ["title"]


@case
def accessor_of_two_names():
    return rows_of(AccessorTable(Book.objects.order_by("pk")))


class RenderTable(tables.Table):
    class Meta:
        model = Book
        fields = ["title", "price"]

    def render_price(self, record):
        return f"{record.price} {record.publisher.name}"


@case
def render_method_reads():
    return rows_of(RenderTable(Book.objects.filter(stock__gt=0).order_by("pk")))


class RelationTable(tables.Table):
    class Meta:
        model = Loan
        fields = ("id", "reader")


@case
def relation_as_a_column():
    return rows_of(RelationTable(Loan.objects.order_by("pk")))


class CountTable(Table):
    reviews = Column(empty_values=())

    class Meta:
        model = Book
        fields = ["title"]

    def render_reviews(self, record):
        return record.review_set.count()


@case
def render_method_counts():
    return rows_of(CountTable(Book.objects.order_by("pk")))


class DottedTable(tables.Table):
    country = tables.Column(accessor=A("publisher.country.name"))

    class Meta:
        model = Book
        fields = ["title"]


@case
def accessor_of_three_names():
    return rows_of(DottedTable(Book.objects.select_related("publisher").order_by("pk")))


class PropertyTable(tables.Table):
    byline = tables.Column()

    class Meta:
        model = Book
        fields = ["title"]


@case
def property_as_a_column():
    return rows_of(PropertyTable(Book.objects.order_by("pk")))


class ManyTable(tables.Table):
    tags = tables.ManyToManyColumn()

    class Meta:
        model = Book
        fields = ["title"]


@case
def many_to_many_column():
    return rows_of(ManyTable(Book.objects.order_by("pk")))


class ViewTable(tables.Table):
    reader = tables.Column(accessor="reader__name")

    class Meta:
        model = Review
        fields = ["stars"]


class ReviewTableView(SingleTableView):
    queryset = Review.objects.order_by("pk")
    table_class = ViewTable


@case
def bound_by_a_view():
    return rows_of(ReviewTableView().get_table_class()(ReviewTableView.queryset.all()))


class TemplateTable(tables.Table):
    cover = tables.TemplateColumn("{{ record.cover.url }}")

    class Meta:
        model = Book
        fields = ["title"]


@case
def template_column():
    return [row.get_cell("cover") for row in TemplateTable(Book.objects.order_by("pk")).rows]


# What follows loads what it reads, or reads nothing.


@case
def accessor_joined():
    return rows_of(AccessorTable(Book.objects.select_related("author").order_by("pk")))


@case
def render_method_joined():
    return rows_of(RenderTable(Book.objects.select_related("publisher").order_by("pk")))


@case
def relation_joined():
    return rows_of(RelationTable(Loan.objects.select_related("reader").order_by("pk")))


class AnnotatedTable(tables.Table):
    n = tables.Column()

    class Meta:
        model = Book
        fields = ["title"]


@case
def annotated_column():
    return rows_of(AnnotatedTable(Book.objects.annotate(n=Count("review")).order_by("pk")))


@case
def accessor_of_three_joined():
    return rows_of(DottedTable(Book.objects.select_related("publisher__country").order_by("pk")))


class PlainTable(tables.Table):
    class Meta:
        model = Book
        fields = ["title", "price", "author_id"]


@case
def plain_columns():
    return rows_of(PlainTable(Book.objects.order_by("pk")))


@case
def many_to_many_prefetched():
    return [row.get_cell("tags") for row in ManyTable(Book.objects.prefetch_related("tags").order_by("pk")).rows]


class DictTable(tables.Table):
    author = tables.Column(accessor="author__name")


@case
def over_dicts():
    return rows_of(DictTable([{"author": {"name": "a"}}, {"author": {"name": "b"}}]))


@case
def over_values():
    return rows_of(DictTable(list(Book.objects.values("author__name"))))


class RenderPlainTable(tables.Table):
    class Meta:
        model = Book
        fields = ["title"]

    def render_title(self, value, record):
        return f"{value} {record.author_id}"


@case
def render_method_reads_a_key():
    return rows_of(RenderPlainTable(Book.objects.order_by("pk")))
