//! What a goal asks for: one column for each goal, one row for each number that must change or that nobody knows.

use schemars::JsonSchema;
use serde::Serialize;

use super::capacity::{named, number, rounded};
use super::mask::clean;
use super::supplies::rows as supplies_rows;
use super::{GoalChange, Place, Range, Report, View, messages, settled};
use crate::capacity::{
    Asked, Beside, Goal, HeldBeside, Hold, Input, InputId, Kind, Model, Resource, SAFE, Settled, Size, Sizing, Source,
    Storage, WhenFull, besides, from_stacks, supplies,
};
use crate::config::Assume;
use crate::source::Sources;
use crate::stack::Stack;

/// What goals ask of one application.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SizingRow {
    /// The deployment.
    pub stack: String,
    /// The service.
    pub service: String,
    /// The goals, in the order in which they are asked for.
    pub goals: Vec<GoalRow>,
    /// The numbers, in the order in which one asks for the next.
    pub knobs: Vec<KnobRow>,
    /// Background tasks and open WebSockets, which have a room of their own; with the first application of a deployment.
    pub beside: Vec<BesideRow>,
    /// What bounds it beside these numbers, and what they take, each as a sentence.
    pub notes: Vec<String>,
    /// What the goals ask of the files; of those that are reached as it is nothing.
    pub changes: Vec<GoalChange>,
}

/// What there is for background tasks or open WebSockets, and what each goal asks of it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct BesideRow {
    /// `background tasks of `celery``.
    pub what: String,
    /// How many there are at once, and what that comes to.
    pub now: String,
    /// What each goal asks for, in the order of the goals; empty where nothing says it.
    pub needed: Vec<String>,
    /// What that is worked out from.
    pub formula: String,
}

/// One goal.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GoalRow {
    /// What is asked for: `500 users`.
    pub goal: String,
    /// The requests a second that it comes to.
    pub rate: Range,
    /// Whether it is reached as it is, at the likely values.
    pub met: bool,
    /// The share of draws in which it is reached as it is (0 to 1).
    pub met_in: f64,
    /// What keeps it from being reached as it is, at the likely values: `limited by the CPU of `db``; empty where it is.
    pub stopped_by: String,
    /// The flags that show the model with the sizes for nine of ten draws; empty where nothing changes, or where a part
    /// that the deployment has not got must be added first.
    pub shown_by: String,
}

/// One number.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct KnobRow {
    /// What it is called: `web.processes`.
    pub name: String,
    /// What it is, in words.
    pub what: String,
    /// What it is now: a number, a range where nobody says it, `none` where there is none.
    pub now: String,
    /// What each goal asks for.
    pub needed: Vec<Need>,
    /// What that is worked out from.
    pub formula: String,
    /// Where it is written.
    pub places: Vec<Place>,
}

/// What one goal asks for of one number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Need {
    /// At the likely values.
    pub likely: f64,
    /// So that nine of ten draws of what nobody says reach the goal.
    pub safe: f64,
    /// Whether what there is is enough for both.
    pub enough: bool,
}

impl View {
    /// The same with what these goals ask of each application, and of the files.
    #[must_use]
    pub fn with_sizing(
        mut self,
        report: &Report,
        storage: &Storage,
        assume: &Assume,
        goals: &[Goal],
        settled: &[Settled],
    ) -> Self {
        if goals.is_empty() {
            return self;
        }
        let models = from_stacks(&report.stacks, assume);
        for (at, (stack, models)) in report.stacks.iter().zip(&models).enumerate() {
            let mut besides = besides(stack, assume);
            let mut messages = messages::notes(stack, assume, goals);
            for (model, supplies) in models.iter().zip(supplies(stack, assume)) {
                let sizings: Vec<Sizing> = goals.iter().filter_map(|goal| model.size(*goal)).collect();
                if let Some(first) = sizings.first() {
                    let sizer = Sizer { sources: &report.sources, stack, model: &first.model, sizings: &sizings };
                    let mut row = sizer.row(model);
                    let own = supplies_rows(&model.app.name, &supplies, storage, &sizings, assume);
                    row.beside.extend(own);
                    // What is beside requests is there once, whatever the applications.
                    for beside in besides.drain(..) {
                        sizer.beside(&beside, model, &mut row);
                    }
                    row.notes.append(&mut messages);
                    let own = settled.iter().filter(|it| it.stack == at && it.app == model.app.name);
                    row.changes = own.map(|it| settled::row(report, it, goal_name(it.goal))).collect();
                    self.sizing.push(row);
                }
            }
        }
        self
    }
}

