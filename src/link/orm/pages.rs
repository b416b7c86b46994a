//! Pages that no code of the repository makes: those of generic views, and of Wagtail's pages.

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::eval::{Args, Eval, short};
use super::events::{Event, EventKind};
use super::names::{ClassId, Def, FunctionId, Names};
use super::report::joined as lazy_path;
use super::routes::Routes;
use super::types::{Entries, Entry, Loads, Row, Set, Type, merged};
use super::{default_manager, forms, serializers, templates};
use crate::facts::orm::flow::{NodeId, NodeKind, last_of};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// What says which rows a generic view has.
const ROWS: &[&str] = &["get_queryset", "queryset", "model"];

/// The pages of generic views, which no code makes.
pub(super) fn views(eval: &mut Eval<'_>) {
    routed(eval);
    wagtail(eval);
    let routes = Routes::read(eval.names);
    let mut shown: HashMap<FunctionId, Vec<Shown>> = HashMap::default();
    for class in eval.names.all_classes() {
        if !is_view(eval.names, class) || routes.is_replaced(eval.names, class, eval.names.below(class), ROWS) {
            continue;
        }
        let templates = templates_of(eval, class);
        // A base that several share has no rows of its own.
        let answers = eval.names.method(class, "render_to_response", None).filter(|_| lists_or_details(eval, class));
        if templates.is_empty() && answers.is_none() {
            continue;
        }
        let before = eval.events.len();
        let context = match eval.names.method(class, "get_context_data", None) {
            // It may be of a base, which alone has no rows.
            Some(method) => eval.rooted_of(method, class),
            None => context(eval, class, Entries::new()),
        };
        if let Type::Record(entries) = &context {
            let loaded = loaded_onto(eval.names, entries, eval.events.get(before..).unwrap_or_default());
            for template in templates {
                eval.filled.insert(template);
                forms::write_out(eval, template, &context);
                let before = shown.entry(template).or_default();
                if is_new(eval, template, entries, &loaded, before) {
                    eval.rooted(template, vec![context.clone()], loaded.clone());
                }
            }
            if let Some(method) = answers {
                eval.rooted(method, vec![Type::Instance(class), context], loaded);
            }
        }
    }
}

/// Whether a view has rows to answer with.
fn lists_or_details(eval: &mut Eval<'_>, class: ClassId) -> bool {
    let bases = eval.names.lineage(class).external.clone();
    (lists(&bases) || details(&bases)) && rows(eval, class).is_some()
}

/// The pages that Wagtail shows, each by a template of its own or of its name (`Page.get_template`, Wagtail 7.0).
fn wagtail(eval: &mut Eval<'_>) {
    let names = eval.names;
    let is_page = |class: &ClassId| {
        let bases = &names.lineage(*class).external;
        bases.iter().any(|base| {
            base.starts_with("wagtail.") && matches!(last_of(base), "Page" | "AbstractForm" | "AbstractEmailForm")
        })
    };
    for class in names.all_classes().into_iter().filter(is_page) {
        let template = match eval.class_value(class, "template") {
            Some(Type::Text(name)) => eval.templates.get(&name),
            _ => {
                let name = snake(&names.class(class).name);
                eval.templates.by_end(&format!("/{name}.html"))
            }
        };
        let Some(template) = template else { continue };
        let given = match eval.names.method(class, "get_context", None) {
            Some(method) => eval.rooted_of(method, class),
            None => Type::Unknown,
        };
        let row = Type::Row(Rc::new(Row::of(class)));
        let own = ["page", "self"].map(|name| (name.into(), row.clone(), None));
        let given = match given {
            Type::Record(entries) => entries.to_vec(),
            _ => Entries::new(),
        };
        eval.filled.insert(template);
        eval.rooted(template, vec![merged(&own, given)], Vec::new());
    }
}

/// `BlogIndexPage` as `blog_index_page`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before = '_';
    for letter in name.chars() {
        if letter.is_uppercase() && before != '_' && !before.is_uppercase() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
        before = letter;
    }
    out
}

/// What a template was given before, and what was loaded onto it.
type Shown = (Vec<Entry>, Vec<(Span, Loads)>);

