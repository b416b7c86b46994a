//! Attributes of rows that an `AsyncSession` would have to ask the database for when they are read: it cannot, and fails
//! with `MissingGreenlet`.

use std::collections::HashSet;

use super::LoopFacts;
use super::known::is;
use super::told::{Told, at, is as known_fact};
use super::value::{ASYNC_SESSION, Value};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::link::orm::events::spelled;
use crate::link::orm::models::Loading;
use crate::link::orm::names::{ClassId, FunctionId};
use crate::source::Span;
use crate::stack::vocabulary::{Implicit, ImplicitIo, Orm, Role};
use crate::stack::{Fact, Writer};

/// Calls on a session that may load a row again.
const LOADS: &str = "execute scalar scalars get get_one exec refresh merge flush";

/// What a function does with sessions whose rows expire.
#[derive(Default)]
struct Done {
    commits: Vec<NodeId>,
    loads: Vec<NodeId>,
    /// What was added, and where.
    added: Vec<(NodeId, NodeId)>,
}

pub(super) fn facts(told: &mut Told<'_, '_>, out: &mut LoopFacts) {
    for id in told.coroutines() {
        let function = told.draft(id);
        let flow = &function.flow;
        let values = told.code.function(id, told.code.alone(id));
        let value = |node: NodeId| values.get(node as usize).cloned().unwrap_or_default();
        let done = done(flow, &value);
        let model = |node: NodeId| match value(node) {
            Value::Row(model, _) => Some(model),
            Value::Instance(model, true) => Some(model),
            _ => None,
        };
        let mut said: HashSet<(NodeId, Implicit)> = HashSet::new();
        for node in function.body..flow.nodes.len() as NodeId {
            let NodeKind::Attr { of, name, .. } = &flow.node(node).kind else { continue };
            let Some(class) = model(*of).filter(|it| is_mapped(told, *it)) else { continue };
            let is_column = told.code.names.attribute(class, name).is_some();
            if is_column
                && let Some(commit) = expired(flow, &done, &value, *of, node)
                && said.insert((*of, Implicit::Expired))
            {
                let read = spelled(flow, &function.params, node);
                tell(told, id, node, read, Implicit::Expired, commit, out);
            } else if let Some(load) = unloaded(told, flow, &done, &value, *of, name, node)
                && said.insert((*of, Implicit::Lazy))
            {
                let read = spelled(flow, &function.params, node);
                tell(told, id, node, read, Implicit::Lazy, load, out);
            }
        }
        // What FastAPI answers with, it reads: by the model of the answer.
        if told.roles.of(id) == Role::Route && function.answer.is_some() {
            for row in &flow.returns {
                let Some(_) = model(*row).filter(|it| is_mapped(told, *it)) else { continue };
                let Some(commit) = expired(flow, &done, &value, *row, flow.nodes.len() as NodeId) else { continue };
                if said.insert((*row, Implicit::Expired)) {
                    let read = "the row that is answered with".to_owned();
                    tell(told, id, commit, read, Implicit::Expired, commit, out);
                }
            }
        }
    }
}

fn is_mapped(told: &Told<'_, '_>, class: ClassId) -> bool {
    told.code.models.get(class).is_some_and(|it| it.orm == Orm::Sqlalchemy)
}

fn done(flow: &Flow, value: &impl Fn(NodeId) -> Value) -> Done {
    let mut done = Done::default();
    for (id, node) in flow.nodes.iter().enumerate() {
        let id = id as NodeId;
        let NodeKind::Call { func, args, .. } = &node.kind else { continue };
        let NodeKind::Attr { of, name, .. } = &flow.node(*func).kind else { continue };
        if !value(*of).is_async_session() {
            continue;
        }
        let expires = value(*of).path() == Some(ASYNC_SESSION);
        match &**name {
            "commit" if expires => done.commits.push(id),
            "add" => done.added.extend(args.first().map(|it| (*it, id))),
            name if is(name, LOADS) => done.loads.push(id),
            _ => {}
        }
    }
    done
}

/// The commit behind which a row has expired when it is read.
fn expired(flow: &Flow, done: &Done, value: &impl Fn(NodeId) -> Value, row: NodeId, read: NodeId) -> Option<NodeId> {
    let is_row = matches!(value(row), Value::Row(..));
    done.commits.iter().copied().rev().find(|commit| {
        let in_session = is_row || done.added.iter().any(|(added, at)| *added == row && flow.may_follow(*at, *commit));
        in_session
            && row < *commit
            && flow.may_follow(*commit, read)
            && !done.loads.iter().any(|load| commit < load && *load < read)
    })
}

/// What loaded a row without the relation that is read.
fn unloaded(
    told: &Told<'_, '_>,
    flow: &Flow,
    done: &Done,
    value: &impl Fn(NodeId) -> Value,
    row: NodeId,
    name: &str,
    read: NodeId,
) -> Option<NodeId> {
    let Value::Row(model, false) = value(row) else { return None };
    let relation = told.code.models.relation(model, name)?;
    // An object that was loaded before is in the session already; a list is not.
    if relation.loading != Loading::Lazy || !relation.to_many {
        return None;
    }
    // What is told to load it later may do so.
    let told_later = done.loads.iter().any(|load| {
        let NodeKind::Call { func, args, .. } = &flow.node(*load).kind else { return false };
        // `refresh(book, ["pages"])` says what it loads.
        if let Some(NodeKind::List(names)) = args.get(1).map(|it| &flow.node(*it).kind)
            && names.iter().all(|it| flow.text(*it).is_some_and(|it| it != name))
        {
            return false;
        }
        let refreshes = matches!(&flow.node(*func).kind, NodeKind::Attr { name, .. } if &**name == "refresh");
        refreshes && *load < read && row < *load
    });
    if told_later {
        return None;
    }
    (0..=row).rev().find(|it| {
        matches!(flow.node(*it).kind, NodeKind::Call { .. })
            && matches!(value(*it), Value::Row(..) | Value::Rows(..) | Value::Result(..))
    })
}

fn tell(
    told: &mut Told<'_, '_>,
    id: FunctionId,
    node: NodeId,
    read: String,
    cause: Implicit,
    since: NodeId,
    out: &mut LoopFacts,
) {
    let function = told.draft(id);
    let flow = &function.flow;
    let mut writers = Vec::new();
    if cause == Implicit::Expired
        && let Some(at) = told.code.maker()
    {
        writers.push(Writer {
            name: "keep".into(),
            edits: vec![(at, ", expire_on_commit=False".into())],
            display_only: None,
        });
    }
    let span: Span = flow.node(node).span;
    let about = told.about(id, &read, span, writers);
    let since_text = spelled(flow, &function.params, since);
    out.implicit_ios.push(ImplicitIo {
        about,
        read: at(read.into(), vec![span]),
        cause: known_fact(cause),
        since: Fact::derived(since_text.into(), vec![flow.node(since).span]),
        handler: told.handler(id),
        reach: known_fact(told.roles.reach(id)),
    });
}
