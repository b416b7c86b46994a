//! Schemas of marshmallow (3.22) and marshmallow-sqlalchemy (1.1): what `dump` reads of each row.

use std::rc::Rc;

use super::eval::{Args, Eval};
use super::models::Loading;
use super::names::{ClassId, Def};
use super::serializers::{ROW, chosen, list_of, loop_over, place, rows_of};
use super::types::{Row, Type, Unit};
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind, last_of};

/// Schemas are followed into those nested in them so deep.
const MOST_LEVELS: usize = 4;

/// Whether a dotted name is that of a base of marshmallow's, also by way of Flask's `ma = Marshmallow(app)`.
pub(super) fn is_base(base: &str) -> bool {
    let last = last_of(base);
    let named = last == "Schema" || last.ends_with("ModelSchema") || last.starts_with("SQLAlchemy");
    let is_of = |name: &str| base.starts_with(name) || base.contains(&format!(".{name}."));
    named && (is_of("marshmallow") || is_of("flask_marshmallow") || is_of("ma") && base.contains("ma."))
}

pub(super) fn is_schema(eval: &Eval<'_>, class: ClassId) -> bool {
    eval.names.lineage(class).external.iter().any(|base| is_base(base))
}

/// `schema.dump(rows)`
pub(super) fn dump(eval: &mut Eval<'_>, schema: ClassId, args: &Args<'_>, id: NodeId) {
    let Some(node) = args.positional.first().copied().or_else(|| args.keyword("obj")) else { return };
    let Some(only) = limits(eval, id) else { return };
    match eval.type_of(node) {
        Type::Row(row) => fields(eval, schema, &only, &row, id, 0),
        all => {
            let Some(set) = all.all_rows() else { return };
            let (unit, span) = (eval.frame().unit, eval.frame().flow.node(id).span);
            loop_over(eval, unit, &set, schema, "…(many=True)", span, &|eval, row| {
                fields(eval, schema, &only, row, ROW, 0);
            });
        }
    }
}

/// Whether what a decorator names is a schema of marshmallow's, made or as a class.
pub(super) fn names_schema(eval: &Eval<'_>, draft: u32, flow: &Flow, node: NodeId) -> bool {
    made(eval, (draft, flow, node)).is_some()
}

/// What a function answers with by a decorator: `@blp.response(200, BookSchema(many=True))` (flask-smorest 0.47), `@app.output(…)`
/// (APIFlask 3.1), `@marshal_with(…)` (flask-apispec 0.11).
pub(super) fn answered(eval: &mut Eval<'_>, unit: Unit, value: &Type, answer: (u32, &Flow, NodeId)) {
    let Some((schema, limits, true)) = made(eval, answer) else { return };
    let Some(set) = value.all_rows().filter(|set| set.related.is_none()) else { return };
    loop_over(eval, unit, &set, schema, "…(many=True)", answer.1.node(answer.2).span, &|eval, row| {
        fields(eval, schema, &limits, row, ROW, 0);
    });
}

/// The schema that a node makes or names, by itself or as a name of the module, with its limits, and whether it is of many.
fn made(eval: &Eval<'_>, (draft, flow, node): (u32, &Flow, NodeId)) -> Option<(ClassId, Limits, bool)> {
    let (draft, flow, call) = match (flow.call(node), eval.names.of_node(draft, flow, node)) {
        (Some(call), _) => (draft, flow, call),
        (None, Some(Def::Global(draft, node))) => {
            let top = &eval.names.draft(draft).top;
            (draft, top, top.call(node)?)
        }
        (None, Some(Def::Class(schema))) if is_schema(eval, schema) => return Some((schema, Limits::default(), false)),
        _ => return None,
    };
    match eval.names.of_node(draft, flow, call.func)? {
        Def::Class(schema) if is_schema(eval, schema) => {
            Some((schema, Limits::read(flow, call)?, flow.says(call, "many")))
        }
        _ => None,
    }
}

