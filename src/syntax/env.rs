//! `.env` files, as Docker Compose reads them: quotes, `export`, comments, values over several lines. Variables within a
//! value stay as they are written.

use serde::{Deserialize, Serialize};

use super::{Mapped, Parsed, Piece, Spanned, SyntaxError};
use crate::source::{SourceFile, Span};

/// A file: its variables in order. A name may come more than once; the last holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Env {
    /// The variables.
    pub entries: Vec<Entry>,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Its value, quotes taken off; [`None`] for a name alone, whose value is that of the surroundings.
    pub value: Option<Mapped>,
    /// Whether `$NAME` in the value means a variable: not in single quotes.
    pub expands: bool,
    /// From its name to the end of its value, quotes included.
    pub span: Span,
}

/// Reads a `.env` file. A line that is none of it is an error, and reading goes on at the next.
pub fn parse(file: &SourceFile) -> Parsed<Env> {
    let mut reader = Reader { file, text: file.text(), at: file.bom(), out: Parsed::default() };
    while reader.at < reader.text.len() {
        if let Err(error) = reader.line() {
            reader.out.errors.push(error);
            reader.skip_line();
        }
    }
    reader.out
}

/// Reads a file whose values stand as they are: `NAME=value` to the line's end, quotes and dollars included, as
/// `docker run --env-file` reads it and Compose with `format: raw`.
pub fn parse_raw(file: &SourceFile) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut at = file.bom();
    while let Some(rest) = file.text().get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let line = rest[..length].trim_end_matches(['\n', '\r']);
        let start = at + line.len() - line.trim_start().len();
        let line = line.trim_start();
        at += length;
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.split_once('=').map_or((line, None), |(name, value)| (name, Some(value)));
        let value_at = start + name.len() + 1;
        entries.push(Entry {
            name: Spanned::new(name.into(), file.span(start..start + name.len())),
            value: value.map(|value| Mapped::verbatim(value, file.span(value_at..value_at + value.len()))),
            expands: false,
            span: file.span(start..start + line.len()),
        });
    }
    entries
}

struct Reader<'f> {
    file: &'f SourceFile,
    text: &'f str,
    at: usize,
    out: Parsed<Env>,
}

impl<'f> Reader<'f> {
    fn rest(&self) -> &'f str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').map_or(self.rest().len(), |at| at + 1);
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    }

    /// One variable, blank line or comment, with its line end.
    fn line(&mut self) -> Result<(), SyntaxError> {
        self.skip_blanks();
        if self.rest().is_empty() || self.rest().starts_with(['#', '\n']) {
            self.skip_line();
            return Ok(());
        }
        if let Some(after) = self.rest().strip_prefix("export")
            && after.starts_with([' ', '\t'])
        {
            self.at += "export".len();
            self.skip_blanks();
        }
        let start = self.at;
        let named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']');
        let length = self.rest().find(|c| !named(c)).unwrap_or(self.rest().len());
        let name = Spanned::new(self.rest()[..length].into(), self.file.span(start..start + length));
        self.at += length;
        self.skip_blanks();
        match self.rest().chars().next() {
            _ if length == 0 => return Err(self.error("expected a variable's name", start)),
            None | Some('\n') => {
                let span = name.span;
                self.out.tree.entries.push(Entry { name, value: None, expands: false, span });
            }
            Some('=' | ':') => {
                self.at += 1;
                self.skip_blanks();
                let (value, quote, end) = self.value()?;
                let span = self.file.span(start..end);
                self.out.tree.entries.push(Entry { name, value: Some(value), expands: quote != Some('\''), span });
            }
            Some(_) => return Err(self.error("expected `=` after a variable's name", self.at)),
        }
        self.skip_line();
        Ok(())
    }

    /// A value with its quote, and where it ends.
    fn value(&mut self) -> Result<(Mapped, Option<char>, usize), SyntaxError> {
        let start = self.at;
        let quote = match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => quote,
            _ => {
                let line = self.rest().split('\n').next().unwrap_or("");
                let line = line.find(" #").map_or(line, |at| &line[..at]).trim_end();
                self.at += line.len();
                return Ok((Mapped::verbatim(line, self.file.span(start..self.at)), None, self.at));
            }
        };
        let inner = &self.rest()[1..];
        let mut escaped = false;
        let end = inner.find(|c| {
            let ends = c == quote && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            return Err(self.error(&format!("expected the value to end with {quote}"), start));
        };
        self.at += end + 2;
        Ok((unescape(&inner[..end], quote, self.file.id, start + 1), Some(quote), self.at))
    }

    fn error(&self, message: &str, at: usize) -> SyntaxError {
        let line = self.text.get(at..).unwrap_or("").lines().next().unwrap_or("");
        SyntaxError { span: self.file.span(at..at + line.len()), message: message.into() }
    }
}

