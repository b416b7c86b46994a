//! Calls that wait in an `async def`, told once for each place that waits.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::LoopFacts;
use super::told::{Edits, Told, at, is};
use super::value::{CONNECTION, SESSION};
use super::walk::{Found, Walk};
use crate::facts::orm::flow::{NodeId, NodeKind};
use crate::link::orm::events::is_in_branch;
use crate::link::orm::names::FunctionId;
use crate::link::orm::reach::rank;
use crate::source::Span;
use crate::stack::vocabulary::{BlockingCall, Role, WaitKind};
use crate::stack::{Fact, Writer};

/// Of what waits likewise so many places are shown.
const MOST_SHOWN: usize = 4;

/// Who comes to a place that waits.
struct Coming {
    by: FunctionId,
    standing: Standing,
    /// All that it waits for.
    all: Rc<Vec<Found>>,
    /// Which of them.
    at: usize,
}

/// How much it matters that a function waits: what is served first, then what runs most often, then what stands first.
type Standing = (bool, Reverse<u8>, Span);

impl Coming {
    fn found(&self) -> &Found {
        &self.all[self.at]
    }
}

pub(super) fn facts(told: &mut Told<'_, '_>, walk: &Walk<'_>, out: &mut LoopFacts) {
    // What one function waits for, of one kind.
    let mut groups: BTreeMap<(FunctionId, u8), BTreeMap<Span, Vec<Coming>>> = BTreeMap::new();
    for id in told.shared() {
        let all = walk.alone(told.code, id);
        let mut standing = None;
        for (at, found) in all.iter().enumerate().filter(|(_, it)| !is_session(it)) {
            let standing = *standing.get_or_insert_with(|| {
                (!told.roles.is_served(id), Reverse(rank(told.roles.reach(id))), told.draft(id).span)
            });
            let group = groups.entry((found.of, found.wait.kind as u8)).or_default();
            group.entry(found.deep).or_default().push(Coming { by: id, standing, all: all.clone(), at });
        }
    }
    // What one call comes to in several functions is one thing, too.
    let mut calls: BTreeMap<Call, BTreeMap<Span, Vec<Coming>>> = BTreeMap::new();
    for ((_, kind), group) in groups {
        let Some(first) = first(&group) else { continue };
        let (by, found) = (first.by, first.found());
        let call = match found.through.is_empty() {
            true => Call::Itself(found.of, kind),
            false => Call::By(by, found.node, kind),
        };
        calls.entry(call).or_default().extend(group);
    }
    let mut groups: Vec<_> = calls.into_values().collect();
    groups.sort_by_key(|group| group.keys().next().copied());
    for group in groups {
        tell(told, group, out);
    }
}

/// What is told once: all of a kind that a function itself waits for, or that one call of a coroutine comes to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Itself(FunctionId, u8),
    By(FunctionId, NodeId, u8),
}

/// Who comes to the places of a group whom it matters most to, by the shortest way.
fn first(group: &BTreeMap<Span, Vec<Coming>>) -> Option<&Coming> {
    group.values().flatten().min_by_key(|it| {
        let (unserved, rank, span) = it.standing;
        (unserved, rank, it.found().through.len(), span)
    })
}

/// Sessions of SQLAlchemy's are told by their handlers.
pub(super) fn is_session(found: &Found) -> bool {
    found.path.starts_with(SESSION) || found.path.starts_with(CONNECTION)
}

fn tell(told: &mut Told<'_, '_>, group: BTreeMap<Span, Vec<Coming>>, out: &mut LoopFacts) {
    let Some(coming) = first(&group) else { return };
    let (by, found) = (coming.by, coming.found());
    let mut others: Vec<FunctionId> = group.values().flatten().map(|it| it.by).filter(|it| *it != by).collect();
    others.sort_unstable();
    others.dedup();
    let rest: Vec<&Coming> =
        group.values().filter_map(|all| all.first()).filter(|it| it.found().deep != found.deep).collect();
    let also = match rest.as_slice() {
        [] => Fact::Absent,
        [first, ..] => {
            let call = first.found().call.as_str();
            let same = rest.iter().filter(|it| it.found().call == call).map(|it| it.found().deep);
            at(call.into(), same.take(MOST_SHOWN).collect())
        }
    };
    let writers = writers(told, by, &group);
    let about = told.about(found.of, &found.call, found.deep, writers);
    let role = told.roles.of(by);
    out.blocking_calls.push(BlockingCall {
        about,
        call: at(found.call.as_str().into(), vec![found.deep]),
        also,
        kind: is(found.wait.kind),
        handler: told.handler(by),
        role: is(role),
        through: told.through(&found.through),
        hops: is(found.through.len() as u64),
        served: is(told.roles.is_served(by)),
        reach: is(told.roles.reach(by)),
        seldom: is(is_in_branch(&told.draft(by).flow, found.node)),
        has_timeout: found.has_timeout.map_or(Fact::Absent, is),
        others: is(others.len() as u64),
        remedy: is(found.wait.remedy.into()),
    });
}

/// The changes that are surely right: to sleep without holding the loop up, or to let a thread do all of it.
fn writers(told: &Told<'_, '_>, by: FunctionId, group: &BTreeMap<Span, Vec<Coming>>) -> Vec<Writer> {
    let mut writers = Vec::new();
    let firsts: Vec<&Coming> = group.values().filter_map(|all| all.first()).collect();
    let only_one = group.values().flatten().all(|it| it.by == by && it.found().through.is_empty());
    if only_one && firsts.iter().all(|it| it.found().wait.kind == WaitKind::Sleep) {
        let edits: Option<Vec<Edits>> = firsts.iter().map(|it| slept(told, it)).collect();
        if let Some(edits) = edits {
            let mut edits: Edits = edits.into_iter().flatten().collect();
            edits.sort_unstable();
            edits.dedup();
            writers.push(Writer { name: "sleep".into(), edits, display_only: None });
        }
    }
    if told.roles.of(by) == Role::Route && group.values().flatten().all(|it| it.by == by) {
        writers.extend(told.to_def(by));
    }
    writers
}

/// `await asyncio.sleep(...)`
fn slept(told: &Told<'_, '_>, it: &Coming) -> Option<Edits> {
    let flow = &told.draft(it.by).flow;
    let call = flow.node(it.found().node);
    let NodeKind::Call { func, .. } = &call.kind else { return None };
    let func = flow.node(*func).span;
    // A name for it that was given elsewhere stands there, and not here.
    if func.start != call.span.start || func.file != call.span.file || call.scope != 0 && in_comprehension(told, it) {
        return None;
    }
    let draft = told.code.names.draft(it.by.draft);
    let mut edits: Edits = vec![(func, "await asyncio.sleep".into())];
    if !draft.imports_asyncio {
        edits.push((draft.last_import?, format!("{}import asyncio", draft.newline()).into()));
    }
    Some(edits)
}

/// Whether a call stands in a generator's expression, which would not be the same with `await`.
fn in_comprehension(told: &Told<'_, '_>, it: &Coming) -> bool {
    let flow = &told.draft(it.by).flow;
    flow.nodes.iter().any(|node| matches!(node.kind, NodeKind::Collect { element, .. } if element == it.found().node))
}
