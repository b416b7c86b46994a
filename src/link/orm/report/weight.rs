//! What makes a loop matter less than one over many rows that each request for a page goes through.

use super::Report;
use crate::link::orm::events::{Event, EventKind};
use crate::link::orm::few::Time;
use crate::link::orm::rarely::Rarely;
use crate::link::orm::types::Unit;
use crate::stack::Fact;

/// How much less it matters, and why, as far as nothing else says so.
pub(super) struct Less {
    pub(super) steps: Fact<u64>,
    pub(super) because: Fact<Box<str>>,
}

impl Report<'_> {
    /// How much less it matters what these events of one loop tell.
    pub(super) fn less(&self, events: &[&Event]) -> Less {
        let (steps, because) = self.steps(events);
        Less {
            steps: Fact::derived(steps, Vec::new()),
            because: match because.is_empty() {
                true => Fact::Absent,
                false => Fact::derived(because.join("; ").into(), Vec::new()),
            },
        }
    }

    /// The steps, and what of them nothing else says.
    pub(super) fn steps(&self, events: &[&Event]) -> (u64, Vec<String>) {
        let Some(first) = events.first() else { return (0, Vec::new()) };
        let all = |holds: &dyn Fn(&Event) -> bool| events.iter().all(|event| holds(event));
        let mut steps = 0;
        let mut because: Vec<String> = Vec::new();
        // A view may list what one row has as it lists all rows, and many do; and what a user has grows with use.
        let listed = first.of_user || first.serializer.is_some() && matches!(first.unit, Unit::Class(_));
        if first.of_one.is_some() && !listed {
            steps += 1 + u64::from(first.leaves);
        }
        if all(&|event| event.conditional || event.behind) {
            steps += 1;
        }
        if first.rarely.is_some()
            && all(&|event| event.rarely == first.rarely)
            && let Some(rarely) = &first.rarely
        {
            steps += if matches!(rarely, Rarely::Off(_)) { 2 } else { 1 };
            because.push(rarely.said());
        }
        if first.sent {
            // What is written of the parts of one object is as long as the object.
            steps += if matches!(first.kind, EventKind::Write { .. }) { 2 } else { 1 };
            because.push("there are as many turns as one request brings values".to_owned());
        }
        if let Some(time) = first.of_time {
            let (less, of) = match time {
                Time::Day => (2, "day"),
                Time::Period => (1, "period"),
                Time::Moment => (1, "moment"),
            };
            steps += less;
            because.push(format!("there are as many turns as one {of} has rows"));
        }
        let writes = events.iter().filter_map(|event| match &event.kind {
            EventKind::Write { how, .. } => Some(how),
            _ => None,
        });
        let does_more =
            writes.filter(|how| how.signals.is_some() || how.referred || how.own == Some(true) && !how.fills);
        if does_more.count() > 0 {
            steps += 1;
        }
        if let Some(apart) = first.apart.filter(|_| all(&|event| event.apart.is_some())) {
            steps += 1;
            because.push(apart.to_owned());
        }
        if let Some(name) = self.reached.uncalled(first.unit) {
            steps += 1;
            because.push(format!("no code here calls `{name}`"));
        }
        if matches!(&first.kind, EventKind::Lazy { root, .. } if root.unheeded) {
            because.push("the queryset joins something, so that `list_select_related` is not heeded".to_owned());
        }
        let is_write = matches!(first.kind, EventKind::Write { .. });
        if !is_write && !first.stale && self.written.contains(&(first.unit, first.head)) {
            steps += 1;
            because.push("each turn writes besides".to_owned());
        }
        (steps, because)
    }
}
