//! What became of each file, and the deployments that are not judged.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::mask::clean;
use super::{Place, Report};
use crate::source::FileId;
use crate::stack::vocabulary::KINDS;
use crate::stack::{Field, Stack};

/// A deployment that is not judged.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AsideRow {
    /// What it is called.
    pub name: String,
    /// Why, as the rest of a sentence that starts with the name.
    pub reason: String,
    /// Where that shows.
    pub places: Vec<Place>,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FileRow {
    /// Its path below the root.
    pub path: String,
    /// What it was read as: `compose file`; nothing when it holds nothing that is looked for.
    pub read_as: Vec<String>,
    /// The deployments that take something from it.
    pub used_by: Vec<String>,
    /// Why it counts for nothing, as the rest of a sentence that starts with the path; none when something is taken
    /// from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aside: Option<String>,
}

pub(super) fn aside(report: &Report) -> Vec<AsideRow> {
    let row = |it: &crate::link::Aside| AsideRow {
        name: clean(&it.name).into_owned(),
        reason: clean(&it.because.reason).into_owned(),
        places: it.because.at.iter().map(|span| Place::of(&report.sources, *span)).collect(),
    };
    report.aside.iter().map(row).collect()
}

/// Every file that was opened, and those that could not be, in the order of their paths.
pub(super) fn files(report: &Report) -> Vec<FileRow> {
    let mut used: BTreeMap<FileId, Vec<String>> = BTreeMap::new();
    for stack in report.stacks.iter().chain(&report.unstarted) {
        for file in files_of(stack) {
            used.entry(file).or_default().push(clean(&stack.name).into_owned());
        }
    }
    let idle: BTreeMap<FileId, &crate::link::Aside> =
        report.aside.iter().flat_map(|it| it.files.iter().map(move |file| (*file, it))).collect();
    let unread: BTreeMap<FileId, &str> = report.problems.iter().map(|it| (it.at.file, &*it.message)).collect();
    let read = report.sources.iter().map(|file| {
        let read_as: Vec<String> =
            report.read_as.get(file.id.0 as usize).into_iter().flatten().map(|kind| (*kind).to_owned()).collect();
        let used_by = used.remove(&file.id).unwrap_or_default();
        let aside = match (read_as.is_empty(), used_by.is_empty()) {
            (_, false) => None,
            (true, true) => Some(match unread.get(&file.id) {
                Some(message) => format!("could not be read: {}", clean(message)),
                None => "holds nothing that is looked for".to_owned(),
            }),
            (false, true) => Some(match idle.get(&file.id) {
                Some(it) if it.name == file.path => clean(&it.because.reason).into_owned(),
                Some(it) => format!("is part of {}, which {}", clean(&it.name), clean(&it.because.reason)),
                None => "gives no value to a judged deployment".to_owned(),
            }),
        };
        FileRow { path: clean(&file.path).into_owned(), read_as, used_by, aside }
    });
    let mut rows: Vec<FileRow> = read.collect();
    rows.extend(report.skipped.iter().map(|it| FileRow {
        path: clean(&it.path).into_owned(),
        read_as: Vec::new(),
        used_by: Vec::new(),
        aside: Some(clean(&it.reason).into_owned()),
    }));
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    rows
}

/// The files that a stack takes something from.
fn files_of(stack: &Stack) -> BTreeSet<FileId> {
    let mut found = BTreeSet::new();
    for entity in KINDS.iter().flat_map(|kind| stack.all(kind.kind)) {
        found.extend(stack.about(entity).span.map(|span| span.file));
        for at in 0..entity.kind.info().fields.len() {
            let Field::Fact(fact) = stack.field(entity, at) else { continue };
            fact.visit_spans(&mut |span| {
                found.insert(span.file);
            });
        }
    }
    found
}
