from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Category, Listing, Watch
from catalog.search import SearchClient
from catalog.serializers import (
    ListingCardSerializer,
    ListingDetailSerializer,
    SellerListingSerializer,
    StorefrontListingSerializer,
)
from catalog.services import CategoryTree, DraftBook, attach_sellers
from core.viewsets import BaseViewSet, SellerScopedMixin, WidePagination


class ListingViewSet(BaseViewSet):
    queryset = Listing.objects.with_review_counts()
    serializer_class = ListingDetailSerializer
    serializer_classes = {"list": ListingCardSerializer}
    select_related_fields = ("seller", "category")
    http_method_names = ["get", "head", "options"]


class SellerListingViewSet(SellerScopedMixin, BaseViewSet):
    queryset = Listing.objects.order_by("-created_at")
    serializer_class = SellerListingSerializer


class StorefrontView(generics.ListAPIView):
    serializer_class = StorefrontListingSerializer
    pagination_class = WidePagination

    def get_queryset(self):
        return Listing.objects.live().select_related("seller").newest()

    def get_serializer_context(self):
        context = super().get_serializer_context()
        context["watched_ids"] = Watch.objects.ids_for(self.request.user)
        return context


class SearchView(APIView):
    permission_classes = []

    def get(self, request):
        client = SearchClient("listings")
        hits = client.filter(status="live").query(request.GET.get("q", "")).all()
        return Response([{"title": hit.title, "seller": hit.seller.name, "price": hit.price} for hit in hits])


class BreadcrumbView(APIView):
    permission_classes = []

    def get(self, request):
        tree = CategoryTree(Category.objects.all())
        listings = attach_sellers(list(Listing.objects.live().defer("stock")))
        body = []
        for listing in listings:
            trail = tree.ancestors(listing.category_id)
            body.append(
                {
                    "listing": listing.slug,
                    "shop": listing.seller.slug,
                    "trail": [node.name for node in trail],
                }
            )
        return Response(body)


class ImportView(APIView):
    def post(self, request):
        book = DraftBook(request.user.seller.pk)
        for row in request.data["rows"]:
            draft = book.draft(row["sku"])
            draft.title = row["title"]
            draft.price = row["price"]
            draft.save()
        return Response({"imported": book.commit()}, status=201)
