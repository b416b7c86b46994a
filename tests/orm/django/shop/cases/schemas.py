"""Schemas of django-ninja, and of pydantic with `from_attributes`."""

from typing import List, Optional

from counting import case
from django.db.models import Count
from ninja import ModelSchema, NinjaAPI, Router, Schema
from ninja.pagination import paginate
from pydantic import BaseModel, ConfigDict, TypeAdapter
from web import ninja_get

from shop.models import Author, Book, Loan, Publisher, Review, Tag


def api_of(router, name):
    api = NinjaAPI(urls_namespace=name, docs_url=None)
    api.add_router("", router)
    return api


class PublisherOut(Schema):
    id: int
    name: str


class TagOut(Schema):
    name: str


class BookOut(Schema):
    title: str
    publisher: PublisherOut


nested = Router()


@nested.get("/books", response=List[BookOut])
def nested_books(request):
    return Book.objects.order_by("pk")


@case
def nested_schema():
    return ninja_get(nested, "/books")


class TaggedOut(Schema):
    title: str
    tags: list[TagOut]


tagged = Router()


@tagged.get("/books", response=list[TaggedOut])
def tagged_books(request):
    return Book.objects.all().order_by("pk")


@case
def nested_list():
    return ninja_get(tagged, "/books")


class ResolvedOut(Schema):
    title: str
    author: str

    @staticmethod
    def resolve_author(book):
        return book.author.name


resolved = Router()


@resolved.get("/books", response=list[ResolvedOut])
def resolved_books(request):
    return Book.objects.filter(stock=1).order_by("pk")


@case
def resolver_reads():
    return ninja_get(resolved, "/books")


class ModelOut(ModelSchema):
    author: Optional[PublisherOut] = None

    class Meta:
        model = Book
        fields = ["id", "title"]


modelled = Router()


@modelled.get("/books", response=list[ModelOut])
def modelled_books(request):
    return Book.objects.order_by("pk")


@case
def model_schema_with_a_nested_one():
    return ninja_get(modelled, "/books")


paged = Router()


@paged.get("/books", response=list[BookOut])
@paginate
def paged_books(request):
    return Book.objects.order_by("pk")


@case
def pages_of_a_schema():
    return ninja_get(paged, "/books")


class PublisherDto(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    name: str


class BookDto(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    title: str
    publisher: PublisherDto


@case
def validated_by_hand():
    return [BookDto.model_validate(book).model_dump() for book in Book.objects.order_by("pk")]


@case
def from_orm_by_hand():
    return [BookOut.from_orm(book).dict() for book in Book.objects.order_by("pk")]


class LoanOut(Schema):
    id: int
    book: BookOut


deep = Router()


@deep.get("/loans", response=list[LoanOut])
def deep_loans(request):
    return Loan.objects.select_related("book").order_by("pk")


@case
def second_hop_is_missing():
    return ninja_get(deep, "/loans")


class PropertyOut(Schema):
    byline: str


by_property = Router()


@by_property.get("/books", response=list[PropertyOut])
def property_books(request):
    return Book.objects.order_by("pk")


@case
def property_in_a_schema():
    return ninja_get(by_property, "/books")


class WithPublisher(Schema):
    publisher: PublisherOut


class InheritedOut(WithPublisher):
    title: str


inherited = Router()


@inherited.get("/books", response={200: list[InheritedOut]})
def inherited_books(request):
    return list(Book.objects.order_by("pk"))


@case
def inherited_by_a_schema():
    return ninja_get(inherited, "/books")


# What follows loads what it reads, or reads nothing.

loaded = Router()


@loaded.get("/books", response=list[BookOut])
def loaded_books(request):
    return Book.objects.select_related("publisher").order_by("pk")


@case
def nested_schema_loaded():
    return ninja_get(loaded, "/books")


many_loaded = Router()


@many_loaded.get("/books", response=list[TaggedOut])
def many_loaded_books(request):
    return Book.objects.prefetch_related("tags").order_by("pk")


@case
def nested_list_loaded():
    return ninja_get(many_loaded, "/books")


class PlainOut(Schema):
    title: str
    author_id: int
    price: int


plain = Router()


@plain.get("/books", response=list[PlainOut])
def plain_books(request):
    return Book.objects.order_by("pk")


@case
def plain_schema():
    return ninja_get(plain, "/books")


class ModelPlainOut(ModelSchema):
    class Meta:
        model = Book
        fields = ["id", "title", "author"]


model_plain = Router()


@model_plain.get("/books", response=list[ModelPlainOut])
def model_plain_books(request):
    return Book.objects.order_by("pk")


@case
def model_schema_with_a_key():
    return ninja_get(model_plain, "/books")


@case
def validated_by_hand_loaded():
    return [BookDto.model_validate(book).model_dump() for book in Book.objects.select_related("publisher")]


class CountedOut(Schema):
    title: str
    loan_count: int


counted = Router()


@counted.get("/books", response=list[CountedOut])
def counted_books(request):
    return Book.objects.annotate(loan_count=Count("loans")).order_by("pk")


@case
def counted_by_annotation():
    return ninja_get(counted, "/books")


single = Router()


@single.get("/books/{key}", response=BookOut)
def single_book(request, key: int):
    return Book.objects.get(pk=key)


@case
def one_row():
    return ninja_get(single, "/books/1")


deep_loaded = Router()


@deep_loaded.get("/loans", response=list[LoanOut])
def deep_loaded_loans(request):
    return Loan.objects.select_related("book__publisher").order_by("pk")


@case
def second_hop_is_loaded():
    return ninja_get(deep_loaded, "/loans")


dicts = Router()


@dicts.get("/books", response=list[BookOut])
def dict_books(request):
    return [{"title": "a", "publisher": {"id": 1, "name": "b"}}]


@case
def dicts_are_no_rows():
    return ninja_get(dicts, "/books")


@case
def adapter_over_values():
    return TypeAdapter(list[dict]).validate_python(list(Book.objects.values("title", "author__name")))
