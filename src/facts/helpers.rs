//! Files that name nothing of a mapper, and that others import which do: a base that goes through what a class below it
//! gives, columns that read what a row leads to, a helper that is handed rows; and files that import such code, and do
//! something with what it gives: a command that goes through what a function of another file selects. They are read as
//! those are.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet as HashSet;

use super::{Draft, Reading, orm};
use crate::source::{FileId, SourceFile, Sources};

/// Imports are followed from file to file so often.
const MOST_ROUNDS: usize = 4;
/// Packages that a file imports which has a mapper.
const MAPPERS: &[&str] = &["django", "sqlalchemy", "sqlmodel", "flask_sqlalchemy", "tortoise", "peewee"];

/// Reads the files that code of a mapper imports, those that import it, and so on from these.
pub fn read_imported(sources: &Sources, readings: &mut [Arc<Reading>]) {
    let mut from: Vec<usize> = (0..readings.len()).filter(|at| draft(&readings[*at]).is_some()).collect();
    if !from.iter().any(|at| draft(&readings[*at]).is_some_and(has_mapper)) {
        return;
    }
    let mut seen = HashSet::default();
    let imported: Vec<Vec<String>> = readings
        .par_iter()
        .enumerate()
        .map(|(at, reading)| match &reading.callers {
            Some(callers) if callers.place.is_some() => {
                imports(sources.file(FileId(at as u32)).text(), &callers.module)
            }
            _ => Vec::new(),
        })
        .collect();
    for _ in 0..MOST_ROUNDS {
        let mut names: HashSet<String> = HashSet::default();
        let drafts: Vec<&orm::OrmDraft> = from.iter().filter_map(|at| draft(&readings[*at])).collect();
        for import in drafts.iter().flat_map(|it| &it.imports) {
            // A module, or what it defines: which, the import does not say.
            let whole = import.item.as_ref().map(|item| format!("{}.{item}", import.module));
            names.extend(
                [Some(import.module.to_string()), whole].into_iter().flatten().filter(|it| seen.insert(it.clone())),
            );
        }
        let modules: HashSet<String> = drafts.iter().flat_map(|it| ends(&it.module)).map(str::to_owned).collect();
        from = readings
            .par_iter_mut()
            .enumerate()
            .filter(|(at, reading)| {
                reading.callers.as_ref().is_some_and(|it| ends(&it.module).any(|end| names.contains(end)))
                    || imported[*at].iter().any(|it| modules.contains(it))
            })
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

/// The modules that a file may import, as dotted names from the root: those of its lines that import something.
fn imports(text: &str, module: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim_start) {
        if let Some(rest) = line.strip_prefix("from ") {
            let Some((from, items)) = rest.split_once(" import ") else { continue };
            let from = absolute(from.trim(), module);
            let items = items.split([',', '(', ')']).filter_map(|it| it.split_whitespace().next());
            found.extend(items.map(|item| format!("{from}.{item}")));
            found.push(from);
        } else if let Some(rest) = line.strip_prefix("import ") {
            found.extend(rest.split(',').filter_map(|it| it.split_whitespace().next()).map(str::to_owned));
        }
    }
    found
}

/// A module as a dotted name from the root: `..models` within `shop.views.books` is `shop.models`.
fn absolute(from: &str, module: &str) -> String {
    let name = from.trim_start_matches('.');
    let dots = from.len() - name.len();
    let mut package: Vec<&str> = module.split('.').collect();
    package.truncate(if dots == 0 { 0 } else { package.len().saturating_sub(dots) });
    package.extend(Some(name).filter(|it| !it.is_empty()));
    package.join(".")
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

/// What an import may call a module: each dotted end of its name.
fn ends(module: &str) -> impl Iterator<Item = &str> {
    std::iter::once(module).chain(module.match_indices('.').map(|(dot, _)| &module[dot + 1..]))
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

#[cfg(test)]
mod tests {
    use super::imports;

    #[test]
    fn modules_that_lines_import() {
        let text = "import os, shop.stock as stock\nfrom shop.selectors import (\n    a,\n)\n\ndef f():\n    from ..models import Book, Author as A\n    from . import rows\n";
        let found = imports(text, "shop.views.books");
        let expected = [
            "os",
            "shop.stock",
            "shop.selectors",
            "shop.models.Book",
            "shop.models.Author",
            "shop.models",
            "shop.views.rows",
            "shop.views",
        ];
        assert_eq!(found, expected);
    }
}
