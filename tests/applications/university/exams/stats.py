from collections import Counter
from functools import cached_property
from itertools import groupby

import pandas as pd
from django.db.models import Avg

from exams.models import Exam, Grade, Registration
from rooms.models import Room


def mean_points(term_id):
    means = {}
    for exam in Exam.objects.filter(offering__term_id=term_id):
        result = exam.registrations.filter(attended=True).aggregate(mean=Avg("grade__points"))
        means[exam.pk] = result["mean"]
    return means


def grade_spread(exam):
    points = [entry.grade.points for entry in exam.registrations.filter(grade__isnull=False)]
    if not points:
        return None
    return max(points) - min(points)


def exams_by_building(term_id):
    exams = Exam.objects.filter(offering__term_id=term_id).order_by("room__building_id", "date")
    grouped = groupby(exams, key=lambda exam: exam.room.building_id)
    return {building: sum(1 for _ in group) for building, group in grouped}


def sittings_per_student(term_id):
    sittings = Counter()
    for entry in Registration.objects.filter(exam__offering__term_id=term_id):
        sittings[entry.student_id] += 1
    return sittings.most_common(10)


def marked_papers(term_id):
    grades = Grade.objects.filter(registration__exam__offering__term_id=term_id)
    frame = pd.DataFrame(list(grades.values("registration__exam_id", "points")), columns=["registration__exam_id", "points"])
    papers = {}
    for exam_id, group in frame.groupby("registration__exam_id"):
        papers[exam_id] = int(group.filter(items=["points"]).count().iloc[0])
    return papers


class ExamPlan:
    def __init__(self, exams):
        self.exams = exams

    @cached_property
    def rooms(self):
        return {room.pk: room for room in Room.objects.select_related("building")}

    def label(self, exam):
        return f"{self.rooms[exam.room_id].building.name} / {exam.date}"

    def lines(self):
        for exam in self.exams:
            yield self.label(exam)
