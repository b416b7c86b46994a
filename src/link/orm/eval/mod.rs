//! Evaluation: each flow in one pass, with types for values; functions that rows are passed to are followed.
//!
//! Frames are the functions entered, outermost first. A row knows the frame and the loop it differs in each turn of, so
//! that a read three calls away is still told of the loop it happens in.

mod around;
mod asks_by;
mod attribute;
mod call;
mod childless;
mod constant;
mod given;
mod guess;
mod handed;
mod injected;
mod made;
mod need;
mod passed;
mod queued;
mod runs;
mod same;
mod saves;
mod shared;
mod told;
mod touched;
mod value;
mod wrapped;

use std::cell::OnceCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

pub(super) use call::set_of;
pub(super) use need::uses;
pub(super) use runs::Context;
pub(super) use value::short;

use given::Given;
use runs::{Once, Runs};

use super::default_manager::Own;
use super::django;
use super::events::Events;
use super::grown::Made;
use super::indexes;
use super::key_asked::Deleted;
use super::models::Models;
use super::names::{ClassId, Def, FunctionId, Names};
use super::receivers::Receivers;
use super::registered::Registered;
use super::settings::Settings;
use super::spelled::Spelled;
use super::templates::{Templates, entry, field};
use super::types::{Entry, Loads, Row, Set, Size, Turn, Type, Unit};
use super::uses::{Use, thrown};
use crate::facts::orm::OrmDraft;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, Scope, last_of};
use crate::source::{FileId, Span};

/// Calls are followed so deep.
const MOST_DEPTH: usize = 5;
/// Bodies that need the values of others are followed so deep, together with calls.
const MOST_BODIES: usize = 32;
/// One function, with all it calls, evaluates at most so many values.
const MOST_STEPS: usize = 20_000;
/// All of them together evaluate so many times the values that there are; beyond, each evaluates few.
const MOST_TIMES: usize = 10;
/// As many as are few.
const FEW_STEPS: usize = 2_000;

/// A function with what its arguments say, and whether it is called for a list.
type Called = (FunctionId, Box<[Given]>, bool);

/// What is known of a function that was called so.
#[derive(Debug, Default)]
struct Known {
    returned: Type,
    /// Whether it met nothing of a mapper on its way, and so has nothing to tell wherever it is called.
    idle: bool,
}

