from django.apps import AppConfig


class ExhibitionsConfig(AppConfig):
    name = "exhibitions"

    def ready(self):
        from . import signals  # noqa: F401
