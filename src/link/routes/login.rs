//! Who must have logged in: decorators, dependencies and permissions, by their names.

use crate::facts::routes::Function;
use crate::source::Span;
use crate::syntax::python::{Call, Expr, ExprKind};

/// Parts of names that ask for a login, in small letters without underscores.
const ASKS: &[&str] = &[
    "loginrequired",
    "jwtrequired",
    "authrequired",
    "tokenrequired",
    "rolesrequired",
    "rolerequired",
    "rolesaccepted",
    "permissionrequired",
    "adminrequired",
    "staffmemberrequired",
    "userpassestest",
    "requiresauth",
    "requireauth",
    "requireuser",
    "requirelogin",
    "requirerole",
    "requireadmin",
    "requirepermission",
    "currentuser",
    "currentactiveuser",
    "activeuser",
    "superuser",
    "authenticated",
    "getprincipal",
    "oauth2scheme",
    "httpbearer",
    "httpbasic",
    "verifytoken",
    "verifyjwt",
    "apikeyheader",
];

/// Whether a name asks for a login.
pub(super) fn asks(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect();
    ASKS.iter().any(|word| plain.contains(word))
}

/// Where an expression, or what stands below it, names something that asks for one.
pub(super) fn within(expr: &Expr) -> Option<Span> {
    let mut found = None;
    expr.each_below(&mut |inner| {
        let name = match &inner.kind {
            ExprKind::Name(name) => name,
            ExprKind::Attribute { name, .. } => &name.value,
            _ => return,
        };
        if found.is_none() && asks(name) {
            found = Some(inner.span);
        }
    });
    found
}

/// Where a router or a decorator asks for one: `dependencies=[Depends(get_current_user)]`, `auth=JWTAuth()`.
pub(super) fn of_dependencies(call: &Call) -> Option<Span> {
    if let Some(auth) = call.keyword("auth").filter(|it| !matches!(it.kind, ExprKind::None)) {
        return Some(auth.span);
    }
    within(call.keyword("dependencies")?)
}

/// Where a function asks for one.
pub(super) fn of_function(function: &Function) -> Option<Span> {
    let named = function.decorators.iter().find_map(|it| within(it.call().map_or(it, |call| &call.func)));
    named.or_else(|| function.needs.iter().find(|it| asks(&it.value)).map(|it| it.span))
}

#[cfg(test)]
mod tests {
    use super::asks;

    #[test]
    fn names_that_ask_for_a_login() {
        for name in ["login_required", "get_current_user", "CurrentUser", "LoginRequiredMixin", "oauth2_scheme"] {
            assert!(asks(name), "{name}");
        }
        for name in ["require_POST", "LoginIn", "TokenOut", "OAuth2PasswordRequestForm", "get_db", "user_id"] {
            assert!(!asks(name), "{name}");
        }
    }
}
