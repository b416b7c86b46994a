//! Which compose files are started together, and what for.

use std::collections::BTreeSet;

use crate::facts::compose::{self, ComposeFile};
use crate::source::{FileId, SourceFile, Span};
use crate::stack::Why;
use crate::syntax::yaml::Node;

use super::super::roles::{self, Role};
use super::layers::join;
use super::mentions::{self, Mention};
use super::profiles;
use super::project::{self, Files, Project};

/// The names that `docker compose` looks for, the strongest first.
const BASE: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// What it lays over them unasked.
const OVERRIDE: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// Files that are started together.
pub(super) struct Choice {
    /// Weakest first.
    pub(super) files: Vec<FileId>,
    pub(super) role: Role,
    pub(super) because: Why,
    /// `--env-file`, below the root.
    pub(super) env_files: Vec<Box<str>>,
    /// The profiles that are asked for by name.
    pub(super) profiles: Vec<Box<str>>,
}

impl Choice {
    /// The files' services with all that they include, none left out.
    pub(super) fn project<'a>(&self, files: Files<'a>) -> Project<'a> {
        let folder = self.files.first().map_or("", |id| files.sources.file(*id).folder());
        project::project(&self.files, folder, &self.env_files, files)
    }

    /// The profiles that are started: those it asks for, else those of `COMPOSE_PROFILES` in its `.env`.
    pub(super) fn asked(&self, project: &Project<'_>) -> Vec<Box<str>> {
        if !self.profiles.is_empty() {
            return self.profiles.clone();
        }
        let set = project.envs.first().and_then(|env| env.text("COMPOSE_PROFILES")).unwrap_or_default();
        set.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Into::into).collect()
    }
}

/// All deployments of the files, in the order of their paths.
pub(super) fn choose(files: Files<'_>) -> Vec<Choice> {
    let mentions = mentions::find(files);
    let mut choices: Vec<Choice> = Vec::new();
    for mention in &mentions {
        let asks = profiles::role(&mention.profiles).is_some_and(|(role, _)| role == Role::Production);
        match choices.iter_mut().find(|choice| choice.files == mention.files) {
            // Who asks for a profile starts more than what is started without, which is the rule.
            Some(choice) if mention.profiles.is_empty() => choice.profiles.clear(),
            Some(choice) if asks && choice.profiles != mention.profiles => choices.push(mentioned(mention, files)),
            Some(_) => {}
            None => choices.push(mentioned(mention, files)),
        }
    }
    let parts = parts(files);
    let mut folders: Vec<&str> = files.compose.iter().map(|file| source(file, files).folder()).collect();
    folders.dedup();
    for folder in folders {
        add_unnamed(folder, &mentions, &parts, files, &mut choices);
    }
    let mut choices: Vec<Choice> =
        choices.into_iter().flat_map(|choice| by_profile(choice, &mentions, files)).collect();
    judge(&mut choices, &mentions, files);
    choices.sort_by(|a, b| (&a.files, &a.profiles).cmp(&(&b.files, &b.profiles)));
    choices
}

/// The files that are started in a folder when none is named: the base, and what is laid over it.
pub(super) fn unnamed(folder: &str, known: impl Fn(&str) -> Option<FileId>) -> Option<Vec<FileId>> {
    let first = |names: &[&str]| names.iter().find_map(|name| known(&join(folder, name)?));
    let base = first(&BASE)?;
    Some([base].into_iter().chain(first(&OVERRIDE)).collect())
}

/// A choice, with those that its profiles make of it: one for each way to start anything where nothing is started
/// without a profile, and one more for a profile that is for production.
fn by_profile(choice: Choice, mentions: &[Mention], files: Files<'_>) -> Vec<Choice> {
    let project = choice.project(files);
    let asked = choice.asked(&project);
    let all = profiles::all(&project, files.sources);
    if !asked.is_empty() || all.iter().all(|(own, _)| own.is_empty()) {
        return vec![choice];
    }
    let nothing = all.iter().all(|(own, _)| !own.is_empty());
    let mut ways: Vec<(Vec<Box<str>>, Why)> = Vec::new();
    for mention in mentions.iter().filter(|mention| mention.files == choice.files && !mention.profiles.is_empty()) {
        let because = Why::at("is started here", mention.span);
        ways.extend(
            (nothing && !ways.iter().any(|(own, _)| *own == mention.profiles))
                .then(|| (mention.profiles.clone(), because)),
        );
    }
    let named = ways.is_empty() && nothing;
    for (name, place) in all.iter().flat_map(|(own, place)| own.iter().map(move |name| (name, place))) {
        let production = profiles::role(std::slice::from_ref(name)).is_some_and(|(role, _)| role == Role::Production);
        if (named || production) && !ways.iter().any(|(own, _)| own.contains(name)) {
            let reason = format!("is what the profile `{name}` starts");
            ways.push((vec![name.clone()], Why::shown(reason, *place)));
        }
    }
    let mut found: Vec<Choice> = ways
        .into_iter()
        .map(|(profiles, because)| {
            let said = profiles::role(&profiles).filter(|_| choice.role == Role::Default);
            let reason = said.as_ref().map(|(_, word)| format!("{}, and `{word}` is in its name", because.reason));
            Choice {
                files: choice.files.clone(),
                role: said.map_or(choice.role, |(role, _)| role),
                because: Why::shown(reason.map_or(because.reason, Into::into), because.at),
                env_files: choice.env_files.clone(),
                profiles,
            }
        })
        .collect();
    if !nothing || found.is_empty() {
        found.push(choice);
    }
    found
}

fn source<'a>(file: &ComposeFile, files: Files<'a>) -> &'a SourceFile {
    files.sources.file(file.file)
}

