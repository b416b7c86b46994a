//! Variables that are set for a program which never reads them.

use crate::link::plan::{Append, ListStyle, Variable};
use crate::link::rows;
use crate::source::Span;
use crate::stack::{Database, DeadVariable, Fact, Id, Service, Stack, Writer};

use super::{Server, part};

/// What the official image reads, from its entrypoint; each also with `_FILE`.
const READ: &[&str] = &["PASSWORD", "USER", "DB", "INITDB_ARGS", "INITDB_WALDIR", "HOST_AUTH_METHOD"];

/// PostgreSQL's settings that people name in variables, by the server's own name.
const SETTINGS: &[&str] = &[
    "autovacuum",
    "checkpoint_completion_target",
    "default_statistics_target",
    "effective_cache_size",
    "effective_io_concurrency",
    "huge_pages",
    "idle_in_transaction_session_timeout",
    "log_min_duration_statement",
    "maintenance_work_mem",
    "max_connections",
    "max_parallel_workers",
    "max_parallel_workers_per_gather",
    "max_wal_size",
    "max_worker_processes",
    "min_wal_size",
    "random_page_cost",
    "shared_buffers",
    "shared_preload_libraries",
    "statement_timeout",
    "synchronous_commit",
    "temp_buffers",
    "wal_buffers",
    "work_mem",
];

/// Puts every variable into the stack that names a setting of PostgreSQL and that the official image never reads.
/// `mentions` tells whether a variable's name is used by anything else of the deployment (`${NAME}` in a command).
pub(super) fn postgres(
    stack: &mut Stack,
    server: &Server<'_>,
    service: Id<Service>,
    database: &Database,
    mentions: &dyn Fn(&str) -> bool,
) {
    for variable in &server.plan.environment {
        let Some(name) = variable.name.strip_prefix("POSTGRES_").or_else(|| variable.name.strip_prefix("POSTGRESQL_"))
        else {
            continue;
        };
        let setting = name.to_ascii_lowercase();
        if variable.is_only_expected() {
            continue;
        }
        if READ.contains(&name) || !SETTINGS.contains(&&*setting) || mentions(&variable.name) {
            continue;
        }
        let effective: Fact<Box<str>> = match &*setting {
            "max_connections" => database.max_connections.clone().map(|it| it.to_string().into()),
            "shared_buffers" => database.shared_buffers.clone().map(size),
            "work_mem" => database.work_mem.clone().map(size),
            _ => Fact::Absent,
        };
        let mut about = server.about();
        about.anchor = part(&about, &format!("environment.{}", variable.name));
        about.span = Some(variable.span);
        about.writers.extend(mover(server, variable, &setting));
        stack.add(DeadVariable {
            about,
            variable: Fact::derived(variable.name.clone(), vec![variable.span]),
            value: variable.value.clone(),
            setting: Fact::derived(setting.into(), vec![variable.span]),
            effective,
            service: Some(service),
        });
    }
}

/// A size in PostgreSQL's words.
fn size(bytes: u64) -> Box<str> {
    let (number, unit) = match bytes {
        it if it >= 1 << 30 && it % (1 << 30) == 0 => (it >> 30, "GB"),
        it if it >= 1 << 20 => (it >> 20, "MB"),
        it => (it >> 10, "kB"),
    };
    format!("{number}{unit}").into()
}

/// The change that takes the variable out and gives its value to the server's command line.
fn mover(server: &Server<'_>, variable: &Variable, setting: &str) -> Option<Writer> {
    let value = variable.value.known()?;
    let quotable = value.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if !quotable || server.plan.environment.iter().filter(|it| it.span.file == variable.span.file).count() < 2 {
        return None;
    }
    let option = format!("{setting}={value}");
    let (at, text) = match server.running.iter().map(|command| &command.append).next() {
        Some(Append::List { at, style: ListStyle::Brackets }) => (*at, format!(", \"-c\", \"{option}\"")),
        Some(Append::List { at, style: ListStyle::Dashes { line } }) => (*at, format!("{line}- -c{line}- {option}")),
        Some(Append::Text { at }) => (*at, format!(" -c {option}")),
        Some(Append::Never) => return None,
        None if server.plan.command.is_none() && server.plan.entrypoint.is_none() => {
            let (at, line) = after_image(server)?;
            (at, format!("{line}command: [\"postgres\", \"-c\", \"{option}\"]"))
        }
        None => return None,
    };
    let gone = rows::whole(server.sources, variable.span, &["-"])?;
    Some(Writer { name: "move".into(), edits: vec![(gone, "".into()), (at, text.into())], display_only: None })
}

/// The place behind the service's `image:` line, and what starts another key there: the line's end and indentation.
fn after_image(server: &Server<'_>) -> Option<(Span, String)> {
    let image = server.plan.image.as_ref()?;
    let file = server.sources.file(image.span.file);
    let line = file.line(file.line_of(image.span.start as usize));
    let indent = &line[..line.len() - line.trim_start().len()];
    if !line.trim_start().starts_with("image:") {
        return None;
    }
    let end = file.line_range(file.line_of(image.span.start as usize)).start + line.len();
    Some((Span::at(file.id, end), format!("{}{indent}", file.newline())))
}
