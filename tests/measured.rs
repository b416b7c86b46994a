//! The capacity model against what was measured: small stacks as files, their service times, and what came of a load.
//!
//! The whole way is taken, from the files by their facts to the model. `SNAPSHOTS=overwrite cargo test --test measured`
//! rewrites the table; what the model must reach stands below, and is not rewritten.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may fail, and reads files"
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use plimsoll::capacity::{Load, Model, from_stacks};
use plimsoll::config::Config;
use plimsoll::source::{FileId, SourceFile, Sources};
use plimsoll::{Options, audit_sources};
use snapbox::assert_data_eq;
use toml_edit::{DocumentMut, Item, Table};

/// What the places of the files are filled with where a case does not say.
const USUAL: &[(&str, &str)] = &[
    ("LIMITS", ""),
    ("MAX_CONNECTIONS", "100"),
    ("OPTIONS", ""),
    ("CONN_MAX_AGE", "0"),
    ("HOST", "db"),
    ("PORT", "5432"),
    ("HTTP", ""),
    ("UPSTREAM", ""),
    ("LOCATION", ""),
];

struct Case {
    name: String,
    measured: f64,
    fails: bool,
    binds: String,
    group: String,
    /// What is in the model.
    model: f64,
    model_fails: Vec<String>,
    model_binds: String,
}

impl Case {
    fn ratio(&self) -> f64 {
        self.measured / self.model
    }
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table[key].as_str().unwrap_or_else(|| panic!("{key} is a text"))
}

fn number(item: &Item) -> f64 {
    item.as_float().or_else(|| item.as_integer().map(|it| it as f64)).expect("a number")
}

/// The files of a stack, with its places filled.
fn files(folder: &Path, with: &BTreeMap<String, String>) -> Vec<SourceFile> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    let file = |(at, path): (usize, &PathBuf)| {
        let mut text = std::fs::read_to_string(path).unwrap();
        for (name, value) in with {
            text = text.replace(&format!("__{name}__"), value);
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        SourceFile::new(FileId(at as u32), name, PathBuf::new(), text)
    };
    paths.iter().enumerate().map(file).collect()
}

fn model(case: &Table) -> Model {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/measured/stacks").join(text(case, "stack"));
    let mut with: BTreeMap<String, String> =
        USUAL.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    for (name, value) in case["with"].as_table_like().unwrap().iter() {
        with.insert(name.to_owned(), value.as_str().unwrap().to_owned());
    }
    let mut config = Config::default();
    for (key, value) in case["load"].as_table_like().unwrap().iter() {
        config.assume.say(&format!("{key}={}", number(value))).unwrap();
    }
    let options = Options { config, fixes: false, ..Options::default() };
    let sources = Sources::new(files(&folder, &with));
    let report = audit_sources(PathBuf::new(), sources, Vec::new(), &options);
    let models: Vec<Model> = from_stacks(&report.stacks, &options.config.assume).into_iter().flatten().collect();
    assert_eq!(models.len(), 1, "{} is one application", text(case, "name"));
    models.into_iter().next().unwrap()
}

fn judge(case: &Table) -> Case {
    let model = model(case);
    let values = model.inputs.likely();
    let bounds = model.bounds(&values);
    let users = case["users"].as_integer().unwrap() as usize;
    let load: Load = model.load(&values, &bounds, users, number(&case["think"]));
    let name = |at: usize| model.resources[at].kind.name().to_owned();
    let falls: Vec<String> = load.falls.iter().map(|(at, _)| name(*at)).collect();
    Case {
        name: text(case, "name").to_owned(),
        measured: number(&case["measured"]),
        fails: case["fails"].as_bool().unwrap(),
        binds: text(case, "binds").to_owned(),
        group: text(case, "group").to_owned(),
        model: load.rate,
        model_binds: load.bottleneck.map_or_else(|| "users".to_owned(), name),
        model_fails: falls,
    }
}

fn share(of: &[&Case], holds: impl Fn(&Case) -> bool) -> (usize, usize) {
    (of.iter().filter(|it| holds(it)).count(), of.len())
}

