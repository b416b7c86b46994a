#!/usr/bin/env python3
"""Real stacks under load, before and after plimsoll's own fixes, beside what it predicted from their files.

    tests/real/capacity/run.py [--only NAME]... [--write]

Each project is started as its files say (`stack.py`). One user asks for a while, from which come the service times: the
mean time of an answer, the application's and the database's CPU, the queries and their time in `pg_stat_statements`. With
these stated, plimsoll says what the files come to; then many users ask, and what comes of it stands beside it. Then
`plimsoll check --fix --unsafe-fixes` changes a copy, and all of it is done again with the same service times.
"""

import argparse
import csv
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
# The users whose CPU is counted.
FEW = 4
# What of one user's answer is neither computing nor a query, from this many milliseconds on, is the client's own wait.
LATE = 25.0
WORK = ROOT / "target/real-capacity"
PYTHON = WORK / "python"
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))

from load import load  # noqa: E402
from stack import Stack, cpu_of, enter, waited  # noqa: E402
import report  # noqa: E402


PROGRAMS = [ROOT / "target/release/plimsoll", ROOT / "target/debug/plimsoll"]


def plimsoll(*words, check=True):
    program = next(it for it in PROGRAMS if it.exists())
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if check and done.returncode != 0:
        raise RuntimeError(f"plimsoll {words}: {done.stderr}")
    return done


def door(stack):
    """Where clients come in."""
    kinds = {stack.kind(service): name for name, service in stack.services.items()}
    return (kinds["nginx"], 80) if "nginx" in kinds else (kinds["web"], 8000)


def connecting(stack):
    """Opening a connection: its time, and the CPU on both sides, in milliseconds."""
    code = (
        "import psycopg,time\n"
        "def one(): psycopg.connect('postgresql://bench:bench@db:5432/bench').close()\n"
        "one(); t, c = time.perf_counter(), time.process_time()\n"
        "for _ in range(100): one()\n"
        "print(10 * (time.perf_counter() - t), 10 * (time.process_time() - c))\n"
    )
    before = cpu_of(stack.pids("postgres"))
    said = subprocess.run([PYTHON / "bin/python", "-c", code], check=True, capture_output=True, text=True).stdout
    time.sleep(0.3)
    own = 1000 * (cpu_of(stack.pids("postgres")) - before) / 101
    whole, app = map(float, said.split())
    return {"k": whole, "k_a": app, "k_d": own}


def quiet(stack):
    """Waits until what starting took is done; the CPU that the application and the database take for nothing, each a second."""
    both = [stack.pids("web"), stack.pids("postgres")]
    for _ in range(20):
        before = [cpu_of(it) for it in both]
        time.sleep(1)
        idle = [cpu_of(it) - then for it, then in zip(both, before)]
        if sum(idle) < 0.04:
            break
    return idle


def settle(stack, case, mean):
    """Waits until nothing of the last load is still being worked on."""
    for _ in range(40):
        seen = load(*door(stack), case["path"], 1, warm=0.0, seconds=max(0.5, 3 * mean / 1000))
        if seen.answered and seen.mean < 1.5 * mean + 20:
            return


