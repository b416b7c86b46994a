from django.conf import settings
from django.db import models
from django.db.models import Sum
from django.urls import reverse

from core.managers import ActiveQuerySet


class Faculty(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("faculty", args=[self.slug])


class Department(models.Model):
    faculty = models.ForeignKey(Faculty, on_delete=models.PROTECT, related_name="departments")
    code = models.CharField(max_length=8)
    name = models.CharField(max_length=120)

    def __str__(self):
        return self.name


class Lecturer(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lecturer")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="lecturers")
    title = models.CharField(max_length=40)
    hired_on = models.DateField()
    is_active = models.BooleanField(default=True)

    objects = ActiveQuerySet.as_manager()

    def __str__(self):
        return f"{self.title} #{self.pk}"


class StaffProfile(models.Model):
    lecturer = models.OneToOneField(Lecturer, on_delete=models.CASCADE, related_name="profile")
    homepage = models.URLField(blank=True)
    office_hours = models.CharField(max_length=80, blank=True)


class Student(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="student")
    programme = models.ForeignKey("courses.Programme", on_delete=models.PROTECT, related_name="students")
    tutor = models.ForeignKey(Lecturer, null=True, on_delete=models.SET_NULL, related_name="tutees")
    matriculation_no = models.CharField(max_length=12, unique=True)
    enrolled_on = models.DateField()
    stalled = models.BooleanField(default=False)
    may_borrow = models.BooleanField(default=True)

    def __str__(self):
        return self.matriculation_no

    @property
    def current_credits(self):
        passed = self.enrolments.filter(status="passed")
        return passed.aggregate(total=Sum("offering__course__credits"))["total"] or 0


class ContactCard(models.Model):
    student = models.OneToOneField(Student, on_delete=models.CASCADE, related_name="contact")
    phone = models.CharField(max_length=30, blank=True)
    city = models.CharField(max_length=60, blank=True)
