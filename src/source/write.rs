//! Replacing a file: whole or not at all, and never outside the audited root.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a file was left as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It is not below the root, or a link leads out of it.
    #[error("{}: lies outside the audited folder, not written", .0.display())]
    Outside(PathBuf),
    /// Somebody has changed it since it was read.
    #[error("{}: was changed while plimsoll ran, not written", .0.display())]
    Changed(PathBuf),
    /// It may not be written to, or is no regular file.
    #[error("{}: is read-only, not written", .0.display())]
    ReadOnly(PathBuf),
    /// The system refused.
    #[error("{}: cannot be written: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// Puts `new` in the place of `old`, the text that was read from `path`, which must lie below `root` once its links are
/// followed. The file keeps its mode; whoever reads it meanwhile sees the old text or the new one, nothing between.
///
/// # Errors
/// When the file is not below the root, is read-only, holds something else than `old` by now, or the system refuses.
/// It is left as it was then.
pub fn replace_file(root: &Path, path: &Path, old: &str, new: &str) -> Result<(), WriteError> {
    let io_error = |source| WriteError::Io { path: path.to_owned(), source };
    let root = root.canonicalize().map_err(io_error)?;
    let target = path.canonicalize().map_err(io_error)?;
    if !target.starts_with(&root) {
        return Err(WriteError::Outside(path.to_owned()));
    }
    let metadata = fs::metadata(&target).map_err(io_error)?;
    if !metadata.is_file() || metadata.permissions().readonly() {
        return Err(WriteError::ReadOnly(path.to_owned()));
    }
    #[allow(clippy::disallowed_methods, reason = "source/ is where files are read")]
    let now = fs::read(&target).map_err(io_error)?;
    if now != old.as_bytes() {
        return Err(WriteError::Changed(path.to_owned()));
    }
    let temporary = beside(&target);
    let written = write_new(&temporary, new, metadata.permissions()).and_then(|()| fs::rename(&temporary, &target));
    written.map_err(|source| {
        // Best effort: what failed is said in any case.
        let _ = fs::remove_file(&temporary);
        io_error(source)
    })
}

/// A name of our own in the same folder, so that the rename stays within one file system.
fn beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.plimsoll-{}", std::process::id()))
}

fn write_new(path: &Path, text: &str, permissions: fs::Permissions) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(permissions)?;
    file.sync_all()
}

/// Writes a file of the user's own choosing, such as a report: created, or replaced.
///
/// # Errors
/// When the system refuses.
pub fn write_output(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    #[allow(clippy::disallowed_methods, reason = "not a file of the audited tree: the user named it")]
    fs::write(path, bytes).map_err(|source| WriteError::Io { path: path.to_owned(), source })
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make files of their own")]
mod tests {
    use super::*;

    fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn replaces_whole_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "a.conf", "gzip off;\r\n");
        replace_file(folder.path(), &path, "gzip off;\r\n", "gzip on;\r\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "gzip on;\r\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "a.conf", "edited by hand");
        let error = replace_file(folder.path(), &path, "as it was read", "new").unwrap_err();
        assert!(matches!(error, WriteError::Changed(_)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "edited by hand");
    }

    #[cfg(unix)]
    #[test]
    fn keeps_the_mode_and_refuses_what_is_read_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "start.sh", "a");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        replace_file(folder.path(), &path, "a", "b").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o750);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(matches!(replace_file(folder.path(), &path, "b", "c"), Err(WriteError::ReadOnly(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_within_the_root_is_written_through_and_one_that_leads_out_is_not() {
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let there = file(outside.path(), "there", "a");
        let here = file(folder.path(), "here", "a");
        for (link, target) in [("out", &there), ("in", &here)] {
            std::os::unix::fs::symlink(target, folder.path().join(link)).unwrap();
        }
        let error = replace_file(folder.path(), &folder.path().join("out"), "a", "b").unwrap_err();
        assert!(matches!(error, WriteError::Outside(_)));
        assert_eq!(fs::read_to_string(&there).unwrap(), "a");
        replace_file(folder.path(), &folder.path().join("in"), "a", "b").unwrap();
        assert_eq!(fs::read_to_string(&here).unwrap(), "b");
        assert!(fs::symlink_metadata(folder.path().join("in")).unwrap().is_symlink());
    }
}
