//! The change that gives Django a pool of psycopg connections: one over settings, environment and requirements.
//!
//! It is driven by a variable of the environment that is set on one service alone, for settings are shared: a worker of
//! Celery would fill a pool anew for every task.

use crate::link::apps::Seat;
use crate::link::values::Made;
use crate::source::Span;
use crate::stack::vocabulary::{DjangoDatabase, Engine, Mode};
use crate::stack::{Stack, Writer};

use super::database::{Entry, at_least};

/// The variable that says how many connections each process may have.
const VARIABLE: &str = "DB_POOL_MAX";

/// An edit: what is replaced, and by what.
type Edit = (Span, Box<str>);

/// The writer `psycopg_pool` with the argument `max`, where the pool can be had: Django 5.1 on psycopg 3 and PostgreSQL,
/// in a process that serves many requests at once and has none yet.
pub(super) fn writer(stack: &Stack, seat: &Seat<'_>, database: &DjangoDatabase, entry: &Entry<'_>) -> Option<Writer> {
    let serves_many =
        matches!(stack[seat.process].mode.known(), Some(Mode::AsgiDjango | Mode::WsgiThreads | Mode::WsgiGevent));
    let can_have = serves_many
        && database.engine.known() == Some(&Engine::Postgres)
        && database.pooled.known() == Some(&false)
        && database.psycopg3.known() == Some(&true)
        && at_least(&database.django, &[5, 1]);
    if !can_have {
        return None;
    }
    let mut edits = settings(entry)?;
    edits.extend(no_age(database)?);
    let slot = seat.place.plan.environment_slot.as_ref()?;
    edits.push((slot.at, format!("{}{VARIABLE}{}{{max}}{}", slot.before, slot.between, slot.after).into()));
    let mut display_only = None;
    if database.psycopg_pool.known() != Some(&true) {
        let (file, package, command) = seat.place.versions.requirement("psycopg")?;
        let (at, before, after) = package.extra_slot.clone()?;
        edits.push((at, format!("{before}pool{after}").into()));
        display_only = command.map(|command| format!("{} is locked: run `{command}`", file.path).into());
    }
    edits.sort();
    Some(Writer { name: "psycopg_pool".into(), edits, display_only })
}

/// Persistent connections and a pool exclude each other.
fn no_age(database: &DjangoDatabase) -> Option<Option<Edit>> {
    let age = &database.conn_max_age;
    if age.known() == Some(&0.0) {
        return Some(None);
    }
    let slot = age.slots().first()?;
    Some(Some((slot.span, format!("{}0{}", slot.before, slot.after).into())))
}

/// The pool in the settings, and `import os` where the file lacks it.
fn settings(entry: &Entry<'_>) -> Option<Vec<Edit>> {
    let written = &entry.written;
    let options = entry.options();
    let into = options.as_ref().or_else(|| entry.dict())?;
    let edit = match (into.made, &options) {
        (Made::Display(_), _) => {
            let insertion = written.insertion(into)?;
            let indent = insertion.before.rfind('\n').and_then(|at| insertion.before.get(at + 1..));
            let quote = insertion.quote;
            let text = match (indent, &options) {
                (Some(indent), Some(_)) => format!("{quote}pool{quote}: {}", value(quote, indent, newline(entry))),
                (Some(indent), None) => {
                    let step = step(indent);
                    let (inner, line) = (format!("{indent}{step}"), newline(entry));
                    let value = value(quote, &inner, line);
                    format!("{quote}OPTIONS{quote}: {{{line}{inner}{quote}pool{quote}: {value},{line}{indent}}}")
                }
                (None, Some(_)) => format!("{quote}pool{quote}: {}", flat(quote)),
                (None, None) => format!("{quote}OPTIONS{quote}: {{{quote}pool{quote}: {}}}", flat(quote)),
            };
            insertion.edit(&text)
        }
        _ => {
            let (at, newline, quote) = written.behind()?;
            let [name, alias] = written.path else { return None };
            let options = format!(".setdefault({quote}OPTIONS{quote}, {{}})[{quote}pool{quote}]");
            let text = format!("{newline}{name}[{quote}{alias}{quote}]{options} = {}", value(quote, "", newline));
            (at, text.into())
        }
    };
    let import = written.module(edit.0)?.import_os.as_ref().map(|it| it.edit("import os"));
    Some(std::iter::once(edit).chain(import).collect())
}

fn newline(entry: &Entry<'_>) -> &'static str {
    entry.written.apps.sources.file(entry.span.file).newline()
}

/// One level of indentation more, in the file's own way.
fn step(indent: &str) -> &'static str {
    if indent.contains('\t') { "\t" } else { "    " }
}

/// The pool's value over several lines, each `indent` deep at least.
fn value(quote: char, indent: &str, newline: &str) -> String {
    let inner = format!("{newline}{indent}{}", step(indent));
    let (pool, test) = parts(quote);
    format!("({inner}{pool}{inner}if {test}{inner}else False{newline}{indent})")
}

/// The pool's value on one line.
fn flat(quote: char) -> String {
    let (pool, test) = parts(quote);
    format!("{pool} if {test} else False")
}

fn parts(q: char) -> (String, String) {
    let pool = format!("{{{q}min_size{q}: 2, {q}max_size{q}: int(os.environ[{q}{VARIABLE}{q}]), {q}timeout{q}: 5}}");
    (pool, format!("os.environ.get({q}{VARIABLE}{q})"))
}
