//! What django-import-export writes out of each row that the admin exports: the fields of a resource.

use std::rc::Rc;

use super::columns::path;
use super::eval::Eval;
use super::events::Shown;
use super::names::{ClassId, Def};
use super::serializers::{self, ROW, list_of, loop_over, place, run};
use super::types::{Row, Set, Type, Unit};
use crate::facts::orm::flow::CallView;
use crate::source::Span;

/// Methods of a resource that choose other rows or fields, or write them out in a way of their own (4.4).
const CHOOSING: &[&str] = &[
    "before_export",
    "export",
    "export_field",
    "export_resource",
    "filter_export",
    "get_export_fields",
    "get_fields",
    "iter_queryset",
];
/// The same of an admin class.
const CHOOSING_IN_ADMIN: &[&str] =
    &["get_data_for_export", "get_export_data", "get_export_queryset", "get_export_resource_classes"];
const WRITTEN: &str = "the export writes of each row";

/// What an admin class exports of the rows of its list.
pub(super) fn of_admin(eval: &mut Eval<'_>, admin: ClassId, set: &Rc<Set>) {
    if CHOOSING_IN_ADMIN.iter().any(|name| eval.names.method(admin, name, None).is_some()) {
        return;
    }
    for name in ["resource_class", "resource_classes"] {
        let named = match eval.class_value(admin, name) {
            Some(Type::Tuple(all)) => all.to_vec(),
            Some(one) => vec![one],
            None => continue,
        };
        for resource in named {
            if let Type::Def(Def::Class(resource)) = resource
                && is_resource(eval, resource)
            {
                export(eval, admin, resource, set);
            }
        }
    }
}

fn is_resource(eval: &Eval<'_>, class: ClassId) -> bool {
    let external = &eval.names.lineage(class).external;
    external.iter().any(|base| base.starts_with("import_export."))
        && external.iter().all(|base| base.starts_with("import_export.") || &**base == "object")
        && CHOOSING.iter().all(|name| eval.names.method(class, name, None).is_none())
}

fn export(eval: &mut Eval<'_>, admin: ClassId, resource: ClassId, set: &Rc<Set>) {
    let before = eval.events.len();
    let head = eval.names.class(resource).span;
    loop_over(eval, Unit::Class(admin), set, resource, "the rows of …", head, &|eval, row| {
        fields(eval, resource, row);
    });
    for event in eval.events.iter_mut().skip(before) {
        event.serializer = None;
    }
}

fn fields(eval: &mut Eval<'_>, resource: ClassId, row: &Rc<Row>) {
    let chosen = serializers::chosen(eval, resource);
    let is_chosen = |name: &str| chosen.as_ref().is_none_or(|(names, _)| names.iter().any(|it| **it == *name));
    let mut declared: Vec<Box<str>> = Vec::new();
    for class in eval.names.lineage(resource).classes.clone() {
        let draft = eval.names.class(class);
        for attribute in &draft.attributes {
            let Some(call) = attribute.value.and_then(|value| draft.body.call(value)) else { continue };
            let is_field = draft.body.called(call).is_some_and(|it| it.ends_with("Field"));
            if !is_field || declared.contains(&attribute.name) || !is_chosen(&attribute.name) {
                continue;
            }
            declared.push(attribute.name.clone());
            written(eval, resource, row, &attribute.name, attribute.span, Some((class, call)));
        }
    }
    let (names, span) = match chosen {
        Some((names, span)) => (names, span),
        None => (serializers::written(eval, row.model, 0), eval.names.class(resource).span),
    };
    let left_out =
        eval.names.inner(resource, "Meta").and_then(|meta| super::choices::listed(eval.names, meta, "exclude"));
    for name in names {
        if !declared.contains(&name) && !left_out.as_ref().is_some_and(|it| it.contains(&name)) {
            written(eval, resource, row, &name, span, None);
        }
    }
}

/// Writes one field: by its `dehydrate_…`, else by the path that it names (`Resource.export_field`, `Field.get_value`).
fn written(
    eval: &mut Eval<'_>,
    resource: ClassId,
    row: &Rc<Row>,
    name: &str,
    span: Span,
    field: Option<(ClassId, CallView<'_>)>,
) {
    let mark = eval.events.len();
    if let Some(method) = eval.names.method(resource, &format!("dehydrate_{name}"), None) {
        run(eval, resource, method, row);
    } else if let Some((class, call)) = field {
        let flow = &eval.names.class(class).body;
        let named = call.keyword("attribute").or_else(|| call.args.first().copied()).and_then(|it| flow.text(it));
        if let Some(named) = named {
            let value = path(eval, row, named, "__");
            let value = list_of(eval, &value, ROW);
            if call.keyword("widget").is_none() {
                eval.text_of(&value, ROW);
            }
        }
    } else if name.contains("__") || eval.models.relation(row.model, name).is_some_and(|it| it.to_many) {
        let value = path(eval, row, name, "__");
        list_of(eval, &value, ROW);
    }
    place(eval, mark, span);
    eval.events.iter_mut().skip(mark).for_each(|it| it.shown = Some(Shown { how: WRITTEN, by: name.into() }));
}
