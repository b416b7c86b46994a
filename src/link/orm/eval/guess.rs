//! Guesses: loops over what nobody knows, rows that are known by what is read of them, functions by their names alone.
//!
//! What rests on one is told as such, and never in the place of what is known.

use std::rc::Rc;

use rustc_hash::FxHashMap as HashMap;

use super::super::events::Guess;
use super::super::names::{ClassId, FunctionId, Names};
use super::super::types::{ManagerType, Row, Set, Size, Turn, Type};
use super::super::{django, models::Models};
use super::{Args, Eval, Frame};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, Scope, last_of};
use crate::source::Span;
use crate::stack::vocabulary::Orm;

/// What is looped over by these names is short: parts of one thing, and what code itself has some of.
const FEW: &[&str] = &[
    "fields",
    "choices",
    "languages",
    "columns",
    "headers",
    "parts",
    "steps",
    "args",
    "kwargs",
    "keys",
    "apps",
    "models",
    "forms",
    "errors",
    "plugins",
    "backends",
    "handlers",
    "settings",
    "methods",
    "attempts",
    "retries",
    "get_models",
    "get_app_configs",
    "get_fields",
    "_get_fields",
    "__subclasses__",
    "_meta",
    "cleaned_data",
];
/// Methods of dicts and lists, which give what they hold.
const HOLDS: &[&str] = &["items", "values", "keys", "get", "copy", "pop", "all", "iterator", "order_by", "filter"];
/// Functions that give what they are given.
const SAME: &[&str] = &[
    "list",
    "tuple",
    "set",
    "sorted",
    "reversed",
    "iter",
    "enumerate",
    "zip",
    "chain",
    "filter",
    "map",
    "tqdm",
    "len",
];
/// A function is known by its name alone when that says as much as this.
const SHORTEST: usize = 8;
/// Flows longer than this are not searched for what is read of a value.
const LONGEST: usize = 4_000;
/// Names of the mappers' own methods, and of what every model has.
const COMMON: &[&str] = &[
    "get_queryset",
    "order_by",
    "values_list",
    "in_bulk",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "select_related",
    "prefetch_related",
    "full_clean",
    "refresh_from_db",
    "get_absolute_url",
    "get_object",
    "get_context_data",
    "get_serializer",
    "is_valid",
    "to_representation",
    "from_dict",
    "to_dict",
    "as_dict",
    "get_or_404",
    "filter_by",
    "one_or_none",
    "is_active",
    "add_argument",
    "set_password",
];

/// What is known of all functions and models by name, made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Known<'a> {
    functions: HashMap<&'a str, Vec<FunctionId>>,
    /// The models that have an attribute.
    models: HashMap<&'a str, Vec<ClassId>>,
    /// What relations of a name lead to, packages' included, where all are lists of one model.
    lists: HashMap<&'a str, Option<ClassId>>,
}

impl<'a> Known<'a> {
    fn read(names: &'a Names<'a>, models: &'a Models) -> Self {
        let mut known = Self::default();
        for (draft, it) in names.drafts.iter().copied().enumerate().filter(|(_, it)| it.place.is_code()) {
            for (at, function) in it.functions.iter().enumerate().filter(|(_, it)| it.within.is_none()) {
                let id = FunctionId { draft: draft as u32, at: at as u32 };
                known.functions.entry(&function.name).or_default().push(id);
            }
        }
        for model in names.all_classes().into_iter().filter_map(|id| models.get(id)) {
            for (name, relation) in &model.relations {
                let target = relation.target.filter(|_| relation.to_many && model.orm == Orm::Django);
                let all = known.lists.entry(name).or_insert(target);
                *all = all.filter(|it| Some(*it) == target);
            }
        }
        for id in names.all_classes().into_iter().filter(|id| !names.is_of_package(*id)) {
            let Some(model) = models.get(id) else { continue };
            let mut own: Vec<&str> = model.relations.keys().map(|name| &**name).collect();
            for class in &names.lineage(id).classes {
                own.extend(names.class(*class).attributes.iter().map(|it| &*it.name));
                let methods = names.draft(class.draft).functions.iter().filter(|it| it.owner == Some(class.at));
                own.extend(methods.map(|it| &*it.name));
            }
            own.sort_unstable();
            own.dedup();
            for name in own {
                known.models.entry(name).or_default().push(id);
            }
        }
        known
    }
}

