from django.db import models
from django.db.models.functions import Lower


class Site(models.Model):
    """What much refers to."""

    name = models.CharField(max_length=80)
    code = models.SlugField(max_length=20)
    owner = models.ForeignKey("auth.User", null=True, on_delete=models.SET_NULL)


class Label(models.Model):
    text = models.CharField(max_length=80)


class ParcelQuerySet(models.QuerySet):
    def with_labels(self):
        return self.prefetch_related("labels")

    def by_token(self, token):
        return self.filter(token=token)

    def at_site(self, site):
        return self.filter(site=site)


class Stamped(models.Model):
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True, db_index=True)
    origin = models.CharField(max_length=80, default="")

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["origin"])]


class Parcel(Stamped):
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="parcels")
    sent_to = models.ForeignKey(Site, null=True, on_delete=models.SET_NULL, related_name="arrivals")
    labels = models.ManyToManyField(Label, related_name="parcels")
    token = models.CharField(max_length=40)
    serial = models.CharField(max_length=40, unique=True)
    reference = models.CharField(max_length=40, db_index=True)
    batch = models.IntegerField(default=0)
    shelf = models.IntegerField(default=0)
    slot = models.IntegerField(default=0)
    weight = models.IntegerField(default=1)
    lost = models.BooleanField(default=False)
    note = models.TextField(default="")

    objects = ParcelQuerySet.as_manager()


class Move(models.Model):
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField(auto_now_add=True)
    shelf = models.IntegerField(default=0)
    slot = models.IntegerField(default=0)
    barcode = models.CharField(max_length=40, default="")
    remark = models.CharField(max_length=80, default="")
    carrier = models.CharField(max_length=80, default="")

    class Meta:
        indexes = [
            models.Index(fields=["shelf", "slot"]),
            models.Index(fields=["-at"], name="move_latest"),
        ]
        constraints = [models.UniqueConstraint(fields=["barcode", "slot"], name="one_barcode")]


class Claim(models.Model):
    """With an index of an expression."""

    move = models.ForeignKey(Move, on_delete=models.CASCADE, related_name="claims")
    email = models.EmailField()
    number = models.CharField(max_length=40)
    amount = models.IntegerField(default=0)
    filed = models.DateTimeField(auto_now_add=True)

    class Meta:
        unique_together = [("number", "email")]


class Address(models.Model):
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="addresses")
    town = models.CharField(max_length=80)
    street = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(Lower("town"), name="town_lower")]


class Ledger(Stamped):
    """With indexes that other code makes."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="ledgers")
    code = models.CharField(max_length=40)

    class Meta(Stamped.Meta):
        indexes = [*Stamped.Meta.indexes, models.Index(fields=["code"])]


class Audit(models.Model):
    """Somebody else's table."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="audits")
    actor = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(max_length=80)


class Gear(models.Model):
    """What a few are chosen from."""

    name = models.CharField(max_length=80)


class Driver(models.Model):
    user = models.OneToOneField("auth.User", on_delete=models.CASCADE, related_name="driver")
    licence = models.CharField(max_length=40)

    def __str__(self):
        return self.licence


class Licensed(models.Model):
    """Its text asks."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE)
    ends = models.DateTimeField(null=True)

    def __str__(self):
        return f"at {self.site.name}"


class Trip(models.Model):
    driver = models.ForeignKey(Driver, on_delete=models.CASCADE, related_name="trips")
    booked_by = models.ForeignKey("auth.User", null=True, on_delete=models.SET_NULL, related_name="booked")
    gear = models.ForeignKey(Gear, null=True, on_delete=models.SET_NULL, related_name="trips")
    licensed = models.ForeignKey(Licensed, null=True, on_delete=models.SET_NULL, related_name="trips")
    crew = models.ManyToManyField("auth.User", related_name="crewed")
    length = models.IntegerField(default=0)


class Stop(models.Model):
    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="stops")
    met = models.ForeignKey("auth.User", null=True, on_delete=models.SET_NULL, related_name="stops")
    seen_by = models.ForeignKey("auth.User", null=True, editable=False, on_delete=models.SET_NULL, related_name="+")
    at = models.IntegerField(default=0)
