"""What an argument, an action or a context rules out, and keys that are in the row."""

from functools import lru_cache

from counting import case
from django.conf import settings
from django.db.models import Count, QuerySet
from rest_framework import mixins, serializers, viewsets
from web import listed

from shop.models import Author, Book, Country, Publisher, Tag


@case
def key_by_the_object():
    return [book.author.id for book in Book.objects.order_by("pk")]


@case
def key_by_the_object_and_its_name():
    return [(book.author.pk, book.author.name) for book in Book.objects.order_by("pk")]


@case
def whether_there_is_one():
    found = []
    for book in Book.objects.order_by("pk"):
        if book.publisher is not None:
            found.append(book.publisher.pk)
    return found


@case
def key_in_the_row():
    return [book.author_id for book in Book.objects.order_by("pk") if book.publisher_id is not None]


def relabel(book, names=None, gone=None, only=()):
    if names:
        for name in names:
            Tag.objects.filter(name=name, books=book).count()
    if gone is not None:
        book.tags.filter(name__in=gone).exists()
    return book.title if not only else book.tags.filter(name__in=only).first()


@case
def arguments_left_out():
    return [relabel(book) for book in Book.objects.order_by("pk")]


@case
def arguments_that_are_empty():
    return [relabel(book, [], None, only=[]) for book in Book.objects.order_by("pk")]


@case
def argument_given():
    return [relabel(book, gone=["a"]) for book in Book.objects.order_by("pk")]


@case
def argument_that_is_empty_and_given():
    return [relabel(book, gone=[]) for book in Book.objects.order_by("pk").prefetch_related("tags")]


@case
def argument_filled_on_the_way():
    names = []
    names.append("a")
    return [relabel(book, names) for book in Book.objects.order_by("pk")]


def house():
    if not Country.objects.exists():
        Country.objects.create(name="A")
    if Publisher.objects.count() == 0:
        Publisher.objects.create(name="B", country=Country.objects.first())


@case
def made_once_for_all():
    house()
    return [book.title for book in Book.objects.order_by("pk")]


class FlaggedSerializer(serializers.ModelSerializer):
    author = serializers.SerializerMethodField()
    tagged = serializers.SerializerMethodField()

    def get_author(self, book):
        if self.context.get("with_author") is True:
            return book.author.name
        return None

    def get_tagged(self, book):
        if self.context.get("tags_are_there", False):
            return bool(book.tags.all())
        return book.tags.filter(name__gt="").exists()

    class Meta:
        model = Book
        fields = ["id", "author", "tagged"]


class ListedBooks(mixins.ListModelMixin, viewsets.GenericViewSet):
    serializer_class = FlaggedSerializer


class Unflagged(ListedBooks):
    queryset = Book.objects.order_by("pk").prefetch_related("tags")

    def get_serializer_context(self):
        more = {}
        if self.action == "list":
            more = {"tags_are_there": True}
        return {**super().get_serializer_context(), **more}


@case
def flag_that_no_view_sets():
    return listed(Unflagged)


class Flagged(ListedBooks):
    queryset = Book.objects.order_by("pk").prefetch_related("tags")

    def get_serializer_context(self):
        context = super().get_serializer_context()
        context["with_author"] = True
        context["tags_are_there"] = True
        return context


@case
def flag_that_the_view_sets():
    return listed(Flagged)


class TaggedSerializer(serializers.ModelSerializer):
    tagged = serializers.SerializerMethodField()

    def get_tagged(self, book):
        if self.context.get("tags_are_there"):
            return bool(book.tags.all())
        return book.tags.filter(name__gt="").exists()

    class Meta:
        model = Book
        fields = ["id", "tagged"]


class ForOthers(ListedBooks):
    serializer_class = TaggedSerializer
    queryset = Book.objects.order_by("pk").prefetch_related("tags")

    def get_serializer_context(self):
        more = {} if self.action == "list" else {"tags_are_there": True}
        return super().get_serializer_context() | more


@case
def flag_for_other_actions():
    return listed(ForOthers)


@case
def context_of_a_call():
    books = Book.objects.order_by("pk").prefetch_related("tags")
    return FlaggedSerializer(books, many=True, context={"tags_are_there": True}).data


@case
def context_of_a_call_with_a_flag():
    books = Book.objects.order_by("pk").prefetch_related("tags")
    return FlaggedSerializer(books, many=True, context={"with_author": True, "tags_are_there": True}).data


class AuthorSerializer(serializers.ModelSerializer):
    country = serializers.CharField(source="country.name")

    class Meta:
        model = Author
        fields = ["name", "country"]


class Actions(viewsets.ReadOnlyModelViewSet):
    serializer_class = AuthorSerializer

    def get_queryset(self):
        if self.action == "retrieve":
            return Author.objects.select_related("country")
        return Author.objects.order_by("pk")


@case
def loaded_for_another_action():
    return listed(Actions)


class OtherActions(Actions):
    def get_queryset(self):
        if self.action == "list":
            return Author.objects.order_by("pk").select_related("country")
        return Author.objects.order_by("pk")


@case
def loaded_for_the_list():
    return listed(OtherActions)


class TheList(Actions):
    def get_queryset(self):
        if self.action != "list":
            return Author.objects.order_by("pk")
        return Author.objects.order_by("pk").select_related("country")


@case
def loaded_unless_another_action():
    return listed(TheList)


@case
def place_is_put_before():
    found = []
    for book in Book.objects.order_by("pk"):
        book.place = len(found) + 1
        found.append(book.find_place())
    return found


@case
def place_is_put_by_a_method():
    found = []
    for book in Book.objects.order_by("pk"):
        book.put_place(len(found) + 1)
        found.append(book.find_place())
    return found