impl<'a> Eval<'a> {
    /// The loop that something runs in whose key is this value: over rows, or one that is guessed to be long.
    pub(in crate::link::orm) fn turns(
        &self,
        span: Span,
        scope: Scope,
        vary: Option<Turn>,
    ) -> Option<(Turn, Size, Span)> {
        match self.row_loop(span, scope) {
            Some(found) => self.keyed(vary, found.0).then_some(found),
            None => self.guessed_loop(span, scope, |turn| self.keyed(vary, turn)),
        }
    }

    /// `graph.cardmodel_set`, of whatever: by the name that Django gives the other side of a foreign key, when one has it.
    pub(super) fn other_side(&mut self, name: &str, id: NodeId) -> Option<Type> {
        let named = name.strip_suffix("_set").is_some_and(|model| model.len() >= SHORTEST);
        if !named {
            return None;
        }
        let known = self.known();
        let having = known.models.get(name)?;
        let mut relations = having.iter().map(|model| self.models.relation(*model, name));
        let relation = relations.next()??.clone();
        // Models below one have its relations, too.
        if !relations.all(|it| it.is_some_and(|it| it.span == relation.span)) || !relation.to_many {
            return None;
        }
        let model = having.iter().copied().find(|model| having.iter().all(|it| self.names.derives(*it, *model)))?;
        let row = Rc::new(Row { guessed: true, turn: self.vary(id), ..Row::of(model) });
        Some(django::related_manager(self, relation.target?, &row, relation, id))
    }

    /// `coupon.attr.vouchers.all()`, of whatever: rows of one model, when all lists of that name are. What was loaded with
    /// them is not known.
    pub(super) fn list_by_name(&mut self, of: &Type, name: &str, id: NodeId) -> Option<Type> {
        let unknown = match of {
            Type::Op(of, _) => matches!(**of, Type::Unknown),
            of => matches!(of, Type::Unknown),
        };
        if !unknown || name.len() < SHORTEST {
            return None;
        }
        let known = self.known();
        let target = (*known.lists.get(name)?)?;
        if !is_asked_for_all(self.frame().flow, id) {
            return None;
        }
        let has = |model: &&ClassId| self.models.relation(**model, name).is_some_and(|it| it.target == Some(target));
        let model = *known.models.get(name)?.iter().find(has)?;
        let relation = self.models.relation(model, name)?.clone();
        let row = Rc::new(Row { guessed: true, ..Row::of(model) });
        match django::related_manager(self, target, &row, relation, id) {
            Type::Manager(it) => {
                Some(Type::Manager(Rc::new(ManagerType { unread: true, site: None, ..(*it).clone() })))
            }
            other => Some(other),
        }
    }

    /// What an argument is by its name: what the framework gives a serializer's methods.
    pub(super) fn checked(&self, at: u32) -> Option<Type> {
        let super::Unit::Function(id) = self.frame().unit else { return None };
        let function = self.names.function(id);
        let owner = ClassId { draft: id.draft, at: function.owner? };
        let lineage = self.names.lineage(owner);
        let is = |last: &str| lineage.external.iter().any(|base| last_of(base).ends_with(last));
        let given = match &*function.params.get(at as usize)?.name {
            "validated_data" => true,
            "attrs" | "data" => &*function.name == "validate",
            _ => false,
        };
        // A list of them has each by its place.
        (given && is("Serializer")).then(|| Type::Checked(is("ListSerializer")))
    }

    /// The innermost loop over what nobody knows.
    pub(in crate::link::orm) fn guessed_loop(
        &self,
        span: Span,
        scope: Scope,
        wanted: impl Fn(Turn) -> bool,
    ) -> Option<(Turn, Size, Span)> {
        let (mut span, mut scope) = (span, scope);
        for (depth, frame) in self.frames.iter().enumerate().rev() {
            let mut at = scope;
            while let Some(here) = frame.flow.scope(at) {
                let turn = Turn { depth, scope: at };
                if wanted(turn) && self.may_be_long(frame, here.iter, 0) && !self.is_passed_by(turn) {
                    return Some((turn, Size::Guessed, span));
                }
                at = here.parent;
            }
            (span, scope) = frame.call;
        }
        None
    }

