SECRET_KEY = "measured"
ALLOWED_HOSTS = ["*"]
DEBUG = False
ROOT_URLCONF = "urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "bench",
        "USER": "bench",
        "PASSWORD": "bench",
        "HOST": "db",
        "PORT": 5432,
        "CONN_MAX_AGE": 60,
    }
}
