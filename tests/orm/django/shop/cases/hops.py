"""One hop away: functions, properties and methods that get the row."""

from functools import partial

from counting import case

from shop import helpers
from shop.helpers import Card, all_books, books_of, loaded_books, name_of, names_of, outer
from shop.models import Author, Book, Loan, Review


@case
def function_of_another_module():
    return [name_of(book) for book in Book.objects.all()]


@case
def function_of_a_module_by_name():
    return [helpers.name_of(book) for book in Book.objects.all()]


@case
def three_functions_deep():
    out = []
    for book in Book.objects.all():
        out.append(outer(book))
    return out


@case
def property_of_the_model():
    return [book.byline for book in Book.objects.all()]


@case
def cached_property_of_the_model():
    return [book.origin for book in Book.objects.all()]


@case
def method_of_the_model():
    return [book.describe() for book in Book.objects.filter(stock__gt=0)]


@case
def property_of_what_is_joined():
    return [book.author.label for book in Book.objects.select_related("author")]


@case
def method_that_loops():
    return {book.title: book.stars() for book in Book.objects.all()}


@case
def text_of_a_row():
    return [str(review) for review in Review.objects.all()]


@case
def text_of_a_row_in_a_format():
    lines = []
    for review in Review.objects.all():
        lines.append(f"- {review}")
    return lines


@case
def queryset_from_a_function():
    return [book.author.name for book in all_books()]


@case
def queryset_given_to_a_function():
    return names_of(Book.objects.all())


@case
def queryset_given_on_and_on():
    return helpers.report(Loan.objects.all())


@case
def instance_around_the_row():
    return [Card(book).text() for book in Book.objects.all()]


class Catalogue:
    queryset = Book.objects.order_by("pk")

    def books(self):
        return self.queryset.all()

    def lines(self):
        return [self.line(book) for book in self.books()]

    def line(self, book):
        return book.author.name


@case
def method_of_a_class_over_its_queryset():
    return Catalogue().lines()


def shown(book):
    return {"title": book.title, "publisher": book.publisher.name}


@case
def mapped_by_a_function():
    return list(map(shown, Book.objects.all()))


@case
def sorted_by_a_function():
    return [book.title for book in sorted(Book.objects.all(), key=name_of)]


@case
def partial_of_a_function():
    show = partial(shown)
    return [show(book) for book in Book.objects.all()]


@case
def nested_function():
    def credit(book):
        return book.author.name

    return [credit(book) for book in Book.objects.all()]


@case
def by_keyword():
    def credit(prefix, book=None):
        return prefix + book.author.name

    return [credit("by ", book=book) for book in Book.objects.all()]


@case
def unless_loaded():
    return [book.author.name for book in books_of(Book.objects, loaded=False)]


# What follows loads what it reads, or reads nothing.


@case
def function_over_joined():
    return [name_of(book) for book in Book.objects.select_related("author")]


@case
def function_that_reads_a_field():
    return [helpers.title_of(book) for book in Book.objects.all()]


@case
def property_that_reads_a_field():
    return [(book.shout, book.author_key) for book in Book.objects.all()]


@case
def property_over_joined():
    return [book.byline for book in Book.objects.with_people()]


@case
def cached_property_over_joined():
    return [book.origin for book in Book.objects.select_related("publisher__country")]


@case
def method_over_joined():
    return [book.describe() for book in Book.objects.select_related("author", "editor")]


@case
def method_that_loops_over_prefetched():
    return {book.title: book.stars() for book in Book.objects.prefetch_related("review_set")}


@case
def text_of_a_loaded_row():
    return [str(review) for review in Review.objects.select_related("book", "reader")]


@case
def text_of_a_plain_row():
    return [str(book) for book in Book.objects.all()]


@case
def loaded_queryset_from_a_function():
    return [outer(book) for book in loaded_books()]


@case
def loaded_queryset_given_to_a_function():
    return names_of(Book.objects.select_related("author"))


class OpenCatalogue:
    def lines(self):
        return [book.author.name for book in self.books()]


class LoadedCatalogue(OpenCatalogue):
    def books(self):
        return Book.objects.select_related("author")


@case
def loaded_by_an_override():
    return LoadedCatalogue().lines()


@case
def loaded_by_an_argument():
    return [book.author.name for book in books_of(Book.objects)]


@case
def one_row_given_to_a_function():
    return name_of(Book.objects.get(pk=1))


@case
def one_row_with_its_property():
    return Book.objects.order_by("pk").first().byline


@case
def sorted_by_a_function_over_joined():
    return [book.title for book in sorted(Book.objects.select_related("author"), key=name_of)]


@case
def function_given_keys():
    def doubled(key):
        return key * 2

    return [doubled(book.author_id) for book in Book.objects.all()]
