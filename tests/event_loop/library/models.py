from django.db import models


class Shelf(models.Model):
    name = models.CharField(max_length=80)

    class Meta:
        app_label = "library"


class Volume(models.Model):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE, related_name="volumes")
    title = models.CharField(max_length=80)

    class Meta:
        app_label = "library"

    @classmethod
    def newest(cls):
        return cls.objects.order_by("-id").first()
