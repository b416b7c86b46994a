"""Django's admin: columns of the list, inlines."""

from counting import case
from django.contrib import admin
from django.db.models import Count
from django.utils.html import format_html
from web import changelist, inlines

from shop.models import Author, Book, Chapter, Country, Cover, Loan, Publisher, Reader, Review, Tag


@admin.register(Book, site=admin.AdminSite())
class CallableAdmin(admin.ModelAdmin):
    list_display = ["title", "author_name"]

    def author_name(self, book):
        return book.author.name


@case
def column_by_a_method():
    return changelist(CallableAdmin, Book)


@admin.register(Book, site=admin.AdminSite())
class PropertyAdmin(admin.ModelAdmin):
    list_display = ("title", "byline")


@case
def column_by_a_property():
    return changelist(PropertyAdmin, Book)


@admin.register(Review, site=admin.AdminSite())
class TextAdmin(admin.ModelAdmin):
    pass


@case
def text_of_each_row():
    return changelist(TextAdmin, Review)


class CountAdmin(admin.ModelAdmin):
    list_display = ["title", "reviews"]

    @admin.display(description="reviews")
    def reviews(self, obj):
        return obj.review_set.count()


admin.AdminSite().register(Book, CountAdmin)


@case
def column_that_counts():
    return changelist(CountAdmin, Book)


@admin.register(Book, site=admin.AdminSite())
class ManyAdmin(admin.ModelAdmin):
    list_display = ["title", "tag_names"]

    def tag_names(self, book):
        return ", ".join(tag.name for tag in book.tags.all())


@case
def column_that_loops():
    return changelist(ManyAdmin, Book)


def publisher_country(book):
    return book.publisher.country.name


class FunctionAdmin(admin.ModelAdmin):
    list_display = ["title", publisher_country]
    list_select_related = ["publisher"]


admin.AdminSite().register(Book, FunctionAdmin)


@case
def column_by_a_function():
    return changelist(FunctionAdmin, Book)


@admin.register(Loan, site=admin.AdminSite())
class IncompleteAdmin(admin.ModelAdmin):
    list_display = ["id", "book_title", "reader_name"]
    list_select_related = ("reader",)

    def reader_name(self, loan):
        return loan.reader.name

    def book_title(self, loan):
        return loan.book.title


@case
def half_of_it_is_joined():
    return changelist(IncompleteAdmin, Loan)