/// The bottleneck is right when it is the one that was seen; where requests failed, when a cliff is told of.
fn right(case: &Case) -> bool {
    case.model_binds == case.binds
        || case.model_fails.contains(&case.binds)
        || (case.group == "cliff" && !case.model_fails.is_empty())
}

#[test]
fn the_model_meets_what_was_measured() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/measured/cases.toml");
    let document: DocumentMut = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let cases: Vec<Case> = document["case"].as_array_of_tables().unwrap().iter().map(judge).collect();
    let all: Vec<&Case> = cases.iter().collect();
    let of = |group: &str| -> Vec<&Case> { cases.iter().filter(|it| it.group == group).collect() };

    let mut table = String::from("| case | measured | model | ratio | binds | fails |\n|---|--:|--:|--:|---|---|\n");
    for case in &cases {
        let binds = if right(case) { case.binds.clone() } else { format!("{} ✗ {}", case.model_binds, case.binds) };
        let fails = match (case.fails, case.model_fails.is_empty()) {
            (true, false) => case.model_fails.join(", "),
            (false, true) => String::new(),
            (true, true) => "✗ none was foreseen".to_owned(),
            (false, false) => format!("✗ {} was foreseen", case.model_fails.join(", ")),
        };
        let (name, measured, model, ratio) = (&case.name, case.measured, case.model, case.ratio());
        writeln!(table, "| {name} | {measured:.1} | {model:.1} | {ratio:.2} | {binds} | {fails} |").unwrap();
    }
    table.push_str("\n| change | measured | model | measured / model |\n|---|--:|--:|--:|\n");
    let rate = |name: &str| cases.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("{name}")).model;
    let mut gains = Vec::new();
    for gain in document["gain"].as_array_of_tables().unwrap() {
        let measured = gain["measured"].as_array().unwrap();
        let end = |at: usize| measured.get(at).and_then(toml_edit::Value::as_float).unwrap();
        let (measured, model) = (end(1) / end(0), rate(text(gain, "after")) / rate(text(gain, "before")));
        gains.push(measured / model);
        let change = text(gain, "change");
        writeln!(table, "| {change} | ×{measured:.2} | ×{model:.2} | {:.2} |", measured / model).unwrap();
    }

    let within = |by: f64| move |case: &Case| (case.ratio() - 1.0).abs() <= by;
    let groups = [("all", all.clone()), ("slots", of("slots")), ("cpu", of("cpu")), ("cliff", of("cliff"))];
    table.push_str(
        "\n| group | within 5 % | within 10 % | within 25 % | bottleneck right | of |\n|---|--:|--:|--:|--:|--:|\n",
    );
    for (name, group) in &groups {
        let at = |by: f64| share(group, within(by)).0;
        let binds = share(group, right).0;
        writeln!(table, "| {name} | {} | {} | {} | {binds} | {} |", at(0.05), at(0.1), at(0.25), group.len()).unwrap();
    }
    let near = gains.iter().filter(|it| (**it - 1.0).abs() <= 0.15).count();
    writeln!(table, "\nGains within 15 %: {near} of {}", gains.len()).unwrap();
    assert_data_eq!(table, snapbox::Data::read_from("fixtures/measured.expected/table.md".as_ref(), None).raw());

    // What the model must reach.
    let (good, slots) = share(&of("slots"), within(0.1));
    assert!(good * 100 >= slots * 90, "{good} of {slots} are within 10 %");
    let (binds, whole) = share(&all, right);
    assert!(binds * 100 >= whole * 95, "{binds} of {whole} bottlenecks are right");
    let wrong: Vec<&str> =
        cases.iter().filter(|it| it.fails == it.model_fails.is_empty()).map(|it| it.name.as_str()).collect();
    assert_eq!(wrong, Vec::<&str>::new(), "cliffs that are not foreseen, or are and were not met");
    assert!(near * 100 >= gains.len() * 85, "{near} of {} gains are within 15 %", gains.len());
}
