//! Configurations of `name = value` lines in sections that name what runs: uWSGI's `.ini` and `.yaml`, supervisord's and
//! circus's `.conf`, systemd's units, the flat `.toml` of hypercorn, and Apache's where it starts mod_wsgi. Names and their
//! order are kept, for uWSGI reads them in order; what a value means is for `link`, which knows who reads the file.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile};
use crate::syntax::toml::{self, Item};
use crate::syntax::yaml::{self, Node};
use crate::syntax::{Mapped, Piece, Spanned};

/// A configuration file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SectionFile {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// Whose it is.
    pub reader: Reader,
    /// Its lines, in order.
    pub entries: Vec<Entry>,
}

/// The program that reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reader {
    /// uWSGI: a value ends with its line, `;` and `#` start a comment only at the start of one.
    Uwsgi,
    /// supervisord and circus: Python's `configparser`, indented lines go on, ` ;` starts a comment.
    Supervisor,
    /// systemd: a backslash at the end of a line joins it to the next.
    Systemd,
    /// hypercorn.
    Hypercorn,
    /// Apache: a directive and its words in a line, which a backslash at its end joins to the next.
    Apache,
    /// NGINX Unit: JSON, each object a section by the way to it (`applications.shop.limits`); lists are left out.
    Unit,
}

/// The directive by which Apache starts processes of mod_wsgi.
pub const MOD_WSGI: &str = "WSGIDaemonProcess";

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its section: `uwsgi`, `program:web`, `Service`.
    pub section: Box<str>,
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Its value.
    pub value: Mapped,
}

impl SectionFile {
    /// The entries of a section.
    pub fn section<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| &*entry.section == name)
    }

    /// The last value of a name in a section.
    pub fn value<'a>(&'a self, section: &'a str, name: &str) -> Option<&'a Mapped> {
        self.section(section).filter(|entry| &*entry.name.value == name).last().map(|entry| &entry.value)
    }
}

/// Whose configuration a file is, if it is one of these: by its ending and a section that only they have.
fn reader(file: &SourceFile) -> Option<Reader> {
    let name = file.name();
    let (stem, ending) = name.rsplit_once('.')?;
    let has = |mark: &str| {
        let at_line = |at: usize| at == file.bom() || file.text()[..at].ends_with('\n');
        memchr::memmem::find_iter(file.text().as_bytes(), mark.as_bytes()).any(at_line)
    };
    match ending {
        "ini" | "conf" | "cfg" if has("[uwsgi") => Some(Reader::Uwsgi),
        "ini" | "conf" | "cfg" if has("[program:") || has("[supervisord]") || has("[watcher:") => {
            Some(Reader::Supervisor)
        }
        "yaml" | "yml" if has("uwsgi:") => Some(Reader::Uwsgi),
        "service" if has("[Service]") => Some(Reader::Systemd),
        "json" if is_of_unit(file) => Some(Reader::Unit),
        "toml" if stem.contains("hypercorn") => Some(Reader::Hypercorn),
        "conf" if file.text().lines().any(|line| line.trim_start().starts_with(MOD_WSGI)) => Some(Reader::Apache),
        _ => None,
    }
}

/// Reads a file, if it is one of these.
pub fn read(file: &SourceFile) -> Option<SectionFile> {
    let reader = reader(file)?;
    let entries = match (reader, file.name().rsplit_once('.')?.1) {
        (Reader::Hypercorn, _) => flat(file),
        (Reader::Unit, _) => objects(file),
        (_, "yaml" | "yml") => tree(file),
        _ => lines(file, reader),
    };
    Some(SectionFile { file: file.id, path: file.path.clone(), reader, entries })
}

fn lines(file: &SourceFile, reader: Reader) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut section: Box<str> = "".into();
    let mut goes_on = false;
    let mut start = file.bom();
    while let Some(rest) = file.text().get(start..).filter(|rest| !rest.is_empty()) {
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = &rest[..length];
        let body = line.trim();
        let at = start + line.len() - line.trim_start().len();
        start += length;
        let joined = match reader {
            Reader::Supervisor => line.starts_with([' ', '\t']) && !entries.is_empty(),
            Reader::Systemd | Reader::Apache => std::mem::take(&mut goes_on),
            _ => false,
        };
        if body.is_empty() || body.starts_with([';', '#']) {
            continue;
        }
        if let (true, Some(last)) = (joined, entries.last_mut()) {
            goes_on = append(last, file, at, body, reader);
        } else if let Some(name) = body.strip_prefix('[').filter(|_| reader != Reader::Apache) {
            section = name.trim_end_matches(']').trim().into();
        } else if let Some((name, value)) = parted(body, reader) {
            let value_at = at + body.len() - value.len();
            let name = Spanned::new(named(name, reader), file.span(at..at + name.len()));
            let value_span = file.span(value_at..value_at);
            let mut entry = Entry { section: section.clone(), name, value: Mapped::verbatim("", value_span) };
            goes_on = append(&mut entry, file, value_at, value, reader);
            entries.push(entry);
        }
    }
    entries
}

