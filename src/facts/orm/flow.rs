//! The flow of values through a function: what it reads, calls and loops over, with local variables resolved.
//!
//! A flow is a list of nodes in the order in which they are evaluated; a node names only nodes before it. Whoever
//! gives types to its names and parameters gets the type of everything else in one pass, with no tree to walk.

use serde::{Deserialize, Serialize};

use super::callers::Manner;
use crate::source::Span;

/// The place of a node in its flow.
pub type NodeId = u32;

/// The loop that a node is in: 0 for none, else its place in [`Flow::loops`] plus 1.
pub type Scope = u32;

/// What a node stands behind: 0 for nothing, else its place in [`Flow::guards`] plus 1.
pub type GuardId = u32;

/// What a body of code does with values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// Values, in the order in which they come to be.
    pub nodes: Vec<Node>,
    /// Loops, outer ones before those within.
    pub loops: Vec<Loop>,
    /// What is returned.
    pub returns: Vec<NodeId>,
    /// What code stands behind, outer ones before those within.
    pub guards: Vec<Guarded>,
    /// What runs only where all that stands before it in an `or` is empty.
    pub spares: Vec<Span>,
    /// Parts of expressions that some evaluations do not come to: behind `and` and `or`, either side of `a if test else b`, what a
    /// comprehension with conditions makes.
    pub conditional: Vec<Span>,
    /// Those of them that are taken where a variable is true: `book.author if book else None`.
    pub of_truth: Vec<(Span, NodeId)>,
    /// What is yielded.
    pub yields: Vec<NodeId>,
    /// What stands in a `with`.
    pub withs: Vec<With>,
    /// Branches, inner ones before those around them.
    pub arms: Vec<Arm>,
    /// The numbers of the statements that take one of their branches whatever their tests say: those with an `else`.
    pub complete: Vec<u32>,
    /// Calls that would give another queryset or statement, as statements of their own: what they give nobody takes.
    pub thrown: Vec<NodeId>,
    /// The places behind the last arguments of calls that may ask another server and set no `timeout`.
    pub behind: Vec<(NodeId, Span)>,
    /// Names in code that is passed on and not followed, and how they stand there: `on_commit(lambda: notify(it))`.
    pub passed_on: Vec<(Box<str>, Manner)>,
}

/// A `with` and one of the things it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct With {
    /// What it opens.
    pub item: NodeId,
    /// Whether `async with`.
    pub is_async: bool,
    /// The first node of its body.
    pub from: NodeId,
    /// The first node behind its body.
    pub to: NodeId,
}

/// A branch: of an `if` or a `match`, or a part of a `try`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// Its first node.
    pub from: NodeId,
    /// The first node behind it.
    pub to: NodeId,
    /// Whether it never reaches its end.
    pub ends: bool,
    /// Whether it ends by raising, which is not the way of an ordinary run.
    pub raises: bool,
    /// The statement that takes one of its branches alone, by a number of its own; 0 for a part of a `try`.
    pub of: u32,
}

/// A test that code stands behind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guarded {
    /// What it asks.
    pub guard: Guard,
    /// What it stands behind itself.
    pub around: GuardId,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// How it comes to be.
    pub kind: NodeKind,
    /// The expression, without parentheses around it.
    pub span: Span,
    /// The innermost loop that runs it again and again. A statement that leaves the loop is not in it.
    pub scope: Scope,
    /// Whether it runs for some kinds of things only: behind a test that compares one with what it may be.
    pub sorted: bool,
    /// The innermost test that decides whether it runs.
    pub guard: GuardId,
}

