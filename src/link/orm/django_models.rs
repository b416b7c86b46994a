//! Django's models: fields that are relations, what leads back, managers.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::models::{AUTH_USER, Loading, Manager, Models, Relation};
use super::names::{ClassId, Def, Names};
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind, last_of};
use crate::facts::orm::{Attribute, OrmDraft};
use crate::source::Span;

/// Bases from well-known packages that make a class a model.
const MODEL_BASES: &[&str] = &[
    "AbstractUser",
    "AbstractBaseUser",
    "PermissionsMixin",
    "TimeStampedModel",
    "TimeFramedModel",
    "SoftDeletableModel",
    "MPTTModel",
    "MP_Node",
    "NS_Node",
    "AL_Node",
    "ClusterableModel",
    "PolymorphicModel",
    "TranslatableModel",
    "SafeDeleteModel",
];

/// Packages of fields that only models have.
const FIELDS: &[&str] = &[
    "django.db.models.",
    "django.contrib.gis.db.models.",
    "django.contrib.postgres.fields.",
    "django_extensions.db.fields.",
    "modelcluster.fields.",
    "model_utils.fields.",
    "mptt.fields.",
    "autoslug.",
    "sortedm2m.fields.",
];
/// Bases with managers of their own that are not Django's.
const OTHERS: &[&str] = &["mongo", "Document", "odm", "ming", "peewee", "neomodel", "elasticsearch", "sqlalchemy"];
/// Relations of models outside the repository: of whose names, by the name of the base and the package it is of (Wagtail
/// 7.1, `wagtail/models/pages.py`, `wagtail/models/media.py`).
const KNOWN: &[(&str, &str, &[&str])] = &[
    ("wagtail", "Page", &["owner", "content_type", "locale", "locked_by", "live_revision", "latest_revision"]),
    ("wagtail", "AbstractImage", &["collection", "uploaded_by_user"]),
    ("wagtail", "AbstractDocument", &["collection", "uploaded_by_user"]),
];

/// Whether a base outside the repository is a page of Wagtail's.
pub(super) fn is_page(base: &str) -> bool {
    base.starts_with("wagtail.") && base.ends_with(".Page")
}

/// Classes that code asks for rows: `Book.objects`, where the base that makes it a model is not in the repository.
pub(super) fn asked(names: &Names<'_>) -> HashSet<ClassId> {
    let mut found = HashSet::default();
    for (draft, it) in names.drafts.iter().enumerate() {
        let bodies = it.classes.iter().map(|class| &class.body);
        let flows = it.functions.iter().map(|function| &function.flow).chain(bodies).chain([&it.top]);
        for flow in flows {
            for node in &flow.nodes {
                let NodeKind::Attr { of, name, .. } = &node.kind else { continue };
                let NodeKind::Name(class) = &flow.node(*of).kind else { continue };
                if &**name == "objects"
                    && let Some(Def::Class(class)) = names.resolve(draft as u32, class)
                    && !found.contains(&class)
                    && is_like_a_model(names, class)
                {
                    found.insert(class);
                }
            }
        }
    }
    found
}

fn is_like_a_model(names: &Names<'_>, id: ClassId) -> bool {
    let external = &names.lineage(id).external;
    let unread = external.iter().any(|base| base.contains('.') && !base.starts_with("django."));
    let other = |base: &str| OTHERS.iter().any(|word| base.contains(word));
    unread && !external.iter().any(|base| other(base))
}

/// Which relation a field makes.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Foreign,
    OneToOne,
    ManyToMany,
    GenericForeign,
    GenericList,
}

/// A field that is a relation, as a class's body declares it.
struct Field {
    name: Box<str>,
    kind: Kind,
    target: Option<Target>,
    related_name: Option<Box<str>>,
    query_name: Option<Box<str>>,
    symmetrical: bool,
    span: Span,
}

/// The other end of a field.
enum Target {
    Itself,
    Class(ClassId),
}

