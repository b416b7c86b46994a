//! Code that is evaluated by itself, with what is known of its parameters where nobody passes anything: who they are by
//! annotation, default, or framework.

use std::rc::Rc;

use super::super::names::{ClassId, Def, FunctionId};
use super::super::types::{Loads, Row, Turn, Type, Unit};
use super::Eval;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::source::Span;

impl<'a> Eval<'a> {
    /// Evaluates a function by itself, with parameters as their annotations say.
    pub(in crate::link::orm) fn root(&mut self, id: FunctionId) -> Type {
        let function = self.names.function(id);
        if !function.decorators.is_empty() {
            self.root_of_wrapper(id);
        }
        self.enter_root(id, function.owner.map(|at| ClassId { draft: id.draft, at }))
    }

    /// What a function gives, as a method on an instance of a class that inherits it. Nothing is told.
    pub(in crate::link::orm) fn returned(&mut self, id: FunctionId, class: Option<ClassId>) -> Type {
        self.quiet += 1;
        let returned = self.enter_root(id, class);
        self.quiet -= 1;
        returned
    }

    /// What a method of a view gives for its list. Nothing is told.
    pub(in crate::link::orm) fn listed(&mut self, id: FunctionId, class: ClassId) -> Type {
        let around = std::mem::replace(&mut self.listing, true);
        let returned = self.returned(id, Some(class));
        self.listing = around;
        returned
    }

    /// What a method gives for what it is called with, by a framework. Nothing is told.
    pub(in crate::link::orm) fn applied(&mut self, id: FunctionId, given: &[Type]) -> Type {
        self.quiet += 1;
        let steps = std::mem::take(&mut self.steps);
        let function = self.names.function(id);
        let mut args: Vec<(Type, Option<Turn>)> = given.iter().map(|it| (it.clone(), None)).collect();
        args.resize(function.params.len(), (Type::Unknown, None));
        let returned = self.run(Unit::Function(id), &function.flow, args, (function.span, 0)).0;
        self.steps = steps;
        self.quiet -= 1;
        returned
    }

    /// Whether a method gets no instance.
    pub(in crate::link::orm) fn is_static(&self, id: FunctionId) -> bool {
        self.names.function(id).decorators.iter().any(|it| &**it == "staticmethod")
    }

    /// Evaluates a method by itself, on an instance of a class that inherits it. What it does is told.
    pub(in crate::link::orm) fn rooted_of(&mut self, id: FunctionId, class: ClassId) -> Type {
        self.view = Some(class);
        let returned = self.enter_root(id, Some(class));
        self.view = None;
        returned
    }

    /// Evaluates a function by itself, called with these, onto whose rows something was loaded before. What it does is told.
    pub(in crate::link::orm) fn rooted(&mut self, id: FunctionId, given: Vec<Type>, loaded: Vec<(Span, Loads)>) {
        self.steps = 0;
        self.loaded_before = loaded;
        let function = self.names.function(id);
        let mut args: Vec<(Type, Option<Turn>)> = given.into_iter().map(|it| (it, None)).collect();
        args.resize(function.params.len(), (Type::Unknown, None));
        self.run(Unit::Function(id), &function.flow, args, (function.span, 0));
        self.loaded_before.clear();
    }

    pub(super) fn enter_root(&mut self, id: FunctionId, class: Option<ClassId>) -> Type {
        self.run_root(id, class).0
    }

    /// The types of the values of a function that is called by itself.
    pub(in crate::link::orm) fn values_of(&mut self, id: FunctionId, class: Option<ClassId>) -> Vec<Type> {
        self.run_root(id, class).1
    }

    fn run_root(&mut self, id: FunctionId, class: Option<ClassId>) -> (Type, Vec<Type>) {
        self.steps = 0;
        let function = self.names.function(id);
        let this = class.map(|class| self.this(class, id));
        let method = this.is_some() && !self.is_static(id);
        let mut args = Vec::with_capacity(function.params.len());
        for (at, param) in function.params.iter().enumerate() {
            let known = match (&this, at) {
                (Some(this), 0) if method => this.clone(),
                _ if &*param.name == "request" => Type::Request,
                // What a view puts there by name is part of what it hands on: `kwargs["books"] = …`.
                _ if param.name.starts_with("**") && &*function.name == "get_context_data" => {
                    Type::Record(Rc::from([]))
                }
                _ if &*param.name == "instance"
                    && let Some(model) = self.receivers.of(id) =>
                {
                    Type::Row(Rc::new(Row::of(model)))
                }
                _ => match (self.injected(id, param).or_else(|| self.sent(id, param)), param.default) {
                    (Some(given), _) => given,
                    (None, Some(default)) if param.annotation.is_none() => self.class_by_default(id, default),
                    (None, _) => self.annotated(id, param.annotation),
                },
            };
            args.push((known, None));
        }
        self.run(Unit::Function(id), &function.flow, args, (function.span, 0))
    }

    /// The class that an argument is where it is not given: `def __init__(self, model=Order)`.
    fn class_by_default(&self, id: FunctionId, default: NodeId) -> Type {
        match self.names.of_node(id.draft, &self.names.function(id).flow, default) {
            Some(Def::Class(class)) => Type::Def(Def::Class(class)),
            _ => Type::Unknown,
        }
    }

    /// What `self` is in a method of a class.
    fn this(&self, class: ClassId, id: FunctionId) -> Type {
        if self.names.function(id).decorators.iter().any(|it| &**it == "classmethod") {
            return Type::Def(Def::Class(class));
        }
        if self.models.get(class).is_some() {
            return Type::Row(Rc::new(Row::of(class)));
        }
        Type::Instance(class)
    }

    /// What a parameter's annotation says: a row of a model, or rows of which nobody says what loaded them.
    fn annotated(&self, id: FunctionId, annotation: Option<NodeId>) -> Type {
        let Some(node) = annotation else { return Type::Unknown };
        let (draft, flow, at) = self.names.behind_alias(id.draft, &self.names.function(id).flow, node);
        match self.said(draft, flow, at) {
            Some(Def::External(name)) if name.ends_with("Request") => Type::Request,
            Some(def) => match (self.models.of(&def), def) {
                (Some(model), _) => Type::Row(Rc::new(Row::of(model))),
                (None, Def::Class(class)) => Type::Instance(class),
                _ => Type::Unknown,
            },
            None => self.rows_by_annotation(id, node),
        }
    }

    /// The one class that an annotation names: `User`, `"User"`, `User | None`, `Optional[User]`, `Annotated[User, …]`.
    pub(in crate::link::orm) fn said(&self, draft: u32, flow: &Flow, node: NodeId) -> Option<Def> {
        match &flow.node(node).kind {
            NodeKind::Text(text) => {
                let text = text.strip_suffix("| None").unwrap_or(text).trim();
                self.names.resolve_dotted(draft, text)
            }
            NodeKind::Mix(parts) => match parts.as_slice() {
                [of, none] if flow.node(*none).kind == NodeKind::Nothing => self.said(draft, flow, *of),
                _ => None,
            },
            NodeKind::Item { of, key } => match (last_of(&flow.dotted(*of)?), &flow.node(*key).kind) {
                ("Optional", _) => self.said(draft, flow, *key),
                ("Annotated", NodeKind::List(parts)) => self.said(draft, flow, *parts.first()?),
                _ => None,
            },
            _ => self.names.of_node(draft, flow, node),
        }
    }
}