@case
def place_is_looked_for():
    return [book.find_place() for book in Book.objects.order_by("pk")]


def place_found(book):
    if book.place is None:
        return book.chapters.filter(number=1).count()
    return book.place


@case
def place_is_put_for_some():
    found = []
    for book in Book.objects.order_by("pk"):
        if book.price > 1_000_000:
            book.place = 1
        found.append(place_found(book))
    return found


def place_left(book):
    if book.place is None:
        return book.chapters.filter(number=1).count()
    return book.place


@case
def place_is_taken_away():
    found = []
    for book in Book.objects.order_by("pk"):
        book.put_place(None)
        found.append(place_left(book))
    return found


def authors_of(rows):
    if hasattr(rows, "filter"):
        return [row.author.name for row in rows.filter(stock__gt=0).select_related("author")]
    return [row.author.name for row in rows]


@case
def a_queryset_is_narrowed():
    return authors_of(Book.objects.order_by("pk"))


@case
def a_list_is_not_narrowed():
    return authors_of(list(Book.objects.order_by("pk")))


def publishers_of(rows):
    if not isinstance(rows, QuerySet):
        return [row.publisher.name for row in rows]
    return [row.publisher.name for row in rows.select_related("publisher")]


@case
def a_queryset_is_told_by_its_class():
    return publishers_of(Book.objects.order_by("pk"))


@case
def a_list_is_told_by_its_class():
    return publishers_of(list(Book.objects.order_by("pk")))


def home_of(thing):
    if isinstance(thing, Author):
        return thing.country.name
    return str(thing.pk)


@case
def rows_of_another_class():
    return [home_of(publisher) for publisher in Publisher.objects.order_by("pk")]


@case
def rows_of_that_class():
    return [home_of(author) for author in Author.objects.order_by("pk")]


@case
def asked_in_development():
    found = []
    if settings.DEBUG:
        for book in Book.objects.order_by("pk"):
            found.append(book.author.name)
    return found


@case
def asked_outside_development():
    if settings.DEBUG:
        return []
    return [book.author.name for book in Book.objects.order_by("pk")]


@case
def truth_and_then_the_rows():
    found = []
    for author in Author.objects.order_by("pk"):
        recent = author.books.order_by("-price")[:2]
        if recent:
            found.append((author.name, recent))
    return [(name, [book.title for book in recent]) for name, recent in found]


@case
def truth_of_all_and_then_the_rows():
    rows = Book.objects.order_by("pk")
    if not rows:
        return []
    return [(rows.count(), rows.exists(), book.title) for book in rows]


@case
def rows_and_then_others():
    rows = Book.objects.order_by("pk")
    if not rows:
        return []
    return [rows.filter(stock__gt=number).count() for number, book in enumerate(rows)]


@case
def put_where_it_is_missing():
    found = []
    for book in Book.objects.order_by("pk"):
        if book.place is None:
            book.place = 1
            book.save()
        found.append(book.title)
    return found


def described(author, with_country=False):
    return author.country.name if with_country else author.name


def described_all(authors, **kwargs):
    return [described(author, **kwargs) for author in authors]


@case
def flag_that_nobody_hands_on():
    return described_all(Author.objects.order_by("pk"))


def described_each(authors, **kwargs):
    return [described(author, **kwargs) for author in authors]


@case
def flag_that_is_handed_on():
    return described_each(Author.objects.order_by("pk"), with_country=True)


class Houses:
    def __init__(self):
        self.known = {}

    def of(self, price):
        if price in self.known:
            house = self.known[price]
        else:
            house = Publisher.objects.filter(books__price=price).count()
            self.known[price] = house
        return house

    def first(self, book):
        if not hasattr(self, "_first"):
            self._first = Publisher.objects.filter(books=book).first()
        return self._first


@case
def kept_by_a_key():
    houses = Houses()
    return [houses.of(book.price) for book in Book.objects.order_by("pk")]


@case
def kept_on_an_instance():
    houses = Houses()
    return [houses.first(book).name for book in Book.objects.order_by("pk")]


@case
def kept_on_an_instance_of_each_turn():
    return [Houses().first(book).name for book in Book.objects.order_by("pk")]


@lru_cache
def houses_at(price):
    return Publisher.objects.filter(books__price=price).count()


@case
def kept_by_a_decorator():
    houses_at.cache_clear()
    return [houses_at(book.price) for book in Book.objects.order_by("pk")]


def tags_of(book):
    if hasattr(book, "tags__count"):
        return book.tags__count
    return book.tags.count()


@case
def counted_under_the_default_name():
    return [tags_of(book) for book in Book.objects.annotate(Count("tags")).order_by("pk")]


@case
def counted_under_another_name():
    return [tags_of(book) for book in Book.objects.annotate(Count("review")).order_by("pk")]


def written_by(it):
    author = None
    if isinstance(it, Author):
        author = it
    is_author = isinstance(author, Author)
    return author.name if is_author else it.author.name


@case
def instances_that_a_variable_knows():
    return [written_by(author) for author in Author.objects.order_by("pk")]


@case
def instances_of_another_class():
    return [written_by(book) for book in Book.objects.order_by("pk")]


class BookAuthorSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.name", read_only=True)

    class Meta:
        model = Book
        fields = ["title", "author"]


@case
def serializer_that_only_takes_data():
    for book in Book.objects.order_by("pk"):
        serializer = BookAuthorSerializer(book, data={"title": book.title}, partial=True)
        serializer.is_valid(raise_exception=True)
    return "taken"


@case
def serializer_that_takes_data_and_answers():
    found = []
    for book in Book.objects.order_by("pk"):
        serializer = BookAuthorSerializer(book, data={"title": book.title}, partial=True)
        serializer.is_valid(raise_exception=True)
        found.append(serializer.data)
    return found