pub(super) fn is_model(names: &Names<'_>, id: ClassId) -> bool {
    let lineage = names.lineage(id);
    derives_model(names, id) || (!lineage.external.is_empty() && lineage.classes.iter().any(|it| has_field(names, *it)))
}

/// Whether the body of a class has a field of Django's: only a model's does, or that of a base of models.
fn has_field(names: &Names<'_>, id: ClassId) -> bool {
    let class = names.class(id);
    class.attributes.iter().any(|it| {
        let call = it.value.and_then(|value| class.body.call(value));
        match call.and_then(|call| names.of_node(id.draft, &class.body, callee(&class.body, call))) {
            Some(Def::External(name)) => {
                FIELDS.iter().any(|package| name.starts_with(package))
                    && (name.ends_with("Field") || name.ends_with("ForeignKey") || name.ends_with("ParentalKey"))
            }
            _ => false,
        }
    })
}

/// Whether a class has a base that is known to make it a model.
fn derives_model(names: &Names<'_>, id: ClassId) -> bool {
    let lineage = names.lineage(id);
    lineage.external.iter().any(|base| {
        let last = last_of(base);
        let whole = &**base;
        whole == "django.db.models.Model"
            || whole == "django.contrib.gis.db.models.Model"
            || is_page(whole)
            || (MODEL_BASES.contains(&last) && !whole.starts_with("rest_framework"))
    })
}

/// The user's model: what the settings name, else the one class that is made to be it, else Django's own.
pub(super) fn user(names: &Names<'_>, django: &[ClassId]) -> Option<ClassId> {
    if let Some(id) = by_setting(names, django, "AUTH_USER_MODEL") {
        return Some(id);
    }
    let own = match names.by_path("django.contrib.auth.models.User") {
        Some(Def::Class(own)) => Some(own),
        _ => None,
    };
    let mut made = django.iter().copied().filter(|id| {
        let is_user = |base| names.derives_external(*id, base);
        // What derives from Django's own adds to it, and does not take its place.
        !names.is_of_package(*id)
            && own.is_none_or(|own| !names.derives(*id, own))
            && !is_abstract(names, *id)
            && (is_user("AbstractUser") || is_user("AbstractBaseUser"))
    });
    match (made.next(), made.next()) {
        (Some(only), None) => Some(only),
        _ => own,
    }
}

/// The model whose label a setting is: `AUTH_USER_MODEL = "people.Person"`.
fn by_setting(names: &Names<'_>, django: &[ClassId], setting: &str) -> Option<ClassId> {
    names.drafts.iter().find_map(|draft| {
        let (_, node) = draft.globals.iter().find(|(name, _)| **name == *setting)?;
        labelled(names, django, draft.top.text(*node)?)
    })
}

/// The model of a label, `app.Model`.
pub(super) fn labelled(names: &Names<'_>, django: &[ClassId], label: &str) -> Option<ClassId> {
    let (app, class) = label.rsplit_once('.')?;
    let app = last_of(app);
    let named: Vec<ClassId> = django.iter().copied().filter(|id| *names.class(*id).name == *class).collect();
    let of_app = named.iter().copied().find(|id| app_of(names.draft(id.draft)) == app);
    let mut own = named.iter().filter(|id| !names.is_of_package(**id));
    match (of_app, own.next(), own.next()) {
        (Some(id), ..) => Some(id),
        (None, Some(only), None) => Some(*only),
        _ => None,
    }
}

/// The label of the app that a file of models belongs to: the folder that holds `models.py` or `models/`.
pub(super) fn app_of(draft: &OrmDraft) -> &str {
    let module = &*draft.module;
    let package = match module.split_once(".models") {
        Some((package, rest)) if rest.is_empty() || rest.starts_with('.') => package,
        _ => module.rsplit_once('.').map_or(module, |(package, _)| package),
    };
    last_of(package)
}

