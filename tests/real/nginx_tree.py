"""Prints the directives of an nginx configuration as crossplane, nginx's own parser in Python, reads them: file by file
in the order of the includes, each with its line and arguments, and each included file's directives in its place.
"""
import json
import sys

import crossplane

payload = crossplane.parse(sys.argv[1], catch_errors=False)
files = [config["file"] for config in payload["config"]]


def flat(items):
    for item in items:
        yield {"line": item["line"], "name": item["directive"], "args": item["args"]}
        yield from flat(item.get("block", []))


def blocks(at, items):
    for item in items:
        if item["directive"] in ("server", "location", "upstream") and "block" in item:
            yield [files[at], item["line"], item["directive"]]
        yield from blocks(at, item.get("block", []))
        for other in item.get("includes", []):
            yield from blocks(other, payload["config"][other]["parsed"])


print(json.dumps({
    "files": {config["file"]: list(flat(config["parsed"])) for config in payload["config"]},
    "blocks": list(blocks(0, payload["config"][0]["parsed"])),
}))
