from rest_framework.permissions import SAFE_METHODS, BasePermission


class IsStaffOrReadOnly(BasePermission):
    def has_permission(self, request, view):
        if request.method in SAFE_METHODS:
            return bool(request.user and request.user.is_authenticated)
        return bool(request.user and request.user.is_staff)


class IsOperations(BasePermission):
    def has_permission(self, request, view):
        return bool(request.user and request.user.is_authenticated and request.user.is_staff)


class ShipmentPolicy:
    def __init__(self, user):
        self.user = user

    def can_view(self, shipment):
        if self.user.is_superuser:
            return True
        if shipment.customer_id == self.user.organisation_id:
            return True
        return shipment.watchers.filter(pk=self.user.pk).exists()

    def can_edit(self, shipment):
        return self.user.is_staff and shipment.status != "delivered"


class CanEditShipment(BasePermission):
    def has_object_permission(self, request, view, obj):
        if request.method in SAFE_METHODS:
            return True
        return ShipmentPolicy(request.user).can_edit(obj)
