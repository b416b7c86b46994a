//! Django's `urlpatterns`.

use super::index;
use super::names::{At, Def, last};
use super::path::{self, Path};
use super::{Answer, Join, Login, Methods, login};
use crate::facts::python::EventKind;
use crate::link::apps::locate_module;
use crate::link::values;
use crate::source::Span;
use crate::stack::Why;
use crate::syntax::python::{BinOp, Call, Expr, ExprKind};

/// Lists of routes lie within each other at most so deep.
const MOST_DEPTH: usize = 24;

/// Where a list of routes is put.
#[derive(Clone, Default)]
pub(super) struct Put {
    pub(super) path: Path,
    pub(super) login: Option<Span>,
    pub(super) depth: usize,
}

impl Join<'_, '_> {
    /// What a project answers: the routes of `ROOT_URLCONF`.
    pub(super) fn project(&mut self) {
        let said = self.seat.settings.as_ref().ok().and_then(|settings| {
            let root = values::text(self.seat.evaluator.setting(settings.first(), &["ROOT_URLCONF"]));
            root.known().cloned()
        });
        let Some(dotted) = said.or_else(|| self.agreed_root()) else { return };
        let module = locate_module(self.names.code, self.seat.place, &dotted);
        if let Some(file) = module.and_then(|id| self.names.of_module(id)) {
            self.urls(file, &Put::default());
        }
    }

    /// The `ROOT_URLCONF` that all settings name which name one, where nothing says which of them are used.
    fn agreed_root(&self) -> Option<Box<str>> {
        let events = self.names.code.iter().flat_map(|(_, module)| &module.events);
        let mut roots = events.filter_map(|event| match &event.kind {
            EventKind::Set { path, value } if &*path.root == "ROOT_URLCONF" && path.steps.is_empty() => value.str(),
            _ => None,
        });
        let first = roots.next()?;
        roots.all(|other| other == first).then(|| first.into())
    }

    /// The `urlpatterns` of a file.
    fn urls(&mut self, file: usize, put: &Put) {
        if put.depth > MOST_DEPTH || self.is_full() {
            return;
        }
        let put = &Put { depth: put.depth + 1, ..put.clone() };
        for (file, value) in self.all_named(file, "urlpatterns") {
            self.items(file, value, put);
        }
    }

