//! Evaluation: each flow in one pass, with types for values; functions that rows are passed to are followed.
//!
//! Frames are the functions entered, outermost first. A row knows the frame and the loop it differs in each turn of, so
//! that a read three calls away is still told of the loop it happens in.

use std::collections::HashMap;
use std::rc::Rc;

use super::events::{Event, Events};
use super::models::{Loading, Models, Relation};
use super::names::{ClassId, Def, FunctionId, Names};
use super::types::{Loads, ManagerType, Row, Set, Site, Size, Turn, Type, Unit};
use super::{builtins, django, serializers, sqlalchemy};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, Scope};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// Calls are followed so deep.
const MOST_DEPTH: usize = 5;
/// One function, with all it calls, evaluates at most so many values.
const MOST_STEPS: usize = 60_000;

/// Evaluates flows.
pub(super) struct Eval<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) models: &'a Models,
    pub(super) events: Events,
    pub(super) frames: Vec<Frame<'a>>,
    /// The flow of serializers' frames.
    pub(super) serial: &'a Flow,
    /// Types of the values at the tops of modules and in the bodies of classes.
    bodies: HashMap<Unit, Rc<Vec<Type>>>,
    /// What a function returns when nothing it is given matters.
    memo: HashMap<(FunctionId, Option<ClassId>), Type>,
    steps: usize,
    /// How many evaluations are under way that nobody loops over.
    quiet: usize,
}

/// A function entered.
pub(super) struct Frame<'a> {
    pub(super) unit: Unit,
    pub(super) flow: &'a Flow,
    pub(super) types: Vec<Type>,
    /// The innermost loop that each value differs in each turn of.
    pub(super) vary: Vec<Option<Turn>>,
    args: Vec<(Type, Option<Turn>)>,
    /// Where the frame below calls it: the place and its loop.
    call: (Span, Scope),
    /// Paths loaded onto rows that are there already, by the queryset's place.
    pub(super) loaded: Vec<(Span, Loads)>,
}

impl<'a> Frame<'a> {
    /// The frame of a serializer over the rows of a queryset.
    pub(super) fn of_serializer(unit: Unit, flow: &'a Flow, set: Rc<Set>, turn: Turn) -> Self {
        Frame {
            unit,
            flow,
            types: vec![Type::Set(set), Type::Unknown],
            vary: vec![None, Some(turn)],
            args: Vec::new(),
            call: (Span::at(crate::source::FileId(0), 0), 0),
            loaded: Vec::new(),
        }
    }
}

/// The arguments of a call.
pub(super) struct Args<'n> {
    pub(super) positional: &'n [NodeId],
    pub(super) keywords: &'n [(Box<str>, NodeId)],
    pub(super) open: bool,
}

impl Args<'_> {
    pub(super) fn keyword(&self, name: &str) -> Option<NodeId> {
        self.keywords.iter().find(|(key, _)| &**key == name).map(|(_, node)| *node)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.positional.iter().copied().chain(self.keywords.iter().map(|(_, node)| *node))
    }
}

impl<'a> Eval<'a> {
    pub(super) fn new(names: &'a Names<'a>, models: &'a Models, serial: &'a Flow) -> Self {
        Self {
            names,
            models,
            events: Events::default(),
            frames: Vec::new(),
            serial,
            bodies: HashMap::new(),
            memo: HashMap::new(),
            steps: 0,
            quiet: 0,
        }
    }

    /// Evaluates a function by itself, with parameters as their annotations say.
    pub(super) fn root(&mut self, id: FunctionId) -> Type {
        let owner = self.names.function(id).owner;
        self.enter_root(id, owner.map(|at| ClassId { draft: id.draft, at }))
    }

    /// What a function gives, as a method on an instance of a class that inherits it. Nothing is told.
    pub(super) fn returned(&mut self, id: FunctionId, class: Option<ClassId>) -> Type {
        self.quiet += 1;
        let returned = self.enter_root(id, class);
        self.quiet -= 1;
        returned
    }

