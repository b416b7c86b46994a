//! What the user says of the world, put where the files leave something open.

use crate::config::{Assume, Said};
use crate::stack::{Assumption, Fact, Origin, Sourced, Stack};

use super::plan::{ServicePlan, Variable};

/// Puts what is assumed into a stack. It stands above unknown values and defaults, and below what files say.
pub(super) fn apply(stack: &mut Stack, assume: &Assume) {
    for service in &mut stack.services {
        let Some(said) = assume.of(&service.about.name) else { continue };
        fill(&mut service.cpus, said.cpus.as_ref());
        fill(&mut service.memory, said.memory.as_ref());
        fill(&mut service.replicas, said.replicas.as_ref());
    }
    for process in &mut stack.processes {
        let Some(said) = process.about.owner.as_deref().and_then(|owner| assume.of(owner)) else { continue };
        fill(&mut process.cpus, said.cpus.as_ref());
        fill(&mut process.memory, said.memory.as_ref());
        fill(&mut process.replicas, said.replicas.as_ref());
    }
    for client in &mut stack.clients {
        let Some(said) = client.about.owner.as_deref().and_then(|owner| assume.of(owner)) else { continue };
        fill(&mut client.replicas, said.replicas.as_ref());
    }
    for database in &mut stack.databases {
        fill(&mut database.max_connections, assume.max_connections(&database.about.name));
        if let Some(said) = assume.max_connections(&database.about.name)
            && matches!(database.reserved_connections, Fact::Unknown(_))
        {
            let origin = Origin::Assumed(Assumption { key: said.key.clone(), at: None });
            database.reserved_connections = Fact::Known(Sourced { value: 3, origin, slots: Vec::new() });
        }
    }
}

/// The environment of a service with the variables that are assumed: those that no file sets, and those of which no file
/// says the value.
pub(super) fn environment(plan: &ServicePlan, mut own: Vec<Variable>, assume: &Assume) -> Vec<Variable> {
    for (name, said) in assume.env() {
        let origin = Origin::Assumed(Assumption { key: said.key.clone(), at: None });
        let value = Fact::Known(Sourced { value: said.value.clone(), origin, slots: Vec::new() });
        match own.iter_mut().find(|it| &*it.name == name) {
            Some(variable) if variable.value.known().is_some() => {}
            Some(variable) => variable.value = value,
            None => own.push(Variable { name: name.into(), value, span: plan.span }),
        }
    }
    own.sort_by(|a, b| a.name.cmp(&b.name));
    own
}

fn fill<T: Clone>(fact: &mut Fact<T>, said: Option<&Said<T>>) {
    let open = match fact {
        Fact::Known(sourced) => matches!(sourced.origin, Origin::Default(_)),
        _ => true,
    };
    if let Some(said) = said.filter(|_| open) {
        let slots = match fact {
            Fact::Known(sourced) => std::mem::take(&mut sourced.slots),
            _ => Vec::new(),
        };
        let origin = Origin::Assumed(Assumption { key: said.key.clone(), at: None });
        *fact = Fact::Known(Sourced { value: said.value.clone(), origin, slots });
    }
}
