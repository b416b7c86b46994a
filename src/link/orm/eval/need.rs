//! How much of what a relation leads to code needs: the row, or no more than its key, which the row that has it holds.

use super::super::events::Edits;
use super::super::models::{Relation, is_never_null};
use super::super::names::Def;
use super::super::types::{Row, Type};
use super::super::uses as uses_of;
use super::Eval;
use crate::facts::orm::Place;
use crate::facts::orm::flow::{CallView, Flow, Node, NodeId, NodeKind};
use crate::source::Span;
use crate::stack::vocabulary::{Orm, UseKind};

/// What is read of what a relation leads to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Need {
    Row,
    /// Its key, with what would read it where it is.
    Key(Edits),
    /// Whether there is any, with the same.
    Presence(Edits),
}

impl Eval<'_> {
    /// What the present flow needs of a relation that it reads at a node.
    pub(super) fn need(&self, row: &Row, relation: &Relation, id: NodeId) -> Need {
        let flow = self.frame().flow;
        let reads = matches!(&flow.node(id).kind, NodeKind::Attr { name, .. } if *name == relation.name);
        let template = self.names.draft(self.draft()).place == Place::Template;
        if !reads
            || template
            || !row.path.is_empty()
            || self.field(row, relation).is_none()
            || flow.returns.contains(&id)
        {
            return Need::Row;
        }
        let span = flow.node(id).span;
        // What one place needs whole, another need not ask for by its key.
        if self.reads_more(row, relation, id) {
            return Need::Row;
        }
        let (mut edits, mut keyed) = (Edits::new(), false);
        for node in flow.nodes.iter().skip(id as usize + 1).filter(|it| uses(&it.kind, id)) {
            edits.push(match &node.kind {
                // `is None`
                NodeKind::Mix(parts) => match parts.as_slice() {
                    [of, none] if *of == id && flow.node(*none).kind == NodeKind::Nothing => {
                        (Span { start: span.end, ..span }, "_id".into())
                    }
                    _ => return Need::Row,
                },
                NodeKind::Call { func, keywords, .. } => match self.passed_as_key((row, relation), *func, keywords, id)
                {
                    Some(more) => {
                        keyed = true;
                        edits.extend(more);
                        continue;
                    }
                    None => return Need::Row,
                },
                NodeKind::Test(_) => (Span { start: span.end, ..span }, "_id".into()),
                NodeKind::Attr { name, .. } if self.is_its_key(row, relation, name) => {
                    keyed = true;
                    match behind(flow, id, node.span, name) {
                        Some(dot) => (dot, "_id".into()),
                        None => return Need::Row,
                    }
                }
                _ => return Need::Row,
            });
        }
        edits.dedup();
        match (edits.is_empty(), keyed) {
            (true, _) => Need::Row,
            (false, true) => Need::Key(edits),
            (false, false) => Need::Presence(edits),
        }
    }

    /// The edits that hand a key on in place of the object, where a call takes it for a foreign key to the same table:
    /// `Copy(author=row.author)`, `Copy.objects.filter(author=row.author)`.
    fn passed_as_key(
        &self,
        (row, relation): (&Row, &Relation),
        func: NodeId,
        keywords: &[(Box<str>, NodeId)],
        id: NodeId,
    ) -> Option<Edits> {
        let mut given = keywords.iter().filter(|(_, value)| *value == id);
        let (Some((name, _)), None) = (given.next(), given.next()) else { return None };
        let (model, makes) = match self.type_of(func) {
            Type::Def(Def::Class(model)) => (model, true),
            Type::Op(of, name) => {
                let model = match &*of {
                    Type::Manager(manager) => manager.model,
                    Type::Set(set) if set.orm == Orm::Django => set.model,
                    _ => return None,
                };
                match &*name {
                    "create" => (model, true),
                    "filter" | "exclude" | "get" => (model, false),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let other = self.models.relation(model, name).filter(|it| !it.to_many && it.joinable)?;
        let (_, call) = self.field(&Row::of(model), other)?;
        // What is done with the row that is made may need the object.
        let flow = self.frame().flow;
        let reads = |node: &Node| matches!(&node.kind, NodeKind::Attr { name: it, .. } if it == name);
        let by_key = |call: CallView<'_>| call.keyword("to_field").is_none();
        let own = self.field(row, relation).is_some_and(|(_, call)| by_key(call));
        let same = other.target == relation.target && own && by_key(call);
        let plain = !makes
            || self.own_code(model, "save") == Some(false)
                && self.models.saved(model).is_none()
                && !flow.nodes.iter().any(|node| {
                    reads(node) && matches!(&node.kind, NodeKind::Attr { of, .. } if matches!(flow.node(*of).kind, NodeKind::Call { .. }))
                });
        if !same || !plain {
            return None;
        }
        let span = flow.node(id).span;
        let value = (Span { start: span.end, ..span }, "_id".into());
        let keyword = Span { start: span.start.checked_sub(1)?, end: span.start.checked_sub(1)?, ..span };
        Some(if makes { vec![(keyword, "_id".into()), value] } else { vec![value] })
    }

    /// An object is fetched for its key alone, of a row that was asked for by itself: a query that the row makes needless.
    pub(super) fn key_of_one(&mut self, row: &Row, relation: &Relation, id: NodeId) {
        let flow = self.frame().flow;
        let NodeKind::Attr { of, name, .. } = &flow.node(id).kind else { return };
        let Some(root) = row.root.as_ref().filter(|_| row.alone && !row.fresh && !row.guessed) else { return };
        // Whoever hands a row on may have read what it leads to.
        if !is_fetched_here(flow, *of) {
            return;
        }
        if !self.tells() || self.is_loaded(root, &relation.name) || row.assigned.contains(&relation.name) {
            return;
        }
        // Who else has the row may read the object, and other reads of it may need it.
        let (mut first, mut edits) = (None, Edits::new());
        for (at, node) in flow.nodes.iter().enumerate().filter(|(_, node)| uses(&node.kind, *of)) {
            let at = at as NodeId;
            match &node.kind {
                NodeKind::Attr { name: read, .. } if read == name => {
                    first.get_or_insert(at);
                    match self.need(row, relation, at) {
                        Need::Key(more) => edits.extend(more),
                        Need::Row | Need::Presence(_) => return,
                    }
                }
                // A field; a method may read whatever it likes.
                NodeKind::Attr { name: read, .. } if self.names.method(row.model, read, None).is_none() => {}
                _ => return,
            }
        }
        if first != Some(id) || flow.returns.contains(of) {
            return;
        }
        let whole = flow.nodes.iter().position(|node| matches!(&node.kind, NodeKind::Attr { of, .. } if *of == id));
        let mut it = uses_of::of(self, root, UseKind::KeyByObject, whole.map_or(id, |at| at as NodeId));
        it.remedy = format!("{}_id", relation.name);
        it.model = row.model;
        if is_never_null(self.names, row.model, &relation.name) {
            it.edits = Some(("key", edits));
        }
        self.tell_use(it);
    }

    /// Whether another place of the present flow reads more than the key of the same relation, of the same row.
    fn reads_more(&self, row: &Row, relation: &Relation, id: NodeId) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Attr { of: owner, .. } = flow.node(id).kind else { return false };
        let other = |(at, node): (usize, &Node)| match &node.kind {
            NodeKind::Attr { of, name, .. } if *of == owner && *name == relation.name => Some(at as NodeId),
            _ => None,
        };
        let reads = |of: NodeId| {
            flow.nodes.iter().any(|node| {
                matches!(&node.kind, NodeKind::Attr { of: it, name, .. } if *it == of && !self.is_its_key(row, relation, name))
            })
        };
        flow.nodes.iter().enumerate().filter_map(other).any(|at| at != id && reads(at))
    }

    /// The call that declares a relation, where its column is one of the row.
    fn field<'n>(&'n self, row: &Row, relation: &Relation) -> Option<(&'n Flow, CallView<'n>)> {
        if relation.to_many || relation.target.is_none() {
            return None;
        }
        let (class, at) = self.names.attribute(row.model, &relation.name)?;
        let draft = self.names.class(class);
        let call = draft.attributes.get(at).and_then(|it| draft.body.call(it.value?))?;
        let of = draft.body.dotted(call.func).unwrap_or_default();
        (of.ends_with("Key") || of.ends_with("OneToOneField")).then_some((&draft.body, call))
    }

    fn is_its_key(&self, row: &Row, relation: &Relation, name: &str) -> bool {
        // The column holds what it refers to: `ForeignKey(Language, to_field="code")`.
        if let Some((flow, call)) = self.field(row, relation)
            && let Some(to) = call.keyword("to_field")
        {
            return flow.text(to) == Some(name);
        }
        let key = |target| name == "id" && self.models.is_key(self.names, target, "id");
        name == "pk" || relation.target.is_some_and(key)
    }
}