    /// The routes of a list.
    fn items(&mut self, file: usize, list: &Expr, put: &Put) {
        if put.depth > MOST_DEPTH || self.is_full() {
            return;
        }
        let put = &Put { depth: put.depth + 1, ..put.clone() };
        match &list.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) => items.iter().for_each(|it| self.items(file, it, put)),
            ExprKind::Binary { left, op: BinOp::Add, right } => {
                self.items(file, left, put);
                self.items(file, right, put);
            }
            ExprKind::Starred(inner) => self.items(file, inner, put),
            ExprKind::Call(call) => self.item(file, call, list.span, put),
            ExprKind::Name(name) if &**name == "urlpatterns" => {}
            _ => self.named_list(file, list, put),
        }
    }

    /// A list of routes by its name: `router.urls`, `api_patterns`, `views.urlpatterns`.
    fn named_list(&mut self, file: usize, list: &Expr, put: &Put) {
        if let ExprKind::Attribute { value, name } = &list.kind
            && &*name.value == "urls"
            && let Some(router) = index::object(self.names, file, value)
        {
            let ninja = self.names.made(router).and_then(|it| self.names.called(router.file, it));
            if ninja.is_some_and(|it| last(&it).ends_with("API")) {
                return self.object_at(router, put.path.clone());
            }
            return self.router(router, put);
        }
        match self.names.of_expr(file, list) {
            Some(Def::Value(at)) => {
                for (file, value) in self.all_of(at) {
                    self.items(file, value, put);
                }
            }
            Some(Def::File(file)) => self.urls(file, put),
            _ => {}
        }
    }

    fn item(&mut self, file: usize, call: &Call, span: Span, put: &Put) {
        let Some(called) = self.names.called(file, call) else { return };
        let second = call.args.get(1).or_else(|| call.keyword("view"));
        let parse = match last(&called) {
            "path" => path::angled,
            "re_path" | "url" => path::regex,
            "i18n_patterns" => {
                let language = path::angled("<str:language>/", span);
                let inner = Put { path: put.path.then(&language), ..put.clone() };
                return call.args.iter().for_each(|it| self.items(file, it, &inner));
            }
            "format_suffix_patterns" | "decorator_include" => {
                return call.args.first().into_iter().for_each(|it| self.items(file, it, put));
            }
            "include" => return self.include(file, call, span, put),
            _ => return,
        };
        let (Some(route), Some(view)) = (call.args.first().or_else(|| call.keyword("route")), second) else { return };
        let whole = put.path.then(&self.path(file, route, parse));
        self.view(file, view, Put { path: whole, ..put.clone() }, span);
    }

    fn include(&mut self, file: usize, call: &Call, span: Span, put: &Put) {
        let Some(what) = call.args.first().or_else(|| call.keyword("arg")) else { return };
        // `include((patterns, "app"))`
        let what = match &what.kind {
            ExprKind::Tuple(parts) => parts.first().unwrap_or(what),
            _ => what,
        };
        let Some(dotted) = self.text(file, what).filter(|_| what.dotted().is_none()) else {
            return self.items(file, what, put);
        };
        let folder = self.names.file(file).path.rsplit_once('/').map_or("", |it| it.0);
        let code = self.names.code;
        let module = locate_module(code, self.seat.place, &dotted).or_else(|| code.resolve(folder, &dotted));
        match module.and_then(|id| self.names.of_module(id)) {
            Some(found) => self.urls(found, put),
            None => self.elsewhere(file, &dotted, span, put),
        }
    }

    /// Routes that are not in these files.
    fn elsewhere(&mut self, file: usize, what: &str, span: Span, put: &Put) {
        let why = Why::at(format!("the routes of `{what}` are not in these files"), span);
        let (path, login) = (put.path.clone(), Login::of(put.login));
        self.answer(Answer { methods: Methods::Unknown(why), path, handler: what.into(), file, at: span, login });
    }

    /// What a route leads to.
    fn view(&mut self, file: usize, view: &Expr, put: Put, span: Span) {
        if put.depth > MOST_DEPTH {
            return;
        }
        if let ExprKind::Call(call) = &view.kind {
            if let ExprKind::Attribute { value, name } = &call.func.kind
                && &*name.value == "as_view"
            {
                return self.as_view(file, value, call, put, span);
            }
            let called = self.names.called(file, call).unwrap_or_default();
            if last(&called) == "include" {
                return self.include(file, call, span, &put);
            }
            // `login_required(view)`, `cache_page(60)(view)`
            if let Some(inner) = call.args.last() {
                let login = put.login.or_else(|| login::within(&call.func));
                return self.view(file, inner, Put { login, depth: put.depth + 1, ..put }, span);
            }
            return;
        }
        // `admin.site.urls`, `router.urls`
        if let ExprKind::Attribute { name, .. } = &view.kind
            && &*name.value == "urls"
        {
            return match self.names.of_expr(file, view) {
                Some(Def::Outside(dotted)) => self.elsewhere(file, dotted.trim_end_matches(".urls"), span, &put),
                _ => self.named_list(file, view, &put),
            };
        }
        match self.names.of_expr(file, view) {
            Some(Def::Function(at)) => self.function_view(at, put),
            Some(Def::Class(at)) => self.class_view(at, &[], put.path, put.login, span),
            Some(Def::Value(at)) => {
                // `threads = ThreadListView.as_view()`, `threads = login_required(threads_view)`
                let value = self.names.value(at).filter(|it| matches!(it.kind, ExprKind::Call(_)));
                value.into_iter().for_each(|it| {
                    self.view(at.file, it, Put { depth: put.depth + 1, ..put.clone() }, span);
                });
            }
            Some(Def::Outside(dotted)) => {
                let why = Why::at(format!("`{dotted}` is not in these files"), span);
                self.unknown_view(file, &dotted, why, put, span);
            }
            _ if matches!(view.kind, ExprKind::Lambda { .. }) => {
                let methods = Methods::Known(vec!["GET".into()]);
                let (path, login) = (put.path, Login::of(put.login));
                self.answer(Answer { methods, path, handler: "lambda".into(), file, at: span, login });
            }
            _ => {}
        }
    }

    fn unknown_view(&mut self, file: usize, name: &str, why: Why, put: Put, span: Span) {
        let (path, login) = (put.path, Login::of(put.login));
        self.answer(Answer { methods: Methods::Unknown(why), path, handler: name.into(), file, at: span, login });
    }

    fn as_view(&mut self, file: usize, class: &Expr, call: &Call, put: Put, span: Span) {
        let mapped = match call.args.first().map(|it| &it.kind) {
            Some(ExprKind::Dict(pairs)) => pairs.as_slice(),
            _ => &[],
        };
        match self.names.of_expr(file, class) {
            Some(Def::Class(at)) if mapped.is_empty() => self.class_view(at, &[], put.path, put.login, span),
            Some(Def::Class(at)) => {
                for (method, action) in mapped {
                    let (Some(method), Some(action)) = (method.as_ref().and_then(Expr::str), action.str()) else {
                        continue;
                    };
                    self.action(at, action, &[method.into()], put.path.clone(), put.login);
                }
            }
            Some(Def::Outside(dotted)) => match super::class::methods_of_library(&dotted) {
                Some(methods) => {
                    let methods = Methods::Known(methods.iter().map(|it| (*it).into()).collect());
                    let (path, login) = (put.path, Login::of(put.login));
                    let handler = last(&dotted).into();
                    self.answer(Answer { methods, path, handler, file, at: span, login });
                }
                None => {
                    let why = Why::at(format!("`{dotted}` is not in these files"), span);
                    self.unknown_view(file, &dotted, why, put, span);
                }
            },
            _ => {}
        }
    }

    fn function_view(&mut self, at: At, put: Put) {
        let function = self.names.function(at);
        let mut methods: Option<Vec<Box<str>>> = None;
        for decorator in &function.decorators {
            let name = decorator.call().map_or(decorator, |it| &it.func).dotted().unwrap_or_default();
            let listed = || {
                let named =
                    |it| ["http_method_names", "request_method_list"].iter().find_map(|name| Call::keyword(it, name));
                let list = decorator.call().and_then(|it| it.args.first().or_else(|| named(it)));
                list.map(|it| self.texts(at.file, it))
            };
            match last(&name) {
                "api_view" => methods = Some(listed().unwrap_or_else(|| vec!["GET".into()])),
                "require_http_methods" => methods = listed(),
                "require_GET" | "require_safe" => methods = Some(vec!["GET".into()]),
                "require_POST" => methods = Some(vec!["POST".into()]),
                _ => {}
            }
        }
        let asked = &function.asked;
        let methods = methods.unwrap_or_else(|| match (asked.only.as_slice(), asked.some.as_slice(), asked.body) {
            ([], [], true) => vec!["POST".into()],
            ([], some, _) => {
                let mut all: Vec<Box<str>> = some.to_vec();
                if !all.iter().any(|it| &**it == "GET") {
                    all.insert(0, "GET".into());
                }
                all
            }
            (only, ..) => only.to_vec(),
        });
        let is_api = function.decorators.iter().any(|it| {
            let name = it.call().map_or(it, |call| &call.func).dotted();
            name.is_some_and(|name| last(&name) == "api_view")
        });
        let asks = put.login.or_else(|| login::of_function(function)).map(Login::Asks);
        let login = asks.unwrap_or_else(|| if is_api { self.function_permission(at) } else { Login::Open(None) });
        self.answer(Answer {
            methods: Methods::Known(methods),
            path: put.path,
            handler: function.name.value.clone(),
            file: at.file,
            at: function.name.span,
            login,
        });
    }
}
