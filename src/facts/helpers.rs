//! Files that name nothing of a mapper, and that others import which do: a base that goes through what a class below it
//! gives, columns that read what a row leads to, a helper that is handed rows. They are read as those are.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet as HashSet;

use super::{Draft, Reading, orm};
use crate::source::{FileId, SourceFile, Sources};

/// Imports are followed from file to file so often.
const MOST_ROUNDS: usize = 4;
/// Packages that a file imports which has a mapper.
const MAPPERS: &[&str] = &["django", "sqlalchemy", "sqlmodel", "flask_sqlalchemy", "tortoise", "peewee"];

/// Reads the files that code of a mapper imports, and those that these import.
pub fn read_imported(sources: &Sources, readings: &mut [Arc<Reading>]) {
    let mut seen = HashSet::default();
    let mut from: Vec<usize> = (0..readings.len()).filter(|at| draft(&readings[*at]).is_some()).collect();
    if !from.iter().any(|at| draft(&readings[*at]).is_some_and(has_mapper)) {
        return;
    }
    for _ in 0..MOST_ROUNDS {
        let mut names: HashSet<String> = HashSet::default();
        for import in from.iter().filter_map(|at| draft(&readings[*at])).flat_map(|it| &it.imports) {
            // A module, or what it defines: which, the import does not say.
            let whole = import.item.as_ref().map(|item| format!("{}.{item}", import.module));
            names.extend(
                [Some(import.module.to_string()), whole].into_iter().flatten().filter(|it| seen.insert(it.clone())),
            );
        }
        from = readings
            .par_iter_mut()
            .enumerate()
            .filter(|(_, reading)| reading.callers.as_ref().is_some_and(|it| is_named(&names, &it.module)))
            .filter_map(|(at, reading)| {
                let reading = Arc::get_mut(reading)?;
                read(sources.file(FileId(at as u32)), reading).then_some(at)
            })
            .collect();
        if from.is_empty() {
            return;
        }
    }
}

/// Reads a file as one of a mapper's, where it can be; whether that was done.
pub fn read(file: &SourceFile, reading: &mut Reading) -> bool {
    let defines = |word: &str| memchr::memmem::find(file.text().as_bytes(), word.as_bytes()).is_some();
    if reading.callers.as_ref().is_none_or(|it| it.place.is_none())
        || ["def ", "class ", "lambda"].iter().all(|it| !defines(it))
    {
        return false;
    }
    let parsed = crate::syntax::python::parse(file);
    if !parsed.errors.is_empty() {
        return false;
    }
    reading.callers = None;
    reading.drafts.push(Draft::Orm(orm::read(file, &parsed.tree)));
    true
}

/// Whether an import may mean a module, by a dotted end of its name.
fn is_named(names: &HashSet<String>, module: &str) -> bool {
    names.contains(module) || module.match_indices('.').any(|(dot, _)| names.contains(&module[dot + 1..]))
}

fn draft(reading: &Reading) -> Option<&orm::OrmDraft> {
    reading.drafts.iter().find_map(|it| match it {
        Draft::Orm(draft) => Some(draft),
        _ => None,
    })
}

fn has_mapper(draft: &orm::OrmDraft) -> bool {
    draft.imports.iter().any(|it| MAPPERS.contains(&it.module.split('.').next().unwrap_or_default()))
}
