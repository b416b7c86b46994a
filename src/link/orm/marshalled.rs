//! Fields of Flask-RESTful (0.3.10) and Flask-RESTX (1.3.2): what `marshal` reads of each row.

use std::rc::Rc;

use super::eval::{Args, Eval};
use super::names::{Def, Names};
use super::serializers::{ROW, list_of, loop_named, place, rows_of};
use super::types::{Row, Type, Unit, entry};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::source::Span;

/// Fields are followed into those nested in them so deep.
const MOST_LEVELS: usize = 4;
/// What makes fields of a dict of them, and of others'.
const MAKE: &[&str] = &["model", "inherit", "clone", "Model", "OrderedModel", "OrderedDict"];

/// A field, with the code that it is declared in.
#[derive(Clone, Copy)]
struct Field<'a> {
    draft: u32,
    flow: &'a Flow,
    name: &'a str,
    value: NodeId,
}

/// Fields by their names: `{"title": fields.String}`, `api.model("Book", {...})`, `api.inherit("Book", parent, {...})`,
/// `BookDto.book`.
pub(super) struct Fields<'a> {
    name: Box<str>,
    all: Vec<Field<'a>>,
}

impl<'a> Fields<'a> {
    /// Those that a node writes out or names.
    pub(super) fn read(names: &Names<'a>, draft: u32, flow: &'a Flow, node: NodeId) -> Option<Self> {
        Self::at(names, draft, flow, node, 0)
    }

    fn at(names: &Names<'a>, draft: u32, flow: &'a Flow, node: NodeId, level: usize) -> Option<Self> {
        if level > MOST_LEVELS {
            return None;
        }
        let mut fields = Self { name: "fields".into(), all: Vec::new() };
        match &flow.node(node).kind {
            NodeKind::Dict(pairs) => {
                let written = pairs.iter().filter_map(|(key, value)| Some((flow.text(*key)?, *value)));
                // `book_fields["author"] = fields.Nested(author_fields)`
                let put = flow.nodes.iter().filter_map(|it| match &it.kind {
                    NodeKind::Store { of, name, value } if *of == node => Some((&**name, *value)),
                    _ => None,
                });
                fields.all = written.chain(put).map(|(name, value)| Field { draft, flow, name, value }).collect();
            }
            NodeKind::Call { func, args, .. } if flow.last_called(*func).is_some_and(|it| MAKE.contains(&it)) => {
                for arg in args {
                    match flow.text(*arg) {
                        Some(name) => fields.name = name.into(),
                        None => fields.all.extend(Self::at(names, draft, flow, *arg, level + 1)?.all),
                    }
                }
            }
            NodeKind::Name(name) | NodeKind::Attr { name, .. } => {
                let (draft, flow, at) = meant(names, draft, flow, node)?;
                fields = Self::at(names, draft, flow, at, level + 1)?;
                if &*fields.name == "fields" {
                    fields.name.clone_from(name);
                }
            }
            _ => return None,
        }
        (!fields.all.is_empty()).then_some(fields)
    }
}

/// What a name stands for: a variable of a module, or of the body of a class.
fn meant<'a>(names: &Names<'a>, draft: u32, flow: &'a Flow, node: NodeId) -> Option<(u32, &'a Flow, NodeId)> {
    if let Some(Def::Global(draft, node)) = names.of_node(draft, flow, node) {
        return Some((draft, &names.draft(draft).top, node));
    }
    let NodeKind::Attr { of, name, .. } = &flow.node(node).kind else { return None };
    let Some(Def::Class(class)) = names.of_node(draft, flow, *of) else { return None };
    let (class, at) = names.attribute(class, name)?;
    let body = &names.draft(class.draft).classes.get(class.at as usize)?;
    Some((class.draft, &body.body, body.attributes.get(at)?.value?))
}

/// What a function answers with by a decorator: `@marshal_with(book_fields)`, `@api.marshal_list_with(book)`.
pub(super) fn answered<'a>(eval: &mut Eval<'a>, unit: Unit, value: &Type, fields: &Fields<'a>, head: Span) {
    match value {
        // `return books, 200`
        Type::Tuple(parts) => {
            if let Some(first) = parts.first() {
                each(eval, unit, first, fields, head);
            }
        }
        value => each(eval, unit, value, fields, head),
    }
}

