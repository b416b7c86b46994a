from core.viewsets import BaseViewSet, PublishedMixin, WithAuthorMixin
from reviews.models import Review
from reviews.serializers import ReviewSerializer


class PublicReviewViewSet(PublishedMixin, WithAuthorMixin, BaseViewSet):
    queryset = Review.objects.newest()
    http_method_names = ["get"]


class ReviewViewSet(PublicReviewViewSet):
    serializer_class = ReviewSerializer

    def get_queryset(self):
        queryset = super().get_queryset()
        if listing := self.request.GET.get("listing"):
            queryset = queryset.filter(listing__slug=listing)
        return queryset
