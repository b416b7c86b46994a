//! A mean of a few tells little: what chance may do to it.

use super::{Calibration, count};
use crate::config::{Measure, Measurement};

/// From so many on a mean is taken as it is.
const ENOUGH: f64 = 100.0;
/// The standard error by which nine of ten means lie around what they estimate.
const WIDE: f64 = 1.645;
/// The least that times are taken to vary by, of their mean, where few of them may be alike by chance.
const LEAST: f64 = 0.5;

/// Response times that a file gives.
pub(super) struct Times {
    /// The number of requests.
    pub(super) requests: f64,
    /// Milliseconds.
    pub(super) mean: f64,
    /// Milliseconds, where it is known.
    pub(super) median: Option<f64>,
    /// The standard deviation by the mean, where it is known.
    pub(super) varies: Option<f64>,
}

/// The mean holds over the utilisation law, so it is the likely value and the highest: waiting is in it. The median is the
/// lowest, where it is smaller. Of few, both ends are as far off as chance may put them.
pub(super) fn response(name: &str, times: &Times, of: Measure, besides: &str) -> Result<Calibration, String> {
    if !(times.mean > 0.0 && times.mean.is_finite()) {
        return Err("holds times of 0 alone: they are too coarse to calibrate by".to_owned());
    }
    let median = times.median.map_or_else(String::new, |it| format!(", median {it:.1} ms"));
    let mut value = [times.median.map_or(times.mean, |it| it.min(times.mean)), times.mean, times.mean];
    let requests = times.requests.max(1.0);
    let mut remarks = Vec::new();
    let counted = count(requests as usize, "request", "requests");
    if let Some(wide) = widened(&mut value, requests, times.varies) {
        remarks.push(format!("{name} holds only {counted}: their mean may be off by {:.0} %", 100.0 * wide));
    }
    let words = format!("of {counted} in {name}{median}{besides}").into();
    Ok(Calibration { measured: vec![Measurement { of, value, words, samples: requests }], remarks })
}

/// Moves the ends of what few samples gave apart; by which share of the likely value, where they were few.
pub(super) fn widened(value: &mut [f64; 3], samples: f64, varies: Option<f64>) -> Option<f64> {
    if samples >= ENOUGH {
        return None;
    }
    let wide = (WIDE * varies.unwrap_or(1.0).max(LEAST) / samples.max(1.0).sqrt()).min(0.95);
    let [low, likely, high] = *value;
    *value = [low.min(likely * (1.0 - wide)), likely, high.max(likely * (1.0 + wide))];
    Some(wide)
}
