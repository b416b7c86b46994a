//! The files of a repository that a command may name, by their paths below the root.

use std::collections::BTreeMap;

use crate::facts::Drafts;
use crate::facts::procfile::Procfile;
use crate::facts::script::ShellScript;
use crate::facts::sections::SectionFile;
use crate::facts::tasks::TaskFile;

/// Scripts, and files that say what a process manager or a runner of tasks starts.
#[derive(Default)]
pub struct Files<'a> {
    /// Shell scripts.
    pub scripts: BTreeMap<&'a str, &'a ShellScript>,
    /// Configurations in sections.
    pub sections: BTreeMap<&'a str, &'a SectionFile>,
    /// Makefiles and their like.
    pub tasks: BTreeMap<&'a str, &'a TaskFile>,
    /// Procfiles.
    pub procfiles: BTreeMap<&'a str, &'a Procfile>,
}

impl<'a> Files<'a> {
    /// Those of all drafts.
    pub fn of(drafts: &Drafts<'a>) -> Self {
        Self {
            scripts: drafts.script().map(|(_, draft)| (&*draft.path, draft)).collect(),
            sections: drafts.sections().map(|(_, draft)| (&*draft.path, draft)).collect(),
            tasks: drafts.tasks().map(|(_, draft)| (&*draft.path, draft)).collect(),
            procfiles: drafts.procfile().map(|(_, draft)| (&*draft.path, draft)).collect(),
        }
    }
}
