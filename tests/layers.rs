//! The order of the modules: each imports only from those before it, and three imports are forbidden by name.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail, and reads files")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// From the bottom up. `audit` and `lib` are the top of the library; `cli` is the program's.
const LAYERS: &[&str] = &[
    "source", "syntax", "config", "stack", "facts", "cache", "link", "rule", "fix", "capacity", "view", "report",
    "audit", "lib", "cli", "main",
];

/// Imports that the order alone would allow, or that must never come: they are the cut.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    ("facts", "rule", "a reader with an opinion"),
    ("rule", "syntax", "a rule with a syntax"),
    ("report", "stack", "a report that computes"),
    ("report", "syntax", "a report that computes"),
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|it| it == "rs") {
            out.push(path);
        }
    }
}

/// The module that a file below `src` belongs to: its first folder, or its own name.
fn module(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// The modules that a text names by `crate::x` or `plimsoll::x`, comments and tests at its foot left out.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    let mut out = BTreeSet::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for mark in ["crate::", "plimsoll::"] {
            for (at, _) in line.match_indices(mark) {
                let rest = &line[at + mark.len()..];
                let names = rest.strip_prefix('{').map_or(rest, |list| list.split('}').next().unwrap_or(list));
                let many = rest.starts_with('{');
                for name in names.split(',').take(if many { usize::MAX } else { 1 }) {
                    let end = name.trim().find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.trim().len());
                    out.insert(name.trim()[..end].to_owned());
                }
            }
        }
    }
    out
}

#[test]
fn imports_come_from_the_layers_below() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20);
    let place = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let mut wrong = Vec::new();
    for file in files {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let own = module(&path);
        let Some(level) = place(own) else {
            wrong.push(format!("{path}: the module `{own}` is in no layer"));
            continue;
        };
        for name in imports(&std::fs::read_to_string(&file).unwrap()) {
            if place(&name).is_some_and(|other| other > level) {
                wrong.push(format!("{path}: `{own}` imports from `{name}`, which stands above it"));
            }
            for (from, to, why) in FORBIDDEN {
                if own == *from && name == *to {
                    wrong.push(format!("{path}: `{from}` imports from `{to}`: {why}"));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn imports_are_seen_however_they_are_written() {
    let text = "use crate::source::Span;\nuse crate::{stack::Fact, rule};\n// crate::cli\nlet x = crate::view::x(plimsoll::report::y);\n#[cfg(test)]\nuse crate::lib;\n";
    let names: Vec<String> = imports(text).into_iter().collect();
    assert_eq!(names, ["report", "rule", "source", "stack", "view"]);
}