    fn enter_root(&mut self, id: FunctionId, class: Option<ClassId>) -> Type {
        self.steps = 0;
        let function = self.names.function(id);
        let this = class.map(|class| self.this(class, id));
        let method = this.is_some() && !function.decorators.iter().any(|it| &**it == "staticmethod");
        let mut args = Vec::with_capacity(function.params.len());
        for (at, param) in function.params.iter().enumerate() {
            let known = match (&this, at) {
                (Some(this), 0) if method => this.clone(),
                _ if &*param.name == "request" => Type::Request,
                _ => self.annotated(id, param.annotation),
            };
            args.push((known, None));
        }
        self.run(Unit::Function(id), &function.flow, args, (function.span, 0)).0
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

    /// What a parameter's annotation says: a row of a model. Lists say nothing of where they came from.
    fn annotated(&self, id: FunctionId, annotation: Option<NodeId>) -> Type {
        let Some(node) = annotation else { return Type::Unknown };
        let flow = &self.names.function(id).flow;
        let def = match flow.text(node) {
            Some(text) => self.names.resolve_dotted(id.draft, text),
            None => self.names.of_node(id.draft, flow, node),
        };
        match def {
            Some(Def::External(name)) if name.ends_with("Request") => Type::Request,
            Some(def) => match self.models.of(&def) {
                Some(model) => Type::Row(Rc::new(Row::of(model))),
                None => Type::Unknown,
            },
            None => Type::Unknown,
        }
    }

    /// Enters a flow: what it returns, and the types of its values.
    fn run(
        &mut self,
        unit: Unit,
        flow: &'a Flow,
        args: Vec<(Type, Option<Turn>)>,
        call: (Span, Scope),
    ) -> (Type, Vec<Type>) {
        self.frames.push(Frame {
            unit,
            flow,
            types: Vec::with_capacity(flow.nodes.len()),
            vary: Vec::with_capacity(flow.nodes.len()),
            args,
            call,
            loaded: Vec::new(),
        });
        for id in 0..flow.nodes.len() {
            self.steps += 1;
            let over = self.steps > MOST_STEPS;
            let vary = if over { None } else { self.varies(id as NodeId) };
            if let Some(frame) = self.frames.last_mut() {
                frame.vary.push(vary);
            }
            let kind = if over { Type::Unknown } else { self.value(id as NodeId) };
            if let Some(frame) = self.frames.last_mut() {
                frame.types.push(kind);
            }
        }
        let Some(frame) = self.frames.pop() else { return (Type::Unknown, Vec::new()) };
        let depth = self.frames.len();
        let returned = flow.returns.iter().filter_map(|id| frame.types.get(*id as usize)).cloned().collect();
        (settle(&Type::either(returned), depth), frame.types)
    }

    pub(super) fn frame(&self) -> &Frame<'a> {
        // A frame is there whenever a node is evaluated.
        &self.frames[self.frames.len() - 1]
    }

    /// The depth of the present frame.
    pub(super) fn depth(&self) -> usize {
        self.frames.len().saturating_sub(1)
    }

    pub(super) fn type_of(&self, id: NodeId) -> Type {
        self.frame().types.get(id as usize).cloned().unwrap_or_default()
    }

    pub(super) fn vary(&self, id: NodeId) -> Option<Turn> {
        self.frame().vary.get(id as usize).copied().flatten()
    }

    /// The file of the present frame.
    pub(super) fn draft(&self) -> u32 {
        self.frame().unit.draft()
    }

    fn varies(&self, id: NodeId) -> Option<Turn> {
        let flow = self.frame().flow;
        let of = |id: &NodeId| self.vary(*id);
        match &flow.node(id).kind {
            NodeKind::Param(at) => self.frame().args.get(*at as usize).and_then(|(_, vary)| *vary),
            NodeKind::Row { .. } => Some(Turn { depth: self.depth(), scope: flow.node(id).scope }),
            NodeKind::Attr { of: value, .. }
            | NodeKind::Slice { of: value, .. }
            | NodeKind::Await(value)
            | NodeKind::Test(value)
            | NodeKind::Format(value)
            | NodeKind::Collect { element: value, .. } => of(value),
            NodeKind::Call { func, args, keywords, .. } => {
                let args = args.iter().chain(keywords.iter().map(|(_, node)| node)).filter_map(of).max();
                of(func).max(args)
            }
            NodeKind::Item { of: value, key } => of(value).max(of(key)),
            NodeKind::Store { value, .. } => of(value),
            NodeKind::List(all) | NodeKind::Either(all) | NodeKind::Mix(all) => all.iter().filter_map(of).max(),
            NodeKind::Dict(pairs) => pairs.iter().filter_map(|(key, value)| of(key).max(of(value))).max(),
            _ => None,
        }
    }

