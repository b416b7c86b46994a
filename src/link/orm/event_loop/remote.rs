//! What the turns of loops wait for elsewhere: another server, a process, a mail. Beside that a query of the turn's is
//! little.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::code::Code;
use super::known::{self, Wait};
use super::walk::{Found, Walk};
use crate::facts::orm::flow::{Arm, Flow, NodeId, last_of};
use crate::facts::orm::{Body, Callers, Word, word};
use crate::link::orm::types::Unit;
use crate::source::Span;
use crate::stack::vocabulary::WaitKind;

/// Packages whose calls go to another server, or to a process, with few exceptions.
const PACKAGES: &[&str] = &[
    "anthropic",
    "boto3",
    "botocore",
    "docker",
    // edx-api-client 1.14.0: each client of it takes a `requester` of requests'.
    "edx_api",
    "elasticsearch",
    "ftplib",
    "git",
    "github",
    "gitlab",
    "google",
    "grpc",
    "gspread",
    "httplib2",
    "hvac",
    "kinto_http",
    "kafka",
    "kubernetes",
    "notifications_python_client",
    "openai",
    "opensearchpy",
    "paramiko",
    "pika",
    "sendgrid",
    "slack_sdk",
    "stripe",
    "twilio",
    "zeep",
];

/// Others, by the words of a file alone.
const WORDS: &[&str] =
    &["aiohttp", "googleapiclient", "httpx", "requests", "smtplib", "subprocess", "urllib3", "urlopen", "urlretrieve"];

/// What the clients of others ask by.
const VERBS: &str = "get post put patch delete head options request send stream ws_connect";

/// What such packages, and the texts and lists that they give, do without asking anybody.
const NEAR: &str = "append client decode encode endswith exceptions format from_service_account_file \
                    from_service_account_info from_url generate_presigned_post generate_presigned_url get_paginator items \
                    join json keys lower meta mount replace resource session split startswith strip upper values";

/// What the turns of loops wait for elsewhere.
pub(in crate::link::orm) struct Remote<'c, 'n> {
    code: &'c Code<'n>,
    walk: Walk<'c>,
    /// By the code: the heads of its loops, each with the calls.
    read: RefCell<HashMap<Unit, Rc<Vec<Waiting>>>>,
}

/// A call of a loop's turns that waits.
struct Waiting {
    head: Span,
    /// The branches of the turn that it stands in, as the spans of what is in them.
    arms: Vec<Vec<Span>>,
    call: Box<str>,
    at: Span,
}

impl<'c, 'n> Remote<'c, 'n> {
    pub(in crate::link::orm) fn new(code: &'c Code<'n>, plain: &'c [&'c Callers]) -> Self {
        let plain = Plain::new(plain);
        let judge = move |path: &str| is_remote(path) || plain.waits(path);
        let wait = move |path: &str| judge(path).then_some(Wait { kind: WaitKind::Http, remedy: "" });
        Self { code, walk: Walk::new(wait).awaiting(), read: RefCell::default() }
    }

    /// What each turn of a loop, told by its head, waits for where it comes to this place.
    pub(in crate::link::orm) fn in_turn(&self, unit: Unit, head: Span, place: Span) -> Option<(Box<str>, Span)> {
        let of = self.of(unit);
        let found = of.iter().find(|it| it.head == head && it.arms.iter().all(|arm| arm.contains(&place)))?;
        Some((found.call.clone(), found.at))
    }

    /// What a call of some code waits for elsewhere.
    pub(in crate::link::orm) fn at(&self, unit: Unit, call: Span) -> Option<Box<str>> {
        let Unit::Function(id) = unit else { return None };
        let flow = &self.code.names.function(id).flow;
        let is_it = |it: &&Found| it.wait.kind == WaitKind::Http && flow.node(it.node).span == call;
        self.walk.alone(self.code, id).iter().find(is_it).map(|it| it.call.as_str().into())
    }

    fn of(&self, unit: Unit) -> Rc<Vec<Waiting>> {
        let Unit::Function(id) = unit else { return Rc::default() };
        if let Some(found) = self.read.borrow().get(&unit) {
            return found.clone();
        }
        let flow = &self.code.names.function(id).flow;
        let of = |it: &Found| loops(flow, it);
        let is_remote = |it: &&Found| it.wait.kind == WaitKind::Http;
        let waiting: Vec<Waiting> = match flow.loops.is_empty() {
            true => Vec::new(),
            false => self.walk.alone(self.code, id).iter().filter(is_remote).flat_map(of).collect(),
        };
        let waiting = Rc::new(waiting);
        self.read.borrow_mut().insert(unit, waiting.clone());
        waiting
    }
}

