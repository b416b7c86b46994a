//! What an application answers: its endpoints, with whole paths.
//!
//! A file says which routes it makes (`facts::routes`); here routers are followed to where they are put, settings are
//! filled in, and views are asked which methods they have. It is done for those who ask for endpoints alone: no rule
//! does.

mod class;
mod django;
mod drf;
mod index;
mod login;
mod names;
mod object;
mod path;
mod permission;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::facts::routes::{RouteFile, Step};
use crate::link::apps::Seat;
use crate::link::values::{Code, HOLE, PyValue};
use crate::source::{Sources, Span};
use crate::stack::vocabulary::{About, Endpoint};
use crate::stack::{Anchor, Fact, Stack, Why};
use crate::syntax::python::{BinOp, Expr, ExprKind, FPart};

use index::Index;
use names::{At, Def, Names};
use path::Path;

/// More endpoints than this of one application are not told.
const MOST: usize = 5_000;

/// The routes of all files.
pub struct Routes<'a> {
    names: Names<'a>,
    index: Index<'a>,
}

impl<'a> Routes<'a> {
    /// Joins what files say.
    pub fn new(code: &'a Code, files: &'a [RouteFile]) -> Self {
        let names = Names::new(code, files);
        let index = Index::new(&names);
        Self { names, index }
    }

    /// Adds the endpoints of a process's application to the stack.
    pub(crate) fn add(&self, stack: &mut Stack, sources: &Sources, seat: &Seat<'_>) {
        let mut join = Join { names: &self.names, index: &self.index, sources, seat, out: Vec::new() };
        if seat.is_django(stack) {
            join.project();
        } else if let Some(app) = join.root() {
            join.application(app);
        }
        let mut seen = BTreeSet::new();
        let mut endpoints: Vec<Endpoint> = join.out.iter().flat_map(|answer| answer.endpoints(&join)).collect();
        endpoints.sort_by(|a, b| a.about.anchor.entity.cmp(&b.about.anchor.entity));
        for mut endpoint in endpoints {
            if seen.insert(endpoint.about.name.clone()) {
                endpoint.about.owner = Some(seat.service().into());
                endpoint.process = Some(seat.process);
                stack.add(endpoint);
            }
        }
    }
}

/// The endpoints of one application on their way.
struct Join<'a, 's> {
    names: &'s Names<'a>,
    index: &'s Index<'a>,
    sources: &'s Sources,
    seat: &'s Seat<'s>,
    out: Vec<Answer>,
}

/// What is answered at a path.
#[derive(Clone, Debug)]
struct Answer {
    methods: Methods,
    path: Path,
    /// The function or class, as people name it: `ThreadListView.get`.
    handler: Box<str>,
    /// The file of the handler, or of the route where the handler is elsewhere.
    file: usize,
    at: Span,
    login: Login,
}

/// Which methods are answered.
#[derive(Clone, Debug)]
enum Methods {
    Known(Vec<Box<str>>),
    Unknown(Why),
}

/// Whether somebody must have logged in.
#[derive(Clone, Debug)]
enum Login {
    /// Something asks for it here.
    Asks(Span),
    /// Only those who write must.
    Writes(Span),
    /// Nothing that is read here asks for it.
    Open(Option<Span>),
    Unknown(Why),
}

impl Login {
    fn of(at: Option<Span>) -> Self {
        at.map_or(Login::Open(None), Login::Asks)
    }

    fn fact(&self, writes: bool) -> Fact<bool> {
        match self {
            Login::Asks(at) => Fact::derived(true, vec![*at]),
            Login::Writes(at) => Fact::derived(writes, vec![*at]),
            Login::Open(at) => Fact::derived(false, at.iter().copied().collect()),
            Login::Unknown(why) => Fact::Unknown(why.clone()),
        }
    }
}

/// Whether requests of a method change something, as HTTP has it.
fn writes(method: &str) -> bool {
    !matches!(method, "GET" | "HEAD" | "OPTIONS" | "WEBSOCKET")
}

impl Answer {
    fn endpoints(&self, join: &Join<'_, '_>) -> Vec<Endpoint> {
        let path = self.path.rooted().replace("//", "/");
        let file = &*join.names.file(self.file).path;
        let params: Vec<String> = self
            .path
            .params
            .iter()
            .map(|(name, takes)| if takes.is_empty() { name.clone() } else { format!("{name}: {takes}") })
            .collect();
        let endpoint = |method: Option<&str>| {
            let shown = method.unwrap_or("?");
            // The order of people: by path, then reads before writes.
            let rank = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"].iter().position(|it| *it == shown);
            let rank = rank.unwrap_or(9);
            Endpoint {
                about: About {
                    name: format!("{shown} {path}").into(),
                    anchor: Anchor::new(file, format!("{path} {rank} {shown}")),
                    span: Some(self.at),
                    ..About::default()
                },
                method: match (method, &self.methods) {
                    (Some(method), _) => Fact::derived(method.into(), vec![self.at]),
                    (None, Methods::Unknown(why)) => Fact::Unknown(why.clone()),
                    (None, Methods::Known(_)) => Fact::unknown("no method is named"),
                },
                path: Fact::derived(path.as_str().into(), self.path.at.clone()),
                parameters: match params.is_empty() {
                    true => Fact::Absent,
                    false => Fact::derived(params.join(", ").into(), self.path.at.clone()),
                },
                handler: Fact::derived(self.handler.clone(), vec![self.at]),
                writes: match method {
                    Some(method) => Fact::derived(writes(method), Vec::new()),
                    None => Fact::unknown("its method is not known"),
                },
                login: self.login.fact(method.is_none_or(writes)),
                process: None,
            }
        };
        match &self.methods {
            Methods::Known(methods) => methods.iter().map(|it| endpoint(Some(&it.to_ascii_uppercase()))).collect(),
            Methods::Unknown(_) => vec![endpoint(None)],
        }
    }
}

