//! Calls that are put off: `task.delay(ids)`. The task runs by itself, in no loop of who queues it, with what it is given.

use std::rc::Rc;

use super::super::names::FunctionId;
use super::super::types::{Size, Type};
use super::given::Given;
use super::settle::settle;
use super::{Args, Eval};

/// How tasks are queued with their own arguments (Celery 5.4, `Task.delay`; Huey and Dramatiq, `send`).
const PUT_OFF: &[&str] = &["delay", "delay_on_commit", "send"];

/// Functions that are queued with lists, each once for what it is given.
pub(super) type Queued = Vec<(FunctionId, Box<[Given]>, Vec<Type>)>;

/// Whether a function's attribute queues it.
pub(super) fn puts_off(name: &str) -> bool {
    PUT_OFF.contains(&name)
}

impl Eval<'_> {
    /// A function is queued: what it is given as a list is as long here as there.
    pub(super) fn put_off(&mut self, function: FunctionId, args: &Args<'_>) {
        let bound = self.names.function(function).params.first().is_some_and(|it| &*it.name == "self");
        let this = bound.then(|| Rc::new(Type::Unknown));
        let given: Vec<Type> =
            self.given(this.as_ref(), function, args).iter().map(|(kind, _)| settle(kind, 0)).collect();
        let is_long = |kind: &Type| !matches!(kind, Type::Set(_)) && kind.size() == Some(Size::Open);
        if !given.iter().any(is_long) {
            return;
        }
        let key: Box<[Given]> = given.iter().map(Given::of).collect();
        if self.queued.iter().all(|(it, with, _)| *it != function || *with != key) {
            self.queued.push((function, key, given));
        }
    }

    /// Runs what was queued.
    pub(in crate::link::orm) fn run_queued(&mut self) {
        // What they queue themselves waits in vain.
        for (function, _, given) in std::mem::take(&mut self.queued) {
            self.rooted(function, given, Vec::new());
        }
    }
}
