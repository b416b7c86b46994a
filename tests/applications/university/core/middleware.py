from django.utils.functional import SimpleLazyObject

from courses.models import Term


def _current_term():
    return Term.objects.filter(is_current=True).first()


class CurrentTermMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.term = SimpleLazyObject(_current_term)
        return self.get_response(request)