/// The text between quotes that starts at byte `at`, escapes taken off. `\$` becomes `$$`, which is no variable.
fn unescape(inner: &str, quote: char, file: crate::source::FileId, at: usize) -> Mapped {
    let mut text = String::with_capacity(inner.len());
    let mut pieces = Vec::new();
    let mut done = 0;
    while let Some(rest) = inner.get(done..).filter(|rest| !rest.is_empty()) {
        let next = rest.chars().nth(1);
        let said = match (rest.starts_with('\\'), next) {
            (true, Some(c)) if c == quote => Some(quote.to_string()),
            (true, Some('n')) if quote == '"' => Some("\n".into()),
            (true, Some('r')) if quote == '"' => Some("\r".into()),
            (true, Some('t')) if quote == '"' => Some("\t".into()),
            (true, Some('\\')) if quote == '"' => Some("\\".into()),
            (true, Some('$')) if quote == '"' => Some("$$".into()),
            _ => None,
        };
        let start = text.len() as u32;
        let length = match said {
            Some(said) => {
                text.push_str(&said);
                2
            }
            None => {
                let first = rest.chars().next().map_or(1, char::len_utf8);
                let run = rest[first..].find('\\').map_or(rest.len(), |at| first + at);
                text.push_str(&rest[..run]);
                run
            }
        };
        pieces.push(Piece { start, span: Span::new(file, at + done, at + done + length) });
        done += length;
    }
    if pieces.is_empty() {
        pieces.push(Piece { start: 0, span: Span::at(file, at) });
    }
    Mapped { text: text.into(), pieces }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::FileId;

    fn read(text: &str) -> (SourceFile, Parsed<Env>) {
        let file = SourceFile::new(FileId(0), ".env", PathBuf::new(), text);
        let parsed = parse(&file);
        (file, parsed)
    }

    /// Each variable: its name, its text, what is written of the text, what is written of the whole.
    fn entries(text: &str) -> Vec<(String, String, String, String)> {
        let (file, parsed) = read(text);
        assert_eq!(parsed.errors, []);
        let show = |entry: &Entry| {
            assert_eq!(file.slice(entry.name.span), &*entry.name.value);
            let (said, written) = match &entry.value {
                Some(value) => (value.text.to_string(), file.slice(value.span(0..value.text.len())).to_string()),
                None => ("(surroundings)".to_string(), String::new()),
            };
            (entry.name.value.to_string(), said, written, file.slice(entry.span).to_string())
        };
        parsed.tree.entries.iter().map(show).collect()
    }

    #[track_caller]
    fn one(text: &str, name: &str, said: &str, written: &str, whole: &str) {
        assert_eq!(entries(text), [(name.into(), said.into(), written.into(), whole.into())]);
    }

    #[test]
    fn reads_values_as_compose_does() {
        one("A=4\n", "A", "4", "4", "A=4");
        one("\u{feff}A=4", "A", "4", "4", "A=4");
        one("export A = 4  # four\r\n", "A", "4", "4", "A = 4");
        one("A=a#b\n", "A", "a#b", "a#b", "A=a#b");
        one("A= # no comment\n", "A", "# no comment", "# no comment", "A= # no comment");
        one("A: x y\n", "A", "x y", "x y", "A: x y");
        one("A=\"x # y\" # z\n", "A", "x # y", "x # y", "A=\"x # y\"");
        one("A='it\\'s ${B}'\n", "A", "it's ${B}", "it\\'s ${B}", "A='it\\'s ${B}'");
        one("A=\"one\ntwo\"\n", "A", "one\ntwo", "one\ntwo", "A=\"one\ntwo\"");
        one("A=\"a\\n\\$b\"\n", "A", "a\n$$b", "a\\n\\$b", "A=\"a\\n\\$b\"");
        one("# c\n\nA=${B:-1}\n", "A", "${B:-1}", "${B:-1}", "A=${B:-1}");
        one("A\n", "A", "(surroundings)", "", "A");
        one("A=\"\"\n", "A", "", "", "A=\"\"");
    }

    #[test]
    fn raw_values_stand_as_they_are() {
        let file = SourceFile::new(FileId(0), "x.env", PathBuf::new(), "# c\n\n  A=\"x\" # y\r\nB=$C=d\nE\nF=");
        let entries = parse_raw(&file);
        let said: Vec<_> =
            entries.iter().map(|it| (&*it.name.value, it.value.as_ref().map(|value| &*value.text))).collect();
        assert_eq!(said, [("A", Some("\"x\" # y")), ("B", Some("$C=d")), ("E", None), ("F", Some(""))]);
        assert_eq!(file.slice(entries[0].span), "A=\"x\" # y");
        assert!(entries.iter().all(|it| !it.expands));
    }

    #[test]
    fn goes_on_after_an_error() {
        let (file, parsed) = read("A=1\n!x\nB B\nC=\"open\nD=2\n");
        let names: Vec<_> = parsed.tree.entries.iter().map(|entry| &*entry.name.value).collect();
        assert_eq!(names, ["A", "D"]);
        let errors: Vec<_> = parsed.errors.iter().map(|it| (file.slice(it.span), &*it.message)).collect();
        assert_eq!(
            errors,
            [
                ("!x", "expected a variable's name"),
                ("B", "expected `=` after a variable's name"),
                ("\"open", "expected the value to end with \""),
            ]
        );
    }
}
