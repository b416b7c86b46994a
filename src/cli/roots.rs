//! From the paths that a user names to the folder that is audited.

use std::path::{Component, Path, PathBuf};

use plimsoll::config::{Config, ConfigError};
use plimsoll::source::WalkError;

use super::Error;

/// What is audited, and which part of it is spoken of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Roots {
    /// The folder whose files are read.
    pub(super) root: PathBuf,
    /// What to put before a path below the root, so that it is found from the current folder.
    pub(super) prefix: String,
    /// Files and folders below the root that findings must touch; none for all.
    pub(super) only: Option<Vec<String>>,
}

impl Roots {
    /// One folder is audited whole. Of several paths, or of files, the repository they lie in is read for context, and
    /// only what touches them is spoken of.
    ///
    /// # Errors
    /// When a path leads nowhere, or to something that is neither a file nor a folder.
    pub(super) fn of(paths: &[PathBuf], here: &Path) -> Result<Self, Error> {
        let here = here.canonicalize().unwrap_or_else(|_| here.to_owned());
        let mut named = Vec::new();
        for path in paths {
            let found = here.join(path).canonicalize().map_err(|_| WalkError::Absent(path.clone()))?;
            if !found.is_dir() && !found.is_file() {
                return Err(Error::Usage(format!("{}: neither a file nor a folder", path.display())));
            }
            named.push(found);
        }
        let (root, only) = match named.as_slice() {
            [] => (here.clone(), None),
            [folder] if folder.is_dir() => (folder.clone(), None),
            several => {
                let root = repository(several, &here)?.ok_or_else(|| {
                    let names: Vec<String> = paths.iter().map(|it| it.display().to_string()).collect();
                    Error::Usage(format!(
                        "{}: these lie in no common repository; check each by itself",
                        names.join(", ")
                    ))
                })?;
                let below = |path: &PathBuf| path.strip_prefix(&root).ok().map(slashes);
                let only = several.iter().filter_map(below).collect();
                (root, Some(only))
            }
        };
        let prefix = prefix(&root, &here);
        Ok(Self { root, prefix, only })
    }

    /// The one folder that is audited whole: the current one, when none is named.
    ///
    /// # Errors
    /// When the path leads nowhere, or to no folder.
    pub(super) fn folder(path: Option<&PathBuf>, here: &Path) -> Result<Self, Error> {
        let roots = Self::of(path.map_or(&[], std::slice::from_ref), here)?;
        match path {
            Some(path) if roots.only.is_some() => Err(WalkError::NotAFolder(path.clone()).into()),
            _ => Ok(roots),
        }
    }
}

/// The nearest folder above all paths that is a repository or has a configuration; else the current folder, when they
/// lie in it; else the folder they share, when it is one of them or holds one: what lies further apart is not one thing.
fn repository(paths: &[PathBuf], here: &Path) -> Result<Option<PathBuf>, ConfigError> {
    let mut shared = paths.first().cloned().unwrap_or_else(|| here.to_owned());
    while !shared.is_dir() || !paths.iter().all(|path| path.starts_with(&shared)) {
        if !shared.pop() {
            break;
        }
    }
    for folder in shared.ancestors() {
        if folder.join(".git").exists() || Config::file_in(folder)?.is_some() {
            return Ok(Some(folder.to_owned()));
        }
    }
    let near = paths.iter().any(|path| *path == shared || (path.is_file() && path.parent() == Some(&shared)));
    Ok(if shared.starts_with(here) { Some(here.to_owned()) } else { Some(shared).filter(|_| near) })
}

/// The way from the current folder to the root, with a slash at its end; empty when they are one.
fn prefix(root: &Path, here: &Path) -> String {
    if let Ok(below) = root.strip_prefix(here) {
        let path = slashes(below);
        return if path.is_empty() { path } else { path + "/" };
    }
    if let Ok(above) = here.strip_prefix(root) {
        return "../".repeat(above.components().count());
    }
    let path = root.to_string_lossy().into_owned();
    if path.ends_with('/') { path } else { path + "/" }
}

/// A relative path, parted by `/`.
fn slashes(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make files of their own")]
mod tests {
    use std::fs;

    use super::*;

    fn roots(top: &Path, here: &str, paths: &[&str]) -> (String, String, Option<Vec<String>>) {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let top = top.canonicalize().unwrap();
        let roots = Roots::of(&paths, &top.join(here)).unwrap();
        (slashes(roots.root.strip_prefix(&top).unwrap()), roots.prefix, roots.only)
    }

    #[test]
    fn folders_are_audited_and_files_speak_of_their_repository() {
        let top = tempfile::tempdir().unwrap();
        for folder in ["repo/.git", "repo/app/deep", "loose/a"] {
            fs::create_dir_all(top.path().join(folder)).unwrap();
        }
        for file in ["repo/app/x.py", "repo/y.py", "loose/a/z.py"] {
            fs::write(top.path().join(file), "").unwrap();
        }
        for (part, text) in [("own", "[tool.plimsoll]\n"), ("other", "[project]\n")] {
            fs::create_dir(top.path().join("repo").join(part)).unwrap();
            fs::write(top.path().join("repo").join(part).join("pyproject.toml"), text).unwrap();
        }
        let of = |here, paths: &[&str]| roots(top.path(), here, paths);
        let only = |paths: &[&str]| Some(paths.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(of("repo", &[]), ("repo".into(), String::new(), None));
        assert_eq!(of("repo", &["app"]), ("repo/app".into(), "app/".into(), None));
        assert_eq!(of("repo/app", &["deep/../.."]), ("repo".into(), "../".into(), None));
        assert_eq!(of("repo", &["app/x.py", "y.py"]), ("repo".into(), String::new(), only(&["app/x.py", "y.py"])));
        assert_eq!(of("repo/app", &["x.py"]), ("repo".into(), "../".into(), only(&["app/x.py"])));
        assert_eq!(of("loose", &["a/z.py"]), ("loose".into(), String::new(), only(&["a/z.py"])));
        // A part with a configuration of its own is judged by it, whether its folder is named or its files.
        assert_eq!(of("repo", &["own/pyproject.toml"]), ("repo/own".into(), "own/".into(), only(&["pyproject.toml"])));
        assert_eq!(of("repo", &["other/pyproject.toml"]).0, "repo");
        assert!(Roots::of(&["nowhere".into()], top.path()).is_err());
        let apart = [top.path().join("repo"), top.path().join("loose/a")];
        assert!(Roots::of(&apart, &top.path().join("repo/app")).is_err(), "the folder above both is neither's");
        assert!(Roots::folder(Some(&"repo/y.py".into()), top.path()).is_err());
    }
}
