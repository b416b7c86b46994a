//! The calls that matter, each with when it runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::imports::Names;
use super::kept;
use super::scope::decorators;
use super::{CallSite, Guard, Module, When};
use crate::source::{SourceFile, Span};
use crate::syntax::Spanned;
use crate::syntax::python::{self, Call, Expr, ExprKind, Function, Stmt, StmtKind};

/// Finds the calls of a file, and what else stands at any depth of it.
pub(super) fn read<'a>(file: &'a SourceFile, names: &'a Names, tree: &'a python::Module, module: &'a mut Module) {
    let mut reader = Reader {
        file,
        names,
        module,
        within: Vec::new(),
        in_view: false,
        when: When::Import,
        guarded: false,
        guards: Vec::new(),
        called: Vec::new(),
        requested: BTreeSet::new(),
    };
    reader.body(&tree.body);
    let Reader { called, requested, module, .. } = reader;
    spread_requests(file, &called, requested, module);
    module.dependencies.sort();
    module.dependencies.dedup();
}

struct Reader<'a> {
    file: &'a SourceFile,
    names: &'a Names,
    module: &'a mut Module,
    /// The names of the functions and classes around.
    within: Vec<Box<str>>,
    /// Whether the class around is one whose methods serve.
    in_view: bool,
    when: When,
    /// Whether an `if` in the function around decides whether the call runs: `if _engine is None:`.
    guarded: bool,
    /// The conditions around, and whether each holds here.
    guards: Vec<(&'a Expr, bool)>,
    /// Who calls whom, by plain names.
    called: Vec<(Box<str>, Box<str>)>,
    /// The functions that run for each request by what this file says of them.
    requested: BTreeSet<Box<str>>,
}

impl<'a> Reader<'a> {
    fn body(&mut self, body: &'a [Stmt]) {
        let outside = self.guards.len();
        for stmt in body {
            self.stmt(stmt);
            // What follows a branch that leaves runs only where the branch is not taken.
            if let StmtKind::If(branches) = &stmt.kind {
                let left = branches.iter().take_while(|(_, body)| leaves(body));
                self.guards.extend(left.filter_map(|(test, _)| Some((test.as_ref()?, false))));
            }
        }
        self.guards.truncate(outside);
    }

    fn guard(&self, &(test, holds): &(&Expr, bool)) -> Guard {
        Guard { test: Some(Arc::new(test.clone())), holds, text: self.file.slice(test.span).into(), span: test.span }
    }