/// Evaluates flows.
pub(super) struct Eval<'a> {
    pub(super) names: &'a Names<'a>,
    pub(super) models: &'a Models,
    pub(super) events: Events,
    /// What querysets are asked that is worth a look.
    pub(super) uses: Vec<Use>,
    /// Rows of SQLAlchemy's that are deleted.
    pub(super) deleted: Deleted,
    /// Rows that are made.
    pub(super) made: Made,
    pub(super) indexes: indexes::Known,
    pub(super) frames: Vec<Frame<'a>>,
    /// The flow of serializers' frames.
    pub(super) serial: &'a Flow,
    pub(super) templates: Templates<'a>,
    pub(super) registered: Registered,
    /// Types of the values at the tops of modules and in the bodies of classes.
    bodies: HashMap<Unit, Rc<Vec<Type>>>,
    /// What functions were left with that others lie in, or that put something under a name of their instance.
    left: HashMap<(FunctionId, Option<ClassId>), Rc<Vec<Type>>>,
    /// What a function returns when only the classes of what it is given matter.
    memo: HashMap<Called, Known>,
    /// How many values were of a mapper: rows, querysets, what is asked of them.
    met: usize,
    /// The lowest frame whose function was called again by what it called, and not followed.
    came_back_to: usize,
    /// Places where rows are known that come by, whether they ask for something or not.
    pub(super) settled: HashSet<Span>,
    /// Places where a clause could be put onto what rows lead to, and which are served where those come with a prefetch: a
    /// clause there would ask the database after all.
    pub(super) served: HashSet<Span>,
    /// Templates that code fills with what it says.
    pub(super) filled: HashSet<FunctionId>,
    /// Names of all functions and models, once a guess has asked for them.
    known: Option<Rc<guess::Known<'a>>>,
    /// The models of values that are known by what is read of them.
    by_reads: HashMap<(Unit, NodeId), Option<ClassId>>,
    /// What the default managers of models give by a `get_queryset` of their own.
    pub(super) by_default: HashMap<ClassId, Own>,
    /// Names and texts that values hold, each once.
    words: HashSet<Rc<str>>,
    /// The functions that are entered for their names alone.
    by_name: Vec<Box<str>>,
    /// How many serializers that choose their fields by code the present field lies in.
    pub(super) chosen: usize,
    /// Whether what is evaluated is what a view does for its list.
    listing: bool,
    /// What the serializer that is evaluated is told besides its rows, when that is known.
    pub(super) context: Option<Rc<Context>>,
    /// How many evaluations are under way for what they leave behind.
    kept: usize,
    /// What the values of the function that was followed last are behind it, its arguments first.
    behind: Vec<Type>,
    steps: usize,
    /// How many calls were not followed because they lay too deep.
    too_deep: usize,
    /// How many values were evaluated, and how many may be.
    spent: (usize, usize),
    /// The code whose evaluation was cut short, for there were too many values.
    cut: HashSet<Unit>,
    /// How many evaluations are under way that nobody loops over.
    quiet: usize,
    /// How many of code that may not run in each turn.
    unasked: usize,
    /// The loops within which the present evaluation is done once, and kept.
    once: Vec<Once>,
    /// What the turns of loops have written in the present evaluation.
    touched: Vec<touched::Touched>,
    /// The loops whose rows are read anew in the turn, each with the queryset of the rows: `row.refresh_from_db()`.
    refreshed: Vec<(Turn, Span)>,
    /// Names under which something may be handed on by `**`.
    handed: given::Handed<'a>,
    pub(super) settings: Settings<'a>,
    /// Paths that code spells, read when they are first asked for.
    spelled: OnceCell<Spelled<'a>>,
    /// The view whose code is evaluated, which may be that of a base.
    pub(super) view: Option<ClassId>,
    queued: queued::Queued,
    receivers: Receivers,
    /// What decorators call in loops, by the decorator.
    wrappers: HashMap<FunctionId, Option<wrapped::Wrapper>>,
    /// The decorated functions whose decorators are evaluated, each with the function that was given it.
    wrapped: Vec<(FunctionId, FunctionId)>,
    /// What is loaded onto rows before the function that is entered next.
    loaded_before: Vec<(Span, Loads)>,
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
    /// SQLAlchemy's models all of whose rows a list holds: a session finds what leads to one of them without asking.
    pub(super) held: Vec<ClassId>,
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
            never: HashSet::default(),
            call: (Span::at(FileId(0), 0), 0),
            loaded: Vec::new(),
            held: Vec::new(),
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
            never: HashSet::default(),
            call,
            loaded: Vec::new(),
            held: Vec::new(),
        }
    }
}