/// Whether no view before has put the same into a template; which view it is matters where the template names it.
fn is_new(
    eval: &mut Eval<'_>,
    template: FunctionId,
    entries: &[Entry],
    loaded: &[(Span, Loads)],
    before: &mut Vec<Shown>,
) -> bool {
    let read = eval.templates.reads(eval.names, template);
    let is_read = |name: &str| read.as_ref().map_or(name != "view", |read| read.contains(name));
    let entries: Vec<Entry> = entries.iter().filter(|(name, ..)| is_read(name)).cloned().collect();
    let is_new = !before.iter().any(|(them, then)| *them == entries && *then == *loaded);
    if is_new {
        before.push((entries, loaded.to_vec()));
    }
    is_new
}

/// What the code that makes a context has read of all rows that are in it: they hold it when the template reads it again.
fn loaded_onto(names: &Names<'_>, entries: &[Entry], events: &[Event]) -> Vec<(Span, Loads)> {
    let is_there = |root: &Set| {
        entries.iter().any(|(_, value, _)| match value {
            Type::Set(set) => {
                set.span == root.span && set.asked == root.asked && set.loads == root.loads && set.cut == root.cut
            }
            _ => false,
        })
    };
    let read = events.iter().filter_map(|event| match &event.kind {
        EventKind::Lazy { root, path, .. } if is_there(root) && !event.leaves && !event.may_be_left_out(names) => {
            let paths = [lazy_path(path)].into();
            Some((root.span, Loads { paths, ..Loads::default() }))
        }
        _ => None,
    });
    read.collect()
}

fn is_view(names: &Names<'_>, class: ClassId) -> bool {
    names.lineage(class).external.iter().any(|base| is_generic(base))
}

/// Whether a class outside the repository is one of the generic views, or of those that packages make of them.
pub(super) fn is_generic(base: &str) -> bool {
    const PACKAGES: &[&str] = &["django_filters.views", "django_tables2.", "vanilla.", "extra_views.", "braces.views"];
    base.starts_with("django.views.generic") || PACKAGES.iter().any(|package| base.starts_with(package))
}

/// The templates that a generic view names, or the one that it is called by.
pub(super) fn templates_of(eval: &mut Eval<'_>, class: ClassId) -> Vec<FunctionId> {
    if let Some(method) = eval.names.method(class, "get_template_names", None)
        && !serializers::goes_on(eval, method)
    {
        return named_by(eval, method, class);
    }
    if let Some(Type::Text(name)) = eval.class_value(class, "template_name") {
        return eval.templates.get(&name).into_iter().collect();
    }
    let Some(set) = rows(eval, class) else { return Vec::new() };
    let suffix = match eval.class_value(class, "template_name_suffix") {
        Some(Type::Text(suffix)) => suffix,
        _ => suffix(&eval.names.lineage(class).external).into(),
    };
    let model = eval.models.name(eval.names, set.model).to_lowercase();
    by_suffix(eval, &model, &suffix)
}

/// The one template of a model by the end of its name: `books/book_list.html`.
fn by_suffix(eval: &Eval<'_>, model: &str, suffix: &str) -> Vec<FunctionId> {
    eval.templates.by_end(&format!("/{model}{suffix}.html")).into_iter().collect()
}

