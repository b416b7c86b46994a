//! supervisord and circus: the programs that their configuration names, each started without a shell.

use crate::facts::sections::{Entry, SectionFile};
use crate::source::Span;
use crate::stack::{Fact, Slot, Why};
use crate::syntax::Mapped;

use super::super::image::{container_paths, matches};
use super::manager::value;
use super::{Append, Arg, Context, Machine, join, words};

/// Where supervisord looks for its configuration when it is told none (4.3.0, options.py).
const PLACES: &[&str] =
    &["supervisord.conf", "etc/supervisord.conf", "/etc/supervisord.conf", "/etc/supervisor/supervisord.conf"];
/// Debian's own configuration includes these.
const DEBIAN: &str = "/etc/supervisor/conf.d/*.conf";

impl<'a> Machine<'a> {
    /// `supervisord -c path`; false when its configuration is not in the repository.
    pub(super) fn supervisord(&mut self, words: &[&str], context: &Context) -> bool {
        let told = value(words, &["-c", "--configuration"]);
        let places: Vec<String> = match told {
            Some(path) => vec![join(&context.folder, path)],
            None => PLACES.iter().map(|path| join(&context.folder, path)).collect(),
        };
        let found = places.iter().find_map(|place| Some((place.clone(), self.at(place, &self.files.sections)?)));
        let (main, files) = match &found {
            Some((place, file)) => (Some(*file), self.included(place, file)),
            None if told.is_none_or(|path| path == "/etc/supervisor/supervisord.conf") => {
                (None, self.placed(&[DEBIAN.to_string()]))
            }
            None => return false,
        };
        let mut inside = context.clone();
        if let Some(environment) = main.and_then(|file| file.value("supervisord", "environment")) {
            self.environment_of(environment, "", &mut inside);
        }
        let files: Vec<&SectionFile> = main.into_iter().chain(files).collect();
        let mut any = false;
        for file in files {
            any = true;
            for name in sections(file, "program:") {
                self.program(file, &name, &inside);
            }
        }
        any
    }

