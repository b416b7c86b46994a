//! The answer in sentences.

use super::{Range, Teller, rounded};
use crate::capacity::{Band, Cliff, Count, Fall, Kind, Resource, Verdict, WhenFull};
use crate::rule::expr::print;
use crate::view::mask::clean;

/// Below this factor between the ends of a figure its service times are known.
const NARROW: f64 = 1.15;

impl Teller<'_> {
    /// How many digits of a figure count.
    pub(super) fn digits(&self) -> i32 {
        let rate = self.study.rate;
        if rate.high <= rate.low * NARROW { 3 } else { 2 }
    }

    pub(super) fn round(&self, value: f64) -> f64 {
        rounded(value, self.digits())
    }

    pub(super) fn range(&self, band: Band) -> Range {
        Range { low: self.round(band.low), likely: self.round(band.likely), high: self.round(band.high) }
    }

    /// `worker slots of web`
    pub(super) fn name(&self, resource: usize) -> String {
        self.model.resources.get(resource).map_or_else(String::new, name)
    }

    /// The answer: cliffs that are certain first, then the figure with its bounds, what binds and what comes next, users.
    pub(super) fn answer(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let certain = self.study.cliffs.iter().zip(&self.study.met).filter(|(it, met)| self.is_error(it, **met));
        out.extend(certain.map(|(cliff, _)| self.fall(cliff)));
        out.push(self.figure(!out.is_empty()));
        match &self.study.verdict {
            Verdict::Nothing => {}
            Verdict::Clear(first) => out.push(self.binding(*first)),
            Verdict::Undetermined(settle) => out.push(self.undetermined(*settle)),
        }
        if let Some(low) = self.bounds.convoy.filter(|low| *low < 0.95 * self.bounds.most()) {
            out.push(format!(
                "A process's event loop gives connections back only when it has run everybody's CPU work, so {} is what the \
                 pool comes to, and its bound of {} is out of reach.",
                rate(self.round(low)),
                number(self.round(self.bounds.most()))
            ));
        }
        out.push(match self.study.users {
            Some(users) => {
                let users = self.range(users);
                format!(
                    "Counted at {} % of that, and with the stated think time, this is {} users ({} to {}).",
                    number(100.0 * self.values[self.model.headroom]),
                    about(users.likely),
                    number(users.low),
                    number(users.high)
                )
            }
            None => "How many users that is depends on how long they think between two requests, which nobody says: \
                     state it with `--assume think_time=15s`."
                .to_owned(),
        });
        out
    }

    /// Whether anything is in error: requests fail before the rest gives out.
    pub(super) fn in_error(&self) -> bool {
        self.study.cliffs.iter().zip(&self.study.met).any(|(it, met)| self.is_error(it, *met))
    }

    /// Whether a cliff stands before everything else: connections that are certain to be too few, or a limit that gives
    /// out before the rest does.
    pub(super) fn is_error(&self, cliff: &Cliff, met: f64) -> bool {
        let first = self.bounds.bottleneck().is_some_and(|it| it.resource == cliff.resource);
        met >= 1.0 && (first || (cliff.fall == Fall::TooManyConnections && cliff.asked > cliff.servers))
    }

    fn figure(&self, out_of_room: bool) -> String {
        let service = clean(&self.model.app.name).into_owned();
        let range = self.range(self.study.rate);
        if !range.likely.is_finite() {
            return format!("Nothing that is known of `{service}` has an end, so no figure is given.");
        }
        let short = if out_of_room { "Short of that, " } else { "" };
        let width = if range.low == range.high {
            String::new()
        } else {
            format!(", {} to {} in eight of ten draws of what nobody says", number(range.low), number(range.high))
        };
        let rejects = self
            .bounds
            .bottleneck()
            .and_then(|it| self.model.resources.get(it.resource))
            .is_some_and(|it| it.when_full == WhenFull::Reject);
        if rejects {
            return format!(
                "{short}`{service}` answers up to {}{width}; from there on requests fail, and what is still answered then is not \
                 promised.",
                rate(range.likely)
            );
        }
        format!("{short}`{service}` takes {}{width}.", rate(range.likely))
    }

    fn binding(&self, first: usize) -> String {
        let share = |resource: usize| {
            self.study.shares.iter().find(|it| it.resource == resource).map_or(0.0, |it| 100.0 * it.share)
        };
        let open =
            if share(first) < 99.5 { format!(" (in {:.0} % of the draws)", share(first)) } else { String::new() };
        let mut text = format!("What gives out first is the {}{open}", self.name(first));
        // What binds in most draws may not be what does at the likely values.
        if let Some(other) = self.bounds.bottleneck().filter(|it| it.resource != first) {
            let name = self.name(other.resource);
            text.push_str(&format!("; at the likely values it is the {name}, at {}", rate(self.round(other.rate))));
            return text + ".";
        }
        // What comes next is the second bound at the likely values that is not the first.
        if let Some(next) = self.bounds.all.iter().find(|it| it.resource != first && it.rate.is_finite()) {
            let factor = next.rate / self.bounds.most();
            text.push_str(&format!("; next is the {}, at {}", self.name(next.resource), rate(self.round(next.rate))));
            if factor < 1.1 {
                text.push_str(", which is hardly more");
            }
        }
        text + "."
    }

    fn undetermined(&self, settle: Option<crate::capacity::InputId>) -> String {
        let shares: Vec<String> = self
            .study
            .shares
            .iter()
            .filter(|it| it.share >= 0.05)
            .map(|it| format!("the {} in {:.0} %", self.name(it.resource), 100.0 * it.share))
            .collect();
        let measure = settle.map_or_else(String::new, |id| {
            let input = self.model.inputs.get(id);
            format!(" Measure `{}` first, the {}: that settles it soonest.", clean(&input.symbol), clean(&input.what))
        });
        format!("What gives out first is undetermined: {}.{measure}", shares.join(", "))
    }

    /// What happens at a cliff.
    pub(super) fn fall(&self, cliff: &Cliff) -> String {
        let resource = &self.model.resources[cliff.resource];
        let owner = clean(&resource.owner);
        let asked = if cliff.asked.is_finite() {
            format!("up to {} can be asked for at once", number(cliff.asked))
        } else {
            "nothing limits how many are asked for at once".to_owned()
        };
        let from = format!("from {} on", rate(self.round(cliff.rate)));
        let room = number(cliff.servers);
        match cliff.fall {
            Fall::TooManyConnections => {
                let taken = match &resource.servers {
                    Count::Less(_, others) if others.len() > 1 => ", with what workers hold taken off",
                    _ => "",
                };
                let freely = if self.model.app.connects_freely {
                    " Every request that is being worked on has a connection of its own."
                } else {
                    ""
                };
                let leak = if self.model.app.leaks.is_some() {
                    " Those of requests that have ended stay open too, for nobody finds them again, so it is met sooner."
                } else {
                    ""
                };
                format!(
                    "Error: `{owner}` has room for {room} connections{taken}, and {asked}. Once {room} are open, at the latest \
                     {from}, when requests begin to wait, it refuses any more and requests fail; larger \
                     pools or more processes make that worse.{freely}{leak}"
                )
            }
            Fall::RedisPool => format!(
                "The pools of `{owner}` have {room} connections to Redis in all, and {asked}; who finds none gets an error and does \
                 not wait."
            ),
            Fall::Concurrency => {
                format!("`{owner}` works on {room} requests at once and answers 503 to every other, {from}.")
            }
            Fall::ProxyConnections => format!(
                "`{owner}` has connections for {room} requests at once, two for each that it passes on; beyond that, {from}, it \
                 refuses."
            ),
            Fall::Rate => format!("`{owner}` lets {} through and answers the rest with an error.", rate(cliff.rate)),
            Fall::PoolTimeout => format!("Requests that wait too long for `{owner}`'s connections fail, {from}."),
        }
    }
}

