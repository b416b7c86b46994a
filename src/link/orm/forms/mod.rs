//! The choices of Django's forms: a `<select>` names each row of its queryset, by `label_from_instance` or by the row's own
//! text (`ModelChoiceIterator`, `django/forms/models.py`, 5.2).
//!
//! A form that only checks what a client sends names none of them: what is told is of the fields that a template writes out.

mod written;

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::eval::{Eval, settle};
use super::events::Shown;
use super::names::{ClassId, Def, FunctionId};
use super::serializers::{self, ROW, loop_over, place};
use super::types::{Row, Set, Type, Unit};
use super::{choices, default_manager, pages};
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind, last_of};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

use written::Written;

/// Fields that offer the rows of a queryset: of Django's forms, and of django-filter's.
const FIELDS: &[&str] =
    &["ModelChoiceField", "ModelMultipleChoiceField", "ModelChoiceFilter", "ModelMultipleChoiceFilter"];
/// Widgets that write out all choices.
const WRITTEN_OUT: &[&str] = &["CheckboxSelectMultiple", "RadioSelect", "Select", "SelectMultiple"];
/// Views that make a form of the fields they list.
const VIEWS: &[&str] = &["CreateView", "UpdateView"];
/// What code says of a field of a form, so that its class does not say it alone.
const SAID: &[&str] = &["queryset", "widget", "choices", "label_from_instance"];
const LABEL: &str = "label_from_instance";
const OFFERED: &str = "the form offers each row by";

/// What templates write out of forms, and the rows that code has them offer.
#[derive(Debug, Default)]
pub(super) struct Offers {
    written: HashMap<ClassId, Written>,
    set: Vec<Offer>,
}

/// The rows that a field of a form offers.
#[derive(Debug)]
struct Offer {
    form: ClassId,
    field: Box<str>,
    set: Rc<Set>,
    span: Span,
    label: Label,
}

/// What names each row.
#[derive(Clone, Copy, Debug)]
enum Label {
    Text,
    Method(FunctionId, ClassId),
}

/// Notes what a template writes out of the forms in its context.
pub(super) fn write_out(eval: &mut Eval<'_>, template: FunctionId, context: &Type) {
    let Type::Record(entries) = context else { return };
    for (key, value, _) in entries.iter() {
        match value {
            Type::Instance(class) | Type::Made(class, _) if is_form(eval, *class) => {
                note(eval, *class, template, key);
            }
            _ => {}
        }
    }
}

/// Notes what a template writes out of a form that it has under a name.
fn note(eval: &mut Eval<'_>, form: ClassId, template: FunctionId, key: &str) {
    let found = written::of(eval.names, &eval.templates, template, key);
    eval.offers.written.entry(form).or_default().join(found);
}

/// Evaluates what the forms offer that templates write out, by their classes, by the code that sets their querysets, and
/// those that views make of a model.
pub(super) fn forms(eval: &mut Eval<'_>) {
    for class in eval.names.all_classes() {
        let says = VIEWS.iter().any(|base| eval.names.derives_external(class, base));
        if !says
            || eval.names.attribute(class, "form_class").is_some()
            || ["get_form", "get_form_class"].iter().any(|name| eval.names.method(class, name, None).is_some())
        {
            continue;
        }
        for template in pages::templates_of(eval, class) {
            note(eval, class, template, "form");
        }
        if let Some(Type::Def(Def::Class(model))) = eval.class_value(class, "model") {
            of_model(eval, class, class, model);
        }
    }
    let mut written: Vec<ClassId> = eval.offers.written.keys().copied().collect();
    written.sort_unstable();
    for class in written.into_iter().filter(|class| !eval.names.is_of_package(*class)) {
        if is_form(eval, class) {
            declared(eval, class);
            if let Some(meta) = eval.names.inner(class, "Meta")
                && let Some(model) = serializers::model(eval, class)
            {
                of_model(eval, class, meta, model);
            }
        }
    }
    let mut set = std::mem::take(&mut eval.offers.set);
    set.sort_by_key(|offer| offer.span);
    set.dedup_by_key(|offer| offer.span);
    set.into_iter().for_each(|it| offer(eval, it));
}

/// Whether a class is a form of which it is known how it is written out.
fn is_form(eval: &Eval<'_>, class: ClassId) -> bool {
    let external = &eval.names.lineage(class).external;
    let is = |base: &str| {
        let of_django = base.starts_with("django.forms.") || base.starts_with("django.contrib.auth.forms.");
        of_django && base.ends_with("Form")
    };
    external.iter().any(|base| is(base)) && external.iter().all(|base| is(base) || &**base == "object")
}

