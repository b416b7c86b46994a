//! Our YAML's spans against PyYAML's marks, over every YAML file of the tests and the fixtures.
//!
//! They differ for reasons: PyYAML's mark of a value begins at its anchor or tag, ours at the value; PyYAML's block
//! scalars end where the next thing begins, ours with their last line; nothing is marked of an empty value; a merge key is
//! a key to PyYAML, and expanded here; a list that is a key is one text here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::Trial;
use plimsoll::source::{FileId, SourceFile};
use plimsoll::syntax::yaml::{self, Node, Style, Value};

use crate::needing;
use crate::python::{interpreter, run, runs};

pub(crate) fn trials() -> Vec<Trial> {
    let there = runs("python3", &["--version"]);
    vec![needing("python3", there, "YAML's spans are where PyYAML's marks are".into(), agree)]
}

/// A scalar as PyYAML marks it: its first byte, the byte behind it, its quote, whether it is a key, its value.
type Mark = (usize, usize, String, bool, String);

fn agree() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["tests/syntax-cases", "tests/compose-cases", "fixtures"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    let mut command = Command::new(interpreter()?);
    let printed = run(command.arg(root.join("tests/real/yaml_marks.py")).args(&files))?;
    let all: BTreeMap<PathBuf, Option<Vec<Mark>>> = serde_json::from_str(&printed).map_err(|it| it.to_string())?;
    let (mut compared, mut wrong) = (0, Vec::new());
    for (path, marks) in &all {
        let text = std::fs::read_to_string(path).map_err(|it| it.to_string())?;
        let file = SourceFile::new(FileId(0), "a.yaml", PathBuf::new(), text);
        let parsed = yaml::parse(&file);
        // What only one of them takes is no matter of places.
        let Some(marks) = marks.as_ref().filter(|_| parsed.errors.is_empty()) else { continue };
        let mut ours = Ours::default();
        parsed.tree.documents.iter().for_each(|root| ours.node(root));
        for (start, end, quote, is_key, value) in marks {
            let written = file.text().get(*start..*end).unwrap_or_default();
            if written.is_empty() || (*is_key && value == "<<") {
                continue;
            }
            compared += 1;
            let found = match quote.as_str() {
                "|" | ">" => ours.blocks.iter().any(|at| written.contains(['|', '>']) && (*start..*end).contains(at)),
                _ if written.starts_with(['&', '!']) => ours.spans.iter().any(|it| it.0 > *start && it.1 == *end),
                _ => ours.spans.contains(&(*start, *end)),
            };
            if !found {
                let at = file.position(*start);
                wrong.push(format!("{}:{}:{}: {written:?}", path.display(), at.line, at.column));
            }
        }
    }
    if compared < 1000 {
        return Err(format!("only {compared} scalars were compared"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{} of {compared}:\n{}", wrong.len(), wrong.join("\n"))) }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "yaml" || it == "yml") {
            files.push(path);
        }
    }
}

/// Where our scalars stand.
#[derive(Default)]
struct Ours {
    spans: BTreeSet<(usize, usize)>,
    /// Where block scalars begin.
    blocks: BTreeSet<usize>,
}

impl Ours {
    fn node(&mut self, node: &Node) {
        let span = (node.span.start as usize, node.span.end as usize);
        match &node.value {
            Value::Scalar { style: Style::Block, .. } => {
                self.blocks.insert(span.0);
            }
            Value::Scalar { .. } => {
                self.spans.insert(span);
            }
            Value::List { items, .. } => items.iter().for_each(|item| self.node(item)),
            Value::Map { entries, .. } => {
                for (key, value) in entries {
                    self.spans.insert((key.span.start as usize, key.span.end as usize));
                    self.node(value);
                }
            }
        }
    }
}
