#!/usr/bin/env python3
"""Scores `plimsoll facts` against facts.tsv: right, unknown, wrong. See README.md."""

import argparse
import collections
import csv
import json
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).parent

# What a labelled fact is called in the vocabulary: the kinds that may hold it, and the field.
FIELDS = {
    "program": [("process", "program")],
    "mode": [("process", "mode")],
    "processes": [("process", "processes"), ("nginx", "worker_processes")],
    "concurrency": [("process", "processes"), ("process", "slots"), ("process", "limit_concurrency")],
    "threads": [("process", "threads"), ("process", "slots")],
    "settings_module": [("settings", "module")],
    "app_module": [("process", "application")],
    "image": [("service", "image")],
    "memory_limit": [("service", "memory")],
    "pool_size": [("pool", "size")],
    "max_overflow": [("pool", "max_overflow")],
    "pool_max": [("pool", "max"), ("django_database", "pool_max")],
    "pool_recycle": [("pool", "recycle")],
    "pool_timeout": [("pool", "timeout")],
    "rate_limit": [("limit_use", "rate")],
    "backpressure": [("process", "worker_connections")],
    "connections_per_process": [("client", "connections")],
    "timeout_keep_alive": [("process", "keepalive")],
    "max_connections": [("database", "max_connections"), ("redis", "maxclients"), ("redis_client", "max_connections")],
    "task_time_limit": [("task_queue", "time_limit")],
    "max_tasks_per_child": [("task_queue", "max_tasks_per_child")],
    "celery_task_always_eager": [("settings", "celery_eager")],
    "keepalive": [("process", "keepalive"), ("host", "client_keepalive"), ("upstream", "keepalive")],
    "upstream": [("upstream_server", "name")],
    "version": [("package", "version"), ("process", "version"), ("database", "version"), ("service", "image")],
}
# Facts whose names several kinds have, where the label says which is meant.
OF_KIND = {(kind, fact): [(kind, fact)] for kind in ("process", "service") for fact in ("timeout", "keepalive", "port", "memory", "cpus", "replicas")}
OF_KIND["service", "port"] = [("service", "host_port"), ("service", "port")]
# An endpoint is that of what the label speaks of: a broker is no database.
ENDPOINTS = {
    "client": ("django_database", "pool", "client", "pooler"),
    "pool": ("django_database", "pool"),
    "cache": ("cache", "redis_client"),
    "broker": ("task_queue", "redis_client", "channel_layer"),
    "pooler": ("pooler",),
}
IDLE = {"development", "test", "example", "unused"}
PROGRAMS = {"pulpcore-worker": ("pulpcore worker",), "celery": ("celery worker", "celery beat"), "django runserver": ("runserver",)}


def parts(text):
    """The words of a deployment's name that can be paths."""
    return [it for it in re.split(r"[\s,+()]+", text) if "/" in it or "." in it or it[:1].isupper()]


class Facts:
    def __init__(self, data):
        self.stacks = data["stacks"]
        self.aside = {row["name"] for row in data.get("aside", [])}

    def judges(self, paths):
        """Whether a stack is that of one of these files, or of a file in one of these folders."""
        names = [name for stack in self.stacks for name in stack["name"].split(" + ")]
        return any(name == path or path.endswith("/") and name.startswith(path) for name in names for path in paths)

    def of(self, deployment):
        """The stacks that a labelled deployment means; all where it names none."""
        if deployment == "-":
            return self.stacks
        wanted = parts(deployment) or [deployment]
        named = [it for it in self.stacks if any(path in it["name"].split(" + ") for path in wanted)]
        found = named or [it for it in self.stacks if any(path in json.dumps(it["entities"]) for path in wanted)]
        # Where a deployment starts nothing that is known, its packages and settings stand with the code.
        known = any(entity["kind"] == "process" for it in found for entity in it["entities"])
        return found if known else found + [it for it in self.stacks if it["name"] == "code" and it not in found]

    def is_aside(self, deployment, idle):
        """Whether a deployment is not judged: plimsoll names it so, or says nothing of it and a label calls it idle."""
        paths = parts(deployment)
        if any(path in name for path in paths for name in self.aside):
            return True
        called = any(path == it or it.endswith("/") and path.startswith(it) for path in paths for it in idle)
        return called and not self.judges(paths)


def belongs(entity, service, deployment):
    # What a label calls by a stage is the one service that an image is.
    if service in ("-", "") or re.search(r"Dockerfile(\.\w+)?$", deployment):
        return True
    # What no service runs, as the nginx of a host, is called by its file.
    if not entity.get("owner") and service == "nginx" and entity["anchor"].split("#")[0] == deployment:
        return True
    names = {service, *re.split(r"[:\s]", service)}
    owner = entity.get("owner") or entity["name"]
    return owner in names or entity["name"] in names


