//! What a function is given by a call, and what that says.

use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::super::names::{ClassId, Def, FunctionId, Names};
use super::super::types::{Entries, Entry, Size, Turn, Type, Unit, Void, merged};
use super::{Args, Eval};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind, last_of};

/// Decorators that give a function no other arguments.
const OWN: &[&str] = &["staticmethod", "classmethod", "property", "cached_property", "atomic", "cache", "lru_cache"];

/// So many of the arguments are known that stand behind the others.
const MOST_REST: usize = 8;

/// What an argument says of itself: calls that are given the same do the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Given {
    Other,
    Instance(ClassId),
    /// The class itself, or a function.
    Class(ClassId),
    Function(FunctionId),
    Flag(bool),
    Void(Void),
    Text(Rc<str>),
    /// As long as a client, a file or a table makes it.
    Data,
    Checked(bool),
    File,
    Strange,
    List(Box<Given>, Option<Size>),
    Dict(Box<Given>, Option<Size>),
    Tuple(Box<[Given]>),
    Record(Box<[(Rc<str>, Given)]>),
    Made(ClassId, Box<[(Rc<str>, Given)]>),
    Each(Box<[Given]>),
}

impl Given {
    pub(super) fn of(kind: &Type) -> Self {
        let boxed = |of: &Type| Box::new(Given::of(of));
        let named = |all: &[Entry]| all.iter().map(|(name, of, _)| (name.clone(), Given::of(of))).collect();
        match kind {
            Type::List(of, size) => Given::List(boxed(of), *size),
            Type::Dict(of, size) => Given::Dict(boxed(of), *size),
            Type::Tuple(all) => Given::Tuple(all.iter().map(Given::of).collect()),
            Type::Record(all) => Given::Record(named(all)),
            Type::Made(class, all) => Given::Made(*class, named(all)),
            Type::Each(all) => Given::Each(all.iter().map(Given::of).collect()),
            Type::Row(row) => Given::Instance(row.model),
            Type::Instance(class) => Given::Instance(*class),
            Type::Def(Def::Class(class)) => Given::Class(*class),
            Type::Def(Def::Function(function)) => Given::Function(*function),
            Type::Flag(flag) => Given::Flag(*flag),
            Type::Void(void) => Given::Void(*void),
            Type::Text(text) => Given::Text(text.clone()),
            Type::Data => Given::Data,
            Type::Checked(part) => Given::Checked(*part),
            Type::File => Given::File,
            Type::Strange => Given::Strange,
            _ => Given::Other,
        }
    }
}

