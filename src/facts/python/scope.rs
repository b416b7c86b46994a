//! What the statements of a module, a class or a function do to its names.

use std::sync::Arc;

use super::imports::{self, Names};
use super::{Class, Event, EventKind, Field, Function, Guard, Path, Step, prefix};
use crate::source::{SourceFile, Span};
use crate::syntax::Spanned;
use crate::syntax::python::{self, BinOp, Call, Expr, ExprKind, Stmt, StmtKind};

/// A scope as it is read.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) events: Vec<Event>,
    pub(super) functions: Vec<Function>,
    pub(super) classes: Vec<Class>,
    fields: Vec<Field>,
    /// Whether a statement does something else than bind, return and branch.
    acts: bool,
}

struct Reader<'a> {
    file: &'a SourceFile,
    names: &'a Names,
    scope: Scope,
    guards: Vec<Guard>,
    /// Whether the loop around may end early.
    jumps: bool,
}

/// Reads a body. The tree's own depth bounds the recursion.
pub(super) fn read(file: &SourceFile, names: &Names, body: &[Stmt]) -> Scope {
    let mut reader = Reader { file, names, scope: Scope::default(), guards: Vec::new(), jumps: false };
    reader.body(body);
    reader.scope
}

impl Reader<'_> {
    fn body(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn push(&mut self, kind: EventKind, span: Span) {
        self.scope.events.push(Event { kind, guards: self.guards.clone(), span });
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                for target in targets {
                    self.assign(target, value, stmt.span);
                }
            }
            StmtKind::AnnAssign { target, annotation, value } => {
                if let ExprKind::Name(name) = &target.kind {
                    let name = Spanned::new(name.clone(), target.span);
                    let annotation = self.file.slice(annotation.span).into();
                    self.scope.fields.push(Field { name, annotation });
                }
                if let Some(value) = value {
                    self.assign(target, value, stmt.span);
                }
            }
            StmtKind::AugAssign { target, op, value } => {
                if let Some(path) = path_of(target) {
                    let value = value.clone();
                    self.push(EventKind::Change { path, op: *op, value }, stmt.span);
                }
            }
            StmtKind::Expr(value) => {
                if !self.names_statement(value, stmt.span) {
                    self.call_statement(value, stmt.span);
                }
            }
            StmtKind::Import(aliases) => {
                for alias in aliases {
                    self.push(imports::imported(alias), alias.span);
                }
            }
            StmtKind::ImportFrom { module, level, names } => {
                let module = self.names.absolute(module, *level);
                for alias in names {
                    self.push(imports::imported_from(&module, alias), stmt.span);
                }
            }
            StmtKind::Function(function) => {
                let at = self.scope.functions.len() as u32;
                self.scope.functions.push(self.function(function));
                self.push(EventKind::Function { name: function.name.value.clone(), at }, function.span);
            }
            StmtKind::Class(class) => {
                let at = self.scope.classes.len() as u32;
                let read = self.class(class);
                self.scope.classes.push(read);
                self.push(EventKind::Class { name: class.name.value.clone(), at }, class.span);
            }
            StmtKind::Return(value) => {
                let none = || Expr { kind: ExprKind::None, span: stmt.span };
                self.push(EventKind::Return(value.clone().unwrap_or_else(none)), stmt.span);
            }
            StmtKind::If(branches) => self.branches(branches, stmt.span),
            StmtKind::Try { body, handlers, orelse, finally } => {
                self.attempt(body, handlers, stmt.span);
                self.body(orelse);
                self.body(finally);
            }
            StmtKind::With { items, body, .. } => {
                for (item, target) in items {
                    // `with open(path) as file`: the file is what is opened.
                    if let (ExprKind::Call(call), Some(Expr { kind: ExprKind::Name(name), .. })) = (&item.kind, target)
                        && call.func.dotted().as_deref() == Some("open")
                    {
                        let path = Path { root: name.clone(), steps: Vec::new() };
                        self.push(EventKind::Set { path, value: item.clone() }, item.span);
                    }
                }
                let from = self.scope.events.len();
                self.body(body);
                let prefix = items.iter().find_map(|(item, _)| prefix::of(item));
                if let (Some((env, prefix)), Some(within)) = (prefix, self.scope.events.get_mut(from..)) {
                    within.iter_mut().for_each(|event| prefix::put(event, env, prefix));
                }
            }
            StmtKind::For { target, iter, body, orelse, .. } => {
                let outer = std::mem::replace(&mut self.jumps, false);
                let body = self.block(body);
                let jumps = std::mem::replace(&mut self.jumps, outer);
                let (target, iter) = (target.clone(), iter.clone());
                self.push(EventKind::Loop { target, iter, body, jumps }, stmt.span);
                self.body(orelse);
            }
            StmtKind::While { test, body, .. } => {
                self.scope.acts = true;
                let guard = Guard { test: None, holds: true, text: self.file.slice(test.span).into(), span: test.span };
                self.guards.push(guard);
                self.body(body);
                self.guards.pop();
            }
            StmtKind::Match { .. } | StmtKind::Delete(_) => self.scope.acts = true,
            StmtKind::Other => {
                self.jumps |= matches!(self.file.slice(stmt.span).trim(), "break" | "continue");
            }
            StmtKind::Raise(_) | StmtKind::Assert(_) => {}
        }
    }

    /// What a block does, under no conditions but its own.
    fn block(&mut self, body: &[Stmt]) -> Vec<Event> {
        let (guards, events) = (std::mem::take(&mut self.guards), std::mem::take(&mut self.scope.events));
        self.body(body);
        self.guards = guards;
        std::mem::replace(&mut self.scope.events, events)
    }

    /// An exception is not the rule: handlers that bind nothing leave nothing to tell.
    fn attempt(&mut self, body: &[Stmt], handlers: &[python::Handler], span: Span) {
        let caught: Vec<_> = handlers
            .iter()
            .map(|(exceptions, _, body)| (exceptions.iter().flat_map(exception_names).collect(), self.block(body)))
            .filter(|(_, events): &(Vec<Box<str>>, Vec<Event>)| !events.is_empty())
            .collect();
        if caught.is_empty() {
            return self.body(body);
        }
        let body = self.block(body);
        self.push(EventKind::Try { body, handlers: caught }, span);
    }

    /// A call that binds names, whatever it is called on: `globals().update(...)`, `include(...)`, `exec(...)`.
    fn names_statement(&mut self, value: &Expr, span: Span) -> bool {
        let Some(call) = value.call() else { return false };
        if let ExprKind::Attribute { value: on, name } = &call.func.kind {
            match &*name.value {
                "update" if is_globals(on) => self.push(EventKind::Names(entries(call, value.span)), span),
                "setdefault" if is_globals(on) => self.push(EventKind::Opaque, span),
                "setdefault" if self.is_environ(on) => {
                    if let [name, value] = call.args.as_slice()
                        && let Some(name) = name.str()
                    {
                        let kind = EventKind::Environ { name: name.into(), value: value.clone(), weak: true };
                        self.push(kind, span);
                    }
                }
                _ => return false,
            }
            return true;
        }
        match self.names.dotted(&call.func).as_deref() {
            Some("split_settings.tools.include") => {
                for arg in &call.args {
                    let path = arg.str().or_else(|| arg.call()?.args.first()?.str());
                    match path {
                        Some(path) => self.push(EventKind::Include { path: path.into() }, span),
                        None => self.push(EventKind::Opaque, span),
                    }
                }
            }
            Some("exec" | "execfile" | "setattr") => self.push(EventKind::Opaque, span),
            _ => return false,
        }
        true
    }

    fn is_environ(&self, on: &Expr) -> bool {
        self.names.dotted(on).as_deref() == Some("os.environ")
    }

    fn branches(&mut self, branches: &[(Option<Expr>, Vec<Stmt>)], whole: Span) {
        let outside = self.guards.len();
        for (test, body) in branches {
            let never = test.as_ref().is_some_and(|test| is_never(self.file.slice(test.span)));
            if let Some(test) = test {
                self.guards.push(Guard {
                    test: Some(Arc::new(test.clone())),
                    holds: true,
                    text: self.file.slice(test.span).into(),
                    span: test.span,
                });
            }
            if !never {
                self.body(body);
            }
            // The branches behind this one are taken only when its condition does not hold.
            if test.is_some()
                && let Some(guard) = self.guards.last_mut()
            {
                guard.holds = false;
            }
        }
        debug_assert!(self.guards.len() >= outside, "{whole:?}");
        self.guards.truncate(outside);
    }

    fn assign(&mut self, target: &Expr, value: &Expr, span: Span) {
        match (&target.kind, &value.kind) {
            (ExprKind::Tuple(targets) | ExprKind::List(targets), ExprKind::Tuple(values) | ExprKind::List(values))
                if targets.len() == values.len() =>
            {
                for (target, value) in targets.iter().zip(values) {
                    self.assign(target, value, span);
                }
            }
            (ExprKind::Subscript { value: on, index }, _) if self.is_environ(on) => {
                if let Some(name) = index.str() {
                    self.push(EventKind::Environ { name: name.into(), value: value.clone(), weak: false }, span);
                }
            }
            (ExprKind::Subscript { value: on, index }, _) if is_globals(on) => match index.str() {
                Some(name) => {
                    let path = Path { root: name.into(), steps: Vec::new() };
                    self.push(EventKind::Set { path, value: value.clone() }, span);
                }
                None => {
                    let items = vec![(Some((**index).clone()), value.clone())];
                    self.push(EventKind::Names(Expr { kind: ExprKind::Dict(items), span }), span);
                }
            },
            _ => {
                if let Some(path) = path_of(target) {
                    self.push(EventKind::Set { path, value: value.clone() }, span);
                }
            }
        }
    }

    /// A call that changes what it is called on.
    fn call_statement(&mut self, value: &Expr, span: Span) {
        let ExprKind::Call(call) = &value.kind else {
            return;
        };
        let ExprKind::Attribute { value: on, name } = &call.func.kind else { return };
        let Some(path) = path_of(on) else { return };
        match (&*name.value, call.args.as_slice()) {
            ("update", _) => self.push(EventKind::Merge { path, value: entries(call, value.span) }, span),
            ("setdefault", [key, value]) => {
                let mut path = path;
                path.steps.push(key_of(key));
                let value = Expr {
                    // What is there already stays: `{key: value, **old}` for the one key.
                    kind: ExprKind::Or(vec![on_key(on, key, value.span), value.clone()]),
                    span: value.span,
                };
                self.push(EventKind::Set { path, value }, span);
            }
            ("append", [item]) => {
                let value = Expr { kind: ExprKind::List(vec![item.clone()]), span: item.span };
                self.push(EventKind::Change { path, op: BinOp::Add, value }, span);
            }
            ("insert", [_, item]) => {
                let value = Expr { kind: ExprKind::List(vec![item.clone()]), span: item.span };
                self.push(EventKind::Change { path, op: BinOp::Add, value }, span);
            }
            ("extend", [items]) => self.push(EventKind::Change { path, op: BinOp::Add, value: items.clone() }, span),
            ("pop" | "clear" | "remove" | "popitem" | "sort" | "reverse", _) => self.scope.acts = true,
            _ => {}
        }
    }

    fn inner(&self, body: &[Stmt]) -> Scope {
        read(self.file, self.names, body)
    }

    fn function(&self, function: &python::Function) -> Function {
        let scope = self.inner(&function.body);
        Function {
            name: function.name.clone(),
            params: function.params.iter().map(|it| (it.name.clone(), it.default.clone())).collect(),
            decorators: decorators(self.names, &function.decorators),
            validates: validates(&function.decorators),
            plain: !scope.acts && !function.is_async,
            events: scope.events,
        }
    }

    fn class(&self, class: &python::Class) -> Class {
        let scope = self.inner(&class.body);
        Class {
            name: class.name.clone(),
            bases: class.bases.clone(),
            events: scope.events,
            fields: scope.fields,
            methods: scope.functions,
            classes: scope.classes,
        }
    }
}