/// What is asked before code runs, as far as it says for which rows or calls it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guard {
    /// An attribute that the queryset may have put there: `hasattr(self, "n_likes")`.
    Attribute(Box<str>),
    /// A relation that may be prefetched: `"tags" in self._prefetched_objects_cache`.
    Prefetched(Box<str>),
    /// Whether it runs when the action of the view set is `list`: `if self.action == "list"`.
    Action(bool),
    /// Which of several kinds an argument of the function is: `match thing: case Order(): …`.
    Kind(u32),
    /// Whether an argument of the function is true, or is not: `if with_users: …`.
    Flag(u32, bool),
    /// Whether an argument of the function is anything but `None`, or is not: `if since is not None: …`.
    Given(u32, bool),
    /// Whether the context of a serializer has something true under a name: `if self.context.get("with_page"): …`.
    Context(Box<str>, bool),
    /// That an attribute of a value is `None`, or false: `if not self.parent: …`.
    Unset(NodeId, Box<str>),
    /// Whether a value has an attribute of this name, or has not: `if hasattr(rows, "filter"): …`. An instance of a queryset
    /// has its methods.
    Has(NodeId, Box<str>, bool),
    /// Whether a value is an instance of a class, or is none: `if isinstance(node, Project): …`.
    Is(NodeId, Box<str>, bool),
    /// That the program is not in production: `if settings.DEBUG: …`.
    Debug,
    /// What is made where it was found missing: `if found is None: …`, in this loop; and the variable that the test asks for.
    Missing(Scope, Option<NodeId>),
    /// What is not done in each turn: in a handler of exceptions, or where an answer that is kept is not there yet.
    Seldom,
    /// What is done where it was found missing, and kept: for a key, or in a cache. It stands in this loop, and those around
    /// have no part in it.
    Kept(Scope),
    /// The same, kept on the instance that the method is of: `if self._rows is None: self._rows = …`.
    KeptOnSelf(Scope),
    /// Whether a value that branches made is true, or is not: `if not found: …`.
    True(NodeId, bool),
    /// Whether an attribute of a value is what a test compares it with, or is not: `if self.kind == "page": …`.
    Attr(NodeId, Box<str>, Wanted, bool),
    /// That the loop goes on when it fails, by a `try` in this loop; and whether a transaction of its own is opened there.
    Caught(Scope, bool),
    /// That a template keeps what it makes here, for as many seconds as are written: `{% cache 300 name %}`.
    Fragment(Box<str>),
    /// That the request asks for it by a parameter that it may leave out: `if request.GET.get("verbose"): …`.
    Requested,
    /// Whether something that only settings say is true, or is not: `if settings.USE_QUEUE: …`.
    Setting(Box<str>, bool),
}

/// What a test wants an attribute to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// True.
    Truth,
    /// `None`.
    Nothing,
    /// One of these texts.
    Texts(Vec<Box<str>>),
}

/// How a value comes to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NodeKind {
    /// A parameter, by its place.
    Param(u32),
    /// A name that is not local.
    Name(Box<str>),
    /// `of.name`
    Attr {
        /// What has it.
        of: NodeId,
        /// Its name.
        name: Box<str>,
        /// The local variable that `of` was read from, for those who say what is done.
        variable: Option<Box<str>>,
        /// The line ending and blanks before the dot, when the dot opens a line.
        line: Option<Box<str>>,
    },
    /// `func(args, key=value)`
    Call {
        /// What is called.
        func: NodeId,
        /// Positional arguments.
        args: Vec<NodeId>,
        /// Keyword arguments.
        keywords: Vec<(Box<str>, NodeId)>,
        /// Whether there are arguments that cannot be told: `*a`, `**b`.
        open: bool,
    },
    /// What a loop takes from this in each turn.
    Row(NodeId),
    /// `of[key]`, and each part of `a, b = of`.
    Item {
        /// What is indexed.
        of: NodeId,
        /// By what.
        key: NodeId,
    },
    /// `of[low:high]`
    Slice {
        /// What is cut.
        of: NodeId,
        /// How many there can be, when both ends are written.
        most: Option<u64>,
        /// Whether it has no end: what is left out stands before it, and all the rest is taken.
        rest: bool,
    },
    /// A literal text.
    Text(Box<str>),
    /// A literal number.
    Number(i64),
    /// `True`, `False`.
    Flag(bool),
    /// `None`.
    Nothing,
    /// Of what a name is only said to be: `app: Application`.
    Said(NodeId),
    /// Any other literal.
    Constant,
    /// `[a, b]`, `(a, b)`, `{a, b}`
    List(Vec<NodeId>),
    /// `{a: b}`; `**c` is its own key.
    Dict(Vec<(NodeId, NodeId)>),
    /// One of these, as the branches go.
    Either(Vec<NodeId>),
    /// All that a comprehension makes.
    Collect {
        /// The element; for a dict its value.
        element: NodeId,
        /// Whether it is a dict.
        dict: bool,
        /// Whether it makes them only when asked.
        lazy: bool,
    },
    /// `await of`
    Await(NodeId),
    /// A test for truth.
    Test(NodeId),
    /// Put into a text.
    Format(NodeId),
    /// `of.name = value`, `of["name"] = value`
    Store {
        /// What it is stored in.
        of: NodeId,
        /// Under which name.
        name: Box<str>,
        /// What is stored.
        value: NodeId,
    },
    /// In a template: the value, or what it gives when it can be called.
    Auto(NodeId),
    /// In a template: another one, with all that is there, or `only` what it is given.
    Include {
        /// Its name.
        template: Box<str>,
        /// The names that are bound for it.
        with: Vec<(Box<str>, NodeId)>,
        /// Whether it sees nothing else.
        only: bool,
    },
    /// Gone through where it stands: `key in rows`, `found += rows`.
    Through(NodeId),
    /// `a == b`
    Same(NodeId, NodeId),
    /// Made of these in a way that is not followed.
    Mix(Vec<NodeId>),
}

