//! What a test asks, as far as it says which code runs for which rows.

use super::build::Builder;
use super::flow::{Guard, NodeId, NodeKind, Wanted};
use crate::syntax::python::{Call, CompareOp, Expr, ExprKind, Stmt, StmtKind, UnaryOp};

/// Where Django keeps what was prefetched for a row.
const PREFETCHED: &str = "_prefetched_objects_cache";
/// Kinds of values that no row of a model is of.
pub const PLAIN_KINDS: &[&str] = &["str", "bytes", "int", "float", "bool", "list", "tuple", "dict", "set", "frozenset"];
/// What a serializer is told besides its rows.
const CONTEXT: &str = "self.context";

impl Builder<'_> {
    /// What must be so for a test to hold, or not to: of the arguments of the present function, of the action of its view,
    /// of the context of its serializer, of the attributes of a value.
    pub(super) fn told_by(&self, test: &Expr, holds: bool) -> Vec<Guard> {
        let mut told = self.told_of(test, holds);
        if holds && told.is_empty() && self.asks_request(test) {
            told.push(Guard::Requested);
        }
        told
    }

    /// The variable that a test asks for: `not found`, `found is None`.
    pub(super) fn tested_variable(&self, test: &Expr) -> Option<NodeId> {
        let (ExprKind::Unary { operand: variable, .. } | ExprKind::Compare { left: variable, .. }) = &test.kind else {
            return None;
        };
        match &variable.kind {
            ExprKind::Name(name) => self.value_of((None, name)),
            _ => None,
        }
    }

    fn told_of(&self, test: &Expr, holds: bool) -> Vec<Guard> {
        match &test.kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.told_by(operand, !holds),
            ExprKind::And(parts) if holds => parts.iter().flat_map(|it| self.told_by(it, holds)).collect(),
            ExprKind::Or(parts) if !holds => parts.iter().flat_map(|it| self.told_by(it, holds)).collect(),
            ExprKind::Compare { left, rest } => match rest.as_slice() {
                [(op, right)] => {
                    let told = self.compared(left, *op, right, holds);
                    let of = match &told {
                        Some(Guard::Action(_)) => None,
                        _ => self.of_attribute(left, *op, right, holds),
                    };
                    told.into_iter().chain(of).collect()
                }
                _ => Vec::new(),
            },
            ExprKind::Name(name) => match self.value_of((None, name)) {
                Some(node) => match self.flow.node(node).kind {
                    NodeKind::Param(at) => vec![Guard::Flag(at, holds)],
                    NodeKind::Either(_) => vec![Guard::True(node, holds)],
                    _ => {
                        let asked = self.asked_at(node, holds);
                        let told = || self.context_at(node).map(|name| Guard::Context(name, holds));
                        asked.or_else(told).into_iter().collect()
                    }
                },
                None if &**name == "DEBUG" && holds => vec![Guard::Debug],
                None => Vec::new(),
            },
            _ if is_debug(test) => holds.then_some(Guard::Debug).into_iter().collect(),
            _ => match (self.has(test, holds), context(test)) {
                (Some(guard), _) => vec![guard],
                (None, Some(name)) => vec![Guard::Context(name.into(), holds)],
                (None, None) => {
                    let within =
                        if holds { self.within(test).map(|at| Guard::Flag(at, true)) } else { self.unset(test) };
                    let of = self.attribute_of(test).map(|(of, name)| Guard::Attr(of, name, Wanted::Truth, holds));
                    let setting = setting(test).map(|name| Guard::Setting(name, holds));
                    within.into_iter().chain(of).chain(setting).collect()
                }
            },
        }
    }

    /// Whether a test asks for a parameter of the request that it may leave out: `request.GET.get("verbose")`,
    /// `"verbose" in request.GET`, and a variable that was given it.
    fn asks_request(&self, test: &Expr) -> bool {
        match &test.kind {
            ExprKind::Compare { left, rest } => match rest.as_slice() {
                [(CompareOp::In, right)] if left.str().is_some() => is_of_request(right.dotted().as_deref()),
                [(CompareOp::Eq | CompareOp::IsNot, _)] => self.asks_request(left),
                _ => false,
            },
            ExprKind::Call(call) => match &call.func.kind {
                ExprKind::Attribute { value, name } if matches!(&*name.value, "get" | "getlist") => {
                    is_of_request(value.dotted().as_deref())
                }
                _ => false,
            },
            ExprKind::Name(name) => self.value_of((None, name)).is_some_and(|node| {
                let NodeKind::Call { func, .. } = self.flow.node(node).kind else { return false };
                let NodeKind::Attr { of, name, .. } = &self.flow.node(func).kind else { return false };
                matches!(&**name, "get" | "getlist") && is_of_request(self.spelled(*of).as_deref())
            }),
            _ => false,
        }
    }

    /// What a value that was read of an argument is called: `request.GET`.
    fn spelled(&self, id: NodeId) -> Option<String> {
        let NodeKind::Attr { of, name, variable, .. } = &self.flow.node(id).kind else { return None };
        let of = match variable {
            Some(variable) => variable.to_string(),
            None => self.spelled(*of)?,
        };
        Some(format!("{of}.{name}"))
    }

    /// `hasattr(rows, "filter")`, `isinstance(rows, QuerySet)`
    fn has(&self, test: &Expr, holds: bool) -> Option<Guard> {
        let ExprKind::Call(call) = &test.kind else { return None };
        let ExprKind::Name(function) = &call.func.kind else { return None };
        let [of, what] = call.args.as_slice() else { return None };
        let of = match &of.kind {
            ExprKind::Name(variable) => self.value_of((None, variable))?,
            // `args[0]`, which the test has just read.
            ExprKind::Subscript { .. } => self.flow.nodes.iter().rposition(|it| it.span == of.span)? as NodeId,
            _ => return None,
        };
        match &**function {
            "hasattr" => Some(Guard::Has(of, what.str()?.into(), holds)),
            "isinstance" => match &what.kind {
                ExprKind::Tuple(kinds) => {
                    let plain = kinds.iter().all(|it| it.dotted().is_some_and(|it| PLAIN_KINDS.contains(&&*it)));
                    kinds.first().filter(|_| plain).and_then(Expr::dotted).map(|it| is_of(of, &it, holds))
                }
                _ => Some(is_of(of, &what.dotted()?, holds)),
            },
            _ => None,
        }
    }

    /// The same, of an answer that a variable holds: `is_row = isinstance(it, Row)`.
    fn asked_at(&self, node: NodeId, holds: bool) -> Option<Guard> {
        let NodeKind::Call { func, args, .. } = &self.flow.node(node).kind else { return None };
        let NodeKind::Name(function) = &self.flow.node(*func).kind else { return None };
        let [of, what] = args.as_slice() else { return None };
        match &**function {
            "hasattr" => Some(Guard::Has(*of, self.flow.text(*what)?.into(), holds)),
            "isinstance" => Some(is_of(*of, &self.flow.dotted(*what)?, holds)),
            _ => None,
        }
    }

    fn compared(&self, left: &Expr, op: CompareOp, right: &Expr, holds: bool) -> Option<Guard> {
        let same = match op {
            CompareOp::Is | CompareOp::Eq | CompareOp::In => holds,
            CompareOp::IsNot | CompareOp::NotEq | CompareOp::NotIn => !holds,
            _ => return None,
        };
        if left.dotted().as_deref() == Some("self.action") {
            let names: &[Expr] = match &right.kind {
                ExprKind::List(names) | ExprKind::Tuple(names) | ExprKind::Set(names) => names,
                ExprKind::Str(_) => std::slice::from_ref(right),
                _ => return None,
            };
            return Some(Guard::Action(names.iter().any(|name| name.str() == Some("list")) == same));
        }
        match (op, &right.kind) {
            (CompareOp::In | CompareOp::NotIn, _) if right.dotted().as_deref() == Some(CONTEXT) => {
                left.str().map(|name| Guard::Context(name.into(), same))
            }
            (CompareOp::In | CompareOp::NotIn, _) => None,
            (_, ExprKind::Bool(wanted)) if is_debug(left) => (same == *wanted).then_some(Guard::Debug),
            (_, ExprKind::Bool(wanted)) => context(left).map(|name| Guard::Context(name.into(), same == *wanted)),
            (_, ExprKind::None) => match &left.kind {
                ExprKind::Name(name) => match self.flow.node(self.value_of((None, name))?).kind {
                    NodeKind::Param(at) => Some(Guard::Given(at, !same)),
                    _ => None,
                },
                _ => self.unset(left).filter(|_| same),
            },
            _ => None,
        }
    }

    /// What an attribute of a variable's value is compared with: `self.kind == "page"`, `self.kind in ("page", "post")`,
    /// `self.parent is None`.
    fn of_attribute(&self, left: &Expr, op: CompareOp, right: &Expr, holds: bool) -> Option<Guard> {
        let (of, name) = self.attribute_of(left)?;
        let text = |it: &Expr| it.str().map(Box::from);
        let wanted = match (op, &right.kind) {
            (CompareOp::Eq | CompareOp::NotEq, ExprKind::Str(_)) => Wanted::Texts(vec![text(right)?]),
            (CompareOp::In | CompareOp::NotIn, ExprKind::List(all) | ExprKind::Tuple(all) | ExprKind::Set(all)) => {
                Wanted::Texts(all.iter().map(text).collect::<Option<_>>()?)
            }
            (CompareOp::Is | CompareOp::IsNot | CompareOp::Eq | CompareOp::NotEq, ExprKind::None) => Wanted::Nothing,
            _ => return None,
        };
        let same = matches!(op, CompareOp::Is | CompareOp::Eq | CompareOp::In) == holds;
        Some(Guard::Attr(of, name, wanted, same))
    }

    /// The value that a variable holds, and the name of what is read of it.
    fn attribute_of(&self, of: &Expr) -> Option<(NodeId, Box<str>)> {
        let ExprKind::Attribute { value, name } = &of.kind else { return None };
        let ExprKind::Name(variable) = &value.kind else { return None };
        let of = self.value_of((None, variable))?;
        // What was put there in this body is another thing.
        self.value_of((Some(of), &name.value)).is_none().then(|| (of, name.value.clone()))
    }

    /// The argument that must have something for a value of it to be true: `files.get("notes")`, `files["notes"]`.
    fn within(&self, test: &Expr) -> Option<u32> {
        let of = match &test.kind {
            ExprKind::Subscript { value, .. } => value,
            ExprKind::Call(call) => match &call.func.kind {
                ExprKind::Attribute { value, name } if &*name.value == "get" && call.args.len() == 1 => value,
                _ => return None,
            },
            _ => return None,
        };
        let ExprKind::Name(name) = &of.kind else { return None };
        match self.flow.node(self.value_of((None, name))?).kind {
            NodeKind::Param(at) => Some(at),
            _ => None,
        }
    }

    /// That an attribute of a variable's value is not there.
    fn unset(&self, of: &Expr) -> Option<Guard> {
        let ExprKind::Attribute { value, name } = &of.kind else { return None };
        let ExprKind::Name(variable) = &value.kind else { return None };
        Some(Guard::Unset(self.value_of((None, variable))?, name.value.clone()))
    }

    /// The name under which a value was asked of a serializer's context.
    fn context_at(&self, node: NodeId) -> Option<Box<str>> {
        let NodeKind::Call { func, args, .. } = &self.flow.node(node).kind else { return None };
        let NodeKind::Attr { of, name, .. } = &self.flow.node(*func).kind else { return None };
        let NodeKind::Attr { of: this, name: holder, .. } = &self.flow.node(*of).kind else { return None };
        let asks = &**name == "get" && &**holder == "context" && self.flow.node(*this).kind == NodeKind::Param(0);
        self.flow.text(*args.first()?).filter(|_| asks).map(Into::into)
    }

    /// What a test looks for on a row, in whichever way round.
    pub(super) fn looks_for(&self, test: &Expr) -> Option<Guard> {
        match &test.kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.looks_for(operand),
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().find_map(|part| self.looks_for(part)),
            ExprKind::Compare { left, rest } => match rest.as_slice() {
                [(CompareOp::In | CompareOp::NotIn, right)] => {
                    let name = left.str().filter(|_| self.file.slice(right.span).contains(PREFETCHED))?;
                    Some(Guard::Prefetched(name.into()))
                }
                [(CompareOp::Is | CompareOp::IsNot, _)] => self.looks_for(left),
                _ => None,
            },
            ExprKind::Call(call) => attribute(call),
            // `count = getattr(self, "n_likes", None)`, and later `count is None`.
            ExprKind::Name(name) => {
                let NodeKind::Call { func, args, .. } = &self.flow.node(self.value_of((None, name))?).kind else {
                    return None;
                };
                let is_getattr = matches!(&self.flow.node(*func).kind, NodeKind::Name(name) if &**name == "getattr");
                let name = self.flow.text(*args.get(1)?).filter(|_| is_getattr)?;
                Some(Guard::Attribute(name.into()))
            }
            _ => None,
        }
    }
}

