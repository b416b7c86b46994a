//! Which files are started together, as README, Makefile, scripts and pipelines say it: `docker compose -f a -f b up`,
//! `docker stack deploy -c a`, `COMPOSE_FILE=a:b`.

use std::ops::Range;

use crate::source::{FileId, Sought, SourceFile, Span};

use super::layers::join;
use super::project::Files;
use super::{profiles, select};
use crate::link::roles::Role;

/// A command that names the files it starts.
pub(super) struct Mention {
    /// The files, weakest first.
    pub(super) files: Vec<FileId>,
    /// Where it is written.
    pub(super) span: Span,
    /// Whether it deploys to a swarm.
    pub(super) swarm: bool,
    /// `--env-file`, `COMPOSE_ENV_FILES`.
    pub(super) env_files: Vec<Box<str>>,
    /// `--profile`, `COMPOSE_PROFILES`.
    pub(super) profiles: Vec<Box<str>>,
    /// Whether it is the `COMPOSE_FILE` of a `.env`, which says what is started when no file is named.
    pub(super) default: bool,
    /// Whether it names no file and no profile, and starts what compose looks for.
    plain: bool,
    /// Whether it names no file.
    unnamed: bool,
}

/// All of them, in the order of files and places.
pub(super) fn find(files: Files<'_>) -> Vec<Mention> {
    let mut found = Vec::new();
    for file in files.sources.iter() {
        read(file, files, &mut found);
    }
    // Where the same files are started without a profile, that is the rule; and it says no more than their names do.
    let plain: Vec<Vec<FileId>> = found.iter().filter(|it| it.plain).map(|it| it.files.clone()).collect();
    let rule = |it: &Mention| plain.contains(&it.files) && !asks_production(it);
    found.retain(|it| !(it.plain || it.unnamed && rule(it)));
    found
}

fn asks_production(mention: &Mention) -> bool {
    profiles::role(&mention.profiles).is_some_and(|(role, _)| role == Role::Production)
}

/// Reads each line that has a word of such a command.
fn read(file: &SourceFile, files: Files<'_>, found: &mut Vec<Mention>) {
    let text = file.text();
    let mut read = 0;
    for at in file.places(Sought::Start).iter().map(|at| *at as usize) {
        if at < read {
            continue;
        }
        let start = logical_start(text, at);
        read = logical_end(text, start);
        let said = Said::default();
        Line { file, files, words: words(text, start..read), at: 0, folder: None, said, found }.read();
    }
}

/// The start of the line that holds `at`, with the lines before that a backslash continues by it.
fn logical_start(text: &str, at: usize) -> usize {
    let mut before = text.get(..at).unwrap_or("");
    loop {
        let Some(end) = before.rfind('\n') else { return 0 };
        let line = &before[..end];
        if !line[line.rfind('\n').map_or(0, |it| it + 1)..].trim_end().ends_with('\\') {
            return end + 1;
        }
        before = line;
    }
}

/// The end of the line at `at`, with the lines that a backslash continues it by.
pub(in crate::link) fn logical_end(text: &str, mut at: usize) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or("");
        let Some(end) = rest.find('\n') else { return text.len() };
        at += end + 1;
        if !rest[..end].trim_end().ends_with('\\') {
            return at;
        }
    }
}

/// The words of a part of a text: shells, JSON and prose part them alike. What ends a command is a word of its own.
pub(in crate::link) fn words(text: &str, range: Range<usize>) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    let line = text.get(range.clone()).unwrap_or("");
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        let ends = matches!(c, ';' | '&' | '|');
        if ends || c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | '(' | ')' | '[' | ']' | '\\' | '<' | '>') {
            if let Some(start) = start.take() {
                found.push((&line[start..at], range.start + start));
            }
            if ends {
                found.push((&line[at..at + 1], range.start + at));
            }
        } else {
            start.get_or_insert(at);
        }
    }
    found
}

struct Line<'l> {
    file: &'l SourceFile,
    files: Files<'l>,
    words: Vec<(&'l str, usize)>,
    at: usize,
    /// Where a `cd` before it leads.
    folder: Option<&'l str>,
    /// What assignments before a command, and its options, say.
    said: Said<'l>,
    found: &'l mut Vec<Mention>,
}

/// What a command says beside the files it starts.
#[derive(Clone, Default)]
struct Said<'l> {
    swarm: bool,
    default: bool,
    env_files: Vec<&'l str>,
    profiles: Vec<&'l str>,
}

