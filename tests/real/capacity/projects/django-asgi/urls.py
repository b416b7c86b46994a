from django.db import connection
from django.http import JsonResponse
from django.urls import path


def report(request):
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.2)")
    return JsonResponse({"ok": True})


urlpatterns = [path("report", report)]
