from django.http import JsonResponse

from library.models import Book


def report(request):
    rows = []
    for book in Book.objects.all():
        rows.append({"title": book.title, "author": book.author.name})
    return JsonResponse({"books": rows})