    /// The type of a node, and what happens when it is evaluated.
    fn value(&mut self, id: NodeId) -> Type {
        let flow = self.frame().flow;
        let node = flow.node(id);
        match &node.kind {
            NodeKind::Param(at) => {
                self.frame().args.get(*at as usize).map(|(kind, _)| kind.clone()).unwrap_or_default()
            }
            NodeKind::Name(name) => self.name(name),
            NodeKind::Attr { of, name, .. } => {
                let of = self.type_of(*of);
                self.attribute(&of, name, id)
            }
            NodeKind::Call { func, args, keywords, open } => {
                let func = self.type_of(*func);
                self.call(&func, &Args { positional: args, keywords, open: *open }, id)
            }
            NodeKind::Row { of: iter, .. } => {
                let is_async = flow.scope(node.scope).is_some_and(|it| it.is_async);
                let over = self.type_of(*iter);
                let around = flow.scope(node.scope).map_or(0, |it| it.parent);
                self.consume(&over, *iter, around);
                let turn = Turn { depth: self.depth(), scope: node.scope };
                if is_async { Type::Unknown } else { self.element(&over, Some(turn)) }
            }
            NodeKind::Item { of, key } => {
                let of = self.type_of(*of);
                let key = flow.node(*key);
                match (&of, &key.kind) {
                    (Type::Tuple(parts), NodeKind::Number(at)) => {
                        usize::try_from(*at).ok().and_then(|at| parts.get(at)).cloned().unwrap_or_default()
                    }
                    (Type::List(element, _) | Type::Dict(element, _), _) => retarget(element, None),
                    (Type::Set(set), NodeKind::Number(_)) => self.single(set),
                    (Type::Data, _) => Type::Data,
                    _ => Type::Unknown,
                }
            }
            NodeKind::Slice { of, most } => match self.type_of(*of) {
                Type::Set(set) => {
                    let mut set = (*set).clone();
                    set.cut = true;
                    set.plain = false;
                    set.size = short(*most, set.size);
                    Type::Set(Rc::new(set))
                }
                Type::List(element, size) => Type::List(element, size.map(|size| short(*most, size))),
                other => other,
            },
            NodeKind::Text(text) => Type::Text((**text).into()),
            NodeKind::Nothing => Type::Nothing,
            NodeKind::List(items) if items.is_empty() => Type::Nothing,
            NodeKind::List(items) => Type::Tuple(items.iter().take(32).map(|item| self.type_of(*item)).collect()),
            NodeKind::Dict(pairs) if pairs.is_empty() => Type::Nothing,
            NodeKind::Either(all) => Type::either(all.iter().map(|id| self.type_of(*id)).collect()),
            NodeKind::Collect { element, dict, .. } => {
                let size = self.size_between(flow.node(*element).scope, node.scope);
                let element = Rc::new(self.type_of(*element));
                if *dict { Type::Dict(element, size) } else { Type::List(element, size) }
            }
            NodeKind::Await(of) => match self.type_of(*of) {
                Type::Set(set) => Type::Set(Rc::new(Set { awaited: true, ..(*set).clone() })),
                Type::Result(set, scalars) => Type::Result(Rc::new(Set { awaited: true, ..(*set).clone() }), scalars),
                other => other,
            },
            NodeKind::Test(of) => {
                if let Type::Set(set) = self.type_of(*of)
                    && set.orm == Orm::Django
                {
                    self.consume(&Type::Set(set), *of, node.scope);
                }
                Type::Unknown
            }
            NodeKind::Store { .. }
            | NodeKind::Format(_)
            | NodeKind::Mix(_)
            | NodeKind::Dict(_)
            | NodeKind::Number(_)
            | NodeKind::Flag(_)
            | NodeKind::Constant => Type::Unknown,
        }
    }

    /// The longest of the loops that a comprehension opens.
    fn size_between(&self, inner: Scope, outer: Scope) -> Option<Size> {
        let flow = self.frame().flow;
        let mut size = None;
        let mut at = inner;
        while at > outer {
            let here = flow.scope(at)?;
            size = match (size, self.type_of(here.iter).size()) {
                (Some(a), Some(b)) => Some(Size::longer(a, b)),
                (a, b) => a.or(b),
            };
            at = here.parent;
        }
        size
    }

    fn name(&mut self, name: &str) -> Type {
        let draft = self.draft();
        match self.names.resolve(draft, name) {
            Some(Def::Global(at, node)) => self.global(at, node),
            Some(def) => Type::Def(def),
            None => Type::Def(Def::External(name.into())),
        }
    }