impl<'l> Line<'l> {
    fn next(&mut self) -> Option<&'l str> {
        let word = self.words.get(self.at)?.0;
        self.at += 1;
        Some(word)
    }

    fn peek(&self) -> Option<&'l str> {
        Some(self.words.get(self.at)?.0)
    }

    fn read(mut self) {
        while let Some(word) = self.next() {
            let start = self.at - 1;
            match (word, self.peek()) {
                ("cd", Some(folder)) => self.folder = Some(folder),
                ("docker" | "podman", Some("compose")) => {
                    self.at += 1;
                    self.command(start, &["-f", "--file"], false);
                }
                ("stack", Some("deploy")) => {
                    self.at += 1;
                    self.command(start, &["-c", "--compose-file"], true);
                }
                ("COMPOSE_FILE:" | "COMPOSE_FILE", Some(list)) => {
                    self.at += 1;
                    let list = if list == "=" { self.next().unwrap_or("") } else { list };
                    self.variable(list, start);
                }
                _ if word.rsplit('/').next().is_some_and(|it| matches!(it, "docker-compose" | "podman-compose")) => {
                    self.command(start, &["-f", "--file"], false);
                }
                _ => {
                    if let Some(list) = word.strip_prefix("COMPOSE_FILE=") {
                        self.variable(list, start);
                    } else if let Some(list) = self.assigned(start, "COMPOSE_PROFILES=") {
                        self.said.profiles = list.split(',').collect();
                    } else if let Some(list) = self.assigned(start, "COMPOSE_ENV_FILES=") {
                        self.said.env_files = list.split(',').collect();
                    } else if matches!(word, ";" | "&" | "|") {
                        self.said = Said::default();
                    }
                }
            }
        }
    }

    /// The value that a word assigns to a variable, commas and all.
    fn assigned(&self, word: usize, head: &str) -> Option<&'l str> {
        let (text, at) = *self.words.get(word)?;
        text.strip_prefix(head)?;
        let rest = self.file.text().get(at + head.len()..)?.trim_start_matches(['"', '\'']);
        rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ';' | '&' | '|')).next()
    }

    /// The options of a command, up to its own subcommand; those of `stack deploy` stand behind it.
    fn command(&mut self, start: usize, names: &[&str], swarm: bool) {
        let mut paths = Vec::new();
        let mut said = Said { swarm, ..std::mem::take(&mut self.said) };
        let (mut profiles, mut env_files) = (Vec::new(), Vec::new());
        while let Some(word) = self.peek() {
            let (option, joined) = match word.split_once('=') {
                Some((option, value)) if word.starts_with('-') => (option, Some(value)),
                _ => (word, None),
            };
            if names.contains(&option) {
                self.at += 1;
                paths.extend(joined.or_else(|| self.next()));
            } else if matches!(option, "--env-file" | "-p" | "--project-name" | "--project-directory" | "--profile") {
                self.at += 1;
                let value = joined.or_else(|| self.next());
                match option {
                    "--env-file" => env_files.extend(value),
                    "--profile" => profiles.extend(value),
                    _ => {}
                }
            } else if word.starts_with('-') {
                self.at += 1;
            } else {
                break;
            }
        }
        // An option is stronger than its variable.
        if !profiles.is_empty() {
            said.profiles = profiles;
        }
        if !env_files.is_empty() {
            said.env_files = env_files;
        }
        // What names no file says no more than that something is started.
        if !paths.is_empty() || matches!(self.peek(), Some("up" | "create" | "start")) {
            self.add(&paths, start, &said);
        }
    }

    fn variable(&mut self, list: &'l str, start: usize) {
        let paths: Vec<&str> = list.split([':', ';']).filter(|path| !path.is_empty()).collect();
        let said = Said { default: self.file.name() == ".env", ..Said::default() };
        self.add(&paths, start, &said);
    }

    /// Adds a mention whose files are all known. Their paths start from the folder that the command is run in: the
    /// `cd` before it, the file's own folder, or the root.
    fn add(&mut self, paths: &[&str], start: usize, said: &Said<'_>) {
        let here = self.file.folder();
        let moved = self.folder.into_iter().flat_map(|to| [join(here, to), join("", to)]).flatten();
        let known = |path: &str| self.files.file(self.files.sources.by_path(path)?.id).map(|file| file.file);
        let resolve = |folder: &str| -> Option<Vec<FileId>> {
            match paths.is_empty() {
                true => select::unnamed(folder, known),
                false => paths.iter().map(|path| known(&join(folder, path)?)).collect(),
            }
        };
        let folders: Vec<Box<str>> = moved.chain([here.into(), "".into()]).collect();
        let Some((folder, files)) = folders.iter().find_map(|folder| Some((folder, resolve(folder)?))) else { return };
        let (Some(first), Some(last)) = (self.words.get(start), self.words.get(self.at.saturating_sub(1))) else {
            return;
        };
        let span = Span::new(self.file.id, first.1, last.1 + last.0.len());
        self.found.push(Mention {
            files,
            span,
            swarm: said.swarm,
            env_files: said.env_files.iter().filter_map(|path| join(folder, path)).collect(),
            profiles: said.profiles.iter().filter(|name| !name.is_empty()).map(|name| Box::from(*name)).collect(),
            default: said.default,
            unnamed: paths.is_empty(),
            plain: paths.is_empty() && said.profiles.is_empty() && said.env_files.is_empty(),
        });
    }
}

/// What a mention stands under: the heading of a text, the target of a Makefile.
pub(super) fn heading(file: &SourceFile, at: usize) -> &str {
    let name = file.name().to_ascii_lowercase();
    let markdown = name.ends_with(".md") || name.starts_with("readme");
    let make = name.contains("makefile") || name == "justfile" || name.ends_with(".mk");
    let line = file.line_of(at);
    for line in (line.saturating_sub(400)..=line).rev().map(|line| file.line(line)) {
        if markdown {
            // Within a block of code it is a comment of the shell, which says as much.
            if line.starts_with('#') {
                return line;
            }
        } else if make && !line.starts_with([' ', '\t', '#']) && line.contains(':') {
            return line.split(':').next().unwrap_or("");
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_from_its_start_with_those_it_goes_on_from() {
        let text = "cd app\ndocker \\ \n  compose \\\n  -f compose.yaml up\nmake";
        let at = text.find("compose").unwrap();
        let start = logical_start(text, at);
        assert_eq!(&text[start..logical_end(text, start)], "docker \\ \n  compose \\\n  -f compose.yaml up\n");
        assert_eq!((logical_start("compose up", 0), logical_start("\\\ncompose up", 2)), (0, 0));
        assert_eq!(logical_start("x\n\ncompose", 3), 3);
    }
}
