//! Which process calls a function, as far as names tell: a server of Django loads the modules of its workers' tasks, and
//! what only its commands name, without ever running them.

use memchr::memmem;

use crate::facts::python::{CallSite, Module, When, is_aside};
use crate::source::SourceFile;
use crate::stack::Stack;

use super::{Apps, Seat};

/// Packages whose workers run what `tasks` holds.
const QUEUES: &[&str] =
    &["celery", "rq", "django-rq", "dramatiq", "django-dramatiq", "huey", "django-q", "django-q2", "arq", "taskiq"];

/// What a Django application has beside its tasks: a folder `tasks` with one of these is an application of that name.
const OF_AN_APPLICATION: &[&str] = &["apps.py", "models.py", "urls.py", "views.py"];

/// Whether a call stands in a function that a process which answers requests loads and does not run: a worker's task, or
/// one that no file names which such a process has.
pub(super) fn are_elsewhere(apps: &Apps<'_>, seat: &Seat<'_>, stack: &Stack, module: &Module, site: &CallSite) -> bool {
    let is_called = site.when != When::Import && !site.within.is_empty();
    is_called
        && seat.is_django(stack)
        && seat.serves(stack)
        && (is_of_tasks(apps, seat, &module.path) || is_named_nowhere(apps, apps.sources.file(module.file), site))
}

/// Whether a module holds tasks for a queue that is installed.
fn is_of_tasks(apps: &Apps<'_>, seat: &Seat<'_>, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_application =
        |folder: &str| OF_AN_APPLICATION.iter().any(|name| apps.sources.by_path(&format!("{folder}/{name}")).is_some());
    let by_name = name == "tasks.py" || name.ends_with("_tasks.py");
    let by_folder = folder.rsplit('/').next() == Some("tasks") && !is_application(folder);
    (by_name || by_folder) && QUEUES.iter().any(|queue| seat.place.versions.has(queue).known() == Some(&true))
}

/// Whether a place in a file that a server of Django loads is come to by a worker's tasks alone: it stands among them, or in
/// a function that they alone name.
pub(super) fn is_for_tasks(apps: &Apps<'_>, seat: &Seat<'_>, own: &SourceFile, at: usize) -> bool {
    if is_of_tasks(apps, seat, &own.path) {
        return true;
    }
    let Some((name, body)) = around(own.text(), at) else { return false };
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let mut by_tasks = false;
    for file in apps.sources.iter().filter(|file| file.path.ends_with(".py") && !is_aside(&file.path)) {
        let text = file.text();
        for at in memmem::find_iter(text.as_bytes(), name.as_bytes()) {
            let (before, behind) = (&text[..at], &text[at + name.len()..]);
            let is_own = file.id == own.id && body.contains(&at);
            let commented = before.rsplit('\n').next().is_some_and(|line| line.contains('#'));
            if is_own || commented || before.ends_with(is_part) || behind.starts_with(is_part) {
                continue;
            }
            if !is_of_tasks(apps, seat, &file.path) {
                return false;
            }
            by_tasks = true;
        }
    }
    by_tasks
}

/// The function at the top of a module around a place: its name, and where it stands with its `def`.
fn around(text: &str, at: usize) -> Option<(&str, std::ops::Range<usize>)> {
    let mut found = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if !line.starts_with([' ', '\t', ')', '#', '\r', '\n']) && !line.is_empty() {
            if start > at {
                return found.map(|(name, from)| (name, from..start));
            }
            let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("def ");
            let name = name.and_then(|it| it.split(['(', '[', ' ']).next()).filter(|it| !it.is_empty());
            found = name.map(|name| (name, start));
        }
        start = end;
    }
    found.map(|(name, from)| (name, from..text.len()))
}

/// Whether a function is named by nothing but its definition in all the files that a server may load. A method is found by
/// its object, and what stands behind a decorator by that.
fn is_named_nowhere(apps: &Apps<'_>, own: &SourceFile, site: &CallSite) -> bool {
    let name = &*site.within;
    if name.contains('.') || own.name().contains("gunicorn") {
        return false;
    }
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    // What it says of itself calls it from nowhere.
    let body = body(own.text(), site.span.start as usize);
    let mut definitions = 0;
    for file in apps.sources.iter().filter(|file| !is_aside(&file.path) && !file.path.contains("/management/commands/"))
    {
        let text = file.text();
        for at in memmem::find_iter(text.as_bytes(), name.as_bytes()) {
            let (before, behind) = (&text[..at], &text[at + name.len()..]);
            let is_own = file.id == own.id && body.contains(&at);
            if is_own || before.ends_with(is_part) || behind.starts_with(is_part) {
                continue;
            }
            let Some(above) = before.strip_suffix("def ").filter(|_| file.id == own.id) else { return false };
            if is_decorated(above.strip_suffix("async ").unwrap_or(above)) {
                return false;
            }
            definitions += 1;
        }
    }
    definitions == 1
}

/// Whether the text before a `def` ends with a decorator. One that is written over several lines ends with a bracket
/// that stands as deep as it began, as a statement may; one that stands deeper closes what another function does.
fn is_decorated(before: &str) -> bool {
    let (above, indent) = before.rsplit_once('\n').unwrap_or(("", before));
    let outer = above.lines().rev().skip_while(|line| line.trim().is_empty());
    let mut outer = outer.filter_map(|line| line.strip_prefix(indent)).filter(|line| !line.starts_with([' ', '\t']));
    let first = outer.next().unwrap_or_default();
    let opening = if first.starts_with(')') { outer.find(|line| !line.trim().is_empty()) } else { Some(first) };
    opening.is_some_and(|line| line.starts_with('@'))
}

/// The lines below that of `def` of the function around a place: from its first indented line to the next that is not.
fn body(text: &str, at: usize) -> std::ops::Range<usize> {
    let outer = |line: &str| !line.starts_with([' ', '\t', ')', '#', '\r', '\n']) && !line.is_empty();
    let mut body = at..text.len();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if outer(line) {
            if start > at {
                body.end = start;
                break;
            }
            body.start = end;
        }
        start = end;
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_around_a_place_has_its_name() {
        let text = "import a\n\n\n@b\ndef f(\n    c,\n):\n    def g():\n        here()\n    return g\n\n\nx = 1\n";
        let (name, body) = around(text, text.find("here").unwrap()).unwrap();
        assert_eq!((name, &text[body]), ("f", &text[text.find("def f").unwrap()..text.find("x = 1").unwrap()]));
        assert_eq!(around(text, text.find("x = 1").unwrap()), None);
    }

    #[test]
    fn a_bracket_above_a_function_is_a_decorators_or_another_functions() {
        let is = |text: &str| is_decorated(text.strip_suffix("def f").unwrap());
        assert!(is("@app.task\ndef f"));
        assert!(is("@app.task(\n    name='f',\n)\ndef f"));
        assert!(is("x = 1\n\n    @task\n    def f"));
        assert!(!is("def g():\n    log(\n        1,\n    )\n\n\ndef f"));
        assert!(!is("call(\n    1,\n)\n\n\ndef f"));
        assert!(!is("def f"));
    }
}
