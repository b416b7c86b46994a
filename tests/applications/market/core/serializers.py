from rest_framework import serializers


class DynamicFieldsSerializer(serializers.ModelSerializer):
    """`fields=` and `?fields=` narrow the output, `omit=` drops single fields."""

    def __init__(self, *args, **kwargs):
        wanted = kwargs.pop("fields", None)
        omit = set(kwargs.pop("omit", ()))
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if wanted is None and request is not None and "fields" in request.GET:
            wanted = request.GET["fields"].split(",")
        for name in list(self.fields):
            if name in omit or (wanted is not None and name not in wanted):
                self.fields.pop(name)

    @classmethod
    def setup_eager_loading(cls, queryset):
        return queryset


class MoneyField(serializers.DecimalField):
    def __init__(self, **kwargs):
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)
