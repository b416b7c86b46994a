//! What a name stands for where it is read, and the bodies of modules and classes that bind it.

use std::rc::Rc;

use super::super::django;
use super::super::names::{ClassId, Def};
use super::super::types::{Type, Unit};
use super::Eval;
use super::settle::settle;
use crate::facts::orm::flow::{Flow, NodeId};
use crate::source::{FileId, Span};

/// Bodies that need the values of others are followed so deep, together with calls.
const MOST_BODIES: usize = 32;

impl<'a> Eval<'a> {
    pub(super) fn name(&mut self, name: &str) -> Type {
        let draft = self.draft();
        if name.starts_with("{%") {
            return self.templates.tag(name).map_or(Type::Unknown, |tag| Type::Def(Def::Function(tag)));
        }
        if let Unit::Function(within) = self.frame().unit
            && let Some(function) = self.names.nested(within, name)
        {
            return Type::Def(Def::Function(function));
        }
        if let Some(around) = self.around(name) {
            return around;
        }
        // `{% from "cards.html" import card %}`
        if self.in_template()
            && let Some(import) = self.names.draft(draft).imports.iter().find(|it| *it.name == *name)
        {
            return match &import.item {
                Some(item) => self.macro_of(&import.module, item),
                None => Type::Template((*import.module).into()),
            };
        }
        match self.names.resolve(draft, name) {
            Some(Def::Global(at, node)) => self.global(at, node),
            Some(def) => Type::Def(def),
            None => Type::Def(Def::External(self.word(name))),
        }
    }

    /// A macro of another template.
    pub(super) fn macro_of(&self, template: &str, name: &str) -> Type {
        self.templates.macro_of(self.names, template, name).map_or(Type::Unknown, |it| Type::Def(Def::Function(it)))
    }

    /// A name or a text, as a value holds it.
    pub(super) fn word(&mut self, text: &str) -> Rc<str> {
        if let Some(word) = self.words.get(text) {
            return word.clone();
        }
        let word: Rc<str> = text.into();
        self.words.insert(word.clone());
        word
    }

    pub(in crate::link::orm) fn global(&mut self, draft: u32, node: NodeId) -> Type {
        if django::is_user_model(self.names, draft, node) {
            return self.models.user.map_or(Type::Unknown, |id| Type::Def(Def::Class(id)));
        }
        let flow = &self.names.draft(draft).top;
        let types = self.body(Unit::Top(draft), flow);
        types
            .get(node as usize)
            .map(|kind| settle(kind, self.frames.len()))
            .unwrap_or(Type::Def(Def::Global(draft, node)))
    }

    /// The types of the values in a body that is run once, evaluated when they are first asked for.
    pub(super) fn body(&mut self, unit: Unit, flow: &'a Flow) -> Rc<Vec<Type>> {
        if let Some(types) = self.bodies.get(&unit) {
            return types.clone();
        }
        if self.frames.len() > MOST_BODIES {
            return Rc::default();
        }
        // Bodies that need each other know nothing of each other.
        self.bodies.insert(unit, Rc::new(Vec::new()));
        // It is kept for all, so that it has steps of its own.
        let steps = std::mem::take(&mut self.steps);
        let base = std::mem::replace(&mut self.base, self.frames.len());
        self.quiet += 1;
        let types = Rc::new(self.run(unit, flow, Vec::new(), (Span::at(FileId(0), 0), 0)).1);
        self.quiet -= 1;
        (self.steps, self.base) = (steps, base);
        self.bodies.insert(unit, types.clone());
        types
    }

    /// What the body of a class binds a name to.
    pub(in crate::link::orm) fn class_value(&mut self, class: ClassId, name: &str) -> Option<Type> {
        let (at, place) = self.names.attribute(class, name)?;
        let value = self.names.class(at).attributes.get(place)?.value?;
        self.class_node(at, value)
    }

    /// What a value in the body of a class is.
    pub(in crate::link::orm) fn class_node(&mut self, class: ClassId, node: NodeId) -> Option<Type> {
        let types = self.body(Unit::Class(class), &self.names.class(class).body);
        types.get(node as usize).map(|kind| settle(kind, self.frames.len()))
    }
}
