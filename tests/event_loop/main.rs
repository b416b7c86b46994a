//! What plimsoll says of code in an event loop, against the code itself: each case is a handler of FastAPI or a view of
//! Django that runs for real, while a clock in the same loop shows whether it stood still, and statements of one session
//! are watched for others that start meanwhile.
//!
//! What is said to hold the loop up does, what is said to fail fails, and nothing else is said of anything; behind a fix a
//! case does neither, and gives what it gave. `table.txt` holds how many cases of each kind there are, and names those of
//! which nothing is said; `SNAPSHOTS=overwrite cargo test --test event_loop` writes it anew. The packages are pinned in
//! `requirements.txt` and installed into `target/`, for which the first run needs the network.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test sets its files up itself, and fails loudly"
)]

#[path = "../orm/interpreter.rs"]
mod interpreter;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use interpreter::{interpreter, run};
use libtest_mimic::{Arguments, Trial};
use plimsoll::rule::Finding;
use plimsoll::source::{Applicability, Fix};
use plimsoll::view::Report;
use plimsoll::{Options, audit_and_settle};
use serde::Deserialize;

/// What a case did.
#[derive(Clone, Debug, Deserialize)]
struct Case {
    path: String,
    name: String,
    /// The lines that are its own: its handler, and what stands between it and the case before.
    start: usize,
    end: usize,
    output: String,
    error: Option<String>,
    /// Whether the event loop stood still.
    blocks: bool,
    /// Whether two statements of one session ran at once.
    overlaps: bool,
}

/// A sin: the rules that tell it, and whether a case commits it.
struct Sin {
    kind: &'static str,
    rules: &'static [&'static str],
    file: &'static str,
    commits: fn(&Case) -> bool,
}

const SINS: [Sin; 5] = [
    Sin {
        kind: "a call that waits",
        rules: &["async/blocking-call"],
        file: "shop/blocking.py",
        commits: |it| it.blocks,
    },
    Sin {
        kind: "a session that waits",
        rules: &["async/sync-session-in-async-endpoint"],
        file: "shop/sessions.py",
        commits: |it| it.blocks,
    },
    Sin {
        kind: "a read that cannot ask",
        rules: &["sqlalchemy/async-implicit-io"],
        file: "shop/implicit.py",
        commits: |it| it.error.as_deref() == Some("MissingGreenlet"),
    },
    Sin {
        kind: "a session in several tasks",
        rules: &["sqlalchemy/session-shared-across-tasks"],
        file: "shop/shared.py",
        commits: |it| it.overlaps,
    },
    Sin {
        kind: "Django's mapper",
        rules: &["async/django-sync-orm"],
        file: "library/views.py",
        commits: |it| it.error.as_deref() == Some("SynchronousOnlyOperation"),
    },
];

/// Cases that commit a sin, and such as do not, that there are of each at least.
const LEAST: usize = 8;

/// The cases as they are and as plimsoll mends them, with what it said.
struct Ran {
    before: Vec<Case>,
    after: Vec<Case>,
    report: Report,
}

fn main() {
    let arguments = Arguments::from_args();
    let trial =
        |name: &str, check: fn(&Ran) -> Result<(), String>| Trial::test(name.to_owned(), move || Ok(check(ran()?)?));
    let trials = vec![
        trial("what is said is so", is_true),
        trial("fixes mend, and leave what comes out as it was", fixes_hold),
        trial("there are enough cases of each kind", are_enough),
        trial("the table is as it was", table_holds),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

fn ran() -> Result<&'static Ran, String> {
    static RAN: OnceLock<Result<Ran, String>> = OnceLock::new();
    RAN.get_or_init(run_all).as_ref().map_err(Clone::clone)
}

fn run_all() -> Result<Ran, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/event_loop");
    let before = cases(&folder)?;
    let wanted = |_: &_, _: &Finding, fix: &Fix| fix.applicability != Applicability::Display;
    let (report, patch) = audit_and_settle(&folder, &Options::default(), &wanted).map_err(|error| error.to_string())?;
    let mended = root.join("target/event_loop");
    if mended.exists() {
        std::fs::remove_dir_all(&mended).map_err(|error| error.to_string())?;
    }
    for name in ["shop", "library"] {
        let target = mended.join(name);
        std::fs::create_dir_all(&target).map_err(|error| error.to_string())?;
        for entry in std::fs::read_dir(folder.join(name)).map_err(|error| error.to_string())? {
            let entry = entry.map_err(|error| error.to_string())?;
            if entry.path().is_file() {
                std::fs::copy(entry.path(), target.join(entry.file_name())).map_err(|error| error.to_string())?;
            }
        }
    }
    for change in patch.changes {
        std::fs::write(mended.join(&*change.path), change.new).map_err(|error| error.to_string())?;
    }
    Ok(Ran { before, after: cases(&mended)?, report })
}

