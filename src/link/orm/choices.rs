//! What Django's admin offers for choice: a `<select>` of a form, and a filter beside a list, have an entry for each row
//! that there is.

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::anchors::Anchors;
use super::eval::Eval;
use super::events::EventKind;
use super::models::{AUTH_USER, Models, is_never_null};
use super::names::{ClassId, Def, Names};
use super::serializers::{ROW, loop_over};
use super::types::{Type, Unit};
use super::{columns, default_manager, searched};
use crate::facts::orm::Attribute;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::source::Span;
use crate::stack::vocabulary::{AdminChoice, ChoicePlace, Vocable};
use crate::stack::{Fact, Writer};

/// Methods of an admin class that may choose other fields, or give them other widgets.
const CHOOSING: &[&str] = &[
    "formfield_for_dbfield",
    "formfield_for_foreignkey",
    "formfield_for_manytomany",
    "get_autocomplete_fields",
    "get_exclude",
    "get_fields",
    "get_fieldsets",
    "get_form",
    "get_formset",
    "get_readonly_fields",
    "has_change_permission",
];
/// Packages whose admin classes leave the fields of a form as Django makes them.
const PLAIN: &[&str] = &["django.contrib.", "import_export.", "reversion.", "simple_history.", "object"];
/// Django's own admin classes that have fields of their own choice.
const CHOSEN: &[&str] = &["UserAdmin", "GroupAdmin", "FlatPageAdmin"];
/// What a form asks by a text, or shows and does not ask.
const NOT_SELECTED: &[&str] = &["autocomplete_fields", "exclude", "radio_fields", "raw_id_fields", "readonly_fields"];
/// Chains of keys are followed so far to see whether a table grows.
const MOST_KEYS: usize = 4;

/// A relation that a form asks for.
pub(super) struct Choice {
    pub(super) field: Box<str>,
    pub(super) target: ClassId,
    at: Span,
}

/// What the admin classes of the repository offer for choice.
pub(super) fn facts(eval: &mut Eval<'_>) -> Vec<AdminChoice> {
    let classes: Vec<ClassId> = eval.names.all_classes().into_iter().filter(|it| is_admin(eval.names, *it)).collect();
    let mut told = Told { anchors: Anchors::default(), asks: HashMap::default(), out: Vec::new() };
    for class in classes {
        if let Some(model) = eval.registered.of(class).filter(|it| eval.models.get(*it).is_some()) {
            let offered = offered(eval, class, model).unwrap_or_default();
            let editable = listed(eval.names, class, "list_editable").unwrap_or_default();
            // What the list asks for, the form does, too.
            let in_list = offered.iter().any(|it| editable.contains(&it.field));
            let place = if in_list { ChoicePlace::List } else { ChoicePlace::Form };
            told.tell(eval, class, model, place, offered);
            told.tell(eval, class, model, ChoicePlace::Filter, filters(eval, class, model));
            searched::admin(eval, class, model);
        } else if let Some((model, parent)) = inline(eval, class).filter(|_| !columns::has_one_row(eval, class)) {
            let mut offered = offered(eval, class, model).unwrap_or_default();
            // The key that makes it an inline is not asked for.
            offered.retain(|it| !eval.names.derives(parent, it.target));
            told.tell(eval, class, model, ChoicePlace::Inline, offered);
        }
    }
    told.out
}

/// Whether a class is one of the admin, of whose bases it is known what they do.
fn is_admin(names: &Names<'_>, class: ClassId) -> bool {
    let external = &names.lineage(class).external;
    let last = |base: &str| base.rsplit('.').next().is_some_and(|it| it.ends_with("Admin") || it.ends_with("Inline"));
    external.iter().any(|base| last(base))
        && external.iter().all(|base| PLAIN.iter().any(|package| base.starts_with(package)))
}

/// The model of an inline, and that of the admin class that lists it.
fn inline(eval: &mut Eval<'_>, class: ClassId) -> Option<(ClassId, ClassId)> {
    let parent = eval.registered.parent(class).and_then(|it| eval.registered.of(it))?;
    eval.models.get(parent)?;
    match eval.class_value(class, "model") {
        Some(Type::Def(Def::Class(model))) => eval.models.get(model).map(|_| (model, parent)),
        _ => None,
    }
}

