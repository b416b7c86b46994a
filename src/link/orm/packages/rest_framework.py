# Django REST framework 3.16
### rest_framework/authtoken/models.py
from django.conf import settings
from django.db import models

class Token(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, related_name="auth_token")

    def save(self, *args, **kwargs):
        self.key = self.generate_key()
        return super().save(*args, **kwargs)
