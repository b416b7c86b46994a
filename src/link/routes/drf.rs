//! Routers of Django REST framework, and those that lie within others.

use super::django::Put;
use super::index;
use super::names::{At, Def, last};
use super::path::{self, Path};
use super::{Answer, Join, Login, Methods};
use crate::facts::routes::Step;
use crate::source::Span;
use crate::syntax::python::{Call, Expr, ExprKind};

/// Routers lie within each other at most so deep.
const MOST_DEPTH: usize = 8;

/// The actions that a router knows by name: their method, and whether they are of one object.
const ACTIONS: &[(&str, &str, bool)] = &[
    ("list", "GET", false),
    ("create", "POST", false),
    ("retrieve", "GET", true),
    ("update", "PUT", true),
    ("partial_update", "PATCH", true),
    ("destroy", "DELETE", true),
];

/// The actions that view sets and mixins bring (Django REST framework 3.16, `viewsets.py` and `mixins.py`).
const BRINGS: &[(&str, &[&str])] = &[
    ("ModelViewSet", &["list", "create", "retrieve", "update", "partial_update", "destroy"]),
    ("ReadOnlyModelViewSet", &["list", "retrieve"]),
    ("ListModelMixin", &["list"]),
    ("CreateModelMixin", &["create"]),
    ("RetrieveModelMixin", &["retrieve"]),
    ("UpdateModelMixin", &["update", "partial_update"]),
    ("DestroyModelMixin", &["destroy"]),
];