pub(super) fn is_abstract(names: &Names<'_>, id: ClassId) -> bool {
    let Some(meta) = own_meta(names, id).map(|meta| names.class(meta)) else { return false };
    meta.attributes.iter().any(|it| &*it.name == "abstract" && it.value.and_then(|at| meta.body.flag(at)) == Some(true))
}

fn own_meta(names: &Names<'_>, id: ClassId) -> Option<ClassId> {
    names.inner(id, "Meta").filter(|meta| meta.draft == id.draft && names.class(*meta).within == Some(id.at))
}

/// Fills the models with relations and managers.
pub(super) fn relate(names: &Names<'_>, models: &mut Models, django: &[ClassId]) {
    let fields: HashMap<ClassId, Vec<Field>> = names
        .all_classes()
        .into_iter()
        .map(|id| (id, fields(names, models, django, id)))
        .filter(|(_, fields)| !fields.is_empty())
        .collect();
    let mut reverse: Vec<(ClassId, Relation)> = Vec::new();
    for &id in django {
        let lineage = names.lineage(id).classes.clone();
        let concrete = !is_abstract(names, id);
        for class in &lineage {
            let own = *class == id || is_abstract(names, *class) || !django.contains(class);
            for field in fields.get(class).into_iter().flatten() {
                let target = field.target.as_ref().map(|target| match target {
                    // A table of its own keeps its fields, and what they say of themselves.
                    Target::Itself if own => id,
                    Target::Itself => *class,
                    Target::Class(class) => *class,
                });
                let accessor = accessor(names, id, field);
                if own
                    && concrete
                    && let (Some(target), Some(accessor)) = (target, &accessor)
                {
                    let asked = query_name(names, id, field);
                    reverse.extend(backwards(field, accessor, asked, id).map(|relation| (target, relation)));
                }
                if let Some(model) = models.get_mut(id) {
                    model
                        .relations
                        .entry(field.name.clone())
                        .or_insert_with(|| Rc::new(forwards(field, target, accessor)));
                }
            }
        }
        known_elsewhere(names, models, id);
        let (managers, default) = managers(names, id);
        // A base that is not known may give them an order.
        let ordered = !derives_model(names, id)
            || names.inner(id, "Meta").is_some_and(|meta| names.attribute(meta, "ordering").is_some());
        if let Some(model) = models.get_mut(id) {
            model.managers = managers;
            model.default = default;
            model.ordered = ordered;
        }
    }
    // A reverse accessor is inherited, too: of a parent, of an abstract user.
    let mut heirs: HashMap<ClassId, Vec<ClassId>> = HashMap::default();
    for &id in django {
        for class in &names.lineage(id).classes {
            heirs.entry(*class).or_default().push(id);
        }
    }
    heirs.insert(AUTH_USER, vec![AUTH_USER]);
    for (target, relation) in reverse {
        for heir in heirs.get(&target).into_iter().flatten() {
            if let Some(model) = models.get_mut(*heir) {
                model.relations.entry(relation.name.clone()).or_insert_with(|| Rc::new(relation.clone()));
            }
        }
    }
    part_polymorphic(names, models, django);
}

/// Gives a model the relations that a base of it is known to have that is not in the repository.
fn known_elsewhere(names: &Names<'_>, models: &mut Models, id: ClassId) {
    let lineage = &names.lineage(id).external;
    let is = |package: &str, last: &str| lineage.iter().any(|base| base.starts_with(package) && last_of(base) == last);
    let user = models.user;
    let span = names.class(id).span;
    for name in KNOWN.iter().filter(|(package, last, _)| is(package, last)).flat_map(|(_, _, all)| *all) {
        let people = matches!(*name, "owner" | "locked_by" | "uploaded_by_user");
        let relation = Relation {
            name: (*name).into(),
            asked: None,
            target: user.filter(|_| people),
            to_many: false,
            joinable: true,
            back: None,
            loading: Loading::Lazy,
            span,
        };
        if let Some(model) = models.get_mut(id) {
            model.relations.entry((*name).into()).or_insert_with(|| Rc::new(relation));
        }
    }
}