    /// Whether what a node gives may be long: it is not known, and nothing says that it is short.
    pub(super) fn may_be_long(&self, frame: &Frame<'_>, id: NodeId, depth: u32) -> bool {
        if depth > 8 {
            return false;
        }
        let flow = frame.flow;
        let open = match frame.types.get(id as usize) {
            Some(Type::Unknown | Type::Op(..) | Type::List(_, None) | Type::Dict(_, None)) => true,
            Some(known) => return known.size() == Some(Size::Guessed),
            None => false,
        };
        let further = |id: NodeId| self.may_be_long(frame, id, depth + 1);
        open && match &flow.node(id).kind {
            NodeKind::Param(at) => self.param(frame, *at).is_some_and(|name| !name.starts_with('*') && !is_few(name)),
            NodeKind::Attr { name, .. } => !is_few(name) && !is_constant(name),
            NodeKind::Call { func, args, .. } => match &flow.node(*func).kind {
                NodeKind::Attr { of, name, .. } if HOLDS.contains(&&**name) => {
                    !matches!(flow.node(*of).kind, NodeKind::Name(_)) && further(*of)
                }
                NodeKind::Attr { name, .. } => !is_few(name) && !name.starts_with("split"),
                NodeKind::Name(name) if &**name == "range" => args
                    .last()
                    .is_some_and(|most| !matches!(flow.node(*most).kind, NodeKind::Number(_)) && further(*most)),
                NodeKind::Name(name) if SAME.contains(&&**name) => args.iter().any(|it| further(*it)),
                NodeKind::Name(name) => !is_few(name) && !is_constant(name),
                _ => false,
            },
            NodeKind::Slice { of, most, .. } => most.is_none_or(|most| most > 10) && further(*of),
            // `kwargs["rows"]`
            NodeKind::Item { of, .. } if matches!(flow.node(*of).kind, NodeKind::Param(_)) => true,
            NodeKind::Item { of, .. } | NodeKind::Await(of) | NodeKind::Row(of) => further(*of),
            NodeKind::Collect { element, .. } => {
                let inner = flow.node(*element).scope;
                flow.scope(inner).is_some_and(|it| further(it.iter))
            }
            NodeKind::Either(all) | NodeKind::Mix(all) => all.iter().any(|it| further(*it)),
            _ => false,
        }
    }

