import csv
from functools import wraps

from django.http import HttpResponse


def as_csv(filename, **columns):
    def decorate(view):
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            response = HttpResponse(content_type="text/csv")
            response["Content-Disposition"] = f'attachment; filename="{filename}"'
            writer = csv.writer(response)
            writer.writerow(columns)
            for obj in view(request, *args, **kwargs):
                writer.writerow([value(obj) for value in columns.values()])
            return response

        return wrapper

    return decorate
