//! Settings as the real libraries read them: Django's, pydantic's, SQLAlchemy's engines, held against what is read of the
//! same files without running them.

use std::path::Path;
use std::sync::Arc;

use plimsoll::config::Assume;
use plimsoll::facts::{Drafts, Reading, read};
use plimsoll::link::plan::Variable;
use plimsoll::link::values::{Code, Environment, Evaluator, HOLE, PyValue};
use plimsoll::link::versions::Versions;
use plimsoll::source::{FileId, Sources, Span};
use plimsoll::stack::{Fact, Field, Kind, Value};
use serde_json::Value as Json;

/// A sample repository, and what is asked of it.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// The folder below `fixtures`.
    pub(crate) folder: &'static str,
    /// The folder in it that Python searches.
    pub(crate) code: &'static str,
    /// The module that real Python imports; `django` for Django's settings.
    pub(crate) asked: &'static str,
    /// The same module, as we know it.
    pub(crate) module: &'static str,
}

const fn django(folder: &'static str, code: &'static str, module: &'static str) -> Sample {
    Sample { folder, code, asked: "django", module }
}

const fn module(folder: &'static str, module: &'static str) -> Sample {
    Sample { folder, code: "", asked: module, module }
}

/// The sample repositories.
pub(crate) const SAMPLES: &[Sample] = &[
    django("wingman", "", "wingman.settings.production"),
    django("wingman-as-advised", "", "wingman.settings.production"),
    django("sound", "site", "harbour.settings.production"),
    django("deployments/python-configurations", "", "site_.settings"),
    django("deployments/python-decouple", "", "shop.settings"),
    django("deployments/python-environ", "", "config.settings"),
    django("deployments/python-environs", "", "shop.settings"),
    django("deployments/python-split-settings", "", "shop.settings"),
    django("deployments/python-star-imports", "", "shop.settings.production"),
    module("deployments/python-engine-factory", "app.db"),
    module("deployments/python-flask-sqlalchemy", "shop.wsgi"),
    module("deployments/python-pydantic-nested", "app.db"),
];

/// What the names come to that real Python printed, in our reading.
pub(crate) fn agrees(sample: Sample, folder: &Path, printed: &str) -> Result<(), String> {
    let real: Json = serde_json::from_str(printed).map_err(|error| error.to_string())?;
    let walked = plimsoll::source::walk(folder, &Default::default()).map_err(|error| error.to_string())?;
    let readings: Vec<Arc<Reading>> = walked.sources.iter().map(|file| Arc::new(read(file))).collect();
    let drafts = Drafts(&readings);
    let mut compared = Compared { root: real["folder"].as_str().unwrap_or_default().into(), ..Compared::default() };
    names(&walked.sources, &drafts, &real, sample, &mut compared)?;
    pools(&walked.sources, &drafts, &real, &mut compared)?;
    if compared.values == 0 {
        return Err("nothing was compared".into());
    }
    if compared.unknown.is_empty() { Ok(()) } else { Err(format!("not known: {:?}", compared.unknown)) }
}

#[derive(Default)]
struct Compared {
    root: Box<str>,
    values: usize,
    unknown: Vec<String>,
}

fn names(
    sources: &Sources,
    drafts: &Drafts<'_>,
    real: &Json,
    sample: Sample,
    compared: &mut Compared,
) -> Result<(), String> {
    let files = drafts.env().map(|(file, env)| (sources.file(file).path.clone(), env.clone()));
    let code = Code::new(drafts.python().map(|it| it.1.clone())).with_dotenv(files);
    let place = Span::at(FileId(0), 0);
    let variable = |(name, value): (&String, &Json)| Variable {
        name: name.as_str().into(),
        value: Fact::written(value.as_str().unwrap_or_default().into(), place),
        span: place,
    };
    let variables: Vec<Variable> = real["environment"].as_object().into_iter().flatten().map(variable).collect();
    let environment = Environment { variables: (&*variables).into(), complete: true, absent: &[] };
    let id = code.resolve(sample.code, sample.module).ok_or_else(|| format!("no module {}", sample.module))?;
    let asked: Vec<_> = drafts.requirements().map(|(file, it)| (sources.file(file), it)).collect();
    let versions = Versions::of("", asked);
    let evaluator = Evaluator::new(&code, environment, Some(id)).with_packages(&versions);
    for (name, value) in real["names"].as_object().into_iter().flatten() {
        let ours = evaluator.setting(id, &[name]);
        // What no file says is the library's own; what these say is ours to read.
        let ours_to_read = ["DATABASES", "CACHES", "DEBUG", "CHANNEL_LAYERS"].contains(&name.as_str());
        if ours.is_absent() && !ours_to_read && !name.starts_with("CELERY_") {
            continue;
        }
        compared.value(name, &ours, value)?;
    }
    Ok(())
}

