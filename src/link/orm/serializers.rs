//! Serializers of Django REST framework: what they read of each row.
//!
//! A serializer over many rows is a loop that nobody wrote. It is evaluated as one: in a frame of its own, whose one loop
//! runs over the queryset and whose row is read field by field.

use std::rc::Rc;

use super::django;
use super::eval::{Args, Eval, Frame};
use super::events::EventKind;
use super::lists::{self, Listed};
use super::names::{ClassId, Def, FunctionId};
use super::types::{Row, Set, Turn, Type, Unit};
use crate::facts::orm::flow::{CallView, Flow, Loop, Node, NodeId, NodeKind, last_of};
use crate::source::{FileId, Span};

/// Serializers are followed into those nested in them so deep.
const MOST_LEVELS: usize = 4;
/// What a field is that a method of the serializer gives.
const METHOD: &str = "SerializerMethodField";
/// The node of the row in a serializer's frame.
pub(super) const ROW: NodeId = 1;

/// The flow of all serializers' frames: `for row in rows`. Its places are nowhere, and are replaced by the fields'.
pub(super) fn flow() -> Flow {
    let nowhere = nowhere();
    let node = |kind, scope| Node { kind, span: nowhere, scope, sorted: false, guard: 0 };
    Flow {
        nodes: vec![node(NodeKind::Param(0), 0), node(NodeKind::Row(0), 1)],
        loops: vec![Loop { iter: 0, head: nowhere, parent: 0, is_async: false, leaves: false }],
        ..Flow::default()
    }
}

fn nowhere() -> Span {
    Span::at(FileId::NOWHERE, 0)
}

/// Whether a class is a serializer.
pub(super) fn is_serializer(eval: &Eval<'_>, id: ClassId) -> bool {
    eval.names.lineage(id).external.iter().any(|base| {
        let last = last_of(base);
        last.ends_with("Serializer") && (base.starts_with("rest_framework") || base.contains("serializers"))
    })
}

/// Evaluates a serializer over the rows of a queryset, for the code that binds them at `head`.
pub(super) fn serialize(eval: &mut Eval<'_>, unit: Unit, set: &Rc<Set>, serializer: ClassId, head: Span) {
    loop_over(eval, unit, set, serializer, "…(..., many=True)", head, &|eval, row| fields(eval, serializer, row, 0));
}

/// Evaluates what a serializer's own class for lists does with the rows of a view.
pub(super) fn of_list(eval: &mut Eval<'_>, set: &Rc<Set>, serializer: ClassId) {
    let Some(meta) = eval.names.inner(serializer, "Meta") else { return };
    let Some(Type::Def(Def::Class(list))) = eval.class_value(meta, "list_serializer_class") else { return };
    if let Some(method) = eval.names.method(list, "to_representation", None) {
        eval.rooted(method, vec![Type::Instance(list), Type::Set(set.clone())], Vec::new());
    }
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
    let name = eval.names.class(class).name.to_string();
    let called = called.replace('…', &name);
    loop_named(eval, unit, set, (&name, &called), head, read);
}

/// The same by what has a name, and is called so where it is many.
pub(super) fn loop_named<'a>(
    eval: &mut Eval<'a>,
    unit: Unit,
    set: &Rc<Set>,
    (name, called): (&str, &str),
    head: Span,
    read: &dyn Fn(&mut Eval<'a>, &Rc<Row>),
) {
    eval.begin();
    let before = eval.events.len();
    let turn = Turn { depth: eval.frames.len(), scope: 1 };
    eval.frames.push(Frame::of_serializer(unit, eval.serial, set.clone(), turn));
    if let Type::Row(row) = eval.element(&Type::Set(set.clone()), Some(turn)) {
        read(eval, &row);
    }
    eval.frames.pop();
    for event in eval.events.iter_mut().skip(before) {
        event.head = head;
        event.over = called.to_owned();
        event.serializer = Some(name.to_owned());
    }
}