impl Eval<'_> {
    /// The arguments of a call, at the places of the function's parameters.
    pub(super) fn given(
        &self,
        this: Option<&Rc<Type>>,
        function: FunctionId,
        args: &Args<'_>,
    ) -> Vec<(Type, Option<Turn>)> {
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
        let flow = self.frame().flow;
        let told = |node: NodeId| self.argument(flow, node);
        let mut left: Vec<bool> = (0..params.len()).map(|place| place >= at + args.positional.len()).collect();
        for (node, slot) in args.positional.iter().zip(given.iter_mut().skip(at)) {
            *slot = (told(*node), self.vary(*node));
        }
        for (name, node) in args.keywords {
            if let Some(at) = params.iter().position(|it| it.name == *name) {
                given[at] = (told(*node), self.vary(*node));
                left[at] = false;
            }
        }
        // What `**` brings is told by its names, where it can be.
        let spread = self.spread(args);
        let mut more: Entries = Vec::new();
        for (name, node) in args.keywords.iter().filter(|(name, _)| &**name != "**") {
            if params.iter().all(|it| it.name != *name) {
                more.push(((**name).into(), told(*node), self.vary(*node)));
            }
        }
        for (name, kind, vary) in spread.iter().flatten() {
            match params.iter().position(|it| *it.name == **name) {
                Some(at) => {
                    given[at] = (kind.clone(), *vary);
                    left[at] = false;
                }
                None => more.push((name.clone(), kind.clone(), *vary)),
            }
        }
        // Arguments that cannot be told may be those that are left.
        let called = self.names.function(function);
        // Nor is it known what a decorator gives.
        let bare = || called.decorators.iter().all(|it| OWN.contains(&last_of(it)));
        let defaults = params.iter().map(|it| match it.default {
            Some(node) => literal(&called.flow, node).filter(|it| matches!(it, Type::Flag(_)) || bare()),
            None => None,
        });
        let of_client = |(name, node): &(Box<str>, NodeId)| {
            &**name == "**" && matches!(self.type_of(*node), Type::Data | Type::Request)
        };
        let starred = args.positional.iter().any(|node| is_starred(flow, *node)) || args.keywords.iter().any(of_client);
        for (((slot, default), left), param) in given.iter_mut().zip(defaults).zip(left).zip(params) {
            // Nobody hands on by `**` what no dict and no other call has a name for.
            if left && (spread.is_some() || !starred && !self.handed.has(&param.name)) {
                slot.0 = default.unwrap_or_default();
            }
        }
        for (slot, param) in given.iter_mut().zip(params) {
            if matches!(slot.0, Type::Unknown) && &*param.name == "request" {
                slot.0 = Type::Request;
            }
            if param.name.starts_with("**") && spread.is_some() {
                slot.1 = more.iter().filter_map(|(.., vary)| *vary).max();
                slot.0 = match more.is_empty() {
                    true => Type::Void(Void::Empty),
                    false => merged(&[], std::mem::take(&mut more)),
                };
            } else if param.name.starts_with('*') {
                slot.0 = Type::Unknown;
            }
        }
        // `*args` has what stands behind the others.
        if let Some(rest) = params.iter().position(|it| it.name.starts_with('*') && !it.name.starts_with("**"))
            && !args.positional.iter().any(|node| is_starred(flow, *node))
        {
            let behind: Vec<NodeId> =
                args.positional.iter().copied().skip(rest.saturating_sub(at)).take(MOST_REST).collect();
            if !behind.is_empty() {
                let vary = behind.iter().filter_map(|node| self.vary(*node)).max();
                given[rest] = (Type::Tuple(behind.iter().map(|node| told(*node)).collect()), vary);
            }
        }
        given
    }

    /// The text that an argument is when nobody gives it: `template_name="shop/books.html"`.
    pub(in crate::link::orm) fn text_by_default(&self, id: NodeId) -> Option<Rc<str>> {
        let (NodeKind::Param(at), Unit::Function(function)) = (&self.frame().flow.node(id).kind, self.frame().unit)
        else {
            return None;
        };
        let function = self.names.function(function);
        function.flow.text(function.params.get(*at as usize)?.default?).map(Into::into)
    }

    /// What a call is given by `**`, by its names; [`None`] where that, or what `*` brings, cannot be told.
    fn spread(&self, args: &Args<'_>) -> Option<Entries> {
        if !args.open {
            return Some(Vec::new());
        }
        let flow = self.frame().flow;
        if args.positional.iter().any(|node| is_starred(flow, *node)) {
            return None;
        }
        let mut all = Vec::new();
        for (_, node) in args.keywords.iter().filter(|(name, _)| &**name == "**") {
            match self.type_of(*node) {
                Type::Record(entries) if !self.is_put_into(*node, false, 0) => all.extend(entries.iter().cloned()),
                Type::Nothing | Type::Void(_)
                    if self.is_surely_empty(*node, 0) && !self.is_put_into(*node, true, 0) => {}
                _ => return None,
            }
        }
        Some(all)
    }

    /// Whether a dict is written out as empty, or is an argument that surely is: one that a variable holds may be filled.
    fn is_surely_empty(&self, id: NodeId, depth: u32) -> bool {
        match &self.frame().flow.node(id).kind {
            NodeKind::Either(all) => depth < 8 && all.iter().all(|it| self.is_surely_empty(*it, depth + 1)),
            NodeKind::Dict(pairs) => pairs.is_empty(),
            NodeKind::Nothing => true,
            _ => matches!(self.type_of(id), Type::Void(_)),
        }
    }

    /// Whether something may have been put into what a node gives, under a name that is written out or otherwise.
    fn is_put_into(&self, id: NodeId, by_name: bool, depth: u32) -> bool {
        const FILL: &[&str] = &["update", "setdefault", "pop"];
        let flow = self.frame().flow;
        if depth > 8 {
            return true;
        }
        if let NodeKind::Either(all) = &flow.node(id).kind
            && all.iter().any(|it| self.is_put_into(*it, by_name, depth + 1))
        {
            return true;
        }
        flow.nodes.iter().take(self.frame().types.len()).any(|node| match &node.kind {
            NodeKind::Store { of, .. } => by_name && *of == id,
            NodeKind::Attr { of, name, .. } => *of == id && FILL.contains(&&**name),
            NodeKind::Call { args, .. } => args.contains(&id),
            _ => false,
        })
    }

    /// What an argument is: a truth and what is not there are known where they stand in the call itself, for a variable
    /// may hold another thing in another turn.
    fn argument(&self, flow: &Flow, node: NodeId) -> Type {
        let NodeKind::Param(at) = flow.node(node).kind else {
            let called = self.frame().types.len();
            let written = flow.nodes.get(called).is_some_and(|call| call.span.contains(flow.node(node).span));
            let known = literal(flow, node).filter(|it| written || matches!(it, Type::Flag(_)));
            return known.unwrap_or_else(|| self.type_of(node));
        };
        match self.type_of(node) {
            Type::Void(Void::Empty) if self.is_filled(at, self.frame().types.len() as NodeId) => Type::Unknown,
            given => given,
        }
    }
}