    fn global(&mut self, draft: u32, node: NodeId) -> Type {
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
    fn body(&mut self, unit: Unit, flow: &'a Flow) -> Rc<Vec<Type>> {
        if let Some(types) = self.bodies.get(&unit) {
            return types.clone();
        }
        // Bodies that need each other know nothing of each other.
        self.bodies.insert(unit, Rc::new(Vec::new()));
        self.quiet += 1;
        let types = Rc::new(self.run(unit, flow, Vec::new(), (Span::at(crate::source::FileId(0), 0), 0)).1);
        self.quiet -= 1;
        self.bodies.insert(unit, types.clone());
        types
    }

    /// What the body of a class binds a name to.
    pub(super) fn class_value(&mut self, class: ClassId, name: &str) -> Option<Type> {
        let (at, place) = self.names.attribute(class, name)?;
        let draft = self.names.class(at);
        let value = draft.attributes.get(place)?.value?;
        let types = self.body(Unit::Class(at), &draft.body);
        types.get(value as usize).map(|kind| settle(kind, self.frames.len()))
    }

    /// `of.name`
    pub(super) fn attribute(&mut self, of: &Type, name: &str, id: NodeId) -> Type {
        match of {
            Type::Row(row) => self.row_attribute(row, name, id),
            Type::Manager(manager) => {
                if name == "model" {
                    return Type::Def(Def::Class(manager.model));
                }
                self.custom(&manager.classes, name, of).unwrap_or_else(|| op(of, name))
            }
            Type::Set(set) => self.custom(&set.classes.clone(), name, of).unwrap_or_else(|| op(of, name)),
            Type::Def(Def::Class(class)) => self.class_attribute(*class, name, id),
            Type::Def(def) => match self.names.member(def, name) {
                Some(Def::Global(draft, node)) => self.global(draft, node),
                Some(def) => Type::Def(def),
                None => op(&Type::Unknown, name),
            },
            Type::Instance(class) => self.instance_attribute(*class, name, id),
            Type::Super(this, after) => {
                let class = self.class_of(this, *after);
                match self.names.method(class, name, Some(*after)) {
                    Some(method) => Type::Method(method, this.clone()),
                    None => op(&Type::Super(this.clone(), *after), name),
                }
            }
            Type::Request => match name {
                "user" => self.models.user.map_or(Type::Unknown, |model| Type::Row(Rc::new(Row::of(model)))),
                "data" | "POST" => Type::Data,
                _ => Type::Unknown,
            },
            Type::Unknown | Type::Op(..) if matches!(name, "validated_data" | "cleaned_data") => Type::Data,
            Type::Unknown | Type::Op(..) => op(&Type::Unknown, name),
            _ => op(of, name),
        }
    }

    /// The class in whose lineage a method is looked for.
    fn class_of(&self, this: &Type, after: ClassId) -> ClassId {
        match this {
            Type::Instance(class) => *class,
            Type::Row(row) => row.model,
            Type::Manager(manager) => {
                manager.classes.iter().copied().find(|it| self.names.derives(*it, after)).unwrap_or(after)
            }
            Type::Set(set) => set.classes.iter().copied().find(|it| self.names.derives(*it, after)).unwrap_or(after),
            _ => after,
        }
    }

    /// A method of the repository that a manager or a queryset has.
    fn custom(&self, classes: &[ClassId], name: &str, this: &Type) -> Option<Type> {
        if name == "get_queryset" && matches!(this, Type::Set(_)) {
            return None;
        }
        let method = classes.iter().find_map(|class| self.names.method(*class, name, None))?;
        Some(Type::Method(method, Rc::new(this.clone())))
    }

    fn class_attribute(&mut self, class: ClassId, name: &str, id: NodeId) -> Type {
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
            if matches!(name, "objects" | "_default_manager" | "_base_manager") && model.managers.len() == 1
                || name == "_base_manager"
            {
                let classes = model.managers.values().next().map(|it| it.classes.clone()).unwrap_or_default();
                let known = name != "objects";
                return if known { django::manager(self, class, &classes, id) } else { Type::Unknown };
            }
        }
        self.plain_class_attribute(class, name)
    }

    fn plain_class_attribute(&mut self, class: ClassId, name: &str) -> Type {
        if let Some(method) = self.names.method(class, name, None) {
            return match self.decorated(method, &["staticmethod"]) {
                true => Type::Def(Def::Function(method)),
                false if self.decorated(method, &["classmethod"]) => {
                    Type::Method(method, Rc::new(Type::Def(Def::Class(class))))
                }
                false => Type::Unknown,
            };
        }
        if let Some(inner) = self.names.inner(class, name) {
            return Type::Def(Def::Class(inner));
        }
        self.class_value(class, name).unwrap_or(Type::Unknown)
    }

    fn decorated(&self, function: FunctionId, with: &[&str]) -> bool {
        let decorators = &self.names.function(function).decorators;
        decorators.iter().any(|it| with.contains(&it.rsplit('.').next().unwrap_or(it)))
    }

