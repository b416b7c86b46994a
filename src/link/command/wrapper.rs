//! Programs that start another: what is theirs of a command line, and what is the other's.

use super::Arg;

/// What a wrapper leaves.
pub(super) enum Wrapped {
    /// The program that is started begins at word `from`.
    Program {
        /// How many words are the wrapper's.
        from: usize,
        /// Whether it passes signals to everything below it, and not to its child alone.
        passes_to_all: bool,
    },
    /// `env A=b program`: the last `assignments` of the words before `from` are variables.
    Environment {
        /// How many.
        assignments: usize,
        /// How many words are the wrapper's.
        from: usize,
    },
    /// A shell is given a text: word `at`; its arguments begin at `from`.
    Text {
        /// Which word.
        at: usize,
        /// Where the arguments begin.
        from: usize,
    },
    /// A shell is given a script: word `at`, followed by its arguments.
    Script {
        /// Which word.
        at: usize,
    },
}

/// Programs that take one word (a user, a duration) before the other's.
const TAKE_ONE: &[&str] = &["gosu", "su-exec", "s6-setuidgid", "timeout", "chroot", "taskset"];
/// Programs that take only options before it.
const TAKE_NONE: &[&str] = &[
    "nice",
    "ionice",
    "nohup",
    "setsid",
    "time",
    "stdbuf",
    "setpriv",
    "ddtrace-run",
    "with-contenv",
    "catatonit",
    "uvx",
    "docker-init",
    "command",
    "chrt",
    "numactl",
    "sudo",
    // What Heroku's buildpacks put before the application.
    "start-nginx",
    "start-nginx-debug",
    "start-nginx-solo",
    "start-pgbouncer",
    "start-pgbouncer-stunnel",
    "start-stunnel",
];
/// Programs that have a sub-command (`run`) before it.
const TAKE_RUN: &[(&str, &str)] = &[
    ("poetry", "run"),
    ("pipenv", "run"),
    ("pdm", "run"),
    ("rye", "run"),
    ("hatch", "run"),
    ("uv", "run"),
    ("conda", "run"),
    ("mamba", "run"),
    ("micromamba", "run"),
    ("newrelic-admin", "run-program"),
    ("dotenv", "run"),
    ("honcho", "run"),
    ("foreman", "run"),
    ("overmind", "run"),
    ("pixi", "run"),
];
/// Programs whose own words end at `--`.
const TAKE_DASHES: &[&str] = &[
    "doppler",
    "infisical",
    "chamber",
    "aws-vault",
    "op",
    "dotenvx",
    "watchmedo",
    "runuser",
    "envconsul",
    "vault-env",
    "wait-for-it",
    "wait-for",
    "wait_for_it",
    "wait_for",
    "waitforit",
    "wait",
];
/// Modules that `python -m` runs as programs of the same name.
const MODULES: &[&str] = &[
    "gunicorn",
    "uvicorn",
    "celery",
    "daphne",
    "hypercorn",
    "granian",
    "flask",
    "fastapi",
    "alembic",
    "uwsgi",
    "dramatiq",
    "arq",
    "rq",
    "huey",
    "huey.bin.huey_consumer",
    "pytest",
    "quart",
    "sanic",
    "taskiq",
    "waitress",
];
/// Whether a word is a server's program, which nothing but its start names.
pub(super) fn is_server(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word);
    matches!(name, "gunicorn" | "uvicorn" | "daphne" | "hypercorn" | "granian" | "uwsgi" | "celery" | "waitress-serve")
}

/// Small tools that no rule asks about.
const SMALL: &[&str] = &[
    "awk",
    "basename",
    "cat",
    "chgrp",
    "chmod",
    "chown",
    "cp",
    "curl",
    "cut",
    "date",
    "dirname",
    "echo",
    "env",
    "find",
    "grep",
    "head",
    "hostname",
    "id",
    "kill",
    "ln",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "nc",
    "ncat",
    "nproc",
    "pg_isready",
    "ping",
    "printf",
    "realpath",
    "rm",
    "sed",
    "sleep",
    "sort",
    "stat",
    "tail",
    "tee",
    "touch",
    "tr",
    "tty",
    "uname",
    "wc",
    "wget",
    "which",
    "whoami",
    "xargs",
    "getent",
    "mysqladmin",
    "locale-gen",
    "sync",
    "jq",
    "base64",
    "seq",
    "stty",
    "clear",
    "false",
    "true",
    "sudo",
];

/// Whether a program is a small tool that no rule asks about.
pub(super) fn is_small(program: &str) -> bool {
    let name = base(program);
    SMALL.contains(&name) || name.starts_with("wait-for") || name.starts_with("wait_for")
}

