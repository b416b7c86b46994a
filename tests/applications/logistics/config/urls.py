from django.contrib import admin
from django.urls import include, path
from graphene_django.views import GraphQLView
from rest_framework.routers import DefaultRouter

from accounts.views import UserViewSet
from billing import views as billing
from carriers import views as carriers
from claims import views as claims
from core.exchange import FeedView, ImportView, ReportView
from depots import views as depots
from shipments import views as shipments

router = DefaultRouter()
router.register("users", UserViewSet, basename="user")
router.register("carriers", carriers.CarrierViewSet, basename="carrier")
router.register("depots", depots.DepotViewSet, basename="depot")
router.register("shipments", shipments.ShipmentViewSet, basename="shipment")
router.register("parcels", shipments.ParcelTrackingViewSet, basename="parcel")
router.register("invoices", billing.InvoiceViewSet, basename="invoice")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("graphql/", GraphQLView.as_view(graphiql=False)),
    path("api/", include(router.urls)),
    path("api/vehicles/", carriers.VehicleListView.as_view()),
    path("api/service-matrix/", carriers.ServiceMatrixView.as_view()),
    path("api/service-mix/", carriers.ServiceMixView.as_view()),
    path("api/bays/", depots.BayAvailabilityView.as_view()),
    path("api/regions/overview/", depots.RegionOverviewView.as_view()),
    path("api/depots-ranking/", depots.DepotRankingView.as_view()),
    path("api/manifests/", shipments.ManifestListView.as_view()),
    path("api/manifests/<int:carrier_id>/text/", shipments.ManifestTextView.as_view()),
    path("api/my-shipments/", shipments.CustomerShipmentListView.as_view()),
    path("api/watched/", shipments.WatchedShipmentsView.as_view()),
    path("api/dashboard/", shipments.DashboardView.as_view()),
    path("api/quotes/", shipments.QuoteView.as_view()),
    path("api/labels/<str:reference>/", shipments.LabelView.as_view()),
    path("api/label-sheets/<str:depot_code>/", shipments.LabelSheetView.as_view()),
    path("api/dispatch-board/", shipments.DispatchBoardView.as_view()),
    path("api/tagging/", shipments.TaggingView.as_view()),
    path("api/invoices-open/", billing.OpenInvoicesView.as_view()),
    path("api/invoices-draft/", billing.DraftInvoiceView.as_view()),
    path("api/accruals/", billing.AccrualsView.as_view()),
    path("api/statements/<int:customer_id>/", billing.StatementView.as_view()),
    path("api/turnover/", billing.TurnoverView.as_view()),
    path("api/claims/decided/", claims.DecidedClaimsView.as_view()),
    path("api/claims/exposure/", claims.ExposureView.as_view()),
    path("api/claims/chasers/", claims.ChasersView.as_view()),
    path("api/claims/unclaimed-parcels/", claims.UnclaimedParcelsView.as_view()),
    path("api/feeds/<slug:name>/", FeedView.as_view()),
    path("api/imports/<slug:name>/", ImportView.as_view()),
    path("api/reports/<slug:slug>/", ReportView.as_view()),
]
