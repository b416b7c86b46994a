//! The walk: the only reader of the disk.
//!
//! It goes through the tree as git sees it (`.gitignore` is heeded, the machine's own ignore files are not), reads the
//! files whose names say that they may matter, and gives them in the order of their paths' bytes. What it cannot read
//! is a line in the result, never the end of the run.

use std::fs::{File, FileType};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

use super::{FileId, SourceFile, Sources, names};

/// What the walk reads.
#[derive(Clone, Debug)]
pub struct WalkOptions {
    /// Whether a file may matter, by its path below the root. Only such files are opened.
    pub wants: fn(&str) -> bool,
    /// Files with more bytes are skipped, with a line that says so.
    pub max_bytes: u64,
    /// Files and folders to leave out, as lines of a `.gitignore` at the root.
    pub exclude: Vec<String>,
}

impl Default for WalkOptions {
    fn default() -> Self {
        Self { wants: names::may_matter, max_bytes: 8 << 20, exclude: Vec::new() }
    }
}

/// A file that was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Its path below the root.
    pub path: Box<str>,
    /// Why, as the rest of a sentence that starts with the path: `is not UTF-8 (line 3, byte 0xff)`.
    pub reason: Box<str>,
}

/// What the walk found.
#[derive(Debug, Default)]
pub struct Walk {
    /// The files that were read, in the order of their paths' bytes.
    pub sources: Sources,
    /// Those that may matter and could not be read, in the same order.
    pub skipped: Vec<Skipped>,
}

/// Why there was nothing to walk.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The path leads nowhere.
    #[error("{}: no such file or folder", .0.display())]
    Absent(PathBuf),
    /// The path leads to something, but not to a folder.
    #[error("{}: not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// The folder cannot be opened.
    #[error("{}: {}", .path.display(), reason(.source))]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A glob to exclude cannot be understood.
    #[error("exclude `{glob}`: {message}")]
    Glob {
        /// As given.
        glob: String,
        /// What is wrong with it.
        message: String,
    },
}

/// Reads the files below `root`, a folder, that may matter.
///
/// # Errors
/// When `root` is not a folder that can be opened, or a glob to exclude cannot be understood.
pub fn walk(root: &Path, options: &WalkOptions) -> Result<Walk, WalkError> {
    let disk_root = root.canonicalize().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => WalkError::Absent(root.to_owned()),
        _ => WalkError::Unreadable { path: root.to_owned(), source },
    })?;
    if !disk_root.is_dir() {
        return Err(WalkError::NotAFolder(root.to_owned()));
    }
    #[allow(clippy::disallowed_methods, reason = "source/ reads the disk")]
    std::fs::read_dir(&disk_root).map_err(|source| WalkError::Unreadable { path: root.to_owned(), source })?;
    let walker = WalkBuilder::new(&disk_root)
        .hidden(false)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .require_git(false)
        .parents(disk_root.ancestors().any(|folder| folder.join(".git").exists()))
        .follow_links(false)
        .overrides(excluded(&disk_root, &options.exclude)?)
        .filter_entry(|entry| entry.depth() == 0 || !is_foreign(entry))
        .build_parallel();

    let (send, receive) = mpsc::channel();
    walker.run(|| {
        let (send, root) = (send.clone(), &disk_root);
        Box::new(move |entry| {
            if let Some(met) = meet(root, entry, options) {
                // The receiver outlives the walk, so this cannot fail.
                let _ = send.send(met);
            }
            WalkState::Continue
        })
    });
    drop(send);

    let (mut read, mut skipped) = (Vec::new(), Vec::new());
    for met in receive {
        match met {
            Met::Read(path, disk, text) => read.push((path, disk, text)),
            Met::Skipped(line) => skipped.push(line),
        }
    }
    read.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    skipped.sort_unstable();
    skipped.dedup();
    let files = read.into_iter().enumerate().map(|(at, (path, disk, text))| {
        let id = FileId(u32::try_from(at).unwrap_or(u32::MAX));
        SourceFile::new(id, path, disk, text)
    });
    Ok(Walk { sources: Sources::new(files.collect()), skipped })
}

