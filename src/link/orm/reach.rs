//! Who runs a function: clients by their requests, staff in the admin, a queue, a person at a prompt.
//!
//! A function is taken to be called wherever its name stands, which may be too often and is never too rarely; where
//! nobody in the repository names it, or a framework may call it, it is taken to serve requests.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::names::{ClassId, FunctionId, Names};
use super::types::Unit;
use crate::facts::orm::flow::{Flow, NodeKind};
use crate::facts::orm::{FunctionDraft, Place};
use crate::stack::vocabulary::Reach;

/// Decorators of functions that a queue runs.
const TASKS: &[&str] = &["task", "shared_task", "periodic_task", "db_task", "db_periodic_task", "actor", "job"];
/// How a task is put into its queue, in place of being called.
const QUEUED: &[&str] = &["delay", "apply_async", "s", "si", "signature", "send", "schedule", "enqueue", "retry"];
/// What traitlets calls of a program to start it.
const STARTS: &[&str] = &["initialize", "start", "launch_instance"];
/// Decorators that leave it to callers when a function runs.
const PLAIN: &[&str] = &["staticmethod", "classmethod", "atomic", "wraps", "cache", "lru_cache", "retry"];

/// Who runs each function, when that is known to be others than clients.
#[derive(Debug, Default)]
pub(super) struct Reached {
    aside: HashMap<FunctionId, Reach>,
    places: Vec<Place>,
}

/// A name that stands somewhere.
struct Mention<'a> {
    by: Unit,
    name: &'a str,
    /// Whether it only puts a task into its queue.
    queued: bool,
}

