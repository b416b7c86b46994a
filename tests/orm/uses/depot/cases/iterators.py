"""Rows that are not kept, and what is prefetched for them."""

from counting import case
from django.db.models import Prefetch

from depot.models import Label, Move, Parcel, Site


@case
def prefetched():
    return [[it.text for it in parcel.labels.all()] for parcel in Parcel.objects.prefetch_related("labels").iterator()]


@case
def prefetched_by_a_method():
    return [parcel.pk for parcel in Parcel.objects.with_labels().iterator()]


@case
def prefetched_some_lines_before():
    parcels = Parcel.objects.prefetch_related("labels", "moves")
    parcels = parcels.filter(weight__gt=0).order_by("pk")
    out = []
    for parcel in parcels.iterator():
        out.append(parcel.pk)
    return out


@case
def with_an_object():
    moves = Prefetch("moves", queryset=Move.objects.order_by("pk"))
    return [parcel.pk for parcel in Parcel.objects.prefetch_related(moves).iterator()]


@case
def put_aside():
    moves = Prefetch("moves", queryset=Move.objects.order_by("pk"), to_attr="all_moves")
    return [parcel.pk for parcel in Parcel.objects.prefetch_related(moves).iterator()]


@case
def joined_as_well():
    rows = Parcel.objects.prefetch_related("labels").select_related("site")
    return [parcel.site.name for parcel in rows.iterator()]


# What follows does not fail.


@case
def in_parts():
    rows = Parcel.objects.prefetch_related("labels").iterator(chunk_size=2)
    return [[it.text for it in parcel.labels.all()] for parcel in rows]


@case
def in_parts_by_place():
    return [parcel.pk for parcel in Parcel.objects.prefetch_related("labels").iterator(100)]


@case
def joined():
    return [parcel.site.name for parcel in Parcel.objects.select_related("site").iterator()]


@case
def taken_back():
    return [parcel.pk for parcel in Parcel.objects.with_labels().prefetch_related(None).iterator()]


@case
def one_branch_alone(labels=False):
    parcels = Parcel.objects.order_by("pk")
    if labels:
        parcels = parcels.prefetch_related("labels")
    return [parcel.pk for parcel in parcels.iterator()]


@case
def of_nothing_named(*names):
    return [parcel.pk for parcel in Parcel.objects.prefetch_related(*names).iterator()]


@case
def of_another():
    sites = Site.objects.prefetch_related("parcels")
    labels = [label.text for label in Label.objects.iterator()]
    return len(sites), labels


@case
def not_by_parts():
    return [parcel.pk for parcel in Parcel.objects.with_labels()]