/// What came of one entry of the tree.
enum Met {
    Read(Box<str>, PathBuf, String),
    Skipped(Skipped),
}

impl Met {
    fn skipped(path: impl Into<Box<str>>, reason: impl Into<Box<str>>) -> Option<Met> {
        Some(Met::Skipped(Skipped { path: path.into(), reason: reason.into() }))
    }
}

/// Reads an entry if it may matter; nothing when it does not.
fn meet(root: &Path, entry: Result<DirEntry, ignore::Error>, options: &WalkOptions) -> Option<Met> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return meet_error(root, &error),
    };
    let kind = entry.file_type()?;
    if kind.is_dir() {
        return None;
    }
    let disk = entry.path();
    let Some(path) = below(root, disk) else {
        return Met::skipped(disk.strip_prefix(root).unwrap_or(disk).to_string_lossy(), "has a name that is not UTF-8");
    };
    if kind.is_symlink() {
        return meet_link(root, &path, disk, options);
    }
    if !(options.wants)(&path) {
        return None;
    }
    if let Some(folder) = names::template_folder(&path) {
        return Met::skipped(folder, "is a template of a repository, not read: fill it in and audit what comes out");
    }
    read(path, disk.to_owned(), Some(kind), options.max_bytes)
}

/// A link is read when it leads to a file within the root; a link to a folder is not followed, for what it leads to is
/// read in its own place or is not the repository's.
fn meet_link(root: &Path, path: &str, disk: &Path, options: &WalkOptions) -> Option<Met> {
    let wanted = (options.wants)(path);
    let target = match disk.canonicalize() {
        Ok(target) => target,
        Err(error) if is_loop(&error) => return Met::skipped(path, "is a link that leads back to itself"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return wanted.then(|| Met::skipped(path, "is a link that leads nowhere")).flatten();
        }
        Err(error) => return Met::skipped(path, reason(&error)),
    };
    if target.is_dir() {
        return if disk.starts_with(&target) {
            Met::skipped(path, "is a link to a folder that holds it, not followed")
        } else if target.starts_with(root) {
            None
        } else {
            Met::skipped(path, "is a link to a folder outside the audited one, not followed")
        };
    }
    if !wanted {
        None
    } else if target.starts_with(root) {
        read(path.into(), target, None, options.max_bytes)
    } else {
        Met::skipped(path, "is a link to a file outside the audited folder, not followed")
    }
}

/// A folder that cannot be listed is a line; other errors of the walk are those of ignore files, which do not matter.
fn meet_error(root: &Path, error: &ignore::Error) -> Option<Met> {
    match error {
        ignore::Error::WithPath { path, err } => {
            let shown = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
            match &**err {
                ignore::Error::Io(source) => Met::skipped(shown, reason(source)),
                inner => meet_error(root, inner),
            }
        }
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => meet_error(root, err),
        _ => None,
    }
}

/// Reads a file that is regular, not over the limit, and UTF-8 text.
fn read(path: Box<str>, disk: PathBuf, kind: Option<FileType>, max_bytes: u64) -> Option<Met> {
    // Opening a pipe would wait for its writer for ever.
    if !kind.map_or_else(|| disk.is_file(), |kind| kind.is_file()) {
        return Met::skipped(path, "is not a regular file");
    }
    match read_text(&disk, max_bytes) {
        Ok(text) => Some(Met::Read(path, disk, text)),
        Err(why) => Met::skipped(path, why),
    }
}

