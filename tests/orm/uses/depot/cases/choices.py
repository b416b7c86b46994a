"""What the admin offers for choice."""

from counting import case
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from web import filters, form, inline_forms, list_forms

from depot.models import Driver, Licensed, Stop, Trip


@admin.register(Stop, site=admin.AdminSite())
class StopAdmin(admin.ModelAdmin):
    list_display = ["id", "at"]


@case
def users_in_a_form():
    return len(form(StopAdmin, Stop)) > 0


@admin.register(Driver, site=admin.AdminSite())
class DriverAdmin(admin.ModelAdmin):
    fields = ("user", "licence")


@case
def one_user_to_each():
    return len(form(DriverAdmin, Driver)) > 0


class TripAdmin(admin.ModelAdmin):
    fieldsets = [
        (None, {"fields": ["length", ("driver", "gear")]}),
        ("People", {"fields": ["booked_by"], "classes": ["collapse"]}),
    ]
    raw_id_fields = ["booked_by"]


admin.AdminSite().register(Trip, TripAdmin)


@case
def rows_of_users_in_a_set_of_fields():
    return len(form(TripAdmin, Trip)) > 0


@admin.register(Trip, site=admin.AdminSite())
class CrewAdmin(admin.ModelAdmin):
    fields = ["crew", "length"]
    filter_horizontal = ["crew"]


@case
def many_users_side_by_side():
    return len(form(CrewAdmin, Trip)) > 0


class StopInline(admin.TabularInline):
    model = Stop
    extra = 1


@admin.register(Trip, site=admin.AdminSite())
class WithStops(admin.ModelAdmin):
    raw_id_fields = ["driver", "booked_by", "crew", "licensed"]
    inlines = [StopInline]


@case
def users_in_an_inline():
    return len(inline_forms(WithStops, Trip, 1)) > 0


class MixedIn:
    list_editable = ["driver"]


@admin.register(Trip, site=admin.AdminSite())
class EditableAdmin(MixedIn, admin.ModelAdmin):
    list_display = ["id", "driver"]
    exclude = ["booked_by", "crew", "licensed"]


@case
def choice_in_each_row_of_a_list():
    return len(list_forms(EditableAdmin, Trip)) > 0


@admin.register(Trip, site=admin.AdminSite())
class FilteredAdmin(admin.ModelAdmin):
    list_filter = ["gear", "driver"]
    fields = ["length"]


@case
def filter_by_what_grows():
    return filters(FilteredAdmin, Trip)


@admin.register(Stop, site=admin.AdminSite())
class FilteredByPathAdmin(admin.ModelAdmin):
    list_filter = ("trip__booked_by",)
    fields = ["at"]


@case
def filter_by_a_path():
    return filters(FilteredByPathAdmin, Stop)


@admin.register(Trip, site=admin.AdminSite())
class AskingAdmin(admin.ModelAdmin):
    fields = ["licensed"]


@case
def texts_that_ask():
    return len(form(AskingAdmin, Trip)) > 0


class TripForm(forms.ModelForm):
    class Meta:
        model = Trip
        fields = ["driver", "length"]


@admin.register(Trip, site=admin.AdminSite())
class FormAdmin(admin.ModelAdmin):
    form = TripForm


@case
def form_of_its_own():
    return len(form(FormAdmin, Trip)) > 0


# What follows offers no such table.


@admin.register(Stop, site=admin.AdminSite())
class ByNumber(admin.ModelAdmin):
    raw_id_fields = ("met", "trip")


@case
def by_number():
    return len(form(ByNumber, Stop)) > 0


@admin.register(Stop, site=admin.AdminSite())
class Searched(admin.ModelAdmin):
    autocomplete_fields = ["met"]
    raw_id_fields = ["trip"]


@case
def searched():
    return len(form(Searched, Stop)) > 0


@admin.register(Stop, site=admin.AdminSite())
class OnlyRead(admin.ModelAdmin):
    readonly_fields = ["met", "trip"]


@case
def only_read():
    return len(form(OnlyRead, Stop)) > 0


@admin.register(Trip, site=admin.AdminSite())
class Looked(admin.ModelAdmin):
    fields = ["gear", "length"]


@case
def table_to_look_things_up_in():
    return len(form(Looked, Trip)) > 0


class NumberForm(forms.ModelForm):
    met = forms.IntegerField()

    class Meta:
        model = Stop
        fields = ["met", "at"]


@admin.register(Stop, site=admin.AdminSite())
class ByFormAdmin(admin.ModelAdmin):
    form = NumberForm


@case
def field_of_the_form_s_own():
    return len(form(ByFormAdmin, Stop)) > 0


@admin.register(Stop, site=admin.AdminSite())
class FewAdmin(admin.ModelAdmin):
    def formfield_for_foreignkey(self, field, request, **kwargs):
        if field.name == "met":
            kwargs["queryset"] = User.objects.filter(pk=1)
        return super().formfield_for_foreignkey(field, request, **kwargs)


@case
def few_by_a_method():
    return len(form(FewAdmin, Stop)) > 0


class ReadInline(admin.StackedInline):
    model = Stop
    raw_id_fields = ["met"]


@admin.register(Trip, site=admin.AdminSite())
class WithReadStops(admin.ModelAdmin):
    fields = ["length"]
    inlines = (ReadInline,)


@case
def key_of_the_parent():
    return len(inline_forms(WithReadStops, Trip, 1)) > 0


@admin.register(Trip, site=admin.AdminSite())
class OnlyReferred(admin.ModelAdmin):
    list_filter = [("licensed", admin.RelatedOnlyFieldListFilter), "gear"]
    fields = ["length"]


@case
def filter_by_what_is_referred_to():
    return filters(OnlyReferred, Trip)


@admin.register(Licensed, site=admin.AdminSite())
class SiteAdmin(admin.ModelAdmin):
    list_display = ["site", "ends"]


@case
def table_that_is_not_known_to_grow():
    return len(form(SiteAdmin, Licensed)) > 0
