from django.db import models

from core.models import ListQuerySet, TimeStamped
from exhibitions.models import Exhibition


class TicketType(models.Model):
    name = models.CharField(max_length=40)
    exhibition = models.ForeignKey(Exhibition, models.CASCADE, related_name="ticket_types")
    price = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        unique_together = [("name", "exhibition")]

    def __str__(self):
        return self.name


class TimeSlot(models.Model):
    exhibition = models.ForeignKey(Exhibition, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    capacity = models.PositiveIntegerField(default=40)

    def __str__(self):
        return f"{self.starts_at:%d.%m.%Y %H:%M}"

    @property
    def remaining(self):
        sold = getattr(self, "sold_total", None)
        if sold is None:
            sold = self.tickets.count()
        return max(self.capacity - sold, 0)


class Order(TimeStamped):
    LIST_RELATED = ("member__level",)

    number = models.CharField(max_length=20, unique=True)
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="orders")
    status = models.CharField(max_length=20, default="open")
    paid_at = models.DateTimeField(null=True, blank=True)

    objects = ListQuerySet.as_manager()

    def __str__(self):
        return self.number


class TicketManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("refund")


class Ticket(TimeStamped):
    order = models.ForeignKey(Order, models.CASCADE, related_name="tickets")
    slot = models.ForeignKey(TimeSlot, models.PROTECT, related_name="tickets")
    ticket_type = models.ForeignKey(TicketType, models.PROTECT, related_name="+")
    code = models.CharField(max_length=32, unique=True)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    scanned_at = models.DateTimeField(null=True, blank=True)

    objects = TicketManager()

    @property
    def is_refunded(self):
        return hasattr(self, "refund")


class Refund(TimeStamped):
    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="refund")
    amount = models.DecimalField(max_digits=8, decimal_places=2)
