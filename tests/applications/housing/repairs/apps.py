from django.apps import AppConfig


class RepairsConfig(AppConfig):
    name = "repairs"

    def ready(self):
        from repairs import signals  # noqa: F401
