//! What serializers check of each item that a client sends: a list of items is a loop that nobody wrote
//! (`ListSerializer.to_internal_value`, `Serializer.run_validation`, DRF 3.16).

use rustc_hash::FxHashSet as HashSet;

use super::eval::{Eval, Frame};
use super::names::{ClassId, Def, FunctionId};
use super::serializers::{self, ROW, place};
use super::types::{Turn, Type, Unit};
use crate::facts::orm::flow::NodeKind;
use crate::source::Span;

/// What is asked of every item, besides what is asked of its fields.
const OF_ITEM: &[&str] = &["to_internal_value", "validate"];
const OF_FIELD: &str = "validate_";

/// Evaluates the lists of items within serializers that save them by code of their own, which names them: others are
/// only read.
pub(super) fn nested(eval: &mut Eval<'_>) {
    let mut seen: HashSet<ClassId> = HashSet::default();
    for serializer in eval.names.all_classes() {
        let saving = ["create", "update"].iter().filter_map(|name| eval.names.method(serializer, name, None));
        let saving: Vec<FunctionId> = saving.collect();
        if saving.is_empty() || !serializers::is_serializer(eval, serializer) {
            continue;
        }
        for class in eval.names.lineage(serializer).classes.clone() {
            let draft = eval.names.class(class);
            for attribute in &draft.attributes {
                let Some(call) = attribute.value.and_then(|value| draft.body.call(value)) else { continue };
                let sent = draft.body.says(call, "many") && !draft.body.says(call, "read_only");
                // What the code that saves does not name, no client sends.
                let named = |it: &FunctionId| {
                    let flow = &eval.names.function(*it).flow;
                    flow.nodes.iter().any(|node| matches!(&node.kind, NodeKind::Text(text) if *text == attribute.name))
                };
                if let Some(Def::Class(item)) = eval.names.of_node(class.draft, &draft.body, call.func)
                    && sent
                    && saving.iter().any(named)
                    && serializers::is_serializer(eval, item)
                    && seen.insert(item)
                {
                    each(eval, Unit::Class(serializer), item, attribute.span);
                }
            }
        }
    }
}

/// Evaluates what a serializer checks of each item of a list that a client sends.
pub(super) fn each(eval: &mut Eval<'_>, unit: Unit, serializer: ClassId, head: Span) {
    let checks = checks(eval, serializer);
    if checks.is_empty() {
        return;
    }
    eval.begin();
    let before = eval.events.len();
    let turn = Turn { depth: eval.frames.len(), scope: 1 };
    eval.frames.push(Frame::of_items(unit, eval.serial, turn));
    for method in checks {
        let mark = eval.events.len();
        let given = vec![(Type::Instance(serializer), None), (Type::Checked(false), Some(turn))];
        eval.follow(method, given, ROW);
        place(eval, mark, eval.names.function(method).span);
    }
    eval.frames.pop();
    let name = &eval.names.class(serializer).name;
    let over = format!("{name}(..., many=True)");
    for event in eval.events.iter_mut().skip(before) {
        event.head = head;
        event.over.clone_from(&over);
    }
}

/// The methods of a serializer that an item is checked by: those with one argument.
fn checks(eval: &Eval<'_>, serializer: ClassId) -> Vec<FunctionId> {
    let names = eval.names;
    let mut found: Vec<FunctionId> = OF_ITEM.iter().filter_map(|name| names.method(serializer, name, None)).collect();
    for class in &names.lineage(serializer).classes {
        let draft = names.draft(class.draft);
        let own = draft.functions.iter().filter(|it| it.owner == Some(class.at) && it.name.starts_with(OF_FIELD));
        for name in own.map(|it| &it.name) {
            found.extend(names.method(serializer, name, None).filter(|it| !found.contains(it)));
        }
    }
    found.retain(|it| names.function(*it).params.len() == 2 && names.function(*it).decorators.is_empty());
    found
}
