from django.urls import path

from . import views

urlpatterns = [
    path("gets", views.gets),
    path("counts", views.counts),
    path("loops", views.loops),
    path("comprehends", views.comprehends),
    path("lists", views.lists),
    path("creates", views.creates),
    path("saves", views.saves),
    path("by_a_helper", views.by_a_helper),
    path("by_a_method", views.by_a_method),
    path("updates", views.updates),
    path("Shelves", views.Shelves.as_view()),
    path("awaits_get", views.awaits_get),
    path("awaits_count", views.awaits_count),
    path("awaits_each", views.awaits_each),
    path("in_a_thread", views.in_a_thread),
    path("in_a_thread_by_method", views.in_a_thread_by_method),
    path("calls_what_is_wrapped", views.calls_what_is_wrapped),
    path("asks_nothing", views.asks_nothing),
    path("is_no_coroutine", views.is_no_coroutine),
    path("ShelvesAwaited", views.ShelvesAwaited.as_view()),
    path("awaits_save", views.awaits_save),
]
