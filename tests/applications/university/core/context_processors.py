from newsletters.models import Issue
from people.models import Department


def navigation(request):
    return {"nav_departments": Department.objects.order_by("name")}


def latest_issues(request):
    sent = Issue.objects.exclude(sent_at=None).order_by("-sent_at")
    return {"latest_issues": sent[:3]}