/// The name and the value of a line.
fn parted(body: &str, reader: Reader) -> Option<(&str, &str)> {
    let at = match reader {
        Reader::Supervisor => body.find(['=', ':'])?,
        Reader::Apache => body.find([' ', '\t'])?,
        _ => body.find('=')?,
    };
    let (name, value) = body.split_at(at);
    Some((name.trim_end(), value.get(1..)?.trim_start()))
}

/// `configparser` makes names small.
fn named(name: &str, reader: Reader) -> Box<str> {
    if reader == Reader::Supervisor { name.to_ascii_lowercase().into() } else { name.into() }
}

/// Puts a line's text behind an entry's value; tells whether the next line belongs to it.
fn append(entry: &mut Entry, file: &SourceFile, at: usize, text: &str, reader: Reader) -> bool {
    let (text, goes_on) = match reader {
        Reader::Supervisor => (without_comment(text), false),
        Reader::Systemd | Reader::Apache => match text.strip_suffix('\\') {
            Some(text) => (text.trim_end(), true),
            None => (text, false),
        },
        _ => (text, false),
    };
    if !entry.value.text.is_empty() {
        // The line's end, which its readers take for a blank.
        let blank = Mapped { text: " ".into(), pieces: vec![Piece { start: 0, span: file.span(at..at) }] };
        entry.value.extend(&blank, 0..1);
    }
    entry.value.extend(&Mapped::verbatim(text, file.span(at..at + text.len())), 0..text.len());
    goes_on
}

/// supervisord's comments within a line: a blank and `;` (or `#`).
fn without_comment(text: &str) -> &str {
    let bytes = text.as_bytes();
    let ends = |at: &usize| matches!(bytes[*at], b';' | b'#') && bytes[at - 1].is_ascii_whitespace();
    match (1..bytes.len()).find(ends) {
        Some(at) => text[..at].trim_end(),
        None => text,
    }
}

fn tree(file: &SourceFile) -> Vec<Entry> {
    let mut entries = Vec::new();
    let parsed = yaml::parse(file);
    let Some(uwsgi) = parsed.tree.documents.first().and_then(|root| root.get("uwsgi")) else { return entries };
    for (name, node) in uwsgi.entries() {
        let alone = std::slice::from_ref(node);
        let values: &[Node] = if node.items().is_empty() { alone } else { node.items() };
        let each = values.iter().filter_map(|value| value.mapped(file));
        entries.extend(each.map(|value| Entry { section: "uwsgi".into(), name: name.clone(), value }));
    }
    entries
}

/// Whether JSON is a configuration of NGINX Unit, by what only that has.
fn is_of_unit(file: &SourceFile) -> bool {
    ["\"listeners\"", "\"applications\""].iter().all(|key| file.text().contains(key))
}

/// What the objects of JSON say, each under the way to it.
fn objects(file: &SourceFile) -> Vec<Entry> {
    fn below(node: &Node, section: &str, file: &SourceFile, entries: &mut Vec<Entry>) {
        for (name, value) in node.entries() {
            if value.entries().next().is_some() {
                let dot = if section.is_empty() { "" } else { "." };
                below(value, &format!("{section}{dot}{}", name.value), file, entries);
            } else if let Some(value) = value.mapped(file) {
                entries.push(Entry { section: section.into(), name: name.clone(), value });
            }
        }
    }
    let mut entries = Vec::new();
    if let Some(root) = yaml::parse(file).tree.documents.first() {
        below(root, "", file, &mut entries);
    }
    entries
}

