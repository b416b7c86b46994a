//! Context processors: what a project's settings have put into each template.

use std::rc::Rc;

use super::eval::Eval;
use super::names::{Def, FunctionId, Names};
use super::settings::is_of_settings;
use super::types::{Entries, Entry, Type, put};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// What they give, by its names.
pub(super) fn read(eval: &mut Eval<'_>) -> Rc<[Entry]> {
    let mut all = Entries::new();
    for function in named(eval.names) {
        if let Type::Record(entries) = eval.returned(function, None) {
            put(&mut all, entries.to_vec());
        }
    }
    all.into()
}

/// The functions of the repository that settings name: `"context_processors": ["shop.menus.categories"]` in `TEMPLATES`,
/// and `TEMPLATE_CONTEXT_PROCESSORS` before Django 1.8.
fn named(names: &Names<'_>) -> Vec<FunctionId> {
    let mut found = Vec::new();
    for draft in names.drafts.iter().filter(|it| is_of_settings(&it.path)) {
        let flow = &draft.top;
        for node in &flow.nodes {
            if let NodeKind::Dict(pairs) = &node.kind {
                let lists = pairs.iter().filter(|(key, _)| flow.text(*key) == Some("context_processors"));
                lists.for_each(|(_, list)| texts(flow, *list, &mut found));
            }
        }
        let old = draft.globals.iter().filter(|(name, _)| &**name == "TEMPLATE_CONTEXT_PROCESSORS");
        old.for_each(|(_, list)| texts(flow, *list, &mut found));
    }
    let mut functions: Vec<FunctionId> = Vec::new();
    for path in found {
        if let Some(Def::Function(id)) = names.by_path(path)
            && !functions.contains(&id)
        {
            functions.push(id);
        }
    }
    functions
}

/// The texts of a list that is written out, or added to another.
fn texts<'a>(flow: &'a Flow, list: NodeId, found: &mut Vec<&'a str>) {
    match &flow.node(list).kind {
        NodeKind::List(items) | NodeKind::Mix(items) => items.iter().for_each(|it| match flow.text(*it) {
            Some(text) => found.push(text),
            None if *it < list => texts(flow, *it, found),
            None => {}
        }),
        _ => {}
    }
}
