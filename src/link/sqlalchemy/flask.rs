//! Flask-SQLAlchemy: its engines are made of the application's configuration, which code puts together in several ways.

use std::collections::BTreeSet;

use super::given::Given;
use crate::facts::python::{CallSite, Event, EventKind, Step};
use crate::link::values::{self, Evaluator, ModuleId, PyValue};
use crate::link::versions::Versions;
use crate::stack::{Fact, Truth, Why};

/// What each engine is made of, with its name: the one of `SQLALCHEMY_DATABASE_URI`, and one for each bind.
pub(super) fn engines(
    evaluator: &Evaluator<'_>,
    loaded: &BTreeSet<ModuleId>,
    versions: &Versions<'_>,
    module: ModuleId,
    site: &CallSite,
) -> Vec<(Option<Box<str>>, Given)> {
    let config = Config { evaluator, loaded };
    let own = Given::Call.keyword(evaluator, module, site, "engine_options");
    let own = if own.is_absent() { Fact::derived(values::empty_dict(), Vec::new()) } else { own };
    let url = match config.get("SQLALCHEMY_DATABASE_URI") {
        Fact::Absent => Fact::unknown("no `SQLALCHEMY_DATABASE_URI` is in these files"),
        url => url,
    };
    let options = match config.get("SQLALCHEMY_ENGINE_OPTIONS") {
        Fact::Absent => Fact::derived(values::empty_dict(), Vec::new()),
        options => options,
    };
    let options = vec![options, own.clone(), legacy(&config, versions)];
    let name = site.bound.clone().unwrap_or_else(|| "db".into());
    let mut all = vec![(Some(name.clone()), Given::Options(url, options))];
    let binds = config.get("SQLALCHEMY_BINDS");
    for key in values::keys(&binds) {
        let bind = values::entry(binds.clone(), &key);
        let bound = Some(format!("{name}[{key}]").into());
        let given = match bind.known() {
            Some(PyValue::Dict(_)) => Given::Options(values::entry(bind.clone(), "url"), vec![bind, own.clone()]),
            _ => Given::Options(bind, vec![own.clone()]),
        };
        all.push((bound, given));
    }
    all
}

/// `SQLALCHEMY_POOL_SIZE` and its kin, which Flask-SQLAlchemy 3 no longer reads.
fn legacy(config: &Config<'_, '_>, versions: &Versions<'_>) -> Fact<PyValue> {
    let names = [
        ("SQLALCHEMY_POOL_SIZE", "pool_size"),
        ("SQLALCHEMY_MAX_OVERFLOW", "max_overflow"),
        ("SQLALCHEMY_POOL_TIMEOUT", "pool_timeout"),
        ("SQLALCHEMY_POOL_RECYCLE", "pool_recycle"),
    ];
    let mut dict = values::Dict { entries: Vec::new(), open: None, made: values::Made::Statements };
    let heeded = versions.version("flask-sqlalchemy").known().map_or(Truth::Maybe, |it| it.less(&[3]));
    for (setting, name) in names {
        let value = config.get(setting);
        match (value.is_absent(), heeded) {
            (true, _) | (_, Truth::No) => {}
            (false, Truth::Yes) => dict.entries.push((name.into(), value)),
            (false, Truth::Maybe) => {
                let at = value.span().into_iter().collect();
                let reason =
                    format!("Flask-SQLAlchemy reads `{setting}` before 3.0 alone, and its version is not known");
                dict.entries.push((name.into(), Fact::Unknown(Why { reason: reason.into(), at, ..Why::default() })));
            }
        }
    }
    Fact::derived(PyValue::Dict(dict.into()), Vec::new())
}

/// The configuration of the application, wherever the loaded code puts it.
struct Config<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    loaded: &'e BTreeSet<ModuleId>,
}

impl Config<'_, '_> {
    /// A setting: what is assigned to it stands over what objects and mappings say.
    fn get(&self, name: &str) -> Fact<PyValue> {
        let mut said: Vec<Fact<PyValue>> = self.assigned(name);
        if said.is_empty() {
            said = self.taken(name);
        }
        let Some(first) = said.pop() else { return Fact::Absent };
        let same = |it: &Fact<PyValue>| it.known().is_some() && it.known() == first.known();
        if said.iter().all(same) { first } else { Fact::unknown(format!("several places say `{name}`")) }
    }

    /// `app.config["NAME"] = value`, in a module or a function.
    fn assigned(&self, name: &str) -> Vec<Fact<PyValue>> {
        let mut all = Vec::new();
        for &id in self.loaded {
            let Some(module) = self.evaluator.code().module(id) else { continue };
            let bodies = std::iter::once(("", &module.events))
                .chain(module.functions.iter().map(|it| (&*it.name.value, &it.events)));
            for (within, events) in bodies {
                for event in events.iter().filter(|it| sets(it, name)) {
                    if let EventKind::Set { value, .. } = &event.kind {
                        all.push(self.evaluator.expr_within(id, within, value));
                    }
                }
            }
        }
        all
    }

    /// `app.config.from_object(...)`, `from_mapping(...)`, `update(...)`.
    fn taken(&self, name: &str) -> Vec<Fact<PyValue>> {
        let mut all = Vec::new();
        for &id in self.loaded {
            let Some(module) = self.evaluator.code().module(id) else { continue };
            for site in &module.calls {
                let Some(way) = site.name.rsplit_once(".config.").map(|it| it.1) else { continue };
                let first = site.call.args.first().map(|it| self.evaluator.expr_within(id, &site.within, it));
                let value = match way {
                    "from_object" => first.map_or(Fact::Absent, |it| self.evaluator.object_setting(id, it, name)),
                    "from_mapping" | "update" => match Given::Call.keyword(self.evaluator, id, site, name) {
                        Fact::Absent => first.map_or(Fact::Absent, |it| values::entry(it, name)),
                        given => given,
                    },
                    "from_pyfile" | "from_envvar" | "from_prefixed_env" | "from_file" => {
                        Fact::Unknown(Why::at(format!("read by `{way}` when the program runs"), site.span))
                    }
                    _ => Fact::Absent,
                };
                all.extend((!value.is_absent()).then_some(value));
            }
        }
        // What is read at run time is told of only where nothing else says it.
        if all.iter().any(|it| it.known().is_some()) {
            all.retain(|it| !matches!(it, Fact::Unknown(why) if why.reason.starts_with("read by")));
        }
        all
    }
}

fn sets(event: &Event, name: &str) -> bool {
    match &event.kind {
        EventKind::Set { path, .. } => match path.steps.as_slice() {
            [.., Step::Key(config), Step::Key(key)] => &**config == "config" && **key == *name,
            _ => false,
        },
        _ => false,
    }
}
