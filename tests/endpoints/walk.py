"""The routes that a framework itself has, of each folder that it is given: `walk.py django|fastapi FOLDER...`.

Each line is a JSON object: the folder, and its routes as pairs of a method and a path with its parameters in braces. The
method is `*` where the framework asks the view for any.
"""

import importlib
import json
import os
import re
import subprocess
import sys

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def django():
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
    django.setup()
    from django.contrib.admindocs.views import simplify_regex
    from django.test import RequestFactory
    from django.urls import URLResolver, get_resolver
    from django.urls.resolvers import LocalePrefixPattern, RegexPattern
    from django.views.generic import RedirectView
    from django.views.generic.edit import ProcessFormView

    def written(pattern):
        """A part of a path with its parameters in braces, whichever way it is written."""
        if isinstance(pattern, LocalePrefixPattern):
            return "{language}/"
        if isinstance(pattern, RegexPattern):
            text = simplify_regex(pattern.regex.pattern).lstrip("/").replace("\\", "")
        else:
            text = re.sub(r"<[a-z_]+:(\w+)>", r"<\1>", str(pattern))
        return text.replace("<", "{").replace(">", "}")

    def methods(view):
        of_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
        if actions := getattr(view, "actions", None):
            return [it.upper() for it in actions if it in of_class.http_method_names]
        if of_class:
            # A form takes PUT for POST, and a redirection anything for GET: other names of one thing.
            same = {id(ProcessFormView.put), *(id(getattr(RedirectView, it)) for it in ("post", "put", "patch", "delete"))}
            own = [it for it in of_class.http_method_names if hasattr(of_class, it)]
            return [it.upper() for it in own if id(getattr(of_class, it)) not in same]
        asked = []
        for method in METHODS:
            try:
                refused = view(RequestFactory().generic(method, "/")).status_code == 405
            except Exception:
                refused = False
            if not refused:
                asked.append(method)
        return ["*"] if asked == METHODS else asked

    def walk(patterns, before):
        for pattern in patterns:
            path = before + written(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, path)
            elif "format" not in re.findall(r"{(\w+)}", path):
                # The same endpoint with a suffix for its format is no other.
                for method in methods(pattern.callback):
                    yield method, "/" + path

    return walk(get_resolver().url_patterns, "")


def fastapi(name):
    from starlette.routing import Mount, Route, WebSocketRoute

    module, attribute = name.split(":")
    app = getattr(importlib.import_module(module), attribute)
    if not hasattr(app, "routes"):
        app = app()

    def walk(routes, before):
        for route in routes:
            path = before + re.sub(r"{(\w+):\w+}", r"{\1}", getattr(route, "path", ""))
            if isinstance(route, Mount):
                yield from walk(getattr(route.app, "routes", None) or [], path)
            elif isinstance(route, WebSocketRoute):
                yield "WEBSOCKET", path
            elif isinstance(route, Route):
                # What FastAPI brings along: its documentation.
                if route.endpoint.__module__.startswith("fastapi."):
                    continue
                own = route.methods or [it for it in METHODS if hasattr(route.endpoint, it.lower())]
                for method in own:
                    yield method, path or "/"

    return walk(app.routes, "")


def routes(kind, folder):
    sys.path.insert(0, folder)
    os.chdir(folder)
    if kind == "django":
        return django()
    with open("Dockerfile") as file:
        return fastapi(re.search(r'"(\w[\w.]*:\w+)"', file.read())[1])


def main():
    kind, *folders = sys.argv[1:]
    if len(folders) == 1:
        found = {it for it in routes(kind, folders[0]) if it[0] not in ("HEAD", "OPTIONS", "TRACE")}
        print(json.dumps({"folder": folders[0], "routes": sorted(found)}))
        return
    # A project of Django is set up once in a process.
    for folder in folders:
        subprocess.run([sys.executable, __file__, kind, folder], check=True)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
