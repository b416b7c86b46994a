//! The steps of `action.yml`, each run as GitHub's runner runs it: the script by bash, the inputs in the environment.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll::syntax::yaml::Node;

use super::{said, sample, yaml};

/// A job: its workspace, the inputs it gives, and the summary that its steps write.
struct Job {
    workspace: tempfile::TempDir,
    beside: tempfile::TempDir,
    inputs: BTreeMap<String, String>,
}

impl Job {
    fn new(workspace: tempfile::TempDir, inputs: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let action = yaml("action.yml");
        let known = action.get("inputs").unwrap();
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in known.entries() {
            let default = input.get("default").and_then(Node::text).unwrap();
            given.insert(name.value.to_string(), default.to_owned());
        }
        for (name, value) in inputs.iter().map(own) {
            assert!(given.insert(name.clone(), value).is_some(), "no input is called {name}");
        }
        Self { workspace, beside: tempfile::tempdir().unwrap(), inputs: given }
    }

    /// What the step of this name prints, and its exit code.
    fn step(&self, name: &str) -> (String, i32) {
        let action = yaml("action.yml");
        let steps = action.get("runs").and_then(|it| it.get("steps")).unwrap();
        let is = |step: &&Node| step.get("name").and_then(Node::text) == Some(name);
        let step = steps.items().iter().find(is).unwrap();
        assert_eq!(step.get("shell").and_then(Node::text), Some("bash"));
        let script = self.beside.path().join("script.sh");
        fs::write(&script, step.get("run").and_then(Node::text).unwrap()).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_plimsoll"));
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{}:{path}", self.beside.path().display(), program.parent().unwrap().display());
        let mut command = Command::new("bash");
        // As GitHub starts `shell: bash`.
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&script);
        command.current_dir(self.workspace.path()).env_clear().env("PATH", path).env("LANG", "C.UTF-8");
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_WORKSPACE", self.workspace.path());
        command.env("GITHUB_STEP_SUMMARY", self.beside.path().join("summary.md"));
        for (variable, value) in step.get("env").unwrap().entries() {
            command.env(&*variable.value, self.value(value.text().unwrap()));
        }
        said(&command.output().unwrap())
    }

    /// The value of `${{ … }}`.
    fn value(&self, expression: &str) -> String {
        let inner = expression.strip_prefix("${{").and_then(|it| it.strip_suffix("}}")).unwrap().trim();
        match inner.strip_prefix("inputs.") {
            Some(input) => self.inputs[input].clone(),
            None if inner == "github.action_path" => "/the/action".to_owned(),
            None => unreachable!("{inner} is not known here"),
        }
    }

    fn summary(&self) -> String {
        fs::read_to_string(self.beside.path().join("summary.md")).unwrap_or_default()
    }
}

const REPORT: &str = "Write the report into the job's summary";
const ANNOTATE: &str = "Annotate";

#[cfg(unix)]
#[test]
fn installs_what_is_asked_for() {
    use std::os::unix::fs::PermissionsExt;
    for (version, expected) in [
        ("", "install --locked --path /the/action\n"),
        ("0.1.0", "install plimsoll --locked --version 0.1.0\n"),
        ("1; rm -rf /", "install plimsoll --locked --version 1; rm -rf /\n"),
    ] {
        let job = Job::new(sample("sound"), &[("version", version)]);
        let cargo = job.beside.path().join("cargo");
        fs::write(&cargo, "#!/bin/sh\necho \"$*\"\n").unwrap();
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(job.step("Install plimsoll"), (expected.to_owned(), 0));
    }
}

#[test]
fn findings_are_annotations_and_the_report_is_the_summary() {
    let job = Job::new(sample("wingman"), &[]);
    assert_eq!(job.step(REPORT), (String::new(), 0));
    assert!(job.summary().starts_with("# Capacity audit of "), "{}", job.summary());
    assert!(job.summary().contains("## Connection budget"));
    let (text, code) = job.step(ANNOTATE);
    assert_eq!(code, 1, "{text}");
    assert!(text.lines().all(|line| ["::error ", "::warning ", "::notice "].iter().any(|it| line.starts_with(it))));
    assert!(text.starts_with("::error file=chat/views.py,line=22,endLine=22,col=28,endColumn=75,title="), "{text}");
    // A column counts only within one line.
    assert!(
        text.contains("\n::warning file=chat/tasks.py,line=43,endLine=45,title=medium[orm/query-in-loop]::"),
        "{text}"
    );
}