    fn param(&self, frame: &Frame<'_>, at: u32) -> Option<&'a str> {
        match frame.unit {
            super::Unit::Function(id) => self.names.function(id).params.get(at as usize).map(|it| &*it.name),
            _ => None,
        }
    }

    /// The rows of a loop over what is not known, when what is read of them is what one model has, and no other.
    pub(super) fn rows_by_reads(&mut self, iter: NodeId, row: NodeId) -> Option<Type> {
        let over = self.type_of(iter);
        let unknown = match &over {
            Type::Op(of, name) => !matches!(&**of, Type::Row(row) if brings(row, name)),
            Type::Unknown => true,
            Type::List(element, _) => matches!(**element, Type::Unknown),
            _ => false,
        };
        if !unknown || !self.may_be_long(self.frame(), iter, 0) {
            return None;
        }
        let flow = self.frame().flow;
        if is_loaded(flow, iter) {
            return None;
        }
        let model = self.model_by_reads(row)?;
        let span = flow.node(iter).span;
        Some(Type::Set(Rc::new(self.guessed_rows(model, span))))
    }

    /// `list[Book]`, `QuerySet[Book]`
    pub(super) fn rows_by_annotation(&self, function: FunctionId, annotation: NodeId) -> Type {
        const LISTS: &[&str] =
            &["list", "List", "Sequence", "Iterable", "Collection", "QuerySet", "set", "Set", "Iterator"];
        let flow = &self.names.function(function).flow;
        let NodeKind::Item { of, key } = flow.node(annotation).kind else { return Type::Unknown };
        let is_list = flow.dotted(of).is_some_and(|name| LISTS.contains(&last_of(&name)));
        let def = match flow.text(key) {
            Some(text) => self.names.resolve_dotted(function.draft, text),
            None => self.names.of_node(function.draft, flow, key),
        };
        let Some(model) = def.filter(|_| is_list).and_then(|def| self.models.of(&def)) else { return Type::Unknown };
        Type::Set(Rc::new(self.guessed_rows(model, flow.node(annotation).span)))
    }

    /// Rows of a model that nobody says more of.
    pub(in crate::link::orm) fn guessed_rows(&self, model: ClassId, span: Span) -> Set {
        let orm = self.models.get(model).map_or(Orm::Django, |it| it.orm);
        Set { orm, size: Size::Guessed, ..Set::all(model, span) }
    }

    /// What an argument of an unknown kind is, when what is read of it is what one model has, and no other.
    pub(super) fn row_by_reads(&mut self, param: u32, id: NodeId) -> Type {
        let super::Unit::Function(function) = self.frame().unit else { return Type::Unknown };
        let Some(it) = self.names.function(function).params.get(param as usize) else { return Type::Unknown };
        if it.annotation.is_some() || it.name.starts_with('*') || matches!(&*it.name, "self" | "cls" | "request") {
            return Type::Unknown;
        }
        match self.model_by_reads(id) {
            Some(model) => Type::Row(Rc::new(Row { guessed: true, ..Row::of(model) })),
            None => Type::Unknown,
        }
    }

    /// The one model that has all that is read of a value: two names at least, or the name that Django gives the other
    /// side of a foreign key.
    fn model_by_reads(&mut self, of: NodeId) -> Option<ClassId> {
        let key = (self.frame().unit, of);
        if let Some(model) = self.by_reads.get(&key) {
            return *model;
        }
        let model = self.having_all_reads(of);
        self.by_reads.insert(key, model);
        model
    }

    fn having_all_reads(&mut self, of: NodeId) -> Option<ClassId> {
        let flow = self.frame().flow;
        if flow.nodes.len() > LONGEST {
            return None;
        }
        let read = read_of(flow, of);
        if read.is_empty() {
            return None;
        }
        let known = self.known();
        let mut fits: Option<Vec<ClassId>> = None;
        let (mut told, mut reverse) = (0, false);
        for name in read.iter().filter(|it| !matches!(**it, "id" | "pk" | "save" | "delete")) {
            let having = known.models.get(name).or_else(|| known.models.get(name.strip_suffix("_id")?))?;
            told += 1;
            reverse |= name.ends_with("_set");
            fits = Some(match fits {
                None => having.clone(),
                Some(before) => before.into_iter().filter(|it| having.contains(it)).collect(),
            });
        }
        let fits = fits?;
        let named = self.called(of).and_then(|name| {
            let mut all = fits.iter().filter(|model| is_called(&self.models.name(self.names, **model), name));
            all.next().filter(|_| all.next().is_none())
        });
        let model = match (fits.as_slice(), named) {
            ([only], _) if told > 1 || reverse => *only,
            (_, named) => *named?,
        };
        let related = read.iter().any(|name| self.models.relation(model, name).is_some());
        let stored = read.iter().any(|it| matches!(*it, "save" | "delete"));
        (related || stored).then_some(model)
    }

    /// The variable that holds a value, or the argument that it is.
    fn called(&self, of: NodeId) -> Option<&'a str> {
        let flow = self.frame().flow;
        let read = flow.nodes.iter().find_map(|node| match &node.kind {
            NodeKind::Attr { of: value, variable, .. } if *value == of => variable.as_deref(),
            _ => None,
        });
        match flow.node(of).kind {
            NodeKind::Param(at) => read.or_else(|| self.param(self.frame(), at)),
            _ => read,
        }
    }

    fn known(&mut self) -> Rc<Known<'a>> {
        let (names, models) = (self.names, self.models);
        self.known.get_or_insert_with(|| Rc::new(Known::read(names, models))).clone()
    }

    /// A method of something unknown, when the repository has one function of that name that does anything: what it does
    /// in each turn of a loop is told as a guess.
    pub(super) fn by_name(&mut self, name: &str, args: &Args<'_>, id: NodeId) -> Type {
        let Some(function) = self.only_function(name, id) else { return Type::Unknown };
        if self.decorated(function, &["property", "cached_property"]) {
            return Type::Unknown;
        }
        let owner = self.names.function(function).owner.map(|at| ClassId { draft: function.draft, at });
        let this = owner.map(|class| {
            Rc::new(match self.models.get(class) {
                Some(_) => Type::Row(Rc::new(Row { guessed: true, turn: self.vary(id), ..Row::of(class) })),
                None => Type::Instance(class),
            })
        });
        self.by_name.push(name.into());
        let given = self.given(this.as_ref(), function, args);
        self.follow(function, given, id);
        self.by_name.pop();
        // What it gives is not taken further.
        Type::Unknown
    }

    /// A property of a model that is read of something unknown, when no other class has one of that name.
    pub(super) fn property_by_name(&mut self, name: &str, id: NodeId) {
        let Some(function) = self.only_function(name, id) else { return };
        let Some(owner) = self.names.function(function).owner else { return };
        let class = ClassId { draft: function.draft, at: owner };
        if self.models.get(class).is_none() || !self.decorated(function, &["property", "cached_property"]) {
            return;
        }
        let row = Row { guessed: true, turn: self.vary(id), ..Row::of(class) };
        self.by_name.push(name.into());
        self.enter(function, Rc::new(Type::Row(Rc::new(row))), &Args::NONE, id);
        self.by_name.pop();
    }

    /// The one function of a name that does anything, where it runs in each turn of a loop.
    fn only_function(&mut self, name: &str, id: NodeId) -> Option<FunctionId> {
        if name.len() < SHORTEST || !name.contains('_') || name.starts_with("__") || COMMON.contains(&name) {
            return None;
        }
        let node = self.frame().flow.node(id);
        self.turns(node.span, node.scope, self.vary(id))?;
        let known = self.known();
        let within = |it: &FunctionId| self.frames.iter().any(|frame| frame.unit == super::Unit::Function(*it));
        let does = |it: &&FunctionId| !within(it) && does_something(&self.names.function(**it).flow);
        let mut found = known.functions.get(name)?.iter().filter(does);
        match (found.next(), found.next()) {
            (Some(only), None) => Some(*only),
            _ => None,
        }
    }

    /// What makes a thing that is told now a guess.
    pub(in crate::link::orm) fn guess(&self, size: Size, iter: Option<&Type>) -> Option<Guess> {
        if let Some(name) = self.by_name.first() {
            return Some(Guess::Name(name.clone()));
        }
        match (size, iter) {
            (Size::Guessed, Some(Type::Set(set))) => Some(Guess::Rows(self.models.name(self.names, set.model))),
            (Size::Guessed, _) => Some(Guess::Loop),
            _ if self.chosen > 0 => Some(Guess::Fields),
            _ => None,
        }
    }
}

