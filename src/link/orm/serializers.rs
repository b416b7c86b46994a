//! Serializers of Django REST framework: what they read of each row.
//!
//! A serializer over many rows is a loop that nobody wrote. It is evaluated as one: in a frame of its own, whose one loop
//! runs over the queryset and whose row is read field by field.

use std::rc::Rc;

use super::django;
use super::eval::{Args, Eval, Frame};
use super::names::{ClassId, Def, FunctionId};
use super::types::{Row, Set, Turn, Type, Unit};
use crate::facts::orm::Attribute;
use crate::facts::orm::flow::{CallView, Flow, Loop, Node, NodeId, NodeKind};
use crate::source::{FileId, Span};

/// Serializers are followed into those nested in them so deep.
const MOST_LEVELS: usize = 4;
/// The node of the row in a serializer's frame.
pub(super) const ROW: NodeId = 1;

/// The flow of all serializers' frames: `for row in rows`. Its places are nowhere, and are replaced by the fields'.
pub(super) fn flow() -> Flow {
    let nowhere = nowhere();
    let node = |kind, scope| Node { kind, span: nowhere, scope, sorted: false, guard: None };
    Flow {
        nodes: vec![node(NodeKind::Param(0), 0), node(NodeKind::Row(0), 1)],
        loops: vec![Loop { iter: 0, head: nowhere, parent: 0, is_async: false }],
        returns: Vec::new(),
    }
}

fn nowhere() -> Span {
    Span::at(FileId(u32::MAX), 0)
}

/// Whether a class is a serializer.
pub(super) fn is_serializer(eval: &Eval<'_>, id: ClassId) -> bool {
    eval.names.lineage(id).external.iter().any(|base| {
        let last = base.rsplit('.').next().unwrap_or(base);
        last.ends_with("Serializer") && (base.starts_with("rest_framework") || base.contains("serializers"))
    })
}

/// Evaluates a serializer over the rows of a queryset, for the code that binds them at `head`.
pub(super) fn serialize(eval: &mut Eval<'_>, unit: Unit, set: &Rc<Set>, serializer: ClassId, head: Span) {
    loop_over(eval, unit, set, serializer, "…(..., many=True)", head, &|eval, row| fields(eval, serializer, row, 0));
}

/// Evaluates what reads a row, over all rows of a queryset: the loop that nobody wrote. It is called by the name of the
/// class that has it, which stands for `…`.
pub(super) fn loop_over<'a>(
    eval: &mut Eval<'a>,
    unit: Unit,
    set: &Rc<Set>,
    class: ClassId,
    called: &str,
    head: Span,
    read: &dyn Fn(&mut Eval<'a>, &Rc<Row>),
) {
    let before = eval.events.len();
    let turn = Turn { depth: eval.frames.len(), scope: 1 };
    eval.frames.push(Frame::of_serializer(unit, eval.serial, set.clone(), turn));
    if let Type::Row(row) = eval.element(&Type::Set(set.clone()), Some(turn)) {
        read(eval, &row);
    }
    eval.frames.pop();
    let name = eval.names.class(class).name.to_string();
    for event in eval.events.iter_mut().skip(before) {
        event.head = head;
        event.over = called.replace('…', &name);
        event.serializer = Some(name.clone());
    }
}

