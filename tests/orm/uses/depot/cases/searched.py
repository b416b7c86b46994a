"""What lists are searched by."""

from counting import case
from django.contrib import admin
from rest_framework import filters, generics, pagination, serializers
from web import get, searched

from depot.models import Claim, Move, Parcel, Stop, Trip


class Pages(pagination.PageNumberPagination):
    page_size = 50


class ParcelSerializer(serializers.ModelSerializer):
    class Meta:
        model = Parcel
        fields = ["token"]


class ParcelList(generics.ListAPIView):
    queryset = Parcel.objects.order_by("pk")
    serializer_class = ParcelSerializer
    pagination_class = Pages
    filter_backends = [filters.SearchFilter]
    search_fields = ["token", "note"]


@case
def fields_of_one_table():
    return get(ParcelList.as_view(), search="t1")


class ParcelsBySite(generics.ListAPIView):
    queryset = Parcel.objects.order_by("pk")
    serializer_class = ParcelSerializer
    pagination_class = Pages
    filter_backends = (filters.OrderingFilter, filters.SearchFilter)
    search_fields = ("serial", "site__name")


@case
def fields_of_two_tables():
    return get(ParcelsBySite.as_view(), search="s1")


class WordFilter(filters.SearchFilter):
    search_param = "search"


class MoveSerializer(serializers.ModelSerializer):
    class Meta:
        model = Move
        fields = ["shelf"]


class MoveList(generics.ListAPIView):
    serializer_class = MoveSerializer
    pagination_class = Pages
    filter_backends = [WordFilter]
    search_fields = ["=barcode", "^parcel__serial", "parcel__site__code"]

    def get_queryset(self):
        return Move.objects.select_related("parcel").order_by("pk")


@case
def far_fields_by_a_filter_of_its_own():
    return get(MoveList.as_view(), search="b1")


class ClaimSerializer(serializers.ModelSerializer):
    class Meta:
        model = Claim
        fields = ["number"]


class Searchable:
    filter_backends = [filters.SearchFilter]
    search_fields = ["$email"]


class ClaimList(Searchable, generics.ListAPIView):
    queryset = Claim.objects.order_by("pk")
    serializer_class = ClaimSerializer
    pagination_class = Pages


@case
def by_an_expression_in_a_mixin():
    return get(ClaimList.as_view(), search="a1")


@admin.register(Trip, site=admin.AdminSite())
class TripSearch(admin.ModelAdmin):
    fields = ["length"]
    search_fields = ["length", "driver__licence", "driver__user__username"]


@case
def in_the_admin():
    return searched(TripSearch, Trip, "l1")


@admin.register(Stop, site=admin.AdminSite())
class StopSearch(admin.ModelAdmin):
    fields = ["at"]
    search_fields = ["at", "trip__crew__username"]


@case
def in_the_admin_through_a_list():
    return searched(StopSearch, Stop, "u1")


class LabelledParcels(generics.ListCreateAPIView):
    queryset = Parcel.objects.order_by("pk")
    serializer_class = ParcelSerializer
    pagination_class = Pages
    filter_backends = [filters.SearchFilter]
    search_fields = ["serial", "labels__text"]


@case
def through_a_list():
    return get(LabelledParcels.as_view(), search="label")


class ReferredParcels(generics.ListAPIView):
    queryset = Parcel.objects.order_by("pk")
    serializer_class = ParcelSerializer
    pagination_class = Pages
    filter_backends = [filters.SearchFilter]
    search_fields = ["=reference"]


@case
def indexed_and_asked_in_another_way():
    return get(ReferredParcels.as_view(), search="r1")


# What follows is served, or nothing searches it.


class ExactParcels(generics.ListAPIView):
    queryset = Parcel.objects.order_by("pk")
    serializer_class = ParcelSerializer
    pagination_class = Pages
    filter_backends = [filters.SearchFilter]
    search_fields = ["serial__exact", "reference__exact"]


@case
def as_they_are():
    return get(ExactParcels.as_view(), search="s1")


class ByKeys(generics.ListAPIView):
    queryset = Parcel.objects.order_by("pk")
    serializer_class = ParcelSerializer
    pagination_class = Pages
    filter_backends = [filters.SearchFilter]
    search_fields = ["serial__exact", "site__id__exact"]


@case
def key_of_another_table():
    return get(ByKeys.as_view(), search="1")


class Unsearched(generics.ListAPIView):
    queryset = Parcel.objects.order_by("pk")
    serializer_class = ParcelSerializer
    pagination_class = Pages
    search_fields = ["token", "site__name"]


@case
def without_the_filter():
    return get(Unsearched.as_view(), search="t1")


class OwnFilter(filters.SearchFilter):
    def filter_queryset(self, request, queryset, view):
        return queryset.filter(serial=request.query_params["search"])


class OwnSearch(generics.ListAPIView):
    queryset = Parcel.objects.order_by("pk")
    serializer_class = ParcelSerializer
    pagination_class = Pages
    filter_backends = [OwnFilter]
    search_fields = ["token", "site__name"]


@case
def filter_that_does_as_it_likes():
    return get(OwnSearch.as_view(), search="s1")


class AtOneSite(generics.ListAPIView):
    serializer_class = ParcelSerializer
    pagination_class = Pages
    filter_backends = [filters.SearchFilter]
    search_fields = ["token", "site__name"]

    def get_queryset(self):
        return Parcel.objects.filter(site=self.kwargs.get("site", 1)).order_by("pk")


@case
def among_the_rows_of_one_parent():
    return get(AtOneSite.as_view(), search="t1")


class OwnSearchAdmin(admin.ModelAdmin):
    fields = ["length"]
    search_fields = ["length", "driver__licence"]

    def get_search_results(self, request, queryset, search_term):
        return queryset.filter(pk=1), False


admin.AdminSite().register(Trip, OwnSearchAdmin)


@case
def admin_with_a_search_of_its_own():
    return searched(OwnSearchAdmin, Trip, "l1")


@admin.register(Stop, site=admin.AdminSite())
class ByKeyAdmin(admin.ModelAdmin):
    fields = ["at"]
    search_fields = ["trip__driver__user__username__exact"]


@case
def one_far_field():
    return searched(ByKeyAdmin, Stop, "u1")
