//! Models of packages: what they are related to, for those who build upon them.
//!
//! Each package has a text beside this module that declares the relations of its models as Django would, with the version
//! that it was read in; plain fields are left out, and so are methods, but for a `save` that a row is not whole without.
//! Such a text is read as files of a repository are, and joined with those that import the package. What it does not say is
//! not known: that is why each of these classes counts as a base from outside as well (`Names::trace`).

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::facts::orm::{OrmDraft, Place, read};
use crate::source::{FileId, SourceFile};
use crate::syntax::python;

/// A package.
struct Package {
    /// What it is imported by.
    name: &'static str,
    text: &'static str,
    /// What the text says, read when it is first asked for, and once for all joins of a run.
    declared: OnceLock<Vec<OrmDraft>>,
}

static PACKAGES: [Package; 10] = [
    Package::new("adhocracy4", include_str!("adhocracy4.py")),
    Package::new("allauth", include_str!("allauth.py")),
    Package::new("django", include_str!("django.py")),
    Package::new("guardian", include_str!("guardian.py")),
    Package::new("oauth2_provider", include_str!("oauth2_provider.py")),
    Package::new("oscar", include_str!("oscar.py")),
    Package::new("pulp_container", include_str!("pulp_container.py")),
    Package::new("pulpcore", include_str!("pulpcore.py")),
    Package::new("rest_framework", include_str!("rest_framework.py")),
    Package::new("taggit", include_str!("taggit.py")),
];

/// What stands before the path of each file of a package.
const FILE: &str = "### ";
/// A package has at most so many files.
const MOST_FILES: usize = 64;

impl Package {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, declared: OnceLock::new() }
    }

    /// The paths and texts of its files.
    fn files(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        self.text.split(FILE).skip(1).filter_map(|file| file.split_once('\n')).take(MOST_FILES)
    }

    /// What its files declare, of those that are the first of all packages' from a number on.
    fn declared(&self, first: usize) -> &[OrmDraft] {
        let each = || self.files().enumerate();
        let read =
            || each().map(|(at, (path, text))| declared(FileId::outside((first + at) as u32), path, text)).collect();
        self.declared.get_or_init(read)
    }
}

/// What the packages declare that these files import.
pub(super) fn imported(drafts: &[&OrmDraft]) -> Vec<&'static OrmDraft> {
    let is_within = |module: &str, package: &str| {
        module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let imports = |package: &str| {
        let mut all = drafts.iter().flat_map(|draft| &draft.imports);
        all.any(|it| is_within(&it.module, package))
    };
    // A package that is the repository itself is read there.
    let is_there = |package: &Package| {
        // A folder of the repository's own may have the name of a package: `framework/django/handlers.py`.
        let inner: Vec<String> = package.files().map(|(path, _)| format!("/{}", path.trim())).collect();
        let is = |draft: &OrmDraft| {
            is_within(&draft.module, package.name) || inner.iter().any(|path| draft.path.ends_with(path.as_str()))
        };
        drafts.iter().any(|draft| is(draft))
    };
    let all = PACKAGES.iter().enumerate();
    let wanted = all.filter(|(_, package)| imports(package.name) && !is_there(package));
    wanted.flat_map(|(at, package)| package.declared(at * MOST_FILES)).collect()
}

fn declared(id: FileId, path: &str, text: &str) -> OrmDraft {
    let file = SourceFile::new(id, path.trim(), PathBuf::new(), text);
    OrmDraft { place: Place::Package, ..read(&file, &python::parse(&file).tree) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_says_its_version_and_is_read_whole() {
        for Package { name, text, .. } in &PACKAGES {
            let (head, files) = text.split_once('\n').unwrap();
            assert!(head.starts_with("# ") && head.ends_with(|it: char| it.is_ascii_digit()), "{name}: {head}");
            assert!(files.starts_with(FILE), "{name}");
            assert!(files.split(FILE).skip(1).count() < MOST_FILES, "{name}");
            for file in files.split(FILE).skip(1) {
                let (path, text) = file.split_once('\n').unwrap();
                assert!(path.starts_with(name) && path.ends_with(".py"), "{path}");
                let file = SourceFile::new(FileId::NOWHERE, path, PathBuf::new(), text);
                assert!(python::parse(&file).errors.is_empty(), "{path}");
            }
        }
    }
}
