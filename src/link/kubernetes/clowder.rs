//! The database that Clowder gives to an app.

use crate::facts::kubernetes::clowder;
use crate::link::plan::{Managed, Store};
use crate::source::Sources;
use crate::stack::vocabulary::{About, Database};
use crate::stack::{Anchor, Engine, Fact, Version};

use super::object::{Object, fact, path};

/// The PostgreSQL of an app, whose address Clowder tells when a container starts.
pub(super) fn database(sources: &Sources, object: &Object) -> Option<Managed> {
    if &*object.kind != clowder::DATABASE {
        return None;
    }
    let why = "set by the environment that Clowder runs in";
    let version = path(&object.node, &["version"]).map_or(Fact::Absent, fact);
    let database = Database {
        about: About {
            name: object.name.value.clone(),
            anchor: Anchor::new(
                sources.file(object.name.span.file).path.clone(),
                format!("{}.{}", object.kind, object.name.value),
            ),
            span: Some(object.name.span),
            owner: None,
            writers: Vec::new(),
        },
        engine: Fact::derived(Engine::Postgres, vec![object.name.span]),
        version: crate::link::stores::parsed(version, Version::of_series),
        max_connections: Fact::unknown(why),
        reserved_connections: Fact::unknown(why),
        shared_buffers: Fact::unknown(why),
        work_mem: Fact::unknown(why),
        memory: Fact::unknown(why),
        ..Database::default()
    };
    Some(Managed { hosts: Vec::new(), store: Store::Database(Box::new(database)) })
}
