import csv
from functools import wraps
from io import StringIO


class BaseReport:
    header = ()

    def get_queryset(self):
        raise NotImplementedError

    def row(self, obj):
        raise NotImplementedError

    def rows(self):
        for obj in self.get_queryset():
            yield self.row(obj)

    def as_csv(self):
        buffer = StringIO()
        writer = csv.writer(buffer)
        writer.writerow(self.header)
        writer.writerows(self.rows())
        return buffer.getvalue()


def for_each(fn):
    @wraps(fn)
    def run(queryset, **options):
        done = 0
        for obj in queryset:
            fn(obj, **options)
            done += 1
        return done

    return run
