//! Profiles: services that are started only when someone asks for one of theirs.

use crate::source::{Sources, Span};
use crate::stack::Why;

use super::super::plan::LeftOut;
use super::super::roles::{self, Role};
use super::layers::{Layer, Layers};
use super::project::Project;
use super::reach::Users;

/// The profiles of a service.
pub(super) fn of(service: &Layers<'_>) -> Vec<Box<str>> {
    let mut found: Vec<Box<str>> = Vec::new();
    for name in service.get("profiles").items().into_iter().filter_map(Layer::text) {
        if !found.contains(&name.value) {
            found.push(name.value);
        }
    }
    found
}

/// Whether a service with these profiles is started when those are asked for. One without any always is.
fn is_started(own: &[Box<str>], asked: &[Box<str>]) -> bool {
    own.is_empty() || own.iter().any(|name| asked.contains(name)) || asked.iter().any(|name| &**name == "*")
}

/// What the names of profiles say of a role, and the word that says it.
pub(super) fn role(names: &[Box<str>]) -> Option<(Role, String)> {
    names.iter().find_map(|name| roles::of_words(name))
}

/// The profiles of each service, with the place that the first is written at.
pub(super) fn all(project: &Project<'_>, sources: &Sources) -> Vec<(Vec<Box<str>>, Option<Span>)> {
    let users = Users::default();
    let each = project.services.iter().map(|said| {
        let layers = project.layers(&said.words, sources, &users);
        let place = layers.get("profiles").items().first().map(|item| item.node.content_span());
        (of(&layers), place)
    });
    each.collect()
}

/// Takes the services out that are not started when these profiles are asked for.
pub(super) fn leave_out(project: &mut Project<'_>, asked: &[Box<str>], sources: &Sources) -> Vec<LeftOut> {
    let all = all(project, sources);
    let mut left_out = Vec::new();
    let mut each = all.into_iter();
    let mut services = std::mem::take(&mut project.services);
    services.retain(|said| {
        let (own, place) = each.next().unwrap_or_default();
        let started = is_started(&own, asked);
        if !started {
            let names: Vec<String> = own.iter().map(|name| format!("`{name}`")).collect();
            let profiles = if own.len() == 1 { "profile" } else { "profiles" };
            let reason = format!("is started only with the {profiles} {}", names.join(" or "));
            left_out
                .push(LeftOut { name: said.name.clone(), because: Why::at(reason, place.unwrap_or(said.name.span)) });
        }
        started
    });
    project.services = services;
    left_out
}
