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
mod flow;
mod follow;
mod frame;
mod given;
mod guess;
mod handed;
mod initial;
mod injected;
mod instances;
mod limits;
mod made;
mod named;
mod need;
mod operate;
mod passed;
mod queued;
mod roots;
mod row_methods;
mod runs;
mod same;
mod saves;
mod sent;
mod settle;
mod shared;
mod sites;
mod told;
mod touched;
mod value;
mod wrapped;

use std::cell::OnceCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

pub(super) use frame::Frame;
pub(super) use need::uses;
pub(super) use runs::Context;
pub(super) use settle::settle;
pub(super) use value::short;

use given::Given;
use runs::Once;

use super::default_manager::Own;
use super::events::Events;
use super::forms::Offers;
use super::grown::Made;
use super::indexes;
use super::key_asked::Deleted;
use super::models::Models;
use super::names::{ClassId, FunctionId, Names};
use super::receivers::Receivers;
use super::registered::Registered;
use super::settings::Settings;
use super::spelled::Spelled;
use super::templates::Templates;
use super::types::{Entry, Loads, Turn, Type, Unit};
use super::uses::Use;
use crate::facts::orm::flow::{Flow, NodeId};
use crate::source::Span;

/// A function with what its arguments say, and whether it is called for a list.
type Called = (FunctionId, Box<[Given]>, bool);

/// What is known of a function that was called so.
#[derive(Debug, Default)]
struct Known {
    returned: Type,
    /// Whether it met nothing of a mapper on its way, and so has nothing to tell wherever it is called.
    idle: bool,
    /// From this depth on: what lies deeper than calls are followed was left out. 0 where nothing was.
    from: usize,
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
    /// The models that instances of classes have by their names, whoever makes them.
    initial: HashMap<ClassId, Rc<[Entry]>>,
    /// The lowest frame of the body that is evaluated for all who ask, before which nothing is of it.
    base: usize,
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
    /// What the context processors of the project put into each template.
    pub(super) processed: Rc<[Entry]>,
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
    /// What templates write out of forms, and the rows that code has them offer.
    pub(super) offers: Offers,
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

/// The arguments of a call.
pub(super) struct Args<'n> {
    pub(super) positional: &'n [NodeId],
    pub(super) keywords: &'n [(Box<str>, NodeId)],
    pub(super) open: bool,
}

impl Args<'static> {
    /// Those of a call that has none.
    pub(super) const NONE: Self = Self { positional: &[], keywords: &[], open: false };
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
            registered: Registered::read(names, models),
            bodies: HashMap::default(),
            left: HashMap::default(),
            initial: HashMap::default(),
            base: 0,
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
            spent: (0, limits::most(names)),
            processed: Rc::from([]),
            cut: HashSet::default(),
            quiet: 0,
            unasked: 0,
            once: Vec::new(),
            touched: Vec::new(),
            refreshed: Vec::new(),
            handed: given::Handed::read(names),
            settings: Settings::read(names),
            offers: Offers::default(),
            spelled: OnceCell::new(),
            view: None,
            queued: Vec::new(),
            receivers: Receivers::read(names, models),
            wrappers: HashMap::default(),
            wrapped: Vec::new(),
            loaded_before: Vec::new(),
        }
    }
}
