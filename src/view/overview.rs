//! What a deployment is made of, as the rows of a table; and the findings in the order in which to settle them.

use serde::Serialize;

use super::{Entity, RuleInfo, State, Tree, View};

/// A deployment at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Overview {
    /// What it is called.
    pub name: String,
    /// What runs in containers of its own.
    pub services: Vec<ServiceRow>,
    /// Databases, poolers, caches and proxies: what they are called, and what is known of them, in words.
    pub stores: Vec<StoreRow>,
}

/// A service at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ServiceRow {
    /// Its name.
    pub name: String,
    /// The image.
    pub image: String,
    /// How many containers.
    pub replicas: String,
    /// The CPUs of each.
    pub cpus: String,
    /// The memory of each.
    pub memory: String,
    /// What runs in it: `gunicorn, 3 worker processes, asgi django`.
    pub runs: String,
}

/// A store or proxy at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StoreRow {
    /// Its kind, as a noun.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What is known of it, in words.
    pub facts: Vec<String>,
}

/// What is assumed of the world, or taken from a branch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assumed {
    /// The key that says it.
    pub key: String,
    /// What it says of what: `service web: 4 CPUs`.
    pub text: String,
}

/// Findings that are settled together.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase<'a> {
    /// 1 for what is done first; none where the rules do not say.
    pub number: Option<u8>,
    /// Its rules, the worst first, each with its findings by their place in [`View::findings`].
    pub rules: Vec<(&'a str, Option<&'a RuleInfo>, Vec<usize>)>,
}

impl View {
    /// Each deployment at a glance; those of which nothing is known but code are left out.
    pub fn overviews(&self) -> Vec<Overview> {
        self.stacks.iter().map(overview).filter(|it| !it.services.is_empty() || !it.stores.is_empty()).collect()
    }

    /// The findings by phase, then by rule. Both keep the order of the findings, the worst first.
    pub fn phases(&self) -> Vec<Phase<'_>> {
        let mut phases: Vec<Phase<'_>> = Vec::new();
        for (at, finding) in self.findings.iter().enumerate() {
            let phase = match phases.iter_mut().position(|it| it.number == finding.phase) {
                Some(found) => &mut phases[found],
                None => {
                    phases.push(Phase { number: finding.phase, rules: Vec::new() });
                    let last = phases.len() - 1;
                    &mut phases[last]
                }
            };
            match phase.rules.iter_mut().find(|(name, ..)| *name == finding.rule) {
                Some((_, _, findings)) => findings.push(at),
                None => {
                    let info = self.info.iter().find(|info| info.name == finding.rule);
                    phase.rules.push((&finding.rule, info, vec![at]));
                }
            }
        }
        phases.sort_by_key(|it| it.number.unwrap_or(u8::MAX));
        phases
    }

    /// Everything that rests on the user's word, once.
    pub fn assumed(&self) -> Vec<Assumed> {
        let mut out: Vec<Assumed> = Vec::new();
        for entity in self.stacks.iter().flat_map(|stack| &stack.entities) {
            for state in entity.fields.iter().flat_map(|field| &field.states).filter(|it| it.origin == "assumed") {
                let key = state.because.clone().unwrap_or_default();
                let row = Assumed { key, text: format!("{} {}: {}", entity.kind, entity.name, state.text) };
                if !out.contains(&row) {
                    out.push(row);
                }
            }
        }
        out
    }
}

fn overview(tree: &Tree) -> Overview {
    let mut out = Overview { name: tree.name.clone(), ..Overview::default() };
    for entity in &tree.entities {
        if entity.kind == "service" {
            out.services.push(ServiceRow {
                name: entity.name.clone(),
                image: cell(entity, "image"),
                replicas: cell(entity, "replicas"),
                cpus: cell(entity, "cpus"),
                memory: cell(entity, "memory"),
                runs: runs(tree, entity),
            });
        } else if let Some((kind, fields)) = STORES.iter().find(|(kind, _)| *kind == entity.kind) {
            let facts = fields.iter().flat_map(|name| states(entity, name)).filter(|it| it.origin != "relation");
            out.stores.push(StoreRow {
                kind: kind.replace('_', " "),
                name: entity.name.clone(),
                facts: facts.filter(|it| it.value.is_some()).map(in_words).collect(),
            });
        }
    }
    out
}

/// The kinds of stores, and the fields that say what they are.
const STORES: &[(&str, &[&str])] = &[
    ("database", &["engine", "version", "max_connections"]),
    ("pooler", &["version", "pool_mode", "default_pool_size", "max_client_conn"]),
    ("redis", &["maxmemory", "policy", "maxclients"]),
    ("nginx", &["version", "worker_processes", "worker_connections"]),
];

fn states<'a>(entity: &'a Entity, field: &str) -> &'a [State] {
    entity.fields.iter().find(|it| it.name == field).map_or(&[], |it| &it.states)
}

/// A value for a table, with a word when it is a default or assumed.
fn cell(entity: &Entity, field: &str) -> String {
    let show = |state: &State| match state.origin.as_str() {
        "default" => format!("{} (default)", state.shown),
        "assumed" => format!("{} (assumed)", state.shown),
        _ => state.shown.clone(),
    };
    states(entity, field).iter().map(show).collect::<Vec<_>>().join(" or ")
}

fn in_words(state: &State) -> String {
    if state.origin == "default" { format!("{} (default)", state.text) } else { state.text.clone() }
}

/// A program's name, where it is one that is known here.
fn program(shown: &str) -> &str {
    if shown == "other" { "another program" } else { shown }
}

/// How a process serves, as people say it; nothing for one that does one thing after the other.
fn mode(word: &str) -> Option<&'static str> {
    Some(match word {
        "wsgi_sync" => "one request at a time",
        "wsgi_threads" => "threads",
        "wsgi_gevent" | "celery_gevent" => "greenlets",
        "asgi_django" => "Django under ASGI",
        "asgi_starlette" => "under ASGI",
        "celery_prefork" => "prefork",
        "celery_threads" => "threads",
        _ => return None,
    })
}

/// What runs in a service: its processes, each with its program, processes and mode.
fn runs(tree: &Tree, service: &Entity) -> String {
    let name = format!("service {}", service.name);
    let own = |it: &&Entity| it.kind == "process" && states(it, "service").iter().any(|state| state.text == name);
    let process = |it: &Entity| {
        let value = |field: &str| states(it, field).first().filter(|it| it.value.is_some());
        let word = |state: &State| state.value.as_ref().and_then(|it| it.as_str()).unwrap_or("").to_owned();
        let mut parts: Vec<String> = value("program").map(|it| program(&it.shown).to_owned()).into_iter().collect();
        match value("processes") {
            Some(state) => parts.push(in_words(state)),
            None if !states(it, "processes").is_empty() => parts.push("an unknown number of processes".to_owned()),
            None => {}
        }
        parts.extend(value("mode").map(word).and_then(|word| mode(&word)).map(str::to_owned));
        parts.join(", ")
    };
    let all: Vec<String> = tree.entities.iter().filter(own).map(process).filter(|text| !text.is_empty()).collect();
    all.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_known_is_called_another() {
        assert_eq!((program("gunicorn"), program("other")), ("gunicorn", "another program"));
    }
}
