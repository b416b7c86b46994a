//! `.env` files: what they set.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile};
use crate::syntax::Parsed;
use crate::syntax::env::{self, Entry};

/// What a `.env` file sets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EnvFile {
    /// The file.
    pub file: Option<FileId>,
    /// Its variables in order; the last of a name holds.
    pub entries: Vec<Entry>,
}

/// Whether a path is that of a file of variables: `.env`, `web.env`, `.env.production`, and what stands below `.envs/`.
pub fn is_env_file(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    name == ".env" || name.ends_with(".env") || name.starts_with(".env.") || folder.split('/').any(|it| it == ".envs")
}

/// Reads a file of variables.
pub fn read(file: &SourceFile) -> Parsed<EnvFile> {
    let Parsed { tree, errors } = env::parse(file);
    Parsed { tree: EnvFile { file: Some(file.id), entries: tree.entries }, errors }
}