def norm(value):
    text = str(value).strip().strip("`").lower()
    text = re.sub(r"\.0$", "", text)
    return text.replace(" ", "_")


def agrees(fact, label, state):
    """Whether a known state says what the label says."""
    have, want = norm(state.get("value", state["text"])), norm(label)
    if have == want or (fact, have, want) in (("mode", "single", "celery_beat"), ("mode", "single", "rq")):
        return True
    if fact == "program":
        return have in {norm(it) for it in PROGRAMS.get(label, ())} or have.startswith(want) or want.startswith(have)
    if fact == "version":
        want = re.sub(r"^[a-z][a-z0-9_.\[\]-]*?(?=[=<>~^]|_[0-9])", "", want).lstrip("=_")
        return have.lstrip("=") == want or have.endswith(":" + want)
    if fact == "rate_limit":
        # In requests a second, as nginx writes it.
        return have == want.removesuffix("r/s")
    if fact == "endpoint":
        strip = lambda it: re.sub(r"^[a-z0-9+]+://", "", it).rstrip("/")
        return strip(have) == strip(want)
    if fact == "settings_module":
        return have.removesuffix(".py").replace("/", ".").endswith(want)
    try:
        return abs(float(have) - float(want)) < 1e-6
    except ValueError:
        return {have, want} <= {"true", "on", "yes"} or {have, want} <= {"false", "off", "no"}


def idle_of(labels):
    """The files and folders that a repository's labels call development, test or the like."""
    idle = [row for row in labels if row["fact"] == "role" and row["value"] in IDLE or (row["fact"], row["value"]) == ("mode", "dev server")]
    return {path for row in idle for path in parts(row["deployment"]) + parts(row["service"])}


def judge(row, facts, idle):
    """`right`, `unknown`, `wrong`, `idle` (not judged, and rightly so), and what plimsoll says."""
    fact, label = row["fact"], row["value"]
    if fact == "role" and row["entity"] == "file":
        judged = facts.judges(parts(row["service"]) or parts(row["path"]) + parts(row["deployment"]))
        return ("wrong" if judged == (label in IDLE) else "right"), ("judged" if judged else "not judged")
    if facts.is_aside(row["deployment"], idle):
        return "idle", "not judged"
    fields = OF_KIND.get((row["entity"], fact)) or FIELDS.get(fact, [(None, fact)])
    if (fact, label) == ("mode", "dev server"):
        fields, label = [("process", "dev_server")], "true"
    if fact == "endpoint":
        fields = [(kind, "endpoint") for kind in ENDPOINTS.get(row["entity"], ("django_database", "pool", "client"))]
    if row["entity"] == "package":
        # `Django 5.2`, `django==5.2`; a bare version has the package's name first in its note.
        name = re.split(r"[=<>~^!\[ ]", label)[0]
        if not name or name[0].isdigit() or name in ("unknown", "none"):
            name = re.split(r"[;,( ]", row["note"])[0]
        fields = [("package", "version"), ("process", "version")]
    elif (row["entity"], fact) == ("pooler", "program"):
        # A pooler is PgBouncer: no other is known.
        found = any(entity["kind"] == "pooler" for stack in facts.of(row["deployment"]) for entity in stack["entities"])
        return ("right" if found and label == "pgbouncer" else "unknown"), "pgbouncer" if found else "nothing"
    elif (row["entity"], fact) == ("pooler", "version"):
        # The image that a pooler is built from is not its version.
        fields = [("pooler", "version")]
    elif (row["entity"], fact) == ("cache", "pool_max"):
        fields = [("redis_client", "max_connections")]
    elif row["entity"] == "database":
        fields = [(kind, name) for kind, name in fields if kind not in ("package", "process")]
    states, open_states = [], []
    for stack in facts.of(row["deployment"]):
        # A Dockerfile's one service is called by its folder, and by its stage in the labels.
        services = [entity for entity in stack["entities"] if entity["kind"] == "service"]
        alone = row["deployment"] != "-" and len(services) == 1 and "dockerfile" in stack["name"].rsplit("/")[-1].lower()
        for entity in stack["entities"]:
            if row["entity"] == "package":
                program = {norm(it["value"]).split("_")[0] for field in entity["fields"] if field["name"] == "program" for it in field["states"] if "value" in it}
                own = re.split(r"[ @]", entity["name"])[0] if entity["kind"] == "package" else None
                if own != name.lower() and name.lower() not in program:
                    continue
            elif not alone and not belongs(entity, row["service"], row["deployment"]):
                continue
            # A label of a cache is that of Django's `CACHES` where there are any.
            is_other = entity["kind"] == "redis_client" and not entity["name"].startswith("CACHES")
            if row["entity"] == "cache" and is_other and any(it["kind"] == "cache" for it in stack["entities"]):
                continue
            # Nor is a client of those caches one of a broker.
            if row["entity"] == "broker" and entity["kind"] == "redis_client" and not is_other:
                continue
            if any(kind == entity["kind"] for kind, _ in fields) and all(entity["kind"] != kind or name_ not in [*(it["name"] for it in entity["fields"]), "name"] for kind, name_ in fields):
                open_states.append([])
            own_name = {"name": "name", "states": [{"text": entity["name"], "origin": "written"}]}
            for field in [*entity["fields"], own_name]:
                if any(kind in (None, entity["kind"]) and field["name"] == name_ for kind, name_ in fields):
                    is_open = all(it["origin"] == "unknown" or it.get("value") == "other" for it in field["states"])
                    (open_states if is_open else states).append(field["states"])
    says = " / ".join(sorted({str(it.get("value", it["text"])) for found in states + open_states for it in found})) or "nothing"
    if label.startswith("unknown") or label.endswith((" unknown", " unpinned")) or "cpu_count" in norm(label):
        return ("wrong" if states and not open_states else "right"), says
    if label == "none":
        limits = [it for found in states for it in found if "unbounded" not in (it["origin"], it["text"], it.get("value"))]
        return ("right" if not limits else "wrong"), says
    label = re.sub(r"^\S+ (?=one of:)", "", label)
    choices = [it.strip() for it in label.removeprefix("one of:").split("|")]
    for found in states:
        if any(agrees(fact, choice, state) for choice in choices for state in found if state["origin"] != "unknown"):
            return "right", says
    # Where one of several entities does not tell, it may be the one that is meant.
    return ("wrong" if states and not open_states else "unknown"), says