fn cases(folder: &Path) -> Result<Vec<Case>, String> {
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/event_loop/driver/run.py");
    let said = run(Command::new(interpreter("event_loop")?).arg("-B").arg(driver).current_dir(folder))?;
    serde_json::from_str(&said).map_err(|error| format!("{error}: {said}"))
}

/// What is said of a case by some rules.
fn said<'a>(ran: &'a Ran, case: &Case, rules: &[&str]) -> Vec<&'a Finding> {
    let is_at = |it: &&Finding| {
        it.labels.iter().any(|label| {
            let file = ran.report.sources.file(label.span.file);
            let line = file.position(label.span.start as usize).line;
            *file.path == *case.path && (case.start..=case.end).contains(&line)
        })
    };
    ran.report.findings.iter().filter(|it| rules.contains(&&*it.rule)).filter(is_at).collect()
}

fn is_true(ran: &Ran) -> Result<(), String> {
    let mut wrong = String::new();
    for case in &ran.before {
        for sin in &SINS {
            if !said(ran, case, sin.rules).is_empty() && !(sin.commits)(case) {
                let _ = writeln!(wrong, "{}: {}: {} is said, and not so: {case:?}", case.path, case.name, sin.kind);
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn fixes_hold(ran: &Ran) -> Result<(), String> {
    let mut wrong = String::new();
    let mut mended = 0;
    for case in &ran.before {
        let sins: Vec<&Sin> = SINS.iter().filter(|it| it.file == case.path && (it.commits)(case)).collect();
        let fixed = sins.iter().any(|sin| said(ran, case, sin.rules).iter().any(|it| !it.fixes.is_empty()));
        let after = ran.after.iter().find(|it| it.path == case.path && it.name == case.name);
        let Some(after) = after else {
            let _ = writeln!(wrong, "{}: {} is gone", case.path, case.name);
            continue;
        };
        mended += usize::from(fixed);
        let still = sins.iter().any(|it| (it.commits)(after));
        let failed = case.error.is_none() && (after.error.is_some() || after.output != case.output);
        if (fixed && still) || failed {
            let _ = writeln!(wrong, "{case:?}\nand mended {after:?}");
        }
    }
    match (wrong.is_empty(), mended) {
        (true, 0) => Err("nothing was mended".into()),
        (true, _) => Ok(()),
        (false, _) => Err(wrong),
    }
}

fn are_enough(ran: &Ran) -> Result<(), String> {
    for sin in &SINS {
        let of =
            |commits: bool| ran.before.iter().filter(|it| it.path == sin.file && (sin.commits)(it) == commits).count();
        if of(true) < LEAST || of(false) < LEAST {
            return Err(format!("{}: {} that do, {} that do not", sin.kind, of(true), of(false)));
        }
    }
    Ok(())
}

fn table(ran: &Ran) -> String {
    let mut out = String::from("kind                        do  said  mended  do not\n");
    let mut missed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for sin in &SINS {
        let own: Vec<&Case> = ran.before.iter().filter(|it| it.path == sin.file).collect();
        let (bad, good): (Vec<&Case>, Vec<&Case>) = own.into_iter().partition(|it| (sin.commits)(it));
        let found: Vec<_> = bad.iter().map(|it| said(ran, it, sin.rules)).collect();
        let is_said = found.iter().filter(|it| !it.is_empty()).count();
        let mended = found.iter().filter(|it| it.iter().any(|it| !it.fixes.is_empty())).count();
        let _ = writeln!(out, "{:<26}{:>4}{:>6}{:>8}{:>8}", sin.kind, bad.len(), is_said, mended, good.len());
        let not_said = bad.iter().zip(&found).filter(|it| it.1.is_empty()).map(|it| it.0.name.clone());
        missed.entry(sin.kind).or_default().extend(not_said);
    }
    out.push_str("\nof which nothing is said\n");
    for (kind, names) in missed.into_iter().filter(|it| !it.1.is_empty()) {
        let _ = writeln!(out, "{kind}: {}", names.join(", "));
    }
    out
}

fn table_holds(ran: &Ran) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/event_loop/table.txt");
    let now = table(ran);
    if std::env::var_os("SNAPSHOTS").is_some() {
        return std::fs::write(&path, now).map_err(|error| error.to_string());
    }
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    if before == now { Ok(()) } else { Err(format!("was\n{before}\nis\n{now}")) }
}
