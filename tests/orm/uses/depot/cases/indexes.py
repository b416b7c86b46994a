"""Conditions and orders, with an index and without one."""

from counting import case
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone

from depot.models import Address, Audit, Claim, Ledger, Move, Parcel, Site


def given(value):
    """What a request brings."""
    return value


@case
def by_a_token(token=given("t1")):
    return Parcel.objects.get(token=token).pk


@case
def by_a_token_or_404(token=given("t1")):
    return get_object_or_404(Parcel, token=token).pk


@case
def by_a_token_and_a_flag(token=given("t1")):
    return Parcel.objects.filter(token=token, lost=False).first().pk


@case
def counted_by_a_number(batch=given(1)):
    return Parcel.objects.filter(batch=batch).count()


@case
def exists_by_an_email(email=given("a1@x.org")):
    return Claim.objects.filter(email=email).exists()


@case
def by_the_second_of_two(slot=given(1)):
    return [move.pk for move in Move.objects.filter(slot=slot)]


@case
def by_one_of_many(numbers=given((1, 2))):
    return [parcel.pk for parcel in Parcel.objects.filter(batch__in=numbers)]


@case
def by_a_method(token=given("t1")):
    return [parcel.pk for parcel in Parcel.objects.by_token(token)]


@case
def by_two_calls(token=given("t1")):
    parcels = Parcel.objects.filter(weight__gt=0)
    return [parcel.pk for parcel in parcels.filter(token=token)]


@case
def by_a_q(token=given("t1")):
    return [parcel.pk for parcel in Parcel.objects.filter(Q(token=token), lost=False)]


@case
def updated_by_a_token(token=given("t1")):
    return Parcel.objects.filter(token=token).update(weight=3)


@case
def latest_of_all():
    return [parcel.pk for parcel in Parcel.objects.order_by("-created")[:5]]


@case
def latest_by_a_field():
    return Claim.objects.latest("filed").pk


@case
def first_by_a_weight():
    return Parcel.objects.order_by("weight", "pk").first().pk


@case
def some_words(words=given("x")):
    return [parcel.pk for parcel in Parcel.objects.filter(note__icontains=words)]


@case
def some_words_in_either(words=given("x")):
    return Parcel.objects.filter(Q(note__icontains=words) | Q(token__icontains=words)).count()


@case
def whatever_the_case(email=given("A1@x.org")):
    return Claim.objects.filter(email__iexact=email).count()


@case
def by_its_end(email=given("x.org")):
    return Claim.objects.filter(email__endswith=email).count()


@case
def by_a_day():
    return Claim.objects.filter(filed__date=timezone.now().date()).count()


@case
def by_a_day_of_what_has_an_index():
    return Parcel.objects.filter(changed__date=timezone.now().date()).count()


@case
def words_in_a_unique_field(words=given("s1")):
    return Parcel.objects.filter(serial__contains=words).count()


@case
def words_of_a_branch(words=given("x")):
    parcels = Parcel.objects.all()
    if words:
        parcels = parcels.filter(note__icontains=words)
    return len(parcels)


@case
def another_of_a_token(token=given("t1")):
    return Parcel.objects.filter(token=token).exclude(pk=1).exists()


# What follows finds an index, or wants all rows.


@case
def by_a_key(pk=given(1)):
    return Parcel.objects.get(pk=pk).pk


@case
def by_what_is_unique(serial=given("s1")):
    return Parcel.objects.get(serial=serial).pk


@case
def by_what_is_indexed(reference=given("r1")):
    return Parcel.objects.filter(reference=reference).count()


@case
def by_a_foreign_key(site=given(1)):
    return Parcel.objects.filter(site_id=site, token="t1").count()


@case
def by_the_first_of_two(shelf=given(1)):
    return Move.objects.filter(shelf=shelf).count()


@case
def by_both_of_two(shelf=given(1), slot=given(1)):
    return Move.objects.filter(slot=slot, shelf=shelf).count()


@case
def by_a_constraint(barcode=given("b1")):
    return Move.objects.filter(barcode=barcode).count()


@case
def by_what_is_unique_together(number=given("n1")):
    return Claim.objects.filter(number=number).count()


@case
def by_an_inherited_index(origin=given("o1")):
    return Parcel.objects.filter(origin=origin).count()


@case
def by_a_slug(code=given("c1")):
    return Site.objects.get(code=code).pk


@case
def words_of_one_site(site=given(1), words=given("x")):
    return Parcel.objects.filter(site_id=site).filter(note__icontains=words).count()


@case
def words_of_a_relation(words=given("x")):
    return Site.objects.get(pk=1).parcels.filter(note__icontains=words).count()


@case
def token_of_one_site(token=given("t1")):
    return Parcel.objects.at_site(1).filter(token=token).count()


@case
def latest_of_an_index():
    return [move.pk for move in Move.objects.order_by("-at")[:5]]


@case
def changed_last():
    return [parcel.pk for parcel in Parcel.objects.order_by("-changed")[:5]]


@case
def changed_lately(since=given(None)):
    return Parcel.objects.filter(changed__gte=since or timezone.now()).filter(weight=1).count()


@case
def by_its_beginning(serial=given("s1")):
    return Parcel.objects.filter(serial__startswith=serial, site_id=1).count()


@case
def all_of_them():
    return len(Parcel.objects.all())


@case
def latest_of_one_parcel():
    return [move.pk for move in Parcel.objects.get(pk=1).moves.order_by("carrier")[:5]]


@case
def by_key_and_words(words=given("x")):
    return Parcel.objects.filter(pk=1, note__icontains=words).count()


@case
def by_a_joined_field(code=given("c1")):
    return Parcel.objects.filter(site__code=code).count()


@case
def by_actor(actor=given("a1")):
    return Audit.objects.filter(actor=actor, subject="s1").count()


@case
def by_a_code_of_a_ledger(code=given("c1")):
    return Ledger.objects.filter(code=code).count()


@case
def by_an_expression(town=given("town 1")):
    from django.db.models.functions import Lower

    return Address.objects.annotate(small=Lower("town")).filter(small=town).count()


@case
def by_what_each_row_has():
    from django.db.models import F

    return Parcel.objects.filter(site_id=1, batch=F("slot")).count()
