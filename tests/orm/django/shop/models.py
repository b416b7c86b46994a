from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.functional import cached_property
from django.utils.text import slugify


class Named(models.Model):
    name = models.CharField(max_length=100)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name


class Country(Named):
    pass


class Publisher(Named):
    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="publishers")


class Author(Named):
    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="authors")
    mentor = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="pupils")

    @property
    def label(self):
        return f"{self.name} ({self.country.name})"


class Tag(Named):
    pass


class BookQuerySet(models.QuerySet):
    def in_stock(self):
        return self.filter(stock__gt=0)

    def with_author(self):
        return self.select_related("author")

    def with_people(self):
        return self.with_author().select_related("editor").prefetch_related("review_set__reader")


class CatalogueManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("publisher")

    def cheap(self):
        return self.filter(price__lt=1000)


class Book(models.Model):
    title = models.CharField(max_length=100)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    editor = models.ForeignKey(Author, null=True, on_delete=models.SET_NULL, related_name="edited")
    publisher = models.ForeignKey("shop.Publisher", on_delete=models.CASCADE, related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books")
    price = models.IntegerField(default=10)
    stock = models.IntegerField(default=1)
    notes = GenericRelation("shop.Note")

    objects = BookQuerySet.as_manager()
    catalogue = CatalogueManager()

    def __str__(self):
        return self.title

    @property
    def byline(self):
        return f"{self.title} by {self.author.name}"

    @cached_property
    def origin(self):
        return self.publisher.country.name

    @property
    def shout(self):
        return self.title.upper()

    @property
    def author_key(self):
        return self.author_id

    place = None

    def put_place(self, place):
        self.place = place

    def find_place(self):
        if self.place is None:
            self.place = self.chapters.filter(number=1).count()
        return self.place

    def review_count(self):
        return self.review_set.count()

    def stars(self):
        return sum(review.stars for review in self.review_set.all())

    def readers(self):
        return (review.reader for review in self.review_set.all())

    def is_popular(self):
        return self.review_set.filter(stars__gte=3).exists()

    @property
    def last_reader_of_all(self):
        loan = self.loans.order_by("-pk").first()
        return loan.reader_id if loan else None

    def describe(self):
        return self.credit()

    def credit(self):
        return self.editor.name if self.editor else self.author.name

    def sell(self):
        self.stock -= 1
        self.save(update_fields=["stock"])


class Cover(models.Model):
    book = models.OneToOneField(Book, on_delete=models.CASCADE, related_name="cover")
    url = models.CharField(max_length=100)


class Chapter(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="chapters")
    title = models.CharField(max_length=100)
    number = models.IntegerField(default=1)

    class Meta:
        ordering = ["number"]


class Reader(Named):
    country = models.ForeignKey(Country, on_delete=models.CASCADE)
    favourites = models.ManyToManyField(Book, related_name="fans")


class Review(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE)
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="reviews")
    stars = models.IntegerField(default=3)

    def __str__(self):
        return f"{self.reader.name} on {self.book.title}"


class Loan(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="loans")
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="loans")
    returned = models.BooleanField(default=False)
    fine = models.IntegerField(default=0)


class CopyManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("book").prefetch_related("book__tags")


class Copy(models.Model):
    """With a default manager that loads what most read."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="copies")
    owner = models.ForeignKey(Reader, on_delete=models.CASCADE, related_name="copies")

    complete = CopyManager()
    objects = models.Manager()


class ListedCopy(Copy):
    class Meta:
        proxy = True


class BareCopy(Copy):
    class Meta:
        proxy = True
        default_manager_name = "objects"


class Note(models.Model):
    text = models.CharField(max_length=100)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveIntegerField()
    about = GenericForeignKey("content_type", "object_id")


class Parcel(models.Model):
    """What signals are sent of."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="parcels")
    weight = models.IntegerField(default=1)


class Invoice(models.Model):
    """With a `save` of its own."""

    loan = models.ForeignKey(Loan, on_delete=models.CASCADE, related_name="invoices")
    total = models.IntegerField(default=0)

    def save(self, *args, **kwargs):
        self.total = self.loan.fine + self.loan.book.price
        super().save(*args, **kwargs)


class Shelfmark(Named):
    """With a `save` of its own that only fills in a field."""

    slug = models.SlugField()

    def save(self, *args, **kwargs):
        self.slug = slugify(self.name)
        super().save(*args, **kwargs)


class Reply(models.Model):
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField(blank=True)