impl<'a> Join<'a, '_> {
    /// What a router answers that is put at a path.
    pub(super) fn router(&mut self, router: At, put: &Put) {
        let call = self.names.made(router);
        let kind = call.and_then(|it| self.names.called(router.file, it)).unwrap_or_default();
        let slash = match call.and_then(|it| it.keyword("trailing_slash")).map(|it| &it.kind) {
            Some(ExprKind::Bool(false)) => "",
            _ => "/",
        };
        let nest = self.nest(router, 0);
        let registered = self.registered(router, 0);
        if last(&kind) == "DefaultRouter"
            && let Some((file, first)) = registered.first()
        {
            let at = first.parens;
            let methods = Methods::Known(vec!["GET".into()]);
            let (path, file) = (put.path.clone(), *file);
            self.answer(Answer { methods, path, handler: "DefaultRouter".into(), file, at, login: Login::Open(None) });
        }
        for (file, call) in registered {
            let Some(prefix) = call.args.first().or_else(|| call.keyword("prefix")) else { continue };
            let class = call.args.get(1).or_else(|| call.keyword("viewset"));
            let Some(Def::Class(class)) = class.and_then(|it| self.names.of_expr(file, it)) else { continue };
            let own = nest.then(&self.path(file, prefix, path::regex));
            self.view_set(class, &put.path.then(&own), slash, put);
        }
    }

    /// The calls that register view sets with a router, or with one that it takes in: `router.registry.extend(...)`.
    fn registered(&self, router: At, depth: usize) -> Vec<(usize, &'a Call)> {
        let uses = self.index.uses(router).iter().filter(|it| it.method == "register");
        let mut found: Vec<(usize, &'a Call)> = uses.map(|it| (it.file, it.call)).collect();
        let steps =
            self.names.files.iter().enumerate().flat_map(|(file, it)| it.steps.iter().map(move |step| (file, step)));
        let grown = steps.filter_map(|(file, step)| match step {
            Step::Grow(name, value) => Some((file, name.strip_suffix(".registry")?, value)),
            _ => None,
        });
        for (file, name, value) in grown.filter(|_| depth < MOST_DEPTH) {
            if self.names.resolve(file, name) != Some(Def::Value(router)) {
                continue;
            }
            if let ExprKind::Attribute { value: other, .. } = &value.kind
                && let Some(other) = index::object(self.names, file, other).filter(|it| *it != router)
            {
                found.extend(self.registered(other, depth + 1));
            }
        }
        found
    }

    /// The path of a nested router's parent: `authors/{author_pk}/`.
    fn nest(&self, router: At, depth: usize) -> Path {
        let Some(call) = self.names.made(router).filter(|_| depth < MOST_DEPTH) else { return Path::default() };
        let kind = self.names.called(router.file, call).unwrap_or_default();
        if !last(&kind).starts_with("Nested") {
            return Path::default();
        }
        let (Some(parent), Some(prefix)) = (call.args.first(), call.args.get(1)) else { return Path::default() };
        let lookup = call.keyword("lookup").and_then(|it| self.text(router.file, it));
        let lookup = lookup.unwrap_or_else(|| format!("nested_{}", depth + 1).into());
        let written = self.text(router.file, prefix).unwrap_or_default();
        let Some(parent) = index::object(self.names, router.file, parent) else { return Path::default() };
        let class = self.registered(parent, 0).into_iter().find_map(|(file, call)| {
            let own = call.args.first().and_then(|it| self.text(file, it))?;
            let class = call.args.get(1).filter(|_| own == written)?;
            match self.names.of_expr(file, class) {
                Some(Def::Class(class)) => Some(class),
                _ => None,
            }
        });
        let key = class.map_or_else(|| "pk".into(), |class| self.lookup(class));
        let above = self.nest(parent, depth + 1);
        let own = self.path(router.file, prefix, path::regex);
        above.then(&own).then(&path::angled(&format!("/<{lookup}_{key}>/"), prefix.span))
    }

    /// The name of the part of the path that says which object is meant.
    fn lookup(&self, class: At) -> Box<str> {
        let (lineage, _) = self.names.lineage(class);
        let said = ["lookup_url_kwarg", "lookup_field"].iter().find_map(|name| {
            let (file, value) = self.value(&lineage, name)?;
            self.text(file, value)
        });
        said.unwrap_or_else(|| "pk".into())
    }

    fn view_set(&mut self, class: At, path: &Path, slash: &str, put: &Put) {
        let (lineage, outside) = self.names.lineage(class);
        let wanted =
            self.value(&lineage, "http_method_names").map_or_else(Vec::new, |(file, names)| self.texts(file, names));
        let span = self.names.class(class).name.span;
        let one = path.then(&path::angled(&format!("/<{}>", self.lookup(class)), span));
        let set = Routed { class, many: path.clone(), one, slash, wanted, login: put.login };
        let brings = |action: &str| {
            let named = |base: &str| BRINGS.iter().find(|(name, _)| *name == last(base));
            outside.iter().filter_map(|base| named(base)).any(|(_, actions)| actions.contains(&action))
        };
        for (action, method, detail) in ACTIONS {
            if set.keeps(method) && (brings(action) || self.method(&lineage, action).is_some()) {
                self.action(class, action, &[(*method).into()], set.path(*detail), put.login);
            }
        }
        for owner in &lineage {
            let functions = self.names.file(owner.file).functions.iter().enumerate();
            let own: Vec<usize> = functions.filter(|(_, it)| it.owner == Some(owner.at)).map(|it| it.0).collect();
            own.into_iter().for_each(|at| self.extra(&set, At { file: owner.file, at }));
        }
    }

    /// `@action(detail=True, methods=["post"], url_path="cancel")`
    fn extra(&mut self, set: &Routed<'_>, function: At) {
        let draft = self.names.function(function);
        for decorator in &draft.decorators {
            // `@reserve.mapping.put` answers where `reserve` does.
            if let Some(mapped) = decorator.dotted()
                && let Some((action, method)) = mapped.split_once(".mapping.")
            {
                let other = self.method(&[At { file: function.file, at: draft.owner.unwrap_or(set.class.at) }], action);
                let path = other.and_then(|other| self.action_path(set, other));
                if let Some(path) = path.filter(|_| set.keeps(method)) {
                    self.action(set.class, &draft.name.value, &[method.into()], path, set.login);
                }
                continue;
            }
            let Some(call) = decorator.call().filter(|it| is_action(it)) else { continue };
            let said = call.keyword("methods").or_else(|| call.args.first());
            let methods = said.map_or_else(|| vec!["GET".into()], |it| self.texts(function.file, it));
            let methods: Vec<Box<str>> = methods.into_iter().filter(|it| set.keeps(it)).collect();
            if let Some(path) = self.action_path(set, function) {
                self.action(set.class, &draft.name.value, &methods, path, set.login);
            }
        }
    }

    /// Where an action is put by its decorator.
    fn action_path(&self, set: &Routed<'_>, function: At) -> Option<Path> {
        let draft = self.names.function(function);
        let call = draft.decorators.iter().filter_map(Expr::call).find(|it| is_action(it))?;
        let detail = call.keyword("detail").is_some_and(|it| matches!(it.kind, ExprKind::Bool(true)));
        let name = match call.keyword("url_path").filter(|it| !matches!(it.kind, ExprKind::None)) {
            Some(said) => self.path(function.file, said, path::regex),
            None => path::angled(&draft.name.value, draft.name.span),
        };
        let mut whole = if detail { set.one.clone() } else { set.many.clone() };
        whole.text.push('/');
        let mut whole = whole.then(&name);
        whole.text.push_str(set.slash);
        Some(whole)
    }
}

fn is_action(call: &Call) -> bool {
    call.func.dotted().is_some_and(|it| last(&it) == "action")
}

/// A view set where a router has put it.
struct Routed<'s> {
    class: At,
    /// The path of all objects, without the slash at its end.
    many: Path,
    /// The path of one of them.
    one: Path,
    /// What paths end with.
    slash: &'s str,
    /// The methods that it answers; none where it does not say.
    wanted: Vec<Box<str>>,
    login: Option<Span>,
}

impl Routed<'_> {
    fn keeps(&self, method: &str) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|it| it.eq_ignore_ascii_case(method))
    }

    fn path(&self, detail: bool) -> Path {
        let mut path = if detail { self.one.clone() } else { self.many.clone() };
        path.text.push_str(self.slash);
        path
    }
}
