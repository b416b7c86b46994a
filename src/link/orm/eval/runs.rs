//! Whether code runs, as far as the tests that it stands behind say.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::types::{Type, Void};
use super::Eval;
use crate::facts::orm::flow::{Guard, NodeId, NodeKind, Scope};

/// Whether a value of a flow comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// As far as anybody can tell.
    Perhaps,
    /// Not in each turn, or not by asking the database.
    Unasked,
    /// This call never comes to it.
    Never,
}

/// What a serializer is told besides its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::link::orm) struct Context {
    /// What is true, what is not, and of what nobody knows.
    pub(in crate::link::orm) flags: BTreeMap<Box<str>, Option<bool>>,
    /// Whether there may be more.
    pub(in crate::link::orm) open: bool,
}

impl Context {
    /// Whether what stands under a name is true.
    fn truth(&self, name: &str) -> Option<bool> {
        match self.flags.get(name) {
            Some(flag) => *flag,
            None => (!self.open).then_some(false),
        }
    }
}

impl Eval<'_> {
    /// Whether a node of the present frame comes to be.
    pub(super) fn runs(&self, id: NodeId) -> Runs {
        let flow = self.frame().flow;
        let node = flow.node(id);
        let mut runs = Runs::Perhaps;
        for guard in flow.guards(node.guard) {
            if self.is_barred(guard, id) {
                return Runs::Never;
            }
            if self.is_brought(guard, node.scope) {
                runs = Runs::Unasked;
            }
        }
        runs
    }

    /// Whether what this call is given says that code behind a test does not run.
    fn is_barred(&self, guard: &Guard, id: NodeId) -> bool {
        let given = |at: u32| self.frame().args.get(at as usize).map(|(given, _)| given);
        match guard {
            Guard::Flag(at, wanted) => match given(*at) {
                Some(Type::Flag(flag)) => flag != wanted,
                Some(Type::Void(Void::None)) => *wanted,
                Some(Type::Void(Void::Empty)) => *wanted && !self.is_filled(*at, id),
                _ => false,
            },
            Guard::Given(at, wanted) => match given(*at) {
                Some(Type::Void(Void::None)) => *wanted,
                Some(Type::Void(Void::Empty) | Type::Flag(_)) => !*wanted,
                _ => false,
            },
            Guard::Action(list) => self.listing && !list,
            Guard::Context(name, wanted) => {
                self.context.as_ref().and_then(|it| it.truth(name)).is_some_and(|truth| truth != *wanted)
            }
            _ => false,
        }
    }

    /// Whether something may have been put into an argument before a node comes to be.
    pub(super) fn is_filled(&self, param: u32, before: NodeId) -> bool {
        const FILL: &[&str] = &["append", "extend", "add", "update", "setdefault", "insert"];
        let flow = self.frame().flow;
        let is = |id: &NodeId| flow.node(*id).kind == NodeKind::Param(param);
        flow.nodes.iter().take(before as usize).any(|node| match &node.kind {
            NodeKind::Store { of, .. } => is(of),
            NodeKind::Attr { of, name, .. } => FILL.contains(&&**name) && is(of),
            NodeKind::Call { args, keywords, .. } => args.iter().chain(keywords.iter().map(|it| &it.1)).any(is),
            _ => false,
        })
    }

    /// Whether what code looks for is there on a row that the present function was given, or it does not run, as far as
    /// each turn goes.
    fn is_brought(&self, guard: &Guard, scope: Scope) -> bool {
        match guard {
            // Which of its kinds the rows of a loop are is not read.
            Guard::Kind(at) => {
                return matches!(self.frame().args.get(*at as usize), Some((Type::Row(row), _)) if row.turn.is_some());
            }
            // In the loop's own body it may be what most turns do; of a function that a loop calls nobody can tell.
            Guard::Missing => return scope == 0,
            Guard::Seldom => return true,
            _ => {}
        }
        let rows = self.frame().args.iter().filter_map(|(given, _)| match given {
            Type::Row(row) => row.root.as_ref().map(|root| (row, root)),
            _ => None,
        });
        rows.clone().any(|(row, root)| match guard {
            Guard::Attribute(name) => root.loads.brought.contains(&row.path_to(name)),
            Guard::Prefetched(name) => self.is_loaded(root, &row.path_to(name)),
            _ => false,
        })
    }

    /// Evaluates something with a serializer's context, or with one that nobody knows.
    pub(in crate::link::orm) fn with_context<T>(
        &mut self,
        context: Option<Rc<Context>>,
        run: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let around = std::mem::replace(&mut self.context, context);
        let out = run(self);
        self.context = around;
        out
    }
}
