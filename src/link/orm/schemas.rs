//! Schemas: pydantic's models and django-ninja's, which read rows as serializers do.
//!
//! A function that says what it answers with binds its rows to the schema; so does a schema that is made of a row by hand.

use std::rc::Rc;

use super::eval::{Args, Eval};
use super::marshalled::{self, Fields};
use super::marshmallow;
use super::models::Loading;
use super::names::{ClassId, Def, FunctionId};
use super::serializers::{ROW, list_of, loop_over, place, rows_of};
use super::sqlalchemy;
use super::types::{Row, Set, Type, Unit};
use crate::facts::orm::Attribute;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// Schemas are followed into those nested in them so deep.
const MOST_LEVELS: usize = 4;

/// Whether a class is a schema, and no table.
pub(super) fn is_schema(eval: &Eval<'_>, id: ClassId) -> bool {
    let is_base = |base: &Rc<str>| {
        matches!(last_of(base), "BaseModel" | "Schema" | "ModelSchema" | "SQLModel" | "FilterSchema")
            && !marshmallow::is_base(base)
    };
    eval.models.get(id).is_none() && eval.names.lineage(id).external.iter().any(is_base)
}

/// What functions answer with: their rows are read by the schemas that they name.
pub(super) fn answers(eval: &mut Eval<'_>) {
    for (draft, it) in eval.names.drafts.clone().into_iter().enumerate() {
        for (at, function) in it.functions.iter().enumerate() {
            let Some(answer) = function.answer else { continue };
            let (draft, flow) = (draft as u32, &function.flow);
            let id = FunctionId { draft, at: at as u32 };
            let head = flow.node(answer).span;
            if marshmallow::names_schema(eval, draft, flow, answer) {
                let value = eval.returned(id, None);
                marshmallow::answered(eval, Unit::Function(id), &value, (draft, flow, answer));
                continue;
            }
            if let Some(fields) = Fields::read(eval.names, draft, flow, answer) {
                let owner = function.owner.map(|at| ClassId { draft, at });
                let value = eval.returned(id, owner);
                marshalled::answered(eval, Unit::Function(id), &value, &fields, head);
                continue;
            }
            let Some(asked) = asked(eval, draft, flow, answer) else { continue };
            let schema = asked.schema;
            match eval.returned(id, None) {
                value if asked.many => over(eval, Unit::Function(id), &value, schema, head),
                // A page holds its rows in a list.
                Type::Record(entries) | Type::Made(_, entries) => {
                    for (name, value, _) in entries.iter() {
                        if let Some((inner, true)) = field(eval, &asked, name) {
                            over(eval, Unit::Function(id), value, inner, head);
                        }
                    }
                }
                // Under an event loop SQLAlchemy loads nothing when it is read.
                Type::Row(row) if !function.is_async => lists_of(eval, Unit::Function(id), &row, schema, head),
                _ => {}
            }
        }
    }
}

/// Evaluates what a schema nests for each row of the lists that one row has: `AuthorOut.books`, a list of `BookOut`.
fn lists_of(eval: &mut Eval<'_>, unit: Unit, row: &Rc<Row>, schema: ClassId, head: Span) {
    let Some(model) = eval.models.get(row.model).filter(|it| it.orm == Orm::Sqlalchemy) else { return };
    let asked = Asked { schema, many: false, of: None };
    let lists =
        model.relations.values().filter(|it| it.to_many && matches!(it.loading, Loading::Lazy | Loading::Eager));
    for relation in lists.cloned() {
        if let (Some(target), Some((inner, true))) = (relation.target, field(eval, &asked, &relation.name)) {
            let set = Rc::new(sqlalchemy::collection(target, row, relation, head));
            loop_over(eval, unit, &set, inner, "list[…]", head, &|eval, row| fields(eval, inner, row, ROW, 0));
        }
    }
}

/// Evaluates a schema over all rows of a value.
fn over(eval: &mut Eval<'_>, unit: Unit, value: &Type, schema: ClassId, head: Span) {
    let set: Option<Rc<Set>> = match value {
        Type::Manager(manager) => Some(Rc::new(manager.all())),
        other => other.all_rows(),
    };
    if let Some(set) = set.filter(|set| set.related.is_none()) {
        loop_over(eval, unit, &set, schema, "list[…]", head, &|eval, row| fields(eval, schema, row, ROW, 0));
    }
}

/// `Schema.model_validate(row)`
pub(super) fn validate(eval: &mut Eval<'_>, schema: ClassId, args: &Args<'_>, id: NodeId) -> Type {
    if let Some(Type::Row(row)) = args.positional.first().map(|node| eval.type_of(*node)) {
        fields(eval, schema, &row, id, 0);
    }
    Type::Instance(schema)
}

