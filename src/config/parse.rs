//! From TOML to settings.

use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use toml_edit::{Document, Item, Table, TableLike, Value};

use super::{Assume, Assumed, Config, ConfigError, Fault, Override, Remap, Said, Selector, Severity, closest};
use super::{Prices, Rows, WORKLOAD, WorkloadKey};
use crate::source::{FileId, SourceFile};

/// The settings that a text says: all of it, or `[tool.plimsoll]` when `path` is a `pyproject.toml`.
///
/// # Errors
/// Every fault at its place: TOML that cannot be read, keys that do not exist, values of another type.
pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let file = SourceFile::new(FileId(0), "", path.to_owned(), text);
    let mut reader = Reader { file: &file, faults: Vec::new() };
    let mut config = Config { file: Some(path.to_owned()), ..Config::default() };
    match Document::parse(text) {
        Err(error) => reader.fault(error.span(), error.message().to_owned()),
        Ok(document) => {
            let whole = document.as_item();
            let is_project = path.file_name().is_some_and(|name| name == "pyproject.toml");
            let table = if is_project { whole.get("tool").and_then(|tool| tool.get("plimsoll")) } else { Some(whole) };
            if let Some(table) = table {
                reader.config(table, &mut config);
            }
        }
    }
    if reader.faults.is_empty() {
        return Ok(config);
    }
    reader.faults.sort_by_key(|it| (it.line, it.column));
    Err(ConfigError::Faults { path: path.to_owned(), faults: reader.faults })
}

impl Assume {
    /// Takes over what a flag says, `name.key=value`; it wins over what was said before.
    ///
    /// # Errors
    /// What cannot be understood of it.
    pub fn say(&mut self, text: &str) -> Result<(), String> {
        let (key, value) = text.split_once('=').ok_or("expected NAME.KEY=VALUE")?;
        // A model may be named with its app: `rows.shop.Order=5M`.
        let rows = key.trim().strip_prefix("rows.").map(|model| (Assume::ROWS, model));
        let whole = rows.or_else(|| key.trim().rsplit_once('.'));
        // What describes the load is said often, and needs no name: `d=8ms`.
        let load = WorkloadKey::of(key.trim()).map(|key| (Assume::WORKLOAD, key.name));
        let (name, key) = whole.or(load).ok_or("expected NAME.KEY=VALUE")?;
        let mut table = Table::new();
        let value = match value.trim() {
            // A variable is text, whatever it looks like.
            text if name == Assume::ENV => Value::from(text),
            text => text.parse::<Value>().unwrap_or_else(|_| Value::from(text)),
        };
        table.insert(key, Item::Value(value));
        let mut all = Table::new();
        all.insert(name, Item::Table(table));
        let file = SourceFile::new(FileId(0), "", "".into(), text);
        let mut reader = Reader { file: &file, faults: Vec::new() };
        let said = reader.assume(&Item::Table(all));
        if let Some(fault) = reader.faults.into_iter().next() {
            return Err(fault.message);
        }
        for (name, assumed) in said.named {
            match self.named.iter_mut().find(|(own, _)| *own == name) {
                Some((_, own)) => own.take(assumed),
                None => self.named.push((name, assumed)),
            }
        }
        for (key, said) in said.workload {
            self.workload.retain(|(own, _)| *own != key);
            self.workload.push((key, said));
        }
        for (name, said) in said.rows {
            self.rows.retain(|(own, _)| *own != name);
            self.rows.push((name, said));
        }
        self.prices.take(said.prices);
        for (name, said) in said.env {
            self.env.retain(|(own, _)| *own != name);
            self.env.push((name, said));
        }
        Ok(())
    }
}

/// The keys at the top.
const KEYS: [&str; 9] =
    ["select", "ignore", "severity", "confidence", "fail-on", "exclude", "rules", "overrides", "assume"];