def calibrate(stack, case):
    """The service times that one user shows, as `[assume.workload]` takes them."""
    has_db = any(stack.kind(it) == "postgres" for it in stack.services.values())
    # Each process and thread answers once before anything is counted: the first request of one imports what the application
    # puts off and opens its connection, which took seconds, and stood in the logs and in the CPU of a request.
    load(*door(stack), case["path"], 4 * FEW, warm=0.0, seconds=case.get("warm", 2.0))
    settle(stack, case, 1000.0)
    load(*door(stack), case["path"], 1, warm=0.0, seconds=1.5)
    if has_db:
        stack.psql("bench", "select pg_stat_statements_reset()")
    idle_app, idle_db = quiet(stack)
    log = stack.work / "access.log"
    begin = log.stat().st_size if log.exists() else 0
    seen = load(*door(stack), case["path"], 1, warm=0.0, seconds=case.get("calibrate", 3.0))
    if not seen.answered or seen.failed:
        raise RuntimeError(f"one user: {seen.failed}; see {stack.work}")
    # CPU is counted over more requests: of one user it is mostly that of waking up.
    pids, db = stack.pids("web"), stack.pids("postgres")
    app_before, db_before = cpu_of(pids), cpu_of(db)
    few = load(*door(stack), case["path"], FEW, warm=0.0, seconds=case.get("calibrate", 3.0))
    time.sleep(0.2)
    took, served = few.seconds + 0.2, max(1, few.answered)
    app_cpu = 1000 * max(0.0, cpu_of(pids) - app_before - took * idle_app) / served
    db_cpu = 1000 * max(0.0, cpu_of(db) - db_before - took * idle_db) / served
    out = {"host_cpus": os.cpu_count(), "o": 1000 * few.cpu / served, **case.get("assume", {})}
    queries = statement = own = 0.0
    if has_db:
        text = stack.psql("bench", "select query, calls, total_exec_time from pg_stat_statements s"
                          " join pg_roles r on r.oid = s.userid where rolname = 'bench'"
                          " and query !~* '^(begin|commit|rollback|set|show|select pg_catalog|select set_config)'")
        rows = list(csv.reader(io.StringIO(text)))
        # What is asked once for a connection is asked far less often than once a request.
        each = [row for row in rows if round(int(row[1]) / (seen.answered + few.answered))]
        queries = sum(round(int(row[1]) / (seen.answered + few.answered)) for row in each)
        own = sum(float(row[2]) for row in each) / max(1, sum(int(row[1]) for row in each))
        statement = sum(float(row[2]) for row in rows) / max(1, sum(int(row[1]) for row in rows))
        said = stack.psql("bench", "copy (select query, calls, total_exec_time from pg_stat_statements s join pg_roles r"
                          " on r.oid = s.userid where rolname = 'bench') to stdout with (format csv, header)")
        (stack.work / "statements.csv").write_text(said)
    if log.exists():
        (stack.work / "few.log").write_bytes(log.read_bytes()[begin:])
    connects = connecting(stack) if case.get("connects") else {"k": 0.0, "k_a": 0.0, "k_d": 0.0}
    c_q = case.get("c_q", 0.0)
    out["q"], out["c_q"] = queries, c_q
    out["c"] = max(0.0, app_cpu - queries * c_q - connects["k_a"])
    waits = out.get("e", 0.0) + out.get("r", 0.0)
    rest = seen.mean - out["c"] - queries * c_q - connects["k"] - waits
    if queries:
        # uvicorn with several workers hands asyncio a socket on which that sets no TCP_NODELAY: a client that asks alone waits
        # 40 ms for the second part of its answer, and no slot and no connection is held for it.
        late = rest - queries * (own + 0.3)
        if late > LATE:
            out["t"], rest = late, rest - late
        out["d"] = rest / queries
        out["d_c"] = max(0.0, db_cpu - connects["k_d"]) / queries
        out["e"] = out.get("e", 0.0)
    elif "r" not in out:
        out["e"] = rest
    if case.get("connects"):
        out |= connects
    return out, {"mean": seen.mean, "app_cpu": app_cpu, "statement": statement, "requests": seen.answered}


def predict(project, times, case):
    words = [f"{name}={max(value, 0.0):.4f}" for name, value in times.items()]
    words += [f"think_time={case.get('think', 0.0)}", f"users={case['users']}"]
    said = plimsoll("audit", project, "--format", "json", *(it for word in words for it in ("--assume", word)))
    of = json.loads(said.stdout)["capacity"][0]
    under = next(it for it in of["loads"] if it["users"] == case["users"])
    first = next((it["resource"] for it in of["bounds"]), "-")
    return {"capacity": of["rate"], "rate": under["rate"], "response": under["response"], "first": first,
            "binds": under["binds"], "fails": under["fails"], "answer": of["answer"], "state": of["state"]}


def from_files(stack, project, case, times):
    """The capacity by what the servers themselves have written down, and the queries of a request alone; nothing where the
    server writes no times."""
    files = [stack.work / "few.log", stack.work / "statements.csv"]
    if not all(it.exists() for it in files):
        return None
    words = ["--assume", f"q={times['q']}", "--assume", f"host_cpus={times['host_cpus']}"]
    for file in files:
        words += ["--calibrate", file]
    # The log of gunicorn's uvicorn workers holds no times, and is refused.
    said = plimsoll("audit", project, "--format", "json", *words, check=False)
    return json.loads(said.stdout)["capacity"][0]["rate"] if said.returncode == 0 else None


def measure(stack, case, mean):
    runs = []
    for _ in range(case.get("runs", 3)):
        settle(stack, case, mean)
        before, db, busy, took = cpu_of(stack.pids("web")), cpu_of(stack.pids("postgres")), waited(), time.perf_counter()
        seen = load(*door(stack), case["path"], case["users"], case.get("think", 0.0),
                    warm=case.get("warm", 1.5), seconds=case.get("seconds", 3.0))
        took = time.perf_counter() - took
        runs.append({"rate": seen.rate, "errors": seen.errors, "failed": seen.failed, "mean": seen.mean,
                     "p95": seen.quantile(0.95), "app_cpu": (cpu_of(stack.pids("web")) - before) / took,
                     "db_cpu": (cpu_of(stack.pids("postgres")) - db) / took, "generator": seen.cpu / seen.seconds,
                     "busy": (waited() - busy) / took})
    rates = sorted(it["rate"] for it in runs)
    middle = min(runs, key=lambda it: abs(it["rate"] - statistics.median(rates)))
    return {**middle, "low": rates[0], "high": rates[-1], "runs": len(runs)}


