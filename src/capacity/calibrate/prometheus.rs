//! A dump of metrics in Prometheus' text format (documentation, *Exposition formats*, 0.0.4): a histogram or summary is a
//! `_sum` and a `_count`, which make a mean.
//!
//! Names were read in the sources of prometheus-fastapi-instrumentator 8.1 (`http_request_duration_seconds`, and the same
//! requests again in `http_request_duration_highr_seconds`), django-prometheus 2.5
//! (`django_http_requests_latency_including_middlewares_seconds`, and by view; `django_db_query_duration_seconds`, taken
//! around the driver, so with the way there and back), starlette-exporter 0.24 and prometheus-flask-exporter 0.23
//! (`…request_duration_seconds`). OpenTelemetry's are `http_server_request_duration_seconds` and
//! `http_server_duration_milliseconds`. The unit is the name's ending; without one nothing is read.

use super::sample::{Times, response, widened};
use super::{Calibration, count};
use crate::config::{Measure, Measurement};

/// What proxies call theirs: the client's time is in it.
const PROXIES: &[&str] = &["nginx_", "traefik_", "haproxy_", "envoy_", "istio_", "caddy_"];
/// The time of a query as the application sees it.
const QUERIES: &str = "django_db_query_duration_seconds";

/// A histogram or summary, all its labels together.
struct Family<'a> {
    name: &'a str,
    sum: f64,
    count: f64,
}

impl Family<'_> {
    /// Milliseconds in one of its unit.
    fn unit(&self) -> Option<f64> {
        let ends = [("_microseconds", 0.001), ("_milliseconds", 1.0), ("_ms", 1.0), ("_seconds", 1000.0)];
        let name = self.name.replace("_by_view_method", "");
        ends.iter().find(|it| name.ends_with(it.0)).map(|it| it.1)
    }

    /// Whether it is the time of requests that were served.
    fn is_of_requests(&self) -> bool {
        let has = |words: &[&str]| words.iter().any(|it| self.name.contains(it));
        has(&["http", "request"])
            && has(&["duration", "latency", "processing"])
            && !has(&["client", "db_", "size", "bytes", "redis", "celery", "handshake"])
    }
}

pub(super) fn is(text: &str) -> bool {
    let mut lines = text.lines().filter(|it| !it.trim().is_empty());
    lines.next().is_some_and(|it| it.starts_with("# HELP ") || it.starts_with("# TYPE "))
        || text.contains("\n# TYPE ") && text.contains("_count")
}

pub(super) fn read(name: &str, text: &str) -> Result<Calibration, String> {
    let families = families(text);
    let mut requests: Vec<&Family<'_>> =
        families.iter().filter(|it| it.is_of_requests() && it.count > 0.0 && it.unit().is_some()).collect();
    // Some measure the same requests several times, whole and by parts: what has seen the most is the whole, and of equals
    // the one that counts the work around views, too.
    requests.sort_by(|a, b| {
        let around = |it: &Family<'_>| it.name.contains("including_middlewares");
        b.count.total_cmp(&a.count).then(around(b).cmp(&around(a))).then(a.name.cmp(b.name))
    });
    let mut out = match requests.as_slice() {
        [] => Calibration::default(),
        [first, others @ ..] => {
            let proxy = PROXIES.iter().any(|it| first.name.starts_with(it));
            let of = if proxy { Measure::ResponseAtMost } else { Measure::Response };
            let mean = first.sum / first.count * first.unit().unwrap_or(1.0);
            let times = Times { requests: first.count, mean, median: None, varies: None };
            let mut out = response(name, &times, of, &format!(", its `{}`", first.name))?;
            if !others.is_empty() {
                let names: Vec<String> = others.iter().map(|it| format!("`{}`", it.name)).collect();
                out.remarks.push(format!("{} in {name} left aside for `{}`", names.join(", "), first.name));
            }
            out
        }
    };
    if let Some(queries) = families.iter().find(|it| it.name == QUERIES && it.count > 0.0) {
        let mean = queries.sum / queries.count * 1000.0;
        let mut value = [mean; 3];
        widened(&mut value, queries.count, None);
        let words =
            format!("of {} in {name}, its `{QUERIES}`", count(queries.count as usize, "query", "queries")).into();
        out.measured.push(Measurement { of: Measure::Query, value, words, samples: queries.count });
        if let Some(first) = requests.first() {
            out.remarks.push(format!(
                "{name} counts {:.1} queries for each request: state them with `--assume q={:.1}`",
                queries.count / first.count,
                queries.count / first.count
            ));
        }
    }
    if out.measured.is_empty() {
        return Err(
            "holds no histogram of the time of requests, such as `http_request_duration_seconds`; its name must \
                    end in its unit"
                .to_owned(),
        );
    }
    Ok(out)
}

/// All families that have a sum and a count. What asks for the metrics themselves is no load.
fn families(text: &str) -> Vec<Family<'_>> {
    let mut out: Vec<Family<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|it| !it.starts_with('#')) {
        let end = line.find(['{', ' ', '\t']).unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        let (labels, value) = match rest.strip_prefix('{').and_then(|it| it.rsplit_once('}')) {
            Some((labels, value)) => (labels, value),
            None => ("", rest),
        };
        let value = value.split_whitespace().next().and_then(|it| it.parse::<f64>().ok());
        let Some(value) = value.filter(|it| it.is_finite() && *it >= 0.0) else { continue };
        if labels.contains("\"/metrics\"") || labels.contains("prometheus-django-metrics") {
            continue;
        }
        for (ending, is_sum) in [("_sum", true), ("_count", false)] {
            let Some(name) = name.strip_suffix(ending) else { continue };
            let at = out.iter().position(|it| it.name == name).unwrap_or_else(|| {
                out.push(Family { name, sum: 0.0, count: 0.0 });
                out.len() - 1
            });
            if is_sum {
                out[at].sum += value;
            } else {
                out[at].count += value;
            }
        }
    }
    out
}
