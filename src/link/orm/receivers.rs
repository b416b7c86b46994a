//! Functions that hear of a signal of one model: the row that they are given is of that.

use rustc_hash::FxHashMap as HashMap;

use super::models::Models;
use super::names::{ClassId, Def, FunctionId, Names};
use super::signals::model;
use crate::facts::orm::OrmDraft;
use crate::facts::orm::flow::{NodeKind, last_of};

/// The model whose rows each of them is given.
#[derive(Debug, Default)]
pub(super) struct Receivers(HashMap<FunctionId, ClassId>);

impl Receivers {
    /// Reads `@receiver(post_save, sender=Book)` and `post_save.connect(index, sender=Book)`.
    pub(super) fn read(names: &Names<'_>, models: &Models) -> Self {
        let mut all = HashMap::default();
        let drafts = names.drafts.iter().enumerate().filter(|(_, draft)| hears(draft));
        for (draft_at, draft) in drafts {
            let draft_at = draft_at as u32;
            let flow = &draft.top;
            for node in &flow.nodes {
                let NodeKind::Call { func, args, keywords, open: false } = &node.kind else { continue };
                let Some((_, sender)) = keywords.iter().find(|(name, _)| &**name == "sender") else { continue };
                let Some(model) = model(names, models, draft_at, flow, *sender) else { continue };
                let receiver = match &flow.node(*func).kind {
                    NodeKind::Name(name) if &**name == "receiver" => {
                        // A decorator stands before the function, and before no other that comes between.
                        let below = draft.functions.iter().enumerate().filter(|(_, it)| it.span.start > node.span.end);
                        let next = below.min_by_key(|(_, it)| it.span.start);
                        let next = next.filter(|(_, it)| it.decorators.iter().any(|it| last_of(it) == "receiver"));
                        next.map(|(at, _)| FunctionId { draft: draft_at, at: at as u32 })
                    }
                    NodeKind::Attr { name, .. } if &**name == "connect" => {
                        match args.first().and_then(|first| names.of_node(draft_at, flow, *first)) {
                            Some(Def::Function(function)) => Some(function),
                            _ => None,
                        }
                    }
                    _ => None,
                };
                if let Some(receiver) = receiver {
                    // One that hears of several models is given rows of any.
                    let known = all.entry(receiver).or_insert(Some(model));
                    *known = known.filter(|it| *it == model);
                }
            }
        }
        Self(all.into_iter().filter_map(|(function, model)| Some((function, model?))).collect())
    }

    /// The model whose rows a function is given as `instance`.
    pub(super) fn of(&self, function: FunctionId) -> Option<ClassId> {
        self.0.get(&function).copied()
    }
}

fn hears(draft: &OrmDraft) -> bool {
    draft.imports.iter().any(|it| {
        it.module.starts_with("django") && it.module.split('.').any(|it| it.ends_with("signals") || it == "dispatch")
    })
}
