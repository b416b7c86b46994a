//! A configuration that an image's entrypoint writes by `printf` or `echo` before the server starts: `listen_port =
//! ${LISTEN_PORT:-5432}`, `${POOL_MODE:+pool_mode = ${POOL_MODE}\n}`.

use crate::link::compose::mentions;
use crate::source::Span;
use crate::stack::Why;
use crate::syntax::Mapped;
use crate::syntax::shell::{self, Command, Fallback, Item, Part, Script, Word};

use super::Server;

/// A setting as an entrypoint writes it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    /// The setting.
    pub name: Box<str>,
    /// The variable that gives its value.
    pub variable: Option<Box<str>>,
    /// What stands there without the variable; none where the setting is then left out.
    pub otherwise: Option<Box<str>>,
    /// Where.
    pub span: Span,
}

/// What a script writes.
pub(super) struct Writes<'a> {
    settings: Vec<Written>,
    /// The whole script.
    text: &'a str,
}

impl Writes<'_> {
    /// A setting, when it is written; why it may be, when the script names it in a way that is not read.
    pub(super) fn setting(&self, name: &str) -> Result<Option<&Written>, Why> {
        let found = self.settings.iter().rev().find(|it| *it.name == *name);
        let is_named = || {
            self.text.match_indices(name).any(|(at, _)| {
                let before = self.text.get(..at).and_then(|it| it.chars().next_back());
                let behind = self.text.get(at + name.len()..).unwrap_or("").trim_start();
                behind.starts_with('=') && !before.is_some_and(|it| it.is_ascii_alphanumeric() || it == '_')
            })
        };
        match found {
            None if is_named() => Err(Why::new("perhaps set by what the entrypoint writes")),
            found => Ok(found),
        }
    }
}

/// The settings of a section (`[pgbouncer]`) that a script of the service's start writes; none where no script does.
pub(super) fn settings<'a>(server: &Server<'a>, section: &str) -> Option<Writes<'a>> {
    let head = format!("[{section}]");
    let is_installed = installs(server, section);
    let sources = server.sources;
    let files = server.running.iter().flat_map(|it| &it.by).map(|span| sources.file(span.file));
    files.filter(|file| file.text().contains(&head)).find_map(|file| {
        // Where it writes only a file that is not there, one that a package brought stays.
        if is_installed && ["! -f", "! -e", "! -s"].iter().any(|test| file.text().contains(test)) {
            return None;
        }
        let span = file.span(file.bom()..file.text().len());
        let script = shell::parse(&Mapped::verbatim(file.slice(span), span)).tree;
        let mut found = Vec::new();
        each_command(&script, &mut |command| {
            let prints =
                command.words.first().and_then(Word::literal).is_some_and(|it| matches!(&*it.text, "printf" | "echo"));
            for word in command.words.iter().skip(1).filter(|_| prints) {
                read(word, &head, &mut found);
            }
        });
        (!found.is_empty()).then_some(Writes { settings: found, text: file.text() })
    })
}

/// Whether the image installs the program as a package, which brings a configuration.
fn installs(server: &Server<'_>, package: &str) -> bool {
    let Some(image) = server.built else { return false };
    let text = server.sources.file(image.dockerfile).text();
    let mut at = 0;
    while at < text.len() {
        let end = mentions::logical_end(text, at);
        let line = text.get(at..end).unwrap_or("");
        let is_package = |word: &str| word.split('=').next() == Some(package);
        if (line.contains("install") || line.contains("apk add")) && line.split_whitespace().any(is_package) {
            return true;
        }
        at = end;
    }
    false
}

/// Calls `each` with every command of a script, those of its branches and loops among them.
fn each_command(script: &Script, each: &mut impl FnMut(&Command)) {
    fn item(it: &Item, each: &mut impl FnMut(&Command)) {
        match it {
            Item::Command(command) => each(command),
            Item::List { parts, .. } => parts.iter().for_each(|it| item(it, each)),
            Item::Branches { branches, .. } => {
                branches.iter().flat_map(|it| &it.body.items).for_each(|it| item(it, each));
            }
            Item::Loop { body, .. } => body.items.iter().for_each(|it| item(it, each)),
            _ => {}
        }
    }
    script.items.iter().for_each(|it| item(it, each));
}