/// A resource by its name: `worker slots of `web``.
fn name(resource: &Resource) -> String {
    named(resource.kind, &resource.owner)
}

/// The same, of this kind and owner.
pub(in crate::view) fn named(kind: Kind, owner: &str) -> String {
    let owner = clean(owner);
    match kind {
        Kind::HostCpu => "CPU of the host".to_owned(),
        Kind::Line => "line to clients".to_owned(),
        Kind::AppCpu | Kind::DbCpu | Kind::ProxyCpu => format!("CPU of `{owner}`"),
        Kind::Pooler => format!("server connections of `{owner}`"),
        Kind::Backends => format!("connections that `{owner}` accepts"),
        Kind::ProxyConnections => format!("connections of `{owner}`"),
        _ => format!("{} of `{owner}`", kind.name()),
    }
}

/// `about 78 requests a second`
fn rate(value: f64) -> String {
    let unit = if value == 1.0 { "request" } else { "requests" };
    format!("about {} {unit} a second", number(value))
}

fn about(value: f64) -> String {
    format!("about {}", number(value))
}

/// A number with its thousands parted, and no more digits behind the point than it has.
pub(in crate::view) fn number(value: f64) -> String {
    if !value.is_finite() {
        return "without limit".to_owned();
    }
    if value >= 1000.0 {
        return print::thousands(&format!("{value:.0}"));
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