/// Evaluates a serializer over one row of a loop, made by the call at `id`: `[ThreadSerializer(it).data for it in rows]`.
pub(super) fn serialize_one(eval: &mut Eval<'_>, row: &Rc<Row>, serializer: ClassId, id: NodeId) {
    if row.turn.is_none() || row.root.is_none() || row.alone {
        return;
    }
    let before = eval.events.len();
    let node = eval.frame().flow.node(id);
    let call = (node.span, node.scope);
    eval.frames.push(Frame::of_row(eval.frame().unit, eval.serial, row.turn, call));
    fields(eval, serializer, row, 0);
    eval.frames.pop();
    let name = eval.names.class(serializer).name.to_string();
    for event in eval.events.iter_mut().skip(before) {
        event.serializer.get_or_insert_with(|| name.clone());
    }
}

/// Evaluates a serializer over one row: the lists within it are loops.
pub(super) fn serialize_alone(eval: &mut Eval<'_>, row: &Rc<Row>, serializer: ClassId, id: NodeId) {
    let node = eval.frame().flow.node(id);
    let (unit, call) = (eval.frame().unit, (node.span, node.scope));
    alone(eval, unit, row, serializer, call);
}

/// The same, by a view that nobody calls.
pub(super) fn alone(
    eval: &mut Eval<'_>,
    unit: Unit,
    row: &Rc<Row>,
    serializer: ClassId,
    call: (Span, crate::facts::orm::flow::Scope),
) {
    eval.begin();
    eval.frames.push(Frame::of_row(unit, eval.serial, None, call));
    fields(eval, serializer, row, 0);
    eval.frames.pop();
}

/// Reads what the fields of a serializer read of a row.
fn fields(eval: &mut Eval<'_>, serializer: ClassId, row: &Rc<Row>, level: usize) {
    // Which fields there are is then for the code to say; where it starts from all, it is guessed that it leaves them.
    let chooses = eval.names.method(serializer, "get_fields", None);
    if level > MOST_LEVELS || chooses.is_some_and(|method| !calls_super(eval, method)) {
        return;
    }
    eval.chosen += usize::from(chooses.is_some());
    each_field(eval, serializer, row, level);
    eval.chosen -= usize::from(chooses.is_some());
}

fn each_field(eval: &mut Eval<'_>, serializer: ClassId, row: &Rc<Row>, level: usize) {
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
    let added = added(eval, serializer);
    let mut declared: Vec<&str> = added.iter().map(|(it, _)| it.name).collect();
    for (it, span) in added {
        let mark = eval.events.len();
        field(eval, serializer, it, row, level);
        place(eval, mark, span);
        by_field(eval, mark, span, &format!("{}.{}", eval.names.class(serializer).name, it.name));
    }
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
            let it = Written { name: &attribute.name, draft: class.draft, flow: &draft.body, call };
            field(eval, serializer, it, row, level);
            place(eval, mark, attribute.span);
            by_field(eval, mark, attribute.span, &format!("{}.{}", draft.name, attribute.name));
        }
    }
    let named: Vec<(Box<str>, Span)> = match chosen {
        Some((names, span)) => names.into_iter().map(|name| (name, span)).collect(),
        // Of others, which are not known, it has these besides.
        None if let Some((more, span)) = listed(eval, serializer).filter(|_| !meta.all) => {
            more.texts().into_iter().map(|name| (name, span)).collect()
        }
        None if meta.all => written(eval, row.model, meta.depth).into_iter().map(|name| (name, meta.span)).collect(),
        None => Vec::new(),
    };
    for (name, span) in named {
        if declared.contains(&&*name) || meta.left_out.contains(&name) {
            continue;
        }
        let mark = eval.events.len();
        implicit(eval, row, &name, meta.depth);
        place(eval, mark, span);
    }
}

