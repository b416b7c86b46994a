from rest_framework import serializers

from core.permissions import IsOperations
from core.viewsets import FreightReadOnlyViewSet

from .models import User


class UserSerializer(serializers.ModelSerializer):
    organisation_name = serializers.CharField(source="organisation.name", default=None, read_only=True)

    class Meta:
        model = User
        fields = ["id", "username", "email", "phone", "organisation_name"]


class UserViewSet(FreightReadOnlyViewSet):
    queryset = User.objects.filter(is_active=True).order_by("username")
    serializer_class = UserSerializer
    permission_classes = [IsOperations]
    join_relations = ("organisation",)
