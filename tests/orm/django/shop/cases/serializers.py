"""Serializers of Django REST framework over the rows of a view or a queryset."""

from counting import case
from django.db.models import Count, Prefetch
from rest_framework import generics, mixins, serializers, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import APIView
from web import get, listed, shown_by

from shop.models import Author, Book, Chapter, Country, Loan, Publisher, Reader, Review, Tag


class PublisherSerializer(serializers.ModelSerializer):
    class Meta:
        model = Publisher
        fields = ["id", "name"]


class TagSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tag
        fields = ["id", "name"]


class BookSerializer(serializers.ModelSerializer):
    publisher = PublisherSerializer()

    class Meta:
        model = Book
        fields = ["id", "title", "publisher"]


class NestedOne(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = BookSerializer


@case
def nested_one():
    return listed(NestedOne)


class TaggedSerializer(serializers.ModelSerializer):
    tags = TagSerializer(many=True, read_only=True)

    class Meta:
        model = Book
        fields = ["id", "title", "tags"]


class NestedMany(generics.ListAPIView):
    serializer_class = TaggedSerializer

    def get_queryset(self):
        return Book.objects.filter(stock__gt=0).order_by("pk")


@case
def nested_many():
    return get(NestedMany.as_view())


class SourcedSerializer(serializers.ModelSerializer):
    author_name = serializers.CharField(source="author.name", read_only=True)

    class Meta:
        model = Book
        fields = ["title", "author_name"]


class Sourced(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("title")
    serializer_class = SourcedSerializer


@case
def source_of_two_names():
    return listed(Sourced)


class MethodSerializer(serializers.ModelSerializer):
    reviews = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["title", "reviews"]

    def get_reviews(self, book):
        return [review.stars for review in book.review_set.all()]


class ByMethod(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = MethodSerializer


@case
def method_field_that_loops():
    return get(ByMethod.as_view())


class CountingSerializer(serializers.ModelSerializer):
    loans = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["title", "loans"]

    def get_loans(self, book):
        return book.loans.filter(returned=False).count()


class Counting(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = CountingSerializer


@case
def method_field_that_counts():
    return listed(Counting)


class StringSerializer(serializers.ModelSerializer):
    publisher = serializers.StringRelatedField()

    class Meta:
        model = Book
        fields = ["title", "publisher"]


class Strings(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = StringSerializer


@case
def string_related():
    return get(Strings.as_view())


class SlugSerializer(serializers.ModelSerializer):
    tags = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = Book
        fields = ["title", "tags"]


class Slugs(generics.ListCreateAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = SlugSerializer


@case
def slugs_of_many():
    return get(Slugs.as_view())


class KeysSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title", "tags"]


class Keys(generics.ListAPIView):
    queryset = Book.objects.select_related("author").order_by("pk")
    serializer_class = KeysSerializer


@case
def keys_of_many():
    return get(Keys.as_view())


class DeepSerializer(serializers.ModelSerializer):
    class Meta:
        model = Loan
        fields = ["id", "book"]
        depth = 1


class Deep(generics.ListAPIView):
    queryset = Loan.objects.order_by("pk")
    serializer_class = DeepSerializer


@case
def depth_of_one():
    return get(Deep.as_view())


class AuthorSerializer(serializers.ModelSerializer):
    books = BookSerializer(many=True, read_only=True)

    class Meta:
        model = Author
        fields = ["name", "books"]


class AuthorSet(viewsets.ModelViewSet):
    queryset = Author.objects.prefetch_related("books").order_by("pk")
    serializer_class = AuthorSerializer


@case
def nested_twice_loaded_once():
    return listed(AuthorSet)


class RepresentedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Review
        fields = ["stars"]

    def to_representation(self, review):
        data = super().to_representation(review)
        data["reader"] = review.reader.name
        return data


class Represented(generics.ListAPIView):
    queryset = Review.objects.order_by("pk")
    serializer_class = RepresentedSerializer


@case
def to_representation_reads():
    return get(Represented.as_view())


@api_view(["GET"])
def by_hand(request):
    return Response(SourcedSerializer(Book.objects.order_by("pk"), many=True).data)


@case
def instantiated_by_hand():
    return get(by_hand)


class ByClass(APIView):
    def get(self, request):
        books = Book.objects.filter(stock__gt=0).order_by("pk")
        serializer = BookSerializer(books, many=True, context={"request": request})
        return Response({"books": serializer.data})


@case
def instantiated_in_a_view():
    return get(ByClass.as_view())


class ByAction(viewsets.ModelViewSet):
    queryset = Book.objects.select_related("publisher").order_by("pk")
    serializer_class = BookSerializer

    @action(detail=False)
    def tagged(self, request):
        return Response(TaggedSerializer(self.get_queryset(), many=True).data)


@case
def action_of_a_view_set():
    return listed(ByAction, "tagged")


class Chosen(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")

    def get_serializer_class(self):
        if self.action == "list":
            return TaggedSerializer
        return BookSerializer


@case
def chosen_by_action():
    return listed(Chosen)


class WithAuthor(serializers.ModelSerializer):
    author = serializers.StringRelatedField()


class InheritingSerializer(WithAuthor):
    class Meta:
        model = Book
        fields = ["title", "author"]


class Inheriting(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = InheritingSerializer


@case
def inherited_field():
    return get(Inheriting.as_view())


class PropertySerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["title", "byline"]


class Properties(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = PropertySerializer


@case
def property_among_the_fields():
    return get(Properties.as_view())


class AllSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = "__all__"


class All(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = AllSerializer


@case
def all_fields_with_many_keys():
    return get(All.as_view())


class Paged(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = BookSerializer

    def list(self, request, *args, **kwargs):
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


@case
def list_of_its_own():
    return get(Paged.as_view())


class WithAction(viewsets.ModelViewSet):
    queryset = Book.objects.select_related("publisher").order_by("pk")
    serializer_class = BookSerializer

    @action(detail=False, serializer_class=TaggedSerializer)
    def tagged(self, request):
        return Response(self.get_serializer(self.get_queryset(), many=True).data)


@case
def serializer_of_an_action():
    return get(WithAction.as_view({"get": "tagged"}, serializer_class=TaggedSerializer))


# What follows loads what it reads, or reads nothing.


class NestedLoaded(viewsets.ModelViewSet):
    queryset = Book.objects.select_related("publisher").order_by("pk")
    serializer_class = BookSerializer


@case
def nested_loaded():
    return listed(NestedLoaded)


class ManyLoaded(generics.ListAPIView):
    queryset = Book.objects.none()
    serializer_class = TaggedSerializer

    def get_queryset(self):
        return Book.objects.prefetch_related("tags").order_by("pk")


@case
def nested_many_loaded():
    return get(ManyLoaded.as_view())


class SourcedLoaded(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("title")
    serializer_class = SourcedSerializer

    def get_queryset(self):
        return super().get_queryset().select_related("author")


@case
def loaded_by_get_queryset():
    return listed(SourcedLoaded)


class LoadedAuthors(viewsets.ModelViewSet):
    queryset = Author.objects.prefetch_related(
        Prefetch("books", queryset=Book.objects.select_related("publisher"))
    ).order_by("pk")
    serializer_class = AuthorSerializer


@case
def nested_twice_loaded():
    return listed(LoadedAuthors)


class ForeignKeySerializer(serializers.ModelSerializer):
    author = serializers.PrimaryKeyRelatedField(read_only=True)
    publisher_id = serializers.IntegerField()

    class Meta:
        model = Book
        fields = ["title", "author", "editor", "publisher_id"]


class ForeignKeys(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = ForeignKeySerializer


@case
def foreign_keys_are_there():
    return get(ForeignKeys.as_view())


class AnnotatedSerializer(serializers.ModelSerializer):
    loan_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Book
        fields = ["title", "loan_count"]


class Annotated(generics.ListAPIView):
    queryset = Book.objects.annotate(loan_count=Count("loans")).order_by("pk")
    serializer_class = AnnotatedSerializer


@case
def counted_by_annotation():
    return get(Annotated.as_view())


class OneBook(generics.RetrieveAPIView):
    queryset = Book.objects.all()
    serializer_class = TaggedSerializer


@case
def one_row():
    return shown_by(OneBook.as_view(), 1)


class WritingSerializer(serializers.ModelSerializer):
    publisher = PublisherSerializer(write_only=True)

    class Meta:
        model = Book
        fields = ["title", "publisher"]


class WriteOnly(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = WritingSerializer


@case
def write_only_fields():
    return get(WriteOnly.as_view())


class LoadingMethodSerializer(serializers.ModelSerializer):
    stars = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = ["title", "stars"]

    def get_stars(self, book):
        return sum(review.stars for review in book.review_set.all())


class LoadingMethod(generics.ListAPIView):
    queryset = Book.objects.prefetch_related("review_set").order_by("pk")
    serializer_class = LoadingMethodSerializer


@case
def method_field_over_prefetched():
    return get(LoadingMethod.as_view())


class PlainSerializer(serializers.Serializer):
    title = serializers.CharField()
    author_id = serializers.IntegerField()


@api_view(["GET"])
def plain_by_hand(request):
    return Response(PlainSerializer(Book.objects.order_by("pk"), many=True).data)


@case
def plain_fields_by_hand():
    return get(plain_by_hand)


class ValuesSerializer(serializers.Serializer):
    title = serializers.CharField()
    author = serializers.CharField(source="author__name")


@api_view(["GET"])
def values_by_hand(request):
    return Response(ValuesSerializer(Book.objects.values("title", "author__name"), many=True).data)


@case
def values_are_serialized():
    return get(values_by_hand)


class EagerSerializer(serializers.ModelSerializer):
    publisher = PublisherSerializer()

    class Meta:
        model = Book
        fields = ["title", "publisher"]

    @staticmethod
    def setup_eager_loading(books):
        return books.select_related("publisher")


class Eager(generics.ListAPIView):
    serializer_class = EagerSerializer

    def get_queryset(self):
        return self.serializer_class.setup_eager_loading(Book.objects.order_by("pk"))


@case
def loaded_by_the_serializer():
    return get(Eager.as_view())


class FilteredView(generics.ListAPIView):
    queryset = Book.objects.order_by("pk")
    serializer_class = BookSerializer

    def filter_queryset(self, queryset):
        return super().filter_queryset(queryset).select_related("publisher")


@case
def loaded_by_filter_queryset():
    return get(FilteredView.as_view())


class ChosenLoaded(viewsets.ModelViewSet):
    serializer_class = BookSerializer

    def get_queryset(self):
        books = Book.objects.order_by("pk")
        if self.action == "list":
            books = books.select_related("publisher")
        return books


@case
def loaded_for_the_list_alone():
    return listed(ChosenLoaded)


class WithPlainAction(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = BookSerializer

    @action(detail=False, serializer_class=PlainSerializer)
    def plain(self, request):
        return Response(self.get_serializer(self.get_queryset(), many=True).data)

    def list(self, request):
        return Response([])


@case
def plain_serializer_of_an_action():
    return get(WithPlainAction.as_view({"get": "plain"}, serializer_class=PlainSerializer))


class PrefetchedForOne(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = TaggedSerializer

    def get_queryset(self):
        books = super().get_queryset()
        if self.action == "retrieve":
            return books.prefetch_related("tags")
        return books


@case
def prefetched_for_one():
    return listed(PrefetchedForOne)


class PrefetchedForTheList(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = TaggedSerializer

    def get_queryset(self):
        books = super().get_queryset()
        if self.action == "retrieve":
            return books
        return books.prefetch_related("tags")


@case
def prefetched_for_the_list():
    return listed(PrefetchedForTheList)


class SerializedByAction(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = TaggedSerializer

    def get_serializer_class(self):
        if self.action == "retrieve":
            return PublisherSerializer
        return super().get_serializer_class()


@case
def serialized_by_action():
    return listed(SerializedByAction)


class WithReadersSerializer(serializers.ModelSerializer):
    readers = serializers.PrimaryKeyRelatedField(many=True, read_only=True)

    class Meta:
        model = Book
        fields = ["id", "readers"]


class WithReaders(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = WithReadersSerializer


@case
def relation_that_a_method_gives():
    return listed(WithReaders)


class WithReadersLoaded(viewsets.ModelViewSet):
    queryset = Book.objects.order_by("pk").prefetch_related("review_set__reader")
    serializer_class = WithReadersSerializer


@case
def relation_that_a_method_gives_loaded():
    return listed(WithReadersLoaded)


class WithAuthorAddedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["id"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["author_name"] = serializers.CharField(source="author.name")


class WithAuthorAdded(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = WithAuthorAddedSerializer


@case
def field_that_code_adds():
    return listed(WithAuthorAdded)


class WithPublisherAddedSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["id"]

    def get_fields(self):
        fields = super().get_fields()
        fields["publisher"] = PublisherSerializer()
        return fields


class WithPublisherAdded(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = WithPublisherAddedSerializer


@case
def field_of_get_fields():
    return listed(WithPublisherAdded)


class WithAuthorReplacedSerializer(serializers.ModelSerializer):
    author = serializers.CharField(source="author.name")

    class Meta:
        model = Book
        fields = ["id", "author"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["author"] = serializers.IntegerField(source="author_id")


class WithAuthorReplaced(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = WithAuthorReplacedSerializer


@case
def field_that_code_replaces():
    return listed(WithAuthorReplaced)


class CreditedSerializer(serializers.ModelSerializer):
    author_name = serializers.CharField(source="author.name")

    class Meta:
        model = Book
        fields = ["id", "author_name"]


class TaggedAndCreditedSerializer(CreditedSerializer):
    class Meta(CreditedSerializer.Meta):
        fields = CreditedSerializer.Meta.fields + ["tags"]


class TaggedAndCredited(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = TaggedAndCreditedSerializer


@case
def fields_of_a_base_and_more():
    return listed(TaggedAndCredited)


class ShortSerializer(CreditedSerializer):
    class Meta(CreditedSerializer.Meta):
        fields = ["id"] + ["title"]


class Short(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = ShortSerializer


@case
def other_fields_than_the_base():
    return listed(Short)


@api_view(["GET"])
def paged_by_hand(request):
    paginator = PageNumberPagination()
    page = paginator.paginate_queryset(Book.objects.order_by("pk"), request)
    return paginator.get_paginated_response(CreditedSerializer(page, many=True).data)


@case
def page_made_by_hand():
    return get(paged_by_hand)


@api_view(["GET"])
def paged_and_loaded(request):
    paginator = PageNumberPagination()
    page = paginator.paginate_queryset(Book.objects.select_related("author").order_by("pk"), request)
    return paginator.get_paginated_response(CreditedSerializer(page, many=True).data)


@case
def page_made_by_hand_loaded():
    return get(paged_and_loaded)


class ChapterLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = Chapter
        fields = ["title"]


class ChapterLinesSerializer(serializers.ModelSerializer):
    lines = ChapterLineSerializer(source="chapters.all", many=True)

    class Meta:
        model = Book
        fields = ["id", "lines"]


class ChapterLines(viewsets.ReadOnlyModelViewSet):
    queryset = Book.objects.order_by("pk")
    serializer_class = ChapterLinesSerializer


@case
def all_of_a_list_by_its_source():
    return listed(ChapterLines)


class NewBookSerializer(serializers.Serializer):
    title = serializers.CharField()

    def validate_title(self, title):
        if Author.objects.filter(name=title).exists():
            raise serializers.ValidationError("that is an author")
        return title


@case
def each_item_that_is_checked():
    items = [{"title": f"after {book.title}"} for book in Book.objects.order_by("pk")]
    serializer = NewBookSerializer(data=items, many=True)
    return [serializer.is_valid(), len(serializer.validated_data)]


class ShelvedSerializer(serializers.Serializer):
    title = serializers.CharField()

    def validate(self, data):
        if Book.objects.filter(title=data["title"]).exists():
            raise serializers.ValidationError("it is there")
        return data


class ShelfSerializer(serializers.Serializer):
    books = ShelvedSerializer(many=True)

    def create(self, validated_data):
        return len(validated_data["books"])


@case
def each_item_within_another():
    items = [{"title": f"after {book.title}"} for book in Book.objects.order_by("pk")]
    serializer = ShelfSerializer(data={"books": items})
    return [serializer.is_valid(), serializer.save()]


class PlainBookSerializer(serializers.Serializer):
    title = serializers.CharField()

    def validate_title(self, title):
        if not title.strip():
            raise serializers.ValidationError("it has no title")
        return title


@case
def each_item_that_is_looked_at():
    items = [{"title": f"after {book.title}"} for book in Book.objects.order_by("pk")]
    serializer = PlainBookSerializer(data=items, many=True)
    return [serializer.is_valid(), len(serializer.validated_data)]


@case
def one_item_that_is_checked():
    serializer = NewBookSerializer(data={"title": "One"})
    return [serializer.is_valid(), Book.objects.count()]
