"""Keys that are in a row, and the objects that they lead to."""

from counting import case

from depot.models import Claim, Move, Parcel, Site


@case
def key_of_one():
    parcel = Parcel.objects.get(pk=1)
    return f"site {parcel.site.id}"


@case
def key_of_the_first():
    move = Move.objects.filter(shelf__gt=0).first()
    return [move.parcel.pk]


@case
def key_twice():
    claim = Claim.objects.get(pk=1)
    return {"move": claim.move.id, "again": claim.move.pk}


@case
def key_for_a_condition():
    parcel = Parcel.objects.get(serial="s1")
    return Site.objects.filter(pk=parcel.site.pk).count()


@case
def key_that_may_be_none():
    site = Site.objects.get(pk=1)
    return f"owner {site.owner.pk}"


# What follows asks for nothing more, or for the object.


@case
def key_itself():
    parcel = Parcel.objects.get(pk=1)
    return f"site {parcel.site_id}"


@case
def object_and_key():
    parcel = Parcel.objects.get(pk=1)
    return f"site {parcel.site.id}: {parcel.site.name}"


@case
def loaded():
    parcel = Parcel.objects.select_related("site").get(pk=1)
    return f"site {parcel.site.id}"


@case
def assigned():
    parcel = Parcel.objects.get(pk=1)
    parcel.site = Site(pk=3, name="new")
    return f"site {parcel.site.id}"


@case
def handed_on():
    def name(of):
        return of.site.name

    parcel = Parcel.objects.get(pk=1)
    return parcel.site.id, name(parcel)


@case
def kept_in_a_variable():
    parcel = Parcel.objects.get(pk=1)
    site = parcel.site
    return site.id, site.code


@case
def of_what_is_given():
    def key(of):
        return of.site.id

    parcel = Parcel.objects.get(pk=1)
    return parcel.site.name, key(parcel)
