from rest_framework import viewsets


class RelatedLoadingMixin:
    join_relations = ()
    load_relations = ()

    def get_queryset(self):
        queryset = super().get_queryset()
        if self.join_relations:
            queryset = queryset.select_related(*self.join_relations)
        if self.load_relations:
            queryset = queryset.prefetch_related(*self.load_relations)
        return queryset


class TenantScopedMixin:
    tenant_lookup = "customer_id"

    def get_queryset(self):
        queryset = super().get_queryset()
        user = self.request.user
        if user.is_staff:
            return queryset
        return queryset.filter(**{self.tenant_lookup: user.organisation_id})


class SerializerPerActionMixin:
    action_serializers = {}

    def get_serializer_class(self):
        return self.action_serializers.get(self.action) or super().get_serializer_class()


class FreightModelViewSet(SerializerPerActionMixin, RelatedLoadingMixin, viewsets.ModelViewSet):
    pass


class FreightReadOnlyViewSet(SerializerPerActionMixin, RelatedLoadingMixin, viewsets.ReadOnlyModelViewSet):
    pass
