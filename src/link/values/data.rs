//! Files of settings that code loads by a path that it writes out: YAML, TOML, and what dynaconf makes of both.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::code::folder;
use super::lift::{self, at};
use super::outside::Given;
use super::{Dict, Evaluator, HOLE, Made, Object, PyValue};
use crate::facts::env::EnvFile;
use crate::facts::platform::of_toml;
use crate::facts::python::Module;
use crate::source::{SourceFile, Sources, Span};
use crate::stack::{Fact, Origin, Sourced, Why};
use crate::syntax::yaml::{Node, Style, Value};
use crate::syntax::{toml, yaml};

/// Modules of which one loads such files.
const LOADERS: &[&str] = &["dynaconf", "yaml", "ruamel", "toml", "tomli", "tomllib"];
/// The files that dynaconf looks for when it is told none (3.2, `default_settings.py`), the later over the earlier.
const USUAL: &[&str] =
    &["settings.yaml", "settings.yml", "settings.toml", ".secrets.yaml", ".secrets.yml", ".secrets.toml"];
/// Longer files are data, and no settings.
const LONGEST: usize = 1 << 16;

/// The files that modules may load, with what they say: those whose names stand in one that loads any.
pub(in crate::link) fn files<'m>(
    sources: &Sources,
    modules: impl Iterator<Item = &'m Arc<Module>>,
) -> BTreeMap<Box<str>, DataFile> {
    let loads =
        |module: &&Arc<Module>| module.imports.iter().any(|it| LOADERS.contains(&it.split('.').next().unwrap_or(it)));
    let texts: Vec<&str> = modules.filter(loads).map(|module| sources.file(module.file).text()).collect();
    if texts.is_empty() {
        return BTreeMap::new();
    }
    let by_dynaconf = texts.iter().any(|text| text.contains("dynaconf"));
    // Looked for once in each text: a repository may hold thousands of such files that no code names.
    let mut named: BTreeSet<&str> = texts.iter().flat_map(|text| names(text)).collect();
    named.extend(USUAL.iter().filter(|_| by_dynaconf));
    let is_named = |file: &&SourceFile| named.contains(file.name()) && file.text().len() <= LONGEST;
    let kept = |file: &SourceFile| DataFile { file: sources.share(file.id), said: OnceLock::new() };
    sources.iter().filter(is_named).map(|file| (file.path.clone(), kept(file))).collect()
}

/// A file of settings, which is parsed when code loads it: most that are called so are something else.
#[derive(Debug)]
pub(in crate::link) struct DataFile {
    file: Arc<SourceFile>,
    said: OnceLock<Option<Fact<PyValue>>>,
}

impl DataFile {
    /// What it says; [`None`] when it cannot be read.
    fn said(&self) -> Option<&Fact<PyValue>> {
        self.said.get_or_init(|| parsed(&self.file)).as_ref()
    }
}

/// The names of such files that stand in a text.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let endings = [".toml", ".yaml", ".yml"];
    let found = endings.into_iter().flat_map(move |ending| text.match_indices(ending));
    found.map(move |(at, ending)| {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let from = text[..at].trim_end_matches(is_part).len();
        &text[from..at + ending.len()]
    })
}

/// What a file says; [`None`] when it cannot be read.
fn parsed(file: &SourceFile) -> Option<Fact<PyValue>> {
    let root = if file.name().ends_with(".toml") {
        let parsed = toml::parse(file);
        parsed.tree.filter(|_| parsed.errors.is_empty()).map(|item| of_toml(&item, file))
    } else {
        let parsed = yaml::parse(file);
        parsed.tree.documents.into_iter().next().filter(|_| parsed.errors.is_empty())
    };
    root.map(|root| value(&root))
}

fn value(node: &Node) -> Fact<PyValue> {
    if node.tag.is_some() {
        return Fact::Unknown(Why::at("a tag says what it is", node.span));
    }
    match &node.value {
        Value::Map { entries, .. } => {
            let mut dict = Dict { entries: Vec::new(), open: None, made: Made::Statements };
            entries.iter().for_each(|(name, inner)| dict.set(&name.value, value(inner)));
            at(PyValue::Dict(dict.into()), node.span)
        }
        Value::List { items, .. } => at(PyValue::List(Arc::new(items.iter().map(value).collect())), node.span),
        Value::Scalar { text, style: Style::Plain } => match scalar(text) {
            value @ PyValue::Str(_) => at(value, node.span),
            value => Fact::written(value, node.span),
        },
        Value::Scalar { text, .. } => at(PyValue::Str(text.clone()), node.span),
    }
}

