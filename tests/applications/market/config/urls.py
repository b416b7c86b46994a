from django.contrib import admin
from django.urls import include, path
from ninja import NinjaAPI
from rest_framework.routers import DefaultRouter

from accounts import views as account_views
from accounts.api import router as accounts_router
from catalog import views as catalog_views
from catalog.api import router as catalog_router
from disputes.views import DisputeViewSet
from orders import views as order_views
from payouts.views import PayoutStatementView, PayoutViewSet
from reports import views as report_views
from reviews.views import ReviewViewSet

api = NinjaAPI(title="Marketplace partner API", version="2")
api.add_router("/sellers", accounts_router)
api.add_router("/catalog", catalog_router)

router = DefaultRouter()
router.register("sellers", account_views.SellerViewSet, basename="seller")
router.register("listings", catalog_views.ListingViewSet, basename="listing")
router.register("my/listings", catalog_views.SellerListingViewSet, basename="my-listing")
router.register("orders", order_views.OrderViewSet, basename="order")
router.register("my/orders", order_views.BuyerOrderViewSet, basename="my-order")
router.register("payouts", PayoutViewSet, basename="payout")
router.register("reviews", ReviewViewSet, basename="review")
router.register("disputes", DisputeViewSet, basename="dispute")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include(router.urls)),
    path("api/v1/storefront/", catalog_views.StorefrontView.as_view()),
    path("api/v1/search/", catalog_views.SearchView.as_view()),
    path("api/v1/categories/breadcrumbs/", catalog_views.BreadcrumbView.as_view()),
    path("api/v1/my/import/", catalog_views.ImportView.as_view()),
    path("api/v1/my/statement/", PayoutStatementView.as_view()),
    path("api/v1/users/export/", account_views.UserExportView.as_view()),
    path("api/v1/users/directory/", account_views.DirectoryView.as_view()),
    path("api/v1/audit/", account_views.AuditLogView.as_view()),
    path("api/v1/shops/<slug:slug>/", account_views.ShopView.as_view()),
    path("api/v1/exports/<str:kind>/", order_views.ExportView.as_view()),
    path("api/v1/reports/revenue/", report_views.SellerRevenueView.as_view()),
    path("api/v1/reports/orders/", report_views.OrderFeedView.as_view()),
    path("api/v1/reports/refunds/", report_views.RefundReportView.as_view()),
    path("api/v1/reports/sections/", report_views.SectionReportView.as_view()),
    path("api/v1/reports/dashboard/", report_views.DashboardView.as_view()),
    path("api/v2/", api.urls),
]
