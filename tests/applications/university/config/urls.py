from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import path

from core.seo import IssueFeed, OfferingSitemap
from courses import views as courses
from exams import views as exams
from library import views as library
from people import views as people
from rooms import views as rooms

sitemaps = {"offerings": OfferingSitemap}

urlpatterns = [
    path("admin/", admin.site.urls),
    path("sitemap.xml", sitemap, {"sitemaps": sitemaps}, name="sitemap"),
    path("feeds/issues/", IssueFeed(), name="issue-feed"),
    path("students/", people.StudentListView.as_view(), name="students"),
    path("students/phonebook/", people.phonebook, name="phonebook"),
    path("students/tutors/<int:programme_id>/", people.tutor_sheet, name="tutor-sheet"),
    path("staff/", people.staff_directory, name="staff"),
    path("staff/tutees/", people.my_tutees, name="my-tutees"),
    path("faculties/<slug:slug>/", people.faculty_overview, name="faculty"),
    path("courses/", courses.CatalogueView.as_view(), name="catalogue"),
    path("courses/graph/", courses.prerequisite_graph, name="prerequisites"),
    path("courses/topics/", courses.topic_popularity, name="topics"),
    path("courses/degrees/", courses.degree_summary, name="degrees"),
    path("courses/coordinators.csv", courses.coordinator_report, name="coordinators"),
    path("courses/room-use.csv", courses.room_use_report, name="room-use"),
    path("courses/materials.csv", courses.MaterialExportView.as_view(), name="materials"),
    path("offerings/", courses.OfferingListView.as_view(), name="offerings"),
    path("offerings/table/", courses.OfferingTableView.as_view(), name="offering-table"),
    path("offerings/board/", courses.capacity_board, name="capacity-board"),
    path("offerings/timetable/", courses.timetable, name="timetable"),
    path("offerings/<int:pk>/export/", courses.enrolment_export, name="enrolment-export"),
    path("offerings/<int:pk>/waitlist/", courses.WaitlistView.as_view(), name="waitlist"),
    path("offerings/<str:code>/<int:pk>/", courses.offering_detail, name="offering"),
    path("enrolments/", courses.EnrolmentTableView.as_view(), name="enrolments"),
    path("enrolments/roster/", courses.roster, name="roster"),
    path("enrolments/register/<int:term_id>/", courses.term_register, name="register"),
    path("exams/statistics/<int:term_id>/", exams.statistics, name="exam-statistics"),
    path("exams/plan/<int:term_id>/", exams.exam_plan, name="exam-plan"),
    path("exams/<int:pk>/spread/", exams.spread, name="grade-spread"),
    path("exams/<int:pk>/grades/", exams.GradeListView.as_view(), name="grades"),
    path("exams/<int:pk>/grades/edit/", exams.grade_entry, name="grade-entry"),
    path("exams/<int:pk>/marks/", exams.marks_import, name="marks-import"),
    path("exams/<int:pk>/publish/", exams.publish_results, name="publish-results"),
    path("exams/appeals/close/", exams.close_appeals, name="close-appeals"),
    path("rooms/occupancy/", rooms.occupancy, name="occupancy"),
    path("rooms/guide/", rooms.room_guide, name="room-guide"),
    path("rooms/bookings/", rooms.BookingListView.as_view(), name="bookings"),
    path("rooms/plan/", rooms.building_plan, name="building-plan"),
    path("rooms/signs/", rooms.door_signs, name="door-signs"),
    path("rooms/free/", rooms.first_free, name="first-free"),
    path("library/", library.BookListView.as_view(), name="books"),
    path("library/loans/", library.LoanTableView.as_view(), name="loans"),
    path("library/overdue/", library.overdue_report, name="overdue"),
    path("library/shelf/", library.shelf_check, name="shelf-check"),
    path("library/cost/", library.reservation_cost, name="reservation-cost"),
    path("library/slips/", library.loan_slips, name="loan-slips"),
]
