from django.conf import settings
from django.db import models


class Building(models.Model):
    name = models.CharField(max_length=80)
    campus = models.CharField(max_length=40)

    def __str__(self):
        return self.name


class Room(models.Model):
    building = models.ForeignKey(Building, on_delete=models.CASCADE, related_name="rooms")
    number = models.CharField(max_length=10)
    seats = models.PositiveSmallIntegerField()

    def __str__(self):
        return self.number


class Booking(models.Model):
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="bookings")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookings")
    start = models.DateTimeField()
    end = models.DateTimeField()
    purpose = models.CharField(max_length=120, blank=True)
