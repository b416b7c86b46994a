//! Expressions to flow.

use super::build::{Builder, Lambda};
use super::flow::{NodeId, NodeKind, last_of};
use super::guard::{asks_for_attribute, sorts};
use crate::source::{SourceFile, Span};
use crate::syntax::python::{BinOp, Call, Clause, CompareOp, ComprehensionKind, Expr, ExprKind, FPart, Param, UnaryOp};

impl<'a> Builder<'a> {
    /// The node of an expression. What nests too deep is unknown.
    pub(super) fn expr(&mut self, expr: &'a Expr) -> NodeId {
        match self.deeper(|it| it.expr_within(expr)) {
            Some(node) => node,
            None => self.unknown(expr.span),
        }
    }

    /// Evaluates a condition.
    pub(super) fn test(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                self.flow.conditional.extend(parts.iter().skip(1).map(|part| part.span));
                let (guard, sorted) = (self.guard, self.sorted);
                let holds = matches!(expr.kind, ExprKind::And(_));
                for part in parts {
                    self.deeper(|it| it.test(part));
                    self.behind_part(part, holds);
                }
                (self.guard, self.sorted) = (guard, sorted);
            }
            ExprKind::Unary { op: UnaryOp::Not, operand } => {
                self.deeper(|it| it.test(operand));
            }
            _ => {
                let of = self.expr(expr);
                self.node(NodeKind::Test(of), expr.span);
            }
        }
    }

    /// What stands in a condition behind one of its parts runs when that holds, or when it does not.
    fn behind_part(&mut self, part: &Expr, holds: bool) {
        let told = self.told_by(part, holds);
        self.behind(told);
        self.sorted |= holds && sorts(part);
    }

    fn expr_within(&mut self, expr: &'a Expr) -> NodeId {
        let kind = match &expr.kind {
            ExprKind::Name(name) => match self.value_of((None, name)) {
                Some(node) => return node,
                None => NodeKind::Name(name.clone()),
            },
            ExprKind::Attribute { value, name } => {
                let of = self.expr(value);
                if let Some(node) = self.value_of((Some(of), &name.value)) {
                    return node;
                }
                let variable = match &value.kind {
                    ExprKind::Name(variable) => self.value_of((None, variable)).map(|_| variable.clone()),
                    _ => None,
                };
                NodeKind::Attr { of, name: name.value.clone(), variable, line: self.line_before(value.span, name.span) }
            }
            ExprKind::Subscript { value, index } => {
                let of = self.expr(value);
                match &index.kind {
                    ExprKind::Slice { low, high, step } => {
                        for part in [low, high, step].into_iter().flatten() {
                            self.expr(part);
                        }
                        let most = self.span_of_slice(low.as_deref(), high.as_deref());
                        NodeKind::Slice { of, most, rest: high.is_none() }
                    }
                    _ => {
                        let key = self.expr(index);
                        NodeKind::Item { of, key }
                    }
                }
            }
            ExprKind::Slice { .. } | ExprKind::Bytes | ExprKind::Float(_) | ExprKind::Ellipsis => NodeKind::Constant,
            ExprKind::Bool(flag) => NodeKind::Flag(*flag),
            ExprKind::Call(call) => return self.call(call, expr.span),
            ExprKind::Str(text) => NodeKind::Text(text.clone()),
            ExprKind::FString(parts) => {
                let mut within = Vec::new();
                for part in parts {
                    match part {
                        FPart::Expr(inner) => {
                            let of = self.expr(inner);
                            within.push(self.node(NodeKind::Format(of), inner.span));
                        }
                        // `f"{prefix}__author"`
                        FPart::Text(text) if text.contains("__") => {
                            self.node(NodeKind::Text(text.clone()), expr.span);
                        }
                        FPart::Text(_) => {}
                    }
                }
                NodeKind::Mix(within)
            }
            ExprKind::Int(Some(number)) => NodeKind::Number(*number),
            ExprKind::Int(None) => NodeKind::Constant,
            ExprKind::None => NodeKind::Nothing,
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                match items.iter().any(|item| matches!(item.kind, ExprKind::Starred(_))) {
                    true => self.starred(items),
                    false => NodeKind::List(self.all(items)),
                }
            }
            ExprKind::Dict(items) => {
                let mut pairs = Vec::with_capacity(items.len());
                for (key, value) in items {
                    let key = key.as_ref().map(|key| self.expr(key));
                    let value = self.expr(value);
                    // What `**other` brings is under keys that nobody knows.
                    pairs.push((key.unwrap_or(value), value));
                }
                NodeKind::Dict(pairs)
            }
            ExprKind::Binary { left, op, right } => {
                let parts = vec![self.expr(left), self.expr(right)];
                // `"%s by %s" % (title, author)`
                if *op == BinOp::Mod && matches!(left.kind, ExprKind::Str(_)) {
                    let put = match &self.flow.node(parts[1]).kind {
                        NodeKind::List(items) => items.clone(),
                        _ => vec![parts[1]],
                    };
                    for of in put {
                        self.node(NodeKind::Format(of), self.flow.node(of).span);
                    }
                }
                NodeKind::Mix(parts)
            }
            ExprKind::Unary { op: UnaryOp::Not, operand } => {
                let of = self.expr(operand);
                NodeKind::Test(of)
            }
            ExprKind::Unary { operand, .. } => NodeKind::Mix(vec![self.expr(operand)]),
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                self.flow.conditional.extend(parts.iter().skip(1).map(|part| part.span));
                if matches!(expr.kind, ExprKind::Or(_)) {
                    self.flow.spares.extend(parts.iter().skip(1).map(|part| part.span));
                }
                let (guard, sorted) = (self.guard, self.sorted);
                let holds = matches!(expr.kind, ExprKind::And(_));
                let mut all = Vec::with_capacity(parts.len());
                for part in parts {
                    all.push(self.expr(part));
                    self.behind_part(part, holds);
                }
                (self.guard, self.sorted) = (guard, sorted);
                // All but the last are tested for their truth.
                for (of, part) in all.iter().zip(parts).take(all.len().saturating_sub(1)) {
                    self.node(NodeKind::Test(*of), part.span);
                }
                NodeKind::Either(all)
            }
            ExprKind::Compare { left, rest } => {
                let mut parts = vec![self.expr(left)];
                parts.extend(rest.iter().map(|(_, operand)| self.expr(operand)));
                if let ([(CompareOp::In | CompareOp::NotIn, _)], [_, within]) = (rest.as_slice(), parts.as_slice()) {
                    let span = self.flow.node(*within).span;
                    self.node(NodeKind::Through(*within), span);
                }
                match (rest.as_slice(), parts.as_slice()) {
                    ([(CompareOp::Eq, _)], [a, b]) => NodeKind::Same(*a, *b),
                    // `rows.count() > 0`
                    ([(CompareOp::Gt | CompareOp::NotEq, zero)], [a, _])
                        if matches!(zero.kind, ExprKind::Int(Some(0))) =>
                    {
                        NodeKind::Test(*a)
                    }
                    _ => NodeKind::Mix(parts),
                }
            }
            ExprKind::If { test, body, orelse } => {
                self.flow.conditional.extend([body.span, orelse.span]);
                if let ExprKind::Name(name) = &test.kind
                    && let Some(value) = self.value_of((None, name))
                {
                    self.flow.of_truth.push((body.span, value));
                }
                self.test(test);
                let guard = self.guard;
                let looked_for = self.looks_for(test);
                self.behind(looked_for);
                let mut branches = Vec::with_capacity(2);
                for (branch, holds) in [(body, true), (orelse, false)] {
                    let before = self.guard;
                    let told = self.told_by(test, holds);
                    self.behind(told);
                    branches.push(self.expr(branch));
                    self.guard = before;
                }
                self.guard = guard;
                NodeKind::Either(branches)
            }
            ExprKind::Comprehension { kind, element, clauses } => {
                return self.comprehension(*kind, element, clauses, expr.span);
            }
            ExprKind::Await(inner) => NodeKind::Await(self.expr(inner)),
            ExprKind::Yield(inner) => {
                let value = match inner {
                    // `yield from rows`
                    Some(inner) if self.file.slice(expr.span).starts_with("yield from") => {
                        let over = self.expr(inner);
                        let around = self.enter(over, false, expr.span);
                        let row = self.node(NodeKind::Row(over), inner.span);
                        self.scope = around;
                        row
                    }
                    Some(inner) => self.expr(inner),
                    None => self.node(NodeKind::Nothing, expr.span),
                };
                self.flow.yields.push(value);
                NodeKind::Mix(vec![value])
            }
            ExprKind::Starred(inner) => {
                let of = self.expr(inner);
                self.node(NodeKind::Through(of), inner.span);
                NodeKind::Mix(vec![of])
            }
            ExprKind::Named { target, value } => {
                let value = self.expr(value);
                self.assign(target, value);
                return value;
            }
            // A lambda that is only passed on does not run here.
            ExprKind::Lambda { params, body } => return self.lambda(params, body, expr.span),
            ExprKind::Other => NodeKind::Mix(Vec::new()),
        };
        self.node(kind, expr.span)
    }

    /// How many items `[low:high]` can have, when both are numbers or variables that hold one.
    fn span_of_slice(&self, low: Option<&Expr>, high: Option<&Expr>) -> Option<u64> {
        let number = |expr: Option<&Expr>| match expr.map(|expr| &expr.kind) {
            None => Some(0),
            Some(ExprKind::Int(number)) => *number,
            Some(ExprKind::Name(name)) => match self.flow.node(self.value_of((None, name))?).kind {
                NodeKind::Number(number) => Some(number),
                _ => None,
            },
            Some(_) => None,
        };
        let high = number(Some(high?))?;
        u64::try_from(high.checked_sub(number(low)?)?).ok()
    }

    fn all(&mut self, exprs: &'a [Expr]) -> Vec<NodeId> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    /// The line ending and blanks between a value and the dot behind it, when the dot opens a line.
    fn line_before(&self, value: Span, name: Span) -> Option<Box<str>> {
        let between = self.file.text().get(value.end as usize..name.start as usize)?;
        let gap = between.trim_end().strip_suffix('.')?;
        let start = gap.rfind('\n')?;
        let start = if gap[..start].ends_with('\r') { start - 1 } else { start };
        let line = &gap[start..];
        line.trim().is_empty().then(|| line.into())
    }

    fn call(&mut self, call: &'a Call, span: Span) -> NodeId {
        if !self.queues.is_empty()
            && call.args.len() < 2
            && let Some(over) = self.taken(&call.func)
        {
            return self.node(NodeKind::Row(over), span);
        }
        let func = self.expr(&call.func);
        let mut args = Vec::with_capacity(call.args.len());
        let mut open = false;
        // What runs here for each row is read where it runs.
        let applies = |it: &Expr| is_lambda(it) && applied(&call.func).is_some();
        for arg in &call.args {
            if applies(arg) {
                self.pass_on(arg.span);
                args.push(self.unknown(arg.span));
                continue;
            }
            open |= matches!(arg.kind, ExprKind::Starred(_));
            args.push(self.expr(arg));
        }
        let mut keywords = Vec::with_capacity(call.keywords.len());
        for keyword in &call.keywords {
            let value = if applies(&keyword.value) {
                self.pass_on(keyword.value.span);
                self.unknown(keyword.value.span)
            } else {
                self.expr(&keyword.value)
            };
            match &keyword.name {
                Some(name) => keywords.push((name.value.clone(), value)),
                None => {
                    open = true;
                    keywords.push(("**".into(), value));
                }
            }
        }
        self.apply(call, func, &args, span);
        // `locals()` is a dict of the variables that are bound.
        if matches!(&call.func.kind, ExprKind::Name(name) if &**name == "locals") && args.is_empty() {
            let pairs =
                self.variables().into_iter().map(|(name, value)| (self.node(NodeKind::Text(name), span), value));
            let pairs = pairs.collect();
            return self.node(NodeKind::Dict(pairs), span);
        }
        let behind = if open { None } else { behind_last(self.file, call) };
        let id = self.node(NodeKind::Call { func, args, keywords, open }, span);
        self.flow.behind.extend(behind.map(|at| (id, at)));
        id
    }

    /// `sorted(rows, key=lambda row: …)`, `map(function, rows)` and their kin run a function for each row.
    fn apply(&mut self, call: &'a Call, func: NodeId, args: &[NodeId], span: Span) {
        let Some(applied) = applied(&call.func) else { return };
        let keyed = || call.keywords.iter().find(|it| it.name.as_ref().is_some_and(|name| &*name.value == "key"));
        let keyed = || keyed().map(|it| &it.value);
        let (function, rows) = match applied {
            Applied::First => (call.args.first(), args.get(1).copied()),
            Applied::Keyed(at) => (keyed().or_else(|| call.args.get(at + 1)), args.get(at).copied()),
            Applied::OfItself => match self.flow.node(func).kind {
                NodeKind::Attr { of, .. } => (keyed(), Some(of)),
                _ => return,
            },
        };
        let (Some(function), Some(rows)) = (function, rows) else { return };
        let getter = self.attributes_got(function);
        let named = matches!(function.kind, ExprKind::Name(_) | ExprKind::Attribute { .. });
        let lambda = lambda(function);
        if getter.is_none() && !named && lambda.is_none() {
            return;
        }
        self.apart(|it| {
            let around = it.enter(rows, false, span);
            match (getter, lambda) {
                (Some(path), _) => {
                    let row = it.node(NodeKind::Row(rows), function.span);
                    path.split('.').fold(row, |of, name| {
                        it.node(NodeKind::Attr { of, name: name.into(), variable: None, line: None }, function.span)
                    });
                }
                // The last is the row: `reduce(lambda sum, row: …, rows)`.
                (None, Some((params, body))) => {
                    if let Some(param) = params.last() {
                        let row = it.node(NodeKind::Row(rows), param.span);
                        it.bind((None, &param.name), row);
                        it.expr(body);
                    }
                }
                (None, None) => {
                    let row = it.node(NodeKind::Row(rows), function.span);
                    let func = it.expr(function);
                    let call = NodeKind::Call { func, args: vec![row], keywords: Vec::new(), open: false };
                    it.node(call, function.span);
                }
            }
            it.scope = around;
        });
    }

    /// `attrgetter("author.name")`, or a variable that holds it.
    fn attributes_got(&self, expr: &'a Expr) -> Option<Box<str>> {
        match &expr.kind {
            ExprKind::Call(call) if call.func.dotted().is_some_and(|it| last_of(&it) == "attrgetter") => {
                call.args.first()?.str().map(Into::into)
            }
            ExprKind::Name(name) => {
                let call = self.flow.call(self.value_of((None, name))?)?;
                let is_getter = self.flow.dotted(call.func).is_some_and(|it| last_of(&it) == "attrgetter");
                self.flow.text(*call.args.first().filter(|_| is_getter)?).map(Into::into)
            }
            _ => None,
        }
    }

    /// A lambda: a function by a name that nobody else has.
    fn lambda(&mut self, params: &'a [Param], body: &'a Expr, span: Span) -> NodeId {
        self.pass_on(span);
        if !matches!(body.kind, ExprKind::Attribute { .. } | ExprKind::Call(_) | ExprKind::Comprehension { .. })
            && !has_call(body)
        {
            return self.unknown(span);
        }
        let name: Box<str> = format!("<lambda {}>", span.start).into();
        self.lambdas.push(Lambda { name: name.clone(), params, body, span });
        self.node(NodeKind::Name(name), span)
    }

    /// `[*rows, *others, last]`: all that is gone through, or what stands by itself.
    fn starred(&mut self, items: &'a [Expr]) -> NodeKind {
        let (mut all, mut alone) = (Vec::new(), Vec::new());
        for item in items {
            match &item.kind {
                ExprKind::Starred(inner) => {
                    let over = self.expr(inner);
                    all.push(self.all_of(over, inner.span));
                }
                _ => alone.push(self.expr(item)),
            }
        }
        if !alone.is_empty() {
            let span = items.first().map_or(Span::at(self.file.id, 0), |it| it.span);
            all.push(self.node(NodeKind::List(alone), span));
        }
        NodeKind::Either(all)
    }

    /// All that something gives that is gone through here.
    pub(super) fn all_of(&mut self, over: NodeId, span: Span) -> NodeId {
        let around = self.enter(over, false, span);
        let element = self.node(NodeKind::Row(over), span);
        self.scope = around;
        self.node(NodeKind::Collect { element, dict: false, lazy: false }, span)
    }

    fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: &'a Expr,
        clauses: &'a [Clause],
        span: Span,
    ) -> NodeId {
        let around = self.scope;
        let element = self.apart(|it| it.clauses(clauses, element, kind)).flatten();
        self.scope = around;
        let Some(element) = element else { return self.unknown(span) };
        let dict = kind == ComprehensionKind::Dict;
        self.node(NodeKind::Collect { element, dict, lazy: kind == ComprehensionKind::Generator }, span)
    }

    /// Opens a loop for each clause and evaluates the element within all of them; gives the node of what is made.
    fn clauses(&mut self, clauses: &'a [Clause], element: &'a Expr, kind: ComprehensionKind) -> Option<NodeId> {
        for clause in clauses {
            let over = self.expr(&clause.iter);
            let start = clause.target.span.start.min(clause.iter.span.start);
            let head = Span { start, ..clause.iter.span };
            self.enter(over, clause.is_async, head);
            self.take_row(over, &clause.target);
            for condition in &clause.conditions {
                self.test(condition);
            }
        }
        // Whether it has an attribute, all rows of a kind answer alike.
        if clauses.iter().flat_map(|it| &it.conditions).any(|it| !asks_for_attribute(it)) {
            self.flow.conditional.push(element.span);
        }
        match (&element.kind, kind) {
            (ExprKind::Tuple(pair), ComprehensionKind::Dict) => {
                let pair = self.all(pair);
                pair.last().copied()
            }
            _ => Some(self.expr(element)),
        }
    }
}

