//! Expressions.

use std::sync::Arc;

use super::convert::{shown, truthy};
use super::lift::{self, at, branch};
use super::scope::{Frame, is_missing, missing};
use super::{Dict, Evaluator, Made, PyValue};
use crate::source::Span;
use crate::stack::{Condition, Fact, Slot, Sourced, Truth, Why};
use crate::syntax::python::{Clause, CompareOp, ComprehensionKind, Expr, ExprKind, FPart, UnaryOp};

/// More items than this of a list are not gone through.
const MOST_ITEMS: usize = 200;

impl<'a> Evaluator<'a> {
    /// What an expression comes to at a place of a module.
    pub(super) fn eval(&self, frame: &Frame<'_>, expr: &Expr) -> Fact<PyValue> {
        self.deeper(|| self.eval_kind(frame, expr))
    }

    fn eval_kind(&self, frame: &Frame<'_>, expr: &Expr) -> Fact<PyValue> {
        let span = expr.span;
        let literal = |value: PyValue| lift::with_slot(at(value, span), Slot::replace(span));
        match &expr.kind {
            ExprKind::None => literal(PyValue::None),
            ExprKind::Bool(truth) => literal(PyValue::Bool(*truth)),
            ExprKind::Int(Some(int)) => literal(PyValue::Int(*int)),
            ExprKind::Float(float) => literal(PyValue::Float(*float)),
            ExprKind::Str(text) => lift::with_slot(at(PyValue::Str(text.clone()), span), self.text_slot(frame, span)),
            ExprKind::FString(parts) => self.fstring(frame, parts, span),
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => self.list(frame, items, span),
            ExprKind::Dict(items) => self.dict(frame, items, span),
            ExprKind::Name(name) => {
                let found = self.lookup(frame, name);
                match is_missing(&found) {
                    true if &**name == "__file__" => self.own_path(frame.module, span),
                    true => at(PyValue::Outside(name.clone()), span),
                    false => found.by_way_of([span]),
                }
            }
            ExprKind::Attribute { value, name } => {
                self.attribute(self.eval(frame, value), &name.value, span).by_way_of([span])
            }
            ExprKind::Subscript { value, index } => self.subscript(frame, value, index, span),
            ExprKind::Call(call) => self.call(frame, call, span),
            ExprKind::Binary { left, op, right } => {
                let right = self.eval(frame, right);
                self.binary(self.eval(frame, left), *op, &right, span)
            }
            ExprKind::Unary { op, operand } => self.unary(frame, *op, operand, span),
            ExprKind::And(items) => self.chain(frame, items, false),
            ExprKind::Or(items) => self.chain(frame, items, true),
            ExprKind::Compare { left, rest } => self.comparison(frame, left, rest, span),
            ExprKind::If { test, body, orelse } => self.conditional(frame, test, body, orelse),
            ExprKind::Comprehension { kind, element, clauses } => {
                self.comprehension(frame, *kind, element, clauses, span)
            }
            ExprKind::Named { value, .. } | ExprKind::Await(value) => self.eval(frame, value),
            ExprKind::Starred(value) => self.eval(frame, value),
            _ => Fact::Unknown(Why::at("worked out when the program runs", span)),
        }
    }

    /// Where a string could be written: between its quotes, or, where it has escapes, whole.
    fn text_slot(&self, frame: &Frame<'_>, span: Span) -> Slot {
        match self.code.module(frame.module).and_then(|it| it.content(span)) {
            Some(content) => Slot::replace(content),
            None => Slot { span, before: "\"".into(), after: "\"".into(), reaches: Vec::new() },
        }
    }

    fn fstring(&self, frame: &Frame<'_>, parts: &[FPart], span: Span) -> Fact<PyValue> {
        let mut text = String::new();
        let mut spans = vec![span];
        for part in parts {
            match part {
                FPart::Text(part) => text.push_str(part),
                FPart::Expr(expr) => {
                    let value = self.eval(frame, expr);
                    text.push_str(&shown(&value));
                    spans.extend(value.span().filter(|it| !spans.contains(it)));
                }
            }
        }
        Fact::derived(PyValue::Str(text.into()), spans)
    }

    fn list(&self, frame: &Frame<'_>, items: &[Expr], span: Span) -> Fact<PyValue> {
        let mut all = Vec::new();
        for item in items.iter().take(MOST_ITEMS) {
            let value = self.eval(frame, item);
            match (&item.kind, value.known()) {
                (ExprKind::Starred(_), Some(PyValue::List(inner))) => all.extend(inner.iter().cloned()),
                _ => all.push(value),
            }
        }
        at(PyValue::List(Arc::new(all)), span)
    }

