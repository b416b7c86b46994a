from datetime import timedelta

from celery import shared_task
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.mail import send_mail
from django.db.models import Sum
from django.utils import timezone
from django.utils.functional import cached_property

from .models import Guide, HourlyRate, Payslip, Tour, TourBooking


@shared_task
def flag_no_shows():
    flagged, entries = [], []
    for tour in Tour.objects.filter(starts_at__date=timezone.localdate()):
        if TourBooking.objects.filter(tour=tour, attended=False).exists():
            flagged.append(tour)
    for tour in flagged:
        entries.append(
            LogEntry(
                user_id=1,
                content_type=ContentType.objects.get_for_model(tour),
                object_id=str(tour.pk),
                object_repr=tour.title[:200],
                action_flag=CHANGE,
            )
        )
    LogEntry.objects.bulk_create(entries)
    Tour.objects.filter(pk__in=[tour.pk for tour in flagged]).update(flagged=True)


@shared_task
def mail_tomorrow():
    tomorrow = timezone.localdate() + timedelta(days=1)
    tours = Tour.objects.filter(starts_at__date=tomorrow).select_related("guide")
    recipients = [tour.guide.user.email for tour in tours]
    send_mail("Your tours tomorrow", "See the roster.", None, recipients)


class PayrollRun:
    def __init__(self, month):
        self.month = month

    @cached_property
    def rate(self):
        return HourlyRate.objects.filter(valid_from__lte=self.month).latest("valid_from").amount

    def slips(self):
        guides = Guide.objects.filter(tours__starts_at__month=self.month.month).annotate(worked=Sum("tours__hours"))
        for guide in guides:
            yield Payslip(guide=guide, amount=guide.worked * self.rate)


@shared_task
def payroll():
    Payslip.objects.bulk_create(PayrollRun(timezone.localdate()).slips(), batch_size=200)