/// A choice that a command names, with what its files' names say of it, or else the heading it stands under.
fn mentioned(mention: &Mention, files: Files<'_>) -> Choice {
    let said = by_name(&mention.files, files);
    let asked = profiles::role(&mention.profiles);
    let file = files.sources.file(mention.span.file);
    let heading = mentions::heading(file, mention.span.start as usize);
    let (role, reason) = match said {
        Some((role, word)) => (role, format!("is started here, and `{word}` is in its path")),
        None if asked.is_some() => {
            let (role, word) = asked.unwrap_or_default();
            (role, format!("is started here, with the profile `{word}`"))
        }
        None if mention.swarm => (Role::Production, "is deployed to a swarm here".into()),
        None => match roles::of_words(heading).filter(|(role, _)| role.is_use()) {
            Some((role, word)) => (role, format!("is started here, under `{word}`")),
            None => (Role::Default, "is started here".into()),
        },
    };
    Choice {
        files: mention.files.clone(),
        role,
        because: Why::at(reason, mention.span),
        env_files: mention.env_files.clone(),
        profiles: mention.profiles.clone(),
    }
}

/// The choices of a folder that no command names: what `docker compose up` starts there, and each further file, alone
/// when it is complete, else over the base.
fn add_unnamed(
    folder: &str,
    mentions: &[Mention],
    parts: &BTreeSet<FileId>,
    files: Files<'_>,
    choices: &mut Vec<Choice>,
) {
    let here: Vec<&ComposeFile> =
        files.compose.iter().copied().filter(|file| source(file, files).folder() == folder).collect();
    let named = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| here.iter().find(|file| source(file, files).name() == *name));
        found.next().map(|file| file.file)
    };
    let base = named(&BASE);
    let over = named(&OVERRIDE).filter(|_| base.is_some());
    let default_named = |mention: &Mention| mention.default && files.sources.file(mention.span.file).folder() == folder;
    let started: BTreeSet<FileId> = mentions.iter().flat_map(|mention| mention.files.iter().copied()).collect();
    let mut add = |found: Vec<FileId>, reason: &str| {
        if choices.iter().any(|choice| choice.files == found) {
            return;
        }
        let at = found.last().map(|id| Span::at(*id, files.sources.file(*id).bom()));
        let (role, reason) = match by_name(&found, files) {
            Some((role, word)) => (role, format!("has `{word}` in its path")),
            None => (Role::Default, reason.to_string()),
        };
        let because = Why::shown(reason, at);
        choices.push(Choice { files: found, role, because, env_files: Vec::new(), profiles: Vec::new() });
    };
    if let Some(base) = base.filter(|id| !mentions.iter().any(default_named) && !parts.contains(id)) {
        add([base].into_iter().chain(over).collect(), "is what `docker compose up` starts");
    }
    for file in here {
        let id = file.file;
        if Some(id) == base || Some(id) == over || started.contains(&id) || parts.contains(&id) {
            continue;
        }
        // What makes no service and is not called a compose file is one for those alone who name it.
        if !file.is_complete() && !compose::is_compose_name(source(file, files).name()) {
            continue;
        }
        match base {
            Some(base) if !file.is_complete() => {
                add(vec![base, id], "lies over the file that `docker compose up` starts")
            }
            _ => add(vec![id], "needs no other file"),
        }
    }
}

/// Files that are only parts of others: included ones, and those that others extend and that nobody would start.
fn parts(files: Files<'_>) -> BTreeSet<FileId> {
    let mut found = BTreeSet::new();
    for file in files.compose {
        let own = source(file, files);
        let mut add = |path: Option<&str>, always: bool| {
            let other = path.and_then(|path| files.sources.by_path(&join(own.folder(), path)?));
            if let Some(other) = other.filter(|it| it.id != file.file && (always || !BASE.contains(&it.name()))) {
                found.insert(other.id);
            }
        };
        for item in file.include.iter().flat_map(|include| include.items()) {
            add(item.text(), true);
            let paths = item.get("path");
            add(paths.and_then(Node::text), true);
            paths.iter().flat_map(|paths| paths.items()).for_each(|path| add(path.text(), true));
        }
        for service in &file.services {
            add(service.node.get("extends").and_then(|extends| extends.get("file")?.text()), false);
        }
    }
    found
}

/// What is laid over a base that is also started without it is for development, where nothing else is said.
fn judge(choices: &mut [Choice], mentions: &[Mention], files: Files<'_>) {
    for choice in choices.iter_mut().filter(|choice| choice.role == Role::Default) {
        let bare = mentions.iter().find(|mention| {
            let file = files.sources.file(mention.span.file);
            choice.files.len() > mention.files.len()
                && choice.files.starts_with(&mention.files)
                && roles::of_path(&file.path).is_none()
        });
        let overridden = choice.files.iter().any(|id| OVERRIDE.contains(&files.sources.file(*id).name()));
        if let Some(mention) = bare.filter(|_| overridden) {
            choice.role = Role::Development;
            choice.because = Why::at("is for development, for its base is started without it here", mention.span);
        }
    }
}

/// What a deployment of these files is called.
pub(super) fn name(choice: &Choice, files: Files<'_>) -> String {
    let paths = choice.files.iter().map(|id| &*files.sources.file(*id).path).collect::<Vec<_>>().join(" + ");
    let profiles = choice.profiles.iter().map(|name| format!(" --profile {name}"));
    std::iter::once(paths).chain(profiles).collect()
}

/// What the paths of files say that they are for, and the word that says it.
fn by_name(ids: &[FileId], files: Files<'_>) -> Option<(Role, String)> {
    roles::first(ids.iter().filter_map(|id| roles::of_path(&files.sources.file(*id).path)).collect())
}
