from django.urls import path

from library.views import report

urlpatterns = [path("report", report)]
