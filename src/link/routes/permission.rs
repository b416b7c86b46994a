//! Who may ask: mixins, `permission_classes`, and what the settings say where nothing else does.

use super::names::{At, last};
use super::{Join, Login, login};
use crate::link::values::{self, PyValue};
use crate::source::Span;
use crate::stack::Why;
use crate::syntax::python::{Expr, ExprKind};

impl Join<'_, '_> {
    /// Who may ask a class.
    pub(super) fn class_permission(&self, class: At, lineage: &[At], outside: &[Box<str>]) -> Login {
        let own = self.names.class(class);
        if let Some(base) = outside.iter().find(|base| login::asks(last(base))) {
            let written = own.bases.iter().find(|it| it.dotted().is_some_and(|it| last(&it) == last(base)));
            return Login::Asks(written.map_or(own.name.span, |it| it.span));
        }
        if let Some(at) = own.decorators.iter().find_map(login::within) {
            return Login::Asks(at);
        }
        if let Some((_, list)) = self.value(lineage, "permission_classes") {
            return of_list(list);
        }
        if let Some((_, list)) = self.value(lineage, "decorators")
            && let Some(at) = login::within(list)
        {
            return Login::Asks(at);
        }
        if let Some(at) = self.method(lineage, "get_permissions") {
            let span = self.names.function(at).name.span;
            return Login::Unknown(Why::at("worked out for each request", span));
        }
        match outside.iter().any(|base| base.starts_with("rest_framework") || last(base).contains("APIView")) {
            true => self.default_permission(),
            false => Login::Open(None),
        }
    }

    /// Who may ask a function of Django REST framework.
    pub(super) fn function_permission(&self, at: At) -> Login {
        let decorators = self.names.function(at).decorators.iter();
        let said = decorators.filter_map(Expr::call).find_map(|call| {
            let named = call.func.dotted().is_some_and(|it| last(&it) == "permission_classes");
            call.args.first().filter(|_| named)
        });
        said.map_or_else(|| self.default_permission(), of_list)
    }

    /// What an action says of itself: `@action(permission_classes=[AllowAny])`.
    pub(super) fn action_permission(&self, at: At) -> Option<Login> {
        let calls = self.names.function(at).decorators.iter().filter_map(Expr::call);
        calls.filter_map(|call| call.keyword("permission_classes")).map(of_list).next()
    }

    /// `REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"]`; without it everybody may.
    fn default_permission(&self) -> Login {
        let Ok(settings) = &self.seat.settings else { return Login::Unknown(Why::new("the settings are not known")) };
        let path = ["REST_FRAMEWORK", "DEFAULT_PERMISSION_CLASSES"];
        let said = self.seat.evaluator.setting(settings.first(), &path);
        let Some(PyValue::List(items)) = said.known() else {
            return match said.is_absent() {
                true => Login::Open(None),
                false => Login::Unknown(Why::shown("the settings leave it open", said.span())),
            };
        };
        let names: Vec<Box<str>> = items.iter().filter_map(|it| values::text(it.clone()).known().cloned()).collect();
        let at = said.span();
        of_names(names.iter().map(|it| last(it)), at)
    }
}

/// Who may ask by a list of classes.
fn of_list(list: &Expr) -> Login {
    let mut names = Vec::new();
    list.each_below(&mut |inner| match &inner.kind {
        ExprKind::Name(name) => names.push(name.to_string()),
        ExprKind::Attribute { name, .. } => names.push(name.value.to_string()),
        _ => {}
    });
    let is_class = |name: &&String| name.starts_with(char::is_uppercase);
    of_names(names.iter().filter(is_class).map(String::as_str), Some(list.span))
}

fn of_names<'n>(names: impl Iterator<Item = &'n str>, at: Option<Span>) -> Login {
    let mut found = Login::Open(at);
    for name in names {
        match (name, at) {
            ("AllowAny", _) => {}
            (name, Some(at)) if name.ends_with("OrReadOnly") => {
                if let Login::Open(_) = found {
                    found = Login::Writes(at);
                }
            }
            (_, Some(at)) => return Login::Asks(at),
            (_, None) => return Login::Unknown(Why::new("the settings ask for a permission")),
        }
    }
    found
}
