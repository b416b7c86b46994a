//! What calls a function: a route, a dependency, a middleware, a consumer, a queue, the start of the application.
//!
//! Only what is certain counts: a function is served when a framework is given it, or when a function that is served names
//! it and the name is known to mean it.

use std::cell::{OnceCell, RefCell};

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::chosen;
use super::code::{Code, is_decorated};
use super::named;
use super::value::Value;
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind, last_of};
use crate::facts::orm::{FunctionDraft, Place};
use crate::link::orm::names::{ClassId, Def, FunctionId};
use crate::link::orm::reach::Reaching;
use crate::link::orm::types::Unit;
use crate::stack::vocabulary::{Reach, Role};

/// Methods of applications and routers that make a function one of their handlers.
const ROUTES: &[&str] = &[
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "trace",
    "route",
    "api_route",
    "websocket",
    "websocket_route",
    "api_operation",
];
/// Those that are given the function, in place of decorating it.
const GIVEN: &[&str] = &[
    "Route",
    "WebSocketRoute",
    "APIRoute",
    "add_route",
    "add_api_route",
    "add_api_websocket_route",
    "add_websocket_route",
    "add_get",
    "add_post",
    "add_put",
    "add_delete",
    "path",
    "re_path",
];
/// What runs once, before the first request or behind the last.
const STARTS: &[&str] = &[
    "on_event",
    "on_startup",
    "on_shutdown",
    "before_serving",
    "after_serving",
    "before_server_start",
    "after_server_start",
    "before_server_stop",
    "after_server_stop",
    "listener",
    "startup",
    "shutdown",
    "lifespan",
];
const TASKS: &[&str] = &["task", "shared_task", "periodic_task", "actor", "job", "cron"];
const COMMANDS: &[&str] = &["command", "callback", "group", "fixture"];

/// Packages whose decorators make a function answer what comes in.
const SERVERS: &[&str] = &[
    "strawberry.",
    "ariadne.",
    "aiogram.",
    "telethon.",
    "pyrogram.",
    "discord.",
    "slack_bolt.",
    "socketio.",
    "faststream.",
    "aiohttp.",
    "sanic.",
    "quart.",
    "litestar.",
    "mcp.",
    "fastmcp.",
    "ninja.",
    "nats.",
];

/// Who runs each function, as far as it is certain.
///
/// What functions of a role lead to is found when it is first asked for: most repositories have nothing to ask of it.
pub(super) struct Roles<'c, 'n> {
    code: &'c Code<'n>,
    /// Who does by all the places that have its name, where nothing is certain.
    reaching: &'c Reaching<'c>,
    own: HashMap<FunctionId, Role>,
    served: OnceCell<HashSet<FunctionId>>,
    tasks: OnceCell<HashSet<FunctionId>>,
    starts: OnceCell<HashSet<FunctionId>>,
    commands: OnceCell<HashSet<FunctionId>>,
    /// Who runs each function that was asked for.
    reach: RefCell<HashMap<FunctionId, Reach>>,
}

impl<'c, 'n> Roles<'c, 'n> {
    pub(super) fn read(code: &'c Code<'n>, reaching: &'c Reaching<'c>) -> Self {
        let mut roles = Self {
            code,
            reaching,
            own: HashMap::default(),
            served: OnceCell::new(),
            tasks: OnceCell::new(),
            starts: OnceCell::new(),
            commands: OnceCell::new(),
            reach: RefCell::default(),
        };
        for id in code.names.all_functions() {
            let function = code.names.function(id);
            if let Some(role) = decorated(code, id, function).or_else(|| by_class(code, id, function)) {
                roles.own.insert(id, role);
            }
            for name in &function.depends {
                if let Some(def) = code.names.resolve_dotted(id.draft, name) {
                    roles.depends(code, &def);
                }
            }
        }
        for (id, role) in named::served(code) {
            roles.own.entry(id).or_insert(role);
        }
        for (at, draft) in code.names.drafts.iter().enumerate() {
            let at = at as u32;
            roles.given(code, Unit::Top(at), &draft.top);
            for (place, class) in draft.classes.iter().enumerate() {
                roles.given(code, Unit::Class(ClassId { draft: at, at: place as u32 }), &class.body);
            }
            for (place, function) in draft.functions.iter().enumerate() {
                roles.given(code, Unit::Function(FunctionId { draft: at, at: place as u32 }), &function.flow);
            }
        }
        roles
    }