/// The names of what is read of a value, directly.
fn read_of(flow: &Flow, of: NodeId) -> Vec<&str> {
    let mut names: Vec<&str> = flow
        .nodes
        .iter()
        .filter_map(|node| match &node.kind {
            NodeKind::Attr { of: value, name, .. } | NodeKind::Store { of: value, name, .. } if *value == of => {
                Some(&**name)
            }
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether a value is asked for all its rows: `value.all()`, as nothing but a manager is.
fn is_asked_for_all(flow: &Flow, id: NodeId) -> bool {
    let is_all = |func: NodeId| matches!(&flow.node(func).kind, NodeKind::Attr { of, name, .. } if *of == id && &**name == "all");
    flow.nodes.iter().skip(id as usize).any(|node| match &node.kind {
        NodeKind::Call { func, args, keywords, open } => {
            args.is_empty() && keywords.is_empty() && !open && is_all(*func)
        }
        _ => false,
    })
}

/// Whether a chain of calls says what it loads.
fn is_loaded(flow: &Flow, id: NodeId) -> bool {
    let mut at = id;
    loop {
        at = match &flow.node(at).kind {
            NodeKind::Attr { name, .. } if matches!(&**name, "select_related" | "prefetch_related" | "options") => {
                return true;
            }
            NodeKind::Attr { of, .. } | NodeKind::Slice { of, .. } => *of,
            NodeKind::Call { func, .. } => *func,
            _ => return false,
        };
    }
}

/// Whether a body does more than say that others have to.
fn does_something(flow: &Flow) -> bool {
    flow.nodes.iter().any(|node| match &node.kind {
        NodeKind::Call { func, .. } => match &flow.node(*func).kind {
            NodeKind::Name(name) | NodeKind::Attr { name, .. } => !name.starts_with("NotImplement"),
            _ => true,
        },
        _ => false,
    })
}

/// Whether a queryset puts an attribute on its rows: a list that a `Prefetch` puts aside.
fn brings(row: &Row, name: &str) -> bool {
    row.root.as_ref().is_some_and(|root| root.loads.brought.contains(&row.path_to(name)))
}

/// Whether a variable is called as a model is: `source_thread` holds no `Thread` by its name, `thread` may.
fn is_called(model: &str, variable: &str) -> bool {
    let mut letters = variable.chars().filter(|c| *c != '_');
    model.chars().flat_map(char::to_lowercase).eq(letters.by_ref())
}

fn is_few(name: &str) -> bool {
    // One turn for many rows.
    let parts = name.contains("chunk") || name.contains("batch") || name == "page_range";
    let ends = |few: &&str| name.strip_suffix(*few).is_some_and(|before| before.is_empty() || before.ends_with('_'));
    parts || FEW.iter().any(ends)
}

/// `LANGUAGES`
fn is_constant(name: &str) -> bool {
    name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_lowercase)
}
