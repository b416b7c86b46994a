//! Which of Django's settings modules a process uses.
//!
//! Files say it, or one is the only one there is. Where several are left that are not for development or tests, they are
//! asked all, and what they agree on is known.

use crate::facts::python::{EventKind, Module, is_aside};
use crate::link::plan::Running;
use crate::link::roles;
use crate::link::values::{Code, ModuleId};
use crate::source::Span;
use crate::stack::{Assumption, Condition, Fact, Origin, Sourced, Why};

use super::seat::below;
use super::{Place, locate};

/// More modules than this are not asked.
const MOST: usize = 4;
/// The variable that names the module.
const NAME: &str = "DJANGO_SETTINGS_MODULE";

/// The settings that a process uses, as far as files say.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    first: ModuleId,
    /// The others that may be used instead.
    others: Vec<ModuleId>,
    /// How it is known.
    how: How,
}

#[derive(Clone, Debug)]
enum How {
    /// A file says it here.
    Said(Span),
    /// There is no other.
    Only,
    /// The others are for development or tests, or what other settings build on, by their names.
    ByName(Option<Span>),
    /// The same, while a default names one for development: what a developer's machine has when the variable is not set.
    OverDefault(ModuleId, Span),
    /// Several are left.
    Open(Why),
}

impl Choice {
    /// The module, or the first of several.
    pub(crate) fn first(&self) -> ModuleId {
        self.first
    }

    /// The module, when it is one.
    pub(crate) fn only(&self) -> Option<ModuleId> {
        Some(self.first).filter(|_| self.others.is_empty())
    }

    /// Whether a name is all that tells which it is.
    pub(crate) fn is_by_name(&self) -> bool {
        matches!(self.how, How::ByName(_) | How::OverDefault(..))
    }

    /// All that may be used.
    pub(crate) fn modules(&self) -> impl Iterator<Item = ModuleId> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// The module's path.
    pub(crate) fn path(&self, code: &Code) -> Fact<Box<str>> {
        let paths: Vec<&str> = self.modules().filter_map(|id| code.module(id)).map(|it| &*it.path).collect();
        let first = paths.first().copied().unwrap_or_default();
        match &self.how {
            How::Said(span) => Fact::derived(first.into(), vec![*span]),
            How::Only => Fact::derived(first.into(), Vec::new()),
            How::ByName(at) => {
                let origin = Origin::Assumed(Assumption::of_name(*at));
                Fact::Known(Sourced { value: first.into(), origin, slots: Vec::new() })
            }
            How::OverDefault(default, span) => {
                let default = code.module(*default).map_or("", |it| &*it.path);
                let when = |text: String| Condition { text: text.into(), at: Some(*span) };
                let state = |path: &str| Sourced {
                    value: path.into(),
                    origin: Origin::Written(vec![*span]),
                    slots: Vec::new(),
                };
                Fact::OneOf(vec![
                    (
                        when(format!("{NAME} names what serves, as its name says; what is told here is of it")),
                        state(first),
                    ),
                    (when(format!("{NAME} is not set")), state(default)),
                ])
            }
            How::Open(why) => {
                let all = paths.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" and ");
                let reason = format!("{}: what is known here is what {all} say alike", why.reason);
                Fact::Unknown(Why { reason: reason.into(), ..why.clone() })
            }
        }
    }
}

/// Which settings Django is given: by the command, the environment, what the application's module sets when nothing
/// else does; else those there are.
pub(super) fn find(
    code: &Code,
    place: &Place<'_>,
    running: Option<&Running>,
    words: &[&str],
    app: Option<ModuleId>,
) -> Result<Choice, Why> {
    // What a developer starts does not use what is for production.
    let is_dev = words.contains(&"runserver") || words.contains(&"runserver_plus");
    named(code, place, running, words, app).and_then(|it| match it.how {
        How::Open(why) if is_dev => Err(why),
        How::OverDefault(default, at) if is_dev => {
            Ok(Choice { first: default, others: Vec::new(), how: How::Said(at) })
        }
        How::ByName(_) if is_dev => Err(Why::new("nothing says which settings are used")),
        _ => Ok(it),
    })
}

