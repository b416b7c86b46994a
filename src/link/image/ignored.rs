//! What a `.dockerignore` keeps out of a build: patterns of paths from the context, of which the last that fits counts
//! (moby's `patternmatcher` 0.6: a pattern fits what lies below the folder that it fits, too).

use crate::link::plan::Build;
use crate::source::Sources;

/// The patterns of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignored {
    /// The folder that is built from, below the root.
    context: Box<str>,
    /// The parts of each pattern between slashes, and whether it takes paths out or lets them in again.
    patterns: Vec<(Vec<Box<str>>, bool)>,
}

impl Ignored {
    /// The file beside the Dockerfile that is called as it is, else the one of the context.
    pub fn of(build: &Build, dockerfile: &str, sources: &Sources) -> Self {
        let context = build.context.trim_matches('/');
        let inner = if context.is_empty() { ".dockerignore".to_owned() } else { format!("{context}/.dockerignore") };
        let file = sources.by_path(&format!("{dockerfile}.dockerignore")).or_else(|| sources.by_path(&inner));
        Self::read(context, file.map_or("", |file| file.text()))
    }

    fn read(context: &str, text: &str) -> Self {
        let pattern = |line: &str| {
            let line = line.trim_start_matches('\u{feff}');
            let text = line.trim();
            if line.starts_with('#') || text.is_empty() {
                return None;
            }
            let (text, out) = text.strip_prefix('!').map_or((text, true), |rest| (rest.trim(), false));
            let parts: Vec<Box<str>> =
                text.split('/').filter(|part| !matches!(*part, "" | ".")).map(Box::from).collect();
            (!parts.is_empty()).then_some((parts, out))
        };
        Self { context: context.into(), patterns: text.lines().filter_map(pattern).collect() }
    }

    /// Whether a path below the root is kept out.
    pub fn keeps_out(&self, path: &str) -> bool {
        let inner = match &*self.context {
            "" => Some(path),
            context => path.strip_prefix(context).and_then(|rest| rest.strip_prefix('/')),
        };
        let Some(inner) = inner.filter(|_| !self.patterns.is_empty()) else { return false };
        let parts: Vec<&str> = inner.split('/').collect();
        let fits = |pattern: &[Box<str>]| (1..=parts.len()).any(|most| fits(pattern, &parts[..most]));
        self.patterns.iter().rfind(|(pattern, _)| fits(pattern)).is_some_and(|(_, out)| *out)
    }
}

/// Whether a pattern fits a path, part by part; `**` is any number of parts.
fn fits(pattern: &[Box<str>], path: &[&str]) -> bool {
    match (pattern, path) {
        ([], rest) => rest.is_empty(),
        ([first, more @ ..], rest) if &**first == "**" => (0..=rest.len()).any(|skip| fits(more, &rest[skip..])),
        ([first, more @ ..], [part, rest @ ..]) => fits_part(first.as_bytes(), part.as_bytes()) && fits(more, rest),
        (_, []) => false,
    }
}

/// Whether one part fits: `*` is any text, `?` one character, `[a-z]` one of some.
fn fits_part(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], rest) => rest.is_empty(),
        ([b'*', more @ ..], rest) => (0..=rest.len()).any(|skip| fits_part(more, &rest[skip..])),
        ([b'?', more @ ..], [_, rest @ ..]) => fits_part(more, rest),
        ([b'\\', sign, more @ ..], [other, rest @ ..]) => sign == other && fits_part(more, rest),
        ([b'[', more @ ..], [sign, rest @ ..]) if more.contains(&b']') => {
            let end = more.iter().position(|it| *it == b']').unwrap_or(0);
            is_one_of(&more[..end], *sign) && fits_part(&more[end + 1..], rest)
        }
        ([sign, more @ ..], [other, rest @ ..]) => sign == other && fits_part(more, rest),
        (_, []) => false,
    }
}

fn is_one_of(class: &[u8], sign: u8) -> bool {
    let (class, holds) = class.strip_prefix(b"^").map_or((class, true), |rest| (rest, false));
    let mut at = 0;
    let mut found = false;
    while let Some(&low) = class.get(at) {
        let range = class.get(at + 1) == Some(&b'-');
        let high = class.get(at + 2).filter(|_| range).copied().unwrap_or(low);
        found |= (low..=high).contains(&sign);
        at += if range { 3 } else { 1 };
    }
    found == holds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_pattern_that_fits_counts() {
        let out = |text: &str, path: &str| Ignored::read("", text).keeps_out(path);
        assert!(out("# x\n\n.env\n", ".env"));
        assert!(!out(".env\n", "app/.env"));
        assert!(out("**/.env*\n", "app/.env.local") && out("**/.env*\n", ".env"));
        assert!(out("*\n!app\n!gunicorn.conf.py\n", ".env"));
        assert!(!out("*\n!app\n!gunicorn.conf.py\n", "app/settings.py"));
        assert!(!out("*\n!gunicorn.conf.py\n", "gunicorn.conf.py"));
        assert!(out("*\n!app\napp/secret\n", "app/secret/key.py"));
        assert!(out("/.env\n./.venv/\n", ".env") && out("./.venv/\n", ".venv/bin/python"));
        assert!(out(".en[a-v]\n", ".env") && !out(".en[^v]\n", ".env") && out("?env", ".env"));
        assert!(out("conf/**\n", "conf/a/b.py") && !out("", ".env"));
        assert!(Ignored::read("web", ".env").keeps_out("web/.env") && !Ignored::read("web", ".env").keeps_out(".env"));
    }
}
