//! Procfiles: a line for each process, `web: gunicorn app:app`.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile, Span};
use crate::syntax::shell::{self, Script};
use crate::syntax::{Mapped, Spanned};

/// A Procfile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Procfile {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// Its lines, in order.
    pub processes: Vec<Process>,
}

/// A line of a Procfile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Its name: `web`, `worker`, `release`.
    pub name: Spanned<Box<str>>,
    /// Its command, which a shell reads.
    pub text: Mapped,
    /// The statements of the command.
    pub script: Script,
    /// The whole line.
    pub span: Span,
}

/// Whether a path names a Procfile.
pub fn is_procfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "Procfile"
        || name.strip_prefix("Procfile.").is_some_and(|kind| !matches!(kind, "sh" | "bash" | "md" | "py"))
}

/// Reads a Procfile. Lines that are no process are passed over, as its readers do.
pub fn read(file: &SourceFile) -> Procfile {
    let lines = 0..file.line_starts().len();
    let processes = lines.filter_map(|line| process(file, line)).collect();
    Procfile { file: file.id, path: file.path.clone(), processes }
}

fn process(file: &SourceFile, line: usize) -> Option<Process> {
    let start = file.line_range(line).start;
    let text = file.line(line);
    let mark = if line == 0 { file.bom() } else { 0 };
    let (name, command) = text.get(mark..)?.split_once(':')?;
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return None;
    }
    let from = start + mark + name.len() + 1 + (command.len() - command.trim_start().len());
    let command = command.trim();
    if command.is_empty() {
        return None;
    }
    let text = Mapped::verbatim(command, file.span(from..from + command.len()));
    Some(Process {
        name: Spanned::new(name.into(), file.span(start + mark..start + mark + name.len())),
        script: shell::parse(&text).tree,
        text,
        span: file.span(start + mark..from + command.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_processes() {
        let text = "web: gunicorn app:app\n# worker: no\n\nworker:  celery -A app worker \nbad name: x\nempty:\n";
        let file = SourceFile::new(FileId(0), "Procfile", Default::default(), text);
        let found: Vec<_> = read(&file)
            .processes
            .iter()
            .map(|it| (it.name.value.to_string(), it.text.text.to_string(), file.slice(it.span).to_string()))
            .collect();
        let line = |name: &str, command: &str, whole: &str| (name.into(), command.into(), whole.into());
        assert_eq!(
            found,
            [
                line("web", "gunicorn app:app", "web: gunicorn app:app"),
                line("worker", "celery -A app worker", "worker:  celery -A app worker"),
            ]
        );
    }
}