/// `parse_obj_as(list[BookOut], books)` (pydantic 1.10, `tools.py`)
pub(super) fn parse_as(eval: &mut Eval<'_>, args: &Args<'_>, id: NodeId) {
    let [kind, rows, ..] = args.positional else { return };
    let (draft, flow) = (eval.draft(), eval.frame().flow);
    adapt(eval, named(eval, draft, flow, *kind), *rows, id);
}

/// `TypeAdapter(list[BookOut]).validate_python(books)` (pydantic 2.12, `type_adapter.py`), made by the call itself or a name of
/// the module.
pub(super) fn validate_python(eval: &mut Eval<'_>, args: &Args<'_>, id: NodeId) {
    let Some(rows) = args.positional.first() else { return };
    let flow = eval.frame().flow;
    let NodeKind::Call { func, .. } = flow.node(id).kind else { return };
    let NodeKind::Attr { of, .. } = flow.node(func).kind else { return };
    let (draft, made, at) = match (flow.call(of), eval.names.of_node(eval.draft(), flow, of)) {
        (Some(_), _) => (eval.draft(), flow, of),
        (None, Some(Def::Global(draft, node))) => (draft, &eval.names.draft(draft).top, node),
        _ => return,
    };
    let Some(call) = made.call(at).filter(|call| made.called(*call).as_deref() == Some("TypeAdapter")) else { return };
    let Some(kind) = call.args.first() else { return };
    adapt(eval, named(eval, draft, made, *kind), *rows, id);
}

/// Reads what a schema reads of all rows that it is given many of.
fn adapt(eval: &mut Eval<'_>, schema: Option<(ClassId, bool)>, rows: NodeId, id: NodeId) {
    if let Some((schema, true)) = schema {
        let (unit, span) = (eval.frame().unit, eval.frame().flow.node(id).span);
        let value = eval.type_of(rows);
        over(eval, unit, &value, schema, span);
    }
}

/// A schema that is asked for, whether a list of it, and what it is generic over: `Page[BookOut]`, `Answer[list[BookOut]]`.
struct Asked {
    schema: ClassId,
    many: bool,
    of: Option<(ClassId, bool)>,
}

fn asked(eval: &Eval<'_>, draft: u32, flow: &Flow, node: NodeId) -> Option<Asked> {
    if let NodeKind::Item { of, key } = &flow.node(node).kind
        && let Some((schema, _)) = schema_of(eval, eval.names.of_node(draft, flow, *of), false)
    {
        return Some(Asked { schema, many: false, of: named(eval, draft, flow, *key) });
    }
    let (schema, many) = named(eval, draft, flow, node)?;
    Some(Asked { schema, many, of: None })
}

/// The schema that a field of one holds, and whether it holds many.
fn field(eval: &Eval<'_>, asked: &Asked, name: &str) -> Option<(ClassId, bool)> {
    let (class, at) = eval.names.attribute(asked.schema, name)?;
    let draft = eval.names.class(class);
    let annotation = draft.attributes.get(at)?.annotation?;
    named(eval, class.draft, &draft.body, annotation).or_else(|| {
        let (schema, many) = asked.of?;
        Some((schema, many | variable(eval, class.draft, &draft.body, annotation)?))
    })
}

/// Whether an annotation is of many of a type variable, if it is of one: `T`, `list[T]`, `T | None`.
fn variable(eval: &Eval<'_>, draft: u32, flow: &Flow, node: NodeId) -> Option<bool> {
    match &flow.node(node).kind {
        NodeKind::Item { of, key } => {
            let outer = flow.dotted(*of)?;
            let outer = last_of(&outer);
            (is_list(outer) || outer == "Optional").then_some(())?;
            Some(variable(eval, draft, flow, *key)? | is_list(outer))
        }
        NodeKind::Mix(parts) => variable(eval, draft, flow, *parts.first()?),
        NodeKind::Name(name) => match eval.names.resolve(draft, name) {
            Some(Def::Global(draft, node)) => {
                let top = &eval.names.draft(draft).top;
                (top.called(top.call(node)?).as_deref() == Some("TypeVar")).then_some(false)
            }
            // `class Page[T](BaseModel)`
            None => name.starts_with(char::is_uppercase).then_some(false),
            Some(_) => None,
        },
        _ => None,
    }
}

/// Whether what an annotation names holds many.
fn is_list(outer: &str) -> bool {
    matches!(outer, "list" | "List" | "Sequence" | "Iterable" | "set" | "Set" | "tuple" | "Page")
}

