//! Statements to flow: who holds which value where, and which loop runs what.

use rustc_hash::FxHashMap as HashMap;

use super::callers::{Manner, QUEUED};
use super::draft::Import;
use super::flow::{self, Flow, Guard, GuardId, Guarded, Loop, Node, NodeId, NodeKind, Scope, With};
use super::guard::{goes_on, is_receiver, misses, opens_transaction, sorts};
use super::memo::{
    answers_from, answers_from_cache, answers_from_column, is_full, keeps, keeps_else, keeps_in_column, keeps_on_self,
};
use super::thrown;
use crate::source::{SourceFile, Span};
use crate::syntax::python::{Alias, BinOp, Class, Expr, ExprKind, Function, Param, Stmt, StmtKind};

/// A variable, or with a node an attribute of its value.
pub(super) type Key<'a> = (Option<NodeId>, &'a str);

/// A flow is cut off here: code that long is generated, and nobody reads a finding in it.
const MOST_NODES: usize = 40_000;

/// Statements and expressions nest at most so deep; what lies deeper is not read.
const MOST_DEPTH: u32 = 150;

/// Methods that take one thing out of a list, a queue or a set.
const TAKES: &[&str] = &["pop", "popleft"];

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

/// What a branch left behind.
struct Arm<'a> {
    changes: Vec<(Key<'a>, NodeId)>,
    ends: bool,
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

    /// Runs a branch and takes back what it bound.
    fn arm(&mut self, run: impl FnOnce(&mut Self) -> bool) -> Arm<'a> {
        let mark = self.trail.len();
        let ends = run(self);
        let mut changes: Vec<(Key<'a>, NodeId)> = Vec::new();
        for (key, _) in self.trail.get(mark..).unwrap_or(&[]) {
            if let Some(value) = self.env.get(key) {
                changes.push((*key, *value));
            }
        }
        changes.sort_unstable();
        changes.dedup();
        while self.trail.len() > mark {
            match self.trail.pop() {
                Some((key, Some(before))) => self.env.insert(key, before),
                Some((key, None)) => self.env.remove(&key),
                None => None,
            };
        }
        Arm { changes, ends }
    }

    /// Runs a branch of a statement, and remembers where it lies. Of a fork (0 for none) one branch alone is taken.
    fn branch(&mut self, fork: u32, run: impl FnOnce(&mut Self) -> bool) -> Arm<'a> {
        let from = self.next();
        let arm = self.arm(run);
        self.flow.arms.push(flow::Arm { from, to: self.next(), ends: arm.ends, raises: false, of: fork });
        arm
    }

    /// The same of a block.
    fn branch_of(&mut self, fork: u32, body: &'a [Stmt]) -> Arm<'a> {
        let arm = self.branch(fork, |it| it.block(body));
        if let Some(last) = self.flow.arms.last_mut() {
            last.raises = matches!(body.last().map(|it| &it.kind), Some(StmtKind::Raise(_)));
        }
        arm
    }

    /// The number of a statement that takes one of its branches.
    fn fork(&mut self) -> u32 {
        self.forks += 1;
        self.forks
    }

    /// The node that comes next.
    pub(super) fn next(&self) -> NodeId {
        self.flow.nodes.len() as NodeId
    }

    /// Runs something whose bindings do not outlive it.
    pub(super) fn apart<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let mut out = None;
        self.arm(|it| {
            out = Some(run(it));
            true
        });
        out
    }

    /// Joins branches: what each bound, or (with `skip`) what was there before. Says whether all of them end.
    fn join(&mut self, arms: Vec<Arm<'a>>, skip: bool, span: Span) -> bool {
        let live: Vec<&Arm<'a>> = arms.iter().filter(|arm| !arm.ends).collect();
        if live.is_empty() {
            return !skip;
        }
        let mut keys: Vec<Key<'a>> = live.iter().flat_map(|arm| arm.changes.iter().map(|(key, _)| *key)).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let before = self.value_of(key);
            let mut values: Vec<NodeId> = Vec::new();
            for arm in &live {
                let at = arm.changes.binary_search_by_key(&key, |(key, _)| *key).ok();
                values.extend(at.and_then(|at| arm.changes.get(at)).map(|(_, value)| *value).or(before));
            }
            values.extend(before.filter(|_| skip));
            values.sort_unstable();
            values.dedup();
            let value = match values.as_slice() {
                [] => continue,
                [only] => *only,
                _ => self.node(NodeKind::Either(values), span),
            };
            self.bind(key, value);
        }
        false
    }

    /// Of variables that branches bind and that held nothing before: what they hold where no branch is taken stands behind
    /// what must be so then.
    fn keep_before(&mut self, arms: &[Arm<'a>], guard: GuardId, span: Span) {
        if guard == self.guard {
            return;
        }
        let nothing = |it: &Self, key: &Key<'a>| {
            it.value_of(*key).filter(|before| matches!(it.flow.node(*before).kind, NodeKind::Nothing))
        };
        let mut keys: Vec<(Key<'a>, NodeId)> = Vec::new();
        for (key, _) in arms.iter().filter(|arm| !arm.ends).flat_map(|arm| &arm.changes) {
            if let Some(before) = nothing(self, key).filter(|_| !keys.iter().any(|it| it.0 == *key)) {
                keys.push((*key, before));
            }
        }
        for (key, before) in keys {
            let around = std::mem::replace(&mut self.guard, guard);
            let kept = self.node(NodeKind::Either(vec![before]), span);
            self.guard = around;
            self.bind(key, kept);
        }
    }

    /// A list of statements. Says whether it never reaches its end.
    pub(super) fn block(&mut self, body: &'a [Stmt]) -> bool {
        let (around, guard) = (self.scope, self.guard);
        if let Some(scope) = self.left_for(body) {
            if !body.iter().any(|stmt| matches!(stmt.kind, StmtKind::Raise(_))) {
                self.leave(scope);
            }
            self.scope = scope;
        }
        let mut ends = false;
        for (at, stmt) in body.iter().enumerate() {
            ends |= self.deeper(|it| it.statement(stmt)).unwrap_or(false);
            // Where nothing was kept under a key, what stands behind makes it and keeps it.
            if let (Some(store), Some(rest)) = (answers_from(stmt), body.get(at + 1..))
                && rest.iter().any(|it| self.file.slice(it.span).contains(&format!("{store}[")))
            {
                self.behind([Guard::Seldom]);
            }
            let rest = || body.get(at + 1..).and_then(|rest| Some(rest.first()?.span.start..rest.last()?.span.end));
            if matches!(stmt.kind, StmtKind::If(_))
                && let Some(rest) = rest()
                && let Some(rest) = self.file.text().get(rest.start as usize..rest.end as usize)
            {
                if answers_from_cache(body, at, rest) {
                    self.behind([Guard::Kept(self.scope)]);
                }
                self.behind(answers_from_column(stmt, rest).then_some(Guard::Seldom));
            }
        }
        (self.scope, self.guard) = (around, guard);
        ends
    }

    /// `found.append(row)`, `found.extend(rows)`: from here on the list has what it had, or this. As long as it is made in
    /// loops around, it is as long as these.
    fn grow(&mut self, expr: &'a Expr) {
        let ExprKind::Call(call) = &expr.kind else { return };
        let ExprKind::Attribute { value, name } = &call.func.kind else { return };
        if let ([arg], "append" | "add", Some(variable)) = (call.args.as_slice(), &*name.value, held_in(value)) {
            // `found[key].append(row)`
            if let Some(before) = self.dict_of(variable) {
                let element = self.expr(arg);
                self.grow_dict(variable, before, element, true, expr.span);
            }
            return;
        }
        let (ExprKind::Name(variable), [.., arg]) = (&value.kind, call.args.as_slice()) else { return };
        if call.args.len() != if &*name.value == "insert" { 2 } else { 1 } {
            return;
        }
        let Some(before) = self.value_of((None, variable)) else { return };
        if !self.is_list(before) {
            return;
        }
        match &*name.value {
            "append" | "appendleft" | "add" | "insert" => {
                let element = self.expr(arg);
                let more = self.collected(before, element, expr.span);
                self.grow_list(variable, before, more, expr.span);
            }
            "extend" => {
                let more = self.expr(arg);
                self.grow_list(variable, before, more, expr.span);
            }
            "update" if self.is_set(before) => {
                let more = self.expr(arg);
                self.grow_list(variable, before, more, expr.span);
            }
            _ => {}
        }
    }

    /// `found += rows`, `found += [row]`: the same.
    fn grow_by(&mut self, target: &'a Expr, value: &'a Expr, span: Span) -> bool {
        let ExprKind::Name(variable) = &target.kind else { return false };
        let Some(before) = self.value_of((None, variable)).filter(|it| self.is_list(*it)) else { return false };
        match &value.kind {
            ExprKind::List(items) => {
                let mut before = before;
                for item in items {
                    let element = self.expr(item);
                    let more = self.collected(before, element, span);
                    self.grow_list(variable, before, more, span);
                    before = self.value_of((None, variable)).unwrap_or(before);
                }
            }
            _ => {
                let more = self.expr(value);
                self.node(NodeKind::Through(more), value.span);
                self.grow_list(variable, before, more, span);
            }
        }
        true
    }

    /// Whether a node is a list, or a set, that is made here.
    fn is_list(&self, node: NodeId) -> bool {
        matches!(self.flow.node(node).kind, NodeKind::List(_) | NodeKind::Either(_) | NodeKind::Collect { .. })
            || self.is_made_by(node, &["list", "set", "deque"])
    }

    /// Whether a node is a set that is made here.
    fn is_set(&self, node: NodeId) -> bool {
        match &self.flow.node(node).kind {
            NodeKind::Either(all) => all.first().is_some_and(|it| *it < node && self.is_set(*it)),
            _ => self.is_made_by(node, &["set"]),
        }
    }

    fn is_made_by(&self, node: NodeId, names: &[&str]) -> bool {
        let NodeKind::Call { func, .. } = &self.flow.node(node).kind else { return false };
        let called = self.flow.dotted(*func);
        let last = called.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name));
        last.is_some_and(|last| names.contains(&last))
    }

    /// What a list gets of all turns of the loops that lie between where it is made and here.
    fn collected(&mut self, before: NodeId, element: NodeId, span: Span) -> NodeId {
        let scope = self.flow.node(before).scope;
        let around = std::mem::replace(&mut self.scope, scope);
        let more = self.node(NodeKind::Collect { element, dict: false, lazy: false }, span);
        self.scope = around;
        more
    }

    /// From here on a list has what it had, or this.
    fn grow_list(&mut self, variable: &'a str, before: NodeId, more: NodeId, span: Span) {
        let scope = self.flow.node(before).scope;
        let around = std::mem::replace(&mut self.scope, scope);
        let grown = self.node(NodeKind::Either(vec![before, more]), span);
        self.scope = around;
        self.bind((None, variable), grown);
    }

    /// The dict that a variable holds, as far as it is made here.
    fn dict_of(&self, variable: &'a str) -> Option<NodeId> {
        let before = self.value_of((None, variable))?;
        let made = match &self.flow.node(before).kind {
            NodeKind::Dict(_) | NodeKind::Either(_) | NodeKind::Collect { dict: true, .. } => true,
            _ => self.is_made_by(before, &["dict", "defaultdict", "OrderedDict"]),
        };
        made.then_some(before)
    }

    /// From here on a dict has what it had, or this, under keys that nobody knows; each by itself, or in lists.
    fn grow_dict(&mut self, variable: &'a str, before: NodeId, element: NodeId, lists: bool, span: Span) {
        let scope = self.flow.node(before).scope;
        let around = std::mem::replace(&mut self.scope, scope);
        let element =
            if lists { self.node(NodeKind::Collect { element, dict: false, lazy: false }, span) } else { element };
        let more = self.node(NodeKind::Collect { element, dict: true, lazy: false }, span);
        let grown = self.node(NodeKind::Either(vec![before, more]), span);
        self.scope = around;
        self.bind((None, variable), grown);
    }

    /// Where a list of statements goes that leaves the loop it is in: it runs once, however many rows there are.
    fn left_for(&self, body: &[Stmt]) -> Option<Scope> {
        body.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Return(_) | StmtKind::Raise(_) => Some(0),
            StmtKind::Other if self.file.slice(stmt.span).starts_with("break") => {
                Some(self.flow.scope(self.scope).map_or(0, |it| it.parent))
            }
            _ => None,
        })
    }

    /// Says of the present loops, those within another, that they may be left.
    fn leave(&mut self, to: Scope) {
        let mut at = self.scope;
        while at > to
            && let Some(left) = self.flow.loops.get_mut(at as usize - 1)
        {
            left.leaves = true;
            at = left.parent;
        }
    }

    fn statement(&mut self, stmt: &'a Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Expr(expr) => {
                let value = self.expr(expr);
                if self.tries == 0 && thrown::is_lazy(expr) {
                    self.flow.thrown.push(value);
                }
                self.grow(expr);
            }
            StmtKind::Assign { targets, value } => {
                let value = self.expr(value);
                for target in targets {
                    self.assign(target, value);
                }
            }
            StmtKind::AnnAssign { target, value: Some(value), .. } => {
                let value = self.expr(value);
                self.assign(target, value);
            }
            StmtKind::AnnAssign { target, annotation, value: None } if self.is_top => {
                let said = self.expr(annotation);
                let value = self.node(NodeKind::Said(said), annotation.span);
                self.assign(target, value);
            }
            StmtKind::AnnAssign { value: None, .. } => {}
            StmtKind::AugAssign { target, op, value } => {
                if self.grow_by(target, value, stmt.span) {
                    return false;
                }
                let before = self.expr(target);
                let value = self.expr(value);
                if *op == BinOp::Add {
                    self.node(NodeKind::Through(value), self.flow.node(value).span);
                }
                let mixed = self.node(NodeKind::Mix(vec![before, value]), stmt.span);
                self.assign(target, mixed);
            }
            StmtKind::Function(function) => {
                for decorator in function.decorators.iter().filter(|it| is_receiver(it)) {
                    self.expr(decorator);
                }
                self.functions.push(function);
                self.env.remove(&(None, &*function.name.value));
            }
            StmtKind::Class(class) => {
                self.classes.push(class);
                self.env.remove(&(None, &*class.name.value));
            }
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    let value = self.expr(value);
                    self.flow.returns.push(value);
                }
                return true;
            }
            StmtKind::For { is_async, target, iter, body, orelse } => {
                let over = self.expr(iter);
                let head = Span { end: iter.span.end.max(stmt.span.start), ..stmt.span };
                let arm = self.arm(|it| {
                    it.turn(over, *is_async, head, target, |it| {
                        it.block(body);
                    });
                    false
                });
                self.join(vec![arm], true, stmt.span);
                self.block(orelse);
            }
            StmtKind::While { test, body, orelse } => {
                self.test(test);
                let queue = self.emptied(test, body);
                let (around, open) = (self.scope, self.queues.len());
                if let Some(name) = queue {
                    let over = self.expr(test);
                    self.enter(over, false, Span { end: test.span.end, ..stmt.span });
                    self.queues.push((name, over, self.scope));
                }
                let arm = self.arm(|it| it.block(body));
                self.scope = around;
                self.queues.truncate(open);
                self.join(vec![arm], true, stmt.span);
                self.block(orelse);
            }
            // What stands there for who checks types says what the other branch puts there.
            StmtKind::If(branches) if says_types(branches) => {
                for (_, body) in branches.iter().rev() {
                    self.block(body);
                }
            }
            StmtKind::If(branches) => {
                let mut arms = Vec::with_capacity(branches.len());
                let mut complete = false;
                let fork = self.fork();
                // What stands behind all of it, and behind what its tests looked for in whichever way round.
                let (guard, mut looked) = (self.guard, self.guard);
                let mut kept_else = None;
                for (test, body) in branches {
                    match test {
                        Some(test) => self.test(test),
                        None => complete = true,
                    }
                    let scope = self.scope;
                    let around = self.sorted;
                    self.sorted |= test.as_ref().is_some_and(sorts);
                    if let Some(looked_for) = test.as_ref().and_then(|test| self.looks_for(test)) {
                        let before = std::mem::replace(&mut self.guard, looked);
                        self.behind([looked_for.clone()]);
                        looked = std::mem::replace(&mut self.guard, before);
                        self.behind([looked_for]);
                    }
                    let before = self.guard;
                    if let Some(test) = test {
                        let told = self.told_by(test, true);
                        let unread = told.iter().all(|it| matches!(it, Guard::True(..)));
                        let missing = unread && misses(test) && !self.flow.guards(before).any(is_strong);
                        self.behind(told);
                        self.behind(missing.then(|| Guard::Missing(scope, self.tested_variable(test))));
                        self.behind((keeps(test, body) || is_full(test)).then_some(Guard::Seldom));
                        self.behind(keeps_on_self(test, body).then_some(Guard::KeptOnSelf(scope)));
                        let from = |at: u32| self.file.text().get(at as usize..).unwrap_or_default();
                        let kept = body.first().zip(body.last()).is_some_and(|(first, last)| {
                            let within = Span { end: last.span.end, ..first.span };
                            keeps_in_column(test, self.file.slice(within), from(last.span.end))
                        });
                        self.behind(kept.then_some(Guard::Seldom));
                    } else if kept_else.is_some_and(|test| keeps_else(test, body)) {
                        self.behind([Guard::Kept(scope)]);
                    }
                    kept_else = test.as_ref();
                    arms.push(self.branch_of(fork, body));
                    self.guard = before;
                    if let Some(test) = test {
                        let told = self.told_by(test, false);
                        self.behind(told);
                    }
                    self.sorted = around;
                }
                // What was there before is there still where none was taken.
                let other = std::mem::replace(&mut self.guard, guard);
                if !complete {
                    self.keep_before(&arms, other, stmt.span);
                }
                self.guard = other;
                self.flow.complete.extend(complete.then_some(fork));
                // What stands behind branches that ended is the other branch; of several one may not have ended.
                let ended = arms.iter().filter(|arm| arm.ends).count();
                self.guard = match ended {
                    0 => guard,
                    all if all == arms.len() => self.guard,
                    _ => looked,
                };
                return self.join(arms, !complete, stmt.span);
            }
            StmtKind::With { is_async, items, body } => {
                let mut opened = Vec::with_capacity(items.len());
                for (item, target) in items {
                    let value = self.expr(item);
                    opened.push(value);
                    if let Some(target) = target {
                        self.assign(target, value);
                    }
                }
                let from = self.next();
                let tried = items.iter().any(|(item, _)| thrown::takes_exceptions(item));
                self.tries += u32::from(tried);
                let ends = self.block(body);
                self.tries -= u32::from(tried);
                let to = self.next();
                self.flow.withs.extend(opened.into_iter().map(|item| With { item, is_async: *is_async, from, to }));
                return ends;
            }
            StmtKind::Match { subject, cases } => {
                let subject = self.expr(subject);
                let around = self.guard;
                if let NodeKind::Param(at) = self.flow.node(subject).kind {
                    self.behind([Guard::Kind(at)]);
                }
                let mut arms = Vec::with_capacity(cases.len());
                let fork = self.fork();
                for (guard, body) in cases {
                    if let Some(guard) = guard {
                        self.test(guard);
                    }
                    arms.push(self.branch_of(fork, body));
                }
                self.guard = around;
                self.join(arms, true, stmt.span);
            }
            StmtKind::Try { body, handlers, orelse, finally } => {
                // A handler sees what the body had bound before it failed, which may be nothing.
                let caught = (self.scope != 0 && goes_on(handlers.iter().map(|(_, _, body)| body.as_slice())))
                    .then(|| Guard::Caught(self.scope, opens_transaction(body)));
                let ran = self.branch(0, |it| {
                    let around = it.guard;
                    it.behind(caught);
                    it.tries += 1;
                    let ends = it.block(body);
                    it.tries -= 1;
                    it.guard = around;
                    it.block(orelse) || ends
                });
                let mut arms = vec![ran];
                for (_, name, body) in handlers {
                    arms.push(self.branch(0, |it| {
                        if let Some(name) = name {
                            let error = it.unknown(stmt.span);
                            it.bind((None, name), error);
                        }
                        // An exception is not the rule.
                        let around = it.guard;
                        it.behind([Guard::Seldom]);
                        let ends = it.block(body);
                        it.guard = around;
                        ends
                    }));
                }
                let ends = self.join(arms, false, stmt.span);
                return self.block(finally) || ends;
            }
            StmtKind::Raise(value) => {
                if let Some(value) = value {
                    self.expr(value);
                }
                return true;
            }
            StmtKind::Assert(test) => self.test(test),
            StmtKind::Delete(_) => {}
            StmtKind::Import(names) => {
                for alias in names {
                    self.import(alias);
                }
            }
            StmtKind::ImportFrom { module, level, names } => self.import_from(module, *level, names),
            StmtKind::Other => {
                let text = self.file.slice(stmt.span);
                return self.scope != 0 && (text.starts_with("continue") || text.starts_with("break"));
            }
        }
        false
    }

    /// One turn of a loop: the loop, its variable, its body.
    pub(super) fn turn(
        &mut self,
        iter: NodeId,
        is_async: bool,
        head: Span,
        target: &'a Expr,
        body: impl FnOnce(&mut Self),
    ) {
        let around = self.enter(iter, is_async, head);
        self.take_row(iter, target);
        body(self);
        self.scope = around;
    }

    /// Binds a loop's variable.
    pub(super) fn take_row(&mut self, iter: NodeId, target: &'a Expr) {
        let row = self.node(NodeKind::Row(iter), target.span);
        self.assign(target, row);
    }

    /// What a `while` takes from until it is empty, and puts nothing into: `while pending: row = pending.popleft()`.
    fn emptied(&self, test: &Expr, body: &[Stmt]) -> Option<String> {
        let name = test.dotted()?;
        let (first, last) = (body.first()?, body.last()?);
        let text = self.file.slice(Span { end: last.span.end, ..first.span });
        let says = |method: &str| text.contains(&format!("{name}.{method}("));
        let takes = TAKES.iter().any(|it| says(it));
        let puts =
            ["append", "appendleft", "extend", "extendleft", "insert", "add", "update"].iter().any(|it| says(it));
        (takes && !puts).then_some(name)
    }

    /// What a loop takes from in each turn, when a call does: `pending.popleft()`.
    pub(super) fn taken(&self, func: &Expr) -> Option<NodeId> {
        let ExprKind::Attribute { value, name } = &func.kind else { return None };
        let queue = value.dotted().filter(|_| TAKES.contains(&&*name.value))?;
        self.queues.iter().rev().find(|(known, _, scope)| *known == queue && *scope == self.scope).map(|it| it.1)
    }

    /// Opens a loop; gives the scope to go back to.
    pub(super) fn enter(&mut self, iter: NodeId, is_async: bool, head: Span) -> Scope {
        let around = self.scope;
        self.flow.loops.push(Loop { iter, head, parent: around, is_async, leaves: false });
        self.scope = self.flow.loops.len() as Scope;
        around
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

    fn import(&mut self, alias: &'a Alias) {
        // `import a.b` binds `a`; `import a.b as c` binds `c` to the whole.
        let (name, module) = match &alias.alias {
            Some(name) => (&**name, &*alias.name),
            None => {
                let root = alias.name.split('.').next().unwrap_or(&alias.name);
                (root, root)
            }
        };
        self.imports.push(Import { name: name.into(), module: module.into(), item: None });
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

    fn import_from(&mut self, module: &str, level: u32, names: &'a [Alias]) {
        let mut base = self.package;
        for _ in 1..level {
            base = base.rsplit_once('.').map_or("", |(above, _)| above);
        }
        let module: Box<str> = match (level, base, module) {
            (0, _, module) | (_, "", module) => module.into(),
            (_, base, "") => base.into(),
            (_, base, module) => format!("{base}.{module}").into(),
        };
        for alias in names {
            let name = alias.alias.as_ref().unwrap_or(&alias.name);
            self.imports.push(Import { name: name.clone(), module: module.clone(), item: Some(alias.name.clone()) });
        }
    }
}

/// The variable of a dict that a list is kept in: `found[key]`, `found.setdefault(key, [])`.
fn held_in(expr: &Expr) -> Option<&str> {
    let of = match &expr.kind {
        ExprKind::Subscript { value, .. } => value,
        ExprKind::Call(call) => match &call.func.kind {
            ExprKind::Attribute { value, name } if &*name.value == "setdefault" => value,
            _ => return None,
        },
        _ => return None,
    };
    match &of.kind {
        ExprKind::Name(variable) => Some(variable),
        _ => None,
    }
}

/// `if TYPE_CHECKING: … else: …`
fn says_types(branches: &[(Option<Expr>, Vec<Stmt>)]) -> bool {
    let test = branches.first().and_then(|(test, _)| test.as_ref()).filter(|_| branches.len() <= 2);
    test.and_then(Expr::dotted).is_some_and(|name| matches!(&*name, "TYPE_CHECKING" | "typing.TYPE_CHECKING"))
}

/// Whether a guard says by itself whether its code runs, so that a test within it for what is missing says no more.
fn is_strong(guard: &Guard) -> bool {
    matches!(guard, Guard::Attribute(_) | Guard::Prefetched(_) | Guard::Kind(_) | Guard::Seldom)
}
