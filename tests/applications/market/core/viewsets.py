from rest_framework import viewsets
from rest_framework.pagination import LimitOffsetPagination


class WidePagination(LimitOffsetPagination):
    default_limit = 250
    max_limit = 2000


class BaseViewSet(viewsets.ModelViewSet):
    select_related_fields = ()
    prefetch_related_fields = ()
    serializer_classes = {}
    pagination_class = WidePagination

    def get_serializer_class(self):
        return self.serializer_classes.get(self.action, self.serializer_class)

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.select_related_fields:
            queryset = queryset.select_related(*self.select_related_fields)
        if self.prefetch_related_fields:
            queryset = queryset.prefetch_related(*self.prefetch_related_fields)
        serializer_class = self.get_serializer_class()
        if hasattr(serializer_class, "setup_eager_loading"):
            queryset = serializer_class.setup_eager_loading(queryset)
        return queryset


class SellerScopedMixin:
    seller_lookup = "seller"

    def get_queryset(self):
        return super().get_queryset().filter(**{self.seller_lookup: self.request.user.seller})


class PublishedMixin:
    published_status = "published"

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.request.user.is_staff:
            return queryset
        return queryset.filter(status=self.published_status)


class WithAuthorMixin:
    author_path = "author__user"

    def get_queryset(self):
        return super().get_queryset().select_related(self.author_path)