    /// What a function is.
    pub(super) fn of(&self, id: FunctionId) -> Role {
        self.own.get(&id).copied().unwrap_or(Role::Function)
    }

    /// Whether requests, or messages of a framework, come to a function.
    pub(super) fn is_served(&self, id: FunctionId) -> bool {
        let serves = |it| !matches!(it, Role::Task | Role::Start | Role::Command | Role::Function);
        self.leads(&self.served, serves, id)
    }

    fn is_task(&self, id: FunctionId) -> bool {
        self.leads(&self.tasks, |it| it == Role::Task, id)
    }

    /// Whether functions of a role are this one, or lead to it.
    fn leads(&self, found: &OnceCell<HashSet<FunctionId>>, role: impl Fn(Role) -> bool, id: FunctionId) -> bool {
        let found = found.get_or_init(|| {
            let mut all: Vec<FunctionId> = self.own.iter().filter(|it| role(*it.1)).map(|it| *it.0).collect();
            all.sort_unstable();
            reached(self.code, all)
        });
        found.contains(&id)
    }

    /// Whether a function runs when the application starts or ends, and never else.
    pub(super) fn only_starts(&self, id: FunctionId) -> bool {
        self.leads(&self.starts, |it| it == Role::Start, id) && !self.is_served(id) && !self.is_task(id)
    }

    /// Whether a framework is given a function, or calls it for where it stands.
    pub(super) fn is_given(&self, id: FunctionId) -> bool {
        self.own.contains_key(&id)
    }

    /// Whether a file that is not read here, and is no test, has a name in it.
    pub(super) fn is_named_elsewhere(&self, name: &str) -> bool {
        self.reaching.is_named_elsewhere(name)
    }

    /// Who runs a function.
    pub(super) fn reach(&self, id: FunctionId) -> Reach {
        if let Some(reach) = self.reach.borrow().get(&id) {
            return *reach;
        }
        let reach = self.read_reach(id);
        self.reach.borrow_mut().insert(id, reach);
        reach
    }

    fn read_reach(&self, id: FunctionId) -> Reach {
        let draft = self.code.names.draft(id.draft);
        // What is shown to readers nobody deploys.
        let lies_in = |folders: &[&str]| draft.path.split('/').any(|it| folders.contains(&it));
        let in_commands = || draft.place == Place::Command || lies_in(&["cli"]);
        if draft.place == Place::Command && lies_in(&["examples", "example", "docs"]) {
            Reach::Commands
        } else if self.is_served(id) {
            Reach::Requests
        } else if self.is_task(id) {
            Reach::Tasks
        } else if self.leads(&self.commands, |it| it == Role::Command, id) || in_commands() {
            Reach::Commands
        } else {
            self.reaching.of(Unit::Function(id))
        }
    }

    /// What a body of code gives to a framework.
    fn given(&mut self, code: &Code<'_>, unit: Unit, flow: &Flow) {
        for node in &flow.nodes {
            let NodeKind::Call { func, args, keywords, .. } = &node.kind else { continue };
            let call = CallView { func: *func, args, keywords };
            let name = match &flow.node(*func).kind {
                NodeKind::Name(name) | NodeKind::Attr { name, .. } => &**name,
                _ => continue,
            };
            if matches!(name, "Depends" | "Security") {
                if let Some(def) = args.first().and_then(|it| def_of(code, unit, flow, *it)) {
                    self.depends(code, &def);
                }
            } else if GIVEN.contains(&name) {
                let role = if matches!(name, "path" | "re_path") { Role::View } else { Role::Route };
                let all = args.iter().chain(keywords.iter().map(|it| &it.1));
                for id in all.filter_map(|it| function_of(code, unit, flow, *it)) {
                    self.own.entry(id).or_insert(role);
                }
            } else if name == "add_event_handler" || name == "add_lifespan_handler" {
                let all: Vec<_> = args.iter().filter_map(|it| function_of(code, unit, flow, *it)).collect();
                self.own.extend(all.into_iter().map(|id| (id, Role::Start)));
            }
            for key in ["lifespan", "on_startup", "on_shutdown"] {
                let Some(value) = call.keyword(key) else { continue };
                let each = match &flow.node(value).kind {
                    NodeKind::List(all) => all.clone(),
                    _ => vec![value],
                };
                let all: Vec<_> = each.iter().filter_map(|it| function_of(code, unit, flow, *it)).collect();
                self.own.extend(all.into_iter().map(|id| (id, Role::Start)));
            }
        }
    }

