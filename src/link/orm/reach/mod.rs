//! Who runs a function: clients by their requests, staff in the admin, a queue, a person at a prompt, the process when it
//! starts.
//!
//! A function is taken to be called wherever its name stands and is not known to mean another, which may be too often and
//! is never too rarely; a method, by none who has no instance of its class. Where nobody in the repository names it, or a
//! framework may call it, it is taken to serve requests.

mod graph;
mod methods;
mod named;
mod staff;

use std::cell::OnceCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use self::graph::{Graph, Known, Target};
use self::named::Namer;
use super::names::{ClassId, FunctionId, Names};
use super::types::Unit;
use crate::facts::orm::flow::{NodeKind, last_of};
use crate::facts::orm::{Body, Callers, FunctionDraft, Manner, OrmDraft, Place, Word, word};
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
    /// Classes whose views only staff come to.
    staff: HashSet<ClassId>,
    /// Functions that nothing comes to.
    uncalled: HashSet<FunctionId>,
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

    /// The name of a function that nothing comes to.
    pub(super) fn uncalled(&self, unit: Unit) -> Option<String> {
        let Unit::Function(id) = unit else { return None };
        let read = self.read.get_or_init(|| Reached::read(self.names, self.plain));
        read.uncalled.contains(&id).then(|| self.names.path_of(id))
    }

    /// Whether a file that says nothing to a mapper, and is no test, has a name in it.
    pub(super) fn is_named_elsewhere(&self, name: &str) -> bool {
        let all = self.elsewhere.get_or_init(|| {
            let others = self.plain.iter().filter(|it| it.place.is_some());
            others.flat_map(|it| &it.bodies).flat_map(|it| it.mentions.iter().map(|it| it.name)).collect()
        });
        all.contains(&word(name))
    }
}

