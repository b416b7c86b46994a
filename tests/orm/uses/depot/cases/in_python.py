"""What Python does that the database could."""

from counting import case

from depot.models import Claim, Label, Move, Parcel, Site


@case
def length_alone():
    return len(Parcel.objects.filter(weight__gt=0))


@case
def length_of_a_variable():
    moves = Move.objects.filter(shelf__gt=1)
    found = len(moves)
    return f"{found} moves"


@case
def truth_alone():
    if Parcel.objects.filter(weight__gt=0):
        return "heavy"
    return "light"


@case
def truth_of_a_variable():
    claims = Claim.objects.filter(amount__gte=0)
    if not claims:
        return "none"
    return "some"


@case
def truth_of_a_relation():
    site = Site.objects.get(code="c1")
    if site.parcels.filter(lost=True):
        return "lost"
    return "all there"


@case
def counted_to_see():
    if Parcel.objects.filter(lost=True).count() > 0:
        return "lost"
    return "all there"


@case
def counted_to_see_none():
    return "none" if Claim.objects.count() == 0 else "some"


@case
def counted_for_its_truth():
    if Label.objects.filter(text="x").count():
        return "labelled"
    return "bare"


@case
def counted_of_a_relation():
    site = Site.objects.get(pk=1)
    if site.parcels.count() != 0:
        return "in use"
    return "empty"


@case
def added_up():
    return sum(parcel.weight for parcel in Parcel.objects.filter(lost=False))


@case
def the_largest():
    return max(claim.amount for claim in Claim.objects.all())


@case
def added_up_in_a_list():
    parcels = Parcel.objects.order_by("pk")
    return sum([parcel.weight for parcel in parcels])


@case
def added_up_of_a_relation():
    site = Site.objects.get(pk=1)
    return sum(parcel.weight for parcel in site.parcels.all())


@case
def the_smallest():
    return min(move.slot for move in Move.objects.filter(shelf__gt=0))


# What follows uses the rows, or asks the database.


@case
def length_and_rows():
    parcels = Parcel.objects.order_by("pk")
    return len(parcels), [(parcel.token, parcel.serial) for parcel in parcels]


@case
def truth_and_rows():
    parcels = Parcel.objects.order_by("pk")
    if parcels:
        return [(parcel.token, parcel.serial) for parcel in parcels]
    return []


@case
def truth_and_returned():
    parcels = Parcel.objects.order_by("pk")
    if not parcels:
        return "none"
    return [(parcel.token, parcel.serial) for parcel in list(parcels)]


@case
def counted_by_the_database():
    return f"{Parcel.objects.count()} parcels"


@case
def counted_and_said():
    count = Claim.objects.count()
    if count > 0:
        return f"{count} claims"
    return "none"


@case
def more_than_one():
    return "many" if Claim.objects.count() + 0 > 1 else "few"


@case
def exists():
    return "some" if Claim.objects.filter(amount=0).exists() else "none"


@case
def two_columns():
    return sum(parcel.weight * parcel.slot for parcel in Parcel.objects.all())


@case
def added_up_and_named():
    parcels = Parcel.objects.order_by("pk")
    return sum(parcel.weight for parcel in parcels), [(parcel.token, parcel.serial) for parcel in parcels]


@case
def added_up_of_some():
    return sum(parcel.weight for parcel in Parcel.objects.all() if parcel.slot == 0)


@case
def added_up_by_a_property():
    return sum(len(parcel.token) + len(parcel.serial) for parcel in Parcel.objects.all())


@case
def added_up_of_what_is_prefetched():
    sites = Site.objects.prefetch_related("parcels")
    return [(site.name, sum(parcel.weight for parcel in site.parcels.all())) for site in sites]


@case
def length_of_what_is_prefetched():
    return [(site.code, site.name, len(site.parcels.all())) for site in Site.objects.prefetch_related("parcels")]


@case
def length_of_a_list():
    rows = list(Parcel.objects.order_by("pk"))
    return len(rows), rows[0].token, rows[0].serial


@case
def kept_for_another():
    class Page:
        pass

    page = Page()
    page.rows = Parcel.objects.order_by("pk")
    if page.rows:
        return [(row.token, row.serial) for row in page.rows]
    return []
