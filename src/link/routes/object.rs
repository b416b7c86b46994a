//! Applications and routers that are objects: FastAPI, Starlette, Flask, Quart, Django Ninja.

use super::index::{self, Decorated, Handler, Use};
use super::names::{At, Def, last};
use super::path::{self, Path};
use super::{Answer, Join, Login, Methods, login};
use crate::source::Span;
use crate::stack::Why;
use crate::syntax::python::{Call, Expr, ExprKind};

/// Routers lie within each other at most so deep.
const MOST_DEPTH: usize = 24;

/// Which methods a decorator or method of an application is for; nothing when it is for no route. No methods: those that
/// its arguments say.
pub(super) fn methods_of(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "get" => &["GET"],
        "post" => &["POST"],
        "put" => &["PUT"],
        "patch" => &["PATCH"],
        "delete" => &["DELETE"],
        "head" => &["HEAD"],
        "options" => &["OPTIONS"],
        "websocket" | "websocket_route" => &["WEBSOCKET"],
        "route" | "api_route" | "api_operation" => &[],
        _ => return None,
    })
}

/// What a router is told from where it is put.
#[derive(Clone, Default)]
struct Put {
    path: Path,
    login: Option<Span>,
    depth: usize,
}

impl Join<'_, '_> {
    /// What an application that is an object answers.
    pub(super) fn application(&mut self, app: At) {
        self.object(app, &Put::default(), None);
        // Functions that are given the application put more into it.
        let (uses, decorated) = self.index.given();
        let (uses, decorated) = (uses.to_vec(), decorated.to_vec());
        let angled = self.is_angled(app);
        for used in &uses {
            if self.loads(used.file) {
                self.used(used, angled, &Put::default());
            }
        }
        for found in &decorated {
            if self.loads(found.what.file()) {
                self.decorated(found, angled, &Put::default());
            }
        }
    }

    /// What an object answers that Django's routes put at a path: an API of Django Ninja.
    pub(super) fn object_at(&mut self, at: At, path: Path) {
        self.object(at, &Put { path, ..Put::default() }, None);
    }

    /// The last part of the name of what makes an object; of a class of the repository that of what it is made from.
    pub(super) fn kind(&self, at: At) -> Box<str> {
        let Some(call) = self.names.made(at) else { return "".into() };
        if let Some(Def::Class(class)) = self.names.of_expr(at.file, &call.func) {
            let (_, outside) = self.names.lineage(class);
            return outside.first().map_or("", |it| last(it)).into();
        }
        self.names.called(at.file, call).map_or_else(Box::default, |it| last(&it).into())
    }

    /// Whether its paths have angles (Flask), and not braces.
    fn is_angled(&self, at: At) -> bool {
        let kind = self.kind(at);
        matches!(&*kind, "Flask" | "Quart" | "Blueprint" | "Sanic" | "Api" | "APIFlask" | "APIBlueprint")
    }

    /// What an object answers that is put at a path; `prefix` is what stands in the place of its own.
    fn object(&mut self, at: At, put: &Put, prefix: Option<&Path>) {
        if put.depth > MOST_DEPTH || self.is_full() {
            return;
        }
        let angled = self.is_angled(at);
        let mut put = Put { depth: put.depth + 1, ..put.clone() };
        let made = self.names.made(at);
        if let Some(call) = made {
            let own = ["prefix", "url_prefix"].iter().find_map(|it| call.keyword(it));
            let own = own.map(|it| self.path(at.file, it, parser(angled)));
            if let Some(own) = prefix.cloned().or(own) {
                put.path = join(&put.path, &own, angled);
            }
            put.login = put.login.or_else(|| login::of_dependencies(call));
        } else if let Some(prefix) = prefix {
            put.path = join(&put.path, prefix, angled);
        }
        for found in self.index.decorated(at).to_vec() {
            self.decorated(&found, angled, &put);
        }
        for used in self.index.uses(at).to_vec() {
            self.used(&used, angled, &put);
        }
        for around in self.index.around(at).to_vec() {
            self.object(around, &put, None);
        }
        if let Some(routes) = made.and_then(|call| call.keyword("routes")) {
            self.list(at.file, routes, &put);
        }
    }

    fn decorated(&mut self, found: &Decorated<'_>, angled: bool, put: &Put) {
        let Some(methods) = methods_of(found.method) else { return };
        let file = found.what.file();
        let Some(text) = found.call.args.first().or_else(|| path_argument(found.call)) else { return };
        let own = self.path(file, text, parser(angled));
        let whole = join(&put.path, &own, angled);
        let methods = match methods {
            [] => self.said_methods(file, found.call, "GET"),
            known => known.iter().map(|it| (*it).into()).collect(),
        };
        let login = put.login.or_else(|| login::of_dependencies(found.call));
        self.handler(found.what, methods, whole, login, found.span);
    }