/// What a bare word is, in YAML 1.1 as in TOML.
fn scalar(text: &str) -> PyValue {
    let digits = text.replace('_', "");
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return PyValue::None,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "on" | "On" => return PyValue::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "off" | "Off" => return PyValue::Bool(false),
        _ => {}
    }
    // YAML reads a number that starts with a zero as an octal one.
    let is_octal = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|it| it.is_ascii_digit());
    if let (Ok(int), false) = (digits.parse(), is_octal) {
        return PyValue::Int(int);
    }
    let is_float = digits.contains('.') && digits.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    match digits.parse() {
        Ok(float) if is_float => PyValue::Float(float),
        _ => PyValue::Str(text.into()),
    }
}

impl Evaluator<'_> {
    /// `yaml.safe_load(file)`, `tomllib.load(file)`, `toml.load(path)`.
    pub(super) fn loaded(&self, file: &Fact<PyValue>, span: Span) -> Fact<PyValue> {
        let path = match file.known() {
            Some(PyValue::Object(object)) if matches!(&*object.of, "open" | "io.open" | "builtins.open") => {
                object.args.first().and_then(|it| it.known()).cloned()
            }
            other => other.cloned(),
        };
        let found = match path {
            Some(PyValue::Str(path)) => self.data_file(&path, span),
            _ => None,
        };
        found.map_or_else(|| self.unknown_at(span), |fact| fact.clone().by_way_of([span]))
    }

    /// The file at a path: below a folder that is worked out, from the root, or the nearest one above the code.
    fn data_file(&self, path: &str, span: Span) -> Option<&Fact<PyValue>> {
        let data = &self.code.data;
        let there = |path: &str| {
            let is_there = !self.environment.absent.iter().any(|it| **it == *path);
            data.get(path).filter(|_| is_there)?.said()
        };
        let rest = path.strip_prefix(HOLE).unwrap_or(path).trim_start_matches("./").trim_start_matches('/');
        if rest.contains(HOLE) || rest.is_empty() {
            return None;
        }
        let mut at = folder(&self.code.module(self.code.of_file(span.file)?)?.path);
        loop {
            let path = if at.is_empty() { rest.to_owned() } else { format!("{at}/{rest}") };
            if let Some(found) = there(&path) {
                return Some(found);
            }
            if at.is_empty() {
                return None;
            }
            at = folder(at);
        }
    }

    /// A setting of dynaconf: its variable, else what the last of its files says, in the sections of its environment.
    pub(super) fn of_dynaconf(&self, object: &Object, name: &str, span: Span) -> Fact<PyValue> {
        let given = Given { args: &object.args, keywords: &object.keywords };
        let prefix = match given.named("envvar_prefix").map(|it| it.known()) {
            None => Some("DYNACONF_".to_owned()),
            Some(Some(PyValue::Str(prefix))) if prefix.is_empty() => Some(String::new()),
            Some(Some(PyValue::Str(prefix))) => Some(format!("{prefix}_")),
            Some(Some(PyValue::Bool(false))) => Some(String::new()),
            Some(_) => None,
        };
        let Some(prefix) = prefix else { return self.unknown_at(span) };
        let said = self.in_files(object, &given, name, span);
        // A setting that only the environment has is unknown, not absent.
        let default = said.unwrap_or_else(|| self.unknown_at(span));
        let variable = format!("{}{}", prefix.to_ascii_uppercase(), name.to_ascii_uppercase());
        if self.may_load(&given, &variable) {
            return Fact::Unknown(Why::at(format!("perhaps set by a file of variables ({variable})"), span));
        }
        let found = self.variable(&variable, Some(default), span);
        let is_set = self.environment.variables.iter().any(|it| *it.name == *variable);
        match found {
            // What a variable says is read as TOML.
            Fact::Known(Sourced { value: PyValue::Str(text), origin, slots }) if is_set => {
                Fact::Known(Sourced { value: scalar(&text), origin, slots })
            }
            other => boxed(other, span),
        }
    }

    /// Whether `load_dotenv=True` makes it read a file that says a variable.
    fn may_load(&self, given: &Given<'_>, variable: &str) -> bool {
        let loads = given.named("load_dotenv").is_some_and(|it| it.known() != Some(&PyValue::Bool(false)));
        let says = |path: &str, file: &EnvFile| {
            path.rsplit('/').next() == Some(".env")
                && !self.environment.absent.iter().any(|it| **it == *path)
                && file.entries.iter().any(|it| *it.name.value == *variable)
        };
        loads && self.code.dotenv.iter().any(|(path, file)| says(path, file))
    }

    fn in_files(&self, object: &Object, given: &Given<'_>, name: &str, span: Span) -> Option<Fact<PyValue>> {
        let files = given.named("settings_files").or_else(|| given.named("settings_file"));
        let named: Vec<Box<str>> = match files.map(|it| it.known()) {
            None => USUAL.iter().map(|name| (*name).into()).collect(),
            Some(Some(PyValue::Str(path))) => vec![path.clone()],
            Some(Some(PyValue::List(all))) => all
                .iter()
                .map(|it| match it.known() {
                    Some(PyValue::Str(path)) => Some(path.clone()),
                    _ => None,
                })
                .collect::<Option<_>>()?,
            Some(_) => return Some(self.unknown_at(span)),
        };
        // Code may say what the files do not.
        if named.iter().any(|path| path.ends_with(".py") || path.contains('*')) {
            return Some(self.unknown_at(span));
        }
        let by_section =
            !matches!(given.named("environments").map(|it| it.known()), None | Some(Some(PyValue::Bool(false))));
        let switch = given.text(usize::MAX, "env_switcher").unwrap_or("ENV_FOR_DYNACONF");
        let own = given.text(usize::MAX, "env").unwrap_or("development");
        let current = self.variable(switch, Some(at(PyValue::Str(own.into()), span)), span);
        let mut found = None;
        for file in named.iter().filter_map(|path| self.data_file(path, object.span)) {
            let Some(PyValue::Dict(root)) = file.known() else { continue };
            if !by_section {
                found = entry(root, name).or(found);
                continue;
            }
            let section = |called: &str| match entry(root, called)?.known() {
                Some(PyValue::Dict(dict)) => entry(dict, name),
                _ => None,
            };
            match &current {
                Fact::Known(Sourced { value: PyValue::Str(env), origin, .. }) => {
                    let is_sure = !matches!(origin, Origin::Assumed(_));
                    let elsewhere = || {
                        root.entries
                            .iter()
                            .any(|(called, _)| !called.eq_ignore_ascii_case("default") && section(called).is_some())
                    };
                    if !is_sure && elsewhere() {
                        return Some(Fact::Unknown(Why::at(format!("which section holds is set by {switch}"), span)));
                    }
                    found = section("global").or_else(|| section(env)).or_else(|| section("default")).or(found);
                }
                _ => return Some(Fact::Unknown(Why::at(format!("which section holds is set by {switch}"), span))),
            }
        }
        found
    }
}