    fn instance_attribute(&mut self, class: ClassId, name: &str, id: NodeId) -> Type {
        let this = Rc::new(Type::Instance(class));
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
                return self.enter(method, this, &Args { positional: &[], keywords: &[], open: false }, id);
            }
            return Type::Method(method, this);
        }
        match self.class_value(class, name) {
            Some(value) => self.at_site(value, id),
            None => op(&this, name),
        }
    }

    fn row_attribute(&mut self, row: &Rc<Row>, name: &str, id: NodeId) -> Type {
        if let Some(relation) = self.models.relation(row.model, name) {
            let relation = Rc::new(relation.clone());
            return self.read(row, relation, id);
        }
        let this = Rc::new(Type::Row(row.clone()));
        if matches!(name, "save" | "delete" | "asave" | "adelete") {
            return op(&this, name);
        }
        if let Some(method) = self.names.method(row.model, name, None) {
            if self.decorated(method, &["property", "cached_property", "hybrid_property"]) {
                return self.enter(method, this, &Args { positional: &[], keywords: &[], open: false }, id);
            }
            return Type::Method(method, this);
        }
        op(&this, name)
    }

    /// `row.relation`
    fn read(&mut self, row: &Rc<Row>, relation: Rc<Relation>, id: NodeId) -> Type {
        let Some(model) = self.models.get(row.model) else { return Type::Unknown };
        let orm = model.orm;
        if relation.to_many && orm == Orm::Django {
            let Some(target) = relation.target else { return Type::Unknown };
            return django::related_manager(self, target, row, relation, id);
        }
        if relation.loading == Loading::Never {
            return Type::Unknown;
        }
        let node = self.frame().flow.node(id);
        let (span, scope) = (node.span, node.scope);
        self.lazy(row, &relation, span, scope);
        let Some(target) = relation.target else { return Type::Unknown };
        if relation.to_many {
            return Type::Set(Rc::new(sqlalchemy::collection(target, row, relation, span)));
        }
        let mut path = row.path.clone();
        let known = self.held_by(&relation);
        path.push(relation);
        Type::Row(Rc::new(Row { model: target, path, known, ..(**row).clone() }))
    }

    /// What rows that come by a relation hold already: the one object that leads back.
    fn held_by(&self, relation: &Relation) -> Option<Box<str>> {
        let back = relation.back.as_ref()?;
        let leads = self.models.relation(relation.target?, back)?;
        (!leads.to_many).then(|| back.clone())
    }

    /// A relation is read of a row: a query, unless it is loaded, or the row is only one.
    fn lazy(&mut self, row: &Rc<Row>, relation: &Rc<Relation>, span: Span, scope: Scope) {
        let (Some(turn), Some(root)) = (row.turn, &row.root) else { return };
        let held = row.known.as_deref() == Some(&*relation.name)
            || (row.path.is_empty() && !relation.to_many && root.pinned.contains(&relation.name));
        if relation.loading != Loading::Lazy || row.alone || held || root.awaited {
            return;
        }
        if self.is_loaded(root, &row.path_to(&relation.name)) {
            return;
        }
        let Some(at) = self.turn_at(turn, span, scope) else { return };
        let mut path = row.path.clone();
        path.push(relation.clone());
        self.tell(Event::lazy(self, turn, at, span, root.clone(), path));
    }

    pub(super) fn is_loaded(&self, root: &Rc<Set>, path: &str) -> bool {
        root.loads.has(path)
            || self
                .frames
                .iter()
                .any(|frame| frame.loaded.iter().any(|(at, loads)| *at == root.span && loads.has(path)))
    }

    /// The place in the frame of a loop where the present evaluation runs, when it does so in each turn.
    pub(super) fn turn_at(&self, turn: Turn, span: Span, scope: Scope) -> Option<Span> {
        let (span, scope) =
            if turn.depth >= self.depth() { (span, scope) } else { self.frames.get(turn.depth + 1)?.call };
        let frame = self.frames.get(turn.depth)?;
        (turn.scope != 0 && frame.flow.within(scope, turn.scope)).then_some(span)
    }

    /// The innermost loop over rows (or over what a client sent) that the present evaluation runs in, with its size and
    /// the place there.
    pub(super) fn row_loop(&self, span: Span, scope: Scope) -> Option<(Turn, Size, Span)> {
        let (mut span, mut scope) = (span, scope);
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let mut at = scope;
            while let Some(here) = frame.flow.scope(at) {
                if let Some(size) = frame.types.get(here.iter as usize).and_then(Type::size) {
                    return Some((Turn { depth, scope: at }, size, span));
                }
                at = here.parent;
            }
            (span, scope) = frame.call;
        }
        None
    }

    /// Whether a value differs in each turn of a loop.
    pub(super) fn keyed(&self, vary: Option<Turn>, turn: Turn) -> bool {
        vary.is_some_and(|vary| {
            vary.depth > turn.depth
                || (vary.depth == turn.depth
                    && self.frames.get(turn.depth).is_some_and(|frame| frame.flow.within(vary.scope, turn.scope)))
        })
    }

    pub(super) fn tell(&mut self, event: Event) {
        if self.quiet == 0 {
            self.events.push(event);
        }
    }

    /// A value (of a node) is gone through: a queryset runs.
    pub(super) fn consume(&mut self, of: &Type, id: NodeId, scope: Scope) {
        let Type::Set(set) = of else { return };
        if set.orm == Orm::Sqlalchemy {
            return;
        }
        match &set.related {
            Some((row, relation)) if set.plain => {
                let span = self.frame().flow.node(id).span;
                self.lazy(row, relation, span, scope);
            }
            Some((row, relation)) => {
                let remedy = django::prefetch(relation);
                self.query_per_row(row, Orm::Django, id, scope, &remedy);
            }
            None => {
                let remedy = django::batch(self, id);
                self.query(Orm::Django, id, scope, &remedy);
            }
        }
    }

    /// A query that depends on a row runs: once for each turn of the row's loop.
    pub(super) fn query_per_row(&mut self, row: &Row, orm: Orm, id: NodeId, scope: Scope, remedy: &str) {
        let Some(turn) = row.turn.filter(|_| row.root.is_some()) else { return self.query(orm, id, scope, remedy) };
        let span = self.frame().flow.node(id).span;
        let Some(at) = self.turn_at(turn, span, scope) else { return };
        let size = self.size_of(turn).or(row.root.as_ref().map(|root| root.size)).unwrap_or(Size::Open);
        self.tell(Event::query(self, turn, at, orm, size, id, remedy));
    }

    /// A query runs: told when it does so for each row of a loop, and asks for something else each time.
    pub(super) fn query(&mut self, orm: Orm, id: NodeId, scope: Scope, remedy: &str) {
        let span = self.frame().flow.node(id).span;
        let Some((turn, size, at)) = self.row_loop(span, scope) else { return };
        if self.keyed(self.vary(id), turn) {
            self.tell(Event::query(self, turn, at, orm, size, id, remedy));
        }
    }

    /// A write runs: told when it does so for each row of a loop.
    pub(super) fn write(&mut self, orm: Orm, id: NodeId, remedy: &str, commits: bool) {
        let node = self.frame().flow.node(id);
        let Some((turn, size, at)) = self.row_loop(node.span, node.scope) else { return };
        self.tell(Event::write(self, turn, at, orm, size, id, remedy, commits));
    }

    fn size_of(&self, turn: Turn) -> Option<Size> {
        let frame = self.frames.get(turn.depth)?;
        frame.types.get(frame.flow.scope(turn.scope)?.iter as usize)?.size()
    }

    /// What a loop takes from a value in each turn; with no turn, any one of it.
    pub(super) fn element(&self, of: &Type, turn: Option<Turn>) -> Type {
        match of {
            Type::Set(set) if set.rows => self.row_of(set, turn),
            Type::Result(set, true) if set.rows => self.row_of(set, turn),
            Type::Result(set, false) if set.rows => Type::Tuple(Rc::from([self.row_of(set, turn)])),
            Type::List(element, _) => retarget(element, turn),
            Type::Tuple(parts) => retarget(&Type::either(parts.to_vec()), turn),
            Type::Data => Type::Data,
            _ => Type::Unknown,
        }
    }

    /// The row that a queryset is asked for alone.
    pub(super) fn single(&self, set: &Rc<Set>) -> Type {
        match self.row_of(set, None) {
            Type::Row(row) if set.rows => Type::Row(Rc::new(Row { alone: true, ..(*row).clone() })),
            _ => Type::Unknown,
        }
    }

    /// The rows that a single row leads to, with what was loaded below it.
    fn with_loads(&self, set: &Rc<Set>) -> Rc<Set> {
        let Some((row, relation)) = set.related.as_ref().filter(|_| set.plain) else { return set.clone() };
        let Some(root) = &row.root else { return set.clone() };
        let mut loads = root.loads.below(&row.path_to(&relation.name));
        loads.join(&set.loads);
        Rc::new(Set { loads, ..(**set).clone() })
    }

    fn row_of(&self, set: &Rc<Set>, turn: Option<Turn>) -> Type {
        let row = match &set.related {
            // What all rows of an outer loop lead to is loaded by the outer queryset.
            Some((outer, relation)) if set.plain && outer.turn.is_some() && outer.root.is_some() => {
                let mut path = outer.path.clone();
                path.push(relation.clone());
                Row {
                    root: outer.root.clone(),
                    path,
                    turn,
                    known: self.held_by(relation),
                    alone: false,
                    ..Row::of(set.model)
                }
            }
            related => {
                let known = related.as_ref().and_then(|(_, relation)| self.held_by(relation));
                let root = Some(self.with_loads(set));
                Row { root, turn, known, alone: false, ..Row::of(set.model) }
            }
        };
        Type::Row(Rc::new(row))
    }

    /// Calls a value.
    fn call(&mut self, func: &Type, args: &Args<'_>, id: NodeId) -> Type {
        match func {
            Type::Def(Def::Function(function)) => {
                let given = self.given(None, *function, args);
                self.follow(*function, given, id)
            }
            Type::Method(function, this) => self.enter(*function, this.clone(), args, id),
            Type::Def(Def::Class(class)) => self.make(*class, args, id),
            Type::Def(Def::External(name)) => builtins::call(self, name, args, id),
            Type::Op(base, name) => self.operate(base, name, args, id),
            _ => Type::Unknown,
        }
    }

    fn operate(&mut self, base: &Rc<Type>, name: &str, args: &Args<'_>, id: NodeId) -> Type {
        match &**base {
            Type::Set(set) if set.orm == Orm::Sqlalchemy => sqlalchemy::operate(self, set, name, args, id),
            Type::Set(_) | Type::Manager(_) => django::operate(self, base, name, args, id),
            Type::Result(set, scalars) => sqlalchemy::result(self, set, *scalars, name, id),
            Type::Mapped(..) | Type::Loader(_) => sqlalchemy::option(self, base, name, args),
            Type::Row(row) => self.row_operation(row, name, id),
            Type::Super(this, _) => match &**this {
                Type::Manager(_) | Type::Set(_) => django::operate(self, this, name, args, id),
                Type::Instance(class) => django::view(self, *class, name, args, id),
                _ => Type::Unknown,
            },
            Type::Instance(class) => django::view(self, *class, name, args, id),
            Type::Dict(element, size) => match name {
                "values" => Type::List(element.clone(), *size),
                "items" => Type::List(Rc::new(Type::Tuple(Rc::from([Type::Unknown, (**element).clone()]))), *size),
                "get" | "pop" => retarget(element, None),
                _ => Type::Unknown,
            },
            Type::List(..) if matches!(name, "copy") => (**base).clone(),
            Type::Paginator(set) if matches!(name, "page" | "get_page") => {
                Type::Set(Rc::new(Set { cut: true, ..(**set).clone() }))
            }
            Type::Data if matches!(name, "get" | "getlist" | "pop" | "items") => Type::Data,
            Type::Unknown => sqlalchemy::session(self, name, args, id),
            _ => Type::Unknown,
        }
    }

    fn row_operation(&mut self, row: &Rc<Row>, name: &str, id: NodeId) -> Type {
        if matches!(name, "save" | "delete") && self.models.get(row.model).is_some_and(|it| it.orm == Orm::Django) {
            let NodeKind::Call { func, .. } = self.frame().flow.node(id).kind else { return Type::Unknown };
            let node = self.frame().flow.node(id);
            if let Some((turn, ..)) = self.row_loop(node.span, node.scope) {
                let fresh = row.root.is_none() && row.turn.is_none() && self.made_within(func, turn);
                if fresh || self.keyed(self.vary(func), turn) {
                    let remedy = match (name, row.root.is_none()) {
                        ("delete", _) => "filter(pk__in=…).delete()",
                        (_, true) => "bulk_create",
                        _ => "bulk_update",
                    };
                    self.write(Orm::Django, id, remedy, false);
                }
            }
        }
        Type::Unknown
    }

    /// Whether the value that a method is called on came to be within a loop of this frame.
    fn made_within(&self, func: NodeId, turn: Turn) -> bool {
        let flow = self.frame().flow;
        let NodeKind::Attr { of, .. } = flow.node(func).kind else { return false };
        matches!(flow.node(of).kind, NodeKind::Call { .. })
            && turn.depth == self.depth()
            && flow.within(flow.node(of).scope, turn.scope)
    }

    /// An instance of a class.
    fn make(&mut self, class: ClassId, args: &Args<'_>, id: NodeId) -> Type {
        let many = args.keyword("many").is_some_and(|node| self.frame().flow.flag(node) == Some(true));
        if many && serializers::is_serializer(self, class) {
            let rows = args.positional.first().copied().or_else(|| args.keyword("instance"));
            if let Some(set) = rows.and_then(|node| self.type_of(node).all_rows()) {
                let (unit, span) = (self.frame().unit, self.frame().flow.node(id).span);
                serializers::serialize(self, unit, &set, class, span);
            }
        }
        if self.models.get(class).is_some() {
            return Type::Row(Rc::new(Row::of(class)));
        }
        if django::is_manager(self.names, class) {
            let model = args.positional.first().copied().or_else(|| args.keyword("model"));
            return match model.map(|node| self.type_of(node)) {
                Some(Type::Def(Def::Class(model))) if self.models.get(model).is_some() => Type::Set(Rc::new(
                    django::all_of(model, Rc::from([class]), Vec::new(), self.frame().flow.node(0).span),
                )),
                _ => Type::Unknown,
            };
        }
        Type::Instance(class)
    }

    /// The arguments of a call, at the places of the function's parameters.
    fn given(&self, this: Option<&Rc<Type>>, function: FunctionId, args: &Args<'_>) -> Vec<(Type, Option<Turn>)> {
        let params = &self.names.function(function).params;
        let mut given: Vec<(Type, Option<Turn>)> = vec![(Type::Unknown, None); params.len()];
        let mut at = 0;
        if let Some(this) = this {
            if let Some(first) = given.first_mut() {
                let turn = match &**this {
                    Type::Row(row) => row.turn,
                    _ => None,
                };
                *first = ((**this).clone(), turn);
            }
            at = 1;
        }
        for (node, slot) in args.positional.iter().zip(given.iter_mut().skip(at)) {
            *slot = (self.type_of(*node), self.vary(*node));
        }
        for (name, node) in args.keywords {
            if let Some(slot) = params.iter().position(|it| it.name == *name).and_then(|at| given.get_mut(at)) {
                *slot = (self.type_of(*node), self.vary(*node));
            }
        }
        for (slot, param) in given.iter_mut().zip(params) {
            if matches!(slot.0, Type::Unknown) && &*param.name == "request" {
                slot.0 = Type::Request;
            }
            if param.name.starts_with('*') {
                slot.0 = Type::Unknown;
            }
        }
        given
    }

    /// Calls a method on what it is bound to.
    pub(super) fn enter(&mut self, function: FunctionId, this: Rc<Type>, args: &Args<'_>, id: NodeId) -> Type {
        let bound = if self.decorated(function, &["staticmethod"]) { None } else { Some(&this) };
        let given = self.given(bound, function, args);
        self.follow(function, given, id)
    }

    /// Follows a call into a function of the repository.
    pub(super) fn follow(&mut self, function: FunctionId, given: Vec<(Type, Option<Turn>)>, id: NodeId) -> Type {
        let unit = Unit::Function(function);
        let called = self.names.function(function);
        let generator = called.decorators.iter().any(|it| it.ends_with("contextmanager"));
        if self.frames.len() > MOST_DEPTH || self.frames.iter().any(|it| it.unit == unit) || generator {
            return Type::Unknown;
        }
        let node = self.frame().flow.node(id);
        let (span, scope) = (node.span, node.scope);
        // A call that neither gets rows nor runs for each of them says the same each time.
        let matters = |kind: &Type| {
            matches!(
                kind,
                Type::Row(_) | Type::Set(_) | Type::List(..) | Type::Dict(..) | Type::Manager(_) | Type::Tuple(_)
            )
        };
        let class = match given.first() {
            Some((Type::Instance(class), _)) => Some(*class),
            _ => None,
        };
        let plain =
            !given.iter().any(|(kind, vary)| matters(kind) || vary.is_some()) && self.row_loop(span, scope).is_none();
        if plain && let Some(returned) = self.memo.get(&(function, class)) {
            let returned = returned.clone();
            return self.at_site(returned, id);
        }
        if plain {
            self.memo.insert((function, class), Type::Unknown);
        }
        let (returned, _) = self.run(unit, &called.flow, given, (span, scope));
        if plain {
            self.memo.insert((function, class), returned.clone());
        }
        self.at_site(returned, id)
    }

    /// A queryset that comes from elsewhere gets its clauses where it arrives.
    pub(super) fn at_site(&self, value: Type, id: NodeId) -> Type {
        match value {
            Type::Set(set) if set.orm == Orm::Django => {
                let mut set = (*set).clone();
                let bars_one = set.sites.iter().any(|it| it.bars_one);
                let bars_many = set.sites.iter().any(|it| it.bars_many);
                set.sites = vec![Site { bars_one, bars_many, ..self.site(id, true) }];
                Type::Set(Rc::new(set))
            }
            Type::Set(set) => Type::Set(Rc::new(Set { sites: Vec::new(), ..(*set).clone() })),
            other => other,
        }
    }

    /// The place just behind a node.
    pub(super) fn site(&self, id: NodeId, called: bool) -> Site {
        let frame = self.frame();
        let span = frame.flow.node(id).span;
        Site {
            unit: frame.unit,
            after: Span::at(span.file, span.end as usize),
            line: None,
            called,
            one: None,
            many: None,
            bars_one: false,
            bars_many: false,
            entity: None,
        }
    }
}

