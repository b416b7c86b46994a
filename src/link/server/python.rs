//! Values of `gunicorn.conf.py`: literals, names, arithmetic, the environment, and the host's CPUs.

use crate::facts::gunicorn::GunicornConf;
use crate::source::Span;
use crate::stack::{Condition, Fact, Origin, Slot, Sourced, Why};
use crate::syntax::python::{BinOp, Call, Expr, ExprKind, FPart, UnaryOp};

use crate::link::command::words::HOST_CPUS;

/// How deep names and expressions may refer to each other.
const DEEPEST: usize = 24;

/// A value of Python.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(Box<str>),
    Bool(bool),
    None,
}

impl Value {
    /// As gunicorn would print it.
    pub(super) fn text(self) -> Box<str> {
        match self {
            Value::Number(number) => number.to_string().into(),
            Value::Text(text) => text,
            Value::Bool(truth) => if truth { "True" } else { "False" }.into(),
            Value::None => "None".into(),
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Value::Number(number) => *number != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::Bool(truth) => *truth,
            Value::None => false,
        }
    }
}

/// Evaluates what a configuration assigns, in the environment of the process.
pub(super) struct Evaluator<'a> {
    pub(super) conf: &'a GunicornConf,
    pub(super) variable: &'a dyn Fn(&str) -> Option<Fact<Box<str>>>,
    /// The names of the function that is followed; a later one stands over an earlier one.
    pub(super) locals: Vec<(Box<str>, Fact<Value>)>,
}

impl<'a> Evaluator<'a> {
    /// The evaluator of a file, where `variable` tells the environment.
    pub(super) fn new(conf: &'a GunicornConf, variable: &'a dyn Fn(&str) -> Option<Fact<Box<str>>>) -> Self {
        Self { conf, variable, locals: Vec::new() }
    }

    /// What a setting is assigned; [`None`] when it is not, or to `None`.
    pub(super) fn setting(&self, name: &str) -> Option<Fact<Value>> {
        let fact = self.name(name, 0)?;
        if fact.known() == Some(&Value::None) { None } else { Some(fact) }
    }

    fn name(&self, name: &str, depth: usize) -> Option<Fact<Value>> {
        if let Some((_, local)) = self.locals.iter().rev().find(|(own, _)| **own == *name) {
            return Some(local.clone());
        }
        let all: Vec<_> = self.conf.assignments.iter().filter(|it| &*it.name == name).collect();
        let (last, _) = all.split_last()?;
        if !last.conditional {
            return Some(self.eval(&last.value, depth + 1));
        }
        // One branch alone leaves the others to what is so without it, which is not told here.
        if all.len() == 1 {
            return Some(Fact::Unknown(Why::at("only some branch of the file sets it", last.value.span)));
        }
        // What stands before the branches, and what each of them assigns.
        let from = all.iter().rposition(|it| !it.conditional).unwrap_or(0);
        let mut branches = Vec::new();
        for assignment in all.get(from..).unwrap_or_default() {
            let text = if assignment.conditional { "a branch of the file is taken" } else { "no branch is taken" };
            let condition = Condition { text: text.into(), at: Some(assignment.value.span) };
            match self.eval(&assignment.value, depth + 1) {
                Fact::Known(sourced) => branches.push((condition, sourced)),
                other => return Some(other),
            }
        }
        Some(Fact::OneOf(branches))
    }

