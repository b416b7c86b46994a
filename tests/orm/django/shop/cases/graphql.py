"""Schemas of graphene and strawberry."""

from typing import List

import graphene
import strawberry
from counting import case
from graphene_django import DjangoListField, DjangoObjectType
from strawberry.dataloader import DataLoader
from web import graphene_data, strawberry_data

from shop.models import Author, Book, Chapter, Country, Loan, Publisher, Reader, Review, Tag


class ReaderType(graphene.ObjectType):
    name = graphene.String()
    country_name = graphene.String()

    def resolve_country_name(reader, info):
        return reader.country.name


class ReaderQuery(graphene.ObjectType):
    readers = graphene.List(ReaderType)

    def resolve_readers(root, info):
        return Reader.objects.order_by("pk")


@case
def resolver_of_a_foreign_key():
    return graphene_data(graphene.Schema(query=ReaderQuery), "{ readers { name countryName } }")


class ReviewType(graphene.ObjectType):
    stars = graphene.Int()
    by = graphene.String()

    @staticmethod
    def resolve_by(parent, info):
        return parent.reader.name


class WrittenType(graphene.ObjectType):
    title = graphene.String()
    reviews = graphene.List(ReviewType)

    def resolve_reviews(parent, info, **kwargs):
        return parent.review_set.all()


class WrittenQuery(graphene.ObjectType):
    books = graphene.List(graphene.NonNull(WrittenType))

    def resolve_books(self, info, **kwargs):
        return Book.objects.filter(stock__gt=0)


@case
def resolver_of_a_list():
    return graphene_data(graphene.Schema(query=WrittenQuery), "{ books { title reviews { stars } } }")


class CountedType(graphene.ObjectType):
    title = graphene.String()
    loans = graphene.Int()

    def resolve_loans(self, info):
        return self.loans.count()


class CountedQuery(graphene.ObjectType):
    books = graphene.List(CountedType)

    def resolve_books(self, info):
        return list(Book.objects.order_by("pk"))


@case
def resolver_that_counts():
    return graphene_data(graphene.Schema(query=CountedQuery), "{ books { title loans } }")


class LookedUpType(graphene.ObjectType):
    id = graphene.Int()
    title = graphene.String()

    def resolve_title(loan, info):
        return Book.objects.get(pk=loan.book_id).title


class LookedUpQuery(graphene.ObjectType):
    loans = graphene.List(LookedUpType)

    def resolve_loans(root, info):
        return Loan.objects.order_by("pk")


@case
def resolver_that_gets():
    return graphene_data(graphene.Schema(query=LookedUpQuery), "{ loans { id title } }")


class PublisherNode(DjangoObjectType):
    class Meta:
        model = Publisher
        fields = ["id", "name"]


class BookNode(DjangoObjectType):
    class Meta:
        model = Book
        fields = ["id", "title", "publisher"]


class NodeQuery(graphene.ObjectType):
    books = graphene.List(BookNode)

    def resolve_books(root, info):
        return Book.objects.order_by("pk")


@case
def django_type_with_a_foreign_key():
    return graphene_data(graphene.Schema(query=NodeQuery), "{ books { title publisher { name } } }")


class SourcedType(graphene.ObjectType):
    title = graphene.String()
    byline = graphene.String()


class SourcedQuery(graphene.ObjectType):
    books = graphene.List(SourcedType)

    def resolve_books(root, info):
        return Book.objects.order_by("pk")


@case
def property_as_a_field():
    return graphene_data(graphene.Schema(query=SourcedQuery), "{ books { title byline } }")


@strawberry.type
class StrawberryLoan:
    row: strawberry.Private[object]

    @strawberry.field
    def title(self) -> str:
        return self.row.book.title


@strawberry.type
class StrawberryQuery:
    @strawberry.field
    def loans(self) -> List[StrawberryLoan]:
        return [StrawberryLoan(row=loan) for loan in Loan.objects.order_by("pk")]


@case
def strawberry_field_of_a_row():
    return strawberry_data(strawberry.Schema(query=StrawberryQuery), "{ loans { title } }")


@strawberry.type
class StrawberryBook:
    title: str
    author: str

    @classmethod
    def of(cls, book: Book) -> "StrawberryBook":
        return cls(title=book.title, author=book.author.name)


