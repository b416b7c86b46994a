//! `gunicorn.conf.py`: what it assigns, as expressions; `link::server` evaluates them in the environment of the process.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile};
use crate::syntax::python::{self, Expr, ExprKind, Function, Stmt, StmtKind};

/// A configuration file of gunicorn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GunicornConf {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// What it assigns, in order; a later one stands over an earlier one.
    pub assignments: Vec<Assignment>,
    /// Its own functions, which what it assigns may call.
    pub functions: Vec<Function>,
}

/// `name = value` at the top of the file, or under an `if` there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// The name.
    pub name: Box<str>,
    /// The value.
    pub value: Expr,
    /// Whether only some branch makes it.
    pub conditional: bool,
}

/// Whether a file may be a configuration of gunicorn or hypercorn, which may have any name: by the name, or by a line
/// that sets what only they have. gunicorn runs one without a Python ending as Python too, and warns (23.0,
/// app/base.py); it must have both.
pub fn is_gunicorn_conf(file: &SourceFile) -> bool {
    let name = file.name();
    let named = name.contains("gunicorn") || name.contains("hypercorn");
    let sets = || {
        file.text().lines().any(|line| {
            let name = line.split([' ', '=']).next().unwrap_or("");
            matches!(name, "workers" | "worker_class" | "bind" | "wsgi_app")
                && line[name.len()..].trim_start().starts_with('=')
        })
    };
    match name.rsplit_once('.') {
        Some((_, "py")) => named || sets(),
        Some((_, "conf" | "cfg" | "config")) => {
            named && sets() && !file.text().lines().any(|line| line.starts_with('['))
        }
        _ => false,
    }
}

/// What stands above a configuration whose lines are all indented, so that it is Python.
pub const ABOVE: &str = "if 1:";

/// Whether the lines of a file, whatever stands before each, may be a configuration of gunicorn.
pub fn is_gunicorn_block(file: &SourceFile) -> bool {
    let sets = |line: &str| {
        let mut sides = line.splitn(2, '=').map(str::trim);
        sides.next().is_some_and(|name| matches!(name, "workers" | "worker_class" | "bind" | "wsgi_app"))
            && sides.next().is_some()
    };
    let (is_python, is_named) = (file.name().ends_with(".py"), file.name().contains("gunicorn"));
    is_python && (is_named || file.text().lines().any(sets))
}

/// Reads a configuration that stands below [`ABOVE`].
pub fn read_below(file: &SourceFile) -> Option<GunicornConf> {
    let parsed = python::parse(file);
    match parsed.tree.body.as_slice() {
        [Stmt { kind: StmtKind::If(branches), .. }] if parsed.errors.is_empty() => Some(of(file, &branches.first()?.1)),
        _ => None,
    }
}

/// Reads a configuration file.
pub fn read(file: &SourceFile) -> GunicornConf {
    of(file, &python::parse(file).tree.body)
}

fn of(file: &SourceFile, body: &[Stmt]) -> GunicornConf {
    let mut assignments = Vec::new();
    collect(body, false, &mut assignments, 0);
    let functions = body.iter().filter_map(|stmt| match &stmt.kind {
        StmtKind::Function(function) if !function.is_async && function.decorators.is_empty() => {
            Some((**function).clone())
        }
        _ => None,
    });
    GunicornConf { file: file.id, path: file.path.clone(), assignments, functions: functions.collect() }
}

fn collect(body: &[Stmt], conditional: bool, into: &mut Vec<Assignment>, depth: usize) {
    if depth > 16 {
        return;
    }
    for stmt in body {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                for target in targets {
                    push(target, value, conditional, into);
                }
            }
            StmtKind::AnnAssign { target, value: Some(value), .. } => push(target, value, conditional, into),
            StmtKind::If(branches) => {
                for (_, body) in branches {
                    collect(body, true, into, depth + 1);
                }
            }
            StmtKind::Try { body, handlers, .. } => {
                collect(body, conditional, into, depth + 1);
                for (_, _, body) in handlers {
                    collect(body, true, into, depth + 1);
                }
            }
            _ => {}
        }
    }
}

fn push(target: &Expr, value: &Expr, conditional: bool, into: &mut Vec<Assignment>) {
    if let ExprKind::Name(name) = &target.kind {
        into.push(Assignment { name: name.clone(), value: value.clone(), conditional });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_need_not_end_in_py() {
        let is = |path: &str, text: &str| is_gunicorn_conf(&SourceFile::new(FileId(0), path, Default::default(), text));
        assert!(is("gunicorn.conf", "import os\nbind = ':80'\nworkers = 3\n"));
        assert!(is("conf/server.py", "workers = 3\n"));
        assert!(!is("supervisor/gunicorn.conf", "[program:web]\ncommand=gunicorn a:b\n"));
        assert!(!is("systemd/gunicorn.conf", "GUNICORN_WORKERS=2\n"));
        assert!(!is("server.conf", "workers = 3\n"));
    }
}
