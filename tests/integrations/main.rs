//! The ways in which other programs run plimsoll, from the files that they read: `.pre-commit-hooks.yaml`,
//! `action.yml`, and the schema of the configuration.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test sets its files up itself, and fails loudly")]

mod action;
mod config;
mod hooks;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use plimsoll::source::{FileId, SourceFile};
use plimsoll::syntax::yaml::{Node, parse};

/// The one document of a YAML file of this repository.
fn yaml(name: &str) -> Node {
    let path = top().join(name);
    let text = fs::read_to_string(&path).unwrap();
    let parsed = parse(&SourceFile::new(FileId(0), name, path, text));
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    parsed.tree.documents.into_iter().next().unwrap()
}

/// This repository.
fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A copy of a sample repository, with something that looks like git's own folder.
fn sample(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&top().join("fixtures").join(name), folder.path());
    fs::create_dir(folder.path().join(".git")).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Both streams, as whoever reads a log sees them, and the exit code.
fn said(output: &Output) -> (String, i32) {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains("panicked"), "{text}");
    (text, output.status.code().unwrap_or(-1))
}
