from django.contrib import admin

from exams.models import Appeal, Exam, Registration


class RegistrationInline(admin.TabularInline):
    model = Registration
    extra = 0
    fields = ("attended", "earlier_attempts")
    readonly_fields = ("earlier_attempts",)

    @admin.display(description="earlier attempts")
    def earlier_attempts(self, obj):
        others = Registration.objects.filter(student_id=obj.student_id, attended=True)
        return others.exclude(pk=obj.pk).count()


@admin.register(Exam)
class ExamAdmin(admin.ModelAdmin):
    list_display = ("date", "offering", "published")
    list_filter = ("published",)
    raw_id_fields = ("offering", "room", "examiner")
    inlines = [RegistrationInline]


@admin.register(Appeal)
class AppealAdmin(admin.ModelAdmin):
    list_display = ("id", "state", "deadline")
    raw_id_fields = ("grade",)
