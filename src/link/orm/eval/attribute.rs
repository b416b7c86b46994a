//! Attributes: of rows, managers, classes, instances, and whatever else may have some.

use std::rc::Rc;

use super::super::events::{Cause, EventKind, Missed};
use super::super::models::{Loading, Relation};
use super::super::names::{ClassId, Def, FunctionId};
use super::super::types::{Extent, Row, Set, Turn, Type, Without, entry, field};
use super::super::{django, schemas, sqlalchemy, strangers, views};
use super::runs::Once;
use super::{Args, Eval, queued};
use crate::facts::orm::Place;
use crate::facts::orm::flow::{NodeId, last_of};
use crate::stack::vocabulary::Orm;

/// Paths of relations are followed so far.
const MOST_HOPS: usize = 12;

impl Eval<'_> {
    /// `of.name`
    pub(in crate::link::orm) fn attribute(&mut self, of: &Type, name: &str, id: NodeId) -> Type {
        match of {
            Type::Row(row) => self.row_attribute(row, name, id),
            Type::Manager(manager) => {
                if name == "model" {
                    return Type::Def(Def::Class(manager.model));
                }
                self.custom(&manager.classes, name, of).unwrap_or_else(|| self.op(of, name))
            }
            Type::Set(_) if name == "object_list" => of.clone(),
            Type::Set(set) => self.custom(&set.classes.clone(), name, of).unwrap_or_else(|| self.op(of, name)),
            Type::Def(Def::Class(_)) if name == "__subclasses__" => self.op(of, name),
            Type::Def(Def::Class(class)) => self.class_attribute(*class, name, id),
            Type::Def(Def::Function(_)) if queued::puts_off(name) => self.op(of, name),
            Type::Def(Def::External(path)) if &**path == "flask.request" => self.attribute(&Type::Request, name, id),
            Type::Def(Def::External(_)) if strangers::is_manager(name) => {
                strangers::manager(self, of, name, id).unwrap_or_else(|| self.op(&Type::Unknown, name))
            }
            Type::Def(def) => match self.names.member(def, name) {
                Some(Def::Global(draft, node)) => self.global(draft, node),
                Some(def) => Type::Def(def),
                None => self.op(&Type::Unknown, name),
            },
            Type::Instance(class) => self.instance_attribute(*class, Rc::new(Type::Instance(*class)), name, id),
            Type::Made(class, fields) => match field(fields, name) {
                Some((_, value, _)) => self.at_site(value.clone(), id),
                None => self.instance_attribute(*class, Rc::new(of.clone()), name, id),
            },
            Type::Super(this, after) => {
                let class = self.class_of(this, *after);
                match self.names.method(class, name, Some(*after)) {
                    Some(method) => Type::Method(method, this.clone()),
                    None => self.op(&Type::Super(this.clone(), *after), name),
                }
            }
            Type::Request => match name {
                "user" => self.user(id),
                "data" | "POST" => Type::Data,
                // Parameters of one word each, of which one may hold many: `?ids=1,2,3`.
                "GET" | "query_params" | "args" | "form" | "values" => Type::Checked(false),
                // All of what was sent: a dict, as a rule.
                "json" | "body" => Type::Checked(false),
                "get_json" => self.op(of, name),
                _ => Type::Unknown,
            },
            // `row.Album` of what was asked for by `select(Album)`.
            Type::Tuple(parts) => {
                let is = |part: &&Type| match part {
                    Type::Row(row) => *self.models.name(self.names, row.model) == *name,
                    _ => false,
                };
                parts.iter().find(is).cloned().unwrap_or_else(|| self.op(of, name))
            }
            // `{% import "cards.html" as cards %}{{ cards.card(book) }}`
            Type::Template(template) if self.in_template() => self.macro_of(template, name),
            // A template asks a dict as it does an object.
            Type::Record(_) => match entry(of, name) {
                Some((_, value, _)) if self.in_template() => value.clone(),
                _ => self.op(of, name),
            },
            Type::Filtered(set) if matches!(name, "qs" | "queryset") => Type::Set(set.clone()),
            Type::Paginator(set) if matches!(name, "items" | "object_list") => {
                Type::List(Rc::new(self.element(&Type::Set(set.clone()), None)), Some(set.size))
            }
            // Who decorates the function may give it what it is not given here.
            Type::Void(_) => self.attribute(&Type::Unknown, name, id),
            Type::Unknown | Type::Op(..) if matches!(name, "validated_data" | "cleaned_data") => Type::Data,
            Type::Unknown | Type::Op(..) => {
                if let Some(manager) = strangers::manager(self, of, name, id) {
                    return manager;
                }
                if let Some(manager) = self.other_side(name, id) {
                    return manager;
                }
                if let Some(manager) = self.list_by_name(of, name, id) {
                    return manager;
                }
                self.property_by_name(name, id);
                self.op(&Type::Unknown, name)
            }
            _ => self.op(of, name),
        }
    }

    /// Whether a template is evaluated.
    pub(super) fn in_template(&self) -> bool {
        self.names.draft(self.draft()).place == Place::Template
    }

    /// The user of a request, whom no view has loaded anything with.
    fn user(&self, id: NodeId) -> Type {
        let Some(model) = self.models.user else { return Type::Unknown };
        let span = self.frame().flow.node(id).span;
        self.single(&Rc::new(Set::all(model, span)))
    }

    /// The class in whose lineage a method is looked for.
    pub(super) fn class_of(&self, this: &Type, after: ClassId) -> ClassId {
        match this {
            Type::Instance(class) | Type::Made(class, _) | Type::Def(Def::Class(class)) => *class,
            Type::Row(row) => row.model,
            Type::Manager(manager) => {
                manager.classes.iter().copied().find(|it| self.names.derives(*it, after)).unwrap_or(after)
            }
            Type::Set(set) => set.classes.iter().copied().find(|it| self.names.derives(*it, after)).unwrap_or(after),
            _ => after,
        }
    }

    /// A method of the repository that a manager or a queryset has.
    pub(super) fn custom(&self, classes: &[ClassId], name: &str, this: &Type) -> Option<Type> {
        if name == "get_queryset" && matches!(this, Type::Set(_)) {
            return None;
        }
        let method = classes.iter().find_map(|class| self.names.method(*class, name, None))?;
        Some(Type::Method(method, Rc::new(this.clone())))
    }

    pub(super) fn class_attribute(&mut self, class: ClassId, name: &str, id: NodeId) -> Type {
        if let Some(model) = self.models.get(class) {
            if model.orm == Orm::Sqlalchemy {
                return match name {
                    "query" => sqlalchemy::query_of(self, class, id),
                    _ if model.relations.contains_key(name) => Type::Mapped(name.into()),
                    _ => self.plain_class_attribute(class, name),
                };
            }
            if let Some(manager) = model.managers.get(name) {
                return django::manager(self, class, &manager.classes, id);
            }
            match name {
                "_default_manager" => return django::manager(self, class, model.default_manager(), id),
                "_base_manager" => return django::manager(self, class, &[], id),
                // Another one has taken its place.
                "objects" if model.managers.len() == 1 => return Type::Unknown,
                _ => {}
            }
        }
        self.plain_class_attribute(class, name)
    }

    pub(super) fn plain_class_attribute(&mut self, class: ClassId, name: &str) -> Type {
        if let Some(method) = self.names.method(class, name, None) {
            return match self.decorated(method, &["staticmethod"]) {
                true => Type::Def(Def::Function(method)),
                false if self.decorated(method, &["classmethod"]) => {
                    Type::Method(method, Rc::new(Type::Def(Def::Class(class))))
                }
                false if self.decorated(method, &["property", "cached_property", "hybrid_property"]) => Type::Unknown,
                // `map(Book.describe, books)`
                false => Type::Def(Def::Function(method)),
            };
        }
        if matches!(name, "model_validate" | "from_orm") && schemas::is_schema(self, class) {
            return self.op(&Type::Def(Def::Class(class)), name);
        }
        if let Some(inner) = self.names.inner(class, name) {
            return Type::Def(Def::Class(inner));
        }
        self.class_value(class, name).unwrap_or(Type::Unknown)
    }

    pub(in crate::link::orm) fn decorated(&self, function: FunctionId, with: &[&str]) -> bool {
        let decorators = &self.names.function(function).decorators;
        decorators.iter().any(|it| with.contains(&last_of(it)))
    }

    pub(super) fn instance_attribute(&mut self, class: ClassId, this: Rc<Type>, name: &str, id: NodeId) -> Type {
        match name {
            "request" => return Type::Request,
            "validated_data" | "cleaned_data" => return Type::Data,
            _ => {}
        }
        if let Some(method) = self.names.method(class, name, None) {
            if self.decorated(method, &["staticmethod"]) {
                return Type::Def(Def::Function(method));
            }
            if self.decorated(method, &["property", "cached_property"]) {
                let keeps = self.decorated(method, &["cached_property"]) && self.is_of_shared_instance(id);
                self.once.extend(keeps.then_some(Once::of(Turn { depth: self.frames.len(), scope: 0 })));
                let value = self.enter(method, this, &Args::NONE, id);
                if keeps {
                    self.once.pop();
                }
                return value;
            }
            return Type::Method(method, this);
        }
        match self.class_value(class, name) {
            Some(value) => self.at_site(value, id),
            None => match self.said_or_kept(class, name) {
                Some(value) if !value.is_unread() => self.at_site(value, id),
                _ => views::attribute(self, class, name, id).unwrap_or_else(|| self.bound(this, name)),
            },
        }
    }

    /// What an attribute is that instances have: by its annotation, or what code puts there.
    fn said_or_kept(&mut self, class: ClassId, name: &str) -> Option<Type> {
        let said = self.said_of(class, name).or_else(|| self.kept(class, name));
        match said {
            Some(said) if !said.is_unread() => Some(said),
            other => self.model_handed_on(class, name).or(other),
        }
    }

    /// What the body of a class says that an attribute is: `user: User`.
    fn said_of(&self, class: ClassId, name: &str) -> Option<Type> {
        let (at, place) = self.names.attribute(class, name)?;
        let draft = self.names.class(at);
        let annotation = draft.attributes.get(place)?.annotation?;
        let def = self.said(at.draft, &draft.body, annotation)?;
        match (self.models.of(&def), def) {
            (Some(model), _) => Some(Type::Row(Rc::new(Row::of(model)))),
            (None, Def::Class(class)) => Some(Type::Instance(class)),
            _ => None,
        }
    }

    pub(super) fn row_attribute(&mut self, row: &Rc<Row>, name: &str, id: NodeId) -> Type {
        if let Some(relation) = self.models.relation(row.model, name) {
            return self.read(row, relation.clone(), id);
        }
        if let Some(relation) = self.models.behind_proxy(row.model, name) {
            let value = self.read(row, relation, id);
            let scope = self.frame().flow.node(id).scope;
            self.consume(&value, id, scope);
            return Type::Unknown;
        }
        if name == "awaitable_attrs" {
            return sqlalchemy::asked_for(row);
        }
        // What the queryset has put there stands before what the model would give.
        if row.root.as_ref().is_some_and(|root| root.loads.brought.contains(&row.path_to(name))) {
            return self.op(&Type::Row(row.clone()), name);
        }
        self.left_out(row, name, id);
        let this = Rc::new(Type::Row(row.clone()));
        let of_django = || self.models.get(row.model).is_some_and(|it| it.orm == Orm::Django);
        if django::is_beside(name) || matches!(name, "save" | "delete" | "asave" | "adelete") && of_django() {
            return self.bound(this, name);
        }
        if let Some(method) = self.names.method(row.model, name, None) {
            if self.decorated(method, &["property", "cached_property", "hybrid_property"]) {
                return self.enter(method, this, &Args::NONE, id);
            }
            return Type::Method(method, this);
        }
        self.bound(this, name)
    }

    /// Reads a field that its rows come without: a query for it alone.
    fn left_out(&mut self, row: &Rc<Row>, name: &str, id: NodeId) {
        let Some(root) = row.root.as_ref().filter(|_| row.path.is_empty()) else { return };
        let remedy = match &root.without {
            Without::AllBut(names) if !names.iter().any(|it| **it == *name) => format!("only(..., \"{name}\")"),
            Without::These(names) if names.iter().any(|it| **it == *name) => format!("defer(...) without \"{name}\""),
            _ => return,
        };
        let Some((class, at)) = self.names.attribute(row.model, name) else { return };
        let draft = self.names.class(class);
        let call = draft.attributes.get(at).and_then(|it| it.value).and_then(|value| draft.body.call(value));
        let func = call.and_then(|call| draft.body.dotted(call.func)).unwrap_or_default();
        if func.ends_with("Field") && !self.models.is_key(self.names, row.model, name) {
            let scope = self.frame().flow.node(id).scope;
            let before = self.events.len();
            self.query_per_row(row, Orm::Django, id, scope, &remedy);
            // A serializer reads it by its name alone.
            let said = format!("{}.{name}", self.models.name(self.names, row.model).to_lowercase());
            let cause = root.asked.left_out.as_ref().map(|it| {
                // A field as long as that is left out with reason: all rows would bring it.
                let wide = ["JSONField", "BinaryField"].iter().any(|kind| func.ends_with(kind));
                let more = it.more.filter(|_| !wide).map(|(at, quote)| (at, format!(", {quote}{name}{quote}").into()));
                let by_only = matches!(root.without, Without::AllBut(_));
                Cause::LeftOut(Missed { field: name.into(), said: said.as_str().into(), by_only, at: it.at, more })
            });
            Cause::put(cause, self.events.get_mut(before..).unwrap_or_default());
            for event in self.events.iter_mut().skip(before) {
                if let EventKind::Query { call, .. } = &mut event.kind {
                    call.clone_from(&said);
                }
            }
        }
    }

    /// `row.relation`
    pub(super) fn read(&mut self, row: &Rc<Row>, relation: Rc<Relation>, id: NodeId) -> Type {
        let Some(model) = self.models.get(row.model) else { return Type::Unknown };
        let orm = model.orm;
        if relation.to_many && orm == Orm::Django {
            let Some(target) = relation.target else { return Type::Unknown };
            return django::related_manager(self, target, row, relation, id);
        }
        if let Some((back, outer)) = &row.held
            && **back == *relation.name
        {
            return Type::Row(outer.clone());
        }
        // What it is now is known where it was set, and no queryset gives it.
        if relation.loading == Loading::Never || row.assigned.contains(&relation.name) {
            return Type::Unknown;
        }
        let node = self.frame().flow.node(id);
        let (span, scope) = (node.span, node.scope);
        if relation.loading == Loading::Dynamic {
            let Some(target) = relation.target else { return Type::Unknown };
            let set = sqlalchemy::collection(target, row, relation, span);
            return Type::Set(Rc::new(Set { extent: Extent::Part, ..set }));
        }
        self.lazy(row, &relation, id, scope);
        self.key_of_one(row, &relation, id);
        let Some(target) = relation.target.filter(|_| row.path.len() < MOST_HOPS) else { return Type::Unknown };
        if relation.to_many {
            return Type::Set(Rc::new(sqlalchemy::collection(target, row, relation, span)));
        }
        let mut path = row.path.clone();
        let held = self.held_by(&relation, row);
        path.push(relation);
        Type::Row(Rc::new(Row { model: target, path, held, fresh: false, assigned: Vec::new(), ..(**row).clone() }))
    }

    /// What rows that come by a relation of `row` hold already: it, under the one relation that leads back.
    pub(super) fn held_by(&self, relation: &Relation, row: &Rc<Row>) -> Option<(Box<str>, Rc<Row>)> {
        let back = relation.back.as_ref()?;
        let leads = self.models.relation(relation.target?, back)?;
        (!leads.to_many).then(|| (back.clone(), row.clone()))
    }
}