struct Reader<'a> {
    file: &'a SourceFile,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn config(&mut self, item: &Item, config: &mut Config) {
        for (key, at, item) in self.entries(item) {
            match key.as_str() {
                "select" => config.select = self.selectors(item),
                "ignore" => config.ignore = self.selectors(item),
                "severity" => config.severity = self.word(item).unwrap_or(config.severity),
                "confidence" => config.confidence = self.word(item).unwrap_or(config.confidence),
                "fail-on" => config.fail_on = self.word(item).unwrap_or(config.fail_on),
                "exclude" => config.exclude = self.strings(item).into_iter().map(|(text, _)| text).collect(),
                "rules" => config.rules = self.remaps(item),
                "overrides" => config.overrides = self.overrides(item),
                "assume" => config.assume = self.assume(item),
                _ => self.unknown(&key, at, &KEYS),
            }
        }
    }

    fn overrides(&mut self, item: &Item) -> Vec<Override> {
        const KEYS: [&str; 3] = ["paths", "ignore", "rules"];
        let at = item.span();
        let tables: Vec<&dyn TableLike> = match item {
            Item::ArrayOfTables(tables) => tables.iter().map(|table| table as &dyn TableLike).collect(),
            Item::Value(Value::Array(array)) if array.iter().all(Value::is_inline_table) => {
                array.iter().filter_map(|value| value.as_inline_table().map(|table| table as _)).collect()
            }
            _ => {
                self.fault(at, "expected tables: `[[overrides]]`".into());
                return Vec::new();
            }
        };
        let mut out = Vec::new();
        for table in tables {
            let (mut paths, mut ignore, mut rules) = (Vec::new(), Vec::new(), Vec::new());
            let mut place = at.clone();
            for (key, key_at, item) in table_entries(table) {
                match key.as_str() {
                    "paths" => {
                        place = key_at;
                        paths = self.strings(item);
                    }
                    "ignore" => ignore = self.selectors(item),
                    "rules" => rules = self.remaps(item),
                    _ => self.unknown(&key, key_at, &KEYS),
                }
            }
            if paths.is_empty() {
                self.fault(place.clone(), "an override needs `paths`, a list of globs".into());
            }
            match Override::new(paths.iter().map(|(glob, _)| glob.as_str()), ignore, rules) {
                Ok(part) => out.push(part),
                Err(message) => self.fault(place, message),
            }
        }
        out
    }

    fn assume(&mut self, item: &Item) -> Assume {
        const KEYS: [&str; 4] = ["cpus", "memory", "replicas", "max_connections"];
        let mut out = Assume::default();
        for (name, _, item) in self.entries(item) {
            if name == Assume::ENV {
                out.env = self.variables(item);
                continue;
            }
            if name == Assume::WORKLOAD {
                out.workload = self.workload(item);
                continue;
            }
            if name == Assume::ROWS {
                out.rows = self.rows(item);
                continue;
            }
            if name == Assume::PRICES {
                out.prices = self.prices(item);
                continue;
            }
            let mut assumed = Assumed::default();
            for (key, at, item) in self.entries(item) {
                let place = item.span().unwrap_or_default();
                let whole: Box<str> = format!("assume.{name}.{key}").into();
                match key.as_str() {
                    "cpus" => {
                        assumed.cpus = self.positive(item).map(|value| Said { value, key: whole, at: place });
                    }
                    "memory" => {
                        assumed.memory = self.memory(item).map(|value| Said { value, key: whole, at: place });
                    }
                    "replicas" => {
                        assumed.replicas = self.count(item).map(|value| Said { value, key: whole, at: place });
                    }
                    "max_connections" => {
                        assumed.max_connections = self.count(item).map(|value| Said { value, key: whole, at: place });
                    }
                    _ => self.unknown(&key, at, &KEYS),
                }
            }
            out.named.push((name.into(), assumed));
        }
        out
    }

    /// What is said of the load: one value, or its ends with or without the likely one between.
    fn workload(&mut self, item: &Item) -> Vec<(&'static str, Said<[f64; 3]>)> {
        let mut out = Vec::new();
        for (name, at, item) in self.entries(item) {
            let place = item.span().unwrap_or_default();
            let Some(key) = WorkloadKey::of(&name) else {
                let known: Vec<&str> = WORKLOAD.iter().map(|it| it.name).collect();
                self.unknown(&name, at, &known);
                continue;
            };
            let one = |value: &Value| match value {
                Value::String(text) => key.unit.parse(text.value()),
                Value::Integer(number) => key.unit.check(*number.value() as f64),
                Value::Float(number) => key.unit.check(*number.value()),
                _ => None,
            };
            let Some(value) = self.band(item, one, key.unit.expected()) else { continue };
            let whole = format!("assume.{}.{name}", Assume::WORKLOAD).into();
            out.push((key.name, Said { value, key: whole, at: place }));
        }
        out
    }

    /// One value, or its ends with or without the likely one between: low, likely, high.
    fn band(&mut self, item: &Item, one: impl Fn(&Value) -> Option<f64>, expected: &str) -> Option<[f64; 3]> {
        let values: Option<Vec<f64>> = match item.as_value() {
            Some(Value::Array(array)) => array.iter().map(one).collect(),
            Some(value) => one(value).map(|it| vec![it]),
            None => None,
        };
        match values.as_deref() {
            Some([one]) => return Some([*one; 3]),
            // Times differ by factors: the middle of two is where each is as far by factor.
            Some([low, high]) if low <= high => return Some([*low, (low * high).sqrt(), *high]),
            Some([low, likely, high]) if low <= likely && likely <= high => return Some([*low, *likely, *high]),
            Some([_, ..]) => self.fault(item.span(), "expected a value, `[low, high]` or `[low, likely, high]`".into()),
            _ => self.fault(item.span(), expected.into()),
        }
        None
    }

    /// The rows of tables: of all users, or of each.
    fn rows(&mut self, item: &Item) -> Vec<(Box<str>, Said<Rows>)> {
        const EXPECTED: &str = "expected a number of rows such as 5000000, \"5M\" or \"20/user\"";
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let mut out = Vec::new();
        for (name, _, item) in self.entries(item) {
            let at = item.span().unwrap_or_default();
            let all = match item.as_value() {
                Some(Value::Array(array)) => array.iter().filter_map(text).collect(),
                Some(value) => text(value).into_iter().collect(),
                None => Vec::new(),
            };
            let each = !all.is_empty() && all.iter().all(|it| it.contains('/'));
            let one = |value: &Value| match value {
                Value::String(text) => match text.value().split_once('/') {
                    Some((number, "user")) if each => thousands(number),
                    Some(_) => None,
                    None if each => None,
                    None => thousands(text.value()),
                },
                Value::Integer(number) if !each => Some(*number.value() as f64).filter(|it| *it >= 0.0),
                Value::Float(number) if !each => Some(*number.value()).filter(|it| it.is_finite() && *it >= 0.0),
                _ => None,
            };
            let Some(band) = self.band(item, one, EXPECTED) else { continue };
            let value = if each { Rows::EachUser(band) } else { Rows::All(band) };
            let key = format!("assume.{}.{name}", Assume::ROWS).into();
            out.push((name.into(), Said { value, key, at }));
        }
        out
    }

    /// What things cost.
    fn prices(&mut self, item: &Item) -> Prices {
        const KEYS: [&str; 5] = ["currency", "cpu", "memory", "storage", "traffic"];
        let mut out = Prices::default();
        for (key, at, item) in self.entries(item) {
            match key.as_str() {
                "currency" => match item.as_str() {
                    Some(text) => out.currency = Some(text.into()),
                    None => self.fault(item.span(), format!("expected a text, found {}", item.type_name())),
                },
                "cpu" => out.cpu = self.positive(item),
                "memory" => out.memory = self.positive(item),
                "storage" => out.storage = self.positive(item),
                "traffic" => out.traffic = self.positive(item),
                _ => self.unknown(&key, at, &KEYS),
            }
        }
        out
    }

    /// The variables of an environment: text, or a number or truth that stands for its text.
    fn variables(&mut self, item: &Item) -> Vec<(Box<str>, Said<Box<str>>)> {
        let mut out: Vec<(Box<str>, Said<Box<str>>)> = Vec::new();
        for (name, _, item) in self.entries(item) {
            let at = item.span().unwrap_or_default();
            let text = match item.as_value() {
                Some(Value::String(text)) => text.value().clone(),
                Some(Value::Integer(number)) => number.value().to_string(),
                Some(Value::Float(number)) => number.value().to_string(),
                Some(Value::Boolean(truth)) => truth.value().to_string(),
                _ => {
                    self.fault(item.span(), format!("expected a text, found {}", item.type_name()));
                    continue;
                }
            };
            let key = format!("assume.{}.{name}", Assume::ENV).into();
            out.push((name.into(), Said { value: text.into(), key, at }));
        }
        out
    }

    fn remaps(&mut self, item: &Item) -> Vec<Remap> {
        let mut out = Vec::new();
        for (key, at, item) in self.entries(item) {
            let rule = self.selector(&key, at);
            if item.as_str() == Some("off") {
                out.push(Remap { rule, severity: None });
                continue;
            }
            match item.as_str().map(Severity::from_str) {
                Some(Ok(severity)) => out.push(Remap { rule, severity: Some(severity) }),
                Some(Err(message)) => self.fault(item.span(), format!("{message}, or `off`")),
                None => self.fault(item.span(), "expected a severity, or `off`".into()),
            }
        }
        out
    }

    fn selectors(&mut self, item: &Item) -> Vec<Selector> {
        self.strings(item).iter().map(|(text, at)| self.selector(text, at.clone())).collect()
    }

    fn selector(&self, text: &str, at: Option<Range<usize>>) -> Selector {
        let place = self.file.position(at.map_or(0, |at| at.start));
        Selector { text: text.into(), line: place.line, column: place.column }
    }

    /// The entries of a table, with the places of their keys; a fault when it is none.
    fn entries<'i>(&mut self, item: &'i Item) -> Vec<(String, Option<Range<usize>>, &'i Item)> {
        match item.as_table_like() {
            Some(table) => table_entries(table),
            None => {
                self.fault(item.span(), format!("expected a table, found {}", item.type_name()));
                Vec::new()
            }
        }
    }

    fn strings(&mut self, item: &Item) -> Vec<(String, Option<Range<usize>>)> {
        let Some(array) = item.as_array() else {
            self.fault(item.span(), format!("expected a list of strings, found {}", item.type_name()));
            return Vec::new();
        };
        let mut out = Vec::new();
        for value in array {
            match value.as_str() {
                Some(text) => out.push((text.to_owned(), value.span())),
                None => self.fault(value.span(), format!("expected a string, found {}", value.type_name())),
            }
        }
        out
    }

    fn word<T: FromStr<Err = String>>(&mut self, item: &Item) -> Option<T> {
        match item.as_str().map(T::from_str) {
            Some(Ok(value)) => return Some(value),
            Some(Err(message)) => self.fault(item.span(), message),
            None => self.fault(item.span(), format!("expected a string, found {}", item.type_name())),
        }
        None
    }

    fn positive(&mut self, item: &Item) -> Option<f64> {
        let value = item.as_float().or_else(|| item.as_integer().map(|it| it as f64));
        let value = value.filter(|it| it.is_finite() && *it > 0.0);
        if value.is_none() {
            self.fault(item.span(), "expected a number above 0".into());
        }
        value
    }

    fn count(&mut self, item: &Item) -> Option<u64> {
        let value = item.as_integer().and_then(|it| u64::try_from(it).ok());
        if value.is_none() {
            self.fault(item.span(), "expected a whole number, 0 or more".into());
        }
        value
    }

    fn memory(&mut self, item: &Item) -> Option<u64> {
        let value = match item.as_str() {
            Some(text) => bytes(text),
            None => item.as_integer().and_then(|it| u64::try_from(it).ok()),
        };
        if value.is_none() {
            self.fault(item.span(), "expected a size such as \"512M\" or \"2G\", or a number of bytes".into());
        }
        value
    }

    fn unknown(&mut self, key: &str, at: Option<Range<usize>>, known: &[&str]) {
        let message = match closest(key, known.iter().copied()) {
            Some(near) => format!("unknown key `{key}`; did you mean `{near}`?"),
            None => format!("unknown key `{key}`; the keys here are {}", known.join(", ")),
        };
        self.fault(at, message);
    }

    fn fault(&mut self, at: Option<Range<usize>>, message: String) {
        let place = self.file.position(at.map_or(0, |at| at.start));
        self.faults.push(Fault { line: place.line, column: place.column, message });
    }
}

fn table_entries(table: &dyn TableLike) -> Vec<(String, Option<Range<usize>>, &Item)> {
    let entry = |(key, item)| {
        let at = table.key(key).and_then(toml_edit::Key::span);
        (key.to_owned(), at, item)
    };
    table.iter().map(entry).collect()
}

/// A number as people write large ones: `5M`, `800k`, `1.5G`, `1_000`.
fn thousands(text: &str) -> Option<f64> {
    let text = text.trim().replace('_', "");
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" => 1.0,
        "k" | "K" => 1e3,
        "M" | "m" => 1e6,
        "G" => 1e9,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|it| it * factor).filter(|it| it.is_finite())
}

/// A size as Docker writes it: a number and `b`, `k`, `m`, `g`, in powers of 1024; `KB`, `KiB` and the like too.
fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim() {
        "" | "b" => 0,
        "k" | "kb" | "kib" | "ki" => 10,
        "m" | "mb" | "mib" | "mi" => 20,
        "g" | "gb" | "gib" | "gi" => 30,
        _ => return None,
    };
    let value = number.parse::<f64>().ok()? * f64::from(1u32 << shift);
    (value.is_finite() && value < 9e15).then_some(value as u64)
}
