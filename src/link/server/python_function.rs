//! A function of `gunicorn.conf.py` that the file itself calls: its body is followed with the arguments' values.

use crate::source::Span;
use crate::stack::{Fact, Why};
use crate::syntax::python::{Call, CompareOp, Expr, ExprKind, Function, Handler, Stmt, StmtKind};

use super::python::{Evaluator, Value};

/// How many statements are followed in one call.
const MOST_STATEMENTS: usize = 64;

/// How a part of a body ends.
enum End {
    /// It goes on behind it.
    Next,
    /// With `return`.
    Return(Fact<Value>),
    /// With the `KeyError` of a variable that is not set.
    KeyError,
    /// With what nobody can follow.
    Unknown,
}

impl Evaluator<'_> {
    /// What a call of a function of the file returns; [`None`] when it is none of its functions.
    pub(super) fn called(&self, call: &Call, span: Span, depth: usize) -> Option<Fact<Value>> {
        let name = call.func.dotted()?;
        let function = self.conf.functions.iter().rev().find(|it| *it.name.value == *name)?;
        let unknown = || Fact::Unknown(Why::at("computed when it starts", span));
        let Some(locals) = self.arguments(function, call, depth) else { return Some(unknown()) };
        let inside = Evaluator { conf: self.conf, variable: self.variable, locals };
        let fact = match inside.body(function, depth) {
            End::Return(fact) => fact,
            End::Next => Fact::derived(Value::None, vec![span]),
            End::KeyError | End::Unknown => return Some(unknown()),
        };
        // What stands in the function is the same for all who call it.
        Some(without_slots_within(fact, function.span).by_way_of([span]))
    }

    /// The values of a function's parameters in a call.
    fn arguments(&self, function: &Function, call: &Call, depth: usize) -> Option<Vec<(Box<str>, Fact<Value>)>> {
        let is_plain = |name: &str| !name.starts_with('*');
        if call.args.len() > function.params.len() || call.keywords.iter().any(|it| it.name.is_none()) {
            return None;
        }
        let given = function.params.iter().enumerate().map(|(at, param)| {
            let argument = call.args.get(at).or_else(|| call.keyword(&param.name)).or(param.default.as_ref())?;
            let is_known = is_plain(&param.name) && !matches!(argument.kind, ExprKind::Starred(_));
            is_known.then(|| (param.name.clone(), self.eval(argument, depth + 1)))
        });
        given.collect()
    }

    fn body(mut self, function: &Function, depth: usize) -> End {
        let mut steps = 0;
        self.statements(&function.body, &mut steps, depth)
    }

    fn statements(&mut self, body: &[Stmt], steps: &mut usize, depth: usize) -> End {
        for stmt in body {
            *steps += 1;
            if *steps > MOST_STATEMENTS {
                return End::Unknown;
            }
            match self.statement(stmt, steps, depth) {
                End::Next => {}
                end => return end,
            }
        }
        End::Next
    }

    fn statement(&mut self, stmt: &Stmt, steps: &mut usize, depth: usize) -> End {
        match &stmt.kind {
            StmtKind::Return(Some(value)) if self.lacks_variable(value, depth) => End::KeyError,
            StmtKind::Return(Some(value)) => End::Return(self.eval(value, depth + 1)),
            StmtKind::Return(None) => End::Return(Fact::derived(Value::None, vec![stmt.span])),
            StmtKind::Assign { targets, value } => {
                if self.lacks_variable(value, depth) {
                    return End::KeyError;
                }
                let fact = self.eval(value, depth + 1);
                for target in targets {
                    let ExprKind::Name(name) = &target.kind else { return End::Unknown };
                    self.locals.push((name.clone(), fact.clone()));
                }
                End::Next
            }
            StmtKind::If(branches) => {
                for (test, body) in branches {
                    let holds = match test {
                        Some(test) => self.test(test, depth),
                        None => Some(true),
                    };
                    match holds {
                        Some(true) => return self.statements(body, steps, depth),
                        Some(false) => {}
                        None => return End::Unknown,
                    }
                }
                End::Next
            }
            StmtKind::Try { body, handlers, finally, .. } if finally.is_empty() => {
                match self.statements(body, steps, depth) {
                    End::KeyError => match handlers.iter().find(|it| catches_key_error(it)) {
                        Some((_, _, body)) => self.statements(body, steps, depth),
                        None => End::KeyError,
                    },
                    end => end,
                }
            }
            // A text alone: what the function is for.
            StmtKind::Expr(Expr { kind: ExprKind::Str(_), .. }) => End::Next,
            _ => End::Unknown,
        }
    }

    /// Whether a condition holds, where that is known.
    fn test(&self, test: &Expr, depth: usize) -> Option<bool> {
        let ExprKind::Compare { left, rest } = &test.kind else {
            return Some(self.eval(test, depth + 1).known()?.is_true());
        };
        let [(op, right)] = rest.as_slice() else { return None };
        let (left, right) = (self.eval(left, depth + 1), self.eval(right, depth + 1));
        let same = left.known()? == right.known()?;
        match op {
            CompareOp::Is | CompareOp::Eq => Some(same),
            CompareOp::IsNot | CompareOp::NotEq => Some(!same),
            _ => None,
        }
    }

    /// Whether a value is that of a variable by index, `os.environ["A"]` or `int(os.environ["A"])`, and nothing sets it.
    fn lacks_variable(&self, value: &Expr, depth: usize) -> bool {
        match &value.kind {
            ExprKind::Subscript { value, index } if value.dotted().as_deref() == Some("os.environ") => {
                match self.eval(index, depth + 1).known() {
                    Some(Value::Text(name)) => (self.variable)(name).is_none(),
                    _ => false,
                }
            }
            ExprKind::Call(call) if matches!(call.func.dotted().as_deref(), Some("int" | "str" | "float" | "bool")) => {
                matches!(call.args.as_slice(), [only] if self.lacks_variable(only, depth + 1))
            }
            _ => false,
        }
    }
}

/// Whether an `except` catches the `KeyError` of a variable that is not set.
fn catches_key_error((caught, _, _): &Handler) -> bool {
    let is =
        |it: &Expr| matches!(it.dotted().as_deref(), Some("KeyError" | "LookupError" | "Exception" | "BaseException"));
    match caught {
        None => true,
        Some(Expr { kind: ExprKind::Tuple(all), .. }) => all.iter().any(is),
        Some(one) => is(one),
    }
}

/// A fact without the slots that lie in a place.
fn without_slots_within<T>(mut fact: Fact<T>, place: Span) -> Fact<T> {
    match &mut fact {
        Fact::Known(sourced) => sourced.slots.retain(|slot| !place.contains(slot.span)),
        Fact::OneOf(branches) => {
            branches.iter_mut().for_each(|(_, it)| it.slots.retain(|slot| !place.contains(slot.span)))
        }
        _ => {}
    }
    fact
}