    /// Each branch under its condition, and under that those before it do not hold.
    fn branches(&mut self, branches: &'a [(Option<Expr>, Vec<Stmt>)]) {
        let outside = self.guards.len();
        for (test, body) in branches {
            self.guards.extend(test.as_ref().map(|test| (test, true)));
            self.body(body);
            if let (Some(_), Some((_, holds))) = (test, self.guards.last_mut()) {
                *holds = false;
            }
        }
        self.guards.truncate(outside);
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Function(function) => return self.function(function, stmt),
            StmtKind::Class(class) => {
                stmt.each_expr(&mut |expr| self.expr(expr, None));
                self.within.push(class.name.value.clone());
                let outer = self.in_view;
                self.in_view = class.bases.iter().filter_map(|it| self.names.dotted(it)).any(|it| is_view(&it));
                self.body(&class.body);
                self.in_view = outer;
                self.within.pop();
                return;
            }
            StmtKind::Assign { targets, value } => {
                let bound = targets.first().and_then(Expr::dotted);
                targets.iter().for_each(|target| self.target(target, value, stmt.span));
                return self.expr(value, bound.as_deref());
            }
            StmtKind::AnnAssign { target, value: Some(value), .. } => {
                return self.expr(value, target.dotted().as_deref());
            }
            _ => {}
        }
        stmt.each_expr(&mut |expr| self.expr(expr, None));
        let outer = self.guarded;
        self.guarded |= matches!(&stmt.kind, StmtKind::If(_)) && !self.within.is_empty();
        if let StmtKind::If(branches) = &stmt.kind {
            self.branches(branches);
        } else {
            let mut bodies: Vec<&'a [Stmt]> = Vec::new();
            stmt.each_body(&mut |body| bodies.push(body));
            bodies.into_iter().for_each(|body| self.body(body));
        }
        self.guarded = outer;
    }

    fn function(&mut self, function: &'a Function, stmt: &'a Stmt) {
        let outer = (self.when, self.guarded);
        // Defaults and decorators are evaluated where the function is defined.
        stmt.each_expr(&mut |expr| self.expr(expr, None));
        self.within.push(function.name.value.clone());
        self.when = match when(function, &decorators(self.names, &function.decorators), self.in_view) {
            When::Called if outer.0 != When::Import => outer.0,
            when => when,
        };
        if self.when == When::Request {
            self.requested.insert(function.name.value.clone());
        }
        self.guarded = false;
        let from = self.module.calls.len();
        self.body(&function.body);
        let within = self.within.join(".");
        for site in self.module.calls.iter_mut().skip(from).filter(|it| *it.within == *within) {
            site.passing = site.bound.as_ref().is_some_and(|it| kept::stays(self.file, &function.body, it));
        }
        self.within.pop();
        (self.when, self.guarded) = outer;
    }

    /// What an assignment says that is no call: the settings module, the threads of AnyIO.
    fn target(&mut self, target: &Expr, value: &Expr, span: Span) {
        match &target.kind {
            ExprKind::Attribute { name, .. } if &*name.value == "total_tokens" => {
                self.module.thread_tokens.push(Spanned::new(value.clone(), span));
            }
            ExprKind::Subscript { index, .. } if index.str() == Some(SETTINGS) => self.settings_module(value),
            // `env_file = ".env"` of pydantic's `Config`.
            ExprKind::Name(name) if &**name == "env_file" && !self.within.is_empty() => {
                self.module.dotenv.push(Some(value.clone()));
            }
            _ => {}
        }
    }

    fn settings_module(&mut self, value: &Expr) {
        if let Some(name) = value.str() {
            self.module.settings_modules.push(Spanned::new(name.into(), value.span));
        }
    }

    fn expr(&mut self, expr: &Expr, bound: Option<&str>) {
        expr.each_below(&mut |inner| {
            let ExprKind::Call(call) = &inner.kind else { return };
            // `x = await create_pool()` binds the call behind the `await`.
            let is_value = expr.call().is_some_and(|it| std::ptr::eq(it, &**call));
            self.call(call, inner.span, bound.filter(|_| is_value));
        });
    }

    fn call(&mut self, call: &Call, span: Span, bound: Option<&str>) {
        let Some(name) = self.names.dotted(&call.func).or_else(|| on_call(&call.func)) else { return };
        let last = name.rsplit('.').next().unwrap_or(&name);
        if last == "Depends" || last == "Security" {
            let needed = call.args.first().or_else(|| call.keyword("dependency"));
            self.module.dependencies.extend(needed.and_then(|it| self.names.dotted(it)).map(Into::into));
        }
        match last {
            "read_env" | "load_dotenv" => {
                let named = ["env_file", "dotenv_path", "path"].iter().find_map(|it| call.keyword(it));
                self.module.dotenv.push(named.or_else(|| call.args.first()).cloned());
            }
            "SettingsConfigDict" | "ConfigDict" => {
                self.module.dotenv.extend(call.keyword("env_file").map(|it| Some(it.clone())));
            }
            "Config" if name == "starlette.config.Config" => {
                let named = call.keyword("env_file").or_else(|| call.args.first());
                self.module.dotenv.extend(named.map(|it| Some(it.clone())));
            }
            _ => {}
        }
        if name.ends_with("environ.setdefault") && call.args.first().and_then(Expr::str) == Some(SETTINGS) {
            call.args.get(1).into_iter().for_each(|value| self.settings_module(value));
        }
        if !name.contains('.')
            && let Some(caller) = self.within.last()
        {
            self.called.push((caller.clone(), name.as_str().into()));
        }
        if !matters(&name, last) {
            return;
        }
        let kept = self.guarded || bound.is_some_and(|it| it.contains('.'));
        let when = match self.when {
            When::Request | When::Called if kept && bound.is_some() => When::Once,
            when => when,
        };
        self.module.calls.push(CallSite {
            name: name.into(),
            call: call.clone(),
            span,
            bound: bound.map(Into::into),
            when,
            guards: self.guards.iter().map(|it| self.guard(it)).collect(),
            passing: false,
            within: self.within.join(".").into(),
        });
    }
}

/// Whether a block ends by leaving its function.
fn leaves(body: &[Stmt]) -> bool {
    body.last().is_some_and(|last| matches!(last.kind, StmtKind::Return(_) | StmtKind::Raise(_)))
}

const SETTINGS: &str = "DJANGO_SETTINGS_MODULE";

/// A method of what a call returns: `Celery("x").conf.update`, without what is called.
fn on_call(func: &Expr) -> Option<String> {
    match &func.kind {
        ExprKind::Attribute { value, name } => match &value.kind {
            ExprKind::Call(_) => Some(format!("().{}", name.value)),
            _ => Some(format!("{}.{}", on_call(value)?, name.value)),
        },
        _ => None,
    }
}

