//! Templates: which one code names, and what it does with the context that it is given.

use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::eval::{Args, Eval, short, uses};
use super::events::{Event, EventKind};
use super::names::{ClassId, Def, FunctionId, Names};
use super::report::joined as lazy_path;
use super::routes::Routes;
use super::types::{Entries, Entry, Loads, Set, Type, merged, put};
use super::{default_manager, forms, names, serializers};
use crate::facts::orm::flow::{NodeId, NodeKind, last_of};
use crate::facts::orm::{FunctionDraft, Place, tag_name, template_names};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// What makes a function a tag or a filter: `@register.simple_tag`.
const TAGS: &[&str] = &["simple_tag", "inclusion_tag", "filter", "assignment_tag"];
/// The templates of the repository, by the names that code may call them by.
#[derive(Debug, Default)]
pub(super) struct Templates<'a> {
    by_name: HashMap<&'a str, Vec<FunctionId>>,
    /// Functions that are tags or filters, by what a template's flow calls them by.
    tags: HashMap<Box<str>, Vec<FunctionId>>,
    /// What templates read of their contexts, once it was asked for.
    reads: HashMap<FunctionId, Reads<'a>>,
}

/// The names of a context that a template reads, by itself and by what it includes; [`None`] when it hands all of it on.
type Reads<'a> = Option<Rc<HashSet<&'a str>>>;

impl<'a> Templates<'a> {
    pub(super) fn new(names: &Names<'a>) -> Self {
        let mut by_name: HashMap<&'a str, Vec<FunctionId>> = HashMap::default();
        for (at, draft) in names.drafts.iter().copied().enumerate().filter(|(_, draft)| draft.place == Place::Template)
        {
            let Some(whole) = draft.functions.len().checked_sub(1) else { continue };
            for name in template_names(&draft.path) {
                by_name.entry(name).or_default().push(FunctionId { draft: at as u32, at: whole as u32 });
            }
        }
        let mut tags: HashMap<Box<str>, Vec<FunctionId>> = HashMap::default();
        for (at, draft) in names.drafts.iter().enumerate() {
            for (place, function) in draft.functions.iter().enumerate() {
                let made = |it: &str| TAGS.contains(&last_of(it)) && it.contains('.');
                if function.owner.is_none() && function.decorators.iter().any(|it| made(it)) {
                    let id = FunctionId { draft: at as u32, at: place as u32 };
                    tags.entry(tag_name(&function.name)).or_default().push(id);
                }
            }
        }
        Self { by_name, tags, reads: HashMap::default() }
    }

