//! Who runs a function: clients by their requests, staff in the admin, a queue, a person at a prompt, the process when it
//! starts.
//!
//! A function is taken to be called wherever its name stands, which may be too often and is never too rarely; where
//! nobody in the repository names it, or a framework may call it, it is taken to serve requests.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::names::{ClassId, FunctionId, Names};
use super::types::Unit;
use crate::facts::orm::flow::{Flow, NodeKind};
use crate::facts::orm::{Body, Callers, FunctionDraft, Manner, OrmDraft, Place, QUEUED, Word, word};
use crate::stack::vocabulary::Reach;

/// Decorators of functions that a queue runs.
const TASKS: &[&str] = &[
    "task",
    "shared_task",
    "periodic_task",
    "db_task",
    "db_periodic_task",
    "actor",
    "job",
    "scheduled_job",
    "repeat_every",
];
/// What traitlets calls of a program to start it.
const STARTS: &[&str] = &["initialize", "start", "launch_instance"];
/// Decorators that leave it to callers when a function runs.
const PLAIN: &[&str] = &["staticmethod", "classmethod", "atomic", "wraps", "cache", "lru_cache", "retry"];

/// Who runs code, as far as it matters; the last matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Commands,
    /// The start of the process, once. What that hands on serves.
    Start,
    Tasks,
    Admin,
    Requests,
}

/// Who runs each function, when that is known to be others than clients.
#[derive(Debug, Default)]
struct Reached {
    aside: HashMap<FunctionId, Who>,
    places: Vec<Place>,
}

/// Who runs each function, read when it is first asked for: most repositories have nothing to tell.
pub(super) struct Reaching<'a> {
    names: &'a Names<'a>,
    plain: &'a [&'a Callers],
    read: OnceCell<Reached>,
    /// The names in files that say nothing to a mapper.
    elsewhere: OnceCell<HashSet<Word>>,
}

impl<'a> Reaching<'a> {
    pub(super) fn new(names: &'a Names<'a>, plain: &'a [&'a Callers]) -> Self {
        Self { names, plain, read: OnceCell::new(), elsewhere: OnceCell::new() }
    }

    /// Who runs a body of code, at most.
    pub(super) fn of(&self, unit: Unit) -> Reach {
        self.read.get_or_init(|| Reached::read(self.names, self.plain)).of(unit)
    }

    /// Whether a file that says nothing to a mapper, and is no test, has a name in it.
    pub(super) fn is_named_elsewhere(&self, name: &str) -> bool {
        let all = self.elsewhere.get_or_init(|| {
            let others = self.plain.iter().filter(|it| it.place.is_some());
            others.flat_map(|it| &it.bodies).flat_map(|it| it.mentions.iter().map(|it| it.0)).collect()
        });
        all.contains(&word(name))
    }
}

/// Code that names others: a function, the body of a class, what runs when a file is imported.
struct Code {
    who: Who,
    /// Whether it is a task, and whether those who name it can raise who runs it.
    task: bool,
    rises: bool,
    /// The functions that it names, by their names.
    names: Vec<(usize, Manner)>,
}

/// All functions of one name. Which of them is meant where it stands is not asked.
#[derive(Default)]
struct Name {
    functions: Vec<usize>,
    /// Who runs what has it, and what has it other than to put it into a queue.
    any: Option<Who>,
    called: Option<Who>,
    /// Whether it stands anywhere, and anywhere so.
    stands: (bool, bool),
    tested: bool,
    renamed: bool,
}

/// The names of functions, and all code.
struct Graph {
    by_word: HashMap<Word, usize>,
    names: Vec<Name>,
    code: Vec<Code>,
}

impl Graph {
    fn new(words: impl Iterator<Item = Word>) -> Self {
        let mut graph = Self { by_word: HashMap::default(), names: Vec::new(), code: Vec::new() };
        for word in words {
            let next = graph.names.len();
            if *graph.by_word.entry(word).or_insert(next) == next {
                graph.names.push(Name::default());
            }
        }
        graph
    }

    fn name(&self, word: Word) -> Option<usize> {
        self.by_word.get(&word).copied()
    }

    /// Adds code that names these.
    fn add(&mut self, who: Who, named: impl Iterator<Item = (Word, Manner)>) -> usize {
        let mut names: Vec<_> = named.filter_map(|(word, manner)| Some((self.name(word)?, manner))).collect();
        names.sort_unstable();
        names.dedup();
        for (at, manner) in &names {
            let stands = &mut self.names[*at].stands;
            *stands = (true, stands.1 || *manner != Manner::Queued);
        }
        self.code.push(Code { who, task: false, rises: false, names });
        self.code.len() - 1
    }