    /// The files that `[include]` names, by their places in the container.
    fn included(&self, place: &str, file: &SectionFile) -> Vec<&'a SectionFile> {
        let Some(patterns) = file.value("include", "files") else { return Vec::new() };
        let here = place.rsplit_once('/').map_or("/", |(folder, _)| folder);
        let patterns = patterns.text.replace("%(here)s", here);
        let patterns: Vec<String> = patterns.split_whitespace().map(|pattern| join(here, pattern)).collect();
        self.placed(&patterns)
    }

    /// The files in sections that stand in the container at paths of these patterns.
    fn placed(&self, patterns: &[String]) -> Vec<&'a SectionFile> {
        let stands = |path: &str| {
            let places = container_paths(path, self.service, self.image);
            places.iter().any(|place| patterns.iter().any(|pattern| matches(pattern, place)))
        };
        self.files.sections.iter().filter(|(path, _)| stands(path)).map(|(_, file)| *file).collect()
    }

    /// `[program:name]`
    fn program(&mut self, file: &SectionFile, name: &str, context: &Context) {
        let section = format!("program:{name}");
        let get = |key: &str| file.value(&section, key);
        let truth = |key: &str| get(key).map(|it| it.text.trim().to_ascii_lowercase());
        if truth("autostart").is_some_and(|it| matches!(&*it, "false" | "0" | "no" | "off")) {
            return;
        }
        let Some(command) = get("command") else { return };
        let mut inside = context.clone();
        if let Some(environment) = get("environment") {
            self.environment_of(environment, name, &mut inside);
        }
        if let Some(folder) = get("directory") {
            inside.folder = join(&inside.folder, folder.text.trim());
        }
        self.start(command, get("numprocs"), name, inside);
    }

    /// `[watcher:name]` of circus.
    pub(super) fn circusd(&mut self, words: &[&str], context: &Context) -> bool {
        let path = words.iter().find(|word| word.ends_with(".ini"));
        let Some(file) = path.and_then(|path| self.at(&join(&context.folder, path), &self.files.sections)) else {
            return false;
        };
        for name in sections(file, "watcher:") {
            let section = format!("watcher:{name}");
            let Some(command) = file.value(&section, "cmd") else { continue };
            let mut whole = command.clone();
            if let Some(args) = file.value(&section, "args") {
                let blank = Mapped::verbatim(" ", Span { start: command.span(0..0).end, ..command.span(0..0) });
                whole.extend(&blank, 0..1);
                whole.extend(args, 0..args.text.len());
            }
            let mut inside = context.clone();
            if let Some(folder) = file.value(&section, "working_dir") {
                inside.folder = join(&inside.folder, folder.text.trim());
            }
            self.start(&whole, file.value(&section, "numprocesses"), &name, inside);
        }
        true
    }

    /// Starts a command as often as it is said, its words parted as a shell would, and no shell run.
    fn start(&mut self, command: &Mapped, copies: Option<&Mapped>, name: &str, mut context: Context) {
        let place = command.span(0..command.text.len());
        context.by.push(place);
        if let Some(copies) = copies {
            let span = copies.span(0..copies.text.len());
            context.copies = match self.filled(copies, span, name, &context).known().map(|text| text.trim().parse()) {
                Some(Ok(1)) => Fact::Absent,
                Some(Ok(count)) => Fact::derived(count, vec![span]),
                _ => Fact::Unknown(Why::at("how many copies its manager starts is not known", span)),
            };
        }
        let mut args = Vec::new();
        for word in crate::syntax::shell::split(command) {
            let Some(source) = word.literal() else { continue };
            if !source.text.contains("%(") {
                args.push(Arg::literal(source, word.span, words::append_behind(&word)));
                continue;
            }
            let text = self.filled(&source, word.span, name, &context);
            let mut arg = Arg::made(text, word.span, words::append_behind(&word));
            match arg.known().map(str::to_string) {
                Some(known) if known.trim().contains(char::is_whitespace) => args.extend(words::split(&arg, &known)),
                Some(_) => args.push(arg),
                None => {
                    arg.head = source.text.split("%(").next().unwrap_or("").into();
                    args.push(arg);
                }
            }
        }
        if !args.is_empty() {
            self.launch(args, context);
        }
    }

    /// A text with `%(ENV_NAME)s`, `%(program_name)s` and `%(process_num)02d` filled in.
    fn filled(&self, text: &Mapped, span: Span, name: &str, context: &Context) -> Fact<Box<str>> {
        let mut out = String::new();
        let mut chain: Vec<Span> = Vec::new();
        let mut slots: Vec<Slot> = Vec::new();
        let mut rest = &*text.text;
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                out.push('%');
                rest = after;
                continue;
            }
            let Some((key, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else { continue };
            let ends = after.find(|c: char| c.is_ascii_alphabetic()).map_or(after.len(), |at| at + 1);
            rest = &after[ends..];
            match key.strip_prefix("ENV_") {
                Some(variable) => {
                    let set = context.vars.get(variable).map(|(value, _)| value);
                    match set.or_else(|| self.environment.get(variable)) {
                        Some(Fact::Known(sourced)) => {
                            out.push_str(&sourced.value);
                            chain.extend(sourced.origin.span());
                            slots.extend(sourced.slots.iter().filter(|_| text.text.starts_with("%(")).cloned());
                        }
                        Some(other) => return other.clone().by_way_of([span]),
                        None => return Fact::Unknown(Why::at(format!("set by the environment ({variable})"), span)),
                    }
                }
                None if matches!(key, "program_name" | "group_name") => out.push_str(name),
                // The first of several.
                None if key == "process_num" => out.push('0'),
                None => return Fact::Unknown(Why::at("filled in by its process manager", span)),
            }
        }
        out.push_str(rest);
        chain.push(span);
        let alone = text.text.starts_with("%(") && text.text.matches('%').count() == 1;
        let mut fact = Fact::derived(out.into(), chain);
        if alone && let Fact::Known(sourced) = &mut fact {
            sourced.slots = slots;
        }
        fact
    }

    /// `KEY="value",OTHER=value`, put into what the program sees.
    fn environment_of(&self, text: &Mapped, name: &str, context: &mut Context) {
        let mut start = 0;
        let mut quote = None;
        let mut pieces = Vec::new();
        for (at, c) in text.text.char_indices().chain([(text.text.len(), ',')]) {
            match (quote, c) {
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if c == open => quote = None,
                (None, ',') | (None, '\n') => {
                    pieces.push(start..at);
                    start = at + 1;
                }
                _ => {}
            }
        }
        for range in pieces {
            let Some((key, value)) = text.text.get(range.clone()).and_then(|piece| piece.split_once('=')) else {
                continue;
            };
            let from = range.end - value.trim_start().len();
            let trimmed = value.trim();
            let bare = trimmed.trim_matches(['"', '\'']);
            let inner = from + trimmed.find(bare).unwrap_or(0);
            let source = text.slice(inner..inner + bare.len());
            let span = source.span(0..source.text.len());
            let value = match source.text.contains("%(") {
                true => self.filled(&source, span, name, context),
                false => Arg::literal(source, span, Append::Never).text,
            };
            context.vars.insert(key.trim().into(), (value, true));
        }
    }
}

/// The names of the sections with this in front, in order.
fn sections(file: &SectionFile, head: &str) -> Vec<Box<str>> {
    let mut names: Vec<Box<str>> = Vec::new();
    for Entry { section, .. } in &file.entries {
        if let Some(name) = section.strip_prefix(head)
            && !names.iter().any(|it| **it == *name)
        {
            names.push(name.into());
        }
    }
    names
}
