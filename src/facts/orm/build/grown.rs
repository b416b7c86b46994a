//! Lists, sets and dicts that code fills bit by bit: what a variable holds behind each such statement.

use super::Builder;
use crate::facts::orm::flow::{NodeId, NodeKind};
use crate::source::Span;
use crate::syntax::python::{Expr, ExprKind};

impl<'a> Builder<'a> {
    /// `found.append(row)`, `found.extend(rows)`: from here on the list has what it had, or this. As long as it is made in
    /// loops around, it is as long as these.
    pub(super) fn grow(&mut self, expr: &'a Expr) {
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
        let more = match &*name.value {
            "append" | "appendleft" | "add" | "insert" => {
                let element = self.expr(arg);
                self.collected(before, element, expr.span)
            }
            "extend" => self.expr(arg),
            "update" if self.is_set(before) => self.expr(arg),
            _ => return,
        };
        self.grow_list(variable, before, more, expr.span);
    }

    /// `found += rows`, `found += [row]`: the same.
    pub(super) fn grow_by(&mut self, target: &'a Expr, value: &'a Expr, span: Span) -> bool {
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

    /// Runs something as if it stood in the loop that a value was made in.
    fn where_made<T>(&mut self, made: NodeId, run: impl FnOnce(&mut Self) -> T) -> T {
        let scope = self.flow.node(made).scope;
        let around = std::mem::replace(&mut self.scope, scope);
        let out = run(self);
        self.scope = around;
        out
    }

    /// What a list gets of all turns of the loops that lie between where it is made and here.
    fn collected(&mut self, before: NodeId, element: NodeId, span: Span) -> NodeId {
        self.where_made(before, |it| it.node(NodeKind::Collect { element, dict: false, lazy: false }, span))
    }

    /// From here on a list has what it had, or this.
    fn grow_list(&mut self, variable: &'a str, before: NodeId, more: NodeId, span: Span) {
        let grown = self.where_made(before, |it| it.node(NodeKind::Either(vec![before, more]), span));
        self.bind((None, variable), grown);
    }

    /// The dict that a variable holds, as far as it is made here.
    pub(super) fn dict_of(&self, variable: &'a str) -> Option<NodeId> {
        let before = self.value_of((None, variable))?;
        let made = match &self.flow.node(before).kind {
            NodeKind::Dict(_) | NodeKind::Either(_) | NodeKind::Collect { dict: true, .. } => true,
            _ => self.is_made_by(before, &["dict", "defaultdict", "OrderedDict"]),
        };
        made.then_some(before)
    }

    /// From here on a dict has what it had, or this, under keys that nobody knows; each by itself, or in lists.
    pub(super) fn grow_dict(&mut self, variable: &'a str, before: NodeId, element: NodeId, lists: bool, span: Span) {
        let element = if lists { self.collected(before, element, span) } else { element };
        let grown = self.where_made(before, |it| {
            let more = it.node(NodeKind::Collect { element, dict: true, lazy: false }, span);
            it.node(NodeKind::Either(vec![before, more]), span)
        });
        self.bind((None, variable), grown);
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
