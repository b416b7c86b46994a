//! From a stack to models: each application that answers requests, with everything that its requests pass through.
//!
//! What the files say becomes an input with its places; what they leave open becomes an input with a low, a likely and a
//! high value, and the reason why it is open. Nothing is assumed without an input that says so.

mod app;
mod beside;
mod database;
mod offers;
mod places;
mod proxy;
mod reading;
mod supplies;
mod work;

use super::architecture::{self, Added};
use super::input::Inputs;
use super::model::{App, Model};
use super::resource::Resource;
use crate::config::Assume;
use crate::stack::{Framework, Id, Mode, Process, Stack};
use reading::Key;
use work::InCode;

pub use beside::besides;
pub(super) use places::Places;
pub use supplies::supplies;

/// The models of each stack: one for each process that answers requests, in the stack's order. What the code shows of
/// queries, which belongs to no deployment, holds for all.
pub fn from_stacks(stacks: &[Stack], assume: &Assume) -> Vec<Vec<Model>> {
    let code = InCode::of(stacks);
    let of = |stack: &Stack| {
        let ids = (0..stack.processes.len()).map(Id::<Process>::new);
        ids.filter(|id| app::answers(stack, *id)).map(|id| build(stack, assume, id, code)).collect()
    };
    stacks.iter().map(of).collect()
}

/// What parts that the stacks have not got would do to each application: `now` as they are, `then` with all fixes made.
pub fn parts(now: &[Stack], then: &[Stack], assume: &Assume) -> Vec<Added> {
    let (before, after) = (from_stacks(now, assume), from_stacks(then, assume));
    let mut out: Vec<Added> = Vec::new();
    for (at, stack) in then.iter().enumerate() {
        let ids = (0..stack.processes.len()).map(Id::<Process>::new).filter(|id| app::answers(stack, *id));
        for (nth, (id, model)) in ids.zip(after.get(at).into_iter().flatten()).enumerate() {
            let offers = Builder::new(stack, assume, id, InCode::default()).offers(nth == 0);
            let old = before.get(at).into_iter().flatten().find(|it| it.app.name == model.app.name);
            out.extend(architecture::add(at, old.unwrap_or(model), model, &offers));
        }
    }
    // What stands beside the database is told of the applications for which it does something, or of the first.
    let mut told: Vec<Added> = Vec::new();
    out.sort_by_key(|it| (it.stack, !it.made));
    for it in out {
        let same = |other: &Added| {
            (other.stack, other.offer.part, &other.offer.owner) == (it.stack, it.offer.part, &it.offer.owner)
        };
        if it.made || !told.iter().any(same) {
            told.push(it);
        }
    }
    told
}

/// A model that is being made.
struct Builder<'a> {
    stack: &'a Stack,
    assume: &'a Assume,
    id: Id<Process>,
    process: &'a Process,
    /// The service that runs it.
    owner: Box<str>,
    django: bool,
    code: InCode,
    inputs: Inputs,
    /// Facts that are inputs already.
    known: Vec<(Key, super::InputId)>,
    resources: Vec<Resource>,
    /// What is left out, each as a sentence.
    open: Vec<Box<str>>,
}

impl<'a> Builder<'a> {
    fn new(stack: &'a Stack, assume: &'a Assume, id: Id<Process>, code: InCode) -> Self {
        let process = &stack[id];
        let owner = process.about.owner.clone().unwrap_or_else(|| process.about.name.clone());
        let django = process.framework.known() == Some(&Framework::Django)
            || process.mode.known() == Some(&Mode::AsgiDjango)
            || stack.settings.iter().any(|it| it.process == Some(id));
        Builder {
            stack,
            assume,
            id,
            process,
            owner,
            django,
            code,
            inputs: Inputs::default(),
            known: Vec::new(),
            resources: Vec::new(),
            open: Vec::new(),
        }
    }
}

/// The applications of one of the stacks, as [`from_stacks`] has them, with the places of their numbers.
pub(super) fn model_places<'a>(stacks: &'a [Stack], at: usize, assume: &'a Assume) -> Vec<Places<'a>> {
    let code = InCode::of(stacks);
    stacks.get(at).map_or_else(Vec::new, |stack| places::places(stack, assume, code))
}

fn build(stack: &Stack, assume: &Assume, id: Id<Process>, code: InCode) -> Model {
    model_of(Builder::new(stack, assume, id, code)).0
}

/// The model, and which facts its numbers are.
fn model_of(mut builder: Builder<'_>) -> (Model, Vec<(Key, super::InputId)>) {
    let owner = builder.owner.clone();
    let (replicas, processes) = builder.processes();
    let cpus = builder.cpus();
    let threads = builder.slots(replicas, processes);
    builder.application_cpu(replicas, processes, cpus);
    let database = builder.database(replicas, processes);
    let redis = builder.redis(replicas, processes);
    let proxied = [builder.proxy(), builder.line()];
    let work = builder.work(database.connects, redis, proxied);
    builder.host();
    let slow = builder.slow(&work);
    let think = builder.stated("think_time", "time that a user thinks between two requests", super::Unit::Seconds);
    let users = builder.stated("users", "users at once", super::Unit::Count);
    let headroom = builder.workload("eta");
    let app = App {
        name: owner,
        replicas,
        processes,
        looped: !threads,
        connects_freely: database.freely,
        leaks: database.leaks,
    };
    let Builder { inputs, resources, mut open, known, .. } = builder;
    let mut said = std::collections::BTreeSet::new();
    open.retain(|line| said.insert(line.clone()));
    (Model { app, inputs, work, slow, resources, think, users, headroom, open }, known)
}
