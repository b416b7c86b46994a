//! From a stack to models: each application that answers requests, with everything that its requests pass through.
//!
//! What the files say becomes an input with its places; what they leave open becomes an input with a low, a likely and a
//! high value, and the reason why it is open. Nothing is assumed without an input that says so.

mod app;
mod beside;
mod database;
mod proxy;
mod reading;
mod work;

use super::input::Inputs;
use super::model::{App, Model};
use super::resource::Resource;
use crate::config::Assume;
use crate::stack::{Framework, Id, Mode, Process, Stack};
use reading::Key;

pub use beside::besides;

/// The models of each stack: one for each process that answers requests, in the stack's order. What the code shows of
/// queries, which belongs to no deployment, holds for all.
pub fn from_stacks(stacks: &[Stack], assume: &Assume) -> Vec<Vec<Model>> {
    let loops = stacks.iter().map(work::loops).sum();
    let of = |stack: &Stack| {
        let ids = (0..stack.processes.len()).map(Id::<Process>::new);
        ids.filter(|id| app::answers(stack, *id)).map(|id| build(stack, assume, id, loops)).collect()
    };
    stacks.iter().map(of).collect()
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
    /// The places in the code that ask the database for each row of a loop, in requests.
    loops: usize,
    inputs: Inputs,
    /// Facts that are inputs already.
    known: Vec<(Key, super::InputId)>,
    resources: Vec<Resource>,
    /// What is left out, each as a sentence.
    open: Vec<Box<str>>,
}

impl<'a> Builder<'a> {
    fn new(stack: &'a Stack, assume: &'a Assume, id: Id<Process>, loops: usize) -> Self {
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
            loops,
            inputs: Inputs::default(),
            known: Vec::new(),
            resources: Vec::new(),
            open: Vec::new(),
        }
    }
}

fn build(stack: &Stack, assume: &Assume, id: Id<Process>, loops: usize) -> Model {
    let mut builder = Builder::new(stack, assume, id, loops);
    let owner = builder.owner.clone();
    let (replicas, processes) = builder.processes();
    let cpus = builder.cpus();
    let threads = builder.slots(replicas, processes);
    builder.application_cpu(replicas, processes, cpus);
    let database = builder.database(replicas, processes);
    let redis = builder.redis(replicas, processes);
    let proxied = builder.proxy();
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
    let Builder { inputs, resources, mut open, .. } = builder;
    let mut said = std::collections::BTreeSet::new();
    open.retain(|line| said.insert(line.clone()));
    Model { app, inputs, work, slow, resources, think, users, headroom, open }
}
