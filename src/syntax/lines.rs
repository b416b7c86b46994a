//! Settings files of one setting a line: INI (`pgbouncer.ini`, `supervisord.conf`), `postgresql.conf`, `redis.conf`.

use serde::{Deserialize, Serialize};

use super::Spanned;
use crate::source::SourceFile;

/// A setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// The section it stands in, in small letters; empty outside of one.
    pub section: Box<str>,
    /// Its name, in small letters.
    pub name: Spanned<Box<str>>,
    /// Its value, quotes taken off; the span is what would be replaced, without quotes.
    pub value: Spanned<Box<str>>,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `[section]`, `name = value` or `name: value`; a line that starts with `;` or `#` is a comment.
    Ini,
    /// `name = value` or `name value`, values may stand in `'…'`, `#` starts a comment anywhere outside of quotes.
    Postgres,
    /// `name value value`, values may stand in quotes; only a line that starts with `#` is a comment.
    Redis,
}

/// The settings of a file, in order. Lines that are none are passed over, for no program here refuses them alike.
pub fn parse(file: &SourceFile, dialect: Dialect) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut section = String::new();
    let mut start = file.bom();
    while let Some(rest) = file.text().get(start..).filter(|rest| !rest.is_empty()) {
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = &rest[..length];
        let body = line.trim();
        let indent = line.len() - line.trim_start().len();
        if dialect == Dialect::Ini && body.starts_with('[') {
            section = body.trim_matches(['[', ']']).trim().to_ascii_lowercase();
        } else if !is_comment(body, dialect) {
            settings.extend(setting(file, start + indent, body, dialect, &section));
        }
        start += length;
    }
    settings
}

/// Whether a line says nothing.
fn is_comment(body: &str, dialect: Dialect) -> bool {
    body.is_empty() || body.starts_with('#') || (dialect == Dialect::Ini && body.starts_with(';'))
}

/// The setting that `body` is, which stands at byte `at` of the file.
fn setting(file: &SourceFile, at: usize, body: &str, dialect: Dialect, section: &str) -> Option<Setting> {
    let ends_name = |c: char| match dialect {
        Dialect::Ini => c == '=' || c == ':',
        Dialect::Postgres => c == '=' || c.is_whitespace(),
        Dialect::Redis => c.is_whitespace(),
    };
    let name_end = body.find(ends_name)?;
    let name = body[..name_end].trim_end();
    let mut rest = &body[name_end..];
    rest = rest.trim_start();
    if dialect != Dialect::Redis {
        rest = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start();
    }
    let mut value_at = at + body.len() - rest.len();
    let quote = rest.chars().next().filter(|&c| c == '\'' || (c == '"' && dialect == Dialect::Redis));
    let value = match quote {
        Some(quote) => {
            value_at += 1;
            rest[1..].split(quote).next().unwrap_or("")
        }
        None if dialect == Dialect::Postgres => rest.split('#').next().unwrap_or("").trim_end(),
        None => rest,
    };
    Some(Setting {
        section: section.into(),
        name: Spanned::new(name.to_ascii_lowercase().into(), file.span(at..at + name.len())),
        value: Spanned::new(value.into(), file.span(value_at..value_at + value.len())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn read(text: &str, dialect: Dialect) -> Vec<(String, String, String)> {
        let file = SourceFile::new(FileId(0), "x", Default::default(), text);
        let settings = parse(&file, dialect);
        for setting in &settings {
            assert_eq!(file.slice(setting.value.span), &*setting.value.value);
            assert!(file.slice(setting.name.span).eq_ignore_ascii_case(&setting.name.value));
        }
        settings.into_iter().map(|s| (s.section.into(), s.name.value.into(), s.value.value.into())).collect()
    }

    fn row(section: &str, name: &str, value: &str) -> (String, String, String) {
        (section.into(), name.into(), value.into())
    }

    #[test]
    fn ini_has_sections_and_comments_at_line_starts() {
        let text = "; PgBouncer\r\n[databases]\r\napp = host=db port=5432\r\n\r\n[PgBouncer]\r\npool_mode = transaction\r\n# off\r\n";
        assert_eq!(
            read(text, Dialect::Ini),
            [row("databases", "app", "host=db port=5432"), row("pgbouncer", "pool_mode", "transaction")]
        );
    }

    #[test]
    fn postgres_takes_a_blank_for_an_equals_sign_and_comments_anywhere() {
        let text = "max_connections = 300\t# raised\nshared_buffers '2GB'\n#work_mem = 4MB\nbare\n";
        assert_eq!(
            read(text, Dialect::Postgres),
            [row("", "max_connections", "300"), row("", "shared_buffers", "2GB")]
        );
    }

    #[test]
    fn redis_values_may_be_quoted() {
        let text = "\u{feff}maxmemory 256mb\nsave \"\"\nmaxmemory-policy allkeys-lru";
        assert_eq!(
            read(text, Dialect::Redis),
            [row("", "maxmemory", "256mb"), row("", "save", ""), row("", "maxmemory-policy", "allkeys-lru")]
        );
    }
}