/// Whether a dotted name is that of what a request's client may send along: `self.request.GET`.
fn is_of_request(dotted: Option<&str>) -> bool {
    const SENT: &[&str] = &["GET", "POST", "query_params", "data", "args", "form"];
    let mut parts = dotted.unwrap_or_default().rsplit('.');
    parts.next().is_some_and(|last| SENT.contains(&last)) && parts.next() == Some("request")
}

/// `isinstance(of, class)`
fn is_of(of: NodeId, class: &str, holds: bool) -> Guard {
    // Every queryset has it, and what is none has it hardly ever.
    if class.ends_with("QuerySet") {
        return Guard::Has(of, "select_related".into(), holds);
    }
    Guard::Is(of, class.into(), holds)
}

/// Whether a handler of exceptions goes on, and does not raise them again.
pub(super) fn goes_on<'a>(mut handlers: impl Iterator<Item = &'a [Stmt]>) -> bool {
    handlers
        .any(|body| !matches!(body.last().map(|it| &it.kind), Some(StmtKind::Raise(_) | StmtKind::Return(_)) | None))
}

/// `with transaction.atomic(): …`
pub(super) fn opens_transaction(body: &[Stmt]) -> bool {
    let is_atomic = |item: &Expr| match &item.kind {
        ExprKind::Call(call) => call.func.dotted().is_some_and(|it| it == "atomic" || it.ends_with(".atomic")),
        _ => false,
    };
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::With { items, .. } => items.iter().any(|(item, _)| is_atomic(item)),
        _ => false,
    })
}