/// The relations that the form of an admin class asks for by a `<select>`. [`None`] where code chooses them.
fn offered(eval: &Eval<'_>, class: ClassId, model: ClassId) -> Option<Vec<Choice>> {
    let names = eval.names;
    let other_widgets = names.attribute(class, "formfield_overrides").is_some();
    if other_widgets || CHOOSING.iter().any(|name| names.method(class, name, None).is_some()) {
        return None;
    }
    let sets = names.attribute(class, "fieldsets").is_some();
    let only = if sets { fieldsets(names, class)? } else { listed(names, class, "fields")? };
    let of_base = CHOSEN.iter().any(|base| names.derives_external(class, base));
    if only.is_empty() && (of_base || sets) {
        return None;
    }
    let mut without = Vec::new();
    for name in NOT_SELECTED {
        without.extend(listed(names, class, name)?);
    }
    let form = form(names, class)?;
    let only = if only.is_empty() { form.only } else { only };
    without.extend(form.without);
    let mut offered = relations(names, eval.models, model);
    offered.retain(|it| (only.is_empty() || only.contains(&it.field)) && !without.contains(&it.field));
    Some(offered)
}

/// What a form of the admin class's own says of fields.
#[derive(Default)]
struct Form {
    /// All that it has, when it says so.
    only: Vec<Box<str>>,
    /// What it does not have, or asks for in a way of its own.
    without: Vec<Box<str>>,
}

/// The form that an admin class names. [`None`] where it may do anything.
fn form(names: &Names<'_>, class: ClassId) -> Option<Form> {
    let mut out = Form::default();
    let Some((at, place)) = names.attribute(class, "form") else { return Some(out) };
    let draft = names.class(at);
    let Def::Class(form) = names.of_node(at.draft, &draft.body, draft.attributes.get(place)?.value?)? else {
        return None;
    };
    let lineage = names.lineage(form);
    if names.method(form, "__init__", None).is_some()
        || !lineage.external.iter().all(|base| base.starts_with("django.forms."))
    {
        return None;
    }
    for of in &lineage.classes {
        out.without.extend(names.class(*of).attributes.iter().map(|it| it.name.clone()));
    }
    if let Some(meta) = names.inner(form, "Meta") {
        if ["field_classes", "formfield_callback"].iter().any(|name| names.attribute(meta, name).is_some()) {
            return None;
        }
        out.without.extend(listed(names, meta, "exclude")?);
        out.without.extend(listed(names, meta, "widgets")?);
        let written = names.attribute(meta, "fields");
        let whole = written.and_then(|(at, place)| {
            let draft = names.class(at);
            draft.body.text(draft.attributes.get(place)?.value?)
        });
        if whole != Some("__all__") {
            out.only = listed(names, meta, "fields")?;
        }
    }
    Some(out)
}

/// The names that an attribute of a class lists, or those of its keys. [`None`] where they cannot be read.
pub(super) fn listed(names: &Names<'_>, class: ClassId, name: &str) -> Option<Vec<Box<str>>> {
    let mut out = Vec::new();
    if let Some((at, place)) = names.attribute(class, name) {
        let draft = names.class(at);
        flat(&draft.body, draft.attributes.get(place)?.value?, &mut out)?;
    }
    Some(out)
}

/// The texts of a list, and of those within.
fn flat(flow: &Flow, node: NodeId, out: &mut Vec<Box<str>>) -> Option<()> {
    match &flow.node(node).kind {
        NodeKind::Nothing => {}
        NodeKind::Text(text) => out.push(text.clone()),
        NodeKind::List(items) => items.iter().try_for_each(|it| flat(flow, *it, out))?,
        NodeKind::Dict(pairs) => pairs.iter().try_for_each(|(key, _)| flat(flow, *key, out))?,
        _ => return None,
    }
    Some(())
}

/// The fields of `fieldsets = [("Title", {"fields": [...]})]`.
fn fieldsets(names: &Names<'_>, class: ClassId) -> Option<Vec<Box<str>>> {
    let (at, place) = names.attribute(class, "fieldsets")?;
    let draft = names.class(at);
    let NodeKind::List(sets) = &draft.body.node(draft.attributes.get(place)?.value?).kind else { return None };
    let mut out = Vec::new();
    for set in sets {
        let NodeKind::List(parts) = &draft.body.node(*set).kind else { return None };
        let NodeKind::Dict(pairs) = &draft.body.node(*parts.get(1)?).kind else { return None };
        let fields = pairs.iter().find(|(key, _)| draft.body.text(*key) == Some("fields"))?;
        flat(&draft.body, fields.1, &mut out)?;
    }
    Some(out)
}

