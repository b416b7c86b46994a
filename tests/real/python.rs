//! Real Python: what it makes of files that plimsoll has changed, and what packages really do when told nothing.
//!
//! The packages are pinned in `requirements.txt` and installed into an environment of the tests' own, under `target/`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use libtest_mimic::Trial;
use plimsoll::source::{FileId, SourceFile, Sources};
use plimsoll::stack::defaults;
use plimsoll::{Options, audit_sources, settle};

use crate::{needing, settings};

/// Each fixture's changed files are taken by Python and by a YAML parser; the defaults are those of the packages.
pub(crate) fn trials() -> Vec<Trial> {
    let there = runs("python3", &["--version"]);
    let mut trials: Vec<Trial> = ["wingman", "wingman-as-advised", "capsules", "hospital", "hospital-as-advised"]
        .into_iter()
        .map(|name| {
            needing("python3", there, format!("python takes what is mended in {name}"), move || {
                compiles(&mended(name)?)
            })
        })
        .collect();
    trials.extend(["wingman", "hospital", "hospital-as-advised"].into_iter().map(|name| {
        needing("python3", there, format!("PyYAML takes what is mended in {name}"), move || loads(&mended(name)?))
    }));
    trials.extend(settings::SAMPLES.iter().map(|&sample| {
        let name = format!("settings are as real Python reads them in {}", sample.folder);
        needing("python3", there, name, move || {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let folder = root.join("fixtures").join(sample.folder);
            let mut command = Command::new(interpreter()?);
            command.arg(root.join("tests/real/settings.py")).arg(&folder).args([sample.code, sample.asked]);
            settings::agrees(sample, &folder, &run(&mut command)?)
        })
    }));
    trials.push(needing("python3", there, "defaults are those of the packages".into(), defaults_hold));
    trials
}

pub(crate) fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

/// The environment's interpreter, with everything installed; made once.
pub(crate) fn interpreter() -> Result<PathBuf, String> {
    static MADE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let make = || {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("target/real-python");
        let python = folder.join("bin/python");
        if !python.exists() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        let requirements = root.join("tests/real/requirements.txt");
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements))?;
        Ok(python)
    };
    MADE.get_or_init(make).clone()
}

pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("{command:?}: {said}"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The files of a fixture that its fixes change, as they are then.
fn mended(name: &str) -> Result<Vec<(String, String)>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let walked = plimsoll::source::walk(&root, &Default::default()).map_err(|error| error.to_string())?;
    let file = |file: &SourceFile| SourceFile::new(FileId(file.id.0), file.path.clone(), PathBuf::new(), file.text());
    let sources = Sources::new(walked.sources.iter().map(file).collect());
    let options = Options::default();
    let report = audit_sources(root, sources, Vec::new(), &options);
    let patch = settle(&report, &options, &|_, _| true).map_err(|error| error.to_string())?;
    Ok(patch.changes.into_iter().map(|change| (change.path.to_string(), change.new)).collect())
}

fn compiles(files: &[(String, String)]) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".py")) {
        let file = folder.path().join("changed.py");
        std::fs::write(&file, text).map_err(|error| error.to_string())?;
        run(Command::new("python3").args(["-m", "py_compile"]).arg(&file))
            .map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

fn loads(files: &[(String, String)]) -> Result<(), String> {
    let python = interpreter()?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".yml")) {
        let file = folder.path().join("changed.yml");
        std::fs::write(&file, text).map_err(|error| error.to_string())?;
        let load = "import sys, yaml; assert yaml.safe_load(open(sys.argv[1]))['services']";
        run(Command::new(&python).args(["-c", load]).arg(&file)).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(())
}

/// Rows of the table that the pinned packages speak of.
fn defaults_hold() -> Result<(), String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/defaults.py");
    let said = run(Command::new(interpreter()?).arg(script))?;
    let real: std::collections::BTreeMap<String, f64> =
        serde_json::from_str(&said).map_err(|error| error.to_string())?;
    let mut compared = 0;
    for (name, value) in &real {
        let table = defaults::SECTIONS.iter().flat_map(|rows| rows.iter());
        let ours = table.map(|row| (format!("{} {}", row.program, row.setting), row.value)).find(|(it, _)| it == name);
        if let Some((_, ours)) = ours {
            compared += 1;
            if ours != *value {
                return Err(format!("{name}: the table says {ours}, the package {value}"));
            }
        }
    }
    if compared < 12 { Err(format!("only {compared} rows were compared: {real:?}")) } else { Ok(()) }
}
