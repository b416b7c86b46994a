import graphene
from graphene_django import DjangoObjectType

from billing.models import Invoice
from shipments.models import Shipment


class InvoiceType(DjangoObjectType):
    last_payment_on = graphene.Date()

    class Meta:
        model = Invoice
        fields = ("id", "number", "status", "total", "due_on")

    def resolve_last_payment_on(self, info):
        payment = self.payments.order_by("-received_on").first()
        return payment.received_on if payment else None


class ShipmentType(DjangoObjectType):
    carrier_name = graphene.String()

    class Meta:
        model = Shipment
        fields = ("id", "reference", "status", "planned_pickup")

    def resolve_carrier_name(self, info):
        return self.carrier.name


class Query(graphene.ObjectType):
    overdue_invoices = graphene.List(graphene.NonNull(InvoiceType))
    moving_shipments = graphene.List(graphene.NonNull(ShipmentType), zone=graphene.String())

    def resolve_overdue_invoices(self, info):
        return Invoice.objects.filter(status=Invoice.Status.OVERDUE).order_by("due_on")

    def resolve_moving_shipments(self, info, zone=None):
        queryset = Shipment.objects.moving().select_related("carrier")
        if zone:
            queryset = queryset.filter(zone=zone)
        return queryset


schema = graphene.Schema(query=Query)
