"""The table: what plimsoll said beside what came of it."""

BEGIN, END = "<!-- table: run.py --write -->\n", "<!-- end of the table -->"


def lines(row):
    out = []
    for name in ("before", "after"):
        if name not in row:
            continue
        it, said, seen = row[name], row[name]["predicted"], row[name]["measured"]
        times = ", ".join(f"{key}={value:.3g}" for key, value in it["times"].items())
        out.append(f"  {name}: {times}")
        out.append(
            f"    said {said['rate']:.4g}/s (capacity {said['capacity']['likely']:.4g}), {said['binds']}, "
            f"fails {said['fails']}; seen {seen['rate']:.4g}/s [{seen['low']:.4g}-{seen['high']:.4g}], "
            f"errors {seen['errors']:.3g}/s {seen['failed']}, mean {seen['mean']:.0f} ms, CPU app {seen['app_cpu']:.2f} "
            f"db {seen['db_cpu']:.2f} load {seen['generator']:.2f}, machine busy {seen['busy']:.2f}"
        )
    out += ["    " + line for line in row.get("diff", [])]
    return "\n".join(out)


def number(value):
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def fails(side):
    """Whether requests failed: more than one in a hundred."""
    seen = side["measured"]
    return seen["errors"] > 0.01 * (seen["rate"] + seen["errors"])


def judged(side):
    """What is said and seen, and how they agree."""
    said, seen = side["predicted"], side["measured"]
    ratio = seen["rate"] / said["rate"] if said["rate"] else float("inf")
    flagged, failed = bool(said["fails"]), fails(side)
    cliff = {(False, False): "no", (True, True): "yes, yes", (True, False): "said, not seen", (False, True): "SEEN, NOT SAID"}
    return said, seen, ratio, cliff[flagged, failed]


def table(rows):
    out = [
        "| Configuration | | Said | Seen: median (range) | Seen / said | What binds, as said | Fails (said, seen) | Machine busy |",
        "|---|---|--:|--:|--:|---|---|--:|",
    ]
    near = {0.1: 0, 0.25: 0}
    counted = cliffs = right = 0
    for row in rows:
        for name in ("before", "after"):
            if name not in row:
                continue
            said, seen, ratio, cliff = judged(row[name])
            label = row["what"] if name == "before" else "after `--fix --unsafe-fixes`"
            noisy = " (CPU: noisy)" if row["noisy"] else ""
            past = " past a cliff" if said["fails"] else ""
            out.append(
                f"| {label}{noisy} | {row['users']} users | {number(said['rate'])}{past} | {number(seen['rate'])} "
                f"({number(seen['low'])} to {number(seen['high'])}) | {ratio:.2f} | {said['binds'] or 'the users'} | {cliff} | "
                f"{100 * seen['busy']:.0f} % |"
            )
            cliffs += 1
            right += bool(said["fails"]) == fails(row[name])
            if not row["noisy"] and not said["fails"]:
                counted += 1
                for within in near:
                    near[within] += abs(ratio - 1) <= within
    gains = []
    for row in rows:
        if "after" in row and not (row["before"]["predicted"]["fails"] or row["after"]["predicted"]["fails"]):
            said = row["after"]["predicted"]["rate"] / row["before"]["predicted"]["rate"]
            seen = row["after"]["measured"]["rate"] / max(row["before"]["measured"]["rate"], 1e-9)
            gains.append((row["what"], said, seen, row["noisy"]))
    out += ["", f"Of {counted} that wait and do not fail, {near[0.1]} are within 10 %, {near[0.25]} within 25 %. Whether "
            f"requests fail was said rightly of {right} of {cliffs}.", "",
            "| What the fixes gain | Said | Seen | Seen / said |", "|---|--:|--:|--:|"]
    for what, said, seen, noisy in gains:
        out.append(f"| {what}{' (CPU: noisy)' if noisy else ''} | ×{said:.2f} | ×{seen:.2f} | {seen / said:.2f} |")
    files = [(row, row["before"]["by_files"]) for row in rows if row["before"].get("by_files")]
    if files:
        out += ["", "| By the server's own access log, `pg_stat_statements` and `q` alone (`--calibrate`) | Said (range) | Seen |",
                "|---|--:|--:|"]
        for row, said in files:
            said = f"{number(said['likely'])} ({number(said['low'])} to {number(said['high'])})"
            out.append(f"| {row['what']} | {said} | {number(row['before']['measured']['rate'])} |")
    return "\n".join(out) + "\n"


def wrong(rows):
    """What must not be: failures that were not said or said and not seen, and many figures far off. Where the CPU binds, or
    requests fail, no figure is promised."""
    sides = [(row, row[name]) for row in rows for name in ("before", "after") if name in row]
    cliffs = [row["name"] for row, side in sides if bool(side["predicted"]["fails"]) != fails(side)]
    quiet = [judged(side)[2] for row, side in sides if not row["noisy"] and not side["predicted"]["fails"]]
    near = sum(abs(ratio - 1) <= 0.25 for ratio in quiet)
    out = [f"failures said wrongly: {', '.join(cliffs)}"] if cliffs else []
    if near < 0.8 * len(quiet):
        out.append(f"only {near} of {len(quiet)} figures are within 25 %")
    return "; ".join(out)


def write(path, text):
    before, rest = path.read_text().split(BEGIN)
    path.write_text(before + BEGIN + text + END + rest.split(END)[1])