/// The templates that `get_template_names` gives: of each list the first that there is.
fn named_by(eval: &mut Eval<'_>, method: FunctionId, class: ClassId) -> Vec<FunctionId> {
    let mut all = Vec::new();
    for value in eval.values_of(method, Some(class)) {
        let names = match &value {
            Type::Tuple(names) => names.to_vec(),
            _ => vec![value],
        };
        let is = |name: &Type| match name {
            Type::Text(name) => eval.templates.get(name),
            _ => None,
        };
        all.extend(names.iter().find_map(is));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether the rows of a view come through code of its filter's own (`BaseFilterView.get`, django-filter 26.2).
fn is_filtered(eval: &mut Eval<'_>, class: ClassId) -> bool {
    let Some(Type::Def(Def::Class(filter))) = eval.class_value(class, "filterset_class") else { return false };
    ["qs", "filter_queryset"].iter().any(|method| eval.names.method(filter, method, None).is_some())
}

/// The queryset of a generic view.
pub(super) fn rows(eval: &mut Eval<'_>, class: ClassId) -> Option<Rc<Set>> {
    if is_filtered(eval, class) {
        return None;
    }
    if let Some(method) = eval.names.method(class, "get_queryset", None) {
        // It may sort them, and give a list.
        return eval.returned(method, Some(class)).all_rows().filter(|set| set.orm == Orm::Django);
    }
    match eval.class_value(class, "queryset") {
        Some(Type::Set(set)) => return Some(set),
        Some(Type::Manager(manager)) => return Some(Rc::new(manager.all())),
        Some(_) => return None,
        None => {}
    }
    let (at, place) = eval.names.attribute(class, "model")?;
    let span = eval.names.class(at).attributes.get(place)?.span;
    match eval.class_value(class, "model") {
        Some(Type::Def(Def::Class(model))) if eval.models.get(model).is_some_and(|it| it.orm == Orm::Django) => {
            default_manager::rows(eval, model, None, span).map(Rc::new)
        }
        _ => None,
    }
}

/// Whether one of these bases makes a page of all rows: `ListView`, `BaseListView`, `MultipleObjectMixin`.
fn lists(bases: &[Rc<str>]) -> bool {
    const LISTS: &[&str] = &["ListView", "FilterView", "SingleTableView", "SingleTableMixin", "MultipleObjectMixin"];
    /// Views of the rows of a time (`django.views.generic.dates`, Django 5.2); that of a year has them if it is told to.
    const DATES: &[&str] =
        &["ArchiveIndexView", "MonthArchiveView", "WeekArchiveView", "DayArchiveView", "TodayArchiveView"];
    of_kind(bases, LISTS) || of_kind(bases, DATES)
}

/// The end of the name of the template that a generic view has by itself (`template_name_suffix`, Django 5.2).
fn suffix(bases: &[Rc<str>]) -> &'static str {
    const SUFFIXES: &[(&str, &str)] = &[
        ("ArchiveIndexView", "_archive"),
        ("MonthArchiveView", "_archive_month"),
        ("WeekArchiveView", "_archive_week"),
        ("DayArchiveView", "_archive_day"),
        ("TodayArchiveView", "_archive_day"),
        ("UpdateView", "_form"),
        ("CreateView", "_form"),
        ("DeleteView", "_confirm_delete"),
        ("FilterView", "_filter"),
        ("ListView", "_list"),
    ];
    SUFFIXES.iter().find(|(base, _)| of_kind(bases, &[base])).map_or("_detail", |(_, suffix)| suffix)
}

/// Whether one of them makes a page of one row.
fn details(bases: &[Rc<str>]) -> bool {
    of_kind(bases, &["DetailView", "UpdateView", "DeleteView", "SingleObjectMixin"])
}

fn of_kind(bases: &[Rc<str>], kinds: &[&str]) -> bool {
    bases.iter().any(|base| {
        let last = last_of(base);
        is_generic(base) && kinds.iter().any(|kind| last.ends_with(kind))
    })
}

/// `self.render_to_response(context)` of a generic view (`TemplateResponseMixin`, Django 5.2).
pub(super) fn respond(eval: &mut Eval<'_>, class: ClassId, args: &Args<'_>, id: NodeId) -> Type {
    let context = args.positional.first().or(args.keyword("context").as_ref()).map(|node| eval.type_of(*node));
    if let Some(context @ Type::Record(_)) = context {
        for template in templates_of(eval, class) {
            templates::fill(eval, template, context.clone(), id);
        }
    }
    Type::Unknown
}

/// The context that a generic view makes by itself, with what it is given besides.
pub(super) fn context(eval: &mut Eval<'_>, class: ClassId, given: Entries) -> Type {
    let bases = eval.names.lineage(class).external.clone();
    let rows = (lists(&bases) || details(&bases)).then(|| rows(eval, class)).flatten();
    let mut own = match rows {
        Some(set) => {
            let page = eval.names.attribute(class, "paginate_by");
            let size = page.and_then(|(of, at)| {
                let of = eval.names.class(of);
                match of.body.node(of.attributes.get(at)?.value?).kind {
                    NodeKind::Number(rows) => u64::try_from(rows).ok(),
                    _ => None,
                }
            });
            let set = Set { cut: set.cut || page.is_some(), size: short(size, set.size), ..(*set).clone() };
            let named = named_rows(eval, class);
            of_rows(eval, &bases, &Rc::new(set), named)
        }
        None => Entries::new(),
    };
    if let Some(Type::Def(Def::Class(form))) = eval.class_value(class, "form_class") {
        own.push(("form".into(), Type::Instance(form), None));
    }
    own.push(("view".into(), Type::Instance(class), None));
    own.push(("request".into(), Type::Request, None));
    merged(&own, given)
}

/// What a view calls its rows, or its row.
fn named_rows(eval: &mut Eval<'_>, class: ClassId) -> Option<Rc<str>> {
    let said = match eval.names.method(class, "get_context_object_name", None) {
        Some(method) => Some(eval.returned(method, Some(class))),
        None => eval.class_value(class, "context_object_name"),
    };
    match said {
        Some(Type::Text(name)) => Some(name),
        _ => None,
    }
}

/// What a generic view puts into its context of its rows.
fn of_rows(eval: &Eval<'_>, bases: &[Rc<str>], set: &Rc<Set>, named: Option<Rc<str>>) -> Entries {
    let model = eval.models.name(eval.names, set.model).to_lowercase();
    let list = lists(bases);
    let (value, generic, by_model) = match list {
        true => (Type::Set(set.clone()), "object_list", format!("{model}_list")),
        false => (eval.single(set), "object", model),
    };
    let by_kind = of_kind(bases, &["ArchiveIndexView"]).then(|| "latest".into());
    let mut own = Entries::new();
    own.push((generic.into(), value.clone(), None));
    own.push((named.or(by_kind).unwrap_or_else(|| by_model.as_str().into()), value.clone(), None));
    if list {
        own.push(("page_obj".into(), value, None));
        own.push(("filter".into(), Type::Filtered(set.clone()), None));
    }
    own
}

/// Pages of generic views that are made where they are routed to: `ListView.as_view(model=Book)`.
fn routed(eval: &mut Eval<'_>) {
    let names = eval.names;
    for (at, draft) in names.drafts.iter().enumerate() {
        for node in &draft.top.nodes {
            if let NodeKind::Call { func, keywords, .. } = &node.kind
                && !keywords.is_empty()
                && let NodeKind::Attr { of, name, .. } = &draft.top.node(*func).kind
                && &**name == "as_view"
                && let Some(Def::External(view)) = names.of_node(at as u32, &draft.top, *of)
                && is_generic(&view)
            {
                route(eval, at as u32, &view, keywords);
            }
        }
    }
}

fn route(eval: &mut Eval<'_>, draft: u32, view: &Rc<str>, keywords: &[(Box<str>, NodeId)]) {
    let mut given = |name: &str| {
        let node = keywords.iter().find(|(it, _)| **it == *name)?.1;
        Some(eval.global(draft, node))
    };
    let (queryset, model) = (given("queryset"), given("model"));
    let text = |it: Option<Type>| match it {
        Some(Type::Text(text)) => Some(text),
        _ => None,
    };
    let (template, named, suffixed) =
        (text(given("template_name")), text(given("context_object_name")), text(given("template_name_suffix")));
    let is_cut = keywords.iter().any(|(it, _)| &**it == "paginate_by");
    let span = keywords.first().map(|(_, node)| eval.names.draft(draft).top.node(*node).span);
    let set = match (queryset, model, span) {
        (Some(Type::Set(set)), ..) => Some((*set).clone()),
        (Some(Type::Manager(manager)), ..) => Some(manager.all()),
        (_, Some(Type::Def(Def::Class(model))), Some(span))
            if eval.models.get(model).is_some_and(|it| it.orm == Orm::Django) =>
        {
            default_manager::rows(eval, model, None, span)
        }
        _ => None,
    };
    let bases = [view.clone()];
    let Some(set) = set.filter(|_| lists(&bases) || details(&bases)) else { return };
    let set = Rc::new(Set { cut: set.cut || is_cut, ..set });
    let templates = match template {
        Some(name) => eval.templates.get(&name).into_iter().collect(),
        None => {
            let model = eval.models.name(eval.names, set.model).to_lowercase();
            by_suffix(eval, &model, suffixed.as_deref().unwrap_or_else(|| suffix(&bases)))
        }
    };
    let context = merged(&[], of_rows(eval, &bases, &set, named));
    for template in templates {
        eval.filled.insert(template);
        eval.rooted(template, vec![context.clone()], Vec::new());
    }
}