/// The entries of a table of TOML at its top; of a list, the first item.
fn flat(file: &SourceFile) -> Vec<Entry> {
    let root = toml::parse(file).tree;
    let value = |item: &Item| match item {
        Item::Text(text) if text.span.len() == text.value.len() + 2 => {
            let inner = file.span(text.span.start as usize + 1..text.span.end as usize - 1);
            Some(Mapped::verbatim(text.value.clone(), inner))
        }
        Item::Text(text) => Some(Mapped::verbatim(text.value.clone(), text.span)),
        Item::Other(span) => Some(Mapped::verbatim(file.slice(*span), *span)),
        _ => None,
    };
    let entries = root.iter().flat_map(Item::entries).filter_map(|(name, item)| {
        let value = value(item.items().first().unwrap_or(item))?;
        Some(Entry { section: "".into(), name: name.clone(), value })
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_at(path: &str, text: &str) -> Vec<(String, String, String)> {
        let file = SourceFile::new(FileId(0), path, Default::default(), text);
        let entries = read(&file).map(|it| it.entries).unwrap_or_default();
        for entry in &entries {
            let whole = entry.value.span(0..entry.value.text.len());
            assert!(!entry.value.is_verbatim(0..entry.value.text.len()) || file.slice(whole) == &*entry.value.text);
        }
        entries.into_iter().map(|it| (it.section.into(), it.name.value.into(), it.value.text.into())).collect()
    }

    fn row(section: &str, name: &str, value: &str) -> (String, String, String) {
        (section.into(), name.into(), value.into())
    }

    #[test]
    fn uwsgi_keeps_the_order_and_everything_behind_the_sign() {
        let text =
            "; x\n[uwsgi]\nmodule=app:app ; not a comment\n  if-env = DEBUG\nprocesses = %k\nendif =\n[other]\na=b\n";
        assert_eq!(
            read_at("uwsgi.ini", text),
            [
                row("uwsgi", "module", "app:app ; not a comment"),
                row("uwsgi", "if-env", "DEBUG"),
                row("uwsgi", "processes", "%k"),
                row("uwsgi", "endif", ""),
                row("other", "a", "b"),
            ]
        );
        assert_eq!(
            read_at("u.yaml", "uwsgi:\n  processes: 4\n  env:\n    - A=b\n    - C=d\n"),
            [row("uwsgi", "processes", "4"), row("uwsgi", "env", "A=b"), row("uwsgi", "env", "C=d")]
        );
    }

    #[test]
    fn supervisord_goes_on_behind_indentation() {
        let text = "[program:web]\nCommand=gunicorn app:app\n  -w 4 ; four\nnumprocs: 2\n";
        assert_eq!(
            read_at("supervisord.conf", text),
            [row("program:web", "command", "gunicorn app:app -w 4"), row("program:web", "numprocs", "2")]
        );
    }

    #[test]
    fn systemd_goes_on_behind_a_backslash() {
        let text = "[Unit]\nA=b\n[Service]\nExecStart=/venv/bin/gunicorn \\\n  --workers 3 \\\n  app:app\nUser=www\n";
        assert_eq!(
            read_at("web.service", text),
            [
                row("Unit", "A", "b"),
                row("Service", "ExecStart", "/venv/bin/gunicorn --workers 3 app:app"),
                row("Service", "User", "www"),
            ]
        );
    }

    #[test]
    fn apache_starts_mod_wsgi_by_a_directive() {
        let text = "<VirtualHost *:80>\n  # WSGIDaemonProcess old\n  WSGIDaemonProcess shop \\\n    threads=25\n</VirtualHost>\n";
        let found = read_at("shop.conf", text);
        assert!(found.contains(&row("", "WSGIDaemonProcess", "shop threads=25")), "{found:?}");
        assert!(read_at("other.conf", "# WSGIDaemonProcess old\n").is_empty());
    }

    #[test]
    fn objects_of_json_are_sections_by_the_way_to_them() {
        let text = r#"{"listeners": {"*:80": {"pass": "routes"}}, "routes": [{"action": {}}],
            "applications": {"web": {"type": "python 3", "processes": {"max": 4}}}}"#;
        assert_eq!(
            read_at("docker-entrypoint.d/config.json", text),
            [
                row("listeners.*:80", "pass", "routes"),
                row("applications.web", "type", "python 3"),
                row("applications.web.processes", "max", "4"),
            ]
        );
    }

    #[test]
    fn other_files_are_left_alone() {
        assert!(read_at("tox.ini", "[tox]\nenvlist=py\n").is_empty());
        assert!(read_at("a.conf", "# [program:x]\n").is_empty());
        assert_eq!(read_at("hypercorn.toml", "workers = 3\nbind = [\"0.0.0.0:80\"]\n")[0], row("", "workers", "3"));
    }
}