/// The fields that code puts there whatever it is asked, and where: `self.fields["author"] = AuthorSerializer()`.
fn added<'a>(eval: &Eval<'a>, serializer: ClassId) -> Vec<(Written<'a>, Span)> {
    const PUT: &[&str] = &["__init__", "get_fields", "to_representation"];
    let names = eval.names;
    let mut found: Vec<(Written<'a>, Span)> = Vec::new();
    for method in PUT.iter().filter_map(|name| names.method(serializer, name, None)) {
        let function = names.function(method);
        let flow = &function.flow;
        for (at, node) in flow.nodes.iter().enumerate() {
            let NodeKind::Store { of, name, value } = &node.kind else { continue };
            let always = node.scope == 0
                && node.guard == 0
                && !flow.arms.iter().any(|arm| arm.from <= at as NodeId && (arm.ends || (at as NodeId) < arm.to));
            if !always || !are_fields(flow, *of, &function.name) {
                continue;
            }
            if let Some(call) = flow.call(*value) {
                found.push((Written { name, draft: method.draft, flow, call }, node.span));
            }
        }
    }
    found
}

/// Whether a value is the fields of a serializer: `self.fields`, or what a `get_fields` has of its base.
fn are_fields(flow: &Flow, of: NodeId, method: &str) -> bool {
    match &flow.node(of).kind {
        NodeKind::Attr { of, name, .. } => &**name == "fields" && flow.node(*of).kind == NodeKind::Param(0),
        NodeKind::Call { func, .. } => method == "get_fields" && flow.last_called(*func) == Some(method),
        _ => false,
    }
}

/// Reads what a serializer reads for a name that only `Meta` lists, with relations written out so many levels deep.
fn implicit(eval: &mut Eval<'_>, row: &Rc<Row>, name: &str, depth: i64) {
    let relation = eval.models.relation(row.model, name);
    // A foreign key is written as its column, which is there.
    if depth <= 0 && relation.is_some_and(|it| !it.to_many) && !leads_back(eval, row, name) {
        return;
    }
    let value = eval.attribute(&Type::Row(row.clone()), name, ROW);
    if let Type::Method(..) = value {
        eval.call(&value, &Args::NONE, ROW);
        return;
    }
    for inner in rows(eval, value, row).into_iter().filter(|_| depth > 0) {
        for name in written(eval, inner.model, depth - 1) {
            implicit(eval, &inner, &name, depth - 1);
        }
    }
}

/// What `Meta` says besides the names of fields.
struct Meta {
    /// Whether the fields are all that the model has, but for those left out.
    all: bool,
    left_out: Vec<Box<str>>,
    /// How many levels of relations are written out.
    depth: i64,
    span: Span,
}

impl Meta {
    fn read(eval: &Eval<'_>, serializer: ClassId) -> Self {
        let mut it = Meta { all: false, left_out: Vec::new(), depth: 0, span: nowhere() };
        let Some(meta) = eval.names.inner(serializer, "Meta") else { return it };
        for name in ["fields", "exclude", "depth"] {
            let Some((class, at)) = eval.names.attribute(meta, name) else { continue };
            let flow = &eval.names.class(class).body;
            let Some(attribute) = eval.names.class(class).attributes.get(at) else { continue };
            match attribute.value.map(|value| &flow.node(value).kind) {
                Some(NodeKind::Text(text)) if &**text == "__all__" => (it.all, it.span) = (true, attribute.span),
                Some(NodeKind::List(items)) if name == "exclude" => {
                    (it.all, it.span) = (true, attribute.span);
                    it.left_out = items.iter().filter_map(|item| flow.text(*item)).map(Into::into).collect();
                }
                Some(NodeKind::Number(depth)) => it.depth = *depth,
                _ => {}
            }
        }
        it
    }
}

/// The relations of a model that all its fields have among them and that are more than a column of the row: its own
/// lists, and with levels to write out its own foreign keys.
pub(super) fn written(eval: &Eval<'_>, model: ClassId, depth: i64) -> Vec<Box<str>> {
    let Some(known) = eval.models.get(model) else { return Vec::new() };
    let declared = |name: &str, ends: &[&str]| {
        let func = || {
            let (class, at) = eval.names.attribute(model, name)?;
            let draft = eval.names.class(class);
            draft.body.dotted(draft.body.call(draft.attributes.get(at)?.value?)?.func)
        };
        func().is_some_and(|func| ends.iter().any(|end| func.ends_with(end)))
    };
    let written = known.relations.values().filter(|it| match it.to_many {
        true => declared(&it.name, &["ManyToManyField"]),
        false => depth > 0 && declared(&it.name, &["ForeignKey", "OneToOneField"]),
    });
    written.map(|it| it.name.clone()).collect()
}

/// The model that `Meta` names, of a serializer or a form.
pub(super) fn model(eval: &Eval<'_>, class: ClassId) -> Option<ClassId> {
    let meta = eval.names.inner(class, "Meta")?;
    let (class, at) = eval.names.attribute(meta, "model")?;
    let draft = eval.names.class(class);
    let named = eval.names.of_node(class.draft, &draft.body, draft.attributes.get(at)?.value?)?;
    eval.models.of(&named)
}

/// Whether what a method gives last is what the one that it overrides gives.
pub(super) fn goes_on(eval: &Eval<'_>, method: FunctionId) -> bool {
    let function = eval.names.function(method);
    let flow = &function.flow;
    let Some(mut last) = flow.returns.last().copied() else { return false };
    // `self.serializers.get(self.action) or super().get_serializer_class()`, or the same as the second argument.
    if let NodeKind::Either(all) = &flow.node(last).kind {
        last = all.last().copied().unwrap_or(last);
    }
    if let NodeKind::Call { func, args, .. } = &flow.node(last).kind
        && let ([_, otherwise], NodeKind::Attr { name, .. }) = (args.as_slice(), &flow.node(*func).kind)
        && &**name == "get"
    {
        last = *otherwise;
    }
    let func = flow.call(last).map(|call| &flow.node(call.func).kind);
    matches!(func, Some(NodeKind::Attr { name, .. }) if *name == function.name) && calls_super(eval, method)
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

/// Whether a method may give what its base gives, as it is: `return super().get_fields()`.
pub(super) fn may_return_super(eval: &Eval<'_>, method: FunctionId) -> bool {
    let function = eval.names.function(method);
    let flow = &function.flow;
    let is_super = |id: NodeId| flow.call(id).and_then(|call| flow.dotted(call.func)).as_deref() == Some("super");
    let is_same = |id: NodeId| match flow.call(id).map(|call| &flow.node(call.func).kind) {
        Some(NodeKind::Attr { of, name, .. }) => *name == function.name && is_super(*of),
        _ => false,
    };
    flow.returns.iter().any(|id| is_same(*id))
}

/// The names that `Meta.fields` lists, and where. [`None`] when it lists none, or all, or more than are known.
pub(super) fn chosen(eval: &Eval<'_>, serializer: ClassId) -> Option<(Vec<Box<str>>, Span)> {
    listed(eval, serializer).filter(|(it, _)| !it.open).map(|(it, span)| (it.texts(), span))
}

fn listed<'a>(eval: &Eval<'a>, serializer: ClassId) -> Option<(Listed<'a>, Span)> {
    let meta = eval.names.inner(serializer, "Meta")?;
    let (class, at) = eval.names.attribute(meta, "fields")?;
    let span = eval.names.class(class).attributes.get(at)?.span;
    lists::of_attribute(eval.names, class, at).map(|it| (it, span))
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
        // A queryset that a property gives arrives at the field, where no clause can be put.
        if let EventKind::Lazy { root, .. } = &mut event.kind {
            let nowhere = nowhere();
            if root.span == nowhere || root.sites.iter().any(|site| site.after == nowhere) {
                let root = Rc::make_mut(root);
                root.sites.retain(|site| site.after != nowhere);
                // What a list of the row leads to is one queryset, whichever of its fields are read.
                let place = if root.related.is_some() { event.head } else { span };
                root.span = if root.span == nowhere { place } else { root.span };
            }
        }
    }
}

