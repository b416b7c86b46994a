from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.generic import ListView

from core.mixins import StaffOnlyMixin
from exams import stats
from exams.forms import PASS_MARK, GradeFormSet, MarkFormSet
from exams.mails import ResultMail
from exams.models import Appeal, Exam, Grade
from exams.signals import appeal_closed


class GradeListView(StaffOnlyMixin, ListView):
    template_name = "exams/grade_list.html"
    context_object_name = "grades"

    def get_queryset(self):
        return Grade.objects.filter(registration__exam_id=self.kwargs["pk"]).select_related("registration")


@login_required
def statistics(request, term_id):
    return JsonResponse(
        {
            "means": stats.mean_points(term_id),
            "buildings": stats.exams_by_building(term_id),
            "sittings": stats.sittings_per_student(term_id),
            "papers": stats.marked_papers(term_id),
        }
    )


@login_required
def spread(request, pk):
    exam = get_object_or_404(Exam, pk=pk)
    return JsonResponse({"exam": exam.pk, "spread": stats.grade_spread(exam)})


@login_required
def exam_plan(request, term_id):
    plan = stats.ExamPlan(Exam.objects.filter(offering__term_id=term_id).order_by("date"))
    return HttpResponse("\n".join(plan.lines()), content_type="text/plain")


@require_POST
@login_required
@transaction.atomic
def grade_entry(request, pk):
    formset = GradeFormSet(request.POST, queryset=Grade.objects.filter(registration__exam_id=pk))
    if not formset.is_valid():
        return HttpResponseBadRequest("invalid grades")
    for form in formset.forms:
        form.instance.passed = form.cleaned_data["points"] >= PASS_MARK
        form.save()
    return redirect("grades", pk=pk)


@require_POST
@login_required
def marks_import(request, pk):
    formset = MarkFormSet(request.POST)
    if not formset.is_valid():
        return HttpResponseBadRequest("invalid marks")
    grades = []
    for form in formset:
        grades.append(form.save())
    Grade.objects.bulk_create(grades, ignore_conflicts=True)
    return redirect("grades", pk=pk)


@require_POST
@login_required
def publish_results(request, pk):
    exam = get_object_or_404(Exam, pk=pk)
    sent = 0
    for registration in exam.registrations.filter(attended=True).select_related("student__user"):
        sent += ResultMail(registration).send()
    exam.published = True
    exam.save(update_fields=["published"])
    return JsonResponse({"sent": sent})


@require_POST
@login_required
def close_appeals(request):
    closed = []
    for appeal in Appeal.objects.filter(state="open", deadline__lt=timezone.localdate()):
        appeal_closed.send(sender=Appeal, appeal=appeal)
        closed.append(appeal.pk)
    Appeal.objects.filter(pk__in=closed).update(state="closed")
    return JsonResponse({"closed": len(closed)})
