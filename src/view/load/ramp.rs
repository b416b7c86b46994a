//! How the load grows: in steps around the load at which the service is expected to give out.

use super::super::Capacity;
use super::super::capacity::number;

/// Steps of requests a second, and why these.
#[derive(Clone, Debug, PartialEq)]
pub struct Ramp {
    /// Requests a second, each more than the one before.
    pub steps: Vec<u64>,
    /// What is expected, each a sentence.
    pub expected: Vec<String>,
    /// Why these steps, in a sentence.
    pub because: String,
}

/// Below this factor between the ends of what is expected the steps are near each other.
const NARROW: f64 = 1.5;
/// The last step where nothing is known, in doublings of one request a second.
const DOUBLINGS: u32 = 9;
/// More requests a second than this are no step: one machine does not send them.
const MOST: f64 = 20_000.0;

impl Ramp {
    /// Doubling from one request a second, where nothing is known.
    pub(super) fn unknown(why: &str) -> Self {
        Self {
            steps: (0..=DOUBLINGS).map(|it| 1 << it).collect(),
            expected: Vec::new(),
            because: format!("{why}, so the load doubles from step to step."),
        }
    }
}

pub(super) fn of(capacity: &Capacity) -> Ramp {
    let rate = capacity.rate;
    let expected = capacity.answer.clone();
    if !rate.likely.is_finite() || capacity.verdict == "nothing" {
        return Ramp { expected, ..Ramp::unknown("Nothing that is known of the service has an end") };
    }
    let high = rate.high.min(MOST);
    let last = 1.25 * high;
    let (raw, because) = if capacity.verdict == "undetermined" {
        let mut steps = vec![0.5 * rate.low];
        while let Some(step) = steps.last().copied().filter(|step| *step < last && steps.len() < 16) {
            steps.push(2.0 * step);
        }
        let because = format!(
            "What gives out first is undetermined, so the load doubles from half of {} requests a second, the low end, \
             until it is beyond {}, the high end.",
            number(rate.low),
            number(high)
        );
        (steps, because)
    } else if high <= NARROW * rate.low {
        let steps = [0.5, 0.75, 0.9, 1.0, 1.1, 1.25].map(|share| share * rate.likely);
        (
            steps.to_vec(),
            format!("The steps lie around the {} requests a second at which it gives out.", number(rate.likely)),
        )
    } else {
        let (low, likely) = (rate.low, rate.likely);
        let steps = vec![0.5 * low, low, (low * likely).sqrt(), likely, (likely * high).sqrt(), high, last];
        let because = format!(
            "The steps go from half of the low end ({}) over the likely knee ({}) beyond the high end ({}).",
            number(low),
            number(likely),
            number(high)
        );
        (steps, because)
    };
    let mut steps: Vec<u64> = raw.into_iter().map(whole).collect();
    steps.dedup();
    Ramp { steps, expected, because }
}

/// A number with two digits that count, one at least.
fn whole(value: f64) -> u64 {
    super::super::capacity::rounded(value.clamp(1.0, 2.0 * MOST), 2).round() as u64
}

#[cfg(test)]
mod tests {
    use super::super::super::capacity::Range;
    use super::*;

    fn steps(low: f64, likely: f64, high: f64, verdict: &str) -> Vec<u64> {
        let capacity = Capacity {
            stack: String::new(),
            service: String::new(),
            state: String::new(),
            answer: Vec::new(),
            rate: Range { low, likely, high },
            users: None,
            verdict: verdict.to_owned(),
            cliffs: Vec::new(),
            bounds: Vec::new(),
            loads: Vec::new(),
            curve: Vec::new(),
            assumptions: Vec::new(),
            facts: Vec::new(),
            open: Vec::new(),
        };
        of(&capacity).steps
    }

    #[test]
    fn steps_lie_around_what_is_expected() {
        assert_eq!(steps(95.0, 100.0, 105.0, "clear"), [50, 75, 90, 100, 110, 130]);
        assert_eq!(steps(26.0, 71.0, 180.0, "clear"), [13, 26, 43, 71, 110, 180, 230]);
        assert_eq!(steps(30.0, 70.0, 180.0, "undetermined"), [15, 30, 60, 120, 240]);
        assert_eq!(steps(1.0, 1.0, 1.0, "clear"), [1]);
        assert_eq!(
            steps(f64::INFINITY, f64::INFINITY, f64::INFINITY, "nothing"),
            [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
        );
    }
}
