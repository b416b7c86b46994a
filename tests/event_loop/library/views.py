from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.views import View

from .models import Shelf, Volume


async def gets(request):
    volume = Volume.objects.get(pk=1)
    return HttpResponse(volume.title)


async def counts(request):
    return HttpResponse(Volume.objects.filter(title="a").count())


async def loops(request):
    titles = []
    for volume in Volume.objects.all():
        titles.append(volume.title)
    return HttpResponse(titles)


async def comprehends(request):
    return HttpResponse([volume.title for volume in Volume.objects.exclude(title="b")])


async def lists(request):
    return HttpResponse(list(Shelf.objects.values_list("name", flat=True)))


async def creates(request):
    Shelf.objects.create(name="new")
    return HttpResponse()


async def saves(request):
    shelf = await Shelf.objects.aget(pk=1)
    shelf.save()
    return HttpResponse()


def find(key):
    return Volume.objects.filter(pk=key).first()


async def by_a_helper(request):
    return HttpResponse(find(1).title)


async def by_a_method(request):
    return HttpResponse(Volume.newest().title)


async def updates(request):
    return HttpResponse(Volume.objects.update(title="x"))


class Shelves(View):
    async def get(self, request):
        return HttpResponse(Shelf.objects.exists())


async def awaits_get(request):
    volume = await Volume.objects.aget(pk=1)
    return HttpResponse(volume.title)


async def awaits_count(request):
    return HttpResponse(await Volume.objects.filter(title="a").acount())


async def awaits_each(request):
    return HttpResponse([volume.title async for volume in Volume.objects.all()])


async def in_a_thread(request):
    return HttpResponse(await sync_to_async(find)(1))


async def in_a_thread_by_method(request):
    return HttpResponse(await sync_to_async(Volume.objects.get)(pk=1))


@sync_to_async
def wrapped():
    return list(Shelf.objects.all())


async def calls_what_is_wrapped(request):
    return HttpResponse(await wrapped())


async def asks_nothing(request):
    volumes = Volume.objects.filter(title="a").order_by("id")
    return HttpResponse(bool(volumes.query))


def is_no_coroutine(request):
    return HttpResponse(Volume.objects.get(pk=1).title)


class ShelvesAwaited(View):
    async def get(self, request):
        return HttpResponse(await Shelf.objects.aexists())


async def awaits_save(request):
    shelf = await Shelf.objects.aget(pk=1)
    await shelf.asave()
    return HttpResponse()