@admin.register(Book, site=admin.AdminSite())
class OverriddenAdmin(admin.ModelAdmin):
    list_display = ["title", "cover_url"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("author")

    def cover_url(self, book):
        return format_html("<b>{}</b>", book.cover.url)


@case
def get_queryset_joins_another():
    return changelist(OverriddenAdmin, Book)


class BaseAdmin(admin.ModelAdmin):
    def reader_country(self, loan):
        return loan.reader.country.name


@admin.register(Loan, site=admin.AdminSite())
class InheritingAdmin(BaseAdmin):
    list_display = ["id", "reader_country"]


@case
def column_by_an_inherited_method():
    return changelist(InheritingAdmin, Loan)


class MethodOfModelAdmin(admin.ModelAdmin):
    list_display = ["title", "describe"]


admin.AdminSite().register(Book, MethodOfModelAdmin)


@case
def column_by_a_method_of_the_model():
    return changelist(MethodOfModelAdmin, Book)


class LoanInline(admin.TabularInline):
    model = Loan
    extra = 0
    fields = ["fine", "title"]
    readonly_fields = ["title"]

    def title(self, loan):
        return loan.book.title


class WithInline(admin.ModelAdmin):
    inlines = [LoanInline]


admin.AdminSite().register(Reader, WithInline)


@case
def inline_reads():
    return inlines(WithInline, Reader, 1)


class ParentInline(admin.TabularInline):
    model = Loan
    readonly_fields = ["of"]

    def of(self, loan):
        return loan.reader.name


@admin.register(Reader, site=admin.AdminSite())
class WithParentInline(admin.ModelAdmin):
    inlines = [ParentInline]


@case
def inline_reads_its_parent():
    return inlines(WithParentInline, Reader, 1)


@admin.register(Cover, site=admin.AdminSite())
class OneToOneAdmin(admin.ModelAdmin):
    list_display = ["book", "url"]


@case
def one_to_one_is_joined():
    return changelist(OneToOneAdmin, Cover)


# What follows loads what it reads, or reads nothing.


@admin.register(Book, site=admin.AdminSite())
class JoinedAdmin(admin.ModelAdmin):
    list_display = ["title", "author_name"]
    list_select_related = ["author"]

    def author_name(self, book):
        return book.author.name


@case
def column_joined():
    return changelist(JoinedAdmin, Book)


@admin.register(Book, site=admin.AdminSite())
class ForeignKeyAdmin(admin.ModelAdmin):
    list_display = ["title", "author", "publisher"]


@case
def foreign_keys_are_joined():
    return changelist(ForeignKeyAdmin, Book)


class PrefetchingAdmin(admin.ModelAdmin):
    list_display = ["title", "tag_names"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("tags")

    def tag_names(self, book):
        return ", ".join(tag.name for tag in book.tags.all())


admin.AdminSite().register(Book, PrefetchingAdmin)


@case
def column_prefetched():
    return changelist(PrefetchingAdmin, Book)


@admin.register(Book, site=admin.AdminSite())
class AnnotatingAdmin(admin.ModelAdmin):
    list_display = ["title", "reviews"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(n=Count("review"))

    @admin.display(ordering="n")
    def reviews(self, book):
        return book.n


@case
def column_annotated():
    return changelist(AnnotatingAdmin, Book)


class PlainAdmin(admin.ModelAdmin):
    list_display = ["title", "price", "author_key", "shout"]


admin.AdminSite().register(Book, PlainAdmin)


@case
def plain_columns():
    return changelist(PlainAdmin, Book)


class PlainTextAdmin(admin.ModelAdmin):
    list_display = ["__str__"]


admin.AdminSite().register(Book, PlainTextAdmin)


@case
def plain_text():
    return changelist(PlainTextAdmin, Book)


@admin.register(Book, site=admin.AdminSite())
class DottedAdmin(admin.ModelAdmin):
    list_display = ["title", "publisher__name"]


@case
def dotted_column():
    return changelist(DottedAdmin, Book)


@admin.register(Book, site=admin.AdminSite())
class UnusedAdmin(admin.ModelAdmin):
    list_display = ["title"]
    readonly_fields = ["author_country"]

    def author_country(self, book):
        return book.author.country.name


@case
def read_on_the_form_alone():
    return changelist(UnusedAdmin, Book)


class AllJoinedAdmin(admin.ModelAdmin):
    list_display = ["id", "reader_name"]
    list_select_related = True

    def reader_name(self, loan):
        return loan.reader.name


admin.AdminSite().register(Loan, AllJoinedAdmin)


@case
def all_foreign_keys_joined():
    return changelist(AllJoinedAdmin, Loan)


class ByGetter(admin.ModelAdmin):
    list_display = ["id", "reader_name"]

    def get_list_select_related(self, request):
        return ["reader"]

    def reader_name(self, loan):
        return loan.reader.name


admin.AdminSite().register(Loan, ByGetter)


@case
def joined_by_a_method():
    return changelist(ByGetter, Loan)


class JoinedInline(admin.TabularInline):
    model = Loan
    readonly_fields = ["title"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("book")

    def title(self, loan):
        return loan.book.title


class WithJoinedInline(admin.ModelAdmin):
    inlines = [JoinedInline]


admin.AdminSite().register(Reader, WithJoinedInline)


@case
def inline_joined():
    return inlines(WithJoinedInline, Reader, 1)


plain_site = admin.AdminSite()
plain_site.register(Review)


@case
def shown_by_no_class_of_its_own():
    return changelist(admin.ModelAdmin, Review)


plain_site.register([Country, Publisher])


@case
def names_shown_by_no_class_of_their_own():
    return [changelist(admin.ModelAdmin, Country), changelist(admin.ModelAdmin, Publisher)]


@admin.register(Book, site=admin.AdminSite())
class MoreColumnsAdmin(CallableAdmin):
    list_display = [*CallableAdmin.list_display, "stock"]


@case
def columns_of_a_base_and_more():
    return changelist(MoreColumnsAdmin, Book)


@admin.register(Book, site=admin.AdminSite())
class OtherColumnsAdmin(CallableAdmin):
    list_display = ("title",) + ("stock",)


@case
def other_columns_than_the_base():
    return changelist(OtherColumnsAdmin, Book)


@admin.register(Book, site=admin.AdminSite())
class ColumnsByAMethodAdmin(admin.ModelAdmin):
    def get_list_display(self, request):
        return ["title", "author_name"]

    def author_name(self, book):
        return book.author.name


@case
def columns_by_a_method():
    return changelist(ColumnsByAMethodAdmin, Book)
