"""Prints what the settings of a sample repository really come to, in the environment that its compose file sets.

Called with the folder, the folder of the code in it, and the module whose names are wanted; for Django the module is
the one that the environment names. Names in capitals are printed as JSON, engines by the sizes of their pools.
"""
import importlib
import json
import os
import pathlib
import re
import sys

import yaml

folder, below, module = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
compose = yaml.safe_load((folder / "docker-compose.yml").read_text())
given = compose["services"]["web"].get("environment", {})
# What compose puts in for `${NAME:-default}` where nobody sets `NAME`.
variables = {name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value)) for name, value in given.items()}
for name in list(os.environ):
    if name not in ("PATH", "HOME"):
        del os.environ[name]
os.environ.update(variables)
sys.path.insert(0, str(folder / below))
sys.dont_write_bytecode = True
os.chdir(folder)


def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (str, pathlib.PurePath)):
        return str(value)
    return "<object>"


def pool(engine):
    inner = getattr(engine, "sync_engine", engine).pool
    return {"class": type(inner).__name__, "size": getattr(inner, "size", lambda: None)(),
            "max_overflow": getattr(inner, "_max_overflow", None), "url": str(engine.url)}


names, pools = {}, {}
if module == "django":
    if "DJANGO_CONFIGURATION" in os.environ:
        import configurations

        configurations.setup()
    from django.conf import settings

    found = settings._wrapped if settings.configured else (settings.DEBUG, settings._wrapped)[1]
    asked = [name for name in dir(found) if name.isupper() and found.is_overridden(name)]
    names = {name: plain(getattr(found, name)) for name in asked}
else:
    imported = importlib.import_module(module)
    names = {name: plain(value) for name, value in vars(imported).items() if name.isupper()}
    from sqlalchemy.engine import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    pools = {name: pool(it) for name, it in vars(imported).items() if isinstance(it, (Engine, AsyncEngine))}
    flask = vars(imported).get("db")
    if type(flask).__name__ == "SQLAlchemy":
        with imported.app.app_context():
            engines = {"db" if key is None else f"db[{key}]": it for key, it in flask.engines.items()}
            pools.update({name: pool(it) for name, it in engines.items()})
print(json.dumps({"environment": variables, "names": names, "pools": pools, "folder": str(folder)}))