/// The name that settings are asked for: `settings.USE_QUEUE`.
fn setting(test: &Expr) -> Option<Box<str>> {
    let ExprKind::Attribute { value, name } = &test.kind else { return None };
    let of = value.dotted()?;
    let written = name.value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    (written && of.rsplit('.').next().is_some_and(|it| it.ends_with("settings"))).then(|| name.value.clone())
}

/// Whether settings are asked if the program is not in production: `settings.DEBUG`, `app.config["DEBUG"]`.
fn is_debug(test: &Expr) -> bool {
    let is_of = |of: &Expr| {
        let of = of.dotted().unwrap_or_default();
        let last = of.rsplit('.').next().unwrap_or_default();
        last.contains("settings") || matches!(last, "app" | "current_app" | "config" | "conf")
    };
    match &test.kind {
        ExprKind::Attribute { value, name } => matches!(&*name.value, "DEBUG" | "debug") && is_of(value),
        ExprKind::Subscript { value, index } => index.str() == Some("DEBUG") && is_of(value),
        _ => false,
    }
}

/// The name under which a serializer asks its context: `self.context.get("name")`, `self.context["name"]`.
fn context(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Call(call) if call.func.dotted().as_deref() == Some("self.context.get") => call.args.first()?.str(),
        ExprKind::Subscript { value, index } if value.dotted().as_deref() == Some(CONTEXT) => index.str(),
        _ => None,
    }
}