/// The loops of a function whose turns wait for what was found.
fn loops(flow: &Flow, found: &Found) -> Vec<Waiting> {
    let node = flow.node(found.node);
    let mut out = Vec::new();
    let mut scope = node.scope;
    while let Some(it) = flow.scope(scope) {
        let holds = |arm: &&Arm| arm.of != 0 && arm.from <= found.node && found.node < arm.to;
        // A branch around the loop is no branch of its turns.
        let within = |arm: &&Arm| it.iter < arm.from;
        let spans = |arm: &Arm| (arm.from..arm.to).map(|id: NodeId| flow.node(id).span).collect();
        let arms = flow.arms.iter().filter(holds).filter(within).map(spans).collect();
        out.push(Waiting { head: it.head, arms, call: found.call.as_str().into(), at: node.span });
        scope = it.parent;
    }
    out
}

/// Whether the call at the end of a way waits for somebody else.
fn is_remote(path: &str) -> bool {
    if let Some(wait) = known::wait(path) {
        return matches!(wait.kind, WaitKind::Http | WaitKind::Subprocess | WaitKind::Mail);
    }
    let (of, name) = path.rsplit_once('.').unwrap_or(("", path));
    let root = of.split(['.', '(']).next().unwrap_or(of);
    // A class is made, and its package not yet asked.
    let makes = name.starts_with(char::is_uppercase) || name.starts_with('_');
    match root {
        // What is built up before is no request yet.
        "googleapiclient" => return matches!(name, "execute" | "next_chunk"),
        // What is awaited takes no less time.
        "asyncio" => return matches!(name, "create_subprocess_exec" | "create_subprocess_shell"),
        "aiohttp" | "httpx" => return of.contains("Client") && known::is(name, VERBS),
        "django" => {
            return of.starts_with("django.core.files.storage.") && known::is(name, "save open delete exists size");
        }
        _ => {}
    }
    PACKAGES.contains(&root) && !makes && !known::is(name, NEAR) && !of.contains("exceptions")
}

/// What files without a draft wait for, as far as their words say.
struct Plain {
    /// Functions by their names, with the modules that they are in.
    waiting: HashMap<Box<str>, Vec<Box<str>>>,
}

impl Plain {
    fn new(plain: &[&Callers]) -> Self {
        let words: Vec<Word> = PACKAGES.iter().chain(WORDS).map(|it| word(it)).collect();
        let mut waiting: HashMap<Box<str>, Vec<Box<str>>> = HashMap::default();
        for file in plain {
            let says = |body: &Body| body.mentions.iter().any(|it| it.bare && words.contains(&it.name));
            let named = || file.bodies.iter().filter(|it| !it.name.is_empty());
            let first: HashSet<Word> = named().filter(|it| says(it)).map(|it| word(&it.name)).collect();
            if first.is_empty() {
                continue;
            }
            // One that calls another of the file that does.
            let calls = |body: &Body| body.mentions.iter().any(|it| first.contains(&it.name));
            for body in named().filter(|it| says(it) || calls(it)) {
                waiting.entry(body.name.clone()).or_default().push(file.module.clone());
            }
        }
        Self { waiting }
    }

    /// Whether a way leads to one of them: `shop.mail.send`, `shop.mail.Client().send`.
    fn waits(&self, path: &str) -> bool {
        let Some(modules) = self.waiting.get(last_of(path)) else { return false };
        let of = path.rsplit_once('.').map_or("", |(of, _)| of);
        let of = of.strip_suffix("()").and_then(|of| of.rsplit_once('.')).map_or(of, |(of, _)| of);
        let is_it = |module: &str| module == of || module.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'));
        !of.is_empty() && modules.iter().any(|it| is_it(it))
    }
}