/// The fields that a schema is told to keep to, and to leave out.
#[derive(Default)]
struct Limits {
    only: Option<Vec<Box<str>>>,
    without: Vec<Box<str>>,
}

impl Limits {
    /// Those that the call of a schema, or of a field that nests one, names. [`None`] where that cannot be read.
    fn read(flow: &Flow, call: CallView<'_>) -> Option<Self> {
        let listed = |word: &str| match call.keyword(word).map(|node| &flow.node(node).kind) {
            None => Some(None),
            Some(NodeKind::List(items)) => {
                items.iter().map(|item| flow.text(*item).map(Into::into)).collect::<Option<Vec<_>>>().map(Some)
            }
            Some(NodeKind::Text(text)) => Some(Some(vec![text.clone()])),
            Some(_) => None,
        };
        Some(Self { only: listed("only")?, without: listed("exclude")?.unwrap_or_default() })
    }

    fn has(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|it| it.split('.').next() == Some(name)))
            && !self.without.iter().any(|it| **it == *name)
    }
}

/// What the schema that `dump` is called on was made with, by the call itself, a variable, or a name of the module.
fn limits(eval: &Eval<'_>, id: NodeId) -> Option<Limits> {
    let flow = eval.frame().flow;
    let NodeKind::Call { func, .. } = flow.node(id).kind else { return None };
    let NodeKind::Attr { of, .. } = flow.node(func).kind else { return None };
    if let Some(made) = flow.call(of) {
        return Limits::read(flow, made);
    }
    match eval.names.of_node(eval.draft(), flow, of)? {
        Def::Global(draft, node) => {
            let top = &eval.names.draft(draft).top;
            Limits::read(top, top.call(node)?)
        }
        _ => None,
    }
}

/// Reads what the fields of a schema read of a row.
fn fields(eval: &mut Eval<'_>, schema: ClassId, limits: &Limits, row: &Rc<Row>, at: NodeId, level: usize) {
    if level > MOST_LEVELS {
        return;
    }
    let left_out = texts(eval, schema, "exclude");
    let named = chosen(eval, schema).map(|(names, _)| names);
    let is_there = |name: &str| limits.has(name) && !left_out.iter().any(|it| **it == *name);
    let mut declared: Vec<Box<str>> = Vec::new();
    for class in eval.names.lineage(schema).classes.clone() {
        let draft = eval.names.class(class);
        for attribute in &draft.attributes {
            let Some(call) = attribute.value.and_then(|value| draft.body.call(value)) else { continue };
            if declared.contains(&attribute.name) {
                continue;
            }
            declared.push(attribute.name.clone());
            if is_there(&attribute.name) {
                let mark = eval.events.len();
                field(eval, (schema, class), &attribute.name, call, row, at, level);
                place(eval, mark, attribute.span);
            }
        }
    }
    for (name, span) in implicit(eval, schema, row) {
        let wanted = named.as_ref().is_none_or(|names| names.contains(&name));
        if wanted && is_there(&name) && !declared.contains(&name) {
            let mark = eval.events.len();
            let value = eval.attribute(&Type::Row(row.clone()), &name, at);
            list_of(eval, &value, at);
            place(eval, mark, span);
        }
    }
}

/// The relationships that a schema has because its model has them: `include_relationships`, and the older `ModelSchema`
/// always (`ModelConverter.fields_for_model`).
fn implicit(eval: &Eval<'_>, schema: ClassId, row: &Row) -> Vec<(Box<str>, crate::source::Span)> {
    let external = &eval.names.lineage(schema).external;
    let always = external.iter().any(|base| last_of(base).ends_with("ModelSchema"));
    let meta = eval.names.inner(schema, "Meta");
    let says = |meta| {
        let (class, at) = eval.names.attribute(meta, "include_relationships")?;
        let draft = eval.names.class(class);
        draft.body.flag(draft.attributes.get(at)?.value?)
    };
    if !always && meta.and_then(says) != Some(true) {
        return Vec::new();
    }
    let span = meta.map_or_else(|| eval.names.class(schema).span, |meta| eval.names.class(meta).span);
    let Some(model) = eval.models.get(row.model) else { return Vec::new() };
    let mut names: Vec<_> =
        model.relations.values().filter(|it| it.loading != Loading::Never).map(|it| (it.name.clone(), span)).collect();
    names.sort_unstable();
    names
}