/// `hasattr(it, "name")`, `getattr(it, "name", None)`
fn attribute(call: &Call) -> Option<Guard> {
    let looks = matches!(&call.func.kind, ExprKind::Name(name) if matches!(&**name, "hasattr" | "getattr"));
    let name = call.args.get(1)?.str().filter(|_| looks)?;
    Some(Guard::Attribute(name.into()))
}

/// Whether a condition is no more than `hasattr(it, "name")`.
pub(super) fn asks_for_attribute(condition: &Expr) -> bool {
    let ExprKind::Call(call) = &condition.kind else { return false };
    matches!(&call.func.kind, ExprKind::Name(name) if &**name == "hasattr")
}

/// Whether a decorator makes a function a receiver of signals.
pub(super) fn is_receiver(decorator: &Expr) -> bool {
    match &decorator.kind {
        ExprKind::Call(call) => {
            call.func.dotted().is_some_and(|name| name == "receiver" || name.ends_with(".receiver"))
        }
        _ => false,
    }
}

/// Whether a test finds that something is not there: what stands behind it makes it, and only for some.
pub(super) fn misses(test: &Expr) -> bool {
    match &test.kind {
        ExprKind::Unary { op: UnaryOp::Not, operand } => {
            matches!(operand.kind, ExprKind::Name(_)) || asks(operand, "exists")
        }
        // `Setting.objects.count() == 0`
        ExprKind::Compare { left, rest } if asks(left, "count") => {
            rest.iter().all(|it| it.0 == CompareOp::Eq && matches!(it.1.kind, ExprKind::Int(Some(0))))
        }
        ExprKind::Compare { left, rest } => {
            let nothing = |it: &(CompareOp, Expr)| it.0 == CompareOp::Is && matches!(it.1.kind, ExprKind::None);
            matches!(left.kind, ExprKind::Name(_)) && rest.iter().all(nothing)
        }
        _ => false,
    }
}

/// Whether an expression calls a method of this name.
fn asks(expr: &Expr, method: &str) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => {
            matches!(&call.func.kind, ExprKind::Attribute { name, .. } if &*name.value == method)
        }
        _ => false,
    }
}

/// Whether a test asks which of several kinds a thing is: `kind == "page"`, `kind in PAGES`.
pub(super) fn sorts(test: &Expr) -> bool {
    match &test.kind {
        ExprKind::Compare { rest, .. } => rest.iter().any(|(op, _)| matches!(op, CompareOp::Eq | CompareOp::In)),
        ExprKind::And(all) | ExprKind::Or(all) => all.iter().any(sorts),
        _ => false,
    }
}
