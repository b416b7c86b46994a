#!/usr/bin/env python3
"""Scores `plimsoll check` against history.tsv and silent.tsv: found, missed, flagged. See README.md."""

import argparse
import collections
import csv
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
RULES = "orm,sqlalchemy"
# Lines that a label may be off by: who reads a diff names the loop, the line below it, or the line of the call.
SLACK = 3
# What plimsoll reads, and no more: the rest of a tree is not written to the disk.
READ = re.compile(
    r"\.(py|html|htm|txt|xml|jinja2?|j2|toml|cfg|ini|ya?ml|in|pip|lock|env|sh)$|(^|/)(Dockerfile|Procfile|Pipfile)[^/]*$"
)
LARGEST = 2 << 20

READS = {"n-plus-one-loop", "n-plus-one-serializer", "n-plus-one-template", "query-in-loop", "prefetch-defeated"}
WRITES = {"write-in-loop", "commit-in-loop"}
# Verbs that both ask and write.
BOTH = re.compile(r"(get_or_create|update_or_create|add|flush|delete|update|save|create|commit)")
# Labels of a finding that say where something is defined, or what else a turn does, not where it runs.
DEFINES = re.compile(r"comes from here|^each turn waits for|the queryset of|does not load it|is made here|come by, too$")


def rows(name):
    with open(HERE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def mirror(mirrors, repo):
    """The git directory of a repository, bare or beneath a work tree."""
    for at in (folder := mirrors / repo.replace("/", "+")), folder / ".git", folder / "repo", folder / "repo" / ".git":
        if (at / "objects").is_dir():
            return at
    return None


def write_tree(git, commit, into):
    """Writes the files of a commit that plimsoll may read; whether it could. Blobs that the mirror lacks are passed by,
    which `git archive` would not do."""
    run = ["git", f"--git-dir={git}"]
    listed = subprocess.run([*run, "ls-tree", "-r", "-z", commit], capture_output=True, check=False)
    if listed.returncode != 0:
        return False
    wanted = []
    for it in listed.stdout.decode(errors="replace").split("\0"):
        about, _, path = it.partition("\t")
        if about.startswith("100") and READ.search(path) and ".." not in path:
            wanted.append((about.split()[2], path))
    ask = "".join(f"{name}\n" for name, _ in wanted).encode()
    blobs = subprocess.run([*run, "cat-file", "--batch"], input=ask, capture_output=True, check=False).stdout
    at = 0
    for _, path in wanted:
        end = blobs.index(b"\n", at)
        head, at = blobs[at:end].split(), end + 1
        if head[-1] == b"missing":
            continue
        size = int(head[2])
        if size <= LARGEST:
            file = into / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(blobs[at : at + size])
        at += size + 1
    return True


def check(plimsoll, tree, fell):
    run = [plimsoll, "check", "--format", "json", "--no-config", "--exit-zero", "--select", RULES, "--confidence", "low"]
    done = subprocess.run([*run, "."], capture_output=True, text=True, cwd=tree, check=False)
    if done.returncode != 0:
        fell.append(f"{pathlib.Path(tree).name}: {done.stderr.strip().splitlines()[:2]}")
        return []
    findings = json.loads(done.stdout)["findings"]
    return [it for it in findings if it["rule"].split("/")[1] in READS | WRITES]


def meets(place, path, line, end, slack):
    return place["path"] == path and place["line"] <= end + slack and place["end_line"] >= line - slack


def of_kind(label, finding):
    rule = finding["rule"].split("/")[1]
    if label["kind"] in ("write", "commit-in-loop"):
        return rule in WRITES or bool(BOTH.search(label["relation"]))
    return rule in READS or bool(BOTH.search(label["relation"].split(".")[-1]))


def names(label, finding):
    """Whether a finding says the relation, or the model or method, that the label says."""
    said = finding["message"] + " " + " ".join(it["text"] for it in finding["labels"])
    spoken = set(re.findall(r"\w+", said)) | set(re.findall(r"[^\W_]+", said))
    segments = [it for it in re.split(r"__|\.|\W", label["relation"]) if it]
    # `filter().count()` is labelled by its model and found by what is called, or the other way round.
    return any(it in spoken for it in segments)


def found(label, findings):
    """What finds a label: "named", "placed" when only the place fits, or nothing."""
    line, end = int(label["line"]), int(label["end_line"])
    best = None
    for it in findings:
        if not of_kind(label, it):
            continue
        here = any(meets(place, label["path"], line, end, SLACK) for place in it["labels"])
        at = int(label["queryset_line"])
        there = any(meets(place, label["queryset_path"], at, at, SLACK) for place in it["labels"])
        if (here or there) and names(label, it):
            return "named", it
        if here:
            best = best or ("placed", it)
    return best or (None, None)


def flags(label, findings):
    """The findings that say of a silent place that something runs there."""
    line, end = int(label["line"]), int(label["end_line"])
    runs = lambda it: [place for place in it["labels"] if not DEFINES.search(place["text"])]
    return [it for it in findings if any(meets(place, label["path"], line, end, 0) for place in runs(it))]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mirrors", type=pathlib.Path, required=True, help="a folder of git directories owner+name")
    parser.add_argument("--plimsoll", default="target/release/plimsoll")
    parser.add_argument("--trees", type=pathlib.Path, help="keep the trees here, for the next run")
    parser.add_argument("--only", help="repositories whose name holds this")
    parser.add_argument("--json", type=pathlib.Path, help="write each place with what was said of it")
    parser.add_argument("--labels", default="history.tsv", help="score these places; beside this script, or a path")
    parser.add_argument("-v", action="store_true", dest="verbose", help="print what is missed and flagged")
    args = parser.parse_args()
    plimsoll = str(pathlib.Path(args.plimsoll).resolve())

    places = collections.defaultdict(lambda: ([], []))
    for label in rows(args.labels):
        places[label["repo"], label["parent"]][0].append(label)
    for label in rows("silent.tsv") if args.labels == "history.tsv" else []:
        places[label["repo"], label["commit"]][1].append(label)

    recall, silent, absent, fell = [], [], [], []
    for (repo, commit), (labels, quiet) in sorted(places.items()):
        if args.only and args.only not in repo:
            continue
        folder = tempfile.mkdtemp() if args.trees is None else str(args.trees / f"{repo.replace('/', '+')}@{commit[:12]}")
        tree = pathlib.Path(folder)
        if not tree.is_dir() or not any(tree.iterdir()):
            tree.mkdir(parents=True, exist_ok=True)
            git = mirror(args.mirrors, repo)
            if git is None or not write_tree(git, commit, tree):
                absent.append(f"{repo}@{commit[:12]}")
                shutil.rmtree(tree)
                continue
        try:
            every = check(plimsoll, tree, fell)
            # What `check` shows when it is told nothing.
            sure = [it for it in every if it["confidence"] != "low"]
        finally:
            if args.trees is None:
                shutil.rmtree(tree)
        for label in labels:
            recall.append((label, found(label, sure), found(label, every)))
        for label in quiet:
            silent.append((label, flags(label, sure), flags(label, every)))
    for it in fell:
        print(f"fell over: {it}")
    report(recall, silent, absent, args.verbose)
    if args.json:
        args.json.write_text(json.dumps({"recall": recall, "silent": silent}, indent=1), encoding="utf-8")


def share(part, whole):
    return f"{part:>4}/{whole:<4}{100 * part / whole:>4.0f} %" if whole else f"{'-':>14}"


def report(recall, silent, absent, verbose):
    if absent:
        print(f"not there: {', '.join(absent)}\n")
    print(f"{'':<22}{'shown':>14}   {'with guesses':>14}   {'by place alone':>14}")
    groups = [("all", lambda it: True)]
    for column, values in (
        ("kind", sorted({it["kind"] for it, _, _ in recall})),
        ("files", ("one", "many")),
        ("depth", ("1", "2", "3")),
        ("reader", sorted({it["reader"] for it, _, _ in recall})),
    ):
        groups += [(f"{column} {value}", lambda it, c=column, v=value: it[c] == v) for value in values]
    for name, holds in groups:
        of = [it for it in recall if holds(it[0])]
        named = sum(it[1][0] == "named" for it in of)
        every = sum(it[2][0] == "named" for it in of)
        placed = sum(it[1][0] is not None for it in of)
        print(f"{name:<22}{share(named, len(of))}   {share(every, len(of))}   {share(placed, len(of))}")
    sure, every = sum(bool(it[1]) for it in silent), sum(bool(it[2]) for it in silent)
    print(f"\n{'silent, flagged':<22}{share(sure, len(silent))}   {share(every, len(silent))}")
    if not verbose:
        return
    print("\nmissed:")
    for label, (how, _), (low, _) in recall:
        if how != "named":
            near = "as a guess" if low == "named" else "by place" if how else ""
            print(f"  {place(label, 'parent')} {label['kind']} {label['relation']}: {label['note']} {near}".rstrip())
    print("\nflagged:")
    for label, sure, every in silent:
        for it in every:
            how = "" if it in sure else " (a guess)"
            print(f"  {place(label, 'commit')} {label['kind']}: {label['why']}: {it['rule']}{how}: {it['message']}")


def place(label, at):
    return f"{label['repo']}@{label[at][:12]} {label['path']}:{label['line']}"


if __name__ == "__main__":
    main()