/// Whether a value is what was asked for by this flow itself: `Message.objects.get(...)`.
fn is_fetched_here(flow: &Flow, id: NodeId) -> bool {
    const ASK: &[&str] = &["get", "first", "last", "latest", "earliest", "get_object_or_404"];
    let Some(call) = flow.call(id) else { return false };
    match &flow.node(call.func).kind {
        NodeKind::Attr { name, .. } | NodeKind::Name(name) => ASK.contains(&&**name),
        _ => false,
    }
}

/// Where `.id` stands behind `message.thread`.
fn behind(flow: &Flow, of: NodeId, whole: Span, name: &str) -> Option<Span> {
    let span = flow.node(of).span;
    let next = whole.start == span.start && whole.end as usize == span.end as usize + 1 + name.len();
    next.then_some(Span { start: span.end, ..whole })
}

/// Whether a value is made with another.
pub(in crate::link::orm) fn uses(kind: &NodeKind, id: NodeId) -> bool {
    match kind {
        NodeKind::Param(_)
        | NodeKind::Name(_)
        | NodeKind::Text(_)
        | NodeKind::Number(_)
        | NodeKind::Flag(_)
        | NodeKind::Nothing
        | NodeKind::Constant => false,
        NodeKind::Attr { of, .. }
        | NodeKind::Row(of)
        | NodeKind::Slice { of, .. }
        | NodeKind::Await(of)
        | NodeKind::Test(of)
        | NodeKind::Format(of)
        | NodeKind::Through(of)
        | NodeKind::Auto(of)
        | NodeKind::Said(of)
        | NodeKind::Collect { element: of, .. } => *of == id,
        NodeKind::Call { func, args, keywords, .. } => {
            *func == id || args.contains(&id) || keywords.iter().any(|(_, it)| *it == id)
        }
        NodeKind::Item { of, key } => *of == id || *key == id,
        NodeKind::List(all) | NodeKind::Either(all) | NodeKind::Mix(all) => all.contains(&id),
        NodeKind::Dict(pairs) => pairs.iter().any(|(key, value)| *key == id || *value == id),
        NodeKind::Store { of, value, .. } => *of == id || *value == id,
        NodeKind::Include { with, .. } => with.iter().any(|(_, it)| *it == id),
        NodeKind::Same(a, b) => *a == id || *b == id,
    }
}
