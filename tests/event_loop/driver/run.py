"""Runs every case in the folder that it is started in, and says of each what it did to the event loop, or how it failed.

A case is a handler with all that stands between it and the one before. It holds the loop up when a clock that ticks in the
same loop stands still for most of the time that things take here; that is tried again, for a busy machine may do so too.
"""

import asyncio
import inspect
import json
import logging
import os
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.getcwd())
logging.disable(logging.CRITICAL)
NAP = 0.06
TRIES = 3


class Slow(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(NAP)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"42")

    do_POST = do_GET

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
folder = tempfile.mkdtemp()
os.environ["SHOP_URL"] = f"http://127.0.0.1:{server.server_port}"
os.environ["SHOP_DB"] = os.path.join(folder, "shop.db")
os.environ["NO_PROXY"] = "127.0.0.1"
for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
    os.environ.pop(name, None)

import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(folder, "library.db")}},
    INSTALLED_APPS=["library"],
    ROOT_URLCONF="library.urls",
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=[],
)
django.setup()

import httpx
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import connection
from django.test import AsyncRequestFactory
from django.urls import resolve
from fastapi import FastAPI
from library import models, urls, views
from sqlalchemy import event
from shop import blocking, implicit, sessions, shared, store

app = FastAPI()
MODULES = [blocking, implicit, sessions, shared]
for module in MODULES:
    app.include_router(module.router)


def fill():
    store.Base.metadata.drop_all(store.engine)
    store.Base.metadata.create_all(store.engine)
    with store.SessionLocal.begin() as db:
        db.add(store.Book(id=1, title="first", pages=[store.Page(), store.Page()], notes=[store.Note()]))
        db.add(store.Book(id=2, title="second", pages=[store.Page()]))
    with connection.schema_editor() as editor:
        for model in (models.Shelf, models.Volume):
            editor.create_model(model)
    shelf = models.Shelf.objects.create(name="top")
    models.Volume.objects.create(shelf=shelf, title="a")
    connection.close()


async def watched(call):
    """What a call gives, and the longest time that a clock in the loop stood still meanwhile."""
    longest, done = 0.0, False

    async def ticks():
        nonlocal longest
        before = time.perf_counter()
        while not done:
            await asyncio.sleep(0.002)
            now = time.perf_counter()
            longest = max(longest, now - before)
            before = now

    clock = asyncio.create_task(ticks())
    await asyncio.sleep(0.005)
    longest = 0.0
    try:
        given, failed = str(await call()), None
    except Exception as error:
        # FastAPI reads a row where it checks what it answers with.
        greenlet = "MissingGreenlet" in f"{type(error).__name__} {error}"
        given, failed = "", "MissingGreenlet" if greenlet else type(error).__name__
    # The clock must come by once more to see what stood still at the end.
    await asyncio.sleep(0.005)
    done = True
    await clock
    return given, failed, longest


# SQLite answers one statement behind the other; drivers of servers refuse the second. So it is counted here.
running, overlaps = set(), []


@event.listens_for(store.async_engine.sync_engine, "before_cursor_execute")
def begins(connection, *_):
    key = id(connection)
    if key in running:
        overlaps.append(key)
    running.add(key)


@event.listens_for(store.async_engine.sync_engine, "after_cursor_execute")
def ends(connection, *_):
    running.discard(id(connection))


async def ran(call):
    await call_quietly(call)
    longest = float("inf")
    running.clear()
    overlaps.clear()
    for _ in range(TRIES):
        given, failed, stood = await watched(call)
        longest = min(longest, stood)
        if failed or longest < NAP / 2:
            break
    return {"output": given, "error": failed, "overlaps": bool(overlaps), "blocks": longest > NAP / 2}


async def call_quietly(call):
    """Once beforehand, so that pools and threads are there."""
    try:
        await call()
    except Exception:
        pass


async def cases():
    found = []
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        for route in app.routes:
            if getattr(route, "endpoint", None) and route.endpoint.__module__.startswith("shop."):
                async def call(path=route.path):
                    answer = await client.get(path)
                    answer.raise_for_status()
                    return answer.text

                found.append((route.endpoint, await ran(call)))
    factory = AsyncRequestFactory()
    for pattern in urls.urlpatterns:
        path = "/" + str(pattern.pattern)

        async def call(path=path):
            view, args, kwargs = resolve(path)
            if not iscoroutinefunction(view):
                return (await sync_to_async(view)(factory.get(path))).content
            return (await view(factory.get(path))).content

        view = resolve(path).func
        found.append((getattr(view, "view_class", view), await ran(call)))
    return found


def main():
    fill()
    out = []
    for handler, said in asyncio.run(cases()):
        source, start = inspect.getsourcelines(handler)
        path = os.path.relpath(inspect.getsourcefile(handler), os.getcwd())
        out.append({"path": path, "name": handler.__name__, "end": start + len(source) - 1, **said})
    out.sort(key=lambda it: (it["path"], it["end"]))
    before = {}
    for case in out:
        case["start"] = before.get(case["path"], 0) + 1
        before[case["path"]] = case["end"]
    print(json.dumps(out))


main()
sys.stdout.flush()
os._exit(0)