/// The text of a file that the user named, or that the walk found.
///
/// # Errors
/// Why it cannot be read, as the rest of a sentence that starts with its path: it has more than `max_bytes`, is not
/// UTF-8, the system refuses.
pub fn read_text(disk: &Path, max_bytes: u64) -> Result<String, String> {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that reads")]
    let file = File::open(disk).map_err(|error| reason(&error))?;
    let length = file.metadata().map_err(|error| reason(&error))?.len();
    let too_long = |length| format!("has {}, over the limit of {}", size(length), size(max_bytes));
    if length > max_bytes {
        return Err(too_long(length));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    // A file may grow while it is read.
    let read = file.take(max_bytes + 1).read_to_end(&mut bytes).map_err(|error| reason(&error))? as u64;
    if read > max_bytes { Err(too_long(read)) } else { text(bytes) }
}

/// The user's own rule pages below `root`: `.plimsoll/rules/area/name.md`, with their texts, in the order of their paths.
/// None when there is no such folder.
///
/// # Errors
/// The page that cannot be read, with the reason.
pub fn rule_pages(root: &Path) -> Result<Vec<(String, String)>, String> {
    const FOLDER: &str = ".plimsoll/rules";
    let folder = root.join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut pages = Vec::new();
    for entry in WalkBuilder::new(&folder).standard_filters(false).max_depth(Some(2)).build().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|it| it == "md") {
            let name = path.strip_prefix(&folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
            let name = format!("{FOLDER}/{name}");
            let text = read_text(path, 1 << 20).map_err(|reason| format!("{name}: {reason}"))?;
            pages.push((name, text));
        }
    }
    pages.sort();
    Ok(pages)
}

/// A size in the unit that suits it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KB", bytes >> 10),
        _ => format!("{} MB", bytes >> 20),
    }
}

/// The bytes as text, or why they are none.
fn text(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("is UTF-16, not UTF-8".into());
    }
    if memchr::memchr(0, &bytes).is_some() {
        return Err("is binary, not text".into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let (valid, rest) = error.as_bytes().split_at(at);
        let line = memchr::memchr_iter(b'\n', valid).count() + 1;
        format!("is not UTF-8 (line {line}, byte 0x{:02x})", rest.first().copied().unwrap_or(0))
    })
}

/// A path below the root, parted by `/`; none when a part is not UTF-8.
fn below(root: &Path, disk: &Path) -> Option<Box<str>> {
    let mut out = String::new();
    for part in disk.strip_prefix(root).unwrap_or(disk) {
        if !out.is_empty() {
            out.push('/');
        }
        out.push_str(part.to_str()?);
    }
    Some(out.into())
}

/// Whether a folder holds what others wrote: version control, installed packages, caches.
fn is_foreign(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && (entry.file_name().to_str().is_some_and(names::is_foreign_folder)
            || entry.path().join("pyvenv.cfg").exists())
}

/// The globs to leave out, as the walk's overrides.
fn excluded(root: &Path, globs: &[String]) -> Result<Override, WalkError> {
    let wrong = |glob: &str, error: ignore::Error| {
        let message = match error {
            // With the glob comes the sign that is put before it here.
            ignore::Error::Glob { err, .. } => err,
            other => other.to_string(),
        };
        WalkError::Glob { glob: glob.to_owned(), message }
    };
    let mut builder = OverrideBuilder::new(root);
    for glob in globs {
        // In an override a leading `!` leaves out, and a bare glob is the only thing let in.
        builder.add(&format!("!{glob}")).map_err(|error| wrong(glob, error))?;
    }
    builder.build().map_err(|error| wrong(&globs.join(", "), error))
}

/// What the system says, without its number.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => "cannot be read: permission denied".into(),
        std::io::ErrorKind::NotFound => "is not there".into(),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text);
            format!("cannot be read: {}", text.to_lowercase())
        }
    }
}

/// Whether links lead round in a circle.
fn is_loop(error: &std::io::Error) -> bool {
    // ELOOP: std's own kind for it is not stable. 40 on Linux, 62 on macOS and the BSDs.
    matches!(error.raw_os_error(), Some(40 | 62)) && cfg!(unix)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests make files of their own")]
#[path = "walk_tests.rs"]
mod tests;
