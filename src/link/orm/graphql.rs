//! GraphQL: the resolvers of graphene's types, which run for each row of what the field above them gives.

use std::rc::Rc;

use super::eval::{Args, Eval};
use super::events::Shown;
use super::names::{ClassId, Def};
use super::rarely::Rarely;
use super::serializers::{ROW, loop_over, place, rows_of};
use super::types::{Row, Type, Unit};
use crate::facts::orm::Attribute;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// Types are followed into those of their fields so deep.
const MOST_LEVELS: usize = 3;
const TO_CLIENT: &str = "the client, who gets these rows, may ask each of them for";
/// What begins the name of a resolver.
const RESOLVE: &str = "resolve_";

/// What the fields of all types give, and what is resolved for each row of it.
pub(super) fn resolvers(eval: &mut Eval<'_>) {
    for class in eval.names.all_classes() {
        if !is_type(eval, class) {
            continue;
        }
        let draft = eval.names.class(class);
        for attribute in &draft.attributes {
            let Some(of) = type_of(eval, class, attribute) else { continue };
            let Some(method) = eval.names.method(class, &format!("{RESOLVE}{}", attribute.name), None) else {
                continue;
            };
            if let Some(set) = eval.returned(method, None).all_rows().filter(|set| set.related.is_none()) {
                loop_over(eval, Unit::Function(method), &set, of, "the list of …", attribute.span, &|eval, row| {
                    fields(eval, of, row, 0);
                });
            }
        }
    }
}

fn is_type(eval: &Eval<'_>, class: ClassId) -> bool {
    eval.names
        .lineage(class)
        .external
        .iter()
        .any(|base| base.starts_with("graphene") && (base.ends_with("ObjectType") || base.ends_with("Interface")))
}

/// The type of a field: `graphene.List(BookType)`, `Field(lambda: BookType)` left out.
fn type_of(eval: &Eval<'_>, class: ClassId, attribute: &Attribute) -> Option<ClassId> {
    let flow = &eval.names.class(class).body;
    within(eval, class.draft, flow, attribute.value?, 0)
}

fn within(eval: &Eval<'_>, draft: u32, flow: &Flow, node: NodeId, level: usize) -> Option<ClassId> {
    if let Some(call) = flow.call(node).filter(|_| level < MOST_LEVELS) {
        return call.args.iter().find_map(|arg| within(eval, draft, flow, *arg, level + 1));
    }
    let def = match &flow.node(node).kind {
        NodeKind::Text(text) => eval.names.resolve_dotted(draft, text),
        _ => eval.names.of_node(draft, flow, node),
    };
    match def {
        Some(Def::Class(class)) if is_type(eval, class) => Some(class),
        _ => None,
    }
}

/// Resolves the fields of a type for a row.
fn fields(eval: &mut Eval<'_>, class: ClassId, row: &Rc<Row>, level: usize) {
    if level > MOST_LEVELS {
        return;
    }
    for of in eval.names.lineage(class).classes.clone() {
        let draft = eval.names.class(of);
        for attribute in draft.attributes.iter().filter(|it| it.value.is_some()) {
            let mark = eval.events.len();
            let resolver = eval.names.method(class, &format!("{RESOLVE}{}", attribute.name), None);
            let value = match resolver {
                Some(method) => {
                    let mut given = vec![(Type::Row(row.clone()), row.turn)];
                    given.resize(eval.names.function(method).params.len().max(1), (Type::Unknown, None));
                    eval.follow(method, given, ROW)
                }
                None => {
                    let value = eval.attribute(&Type::Row(row.clone()), &attribute.name, ROW);
                    match value {
                        method @ Type::Method(..) => eval.call(&method, &Args::NONE, ROW),
                        other => other,
                    }
                }
            };
            for inner in rows_of(eval, value, row, ROW) {
                if let Some(of) = type_of(eval, of, attribute) {
                    fields(eval, of, &inner, level + 1);
                }
            }
            place(eval, mark, attribute.span);
            for event in eval.events.iter_mut().skip(mark) {
                event.shown.get_or_insert_with(|| Shown { how: TO_CLIENT, by: attribute.name.clone() });
                event.rarely.get_or_insert(Rarely::Asked);
            }
        }
    }
}
