//! Files of the proxies that are not nginx: HAProxy, Traefik, Caddy. Each says which requests go to which address, and
//! what limits them on the way. Variables stay as they are written: what they mean depends on the service that runs it.

mod caddy;
mod haproxy;
mod traefik;

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile};
use crate::stack::vocabulary::ProxyProgram;
use crate::syntax::Spanned;

/// What a file says of one proxy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProxyConf {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// Whose it is.
    pub program: ProxyProgram,
    /// The connections that it accepts, where that is said.
    pub max_connections: Option<Spanned<u64>>,
    /// The ways through it.
    pub routes: Vec<RawRoute>,
}

/// A way through a proxy, as its file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawRoute {
    /// What the file calls it: `app/web1`.
    pub name: Box<str>,
    /// What requests it is for, in the file's own words.
    pub rule: Option<Spanned<Box<str>>>,
    /// The address it passes to: `http://app:8000`, `app:8000`, `app`.
    pub address: Spanned<Box<str>>,
    /// How many requests or connections it lets through at once.
    pub max_connections: Option<Spanned<u64>>,
    /// How many requests a second it lets through.
    pub rate: Option<Spanned<f64>>,
    /// How long it waits for a connection, in seconds.
    pub connect_timeout: Option<Spanned<f64>>,
    /// How long it waits for an answer, in seconds.
    pub read_timeout: Option<Spanned<f64>>,
}

impl RawRoute {
    fn to(name: impl Into<Box<str>>, address: Spanned<Box<str>>) -> Self {
        Self {
            name: name.into(),
            rule: None,
            address,
            max_connections: None,
            rate: None,
            connect_timeout: None,
            read_timeout: None,
        }
    }
}

/// Reads a file that is one of a proxy's, by its name and what stands in it.
pub fn read(file: &SourceFile) -> Option<ProxyConf> {
    let name = file.name().to_ascii_lowercase();
    let (program, max_connections, routes) = if name == "caddyfile" || name.ends_with(".caddyfile") {
        (ProxyProgram::Caddy, None, caddy::routes(file))
    } else if haproxy::is_haproxy(file) {
        let (max_connections, routes) = haproxy::read(file);
        (ProxyProgram::Haproxy, max_connections, routes)
    } else if traefik::is_traefik(file) {
        (ProxyProgram::Traefik, None, traefik::routes(file))
    } else {
        return None;
    };
    Some(ProxyConf { file: file.id, path: file.path.clone(), program, max_connections, routes })
}

/// A time as HAProxy and Go write it, in seconds: `30s`, `5m`, `500ms`, `1m30s`; a number alone counts `bare` seconds.
pub fn seconds(text: &str, bare: f64) -> Option<f64> {
    let mut rest = text.trim();
    let mut sum = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        sum += number
            * match rest.get(..letters)? {
                "" => bare,
                "us" => 1e-6,
                "ms" => 1e-3,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                "d" => 86400.0,
                _ => return None,
            };
        rest = rest.get(letters..)?;
    }
    Some(sum)
}

/// The lines of a file with their places, comments and blank ones left out, parted into words.
fn lines(file: &SourceFile) -> Vec<Vec<Spanned<Box<str>>>> {
    let text = file.text();
    let mut found = Vec::new();
    let mut start = file.bom();
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let words = words(file, start, &rest[..length]);
        if !words.is_empty() {
            found.push(words);
        }
        start += length;
    }
    found
}

/// The words of a line that starts at byte `at`: parted by blanks, in quotes or not, up to a `#`.
fn words(file: &SourceFile, at: usize, line: &str) -> Vec<Spanned<Box<str>>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(rest) = line.get(from..) {
        let blanks = rest.len() - rest.trim_start().len();
        from += blanks;
        let rest = rest.get(blanks..).unwrap_or("");
        let Some(first) = rest.chars().next().filter(|c| *c != '#') else { break };
        let (skip, length, behind) = match first {
            '"' | '\'' | '`' => {
                let inner = rest.get(1..).unwrap_or("");
                let end = inner.find(first).unwrap_or(inner.trim_end().len());
                (1, end, 1)
            }
            _ => (0, rest.find(char::is_whitespace).unwrap_or(rest.len()), 0),
        };
        let start = from + skip;
        let text = line.get(start..start + length).unwrap_or("");
        found.push(Spanned::new(text.into(), file.span(at + start..at + start + text.len())));
        from = start + length + behind;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn conf(path: &str, text: &str) -> Option<ProxyConf> {
        read(&SourceFile::new(FileId(0), path, std::path::PathBuf::new(), text))
    }

    /// A route in one line.
    pub(super) fn shown(conf: &ProxyConf) -> Vec<String> {
        let show = |route: &RawRoute| {
            let rule = route.rule.as_ref().map_or("-", |it| &*it.value);
            let mut out = format!("{}: {rule} > {}", route.name, route.address.value);
            for (name, number) in [
                ("max", route.max_connections.as_ref().map(|it| it.value as f64)),
                ("rate", route.rate.as_ref().map(|it| it.value)),
                ("connect", route.connect_timeout.as_ref().map(|it| it.value)),
                ("read", route.read_timeout.as_ref().map(|it| it.value)),
            ] {
                out.extend(number.map(|number| format!(" {name}={number}")));
            }
            out
        };
        conf.routes.iter().map(show).collect()
    }

    #[test]
    fn times_have_units() {
        assert_eq!(seconds("30s", 1e-3), Some(30.0));
        assert_eq!(seconds("5000", 1e-3), Some(5.0));
        assert_eq!(seconds("1m30s", 1e-3), Some(90.0));
        assert_eq!((seconds("", 1.0), seconds("soon", 1.0)), (None, None));
    }
}
