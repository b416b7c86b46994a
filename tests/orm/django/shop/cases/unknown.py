"""Loops over what nobody knows, and rows that come from where nobody sees: what is told of these is a guess."""

import csv
import io
import json
import pickle
from contextlib import contextmanager

from counting import case
from rest_framework import serializers

from shop.helpers import made
from shop.models import Author, Book, Chapter, Country, Loan, Note, Publisher, Reader, Review, Tag


def keys_from_elsewhere():
    return json.loads(json.dumps(list(Book.objects.values_list("pk", flat=True))))


@case
def got_by_keys_from_elsewhere():
    return [Book.objects.get(pk=key).title for key in json.loads(json.dumps(keys_from_elsewhere()))]


@case
def updated_by_the_lines_of_a_file():
    file = io.StringIO("".join(f"{key},Title {key}\n" for key in keys_from_elsewhere()))
    for key, title in csv.reader(file):
        Book.objects.filter(pk=key).update(title=title)


@case
def upserted_by_the_lines_of_a_file():
    file = io.StringIO("name\n" + "".join(f"Tag of {key}\n" for key in keys_from_elsewhere()))
    for line in csv.DictReader(file):
        Tag.objects.get_or_create(name=line["name"])


def prices(keys):
    out = {}
    for key in keys:
        out[key] = Book.objects.filter(pk=key).values_list("price", flat=True).first()
    return out


@case
def an_argument():
    return prices(json.loads(json.dumps(keys_from_elsewhere())))


def counts(**kwargs):
    keys = kwargs["keys"]
    return [Review.objects.filter(book_id=key).count() for key in keys]


@case
def an_argument_by_its_name():
    return counts(keys=keys_from_elsewhere())


@case
def created_so_many_times():
    number = len(json.loads(json.dumps(keys_from_elsewhere())))
    for at in range(number):
        Country.objects.create(name=f"Country {at}")


@case
def a_method_of_something():
    shelf = made("Shelf")
    return [shelf.copies_lent_of(key) for key in json.loads(json.dumps(keys_from_elsewhere()))]


@case
def rows_that_are_known_by_what_is_read():
    out = []
    for review in pickle.loads(pickle.dumps(list(Review.objects.order_by("pk")))):
        out.append(f"{review.stars} {review.reader.name}")
    return out


def titles_and_authors(books: list[Book]):
    return [f"{book.title} {book.author.name}" for book in books]


@case
def rows_by_their_annotation():
    return titles_and_authors(pickle.loads(pickle.dumps(list(Book.objects.order_by("pk")))))


@case
def saved_by_what_is_read():
    for chapter in pickle.loads(pickle.dumps(list(Chapter.objects.order_by("pk")))):
        chapter.title = f"{chapter.number} {chapter.book_id}"
        chapter.save()


@case
def property_of_something():
    return [book.last_reader_of_all for book in pickle.loads(pickle.dumps(list(Book.objects.order_by("pk"))))]


def store(key):
    Note.objects.filter(object_id=key).update(text="seen")


@case
def written_by_a_function():
    for key in json.loads(json.dumps(keys_from_elsewhere())):
        store(key)


@contextmanager
def opened_lines():
    yield csv.DictReader(io.StringIO("key\n" + "".join(f"{key}\n" for key in keys_from_elsewhere())))


def keys_of_lines():
    with opened_lines() as lines:
        for line in lines:
            yield line["key"]


@case
def asked_by_the_lines_that_a_generator_gives():
    return [Book.objects.get(pk=key).title for key in keys_of_lines()]


class Wanted(serializers.Serializer):
    keys = serializers.ListField(child=serializers.IntegerField())

    def create(self, validated_data):
        wanted = validated_data.pop("keys")
        return [Book.objects.get(pk=key).title for key in wanted]


@case
def asked_by_what_a_serializer_has_checked():
    wanted = Wanted(data={"keys": keys_from_elsewhere()})
    wanted.is_valid(raise_exception=True)
    return wanted.save()


class Named(serializers.Serializer):
    title = serializers.CharField()
    price = serializers.IntegerField()

    def update(self, instance, validated_data):
        for name, value in validated_data.items():
            setattr(instance, name, value)
            instance.save(update_fields=[name])
        return instance


# What follows does not grow.


@case
def keys_that_are_written_here():
    return [Book.objects.filter(pk=key).exists() for key in (1, 2)]


@case
def so_many_times_as_is_written_here():
    return [Book.objects.filter(pk=key).exists() for key in range(3)]


STANDS = ["returned", "lent"]


@case
def a_constant():
    return {stand: Loan.objects.filter(returned=stand == "returned").count() for stand in STANDS}


@case
def a_dict_of_a_few():
    least = {"dear": 100, "cheap": 1}
    return {name: Book.objects.filter(price__gte=price).count() for name, price in least.items()}


@case
def fields_of_a_model():
    return {
        field.name: Author.objects.filter(**{f"{field.name}__isnull": True}).count() for field in Author._meta.fields
    }


@case
def asked_once_for_all_keys():
    keys = json.loads(json.dumps(keys_from_elsewhere()))
    books = Book.objects.in_bulk(keys)
    return [books[key].title for key in keys]


@case
def a_method_that_asks_nothing():
    shelf = made("Shelf")
    return [shelf.label_of_a_copy(key) for key in keys_from_elsewhere()]


class Line:
    def __init__(self, stars, reader):
        self.stars = stars
        self.reader = reader


@case
def lines_that_are_no_rows():
    names = dict(Review.objects.values_list("pk", "stars"))
    return [line.stars for line in pickle.loads(pickle.dumps([Line(stars, key) for key, stars in names.items()]))]


@case
def the_first_that_is_found():
    for key in json.loads(json.dumps(keys_from_elsewhere())):
        found = Publisher.objects.filter(pk=key).first()
        if found:
            return found.name


def names_of_readers(readers):
    return [reader.name for reader in readers]


@case
def an_argument_that_is_loaded():
    return names_of_readers(Reader.objects.order_by("pk"))


def countries(authors: list[Author]):
    return [author.country.name for author in authors]


@case
def rows_by_their_annotation_that_are_loaded():
    return countries(Author.objects.select_related("country").order_by("pk"))


@case
def stored_by_the_fields_that_a_serializer_has_checked():
    named = Named(Book.objects.first(), data={"title": "New", "price": 5})
    named.is_valid(raise_exception=True)
    return named.save().title