impl Frame<'_> {
    /// The place in the frame below that calls it.
    pub(super) fn called_at(&self) -> Span {
        self.call.0
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
            uses: Vec::new(),
            deleted: Deleted::default(),
            made: Made::default(),
            indexes: indexes::Known::default(),
            frames: Vec::new(),
            serial,
            templates: Templates::new(names),
            registered: Registered::read(names),
            bodies: HashMap::default(),
            left: HashMap::default(),
            memo: HashMap::default(),
            met: 0,
            came_back_to: usize::MAX,
            settled: HashSet::default(),
            served: HashSet::default(),
            filled: HashSet::default(),
            known: None,
            by_reads: HashMap::default(),
            by_default: HashMap::default(),
            words: HashSet::default(),
            by_name: Vec::new(),
            chosen: 0,
            listing: false,
            context: None,
            kept: 0,
            behind: Vec::new(),
            steps: 0,
            too_deep: 0,
            spent: (0, MOST_TIMES * size(names)),
            cut: HashSet::default(),
            quiet: 0,
            unasked: 0,
            once: Vec::new(),
            touched: Vec::new(),
            refreshed: Vec::new(),
            handed: given::Handed::read(names),
            settings: Settings::read(names),
            spelled: OnceCell::new(),
            view: None,
            queued: Vec::new(),
            receivers: Receivers::read(names, models),
            wrappers: HashMap::default(),
            wrapped: Vec::new(),
            loaded_before: Vec::new(),
        }
    }

    /// Evaluates a function by itself, with parameters as their annotations say.
    pub(super) fn root(&mut self, id: FunctionId) -> Type {
        let function = self.names.function(id);
        if !function.decorators.is_empty() {
            self.root_of_wrapper(id);
        }
        self.enter_root(id, function.owner.map(|at| ClassId { draft: id.draft, at }))
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
    pub(super) fn is_static(&self, id: FunctionId) -> bool {
        self.names.function(id).decorators.iter().any(|it| &**it == "staticmethod")
    }

    /// Evaluates a method by itself, on an instance of a class that inherits it. What it does is told.
    pub(super) fn rooted_of(&mut self, id: FunctionId, class: ClassId) -> Type {
        self.view = Some(class);
        let returned = self.enter_root(id, Some(class));
        self.view = None;
        returned
    }

    /// Evaluates a function by itself, called with these, onto whose rows something was loaded before. What it does is told.
    pub(super) fn rooted(&mut self, id: FunctionId, given: Vec<Type>, loaded: Vec<(Span, Loads)>) {
        self.steps = 0;
        self.loaded_before = loaded;
        let function = self.names.function(id);
        let mut args: Vec<(Type, Option<Turn>)> = given.into_iter().map(|it| (it, None)).collect();
        args.resize(function.params.len(), (Type::Unknown, None));
        self.run(Unit::Function(id), &function.flow, args, (function.span, 0));
        self.loaded_before.clear();
    }

    fn enter_root(&mut self, id: FunctionId, class: Option<ClassId>) -> Type {
        self.run_root(id, class).0
    }

    /// The types of the values of a function that is called by itself.
    fn values_of(&mut self, id: FunctionId, class: Option<ClassId>) -> Vec<Type> {
        self.run_root(id, class).1
    }

    fn run_root(&mut self, id: FunctionId, class: Option<ClassId>) -> (Type, Vec<Type>) {
        self.steps = 0;
        let function = self.names.function(id);
        let this = class.map(|class| self.this(class, id));
        let method = this.is_some() && !function.decorators.iter().any(|it| &**it == "staticmethod");
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
                _ => match (self.injected(id, param), param.default) {
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
        let flow = &self.names.function(id).flow;
        match self.said(id.draft, flow, node) {
            Some(Def::External(name)) if name.ends_with("Request") => Type::Request,
            Some(def) => match (self.models.of(&def), def) {
                (Some(model), _) => Type::Row(Rc::new(Row::of(model))),
                (None, Def::Class(class)) => Type::Instance(class),
                _ => Type::Unknown,
            },
            None => self.rows_by_annotation(id, node),
        }
    }

    /// The one class that an annotation names: `User`, `"User"`, `User | None`, `Optional[User]`.
    pub(super) fn said(&self, draft: u32, flow: &Flow, node: NodeId) -> Option<Def> {
        match &flow.node(node).kind {
            NodeKind::Text(text) => {
                let text = text.strip_suffix("| None").unwrap_or(text).trim();
                self.names.resolve_dotted(draft, text)
            }
            NodeKind::Mix(parts) => match parts.as_slice() {
                [of, none] if flow.node(*none).kind == NodeKind::Nothing => self.said(draft, flow, *of),
                _ => None,
            },
            NodeKind::Item { of, key } if flow.dotted(*of).is_some_and(|it| last_of(&it) == "Optional") => {
                self.said(draft, flow, *key)
            }
            _ => self.names.of_node(draft, flow, node),
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
        if self.frames.is_empty() {
            self.touched.clear();
            self.refreshed.clear();
        }
        self.frames.push(Frame {
            unit,
            flow,
            types: Vec::with_capacity(flow.nodes.len()),
            vary: Vec::with_capacity(flow.nodes.len()),
            args,
            never: HashSet::default(),
            call,
            loaded: std::mem::take(&mut self.loaded_before),
            held: Vec::new(),
        });
        for id in 0..flow.nodes.len() {
            self.steps += 1;
            self.spent.0 += 1;
            let over = self.is_over();
            if over && let Some(outermost) = self.frames.first() {
                self.cut.insert(outermost.unit);
            }
            let vary = if over { None } else { self.varies(id as NodeId) };
            if let Some(frame) = self.frames.last_mut() {
                frame.vary.push(vary);
            }
            let runs = self.runs(id as NodeId);
            self.quiet += usize::from(runs == Runs::Unasked);
            self.unasked += usize::from(runs == Runs::Unasked);
            let once = self.kept_within(id as NodeId);
            self.once.extend(once);
            let kind = if over || runs == Runs::Never { Type::Unknown } else { self.value(id as NodeId).shallow() };
            if once.is_some() {
                self.once.pop();
            }
            self.met += usize::from(kind.is_of_mapper());
            self.quiet -= usize::from(runs == Runs::Unasked);
            self.unasked -= usize::from(runs == Runs::Unasked);
            if let Some(frame) = self.frames.last_mut() {
                frame.types.push(kind);
                if runs == Runs::Never {
                    frame.never.insert(id as NodeId);
                }
            }
        }
        self.thrown(flow);
        let generated = if self.is_opened(unit) { self.opened(flow) } else { self.generated(flow) };
        let Some(mut frame) = self.frames.pop() else { return (Type::Unknown, Vec::new()) };
        let depth = self.frames.len();
        // What it has loaded onto rows that it was given, they have from here on.
        if let Some(below) = self.frames.last_mut() {
            below.loaded.append(&mut frame.loaded);
        }
        if let Some(generated) = generated {
            return (settle(&generated, depth), frame.types);
        }
        let returned = flow.returns.iter().filter(|id| !frame.never.contains(id));
        let returned = returned.filter_map(|id| frame.types.get(*id as usize)).cloned().collect();
        (settle(&Type::either(returned), depth), frame.types)
    }

    /// Querysets that the present flow makes, and that nobody takes.
    fn thrown(&mut self, flow: &'a Flow) {
        for id in &flow.thrown {
            let NodeKind::Call { func, .. } = flow.node(*id).kind else { continue };
            // A method of the repository's own, of the same name, may do something.
            if let (Type::Op(..), Type::Set(set)) = (self.type_of(func), self.type_of(*id)) {
                thrown(self, &set, *id);
            }
        }
    }

    /// Begins anew with what nobody calls: a view, a list of the admin.
    pub(super) fn begin(&mut self) {
        if self.frames.is_empty() {
            self.steps = 0;
        }
    }

    /// The code whose evaluation was cut short, in the order of files: its place, and its name.
    pub(super) fn cut_short(&self) -> Vec<(Span, Box<str>)> {
        let place = |unit: &Unit| match *unit {
            Unit::Function(id) => Some((self.names.function(id).span, self.names.path_of(id).into())),
            Unit::Class(id) => Some((self.names.class(id).span, self.names.class(id).name.clone())),
            Unit::Top(_) => None,
        };
        let mut all: Vec<(Span, Box<str>)> = self.cut.iter().filter_map(place).collect();
        all.sort_unstable();
        all
    }

    /// Whether there are too many values for the rest to be evaluated.
    pub(super) fn is_over(&self) -> bool {
        let most = if self.spent.0 > self.spent.1 { FEW_STEPS } else { MOST_STEPS };
        self.steps > most
    }

    /// Whether a function is called by `with`.
    fn is_opened(&self, unit: Unit) -> bool {
        let Unit::Function(id) = unit else { return false };
        self.names.function(id).decorators.iter().any(|it| it.ends_with("contextmanager"))
    }

    /// What a function that is called by `with` hands to the block.
    fn opened(&self, flow: &Flow) -> Option<Type> {
        Some(Type::either(flow.yields.iter().map(|id| self.type_of(*id)).collect()))
    }

    /// What a generator gives, one thing in each turn of its own loops.
    fn generated(&self, flow: &Flow) -> Option<Type> {
        let looped = flow.yields.iter().filter(|id| flow.node(**id).scope != 0);
        let each: Vec<Type> = looped.clone().map(|id| self.type_of(*id)).collect();
        let size = looped.filter_map(|id| self.size_between(flow.node(*id).scope, 0)).reduce(Size::longer);
        (!each.is_empty()).then(|| Type::List(Rc::new(Type::either(each)), size))
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
            NodeKind::Attr { of: value, name, .. } => match self.frame().types.get(*value as usize) {
                Some(Type::Made(_, fields)) => match field(fields, name) {
                    Some((.., vary)) => *vary,
                    None => of(value),
                },
                _ => of(value),
            },
            NodeKind::Slice { of: value, .. }
            | NodeKind::Await(value)
            | NodeKind::Test(value)
            | NodeKind::Format(value)
            | NodeKind::Through(value)
            | NodeKind::Auto(value)
            | NodeKind::Collect { element: value, .. } => of(value),
            NodeKind::Call { func, args, keywords, .. } => {
                let args = args.iter().chain(keywords.iter().map(|(_, node)| node)).filter_map(of).max();
                of(func).max(args)
            }
            NodeKind::Item { of: value, key } => match (&flow.node(*key).kind, self.frame().types.get(*value as usize))
            {
                (NodeKind::Text(name), Some(record @ Type::Record(_))) => {
                    let (_, known, vary) = entry(record, name)?;
                    // Each dict of a list has values of its own.
                    let of_list = matches!(flow.node(*value).kind, NodeKind::Row(_) | NodeKind::Item { .. });
                    let same = matches!(known, Type::Text(_) | Type::Flag(_) | Type::Def(_) | Type::Nothing);
                    vary.or_else(|| of(value).filter(|_| of_list && !same))
                }
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
    fn word(&mut self, text: &str) -> Rc<str> {
        if let Some(word) = self.words.get(text) {
            return word.clone();
        }
        let word: Rc<str> = text.into();
        self.words.insert(word.clone());
        word
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
        // It is kept for all, so that it has steps of its own.
        let steps = std::mem::take(&mut self.steps);
        self.quiet += 1;
        let types = Rc::new(self.run(unit, flow, Vec::new(), (Span::at(FileId(0), 0), 0)).1);
        self.quiet -= 1;
        self.steps = steps;
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

/// How many values there are.
fn size(names: &Names<'_>) -> usize {
    let nodes = |flow: &Flow| flow.nodes.len();
    let of = |draft: &&OrmDraft| {
        let functions: usize = draft.functions.iter().map(|it| nodes(&it.flow)).sum();
        let classes: usize = draft.classes.iter().map(|it| nodes(&it.body)).sum();
        nodes(&draft.top) + functions + classes
    };
    names.drafts.iter().map(of).sum()
}

fn settled(entries: &[Entry], depth: usize) -> Rc<[Entry]> {
    let left = |vary: &Option<Turn>| vary.filter(|turn| turn.depth < depth);
    entries.iter().map(|(name, it, vary)| (name.clone(), settle(it, depth), left(vary))).collect()
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
        Type::Record(entries) => Type::Record(settled(entries, depth)),
        Type::Made(class, entries) => Type::Made(*class, settled(entries, depth)),
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