/// Says of what a field runs elsewhere by which field it comes to that.
fn by_field(eval: &mut Eval<'_>, mark: usize, at: Span, field: &str) {
    for event in eval.events.iter_mut().skip(mark).filter(|it| it.at == at && it.deep != at) {
        event.through.get_or_insert_with(|| field.to_owned());
    }
}

/// A field of a serializer, as it is written.
#[derive(Clone, Copy)]
struct Written<'n> {
    name: &'n str,
    draft: u32,
    flow: &'n Flow,
    call: CallView<'n>,
}

fn field(eval: &mut Eval<'_>, serializer: ClassId, it: Written<'_>, row: &Rc<Row>, level: usize) {
    let Written { name, draft, flow, call } = it;
    let flag = |name: &str| call.keyword(name).and_then(|node| flow.flag(node)) == Some(true);
    if flag("write_only") {
        return;
    }
    let source = call.keyword("source").and_then(|node| flow.text(node)).unwrap_or(name);
    let Some(kind) = eval.names.of_node(draft, flow, call.func) else { return };
    let kind = match behind_partial(eval, kind) {
        // One that is a method field reads by its method, whatever else it is for its schema.
        Def::Class(of) if eval.names.derives_external(of, METHOD) => Def::External(METHOD.into()),
        other => other,
    };
    if let Def::Class(nested) = kind {
        if is_serializer(eval, nested) {
            // `source="chapters.all"`
            let source = if flag("many") { source.strip_suffix(".all").unwrap_or(source) } else { source };
            let value = if source == "*" { Type::Row(row.clone()) } else { read(eval, row, source, true) };
            // Of one row, a list of others is the loop.
            if row.turn.is_none() && flag("many") {
                if let Some(set) = many(eval, &value).all_rows() {
                    let (unit, head) = (eval.frame().unit, eval.frame().called_at());
                    loop_over(eval, unit, &set, nested, "…(..., many=True)", head, &|eval, row| {
                        fields(eval, nested, row, level + 1);
                    });
                }
                return;
            }
            for row in rows(eval, value, row) {
                fields(eval, nested, &row, level + 1);
            }
        } else if let Some(keyed) = relates(eval, nested)
            && (!keyed || flag("many") || leads_back(eval, row, source))
        {
            let value = read(eval, row, source, true);
            for row in rows(eval, value, row) {
                if let Some(method) = eval.names.method(nested, "to_representation", None) {
                    run(eval, nested, method, &row);
                }
            }
        } else if is_field(eval, nested)
            && let Some(method) = eval.names.method(nested, "to_representation", None)
        {
            let value = if source == "*" { Type::Row(row.clone()) } else { read(eval, row, source, false) };
            if let Type::Row(value) = value {
                run(eval, nested, method, &value);
            }
        }
        return;
    }
    let Def::External(kind) = kind else { return };
    match kind.rsplit('.').next() {
        Some(METHOD) => {
            let named = call.keyword("method_name").or(call.args.first().copied()).and_then(|node| flow.text(node));
            let name = named.map_or_else(|| format!("get_{name}"), str::to_owned);
            if let Some(method) = eval.names.method(serializer, &name, None) {
                // Values that are given unasked are asked for by who writes them out (`JSONEncoder.default`, DRF 3.16).
                if let Type::Set(values) = run(eval, serializer, method, row) {
                    let before = eval.events.len();
                    many(eval, &Type::Set(values.clone()));
                    // Where they are made is where they are looked for.
                    let unplaced = eval.events.iter_mut().skip(before).filter(|event| event.deep == nowhere());
                    unplaced.for_each(|event| event.deep = values.span);
                }
            }
        }
        // One key is there without its row, unless the other side holds it; a list of keys is not.
        Some("PrimaryKeyRelatedField" | "HyperlinkedRelatedField")
            if !flag("many") && !leads_back(eval, row, source) =>
        {
            if let Some((before, _)) = source.rsplit_once('.') {
                read(eval, row, before, true);
            }
        }
        Some("HyperlinkedIdentityField" | "HiddenField") => {}
        Some("StringRelatedField") => {
            let value = read(eval, row, source, true);
            for row in rows(eval, value, row) {
                eval.text_of(&Type::Row(row), ROW);
            }
        }
        Some("SlugRelatedField" | "PrimaryKeyRelatedField" | "HyperlinkedRelatedField") => {
            let value = read(eval, row, source, true);
            many(eval, &value);
        }
        Some(name) if name.ends_with("Field") => {
            let value = read(eval, row, source, false);
            // What can be called is called.
            if matches!(value, Type::Method(..) | Type::Op(..)) {
                let given = eval.call(&value, &Args::NONE, ROW);
                if name == "ListField" {
                    many(eval, &given);
                }
            }
        }
        _ => {}
    }
}