/// The fields that the bodies of a form and its bases declare.
fn declared(eval: &mut Eval<'_>, form: ClassId) {
    for class in eval.names.lineage(form).classes.clone() {
        let draft = eval.names.class(class);
        for attribute in &draft.attributes {
            let Some(call) = attribute.value.and_then(|value| draft.body.call(value)) else { continue };
            let Some(label) = field(eval, class, &draft.body, call) else { continue };
            if is_said(eval, form, &attribute.name) || !is_written_out(&draft.body, call) {
                continue;
            }
            let given = call.keyword("queryset").or_else(|| call.args.first().copied());
            let value = given.and_then(|node| eval.class_node(class, node));
            if let Some(set) = value.and_then(|it| rows(&it)) {
                let (field, span) = (attribute.name.clone(), attribute.span);
                offer(eval, Offer { form, field, set, span, label });
            }
        }
    }
}

fn rows(value: &Type) -> Option<Rc<Set>> {
    match value {
        // `queryset=Book.objects`
        Type::Manager(manager) if manager.related.is_none() => Some(Rc::new(manager.all())),
        other => other.all_rows(),
    }
}

/// What names the rows that a field offers; [`None`] where it offers none, or in a way of its own.
fn field(eval: &Eval<'_>, form: ClassId, flow: &Flow, call: CallView<'_>) -> Option<Label> {
    match eval.names.of_node(form.draft, flow, call.func)? {
        Def::External(kind) => FIELDS.contains(&last_of(&kind)).then_some(Label::Text),
        Def::Class(kind) => {
            let names = eval.names;
            let plain = FIELDS.iter().any(|it| names.derives_external(kind, it));
            let own = ["widget", "iterator"].iter().any(|it| names.attribute(kind, it).is_some());
            if !plain || own || names.method(kind, "__init__", None).is_some() {
                return None;
            }
            Some(names.method(kind, LABEL, None).map_or(Label::Text, |method| Label::Method(method, kind)))
        }
        _ => None,
    }
}

/// Whether a field has no widget that shows less than all choices.
fn is_written_out(flow: &Flow, call: CallView<'_>) -> bool {
    let Some(widget) = call.keyword("widget") else { return true };
    let named = flow.call(widget).map_or(widget, |call| call.func);
    flow.last_called(named).is_some_and(|it| WRITTEN_OUT.contains(&it))
}

/// Whether code of a form says something of a field that its class does not: `self.fields["author"].queryset = …`.
fn is_said(eval: &Eval<'_>, form: ClassId, field: &str) -> bool {
    methods(eval, form).iter().any(|method| {
        let flow = &eval.names.function(*method).flow;
        flow.nodes.iter().any(|node| matches!(&node.kind, NodeKind::Item { key, .. } if flow.text(*key) == Some(field)))
            || removes(flow, field)
    })
}

/// Whether code drops a field, or puts another in its place: `self.fields.pop("author")`.
fn removes(flow: &Flow, field: &str) -> bool {
    flow.nodes.iter().any(|node| match &node.kind {
        NodeKind::Store { name, .. } => **name == *field,
        NodeKind::Call { func, args, .. } => {
            flow.last_called(*func) == Some("pop") && args.first().is_some_and(|it| flow.text(*it) == Some(field))
        }
        _ => false,
    })
}

/// The methods that may change the fields of a form.
fn methods(eval: &Eval<'_>, form: ClassId) -> Vec<FunctionId> {
    ["__init__", "get_form"].iter().filter_map(|name| eval.names.method(form, name, None)).collect()
}