/// A join gives rows of the class that a key names; the rows of a polymorphic model are of classes below it, which only a
/// query of their own brings.
fn part_polymorphic(names: &Names<'_>, models: &mut Models, django: &[ClassId]) {
    let polymorphic = |target: Option<ClassId>| target.is_some_and(|it| names.derives_external(it, "PolymorphicModel"));
    for &id in django {
        for relation in models.get_mut(id).into_iter().flat_map(|model| model.relations.values_mut()) {
            if polymorphic(relation.target) {
                Rc::make_mut(relation).joinable = false;
            }
        }
    }
}

fn forwards(field: &Field, target: Option<ClassId>, accessor: Option<Box<str>>) -> Relation {
    Relation {
        name: field.name.clone(),
        asked: None,
        target,
        to_many: matches!(field.kind, Kind::ManyToMany | Kind::GenericList),
        joinable: matches!(field.kind, Kind::Foreign | Kind::OneToOne),
        back: accessor.filter(|_| field.kind == Kind::OneToOne),
        loading: Loading::Lazy,
        span: field.span,
    }
}

/// What leads back from the target to the model `from` that has the field.
fn backwards(field: &Field, accessor: &str, asked: Box<str>, from: ClassId) -> Option<Relation> {
    let (to_many, back) = match field.kind {
        Kind::Foreign => (true, Some(field.name.clone())),
        Kind::OneToOne => (false, Some(field.name.clone())),
        Kind::ManyToMany => (true, None),
        Kind::GenericForeign | Kind::GenericList => return None,
    };
    Some(Relation {
        name: accessor.into(),
        asked: (*asked != *accessor).then_some(asked),
        target: Some(from),
        to_many,
        joinable: !to_many,
        back,
        loading: Loading::Lazy,
        span: field.span,
    })
}

/// The name under which the target of a field leads back.
fn accessor(names: &Names<'_>, id: ClassId, field: &Field) -> Option<Box<str>> {
    let class = names.class(id).name.to_lowercase();
    match &field.related_name {
        Some(name) if name.ends_with('+') => None,
        Some(name) => Some(filled_in(names, id, name)),
        None => match field.kind {
            Kind::OneToOne | Kind::Foreign | Kind::ManyToMany if default_related_name(names, id).is_some() => {
                default_related_name(names, id)
            }
            Kind::OneToOne => Some(class.into()),
            Kind::ManyToMany if field.symmetrical && matches!(field.target, Some(Target::Itself)) => None,
            Kind::Foreign | Kind::ManyToMany => Some(format!("{class}_set").into()),
            Kind::GenericForeign | Kind::GenericList => None,
        },
    }
}

/// What queries call the way back from the target of a field (`ForeignObject.related_query_name`, Django 5.2).
fn query_name(names: &Names<'_>, id: ClassId, field: &Field) -> Box<str> {
    let said = field.query_name.as_ref().or(field.related_name.as_ref());
    let said = said.map(|name| filled_in(names, id, name)).or_else(|| default_related_name(names, id));
    said.unwrap_or_else(|| names.class(id).name.to_lowercase().into())
}

/// What leads back from the targets of a model's fields that do not say so: `Meta.default_related_name`.
fn default_related_name(names: &Names<'_>, id: ClassId) -> Option<Box<str>> {
    let (meta, at) = names.attribute(names.inner(id, "Meta")?, "default_related_name")?;
    let draft = names.class(meta);
    draft.body.text(draft.attributes.get(at)?.value?).map(|name| filled_in(names, id, name))
}

/// A name that leads back, with the names of the model and its app where it leaves room for them.
fn filled_in(names: &Names<'_>, id: ClassId, name: &str) -> Box<str> {
    let class = names.class(id).name.to_lowercase();
    let app = app_of(names.draft(id.draft));
    name.replace("%(class)s", &class).replace("%(model_name)s", &class).replace("%(app_label)s", app).into()
}

