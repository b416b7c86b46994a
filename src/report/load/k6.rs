//! A script for k6 1 and 2 (`k6 run`), of which it uses: `k6`, `k6/http`, `k6/metrics`, scenarios of the executors
//! `constant-arrival-rate` and `constant-vus`, thresholds on tags.

use std::io::{self, Write};

use super::{Dialect, head, of_parameter, one_line, quoted, write_requests};
use crate::view::{LoadTest, Request};

const MODEL: &str = "The model is open: requests come at a rate, whether or not those before them were answered, as those of many \
                     visitors do. Past the knee they pile up, and that is what an outage looks like. `-e MODEL=closed` has a \
                     fixed number of users who wait for their answers instead, as a few that know each other do: then the \
                     load falls when the service slows down, and hides how bad it is.";

/// Writes the script.
///
/// # Errors
/// When `out` cannot be written to.
pub fn k6(test: &LoadTest, out: &mut impl Write) -> io::Result<()> {
    for line in head(test, "k6 1 or 2", MODEL) {
        writeln!(out, "{}", format!("// {}", one_line(&line)).trim_end())?;
    }
    let steps: Vec<String> = test.ramp.steps.iter().map(u64::to_string).collect();
    let think = if test.thinks { "stated" } else { "nobody states it: a user count says nothing until somebody does" };
    writeln!(
        out,
        "
import http from 'k6/http';
import {{ check, sleep }} from 'k6';
import {{ Counter }} from 'k6/metrics';

const BASE_URL = __ENV.BASE_URL || {base};
const AUTHORIZATION = __ENV.AUTHORIZATION || '';
const MODEL = __ENV.MODEL || 'open';
// Requests a second, step by step.
const STEPS = (__ENV.STEPS || '{steps}').split(',').map(Number);
const STEP_SECONDS = Number(__ENV.STEP_SECONDS || 60);
// Seconds between two requests of a user, in the closed model; {think}.
const THINK_TIME = Number(__ENV.THINK_TIME || {seconds});
// What is still good enough, in milliseconds.
const P95 = Number(__ENV.P95 || 500);
",
        base = quoted(&test.base, '\''),
        steps = steps.join(","),
        seconds = test.think,
    )?;
    parameters(test, out)?;
    write_requests(test, &DIALECT, out)?;
    out.write_all(BODY.as_bytes())
}

fn parameters(test: &LoadTest, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "// Fill in values that exist; each request takes one of them at random.")?;
    writeln!(out, "const PARAMETERS = {{")?;
    for parameter in &test.parameters {
        let comment = of_parameter(parameter);
        writeln!(out, "  {}: [{}], // {comment}", quoted(&parameter.name, '\''), quoted(&parameter.example, '\''))?;
    }
    writeln!(out, "}};\n")
}

/// How JavaScript writes them.
const DIALECT: Dialect = Dialect {
    comment: "//",
    signs: "slashes",
    indent: "  ",
    opening: "const REQUESTS = [",
    closing: "].filter((it) => !it.login || AUTHORIZATION);",
    row,
};

fn row(request: &Request) -> String {
    let login = if request.login { ", login: true" } else { "" };
    let body = if request.writes { ", body: {}" } else { "" };
    format!(
        "{{ weight: {}, method: {}, path: {}{login}{body} }}, // {}",
        request.weight,
        quoted(&request.method, '\''),
        quoted(&request.path, '\''),
        one_line(&request.handler)
    )
}

/// What is the same in every script.
const BODY: &str = r"// Failures, by what was answered; 0 is no answer at all.
const answers = new Counter('answers');
const FAILURES = ['0', '302', '400', '401', '403', '404', '429', '499', '500', '502', '503', '504'];

// Whatever is not 2xx is a failure: a redirect to a login page measures the login page.
http.setResponseCallback(http.expectedStatuses({ min: 200, max: 299 }));

// A scenario for each step, so that times and failures are told step by step.
const scenarios = {};
const thresholds = { http_req_failed: ['rate<0.01'], dropped_iterations: ['count<1'] };
FAILURES.forEach((status) => (thresholds[`answers{status:${status}}`] = ['count<1']));
STEPS.forEach((rate, nth) => {
  const name = `at_${rate}_a_second`;
  const common = { startTime: `${nth * STEP_SECONDS}s`, duration: `${STEP_SECONDS}s`, gracefulStop: '5s' };
  scenarios[name] =
    MODEL === 'closed'
      ? { executor: 'constant-vus', vus: Math.max(1, Math.ceil(rate * THINK_TIME)), ...common }
      : {
          executor: 'constant-arrival-rate',
          rate,
          timeUnit: '1s',
          // Requests that are under way at once: a second's worth to begin with, ten seconds' worth at most.
          preAllocatedVUs: Math.max(2, rate),
          maxVUs: Math.min(5000, Math.max(10, rate * 10)),
          ...common,
        };
  thresholds[`http_req_duration{scenario:${name}}`] = [`p(95)<${P95}`];
  thresholds[`http_req_failed{scenario:${name}}`] = ['rate<0.01'];
});

export const options = {
  scenarios,
  thresholds,
  discardResponseBodies: true,
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max', 'count'],
};

const TOTAL = REQUESTS.reduce((sum, it) => sum + it.weight, 0);

function drawn() {
  let left = Math.random() * TOTAL;
  return REQUESTS.find((it) => (left -= it.weight) < 0) || REQUESTS[REQUESTS.length - 1];
}

function filled(path) {
  return path.replace(/[{]([0-9A-Za-z_]+)[}]/g, (_, name) => {
    const values = PARAMETERS[name];
    return encodeURIComponent(values[Math.floor(Math.random() * values.length)]);
  });
}

export function setup() {
  if (REQUESTS.length === 0) {
    throw new Error('nothing is asked for: set AUTHORIZATION, or put requests into REQUESTS');
  }
}

export default function () {
  const it = drawn();
  const headers = { Accept: 'application/json' };
  if (AUTHORIZATION) headers.Authorization = AUTHORIZATION;
  if (it.body !== undefined) headers['Content-Type'] = 'application/json';
  const name = `${it.method} ${it.path}`;
  const body = it.body === undefined ? null : JSON.stringify(it.body);
  const response = http.request(it.method, BASE_URL + filled(it.path), body, {
    headers,
    redirects: 0,
    timeout: '30s',
    tags: { name },
  });
  answers.add(1, { status: String(response.status), name });
  check(response, { 'the answer is 2xx': (r) => r.status >= 200 && r.status < 300 });
  if (MODEL === 'closed') sleep(THINK_TIME * (0.5 + Math.random()));
}
";
