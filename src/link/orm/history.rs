//! Models whose changes django-simple-history keeps: by the signals of each save and each delete (`HistoricalRecords.finalize`,
//! `simple_history/models.py`, 3.13.0), so that `bulk_create`, `bulk_update` and `update` leave no trace.

use rustc_hash::FxHashMap as HashMap;

use super::names::{ClassId, Def, Names};
use crate::source::Span;

/// Where the history of each model is asked for.
#[derive(Debug, Default)]
pub(super) struct Histories(HashMap<ClassId, Span>);

impl Histories {
    /// Reads `history = HistoricalRecords()`, of a class's own or, with `inherit=True`, of a base; and `register(Model)`.
    pub(super) fn read(names: &Names<'_>) -> Self {
        let mut found = HashMap::default();
        if !names.drafts.iter().any(|it| it.imports.iter().any(|it| it.module.starts_with("simple_history"))) {
            return Self(found);
        }
        for class in names.all_classes() {
            let kept = names.lineage(class).classes.iter().find_map(|of| {
                let draft = names.class(*of);
                draft.attributes.iter().find_map(|it| {
                    let call = draft.body.call(it.value?)?;
                    let is_it = draft.body.called(call)? == "HistoricalRecords";
                    (is_it && (*of == class || draft.body.says(call, "inherit"))).then_some(it.span)
                })
            });
            found.extend(kept.map(|at| (class, at)));
        }
        for (at, draft) in names.drafts.iter().enumerate() {
            for node in 0..draft.top.nodes.len() as u32 {
                let Some(call) = draft.top.call(node) else { continue };
                let registers = || match names.of_node(at as u32, &draft.top, call.func) {
                    Some(Def::External(name)) => name.starts_with("simple_history") && name.ends_with(".register"),
                    _ => false,
                };
                if draft.top.last_called(call.func) == Some("register")
                    && registers()
                    && let Some(Def::Class(model)) =
                        call.args.first().and_then(|it| names.of_node(at as u32, &draft.top, *it))
                {
                    found.entry(model).or_insert(draft.top.node(node).span);
                }
            }
        }
        Self(found)
    }

    /// Where the history of a model is asked for.
    pub(super) fn of(&self, model: ClassId) -> Option<Span> {
        self.0.get(&model).copied()
    }
}

/// What writes rows and their history together (`simple_history/utils.py`: the first since 2.2.0, the other since 2.10.0), in
/// place of what a remedy says.
pub(super) fn instead_of(remedy: &str) -> Vec<&'static str> {
    let create = remedy.contains("bulk_create").then_some("bulk_create_with_history");
    let update = remedy.contains("bulk_update") || create.is_none() && remedy.contains("update");
    create.into_iter().chain(update.then_some("bulk_update_with_history")).collect()
}