@strawberry.type
class MadeQuery:
    @strawberry.field
    def books(self) -> List[StrawberryBook]:
        return [StrawberryBook.of(book) for book in Book.objects.order_by("pk")]


@case
def strawberry_made_of_a_row():
    return strawberry_data(strawberry.Schema(query=MadeQuery), "{ books { title author } }")


def resolve_labels() -> List[str]:
    return [book.publisher.name for book in Book.objects.order_by("pk")]


@strawberry.type
class LabelQuery:
    labels: List[str] = strawberry.field(resolver=resolve_labels)


@case
def strawberry_resolver_function():
    return strawberry_data(strawberry.Schema(query=LabelQuery), "{ labels }")


# What follows loads what it reads, or reads nothing.


class LoadedQuery(graphene.ObjectType):
    readers = graphene.List(ReaderType)

    def resolve_readers(root, info):
        return Reader.objects.select_related("country").order_by("pk")


@case
def resolver_of_a_joined_key():
    return graphene_data(graphene.Schema(query=LoadedQuery), "{ readers { name countryName } }")


class LoadedListQuery(graphene.ObjectType):
    books = graphene.List(WrittenType)

    def resolve_books(self, info):
        return Book.objects.prefetch_related("review_set__reader")


@case
def resolver_of_a_prefetched_list():
    return graphene_data(graphene.Schema(query=LoadedListQuery), "{ books { title reviews { stars by } } }")


class PlainType(graphene.ObjectType):
    title = graphene.String()
    author_id = graphene.Int()


class PlainQuery(graphene.ObjectType):
    books = graphene.List(PlainType)

    def resolve_books(root, info):
        return Book.objects.order_by("pk")


@case
def plain_fields():
    return graphene_data(graphene.Schema(query=PlainQuery), "{ books { title authorId } }")


class OneQuery(graphene.ObjectType):
    reader = graphene.Field(ReaderType, pk=graphene.Int())

    def resolve_reader(root, info, pk):
        return Reader.objects.get(pk=pk)


@case
def one_row():
    return graphene_data(graphene.Schema(query=OneQuery), "{ reader(pk: 1) { name countryName } }")


class LoadedNodeQuery(graphene.ObjectType):
    books = DjangoListField(BookNode)

    def resolve_books(root, info):
        return Book.objects.select_related("publisher").order_by("pk")


@case
def django_type_with_a_joined_key():
    return graphene_data(graphene.Schema(query=LoadedNodeQuery), "{ books { title } }")


class ValuesType(graphene.ObjectType):
    title = graphene.String()

    def resolve_title(row, info):
        return row["book__title"]


class ValuesQuery(graphene.ObjectType):
    loans = graphene.List(ValuesType)

    def resolve_loans(root, info):
        return list(Loan.objects.values("book__title"))


@case
def resolver_of_values():
    return graphene_data(graphene.Schema(query=ValuesQuery), "{ loans { title } }")


@strawberry.type
class LoadedStrawberryQuery:
    @strawberry.field
    def loans(self) -> List[StrawberryLoan]:
        return [StrawberryLoan(row=loan) for loan in Loan.objects.select_related("book")]


@case
def strawberry_field_of_a_joined_row():
    return strawberry_data(strawberry.Schema(query=LoadedStrawberryQuery), "{ loans { title } }")


@strawberry.type
class MadeLoadedQuery:
    @strawberry.field
    def books(self) -> List[StrawberryBook]:
        return [StrawberryBook.of(book) for book in Book.objects.select_related("author")]


@case
def strawberry_made_of_a_joined_row():
    return strawberry_data(strawberry.Schema(query=MadeLoadedQuery), "{ books { title author } }")


def load_books(keys):
    books = Book.objects.in_bulk(keys)
    return [books[key] for key in keys]


class BatchedType(graphene.ObjectType):
    titles = graphene.List(graphene.String)

    def resolve_titles(root, info):
        keys = [loan.book_id for loan in Loan.objects.all()]
        return [book.title for book in load_books(keys)]


class BatchedQuery(graphene.ObjectType):
    all = graphene.Field(BatchedType)

    def resolve_all(root, info):
        return BatchedType()


@case
def loaded_by_keys():
    return graphene_data(graphene.Schema(query=BatchedQuery), "{ all { titles } }")
