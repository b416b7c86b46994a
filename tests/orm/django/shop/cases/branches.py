"""What an argument, an action or a context rules out, and keys that are in the row."""

from counting import case
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
