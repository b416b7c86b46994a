//! `with env.prefixed("APP_"):` of environs: what is read within has the prefix in its name.

use super::{Event, EventKind};
use crate::syntax::python::{Expr, ExprKind};

/// The reader's name and the prefix, when an expression is `env.prefixed("APP_")`.
pub(super) fn of(item: &Expr) -> Option<(&str, &str)> {
    let call = item.call()?;
    let ExprKind::Attribute { value, name } = &call.func.kind else { return None };
    let ExprKind::Name(env) = &value.kind else { return None };
    (&*name.value == "prefixed").then_some((&**env, call.args.first()?.str()?))
}

/// Puts a prefix before the names that an event reads by `env`.
pub(super) fn put(event: &mut Event, env: &str, prefix: &str) {
    match &mut event.kind {
        EventKind::Set { value, .. } | EventKind::Merge { value, .. } | EventKind::Change { value, .. } => {
            expr(value, env, prefix);
        }
        _ => {}
    }
}

fn expr(it: &mut Expr, env: &str, prefix: &str) {
    let mut inner = |it: &mut Expr| expr(it, env, prefix);
    match &mut it.kind {
        ExprKind::Call(call) => {
            let on = match &call.func.kind {
                ExprKind::Attribute { value, .. } => value,
                _ => &call.func,
            };
            let reads = matches!(&on.kind, ExprKind::Name(name) if &**name == env);
            if let (true, Some(Expr { kind: ExprKind::Str(name), .. })) = (reads, call.args.first_mut()) {
                *name = format!("{prefix}{name}").into();
            }
            call.args.iter_mut().for_each(&mut inner);
            call.keywords.iter_mut().for_each(|it| inner(&mut it.value));
        }
        ExprKind::List(all) | ExprKind::Tuple(all) | ExprKind::And(all) | ExprKind::Or(all) => {
            all.iter_mut().for_each(inner);
        }
        ExprKind::Dict(items) => items.iter_mut().for_each(|it| inner(&mut it.1)),
        ExprKind::Binary { left, right, .. } => {
            inner(left);
            inner(right);
        }
        ExprKind::If { test, body, orelse } => {
            inner(test);
            inner(body);
            inner(orelse);
        }
        _ => {}
    }
}
