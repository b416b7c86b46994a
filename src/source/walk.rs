//! The walk: the only reader of the disk.
use super::Sources;
use std::path::{Path, PathBuf};
/// Options.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {}
/// A file that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// path
    pub path: Box<str>,
    /// why
    pub reason: Box<str>,
}
/// Result.
#[derive(Debug, Default)]
pub struct Walk {
    /// files
    pub sources: Sources,
    /// skipped
    pub skipped: Vec<Skipped>,
}
/// Error.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// absent
    #[error("{0}: no such file or folder")]
    Absent(PathBuf),
}
/// Walk.
pub fn walk(_root: &Path, _options: &WalkOptions) -> Result<Walk, WalkError> {
    Ok(Walk::default())
}