/// The texts that `Meta` lists under a name.
fn texts(eval: &Eval<'_>, schema: ClassId, name: &str) -> Vec<Box<str>> {
    let listed = || {
        let (class, at) = eval.names.attribute(eval.names.inner(schema, "Meta")?, name)?;
        let draft = eval.names.class(class);
        let NodeKind::List(items) = &draft.body.node(draft.attributes.get(at)?.value?).kind else { return None };
        Some(items.iter().filter_map(|item| draft.body.text(*item)).map(Into::into).collect())
    };
    listed().unwrap_or_default()
}

/// Reads what one field reads: of the schema, declared in the body of a class.
fn field(
    eval: &mut Eval<'_>,
    (schema, class): (ClassId, ClassId),
    name: &str,
    call: CallView<'_>,
    row: &Rc<Row>,
    at: NodeId,
    level: usize,
) {
    let flow = &eval.names.class(class).body;
    if flow.says(call, "load_only") {
        return;
    }
    let first = || call.args.first().copied();
    match flow.called(call).as_deref() {
        Some("Method") => {
            let named = first().or_else(|| call.keyword("serialize")).and_then(|node| flow.text(node));
            if let Some(method) = named.and_then(|name| eval.names.method(schema, name, None)) {
                eval.follow(method, vec![(Type::Instance(schema), None), (Type::Row(row.clone()), row.turn)], at);
            }
        }
        Some("Function") => {
            let of = first().or_else(|| call.keyword("serialize")).map(|node| &flow.node(node).kind);
            if let Some(NodeKind::Name(name)) = of
                && let Some(Def::Function(function)) = eval.names.resolve(class.draft, name)
            {
                eval.follow(function, vec![(Type::Row(row.clone()), row.turn)], at);
            }
        }
        Some(kind) => {
            let source = call.keyword("attribute").and_then(|node| flow.text(node)).unwrap_or(name).to_owned();
            let mut value = Type::Row(row.clone());
            for name in source.split('.') {
                value = eval.attribute(&value, name, at);
            }
            let nested = match kind {
                "Nested" | "Pluck" => nested(eval, class, flow, call),
                "List" => first().and_then(|of| flow.call(of)).and_then(|call| nested(eval, class, flow, call)),
                _ => None,
            };
            match nested {
                Some((nested, limits)) => {
                    for inner in rows_of(eval, value, row, at) {
                        fields(eval, nested, &limits, &inner, at, level + 1);
                    }
                }
                None => _ = list_of(eval, &value, at),
            }
        }
        None => {}
    }
}

/// The schema that a field nests: `Nested(Book)`, `Nested("Book")`, `Nested(lambda: Book(only=["title"]))`. Of `Pluck` it is
/// one field.
fn nested(eval: &Eval<'_>, class: ClassId, flow: &Flow, call: CallView<'_>) -> Option<(ClassId, Limits)> {
    let of = call.args.first().copied().or_else(|| call.keyword("nested"))?;
    let mut limits = Limits::read(flow, call)?;
    if let Some(field) = call.args.get(1).and_then(|node| flow.text(*node)) {
        limits.only = Some(vec![field.into()]);
    }
    let def = match &flow.node(of).kind {
        NodeKind::Text(text) if &**text == "self" => Some(Def::Class(class)),
        NodeKind::Text(text) => eval.names.resolve_dotted(class.draft, last_of(text)),
        NodeKind::Call { func, args, keywords, .. } => {
            limits = Limits::read(flow, CallView { func: *func, args, keywords })?;
            eval.names.of_node(class.draft, flow, *func)
        }
        _ => eval.names.of_node(class.draft, flow, of),
    };
    match def {
        Some(Def::Class(nested)) if is_schema(eval, nested) => Some((nested, limits)),
        _ => None,
    }
}
