//! Models of packages: what they are related to, for those who build upon them.
//!
//! Each package has a text beside this module that declares the relations of its models as Django would, with the version
//! that it was read in; methods and plain fields are left out. Such a text is read as files of a repository are, and joined
//! with those that import the package. What it does not say is not known: that is why each of these classes counts as a base
//! from outside as well (`Names::trace`).

use std::path::PathBuf;

use crate::facts::orm::{OrmDraft, Place, read};
use crate::source::{FileId, SourceFile};
use crate::syntax::python;

/// Packages by the name that they are imported by.
const PACKAGES: &[(&str, &str)] = &[
    ("adhocracy4", include_str!("adhocracy4.py")),
    ("allauth", include_str!("allauth.py")),
    ("django", include_str!("django.py")),
    ("guardian", include_str!("guardian.py")),
    ("oauth2_provider", include_str!("oauth2_provider.py")),
    ("oscar", include_str!("oscar.py")),
    ("pulp_container", include_str!("pulp_container.py")),
    ("pulpcore", include_str!("pulpcore.py")),
    ("rest_framework", include_str!("rest_framework.py")),
    ("taggit", include_str!("taggit.py")),
];

/// What stands before the path of each file of a package.
const FILE: &str = "### ";

/// What the packages declare that these files import.
pub(super) fn imported(drafts: &[&OrmDraft]) -> Vec<OrmDraft> {
    let is_within = |module: &str, package: &str| {
        module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let imports = |package: &str| {
        let mut all = drafts.iter().flat_map(|draft| &draft.imports);
        all.any(|it| is_within(&it.module, package))
    };
    // A package that is the repository itself is read there.
    let is_there = |package: &str| {
        let inner = format!(".{package}.");
        drafts.iter().any(|draft| is_within(&draft.module, package) || draft.module.contains(&inner))
    };
    let wanted = PACKAGES.iter().filter(|(package, _)| imports(package) && !is_there(package));
    let files = wanted.flat_map(|(_, text)| text.split(FILE).skip(1)).filter_map(|file| file.split_once('\n'));
    files.enumerate().map(|(at, (path, text))| declared(FileId::outside(at as u32), path, text)).collect()
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
        for (package, text) in PACKAGES {
            let (head, files) = text.split_once('\n').unwrap();
            assert!(head.starts_with("# ") && head.ends_with(|it: char| it.is_ascii_digit()), "{package}: {head}");
            assert!(files.starts_with(FILE), "{package}");
            for file in files.split(FILE).skip(1) {
                let (path, text) = file.split_once('\n').unwrap();
                assert!(path.starts_with(package) && path.ends_with(".py"), "{path}");
                let file = SourceFile::new(FileId::NOWHERE, path, PathBuf::new(), text);
                assert!(python::parse(&file).errors.is_empty(), "{path}");
            }
        }
    }
}