    fn dict(&self, frame: &Frame<'_>, items: &[(Option<Expr>, Expr)], span: Span) -> Fact<PyValue> {
        let mut dict = Dict { entries: Vec::new(), open: None, made: Made::Display(span) };
        for (key, value) in items {
            let Some(key) = key else {
                match self.eval(frame, value).known() {
                    Some(PyValue::Dict(spread)) => dict.merge(spread),
                    Some(PyValue::None) => {}
                    _ => dict.opened(Why::at("what is spread into it is not known", value.span)),
                }
                continue;
            };
            match self.eval(frame, key).known() {
                Some(PyValue::Str(name)) => dict.set(&name.clone(), self.eval(frame, value)),
                Some(PyValue::Int(int)) => dict.set(&int.to_string(), self.eval(frame, value)),
                _ => dict.opened(Why::at("one of its keys is not known", key.span)),
            }
        }
        at(PyValue::Dict(dict.into()), span)
    }

    fn subscript(&self, frame: &Frame<'_>, value: &Expr, index: &Expr, span: Span) -> Fact<PyValue> {
        let on = self.eval(frame, value);
        let index = self.eval(frame, index);
        if let (Some(PyValue::Outside(on)), Some(PyValue::Str(name))) = (on.known(), index.known())
            && &**on == "os.environ"
        {
            return self.variable(name, None, span);
        }
        let item = lift::both_then(on, &index, |on, index| match (&on.value, &index.value) {
            (PyValue::Dict(dict), PyValue::Str(key)) => dict.get(key, &on.origin),
            // `values["HOST"]` of a validator: the fields of the model.
            (PyValue::Object(object), PyValue::Str(key)) if object.class.is_some() => {
                self.attribute(Fact::Known(on.clone()), key, span)
            }
            (PyValue::Dict(dict), PyValue::Int(key)) => dict.get(&key.to_string(), &on.origin),
            (PyValue::List(items), PyValue::Int(place)) => {
                let place = if *place < 0 { *place + items.len() as i64 } else { *place };
                let item = usize::try_from(place).ok().and_then(|place| items.get(place));
                item.cloned().unwrap_or_else(|| Fact::unknown("an item that is not there"))
            }
            _ => Fact::Unknown(Why::at("worked out when the program runs", span)),
        });
        if is_missing(&item) { Fact::Unknown(Why::at("no such key", span)) } else { item.by_way_of([span]) }
    }

    fn unary(&self, frame: &Frame<'_>, op: UnaryOp, operand: &Expr, span: Span) -> Fact<PyValue> {
        lift::then(self.eval(frame, operand), |it| {
            let value = match (op, &it.value) {
                (UnaryOp::Not, value) => truthy(value).map(|truth| PyValue::Bool(!truth)),
                (UnaryOp::Minus, PyValue::Int(int)) => int.checked_neg().map(PyValue::Int),
                (UnaryOp::Minus, PyValue::Float(float)) => Some(PyValue::Float(-float)),
                (UnaryOp::Plus, PyValue::Int(_) | PyValue::Float(_)) => Some(it.value.clone()),
                _ => None,
            };
            match (value, op, &operand.kind) {
                // `-1` is a literal as much as `1` is.
                (Some(value), UnaryOp::Minus, ExprKind::Int(_) | ExprKind::Float(_)) => {
                    lift::with_slot(at(value, span), Slot::replace(span))
                }
                (Some(value), ..) => lift::like(value, &it.origin),
                (None, ..) => Fact::Unknown(Why::at("worked out when the program runs", span)),
            }
        })
    }

    /// `a or b or c`, and with `until` false `a and b and c`: the first item that decides, else the last.
    fn chain(&self, frame: &Frame<'_>, items: &[Expr], until: bool) -> Fact<PyValue> {
        let Some((first, rest)) = items.split_first() else { return missing() };
        let value = self.eval(frame, first);
        if rest.is_empty() {
            return value;
        }
        // `old.get(key) or value` stands for `setdefault`: what is missing decides nothing.
        let value = if is_missing(&value) { at(PyValue::None, first.span) } else { value };
        match (&value, self.truth(value.clone())) {
            (_, Truth::Yes) if until => value,
            (_, Truth::No) if !until => value,
            (_, Truth::Yes | Truth::No) => self.chain(frame, rest, until),
            (Fact::OneOf(_), Truth::Maybe) => lift::then(value, |it| match truthy(&it.value) {
                Some(truth) if truth == until => Fact::Known(it.clone()),
                Some(_) => self.chain(frame, rest, until),
                None => Fact::Unknown(Why::at("worked out when the program runs", first.span)),
            }),
            (Fact::Unknown(why), Truth::Maybe) => Fact::Unknown(why.clone()),
            _ => Fact::Unknown(Why::at("worked out when the program runs", first.span)),
        }
    }

    fn comparison(&self, frame: &Frame<'_>, left: &Expr, rest: &[(CompareOp, Expr)], span: Span) -> Fact<PyValue> {
        let [(op, right)] = rest else {
            return Fact::Unknown(Why::at("worked out when the program runs", span));
        };
        let left = self.eval(frame, left);
        let right = self.eval(frame, right);
        if let (CompareOp::In | CompareOp::NotIn, Some(PyValue::Str(name)), Some(PyValue::Outside(on))) =
            (op, left.known(), right.known())
            && &**on == "os.environ"
        {
            return match self.is_set(name) {
                Some(set) => at(PyValue::Bool(set == (*op == CompareOp::In)), span),
                None => Fact::Unknown(Why::at(format!("set by the environment ({name})"), span)),
            };
        }
        self.compare(left, *op, &right, span)
    }