    fn used(&mut self, used: &Use<'_>, angled: bool, put: &Put) {
        let (file, call) = (used.file, used.call);
        let first = call.args.first();
        let prefix = |join: &Self, names: &[&str]| {
            let said = names.iter().find_map(|it| call.keyword(it)).filter(|it| !matches!(it.kind, ExprKind::None));
            said.map(|it| join.path(file, it, parser(angled)))
        };
        match used.method {
            "include_router" => {
                let Some(child) = first.or_else(|| call.keyword("router")) else { return };
                let own = prefix(self, &["prefix"]).unwrap_or_default();
                let login = put.login.or_else(|| login::of_dependencies(call));
                let inner = Put { path: put.path.then(&own), login, depth: put.depth };
                for child in self.children(file, child) {
                    self.object(child, &inner, None);
                }
            }
            "register_blueprint" | "blueprint" => {
                let Some(child) = first.and_then(|it| self.child(file, it)) else { return };
                let own = prefix(self, &["url_prefix"]);
                self.object(child, put, own.as_ref());
            }
            "add_router" => {
                let (Some(at), Some(child)) = (first, call.args.get(1).and_then(|it| self.child(file, it))) else {
                    return;
                };
                let own = self.path(file, at, path::braced);
                self.object(child, &Put { path: put.path.slashed(&own), ..put.clone() }, None);
            }
            "mount" => {
                let (Some(at), Some(app)) = (first, call.args.get(1).or_else(|| call.keyword("app"))) else { return };
                let own = self.path(file, at, path::braced);
                if let Some(child) = self.child(file, app) {
                    self.object(child, &Put { path: put.path.then(&own), ..put.clone() }, None);
                }
            }
            "add_url_rule" => {
                let view = call.keyword("view_func").or_else(|| call.args.get(2));
                let (Some(rule), Some(view)) = (first.or_else(|| call.keyword("rule")), view) else { return };
                let own = self.path(file, rule, parser(angled));
                let whole = join(&put.path, &own, angled);
                let methods = call.keyword("methods").map(|_| self.said_methods(file, call, "GET"));
                self.view_function(file, view, methods, whole, put.login, used.span);
            }
            "add_api_route" | "add_route" | "add_websocket_route" | "add_api_websocket_route" => {
                let (at, view) = (first.or_else(|| call.keyword("path")), call.args.get(1));
                let (Some(at), Some(view)) = (at, view.or_else(|| call.keyword("endpoint"))) else { return };
                let own = self.path(file, at, path::braced);
                let methods = match used.method.contains("websocket") {
                    true => vec!["WEBSOCKET".into()],
                    false => self.said_methods(file, call, "GET"),
                };
                self.view_function(file, view, Some(methods), put.path.then(&own), put.login, used.span);
            }
            "add_resource" => {
                let Some(Def::Class(class)) = first.and_then(|it| self.names.of_expr(file, it)) else { return };
                for rule in call.args.iter().skip(1) {
                    let own = self.path(file, rule, path::angled);
                    let whole = put.path.slashed(&own);
                    self.handler(Handler::Class(class), Vec::new(), whole, put.login, used.span);
                }
            }
            _ => {}
        }
    }