fn fields(names: &Names<'_>, models: &Models, django: &[ClassId], id: ClassId) -> Vec<Field> {
    let class = names.class(id);
    class.attributes.iter().filter_map(|it| field(names, models, django, id, &class.body, it)).collect()
}

/// What is called, without the types that it is said to hold: `models.ForeignKey["Thread"](...)`.
fn callee(flow: &Flow, call: CallView<'_>) -> NodeId {
    match flow.node(call.func).kind {
        NodeKind::Item { of, .. } => of,
        _ => call.func,
    }
}

fn field(
    names: &Names<'_>,
    models: &Models,
    django: &[ClassId],
    id: ClassId,
    flow: &Flow,
    attribute: &Attribute,
) -> Option<Field> {
    let call = flow.call(attribute.value?)?;
    let callee = callee(flow, call);
    let func = flow.dotted(callee)?;
    let kind = match func.rsplit('.').next()? {
        "ForeignKey" | "ParentalKey" | "TreeForeignKey" | "AutoOneToOneKey" => Kind::Foreign,
        "OneToOneField" | "AutoOneToOneField" => Kind::OneToOne,
        "ManyToManyField" | "ParentalManyToManyField" | "SortedManyToManyField" => Kind::ManyToMany,
        "GenericForeignKey" => Kind::GenericForeign,
        "GenericRelation" => Kind::GenericList,
        _ => return None,
    };
    // SQLAlchemy has a `ForeignKey` too, but never as the value of an attribute that names a class.
    if matches!(names.of_node(id.draft, flow, callee), Some(Def::External(name)) if name.contains("sqlalchemy")) {
        return None;
    }
    let text = |name: &str| call.keyword(name).and_then(|node| flow.text(node)).map(Into::into);
    let to = call.args.first().copied().or_else(|| call.keyword("to"));
    let target = match kind {
        Kind::GenericForeign => None,
        _ => to.and_then(|to| target(names, models, django, id, flow, to)),
    };
    Some(Field {
        name: attribute.name.clone(),
        kind,
        target,
        related_name: text("related_name"),
        query_name: text("related_query_name"),
        symmetrical: call.keyword("symmetrical").is_none(),
        span: attribute.span,
    })
}

