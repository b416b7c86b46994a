from django.db import models


class Exam(models.Model):
    offering = models.ForeignKey("courses.Offering", on_delete=models.CASCADE, related_name="exams")
    room = models.ForeignKey("rooms.Room", on_delete=models.PROTECT, related_name="exams")
    examiner = models.ForeignKey("people.Lecturer", on_delete=models.PROTECT, related_name="exams")
    date = models.DateField()
    published = models.BooleanField(default=False)

    def __str__(self):
        return f"Exam {self.pk} ({self.date})"


class Registration(models.Model):
    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="registrations")
    student = models.ForeignKey("people.Student", on_delete=models.CASCADE, related_name="exam_registrations")
    attended = models.BooleanField(default=False)

    def __str__(self):
        return f"Registration {self.pk}"


class Grade(models.Model):
    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="grade")
    points = models.DecimalField(max_digits=5, decimal_places=2)
    passed = models.BooleanField(default=False)


class Appeal(models.Model):
    grade = models.ForeignKey(Grade, on_delete=models.CASCADE, related_name="appeals")
    text = models.TextField()
    state = models.CharField(max_length=10, default="open")
    deadline = models.DateField()
