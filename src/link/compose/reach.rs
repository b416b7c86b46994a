//! Whom a change reaches: what one file says of one service may be taken in by others, by an alias, a merge key, `extends`
//! or a variable.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Span;
use crate::syntax::yaml::{Node, Value};

use super::super::plan::ServicePlan;
use super::project::Project;
use super::{fill, service};

/// The services that each key and each item of a list is part of, by its place.
#[derive(Default)]
pub(super) struct Users(BTreeMap<Span, BTreeSet<Box<str>>>);

impl Users {
    pub(super) fn of(project: &Project<'_>) -> Self {
        let mut users = Self::default();
        for said in &project.services {
            said.words.iter().for_each(|word| users.add(word.node, &said.name.value));
        }
        users
    }

    fn add(&mut self, node: &Node, service: &str) {
        let mut mark = |span| {
            self.0.entry(span).or_default().insert(service.into());
        };
        match &node.value {
            Value::Scalar { .. } => {}
            Value::List { items, .. } => items.iter().for_each(|item| mark(item.span)),
            Value::Map { entries, .. } => entries.iter().for_each(|(key, _)| mark(key.span)),
        }
        node.items().iter().chain(node.entries().map(|(_, node)| node)).for_each(|node| self.add(node, service));
    }

    /// The services that have what stands in a collection itself, and so what will be put there; none when it is one.
    pub(super) fn of_content(&self, node: &Node) -> Vec<Box<str>> {
        let own = node.items().iter().map(|item| item.span).chain(node.entries().map(|(key, _)| key.span));
        let own = own.filter(|span| node.span.contains(*span)).filter_map(|span| self.0.get(&span));
        several(own.flatten().cloned().collect())
    }
}

fn several(services: BTreeSet<Box<str>>) -> Vec<Box<str>> {
    if services.len() > 1 { services.into_iter().collect() } else { Vec::new() }
}

/// Says of each slot whom it reaches: where a value stands, all who have that value; in a `.env`, all who use its
/// variable.
pub(super) fn say(plans: &mut [ServicePlan], project: &Project<'_>) {
    let mut users: BTreeMap<Span, BTreeSet<Box<str>>> = BTreeMap::new();
    for plan in plans.iter_mut() {
        let name = plan.name.value.clone();
        for slot in service::slots(plan) {
            users.entry(slot.span).or_default().insert(name.clone());
        }
    }
    for said in &project.services {
        for word in &said.words {
            let mut used = BTreeSet::new();
            references(word.node, &mut used);
            let env = project.envs.get(word.env);
            for at in used.into_iter().filter_map(|variable| env?.place(variable)) {
                users.entry(at).or_default().insert(said.name.value.clone());
            }
        }
    }
    for plan in plans.iter_mut() {
        for slot in service::slots(plan) {
            if let Some(users) = users.get(&slot.span) {
                let known = std::mem::take(&mut slot.reaches);
                slot.reaches = several(known.into_iter().chain(users.iter().cloned()).collect());
            }
        }
    }
}

/// The variables that a service's scalars use.
fn references<'a>(node: &'a Node, used: &mut BTreeSet<&'a str>) {
    match &node.value {
        Value::Scalar { text, .. } => used.extend(fill::references(text)),
        Value::List { items, .. } => items.iter().for_each(|item| references(item, used)),
        Value::Map { entries, .. } => entries.iter().for_each(|(_, item)| references(item, used)),
    }
}
