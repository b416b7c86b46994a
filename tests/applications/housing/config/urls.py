from django.contrib import admin
from django.urls import include, path

from allocations import views as allocations
from complaints import views as complaints
from estates import views as estates
from inspections import views as inspections
from rents import views as rents
from repairs import views as repairs
from tenancies import views as tenancies

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("api.urls")),
    path("estates/", estates.EstateListView.as_view(), name="estate-list"),
    path("estates/<int:pk>/", estates.EstateDetailView.as_view(), name="estate-detail"),
    path("blocks/", estates.BlockListView.as_view(), name="block-list"),
    path("properties/", estates.PropertyListView.as_view(), name="property-list"),
    path("properties/export/", estates.PropertyExportView.as_view(), name="property-export"),
    path("properties/gazetteer/", estates.GazetteerCheckView.as_view(), name="gazetteer"),
    path("properties/keys/", estates.KeySafeView.as_view(), name="key-safes"),
    path("properties/feature/", estates.AssignFeatureView.as_view(), name="assign-feature"),
    path("tenancies/", tenancies.TenancyListView.as_view(), name="tenancy-list"),
    path("tenancies/ending/", tenancies.EndingTenancyView.as_view(), name="tenancy-ending"),
    path("tenancies/table/", tenancies.TenancyTableView.as_view(), name="tenancy-table"),
    path("tenancies/former/", tenancies.FormerTenancyTableView.as_view(), name="tenancy-former"),
    path("tenancies/overcrowding/", tenancies.OvercrowdingView.as_view(), name="overcrowding"),
    path("rents/accounts/", rents.AccountListView.as_view(), name="account-list"),
    path("rents/arrears/", rents.ArrearsView.as_view(), name="arrears"),
    path("rents/arrears.csv", rents.ArrearsCsvView.as_view(), name="arrears-csv"),
    path("rents/payments/", rents.PaymentSummaryView.as_view(), name="payment-summary"),
    path("rents/accounts/<int:pk>/statement/", rents.StatementView.as_view(), name="statement"),
    path("repairs/", repairs.RepairListView.as_view(), name="repair-list"),
    path("repairs/new/", repairs.RepairCreateView.as_view(), name="repair-create"),
    path("repairs/board/", repairs.RepairBoardView.as_view(), name="repair-board"),
    path("repairs/jobcards.pdf", repairs.JobCardView.as_view(), name="job-cards"),
    path("repairs/export/<slug:what>/", repairs.RepairExportView.as_view(), name="repair-export"),
    path("repairs/dispatch/", repairs.DispatchView.as_view(), name="dispatch"),
    path("repairs/spend/<int:year>/<int:month>/", repairs.SpendView.as_view(), name="spend"),
    path("repairs/<int:pk>/lines/", repairs.RepairLinesView.as_view(), name="repair-lines"),
    path("inspections/compliance/", inspections.ComplianceView.as_view(), name="compliance"),
    path("inspections/report/<slug:kind>.xlsx", inspections.InspectionReportView.as_view(), name="inspection-report"),
    path("complaints/", complaints.ComplaintListView.as_view(), name="complaint-list"),
    path("complaints/mine/", complaints.MyPatchView.as_view(), name="my-patch"),
    path("complaints/workload/", complaints.WorkloadView.as_view(), name="workload"),
    path("allocations/", allocations.WaitingListView.as_view(), name="waiting-list"),
    path("allocations/export/", allocations.WaitingListExportView.as_view(), name="waiting-list-export"),
    path("allocations/shortlist/<int:pk>/", allocations.ShortlistPdfView.as_view(), name="shortlist"),
    path("allocations/eligible/", allocations.EligibleView.as_view(), name="eligible"),
]