/// `marshal(books, book_fields)`, `api.marshal(books, book)`
pub(super) fn marshal(eval: &mut Eval<'_>, args: &Args<'_>, id: NodeId) {
    let given = |at: usize, name: &str| args.positional.get(at).copied().or_else(|| args.keyword(name));
    let (Some(data), Some(by)) = (given(0, "data"), given(1, "fields")) else { return };
    let (draft, flow, unit) = (eval.draft(), eval.frame().flow, eval.frame().unit);
    let Some(fields) = Fields::read(eval.names, draft, flow, by) else { return };
    match eval.type_of(data) {
        Type::Row(row) => read(eval, &fields, &row, id, 0),
        value => each(eval, unit, &value, &fields, flow.node(id).span),
    }
}

/// Marshals the rows of a value, or the lists of rows that it holds by the names of fields.
fn each<'a>(eval: &mut Eval<'a>, unit: Unit, value: &Type, fields: &Fields<'a>, head: Span) {
    if let Type::Record(_) = value {
        for field in &fields.all {
            if let (Some((_, rows, _)), Some(nested)) = (entry(value, field.name), nested(eval.names, field)) {
                each(eval, unit, rows, &nested, head);
            }
        }
        return;
    }
    // A queryset is no list, and marshalled as one object (`_marshal`).
    let Type::List(..) = value else { return };
    let Some(set) = value.all_rows().filter(|set| set.related.is_none()) else { return };
    let called = format!("list of {}", fields.name);
    loop_named(eval, unit, &set, (&fields.name, &called), head, &|eval, row| read(eval, fields, row, ROW, 0));
}

/// Reads what fields read of a row.
fn read<'a>(eval: &mut Eval<'a>, fields: &Fields<'a>, row: &Rc<Row>, at: NodeId, level: usize) {
    for field in fields.all.iter().filter(|_| level <= MOST_LEVELS) {
        let mark = eval.events.len();
        one(eval, field, row, at, level);
        place(eval, mark, field.flow.node(field.value).span);
    }
}

fn one<'a>(eval: &mut Eval<'a>, field: &Field<'a>, row: &Rc<Row>, at: NodeId, level: usize) {
    let Field { draft, flow, name, value } = *field;
    // A dict in a dict has fields of the same object.
    if let NodeKind::Dict(_) = flow.node(value).kind {
        if let Some(fields) = Fields::read(eval.names, draft, flow, value) {
            read(eval, &fields, row, at, level + 1);
        }
        return;
    }
    let source = match flow.call(value).and_then(|call| call.keyword("attribute")) {
        None => Some(name),
        Some(node) => match flow.text(node) {
            Some(source) => Some(source),
            // `attribute=lambda book: book.author.name`
            None => {
                if let Some(Def::Function(function)) = eval.names.of_node(draft, flow, node) {
                    eval.follow(function, vec![(Type::Row(row.clone()), row.turn)], at);
                }
                None
            }
        },
    };
    let Some(source) = source else { return };
    let mut value = Type::Row(row.clone());
    for name in source.split('.') {
        value = eval.attribute(&value, name, at);
    }
    match nested(eval.names, field) {
        Some(nested) => {
            for inner in rows_of(eval, value, row, at) {
                read(eval, &nested, &inner, at, level + 1);
            }
        }
        None => _ = list_of(eval, &value, at),
    }
}

/// The fields that a field nests: `fields.Nested(author)`, `fields.List(fields.Nested(author))`.
fn nested<'a>(names: &Names<'a>, field: &Field<'a>) -> Option<Fields<'a>> {
    let Field { draft, flow, value, .. } = *field;
    let mut call = flow.call(value)?;
    loop {
        let called = flow.dotted(call.func)?;
        let first = call.args.first().copied();
        match last_of(&called) {
            "Nested" => {
                let of = first.or_else(|| call.keyword("nested")).or_else(|| call.keyword("model"))?;
                return Fields::read(names, draft, flow, of);
            }
            "List" => call = flow.call(first.or_else(|| call.keyword("cls_or_instance"))?)?,
            _ => return None,
        }
    }
}
