from functools import wraps

from shipments.models import Shipment


def per_shipment(**filters):
    """Run the decorated function for every shipment matching the filters."""

    def decorate(func):
        @wraps(func)
        def wrapper(*args, **kwargs):
            results = []
            for shipment in Shipment.objects.filter(**filters).iterator(chunk_size=500):
                outcome = func(shipment, *args, **kwargs)
                if outcome is not None:
                    results.append(outcome)
            return results

        return wrapper

    return decorate