fn named(
    code: &Code,
    place: &Place<'_>,
    running: Option<&Running>,
    words: &[&str],
    app: Option<ModuleId>,
) -> Result<Choice, Why> {
    let Some(name) = said(code, place, running, words, app) else { return those_there_are(code, place) };
    let at = name.at;
    let Fact::Known(dotted) = &name.module else {
        let why = Why::at(format!("which settings are used is set by {NAME}"), at);
        return left(code, &candidates(code, locate::context(place.plan)), why);
    };
    let Some(module) = locate::module(code, place, &dotted.value) else {
        return Err(Why::new(format!("the settings module `{}` is not there", dotted.value)));
    };
    let found = Choice { first: module, others: Vec::new(), how: How::Said(at) };
    if !name.by_app {
        return Ok(found);
    }
    let beside = beside(code, found.first());
    if develops(code, found.first()) && !beside.is_empty() {
        let why =
            format!("`{}` is only the default, and others are beside it: {NAME} says which is used", dotted.value);
        let mut choice = left(code, &beside, Why::at(why, at))?;
        if let How::ByName(_) = choice.how {
            choice.how = How::OverDefault(found.first(), at);
        }
        return Ok(choice);
    }
    Ok(found)
}

/// The module that something names, whether or not it is in these files.
pub(crate) struct Said {
    /// Its dotted name.
    pub(crate) module: Fact<Box<str>>,
    /// Where it is named.
    pub(crate) at: Span,
    /// Whether the application's own module names it, for when nothing else does.
    by_app: bool,
}

/// Who names the module, the strongest first: the command, its environment, the container's, the application.
pub(super) fn said(
    code: &Code,
    place: &Place<'_>,
    running: Option<&Running>,
    words: &[&str],
    app: Option<ModuleId>,
) -> Option<Said> {
    let by_command = |name: Box<str>, at: Span| Said { module: Fact::derived(name, vec![at]), at, by_app: false };
    if let (Some(name), Some(running)) = (option(words, &["--settings"]).or_else(|| given_to_uwsgi(words)), running) {
        return Some(by_command(name, running.span));
    }
    let assigned = running.and_then(|it| Some((it, it.assignments.iter().rev().find(|it| &*it.0 == NAME)?)));
    if let Some((running, name)) = assigned.and_then(|(it, found)| Some((it, found.1.text.known()?))) {
        return Some(by_command(name.clone(), running.span));
    }
    if let Some(variable) = place.plan.environment.iter().find(|it| &*it.name == NAME) {
        return Some(Said { module: variable.value.clone(), at: variable.span, by_app: false });
    }
    let default = app.and_then(|app| code.module(app)).and_then(|it| it.settings_modules.first())?;
    Some(Said { module: Fact::derived(default.value.clone(), vec![default.span]), at: default.span, by_app: true })
}

