//! A process with its code: the module it starts from, what that loads, and the settings it uses.

use std::collections::BTreeSet;

use crate::facts::python::{EventKind, Module, is_aside};
use crate::link::plan::Running;
use crate::link::roles::{self, Role};
use crate::link::values::{Code, Evaluator, ModuleId};
use crate::source::Span;
use crate::stack::vocabulary::{Framework, Mode, Process, Program};
use crate::stack::{Id, Stack, Why};

use super::{Place, locate};

/// A process with its code.
pub(crate) struct Seat<'a> {
    /// The process.
    pub(crate) process: Id<Process>,
    /// Its service.
    pub(crate) place: &'a Place<'a>,
    /// Evaluates in its environment, with its settings.
    pub(crate) evaluator: Evaluator<'a>,
    /// The module it starts from, and the attribute that its command names.
    pub(crate) app: Option<(ModuleId, Option<Box<str>>)>,
    /// Django's settings module, or why it is not known.
    pub(crate) settings: Result<ModuleId, Why>,
    /// Where it is said which one that is, if a file says it.
    pub(crate) settings_said: Option<Span>,
    /// The modules that it loads.
    pub(crate) loaded: BTreeSet<ModuleId>,
}

/// The seats of a stack's processes, in their order.
pub(super) fn seats<'a>(stack: &Stack, code: &'a Code, places: &'a [Place<'a>]) -> Vec<Seat<'a>> {
    let mut seats = Vec::new();
    for (at, process) in stack.processes.iter().enumerate() {
        let Some(place) = places.iter().find(|it| Some(it.service) == process.service) else { continue };
        let running = place.running.iter().find(|it| Some(it.span) == process.about.span);
        seats.push(seat(stack, code, place, Id::new(at), running));
    }
    seats
}

fn seat<'a>(
    stack: &Stack,
    code: &'a Code,
    place: &'a Place<'a>,
    process: Id<Process>,
    running: Option<&Running>,
) -> Seat<'a> {
    let program = stack[process].program.known().copied();
    let words: Vec<&str> =
        running.map(|it| it.argv.iter().map(|it| it.text.known().map_or("", |it| it)).collect()).unwrap_or_default();
    let is_celery = matches!(program, Some(Program::CeleryWorker | Program::CeleryBeat));
    let named = stack[process].application.known().map(|it| &**it);
    let name = named.or_else(|| words.iter().copied().find(|word| word.ends_with("manage.py")));
    let app = name.and_then(|name| match is_celery {
        true => locate::celery(code, place, name),
        false => locate::application(code, place, name),
    });
    let named = settings_module(code, place, running, &words, app.as_ref().map(|it| it.0));
    let settings_said = named.as_ref().ok().and_then(|it| it.1);
    let settings = named.map(|it| it.0);
    let found = settings.as_ref().ok().copied();
    let is_django = stack[process].framework.known() == Some(&Framework::Django) || (found.is_some() && is_celery);
    let loaded = loaded(code, place, app.as_ref().map(|it| it.0), found.filter(|_| is_django), is_celery);
    Seat {
        process,
        place,
        evaluator: locate::evaluator(code, place.plan, found).with_packages(place.versions),
        app,
        settings,
        settings_said,
        loaded,
    }
}

impl Seat<'_> {
    /// Whether it runs Django's code: by its framework, or as a worker of Celery that uses Django's settings.
    pub(crate) fn is_django(&self, stack: &Stack) -> bool {
        let process = &stack[self.process];
        match process.framework.known() {
            Some(framework) => *framework == Framework::Django,
            None => {
                self.settings.is_ok()
                    && matches!(
                        process.program.known(),
                        Some(Program::CeleryWorker | Program::CeleryBeat | Program::Runserver)
                    )
            }
        }
    }

    /// Whether it answers requests, and does not work on tasks or one thing alone.
    pub(crate) fn serves(&self, stack: &Stack) -> bool {
        let process = &stack[self.process];
        !process.program.known().is_some_and(|it| it.is_worker()) && process.mode.known() != Some(&Mode::Single)
    }

    /// Whether it only schedules tasks.
    pub(crate) fn is_beat(&self, stack: &Stack) -> bool {
        stack[self.process].program.known() == Some(&Program::CeleryBeat)
    }

    /// The service's name.
    pub(crate) fn service(&self) -> &str {
        &self.place.plan.name.value
    }
}

/// The value of an option of a command.
fn option(words: &[&str], names: &[&str]) -> Option<Box<str>> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if names.contains(word) {
            return words.next().map(|it| (*it).into());
        }
        let joined = names.iter().find_map(|name| word.strip_prefix(name)?.strip_prefix('='));
        if let Some(value) = joined {
            return Some(value.into());
        }
    }
    None
}

