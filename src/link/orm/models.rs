//! The model graph: which classes are models, and the relations between them, in both directions.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::history::Histories;
use super::names::{ClassId, Def, Names};
use super::signals::Signals;
use super::{django_models, kinds, sqlalchemy_models};
use crate::facts::orm::flow::{CallView, Flow, last_of};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// Django's own user, where the project has none and nothing of Django's is imported.
pub(super) const AUTH_USER: ClassId = ClassId { draft: u32::MAX, at: 0 };

/// A relation, as an attribute of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Relation {
    /// The attribute.
    pub(super) name: Box<str>,
    /// What queries call it, where that is not the attribute: what leads back is `message` in a query, and `message_set` on a
    /// row.
    pub(super) asked: Option<Box<str>>,
    /// The model at the other end, when it is known.
    pub(super) target: Option<ClassId>,
    /// Whether it is a list, or a manager of many rows.
    pub(super) to_many: bool,
    /// Whether a join can load it.
    pub(super) joinable: bool,
    /// The attribute at the other end that leads back, when rows that come by this relation already hold it.
    pub(super) back: Option<Box<str>>,
    /// How reading it loads it.
    pub(super) loading: Loading,
    /// Where it is declared.
    pub(super) span: Span,
}

impl Relation {
    /// Whether Django joins it where nobody says what: also where it should not, for rows of a polymorphic model are of their
    /// base then.
    pub(super) fn is_joined_unasked(&self) -> bool {
        self.joinable || !self.to_many && self.target.is_some()
    }
}

/// How reading a relation loads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loading {
    /// At the first read, by a query of its own.
    Lazy,
    /// With the row.
    Eager,
    /// Never: reading it gives a query, which runs when it is asked.
    Dynamic,
    /// Never by itself: reading it is an error.
    Never,
}

/// A manager: the classes its methods may come from, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Manager {
    /// Managers and querysets of the repository.
    pub(super) classes: Vec<ClassId>,
}

/// A model.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// Whose.
    pub(super) orm: Orm,
    /// Its relations by the attribute's name, inherited ones included.
    pub(super) relations: BTreeMap<Box<str>, Rc<Relation>>,
    /// Relations that an attribute reads something of (`association_proxy("books", "title")`), by the attribute's name.
    pub(super) proxies: BTreeMap<Box<str>, Box<str>>,
    /// Its managers by name; `objects` is there when nothing else is declared.
    pub(super) managers: BTreeMap<Box<str>, Manager>,
    /// The name of the one that frameworks ask.
    pub(super) default: Box<str>,
    /// Whether its rows have an order of their own.
    pub(super) ordered: bool,
}

/// All models of the repository.
#[derive(Debug, Default)]
pub(super) struct Models {
    all: HashMap<ClassId, Model>,
    /// Those of Django, in the order of files.
    django: Vec<ClassId>,
    /// The user's model.
    pub(super) user: Option<ClassId>,
    signals: Signals,
    histories: Histories,
}

impl Models {
    pub(super) fn new(names: &Names<'_>) -> Self {
        let mut models = Models::default();
        let classes = names.all_classes();
        let mapped: Vec<ClassId> =
            classes.iter().copied().filter(|id| sqlalchemy_models::is_model(names, *id)).collect();
        let asked = django_models::asked(names);
        let is_django =
            |id: &ClassId| django_models::is_model(names, *id) || (asked.contains(id) && !mapped.contains(id));
        let django: Vec<ClassId> = classes.iter().copied().filter(is_django).collect();
        models.user = Some(django_models::user(names, &django).unwrap_or(AUTH_USER));
        models.all.insert(AUTH_USER, Model::new(Orm::Django));
        for id in &django {
            models.all.insert(*id, Model::new(Orm::Django));
        }
        for id in mapped.iter().filter(|id| !django.contains(id)) {
            models.all.insert(*id, Model::new(Orm::Sqlalchemy));
        }
        django_models::relate(names, &mut models, &django);
        sqlalchemy_models::relate(names, &mut models, &mapped);
        models.django = django;
        models.signals = Signals::read(names, &models);
        models.histories = Histories::read(names);
        models
    }

    pub(super) fn get(&self, id: ClassId) -> Option<&Model> {
        self.all.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: ClassId) -> Option<&mut Model> {
        self.all.get_mut(&id)
    }

    /// Whether the repository has models of Django's.
    pub(super) fn has_django(&self) -> bool {
        !self.django.is_empty()
    }

    /// A receiver that runs with each save of a row, and with no statement for many.
    pub(super) fn saved(&self, id: ClassId) -> Option<Span> {
        self.signals.of(id)
    }