impl Compared {
    fn value(&mut self, path: &str, ours: &Fact<PyValue>, real: &Json) -> Result<(), String> {
        if real == "<object>" {
            return Ok(());
        }
        self.values += 1;
        let differ = || Err(format!("{path}: read as {ours:?}, really {real}"));
        let value = match ours {
            Fact::Known(it) => &it.value,
            Fact::Absent => return differ(),
            _ => {
                self.unknown.push(path.to_owned());
                return Ok(());
            }
        };
        match (value, real) {
            (PyValue::None, Json::Null) => Ok(()),
            (PyValue::Bool(ours), Json::Bool(real)) if ours == real => Ok(()),
            (PyValue::Int(ours), real) if real.as_i64() == Some(*ours) => Ok(()),
            (PyValue::Float(ours), real) if real.as_f64() == Some(*ours) => Ok(()),
            (PyValue::Str(ours), Json::String(real)) => self.text(path, ours, real),
            (PyValue::List(ours), Json::Array(real)) if ours.len() == real.len() => {
                let mut pairs = ours.iter().zip(real).enumerate();
                pairs.try_for_each(|(at, (ours, real))| self.value(&format!("{path}[{at}]"), ours, real))
            }
            (PyValue::Dict(ours), Json::Object(real)) => {
                for (key, ours) in &ours.entries {
                    match (ours.known(), real.get(&**key)) {
                        (Some(PyValue::Missing), None) => {}
                        (_, Some(real)) => self.value(&format!("{path}.{key}"), ours, real)?,
                        (_, None) => return Err(format!("{path}.{key}: read as {ours:?}, really not there")),
                    }
                }
                // What we do not read must be no more than what is so anyway: secrets, and defaults.
                for (key, value) in real.iter().filter(|(key, _)| !ours.entries.iter().any(|it| *it.0 == **key)) {
                    let anyway = matches!(key.as_str(), "USER" | "PASSWORD")
                        || matches!(value, Json::Null | Json::Bool(false))
                        || value.as_i64() == Some(0)
                        || value.as_str() == Some("");
                    if !anyway && ours.open.is_none() {
                        return Err(format!("{path}.{key}: not read, really {value}"));
                    }
                }
                Ok(())
            }
            (PyValue::Outside(_) | PyValue::Object(_), _) => {
                self.unknown.push(path.to_owned());
                Ok(())
            }
            _ => differ(),
        }
    }

    /// Texts are the same, but for the root of the repository, and what nobody knows.
    fn text(&mut self, path: &str, ours: &str, real: &str) -> Result<(), String> {
        let whole = match ours.strip_prefix(HOLE) {
            Some(rest) if rest.starts_with('/') => format!("{}{}", self.root, rest.trim_end_matches('/')),
            Some("") => self.root.to_string(),
            _ => ours.to_owned(),
        };
        if whole.contains(HOLE) {
            self.unknown.push(path.to_owned());
            return Ok(());
        }
        if whole == real { Ok(()) } else { Err(format!("{path}: read as {whole:?}, really {real:?}")) }
    }
}

/// The pools of the first stack by their names, held against the engines.
fn pools(sources: &Sources, drafts: &Drafts<'_>, real: &Json, compared: &mut Compared) -> Result<(), String> {
    let orm = plimsoll::link::orm::OrmFacts::default();
    let linked = plimsoll::link::link(sources, drafts, &orm, &Assume::default());
    let stack = linked.stacks.first().ok_or("no stack")?;
    for (name, engine) in real["pools"].as_object().into_iter().flatten() {
        let last = |it: &str| it.rsplit('.').next().map(str::to_owned);
        let id = stack
            .all(Kind::Pool)
            .find(|id| last(&stack.about(*id).name) == last(name))
            .ok_or_else(|| format!("no pool {name} is read"))?;
        let pool = &stack.pools[id.at as usize];
        let number = |fact: &Fact<u64>| fact.known().map(|it| *it as i64);
        compared.values += 1;
        let class = match engine["class"].as_str().unwrap_or_default() {
            "NullPool" => "null",
            "StaticPool" | "SingletonThreadPool" => "static",
            _ => "queue",
        };
        if !matches!(stack.field(id, 0), Field::Fact(Fact::Known(it)) if it.value == Value::Word(class)) {
            return Err(format!("{name}: really {class}"));
        }
        for (what, ours, real) in
            [("size", &pool.size, &engine["size"]), ("max_overflow", &pool.max_overflow, &engine["max_overflow"])]
        {
            if number(ours) != real.as_i64() {
                return Err(format!("{name}: {what} is read as {ours:?}, really {real}"));
            }
        }
        // `scheme://user:***@host:port/name`
        let url = engine["url"].as_str().unwrap_or_default();
        let real = url.rsplit_once('@').map_or_else(|| url.split_once("://").map_or("", |it| it.1), |it| it.1);
        let real = if real.split('/').next().is_some_and(|it| it.contains(':')) {
            real.to_owned()
        } else {
            real.replacen('/', ":5432/", 1)
        };
        if pool.endpoint.known().map(|it| &**it) != Some(&*real) {
            return Err(format!("{name}: read to connect to {:?}, really {real}", pool.endpoint));
        }
    }
    Ok(())
}
