//! Commands that a clock or a container runs: those that a crontab, a script of a shell, or a file of a deployment names.
//! All others wait for a person.

use std::collections::BTreeSet;

use crate::source::{Sought, SourceFile, Sources};
use crate::stack::vocabulary::{About, Reach};
use crate::stack::{Fact, Stack};

/// Files that nothing is deployed by: what tests a change, what a person types, what is read.
const OTHERS: &[&str] = &[
    ".github/",
    ".circleci/",
    ".gitlab-ci",
    ".travis",
    "docs/",
    "Makefile",
    "makefile",
    "justfile",
    "README",
    "tox.ini",
];

/// Says of what commands ask which of them are scheduled.
pub fn mark(code: &mut Stack, sources: &Sources) {
    let of_command = |about: &About, reach: &Fact<Reach>| {
        if reach.known() != Some(&Reach::Commands) { None } else { name(&about.anchor.file).map(str::to_owned) }
    };
    let loads = code.lazy_loads.iter_mut().map(|it| (&it.about, &mut it.reach));
    let queries = code.queries_in_loops.iter_mut().map(|it| (&it.about, &mut it.reach));
    let writes = code.writes_in_loops.iter_mut().map(|it| (&it.about, &mut it.reach));
    let uses = code.queryset_uses.iter_mut().map(|it| (&it.about, &mut it.reach));
    let mut named = None;
    for (about, reach) in loads.chain(queries).chain(writes).chain(uses) {
        let Some(name) = of_command(about, reach) else { continue };
        if named.get_or_insert_with(|| all_named(sources)).contains(&*name) {
            *reach = Fact::derived(Reach::Scheduled, Vec::new());
        }
    }
}

/// The command that a file is, or the script.
fn name(path: &str) -> Option<&str> {
    let (folder, file) = path.rsplit_once('/')?;
    let holds = |name: &str| folder.rsplit('/').next() == Some(name);
    (folder.ends_with("management/commands") || holds("scripts") || holds("bin")).then(|| file.strip_suffix(".py"))?
}

/// The commands and scripts that files name which are no code.
fn all_named(sources: &Sources) -> BTreeSet<&str> {
    let deploys = |file: &&SourceFile| {
        let path = &*file.path;
        !path.ends_with(".py") && !path.ends_with(".html") && !OTHERS.iter().any(|it| path.contains(it))
    };
    sources.iter().filter(deploys).flat_map(in_file).collect()
}

fn in_file(file: &SourceFile) -> Vec<&str> {
    /// The name stands so near, behind blanks, quotes, commas, and what else opens an item of a list.
    const NEAR: usize = 24;
    let is_of_name = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let text = file.text();
    let behind = |at: &u32| {
        let line = text.get(*at as usize..)?;
        let word = Sought::Command.found_at(line)?;
        let rest = &line[word.len()..];
        let start = rest.find(is_of_name).filter(|start| *start <= NEAR)?;
        rest[start..].split(|c: char| !is_of_name(c)).next()
    };
    file.places(Sought::Command).iter().filter_map(behind).collect()
}
