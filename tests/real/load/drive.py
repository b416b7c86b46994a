"""Runs a Locust script against the application on loopback, and a k6 script in a JavaScript engine with k6's API stubbed.

Prints what was asked for by either, and what the application would answer, as JSON.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter

import quickjs
from waitress.server import create_server
from werkzeug.exceptions import HTTPException

folder, locust_script, k6_script = sys.argv[1:]
sys.path.insert(0, folder)

from shop import app  # noqa: E402

STUB = """
const __calls = [];
const __ENV = %(env)s;
const http = {
  setResponseCallback() {},
  expectedStatuses: (...all) => all,
  request(method, url, body, params) {
    __calls.push({ method, url, body, name: params.tags.name, headers: params.headers, redirects: params.redirects });
    return { status: %(status)s };
  },
};
let __passed = 0, __slept = 0;
const __counted = {};
const check = (it, checks) => Object.values(checks).forEach((holds) => (__passed += holds(it) ? 1 : 0));
const sleep = (seconds) => (__slept += seconds);
class Counter { add(n, tags) { __counted[tags.status] = (__counted[tags.status] || 0) + n; } }
"""


def k6(turns, status=200, **env):
    """What so many turns of the k6 script ask for, and its options."""
    text = open(k6_script).read()
    imports = re.findall(r"^import .* from '([^']+)';$", text, re.M)
    text = re.sub(r"^import .*$", "", text, flags=re.M)
    text = text.replace("export default function ()", "globalThis.main = function ()")
    text = text.replace("export function setup()", "globalThis.setup = function ()")
    text = text.replace("export const options", "globalThis.options")
    context = quickjs.Context()
    context.eval(STUB % {"env": json.dumps(env), "status": status} + text)
    context.eval(f"setup(); for (let n = 0; n < {turns}; n++) main();")
    value = "JSON.stringify({ calls: __calls, options, passed: __passed, slept: __slept, counted: __counted })"
    return {**json.loads(context.eval(value)), "imports": imports}


def rule_of(method, path):
    """The route that the application takes a request for."""
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method=method, return_rule=True)
        return f"{method} {rule.rule}"
    except HTTPException as why:
        return f"{method} {path}: {why}"


asked, answered = Counter(), Counter()


def counting(environ, start):
    """The application, with each request counted by its route and answer."""

    def started(status, headers, *rest):
        asked[rule_of(environ["REQUEST_METHOD"], environ["PATH_INFO"])] += 1
        answered[status[:3]] += 1
        return start(status, headers, *rest)

    return app(environ, started)


server = create_server(counting, host="127.0.0.1", port=0, threads=8)
threading.Thread(target=server.run, daemon=True).start()
base = f"http://127.0.0.1:{server.effective_port}"
told = {"BASE_URL": base, "AUTHORIZATION": "Bearer let me in", "STEPS": "50,100", "STEP_SECONDS": "3", "THINK_TIME": "0.1"}
run = subprocess.run(
    [sys.executable, "-m", "locust", "-f", locust_script, "--headless", "--only-summary"],
    env={**os.environ, **told},
    capture_output=True,
    text=True,
    timeout=120,
)
counted = k6(400, **told)
print(
    json.dumps(
        {
            "rules": sorted(
                f"{method} {rule.rule}"
                for rule in app.url_map.iter_rules()
                for method in rule.methods - {"HEAD", "OPTIONS"}
                if rule.endpoint != "static"
            ),
            "locust": {"asked": asked, "answered": answered, "exit": run.returncode, "said": run.stderr + run.stdout},
            "k6": {
                "asked": Counter(rule_of(it["method"], it["url"].removeprefix(base)) for it in counted["calls"]),
                "names": sorted({it["name"] for it in counted["calls"]}),
                "authorised": all(it["headers"].get("Authorization") for it in counted["calls"]),
                "redirects": sorted({it["redirects"] for it in counted["calls"]}),
                "passed": counted["passed"],
                "options": counted["options"],
                "imports": counted["imports"],
                "closed": k6(10, MODEL="closed", **told)["options"],
                "failed": k6(10, status=503, **told)["counted"],
                "public": Counter(it["name"] for it in k6(200)["calls"]),
            },
        }
    )
)
