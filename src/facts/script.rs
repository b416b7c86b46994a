//! Shell scripts of the repository: entrypoints, start scripts, and what they source.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile, Span};
use crate::syntax::shell::{self, Script};
use crate::syntax::{Mapped, SyntaxError};

/// A shell script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShellScript {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// The program of its first line, without its folder: `bash`. [`None`] when no line names one.
    pub interpreter: Option<Box<str>>,
    /// Its statements.
    pub script: Script,
    /// The whole.
    pub span: Span,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// Whether a file is a shell script: by its ending, or by the program that its first line names.
pub fn is_script(file: &SourceFile) -> bool {
    let name = file.name();
    match name.rsplit_once('.') {
        Some((_, "sh" | "bash")) => true,
        None => interpreter(file).is_some_and(|it| matches!(it, "sh" | "bash" | "dash" | "ash")),
        Some(_) => false,
    }
}

/// Reads a shell script.
pub fn read(file: &SourceFile) -> ShellScript {
    let span = file.span(file.bom()..file.text().len());
    let parsed = shell::parse(&Mapped::verbatim(file.slice(span), span));
    ShellScript {
        file: file.id,
        path: file.path.clone(),
        interpreter: interpreter(file).map(Into::into),
        script: parsed.tree,
        span,
        errors: parsed.errors,
    }
}

/// The program that a first line `#!…` names, `env` taken off.
fn interpreter(file: &SourceFile) -> Option<&str> {
    let line = file.text().get(file.bom()..)?.lines().next()?.strip_prefix("#!")?;
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    match words.next()? {
        // s6-overlay's `with-contenv bash` reads the container's variables and becomes the shell.
        "env" | "with-contenv" => words.find(|word| !word.starts_with('-')),
        program => Some(program),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile::new(FileId(0), path, Default::default(), text)
    }

    #[test]
    fn scripts_are_told_by_name_or_first_line() {
        assert!(is_script(&file("a/entrypoint.sh", "")));
        assert!(is_script(&file("compose/production/django/start", "#!/usr/bin/env bash\n")));
        assert!(is_script(&file("entrypoint", "#! /bin/sh -e\n")));
        assert!(!is_script(&file("start", "#!/usr/bin/env python\n")));
        assert!(!is_script(&file("manage.py", "#!/bin/sh\n")));
    }

    #[test]
    fn a_script_is_read_whole() {
        let file = file("start", "\u{feff}#!/bin/bash -e\nexec gunicorn\n");
        let script = read(&file);
        assert_eq!(script.interpreter.as_deref(), Some("bash"));
        let [shell::Item::Command(command)] = script.script.items.as_slice() else { panic!("one command") };
        assert_eq!(file.slice(command.span), "exec gunicorn");
    }
}
