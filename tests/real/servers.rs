//! Real servers: what gunicorn makes of command lines, variables and files, and what others do when told nothing, beside
//! what plimsoll reads of the same.

use std::process::Command;

use libtest_mimic::Trial;
use plimsoll::audit_texts;
use plimsoll::stack::vocabulary::Process;
use plimsoll::stack::{Fact, Stack};

use crate::needing;
use crate::python::{interpreter, run, runs};

/// A command line of a server with its variables and files; `app.py` is always there.
pub(crate) struct Case {
    pub(crate) line: &'static str,
    pub(crate) variables: &'static [(&'static str, &'static str)],
    pub(crate) files: &'static [(&'static str, &'static str)],
}

pub(crate) const fn case(
    line: &'static str,
    variables: &'static [(&'static str, &'static str)],
    files: &'static [(&'static str, &'static str)],
) -> Case {
    Case { line, variables, files }
}

const CASES: &[Case] = &[
    case("gunicorn app:app", &[], &[]),
    case("gunicorn app:app -w 3 --threads=2", &[], &[]),
    case("gunicorn -w4 app:app -k gthread --threads 8 -t 90", &[], &[]),
    case("gunicorn app:app -w 2 -w 5", &[], &[]),
    case("gunicorn app:app", &[("WEB_CONCURRENCY", "7")], &[]),
    case("gunicorn app:app -w 2", &[("WEB_CONCURRENCY", "7")], &[]),
    case("gunicorn app:app", &[("GUNICORN_CMD_ARGS", "--workers=6 --timeout 45")], &[]),
    case("gunicorn app:app --timeout 20", &[("GUNICORN_CMD_ARGS", "--workers=6 --timeout 45")], &[]),
    case("gunicorn app:app", &[], &[("gunicorn.conf.py", "workers = 2 * 2 + 1\nthreads = 3\nkeepalive = 9\n")]),
    case(
        "gunicorn app:app --threads 4",
        &[("GUNICORN_CMD_ARGS", "--keep-alive 7"), ("WEB_CONCURRENCY", "9")],
        &[("gunicorn.conf.py", "workers = 5\nthreads = 3\nkeepalive = 9\n")],
    ),
    case(
        "gunicorn -c conf/server.py app:app",
        &[("W", "3")],
        &[(
            "conf/server.py",
            "import os\nworkers = int(os.environ.get('W', '4')) * 2\ntimeout = int(os.getenv('T', 75))\n",
        )],
    ),
    case(
        "gunicorn --config=python:conf.server app:app",
        &[],
        &[("conf/server.py", "workers = max(2, min(8, 6))\nmax_requests = 1_000\nmax_requests_jitter = 1000 // 10\n")],
    ),
    case("gunicorn --max-requests 500 --max-requests-jitter 50 --graceful-timeout 15 app:app", &[], &[]),
    case("gunicorn app:app -c file:x.py", &[], &[("x.py", "BASE = 2\nworkers = BASE ** 3 if BASE else 1\n")]),
    case("gunicorn app:app --worker-class=gthread", &[("GUNICORN_CMD_ARGS", "-k sync --threads 6")], &[]),
];

/// The number that a process has for a setting.
type Field = fn(&Process) -> Option<f64>;

/// What gunicorn prints, and the field that says the same.
const FIELDS: &[(&str, Field)] = &[
    ("workers", |it| count(&it.processes)),
    ("threads", |it| count(&it.threads)),
    ("timeout", |it| it.timeout.known().copied()),
    ("graceful_timeout", |it| it.graceful_timeout.known().copied()),
    ("max_requests", |it| count(&it.max_requests)),
    ("max_requests_jitter", |it| count(&it.max_requests_jitter)),
];

pub(crate) fn count(fact: &Fact<u64>) -> Option<f64> {
    fact.known().map(|value| *value as f64)
}

pub(crate) fn trials() -> Vec<Trial> {
    let there = runs("python3", &["--version"]);
    let each = CASES.iter().map(|case| {
        needing("python3", there, format!("gunicorn reads `{}` as plimsoll does", case.line), move || gunicorn(case))
    });
    each.collect()
}

/// The deployment of an image with this command.
pub(crate) fn stack(case: &Case) -> Result<Stack, String> {
    let env: String = case.variables.iter().map(|(name, value)| format!("ENV {name}=\"{value}\"\n")).collect();
    let docker = format!("FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n{env}CMD exec {}\n", case.line);
    let mut files = std::collections::BTreeMap::from([("Dockerfile", &*docker), ("app.py", APP)]);
    files.extend(case.files.iter().copied());
    let report = audit_texts(files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect());
    report.stacks.into_iter().find(|it| !it.processes.is_empty()).ok_or_else(|| "no process was found".to_string())
}

/// The folder that it runs in, with its files.
pub(crate) fn folder(case: &Case) -> Result<tempfile::TempDir, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (path, text) in [("app.py", APP)].iter().chain(case.files) {
        let path = folder.path().join(path);
        let parent = path.parent().ok_or("no parent")?;
        std::fs::create_dir_all(parent).map_err(|error| error.to_string())?;
        std::fs::write(path, text).map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

const APP: &str = "def app(environ, start_response):\n    return []\n";

fn gunicorn(case: &Case) -> Result<(), String> {
    let stack = stack(case)?;
    let ours = &stack.processes[0];
    let folder = folder(case)?;
    let mut command = Command::new(interpreter()?);
    command.args(["-m", "gunicorn", "--print-config"]).args(case.line.split_whitespace().skip(1));
    command.current_dir(folder.path()).env_remove("WEB_CONCURRENCY").env_remove("GUNICORN_CMD_ARGS");
    let said = run(command.envs(case.variables.iter().copied()))?;
    let real = |name: &str| {
        let line = said.lines().find(|line| line.split('=').next().is_some_and(|it| it.trim() == name))?;
        line.split_once('=').map(|(_, value)| value.trim().to_string())
    };
    for (name, field) in FIELDS {
        let theirs = real(name).and_then(|value| value.parse::<f64>().ok());
        if field(ours) != theirs {
            return Err(format!("{name}: plimsoll reads {:?}, gunicorn {theirs:?}", field(ours)));
        }
    }
    // It prints what is set; a sync worker that is given threads is the threaded one (`Config.worker_class_str`).
    let threaded = count(&ours.threads).is_some_and(|threads| threads > 1.0);
    let class = real("worker_class").map(|it| if it == "sync" && threaded { "gthread".to_owned() } else { it });
    if ours.worker_class.known().map(|it| it.to_string()) != class {
        return Err(format!("worker_class: plimsoll reads {:?}, gunicorn {class:?}", ours.worker_class.known()));
    }
    Ok(())
}
