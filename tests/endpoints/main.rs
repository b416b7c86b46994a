//! The endpoints that plimsoll finds, against the routes that Django and FastAPI themselves have: each case is a small
//! project in a file, of which `walk.py` imports the real application and walks its routes.
//!
//! What a framework has is found, with its whole path and the methods that it answers, and nothing else is. What differs
//! is listed in `table.txt` with the case; `SNAPSHOTS=overwrite cargo test --test endpoints` writes it anew, and each line
//! of it is a fault that is known. The packages are pinned in `requirements.txt` and installed into `target/`, for which the
//! first run needs the network.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test sets its files up itself, and fails loudly"
)]

#[path = "../orm/interpreter.rs"]
mod interpreter;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use interpreter::{interpreter, run};
use plimsoll::Options;
use plimsoll::stack::Fact;
use serde::Deserialize;
use snapbox::assert_data_eq;

/// What a framework says of a folder.
#[derive(Debug, Deserialize)]
struct Walked {
    folder: PathBuf,
    routes: BTreeSet<(String, String)>,
}

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/endpoints")
}

/// The files of a case: each behind a line `### path`.
fn files(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut out: BTreeMap<String, String> = BTreeMap::new();
    let mut open = String::new();
    for line in text.lines() {
        match line.strip_prefix("### ") {
            Some(path) => {
                path.clone_into(&mut open);
                out.insert(open.clone(), String::new());
            }
            None => out.get_mut(&open).unwrap().push_str(&format!("{line}\n")),
        }
    }
    out
}

fn write(folder: &Path, files: &BTreeMap<String, String>) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// The endpoints that plimsoll finds in a folder; `?` where it says that it does not know the method.
fn found(folder: &Path) -> BTreeSet<(String, String)> {
    let report = plimsoll::audit(folder, &Options { endpoints: true, fixes: false, ..Options::default() }).unwrap();
    let text = |fact: &Fact<Box<str>>| fact.known().map_or_else(|| "?".to_owned(), |it| it.to_string());
    let endpoints = report.stacks.iter().flat_map(|stack| &stack.endpoints);
    let all = endpoints.map(|it| (text(&it.method), text(&it.path)));
    // What asks for no body is answered where GET is.
    all.filter(|it| it.0 != "HEAD").collect()
}

/// A path with a group that nothing names as both call it.
fn unnamed(path: &str) -> String {
    let mut out = path.to_owned();
    for number in 1..9 {
        out = out.replace(&format!("{{arg{number}}}"), "{var}");
    }
    out
}

/// What is in one and not in the other. What plimsoll says it cannot see stands for all below it, and a view that is asked
/// for any method for whichever is found.
fn differences(real: &BTreeSet<(String, String)>, found: &BTreeSet<(String, String)>) -> Vec<String> {
    let found: BTreeSet<(String, String)> = found.iter().map(|it| (it.0.clone(), unnamed(&it.1))).collect();
    let unseen = |path: &str| found.iter().any(|it| it.0 == "?" && path.starts_with(&*it.1));
    let any = |path: &str| real.iter().any(|it| it.0 == "*" && it.1 == path);
    let missing = real.iter().filter(|(method, path)| {
        let same = |it: &&(String, String)| it.1 == *path && (it.0 == *method || method == "*");
        !unseen(path) && !found.iter().any(|it| same(&it))
    });
    let more = found
        .iter()
        .filter(|(method, path)| method != "?" && !any(path) && !real.contains(&(method.clone(), path.clone())));
    let line = |sign: &str, it: &(String, String)| format!("{sign} {} {}", it.0, it.1);
    missing.map(|it| line("not found:", it)).chain(more.map(|it| line("not there:", it))).collect()
}

#[test]
fn endpoints_are_those_of_the_framework() {
    let python = match interpreter("endpoints") {
        Ok(python) => python,
        Err(why) => panic!("{why}"),
    };
    let mut table = String::from("# What differs from the frameworks' own routes, by case.\n");
    let mut all = [0, 0];
    for kind in ["django", "fastapi"] {
        let place = tempfile::tempdir().unwrap();
        let base = here().join(kind).join("base.txt");
        let base = if base.exists() { files(&base) } else { BTreeMap::new() };
        let mut cases: Vec<PathBuf> =
            std::fs::read_dir(here().join(kind)).unwrap().map(|it| it.unwrap().path()).collect();
        cases.retain(|path| path.file_stem().is_some_and(|it| it != "base"));
        cases.sort();
        let mut folders = Vec::new();
        for case in &cases {
            let folder = place.path().join(case.file_stem().unwrap());
            write(&folder, &base);
            write(&folder, &files(case));
            folders.push(folder);
        }
        let said = run(Command::new(&python).arg(here().join("walk.py")).arg(kind).args(&folders)).unwrap();
        for line in said.lines() {
            let walked: Walked = serde_json::from_str(line).unwrap();
            let name = walked.folder.file_name().unwrap().to_string_lossy().into_owned();
            let different = differences(&walked.routes, &found(&walked.folder));
            all[0] += walked.routes.len();
            all[1] += different.len();
            different.iter().for_each(|it| table.push_str(&format!("{kind}/{name}: {it}\n")));
        }
        assert_eq!(said.lines().count(), folders.len(), "each folder is walked");
    }
    table.push_str(&format!("# {} routes, {} differences\n", all[0], all[1]));
    assert_data_eq!(table, snapbox::Data::read_from(&here().join("table.txt"), None).raw());
}