/// Which settings module Django is given, and where that is said: by the command, the environment, what the application's module sets when
/// nothing else does; else the only one there is.
pub(super) fn settings_module(
    code: &Code,
    place: &Place<'_>,
    running: Option<&Running>,
    words: &[&str],
    app: Option<ModuleId>,
) -> Result<(ModuleId, Option<Span>), Why> {
    const NAME: &str = "DJANGO_SETTINGS_MODULE";
    let resolve = |name: &str| {
        locate::module(code, place, name).ok_or_else(|| Why::new(format!("the settings module `{name}` is not there")))
    };
    if let Some(name) = option(words, &["--settings"]) {
        return Ok((resolve(&name)?, running.map(|it| it.span)));
    }
    let assigned = running.and_then(|it| it.assignments.iter().rev().find(|it| &*it.0 == NAME));
    if let Some(name) = assigned.and_then(|it| it.1.text.known()) {
        return Ok((resolve(name)?, running.map(|it| it.span)));
    }
    if let Some(variable) = place.plan.environment.iter().find(|it| &*it.name == NAME) {
        return match variable.value.known() {
            Some(name) => Ok((resolve(name)?, Some(variable.span))),
            None => Err(Why::at(format!("which settings are used is set by {NAME}"), variable.span)),
        };
    }
    let said = app.and_then(|app| code.module(app)).and_then(|it| it.settings_modules.first());
    let Some(name) = said else { return Ok((only_settings(code, place)?, None)) };
    let module = resolve(&name.value)?;
    if is_for_development(&name.value) && has_others(code, module) {
        let why = format!("`{}` is only the default, and others are beside it: {NAME} says which is used", name.value);
        return Err(Why::at(why, name.span));
    }
    Ok((module, Some(name.span)))
}

/// Whether a settings module is one for a developer's machine, by its name. As the default of `wsgi.py` or `celery.py`
/// it says nothing of a deployment, which names another in its environment.
fn is_for_development(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.split('_').any(|word| matches!(roles::of_word(word), Some(Role::Development | Role::Test)))
}

/// Whether another settings module that is not for development lies in the folder of this one.
fn has_others(code: &Code, of: ModuleId) -> bool {
    let parts = |id: ModuleId| code.module(id).and_then(|it| it.path.strip_suffix(".py")?.rsplit_once('/'));
    let Some((folder, own)) = parts(of) else { return false };
    code.iter()
        .filter_map(|(id, _)| parts(id))
        .any(|(beside, name)| beside == folder && name != own && (name.contains("prod") || name.contains("staging")))
}

/// The only module of settings that no other one builds on.
fn only_settings(code: &Code, place: &Place<'_>) -> Result<ModuleId, Why> {
    let folder = locate::context(place.plan);
    let is_settings = |id: ModuleId| {
        code.module(id).is_some_and(|module| {
            below(&module.path, folder)
                && module.events.iter().any(|event| match &event.kind {
                    EventKind::Set { path, .. } => matches!(&*path.root, "INSTALLED_APPS" | "DATABASES"),
                    _ => false,
                })
        })
    };
    let all: Vec<ModuleId> = code.iter().map(|it| it.0).filter(|id| is_settings(*id)).collect();
    match all.as_slice() {
        [only] => match builds_on(code, *only) {
            Some(other) => Err(Why::new(format!("`{other}` builds on the settings, and nothing says which are used"))),
            None => Ok(*only),
        },
        [] => Err(Why::new("no settings module is in these files")),
        _ => Err(Why::new("several settings modules are there, and nothing says which is used")),
    }
}

/// Another module that takes all of this one in, as `production.py` does of `base.py`; those for tests aside.
fn builds_on(code: &Code, base: ModuleId) -> Option<&str> {
    let of_tests = |path: &str| path.split(['/', '_', '.']).any(|it| matches!(it, "test" | "tests" | "testing" | "ci"));
    let takes_in = |module: &Module| {
        let folder = module.path.rsplit_once('/').map_or("", |it| it.0);
        module.events.iter().any(|event| match &event.kind {
            EventKind::Star { module: from } => code.resolve(folder, from) == Some(base),
            _ => false,
        })
    };
    let other = |(id, module): &(ModuleId, &Module)| *id != base && !of_tests(&module.path) && takes_in(module);
    code.iter().find(other).map(|it| &*it.1.path)
}

fn below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The modules that a process loads. Django and Celery load by name what no import shows: with them it is all of the
/// project, or all that has tasks.
fn loaded(
    code: &Code,
    place: &Place<'_>,
    app: Option<ModuleId>,
    settings: Option<ModuleId>,
    is_celery: bool,
) -> BTreeSet<ModuleId> {
    let mut loaded = BTreeSet::new();
    for start in app.into_iter().chain(settings) {
        loaded.extend(code.reached(start));
    }
    let folder = locate::context(place.plan);
    let own = || code.iter().filter(|(_, module)| below(&module.path, folder) && !is_aside(&module.path));
    if is_celery && settings.is_none() {
        let has_tasks = own().filter(|(_, module)| {
            module.calls.iter().any(|site| matches!(site.name.rsplit('.').next(), Some("task" | "shared_task")))
        });
        for (id, _) in has_tasks {
            loaded.extend(code.reached(id));
        }
    } else if settings.is_some() || app.is_none() {
        let is_other_settings = |id: ModuleId| {
            settings.is_some()
                && code.module(id).is_some_and(|module| module.path.contains("settings"))
                && !loaded.contains(&id)
        };
        let more: Vec<ModuleId> = own().map(|it| it.0).filter(|id| !is_other_settings(*id)).collect();
        loaded.extend(more);
    }
    loaded
}