    /// Whether the repository has a template of a name: where a package has one of that name, it is that in its place.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The one function that is the tag or filter of a name.
    pub(super) fn tag(&self, name: &str) -> Option<FunctionId> {
        match self.tags.get(name)?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// What a template, and all that it includes, reads of its context.
    fn reads(&mut self, names: &Names<'a>, template: FunctionId) -> Reads<'a> {
        if let Some(known) = self.reads.get(&template) {
            return known.clone();
        }
        let read = self.read(names, template);
        self.reads.insert(template, read.clone());
        read
    }

    fn read(&self, names: &Names<'a>, template: FunctionId) -> Reads<'a> {
        let mut read = HashSet::default();
        let mut todo = vec![template];
        let mut seen: HashSet<FunctionId> = HashSet::from_iter([template]);
        while let Some(next) = todo.pop() {
            let flow = &names.function(next).flow;
            for node in &flow.nodes {
                match &node.kind {
                    NodeKind::Item { of: 0, key } => _ = read.insert(flow.text(*key)?),
                    NodeKind::Include { template, .. } => {
                        todo.extend(self.get(template).filter(|included| seen.insert(*included)));
                    }
                    NodeKind::Name(name) if self.tag(name).is_some_and(|tag| takes_context(names, tag)) => return None,
                    kind if uses(kind, 0) => return None,
                    _ => {}
                }
            }
        }
        Some(Rc::new(read))
    }

    /// A macro of the template of a name.
    pub(super) fn macro_of(&self, names: &Names<'_>, template: &str, name: &str) -> Option<FunctionId> {
        let whole = self.get(template)?;
        let is_it = |it: &FunctionDraft| *it.name == *name && it.within.is_some();
        let at = names.draft(whole.draft).functions.iter().position(is_it)?;
        Some(FunctionId { draft: whole.draft, at: at as u32 })
    }

    /// The one template of a name.
    pub(super) fn get(&self, name: &str) -> Option<FunctionId> {
        match self.by_name.get(name)?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// What the keyword arguments of a call make together.
pub(super) fn keywords(eval: &Eval<'_>, args: &Args<'_>) -> Entries {
    let mut all = Entries::new();
    for (name, node) in args.keywords {
        match eval.type_of(*node) {
            Type::Record(entries) if &**name == "**" => all.extend(entries.iter().cloned()),
            value if &**name != "**" => all.push(((**name).into(), value, eval.vary(*node))),
            _ => {}
        }
    }
    all
}

/// What a dict is made of, or filled with: other dicts, then names.
pub(super) fn given(eval: &Eval<'_>, args: &Args<'_>) -> Entries {
    let mut all = Entries::new();
    for node in args.positional {
        if let Type::Record(entries) = eval.type_of(*node) {
            put(&mut all, entries.to_vec());
        }
    }
    put(&mut all, keywords(eval, args));
    all
}

/// `render(request, "name.html", context)` and its kin, by what their arguments are: a name, then a context.
pub(super) fn render(eval: &mut Eval<'_>, args: &Args<'_>, id: NodeId) -> Type {
    let mut name = None;
    let mut context = Entries::new();
    for node in &args.all().collect::<Vec<_>>() {
        match eval.type_of(*node) {
            Type::Text(text) if name.is_none() => name = Some(text),
            Type::Record(entries) => context.extend(entries.iter().cloned()),
            Type::Unknown if name.is_none() => name = eval.text_by_default(*node),
            _ => {}
        }
    }
    let Some(name) = name else { return Type::Unknown };
    run(eval, &name, merged(&context, keywords(eval, args)), id)
}

/// `template.render(context)`, `template.render(books=books)`
pub(super) fn render_template(eval: &mut Eval<'_>, name: &str, args: &Args<'_>, id: NodeId) -> Type {
    let context = merged(&[], given(eval, args));
    run(eval, name, context, id)
}

/// `self.render_to_response(context)` of a generic view (`TemplateResponseMixin`, Django 5.2).
pub(super) fn respond(eval: &mut Eval<'_>, class: ClassId, args: &Args<'_>, id: NodeId) -> Type {
    let context = args.positional.first().or(args.keyword("context").as_ref()).map(|node| eval.type_of(*node));
    if let Some(context @ Type::Record(_)) = context {
        for template in templates_of(eval, class) {
            fill(eval, template, context.clone(), id);
        }
    }
    Type::Unknown
}

/// Runs a template with a context.
pub(super) fn run(eval: &mut Eval<'_>, name: &str, context: Type, id: NodeId) -> Type {
    if let Some(template) = eval.templates.get(name) {
        fill(eval, template, context, id);
    }
    Type::Unknown
}

fn fill(eval: &mut Eval<'_>, template: FunctionId, context: Type, id: NodeId) {
    eval.filled.insert(template);
    forms::write_out(eval, template, &context);
    let context = narrowed(eval, template, context);
    eval.follow(template, vec![(context, None)], id);
}

/// What a template reads of a context: those that read the same are filled alike, whatever else views give them.
fn narrowed(eval: &mut Eval<'_>, template: FunctionId, context: Type) -> Type {
    let Type::Record(entries) = &context else { return context };
    let Some(read) = eval.templates.reads(eval.names, template) else { return context };
    Type::Record(entries.iter().filter(|(name, ..)| read.contains(&**name)).cloned().collect())
}

/// Whether a tag gets the context before all else.
pub(super) fn takes_context(names: &Names<'_>, tag: FunctionId) -> bool {
    names.function(tag).params.first().is_some_and(|it| &*it.name == "context")
}

/// What says which rows a generic view has.
const ROWS: &[&str] = &["get_queryset", "queryset", "model"];

/// The pages of generic views, which no code makes.
pub(super) fn views(eval: &mut Eval<'_>) {
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

fn is_view(names: &names::Names<'_>, class: ClassId) -> bool {
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
    let kind = if lists(&eval.names.lineage(class).external) { "list" } else { "detail" };
    let model = eval.models.name(eval.names, set.model).to_lowercase();
    let end = format!("/{model}_{kind}.html");
    let mut found = eval.templates.by_name.iter().filter(|(name, _)| name.ends_with(&end)).map(|(_, all)| all);
    match (found.next().map(Vec::as_slice), found.next()) {
        (Some([only]), None) => vec![*only],
        _ => Vec::new(),
    }
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
    const LISTS: &[&str] =
        &["ListView", "FilterView", "SingleTableView", "SingleTableMixin", "MultipleObjectMixin", "ArchiveIndexView"];
    of_kind(bases, LISTS)
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

/// The context that a generic view makes by itself, with what it is given besides.
pub(super) fn context(eval: &mut Eval<'_>, class: ClassId, given: Entries) -> Type {
    let mut own = Entries::new();
    let bases = eval.names.lineage(class).external.clone();
    let (list, detail) = (lists(&bases), details(&bases));
    if let Some(set) = (list || detail).then(|| rows(eval, class)).flatten() {
        let named = match eval.class_value(class, "context_object_name") {
            Some(Type::Text(name)) => Some(name),
            _ => None,
        };
        let model = eval.models.name(eval.names, set.model).to_lowercase();
        let (value, generic, by_model) = if list {
            let page = eval.names.attribute(class, "paginate_by");
            let rows = page.and_then(|(of, at)| {
                let of = eval.names.class(of);
                match of.body.node(of.attributes.get(at)?.value?).kind {
                    NodeKind::Number(rows) => u64::try_from(rows).ok(),
                    _ => None,
                }
            });
            let set = Set { cut: set.cut || page.is_some(), size: short(rows, set.size), ..(*set).clone() };
            (Type::Set(Rc::new(set)), "object_list", format!("{model}_list"))
        } else {
            (eval.single(&set), "object", model)
        };
        own.push((generic.into(), value.clone(), None));
        own.push((named.unwrap_or_else(|| by_model.as_str().into()), value.clone(), None));
        if list {
            own.push(("page_obj".into(), value, None));
            own.push(("filter".into(), Type::Filtered(set), None));
        }
    }
    if let Some(Type::Def(Def::Class(form))) = eval.class_value(class, "form_class") {
        own.push(("form".into(), Type::Instance(form), None));
    }
    own.push(("view".into(), Type::Instance(class), None));
    own.push(("request".into(), Type::Request, None));
    merged(&own, given)
}