def side(folder, case, name, times=None, mean=0.0):
    with Stack(folder, PYTHON, WORK / f"run-{name}") as stack:
        seen = None
        if times is None:
            times, seen = calibrate(stack, case)
            mean = seen["mean"]
            by_files = from_files(stack, folder, case, times)
        else:
            by_files = None
        predicted = predict(folder, times, case)
        measured = measure(stack, case, mean)
    return {"times": times, "seen": seen, "predicted": predicted, "measured": measured,
            "by_files": by_files}


def copy_of(case, name):
    folder = WORK / "projects" / f"{case['name']}-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "projects" / case["project"], folder)
    for old, new in case.get("replace", {}).items():
        for path in folder.rglob("*"):
            if path.is_file() and old in (text := path.read_text()):
                path.write_text(text.replace(old, new))
    return folder


def judge(case):
    before = copy_of(case, "before")
    row = {"name": case["name"], "what": case["what"], "users": case["users"], "think": case.get("think", 0.0),
           "noisy": case.get("noisy", False)}
    row["before"] = side(before, case, "before")
    if case.get("fix", True):
        after = copy_of(case, "after")
        plimsoll("check", after, "--fix", "--unsafe-fixes", check=False)
        changed = subprocess.run(["diff", "-ru", before, after], capture_output=True, text=True).stdout
        row["diff"] = [line for line in changed.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
        if row["diff"]:
            again = None if case.get("calibrate_again") else row["before"]["times"]
            row["after"] = side(after, case, "after", again, row["before"]["seen"]["mean"])
    return row


def say_again(kept, cases, write):
    """What the files come to by the service times that were recorded; what was seen stays."""
    rows = json.loads(kept.read_text())
    for row in rows:
        case = next(it for it in cases if it["name"] == row["name"])
        folder, times = copy_of(case, "before"), row["before"]["times"]
        row["before"]["predicted"] = predict(folder, times, case)
        if row.get("after"):
            after = copy_of(case, "after")
            plimsoll("check", after, "--fix", "--unsafe-fixes", check=False)
            row["after"]["predicted"] = predict(after, row["after"]["times"], case)
        print(report.lines(row), flush=True)
    kept.write_text(json.dumps(rows, indent=1))
    print(report.table(rows))
    if write:
        report.write(HERE / "README.md", report.table(rows))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", action="append", default=[])
    arguments.add_argument("--plimsoll", type=Path, help="the program, where it is not one of target/")
    arguments.add_argument("--write", action="store_true", help="write the table into README.md")
    arguments.add_argument("--add", action="store_true", help="keep what an earlier run has measured of other cases")
    arguments.add_argument("--say", action="store_true",
                           help="measure nothing: say again, of what an earlier run has kept, what the files come to")
    arguments.add_argument("--short", action="store_true", help="two runs of two seconds each: whether everything starts")
    given = arguments.parse_args()
    if given.plimsoll:
        PROGRAMS.insert(0, given.plimsoll)
    WORK.mkdir(parents=True, exist_ok=True)
    cases = tomllib.loads((HERE / "cases.toml").read_text())["case"]
    kept = WORK / "rows.json"
    if given.say:
        return say_again(kept, cases, given.write)
    enter(WORK)
    rows, failed = json.loads(kept.read_text()) if given.add and kept.exists() else [], []
    for case in cases:
        if given.only and not any(it in case["name"] for it in given.only):
            continue
        if given.short:
            case |= {"runs": 2, "seconds": 2.0, "warm": 1.0, "calibrate": 2.0}
        print(f"== {case['name']}: {case['what']}", flush=True)
        try:
            row = judge(case)
        except RuntimeError as error:
            failed.append(f"{case['name']}: {error}")
            print(f"  {error}", flush=True)
            continue
        print(report.lines(row), flush=True)
        rows = [it for it in rows if it["name"] != row["name"]] + [row]
        rows.sort(key=lambda it: [case["name"] for case in cases].index(it["name"]))
        (WORK / "rows.json").write_text(json.dumps(rows, indent=1))
        if given.write:
            report.write(HERE / "README.md", report.table(rows))
    print(report.table(rows))
    if wrong := "; ".join(filter(None, [*failed, report.wrong(rows)])):
        raise SystemExit(wrong)


if __name__ == "__main__":
    main()