/// A line that is being read: its text so far, and the variable that ends it.
#[derive(Default)]
struct Line {
    text: String,
    variable: Option<(Box<str>, Option<Box<str>>)>,
    /// Whether more follows the variable, or stands there that only a run would tell.
    is_open: bool,
    span: Option<Span>,
}

impl Line {
    /// The setting that the line is; none for a comment, a heading, or what could not be read.
    fn setting(self) -> Option<Written> {
        let (name, value) = self.text.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let is_name = !name.is_empty() && name.chars().all(|it| it.is_ascii_lowercase() || it == '_');
        let (variable, otherwise) = match self.variable {
            Some((variable, otherwise)) if value.is_empty() => (Some(variable), otherwise),
            None => (None, Some(value.into())),
            Some(_) => return None,
        };
        (is_name && !self.is_open)
            .then(|| Some(Written { name: name.into(), variable, otherwise, span: self.span? }))?
    }
}

/// Reads the lines of a printed text that holds the section's heading.
fn read(word: &Word, head: &str, found: &mut Vec<Written>) {
    let mut is_inside = false;
    let mut line = Line::default();
    for part in &word.parts {
        match part {
            Part::Text(text) => {
                // `printf` and most of `echo` read `\n` as the end of a line, too.
                let plain = text.text.replace("\\n", "\n");
                let span = text.span(0..text.text.len());
                for (at, piece) in plain.split('\n').enumerate() {
                    if at > 0 {
                        let done = std::mem::take(&mut line);
                        let heading = done.text.trim();
                        if heading.starts_with('[') {
                            is_inside = heading == head;
                        }
                        found.extend(done.setting().filter(|_| is_inside));
                    }
                    line.is_open |= line.variable.is_some() && !piece.trim().is_empty();
                    line.text.push_str(piece);
                    line.span.get_or_insert(span);
                }
            }
            Part::Variable { fallback: Some((Fallback::Alternative, own)), .. } => {
                // `${A:+a = ${A}\n}`: a line of its own, there when the variable is set.
                let mut inner = own.clone();
                inner.parts.insert(0, Part::Text(Mapped::verbatim(format!("{head}\n").as_str(), own.span)));
                inner.parts.push(Part::Text(Mapped::verbatim("\n", own.span)));
                let before = found.len();
                if is_inside || line.text.trim() == head {
                    read(&inner, head, found);
                }
                found.iter_mut().skip(before).for_each(|it| it.otherwise = None);
            }
            Part::Variable { name, fallback, span } => {
                let otherwise = match fallback {
                    Some((Fallback::Default | Fallback::DefaultIfUnset | Fallback::Assign, own)) => {
                        own.literal().map(|it| it.text)
                    }
                    _ => None,
                };
                line.is_open |= line.variable.is_some();
                line.variable = Some((name.clone(), otherwise));
                line.span = Some(*span);
            }
            Part::Opaque { .. } | Part::Items(_) => line.is_open = true,
        }
    }
    found.extend(line.setting().filter(|_| is_inside));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, SourceFile};

    fn read_text(text: &str) -> Vec<(String, Option<String>, Option<String>)> {
        let file = SourceFile::new(FileId(0), "entrypoint.sh", Default::default(), text);
        let span = file.span(0..text.len());
        let script = shell::parse(&Mapped::verbatim(file.slice(span), span)).tree;
        let mut found = Vec::new();
        each_command(&script, &mut |command| {
            command.words.iter().for_each(|word| read(word, "[pgbouncer]", &mut found))
        });
        found
            .into_iter()
            .map(|it| (it.name.into(), it.variable.map(Into::into), it.otherwise.map(Into::into)))
            .collect()
    }

    #[test]
    fn printed_lines_are_settings() {
        let text = "printf \"[databases]\n* = host=${H}\n[pgbouncer]\nlisten_port = ${P:-5432}\nauth_type = md5\n\\\n${M:+pool_mode = ${M}\\n}\\\n; a = b\nuser = a${X}\n\" > x";
        let some = |it: &str| Some(it.to_string());
        assert_eq!(
            read_text(text),
            [
                ("listen_port".into(), some("P"), some("5432")),
                ("auth_type".into(), None, some("md5")),
                ("pool_mode".into(), some("M"), None),
            ]
        );
    }
}
