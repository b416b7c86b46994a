from django.contrib import admin

from core.admin import UniAdmin
from library.models import Book, Loan, Reservation


@admin.register(Loan)
class LoanAdmin(UniAdmin):
    list_display = ("id", "borrower", "state", "due")
    raw_id_fields = ("copy", "student")

    def borrower(self, obj):
        return obj.student.user.get_full_name()


@admin.register(Book)
class BookAdmin(admin.ModelAdmin):
    list_display = ("title", "isbn", "publisher_name")
    list_select_related = ("publisher",)
    raw_id_fields = ("authors",)

    @admin.display(ordering="publisher__name")
    def publisher_name(self, obj):
        return obj.publisher.name if obj.publisher else "-"


@admin.register(Reservation)
class ReservationAdmin(UniAdmin):
    related = ("book",)
    list_display = ("id", "book_title", "fulfilled_at")
    raw_id_fields = ("book", "student")

    def book_title(self, obj):
        return obj.book.title
