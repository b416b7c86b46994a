//! What a team already measures, as inputs of the model: the text of a log, a dump or a load test's result becomes
//! measurements. One file for each format, recognised by its content; each yields what it can settle and no more.
//!
//! Nothing here reads a disk or knows a stack. Times come out in milliseconds.

mod access_log;
mod csv;
mod load_test;
mod prometheus;
mod sample;
mod statements;

use crate::config::Measurement;
use crate::rule::expr::print;

/// What a file of measurements gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// Numbers of the model.
    pub measured: Vec<Measurement>,
    /// What was left out of the file, and what it cannot settle, each a sentence without a full stop.
    pub remarks: Vec<String>,
}

/// Reads a file of measurements; `name` is what the report calls it.
///
/// # Errors
/// What was expected and where, as the rest of a sentence that starts with the file's name.
pub fn calibrate(name: &str, text: &str) -> Result<Calibration, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err("is empty".to_owned());
    }
    if let Some(value) = text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
        && load_test::is_k6(&value)
    {
        return load_test::k6(name, &value);
    }
    if load_test::is_wrk(text) {
        return load_test::wrk(name, text);
    }
    if prometheus::is(text) {
        return prometheus::read(name, text);
    }
    let header = csv::header(text);
    if statements::is(&header) {
        return statements::read(name, text);
    }
    if load_test::is_locust(&header) {
        return load_test::locust(name, text);
    }
    access_log::read(name, text)
}

/// `48,210 requests`
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", print::thousands(&number.to_string()), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests;
