//! One application with all that its requests pass through.

use super::demand::{Demand, Work};
use super::input::{InputId, Inputs, Values};
use super::resource::Resource;

/// How the application serves, as far as the curve must know.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// The service.
    pub name: Box<str>,
    /// The containers.
    pub replicas: InputId,
    /// The processes in each.
    pub processes: InputId,
    /// Whether each process is one event loop, in which the CPU work of all its requests takes turns and to which a
    /// client's connection sticks.
    pub looped: bool,
    /// Whether the number of connections to the database grows with the requests, and with nothing else: Django under
    /// ASGI without a pool.
    pub connects_freely: bool,
    /// For how many seconds connections that nobody will use again stay open, where they do (`CONN_MAX_AGE` under ASGI).
    pub leaks: Option<InputId>,
}

/// A second, slow class of requests among the others: reports, exports, uploads.
#[derive(Clone, Debug, PartialEq)]
pub struct Slow {
    /// The share of all requests (0 to 1).
    pub share: InputId,
    /// What one of them asks for.
    pub work: Work,
}

/// One application with all that its requests pass through.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// How it serves.
    pub app: App,
    /// The numbers.
    pub inputs: Inputs,
    /// What a request asks for.
    pub work: Work,
    /// What slow ones ask for, where there are some.
    pub slow: Option<Slow>,
    /// What is held.
    pub resources: Vec<Resource>,
    /// `Z`, the seconds that a user thinks between two requests; nothing is said of users without it.
    pub think: Option<InputId>,
    /// The users to work out the load of, where somebody asks for a number of them.
    pub users: Option<InputId>,
    /// The share of the capacity at which users are counted.
    pub headroom: InputId,
    /// What is left out because nobody knows it, each as a sentence.
    pub open: Vec<Box<str>>,
}

impl Model {
    /// What the average request asks for.
    pub fn demand(&self, values: &Values) -> Demand {
        let fast = self.work.demand(values);
        match &self.slow {
            None => fast,
            Some(slow) => fast.mixed(slow.work.demand(values), values[slow.share].clamp(0.0, 1.0)),
        }
    }

    /// The inputs that the workload is made of.
    pub fn work_inputs(&self) -> Vec<InputId> {
        let of = |work: &Work| {
            let mut ids = vec![work.query_cpu, work.queries, work.query, work.query_db_cpu, work.elsewhere];
            ids.push(work.seen.app_cpu.unwrap_or(work.cpu));
            ids.extend(work.seen.response.as_ref().map(|it| it.time));
            if work.connects {
                ids.extend([work.connect, work.connect_cpu, work.connect_db_cpu]);
            }
            match work.held {
                super::Held::Share(id) | super::Held::Time(id) => ids.push(id),
                super::Held::Shares { waits, cpu } => ids.extend([waits, cpu]),
            }
            ids.extend([work.redis, work.transfer, work.proxy_cpu, work.answer, work.other_cpu].into_iter().flatten());
            ids
        };
        let mut ids = of(&self.work);
        if let Some(slow) = &self.slow {
            ids.push(slow.share);
            ids.extend(of(&slow.work));
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
