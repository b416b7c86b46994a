from collections import Counter, deque

from core.reports import BaseReport
from courses.models import Course, Enrolment, Offering


class CoordinatorReport(BaseReport):
    header = ("code", "title", "coordinator")

    def get_queryset(self):
        return Course.objects.order_by("code")

    def row(self, obj):
        return [obj.code, obj.title, obj.coordinator.title]


class RoomUseReport(BaseReport):
    header = ("offering", "room", "building")

    def get_queryset(self):
        return Offering.objects.values_list("pk", "room__number", "room__building__name", named=True)

    def row(self, obj):
        return [obj.pk, obj.room__number, obj.room__building__name]


class TopicPopularity:
    def __init__(self, courses):
        self.queue = deque(courses)
        self.totals = Counter()

    def run(self):
        while self.queue:
            self._visit(self.queue.popleft())
        return self.totals

    def _visit(self, course):
        weight = self._weight(course)
        for topic in course.topics.all():
            self.totals[topic.name] += weight

    def _weight(self, course):
        return Enrolment.objects.filter(offering__course=course).count()
