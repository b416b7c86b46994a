//! What load generators write when they are done: k6, Locust, wrk. All of them see a request from outside, with the way to
//! the server and the wait before it, so a time of theirs is the most that a slot was held.
//!
//! - k6 (documentation of `handleSummary` and of `--summary-export`): `metrics` by their names, the values of each in it or,
//!   in `handleSummary`, in its `values`. `http_req_duration` is milliseconds of sending, waiting and receiving, without
//!   looking the name up and connecting; `http_reqs` counts. With `{expected_response:true}` it is of those that did not fail.
//! - Locust (`locust/stats.py`, 2.x): `_stats.csv`, milliseconds, a row for each name and one of all, `Aggregated`.
//! - wrk (`src/wrk.c`, 4.x): the mean latency of a fixed number of connections, corrected for requests that a slow answer
//!   kept from being sent.

use serde_json::Value;

use super::sample::{Times, response};
use super::{Calibration, count, csv};
use crate::config::Measure;

/// What is said beside all of them.
const OUTSIDE: &str = "; seen by the load generator, so the way and the wait before the server are in it";

pub(super) fn is_k6(value: &Value) -> bool {
    value.get("metrics").is_some_and(|it| it.get("http_req_duration").is_some())
}

pub(super) fn k6(name: &str, value: &Value) -> Result<Calibration, String> {
    let metric = |name: &str| {
        let it = value.get("metrics")?.get(name)?;
        Some(it.get("values").unwrap_or(it))
    };
    let of = metric("http_req_duration{expected_response:true}").or_else(|| metric("http_req_duration"));
    let number = |name: &str| of.and_then(|it| it.get(name)).and_then(Value::as_f64);
    let Some(mean) = number("avg") else {
        return Err(
            "is a summary of k6 whose `http_req_duration` holds no `avg`: add it to `summaryTrendStats`".to_owned()
        );
    };
    let requests = metric("http_reqs").and_then(|it| it.get("count")).and_then(Value::as_f64).unwrap_or(1.0);
    let share = metric("http_req_failed").and_then(|it| it.get("rate").or_else(|| it.get("value")));
    let failed = share.and_then(Value::as_f64).unwrap_or(0.0) * requests;
    let times = Times { requests, mean, median: number("med"), varies: None };
    Ok(with_failures(name, response(name, &times, Measure::ResponseAtMost, OUTSIDE)?, failed))
}

pub(super) fn is_locust(header: &[String]) -> bool {
    ["Name", "Request Count", "Average Response Time"].iter().all(|name| header.iter().any(|it| it.trim() == *name))
}

pub(super) fn locust(name: &str, text: &str) -> Result<Calibration, String> {
    let mut records = csv::records(text);
    let header = records.next().map_or_else(Vec::new, |it| it.values);
    let at = header.iter().position(|it| it.trim() == "Name");
    let rows: Vec<csv::Record> = records.collect();
    let all =
        |it: &&csv::Record| at.and_then(|at| it.values.get(at)).is_some_and(|it| it == "Aggregated" || it == "Total");
    let rows: Vec<&csv::Record> = match rows.iter().find(all) {
        Some(all) => vec![all],
        None => rows.iter().collect(),
    };
    let (mut requests, mut failed, mut busy, mut median) = (0.0, 0.0, 0.0, None);
    for row in &rows {
        let number = |name: &str| csv::number(&header, row, name);
        let own = number("Request Count")?.unwrap_or(0.0);
        requests += own;
        failed += number("Failure Count")?.unwrap_or(0.0);
        busy += own * number("Average Response Time")?.unwrap_or(0.0);
        median = if rows.len() == 1 { number("Median Response Time")? } else { None };
    }
    if requests <= 0.0 {
        return Err("holds no request".to_owned());
    }
    let times = Times { requests, mean: busy / requests, median, varies: None };
    Ok(with_failures(name, response(name, &times, Measure::ResponseAtMost, OUTSIDE)?, failed))
}

pub(super) fn is_wrk(text: &str) -> bool {
    text.starts_with("Running ") && text.contains("Thread Stats")
}

pub(super) fn wrk(name: &str, text: &str) -> Result<Calibration, String> {
    let line = |start: &str| text.lines().map(str::trim).find_map(|it| it.strip_prefix(start));
    let mut latency = line("Latency ").unwrap_or_default().split_whitespace();
    let (mean, deviation) = (latency.next().and_then(time), latency.next().and_then(time));
    let Some(mean) = mean else { return Err("is of wrk and holds no line `Latency` with a mean".to_owned()) };
    let requests = text.lines().find_map(|it| it.trim().split_once(" requests in ")?.0.parse::<f64>().ok());
    let half = text.lines().map(str::trim).find_map(|it| time(it.strip_prefix("50%")?.trim()));
    let failed = line("Non-2xx or 3xx responses: ").and_then(|it| it.trim().parse::<f64>().ok()).unwrap_or(0.0);
    let varies = deviation.map(|it| it / mean).filter(|it| it.is_finite());
    let times = Times { requests: requests.unwrap_or(1.0), mean, median: half, varies };
    Ok(with_failures(name, response(name, &times, Measure::ResponseAtMost, OUTSIDE)?, failed))
}

/// `12.34ms`, in milliseconds.
fn time(text: &str) -> Option<f64> {
    let end = text.find(|it: char| it.is_ascii_alphabetic())?;
    let factor = match &text[end..] {
        "us" => 0.001,
        "ms" => 1.0,
        "s" => 1000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        _ => return None,
    };
    Some(text[..end].parse::<f64>().ok()? * factor)
}

fn with_failures(name: &str, mut found: Calibration, failed: f64) -> Calibration {
    if failed >= 1.0 {
        let failed = count(failed as usize, "request", "requests");
        found.remarks.push(format!(
            "{failed} in {name} failed: a load past a cliff says little of the time that a request takes"
        ));
    }
    found.remarks.push(format!(
        "{name} is of a load test: take a run with few users, for in a full system its times are mostly waiting"
    ));
    found
}