impl Reached {
    fn read(names: &Names<'_>, plain: &[&Callers]) -> Self {
        let functions = || names.drafts.iter().flat_map(|draft| &draft.functions).map(|it| word(&it.name));
        let classes = names.drafts.iter().flat_map(|draft| &draft.classes).map(|it| word(&it.name));
        let bodies = || plain.iter().enumerate().flat_map(|(at, file)| file.bodies.iter().map(move |body| (at, body)));
        let others = bodies().filter(|(_, body)| !body.name.is_empty()).map(|(_, body)| word(&body.name));
        let mut graph = Graph::new(functions().chain(classes).chain(others));
        let mut first = Vec::with_capacity(names.drafts.len());
        for draft in &names.drafts {
            first.push(graph.code.len());
            draft.functions.iter().for_each(|_| _ = graph.add(Who::Requests));
        }
        let mut namer = Namer::new(names, plain, first);
        let staff: HashSet<ClassId> =
            names.all_classes().into_iter().filter(|class| staff::is_class(names, *class)).collect();
        let mut plains: Vec<(usize, usize, &Body)> = Vec::new();
        for (file, body) in bodies() {
            let Some(place) = plain[file].place else {
                for it in &body.mentions {
                    let renamed = plain[file].renamed.iter().filter(|renamed| renamed.0 == it.name).map(|it| it.1);
                    for name in
                        std::iter::once(it.name).chain(renamed).filter_map(|it| graph.name(it)).collect::<Vec<_>>()
                    {
                        graph.names[name].tested = true;
                    }
                }
                continue;
            };
            let top = if place == Place::Command { Who::Commands } else { Who::Start };
            let code = graph.add(if body.name.is_empty() { top } else { Who::Requests });
            if !body.name.is_empty() {
                namer.defines(file, body, code);
            }
            plains.push((code, file, body));
        }
        for (code, file, body) in &plains {
            let own = (!body.name.is_empty()).then(|| graph.name(word(&body.name))).flatten();
            let named = namer.of_body(&graph, *file, body);
            graph.mentions(*code, named.into_iter().filter(|it| own.is_none_or(|own| it.0 != Target::Name(own))));
        }
        for (at, draft) in names.drafts.iter().enumerate().filter(|(_, it)| it.place != Place::Package) {
            let at = at as u32;
            let imported = match draft.place {
                Place::Command => Who::Commands,
                Place::Admin => Who::Admin,
                Place::Any | Place::Template | Place::Package => Who::Start,
            };
            let code = graph.add(imported);
            let mut top = namer.within(&graph, at, None, &draft.top);
            let listed = listed(draft);
            top.retain(|it| {
                !(it.1 == Manner::Said && listed.iter().any(|name| graph.name(*name).map(Target::Name) == Some(it.0)))
            });
            graph.mentions(code, top.into_iter());
            let class = if imported == Who::Start { Who::Requests } else { imported };
            for (place, it) in draft.classes.iter().enumerate() {
                let of_staff = class == Who::Requests && staff.contains(&ClassId { draft: at, at: place as u32 });
                let code = graph.add(if of_staff { Who::Admin } else { class });
                let named = namer.within(&graph, at, None, &it.body);
                graph.mentions(code, named.into_iter());
            }
            for (place, function) in draft.functions.iter().enumerate() {
                let id = FunctionId { draft: at, at: place as u32 };
                // That it names itself says of nobody that he calls it.
                let own = graph.name(word(&function.name)).map(Target::Name);
                let named = namer.within(&graph, at, Some(id), &function.flow);
                graph.mentions(namer.code(id), named.into_iter().filter(|it| Some(it.0) != own));
            }
        }
        let managed = plain.iter().any(|it| it.manages) || names.drafts.iter().any(|it| it.path.ends_with("manage.py"));
        // One of a family may be found by what the family shares, or by its name in a table, and made without being named.
        let families = namer.families();
        let alone = |class: ClassId| is_plain_class(names, class) && !families.contains(&class);
        let mut uncalled: HashSet<FunctionId> = HashSet::default();
        for id in names.all_functions() {
            let (draft, function, code) = (names.draft(id.draft), names.function(id), namer.code(id));
            let task = is_task(names, id, function);
            let of_staff = staff::is_function(function)
                || function.owner.is_some_and(|at| staff.contains(&ClassId { draft: id.draft, at }));
            let own = match draft.place {
                Place::Template => {
                    graph.render(code);
                    continue;
                }
                Place::Package => continue,
                _ if task => Some(Who::Tasks),
                Place::Command => Some(Who::Commands),
                Place::Admin => Some(Who::Admin),
                Place::Any if is_of_program(names, id, function) || is_for_fixtures(names, id, function) => {
                    Some(Who::Commands)
                }
                Place::Any if starts(names, id, function) => Some(Who::Start),
                Place::Any => of_staff.then_some(Who::Admin),
            };
            let Some(name) = graph.name(word(&function.name)) else { continue };
            let free = function.owner.is_none();
            // In a project, nobody runs what only tests name, or nothing does.
            let unread = function.owner.is_some_and(|at| is_unread(names, ClassId { draft: id.draft, at }, function))
                && graph.is_nowhere(code, name);
            let named =
                graph.is_named(code, name, task, free) || managed && (free || unread || graph.names[name].tested);
            // What Python itself calls, it calls on instances.
            let of_form = || {
                let class = function.owner.map(|at| ClassId { draft: id.draft, at });
                class.is_some_and(|it| is_form(names, it) && alone(it))
            };
            let own = own.or_else(|| (function.name.starts_with("__") || of_form()).then_some(Who::Requests));
            if own.is_none() && !(named && is_called_by_code_only(names, id, function)) {
                continue;
            }
            // What traitlets itself calls to start a program has the names of much else.
            let starts = STARTS.contains(&&*function.name) && is_of_program(names, id, function);
            let of_staff = own == Some(Who::Admin);
            let by_name = draft.place == Place::Any && !starts && !of_staff;
            let rises = !starts && !of_staff;
            graph.set(code, name, own, Known { task, by_name, rises, free });
            if own.is_none() && !graph.names[name].tested {
                uncalled.insert(id);
            }
            let class = function.owner.map(|at| ClassId { draft: id.draft, at });
            if let Some(class) = class.filter(|class| own.is_none_or(|own| own == Who::Requests) && alone(*class)) {
                graph.hold(code, graph.name(word(&names.class(class).name)), managed && !may_be_found(names, class));
            }
        }
        for (code, file, body) in plains.iter().copied().filter(|it| !it.2.name.is_empty()) {
            let place = plain[file].place;
            let task = body.decorators.iter().any(|it| is_task_decorator(it)) || is_method_of(body, "Task");
            let own = match place {
                _ if task => Some(Who::Tasks),
                Some(Place::Command) => Some(Who::Commands),
                _ if is_method_of(body, "BaseCommand") => Some(Who::Commands),
                _ if is_lifespan(&body.name, &body.decorators) => Some(Who::Start),
                _ => None,
            };
            let Some(name) = graph.name(word(&body.name)) else { continue };
            let no_bases = body.bases.as_ref().is_none_or(|bases| bases.iter().all(|base| &**base == "object"));
            let code_only = no_bases && !body.name.starts_with("__") && body.decorators.iter().all(|it| is_plain(it));
            let free = body.bases.is_none();
            if own.is_some() || graph.is_named(code, name, task, free) && code_only {
                graph.set(code, name, own, Known { task, by_name: place != Some(Place::Command), rises: true, free });
            }
        }
        graph.spread();
        uncalled.retain(|id| !graph.code[namer.code(*id)].found);
        let aside = names.all_functions().map(|id| (id, graph.code[namer.code(id)].who));
        Self {
            uncalled,
            aside: aside.filter(|(_, who)| *who != Who::Requests).collect(),
            staff,
            places: names.drafts.iter().map(|it| it.place).collect(),
        }
    }

