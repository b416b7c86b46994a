from django.db import models
from django.urls import reverse

from core.managers import EnrolmentQuerySet


class Programme(models.Model):
    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="programmes")
    title = models.CharField(max_length=120)
    degree = models.CharField(max_length=8)

    def __str__(self):
        return self.title


class Topic(models.Model):
    name = models.CharField(max_length=60)

    def __str__(self):
        return self.name


class Course(models.Model):
    department = models.ForeignKey("people.Department", on_delete=models.PROTECT, related_name="courses")
    coordinator = models.ForeignKey("people.Lecturer", on_delete=models.PROTECT, related_name="coordinated")
    code = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=160)
    credits = models.PositiveSmallIntegerField(default=6)
    topics = models.ManyToManyField(Topic, related_name="courses", blank=True)
    prerequisites = models.ManyToManyField("self", symmetrical=False, blank=True)

    def __str__(self):
        return self.title


class Term(models.Model):
    name = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_current = models.BooleanField(default=False)

    def __str__(self):
        return self.name


class Offering(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="offerings")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="offerings")
    room = models.ForeignKey("rooms.Room", null=True, on_delete=models.SET_NULL, related_name="offerings")
    lecturers = models.ManyToManyField("people.Lecturer", related_name="offerings")
    capacity = models.PositiveSmallIntegerField(default=40)
    is_public = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"Offering {self.pk}"

    def get_absolute_url(self):
        return reverse("offering", args=[self.course.code, self.pk])

    def free_seats(self):
        taken = self.enrolments.filter(status=Enrolment.ACTIVE).count()
        return max(self.capacity - taken, 0)


class Enrolment(models.Model):
    ACTIVE = "active"
    PASSED = "passed"
    DROPPED = "dropped"

    student = models.ForeignKey("people.Student", on_delete=models.CASCADE, related_name="enrolments")
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="enrolments")
    status = models.CharField(max_length=10, default=ACTIVE)
    enrolled_at = models.DateTimeField(auto_now_add=True)

    objects = EnrolmentQuerySet.as_manager()


class WaitlistEntry(models.Model):
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="waitlist")
    student = models.ForeignKey("people.Student", on_delete=models.CASCADE, related_name="waiting")
    confirmed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)


class Material(models.Model):
    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="materials")
    uploaded_by = models.ForeignKey("people.Lecturer", on_delete=models.PROTECT, related_name="uploads")
    title = models.CharField(max_length=120)
    file = models.FileField(upload_to="materials/")
