//! Whether code runs, as far as the tests that it stands behind say.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::names::Def;
use super::super::types::{Turn, Type, Void};
use super::Eval;
use crate::facts::orm::PLAIN_KINDS;
use crate::facts::orm::flow::{Guard, Node, NodeId, NodeKind, Scope};
use crate::stack::vocabulary::Orm;

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

/// What is done once for all turns of a loop, and of those around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Once {
    /// The loop.
    turn: Turn,
    /// The scope that it is done in for each turn again, where that is one of the same function.
    around: Option<Scope>,
}

impl Once {
    /// Once for all loops that are around.
    pub(super) fn of(turn: Turn) -> Self {
        Self { turn, around: None }
    }
}

/// Branches lie so deep in one another at most.
const MOST_BRANCHES: u32 = 12;

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
                Some(_) => !*wanted && self.is_passed(*at, true),
                _ => false,
            },
            Guard::Given(at, wanted) => match given(*at) {
                Some(Type::Void(Void::None)) => *wanted,
                Some(Type::Void(Void::Empty) | Type::Flag(_)) => !*wanted,
                Some(_) => !*wanted && self.is_passed(*at, false),
                _ => false,
            },
            Guard::Has(of, name, wanted) => self.has(*of, name).is_some_and(|has| has != *wanted),
            Guard::Is(of, class, wanted) => self.is_of(*of, class).is_some_and(|is| is != *wanted),
            Guard::True(of, wanted) => !wanted && self.is_surely_a_row(*of),
            // `if self.parent is None`, of what was put there before.
            Guard::Unset(of, name) => {
                let put = matches!(self.type_of(*of), Type::Row(row) if row.assigned.contains(name));
                put && !self.is_put_behind(guard, *of, name, id)
            }
            // Nobody waits for what production does not run.
            Guard::Debug => true,
            Guard::Attr(of, name, wanted, holds) => self.is_attribute(*of, name, wanted).is_some_and(|is| is != *holds),
            Guard::Setting(..) => self.settings.bar(guard),
            Guard::Action(list) => self.listing && !list,
            Guard::Context(name, wanted) => {
                self.context.as_ref().and_then(|it| it.truth(name)).is_some_and(|truth| truth != *wanted)
            }
            _ => false,
        }
    }

    /// Whether a value has an attribute, where that is certain.
    fn has(&self, of: NodeId, name: &str) -> Option<bool> {
        /// Of a queryset's, and of no list's.
        const OF_SETS: &[&str] = &[
            "filter",
            "exclude",
            "select_related",
            "prefetch_related",
            "values_list",
            "order_by",
            "annotate",
            "distinct",
            "exists",
            "iterator",
            "none",
            "query",
            "model",
        ];
        match self.type_of(of) {
            Type::Set(set) if set.orm == Orm::Django => OF_SETS.contains(&name).then_some(true),
            Type::Manager(_) => OF_SETS.contains(&name).then_some(true),
            Type::List(..) | Type::Tuple(_) | Type::Void(Void::Empty) => OF_SETS.contains(&name).then_some(false),
            // A row that came from the database has its keys, and with them what they lead to.
            Type::Row(row) if row.root.is_some() => {
                let relation = self.models.relation(row.model, name)?;
                let own = self.names.attribute(row.model, name).is_some();
                (own && !relation.to_many).then_some(true)
            }
            _ => None,
        }
    }

    /// Whether an attribute was put behind the very test that finds it missing.
    fn is_put_behind(&self, guard: &Guard, of: NodeId, name: &str, before: NodeId) -> bool {
        let frame = self.frame();
        frame.flow.nodes.iter().enumerate().take(before as usize).any(|(at, node)| {
            matches!(&node.kind, NodeKind::Store { of: on, name: put, .. } if *on == of && **put == *name)
                && frame.flow.guards(node.guard).any(|it| it == guard)
                && !frame.never.contains(&(at as NodeId))
        })
    }

    /// Whether a value is a row of the loop, and not `None`.
    fn is_surely_a_row(&self, of: NodeId) -> bool {
        matches!(self.type_of(of), Type::Row(row) if row.turn.is_some() && row.path.is_empty() && !row.guessed)
            && !self.may_be_nothing(of, 0)
    }

    /// Whether a variable is `None`, whichever branch was taken that may have been, and was made so in this very loop, or in
    /// the function's own body.
    fn is_surely_nothing(&self, of: NodeId, scope: Scope, depth: u32) -> bool {
        let node = self.frame().flow.node(of);
        match &node.kind {
            NodeKind::Either(all) => {
                let mut comes = all.iter().filter(|id| !self.frame().never.contains(id)).peekable();
                depth <= MOST_BRANCHES
                    && comes.peek().is_some()
                    && comes.all(|id| self.is_surely_nothing(*id, scope, depth + 1))
            }
            NodeKind::Nothing => node.scope == scope,
            _ => false,
        }
    }

    /// Whether a variable was made `None` before the loop that a test of it stands in.
    fn is_surely_nothing_before(&self, of: NodeId, scope: Scope) -> bool {
        let (flow, made) = (self.frame().flow, self.frame().flow.node(of));
        made.kind == NodeKind::Nothing && made.scope != scope && flow.within(scope, made.scope)
    }

    /// Whether a branch that may have been taken gives `None`.
    pub(super) fn may_be_nothing(&self, of: NodeId, depth: u32) -> bool {
        match &self.frame().flow.node(of).kind {
            NodeKind::Either(all) => {
                let mut comes = all.iter().filter(|id| !self.frame().never.contains(id));
                depth > MOST_BRANCHES || comes.any(|id| self.may_be_nothing(*id, depth + 1))
            }
            _ => matches!(self.type_of(of), Type::Nothing | Type::Void(_)),
        }
    }

    /// Whether a value is an instance of a class, as its file names it, where that is certain: a row may be of a model below
    /// its own, and `None` is of no class.
    fn is_of(&self, of: NodeId, class: &str) -> Option<bool> {
        // A row of a model, of whichever, is no text.
        if PLAIN_KINDS.contains(&class) && self.is_of_some_model(of) {
            return Some(false);
        }
        let Type::Row(row) = self.type_of(of) else { return None };
        if self.may_be_nothing(of, 0) {
            return None;
        }
        let Some(Def::Class(class)) = self.names.resolve_dotted(self.draft(), class) else { return None };
        if self.names.derives(row.model, class) {
            return Some(true);
        }
        let known = self.models.get(row.model).is_some() && self.models.get(class).is_some();
        (known && !self.names.derives(class, row.model)).then_some(false)
    }

    /// Whether something may have been put into an argument before a node comes to be.
    pub(in crate::link::orm) fn is_filled(&self, param: u32, before: NodeId) -> bool {
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

    /// The loop within which a node of the present frame is evaluated once, however many turns those around it have: it makes
    /// what is kept.
    pub(super) fn kept_within(&self, id: NodeId) -> Option<Once> {
        let flow = self.frame().flow;
        let depth = self.depth();
        flow.guards(flow.node(id).guard).find_map(|guard| match guard {
            Guard::Kept(scope) => Some(Once::of(Turn { depth, scope: *scope })),
            Guard::KeptOnSelf(scope) if self.is_shared_instance(depth) => Some(Once::of(Turn { depth, scope: *scope })),
            // `first = None` before the loop: one turn finds it for the rest.
            Guard::Missing(scope, Some(of)) if self.is_surely_nothing_before(*of, *scope) => {
                Some(Once { turn: Turn { depth, scope: *scope }, around: Some(flow.node(*of).scope) })
            }
            _ => None,
        })
    }

    /// Whether the instance that a frame's method is of is the same in each turn of the loops around: no row, and not made
    /// anew.
    pub(super) fn is_shared_instance(&self, depth: usize) -> bool {
        let Some(frame) = self.frames.get(depth) else { return true };
        match frame.args.first() {
            Some((Type::Row(_), _)) | None => return false,
            Some((_, Some(_))) => return false,
            Some((_, None)) => {}
        }
        let Some((below, before)) = depth.checked_sub(1).and_then(|at| Some((at, self.frames.get(at)?))) else {
            return true;
        };
        let called = |node: &&Node| node.span == frame.call.0 && matches!(node.kind, NodeKind::Call { .. });
        let Some(NodeKind::Call { func, .. }) = before.flow.nodes.iter().find(called).map(|it| &it.kind) else {
            return true;
        };
        match &before.flow.node(*func).kind {
            NodeKind::Attr { of, .. } if before.flow.node(*of).kind == NodeKind::Param(0) => {
                self.is_shared_instance(below)
            }
            NodeKind::Attr { of, .. } => {
                // Made in a loop, it is another in each turn.
                let made = matches!(before.flow.node(*of).kind, NodeKind::Call { .. });
                let anew = made && before.flow.node(*of).scope != 0;
                !anew && before.vary.get(*of as usize).copied().flatten().is_none()
            }
            _ => true,
        }
    }

    /// The same of the instance that a node of the present frame reads an attribute of.
    pub(super) fn is_of_shared_instance(&self, id: NodeId) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Attr { of, .. } = flow.node(id).kind else { return false };
        match flow.node(of).kind {
            NodeKind::Param(0) => self.is_shared_instance(self.depth()),
            _ => self.vary(of).is_none(),
        }
    }

    /// Whether a loop lies around what is done once, so that its turns have no part in it.
    pub(super) fn is_passed_by(&self, turn: Turn) -> bool {
        self.once.iter().any(|once| {
            let within = |inner: Scope, outer: Scope| {
                self.frames.get(turn.depth).is_some_and(|frame| frame.flow.within(inner, outer))
            };
            let here = turn.depth == once.turn.depth && within(once.turn.scope, turn.scope);
            match once.around {
                None => turn.depth < once.turn.depth || here,
                Some(around) => here && turn.scope != around && within(turn.scope, around),
            }
        })
    }

    /// Whether what code looks for is there on a row that the present function was given, or it does not run, as far as
    /// each turn goes.
    fn is_brought(&self, guard: &Guard, scope: Scope) -> bool {
        let alone = || scope == 0 && self.frames.iter().skip(1).all(|frame| frame.call.1 == 0);
        match guard {
            // Where no loop comes to it, a loop in it is one.
            Guard::Missing(..) | Guard::Seldom if alone() => return false,
            // Which of its kinds the rows of a loop are is not read.
            Guard::Kind(at) => {
                return matches!(self.frame().args.get(*at as usize), Some((Type::Row(row), _)) if row.turn.is_some());
            }
            // Each turn has set it to `None` before.
            Guard::Missing(at, Some(of)) if self.is_surely_nothing(*of, *at, 0) => return false,
            // Once for all turns of the loop is done, and no less.
            Guard::Missing(at, Some(of)) if self.is_surely_nothing_before(*of, *at) => return false,
            // In the loop's own body it may be what most turns do; of a function that a loop calls nobody can tell.
            Guard::Missing(..) => return scope == 0,
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
