//! Statements to flow: who holds which value where, and which loop runs what.

mod arms;
mod conditional;
mod grown;
mod imports;
mod loops;
mod statements;

use rustc_hash::FxHashMap as HashMap;

use super::callers::{Manner, QUEUED};
use super::draft::Import;
use super::flow::{Flow, Guard, GuardId, Guarded, Node, NodeId, NodeKind, Scope};
use crate::source::{SourceFile, Span};
use crate::syntax::python::{Class, Expr, ExprKind, Function, Param};

/// A variable, or with a node an attribute of its value.
pub(super) type Key<'a> = (Option<NodeId>, &'a str);

/// A flow is cut off here: code that long is generated, and nobody reads a finding in it.
const MOST_NODES: usize = 40_000;

/// Statements and expressions nest at most so deep; what lies deeper is not read.
const MOST_DEPTH: u32 = 150;

/// Makes the flow of one body of code.
pub(super) struct Builder<'a> {
    pub(super) file: &'a SourceFile,
    /// The package that relative imports start from, and how imports are collected.
    pub(super) package: &'a str,
    pub(super) imports: Vec<Import>,
    /// Whether the body is that of a module.
    pub(super) is_top: bool,
    /// Classes and functions that the body defines.
    pub(super) classes: Vec<&'a Class>,
    pub(super) functions: Vec<&'a Function>,
    pub(super) lambdas: Vec<Lambda<'a>>,
    pub(super) flow: Flow,
    pub(super) scope: Scope,
    /// Whether a test that sorts things by their kind stands before what is read now.
    pub(super) sorted: bool,
    /// What is read now stands behind this.
    pub(super) guard: GuardId,
    /// What a name holds where the reading stands.
    env: HashMap<Key<'a>, NodeId>,
    trail: Vec<(Key<'a>, Option<NodeId>)>,
    depth: u32,
    /// How many statements with branches there were.
    forks: u32,
    /// How many bodies of `try`, or of a `with` that takes exceptions, lie around.
    tries: u32,
    /// What loops around take from until it is empty, by its name.
    pub(super) queues: Vec<(String, NodeId, Scope)>,
}

/// A lambda, with the name that it is called by.
pub(super) struct Lambda<'a> {
    pub(super) name: Box<str>,
    pub(super) params: &'a [Param],
    pub(super) body: &'a Expr,
    pub(super) span: Span,
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: &'a SourceFile, package: &'a str) -> Self {
        Self {
            file,
            package,
            imports: Vec::new(),
            is_top: false,
            classes: Vec::new(),
            functions: Vec::new(),
            lambdas: Vec::new(),
            flow: Flow::default(),
            scope: 0,
            sorted: false,
            guard: 0,
            env: HashMap::default(),
            trail: Vec::new(),
            depth: 0,
            forks: 0,
            tries: 0,
            queues: Vec::new(),
        }
    }

    /// A node in the present loop. Past the limit all nodes are one that says nothing.
    pub(super) fn node(&mut self, kind: NodeKind, span: Span) -> NodeId {
        if self.flow.nodes.len() >= MOST_NODES {
            return 0;
        }
        let (scope, sorted, guard) = (self.scope, self.sorted, self.guard);
        self.flow.nodes.push(Node { kind, span, scope, sorted, guard });
        (self.flow.nodes.len() - 1) as NodeId
    }

    /// What is read from here on stands behind these, too.
    pub(super) fn behind(&mut self, guards: impl IntoIterator<Item = Guard>) {
        for guard in guards {
            self.flow.guards.push(Guarded { guard, around: self.guard });
            self.guard = self.flow.guards.len() as GuardId;
        }
    }

    /// A value that is not followed.
    pub(super) fn unknown(&mut self, span: Span) -> NodeId {
        self.node(NodeKind::Mix(Vec::new()), span)
    }

    pub(super) fn bind(&mut self, key: Key<'a>, value: NodeId) {
        let before = self.env.insert(key, value);
        self.trail.push((key, before));
    }

    pub(super) fn value_of(&self, key: Key<'a>) -> Option<NodeId> {
        self.env.get(&key).copied()
    }

    /// The variables that are bound now.
    pub(super) fn variables(&self) -> Vec<(Box<str>, NodeId)> {
        let mut all: Vec<_> = self
            .env
            .iter()
            .filter(|((of, _), _)| of.is_none())
            .map(|((_, name), id)| (Box::from(*name), *id))
            .collect();
        all.sort();
        all
    }

    /// Runs something one level deeper; nothing when that is too deep.
    pub(super) fn deeper<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MOST_DEPTH {
            return None;
        }
        self.depth += 1;
        let out = run(self);
        self.depth -= 1;
        Some(out)
    }

    /// The node that comes next.
    pub(super) fn next(&self) -> NodeId {
        self.flow.nodes.len() as NodeId
    }

    /// Binds a target to a value, part by part.
    pub(super) fn assign(&mut self, target: &'a Expr, value: NodeId) {
        match &target.kind {
            ExprKind::Name(name) => self.bind((None, name), value),
            ExprKind::Attribute { value: of, name } => {
                let of = self.expr(of);
                self.node(NodeKind::Store { of, name: name.value.clone(), value }, target.span);
                self.bind((Some(of), &name.value), value);
            }
            ExprKind::Tuple(parts) | ExprKind::List(parts) => {
                let starred = parts.iter().any(|part| matches!(part.kind, ExprKind::Starred(_)));
                for (at, part) in parts.iter().enumerate() {
                    let part_value = if matches!(part.kind, ExprKind::Starred(_)) {
                        self.all_of(value, part.span)
                    } else if starred {
                        self.node(NodeKind::Mix(vec![value]), part.span)
                    } else {
                        let key = self.node(NodeKind::Number(at as i64), part.span);
                        self.node(NodeKind::Item { of: value, key }, part.span)
                    };
                    self.deeper(|it| it.assign(part, part_value));
                }
            }
            ExprKind::Starred(inner) => {
                self.deeper(|it| it.assign(inner, value));
            }
            ExprKind::Subscript { value: of, index } => {
                let variable = match &of.kind {
                    ExprKind::Name(variable) => Some(&**variable),
                    _ => None,
                };
                let of = self.expr(of);
                self.expr(index);
                if let Some(name) = index.str() {
                    self.node(NodeKind::Store { of, name: name.into(), value }, target.span);
                } else if let Some((variable, before)) = variable.and_then(|it| Some((it, self.dict_of(it)?))) {
                    // `found[key] = row`
                    self.grow_dict(variable, before, value, false, target.span);
                }
            }
            _ => {}
        }
    }

    /// Remembers the names in code that is passed on: whoever gets it may run it.
    pub(super) fn pass_on(&mut self, span: Span) {
        let is_word = |c: char| c == '_' || c.is_alphanumeric();
        let mut rest = self.file.slice(span);
        while let Some(start) = rest.find(is_word) {
            let word = rest[start..].split(|c| !is_word(c)).next().unwrap_or_default();
            rest = &rest[start + word.len()..];
            let after = rest.strip_prefix('.').and_then(|it| it.split(|c| !is_word(c)).next());
            if word.starts_with(|c: char| c == '_' || c.is_alphabetic()) {
                let queued = after.is_some_and(|after| QUEUED.contains(&after));
                let manner = if queued { Manner::Queued } else { Manner::Handed };
                self.flow.passed_on.push((word.into(), manner));
            }
        }
    }
}
