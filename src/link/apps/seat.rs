//! A process with its code: the module it starts from, what that loads, and the settings it uses.

use std::collections::BTreeSet;

use crate::facts::python::is_aside;
use crate::link::plan::Running;
use crate::link::values::{Code, Evaluator, ModuleId};
use crate::stack::vocabulary::{Framework, Mode, Process, Program};
use crate::stack::{Id, Stack, Why};

use super::settings::{self, Choice, Said};
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
    /// Django's settings, or why they are not known.
    pub(crate) settings: Result<Choice, Why>,
    /// The settings module that something names and that is not in these files.
    pub(crate) elsewhere: Option<Said>,
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
    let settings = settings::find(code, place, running, &words, app.as_ref().map(|it| it.0));
    let elsewhere = match settings {
        Ok(_) => None,
        Err(_) => settings::said(code, place, running, &words, app.as_ref().map(|it| it.0)),
    };
    let found = settings.as_ref().ok();
    let is_django = stack[process].framework.known() == Some(&Framework::Django) || (found.is_some() && is_celery);
    let used: Vec<ModuleId> = found.filter(|_| is_django).map_or_else(Vec::new, |it| it.modules().collect());
    let loaded = loaded(code, place, app.as_ref().map(|it| it.0), &used, is_celery);
    Seat {
        process,
        place,
        evaluator: locate::evaluator(code, place, running, found).with_packages(place.versions),
        app,
        settings,
        elsewhere: elsewhere.filter(|it| it.module.known().is_some()),
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

pub(super) fn below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// The modules that a process loads. Django and Celery load by name what no import shows: with them it is all of the
/// project, or all that has tasks.
fn loaded(
    code: &Code,
    place: &Place<'_>,
    app: Option<ModuleId>,
    settings: &[ModuleId],
    is_celery: bool,
) -> BTreeSet<ModuleId> {
    let mut loaded = BTreeSet::new();
    for start in app.into_iter().chain(settings.iter().copied()) {
        loaded.extend(code.reached(start));
    }
    let folder = locate::context(place.plan);
    // A server does not load the commands of `manage.py`, which does.
    let manages = app.is_none_or(|id| code.module(id).is_some_and(|it| it.path.ends_with("manage.py")));
    let is_loaded = |path: &str| !is_aside(path) && (manages || !path.contains("/management/commands/"));
    let own = || code.iter().filter(|(_, module)| below(&module.path, folder) && is_loaded(&module.path));
    if is_celery && settings.is_empty() {
        let has_tasks = own().filter(|(_, module)| {
            module.calls.iter().any(|site| matches!(site.name.rsplit('.').next(), Some("task" | "shared_task")))
        });
        for (id, _) in has_tasks {
            loaded.extend(code.reached(id));
        }
    } else if !settings.is_empty() || app.is_none() {
        let is_other_settings = |id: ModuleId| {
            !settings.is_empty()
                && code.module(id).is_some_and(|module| module.path.contains("settings"))
                && !loaded.contains(&id)
        };
        let more: Vec<ModuleId> = own().map(|it| it.0).filter(|id| !is_other_settings(*id)).collect();
        loaded.extend(more);
    }
    loaded
}