pub(super) fn base(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// Looks at the head of a command line for a wrapper. What it returns always makes the line shorter, or ends it.
pub(super) fn unwrap(args: &[Arg]) -> Option<Wrapped> {
    let words: Vec<&str> = args.iter().map(|arg| arg.known().unwrap_or("")).collect();
    let name = base(words.first()?);
    let program =
        |from: usize| (from > 0 && from < words.len()).then_some(Wrapped::Program { from, passes_to_all: false });
    let stem = name.strip_suffix(".sh").or_else(|| name.strip_suffix(".py")).unwrap_or(name);
    match stem {
        "sh" | "bash" | "dash" | "ash" => shell(&words),
        "busybox" if matches!(words.get(1), Some(&"sh" | &"ash")) => program(1),
        "env" => {
            let from = options(&words, 1, &["-u", "--unset", "-C", "--chdir"]);
            let assignments = words[from..].iter().take_while(|word| super::value_at(word) > 0).count();
            let from = from + assignments;
            (from < words.len()).then_some(Wrapped::Environment { assignments, from })
        }
        "tini" | "tini-static" | "dumb-init" => {
            let from = options(&words, 1, &["-p", "-e", "-r", "--rewrite"]);
            let own = words.get(1..from)?;
            let passes_to_all = if stem == "dumb-init" {
                !own.iter().any(|word| matches!(*word, "-c" | "--single-child"))
            } else {
                own.iter().any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('g'))
            };
            (from < words.len()).then_some(Wrapped::Program { from, passes_to_all })
        }
        "su" | "runuser" if words.iter().any(|word| matches!(*word, "-c" | "--command")) => {
            let at = words.iter().position(|word| matches!(*word, "-c" | "--command"))? + 1;
            (at < words.len()).then_some(Wrapped::Text { at, from: words.len() })
        }
        "watchfiles" => {
            let at = options(&words, 1, &["--filter", "--ignore-paths", "--args", "--verbosity", "--target-type"]);
            (at < words.len() && words[at].contains(' ')).then_some(Wrapped::Text { at, from: words.len() })
        }
        "dockerize" => {
            let mut at = 1;
            while words.get(at).is_some_and(|word| word.starts_with('-') && *word != "--") {
                // Go's options: one dash or two, the value behind `=` or in the next word.
                let flag = words[at].trim_start_matches('-');
                let alone = flag.contains('=') || matches!(flag, "no-overwrite" | "exit-code" | "version" | "poll");
                at += if alone { 1 } else { 2 };
            }
            program(at + usize::from(words.get(at) == Some(&"--")))
        }
        "opentelemetry-instrument" => {
            let mut at = 1;
            while words.get(at).is_some_and(|word| word.starts_with('-')) {
                at += if words[at].contains('=') { 1 } else { 2 };
            }
            program(at)
        }
        _ if TAKE_ONE.contains(&stem) => program(options(&words, 1, &["-s", "-k", "--signal", "--kill-after"]) + 1),
        _ if TAKE_NONE.contains(&stem) => {
            program(options(&words, 1, &["-n", "-c", "-u", "-g", "-p", "--user", "--from", "--with", "--python"]))
        }
        _ if TAKE_RUN.iter().any(|(program, sub)| *program == stem && words.contains(sub)) => {
            let run = TAKE_RUN.iter().find(|(program, _)| *program == stem).map_or("", |(_, run)| run);
            let at = words.iter().position(|word| *word == run)? + 1;
            program(options(
                &words,
                at,
                &["-n", "--name", "-p", "--project", "--python", "--with", "--package", "--extra", "--group", "-f"],
            ))
        }
        _ if TAKE_DASHES.contains(&stem) || stem.starts_with("wait-for") || stem.starts_with("wait_for") => {
            program(words.iter().position(|word| *word == "--")? + 1)
        }
        _ if is_python(name) => python(&words, program),
        _ => None,
    }
}

/// Whether a program is a Python interpreter: `python`, `python3.12`, `pypy3`.
pub(in crate::link) fn is_python(name: &str) -> bool {
    let rest = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// `python -m gunicorn`, `python /usr/local/bin/gunicorn`: the program alone.
fn python(words: &[&str], program: impl Fn(usize) -> Option<Wrapped>) -> Option<Wrapped> {
    let at = options(words, 1, &["-X", "-W", "-m"]);
    if words.get(at - 1).is_some_and(|word| MODULES.contains(word)) && words.get(at.checked_sub(2)?) == Some(&"-m") {
        return program(at - 1);
    }
    // `python -m gunicorn` without more: the module is the last word.
    let module = words.iter().position(|word| *word == "-m").filter(|&m| m + 1 < at)?;
    if MODULES.contains(words.get(module + 1)?) { program(module + 1) } else { None }
}

/// The place behind the options that start at `from`; those in `valued` take the next word, and `--` ends them.
fn options(words: &[&str], from: usize, valued: &[&str]) -> usize {
    let mut at = from;
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-') && word.len() > 1) {
        if *word == "--" {
            return at + 1;
        }
        at += if valued.contains(word) { 2 } else { 1 };
    }
    at.min(words.len())
}

/// `sh -c text name args`, `bash -euo pipefail script args`.
fn shell(words: &[&str]) -> Option<Wrapped> {
    let mut at = 1;
    let mut text = false;
    while let Some(word) = words.get(at).filter(|word| word.starts_with(['-', '+']) && word.len() > 1) {
        if *word == "--" {
            at += 1;
            break;
        }
        if !word.starts_with("--") {
            text |= word.starts_with('-') && word.contains('c');
            if word.ends_with('o') || word.ends_with('O') {
                at += 1;
            }
        }
        at += 1;
    }
    if at >= words.len() {
        return None;
    }
    Some(if text { Wrapped::Text { at, from: at + 1 } } else { Wrapped::Script { at } })
}
