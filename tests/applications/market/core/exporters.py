import csv
import io


class BaseExporter:
    model = None
    header = ()
    select_related = ()
    prefetch_related = ()
    registry = {}

    def __init_subclass__(cls, kind=None, **kwargs):
        super().__init_subclass__(**kwargs)
        if kind:
            BaseExporter.registry[kind] = cls

    def __init__(self, **filters):
        self.filters = filters

    def get_queryset(self):
        queryset = self.model._default_manager.filter(**self.filters)
        if self.select_related:
            queryset = queryset.select_related(*self.select_related)
        if self.prefetch_related:
            queryset = queryset.prefetch_related(*self.prefetch_related)
        return queryset

    def row(self, obj):
        raise NotImplementedError

    def rows(self):
        for obj in self.get_queryset().order_by("pk"):
            yield self.row(obj)

    def to_csv(self):
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(self.header)
        writer.writerows(self.rows())
        return stream.getvalue()