pub(super) fn op(base: &Type, name: &str) -> Type {
    Type::Op(Rc::new(base.clone()), name.into())
}

fn short(most: Option<u64>, size: Size) -> Size {
    /// Loops of so few turns cost little.
    const FEW: u64 = 10;
    match most {
        Some(most) if most <= FEW => Size::Short,
        _ => size,
    }
}

/// The same value, differing in each turn of another loop.
fn retarget(of: &Type, turn: Option<Turn>) -> Type {
    match of {
        Type::Row(row) => Type::Row(Rc::new(Row { turn, ..(**row).clone() })),
        Type::Tuple(parts) => Type::Tuple(parts.iter().map(|part| retarget(part, turn)).collect()),
        other => other.clone(),
    }
}

/// A value that leaves its frame: the loops it knew of are over.
fn settle(of: &Type, depth: usize) -> Type {
    match of {
        Type::Row(row) if row.turn.is_some_and(|turn| turn.depth >= depth) => {
            Type::Row(Rc::new(Row { turn: None, ..(**row).clone() }))
        }
        Type::Tuple(parts) => Type::Tuple(parts.iter().map(|part| settle(part, depth)).collect()),
        Type::List(element, size) => Type::List(Rc::new(settle(element, depth)), *size),
        Type::Dict(element, size) => Type::Dict(Rc::new(settle(element, depth)), *size),
        Type::Set(set) => match &set.related {
            Some((row, relation)) if row.turn.is_some_and(|turn| turn.depth >= depth) => {
                let row = Rc::new(Row { turn: None, ..(**row).clone() });
                Type::Set(Rc::new(Set { related: Some((row, relation.clone())), ..(**set).clone() }))
            }
            _ => of.clone(),
        },
        other => other.clone(),
    }
}

/// What a manager or a related manager gives before anything is asked of it.
pub(super) fn set_of(manager: &ManagerType) -> Set {
    let mut set =
        django::all_of(manager.model, manager.classes.clone(), manager.site.iter().cloned().collect(), manager.span);
    set.related = manager.related.clone();
    set.plain = manager.related.is_some();
    set
}