/// An entry of a dict, in small letters or not.
fn entry(dict: &Dict, name: &str) -> Option<Fact<PyValue>> {
    dict.entries.iter().rfind(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
}

/// A dict as dynaconf gives it, whose entries are attributes.
fn boxed(fact: Fact<PyValue>, span: Span) -> Fact<PyValue> {
    lift::then(fact, |it| match &it.value {
        PyValue::Dict(dict) => {
            let mut attributes = Dict { entries: Vec::new(), open: dict.open.clone(), made: Made::Statements };
            for (name, value) in &dict.entries {
                attributes.set(name, boxed(value.clone(), span));
                attributes.set(&name.to_ascii_uppercase(), boxed(value.clone(), span));
            }
            let object =
                Object { of: BOX.into(), class: None, args: Vec::new(), keywords: Vec::new(), attributes, span };
            lift::like(PyValue::Object(object.into()), &it.origin)
        }
        _ => Fact::Known(it.clone()),
    })
}

/// What dynaconf calls a dict of its own.
const BOX: &str = "dynaconf.utils.boxing.DynaBox";

/// Whether an object is dynaconf's settings.
pub(super) fn is_dynaconf(object: &Object) -> bool {
    matches!(&*object.of, "dynaconf.Dynaconf" | "dynaconf.LazySettings" | "dynaconf.base.LazySettings")
}

/// Nothing that is known of an entry that a box does not have.
pub(super) fn is_box(object: &Object) -> bool {
    &*object.of == BOX
}

/// `from dynaconf import settings`, as before 3.0: one that is told nothing, with environments.
pub(super) fn plain(span: Span) -> Object {
    Object {
        of: "dynaconf.LazySettings".into(),
        class: None,
        args: Vec::new(),
        keywords: vec![("environments".into(), at(PyValue::Bool(true), span))],
        attributes: Dict { entries: Vec::new(), open: None, made: Made::Statements },
        span,
    }
}
