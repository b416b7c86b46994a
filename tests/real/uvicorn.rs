//! What uvicorn's own command line makes of its arguments and the environment, beside what plimsoll reads of the same.

use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use plimsoll::stack::Fact;
use plimsoll::stack::vocabulary::{Mode, Process};
use serde_json::Value as Json;

use crate::needing;
use crate::python::{interpreter, run, runs};
use crate::servers::{Case, case, count, folder, stack};

const CASES: &[Case] = &[
    case("uvicorn app:app", &[], &[]),
    case("uvicorn app:app --workers 4 --port 80", &[], &[]),
    case("uvicorn --workers 2 --port=81 --workers=3 app:app", &[], &[]),
    case("python -m uvicorn app:app --workers 2 --host 0.0.0.0", &[], &[]),
    case("uvicorn app:app", &[("WEB_CONCURRENCY", "3")], &[]),
    case("uvicorn app:app --workers 2", &[("WEB_CONCURRENCY", "3")], &[]),
    case("uvicorn app:app", &[("UVICORN_WORKERS", "4"), ("WEB_CONCURRENCY", "3")], &[]),
    case("uvicorn app:app --workers 5", &[("UVICORN_WORKERS", "4")], &[]),
    case("uvicorn", &[("UVICORN_APP", "app:app"), ("UVICORN_WORKERS", "3")], &[]),
    case(
        "uvicorn app:app",
        &[
            ("UVICORN_PORT", "8080"),
            ("UVICORN_LIMIT_CONCURRENCY", "70"),
            ("UVICORN_LIMIT_MAX_REQUESTS", "1000"),
            ("UVICORN_TIMEOUT_KEEP_ALIVE", "65"),
            ("UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN", "20"),
        ],
        &[],
    ),
    case(
        "uvicorn app:app --limit-concurrency 50 --timeout-keep-alive 20",
        &[("UVICORN_LIMIT_CONCURRENCY", "70"), ("UVICORN_TIMEOUT_KEEP_ALIVE", "65")],
        &[],
    ),
    case("uvicorn --factory app:make --limit-max-requests=500 --timeout-graceful-shutdown 15", &[], &[]),
    case("uvicorn app:app --reload --workers 4", &[], &[]),
    case("uvicorn app:app", &[("UVICORN_RELOAD", "true"), ("WEB_CONCURRENCY", "5")], &[]),
    case("uvicorn app:app --workers 3", &[("UVICORN_RELOAD", "0")], &[]),
    case("uvicorn app:app --uds /tmp/app.sock", &[], &[]),
    case("uvicorn app:app", &[("UVICORN_UDS", "/tmp/app.sock")], &[]),
    case("uvicorn app:app --fd 3 --workers 2", &[], &[]),
    case("uvicorn app:app --interface wsgi --workers 2", &[], &[]),
    case("uvicorn app:app", &[("UVICORN_INTERFACE", "wsgi")], &[]),
    case("uvicorn app:app --loop uvloop --http httptools --no-access-log --workers 2 --proxy-headers", &[], &[]),
    case("uvicorn app:app --env-file .env --workers 2", &[], &[(".env", "WEB_CONCURRENCY=9\n")]),
];

/// The number that a process has for a setting; none where there is no limit.
type Field = fn(&Process) -> Option<f64>;

const FIELDS: &[(&str, Field)] = &[
    ("workers", |it| count(&it.processes)),
    ("port", |it| count(&it.port)),
    ("limit_concurrency", |it| count(&it.limit_concurrency)),
    // No limit is 0 to us.
    ("limit_max_requests", |it| count(&it.max_requests).filter(|it| *it > 0.0)),
    ("timeout_keep_alive", |it| it.keepalive.known().copied()),
    ("timeout_graceful_shutdown", |it| it.graceful_timeout.known().copied()),
];

pub(crate) fn trials() -> Vec<Trial> {
    let there = runs("python3", &["--version"]);
    let named = |case: &Case| {
        let set: Vec<_> = case.variables.iter().map(|(name, value)| format!("{name}={value} ")).collect();
        format!("uvicorn reads `{}{}` as plimsoll does", set.concat(), case.line)
    };
    CASES.iter().map(|case| needing("python3", there, named(case), move || agrees(case))).collect()
}

fn agrees(case: &Case) -> Result<(), String> {
    let stack = stack(case)?;
    let ours = &stack.processes[0];
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/uvicorn_config.py");
    let folder = folder(case)?;
    let mut command = Command::new(interpreter()?);
    let words = case.line.split_whitespace().skip_while(|word| *word != "uvicorn").skip(1);
    command.arg(script).args(words).current_dir(folder.path()).env_remove("WEB_CONCURRENCY");
    let said = run(command.envs(case.variables.iter().copied()))?;
    let real: Json = serde_json::from_str(&said).map_err(|error| error.to_string())?;
    let bound = real["uds"].is_null() && real["fd"].is_null();
    for (name, field) in FIELDS {
        // A socket that is given has no port.
        let theirs = real[*name].as_f64().filter(|_| *name != "port" || bound);
        if field(ours) != theirs {
            return Err(format!("{name}: plimsoll reads {:?}, uvicorn {theirs:?}", field(ours)));
        }
    }
    if ours.reload.known().copied() != real["reload"].as_bool() {
        return Err(format!("reload: plimsoll reads {:?}, uvicorn {}", ours.reload, real["reload"]));
    }
    let wsgi = matches!(&ours.mode, Fact::Known(it) if it.value == Mode::WsgiOnAsgi);
    if wsgi != (real["interface"].as_str() == Some("wsgi")) {
        return Err(format!("interface: plimsoll reads {:?}, uvicorn {}", ours.mode, real["interface"]));
    }
    Ok(())
}