def out_of_scope():
    """The rows of out-of-scope.tsv, by repository."""
    found = collections.defaultdict(list)
    with (HERE / "out-of-scope.tsv").open() as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row["repo"]].append(row)
    return found


def excuses(row, label):
    """Whether a row of out-of-scope.tsv speaks of a label; `*` stands for any."""
    return all(row[it] in ("*", label[it]) for it in ("deployment", "service", "entity", "fact"))


def shares(name, counts):
    judged = counts["right"] + counts["unknown"] + counts["wrong"]
    if judged:
        print(f"{name} {judged} judged: right {counts['right'] / judged:.0%}, unknown {counts['unknown'] / judged:.0%}, wrong {counts['wrong'] / judged:.0%}")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clones", required=True, type=pathlib.Path)
    options.add_argument("--plimsoll", default="target/debug/plimsoll")
    options.add_argument("-v", "--verbose", action="store_true", help="print each row that is not right")
    options.add_argument("--only", help="repositories whose name has this in it")
    options = options.parse_args()
    rows = collections.defaultdict(list)
    with (HERE / "facts.tsv").open() as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            rows[row["repo"]].append(row)
    total, by_fact = collections.Counter(), collections.defaultdict(collections.Counter)
    outside, beyond = out_of_scope(), collections.Counter()
    for repo, labels in rows.items():
        folder = options.clones / repo.replace("/", "+")
        if options.only and options.only not in repo:
            continue
        if not folder.is_dir():
            print(f"{repo}: no clone, left out")
            continue
        run = subprocess.run([options.plimsoll, "facts", "--format", "json", folder], capture_output=True, check=True)
        idle = idle_of(labels)
        facts, own = Facts(json.loads(run.stdout)), collections.Counter()
        for it in outside[repo]:
            if not any(excuses(it, row) for row in labels):
                print(f"{repo}: out-of-scope.tsv speaks of no row: {' '.join(list(it.values())[1:5])}")
        for row in labels:
            verdict, says = judge(row, facts, idle)
            own[verdict] += 1
            by_fact[row["fact"]][verdict] += 1
            excused = any(excuses(it, row) for it in outside[repo])
            # What is known all the same is a right value, or a wrong one.
            if excused and verdict == "unknown":
                beyond["unknown"] += 1
            if options.verbose and verdict not in ("right", "idle"):
                mark = "outside" if excused and verdict == "unknown" else verdict
                print(f"  {mark:7} {repo}: {row['deployment']} {row['service']} {row['entity']}.{row['fact']} = {row['value']}; said {says[:90]}; {row['path']}:{row['line']}")
        total += own
        print(f"{repo}: {dict(own)}")
    print("\n| fact | right | unknown | wrong | not judged |\n|---|--:|--:|--:|--:|")
    for fact, counts in sorted(by_fact.items(), key=lambda it: -sum(it[1].values())):
        print(f"| {fact} | {counts['right']} | {counts['unknown']} | {counts['wrong']} | {counts['idle']} |")
    print()
    shares("of", total)
    shares(f"without {beyond['unknown']} that are out of scope, of", total - beyond)


if __name__ == "__main__":
    main()