/// The place behind the last argument of a call that may be told more: how long to wait for another server, whether rows
/// expire. None where it is told already, or a comment stands there.
fn behind_last(file: &SourceFile, call: &Call) -> Option<Span> {
    const ASKS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "request", "urlopen"];
    const MAKERS: &[&str] = &["async_sessionmaker", "sessionmaker", "AsyncSession"];
    let name = match &call.func.kind {
        ExprKind::Attribute { name, .. } => &*name.value,
        ExprKind::Name(name) => &**name,
        _ => return None,
    };
    let told = match name {
        name if ASKS.contains(&name) => "timeout",
        name if MAKERS.contains(&name) => "expire_on_commit",
        _ => return None,
    };
    if call.keywords.iter().any(|it| it.name.as_ref().is_some_and(|it| &*it.value == told)) {
        return None;
    }
    let ends = call.args.iter().map(|it| it.span.end).chain(call.keywords.iter().map(|it| it.span.end));
    let last = ends.max()?;
    let between = file.text().get(last as usize..(call.parens.end as usize).checked_sub(1)?)?;
    if between.contains('#') {
        return None;
    }
    // Behind the parentheses around the argument, before the comma.
    let own = between.trim_end().trim_end_matches(',').trim_end();
    Some(Span::at(file.id, last as usize + own.len()))
}