    /// What FastAPI is asked to run before a handler.
    fn depends(&mut self, code: &Code<'_>, def: &Def) {
        match def {
            Def::Function(id) => {
                self.own.entry(*id).or_insert(Role::Dependency);
            }
            Def::Class(class) => {
                for name in ["__init__", "__call__"] {
                    if let Some(id) = code.names.method(*class, name, None) {
                        self.own.entry(id).or_insert(Role::Dependency);
                    }
                }
            }
            // `checker = RoleChecker(...)`, and then `Depends(checker)`.
            Def::Global(draft, node) => {
                let top = &code.names.draft(*draft).top;
                let called = top.call(*node).and_then(|call| code.names.of_node(*draft, top, call.func));
                if let Some(Def::Class(class)) = called {
                    self.depends(code, &Def::Class(class));
                }
            }
            _ => {}
        }
    }
}

fn def_of(code: &Code<'_>, unit: Unit, flow: &Flow, node: NodeId) -> Option<Def> {
    if let (Unit::Function(id), NodeKind::Name(name)) = (unit, &flow.node(node).kind)
        && let Some(function) = code.names.nested(id, name)
    {
        return Some(Def::Function(function));
    }
    match &flow.node(node).kind {
        // `Depends(RoleChecker("admin"))`
        NodeKind::Call { func, .. } => {
            code.names.of_node(unit.draft(), flow, *func).filter(|it| matches!(it, Def::Class(_)))
        }
        _ => code.names.of_node(unit.draft(), flow, node),
    }
}

fn function_of(code: &Code<'_>, unit: Unit, flow: &Flow, node: NodeId) -> Option<FunctionId> {
    match def_of(code, unit, flow, node)? {
        Def::Function(id) => Some(id),
        _ => None,
    }
}

/// What the decorators of a function make it.
fn decorated(code: &Code<'_>, id: FunctionId, function: &FunctionDraft) -> Option<Role> {
    function.decorators.iter().find_map(|name| {
        let (receiver, last) = name.rsplit_once('.').map_or(("", &**name), |(of, last)| (of, last));
        if TASKS.contains(&last) {
            return Some(if is_by_hand(code, &code.dotted(id.draft, name)) { Role::Command } else { Role::Task });
        }
        if receiver.is_empty() {
            return None;
        }
        if STARTS.contains(&last) {
            return Some(Role::Start);
        }
        if COMMANDS.contains(&last) {
            return Some(Role::Command);
        }
        if ROUTES.contains(&last) {
            return Some(Role::Route);
        }
        if matches!(last, "middleware" | "exception_handler" | "errorhandler" | "before_request" | "after_request") {
            return Some(Role::Middleware);
        }
        // What a server, or a bot, is given by its decorator, it calls: `@bot.message`.
        match code.dotted(id.draft, name) {
            Value::Outside(path) if SERVERS.iter().any(|it| path.starts_with(it)) => Some(Role::Handler),
            _ => None,
        }
    })
}