impl<'a> Join<'a, '_> {
    fn answer(&mut self, answer: Answer) {
        self.out.push(answer);
    }

    fn is_full(&self) -> bool {
        self.out.len() >= MOST
    }

    /// Whether the process loads a file.
    fn loads(&self, file: usize) -> bool {
        self.names.code.of_file(self.names.file(file).file).is_some_and(|id| self.seat.loaded.contains(&id))
    }

    /// The object that a process serves, where it is no project of Django: the one that its command names, else the only
    /// application in what it loads.
    fn root(&self) -> Option<At> {
        let named = self.seat.app.as_ref().and_then(|(module, attribute)| {
            let file = self.names.of_module(*module)?;
            match self.names.resolve(file, attribute.as_deref().unwrap_or("app"))? {
                Def::Value(at) => Some(index::origin(self.names, at)),
                Def::Function(at) => index::object_of(self.names, at),
                _ => None,
            }
        });
        let is_app = |at: At| {
            let kind = self.kind(at);
            matches!(&*kind, "FastAPI" | "Flask" | "Quart" | "Starlette" | "Sanic" | "APIFlask" | "OpenAPI")
        };
        if let Some(at) = named.filter(|at| is_app(*at)) {
            return Some(at);
        }
        let files = (0..self.names.files.len()).filter(|file| self.loads(*file));
        let steps = files.flat_map(|file| (0..self.names.file(file).steps.len()).map(move |at| At { file, at }));
        let mut apps = steps.filter(|at| is_app(*at));
        let only = apps.next();
        if apps.next().is_some() { named } else { only.or(named) }
    }

    /// A path, or a part of one, as an expression says it.
    fn path(&self, file: usize, expr: &Expr, parse: fn(&str, Span) -> Path) -> Path {
        match &expr.kind {
            ExprKind::Str(text) => parse(text, expr.span),
            ExprKind::None => Path::default(),
            ExprKind::Binary { left, op: BinOp::Add, right } => {
                self.path(file, left, parse).then(&self.path(file, right, parse))
            }
            ExprKind::FString(parts) => {
                let part = |part: &FPart| match part {
                    FPart::Text(text) => parse(text, expr.span),
                    FPart::Expr(inner) => self.path(file, inner, parse),
                };
                parts.iter().fold(Path::default(), |path, it| path.then(&part(it)))
            }
            _ => match self.text(file, expr) {
                Some(text) => parse(&text, expr.span),
                None => {
                    let written = self.sources.file(expr.span.file).slice(expr.span);
                    Path::unknown(written, expr.span)
                }
            },
        }
    }

    /// A text, when it can be told.
    fn text(&self, file: usize, expr: &Expr) -> Option<Box<str>> {
        if let Some(text) = expr.str() {
            return Some(text.into());
        }
        if let Some(Def::Value(at)) = self.names.of_expr(file, expr)
            && let Some(text) = self.names.value(at).and_then(Expr::str)
        {
            return Some(text.into());
        }
        let module = self.names.code.of_file(self.names.file(file).file)?;
        match self.seat.evaluator.expr(module, expr).known()? {
            PyValue::Str(text) if !text.contains(HOLE) => Some(text.clone()),
            _ => None,
        }
    }

    /// The texts of a list.
    fn texts(&self, file: usize, expr: &Expr) -> Vec<Box<str>> {
        match &expr.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                items.iter().filter_map(|it| self.text(file, it)).collect()
            }
            _ => match self.names.of_expr(file, expr) {
                Some(Def::Value(at)) => match self.names.value(at) {
                    Some(list @ Expr { kind: ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_), .. }) => {
                        self.texts(at.file, list)
                    }
                    _ => Vec::new(),
                },
                _ => self.text(file, expr).into_iter().collect(),
            },
        }
    }

    /// Everything that the statements of a file put into the list that a step sets.
    fn all_of(&self, at: At) -> Vec<(usize, &'a Expr)> {
        let Step::Set(name, _) = &self.names.file(at.file).steps[at.at] else { return Vec::new() };
        self.all_named(at.file, name)
    }

    /// The same of a list by its name.
    fn all_named(&self, file: usize, name: &str) -> Vec<(usize, &'a Expr)> {
        let steps = self.names.file(file).steps.iter();
        let of = |step: &'a Step| match step {
            Step::Set(set, value) | Step::Grow(set, value) if **set == *name => Some((file, value)),
            _ => None,
        };
        steps.filter_map(of).collect()
    }
}