/// What the rows of one application are told from.
struct Sizer<'a> {
    sources: &'a Sources,
    stack: &'a Stack,
    /// The model that is sized.
    model: &'a Model,
    sizings: &'a [Sizing],
}

impl Sizer<'_> {
    fn row(&self, model: &Model) -> SizingRow {
        let mut ids: Vec<(InputId, usize)> = Vec::new();
        for size in self.sizings.iter().flat_map(|it| &it.sizes).filter(|it| !it.follows) {
            if ids.iter().all(|it| it.0 != size.input) {
                ids.push((size.input, size.resource));
            }
        }
        let place =
            |id: InputId| self.sizings.iter().filter_map(|it| it.sizes.iter().position(|it| it.input == id)).max();
        ids.sort_by_key(|it| place(it.0));
        SizingRow {
            stack: clean(&self.stack.name).into_owned(),
            service: clean(&model.app.name).into_owned(),
            goals: self.sizings.iter().map(|it| self.goal(it, model)).collect(),
            knobs: ids.into_iter().map(|(id, resource)| self.knob(id, resource)).collect(),
            beside: Vec::new(),
            notes: self.notes(model),
            changes: Vec::new(),
        }
    }

    /// What goals ask for beside requests; a note where nobody says how much.
    fn beside(&self, beside: &Beside, model: &Model, row: &mut SizingRow) {
        let owner = clean(&beside.owner);
        let room = beside.at_once();
        let at_once = match room.low == room.high {
            true => number(room.likely),
            false => {
                let [low, likely, high] = [room.low, room.likely, room.high].map(f64::round).map(number);
                format!("{likely} ({low} to {high})")
            }
        };
        let asked: Vec<Option<Asked>> = self.sizings.iter().map(|it| beside.asked(model, it.goal)).collect();
        if asked.iter().all(Option::is_none) {
            row.notes.push(match beside.what {
                HeldBeside::Tasks => format!(
                    "`{owner}` works on {at_once} background tasks at once. State how long one takes and how many a request \
                     starts, `--assume task_time=2s --assume tasks=0.1`, to see whether they keep up."
                ),
                HeldBeside::Sockets => format!(
                    "`{owner}` has connections for {at_once} open WebSockets, two for each, if no request needs any. State how \
                     many each user keeps open, `--assume sockets=1`, to see whether they fit."
                ),
            });
            return;
        }
        let (what, now) = match (beside.what, beside.rate()) {
            (HeldBeside::Tasks, Some(rate)) => (
                format!("background tasks of `{owner}`"),
                format!("{at_once} at once, {} a second", number(rounded(rate.likely, 2))),
            ),
            (HeldBeside::Tasks, None) => (format!("background tasks of `{owner}`"), format!("{at_once} at once")),
            (HeldBeside::Sockets, _) => {
                (format!("open WebSockets of `{owner}`, if no request needs a connection"), at_once)
            }
        };
        let cell = |it: &Option<Asked>| {
            let Some(it) = it else { return String::new() };
            let load = match beside.what {
                HeldBeside::Tasks => format!("{} a second", number(rounded(it.load, 2))),
                HeldBeside::Sockets => format!("{} open", number(rounded(it.load, 3))),
            };
            if it.enough >= SAFE {
                return format!("{load}: enough");
            }
            format!("{load}: {} … {} at once", number(it.likely), number(it.safe))
        };
        let formula = match beside.what {
            HeldBeside::Tasks => "X · tasks · task_time/η",
            HeldBeside::Sockets => "users · sockets/η",
        };
        let needed = asked.iter().map(cell).collect();
        row.beside.push(BesideRow { what, now, needed, formula: formula.to_owned() });
    }

    fn goal(&self, sizing: &Sizing, model: &Model) -> GoalRow {
        let set = |it: &Size| format!("--set {}={}", self.input(it.input).symbol, it.safe);
        // A number that the model brings along for a pool that is not there cannot be set from outside.
        let known = sizing.sizes.iter().all(|it| model.inputs.by_symbol(&self.input(it.input).symbol).is_some());
        let flags: Vec<String> = sizing.sizes.iter().filter(|_| known).map(set).collect();
        GoalRow {
            goal: goal_name(sizing.goal),
            rate: Range::of(sizing.rate),
            met: sizing.met,
            met_in: rounded(sizing.now, 2),
            stopped_by: sizing.stopped.and_then(|at| model.resources.get(at)).map_or_else(String::new, |it| {
                match it.when_full {
                    WhenFull::Reject if it.kind == Kind::Backends => {
                        format!("`{}` refuses connections", clean(&it.owner))
                    }
                    WhenFull::Reject => format!("requests are refused or dropped by the {}", named(it.kind, &it.owner)),
                    WhenFull::Queue { .. } => format!("limited by the {}", named(it.kind, &it.owner)),
                }
            }),
            shown_by: clean(&flags.join(" ")).into_owned(),
        }
    }

    fn input(&self, id: InputId) -> &Input {
        self.model.inputs.get(id)
    }

    fn knob(&self, id: InputId, resource: usize) -> KnobRow {
        let input = self.input(id);
        let now = self.now(id);
        let need = |sizing: &Sizing| {
            let size = sizing.sizes.iter().find(|it| it.input == id);
            let (likely, safe) = size.map_or((input.band.likely, input.band.likely), |it| (it.likely, it.safe));
            Need { likely, safe, enough: input.band.is_point() && likely == safe && likely == input.band.likely }
        };
        let spans = match &input.source {
            Source::Read(read) => read.spans.as_slice(),
            Source::Said(_) | Source::Measured(_) | Source::Typical(_) => &[],
        };
        KnobRow {
            name: clean(&input.symbol).into_owned(),
            what: clean(&input.what).into_owned(),
            now,
            needed: self.sizings.iter().map(need).collect(),
            formula: self.formula(id, resource),
            places: spans.iter().map(|span| Place::of(self.sources, *span)).collect(),
        }
    }

    fn now(&self, id: InputId) -> String {
        let band = self.input(id).band;
        match band.is_point() {
            true if band.likely == 0.0 => "none".to_owned(),
            true => number(band.likely),
            false => format!("{} to {}, nobody says", number(band.low), number(band.high)),
        }
    }

    fn formula(&self, id: InputId, at: usize) -> String {
        let app = &self.model.app;
        let Some(resource) = self.model.resources.get(at) else { return String::new() };
        let all = format!("X·({})/η", resource.hold.formula());
        match resource.kind {
            Kind::AppCpu if id == app.replicas => format!("{all} by the CPUs of a replica"),
            Kind::AppCpu if id == app.processes => format!("{all} by the replicas, one CPU each"),
            Kind::AppCpu => "a CPU for each process".to_owned(),
            Kind::Slots if id == app.processes => format!("{all} by the replicas, one request each"),
            Kind::Pool if app.looped => {
                let hold = resource.hold.formula();
                format!("X·({hold} − c_h)/η by (processes − X·c_h/η), c_h its CPU in that time")
            }
            Kind::Slots | Kind::Pool | Kind::RedisPool => format!("{all} by the processes"),
            Kind::Backends => "all pools together, and what is reserved or held by workers".to_owned(),
            Kind::ProxyConnections => format!("2·{all} by the processes"),
            Kind::Line => "X·8·b/η".to_owned(),
            Kind::RateLimit => "X/η by the keys".to_owned(),
            _ => all,
        }
    }

    fn notes(&self, model: &Model) -> Vec<String> {
        let mut out = Vec::new();
        if model.app.connects_freely {
            out.push(format!(
                "`{}` opens a connection for each request, and no number of them is enough: it is sized as if each process \
                 had a pool.",
                clean(&model.app.name)
            ));
        }
        out.extend(self.end());
        for sizing in self.sizings {
            out.extend(sizing.sizes.iter().filter_map(|size| self.connections(sizing, size)));
        }
        out.dedup();
        out
    }

    /// Where what replicas do not multiply gives out.
    fn end(&self) -> Option<String> {
        let (at, band) = self.model.end()?;
        let resource = self.model.resources.get(at)?;
        let likely = self.model.inputs.likely();
        let users = self.model.think.map(|think| {
            let demand = self.model.demand(&likely);
            let cycle = likely[think] + (demand.slot + demand.transfer) / 1000.0;
            format!(", about {} users", number(rounded(band.likely * cycle, 2)))
        });
        let more = match resource.kind {
            Kind::DbCpu => "more CPUs there, fewer queries or copies of the database for reading lift that",
            Kind::HostCpu => "a larger host or a second one lifts that",
            Kind::Line => "a wider line, or smaller and compressed answers, lift that",
            _ => "only another limit lifts that",
        };
        let range = Range::of(band);
        Some(format!(
            "Replicas, processes and pools alone go no further than about {} requests a second ({} to {}){}: there the {} is \
             used to {} %; {more}.",
            number(range.likely),
            number(range.low),
            number(range.high),
            users.unwrap_or_default(),
            named(resource.kind, &resource.owner),
            number(100.0 * likely[self.model.headroom])
        ))
    }

    /// What more connections take of the database's memory, and what a pooler would need instead.
    fn connections(&self, sizing: &Sizing, size: &Size) -> Option<String> {
        let resource: &Resource = self.model.resources.get(size.resource)?;
        let database = self.stack.databases.iter().find(|it| it.about.name == resource.owner)?;
        let refuses = resource.kind == Kind::Backends && resource.when_full == WhenFull::Reject;
        if !refuses || size.safe <= self.input(size.input).band.likely {
            return None;
        }
        let (likely, safe) = sizing.pooled(Hold::Transaction);
        let mut text = format!(
            "Instead of {} connections, PgBouncer by transaction before `{}` would need a pool of {} (likely) to {} (in {:.0} \
             of 100 draws), where no code holds a connection through other waits for longer than its transaction.",
            number(size.safe),
            clean(&resource.owner),
            number(likely),
            number(safe),
            100.0 * SAFE
        );
        if let Some(work_mem) = database.work_mem.known() {
            let shared = database.shared_buffers.known().copied().unwrap_or(0) as f64 / 1e6;
            let each = *work_mem as f64 / 1e6;
            let all = |backend: f64| number(rounded(size.safe * (each + backend) + shared, 2));
            text.push_str(&format!(
                " {} connections come to {} to {} MB of memory: each {} MB of `work_mem` for one sort, with 2 to 10 MB for its \
                 process (assumed: 2 were measured with huge pages, up to 10 without){}.",
                number(size.safe),
                all(2.0),
                all(10.0),
                number(rounded(each, 3)),
                if shared > 0.0 {
                    format!(", and {} MB of `shared_buffers`", number(rounded(shared, 3)))
                } else {
                    "; `shared_buffers`, which nobody says, comes on top".to_owned()
                }
            ));
        }
        Some(text)
    }
}

fn goal_name(goal: Goal) -> String {
    match goal {
        Goal::Rate(rate) => format!("{} requests a second", number(rate)),
        Goal::Users(users) => format!("{} users", number(users)),
        Goal::Usage(users, band) => format!("{} users of {} requests a minute", number(users), number(band.likely)),
    }
}
