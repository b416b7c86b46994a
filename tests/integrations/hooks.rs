//! The hooks: which files they are run for, and what plimsoll says when it is called as pre-commit calls it, with the
//! files that are to be committed behind the entry. The real pre-commit runs them in `.ci/long`.

use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll::source::may_matter;
use plimsoll::syntax::yaml::Node;

use super::{files, said, sample, top, yaml};

fn hook(id: &str) -> Node {
    let is = |hook: &&Node| hook.get("id").and_then(Node::text) == Some(id);
    yaml(".pre-commit-hooks.yaml").items().iter().find(is).unwrap().clone()
}

/// What the hook's entry says of these files, and its exit code.
fn run(id: &str, folder: &Path, staged: &[&str]) -> (String, i32) {
    let hook = hook(id);
    let mut words = hook.get("entry").and_then(Node::text).unwrap().split(' ');
    assert_eq!(words.next(), Some("plimsoll"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(words).args(["--format", "concise"]).args(staged).current_dir(folder).env_clear();
    said(&command.output().unwrap())
}

#[test]
fn they_are_run_for_every_file_that_may_matter() {
    let named = concat!(
        "Containerfile|a/b.dockerfile|.envs/.production/.django|conf.d/gunicorn|deploy/Procfile.dev|",
        "constraints.txt|requirements/base.txt|requirements-dev.in|etc/sites-enabled/default|",
        "start-celery|docker/entrypoint|my-entrypoint|justfile|package.json|nginx|nginx.conf.j2|",
        "proxy_params|postgresql.cnf|README.md|a b/ü.PY|app.vhost|uv.lock|.env.example|compose/run|",
        "Dockerfile.md",
    );
    let fixtures = files(&top().join("fixtures"));
    let below = |path: &std::path::PathBuf| path.strip_prefix(top()).unwrap().to_str().unwrap().to_owned();
    let all: Vec<String> = named.split('|').map(str::to_owned).chain(fixtures.iter().map(below)).collect();
    for id in ["plimsoll", "plimsoll-fix", "plimsoll-system"] {
        let pattern = hook(id).get("files").and_then(Node::text).unwrap().to_owned();
        let pattern = regex::Regex::new(&pattern).unwrap();
        let missed: Vec<&String> = all.iter().filter(|path| may_matter(path) && !pattern.is_match(path)).collect();
        assert_eq!(missed, Vec::<&String>::new(), "{id}");
        for other in ["static/logo.svg", "src/App.tsx", "docs/index.html", "data/rows.csv", "LICENSE"] {
            assert!(!pattern.is_match(other), "{id} is run for {other}");
        }
    }
}

#[test]
fn only_what_touches_the_staged_files_is_said() {
    let folder = sample("wingman");
    let (text, code) = run("plimsoll", folder.path(), &["manage.py", "accounts/__init__.py"]);
    assert_eq!((text.as_str(), code), ("", 0));
    let (text, code) = run("plimsoll", folder.path(), &["chat/tasks.py"]);
    assert_eq!(code, 1, "{text}");
    assert!(!text.is_empty() && text.lines().all(|line| line.starts_with("chat/tasks.py:")), "{text}");
    // A change of the models may be what makes the views slow.
    let (text, code) = run("plimsoll", folder.path(), &["chat/models.py"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.lines().any(|line| line.starts_with("chat/views.py:") && line.contains("orm/n-plus-one")), "{text}");
    assert!(!text.contains("docker-compose.yml"), "{text}");
}

#[test]
fn names_may_hold_spaces_and_letters_of_any_script() {
    let folder = sample("sound");
    let path = "déploiement neuf/docker-compose stäging.yml";
    fs::create_dir(folder.path().join("déploiement neuf")).unwrap();
    let text = "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_MAX_CONNECTIONS: 300\n";
    fs::write(folder.path().join(path), text).unwrap();
    let (text, code) = run("plimsoll", folder.path(), &[path]);
    assert_eq!(code, 1, "{text}");
    assert!(text.starts_with(&format!("{path}:5:7: error[postgres/ineffective-environment]")), "{text}");
}

#[test]
fn the_fixing_hook_changes_nothing_but_the_staged_files() {
    let folder = sample("wingman");
    let (text, code) = run("plimsoll-fix", folder.path(), &["chat/tasks.py"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.starts_with("nothing to change") || text.contains("\nnothing to change"), "{text}");
    let (text, _) = run("plimsoll-fix", folder.path(), &["nginx.conf"]);
    assert!(text.contains("changed nginx.conf: "), "{text}");
    for file in files(&top().join("fixtures/wingman")) {
        let path = file.strip_prefix(top().join("fixtures/wingman")).unwrap();
        let same = fs::read(&file).unwrap() == fs::read(folder.path().join(path)).unwrap();
        assert_eq!(same, path != Path::new("nginx.conf"), "{}", path.display());
    }
}

#[test]
fn the_hook_of_the_whole_repository_runs_also_when_a_file_was_only_deleted() {
    let all = hook("plimsoll-all");
    assert_eq!(all.get("always_run").and_then(Node::text), Some("true"));
    assert_eq!(all.get("pass_filenames").and_then(Node::text), Some("false"));
    let folder = sample("wingman");
    fs::remove_file(folder.path().join("chat/tasks.py")).unwrap();
    let (text, code) = run("plimsoll-all", folder.path(), &[]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("docker-compose.yml:") && !text.contains("chat/tasks.py"), "{text}");
}
