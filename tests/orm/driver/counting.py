"""What a case is, and what runs it: queries are counted with 1, 2 and 20 rows of each table."""

import importlib
import inspect
import json
import os
import sys
import traceback
import warnings

ROWS = (1, 2, 20)
CASES = []


def case(function):
    """Marks what is run and counted. It and all that stands between it and the case before are the case."""
    CASES.append(function)
    return function


def load(package):
    """Imports the modules of cases, in the order of their names."""
    folder = os.path.join(*package.split("."))
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py") and name != "__init__.py":
            importlib.import_module(f"{package}.{name[:-3]}")


def places():
    """The file and the lines of each case."""
    last, found = {}, {}
    for function in CASES:
        path = os.path.relpath(inspect.getsourcefile(function)).replace(os.sep, "/")
        lines, start = inspect.getsourcelines(function)
        end = start + len(lines) - 1
        found[function] = (path, last.get(path, 0) + 1, end)
        last[path] = end
    return found


def run(populate, counted):
    """Prints what each case does: its place, its count of queries and its output for each number of rows."""
    warnings.simplefilter("ignore")
    out = {}
    for function, (path, start, end) in places().items():
        kind = os.path.basename(path)[:-3]
        out[function] = {"kind": kind, "name": function.__name__, "path": path, "start": start, "end": end}
        out[function].update(counts=[], outputs=[], error=None, first=[])
    for rows in ROWS:
        populate(rows)
        for function, it in out.items():
            try:
                output, statements = counted(function)
                it["outputs"].append(str(output))
                it["counts"].append(len(statements))
            except Exception:
                it["error"] = traceback.format_exc()
    json.dump(list(out.values()), sys.stdout)
