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
/// One that is only there to be copied, as `.env.example`, sets nothing.
pub fn is_env_file(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let copied = ["example", "sample", "template", "tmpl", "dist", "default", "j2", "patch"];
    if name.split('.').any(|part| copied.contains(&part)) {
        return false;
    }
    let by_name = name == ".env" || name.ends_with(".env") || name.starts_with(".env.");
    by_name || folder.split('/').any(|it| it == ".envs") || is_of_init_script(path)
}

/// Whether a path is that of a file that Celery's init scripts read: `/etc/default/celeryd`.
fn is_of_init_script(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    folder.ends_with("default") && name.starts_with("celery") && !name.contains('.')
}

/// Reads a file of variables. Only its first error is told: one that is a template has one in every other line.
pub fn read(file: &SourceFile) -> Parsed<EnvFile> {
    let Parsed { tree, mut errors } = env::parse(file);
    errors.truncate(1);
    Parsed { tree: EnvFile { file: Some(file.id), entries: tree.entries }, errors }
}

#[cfg(test)]
mod tests {
    use super::is_env_file;

    #[test]
    fn knows_env_files() {
        let are =
            [".env", "deploy/web.env", ".env.production", ".envs/.production/.django", "etc/default/celeryd-generic"];
        let are_not = [".env.example", "example.env", "env.py", ".envrc", ".env.j2", "environment"];
        assert_eq!(are.map(is_env_file), [true; 5]);
        assert_eq!(are_not.map(is_env_file), [false; 6]);
    }
}