/// The dotted names of decorators, calls among them by what is called.
pub(super) fn decorators(names: &Names, decorators: &[Expr]) -> Vec<Box<str>> {
    decorators.iter().filter_map(|it| names.dotted(it.call().map_or(it, |call| &call.func))).map(Into::into).collect()
}

/// Conditions that do not hold when a module is imported by a server.
fn is_never(test: &str) -> bool {
    test.ends_with("TYPE_CHECKING") && !test.contains(' ') || test.starts_with("__name__")
}

/// `old[key]`, for a value that is kept when it is there.
fn on_key(old: &Expr, key: &Expr, span: Span) -> Expr {
    let func = Expr {
        kind: ExprKind::Attribute { value: Box::new(old.clone()), name: Spanned::new("get".into(), span) },
        span,
    };
    Expr {
        kind: ExprKind::Call(Box::new(Call { func, args: vec![key.clone()], keywords: Vec::new(), parens: span })),
        span,
    }
}

/// What `dict.update` is given, as one dict: its argument, then its keywords.
fn entries(call: &Call, span: Span) -> Expr {
    if let ([only], []) = (call.args.as_slice(), call.keywords.as_slice()) {
        return only.clone();
    }
    let spread = call.args.iter().map(|it| (None, it.clone()));
    let keywords = call.keywords.iter().map(|it| {
        let key = it.name.as_ref().map(|name| Expr { kind: ExprKind::Str(name.value.clone()), span: name.span });
        (key, it.value.clone())
    });
    Expr { kind: ExprKind::Dict(spread.chain(keywords).collect()), span }
}

