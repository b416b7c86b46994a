from itertools import islice


def chunked(iterable, size):
    iterator = iter(iterable)
    while chunk := list(islice(iterator, size)):
        yield chunk


def group_by(items, key):
    groups = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


class ModelLoader:
    """Loads what was announced with `prime` in one go and answers from memory."""

    def __init__(self, queryset, field="pk"):
        self.queryset = queryset
        self.field = field
        self._known = {}

    def prime(self, keys):
        missing = set(keys) - self._known.keys()
        if missing:
            for obj in self.queryset.filter(**{f"{self.field}__in": missing}):
                self._known[getattr(obj, self.field)] = obj
        return self

    def get(self, key):
        return self._known.get(key)
