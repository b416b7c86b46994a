SECRET_KEY = "uses"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "depot"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
