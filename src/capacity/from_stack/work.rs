//! The workload of a request: what the user says, what the code shows, what is usual.

use super::Builder;
use crate::capacity::band::Band;
use crate::capacity::demand::{Held, Response, Seen, Work};
use crate::capacity::input::{Input, InputId, Source, Unit};
use crate::capacity::model::Slow;
use crate::capacity::workload::{Typical, typical};
use crate::config::Measure;
use crate::stack::{Fact, Reach, Role, Stack};

/// The rows of a page, where a loop asks for each row: Django REST framework's documentation pages by 10 to 100.
const ROWS: f64 = 20.0;

/// What the code shows of requests, whichever deployment runs it.
#[derive(Clone, Copy, Default)]
pub(super) struct InCode {
    /// The places that ask the database for each row of a loop, and that requests may run.
    pub(super) loops: usize,
    /// The calls that wait in an `async def` that serves requests, and with them the event loop.
    pub(super) blocking: usize,
}

impl InCode {
    pub(super) fn of(stacks: &[Stack]) -> Self {
        let by_requests = |reach: &Fact<Reach>| reach.known().is_none_or(|it| *it == Reach::Requests);
        let mut out = Self::default();
        for stack in stacks {
            out.loops += stack.lazy_loads.iter().filter(|it| by_requests(&it.reach)).count();
            out.loops += stack.queries_in_loops.iter().filter(|it| by_requests(&it.reach)).count();
            out.blocking += stack.blocking_calls.iter().filter(|it| it.served.known() == Some(&true)).count();
            out.blocking += stack.sync_sessions.iter().filter(|it| it.role.known() == Some(&Role::Route)).count();
        }
        out
    }
}

impl Builder<'_> {
    pub(super) fn work(&mut self, connects: bool, redis: Option<InputId>, proxied: [Option<InputId>; 2]) -> Work {
        let [proxy_cpu, answer] = proxied;
        let queries = self.queries();
        let held = match self.stated("h_t", "time that a connection is held beside its queries", Unit::Milliseconds) {
            Some(time) => Held::Time(time),
            None => {
                let cpu = self.workload("h");
                // Who states one share means both, unless the other is stated, too.
                let both = self.assume.workload("h").is_some() && self.assume.workload("h_e").is_none();
                Held::Shares { cpu, waits: if both { cpu } else { self.workload("h_e") } }
            }
        };
        let mut work = Work {
            cpu: self.workload("c"),
            query_cpu: self.workload("c_q"),
            queries,
            query: self.workload("d"),
            query_db_cpu: self.workload("d_c"),
            connect: self.connecting("k", connects),
            connect_cpu: self.connecting("k_a", connects),
            connect_db_cpu: self.connecting("k_d", connects),
            elsewhere: self.workload("e"),
            held,
            redis,
            transfer: self.stated("t", "time that a client takes for an answer", Unit::Milliseconds),
            proxy_cpu,
            answer,
            other_cpu: self.stated("o", "CPU of everything else on the host", Unit::Milliseconds),
            connects,
            seen: Seen::default(),
            cached: None,
        };
        work.seen = self.seen(&work);
        work
    }

    /// What was measured of whole requests. Of two classes of requests nobody knows whose times they are.
    fn seen(&mut self, work: &Work) -> Seen {
        if self.assume.workload("slow_share").is_some() {
            return Seen::default();
        }
        let app_cpu = match self.assume.workload("c") {
            Some(_) => None,
            None => {
                self.measured(Measure::AppCpu, "D_app", "CPU of the application for each request, its queries' counted")
            }
        };
        let exact = self.measured(Measure::Response, "S_slot", "time that a request holds a worker slot");
        let time = exact.or_else(|| {
            self.measured(Measure::ResponseAtMost, "S_slot", "the most that a request holds a worker slot")
        });
        let parts = [work.cpu, work.query_cpu, work.queries, work.query, work.elsewhere].into_iter().chain(work.redis);
        let unknown = |id: &InputId| matches!(self.inputs.get(*id).source, Source::Typical(_));
        let free = parts.filter(unknown).collect();
        Seen { app_cpu, response: time.map(|time| Response { time, at_most: exact.is_none(), free }) }
    }

    /// What opening a connection takes, which nobody need know where connections are kept.
    fn connecting(&mut self, symbol: &'static str, connects: bool) -> InputId {
        if connects { self.workload(symbol) } else { self.inputs.known("connecting", 0.0) }
    }

    /// Queries for each request: more where loops ask for each row.
    fn queries(&mut self) -> InputId {
        let loops = self.code.loops;
        let Some(usual) = typical("q", self.django) else { return self.inputs.known("q", 0.0) };
        let usual = match self.process.clients.is_empty() {
            true => Typical {
                band: Band { low: 0.0, ..usual.band },
                because: "usual; no database is known of this application: state 0 if it asks none",
                ..usual
            },
            false => usual,
        };
        if loops == 0 || self.assume.workload("q").is_some() {
            return self.workload_as("q", usual);
        }
        let band = Band { high: usual.band.high + ROWS, ..usual.band };
        let because = format!(
            "usual, and up to {ROWS} more where a page of {ROWS} rows is asked for row by row, as the code does in {loops} {}",
            if loops == 1 { "place" } else { "places" }
        );
        self.inputs.add(Input {
            symbol: "q".into(),
            what: usual.what.into(),
            unit: usual.unit,
            band,
            source: Source::Typical(because.into()),
            key: Some("assume.workload.q".into()),
        })
    }

    /// A second class of requests, where the user says that there is one.
    pub(super) fn slow(&mut self, fast: &Work) -> Option<Slow> {
        let share = self.stated("slow_share", "share of requests that are slow", Unit::Share)?;
        let mut work = fast.clone();
        let mut of = |symbol, what, unit, own: &mut InputId| *own = self.stated(symbol, what, unit).unwrap_or(*own);
        of("slow_c", "`c` of a slow request", Unit::Milliseconds, &mut work.cpu);
        of("slow_q", "`q` of a slow request", Unit::Count, &mut work.queries);
        of("slow_d", "`d` of a slow request", Unit::Milliseconds, &mut work.query);
        of("slow_e", "`e` of a slow request", Unit::Milliseconds, &mut work.elsewhere);
        Some(Slow { share, work })
    }

    /// The CPUs of a server that is not in the files.
    pub(super) fn outside_cpus(&mut self, name: &str, key: &str) -> InputId {
        let said = self.assume.of(crate::config::Assume::ANY_DATABASE).and_then(|it| it.cpus.clone());
        let (band, source) = match said {
            Some(said) => (Band::point(said.value), Source::Said(said.key)),
            None => {
                let usual = typical("cpus", self.django).map_or(Band::point(4.0), |it| it.band);
                (usual, Source::Typical("the server is not in these files".into()))
            }
        };
        self.inputs.add(Input {
            symbol: format!("{name}.cpus").into(),
            what: format!("CPUs of {name}").into(),
            unit: Unit::Count,
            band,
            source,
            key: Some(key.into()),
        })
    }
}
