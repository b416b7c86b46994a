//! Files of tasks that are run by name: a `Makefile`'s targets, a `justfile`'s recipes, the scripts of `package.json`.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile};
use crate::syntax::shell::{self, Script};
use crate::syntax::{Mapped, Spanned, yaml};

/// A file of tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskFile {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// Its tasks, in order.
    pub tasks: Vec<Task>,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// The tasks that run before it.
    pub needs: Vec<Box<str>>,
    /// Its lines, each run by a shell of its own.
    pub lines: Vec<Line>,
}

/// A line of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The text.
    pub text: Mapped,
    /// Its statements.
    pub script: Script,
}

impl Line {
    fn new(text: Mapped) -> Self {
        Self { script: shell::parse(&text).tree, text }
    }
}

impl TaskFile {
    /// The task of a name; without one, the first, as `make` and `just` do.
    pub fn task(&self, name: Option<&str>) -> Option<&Task> {
        match name {
            Some(name) => self.tasks.iter().find(|task| &*task.name.value == name),
            None => self.tasks.first(),
        }
    }
}

/// Reads a file of tasks, if it is one, by its name.
pub fn read(file: &SourceFile) -> Option<TaskFile> {
    let tasks = match file.name() {
        "Makefile" | "makefile" | "GNUmakefile" | "justfile" | "Justfile" | ".justfile" => recipes(file),
        "package.json" => scripts(file),
        _ => return None,
    };
    Some(TaskFile { file: file.id, path: file.path.clone(), tasks })
}

/// `name: needs` and the indented lines below it.
fn recipes(file: &SourceFile) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut open: Option<Mapped> = None;
    for line in 0..file.line_starts().len() {
        let text = file.line(line);
        let start = file.line_range(line).start;
        let indented = text.starts_with([' ', '\t']);
        let body = text.trim();
        let at = start + text.len() - text.trim_start().len();
        if let (true, Some(task)) = (indented && !body.is_empty(), tasks.last_mut()) {
            // `@` and `-` say how make runs the line.
            let bare = if open.is_some() { body } else { body.trim_start_matches(['@', '-', '+']).trim_start() };
            let (bare, goes_on) = bare.strip_suffix('\\').map_or((bare, false), |it| (it, true));
            let at = at + body.len() - body.trim_start_matches(['@', '-', '+']).trim_start().len();
            let at = if open.is_some() { start + text.len() - text.trim_start().len() } else { at };
            let piece = Mapped::verbatim(bare, file.span(at..at + bare.len()));
            let mut whole = open.take().unwrap_or_else(|| Mapped::verbatim("", file.span(at..at)));
            whole.extend(&piece, 0..bare.len());
            if goes_on {
                open = Some(whole);
            } else if !whole.text.trim().is_empty() && !whole.text.starts_with('#') {
                task.lines.push(Line::new(whole));
            }
        } else if let Some(task) = head(file, at, body).filter(|_| !indented) {
            tasks.push(task);
            open = None;
        }
    }
    tasks
}

/// `name parameters: needs`; what assigns is none.
fn head(file: &SourceFile, at: usize, body: &str) -> Option<Task> {
    let (names, needs) = body.split_once(':')?;
    if needs.starts_with(['=', ':']) || names.contains('=') || body.starts_with(['#', '.']) {
        return None;
    }
    let name = names.split_whitespace().next()?;
    let needs = needs.split('#').next().unwrap_or("").split_whitespace().map(Into::into).collect();
    Some(Task { name: Spanned::new(name.into(), file.span(at..at + name.len())), needs, lines: Vec::new() })
}

/// The `scripts` of `package.json`; JSON is YAML.
fn scripts(file: &SourceFile) -> Vec<Task> {
    let parsed = yaml::parse(file);
    let Some(scripts) = parsed.tree.documents.first().and_then(|root| root.get("scripts")) else { return Vec::new() };
    let task = |(name, node): &(Spanned<Box<str>>, yaml::Node)| {
        let line = Line::new(node.mapped(file)?);
        Some(Task { name: name.clone(), needs: Vec::new(), lines: vec![line] })
    };
    scripts.entries().filter_map(task).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(path: &str, text: &str) -> Vec<(String, Vec<String>, Vec<String>)> {
        let file = SourceFile::new(FileId(0), path, Default::default(), text);
        let each = |task: &Task| {
            let lines = task.lines.iter().map(|line| {
                let span = line.text.span(0..line.text.text.len());
                assert!(file.slice(span).starts_with(&line.text.text[..4]));
                line.text.text.to_string()
            });
            let needs = task.needs.iter().map(ToString::to_string).collect();
            (task.name.value.to_string(), needs, lines.collect())
        };
        read(&file).unwrap().tasks.iter().map(each).collect()
    }

    fn row(name: &str, needs: &[&str], lines: &[&str]) -> (String, Vec<String>, Vec<String>) {
        let all = |of: &[&str]| of.iter().map(ToString::to_string).collect();
        (name.into(), all(needs), all(lines))
    }

    #[test]
    fn recipes_are_indented() {
        let text = "X := 1\n.PHONY: run\nrun: migrate ## serve\n\t@gunicorn \\\n\t  app:app\n\nmigrate:\n\t-python manage.py migrate\n";
        assert_eq!(
            tasks("Makefile", text),
            [row("run", &["migrate"], &["gunicorn app:app"]), row("migrate", &[], &["python manage.py migrate"])]
        );
    }

    #[test]
    fn scripts_of_a_package() {
        let text = "{\"name\": \"x\", \"scripts\": {\"start\": \"uvicorn main:app\"}}";
        assert_eq!(tasks("package.json", text), [row("start", &[], &["uvicorn main:app"])]);
    }
}
