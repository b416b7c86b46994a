"""Every scalar of YAML files as PyYAML marks it: where it starts and ends, in bytes, and what stands about it."""

import json
import sys

import yaml


def scalars(node, offset, seen, is_key=False):
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield [offset(node.start_mark.index), offset(node.end_mark.index), node.style or "", is_key, node.value]
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scalars(item, offset, seen)
    else:
        for key, value in node.value:
            # A list as a key is one text to plimsoll.
            if isinstance(key, yaml.ScalarNode):
                yield from scalars(key, offset, seen, True)
            yield from scalars(value, offset, seen)


def marks(path):
    with open(path, "rb") as file:
        data = file.read()
    text = data.decode("utf-8")
    # PyYAML counts a byte order mark as no character.
    skip = 1 if text.startswith("\ufeff") else 0
    bytes_before = [0]
    for character in text:
        bytes_before.append(bytes_before[-1] + len(character.encode("utf-8")))
    try:
        nodes = [node for node in yaml.compose_all(text[skip:], Loader=yaml.SafeLoader) if node is not None]
    except (yaml.YAMLError, RecursionError):
        return None
    seen = set()
    return [it for node in nodes for it in scalars(node, lambda index: bytes_before[index + skip], seen)]


print(json.dumps({path: marks(path) for path in sys.argv[1:]}))