/// Whether a call is of those that make pools, clients, applications and their settings.
fn matters(name: &str, last: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    match last {
        "create_engine" | "create_async_engine" | "engine_from_config" | "async_engine_from_config" | "create_pool" => {
            true
        }
        "FastAPI" | "Flask" | "Starlette" | "Celery" | "SQLAlchemy" | "Limiter" | "CapacityLimiter" => true,
        "from_object" | "from_mapping" | "from_pyfile" | "from_envvar" | "from_prefixed_env" | "from_file" => {
            name.contains(".config.")
        }
        "register_tortoise" | "RegisterTortoise" => first == "tortoise",
        "PooledPostgresqlDatabase" | "PooledPostgresqlExtDatabase" | "PooledMySQLDatabase" => first == "playhouse",
        "config_from_object" | "shared_task" | "task" => true,
        "update" => name.ends_with(".conf.update") || name.ends_with(".config.update"),
        "run" => matches!(name, "uvicorn.run" | "app.run" | "application.run"),
        "serve" => name == "waitress.serve",
        "WSGIServer" => name == "gevent.pywsgi.WSGIServer",
        "server" => name == "grpc.server",
        "add_insecure_port" | "add_secure_port" => true,
        "Worker" | "SimpleWorker" | "SpawnWorker" => first == "rq",
        "init" => name.ends_with("FastAPILimiter.init") || name == "tortoise.Tortoise.init",
        "Database" => first == "databases",
        "ConnectionPool" | "AsyncConnectionPool" | "ThreadedConnectionPool" | "SimpleConnectionPool" => true,
        "Redis" | "StrictRedis" | "from_url" | "BlockingConnectionPool" => matches!(first, "redis" | "aioredis"),
        "create_redis_pool" => first == "aioredis",
        "RedisCluster" | "Sentinel" => matches!(first, "redis" | "aioredis"),
        "master_for" | "slave_for" => true,
        _ => false,
    }
}

/// When a function runs, as its name, decorators and first parameter tell.
fn when(function: &Function, decorators: &[Box<str>], in_view: bool) -> When {
    let name = &*function.name.value;
    let last = |dotted: &str| dotted.rsplit('.').next().unwrap_or(dotted).to_owned();
    let decorated = |words: &[&str]| decorators.iter().any(|it| words.contains(&last(it).as_str()));
    if decorated(&[
        "lru_cache",
        "cache",
        "cached_property",
        "asynccontextmanager",
        "on_event",
        "connect",
        "before_serving",
    ]) || matches!(
        name,
        "lifespan" | "startup" | "on_startup" | "create_app" | "make_app" | "get_application" | "ready"
    ) || name == "main"
    {
        return When::Once;
    }
    let requests = ["get", "post", "put", "patch", "delete", "route", "websocket", "api_view", "api_route", "action"];
    let first = function.params.iter().find(|it| &*it.name != "self").map(|it| &*it.name);
    if decorated(&requests)
        || decorated(&["task", "shared_task", "middleware", "login_required"])
        || first == Some("request")
        || (in_view && !name.starts_with("__"))
    {
        return When::Request;
    }
    When::Called
}

/// Whether a base class is one whose methods run for each request or message.
fn is_view(base: &str) -> bool {
    let last = base.rsplit('.').next().unwrap_or(base);
    last.ends_with("View") || last.ends_with("ViewSet") || last.ends_with("Consumer") || last == "BaseHTTPMiddleware"
}

/// What a function calls that runs for each request runs for each request too, as far as one file tells.
fn spread_requests(
    file: &SourceFile,
    called: &[(Box<str>, Box<str>)],
    mut requested: BTreeSet<Box<str>>,
    module: &mut Module,
) {
    let own = dotted_of_path(&file.path);
    requested.extend(module.dependencies.iter().filter(|it| !it.contains('.')).cloned());
    // Each round adds a function or ends.
    loop {
        let before = requested.len();
        for (caller, callee) in called {
            if requested.contains(caller) {
                requested.insert(callee.clone());
            }
        }
        if requested.len() == before {
            break;
        }
    }
    for site in &mut module.calls {
        if site.when == When::Called && last_of(&site.within).is_some_and(|it| requested.contains(&it)) {
            site.when = When::Request;
        }
    }
    // A name without a dot is of this file.
    for name in &mut module.dependencies {
        if !name.contains('.') {
            *name = format!("{own}.{name}").into();
        }
    }
}

fn last_of(dotted: &str) -> Option<Box<str>> {
    dotted.rsplit('.').next().filter(|it| !it.is_empty()).map(Into::into)
}

/// The absolute name of a file's module, from the root of the tree, marked by a dot in front.
pub(super) fn dotted_of_path(path: &str) -> String {
    let path = path.strip_suffix(".py").unwrap_or(path);
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    format!(".{}", path.replace('/', "."))
}
