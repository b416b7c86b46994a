//! Access logs with times: nginx's and gunicorn's.
//!
//! nginx (documentation of `ngx_http_log_module` and `ngx_http_upstream_module`): `$request_time` and
//! `$upstream_response_time` are seconds with three decimals. The first runs from the client's first byte until the last
//! one is sent to it, so a slow client is in it; the second is the application's, `-` where it was not asked, and holds
//! several times parted by commas and colons where several servers were asked. gunicorn (documentation of
//! `access_log_format`): `%(L)s` is seconds with six decimals, `%(D)s` microseconds, `%(M)s` milliseconds.

use serde_json::Value;

use super::sample::response;
use super::{Calibration, count, sample};
use crate::config::Measure;

/// What nginx itself answers, by the ends of paths: it holds no slot.
const ASSETS: &[&str] =
    &[".js", ".css", ".map", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".woff", ".woff2", ".ttf"];

/// Which time it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Of the application.
    Application,
    /// With the client's.
    Client,
}

/// The names that times have in JSON and `name=value`, how many milliseconds one is, and whose time it is. `true` where
/// only a number with decimals is surely of that unit.
const NAMES: &[(&str, f64, bool, Whose)] = &[
    ("upstream_response_time", 1000.0, true, Whose::Application),
    ("upstream_time", 1000.0, true, Whose::Application),
    ("urt", 1000.0, true, Whose::Application),
    ("uresptime", 1000.0, true, Whose::Application),
    ("request_time_us", 0.001, false, Whose::Application),
    ("duration_us", 0.001, false, Whose::Application),
    ("D", 0.001, false, Whose::Application),
    ("request_time_ms", 1.0, false, Whose::Application),
    ("duration_ms", 1.0, false, Whose::Application),
    ("M", 1.0, false, Whose::Application),
    ("L", 1000.0, true, Whose::Application),
    ("request_time", 1000.0, true, Whose::Client),
    ("rt", 1000.0, true, Whose::Client),
    ("reqtime", 1000.0, true, Whose::Client),
];

/// The times of a line in milliseconds.
#[derive(Default)]
struct Times {
    named: Option<(f64, Whose)>,
    /// The last two fields, where they are times; the last one second.
    last: [Option<f64>; 2],
    /// Whether the last has six decimals, as gunicorn writes it.
    micro: bool,
    /// Whether a field for the time is there, and says that the application was not asked.
    unasked: bool,
}

pub(super) fn read(name: &str, text: &str) -> Result<Calibration, String> {
    let (mut all, mut without, mut aside, mut first) = (Vec::new(), 0, 0, None);
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        if aside_of(line) {
            aside += 1;
            continue;
        }
        let times = times(line);
        if times.named.is_none() && times.last == [None, None] {
            if times.unasked {
                aside += 1;
            } else {
                without += 1;
                first.get_or_insert((at + 1, line));
            }
            continue;
        }
        all.push(times);
    }
    if all.is_empty() {
        return Err(match first {
            Some((_, line)) if is_uvicorn(line) => {
                "is an access log of uvicorn, which holds no times: log them in nginx \
                 (`$upstream_response_time`) or measure in the application"
                    .to_owned()
            }
            Some((at, _)) => format!(
                "line {at}: no time is known in it; expected a line of nginx's access log with `$request_time` or \
                 `$upstream_response_time`, of gunicorn's with `%(L)s`, JSON or `name=value` with these names, \
                 the CSV of `pg_stat_statements` or Locust, metrics of Prometheus, a summary of k6, the output of wrk; a bare whole number at the end may be a size, and is not read"
            ),
            None => "holds no request that the application answered".to_owned(),
        });
    }
    let (values, whose) = choose(&all);
    aside += all.len() - values.len();
    let mut remarks = Vec::new();
    if without > 0 {
        let line = first.map_or(1, |(at, _)| at);
        remarks.push(format!("{} of {name} without a time, the first is line {line}", count(without, "line", "lines")));
    }
    if aside > 0 {
        remarks.push(format!(
            "{} in {name} left out: static files, WebSockets, or not passed to the application",
            count(aside, "request", "requests")
        ));
    }
    if values.is_empty() {
        return Err("holds no request that the application answered".to_owned());
    }
    let mut found = measurement(name, values, whose)?;
    found.remarks.append(&mut remarks);
    Ok(found)
}

fn measurement(name: &str, mut values: Vec<f64>, whose: Whose) -> Result<Calibration, String> {
    values.sort_by(f64::total_cmp);
    let requests = values.len() as f64;
    let mean = values.iter().sum::<f64>() / requests;
    let spread = values.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / requests;
    let times = sample::Times {
        requests,
        mean,
        median: Some(values[values.len() / 2]),
        varies: Some(spread.sqrt() / mean.max(1e-9)),
    };
    match whose {
        Whose::Application => response(name, &times, Measure::Response, ""),
        Whose::Client => response(name, &times, Measure::ResponseAtMost, "; the time that clients take is in it"),
    }
}

