//! Endpoints that answer with a list: their querysets, serializers and pages.

use std::collections::HashSet;
use std::rc::Rc;

use super::drf::Defaults;
use super::eval::Eval;
use super::few;
use super::names::{ClassId, Def, FunctionId, Names};
use super::narrow::Parent;
use super::routes::Routes;
use super::types::{Row, Set, Size, Type, Unit};
use super::{context, django, searched, serializers, strangers, uses};
use crate::facts::orm::Place;
use crate::facts::orm::flow::{Flow, Guard, Node, NodeId, NodeKind, last_of};
use crate::source::Span;
use crate::stack::vocabulary::{Listing, Orm};
use crate::stack::{Anchor, Fact, Origin, Sourced, Writer};

/// Bases of views that list.
const LISTS: &[&str] = &["ListAPIView", "ListCreateAPIView", "ModelViewSet", "ReadOnlyModelViewSet", "ListModelMixin"];

/// Bases of views that answer with one row.
const SHOWS: &[&str] = &[
    "RetrieveAPIView",
    "RetrieveUpdateAPIView",
    "RetrieveDestroyAPIView",
    "RetrieveUpdateDestroyAPIView",
    "RetrieveModelMixin",
];

/// How a view cuts its list.
#[derive(Clone, Debug)]
enum Pages {
    /// Not at all, and where that is said.
    None(Option<Span>),
    /// Into pages, by a class of the repository or by one of the framework's.
    Cut { pager: Option<ClassId>, uncapped: Option<Uncapped> },
    /// It cannot be told.
    Unknown(&'static str),
}

/// A pager whose clients may ask for pages of any size.
#[derive(Clone, Debug)]
struct Uncapped {
    span: Span,
    /// The rows of a page that is asked for without a size, and where that is said.
    size: Option<(u64, Span)>,
    writer: Option<Writer>,
}

/// Every endpoint that lists rows of a model; the queries of their serializers are told as events.
pub(super) fn listings(eval: &mut Eval<'_>) -> Vec<Listing> {
    let default = Defaults::read(eval.names);
    let routes = Routes::read(eval.names);
    let mut out = Vec::new();
    let mut capped = HashSet::new();
    let mut bound = HashSet::new();
    for class in eval.names.all_classes() {
        // What every view that is routed has of its own, nobody asks of their base.
        const OWN: &[&str] = &["serializer_class", "get_serializer_class"];
        if routes.is_replaced(eval.names, class, eval.names.below(class), OWN) {
            continue;
        }
        if shows_one(eval, class) {
            show_one(eval, class);
        }
        if !lists(eval, class) || !routes.lists(class) {
            continue;
        }
        let Some((set, span)) = queryset(eval, class).and_then(|(set, span)| Some((filtered(eval, class, set)?, span)))
        else {
            continue;
        };
        // Views that inherit both are one loop.
        if let Some((serializer, head)) = serializer(eval, class).filter(|(it, _)| bound.insert((set.span, *it))) {
            let context = context::of_view(eval, class, true);
            let unit = Unit::Class(class);
            eval.with_context(context, |eval| serializers::serialize(eval, unit, &set, serializer, head));
            serializers::of_list(eval, &set, serializer);
        }
        if set.size == Size::Guessed || answers_with_files(eval, class) {
            continue;
        }
        let pages = pages(eval, class, &default);
        uses::listed(eval, class, &set, matches!(pages, Pages::Cut { .. }));
        searched::view(eval, class, &set, &default);
        out.push(listing(eval, class, &set, span, pages, &mut capped));
    }
    out.extend(endpoints(eval));
    out
}

/// Whether a view answers with one row, and with no list.
fn shows_one(eval: &Eval<'_>, class: ClassId) -> bool {
    let external = &eval.names.lineage(class).external;
    let is = |base: &Rc<str>, lasts: &[&str]| base.starts_with("rest_framework") && lasts.contains(&last_of(base));
    external.iter().any(|base| is(base, SHOWS)) && !external.iter().any(|base| is(base, LISTS))
}

/// What the serializer of such a view reads of its row: the lists within are loops.
fn show_one(eval: &mut Eval<'_>, class: ClassId) {
    if ["get", "retrieve", "get_object"].iter().any(|name| eval.names.method(class, name, None).is_some()) {
        return;
    }
    let Some((set, span)) = queryset(eval, class).filter(|(set, _)| set.size != Size::Guessed) else { return };
    let Some((serializer, _)) = serializer(eval, class) else { return };
    if let Type::Row(row) = eval.single(&set) {
        let context = context::of_view(eval, class, false);
        eval.with_context(context, |eval| serializers::alone(eval, Unit::Class(class), &row, serializer, (span, 0)));
    }
}

fn lists(eval: &Eval<'_>, class: ClassId) -> bool {
    let lineage = eval.names.lineage(class);
    let is_list = |base: &Rc<str>| {
        let last = last_of(base);
        LISTS.contains(&last) && base.starts_with("rest_framework")
    };
    // A view with a `list` of its own does as it likes, unless it goes on to the one it overrides.
    !is_base(&eval.names.class(class).name)
        && lineage.external.iter().any(is_list)
        && eval.names.method(class, "list", None).is_none_or(|method| serializers::calls_super(eval, method))
        && answers(eval, class)
        && serializes(eval, class)
}

/// Whether a view is seen to have a serializer: its list is an error without one, and a base that cannot be read does not
/// make it likely.
fn serializes(eval: &Eval<'_>, class: ClassId) -> bool {
    let methods = ["get_serializer_class", "get_serializer"];
    methods.iter().any(|name| eval.names.method(class, name, None).is_some())
        || eval.names.attribute(class, "serializer_class").is_some()
}

/// Whether a view is there to be inherited from, by its name.
fn is_base(name: &str) -> bool {
    let kind = ["APIView", "ViewSet", "Viewset", "View"].iter().find_map(|kind| name.strip_suffix(kind));
    name.starts_with("Base")
        || name.starts_with("Abstract")
        || kind.unwrap_or(name).ends_with("Base")
        || name.ends_with("Mixin")
}

/// Whether a view answers to GET at all: `http_method_names` may leave it out.
fn answers(eval: &Eval<'_>, class: ClassId) -> bool {
    let methods = || {
        let (class, at) = eval.names.attribute(class, "http_method_names")?;
        let draft = eval.names.class(class);
        let NodeKind::List(items) = &draft.body.node(draft.attributes.get(at)?.value?).kind else { return None };
        items.iter().map(|item| draft.body.text(*item)).collect::<Option<Vec<_>>>()
    };
    methods().is_none_or(|names| names.iter().any(|name| name.eq_ignore_ascii_case("get")))
}

/// Whether a view gives files, as spreadsheets are, that nobody asks for page by page: by renderers that are none of the
/// framework's.
fn answers_with_files(eval: &Eval<'_>, class: ClassId) -> bool {
    let renderers = || {
        let (at, place) = eval.names.attribute(class, "renderer_classes")?;
        let draft = eval.names.class(at);
        let NodeKind::List(items) = &draft.body.node(draft.attributes.get(place)?.value?).kind else { return None };
        let name = |item: &NodeId| draft.body.dotted(*item);
        items.iter().map(name).collect::<Option<Vec<_>>>()
    };
    let is_file = |name: &String| {
        let last = last_of(name).to_lowercase();
        ["csv", "xls", "pdf", "excel", "zip", "ics"].iter().any(|kind| last.contains(kind))
    };
    renderers().is_some_and(|all| !all.is_empty() && all.iter().all(is_file))
}

/// The queryset of a view, and where it is given.
fn queryset(eval: &mut Eval<'_>, class: ClassId) -> Option<(Rc<Set>, Span)> {
    if let Some(method) = eval.names.method(class, "get_queryset", None) {
        let span = eval.names.function(method).span;
        // A list that was sorted has the rows of its queryset.
        let returned = eval.listed(method, class);
        let set = match returned {
            Type::Set(set) => Some(set),
            Type::Unknown | Type::Op(..) => guessed(eval, class, method),
            other => other.all_rows(),
        };
        return set.filter(|set| set.orm == Orm::Django).map(|set| (set, span));
    }
    let Some((at, place)) = eval.names.attribute(class, "queryset") else { return of_model(eval, class) };
    let span = eval.names.class(at).attributes.get(place)?.span;
    match eval.class_value(class, "queryset") {
        Some(Type::Set(set)) if set.orm == Orm::Django => Some((set, span)),
        _ => None,
    }
}

/// The rows of a view that names only its model (`MultipleObjectAPIView.get_queryset` of Django REST framework 2.4).
fn of_model(eval: &Eval<'_>, class: ClassId) -> Option<(Rc<Set>, Span)> {
    let (at, place) = eval.names.attribute(class, "model")?;
    let draft = eval.names.class(at);
    let attribute = draft.attributes.get(place)?;
    let model = eval.models.of(&eval.names.of_node(at.draft, &draft.body, attribute.value?)?)?;
    let known = eval.models.get(model)?;
    let plain =
        |base: &Rc<str>| base.starts_with("rest_framework") || base.starts_with("django.") || &**base == "object";
    // What a package's base asks for is not read, and a manager of its own may load something.
    if known.orm != Orm::Django
        || !eval.names.lineage(class).external.iter().all(plain)
        || known.managers.values().any(|it| !it.classes.is_empty())
    {
        return None;
    }
    Some((Rc::new(Set::all(model, attribute.span)), attribute.span))
}

/// The rows of a view whose method gives what is not known, and loads nothing: those of its serializer's model.
fn guessed(eval: &mut Eval<'_>, class: ClassId, method: FunctionId) -> Option<Rc<Set>> {
    let loads = |name: &str| name.contains("select_related") || name.contains("prefetch") || name.contains("eager");
    let flow = &eval.names.function(method).flow;
    let says = |node: &Node| match &node.kind {
        NodeKind::Attr { name, .. } | NodeKind::Name(name) => loads(name),
        _ => false,
    };
    if flow.nodes.iter().any(says) {
        return None;
    }
    let (serializer, _) = serializer(eval, class)?;
    let meta = eval.names.inner(serializer, "Meta")?;
    match eval.class_value(meta, "model")? {
        Type::Def(Def::Class(model)) if eval.models.get(model).is_some_and(|it| it.orm == Orm::Django) => {
            let all = eval.guessed_rows(model, eval.names.function(method).span);
            let Some(list) = flow.returns.iter().find_map(|node| list_of_one(flow, *node)) else {
                return Some(Rc::new(all));
            };
            let owns = |owner: &ClassId| {
                let relation = eval.models.relation(*owner, list)?;
                (relation.to_many && relation.target == Some(model)).then(|| (*owner, relation.clone()))
            };
            let (owner, relation) = eval.names.all_classes().iter().find_map(owns)?;
            let row = Rc::new(Row { guessed: true, ..Row::of(owner) });
            Some(Rc::new(Set { related: Some((row, relation)), size: Size::Open, ..all }))
        }
        _ => None,
    }
}

/// The list that some object has of which nothing else is known: `self.get_subject().notes.all()`. Each row of it has that object
/// already (`create_reverse_many_to_one_manager`, Django 5.2).
fn list_of_one(flow: &Flow, node: NodeId) -> Option<&str> {
    let mut at = node;
    while let NodeKind::Call { func, .. } = &flow.node(at).kind {
        at = match &flow.node(*func).kind {
            NodeKind::Attr { of, name, .. } if django::gives_more(name) => *of,
            _ => return None,
        };
    }
    let NodeKind::Attr { of, name, .. } = &flow.node(at).kind else { return None };
    let of_value = matches!(flow.node(*of).kind, NodeKind::Attr { .. } | NodeKind::Call { .. });
    (at != node && of_value && !strangers::is_manager(name)).then_some(&**name)
}

/// A queryset as the view's own `filter_queryset` leaves it.
fn filtered(eval: &mut Eval<'_>, class: ClassId, set: Rc<Set>) -> Option<Rc<Set>> {
    let Some(method) = eval.names.method(class, "filter_queryset", None) else { return Some(set) };
    match eval.applied(method, &[Type::Instance(class), Type::Set(set)]) {
        Type::Set(set) => Some(set),
        _ => None,
    }
}

/// The one serializer of a view, and where it is named.
pub(super) fn serializer(eval: &mut Eval<'_>, class: ClassId) -> Option<(ClassId, Span)> {
    // One that goes on to the one it overrides gives another class of none.
    if eval.names.method(class, "get_serializer", None).is_some_and(|own| !serializers::calls_super(eval, own)) {
        return None;
    }
    if let Some(method) = eval.names.method(class, "get_serializer_class", None) {
        match for_list(eval, class, method) {
            None if serializers::goes_on(eval, method) => {}
            found => return found,
        }
    }
    if let Some(found) = by_a_package(eval, class) {
        return Some(found);
    }
    let (at, place) = eval.names.attribute(class, "serializer_class")?;
    let span = eval.names.class(at).attributes.get(place)?.span;
    match eval.class_value(class, "serializer_class") {
        Some(Type::Def(Def::Class(serializer))) if serializers::is_serializer(eval, serializer) => {
            Some((serializer, span))
        }
        _ => None,
    }
}

/// What a dict has for the list of a view whose mixin is a package's: `serializer_action_classes = {"list": BriefSerializer}`.
fn by_a_package(eval: &Eval<'_>, class: ClassId) -> Option<(ClassId, Span)> {
    let names = eval.names;
    let lineage = names.lineage(class);
    if !lineage.external.iter().any(|base| !base.starts_with("rest_framework.") && &**base != "object") {
        return None;
    }
    lineage.classes.iter().find_map(|of| {
        let draft = names.class(*of);
        draft.attributes.iter().filter(|it| it.name.contains("serializer")).find_map(|attribute| {
            let NodeKind::Dict(pairs) = &draft.body.node(attribute.value?).kind else { return None };
            let (_, chosen) = pairs.iter().find(|(key, _)| draft.body.text(*key) == Some("list"))?;
            match names.of_node(of.draft, &draft.body, *chosen)? {
                Def::Class(it) if serializers::is_serializer(eval, it) => Some((it, draft.body.node(*chosen).span)),
                _ => None,
            }
        })
    })
}

/// The serializer that a method gives for the list: what it returns behind a test for that action, or behind tests for
/// others; or all it ever returns.
fn for_list(eval: &mut Eval<'_>, class: ClassId, method: FunctionId) -> Option<(ClassId, Span)> {
    let names = eval.names;
    let flow = &names.function(method).flow;
    let action =
        |node: &NodeId, listed: bool| flow.guards(flow.node(*node).guard).any(|it| *it == Guard::Action(listed));
    let listed: Vec<NodeId> = flow.returns.iter().copied().filter(|it| !action(it, false)).collect();
    let chosen = match listed.as_slice() {
        [only] => *only,
        all => match all.iter().find(|it| action(it, true)) {
            Some(it) => *it,
            // `if self.action in self.serializer_classes: return self.serializer_classes[self.action]`
            None => *all.iter().find(|it| by_action(eval, class, method, **it).is_some())?,
        },
    };
    // `self.serializer_classes.get(self.action) or self.serializer_class`
    let parts = match &flow.node(chosen).kind {
        NodeKind::Either(all) => all.clone(),
        _ => vec![chosen],
    };
    let def = parts.into_iter().find_map(|part| match &flow.node(part).kind {
        // `return self.read_serializer_class`
        NodeKind::Attr { of, name, .. } if is_self(flow, *of) => match eval.class_value(class, name) {
            Some(Type::Def(def)) => Some(def),
            _ => None,
        },
        _ => by_action(eval, class, method, part).or_else(|| names.of_node(method.draft, flow, part)),
    });
    match def {
        Some(Def::Class(class)) if serializers::is_serializer(eval, class) => Some((class, flow.node(chosen).span)),
        _ => None,
    }
}

fn is_self(flow: &Flow, node: NodeId) -> bool {
    flow.node(node).kind == NodeKind::Param(0)
}

/// What a dict of the view has for its list: `self.serializer_classes[self.action]`,
/// `self.serializer_classes.get(self.action, self.serializer_class)`.
fn by_action(eval: &mut Eval<'_>, class: ClassId, method: FunctionId, node: NodeId) -> Option<Def> {
    let flow = &eval.names.function(method).flow;
    let (of, key, otherwise) = match &flow.node(node).kind {
        NodeKind::Item { of, key } => (*of, *key, None),
        NodeKind::Call { func, args, .. } => match &flow.node(*func).kind {
            NodeKind::Attr { of, name, .. } if &**name == "get" => (*of, *args.first()?, args.get(1).copied()),
            _ => return None,
        },
        _ => return None,
    };
    let attribute = |node: NodeId| match &flow.node(node).kind {
        NodeKind::Attr { of, name, .. } if is_self(flow, *of) => Some(&**name),
        _ => None,
    };
    let held = attribute(of).filter(|_| attribute(key) == Some("action"))?;
    let (at, place) = eval.names.attribute(class, held)?;
    let draft = eval.names.class(at);
    let NodeKind::Dict(pairs) = &draft.body.node(draft.attributes.get(place)?.value?).kind else { return None };
    if let Some((_, value)) = pairs.iter().find(|(key, _)| draft.body.text(*key) == Some("list")) {
        return eval.names.of_node(at.draft, &draft.body, *value);
    }
    let otherwise = otherwise?;
    match attribute(otherwise) {
        Some(name) => match eval.class_value(class, name) {
            Some(Type::Def(def)) => Some(def),
            _ => None,
        },
        None => eval.names.of_node(method.draft, flow, otherwise),
    }
}

/// Whether a filter of the repository's own stands between the queryset and the answer: it may keep what one parent has.
fn filters(eval: &Eval<'_>, class: ClassId) -> bool {
    if eval.names.method(class, "filter_queryset", None).is_some() {
        return true;
    }
    let Some((at, place)) = eval.names.attribute(class, "filter_backends") else { return false };
    let draft = eval.names.class(at);
    let backends = match draft.attributes.get(place).and_then(|it| it.value) {
        Some(value) => match &draft.body.node(value).kind {
            NodeKind::List(items) => items.as_slice(),
            _ => return false,
        },
        None => return false,
    };
    backends.iter().any(|backend| match eval.names.of_node(at.draft, &draft.body, *backend) {
        Some(Def::Class(backend)) => eval.names.method(backend, "filter_queryset", None).is_some(),
        _ => false,
    })
}

/// Whose rows a queryset has, where they are one parent's.
fn of_one(eval: &Eval<'_>, set: &Set) -> Option<String> {
    let model = match (&set.related, set.parent) {
        (Some((row, _)), _) if row.guessed => None,
        (Some((row, relation)), _) => relation.to_many.then_some(Some(row.model))?,
        (None, Some(Parent::Row(model))) => Some(model),
        (None, Some(Parent::Any)) => None,
        _ => return None,
    };
    Some(model.map_or("one object has".to_owned(), |it| format!("one `{}` has", eval.models.name(eval.names, it))))
}

/// Whether each row is a page of Wagtail's, which people write one by one.
fn is_page(eval: &Eval<'_>, set: &Set) -> bool {
    let is = |base: &Rc<str>| base.starts_with("wagtail.") && base.ends_with(".Page");
    eval.names.lineage(set.model).external.iter().any(is)
}

fn listing(
    eval: &Eval<'_>,
    class: ClassId,
    set: &Set,
    span: Span,
    pages: Pages,
    capped: &mut HashSet<Option<ClassId>>,
) -> Listing {
    let draft = eval.names.draft(class.draft);
    let name = &eval.names.class(class).name;
    let mut it = Listing {
        orm: known(Orm::Django, Vec::new()),
        model: known(eval.models.name(eval.names, set.model), vec![span]),
        hot: known(draft.place != Place::Command, Vec::new()),
        own: known(set.single || set.parent == Some(Parent::User), Vec::new()),
        narrowed: known(set.narrowed || set.related.is_some() || filters(eval, class), Vec::new()),
        of_one: of_one(eval, set).map_or(Fact::Absent, |it| known(it.into(), Vec::new())),
        lookup: known(eval.models.is_lookup(eval.names, set.model) || is_page(eval, set), Vec::new()),
        few: few::listed(eval.names, eval.models, set).map_or(Fact::Absent, |it| known(it.into(), Vec::new())),
        ..Listing::default()
    };
    it.about.name = format!("{}.{name}", draft.module).into();
    it.about.anchor = Anchor::new(draft.path.clone(), format!("{name}:list"));
    it.about.span = Some(eval.names.class(class).span);
    match pages {
        _ if set.cut || set.single => it.paginated = known(true, vec![span]),
        Pages::None(Some(at)) => it.paginated = known(false, vec![at]),
        Pages::None(None) => {
            let at = Some(eval.names.class(class).span);
            it.paginated = Fact::default_of(false, "Django REST framework", "DEFAULT_PAGINATION_CLASS", at);
        }
        Pages::Unknown(why) => it.paginated = Fact::unknown(why),
        Pages::Cut { pager, uncapped } => {
            it.paginated = known(true, vec![eval.names.class(class).span]);
            // A pager is told of once, at the first view that has it.
            if capped.insert(pager) {
                it.capped = match uncapped {
                    None => known(true, Vec::new()),
                    Some(uncapped) => {
                        it.about.writers.extend(uncapped.writer);
                        if let Some((size, at)) = uncapped.size {
                            it.page_size = known(size, vec![at]);
                        }
                        known(false, vec![uncapped.span])
                    }
                };
            }
        }
    }
    it
}

/// A mixin that is not in the repository may bring a pager.
fn is_strange(base: &str) -> bool {
    !base.starts_with("rest_framework")
        && (base.contains("agina") || base.ends_with("ViewSet") || base.ends_with("View"))
}

/// Whether a view gives its list page by page, by what it says itself or by what all views are told.
pub(super) fn is_paged(names: &Names<'_>, class: ClassId) -> bool {
    match names.attribute(class, "pagination_class") {
        Some((at, place)) => {
            let draft = names.class(at);
            let value = draft.attributes.get(place).and_then(|it| it.value);
            value.is_some_and(|it| draft.body.node(it).kind != NodeKind::Nothing)
        }
        None => {
            let default = Defaults::read(names);
            default.class.is_some() && default.size
        }
    }
}

fn pages(eval: &mut Eval<'_>, class: ClassId, default: &Defaults) -> Pages {
    let own = ["paginate_queryset", "paginator"];
    if own.iter().any(|name| eval.names.method(class, name, None).is_some()) {
        return Pages::Unknown("it pages in a way of its own");
    }
    if let Some((at, place)) = eval.names.attribute(class, "pagination_class") {
        let span = eval.names.class(at).attributes.get(place).map(|it| it.span);
        return match eval.class_value(class, "pagination_class") {
            Some(Type::Nothing) => Pages::None(span),
            Some(Type::Def(def)) => cut(eval, &def, default),
            _ => Pages::Unknown("its `pagination_class` is not a class that is read"),
        };
    }
    if eval.names.lineage(class).external.iter().any(|base| is_strange(base)) {
        return Pages::Unknown("a base that is not in the repository may page it");
    }
    match &default.class {
        None if default.open => Pages::Unknown("the settings that say how lists are paged are not read"),
        None => Pages::None(None),
        Some((dotted, _)) => {
            let def = eval.names.by_path(dotted).unwrap_or_else(|| Def::External((**dotted).into()));
            cut(eval, &def, default)
        }
    }
}

fn cut(eval: &Eval<'_>, def: &Def, default: &Defaults) -> Pages {
    let pager = match def {
        Def::Class(pager) => *pager,
        Def::External(name) => {
            let kind = name.rsplit('.').next().filter(|_| name.starts_with("rest_framework"));
            let uncapped = match kind {
                Some("PageNumberPagination" | "CursorPagination") => None,
                Some("LimitOffsetPagination") => {
                    default.class.as_ref().map(|(_, span)| Uncapped { span: *span, size: None, writer: None })
                }
                _ => return Pages::Unknown("its pager is not in the repository"),
            };
            let at = default.class.as_ref().map(|(_, span)| *span);
            return if default.size { Pages::Cut { pager: None, uncapped } } else { Pages::None(at) };
        }
        _ => return Pages::Unknown("its `pagination_class` is not a class"),
    };
    let put = |name: &str| {
        let (class, at) = eval.names.attribute(pager, name)?;
        let draft = eval.names.class(class);
        let attribute = draft.attributes.get(at)?;
        Some((attribute, attribute.value.map(|value| draft.body.node(value))))
    };
    // An attribute that is `None` is as one that is not there.
    let written =
        |name: &str| put(name).filter(|(_, value)| value.is_some_and(|value| !matches!(value.kind, NodeKind::Nothing)));
    let is = |last: &str| eval.names.derives_external(pager, last);
    let offset = is("LimitOffsetPagination");
    if !offset && !is("PageNumberPagination") && !is("CursorPagination") {
        return Pages::Unknown("its pager is of an unknown kind");
    }
    let own_size = if offset { "default_limit" } else { "page_size" };
    let overrides = eval.names.method(pager, "get_page_size", None).or(eval.names.method(pager, "get_limit", None));
    if overrides.is_some() {
        return Pages::Cut { pager: None, uncapped: None };
    }
    if written(own_size).is_none() && !default.size {
        return Pages::None(Some(eval.names.class(pager).span));
    }
    let (asked, most) =
        if offset { (written(own_size), "max_limit") } else { (written("page_size_query_param"), "max_page_size") };
    let size = match written(own_size) {
        None => default.rows,
        Some((attribute, value)) => match value.map(|it| &it.kind) {
            Some(NodeKind::Number(size)) => u64::try_from(*size).ok().map(|size| (size, attribute.span)),
            _ => None,
        },
    };
    let uncapped = asked.filter(|_| written(most).is_none()).map(|(asked, _)| {
        // `max_page_size = None` takes away the cap of a base.
        let none = put(most).and_then(|(attribute, value)| Some((attribute.span, value?.span)));
        let edit = match none {
            Some((_, value)) => Some((value, "{most}".into())),
            None => asked.line.as_ref().map(|line| {
                (Span::at(asked.span.file, asked.span.end as usize), format!("{line}{most} = {{most}}").into())
            }),
        };
        Uncapped {
            span: none.map_or(asked.span, |(whole, _)| whole),
            size,
            // A cap below the size of a plain page would be one for those only who ask.
            writer: edit.filter(|_| size.is_some()).map(|edit| Writer {
                name: "cap".into(),
                edits: vec![edit],
                display_only: None,
            }),
        }
    });
    Pages::Cut { pager: Some(pager), uncapped }
}

/// Functions of FastAPI that answer with all rows of a statement.
fn endpoints(eval: &mut Eval<'_>) -> Vec<Listing> {
    let mut out = Vec::new();
    for (draft, it) in eval.names.drafts.clone().into_iter().enumerate() {
        for (at, function) in it.functions.iter().enumerate() {
            let routed = function.decorators.iter().any(|name| name.ends_with(".get") && name.contains('.'));
            if !routed || function.owner.is_some() {
                continue;
            }
            let id = FunctionId { draft: draft as u32, at: at as u32 };
            let all = eval.returned(id, None).all_rows();
            let Some(set) = all.filter(|set| set.related.is_none() && set.orm == Orm::Sqlalchemy) else { continue };
            let mut listing = Listing {
                orm: known(set.orm, Vec::new()),
                model: known(eval.models.name(eval.names, set.model), vec![set.span]),
                paginated: known(set.cut, vec![set.span]),
                hot: known(it.place != Place::Command, Vec::new()),
                own: known(set.single, Vec::new()),
                narrowed: known(set.narrowed, Vec::new()),
                ..Listing::default()
            };
            listing.about.name = format!("{}.{}", it.module, function.name).into();
            listing.about.anchor = Anchor::new(it.path.clone(), format!("{}:list", function.name));
            listing.about.span = Some(function.span);
            out.push(listing);
        }
    }
    out
}

fn known<T>(value: T, places: Vec<Span>) -> Fact<T> {
    Fact::Known(Sourced { value, origin: Origin::Written(places), slots: Vec::new() })
}