/// A loop or a clause of a comprehension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loop {
    /// What it runs over.
    pub iter: NodeId,
    /// From `for` to what it runs over.
    pub head: Span,
    /// The loop around it.
    pub parent: Scope,
    /// Whether `async for`.
    pub is_async: bool,
    /// Whether it may end before what it runs over does: by a `return` or a `break`.
    pub leaves: bool,
}

impl Flow {
    /// A node. Every [`NodeId`] of a flow is one of its nodes.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// All that a node stands behind, the innermost first.
    pub fn guards(&self, id: GuardId) -> impl Iterator<Item = &Guard> {
        let at = |id: GuardId| self.guards.get((id as usize).checked_sub(1)?);
        std::iter::successors(at(id), move |it| at(it.around)).map(|it| &it.guard)
    }

    /// The loop of a scope.
    pub fn scope(&self, scope: Scope) -> Option<&Loop> {
        self.loops.get((scope as usize).checked_sub(1)?)
    }

    /// Whether `inner` is `outer` or lies within it.
    pub fn within(&self, inner: Scope, outer: Scope) -> bool {
        let mut at = inner;
        while at > outer {
            at = self.scope(at).map_or(0, |it| it.parent);
        }
        at == outer
    }

    /// Whether one node may be evaluated after another, in one turn: no branch that holds the first ends, or excludes the
    /// second.
    pub fn may_follow(&self, first: NodeId, then: NodeId) -> bool {
        let has = |arm: &Arm, node: NodeId| arm.from <= node && node < arm.to;
        let excluded = |arm: &Arm| {
            arm.ends
                || (arm.of != 0 && self.arms.iter().any(|it| it.of == arm.of && it.from != arm.from && has(it, then)))
        };
        first < then && !self.arms.iter().any(|arm| has(arm, first) && !has(arm, then) && excluded(arm))
    }

    /// The dotted name that a node spells: `models.ForeignKey`.
    pub fn dotted(&self, id: NodeId) -> Option<String> {
        match &self.node(id).kind {
            NodeKind::Name(name) => Some(name.to_string()),
            NodeKind::Attr { of, name, .. } => Some(format!("{}.{name}", self.dotted(*of)?)),
            _ => None,
        }
    }

    /// The text, when a node is one.
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).kind {
            NodeKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The truth, when a node is a literal one.
    pub fn flag(&self, id: NodeId) -> Option<bool> {
        match self.node(id).kind {
            NodeKind::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// The call that a node is: what is called as a dotted name, its arguments, its keywords.
    pub fn call(&self, id: NodeId) -> Option<CallView<'_>> {
        match &self.node(id).kind {
            NodeKind::Call { func, args, keywords, .. } => Some(CallView { func: *func, args, keywords }),
            _ => None,
        }
    }

    /// The last part of the dotted name that a call spells: `CharField` of `models.CharField(…)`.
    pub fn called(&self, call: CallView<'_>) -> Option<String> {
        self.dotted(call.func).map(|it| last_of(&it).to_owned())
    }

    /// The last part of the name of what is called, whatever it is called on: `filter` of `thing().filter`.
    pub fn last_called(&self, func: NodeId) -> Option<&str> {
        match &self.node(func).kind {
            NodeKind::Name(name) | NodeKind::Attr { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Whether a keyword of a call is `True`.
    pub fn says(&self, call: CallView<'_>, word: &str) -> bool {
        call.keyword(word).and_then(|node| self.flag(node)) == Some(true)
    }
}

/// A call, to look at.
#[derive(Clone, Copy, Debug)]
pub struct CallView<'a> {
    /// What is called.
    pub func: NodeId,
    /// Positional arguments.
    pub args: &'a [NodeId],
    /// Keyword arguments.
    pub keywords: &'a [(Box<str>, NodeId)],
}

/// The last part of a dotted name: `CharField` of `models.CharField`.
pub fn last_of(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted)
}

impl CallView<'_> {
    /// The value of a keyword.
    pub fn keyword(&self, name: &str) -> Option<NodeId> {
        self.keywords.iter().find(|(key, _)| &**key == name).map(|(_, value)| *value)
    }
}
