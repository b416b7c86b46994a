from datetime import date, timedelta


def attr_path(obj, path, default=""):
    for part in path.split("."):
        obj = getattr(obj, part, None)
        if obj is None:
            return default
    return obj


def month_bounds(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following - timedelta(days=1)


def parse_day(value, fallback=None):
    if not value:
        return fallback
    return date.fromisoformat(value)