/// Where a function that something is called with gets its rows from.
#[derive(Clone, Copy)]
enum Applied {
    /// The function first, then the rows: `map(function, rows)`.
    First,
    /// The rows at this place, and the function behind them or as `key`: `sorted(rows, key=function)`.
    Keyed(usize),
    /// What it is called on: `rows.sort(key=function)`.
    OfItself,
}

/// Whether a call runs a function that it is given for each of some rows. Pools of threads and processes map, too.
fn applied(func: &Expr) -> Option<Applied> {
    let (name, of) = match &func.kind {
        ExprKind::Name(name) => (&**name, None),
        ExprKind::Attribute { value, name } => (&*name.value, Some(value.dotted())),
        _ => return None,
    };
    let of_module = |name: Option<&str>| matches!(name, Some("itertools" | "functools" | "heapq"));
    Some(match (name, of) {
        ("sort", Some(_)) => Applied::OfItself,
        ("map" | "imap" | "imap_unordered", _) => Applied::First,
        (_, Some(of)) if !of_module(of.as_deref()) => return None,
        ("filter" | "reduce" | "takewhile" | "dropwhile" | "filterfalse", _) => Applied::First,
        ("sorted" | "min" | "max" | "groupby", _) => Applied::Keyed(0),
        ("nlargest" | "nsmallest", _) => Applied::Keyed(1),
        _ => return None,
    })
}

/// Whether something is called, or read of another, within an expression.
fn has_call(expr: &Expr) -> bool {
    let mut found = false;
    expr.each_below(&mut |it| found |= matches!(it.kind, ExprKind::Call(_) | ExprKind::Attribute { .. }));
    found
}

fn is_lambda(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Lambda { .. })
}

fn lambda(expr: &Expr) -> Option<(&[Param], &Expr)> {
    match &expr.kind {
        ExprKind::Lambda { params, body } => Some((params, body)),
        _ => None,
    }
}