/// The relations of a model that a form asks for, unless it is told otherwise.
pub(super) fn relations(names: &Names<'_>, models: &Models, model: ClassId) -> Vec<Choice> {
    let mut out = Vec::new();
    // A package that brings a model may bring forms for it, too.
    for class in names.lineage(model).classes.iter().filter(|class| !names.is_of_package(**class)) {
        let draft = names.class(*class);
        for attribute in &draft.attributes {
            let is_asked = is_asked(names, *class, &draft.body, attribute).unwrap_or(false);
            let target = models.relation(model, &attribute.name).and_then(|it| it.target);
            if let Some(target) = target.filter(|_| is_asked) {
                out.push(Choice { field: attribute.name.clone(), target, at: attribute.span });
            }
        }
    }
    out
}

/// Whether a field is a relation of Django's own kinds that a form asks for, among all rows.
fn is_asked(names: &Names<'_>, class: ClassId, flow: &Flow, attribute: &Attribute) -> Option<bool> {
    const KINDS: &[&str] = &["ForeignKey", "OneToOneField", "ManyToManyField"];
    let call = flow.call(attribute.value?)?;
    let Def::External(kind) = names.of_node(class.draft, flow, call.func)? else { return None };
    let is_plain = kind.strip_prefix("django.db.models.").is_some_and(|it| {
        let last = last_of(it);
        KINDS.contains(&last)
    });
    let barred = ["limit_choices_to", "through", "parent_link", "**"].iter().any(|it| call.keyword(it).is_some());
    let editable = call.keyword("editable").is_none_or(|node| flow.flag(node) == Some(true));
    Some(is_plain && !barred && editable)
}

/// The relations that an admin class lets its list be filtered by: each filter lists the rows at the end.
fn filters(eval: &Eval<'_>, class: ClassId, model: ClassId) -> Vec<Choice> {
    let names = eval.names;
    if names.method(class, "get_list_filter", None).is_some() {
        return Vec::new();
    }
    let Some((at, place)) = names.attribute(class, "list_filter") else { return Vec::new() };
    let draft = names.class(at);
    let value = draft.attributes.get(place).and_then(|it| it.value);
    let Some(NodeKind::List(items)) = value.map(|it| &draft.body.node(it).kind) else { return Vec::new() };
    let ends = |item: &NodeId| {
        let path = draft.body.text(*item)?;
        let (mut of, mut found) = (model, None);
        for name in path.split("__") {
            let relation = eval.models.relation(of, name)?;
            (of, found) = (relation.target?, Some(relation.span));
        }
        Some(Choice { field: path.into(), target: of, at: found? })
    };
    items.iter().filter_map(ends).collect()
}

/// Whether a table grows with the users of the site: theirs, and those whose rows refer to such a row, unless to say who
/// wrote them.
pub(super) fn grows(names: &Names<'_>, models: &Models, model: ClassId) -> bool {
    grows_within(names, models, model, MOST_KEYS)
}

fn is_user(models: &Models, model: ClassId) -> bool {
    model == AUTH_USER || Some(model) == models.user
}

fn grows_within(names: &Names<'_>, models: &Models, model: ClassId, most: usize) -> bool {
    if is_user(models, model) {
        return true;
    }
    let writer = |name: &str| name.ends_with("_by") || matches!(name, "author" | "creator" | "editor" | "modifier");
    let keys = names.lineage(model).classes.iter().flat_map(|class| {
        let draft = names.class(*class);
        draft.attributes.iter().filter(move |it| {
            let call = it.value.and_then(|value| draft.body.call(value));
            let func = call.and_then(|call| draft.body.dotted(call.func)).unwrap_or_default();
            func.ends_with("ForeignKey") || func.ends_with("OneToOneField")
        })
    });
    let mut keys = keys.filter(|it| !writer(&it.name) && is_never_null(names, model, &it.name));
    most > 0
        && keys.any(|key| {
            let target = models.relation(model, &key.name).and_then(|it| it.target);
            target.is_some_and(|it| it != model && grows_within(names, models, it, most - 1))
        })
}

/// What was told, and what telling it needs.
struct Told {
    anchors: Anchors,
    /// What the text of a row of a model asks the database for.
    asks: HashMap<ClassId, Option<(Box<str>, Span)>>,
    out: Vec<AdminChoice>,
}