/// Whether an argument is `*rows`.
fn is_starred(flow: &Flow, node: NodeId) -> bool {
    matches!(flow.node(node).kind, NodeKind::Mix(_))
}

/// Names under which code may hand something on by `**`: keys of dicts, and keywords that no function of the name called
/// has a parameter for.
#[derive(Debug, Default)]
pub(super) struct Handed<'a>(HashSet<&'a str>);

impl<'a> Handed<'a> {
    pub(super) fn read(names: &Names<'a>) -> Self {
        let mut params: HashMap<&str, HashSet<&str>> = HashMap::default();
        for function in names.drafts.iter().flat_map(|it| &it.functions) {
            params.entry(&function.name).or_default().extend(function.params.iter().map(|it| &*it.name));
        }
        let mut handed = HashSet::default();
        let mut read = |flow: &'a Flow| {
            for node in &flow.nodes {
                match &node.kind {
                    NodeKind::Dict(pairs) => handed.extend(pairs.iter().filter_map(|(key, _)| flow.text(*key))),
                    NodeKind::Store { name, .. } => {
                        handed.insert(&**name);
                    }
                    NodeKind::Call { func, keywords, .. } => {
                        let called = match &flow.node(*func).kind {
                            NodeKind::Name(name) | NodeKind::Attr { name, .. } => params.get(&**name),
                            _ => None,
                        };
                        let taken = |name: &str| called.is_some_and(|it| it.contains(name));
                        handed.extend(keywords.iter().map(|(name, _)| &**name).filter(|name| !taken(name)));
                    }
                    _ => {}
                }
            }
        };
        for draft in &names.drafts {
            read(&draft.top);
            draft.functions.iter().for_each(|it| read(&it.flow));
            draft.classes.iter().for_each(|it| read(&it.body));
        }
        Self(handed)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

/// What a literal is, as an argument: a truth, or what is not there.
fn literal(flow: &Flow, node: NodeId) -> Option<Type> {
    match &flow.node(node).kind {
        NodeKind::Flag(flag) => Some(Type::Flag(*flag)),
        NodeKind::Nothing => Some(Type::Void(Void::None)),
        NodeKind::List(items) if items.is_empty() => Some(Type::Void(Void::Empty)),
        NodeKind::Dict(pairs) if pairs.is_empty() => Some(Type::Void(Void::Empty)),
        NodeKind::Text(text) if text.is_empty() => Some(Type::Void(Void::Empty)),
        _ => None,
    }
}
