#!/usr/bin/env python3
"""Scores `plimsoll check` against census.tsv: found, guessed, missed, flagged. See README.md."""

import argparse
import collections
import csv
import json
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).parent
# Findings about queries and writes that each row, or each turn, brings.
RULES = re.compile(r"n-plus-one|in-loop|defeated")
# Labels that say where something is defined, not where it runs.
DEFINES = re.compile(r"comes from here|does not load it|loads no more than|can be told here|is made here")
CITED = re.compile(r"([\w./-]+\.(?:py|html|txt)):(\d+)")
# A reader cites the line that reads, and the view, of which plimsoll labels another line.
READ, VIEW = 1, 6


def findings(plimsoll, folder, confidence):
    run = [plimsoll, "check", "--format", "json", "--severity", "info", "--confidence", confidence, "."]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    return [it for it in json.loads(done.stdout)["findings"] if RULES.search(it["rule"])]


def near(label, places, slack):
    return any(label["path"].endswith(path) and abs(label["line"] - line) <= slack for path, line in places)


def hits(place, found):
    """The findings that label the place; or the line that its reader cites for it, and the code that has the rows."""
    first, last = int(place["line"]), int(place["end_line"])
    why = [(path, int(line)) for path, line in CITED.findall(place["why"])]
    rows = [(path, int(line)) for path, line in CITED.findall(place["rows"])]
    own = [(place["path"], first), (place["path"], last)]
    for it in found:
        labels = it["labels"]
        at = [label for label in labels if label["path"] == place["path"] and first <= label["line"] <= last]
        if any(not DEFINES.search(label["text"]) for label in at):
            yield it
        elif any(near(label, why, READ) for label in labels):
            if any(near(label, rows, VIEW) or near(label, own, READ) for label in labels):
                yield it


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clones", type=pathlib.Path, required=True, help="folders `owner+name`, at the commits")
    parser.add_argument("--plimsoll", default="plimsoll")
    parser.add_argument("-v", action="store_true", help="name what is missed, and what is flagged")
    options = parser.parse_args()
    with open(HERE / "census.tsv", encoding="utf-8", newline="") as file:
        places = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    table = collections.defaultdict(collections.Counter)
    known = {}
    for place in places:
        folder = options.clones / place["repo"].replace("/", "+")
        if place["repo"] not in known:
            if not folder.is_dir():
                print(f"left out, not there: {folder}")
                known[place["repo"]] = None
            else:
                known[place["repo"]] = [findings(options.plimsoll, folder, it) for it in ("medium", "low")]
        if known[place["repo"]] is None or place["class"] == "unsure":
            continue
        sure, all_of_them = known[place["repo"]]
        if place["class"] == "silent":
            flagged = list(hits(place, sure))
            table["silent"]["flagged" if flagged else "silent"] += 1
            said = flagged[0]["message"] if flagged else None
        else:
            verdict = "found" if any(hits(place, sure)) else "guessed" if any(hits(place, all_of_them)) else "missed"
            for key in ("all", place["weight"], f"{place['weight']}, {place['files']}", place["kind"]):
                table[key][verdict] += 1
            said = verdict if verdict == "missed" else None
        if options.v and said:
            print(f"{place['repo']} {place['path']}:{place['line']} {place['kind']}: {place['why']} => {said}")
    for key, counts in sorted(table.items()):
        print(f"{key:20}", *(f"{name} {count:4}" for name, count in sorted(counts.items())), sep="  ")


if __name__ == "__main__":
    main()