    /// Where the history of a model's rows is asked for, which no statement for many rows writes.
    pub(super) fn history(&self, id: ClassId) -> Option<Span> {
        self.histories.of(id)
    }

    /// A receiver that runs when a many-to-many relation, by its declaration, gets rows or loses some.
    pub(super) fn related(&self, declared: Span) -> Option<Span> {
        self.signals.of_relation(declared)
    }

    /// What `select_related()` loads that is told no names: foreign keys that are never null, and theirs, five deep
    /// (`select_related_descend` and `max_depth`, Django 5.2). No more than anyone could read.
    pub(super) fn joined_unasked(&self, names: &Names<'_>, id: ClassId) -> Vec<String> {
        self.joined_unasked_at_least(names, id).0
    }

    /// The same, and whether there may be more: a model on the way, or a base of one, is not in the repository.
    pub(super) fn joined_unasked_at_least(&self, names: &Names<'_>, id: ClassId) -> (Vec<String>, bool) {
        const MOST: usize = 200;
        let mut found: Vec<String> = Vec::new();
        let mut more = false;
        let mut level = vec![(String::new(), id)];
        for _ in 0..5 {
            let mut next = Vec::new();
            for (before, model) in level {
                let relations = self.get(model).into_iter().flat_map(|it| it.relations.values());
                let external =
                    model != AUTH_USER && names.lineage(model).external.iter().any(|it| !it.starts_with("django."));
                more |= external;
                let is_joined = |it: &&Rc<Relation>| {
                    it.is_joined_unasked()
                        && is_never_null(names, model, &it.name)
                        && !is_parent_link(names, model, &it.name)
                };
                for relation in relations.filter(is_joined) {
                    let path = format!("{before}{}", relation.name);
                    more |= relation.target.is_none();
                    next.extend(relation.target.map(|target| (format!("{path}__"), target)));
                    found.push(path);
                }
                if found.len() > MOST {
                    return (found, true);
                }
            }
            level = next;
        }
        (found, more)
    }

    /// The model of Django that a label names: `app.Model`.
    pub(super) fn labelled(&self, names: &Names<'_>, label: &str) -> Option<ClassId> {
        django_models::labelled(names, &self.django, label)
    }

    pub(super) fn relation(&self, id: ClassId, name: &str) -> Option<&Rc<Relation>> {
        self.get(id)?.relations.get(name)
    }

    /// The relation that an attribute of a row reads something of.
    pub(super) fn behind_proxy(&self, id: ClassId, name: &str) -> Option<Rc<Relation>> {
        let model = self.get(id)?;
        model.relations.get(model.proxies.get(name)?).cloned()
    }

    /// Whether a field tells one row of a model from all others: its primary key, or one that is `unique`.
    pub(super) fn is_key(&self, names: &Names<'_>, id: ClassId, field: &str) -> bool {
        if matches!(field, "pk" | "id") {
            return true;
        }
        let Some((class, at)) = names.attribute(id, field) else { return false };
        let draft = names.class(class);
        let call = draft.attributes.get(at).and_then(|it| it.value).and_then(|value| draft.body.call(value));
        let says =
            |call: CallView<'_>, word: &str| call.keyword(word).and_then(|node| draft.body.flag(node)) == Some(true);
        call.is_some_and(|call| says(call, "unique") || says(call, "primary_key"))
    }

    /// Whether a model looks like a table to look things up in: a few plain fields with a name among them, no relation of
    /// its own, no time of its own, and others that refer to it. A model that is called a kind, or derives from what is called
    /// a constant, may have any plain fields, and refer to others of that sort.
    pub(super) fn is_lookup(&self, names: &Names<'_>, id: ClassId) -> bool {
        self.looks_up(names, id, 0)
    }

    /// Whether its rows are kinds of something: a table to look things up in that is called so, of which people make a few.
    pub(super) fn is_of_kinds(&self, names: &Names<'_>, id: ClassId) -> bool {
        let Some(model) = self.get(id).filter(|_| id != AUTH_USER) else { return false };
        match model.orm {
            // A tree of them grows.
            Orm::Django => {
                let is_tree = model.relations.values().any(|it| it.target == Some(id));
                !is_tree && kinds::is_named_so(names, id) && self.is_lookup(names, id)
            }
            Orm::Sqlalchemy => kinds::is_plain(names, id),
        }
    }