    /// Whether a function is named by any code, to be called there if it is a task.
    fn is_named(&self, name: usize, task: bool) -> bool {
        let stands = self.names[name].stands;
        if task { stands.1 } else { stands.0 }
    }

    /// Whoever runs code runs what it names.
    fn spread(&mut self) {
        let mut todo: Vec<usize> = (0..self.code.len()).collect();
        while let Some(at) = todo.pop() {
            for place in 0..self.code[at].names.len() {
                let (name, manner) = self.code[at].names[place];
                // What is called when the process starts runs then, and what is handed on may be called whenever.
                let who = match self.code[at].who {
                    Who::Start if manner != Manner::Called => Who::Requests,
                    who => who,
                };
                let Name { functions, any, called, .. } = &mut self.names[name];
                let raised = (*any < Some(who), manner != Manner::Queued && *called < Some(who));
                *any = (*any).max(Some(who));
                if manner != Manner::Queued {
                    *called = (*called).max(Some(who));
                }
                for function in functions.iter().copied().filter(|_| raised != (false, false)) {
                    let code = &mut self.code[function];
                    let meant = if code.task { raised.1 } else { raised.0 };
                    if meant && code.rises && code.who < who {
                        code.who = who;
                        todo.push(function);
                    }
                }
            }
        }
    }
}

impl Reached {
    fn read(names: &Names<'_>, plain: &[&Callers]) -> Self {
        let functions = || names.drafts.iter().flat_map(|draft| &draft.functions).map(|it| word(&it.name));
        let bodies = || plain.iter().flat_map(|file| file.bodies.iter().map(move |body| (file, body)));
        let others = bodies().filter(|(_, body)| !body.name.is_empty()).map(|(_, body)| word(&body.name));
        let mut graph = Graph::new(functions().chain(others));
        for name in renamed(names, plain) {
            if let Some(at) = graph.name(name) {
                graph.names[at].renamed = true;
            }
        }
        let mut ids: Vec<(usize, FunctionId)> = Vec::new();
        for (at, draft) in names.drafts.iter().enumerate() {
            let imported = match draft.place {
                Place::Command => Who::Commands,
                Place::Admin => Who::Admin,
                Place::Any | Place::Template => Who::Start,
            };
            let passed_on = draft.passed_on.iter().map(|name| (word(name), Manner::Handed));
            graph.add(imported, at_top(draft).into_iter().chain(passed_on));
            let class = if imported == Who::Start { Who::Requests } else { imported };
            for it in &draft.classes {
                graph.add(class, within(&it.body));
            }
            for (place, function) in draft.functions.iter().enumerate() {
                let id = FunctionId { draft: at as u32, at: place as u32 };
                // That it names itself says of nobody that he calls it.
                let own = word(&function.name);
                ids.push((graph.add(Who::Requests, within(&function.flow).filter(|it| it.0 != own)), id));
            }
        }
        let mut plains: Vec<(usize, Option<Place>, &Body)> = Vec::new();
        for (file, body) in bodies() {
            let Some(place) = file.place else {
                for at in body.mentions.iter().filter_map(|(word, _)| graph.name(*word)).collect::<Vec<_>>() {
                    graph.names[at].tested = true;
                }
                continue;
            };
            let top = if place == Place::Command { Who::Commands } else { Who::Start };
            let who = if body.name.is_empty() { top } else { Who::Requests };
            let own = (!body.name.is_empty()).then(|| word(&body.name));
            let code = graph.add(who, body.mentions.iter().copied().filter(|it| Some(it.0) != own));
            if !body.name.is_empty() {
                plains.push((code, file.place, body));
            }
        }
        let managed = plain.iter().any(|it| it.manages) || names.drafts.iter().any(|it| it.path.ends_with("manage.py"));
        for (code, id) in &ids {
            let (draft, function) = (names.draft(id.draft), names.function(*id));
            let task = is_task(names, *id, function);
            let own = match draft.place {
                Place::Template => continue,
                Place::Command => Some(Who::Commands),
                _ if task => Some(Who::Tasks),
                Place::Admin => Some(Who::Admin),
                Place::Any if is_of_program(names, *id, function) => Some(Who::Commands),
                Place::Any => starts(names, *id, function).then_some(Who::Start),
            };
            let Some(name) = graph.name(word(&function.name)) else { continue };
            // In a project, nobody runs what only tests name.
            let named = graph.is_named(name, task) || managed && graph.names[name].tested;
            let known = own.is_some() || named && is_called_by_code_only(names, *id, function);
            if known && !graph.names[name].renamed {
                // What traitlets itself calls to start a program has the names of much else.
                let starts = STARTS.contains(&&*function.name) && is_of_program(names, *id, function);
                graph.set(*code, name, task, own, draft.place == Place::Any && !starts);
            }
        }
        for (code, place, body) in plains {
            let task = body.decorators.iter().any(|it| is_task_decorator(it)) || is_method_of(body, "Task");
            let own = match place {
                Some(Place::Command) => Some(Who::Commands),
                _ if task => Some(Who::Tasks),
                _ if is_method_of(body, "BaseCommand") => Some(Who::Commands),
                _ if is_lifespan(&body.name, &body.decorators) => Some(Who::Start),
                _ => None,
            };
            let Some(name) = graph.name(word(&body.name)) else { continue };
            let free = body.bases.as_ref().is_none_or(|bases| bases.iter().all(|base| &**base == "object"));
            let code_only = free && !body.name.starts_with("__") && body.decorators.iter().all(|it| is_plain(it));
            let known = own.is_some() || graph.is_named(name, task) && code_only;
            if known && !graph.names[name].renamed {
                graph.set(code, name, task, own, place != Some(Place::Command));
            }
        }
        graph.spread();
        let aside = ids.into_iter().map(|(code, id)| (id, graph.code[code].who));
        Self {
            aside: aside.filter(|(_, who)| *who != Who::Requests).collect(),
            places: names.drafts.iter().map(|it| it.place).collect(),
        }
    }