/// Of all lines the times of one kind: the application's where there is one.
fn choose(all: &[Times]) -> (Vec<f64>, Whose) {
    let named =
        |whose| all.iter().filter_map(move |it| it.named.filter(|(_, own)| *own == whose).map(|(time, _)| time));
    for whose in [Whose::Application, Whose::Client] {
        let values: Vec<f64> = named(whose).collect();
        if !values.is_empty() {
            return (values, whose);
        }
    }
    let column = |at: usize| all.iter().filter_map(move |it| it.last[at]);
    if column(0).next().is_none() || column(1).next().is_none() {
        let whose = if all.iter().all(|it| it.micro) { Whose::Application } else { Whose::Client };
        return (column(0).chain(column(1)).collect(), whose);
    }
    // Two times: the request's spans the application's, so the larger one is the request's.
    let both = || all.iter().filter_map(|it| Some((it.last[0]?, it.last[1]?)));
    let (left, right) = both().fold((0.0, 0.0), |(left, right), (a, b)| (left + a, right + b));
    (column(usize::from(left >= right)).collect(), Whose::Application)
}

fn times(line: &str) -> Times {
    let line = line.trim();
    if line.starts_with('{') {
        return serde_json::from_str(line).map(|value: Value| json(&value)).unwrap_or_default();
    }
    let mut out = Times::default();
    for (name, factor, decimals, whose) in NAMES.iter().filter(|it| it.0.len() > 1 || line.contains('=')) {
        let Some(text) = value_of(line, name) else { continue };
        if text.starts_with('-') {
            out.unasked = true;
        } else if let Some(time) = sum(text, *decimals) {
            out.named = Some((time * factor, *whose));
        }
        if out.named.is_some() || out.unasked {
            return out;
        }
    }
    let joined = line.replace(", ", ",").replace(" : ", ":");
    let mut fields = joined.rsplit([' ', '\t', '|']).map(|it| it.trim_matches('"')).filter(|it| !it.is_empty());
    let last = fields.next().unwrap_or_default();
    let before = fields.next().unwrap_or_default();
    out.micro = last.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 6);
    let time = |text: &str| sum(text, true).map(|seconds| seconds * 1000.0);
    out.last = [time(before), time(last)];
    out
}

/// The times of a line of JSON.
fn json(value: &Value) -> Times {
    let mut out = Times::default();
    for (name, factor, decimals, whose) in NAMES {
        let text = match value.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        if text == "-" || text.is_empty() {
            out.unasked = true;
            return out;
        }
        if let Some(time) = sum(&text.replace(' ', ""), *decimals && !value[name].is_f64()) {
            out.named = Some((time * factor, *whose));
            return out;
        }
    }
    out
}

/// What stands behind `name=`, in quotes or not.
fn value_of<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let starts = |at: usize| at == 0 || matches!(line.as_bytes()[at - 1], b' ' | b'\t' | b'"' | b',' | b'|' | b'[');
    let found = |(at, _): (usize, &str)| line[at + name.len()..].strip_prefix('=').filter(|_| starts(at));
    let behind = line.match_indices(name).find_map(found)?;
    match behind.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => behind.split([' ', '\t', '|']).next(),
    }
}

/// The sum of the times of all servers that were asked; each holds a slot. With `decimals` a time needs three or more, as
/// nginx and gunicorn write seconds: what has none may be a size.
fn sum(text: &str, decimals: bool) -> Option<f64> {
    let mut out = None;
    for part in text.split([',', ':']).map(str::trim).filter(|it| !it.is_empty() && *it != "-") {
        let digits = part.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        let fraction = part.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if !digits || decimals && !matches!(fraction, 3 | 6) {
            return None;
        }
        *out.get_or_insert(0.0) += part.parse::<f64>().ok()?;
    }
    out
}

/// Whether a line is of a WebSocket, whose time is the connection's, or of a file that nginx itself answers.
fn aside_of(line: &str) -> bool {
    let Some((_, request)) = ["\"GET ", "\"HEAD ", "GET ", "HEAD "].iter().find_map(|it| line.split_once(it)) else {
        return false;
    };
    let path = request.split([' ', '"', '?']).next().unwrap_or_default();
    let status = request.split_once("\" ").and_then(|(_, behind)| behind.split(' ').next());
    status == Some("101") || ASSETS.iter().any(|end| path.ends_with(end))
}

/// `INFO:     127.0.0.1:5000 - "GET / HTTP/1.1" 200 OK`
fn is_uvicorn(line: &str) -> bool {
    let line = line.trim();
    let request = line.split_once(" - \"").is_some_and(|(client, _)| client.contains(':'));
    request && line.rsplit_once("\" ").is_some_and(|(_, status)| status.starts_with(|it: char| it.is_ascii_digit()))
}
