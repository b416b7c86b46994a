//! Evaluation: each flow in one pass, with types for values; functions that rows are passed to are followed.
//!
//! Frames are the functions entered, outermost first. A row knows the frame and the loop it differs in each turn of, so
//! that a read three calls away is still told of the loop it happens in.

mod attribute;
mod call;
mod given;
mod guess;
mod need;
mod runs;
mod told;
mod value;

use std::collections::HashSet;
use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

pub(super) use call::{op, set_of};
pub(super) use runs::Context;

use given::Given;
use runs::Runs;

use super::columns::Registered;
use super::django;
use super::events::Events;
use super::models::Models;
use super::names::{ClassId, Def, FunctionId, Names};
use super::templates::{Templates, entry};
use super::types::{Loads, Row, Set, Turn, Type, Unit};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, Scope};
use crate::source::{FileId, Span};

/// Calls are followed so deep.
const MOST_DEPTH: usize = 5;
/// Bodies that need the values of others are followed so deep, together with calls.
const MOST_BODIES: usize = 32;
/// One function, with all it calls, evaluates at most so many values.
const MOST_STEPS: usize = 60_000;

/// A function with what its arguments say, and whether it is called for a list.
type Called = (FunctionId, Box<[Given]>, bool);

/// Evaluates flows.
pub(super) struct Eval<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) models: &'a Models,
    pub(super) events: Events,
    pub(super) frames: Vec<Frame<'a>>,
    /// The flow of serializers' frames.
    pub(super) serial: &'a Flow,
    pub(super) templates: Templates<'a>,
    pub(super) registered: Registered,
    /// Types of the values at the tops of modules and in the bodies of classes.
    bodies: HashMap<Unit, Rc<Vec<Type>>>,
    /// What a function returns when only the classes of what it is given matter.
    memo: HashMap<Called, Type>,
    /// Places where rows are known that come by, whether they ask for something or not.
    pub(super) settled: HashSet<Span>,
    /// Names of all functions and models, once a guess has asked for them.
    known: Option<Rc<guess::Known<'a>>>,
    /// The functions that are entered for their names alone.
    by_name: Vec<Box<str>>,
    /// How many serializers that choose their fields by code the present field lies in.
    pub(super) chosen: usize,
    /// Whether what is evaluated is what a view does for its list.
    listing: bool,
    /// What the serializer that is evaluated is told besides its rows, when that is known.
    pub(super) context: Option<Rc<Context>>,
    /// What the first argument of the function that was followed last is behind it.
    left: Option<Type>,
    steps: usize,
    /// How many evaluations are under way that nobody loops over.
    quiet: usize,
    /// How many of code that may not run in each turn.
    unasked: usize,
}

/// A function entered.
pub(super) struct Frame<'a> {
    pub(super) unit: Unit,
    pub(super) flow: &'a Flow,
    pub(super) types: Vec<Type>,
    /// The innermost loop that each value differs in each turn of.
    pub(super) vary: Vec<Option<Turn>>,
    args: Vec<(Type, Option<Turn>)>,
    /// The values that this call never comes to.
    never: HashSet<NodeId>,
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
            never: HashSet::new(),
            call: (Span::at(FileId(0), 0), 0),
            loaded: Vec::new(),
        }
    }
}

