"""Code that says nothing of a mapper and gets rows: bases, columns, decorators, queues, paths in texts, functions in dicts."""

from collections import deque

from counting import case
from django.db.models.signals import post_save
from django.dispatch import receiver
from rest_framework import generics, serializers, viewsets
from web import get

from shop.models import Author, Book, Cover, Loan, Publisher
from shop.steps import COLUMNS, KEYS, Cell, Desk, KeyedDesk, Sheet, Steps, Through, follow, for_each, once, reduced


class Bylines(Steps):
    def rows(self):
        return Book.objects.order_by("pk")

    def line(self, book):
        return f"{book.title} by {book.author.name}"


@case
def base_in_another_file():
    return Bylines().run()


class LoadedBylines(Bylines):
    def rows(self):
        return super().rows().select_related("author")


@case
def base_in_another_file_over_loaded_rows():
    return LoadedBylines().run()


class Columns(Steps):
    columns = COLUMNS

    def rows(self):
        return Book.objects.order_by("pk")


@case
def columns_in_another_file():
    return Columns().run()


class KeyColumns(Columns):
    columns = KEYS


@case
def columns_of_keys():
    return KeyColumns().run()


@for_each
def place_of(book):
    return book.publisher.name


@case
def decorated_for_each():
    return place_of(Book.objects.order_by("pk"))


@case
def decorated_for_each_of_loaded():
    return place_of(Book.objects.select_related("publisher").order_by("pk"))


@once
def reader_of(loan):
    return loan.reader.name


@case
def decorated_for_one():
    return reader_of(Loan.objects.order_by("pk").first())


@case
def queue_of_rows():
    left, found = deque(Book.objects.order_by("pk")), []
    while left:
        book = left.popleft()
        found.append(book.author.name)
    return found


@case
def queue_of_loaded_rows():
    left, found = deque(Book.objects.select_related("author").order_by("pk")), []
    while left:
        book = left.popleft()
        found.append(book.author.name)
    return found


@case
def queue_of_keys():
    left, found = list(Loan.objects.order_by("pk").values_list("book_id", flat=True)), []
    while left:
        found.append(Book.objects.get(pk=left.pop()).title)
    return found


@case
def queue_of_keys_at_once():
    left, found = list(Loan.objects.order_by("pk").values_list("book_id", flat=True)), []
    books = Book.objects.in_bulk(left)
    while left:
        found.append(books[left.pop()].title)
    return found


@case
def path_in_a_text():
    return [follow(book, "author.name") for book in Book.objects.order_by("pk")]


@case
def path_in_a_text_of_loaded():
    return [follow(book, "author.name") for book in Book.objects.select_related("author").order_by("pk")]


@case
def reduced_path():
    return [reduced(author, "country.name") for author in Author.objects.order_by("pk")]


@case
def reduced_path_of_a_column():
    return [reduced(author, "name.__class__") for author in Author.objects.order_by("pk")] and None


@case
def class_with_a_way_of_its_own():
    return [book.publisher.name for book in Through(Book.objects.order_by("pk"))]


@case
def class_with_a_way_of_its_own_over_loaded():
    return [book.publisher.name for book in Through(Book.objects.select_related("publisher").order_by("pk"))]


def by_author(book):
    return book.author.name


def by_title(book):
    return book.title


HANDLERS = {10: by_author, 20: by_title}
TITLES = {10: by_title, 20: str}


@case
def functions_by_a_key():
    return [HANDLERS.get(book.price, by_title)(book) for book in Book.objects.order_by("pk")]


@case
def functions_by_a_key_that_read_columns():
    return [TITLES.get(book.price, by_title)(book) for book in Book.objects.order_by("pk")]


class Shelves:
    def __init__(self, model=Book):
        self.model = model

    def all(self):
        return self.model.objects.order_by("pk")


class Names:
    def __init__(self, shelves=None):
        self.shelves = shelves or Shelves()

    def of_authors(self):
        return [book.author.name for book in self.shelves.all()]

    def of_books(self):
        return [book.title for book in self.shelves.all()]


@case
def service_that_makes_what_it_is_not_given():
    return Names().of_authors()


@case
def service_that_reads_columns():
    return Names().of_books()


@receiver(post_save, sender=Publisher)
def list_covers(sender, instance, **kwargs):
    instance.listed = [book.author.name for book in instance.books.all()]


@case
def receiver_of_a_signal():
    publisher = Publisher.objects.order_by("pk").first()
    post_save.send(Publisher, instance=publisher, created=False)
    return publisher.listed


@receiver(post_save, sender=Cover)
def list_loans(sender, instance, **kwargs):
    instance.listed = [loan.reader_id for loan in instance.book.loans.all()]


@case
def receiver_that_reads_columns():
    cover = Cover(book=Book.objects.order_by("pk").first())
    post_save.send(Cover, instance=cover, created=False)
    return cover.listed


class BriefSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title"]


class WholeSerializer(serializers.ModelSerializer):
    writer = serializers.CharField(source="author.name")

    class Meta:
        model = Book
        fields = ["title", "writer"]


class ByAction:
    by_action = {}

    def get_serializer_class(self):
        return self.by_action.get(self.action) or super().get_serializer_class()


class WholeBooks(ByAction, viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = WholeSerializer
    by_action = {"retrieve": BriefSerializer}


@case
def serializer_of_the_base():
    return get(WholeBooks.as_view({"get": "list"}))


class BriefBooks(ByAction, viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = WholeSerializer
    by_action = {"list": BriefSerializer}


@case
def serializer_by_the_action():
    return get(BriefBooks.as_view({"get": "list"}))


class Writers(serializers.ListSerializer):
    def to_representation(self, data):
        return [{"writer": book.author.name} for book in data]


class WritersSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title"]
        list_serializer_class = Writers


class WriterList(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = WritersSerializer


@case
def class_for_lists():
    return get(WriterList.as_view())


class LoadedWriterList(generics.ListAPIView):
    queryset = Book.objects.select_related("author").order_by("pk")
    serializer_class = WritersSerializer


@case
def class_for_lists_of_loaded():
    return get(LoadedWriterList.as_view())


class Prices(Sheet):
    columns = [Cell("Title", "title"), Cell("Publisher", lambda book: book.publisher.name)]

    def rows(self):
        return Book.objects.order_by("pk")


@case
def columns_made_with_functions():
    return list(Prices().lines())


class LoadedPrices(Prices):
    def rows(self):
        return super().rows().select_related("publisher")


@case
def columns_made_with_functions_over_loaded_rows():
    return list(LoadedPrices().lines())


@case
def asked_of_what_an_object_was_made_with():
    desk = Desk(Publisher.objects.first())
    return [book.title for book in Book.objects.order_by("pk") if desk.has(book)]


@case
def keys_of_what_an_object_was_made_with():
    desk = KeyedDesk(Publisher.objects.first())
    return [book.title for book in Book.objects.order_by("pk") if desk.has(book)]
