//! A script for Locust 2 (`locust -f FILE --headless`), of which it uses `HttpUser`, `LoadTestShape`, `between`, `task` and
//! the event `quitting`.

use std::io::{self, Write};

use super::{Dialect, head, of_parameter, one_line, quoted, write_requests};
use crate::view::{LoadTest, Request};

const MODEL: &str = "The model is closed: users wait for their answers and think before they ask again, so that the load falls \
                     when the service slows down. That is true of people who work in it, and flatters a public site, whose \
                     visitors keep coming: for those let k6 send requests at a rate (`plimsoll loadtest --tool k6`).";

/// Writes the script.
///
/// # Errors
/// When `out` cannot be written to.
pub fn locust(test: &LoadTest, out: &mut impl Write) -> io::Result<()> {
    for line in head(test, "Locust 2", MODEL) {
        writeln!(out, "{}", format!("# {}", one_line(&line)).trim_end())?;
    }
    let steps: Vec<String> = test.ramp.steps.iter().map(u64::to_string).collect();
    let think = if test.thinks { "stated" } else { "nobody states it: a user count says nothing until somebody does" };
    writeln!(
        out,
        "
import json
import math
import os
import random
import re
from urllib.parse import quote

from locust import HttpUser, LoadTestShape, between, events, task

BASE_URL = os.environ.get(\"BASE_URL\", {base})
AUTHORIZATION = os.environ.get(\"AUTHORIZATION\", \"\")
# Requests a second that are aimed at, step by step; the users of a step would ask for so many if answers took no time.
STEPS = [float(step) for step in os.environ.get(\"STEPS\", \"{steps}\").split(\",\")]
STEP_SECONDS = float(os.environ.get(\"STEP_SECONDS\", \"60\"))
# Seconds between two requests of a user; {think}.
THINK_TIME = float(os.environ.get(\"THINK_TIME\", \"{seconds}\"))
# What is still good enough: milliseconds, and the share that may fail.
P95 = float(os.environ.get(\"P95\", \"500\"))
MOST_FAILED = 0.01
",
        base = quoted(&test.base, '"'),
        steps = steps.join(","),
        seconds = test.think,
    )?;
    writeln!(out, "# Fill in values that exist; each request takes one of them at random.\nPARAMETERS = {{")?;
    for parameter in &test.parameters {
        let comment = of_parameter(parameter);
        writeln!(out, "    {}: [{}],  # {comment}", quoted(&parameter.name, '"'), quoted(&parameter.example, '"'))?;
    }
    writeln!(out, "}}\n")?;
    write_requests(test, &DIALECT, out)?;
    out.write_all(BODY.as_bytes())
}

/// How Python writes them.
const DIALECT: Dialect = Dialect {
    comment: "#",
    signs: "signs",
    indent: "    ",
    opening: "# Weight, method, path, whether it asks for a login, what is sent.\nREQUESTS = [",
    closing: "]",
    row,
};

fn row(request: &Request) -> String {
    let login = if request.login { "True" } else { "False" };
    let body = if request.writes { "{}" } else { "None" };
    format!(
        "({}, {}, {}, {login}, {body}),  # {}",
        request.weight,
        quoted(&request.method, '"'),
        quoted(&request.path, '"'),
        one_line(&request.handler)
    )
}

/// What is the same in every script.
const BODY: &str = r#"ASKED = [it for it in REQUESTS if AUTHORIZATION or not it[3]]
if not ASKED:
    raise SystemExit("nothing is asked for: set AUTHORIZATION, or put requests into REQUESTS")


def filled(path):
    """The path with a value for each parameter."""
    return re.sub("[{]([0-9A-Za-z_]+)[}]", lambda it: quote(str(random.choice(PARAMETERS[it[1]])), safe=""), path)


class Visitor(HttpUser):
    """Asks for one thing after the other, each as often as its weight says."""

    host = BASE_URL
    wait_time = between(0.5 * THINK_TIME, 1.5 * THINK_TIME)

    def on_start(self):
        self.client.headers["Accept"] = "application/json"
        if AUTHORIZATION:
            self.client.headers["Authorization"] = AUTHORIZATION

    @task
    def ask(self):
        weights = [it[0] for it in ASKED]
        _, method, path, _, body = random.choices(ASKED, weights)[0]
        sent = {} if body is None else {"data": json.dumps(body), "headers": {"Content-Type": "application/json"}}
        with self.client.request(
            method,
            filled(path),
            name=path,
            allow_redirects=False,
            timeout=30,
            catch_response=True,
            **sent,
        ) as response:
            # Whatever is not 2xx is a failure, and is counted by what was answered.
            if not 200 <= response.status_code < 300:
                response.failure(f"answered {response.status_code}")


class Steps(LoadTestShape):
    """As many users as ask for each step's requests a second."""

    def tick(self):
        nth = int(self.get_run_time() / STEP_SECONDS)
        if nth >= len(STEPS):
            return None
        users = max(1, math.ceil(STEPS[nth] * THINK_TIME))
        return users, max(1.0, users / 5)


@events.quitting.add_listener
def judge(environment, **_):
    """Ends with 1 where it was not good enough."""
    total = environment.stats.total
    failed = total.num_requests == 0 or total.fail_ratio > MOST_FAILED
    slow = (total.get_response_time_percentile(0.95) or 0) > P95
    environment.process_exit_code = 1 if failed or slow else 0
"#;
