"""Querysets that are made, and what becomes of them."""

from contextlib import suppress

from counting import case
from django.core.exceptions import FieldError
from django.db import transaction

from depot.models import Claim, Label, Move, Parcel, Site


@case
def join_lost():
    parcels = Parcel.objects.all()
    parcels.select_related("site")
    return [parcel.site.name for parcel in parcels]


@case
def condition_lost():
    moves = Move.objects.order_by("pk")
    moves.filter(shelf=3)
    return [move.pk for move in moves]


@case
def order_lost_in_a_branch(newest=True):
    moves = Move.objects.all()
    if newest:
        moves.order_by("-at")
    return moves.count()


@case
def lock_lost():
    with transaction.atomic():
        Parcel.objects.select_for_update().filter(pk=1)
        return Parcel.objects.get(pk=1).token


@case
def prefetch_lost_of_a_manager():
    Parcel.objects.prefetch_related("labels")
    return [parcel.pk for parcel in Parcel.objects.order_by("pk")]


@case
def lost_of_a_relation():
    site = Site.objects.get(pk=1)
    site.parcels.exclude(lost=True)
    return site.parcels.count()


@case
def lost_in_a_loop():
    out = []
    for site in Site.objects.order_by("pk")[:3]:
        parcels = site.parcels.all()
        parcels.only("token")
        out.append(len(parcels))
    return out


@case
def lost_behind_a_method():
    parcels = Parcel.objects.by_token("t1")
    parcels.defer("note")
    return parcels.first().pk


# What follows is taken.


@case
def assigned():
    parcels = Parcel.objects.all()
    parcels = parcels.select_related("site")
    return [parcel.site.name for parcel in parcels]


@case
def returned():
    def moves():
        return Move.objects.filter(shelf=3)

    return moves().count()


@case
def tried():
    try:
        Move.objects.filter(nothing=3)
    except FieldError:
        return "no such field"


@case
def tried_with_suppress():
    with suppress(FieldError):
        Move.objects.order_by("nothing")
    return 1


@case
def gone_through():
    list(Claim.objects.filter(number="n1"))
    return 1


@case
def deleted():
    Label.objects.filter(text="nothing").delete()
    return Label.objects.count()


@case
def updated():
    Parcel.objects.filter(pk=1).update(weight=2)
    return 1


@case
def a_list_of_python():
    class Filter:
        def __init__(self):
            self.seen = []

        def filter(self, **kwargs):
            self.seen.append(kwargs)

    it = Filter()
    it.filter(shelf=3)
    return it.seen


@case
def put_into_a_dict():
    found = {}
    found["moves"] = Move.objects.filter(shelf=3)
    return found["moves"].count()


@case
def yielded():
    def parts():
        yield Move.objects.filter(shelf=3)

    return [part.count() for part in parts()]