/// What a name at the top of a module stands for that is bound to `partial(Field, ...)`.
fn behind_partial(eval: &Eval<'_>, kind: Def) -> Def {
    let Def::Global(draft, node) = kind else { return kind };
    let top = &eval.names.draft(draft).top;
    let made = top.call(node).filter(|call| top.dotted(call.func).is_some_and(|it| it.ends_with("partial")));
    let field = made.and_then(|call| eval.names.of_node(draft, top, *call.args.first()?));
    field.unwrap_or(Def::Global(draft, node))
}

/// Whether a class is a field of the repository's own for a relation; then, whether it needs no more than the key.
fn relates(eval: &Eval<'_>, field: ClassId) -> Option<bool> {
    let base = eval.names.lineage(field).external.iter().find_map(|base| {
        let last = last_of(base);
        (last.ends_with("RelatedField") && base.starts_with("rest_framework")).then_some(last)
    })?;
    let keyed = matches!(base, "PrimaryKeyRelatedField" | "HyperlinkedRelatedField");
    Some(keyed && eval.names.method(field, "use_pk_only_optimization", None).is_none())
}

/// Whether a class is a field of the repository's own.
fn is_field(eval: &Eval<'_>, field: ClassId) -> bool {
    let external = &eval.names.lineage(field).external;
    external.iter().any(|base| base.starts_with("rest_framework") && base.ends_with("Field"))
}