    fn looks_up(&self, names: &Names<'_>, id: ClassId, deep: u32) -> bool {
        /// Fields, keys left out.
        const MOST: usize = 6;
        /// Those of what is called a kind.
        const MOST_OF_KIND: usize = 9;
        /// One refers to another so often.
        const MOST_DEEP: u32 = 4;
        if Some(id) == self.user || id == AUTH_USER || deep > MOST_DEEP {
            return false;
        }
        let lineage = names.lineage(id);
        // Bases that only say when a row was written, or where it stands.
        let plain_base = |base: &str| {
            base == "django.db.models.Model"
                || [".TimeStampedModel", ".OrderedModel", ".MPTTModel"].iter().any(|end| base.ends_with(end))
        };
        if !lineage.external.iter().all(|base| plain_base(base)) {
            return false;
        }
        let constant = kinds::is_constant(names, id);
        let kind = kinds::is_named_so(names, id);
        let (mut plain, mut named) = (0, kind);
        for class in &lineage.classes {
            let draft = names.class(*class);
            let of_base = *class != id && django_models::is_abstract(names, *class);
            for attribute in &draft.attributes {
                let call = attribute.value.and_then(|value| draft.body.call(value));
                let func = call.and_then(|call| draft.body.dotted(call.func));
                let is_key = call.and_then(|call| draft.body.flag(call.keyword("primary_key")?)) == Some(true);
                let refers = || {
                    let target = self.relation(id, &attribute.name).and_then(|it| it.target);
                    target.is_some_and(|target| target == id || self.looks_up(names, target, deep + 1))
                };
                match func.as_deref().map(last_of) {
                    Some("CharField" | "SlugField") => (plain, named) = (plain + 1, true),
                    Some("BooleanField" | "IntegerField" | "PositiveIntegerField" | "PositiveSmallIntegerField") => {
                        plain += 1;
                    }
                    Some("AutoField" | "BigAutoField") => {}
                    Some(name) if is_key && name.ends_with("Field") && name != "OneToOneField" => {}
                    Some("TextField" | "URLField" | "UUIDField" | "DecimalField" | "FloatField") if kind => plain += 1,
                    // What it says of itself, and not when something happened.
                    Some("DateTimeField" | "DateField") if kind && of_base => {}
                    Some(name) if kind && name.ends_with("ManyToManyField") => {}
                    Some(name) if kind && name.ends_with("ForeignKey") && refers() => {}
                    Some(name) if name.ends_with("Field") || name.ends_with("Key") => return false,
                    _ => {}
                }
            }
        }
        let referred = self.get(id).is_some_and(|model| model.relations.values().any(|it| it.to_many));
        named && plain <= if kind { MOST_OF_KIND } else { MOST } && (referred || constant)
    }

    /// What a report calls a model.
    pub(super) fn name(&self, names: &Names<'_>, id: ClassId) -> Box<str> {
        if id == AUTH_USER { "User".into() } else { names.class(id).name.clone() }
    }

    /// The model that a definition is.
    pub(super) fn of(&self, def: &Def) -> Option<ClassId> {
        match def {
            Def::Class(id) => self.get(*id).map(|_| *id),
            Def::External(name) if &**name == "django.contrib.auth.models.User" => Some(AUTH_USER),
            _ => None,
        }
    }
}

/// Whether a field of a model's own is not `null=True`.
pub(super) fn is_never_null(names: &Names<'_>, model: ClassId, field: &str) -> bool {
    declared(names, model, field)
        .is_some_and(|(flow, call)| call.keyword("null").is_none_or(|node| flow.flag(node) == Some(false)))
}

/// Whether a field is the row of the table that a model's own table adds to.
fn is_parent_link(names: &Names<'_>, model: ClassId, field: &str) -> bool {
    declared(names, model, field).is_some_and(|(flow, call)| flow.says(call, "parent_link"))
}

/// The call that makes a field.
fn declared<'n>(names: &Names<'n>, model: ClassId, field: &str) -> Option<(&'n Flow, CallView<'n>)> {
    let (class, at) = names.attribute(model, field)?;
    let draft = names.class(class);
    Some((&draft.body, draft.body.call(draft.attributes.get(at)?.value?)?))
}

impl Model {
    fn new(orm: Orm) -> Self {
        let default = "objects".into();
        Self {
            orm,
            relations: BTreeMap::new(),
            proxies: BTreeMap::new(),
            managers: BTreeMap::new(),
            default,
            ordered: false,
        }
    }

    /// Where the methods of the manager that frameworks ask may be.
    pub(super) fn default_manager(&self) -> &[ClassId] {
        self.managers.get(&self.default).map_or(&[], |it| &it.classes)
    }
}