/// The relations of a model that a form asks for unless it is told otherwise; `says` is the class that lists its fields.
fn of_model(eval: &mut Eval<'_>, form: ClassId, says: ClassId, model: ClassId) {
    let names = eval.names;
    if eval.models.get(model).is_none() || names.attribute(says, "formfield_callback").is_some() {
        return;
    }
    let Some((at, position)) = names.attribute(says, "fields") else { return };
    let draft = names.class(at);
    let Some(attribute) = draft.attributes.get(position) else { return };
    let all = attribute.value.and_then(|value| draft.body.text(value)) == Some("__all__");
    let listed = if all { Some(Vec::new()) } else { choices::listed(names, says, "fields") };
    let (Some(listed), Some(widgets), Some(left_out), Some(kinds)) = (
        listed,
        choices::listed(names, says, "widgets"),
        choices::listed(names, says, "exclude"),
        choices::listed(names, says, "field_classes"),
    ) else {
        return;
    };
    for relation in choices::relations(names, eval.models, model) {
        let name = &relation.field;
        let asked = (all || listed.contains(name))
            && ![&widgets, &left_out, &kinds].iter().any(|it| it.contains(name))
            && names.attribute(form, name).is_none()
            && !is_said(eval, form, name);
        if asked && let Some(set) = default_manager::rows(eval, relation.target, None, attribute.span) {
            let offered =
                Offer { form, field: name.clone(), set: Rc::new(set), span: attribute.span, label: Label::Text };
            offer(eval, offered);
        }
    }
}

/// Notes the rows that code has a field offer: `self.fields["author"].queryset = …`.
pub(super) fn queryset_set(eval: &mut Eval<'_>, of: NodeId, name: &str, value: NodeId) {
    if name != "queryset" {
        return;
    }
    let Some(set) = rows(&eval.type_of(value)) else { return };
    let flow = eval.frame().flow;
    let NodeKind::Item { of: fields, key } = flow.node(of).kind else { return };
    let NodeKind::Attr { of: form, name, .. } = &flow.node(fields).kind else { return };
    let Some(field_name) = flow.text(key).filter(|_| &**name == "fields") else { return };
    // What the same code says besides is said of the same field.
    let other = |node: &NodeKind| match node {
        NodeKind::Store { of: on, name, .. } => {
            let same = matches!(flow.node(*on).kind, NodeKind::Item { key, .. } if flow.text(key) == Some(field_name));
            same && &**name != "queryset" && SAID.contains(&&**name)
        }
        _ => false,
    };
    if flow.nodes.iter().any(|node| other(&node.kind)) {
        return;
    }
    let class = match eval.type_of(*form) {
        Type::Instance(class) | Type::Made(class, _) if is_form(eval, class) => class,
        _ => return,
    };
    let Some(label) = label_of(eval, class, field_name) else { return };
    let (span, depth) = (flow.node(value).span, eval.frames.len() - 1);
    if let Type::Set(set) = settle(&Type::Set(set), depth) {
        eval.offers.set.push(Offer { form: class, field: field_name.into(), set, span, label });
    }
}

/// What names the rows of a field of a form, as its class says.
fn label_of(eval: &Eval<'_>, form: ClassId, name: &str) -> Option<Label> {
    let names = eval.names;
    if let Some((at, position)) = names.attribute(form, name) {
        let draft = names.class(at);
        let call = draft.body.call(draft.attributes.get(position)?.value?)?;
        return field(eval, at, &draft.body, call).filter(|_| is_written_out(&draft.body, call));
    }
    let meta = names.inner(form, "Meta")?;
    let other = ["widgets", "field_classes"]
        .iter()
        .any(|what| choices::listed(names, meta, what).is_none_or(|it| it.iter().any(|it| **it == *name)));
    (!other).then_some(Label::Text)
}

/// Evaluates the names of all rows that a field offers, where a template writes it out.
fn offer(eval: &mut Eval<'_>, it: Offer) {
    let Offer { form, field, set, span, label } = it;
    let is_shown = eval.offers.written.get(&form).is_some_and(|written| written.has(&field));
    if !is_shown || set.orm != Orm::Django || eval.models.is_lookup(eval.names, set.model) {
        return;
    }
    let before = eval.events.len();
    let called = format!("the choices of ….{field}");
    loop_over(eval, Unit::Class(form), &set, form, &called, span, &|eval, row| {
        let mark = eval.events.len();
        name_of(eval, row, label);
        place(eval, mark, span);
        let by = if matches!(label, Label::Text) { "__str__" } else { LABEL };
        eval.events.iter_mut().skip(mark).for_each(|it| it.shown = Some(Shown { how: OFFERED, by: by.into() }));
    });
    for event in eval.events.iter_mut().skip(before) {
        event.serializer = None;
    }
}

fn name_of(eval: &mut Eval<'_>, row: &Rc<Row>, label: Label) {
    let value = Type::Row(row.clone());
    match label {
        Label::Text => eval.text_of(&value, ROW),
        Label::Method(method, class) => {
            eval.follow(method, vec![(Type::Instance(class), None), (value, row.turn)], ROW);
        }
    }
}