/// Whether a source is a one-to-one that the other side holds: its key is not in the row.
fn leads_back(eval: &Eval<'_>, row: &Row, source: &str) -> bool {
    let relation = eval.models.relation(row.model, source).filter(|it| !it.to_many && it.target.is_some());
    relation.is_some() && eval.names.attribute(row.model, source).is_none()
}

/// Reads a dotted source of a row: what it leads to is a whole, or a plain value.
fn read(eval: &mut Eval<'_>, row: &Rc<Row>, source: &str, whole: bool) -> Type {
    let mut value = Type::Row(row.clone());
    let mut names = source.split('.').peekable();
    while let Some(name) = names.next() {
        let last = names.peek().is_none();
        // `items.count`
        let called = last && !whole && matches!(value, Type::Manager(_));
        if !matches!(value, Type::Row(_)) && !called {
            return Type::Unknown;
        }
        // A list as a plain value is its manager, which asks for nothing.
        value = eval.attribute(&value, name, ROW);
        // What can be called is called, on the way and at its end.
        if matches!(value, Type::Method(..)) {
            value = eval.call(&value, &Args::NONE, ROW);
        }
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
        Type::Manager(_) => django::operate(eval, value, "all", &Args::NONE, at),
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

/// Runs a method of a serializer (or of what is like one) that gets the row.
pub(super) fn run(eval: &mut Eval<'_>, serializer: ClassId, method: FunctionId, row: &Rc<Row>) -> Type {
    let this = (Type::Instance(serializer), None);
    let mut given = vec![this, (Type::Row(row.clone()), row.turn)];
    if eval.decorated(method, &["staticmethod"]) {
        given.remove(0);
    }
    eval.follow(method, given, ROW)
}
