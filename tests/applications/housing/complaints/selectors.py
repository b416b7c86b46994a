from collections import defaultdict

from complaints.models import Complaint


def open_by_stage():
    grouped = defaultdict(list)
    for complaint in Complaint.objects.filter(closed_on__isnull=True).order_by("due_on"):
        grouped[complaint.stage].append(complaint)
    return grouped


def with_notes():
    return Complaint.objects.filter(closed_on__isnull=True).prefetch_related("notes")