/// The schema that an annotation names, and whether of a list: `list[BookOut]`, `Optional[BookOut]`, `{200: List[X]}`.
fn named(eval: &Eval<'_>, draft: u32, flow: &Flow, node: NodeId) -> Option<(ClassId, bool)> {
    let (mut at, mut many) = (node, false);
    loop {
        match &flow.node(at).kind {
            NodeKind::Item { of, key } => {
                let outer = flow.dotted(*of)?;
                let outer = last_of(&outer);
                many |= is_list(outer);
                let known = many || matches!(outer, "Optional" | "Annotated" | "Union");
                at = match &flow.node(*key).kind {
                    NodeKind::List(parts) => *parts.first()?,
                    _ => *key,
                };
                if !known {
                    return None;
                }
            }
            NodeKind::Mix(parts) => {
                at = *parts.iter().find(|it| **it != at && !matches!(flow.node(**it).kind, NodeKind::Nothing))?;
            }
            NodeKind::Dict(pairs) => at = pairs.first()?.1,
            NodeKind::Text(text) => {
                let bare = text.trim_end_matches(']');
                let (outer, name) = bare.rsplit_once('[').unwrap_or(("", bare));
                many |= matches!(outer.trim(), "list" | "List" | "Sequence");
                let name = name.split('|').next().unwrap_or(name).trim();
                return schema_of(eval, eval.names.resolve_dotted(draft, name), many);
            }
            _ => return schema_of(eval, eval.names.of_node(draft, flow, at), many),
        }
    }
}

fn schema_of(eval: &Eval<'_>, def: Option<Def>, many: bool) -> Option<(ClassId, bool)> {
    match def {
        Some(Def::Class(class)) if is_schema(eval, class) => Some((class, many)),
        _ => None,
    }
}

/// Reads what the fields of a schema read of a row.
fn fields(eval: &mut Eval<'_>, schema: ClassId, row: &Rc<Row>, at: NodeId, level: usize) {
    if level > MOST_LEVELS {
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for class in eval.names.lineage(schema).classes.clone() {
        let draft = eval.names.class(class);
        for attribute in draft.attributes.iter().filter(|it| it.annotation.is_some()) {
            if seen.contains(&&*attribute.name) || &*attribute.name == "model_config" {
                continue;
            }
            seen.push(&attribute.name);
            let mark = eval.events.len();
            one(eval, schema, class, attribute, row, at, level);
            place(eval, mark, attribute.span);
        }
    }
    // `Meta.fields` of a schema that is made of a model: a foreign key is there, a list of keys is not.
    let Some((names, span)) = super::serializers::chosen(eval, schema) else { return };
    for name in names {
        let to_many = eval.models.relation(row.model, &name).is_some_and(|it| it.to_many);
        if to_many && !seen.contains(&&*name) {
            let mark = eval.events.len();
            let value = eval.attribute(&Type::Row(row.clone()), &name, at);
            list_of(eval, &value, at);
            place(eval, mark, span);
        }
    }
}

/// The attributes that an alias leads through: `AliasPath("author", "name")` (pydantic 2).
fn alias_path(body: &Flow, alias: NodeId) -> Vec<&str> {
    match body.call(alias) {
        Some(call) if body.called(call).as_deref() == Some("AliasPath") => {
            call.args.iter().map_while(|node| body.text(*node)).collect()
        }
        _ => body.text(alias).into_iter().collect(),
    }
}

fn one(
    eval: &mut Eval<'_>,
    schema: ClassId,
    class: ClassId,
    attribute: &Attribute,
    row: &Rc<Row>,
    at: NodeId,
    level: usize,
) {
    let body = &eval.names.class(class).body;
    // What it reads then has another name, or it is not written.
    let said = |word: &str| attribute.value.and_then(|it| body.call(it)).and_then(|it| it.keyword(word));
    if said("exclude").is_some() {
        return;
    }
    if let Some(alias) = said("validation_alias").or_else(|| said("alias")) {
        let path = alias_path(body, alias);
        // The first name may be one that a client sends, and no attribute.
        if path.first().is_some_and(|name| eval.models.relation(row.model, name).is_some()) {
            let value = path.into_iter().fold(Type::Row(row.clone()), |value, name| eval.attribute(&value, name, at));
            list_of(eval, &value, at);
        }
        return;
    }
    let resolver = eval.names.method(schema, &format!("resolve_{}", attribute.name), None);
    let value = match resolver {
        Some(method) => {
            let row = (Type::Row(row.clone()), row.turn);
            let given = match eval.is_static(method) {
                true => vec![row],
                false => vec![(Type::Instance(schema), None), row],
            };
            let count = eval.names.function(method).params.len();
            let mut given = given;
            given.resize(count.max(given.len()), (Type::Unknown, None));
            eval.follow(method, given, at)
        }
        None => eval.attribute(&Type::Row(row.clone()), &attribute.name, at),
    };
    let draft = eval.names.class(class);
    let nested = attribute.annotation.and_then(|node| named(eval, class.draft, &draft.body, node));
    match nested {
        Some((nested, _)) => {
            for inner in rows_of(eval, value, row, at) {
                fields(eval, nested, &inner, at, level + 1);
            }
        }
        None => {
            list_of(eval, &value, at);
        }
    }
}
