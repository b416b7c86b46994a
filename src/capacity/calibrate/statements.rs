//! `pg_stat_statements` as CSV: the mean time of a query, and the most CPU it can have taken.
//!
//! Read in PostgreSQL's documentation, F.32 (versions 9.4 to 18): times are milliseconds and count what the server does;
//! `total_exec_time` was `total_time` before version 13; planning is `total_plan_time`, 0 unless `track_planning`;
//! `toplevel` is false for statements within functions, whose time is in the outer one's too.

use super::sample::widened;
use super::{Calibration, count, csv};
use crate::config::{Measure, Measurement};

/// What is added to the server's time for the way there and back and for parsing: low, likely, high. The likely and the
/// high are judgement: neighbours in one network, and two zones of one region.
const WAY: [f64; 3] = [0.1, 0.5, 2.0];
/// The server's CPU beside execution, which the view does not count: parsing, planning and protocol of a query of one row
/// were measured at 0.1 to 0.25 ms.
const BESIDE: f64 = 0.25;

/// What requests ask. The rest is transactions' ends, settings and maintenance.
const ASKING: &[&str] =
    &["select", "insert", "update", "delete", "with", "merge", "values", "table", "execute", "fetch"];

pub(super) fn is(header: &[String]) -> bool {
    let has = |name: &str| header.iter().any(|it| it.trim() == name);
    has("calls") && ["total_exec_time", "mean_exec_time", "total_time", "mean_time"].into_iter().any(has)
}

pub(super) fn read(name: &str, text: &str) -> Result<Calibration, String> {
    let mut records = csv::records(text);
    let header = records.next().map_or_else(Vec::new, |it| it.values);
    let (mut calls, mut busy, mut blocks, mut left_out) = (0.0, 0.0, 0.0, 0.0);
    for record in records {
        let number = |name: &str| csv::number(&header, &record, name);
        let any = |names: &[&str]| names.iter().find_map(|name| number(name).transpose()).transpose();
        let times = number("calls")?.unwrap_or(0.0);
        let text_of = |name: &str| header.iter().position(|it| it.trim() == name).and_then(|at| record.values.get(at));
        let nested = text_of("toplevel").is_some_and(|it| matches!(it.trim(), "f" | "false"));
        if nested || text_of("query").is_some_and(|query| !asks(query)) {
            left_out += times;
            continue;
        }
        let total = any(&["total_exec_time", "total_time"])?;
        let mean = any(&["mean_exec_time", "mean_time"])?;
        let plan = number("total_plan_time")?.unwrap_or(0.0);
        let Some(total) = total.or(mean.map(|mean| mean * times)) else { continue };
        calls += times;
        busy += total + plan;
        for name in ["blk_read_time", "blk_write_time", "shared_blk_read_time", "shared_blk_write_time"] {
            blocks += number(name)?.unwrap_or(0.0);
        }
    }
    if calls <= 0.0 {
        return Err("holds no statement that asks for rows or changes them, of `calls` of 1 or more".to_owned());
    }
    let mean = busy / calls;
    let words = format!("of {} in {name}", count(calls as usize, "query", "queries"));
    let measured = |of, mut value: [f64; 3], words: String| {
        widened(&mut value, calls, None);
        Measurement { of, value, words: words.into(), samples: calls }
    };
    let most = (busy - blocks).max(0.0) / calls + BESIDE;
    let mut remarks = vec![format!(
        "{name} says how long queries take, not how many a request asks: state `q` (calls / requests over the same time)"
    )];
    if calls < 100.0 {
        remarks.push(format!(
            "{name} holds only {}: their mean may be far off",
            count(calls as usize, "query", "queries")
        ));
    }
    if left_out > 0.0 {
        remarks.push(format!(
            "{} in {name} left out: transactions' ends, settings, maintenance, or within another statement",
            count(left_out as usize, "call", "calls")
        ));
    }
    Ok(Calibration {
        measured: vec![
            measured(
                Measure::Query,
                WAY.map(|way| mean + way),
                format!(
                    "{words}, {mean:.3} ms each in the server, and {} to {} ms for the way there and back",
                    WAY[0], WAY[2]
                ),
            ),
            measured(
                Measure::QueryCpu,
                [0.1_f64.min(most), (most / 2.0).max(0.1).min(most), most],
                format!("{words}: no more than the server's time, and {BESIDE} ms beside execution"),
            ),
        ],
        remarks,
    })
}

/// Whether a statement is one that requests ask. One that is not shown (`<insufficient privilege>`) may be.
fn asks(query: &str) -> bool {
    let mut rest = query.trim_start();
    while let Some(comment) = rest.strip_prefix("/*") {
        rest = comment.split_once("*/").map_or("", |(_, behind)| behind.trim_start());
    }
    while let Some(comment) = rest.strip_prefix("--") {
        rest = comment.split_once('\n').map_or("", |(_, behind)| behind.trim_start());
    }
    let rest = rest.trim_start_matches(['(', ' ']);
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    rest.starts_with('<') || ASKING.contains(&word.as_str())
}
