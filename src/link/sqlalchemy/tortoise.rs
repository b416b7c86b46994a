//! Tortoise's connections: of a URL, or of a dict that names several.

use super::given::{Given, from_parts};
use crate::facts::python::CallSite;
use crate::link::values::{self, Evaluator, ModuleId, PyValue};
use crate::stack::Fact;

/// What each connection is made of, with its name.
pub(super) fn connections(
    evaluator: &Evaluator<'_>,
    module: ModuleId,
    site: &CallSite,
) -> Vec<(Option<Box<str>>, Given)> {
    let argument = |name: &str| Given::Call.keyword(evaluator, module, site, name);
    let url = argument("db_url");
    if !url.is_absent() {
        return vec![(Some("default".into()), Given::Options(url, Vec::new()))];
    }
    let config = match argument("config") {
        Fact::Absent if site.name.ends_with(".init") => Given::Call.at(evaluator, module, site, 0),
        Fact::Absent => Given::Call.at(evaluator, module, site, 1),
        config => config,
    };
    let named = values::entry(config.clone(), "connections");
    let names = values::keys(&named);
    if names.is_empty() {
        let why = Fact::unknown("its connections are worked out when the program runs");
        return vec![(Some("default".into()), Given::Options(why.clone(), vec![why]))];
    }
    let of = |name: Box<str>| {
        let entry = values::entry(named.clone(), &name);
        let given = match entry.known() {
            Some(PyValue::Dict(_)) => {
                let credentials = values::entry(entry.clone(), "credentials");
                let engine = values::text(values::entry(entry, "engine"));
                let scheme = match engine.known() {
                    Some(engine) if engine.ends_with("mysql") => "mysql",
                    Some(engine) if engine.ends_with("sqlite") => "sqlite",
                    _ => "postgresql",
                };
                let part = |names: &[&str]| {
                    let all = names.iter().map(|name| values::entry(credentials.clone(), name));
                    all.into_iter().find(|it| !it.is_absent()).unwrap_or(Fact::Absent)
                };
                Given::Options(from_parts(scheme, part), vec![credentials.clone()])
            }
            _ => Given::Options(entry, Vec::new()),
        };
        (Some(name), given)
    };
    names.into_iter().map(of).collect()
}
