//! What compose-go, which Docker Compose is made of, makes of the projects in `tests/compose-cases`: each holds its
//! files and, behind `-- expected --`, what was recorded of compose-go at e70e961. Here the same must come out.

#![allow(clippy::disallowed_methods, reason = "a test reads its cases")]

use std::fmt::Write as _;
use std::path::Path;

use super::tests::{Tree, tree};
use crate::link::plan::{CommandLine, ServicePlan};
use crate::stack::{Fact, Origin};
use crate::syntax::{Mapped, shell};

/// A case: what is started, its files, and what is expected.
struct Case {
    files: Vec<(String, String)>,
    expected: String,
}

fn parse(text: &str) -> Case {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            files.push(("run.sh".into(), format!("{command}\n")));
        } else if let Some(name) = line.strip_prefix("-- ").and_then(|line| line.strip_suffix(" --")) {
            files.push((name.into(), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    let expected = files.pop().map(|(_, text)| text).unwrap_or_default();
    Case { files, expected }
}

/// What is read of a case, as it is recorded.
fn shown(case: &Case) -> String {
    let files: Vec<_> = case.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let tree = tree(&files);
    let command = case.files.iter().any(|(name, _)| name == "run.sh");
    let started = tree.deployments.iter().find(|it| !command || it.because.reason.contains(" started here"));
    let Some(deployment) = started.or(tree.deployments.first()) else { return String::new() };
    let mut services: Vec<_> = deployment.services.iter().collect();
    services.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    services.into_iter().map(|service| one(service, &tree)).collect()
}

fn one(service: &ServicePlan, tree: &Tree) -> String {
    let mut out = format!("{}\n", service.name.value);
    let mut say = |key: &str, mut values: Vec<String>, sorted: bool| {
        if sorted {
            values.sort();
        }
        if !(values.is_empty() || values.len() == 1 && values[0].is_empty()) {
            let joined = if values.concat().is_empty() { String::new() } else { values.join(" | ") };
            let _ = writeln!(out, "  {key}: {joined}");
        }
    };
    let some = |text: Option<&str>| text.map(str::to_string).into_iter().collect::<Vec<_>>();
    say("image", some(service.image.as_ref().map(|it| &*it.value)), false);
    if let Some(build) = &service.build {
        say("build", vec![if build.context.is_empty() { ".".into() } else { build.context.to_string() }], false);
        say("target", some(build.target.as_ref().map(|it| &*it.value)), false);
        say("args", build.args.iter().map(|(name, value)| format!("{name}={}", value.value)).collect(), true);
    }
    for (key, line) in [("entrypoint", &service.entrypoint), ("command", &service.command)] {
        let Some(line) = line else { continue };
        let words = match line {
            CommandLine::Exec { words, .. } => words.iter().map(|it| it.value.to_string()).collect::<Vec<_>>(),
            CommandLine::Text { text, .. } => words(text),
        };
        // A list of nothing is said, too: it takes the image's away.
        say(key, if words.is_empty() { vec!["".into(), "".into()] } else { words }, false);
    }
    let variables = service.environment.iter().filter_map(|it| {
        let text = it.value.known()?.replace('\n', "\\n");
        Some(format!("{}={text}", it.name))
    });
    say("environment", variables.collect(), true);
    let number = |fact: &Fact<u64>, default: u64| match fact.known() {
        Some(&number) if number != default => vec![number.to_string()],
        _ => Vec::new(),
    };
    say("replicas", number(&service.replicas, 1), false);
    say("cpus", service.cpus.known().map(|it| it.to_string()).into_iter().collect(), false);
    say("memory", number(&service.memory, 0), false);
    say("shm_size", number(&service.shm_size, 64 << 20), false);
    say("container_name", some(service.container_name.known().map(|it| &**it)), false);
    say(
        "stop_grace",
        service.stop_grace.known().filter(|it| **it != 10.0).map(|it| it.to_string()).into_iter().collect(),
        false,
    );
    let port = |it: &crate::link::plan::Port| {
        format!("{}:{}", it.host.map(|it| it.to_string()).unwrap_or_default(), it.container)
    };
    say("ports", service.ports.iter().map(port).collect(), true);
    say("expose", service.expose.iter().map(|it| it.value.to_string()).collect(), true);
    let mount = |it: &crate::link::plan::Mount| {
        let source = if it.source.is_empty() { "." } else { &*it.source };
        format!("{source}:{}", it.target)
    };
    say("mounts", service.mounts.iter().map(mount).collect(), true);
    let depends = service.depends_on.iter().map(|(name, condition)| format!("{} {condition}", name.value));
    say("depends_on", depends.collect(), true);
    let restart = service.restart.sourced().filter(|it| matches!(it.origin, Origin::Written(_)));
    say("restart", some(restart.map(|it| &*it.value)), false);
    say("working_dir", some(service.working_dir.as_deref()), false);
    say("init", some(service.init.then_some("true")), false);
    say("healthcheck", some(service.healthcheck.map(|_| "yes")), false);
    let _ = tree;
    out
}

fn words(text: &Mapped) -> Vec<String> {
    let literal = |word: &shell::Word| word.literal().map_or_else(|| "?".into(), |it| it.text.to_string());
    shell::split(text).iter().map(literal).collect()
}

#[test]
fn the_same_comes_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose-cases");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 40, "the cases are there");
    let mut wrong = String::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it == "txt")) {
        let case = parse(&std::fs::read_to_string(path).unwrap());
        // What compose refuses is not started: whatever is read of it contradicts nothing.
        if case.expected.starts_with("error: ") {
            continue;
        }
        let found = shown(&case);
        if found != case.expected {
            let _ = write!(wrong, "== {}\n-- expected\n{}-- found\n{found}", path.display(), case.expected);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
