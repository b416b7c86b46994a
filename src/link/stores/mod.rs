//! The servers that keep data: PostgreSQL, PgBouncer, Redis, as their images, command lines, environment and mounted
//! files make them.

mod dead;
mod mysql;
mod pgbouncer;
mod postgres;
mod redis;
mod written;

pub use self::pgbouncer::{add as add_pooler, pooled_host};
pub use self::postgres::{add as add_postgres, outside};
pub use redis::add as add_redis;

use crate::source::{SourceFile, Sources, Span};
use crate::stack::{About, Anchor, Fact, Service, Version};
use crate::syntax::image::ImageName;
use crate::syntax::lines::{self, Dialect, Setting};

use super::image::Image;
use super::plan::{Argument, Running, ServicePlan, Variable};

/// What is known of a service that runs a server: all that its settings can come from.
pub struct Server<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// The service's plan.
    pub plan: &'a ServicePlan,
    /// The image that it runs in the end: its own, or the last one that its Dockerfile starts from.
    pub image: &'a str,
    /// What it is built of.
    pub built: Option<&'a Image>,
    /// What runs in it.
    pub running: &'a [Running],
    /// The settings of a file of the repository that the container sees at this path.
    pub file_at: &'a dyn Fn(&str) -> Option<&'a [Setting]>,
    /// The files of the repository that the container sees in a folder at this path, by name.
    pub sources_in: &'a dyn Fn(&str) -> Vec<&'a SourceFile>,
}

impl<'a> Server<'a> {
    /// The image's name, taken apart.
    pub fn image_name(&self) -> ImageName<'a> {
        ImageName::parse(self.image)
    }

    /// All words of its commands, in order.
    fn words(&self) -> impl Iterator<Item = &'a Argument> {
        self.running.iter().flat_map(|command| &command.argv)
    }

    /// A variable of its environment.
    fn variable(&self, name: &str) -> Option<&'a Variable> {
        self.plan.environment.iter().find(|it| &*it.name == name)
    }

    /// The settings of a file that the container sees at this path, however the file is called.
    fn settings_at(&self, path: &str, dialect: Dialect) -> Option<Vec<Setting>> {
        if let Some(settings) = (self.file_at)(path) {
            return Some(settings.to_vec());
        }
        let paths = crate::link::image::repository_paths(path, self.plan, self.built);
        let file = paths.iter().find_map(|path| self.sources.by_path(path))?;
        Some(lines::parse(file, dialect))
    }

    /// The settings of each file of a folder whose name ends so, in the order of their names.
    fn files_in(&self, folder: &str, end: &str, dialect: Dialect) -> Vec<Vec<Setting>> {
        let files = (self.sources_in)(folder).into_iter().filter(|file| file.name().ends_with(end));
        files.map(|file| lines::parse(file, dialect)).collect()
    }

    /// Whether something that cannot be read is shown at a path of the container, or above it.
    fn hides(&self, path: &str) -> bool {
        let covers = |shown: &str| {
            path.strip_prefix(shown.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.plan.hidden.iter().any(|shown| covers(shown))
    }

    /// What every entity of this service has.
    fn about(&self) -> About {
        About {
            name: self.plan.name.value.clone(),
            anchor: self.plan.anchor.clone(),
            span: Some(self.plan.name.span),
            owner: Some(self.plan.name.value.clone()),
            writers: Vec::new(),
        }
    }

    /// The version that the image's tag names, unknown when it names none.
    fn version(&self) -> Fact<Version> {
        version(self.plan, self.image)
    }
}

/// The version that the tag of a service's image names, unknown when it names none.
pub(super) fn version(plan: &ServicePlan, image: &str) -> Fact<Version> {
    let span = plan.image.as_ref().map(|it| it.span);
    let tag = ImageName::parse(image).tag;
    match (tag.and_then(Version::of_series), span) {
        (Some(version), Some(span)) => Fact::derived(version, vec![span]),
        _ => Fact::unknown("the image names no version"),
    }
}

/// The value that a text of options gives one of them: `--max-connections=300 --x`.
fn flag(text: &str, name: &str) -> Option<Box<str>> {
    let mut words = text.split_whitespace().peekable();
    let mut found = None;
    while let Some(word) = words.next() {
        let Some(word) = word.strip_prefix("--") else { continue };
        match word.split_once('=') {
            Some((option, value)) if option.replace('-', "_") == name => found = Some(value.into()),
            None if word.replace('-', "_") == name => found = words.peek().map(|value| (*value).into()),
            _ => {}
        }
    }
    found
}

/// The part of a word after byte `from` of its text, as a fact with its place: `300` of `max_connections=300`.
fn rest_of(word: &Argument, from: usize) -> Option<Fact<Box<str>>> {
    let sourced = word.text.sourced()?;
    let text: Box<str> = sourced.value.get(from..)?.into();
    if word.span.len() == sourced.value.len() {
        let span = Span::new(word.span.file, word.span.start as usize + from, word.span.end as usize);
        return Some(Fact::written(text, span));
    }
    // The word's text is not what stands in the file, so its end cannot be replaced there.
    let mut fact = word.text.clone().map(|_| text.clone());
    if let Fact::Known(sourced) = &mut fact {
        sourced.slots.clear();
    }
    Some(fact)
}

/// A value that a setting of a file gives, as a fact.
fn setting<'a>(settings: &'a [Setting], section: &str, name: &str) -> Option<&'a Setting> {
    // Where a file says a thing twice, the last counts.
    settings.iter().rev().find(|it| &*it.section == section && &*it.name.value == name)
}

/// A text fact as whatever `read` makes of it; a text that it cannot read is unknown, with what stands there.
pub(super) fn parsed<T: Clone>(fact: Fact<Box<str>>, read: impl Fn(&str) -> Option<T>) -> Fact<T> {
    if let Fact::Known(sourced) = &fact
        && read(&sourced.value).is_none()
    {
        let reason = format!("`{}` could not be read as a value", sourced.value);
        return Fact::Unknown(crate::stack::Why::shown(reason, sourced.origin.span()));
    }
    match fact {
        Fact::OneOf(branches) => Fact::OneOf(
            branches
                .into_iter()
                .filter_map(|(when, it)| {
                    let value = read(&it.value)?;
                    Some((when, it.map(|_| value)))
                })
                .collect(),
        ),
        Fact::Known(it) => match read(&it.value) {
            Some(value) => Fact::Known(it.map(|_| value)),
            None => Fact::unknown("could not be read as a value"),
        },
        Fact::Unbounded(why) => Fact::Unbounded(why),
        Fact::Unknown(why) => Fact::Unknown(why),
        Fact::Absent => Fact::Absent,
    }
}

/// The anchor of a part of a service's anchor.
fn part(about: &About, name: &str) -> Anchor {
    Anchor::new(about.anchor.file.clone(), format!("{}.{name}", about.anchor.entity))
}

/// What a service shares with what runs in it.
fn memory_of(service: &Service) -> Fact<u64> {
    service.memory.clone()
}
