//! Receivers of the signals that Django sends with each save, and with no statement for many rows.

use rustc_hash::FxHashMap as HashMap;

use super::models::Models;
use super::names::{ClassId, Def, Names};
use crate::facts::orm::flow::{CallView, Flow, NodeKind};
use crate::source::Span;

/// A receiver for each model that has one, and one that hears of all models.
#[derive(Debug, Default)]
pub(super) struct Signals {
    of: HashMap<ClassId, Span>,
    of_all: Option<Span>,
}

impl Signals {
    /// Reads `@receiver(post_save, sender=Model)` and `post_save.connect(handler, sender=Model)`.
    pub(super) fn read(names: &Names<'_>, models: &Models) -> Self {
        let mut signals = Self::default();
        for (at, draft) in names.drafts.iter().enumerate() {
            let bodies = draft.classes.iter().map(|class| &class.body);
            let functions = draft.functions.iter().map(|function| &function.flow);
            for flow in std::iter::once(&draft.top).chain(bodies).chain(functions) {
                for node in &flow.nodes {
                    let NodeKind::Call { func, args, keywords, open } = &node.kind else { continue };
                    let call = CallView { func: *func, args, keywords };
                    if !open && hears(flow, call) {
                        signals.add(names, models, at as u32, flow, call, node.span);
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
        let model = match names.of_node(at, flow, sender) {
            Some(Def::Class(class)) => Some(class),
            _ => flow.dotted(sender).filter(|name| name.ends_with("AUTH_USER_MODEL")).and(models.user),
        };
        if let Some(model) = model {
            self.of.entry(model).or_insert(span);
        }
    }

    /// A receiver that runs when a row of a model is saved.
    pub(super) fn of(&self, model: ClassId) -> Option<Span> {
        self.of.get(&model).copied().or(self.of_all)
    }
}

/// Whether a call makes a receiver of the signals of a save.
fn hears(flow: &Flow, call: CallView<'_>) -> bool {
    let saves = |node| flow.dotted(node).is_some_and(|name| name.ends_with("pre_save") || name.ends_with("post_save"));
    match &flow.node(call.func).kind {
        NodeKind::Attr { of, name, .. } if &**name == "connect" => saves(*of),
        _ if flow.called(call).as_deref() == Some("receiver") => {
            call.args.first().is_some_and(|first| match &flow.node(*first).kind {
                NodeKind::List(all) => all.iter().any(|it| saves(*it)),
                _ => saves(*first),
            })
        }
        _ => false,
    }
}