impl Reached {
    pub(super) fn read(names: &Names<'_>) -> Self {
        let mut reached = Self { aside: HashMap::default(), places: names.drafts.iter().map(|it| it.place).collect() };
        let mut mentions: HashMap<&str, Vec<Mention<'_>>> = HashMap::default();
        let mut renamed = HashSet::default();
        for (at, draft) in names.drafts.iter().enumerate() {
            let at = at as u32;
            let mut all = Vec::new();
            within(&draft.top, Unit::Top(at), &mut all);
            // What a module hands on is not called for that.
            let handed_on = draft
                .globals
                .iter()
                .find(|(name, _)| &**name == "__all__")
                .map(|(_, list)| &draft.top.node(*list).kind);
            if let Some(NodeKind::List(texts)) = handed_on {
                let mut once: HashSet<&str> = texts.iter().filter_map(|text| draft.top.text(*text)).collect();
                all.retain(|it: &Mention<'_>| !(it.queued && once.remove(it.name)));
            }
            for (place, class) in draft.classes.iter().enumerate() {
                within(&class.body, Unit::Class(ClassId { draft: at, at: place as u32 }), &mut all);
            }
            for (place, function) in draft.functions.iter().enumerate() {
                within(&function.flow, Unit::Function(FunctionId { draft: at, at: place as u32 }), &mut all);
            }
            let passed_on = draft.passed_on.iter();
            all.extend(passed_on.map(|name| Mention { by: Unit::Top(at), name, queued: false }));
            for mention in all {
                mentions.entry(mention.name).or_default().push(mention);
            }
            let other = draft.imports.iter().filter(|it| it.item.as_ref().is_some_and(|item| *item != it.name));
            renamed.extend(other.filter_map(|it| it.item.as_deref()));
        }
        let mut callers: Vec<(FunctionId, Vec<Unit>)> = Vec::new();
        for (at, draft) in names.drafts.iter().enumerate() {
            for (place, function) in draft.functions.iter().enumerate() {
                if draft.place == Place::Template {
                    continue;
                }
                let id = FunctionId { draft: at as u32, at: place as u32 };
                let task = is_task(names, id, function);
                let own = match draft.place {
                    Place::Command => Some(Reach::Commands),
                    _ if task => Some(Reach::Tasks),
                    Place::Any if is_of_program(names, id, function) => Some(Reach::Commands),
                    Place::Admin => Some(Reach::Admin),
                    Place::Any | Place::Template => None,
                };
                let name = &*function.name;
                let by: Vec<Unit> = mentions
                    .get(name)
                    .into_iter()
                    .flatten()
                    .filter(|it| !(task && it.queued))
                    .map(|it| it.by)
                    .collect();
                let known = own.is_some() || (!by.is_empty() && is_called_by_code_only(names, id, function));
                if !known || renamed.contains(name) {
                    continue;
                }
                reached.aside.insert(id, own.unwrap_or(Reach::Commands));
                // What traitlets itself calls to start a program has the names of much else.
                let starts = STARTS.contains(&name) && is_of_program(names, id, function);
                if draft.place == Place::Any && !starts {
                    callers.push((id, by));
                }
            }
        }
        // Whoever runs a caller runs what it calls.
        loop {
            let mut changed = false;
            for (id, by) in &callers {
                let Some(now) = reached.aside.get(id).copied() else { continue };
                let most = by.iter().map(|unit| reached.of(*unit)).max_by_key(|it| rank(*it));
                match most.filter(|most| rank(*most) > rank(now)) {
                    Some(Reach::Requests) => changed |= reached.aside.remove(id).is_some(),
                    Some(most) => changed |= reached.aside.insert(*id, most).is_some(),
                    None => {}
                }
            }
            if !changed {
                return reached;
            }
        }
    }

    /// Who runs a body of code, at most.
    pub(super) fn of(&self, unit: Unit) -> Reach {
        match (unit, self.places.get(unit.draft() as usize)) {
            (Unit::Function(id), _) => self.aside.get(&id).copied().unwrap_or(Reach::Requests),
            (_, Some(Place::Command)) => Reach::Commands,
            (_, Some(Place::Admin)) => Reach::Admin,
            _ => Reach::Requests,
        }
    }
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
fn within<'a>(flow: &'a Flow, by: Unit, out: &mut Vec<Mention<'a>>) {
    let mut queued = HashSet::default();
    for node in &flow.nodes {
        if let NodeKind::Attr { of, name, .. } = &node.kind
            && QUEUED.contains(&&**name)
        {
            queued.insert(*of);
        }
    }
    for (id, node) in flow.nodes.iter().enumerate() {
        let (name, queued) = match &node.kind {
            NodeKind::Name(name) | NodeKind::Attr { name, .. } => (&**name, queued.contains(&(id as u32))),
            // A task is named by its path where it is put into a schedule or a queue.
            NodeKind::Text(text) => (text.rsplit(['.', ':']).next().unwrap_or(text), true),
            _ => continue,
        };
        out.push(Mention { by, name, queued });
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn is_task(names: &Names<'_>, id: FunctionId, function: &FunctionDraft) -> bool {
    let owner = function.owner.map(|at| ClassId { draft: id.draft, at });
    function.decorators.iter().any(|it| TASKS.contains(&last(it)))
        || owner.is_some_and(|class| &*function.name == "run" && names.derives_external(class, "Task"))
}

/// Whether a function is of a program that a person or a machine starts: a command of click or typer, a method of a
/// program of traitlets (as JupyterHub is), or what Django runs once an application is loaded. What requests call of it,
/// they run all the same.
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
        || (&*function.name == "ready" && names.derives_external(class, "AppConfig"))
}

/// Whether a function runs only where code of the repository calls it: no framework knows it, no template can name it.
fn is_called_by_code_only(names: &Names<'_>, id: FunctionId, function: &FunctionDraft) -> bool {
    /// What Django itself calls on models, with arguments.
    const HOOKS: &[&str] = &["save", "delete", "from_db", "clean_fields", "validate_unique", "validate_constraints"];
    if function.name.starts_with("__") || !function.decorators.iter().all(|it| PLAIN.contains(&last(it))) {
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