#[test]
fn a_repository_without_findings_passes() {
    let job = Job::new(sample("sound"), &[("fail-on", "info")]);
    assert_eq!(job.step(REPORT), (String::new(), 0));
    assert!(job.summary().starts_with("# Capacity audit of "), "{}", job.summary());
    assert_eq!(job.step(ANNOTATE), (String::new(), 0));
}

#[test]
fn paths_are_those_of_the_workspace() {
    let workspace = tempfile::tempdir().unwrap();
    let below = workspace.path().join("a backend");
    fs::create_dir(&below).unwrap();
    super::copy(&super::top().join("fixtures/wingman"), &below);
    let job = Job::new(workspace, &[("path", "a backend")]);
    assert_eq!(job.step(REPORT), (String::new(), 0));
    let (text, code) = job.step(ANNOTATE);
    assert_eq!(code, 1, "{text}");
    assert!(text.lines().all(|line| line.contains(" file=a backend/")), "{text}");
}

#[test]
fn every_input_has_its_effect() {
    let annotate = |inputs: &[(&str, &str)]| Job::new(sample("wingman"), inputs).step(ANNOTATE);
    assert_eq!(annotate(&[("fail-on", "never")]).1, 0);
    assert_eq!(annotate(&[("fail-on", "error")]).1, 0);
    assert_eq!(annotate(&[("fail-on", "high")]).1, 1);
    // Each line of the arguments counts, and what would be code is a word.
    let (text, code) = annotate(&[("args", "--select nginx\n  --ignore nginx/gzip-off\n")]);
    assert_eq!((text.lines().count(), code), (1, 1), "{text}");
    let (text, code) = annotate(&[("args", "$(touch pwned) * ;true")]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("$(touch: no such file or folder"), "{text}");

    let job = Job::new(sample("wingman"), &[("config", "ci.toml"), ("sarif", "out.sarif"), ("fail-on", "high")]);
    let own = |name: &str| job.workspace.path().join(name);
    fs::write(own("ci.toml"), "select = [\"nginx\"]\n").unwrap();
    assert_eq!(job.step(REPORT), (String::new(), 0));
    assert!(job.summary().contains("nginx/gzip-off") && !job.summary().contains("orm/"), "{}", job.summary());
    let (text, code) = job.step(ANNOTATE);
    assert_eq!((text.lines().count(), code), (2, 0), "{text}");
    let sarif: serde_json::Value = serde_json::from_str(&fs::read_to_string(own("out.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_done_fails_the_step_with_a_reason() {
    for (inputs, reason) in [
        (("path", "nowhere"), "nowhere: no such file or folder"),
        (("config", "none.toml"), "none.toml: "),
        (("path", "-x"), "-x: no such file or folder"),
    ] {
        let job = Job::new(sample("wingman"), &[inputs]);
        for step in [REPORT, ANNOTATE] {
            let (text, code) = job.step(step);
            assert_eq!(code, 2, "{text}");
            assert!(text.contains(reason), "{text}");
        }
        assert_eq!(job.summary(), "");
    }
    for (input, value, reason) in [
        ("fail-on", "bad", "`bad` is none of `info`, `low`, `medium`, `high`, `error`"),
        ("args", "--no-such-flag", "unexpected argument '--no-such-flag'"),
        ("sarif", "no/such/folder/out.sarif", "no/such/folder/out.sarif: cannot be written"),
    ] {
        let (text, code) = Job::new(sample("wingman"), &[(input, value)]).step(ANNOTATE);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains(reason), "{text}");
    }
}

#[test]
fn a_report_that_is_too_long_for_a_summary_ends_with_a_whole_finding() {
    let workspace = sample("sound");
    let view = "from django.db import models\n\n\nclass A(models.Model):\n    b = models.ForeignKey('self', on_delete=models.CASCADE)\n\n\ndef view():\n    for a in A.objects.all():\n        print(a.b.pk_name)\n";
    for at in 0..1500 {
        let folder = workspace.path().join(format!("app_{at}"));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("models.py"), view).unwrap();
    }
    let job = Job::new(workspace, &[]);
    assert_eq!(job.step(REPORT), (String::new(), 0));
    let summary = job.summary();
    assert!((900_000..1 << 20).contains(&summary.len()), "{}", summary.len());
    assert!(summary.ends_with("`plimsoll audit` prints all of it.*\n"), "{}", &summary[summary.len() - 300..]);
    assert_eq!(summary.matches("```").count() % 2, 0);
}