/// A name with keys and attributes, when an expression is one.
pub(super) fn path_of(expr: &Expr) -> Option<Path> {
    match &expr.kind {
        ExprKind::Name(name) => Some(Path { root: name.clone(), steps: Vec::new() }),
        ExprKind::Attribute { value, name } => then(value, Step::Key(name.value.clone())),
        ExprKind::Subscript { value, index } => then(value, key_of(index)),
        ExprKind::Call(call) => match &call.func.kind {
            ExprKind::Attribute { value, name } if &*name.value == "setdefault" => {
                then(value, key_of(call.args.first()?))
            }
            _ => None,
        },
        _ => None,
    }
}

fn then(value: &Expr, step: Step) -> Option<Path> {
    let mut path = path_of(value)?;
    path.steps.push(step);
    Some(path)
}

fn key_of(index: &Expr) -> Step {
    match &index.kind {
        ExprKind::Str(key) => Step::Key(key.clone()),
        ExprKind::Int(Some(at)) => Step::Key(at.to_string().into()),
        _ => Step::Of(Box::new(index.clone())),
    }
}

/// `globals()`, `locals()`, `vars()`: the names of the module, where they stand in its own body.
fn is_globals(on: &Expr) -> bool {
    let name = on.call().filter(|it| it.args.is_empty()).and_then(|it| it.func.dotted());
    matches!(name.as_deref(), Some("globals" | "locals" | "vars"))
}

/// The last part of each exception's name.
fn exception_names(caught: &Expr) -> Vec<Box<str>> {
    let all = match &caught.kind {
        ExprKind::Tuple(all) => all.as_slice(),
        _ => std::slice::from_ref(caught),
    };
    all.iter().filter_map(|it| Some(it.dotted()?.rsplit('.').next()?.into())).collect()
}

/// The fields that pydantic's decorators name; a method that looks at the whole model names `*`.
fn validates(decorators: &[Expr]) -> Vec<Box<str>> {
    let of = |decorator: &Expr| -> Vec<Box<str>> {
        let call = decorator.call();
        let name = call.map_or(decorator, |it| &it.func).dotted().unwrap_or_default();
        match name.rsplit('.').next() {
            Some("validator" | "field_validator") => {
                call.into_iter().flat_map(|it| &it.args).filter_map(|it| Some(it.str()?.into())).collect()
            }
            Some("model_validator" | "root_validator") => vec!["*".into()],
            _ => Vec::new(),
        }
    };
    decorators.iter().flat_map(of).collect()
}