    fn of(&self, unit: Unit) -> Reach {
        let who = match (unit, self.places.get(unit.draft() as usize)) {
            (Unit::Function(id), _) => self.aside.get(&id).copied(),
            (_, Some(Place::Command)) => Some(Who::Commands),
            (_, Some(Place::Admin)) => Some(Who::Admin),
            _ => None,
        };
        match who {
            Some(Who::Commands | Who::Start) => Reach::Commands,
            Some(Who::Tasks) => Reach::Tasks,
            Some(Who::Admin) => Reach::Admin,
            Some(Who::Requests) | None => Reach::Requests,
        }
    }
}

impl Graph {
    /// Says of a function what is known of who runs it.
    fn set(&mut self, code: usize, name: usize, task: bool, own: Option<Who>, rises: bool) {
        let it = &mut self.code[code];
        (it.who, it.task, it.rises) = (own.unwrap_or(Who::Commands), task, rises);
        self.names[name].functions.push(code);
    }
}

/// Names that some file imports under another.
fn renamed(names: &Names<'_>, plain: &[&Callers]) -> Vec<Word> {
    let imports = names.drafts.iter().flat_map(|draft| &draft.imports);
    let other = imports.filter_map(|it| it.item.as_ref().filter(|item| **item != it.name));
    other.map(|item| word(item)).chain(plain.iter().flat_map(|file| file.renamed.iter().copied())).collect()
}

/// The names that stand at the top of a module. What it hands on is not called for that.
fn at_top(draft: &OrmDraft) -> Vec<(Word, Manner)> {
    let list = draft.globals.iter().find(|(name, _)| &**name == "__all__").map(|(_, list)| *list);
    let mut all: Vec<(Word, Manner)> = within(&draft.top).collect();
    if let Some(NodeKind::List(texts)) = list.map(|list| &draft.top.node(list).kind) {
        let mut once: HashSet<Word> = texts.iter().filter_map(|text| draft.top.text(*text)).map(word).collect();
        all.retain(|it| !(it.1 == Manner::Queued && once.remove(&it.0)));
    }
    all
}

/// How much it matters who waits.
pub(super) fn rank(reach: Reach) -> u8 {
    match reach {
        Reach::Commands => 0,
        Reach::Tasks => 1,
        Reach::Admin => 2,
        Reach::Requests => 3,
    }
}