impl Told {
    fn tell(
        &mut self,
        eval: &mut Eval<'_>,
        class: ClassId,
        model: ClassId,
        place: ChoicePlace,
        mut choices: Vec<Choice>,
    ) {
        // To look things up in is what some are for; nobody knows how many rows others have.
        choices.retain(|it| {
            let (names, models) = (eval.names, eval.models);
            !models.is_lookup(names, it.target)
                && (grows(names, models, it.target) || self.asks(eval, class, it).is_some())
        });
        let Some(first) = choices.first() else { return };
        let fields: Vec<&str> = choices.iter().map(|it| &*it.field).collect();
        let writers = if place == ChoicePlace::Filter { None } else { by_number(eval.names, class, &fields) };
        let span = eval.names.class(class).span;
        let mut about =
            self.anchors.about(eval.names, Unit::Class(class), place.word(), span, writers.into_iter().collect());
        about.name = format!("{}.{}", eval.names.draft(class.draft).module, eval.names.class(class).name).into();
        let (of, at) = (eval.models.name(eval.names, model), first.at);
        let asks = choices.iter().find_map(|it| {
            let (path, at) = self.asks(eval, class, it)?;
            Some((format!("{}.{path}", eval.models.name(eval.names, it.target)), at))
        });
        let mut targets: Vec<Box<str>> = Vec::new();
        for it in &choices {
            let name = eval.models.name(eval.names, it.target);
            if !targets.contains(&name) {
                targets.push(name);
            }
        }
        let named: Vec<String> = fields.iter().map(|it| format!("{of}.{}", it.replace("__", "."))).collect();
        let users = choices.iter().any(|it| is_user(eval.models, it.target));
        self.out.push(AdminChoice {
            about,
            place: Fact::derived(place, vec![span]),
            field: Fact::derived(named.join("`, `").into(), vec![at]),
            target: Fact::derived(targets.join("`, `").into(), Vec::new()),
            users: Fact::derived(users, Vec::new()),
            asks: asks.map_or(Fact::Absent, |(said, at)| Fact::derived(said.into(), vec![at])),
        });
    }

    /// What the text of each row that is offered asks the database for, and where.
    fn asks(&mut self, eval: &mut Eval<'_>, class: ClassId, choice: &Choice) -> Option<(Box<str>, Span)> {
        self.asks.entry(choice.target).or_insert_with(|| asks(eval, class, choice.target)).clone()
    }
}

/// What the text of each row of a model asks the database for, and where.
fn asks(eval: &mut Eval<'_>, class: ClassId, target: ClassId) -> Option<(Box<str>, Span)> {
    let mark = eval.events.len();
    let span = eval.names.class(class).span;
    let set = Rc::new(default_manager::rows(eval, target, None, span)?);
    loop_over(eval, Unit::Class(class), &set, class, "the choices of …", span, &|eval, row| {
        eval.text_of(&Type::Row(row.clone()), ROW);
    });
    let events = eval.events.split_off(mark);
    events.iter().filter(|it| it.guess.is_none()).find_map(|it| match &it.kind {
        EventKind::Lazy { path, .. } => {
            let path: Vec<&str> = path.iter().map(|it| &*it.name).collect();
            Some((path.join(".").into(), it.deep))
        }
        EventKind::Query { .. } | EventKind::Write { .. } => None,
    })
}

/// The change that has a form ask for the numbers of rows: `raw_id_fields`.
fn by_number(names: &Names<'_>, class: ClassId, fields: &[&str]) -> Option<Writer> {
    const NAME: &str = "raw_id_fields";
    let draft = names.class(class);
    let quote = names.draft(class.draft).quote;
    let quoted: Vec<String> = fields.iter().map(|it| format!("{quote}{it}{quote}")).collect();
    let own = |name: &str| draft.attributes.iter().rfind(|it| &*it.name == name);
    let edit = match (own(NAME), names.attribute(class, NAME)) {
        (Some(attribute), _) => {
            let NodeKind::List(items) = &draft.body.node(attribute.value?).kind else { return None };
            let last = draft.body.node(*items.last()?).span;
            (Span::at(last.file, last.end as usize), format!(", {}", quoted.join(", ")))
        }
        (None, Some(_)) => return None,
        (None, None) => {
            let behind = draft.attributes.iter().rev().find(|it| it.line.is_some())?;
            let line = behind.line.as_ref()?;
            let at = Span::at(behind.span.file, behind.span.end as usize);
            (at, format!("{line}{NAME} = [{}]", quoted.join(", ")))
        }
    };
    Some(Writer { name: "by_number".into(), edits: vec![(edit.0, edit.1.into())], display_only: None })
}
