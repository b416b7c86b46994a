from django.contrib import admin
from django.urls import path

from exhibitions import views as exhibitions
from guides import views as guides
from holdings import views as holdings
from loans import views as loans
from members import views as members
from tickets import views as tickets

urlpatterns = [
    path("admin/", admin.site.urls),
    path("objects/", holdings.ArtefactListView.as_view()),
    path("objects/wall/", holdings.WallView.as_view()),
    path("objects/inspections/", holdings.InspectionListView.as_view()),
    path("objects/<int:pk>/", holdings.artefact_detail),
    path("objects/storage.csv", holdings.storage_export),
    path("objects/export.csv", holdings.artefact_csv),
    path("objects/feed.json", holdings.catalogue_feed),
    path("objects/materials.json", holdings.materials_sheet),
    path("objects/donors.json", holdings.donor_wall),
    path("objects/departments.json", holdings.department_counts),
    path("objects/unplaced.json", holdings.unplaced),
    path("collections/<int:pk>/condition/", holdings.condition_overview),
    path("loans/", loans.LoanListView.as_view()),
    path("loans/table/", loans.LoanTable.as_view()),
    path("loans/dashboard/", loans.dashboard),
    path("loans/calendar.json", loans.calendar),
    path("loans/schedule.pdf", loans.schedule_pdf),
    path("loans/<int:pk>/packing.csv", loans.packing_list),
    path("loans/<int:pk>/items/", loans.edit_items),
    path("exhibitions/", exhibitions.ExhibitionListView.as_view()),
    path("exhibitions/teaser.json", exhibitions.teaser),
    path("exhibitions/visits.json", exhibitions.visits),
    path("exhibitions/<int:pk>/cards/", exhibitions.cards),
    path("exhibitions/<int:pk>/labels.csv", exhibitions.label_export),
    path("exhibitions/<int:pk>/sheets.json", exhibitions.label_sheets),
    path("exhibitions/<int:pk>/objects/", exhibitions.LabelledExhibitListView.as_view()),
    path("exhibitions/<int:pk>/sections.json", exhibitions.section_sizes),
    path("exhibitions/<int:pk>/translations.json", exhibitions.translations),
    path("exhibitions/<slug:slug>/", exhibitions.ExhibitionDetailView.as_view()),
    path("tickets/slots/", tickets.slot_board),
    path("tickets/scans/", tickets.scan_stats),
    path("tickets/prices/", tickets.price_list),
    path("tickets/orders.csv", tickets.orders_csv),
    path("tickets/orders/", tickets.order_rows),
    path("tickets/orders/open/", tickets.open_orders),
    path("tickets/refunds.json", tickets.refunds),
    path("tickets/book/", tickets.BookingView.as_view()),
    path("tickets/basket/", tickets.basket),
    path("guides/", guides.GuideListView.as_view()),
    path("guides/roster.json", guides.roster),
    path("guides/parties.json", guides.parties),
    path("guides/states.json", guides.booking_states),
    path("members/", members.MemberListView.as_view()),
    path("members/desk/", members.DeskView.as_view()),
    path("members/lapsed/", members.lapsed),
    path("members/donations.json", members.donations),
    path("members/labels.json", members.address_labels),
    path("members/greetings.json", members.greetings),
]