    pub(super) fn eval(&self, expr: &Expr, depth: usize) -> Fact<Value> {
        let unknown = || Fact::Unknown(Why::at("computed when it starts", expr.span));
        if depth > DEEPEST {
            return unknown();
        }
        match &expr.kind {
            ExprKind::Int(Some(number)) => Fact::written(Value::Number(*number as f64), expr.span),
            ExprKind::Float(number) => Fact::written(Value::Number(*number), expr.span),
            ExprKind::Bool(truth) => Fact::written(Value::Bool(*truth), expr.span),
            ExprKind::None => Fact::written(Value::None, expr.span),
            ExprKind::Str(text) => {
                let slot = Slot { before: "\"".into(), after: "\"".into(), ..Slot::replace(expr.span) };
                let origin = Origin::Written(vec![expr.span]);
                Fact::Known(Sourced { value: Value::Text(text.clone()), origin, slots: vec![slot] })
            }
            ExprKind::FString(parts) => self.joined(parts, expr.span, depth),
            ExprKind::Name(name) => match self.name(name, depth) {
                Some(fact) => fact.by_way_of([expr.span]),
                None => unknown(),
            },
            ExprKind::Unary { op, operand } => {
                let fact = super::without_slots(self.eval(operand, depth + 1));
                match op {
                    UnaryOp::Minus => one(fact, expr.span, |value| number(value).map(|it| Value::Number(-it))),
                    UnaryOp::Not => fact.map(|value| Value::Bool(!value.is_true())),
                    _ => fact,
                }
            }
            ExprKind::Binary { left, op, right } => {
                let (left, right) = (self.eval(left, depth + 1), self.eval(right, depth + 1));
                two(left, right, expr.span, |a, b| arithmetic(a, *op, b))
            }
            ExprKind::Or(parts) => self.first(parts, depth, |value| value.is_true()).unwrap_or_else(unknown),
            ExprKind::And(parts) => self.first(parts, depth, |value| !value.is_true()).unwrap_or_else(unknown),
            ExprKind::If { test, body, orelse } => match self.eval(test, depth + 1).known() {
                Some(test) if test.is_true() => self.eval(body, depth + 1),
                Some(_) => self.eval(orelse, depth + 1),
                None => match (self.eval(body, depth + 1), self.eval(orelse, depth + 1)) {
                    (Fact::Known(a), Fact::Known(b)) => {
                        let when = |text: &str| Condition { text: text.into(), at: Some(test.span) };
                        Fact::OneOf(vec![(when("the condition holds"), a), (when("it does not"), b)])
                    }
                    _ => unknown(),
                },
            },
            ExprKind::Subscript { value, index } if value.dotted().as_deref() == Some("os.environ") => {
                match self.eval(index, depth + 1).known() {
                    Some(Value::Text(name)) => self.environment(name, None, expr.span, depth),
                    _ => unknown(),
                }
            }
            ExprKind::Call(call) => self.call(call, expr.span, depth),
            _ => unknown(),
        }
    }

    fn call(&self, call: &Call, span: Span, depth: usize) -> Fact<Value> {
        let unknown = || Fact::Unknown(Why::at("computed when it starts", span));
        let name = call.func.dotted().unwrap_or_default();
        let short = name.rsplit('.').next().unwrap_or("");
        let host = || Fact::Unknown(Why::at(HOST_CPUS, span));
        match short {
            "cpu_count" | "process_cpu_count" | "sched_getaffinity" => host(),
            "len" => match call.args.first() {
                Some(arg) => match self.eval(arg, depth + 1) {
                    Fact::Unknown(why) if &*why.reason == HOST_CPUS => host(),
                    _ => unknown(),
                },
                None => unknown(),
            },
            "int" | "float" => match call.args.first() {
                Some(arg) => one(self.eval(arg, depth + 1), span, |value| number(value).map(Value::Number)),
                None => unknown(),
            },
            "str" => match call.args.first() {
                Some(arg) => self.eval(arg, depth + 1).map(|value| Value::Text(value.text())),
                None => unknown(),
            },
            "bool" => match call.args.first() {
                Some(arg) => self.eval(arg, depth + 1).map(|value| Value::Bool(value.is_true())),
                None => unknown(),
            },
            "max" | "min" => {
                let mut all = call.args.iter().map(|arg| self.eval(arg, depth + 1));
                let Some(first) = all.next() else { return unknown() };
                all.fold(first, |a, b| {
                    two(a, b, span, |a, b| {
                        let (a, b) = (number(a)?, number(b)?);
                        Some(Value::Number(if short == "max" { a.max(b) } else { a.min(b) }))
                    })
                })
            }
            "getenv" | "get" | "config" | "env"
                if matches!(&*name, "os.getenv" | "getenv" | "os.environ.get" | "environ.get" | "config" | "env") =>
            {
                let default = call.args.get(1).or_else(|| call.keyword("default"));
                match call.args.first().map(|it| self.eval(it, depth + 1)).as_ref().and_then(Fact::known) {
                    Some(Value::Text(variable)) => self.environment(variable, Some(default), span, depth),
                    _ => unknown(),
                }
            }
            _ => self.called(call, span, depth).unwrap_or_else(unknown),
        }
    }

