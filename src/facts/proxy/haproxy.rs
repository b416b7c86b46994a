//! `haproxy.cfg`: frontends, backends and their servers.

use super::{RawRoute, lines, seconds};
use crate::source::SourceFile;
use crate::syntax::Spanned;

type Line = Vec<Spanned<Box<str>>>;

/// What starts a section.
const SECTIONS: &[&str] = &[
    "global",
    "defaults",
    "frontend",
    "backend",
    "listen",
    "userlist",
    "peers",
    "resolvers",
    "mailers",
    "cache",
    "program",
    "http-errors",
    "ring",
    "log-forward",
    "fcgi-app",
    "crt-store",
    "traces",
];

/// Whether a file is HAProxy's: a `.cfg` with a `backend` or a `listen` that has servers.
pub(super) fn is_haproxy(file: &SourceFile) -> bool {
    let name = file.name().to_ascii_lowercase();
    let text = file.text();
    let named = name.ends_with(".cfg") || name.starts_with("haproxy") && name.ends_with(".conf");
    let starts =
        |word: &str| text.lines().any(|line| line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '\t'])));
    named && (starts("backend") || starts("listen")) && text.contains("server")
}

struct Section {
    kind: Box<str>,
    name: Option<Spanned<Box<str>>>,
    lines: Vec<Line>,
}

impl Section {
    /// The words behind one of these; the last line counts.
    fn get(&self, words: &[&str]) -> Option<&[Spanned<Box<str>>]> {
        self.lines.iter().rev().find_map(|line| {
            let same = line.len() > words.len() && words.iter().zip(line).all(|(word, said)| **word == *said.value);
            same.then(|| &line[words.len()..])
        })
    }
}

fn sections(file: &SourceFile) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    for line in lines(file) {
        let starts = line.first().is_some_and(|word| SECTIONS.contains(&&*word.value));
        match (starts, found.last_mut()) {
            (true, _) => {
                let kind = line[0].value.clone();
                found.push(Section { kind, name: line.get(1).cloned(), lines: Vec::new() });
            }
            (false, Some(section)) => section.lines.push(line),
            (false, None) => {}
        }
    }
    found
}

/// The connections that the whole process accepts, and a route for each server.
pub(super) fn read(file: &SourceFile) -> (Option<Spanned<u64>>, Vec<RawRoute>) {
    let sections = sections(file);
    let global = sections.iter().find(|it| &*it.kind == "global").and_then(|it| number(it.get(&["maxconn"])?.first()?));
    let mut routes = Vec::new();
    for (at, section) in sections.iter().enumerate() {
        if !matches!(&*section.kind, "backend" | "listen") {
            continue;
        }
        // What a section does not say, the `defaults` before it say.
        let defaults = sections[..at].iter().rev().find(|it| &*it.kind == "defaults");
        let time = |words: &[&str]| {
            let said = section.get(words).or_else(|| defaults?.get(words))?.first()?;
            Some(Spanned::new(seconds(&said.value, 1e-3)?, said.span))
        };
        let backend = section.name.as_ref().map_or("", |it| &*it.value);
        let rule = if &*section.kind == "listen" { section.name.clone() } else { asks(backend, &sections) };
        let limit = |line: &[Spanned<Box<str>>]| {
            let at = line.iter().position(|word| &*word.value == "maxconn")?;
            number(line.get(at + 1)?)
        };
        let default_server = section.get(&["default-server"]).or_else(|| defaults?.get(&["default-server"]));
        for line in &section.lines {
            let (name, address) = match line.as_slice() {
                [word, name, address, ..] if &*word.value == "server" => (name, address),
                // `server-template PREFIX COUNT ADDRESS`
                [word, name, _, address, ..] if &*word.value == "server-template" => (name, address),
                _ => continue,
            };
            let mut route = RawRoute::to(format!("{backend}/{}", name.value), address.clone());
            route.rule = rule.clone();
            route.max_connections = limit(line).or_else(|| limit(default_server?));
            route.connect_timeout = time(&["timeout", "connect"]);
            route.read_timeout = time(&["timeout", "server"]);
            routes.push(route);
        }
    }
    (global, routes)
}

/// The first frontend that passes to a backend, by name.
fn asks(backend: &str, sections: &[Section]) -> Option<Spanned<Box<str>>> {
    let uses = |line: &Line| match line.as_slice() {
        [word, name, ..] => matches!(&*word.value, "use_backend" | "default_backend") && &*name.value == backend,
        _ => false,
    };
    let mut fronts = sections.iter().filter(|it| matches!(&*it.kind, "frontend" | "listen"));
    fronts.find(|it| it.lines.iter().any(uses))?.name.clone()
}

fn number(word: &Spanned<Box<str>>) -> Option<Spanned<u64>> {
    Some(Spanned::new(word.value.parse().ok()?, word.span))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{conf, shown};

    #[test]
    fn servers_have_what_their_section_and_the_defaults_say() {
        let text = "global
    maxconn 4000   # all
defaults
    mode http
    timeout connect 5s
    timeout server 30000
frontend web
    bind *:80
    maxconn 2000
    use_backend api if { path_beg /api }
    default_backend app
backend app
    balance leastconn
    default-server maxconn 50 check
    timeout server 1m
    server app1 app:8000
    server app2 \"${HOST}:8001\" maxconn 20
backend api
    server-template api 3 api:9000 check
listen stats
    bind *:8404
    stats enable
";
        let conf = conf("haproxy/haproxy.cfg", text).unwrap();
        assert_eq!(conf.max_connections.as_ref().map(|it| it.value), Some(4000));
        assert_eq!(
            shown(&conf),
            [
                "app/app1: web > app:8000 max=50 connect=5 read=60",
                "app/app2: web > ${HOST}:8001 max=20 connect=5 read=60",
                "api/api: web > api:9000 connect=5 read=30",
            ]
        );
    }

    #[test]
    fn other_files_are_none() {
        assert!(conf("setup.cfg", "[metadata]\nname = server\n").is_none());
    }
}
