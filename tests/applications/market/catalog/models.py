from django.conf import settings
from django.db import models

from catalog.managers import ListingQuerySet, StorefrontManager, WatchManager
from core.querysets import TimestampedModel


class Category(models.Model):
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=80)
    slug = models.SlugField(unique=True)

    def __str__(self):
        return self.name


class Tag(models.Model):
    name = models.CharField(max_length=40)
    slug = models.SlugField(unique=True)

    def __str__(self):
        return self.name


class Listing(TimestampedModel):
    class Status(models.TextChoices):
        DRAFT = "draft"
        LIVE = "live"
        EXPIRED = "expired"

    seller = models.ForeignKey("accounts.Seller", models.CASCADE, related_name="listings")
    category = models.ForeignKey(Category, models.PROTECT, related_name="listings")
    tags = models.ManyToManyField(Tag, related_name="listings", blank=True)
    title = models.CharField(max_length=160)
    slug = models.SlugField(max_length=180, unique=True)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ListingQuerySet.as_manager()
    storefront = StorefrontManager()

    def __str__(self):
        return self.title

    def review_count(self):
        return self.reviews.filter(status="published").count()

    def available_variants(self):
        return [variant for variant in self.variants.all() if variant.stock > 0]

    def previous_price(self):
        return self.price_changes.order_by("-at").values_list("old_price", flat=True).first()


class ListingImage(models.Model):
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="images")
    url = models.URLField()
    is_cover = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)


class Variant(models.Model):
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="variants")
    sku = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=60)
    stock = models.PositiveIntegerField(default=0)


class PriceChange(models.Model):
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="price_changes")
    old_price = models.DecimalField(max_digits=10, decimal_places=2)
    new_price = models.DecimalField(max_digits=10, decimal_places=2)
    at = models.DateTimeField(auto_now_add=True)


class Watch(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="watches")

    objects = WatchManager()