/// Reads what the fields of a serializer read of a row.
fn fields(eval: &mut Eval<'_>, serializer: ClassId, row: &Rc<Row>, level: usize) {
    // Which fields there are is then for the code to say.
    if level > MOST_LEVELS || eval.names.method(serializer, "get_fields", None).is_some() {
        return;
    }
    if let Some(method) = eval.names.method(serializer, "to_representation", None) {
        let mark = eval.events.len();
        run(eval, serializer, method, row);
        place(eval, mark, eval.names.function(method).span);
        if !calls_super(eval, method) {
            return;
        }
    }
    let chosen = chosen(eval, serializer);
    let meta = Meta::read(eval, serializer);
    let mut declared: Vec<&str> = Vec::new();
    for class in eval.names.lineage(serializer).classes.clone() {
        let draft = eval.names.class(class);
        for attribute in &draft.attributes {
            let Some(call) = attribute.value.and_then(|value| draft.body.call(value)) else { continue };
            if declared.contains(&&*attribute.name) {
                continue;
            }
            declared.push(&attribute.name);
            if chosen.as_ref().is_some_and(|(names, _)| !names.iter().any(|name| **name == *attribute.name)) {
                continue;
            }
            let mark = eval.events.len();
            field(eval, serializer, class, attribute, call, row, level);
            place(eval, mark, attribute.span);
        }
    }
    if meta.all && chosen.is_none() {
        for name in lists(eval, row.model).into_iter().filter(|name| !declared.contains(&&**name)) {
            let mark = eval.events.len();
            let value = eval.attribute(&Type::Row(row.clone()), &name, ROW);
            many(eval, &value);
            place(eval, mark, meta.span);
        }
    }
    for (name, span) in
        chosen.map(|(names, span)| names.into_iter().map(move |name| (name, span))).into_iter().flatten()
    {
        if declared.contains(&&*name) {
            continue;
        }
        let mark = eval.events.len();
        // A foreign key is written as its column, which is there.
        if meta.depth > 0 || eval.models.relation(row.model, &name).is_none_or(|relation| relation.to_many) {
            let value = eval.attribute(&Type::Row(row.clone()), &name, ROW);
            for inner in rows(eval, value, row).into_iter().filter(|_| meta.depth > 0) {
                for list in lists(eval, inner.model) {
                    let value = eval.attribute(&Type::Row(inner.clone()), &list, ROW);
                    many(eval, &value);
                }
            }
        }
        place(eval, mark, span);
    }
}

/// What `Meta` says besides the names of fields.
struct Meta {
    /// Whether the fields are all that the model has.
    all: bool,
    /// How many levels of relations are written out.
    depth: i64,
    span: Span,
}

impl Meta {
    fn read(eval: &Eval<'_>, serializer: ClassId) -> Self {
        let mut it = Meta { all: false, depth: 0, span: nowhere() };
        let Some(meta) = eval.names.inner(serializer, "Meta") else { return it };
        for name in ["fields", "depth"] {
            let Some((class, at)) = eval.names.attribute(meta, name) else { continue };
            let draft = eval.names.class(class);
            let Some(attribute) = draft.attributes.get(at) else { continue };
            match attribute.value.map(|value| &draft.body.node(value).kind) {
                Some(NodeKind::Text(text)) if &**text == "__all__" => (it.all, it.span) = (true, attribute.span),
                Some(NodeKind::Number(depth)) => it.depth = *depth,
                _ => {}
            }
        }
        it
    }
}

/// The lists of a model that it declares itself, which all its fields have among them.
fn lists(eval: &Eval<'_>, model: ClassId) -> Vec<Box<str>> {
    let Some(known) = eval.models.get(model) else { return Vec::new() };
    let declared = |name: &str| {
        let (class, at) = eval.names.attribute(model, name)?;
        let draft = eval.names.class(class);
        let func = draft.body.dotted(draft.body.call(draft.attributes.get(at)?.value?)?.func)?;
        func.ends_with("ManyToManyField").then_some(())
    };
    let lists = known.relations.values().filter(|it| it.to_many && declared(&it.name).is_some());
    lists.map(|it| it.name.clone()).collect()
}

/// Whether a method calls the one that it overrides.
pub(super) fn calls_super(eval: &Eval<'_>, method: FunctionId) -> bool {
    let function = eval.names.function(method);
    let flow = &function.flow;
    let is_super = |id: NodeId| flow.call(id).and_then(|call| flow.dotted(call.func)).as_deref() == Some("super");
    flow.nodes
        .iter()
        .any(|node| matches!(&node.kind, NodeKind::Attr { of, name, .. } if *name == function.name && is_super(*of)))
}

/// The names that `Meta.fields` lists, and where. [`None`] when it lists none, or all.
pub(super) fn chosen(eval: &Eval<'_>, serializer: ClassId) -> Option<(Vec<Box<str>>, Span)> {
    let meta = eval.names.inner(serializer, "Meta")?;
    let (class, at) = eval.names.attribute(meta, "fields")?;
    let draft = eval.names.class(class);
    let attribute = draft.attributes.get(at)?;
    let NodeKind::List(items) = &draft.body.node(attribute.value?).kind else { return None };
    let names = items.iter().filter_map(|item| draft.body.text(*item)).map(Into::into).collect();
    Some((names, attribute.span))
}

/// Gives the events of a field its place.
pub(super) fn place(eval: &mut Eval<'_>, mark: usize, span: Span) {
    for event in eval.events.iter_mut().skip(mark) {
        if event.at == nowhere() {
            event.at = span;
        }
        if event.deep == nowhere() {
            event.deep = span;
        }
    }
}