    fn conditional(&self, frame: &Frame<'_>, test: &Expr, body: &Expr, orelse: &Expr) -> Fact<PyValue> {
        let condition = self.eval(frame, test);
        match self.truth(condition) {
            Truth::Yes => self.eval(frame, body),
            Truth::No => self.eval(frame, orelse),
            Truth::Maybe => {
                let say =
                    |what: &str| Condition { text: format!("the condition is {what}").into(), at: Some(test.span) };
                branch(&say("true"), &say("false"), self.eval(frame, body), self.eval(frame, orelse))
            }
        }
    }

    /// `[x.strip() for x in list if x]`, `{k: v for k, v in dict.items()}`, over what is known.
    fn comprehension(
        &self,
        frame: &Frame<'_>,
        kind: ComprehensionKind,
        element: &Expr,
        clauses: &[Clause],
        span: Span,
    ) -> Fact<PyValue> {
        let unknown = || Fact::Unknown(Why::at("worked out when the program runs", span));
        let mut all = Vec::new();
        if self.turn(frame, element, clauses, &mut all).is_none() {
            return unknown();
        }
        if kind != ComprehensionKind::Dict {
            return at(PyValue::List(Arc::new(all)), span);
        }
        let mut dict = Dict { made: Made::Statements, ..super::scope::empty() };
        for pair in all {
            let Some(PyValue::List(pair)) = pair.known() else { return unknown() };
            match (pair.first().and_then(|it| it.known()), pair.get(1)) {
                (Some(PyValue::Str(key)), Some(value)) => dict.set(key, value.clone()),
                _ => return unknown(),
            }
        }
        at(PyValue::Dict(dict.into()), span)
    }

    /// The elements that the clauses give, put behind those of `all`; nothing when that cannot be told.
    fn turn(&self, frame: &Frame<'_>, element: &Expr, clauses: &[Clause], all: &mut Vec<Fact<PyValue>>) -> Option<()> {
        let Some((clause, rest)) = clauses.split_first() else {
            all.push(self.eval(frame, element));
            return (all.len() <= MOST_ITEMS).then_some(());
        };
        let over = self.eval(frame, &clause.iter);
        let items: Vec<Fact<PyValue>> = match over.known()? {
            PyValue::List(items) if items.len() <= MOST_ITEMS => items.to_vec(),
            PyValue::Dict(dict) if dict.open.is_none() => {
                dict.entries.iter().map(|it| at(PyValue::Str(it.0.clone()), clause.iter.span)).collect()
            }
            _ => return None,
        };
        for item in items {
            let given = super::flow::bound(&clause.target, item);
            let inner = frame.inside(&[], 0, &given);
            let mut keep = Truth::Yes;
            for condition in &clause.conditions {
                keep = keep.and(self.truth(self.eval(&inner, condition)));
            }
            match keep {
                Truth::Yes => self.turn(&inner, element, rest, all)?,
                Truth::No => {}
                Truth::Maybe => return None,
            }
        }
        Some(())
    }

    /// Whether a variable is set; nothing when the environment is not known.
    pub(super) fn is_set(&self, name: &str) -> Option<bool> {
        match self.environment.variables.iter().any(|it| &*it.name == name) {
            true => Some(true),
            false => self.environment.complete.then_some(false),
        }
    }

    /// A variable of the environment; what it is without it is `default`, or, where that is none, an error.
    pub(super) fn variable(&self, name: &str, default: Option<Fact<PyValue>>, span: Span) -> Fact<PyValue> {
        let set = self.put_there(name, span);
        if let Some((false, value)) = set {
            return value.by_way_of([span]);
        }
        if let Some(variable) = self.environment.variables.iter().rfind(|it| &*it.name == name) {
            return variable.value.clone().map(PyValue::Str).by_way_of([span]);
        }
        // What the code itself puts there stands over the default.
        let default = set.map(|it| it.1).or_else(|| self.dotenv(name, span)).or(default);
        match default {
            Some(default) if self.environment.complete => default.by_way_of([span]),
            Some(Fact::Known(default)) if default.value != PyValue::None => Fact::Known(self.assumed(name, default)),
            _ => Fact::Unknown(Why::at(format!("set by the environment ({name})"), span)),
        }
    }

    /// A default that holds unless the environment, of which nothing is known, says otherwise.
    pub(super) fn assumed(&self, name: &str, default: Sourced<PyValue>) -> Sourced<PyValue> {
        let at = default.origin.span();
        let key = format!("the default of {name}").into();
        Sourced { origin: crate::stack::Origin::Assumed(crate::stack::Assumption { key, at }), ..default }
    }
}