fn target(
    names: &Names<'_>,
    models: &Models,
    django: &[ClassId],
    id: ClassId,
    flow: &Flow,
    to: NodeId,
) -> Option<Target> {
    match &flow.node(to).kind {
        NodeKind::Text(text) if &**text == "self" => Some(Target::Itself),
        NodeKind::Text(text) if text.contains('.') => {
            let label = labelled(names, django, text);
            label.or_else(|| (&**text == "auth.User").then_some(AUTH_USER)).map(Target::Class)
        }
        NodeKind::Text(text) => match names.resolve(id.draft, text) {
            Some(Def::Class(class)) => Some(Target::Class(class)),
            _ => {
                let app = app_of(names.draft(id.draft));
                labelled(names, django, &format!("{app}.{text}")).map(Target::Class)
            }
        },
        NodeKind::Call { func, .. } if flow.dotted(*func).is_some_and(|it| it.ends_with("get_user_model")) => {
            models.user.map(Target::Class)
        }
        NodeKind::Name(_) | NodeKind::Attr { .. } => {
            let dotted = flow.dotted(to)?;
            if dotted.ends_with("AUTH_USER_MODEL") {
                return models.user.map(Target::Class);
            }
            // `settings.SHOP_ORDER_MODEL`
            if let Some(setting) = dotted.strip_prefix("settings.") {
                return by_setting(names, django, setting).map(Target::Class);
            }
            match names.of_node(id.draft, flow, to)? {
                Def::Class(class) => Some(Target::Class(class)),
                Def::External(name) if &*name == "django.contrib.auth.models.User" => Some(Target::Class(AUTH_USER)),
                // `User = get_user_model()`
                Def::Global(draft, node) if is_user_model(names, draft, node) => models.user.map(Target::Class),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a value at the top of a module is the user's model: `get_user_model()`, `settings.AUTH_USER_MODEL`.
pub(super) fn is_user_model(names: &Names<'_>, draft: u32, node: NodeId) -> bool {
    let top = &names.draft(draft).top;
    let func = top.call(node).map(|call| call.func).unwrap_or(node);
    top.dotted(func).is_some_and(|name| name.ends_with("get_user_model") || name.ends_with("AUTH_USER_MODEL"))
}

/// The managers of a model by name, inherited ones included; `objects` when there is none. And the name of its default one:
/// what its `Meta` says, or the first (`Options.default_manager`, Django 5.2).
fn managers(names: &Names<'_>, id: ClassId) -> (BTreeMap<Box<str>, Manager>, Box<str>) {
    let mut found = BTreeMap::new();
    let mut default = default_manager_name(names, id);
    for class in &names.lineage(id).classes {
        let draft = names.class(*class);
        for attribute in &draft.attributes {
            let manager = attribute.value.and_then(|value| manager(names, class.draft, &draft.body, value));
            if let Some(manager) = manager {
                default.get_or_insert_with(|| attribute.name.clone());
                found.entry(attribute.name.clone()).or_insert(manager);
            }
        }
    }
    if found.is_empty() {
        found.insert("objects".into(), Manager::default());
    }
    (found, default.unwrap_or_else(|| "objects".into()))
}

/// `Meta.default_manager_name`
fn default_manager_name(names: &Names<'_>, id: ClassId) -> Option<Box<str>> {
    let (meta, at) = names.attribute(names.inner(id, "Meta")?, "default_manager_name")?;
    let draft = names.class(meta);
    draft.body.text(draft.attributes.get(at)?.value?).map(Into::into)
}

/// The manager that an attribute's value makes.
fn manager(names: &Names<'_>, draft: u32, flow: &Flow, value: NodeId) -> Option<Manager> {
    let call = flow.call(value)?;
    match &flow.node(call.func).kind {
        // `ThreadManager.from_queryset(ThreadQuerySet)()`
        NodeKind::Call { func, args, .. } => {
            let NodeKind::Attr { of, name, .. } = &flow.node(*func).kind else { return None };
            (&**name == "from_queryset").then(|| {
                let classes = std::iter::once(of).chain(args).filter_map(|node| class_of(names, draft, flow, *node));
                Manager { classes: classes.collect() }
            })
        }
        // `ThreadQuerySet.as_manager()`
        NodeKind::Attr { of, name, .. } if &**name == "as_manager" => {
            Some(Manager { classes: class_of(names, draft, flow, *of).into_iter().collect() })
        }
        _ => match names.of_node(draft, flow, call.func)? {
            Def::Class(class) if is_manager(names, class) => Some(Manager { classes: vec![class] }),
            Def::External(name) if name.ends_with("Manager") && !name.ends_with("TaggableManager") => {
                Some(Manager::default())
            }
            // `ThreadManager = models.Manager.from_queryset(ThreadQuerySet)`
            Def::Global(at, node) => {
                let top = &names.draft(at).top;
                let made = top.call(node)?;
                let NodeKind::Attr { of, name, .. } = &top.node(made.func).kind else { return None };
                (&**name == "from_queryset").then(|| {
                    let classes =
                        std::iter::once(of).chain(made.args).filter_map(|node| class_of(names, at, top, *node));
                    Manager { classes: classes.collect() }
                })
            }
            _ => None,
        },
    }
}

fn class_of(names: &Names<'_>, draft: u32, flow: &Flow, node: NodeId) -> Option<ClassId> {
    match names.of_node(draft, flow, node)? {
        Def::Class(class) => Some(class),
        _ => None,
    }
}

/// Whether a class is a manager or a queryset.
pub(super) fn is_manager(names: &Names<'_>, id: ClassId) -> bool {
    names.lineage(id).external.iter().any(|base| {
        let last = last_of(base);
        last.ends_with("Manager") || last.ends_with("QuerySet") || last.ends_with("Queryset")
    })
}