/// `uwsgi --env DJANGO_SETTINGS_MODULE=shop.settings`
fn given_to_uwsgi(words: &[&str]) -> Option<Box<str>> {
    let runs_uwsgi = words.first()?.rsplit('/').next()?.starts_with("uwsgi");
    let given = words.windows(2).filter(|it| runs_uwsgi && it[0] == "--env").map(|it| it[1]);
    given.filter_map(|it| it.strip_prefix(NAME)?.strip_prefix('=')).next_back().map(Box::from)
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

/// Those that are left: one, by its name; several that nothing decides between; or none, for this reason.
fn left(code: &Code, modules: &[ModuleId], why: Why) -> Result<Choice, Why> {
    match modules {
        [only] if is_for_production(code, *only) => {
            Ok(Choice { first: *only, others: Vec::new(), how: How::ByName(why.at.first().copied()) })
        }
        [first, others @ ..] if !others.is_empty() && modules.len() <= MOST => {
            Ok(Choice { first: *first, others: others.to_vec(), how: How::Open(why) })
        }
        _ => Err(why),
    }
}

/// The only module of settings that no other one builds on; else those that are not for development or tests.
fn those_there_are(code: &Code, place: &Place<'_>) -> Result<Choice, Why> {
    let folder = locate::context(place.plan);
    let sets = |id: ModuleId| code.module(id).is_some_and(|module| below(&module.path, folder) && sets_up(module));
    let all: Vec<ModuleId> = code.iter().map(|it| it.0).filter(|id| sets(*id)).collect();
    let why = match all.as_slice() {
        [only] => match builds_on(code, *only) {
            Some(other) => Why::new(format!("`{other}` builds on the settings, and nothing says which are used")),
            None => return Ok(Choice { first: *only, others: Vec::new(), how: How::Only }),
        },
        [] => return Err(Why::new("no settings module is in these files")),
        _ => Why::new("several settings modules are there, and nothing says which is used"),
    };
    left(code, &candidates(code, folder), why)
}

/// Whether a module sets what every Django project sets.
fn sets_up(module: &Module) -> bool {
    module.events.iter().any(|event| match &event.kind {
        EventKind::Set { path, .. } => matches!(&*path.root, "INSTALLED_APPS" | "DATABASES"),
        _ => false,
    })
}

/// The modules that a module takes all names of.
fn taken_in(code: &Code, id: ModuleId) -> Vec<ModuleId> {
    let Some(module) = code.module(id) else { return Vec::new() };
    let folder = module.path.rsplit_once('/').map_or("", |it| it.0);
    let stars = module.events.iter().filter_map(|event| match &event.kind {
        EventKind::Star { module: from } => code.resolve(folder, from),
        _ => None,
    });
    stars.collect()
}

/// A module and all that it takes in, near and far.
fn whole(code: &Code, id: ModuleId) -> Vec<ModuleId> {
    let mut all = vec![id];
    let mut at = 0;
    while let Some(next) = all.get(at).copied() {
        let new: Vec<_> = taken_in(code, next).into_iter().filter(|it| !all.contains(it)).collect();
        all.extend(new);
        at += 1;
    }
    all
}

/// The modules of settings below a folder that are whole, and not for development or tests: nothing that they take in
/// is either, and no other of them takes them in.
fn candidates(code: &Code, folder: &str) -> Vec<ModuleId> {
    let settings = code.iter().filter(|(_, module)| below(&module.path, folder) && !is_aside(&module.path));
    let is_whole = |id: ModuleId| whole(code, id).iter().filter_map(|it| code.module(*it)).any(sets_up);
    let all: Vec<ModuleId> = settings.map(|it| it.0).filter(|id| is_whole(*id) && !develops(code, *id)).collect();
    // What tests and builds take in of production is still what production uses.
    let is_taken = |id: ModuleId, by: ModuleId| {
        taken_in(code, by).contains(&id) && !(is_for_production(code, id) && develops(code, by))
    };
    let is_base =
        |id: ModuleId| code.iter().any(|(by, module)| by != id && !is_aside(&module.path) && is_taken(id, by));
    all.iter().copied().filter(|id| !is_base(*id)).collect()
}

/// The candidates beside a settings module, when one of them is for production by its name.
fn beside(code: &Code, of: ModuleId) -> Vec<ModuleId> {
    let folder = |id: ModuleId| code.module(id).and_then(|it| Some(it.path.rsplit_once('/')?.0));
    let Some(own) = folder(of) else { return Vec::new() };
    let beside = |id: &ModuleId| *id != of && folder(*id) == Some(own);
    let all: Vec<ModuleId> = candidates(code, own).into_iter().filter(beside).collect();
    if all.iter().any(|id| is_for_production(code, *id)) { all } else { Vec::new() }
}

/// A module's path without its ending.
fn name(code: &Code, id: ModuleId) -> Option<&str> {
    code.module(id)?.path.strip_suffix(".py")
}

/// Whether a settings module is one for a developer's machine or for tests, by its name. As the default of `wsgi.py` or
/// `celery.py` it says nothing of a deployment, which names another in its environment.
pub(crate) fn is_for_development(name: &str) -> bool {
    let last = name.rsplit(['.', '/']).next().unwrap_or(name).to_ascii_lowercase();
    last.split('_').any(|word| {
        let role = roles::of_word(word);
        // Settings in which an image is built, and those of a builder that tests it.
        role.is_some_and(|role| !role.is_deployed()) || matches!(word, "build" | "travis") || word.starts_with("dev")
    })
}

/// Whether a settings module is one for development or tests, or takes one in.
fn develops(code: &Code, id: ModuleId) -> bool {
    whole(code, id).iter().filter_map(|it| name(code, *it)).any(is_for_development)
}

/// Whether a settings module is one to serve with, by its name.
fn is_for_production(code: &Code, id: ModuleId) -> bool {
    let last = name(code, id).and_then(|it| it.rsplit('/').next()).unwrap_or_default();
    last.split('_').any(|word| word.starts_with("prod") || matches!(word, "staging" | "live" | "deploy" | "heroku"))
}

/// Another module that takes all of this one in, as `production.py` does of `base.py`; those for tests aside.
fn builds_on(code: &Code, base: ModuleId) -> Option<&str> {
    let of_tests = |path: &str| path.split(['/', '_', '.']).any(|it| matches!(it, "test" | "tests" | "testing" | "ci"));
    let other = |(id, module): &(ModuleId, &Module)| {
        *id != base && !of_tests(&module.path) && taken_in(code, *id).contains(&base)
    };
    code.iter().find(other).map(|it| &*it.1.path)
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