    /// A variable of the environment. `default` is [`None`] where one that is not set is an error, `Some(None)` where it
    /// is `None`.
    fn environment(&self, name: &str, default: Option<Option<&Expr>>, span: Span, depth: usize) -> Fact<Value> {
        if let Some(fact) = (self.variable)(name) {
            return fact.map(Value::Text).by_way_of([span]);
        }
        match default {
            Some(Some(default)) => self.eval(default, depth + 1),
            Some(None) => Fact::derived(Value::None, vec![span]),
            None => Fact::Unknown(Why::at(format!("set by the environment ({name})"), span)),
        }
    }

    /// The first of several that `decides`, else the last; [`None`] when one before it is not known.
    fn first(&self, parts: &[Expr], depth: usize, decides: impl Fn(&Value) -> bool) -> Option<Fact<Value>> {
        let (last, before) = parts.split_last()?;
        for part in before {
            let fact = self.eval(part, depth + 1);
            match &fact {
                Fact::Known(sourced) if decides(&sourced.value) => return Some(fact),
                Fact::Known(_) => {}
                _ => return Some(fact),
            }
        }
        Some(self.eval(last, depth + 1))
    }

    fn joined(&self, parts: &[FPart], span: Span, depth: usize) -> Fact<Value> {
        let mut whole = Fact::derived(Value::Text("".into()), vec![span]);
        for part in parts {
            let next = match part {
                FPart::Text(text) => Fact::derived(Value::Text(text.clone()), Vec::new()),
                FPart::Expr(expr) => self.eval(expr, depth + 1),
            };
            whole = two(whole, next, span, |a, b| Some(Value::Text(format!("{}{}", a.text(), b.text()).into())));
        }
        whole
    }
}

fn number(value: Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(number),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Bool(truth) => Some(if truth { 1.0 } else { 0.0 }),
        Value::None => None,
    }
}

fn arithmetic(a: Value, op: BinOp, b: Value) -> Option<Value> {
    if let (Value::Text(a), BinOp::Add, Value::Text(b)) = (&a, op, &b) {
        return Some(Value::Text(format!("{a}{b}").into()));
    }
    let (Value::Number(a), Value::Number(b)) = (a, b) else { return None };
    let value = match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => a * b,
        BinOp::Div if b != 0.0 => a / b,
        BinOp::FloorDiv if b != 0.0 => (a / b).floor(),
        BinOp::Mod if b != 0.0 => a.rem_euclid(b),
        BinOp::Pow => a.powf(b),
        _ => return None,
    };
    value.is_finite().then_some(Value::Number(value))
}

/// What becomes of a value; unknown where nothing does. The value can still be changed where it is written.
fn one(fact: Fact<Value>, span: Span, each: impl Fn(Value) -> Option<Value>) -> Fact<Value> {
    let fails = match &fact {
        Fact::Known(sourced) => each(sourced.value.clone()).is_none(),
        Fact::OneOf(branches) => branches.iter().any(|(_, sourced)| each(sourced.value.clone()).is_none()),
        _ => false,
    };
    if fails {
        return Fact::Unknown(Why::at("computed when it starts", span));
    }
    fact.map(|value| each(value).unwrap_or(Value::None))
}

/// What becomes of two values; it can be changed at neither.
fn two(a: Fact<Value>, b: Fact<Value>, span: Span, each: impl Fn(Value, Value) -> Option<Value>) -> Fact<Value> {
    match (a, b) {
        (Fact::Known(a), Fact::Known(b)) => match each(a.value, b.value) {
            Some(value) => {
                let mut fact = Fact::derived(value, vec![span]);
                for origin in [a.origin, b.origin] {
                    if let Origin::Written(chain) = origin {
                        fact = fact
                            .by_way_of(chain.into_iter().filter(|place| !span.contains(*place)).collect::<Vec<_>>());
                    }
                }
                fact
            }
            None => Fact::Unknown(Why::at("computed when it starts", span)),
        },
        // The host's CPUs stay the reason, wherever in the sum they stand; the whole of it would be replaced.
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Fact::Unknown(Why { at: vec![span], ..why }),
        _ => Fact::Unknown(Why::at("computed when it starts", span)),
    }
}