impl<'a> Frame<'a> {
    /// The frame of a serializer over one row of a loop that is around it.
    pub(super) fn of_row(unit: Unit, flow: &'a Flow, turn: Option<Turn>, call: (Span, Scope)) -> Self {
        Frame {
            unit,
            flow,
            types: vec![Type::Unknown, Type::Unknown],
            vary: vec![None, turn],
            args: Vec::new(),
            never: HashSet::new(),
            call,
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
            templates: Templates::new(names),
            registered: Registered::read(names),
            bodies: HashMap::default(),
            memo: HashMap::default(),
            settled: HashSet::new(),
            known: None,
            by_name: Vec::new(),
            chosen: 0,
            listing: false,
            context: None,
            left: None,
            steps: 0,
            quiet: 0,
            unasked: 0,
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

    /// What a method of a view gives for its list. Nothing is told.
    pub(super) fn listed(&mut self, id: FunctionId, class: ClassId) -> Type {
        let around = std::mem::replace(&mut self.listing, true);
        let returned = self.returned(id, Some(class));
        self.listing = around;
        returned
    }

    /// What a method gives for what it is called with, by a framework. Nothing is told.
    pub(super) fn applied(&mut self, id: FunctionId, given: &[Type]) -> Type {
        self.quiet += 1;
        self.steps = 0;
        let function = self.names.function(id);
        let mut args: Vec<(Type, Option<Turn>)> = given.iter().map(|it| (it.clone(), None)).collect();
        args.resize(function.params.len(), (Type::Unknown, None));
        let returned = self.run(Unit::Function(id), &function.flow, args, (function.span, 0)).0;
        self.quiet -= 1;
        returned
    }

    /// Whether a method gets no instance.
    pub(super) fn is_static(&self, id: FunctionId) -> bool {
        self.names.function(id).decorators.iter().any(|it| &**it == "staticmethod")
    }

    /// Evaluates a function by itself, called with these. What it does is told.
    pub(super) fn rooted(&mut self, id: FunctionId, given: Vec<Type>) {
        self.steps = 0;
        let function = self.names.function(id);
        let mut args: Vec<(Type, Option<Turn>)> = given.into_iter().map(|it| (it, None)).collect();
        args.resize(function.params.len(), (Type::Unknown, None));
        self.run(Unit::Function(id), &function.flow, args, (function.span, 0));
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

    /// What a parameter's annotation says: a row of a model, or rows of which nobody says what loaded them.
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
            None => self.rows_by_annotation(id, node),
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
            never: HashSet::new(),
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
            let runs = self.runs(id as NodeId);
            self.quiet += usize::from(runs == Runs::Unasked);
            self.unasked += usize::from(runs == Runs::Unasked);
            let kind = if over || runs == Runs::Never { Type::Unknown } else { self.value(id as NodeId).shallow() };
            self.quiet -= usize::from(runs == Runs::Unasked);
            self.unasked -= usize::from(runs == Runs::Unasked);
            if let Some(frame) = self.frames.last_mut() {
                frame.types.push(kind);
                if runs == Runs::Never {
                    frame.never.insert(id as NodeId);
                }
            }
        }
        let Some(frame) = self.frames.pop() else { return (Type::Unknown, Vec::new()) };
        let depth = self.frames.len();
        let returned = flow.returns.iter().filter(|id| !frame.never.contains(id));
        let returned = returned.filter_map(|id| frame.types.get(*id as usize)).cloned().collect();
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
            NodeKind::Row(_) => Some(Turn { depth: self.depth(), scope: flow.node(id).scope }),
            NodeKind::Attr { of: value, .. }
            | NodeKind::Slice { of: value, .. }
            | NodeKind::Await(value)
            | NodeKind::Test(value)
            | NodeKind::Format(value)
            | NodeKind::Auto(value)
            | NodeKind::Collect { element: value, .. } => of(value),
            NodeKind::Call { func, args, keywords, .. } => {
                let args = args.iter().chain(keywords.iter().map(|(_, node)| node)).filter_map(of).max();
                of(func).max(args)
            }
            NodeKind::Item { of: value, key } => match (&flow.node(*key).kind, self.frame().types.get(*value as usize))
            {
                (NodeKind::Text(name), Some(record @ Type::Record(_))) => entry(record, name).and_then(|it| it.2),
                _ => of(value).max(of(key)),
            },
            NodeKind::Same(value, key) => of(value).max(of(key)),
            NodeKind::Store { value, .. } => of(value),
            NodeKind::List(all) | NodeKind::Either(all) | NodeKind::Mix(all) => all.iter().filter_map(of).max(),
            NodeKind::Dict(pairs) => pairs.iter().filter_map(|(key, value)| of(key).max(of(value))).max(),
            _ => None,
        }
    }

    fn name(&mut self, name: &str) -> Type {
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
        match self.names.resolve(draft, name) {
            Some(Def::Global(at, node)) => self.global(at, node),
            Some(def) => Type::Def(def),
            None => Type::Def(Def::External(name.into())),
        }
    }

    /// An argument of the function that the present one lies in, while that runs.
    fn around(&self, name: &str) -> Option<Type> {
        let Unit::Function(id) = self.frame().unit else { return None };
        let within = self.names.function(id).within.as_deref()?;
        let outer = within.rsplit('.').next()?;
        let (_, frames) = self.frames.split_last()?;
        frames.iter().rev().find_map(|frame| {
            let Unit::Function(function) = frame.unit else { return None };
            let it = self.names.function(function);
            let at = it.params.iter().position(|param| *param.name == *name)?;
            (function.draft == id.draft && *it.name == *outer).then(|| frame.types.get(at).cloned())?
        })
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
        if self.frames.len() > MOST_BODIES {
            return Rc::default();
        }
        // Bodies that need each other know nothing of each other.
        self.bodies.insert(unit, Rc::new(Vec::new()));
        self.quiet += 1;
        let types = Rc::new(self.run(unit, flow, Vec::new(), (Span::at(FileId(0), 0), 0)).1);
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
        Type::Record(entries) => {
            Type::Record(entries.iter().map(|(name, it, _)| (name.clone(), settle(it, depth), None)).collect())
        }
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