    fn of(&self, unit: Unit) -> Reach {
        let who = match (unit, self.places.get(unit.draft() as usize)) {
            (Unit::Function(id), _) => self.aside.get(&id).copied(),
            (_, Some(Place::Command)) => Some(Who::Commands),
            (_, Some(Place::Admin)) => Some(Who::Admin),
            (Unit::Class(class), _) if self.staff.contains(&class) => Some(Who::Admin),
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

/// What a module says that it hands on, which is not called for that.
fn listed(draft: &OrmDraft) -> Vec<Word> {
    let list = draft.globals.iter().find(|(name, _)| &**name == "__all__").map(|(_, list)| *list);
    match list.map(|list| &draft.top.node(list).kind) {
        Some(NodeKind::List(texts)) => texts.iter().filter_map(|text| draft.top.text(*text)).map(word).collect(),
        _ => Vec::new(),
    }
}

/// How much it matters who waits.
pub(super) fn rank(reach: Reach) -> u8 {
    match reach {
        Reach::Commands | Reach::Scheduled => 0,
        Reach::Tasks => 1,
        Reach::Admin => 2,
        Reach::Requests => 3,
    }
}

fn last(name: &str) -> &str {
    last_of(name)
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

/// What Django itself calls on models and managers, and what every template may.
const HOOKS: &[&str] = &[
    "save",
    "delete",
    "from_db",
    "clean",
    "full_clean",
    "clean_fields",
    "validate_unique",
    "validate_constraints",
    "refresh_from_db",
    "get_absolute_url",
    "natural_key",
    "get_queryset",
    "get_by_natural_key",
    "get_username",
    "get_full_name",
    "get_short_name",
    "get_session_auth_hash",
    "check_password",
    "is_active",
    "is_staff",
    "is_superuser",
    "is_anonymous",
    "is_authenticated",
    "has_perm",
    "has_perms",
    "has_module_perms",
];
/// Packages whose bases of models call nothing else of what derives from them.
const MODELS: &[&str] = &[
    "django.db.models",
    "django.contrib.auth",
    "django.contrib.gis.db",
    "model_utils",
    "django_extensions",
    "typedmodels",
    "polymorphic",
    "dirtyfields",
    "mptt",
    "treebeard",
];

/// Whether a function runs only where code of the repository calls it: no framework knows it.
fn is_called_by_code_only(names: &Names<'_>, id: FunctionId, function: &FunctionDraft) -> bool {
    let property = |it: &str| function.owner.is_some() && matches!(last(it), "property" | "cached_property");
    if function.name.starts_with("__") || !function.decorators.iter().all(|it| is_plain(it) || property(it)) {
        return false;
    }
    let Some(owner) = function.owner else { return true };
    let class = ClassId { draft: id.draft, at: owner };
    // A method that a template or a serializer calls is named by it.
    let package = |base: &str| MODELS.iter().any(|it| base.strip_prefix(it).is_some_and(|rest| rest.starts_with('.')));
    let of_model = |base: &Rc<str>| package(base) || is_plain_base(base);
    names.lineage(class).external.iter().all(of_model) && !HOOKS.contains(&&*function.name)
}

/// Whether a method is of a model, and is called by its own name or not at all: what has a name of parts may be called by one
/// that is put together.
fn is_unread(names: &Names<'_>, class: ClassId, function: &FunctionDraft) -> bool {
    let of_model = names.lineage(class).external.iter().any(|base| base.starts_with("django.db.models"));
    of_model && !function.name.trim_matches('_').contains('_')
}

/// Whether a class has its methods from the repository alone, so that they are called on its instances only; or is a form,
/// whose methods its instances call.
fn is_plain_class(names: &Names<'_>, class: ClassId) -> bool {
    names.lineage(class).external.iter().all(|base| is_plain_base(base)) || is_form(names, class)
}

/// Whether a class that no code names may be found by a path: settings and tables of other kinds name backends and
/// plugins.
fn may_be_found(names: &Names<'_>, class: ClassId) -> bool {
    const FOUND: &[&str] = &["Backend", "Middleware", "Router", "Storage", "Handler", "Plugin", "Validator", "Loader"];
    let takes_request =
        |it: &FunctionDraft| it.owner == Some(class.at) && it.params.iter().any(|param| &*param.name == "request");
    is_form(names, class)
        || FOUND.iter().any(|end| names.class(class).name.ends_with(end))
        || names.draft(class.draft).functions.iter().any(takes_request)
}

/// Whether a class is a form of Django's, which runs where a view makes one.
fn is_form(names: &Names<'_>, class: ClassId) -> bool {
    let external = &names.lineage(class).external;
    external.iter().any(|base| base.starts_with("django.forms"))
        && external.iter().all(|base| base.starts_with("django.forms"))
}

/// Whether a base outside the repository calls nothing of what derives from it.
fn is_plain_base(base: &str) -> bool {
    matches!(base, "object" | "abc.ABC" | "typing.Generic" | "typing.Protocol")
}

/// Whether a function finds rows for `loaddata`. By that of a user's manager, requests sign in.
fn is_for_fixtures(names: &Names<'_>, id: FunctionId, function: &FunctionDraft) -> bool {
    let Some(class) = function.owner.map(|at| ClassId { draft: id.draft, at }) else { return false };
    let of_users = || ["BaseUserManager", "UserManager"].iter().any(|base| names.derives_external(class, base));
    &*function.name == "get_by_natural_key" && !of_users()
}
