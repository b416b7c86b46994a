//! Numbers as sets: what is known of a count may be a point, a few branches, a range, or nothing.

/// All numbers from `low` to `high`, both included; `high` may be infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The smallest.
    pub low: f64,
    /// The largest.
    pub high: f64,
}

/// A set of numbers: at most [`Numbers::MOST`] intervals, sorted, none of which meet. Never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers(Vec<Interval>);

/// What a condition is over a whole set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// True of every value.
    Yes,
    /// False of every value.
    No,
    /// True of some.
    Maybe,
}

impl Truth {
    /// The truth of something known.
    pub fn of(known: bool) -> Self {
        if known { Truth::Yes } else { Truth::No }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::No, _) | (_, Truth::No) => Truth::No,
            (Truth::Yes, Truth::Yes) => Truth::Yes,
            _ => Truth::Maybe,
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        !((!self).and(!other))
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Maybe => Truth::Maybe,
        }
    }
}

impl Interval {
    /// One number.
    pub fn point(value: f64) -> Self {
        Self { low: value, high: value }
    }
}

impl Numbers {
    /// More intervals than this are joined into their hull.
    pub const MOST: usize = 16;

    /// One number.
    pub fn point(value: f64) -> Self {
        Self(vec![Interval::point(value)])
    }

    /// Any count at all: from 0 without end.
    pub fn any() -> Self {
        Self(vec![Interval { low: 0.0, high: f64::INFINITY }])
    }

    /// No limit.
    pub fn unbounded() -> Self {
        Self(vec![Interval::point(f64::INFINITY)])
    }

    /// These intervals, sorted and joined where they meet; `any` when there are none.
    pub fn new(intervals: impl IntoIterator<Item = Interval>) -> Self {
        let mut all: Vec<Interval> = intervals.into_iter().filter(|it| !it.low.is_nan() && !it.high.is_nan()).collect();
        all.sort_by(|a, b| a.low.total_cmp(&b.low));
        let mut joined: Vec<Interval> = Vec::with_capacity(all.len());
        for next in all {
            match joined.last_mut() {
                Some(last) if next.low <= last.high => last.high = last.high.max(next.high),
                _ => joined.push(next),
            }
        }
        if joined.is_empty() {
            return Self::any();
        }
        if joined.len() > Self::MOST {
            let hull = Interval { low: joined[0].low, high: joined[joined.len() - 1].high };
            joined = vec![hull];
        }
        Self(joined)
    }

    /// The intervals, sorted.
    pub fn intervals(&self) -> &[Interval] {
        &self.0
    }

    /// The smallest number.
    pub fn low(&self) -> f64 {
        self.0.first().map_or(0.0, |it| it.low)
    }

    /// The largest number.
    pub fn high(&self) -> f64 {
        self.0.last().map_or(f64::INFINITY, |it| it.high)
    }

    /// The number, when it is one.
    pub fn single(&self) -> Option<f64> {
        match self.0.as_slice() {
            [only] if only.low == only.high => Some(only.low),
            _ => None,
        }
    }

    /// What comes of `each` over every pair of intervals, taken at their ends: right for operations that are
    /// monotone in both arguments (`+ - * / min max`). Where ends give no number (`0 × ∞`) it is taken as 0, for a
    /// count of none opens none.
    #[must_use]
    pub fn combine(&self, other: &Numbers, each: impl Fn(f64, f64) -> f64) -> Numbers {
        let mut out = Vec::with_capacity(self.0.len() * other.0.len());
        for a in &self.0 {
            for b in &other.0 {
                let ends = [each(a.low, b.low), each(a.low, b.high), each(a.high, b.low), each(a.high, b.high)];
                let ends = ends.map(|end| if end.is_nan() { 0.0 } else { end });
                out.push(Interval {
                    low: ends.iter().copied().fold(f64::INFINITY, f64::min),
                    high: ends.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                });
            }
        }
        Numbers::new(out)
    }

    /// What comes of a monotone function of one number.
    #[must_use]
    pub fn map(&self, each: impl Fn(f64) -> f64) -> Numbers {
        Numbers::new(self.0.iter().map(|it| {
            let (a, b) = (each(it.low), each(it.high));
            Interval { low: a.min(b), high: a.max(b) }
        }))
    }

    /// All numbers of both.
    #[must_use]
    pub fn union(&self, other: &Numbers) -> Numbers {
        Numbers::new(self.0.iter().chain(&other.0).copied())
    }

    /// Whether every number here is less than every number there.
    pub fn less(&self, other: &Numbers) -> Truth {
        if self.high() < other.low() {
            Truth::Yes
        } else if self.low() >= other.high() {
            Truth::No
        } else {
            Truth::Maybe
        }
    }

    /// Whether both are the same number.
    pub fn equal(&self, other: &Numbers) -> Truth {
        if let (Some(a), Some(b)) = (self.single(), other.single()) {
            return Truth::of(a == b);
        }
        let meet = self.0.iter().any(|a| other.0.iter().any(|b| a.low.max(b.low) <= a.high.min(b.high)));
        if meet { Truth::Maybe } else { Truth::No }
    }
}
