//! Instances of the repository's own classes that rows are given to: what they were made with is theirs.

use std::rc::Rc;

use super::super::names::{ClassId, Def, FunctionId};
use super::super::types::{Entry, Type};
use super::{Args, Eval};
use crate::facts::orm::flow::{NodeId, NodeKind, last_of};

/// What makes a class of its annotations an `__init__`.
const DATACLASSES: &[&str] = &["dataclass", "define", "frozen", "attrs"];
/// So many attributes are known at most.
const MOST_FIELDS: usize = 8;
/// Bases that do.
const DATA: &[&str] = &["NamedTuple", "BaseModel", "SQLModel"];

impl Eval<'_> {
    /// An instance of a class, made by a call.
    pub(super) fn instance(&mut self, class: ClassId, args: &Args<'_>, id: NodeId) -> Type {
        let plain = Type::Instance(class);
        if !args.all().any(|node| self.is_worth(&self.type_of(node))) {
            return plain;
        }
        let fields = match self.names.method(class, "__init__", None) {
            Some(init) => self.made_by(init, class, args, id),
            None => self.declared(class, args),
        };
        if fields.is_empty() { plain } else { Type::Made(class, fields.into()) }
    }

    /// What an `__init__` puts on its instance.
    fn made_by(&mut self, init: FunctionId, class: ClassId, args: &Args<'_>, id: NodeId) -> Vec<Entry> {
        if !self.follows(init) {
            return Vec::new();
        }
        let this = Rc::new(Type::Instance(class));
        let given = self.given(Some(&this), init, args);
        let args = given.clone();
        self.behind.clear();
        self.follow(init, given, id);
        let left = std::mem::take(&mut self.behind);
        let mut fields = Vec::new();
        self.stored(&mut fields, class, init, &args, &left, 0);
        fields.retain(|(_, kind, _)| self.is_worth(kind));
        fields.truncate(MOST_FIELDS);
        fields
    }

    /// What a class of declared fields is given.
    fn declared(&self, class: ClassId, args: &Args<'_>) -> Vec<Entry> {
        let draft = self.names.class(class);
        let is_named = |kind: &NodeKind| match kind {
            NodeKind::Name(name) | NodeKind::Attr { name, .. } => DATACLASSES.contains(&&**name),
            _ => false,
        };
        let external = &self.names.lineage(class).external;
        let declares = draft.body.nodes.iter().take(8).any(|node| is_named(&node.kind))
            || external.iter().any(|base| DATA.contains(&last_of(base)));
        if !declares || args.open {
            return Vec::new();
        }
        let places = draft.attributes.iter().filter(|it| it.annotation.is_some()).map(|it| &it.name);
        let by_place = places.zip(args.positional).map(|(name, node)| (name, *node));
        let by_name = args.keywords.iter().map(|(name, node)| (name, *node));
        let each = by_place.chain(by_name).map(|(name, node)| ((**name).into(), self.type_of(node), self.vary(node)));
        each.filter(|(_, kind, _): &Entry| self.is_worth(kind)).take(MOST_FIELDS).collect()
    }

    /// Whether a value says more than its class does: a row, a queryset, lists of such, the model that rows are asked for of
    /// (`CRUDBook(Book)`), what is done with each row (`Column("Author", lambda book: book.author.name)`), an instance of a
    /// class that may stand for its base.
    pub(super) fn is_worth(&self, of: &Type) -> bool {
        match of {
            Type::Row(row) => !row.guessed,
            Type::Set(_) | Type::Manager(_) => true,
            Type::Def(Def::Class(class)) => self.models.get(*class).is_some(),
            Type::Def(Def::Function(_)) => true,
            Type::Instance(class) => self.names.lineage(*class).classes.len() > 1,
            Type::Made(..) => true,
            Type::List(of, _) | Type::Dict(of, _) => self.is_worth(of),
            _ => false,
        }
    }
}