fn field(
    eval: &mut Eval<'_>,
    serializer: ClassId,
    class: ClassId,
    attribute: &Attribute,
    call: CallView<'_>,
    row: &Rc<Row>,
    level: usize,
) {
    let flow = &eval.names.class(class).body;
    let flag = |name: &str| call.keyword(name).and_then(|node| flow.flag(node)) == Some(true);
    if flag("write_only") {
        return;
    }
    let source = call.keyword("source").and_then(|node| flow.text(node)).unwrap_or(&attribute.name);
    let Some(kind) = eval.names.of_node(class.draft, flow, call.func) else { return };
    if let Def::Class(nested) = kind {
        if is_serializer(eval, nested) {
            let value = if source == "*" { Type::Row(row.clone()) } else { read(eval, row, source, true) };
            for row in rows(eval, value, row) {
                fields(eval, nested, &row, level + 1);
            }
        }
        return;
    }
    let Def::External(kind) = kind else { return };
    match kind.rsplit('.').next() {
        Some("SerializerMethodField") => {
            let named = call.keyword("method_name").or(call.args.first().copied()).and_then(|node| flow.text(node));
            let name = named.map_or_else(|| format!("get_{}", attribute.name), str::to_owned);
            if let Some(method) = eval.names.method(serializer, &name, None) {
                run(eval, serializer, method, row);
            }
        }
        // One key is there without its row; a list of keys is not.
        Some("PrimaryKeyRelatedField") if !flag("many") => {
            if let Some((before, _)) = source.rsplit_once('.') {
                read(eval, row, before, true);
            }
        }
        Some("HyperlinkedRelatedField" | "HyperlinkedIdentityField" | "ReadOnlyField") if !flag("many") => {}
        Some("StringRelatedField" | "SlugRelatedField" | "PrimaryKeyRelatedField") => {
            let value = read(eval, row, source, true);
            many(eval, &value);
        }
        Some(name) if name.ends_with("Field") && source.contains('.') => {
            read(eval, row, source, false);
        }
        _ => {}
    }
}

/// Reads a dotted source of a row. The last name is read only where it is asked for as a whole.
fn read(eval: &mut Eval<'_>, row: &Rc<Row>, source: &str, whole: bool) -> Type {
    let mut value = Type::Row(row.clone());
    let mut names = source.split('.').peekable();
    while let Some(name) = names.next() {
        if !matches!(value, Type::Row(_)) {
            return Type::Unknown;
        }
        // `room.owner` as a plain value is the owner's text: it is read all the same.
        let relation = matches!(&value, Type::Row(row) if eval.models.relation(row.model, name).is_some());
        if names.peek().is_none() && !whole && !relation {
            return Type::Unknown;
        }
        value = eval.attribute(&value, name, ROW);
    }
    value
}

/// Goes through a list, when a value is one.
fn many(eval: &mut Eval<'_>, value: &Type) -> Type {
    list_of(eval, value, ROW)
}

/// Goes through a list at a node, when a value is one.
pub(super) fn list_of(eval: &mut Eval<'_>, value: &Type, at: NodeId) -> Type {
    let all = match value {
        Type::Manager(_) => {
            django::operate(eval, value, "all", &Args { positional: &[], keywords: &[], open: false }, at)
        }
        other => other.clone(),
    };
    let scope = eval.frame().flow.node(at).scope;
    eval.consume(&all, at, scope);
    all
}

/// The rows of a value, as they differ with the outer row.
fn rows(eval: &mut Eval<'_>, value: Type, outer: &Row) -> Vec<Rc<Row>> {
    rows_of(eval, value, outer, ROW)
}

/// The same, read at a node.
pub(super) fn rows_of(eval: &mut Eval<'_>, value: Type, outer: &Row, at: NodeId) -> Vec<Rc<Row>> {
    let value = match list_of(eval, &value, at) {
        Type::Row(row) => return vec![row],
        other => other,
    };
    match eval.element(&value, outer.turn) {
        Type::Row(row) => vec![row],
        _ => Vec::new(),
    }
}

/// Runs a method of a serializer that gets the row.
fn run(eval: &mut Eval<'_>, serializer: ClassId, method: FunctionId, row: &Rc<Row>) {
    let this = (Type::Instance(serializer), None);
    eval.follow(method, vec![this, (Type::Row(row.clone()), row.turn)], ROW);
}