/// Whether a decorator makes a command: invoke's `task`, or a function of the repository's own that hands on to it.
fn is_by_hand(code: &Code<'_>, decorator: &Value) -> bool {
    let invoke = |it: &Value| it.path().is_some_and(|it| it == "invoke" || it.starts_with("invoke."));
    let Value::Function(id) = decorator else { return invoke(decorator) };
    // What it makes of a function may be said in one within it.
    let name = &code.names.function(*id).name;
    let within = |it: &FunctionDraft| it.within.as_ref().is_some_and(|it| it.split('.').next() == Some(&**name));
    let all = &code.names.draft(id.draft).functions;
    let inner = (0..all.len()).filter(|at| within(&all[*at])).map(|at| FunctionId { draft: id.draft, at: at as u32 });
    std::iter::once(*id).chain(inner).any(|it| code.function(it, code.alone(it)).iter().any(invoke))
}

/// What the class of a method makes it.
fn by_class(code: &Code<'_>, id: FunctionId, function: &FunctionDraft) -> Option<Role> {
    const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "dispatch"];
    let class = ClassId { draft: id.draft, at: function.owner? };
    let bases = &code.names.lineage(class).external;
    let derives = |test: &dyn Fn(&str) -> bool| bases.iter().any(|base| test(base));
    let params: Vec<&str> = function.params.iter().map(|it| &*it.name).collect();
    let name = &*function.name;
    if name == "dispatch" && derives(&|it| it.ends_with("BaseHTTPMiddleware")) {
        return Some(Role::Middleware);
    }
    if name == "__call__" && params == ["self", "scope", "receive", "send"] {
        return Some(Role::Middleware);
    }
    // What a program of traitlets sets up before it serves.
    if name == "initialize" && derives(&|it| it.starts_with("traitlets.") && it.ends_with(".Application")) {
        return Some(Role::Start);
    }
    if derives(&|it| it.starts_with("channels.") && it.ends_with("Consumer")) && !name.starts_with('_') {
        return Some(Role::Consumer);
    }
    let is_view = |it: &str| {
        (it.starts_with("django.") || it.starts_with("rest_framework") || it.starts_with("adrf"))
            && it.ends_with("View")
    };
    if METHODS.contains(&name)
        && (derives(&is_view) || derives(&|it| it.ends_with("HTTPEndpoint") || it == "tornado.web.RequestHandler"))
    {
        return Some(Role::View);
    }
    None
}

/// All that functions name, and what that names.
fn reached(code: &Code<'_>, from: Vec<FunctionId>) -> HashSet<FunctionId> {
    let mut found: HashSet<FunctionId> = from.iter().copied().collect();
    let mut todo = from;
    let method = |class: ClassId, name: &str| code.names.method(class, name, None);
    while let Some(id) = todo.pop() {
        let values = code.function(id, code.alone(id));
        for value in values.iter() {
            let named = match value {
                Value::Function(named) | Value::Method(named, ..) => [Some(*named), None],
                Value::Class(class) => [method(*class, "__init__"), None],
                Value::Instance(class, true) => [method(*class, "__call__"), method(*class, "__aenter__")],
                _ => continue,
            };
            for named in named.into_iter().flatten() {
                if found.insert(named) {
                    todo.push(named);
                }
            }
        }
        for named in chosen::methods(code, id) {
            if found.insert(named) {
                todo.push(named);
            }
        }
        // What is asked for by a parameter runs before.
        let flow = &code.names.function(id).flow;
        for node in &flow.nodes {
            let NodeKind::Call { func, args, .. } = &node.kind else { continue };
            let asks = matches!(&flow.node(*func).kind, NodeKind::Name(name) | NodeKind::Attr { name, .. } if matches!(&**name, "Depends" | "Security"));
            if let Some(named) =
                args.first().filter(|_| asks).and_then(|it| function_of(code, Unit::Function(id), flow, *it))
                && found.insert(named)
            {
                todo.push(named);
            }
        }
    }
    found
}

/// Whether a function leaves what it does to its own body: its decorators are known to call it where they stand.
pub(super) fn is_plain(function: &FunctionDraft) -> bool {
    function.decorators.iter().all(|it| {
        let last = last_of(it);
        matches!(
            last,
            "staticmethod"
                | "classmethod"
                | "property"
                | "contextmanager"
                | "override"
                | "no_type_check"
                | "retry"
                | "wraps"
                | "typechecked"
                | "overload"
        )
    }) && !is_decorated(function, "overload")
}
