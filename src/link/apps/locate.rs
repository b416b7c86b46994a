//! From the words of a command to the module that they load.

use crate::link::framework;
use crate::link::image::{join, repository_paths};
use crate::link::plan::{Running, ServicePlan};
use crate::link::server::own_folder;
use crate::link::values::{Code, Environment, Evaluator, ModuleId};
use crate::stack::Framework;

use super::Place;
use super::settings::Choice;

/// The folder in which a service's commands run, in the container.
fn workdir(place: &Place<'_>) -> String {
    let image = place.image.map_or("/", |image| &image.workdir);
    match (&place.plan.working_dir, place.image) {
        (Some(folder), _) => join(image, folder),
        (None, Some(_)) => image.to_owned(),
        (None, None) => {
            let own = place.plan.image.as_ref().and_then(|image| own_folder(&image.value));
            own.map_or_else(|| join("/", &place.plan.folder), str::to_owned)
        }
    }
}

/// The folder of the repository that a service is made from.
pub(super) fn context(plan: &ServicePlan) -> &str {
    plan.build.as_ref().map_or(&*plan.folder, |build| &*build.context).trim_matches('/')
}

/// The module that a dotted name means in a service.
pub(in crate::link) fn module(code: &Code, place: &Place<'_>, dotted: &str) -> Option<ModuleId> {
    let path = dotted.replace('.', "/");
    let there = workdir(place);
    let inside = ["", "src"].iter().find_map(|folder| at(code, place, &join(&join(&there, folder), &path)));
    inside.or_else(|| code.resolve(context(place.plan), dotted))
}

/// The module at an absolute path of a service's container, which is given without its ending.
pub(in crate::link) fn at(code: &Code, place: &Place<'_>, path: &str) -> Option<ModuleId> {
    let paths = repository_paths(path, place.plan, place.image);
    paths.iter().find_map(|path| code.resolve("", &format!(".{}", path.trim_matches('/').replace('/', "."))))
}

/// What the application that a command names (`app.main:app`) is written with.
pub(in crate::link) fn framework(code: &Code, place: &Place<'_>, app: &str) -> Option<Framework> {
    let named = application(code, place, app).and_then(|(module, _)| framework::of_module(code, module));
    named.or_else(|| framework::of(code, context(place.plan), app))
}

/// The module and the attribute that an application's name means: `app.main:create_app()`, `app/main.py`,
/// `app.celery_app.celery`.
pub(super) fn application(code: &Code, place: &Place<'_>, app: &str) -> Option<(ModuleId, Option<Box<str>>)> {
    let (name, attribute) = app.split_once(':').map_or((app, None), |(name, attribute)| (name, Some(attribute)));
    let attribute = attribute.map(|it| it.trim_end_matches("()").split('(').next().unwrap_or(it).into());
    let dotted = match name.strip_suffix(".py") {
        Some(path) => path.trim_start_matches("./").trim_matches('/').replace('/', "."),
        None => name.to_owned(),
    };
    if let Some(id) = module(code, place, &dotted) {
        return Some((id, attribute));
    }
    let (above, last) = dotted.rsplit_once('.')?;
    Some((module(code, place, above)?, Some(last.into())))
}

/// The module and attribute that `-A` of Celery means, which looks into the module `celery` of a package first.
pub(super) fn celery(code: &Code, place: &Place<'_>, app: &str) -> Option<(ModuleId, Option<Box<str>>)> {
    let inner = if app.contains(':') { None } else { module(code, place, &format!("{app}.celery")) };
    inner.map(|it| (it, None)).or_else(|| application(code, place, app))
}

/// An evaluator for what a command of a service sees; for what its only command does, where none is told.
pub(super) fn evaluator<'a>(
    code: &'a Code,
    place: &Place<'a>,
    running: Option<&Running>,
    settings: Option<&Choice>,
) -> Evaluator<'a> {
    let only = if let [only] = place.running { Some(only) } else { None };
    let environment = Environment::of(place.plan, running.or(only));
    Evaluator::new(code, environment, settings.into_iter().flat_map(Choice::modules))
}
