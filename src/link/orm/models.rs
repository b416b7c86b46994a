//! The model graph: which classes are models, and the relations between them, in both directions.

use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::names::{ClassId, Def, Names};
use super::signals::Signals;
use super::{django_models, sqlalchemy_models};
use crate::facts::orm::flow::CallView;
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// Django's own user, where the project has none.
pub(super) const AUTH_USER: ClassId = ClassId { draft: u32::MAX, at: 0 };

/// A relation, as an attribute of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Relation {
    /// The attribute.
    pub(super) name: Box<str>,
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
    /// Its managers by name; `objects` is there when nothing else is declared.
    pub(super) managers: BTreeMap<Box<str>, Manager>,
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
}

impl Models {
    pub(super) fn new(names: &Names<'_>) -> Self {
        let mut models = Models::default();
        let classes = names.all_classes();
        let django: Vec<ClassId> = classes.iter().copied().filter(|id| django_models::is_model(names, *id)).collect();
        let mapped: Vec<ClassId> =
            classes.iter().copied().filter(|id| sqlalchemy_models::is_model(names, *id)).collect();
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
        models
    }

    pub(super) fn get(&self, id: ClassId) -> Option<&Model> {
        self.all.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: ClassId) -> Option<&mut Model> {
        self.all.get_mut(&id)
    }

    /// A receiver that runs with each save of a row, and with no statement for many.
    pub(super) fn saved(&self, id: ClassId) -> Option<Span> {
        self.signals.of(id)
    }

    /// What `select_related()` loads that is told no names: foreign keys that are never null, and theirs, five deep
    /// (`select_related_descend` and `max_depth`, Django 5.2). No more than anyone could read.
    pub(super) fn joined_unasked(&self, names: &Names<'_>, id: ClassId) -> Vec<String> {
        const MOST: usize = 200;
        let mut found: Vec<String> = Vec::new();
        let mut level = vec![(String::new(), id)];
        for _ in 0..5 {
            let mut next = Vec::new();
            for (before, model) in level {
                let relations = self.get(model).into_iter().flat_map(|it| it.relations.values());
                for relation in relations.filter(|it| it.joinable && is_never_null(names, model, &it.name)) {
                    let path = format!("{before}{}", relation.name);
                    next.extend(relation.target.map(|target| (format!("{path}__"), target)));
                    found.push(path);
                }
                if found.len() > MOST {
                    return found;
                }
            }
            level = next;
        }
        found
    }

    /// The model of Django that a label names: `app.Model`.
    pub(super) fn labelled(&self, names: &Names<'_>, label: &str) -> Option<ClassId> {
        django_models::labelled(names, &self.django, label)
    }

    pub(super) fn relation(&self, id: ClassId, name: &str) -> Option<&Rc<Relation>> {
        self.get(id)?.relations.get(name)
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
    /// its own, no time of its own, and others that refer to it.
    pub(super) fn is_lookup(&self, names: &Names<'_>, id: ClassId) -> bool {
        /// Fields, keys left out.
        const MOST: usize = 6;
        if Some(id) == self.user || id == AUTH_USER {
            return false;
        }
        let lineage = names.lineage(id);
        // Bases that only say when a row was written, or where it stands.
        let plain_base = |base: &str| {
            base == "django.db.models.Model" || base.ends_with(".TimeStampedModel") || base.ends_with(".OrderedModel")
        };
        if !lineage.external.iter().all(|base| plain_base(base)) {
            return false;
        }
        let (mut plain, mut named) = (0, false);
        for class in &lineage.classes {
            let draft = names.class(*class);
            for attribute in &draft.attributes {
                let call = attribute.value.and_then(|value| draft.body.call(value));
                let func = call.and_then(|call| draft.body.dotted(call.func));
                match func.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name)) {
                    Some("CharField" | "SlugField") => (plain, named) = (plain + 1, true),
                    Some("BooleanField" | "IntegerField" | "PositiveIntegerField" | "PositiveSmallIntegerField") => {
                        plain += 1;
                    }
                    Some("AutoField" | "BigAutoField") => {}
                    Some(name) if name.ends_with("Field") || name.ends_with("Key") => return false,
                    _ => {}
                }
            }
        }
        let referred = self.get(id).is_some_and(|model| model.relations.values().any(|it| it.to_many));
        named && plain <= MOST && referred
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
    let Some((class, at)) = names.attribute(model, field) else { return false };
    let draft = names.class(class);
    let call = draft.attributes.get(at).and_then(|it| it.value).and_then(|value| draft.body.call(value));
    call.is_some_and(|call| call.keyword("null").is_none_or(|node| draft.body.flag(node) == Some(false)))
}

impl Model {
    fn new(orm: Orm) -> Self {
        Self { orm, relations: BTreeMap::new(), managers: BTreeMap::new(), ordered: false }
    }
}
