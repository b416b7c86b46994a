//! The scripts of `plimsoll loadtest`: Locust's is run against an application on loopback, k6's in a JavaScript engine
//! with k6's API stubbed, and what they ask for is held against the routes that Flask itself knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;
use plimsoll::report::load;
use plimsoll::view::{Filter, LoadTest, View};
use plimsoll::{Options, audit};
use serde_json::Value;

use crate::needing;
use crate::python::{run, runs};

pub(crate) fn trials() -> Vec<Trial> {
    let there = runs("python3", &["--version"]);
    [("reads", false), ("writes, too", true)]
        .into_iter()
        .map(|(what, writes)| {
            needing("python3", there, format!("Locust and k6 ask for what Flask answers: {what}"), move || asks(writes))
        })
        .collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/load")
}

/// An environment of its own, for Locust brings many packages.
fn interpreter() -> Result<PathBuf, String> {
    let folder_of = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/real-load");
    let python = folder_of.join("bin/python");
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder_of))?;
    }
    let requirements = folder().join("requirements.txt");
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "-r"])
        .arg(requirements))?;
    Ok(python)
}

fn asks(writes: bool) -> Result<(), String> {
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let python = {
        let _alone = ONE.lock().map_err(|error| error.to_string())?;
        interpreter()?
    };
    let app = folder().join("app");
    let options = Options { fixes: false, endpoints: true, ..Options::default() };
    let report = audit(&app, &options).map_err(|error| error.to_string())?;
    let assume = &options.config.assume;
    let view = View::new(&report, &Filter::default()).with_capacity(&report, assume);
    let test = LoadTest::of(&report, &view, assume, None, writes).map_err(|why| why.to_string())?;
    let scripts = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (locust, k6) = (scripts.path().join("locustfile.py"), scripts.path().join("load.js"));
    let mut text = Vec::new();
    load::locust(&test, &mut text).map_err(|error| error.to_string())?;
    std::fs::write(&locust, &text).map_err(|error| error.to_string())?;
    text.clear();
    load::k6(&test, &mut text).map_err(|error| error.to_string())?;
    std::fs::write(&k6, &text).map_err(|error| error.to_string())?;

    let said = run(Command::new(python).arg(folder().join("drive.py")).arg(&app).arg(&locust).arg(&k6))?;
    let said: Value = serde_json::from_str(&said).map_err(|error| error.to_string())?;
    // What is left out: a probe, and without leave what changes something.
    let is_asked = |rule: &&str| *rule != "GET /health" && (writes || rule.starts_with("GET"));
    let rules = said["rules"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let wanted: BTreeSet<&str> = rules.filter(is_asked).collect();
    same("Locust", &wanted, &said["locust"]["asked"])?;
    same("k6", &wanted, &said["k6"]["asked"])?;

    // `/broken` answers 503: it must be told as a failure by both, and nothing else may fail.
    let failed = count(&said["locust"]["answered"], "503");
    let broken = count(&said["locust"]["asked"], "GET /broken");
    holds(failed == broken && broken > 0, "only what is broken fails", &said["locust"]["answered"])?;
    holds(said["locust"]["exit"] == 1, "Locust ends with 1 when too much fails", &said["locust"]["said"])?;
    let told = said["locust"]["said"].as_str().unwrap_or_default();
    holds(told.contains("answered 503"), "Locust counts failures by their answer", &said["locust"]["said"])?;

    let k6 = &said["k6"];
    holds(k6["passed"] == 400, "every answer with 200 passes", &k6["passed"])?;
    holds(k6["failed"]["503"] == 10, "answers are counted by status", &k6["failed"])?;
    holds(k6["authorised"] == true && k6["redirects"] == serde_json::json!([0]), "headers and redirects", k6)?;
    holds(k6["imports"] == serde_json::json!(["k6/http", "k6", "k6/metrics"]), "what it imports", &k6["imports"])?;
    let login = k6["public"].as_object().is_some_and(|it| it.keys().all(|name| !name.contains("search")));
    holds(login, "what asks for a login is left out without one", &k6["public"])?;
    let step = |options: &Value| options["scenarios"]["at_50_a_second"].clone();
    let (open, closed) = (step(&k6["options"]), step(&k6["closed"]));
    holds(open["executor"] == "constant-arrival-rate" && open["rate"] == 50, "an open step", &open)?;
    holds(closed["executor"] == "constant-vus" && closed["vus"] == 5, "a closed step", &closed)?;
    let second = &k6["options"]["scenarios"]["at_100_a_second"]["startTime"];
    holds(*second == "3s", "the second step begins when the first ends", second)
}

/// Whether what was asked for are these routes, each of them.
fn same(tool: &str, wanted: &BTreeSet<&str>, asked: &Value) -> Result<(), String> {
    let asked: BTreeMap<&str, u64> = asked
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(rule, times)| Some((rule.as_str(), times.as_u64()?)))
        .collect();
    let found: BTreeSet<&str> = asked.keys().copied().collect();
    holds(found == *wanted, &format!("{tool} asks for {wanted:?}"), &format!("{asked:?}").into())
}

fn count(of: &Value, name: &str) -> u64 {
    of[name].as_u64().unwrap_or(0)
}

fn holds(so: bool, what: &str, seen: &Value) -> Result<(), String> {
    if so { Ok(()) } else { Err(format!("{what}: {seen}")) }
}
