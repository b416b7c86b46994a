"""Clauses that are asked for without a name, or by chance."""

from counting import case

from depot.models import Claim, Move, Parcel, Site


@case
def all_joined():
    return [claim.move.parcel.site.name for claim in Claim.objects.select_related()]


@case
def all_joined_behind_a_condition():
    return Claim.objects.filter(pk=1).select_related().first().move.parcel.token


@case
def all_joined_before_a_condition():
    return [claim.pk for claim in Claim.objects.select_related().filter(amount__gte=0)]


@case
def all_joined_of_a_relation():
    return [claim.pk for claim in Move.objects.get(pk=1).claims.select_related()]


@case
def by_chance():
    return len(Parcel.objects.order_by("?")[:3])


@case
def by_chance_behind_a_condition():
    return Parcel.objects.filter(weight__gt=0).order_by("?").first() is not None


@case
def by_chance_of_a_relation():
    return len(Site.objects.get(pk=1).parcels.order_by("?"))


@case
def by_chance_among_others():
    return len(Parcel.objects.order_by("lost", "?")[:2])


# What follows names what it wants.


@case
def one_joined():
    return [claim.move.pk for claim in Claim.objects.select_related("move")]


@case
def joins_taken_back():
    return [claim.pk for claim in Claim.objects.select_related("move").select_related(None)]


@case
def no_join():
    return [claim.pk for claim in Claim.objects.prefetch_related("addresses")]


@case
def by_a_field():
    return len(Parcel.objects.order_by("changed")[:3])


@case
def by_nothing():
    return len(Parcel.objects.order_by()[:3])


@case
def by_chance_in_python():
    import random

    return len(random.sample(list(Parcel.objects.values_list("pk", flat=True)), 1))