    /// `routes=[Route("/", home), Mount("/api", routes=[...])]`
    fn list(&mut self, file: usize, routes: &Expr, put: &Put) {
        if put.depth > MOST_DEPTH || self.is_full() {
            return;
        }
        let put = &Put { depth: put.depth + 1, ..put.clone() };
        match &routes.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().for_each(|it| self.list(file, it, put)),
            ExprKind::Binary { left, right, .. } => [left, right].into_iter().for_each(|it| self.list(file, it, put)),
            ExprKind::Starred(inner) => self.list(file, inner, put),
            ExprKind::Call(call) => self.route(file, call, routes.span, put),
            _ => {
                let Some(Def::Value(at)) = self.names.of_expr(file, routes) else { return };
                for (at, value) in self.all_of(at) {
                    self.list(at, value, put);
                }
            }
        }
    }

    fn route(&mut self, file: usize, call: &Call, span: Span, put: &Put) {
        let Some(called) = self.names.called(file, call) else { return };
        let Some(at) = call.args.first().or_else(|| path_argument(call)) else { return };
        let whole = put.path.then(&self.path(file, at, path::braced));
        let second = call.args.get(1);
        match last(&called) {
            "Route" | "APIRoute" => {
                let Some(view) = second.or_else(|| call.keyword("endpoint")) else { return };
                let methods = call.keyword("methods").map(|_| self.said_methods(file, call, "GET"));
                self.view_function(file, view, methods, whole, put.login, span);
            }
            "WebSocketRoute" => {
                let Some(view) = second.or_else(|| call.keyword("endpoint")) else { return };
                self.view_function(file, view, Some(vec!["WEBSOCKET".into()]), whole, put.login, span);
            }
            "Mount" => {
                let inner = Put { path: whole, ..put.clone() };
                if let Some(routes) = call.keyword("routes") {
                    self.list(file, routes, &inner);
                } else if let Some(child) = second.or_else(|| call.keyword("app")).and_then(|it| self.child(file, it)) {
                    self.object(child, &inner, None);
                }
            }
            _ => {}
        }
    }

    /// The router or application that an expression names.
    fn child(&self, file: usize, expr: &Expr) -> Option<At> {
        let made = expr.call().and_then(|call| match self.names.of_expr(file, &call.func)? {
            Def::Function(factory) => index::object_of(self.names, factory),
            _ => None,
        });
        made.or_else(|| index::object(self.names, file, expr)).or_else(|| self.index.handed(file, &expr.dotted()?))
    }

    /// The same, of each item where a loop runs over a list that stands elsewhere.
    fn children(&self, file: usize, expr: &Expr) -> Vec<At> {
        let ExprKind::Starred(list) = &expr.kind else { return self.child(file, expr).into_iter().collect() };
        let Some(Def::Value(at)) = self.names.of_expr(file, list) else { return Vec::new() };
        let items = self.all_of(at).into_iter().flat_map(|(file, value)| match &value.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().map(|it| (file, it)).collect(),
            _ => Vec::new(),
        });
        items.filter_map(|(file, item)| self.child(file, item)).collect()
    }

    /// A function or class that a route names as a value: `Items.as_view("items")`, `home`.
    fn view_function(
        &mut self,
        file: usize,
        view: &Expr,
        methods: Option<Vec<Box<str>>>,
        path: Path,
        login: Option<Span>,
        span: Span,
    ) {
        let named = match &view.kind {
            ExprKind::Call(call) => match &call.func.kind {
                ExprKind::Attribute { value, name } if &*name.value == "as_view" => value,
                _ => call.args.first().unwrap_or(view),
            },
            _ => view,
        };
        match self.names.of_expr(file, named) {
            Some(Def::Function(at)) => {
                let methods = methods.unwrap_or_else(|| vec!["GET".into()]);
                self.handler(Handler::Function(at), methods, path, login, span);
            }
            Some(Def::Class(at)) => {
                self.handler(Handler::Class(at), methods.unwrap_or_default(), path, login, span);
            }
            _ => {
                let name = named.dotted().unwrap_or_else(|| "?".into());
                let methods = match methods {
                    Some(methods) => Methods::Known(methods),
                    None => Methods::Unknown(Why::at("what it leads to is not in these files", named.span)),
                };
                self.answer(Answer { methods, path, handler: name.into(), file, at: span, login: Login::of(login) });
            }
        }
    }

    /// What a function or class answers at a path; a class says its methods itself where none are given.
    fn handler(&mut self, what: Handler, methods: Vec<Box<str>>, path: Path, login: Option<Span>, span: Span) {
        match what {
            Handler::Function(at) => {
                let function = self.names.function(at);
                let login = login.or_else(|| login::of_function(function));
                let mut path = path;
                for (name, takes) in path.params.iter_mut().filter(|it| it.1.is_empty()) {
                    let said = function.params.iter().find(|it| *it.0 == **name);
                    *takes = said.map_or_else(String::new, |it| it.1.to_string());
                }
                let owner = function.owner.and_then(|class| self.names.file(at.file).classes.get(class));
                let name = match owner {
                    Some(class) => format!("{}.{}", class.name.value, function.name.value),
                    None => function.name.value.to_string(),
                };
                self.answer(Answer {
                    methods: Methods::Known(methods),
                    path,
                    handler: name.into(),
                    file: at.file,
                    at: function.name.span,
                    login: Login::of(login),
                });
            }
            Handler::Class(at) => self.class_view(at, &methods, path, login, span),
        }
    }

    /// The methods that a call names, or what it is for without.
    fn said_methods(&self, file: usize, call: &Call, default: &str) -> Vec<Box<str>> {
        let Some(list) = call.keyword("methods") else { return vec![default.into()] };
        self.texts(file, list)
    }
}

fn path_argument(call: &Call) -> Option<&Expr> {
    ["path", "rule", "uri"].iter().find_map(|it| call.keyword(it))
}

fn parser(angled: bool) -> fn(&str, Span) -> Path {
    if angled { path::angled } else { path::braced }
}

fn join(base: &Path, part: &Path, angled: bool) -> Path {
    if angled { base.slashed(part) } else { base.then(part) }
}