/// The names that stand in a flow; a text may be one, too: `getattr(it, "name")`.
fn within(flow: &Flow) -> impl Iterator<Item = (Word, Manner)> {
    let (mut queued, mut called) = (HashSet::default(), HashSet::default());
    for node in &flow.nodes {
        match &node.kind {
            NodeKind::Attr { of, name, .. } if QUEUED.contains(&&**name) => _ = queued.insert(*of),
            NodeKind::Call { func, .. } => _ = called.insert(*func),
            _ => {}
        }
    }
    flow.nodes.iter().enumerate().filter_map(move |(id, node)| match &node.kind {
        NodeKind::Name(name) | NodeKind::Attr { name, .. } => {
            let id = id as u32;
            let handed = if called.contains(&id) { Manner::Called } else { Manner::Handed };
            Some((word(name), if queued.contains(&id) { Manner::Queued } else { handed }))
        }
        // A task is named by its path where it is put into a schedule or a queue.
        NodeKind::Text(text) => Some((word(text.rsplit(['.', ':']).next().unwrap_or(text)), Manner::Queued)),
        _ => None,
    })
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn is_task(names: &Names<'_>, id: FunctionId, function: &FunctionDraft) -> bool {
    let owner = function.owner.map(|at| ClassId { draft: id.draft, at });
    function.decorators.iter().any(|it| is_task_decorator(it))
        || owner.is_some_and(|class| &*function.name == "run" && names.derives_external(class, "Task"))
}

/// `@shared_task`, `@schedule.repeat(...)`
fn is_task_decorator(decorator: &str) -> bool {
    TASKS.contains(&last(decorator)) || decorator == "schedule.repeat"
}

fn is_plain(decorator: &str) -> bool {
    PLAIN.contains(&last(decorator))
}

/// Whether a method is the one that a class of this kind is run by.
fn is_method_of(body: &Body, base: &str) -> bool {
    let run = if base == "Task" { "run" } else { "handle" };
    &*body.name == run && body.bases.iter().flatten().any(|it| last(it).ends_with(base))
}

/// Whether a function runs when the process starts: `ready` of an application, a lifespan.
fn starts(names: &Names<'_>, id: FunctionId, function: &FunctionDraft) -> bool {
    let owner = function.owner.map(|at| ClassId { draft: id.draft, at });
    is_lifespan(&function.name, &function.decorators)
        || owner.is_some_and(|class| &*function.name == "ready" && names.derives_external(class, "AppConfig"))
}

fn is_lifespan(name: &str, decorators: &[Box<str>]) -> bool {
    name.contains("lifespan") && decorators.iter().any(|it| last(it) == "asynccontextmanager")
}

/// Whether a function is of a program that a person or a machine starts: a command of click or typer, a method of a
/// program of traitlets (as JupyterHub is). What requests call of it, they run all the same.
fn is_of_program(names: &Names<'_>, id: FunctionId, function: &FunctionDraft) -> bool {
    const LIBRARIES: [&str; 2] = ["click", "typer"];
    let imports = &names.draft(id.draft).imports;
    let by_library = imports.iter().any(|it| LIBRARIES.contains(&it.module.split('.').next().unwrap_or_default()));
    let is_command = |decorator: &str| {
        last(decorator) == "command" && (by_library || decorator.rsplit('.').nth(1).is_some_and(|it| it == "cli"))
    };
    if function.decorators.iter().any(|it| is_command(it)) {
        return true;
    }
    let Some(class) = function.owner.map(|at| ClassId { draft: id.draft, at }) else { return false };
    let is_program = |base: &str| base.starts_with("traitlets.") && last(base) == "Application";
    names.lineage(class).external.iter().any(|base| is_program(base))
}

/// Whether a function runs only where code of the repository calls it: no framework knows it, no template can name it.
fn is_called_by_code_only(names: &Names<'_>, id: FunctionId, function: &FunctionDraft) -> bool {
    /// What Django itself calls on models, with arguments.
    const HOOKS: &[&str] = &["save", "delete", "from_db", "clean_fields", "validate_unique", "validate_constraints"];
    if function.name.starts_with("__") || !function.decorators.iter().all(|it| is_plain(it)) {
        return false;
    }
    let Some(owner) = function.owner else { return true };
    let class = ClassId { draft: id.draft, at: owner };
    let bases = &names.lineage(class).external;
    let of_model = bases.iter().all(|base| base.starts_with("django.db.models") || &**base == "object");
    // What needs no argument can stand in a template.
    let asks = function.params.iter().skip(1).any(|it| it.default.is_none() && !it.name.starts_with('*'));
    of_model && !HOOKS.contains(&&*function.name) && (bases.is_empty() || asks)
}
