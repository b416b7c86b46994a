//! Receivers of the signals that Django sends with each save, and with no statement for many rows.

use rustc_hash::FxHashMap as HashMap;

use super::models::Models;
use super::names::{ClassId, Def, Names};
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind};
use crate::source::Span;

/// A receiver for each model that has one, and one that hears of all models.
#[derive(Debug, Default)]
pub(super) struct Signals {
    of: HashMap<ClassId, Span>,
    of_all: Option<Span>,
    /// Of what many-to-many relations get and lose, by their declarations.
    through: HashMap<Span, Span>,
    through_all: Option<Span>,
}

impl Signals {
    /// Reads `@receiver(post_save, sender=Model)`, `post_save.connect(handler, sender=Model)` and their like.
    pub(super) fn read(names: &Names<'_>, models: &Models) -> Self {
        let mut signals = Self::default();
        for (at, draft) in names.drafts.iter().enumerate() {
            let bodies = draft.classes.iter().map(|class| &class.body);
            let functions = draft.functions.iter().map(|function| &function.flow);
            for flow in std::iter::once(&draft.top).chain(bodies).chain(functions) {
                for node in &flow.nodes {
                    let NodeKind::Call { func, args, keywords, open: false } = &node.kind else { continue };
                    let call = CallView { func: *func, args, keywords };
                    if hears(flow, call, SAVES) {
                        signals.add(names, models, at as u32, flow, call, node.span);
                    } else if hears(flow, call, CHANGES) {
                        signals.add_through(names, models, at as u32, flow, call, node.span);
                    } else {
                        signals.add_given(names, models, at as u32, flow, call, node.span);
                    }
                }
            }
        }
        signals
    }

    fn add(&mut self, names: &Names<'_>, models: &Models, at: u32, flow: &Flow, call: CallView<'_>, span: Span) {
        let Some(sender) = call.keyword("sender") else {
            self.of_all.get_or_insert(span);
            return;
        };
        if let Some(model) = model(names, models, at, flow, sender) {
            self.of.entry(model).or_insert(span);
        }
    }

    /// `sender=Book.tags.through`
    fn add_through(
        &mut self,
        names: &Names<'_>,
        models: &Models,
        at: u32,
        flow: &Flow,
        call: CallView<'_>,
        span: Span,
    ) {
        let Some(sender) = call.keyword("sender") else {
            self.through_all.get_or_insert(span);
            return;
        };
        let NodeKind::Attr { of, name, .. } = &flow.node(sender).kind else { return };
        let NodeKind::Attr { of: owner, name: field, .. } = &flow.node(*of).kind else { return };
        if &**name == "through"
            && let Some(relation) = model(names, models, at, flow, *owner).and_then(|it| models.relation(it, field))
        {
            self.through.entry(relation.span).or_insert(span);
        }
    }

    /// A call of anything else that is given a signal and a model: `SignalReceiver(post_save, Book, index)`.
    fn add_given(&mut self, names: &Names<'_>, models: &Models, at: u32, flow: &Flow, call: CallView<'_>, span: Span) {
        let given = || call.args.iter().copied().chain(call.keywords.iter().map(|(_, node)| *node));
        if !given().any(|node| is_signal(flow, node, SAVES)) {
            return;
        }
        for model in given().filter_map(|node| model(names, models, at, flow, node)) {
            self.of.entry(model).or_insert(span);
        }
    }

    /// A receiver that runs when a row of a model is saved.
    pub(super) fn of(&self, model: ClassId) -> Option<Span> {
        self.of.get(&model).copied().or(self.of_all)
    }

    /// A receiver that runs when a many-to-many relation, by its declaration, gets rows or loses some.
    pub(super) fn of_relation(&self, declared: Span) -> Option<Span> {
        self.through.get(&declared).copied().or(self.through_all)
    }
}

/// What is sent with each save, and when a many-to-many relation gets rows or loses some.
const SAVES: &[&str] = &["pre_save", "post_save"];
const CHANGES: &[&str] = &["m2m_changed"];

fn is_signal(flow: &Flow, node: NodeId, signals: &[&str]) -> bool {
    // Each argument of every call comes by: no text is made of it.
    matches!(&flow.node(node).kind, NodeKind::Name(name) | NodeKind::Attr { name, .. } if signals.contains(&&**name))
}

pub(super) fn model(names: &Names<'_>, models: &Models, at: u32, flow: &Flow, node: NodeId) -> Option<ClassId> {
    match names.of_node(at, flow, node) {
        Some(Def::Class(class)) => models.get(class).map(|_| class),
        _ => flow.dotted(node).filter(|name| name.ends_with("AUTH_USER_MODEL")).and(models.user),
    }
}

/// Whether a call makes a receiver of some signals.
fn hears(flow: &Flow, call: CallView<'_>, signals: &[&str]) -> bool {
    let is = |node| is_signal(flow, node, signals);
    match &flow.node(call.func).kind {
        NodeKind::Attr { of, name, .. } if &**name == "connect" => is(*of),
        _ if flow.called(call).as_deref() == Some("receiver") => {
            call.args.first().is_some_and(|first| match &flow.node(*first).kind {
                NodeKind::List(all) => all.iter().any(|it| is(*it)),
                _ => is(*first),
            })
        }
        _ => false,
    }
}
