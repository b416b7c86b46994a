//! The text of a scalar, with the place of each of its bytes: quotes, escapes and folded lines stand between the two.

use super::Style;
use crate::source::{SourceFile, Span};
use crate::syntax::{Mapped, Piece};

/// What YAML folds and trims: no other white space.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// The text of the scalar at `span`, followed through its notation. Where that fails, the whole span stands for it.
pub(super) fn map(text: &str, style: Style, span: Span, file: &SourceFile) -> Mapped {
    let written = file.slice(span);
    let mut walk = Walk { text, at: span.start as usize, done: 0, pieces: Vec::new(), span };
    let followed = match style {
        Style::Plain => walk.lines(written, Style::Plain),
        Style::Single | Style::Double => match written.get(1..written.len().saturating_sub(1)) {
            Some(inner) => {
                walk.at += 1;
                walk.lines(inner, style)
            }
            None => None,
        },
        Style::Block => walk.block(written),
    };
    let mut pieces = walk.pieces;
    if followed.is_none() || walk.done != text.len() {
        // A piece as long as its place would pass for the same bytes.
        let alike = text.len() == span.len() && written != text;
        let span = if alike { Span::at(span.file, span.start as usize) } else { span };
        pieces = vec![Piece { start: 0, span }];
    } else if pieces.is_empty() {
        let quoted = matches!(style, Style::Single | Style::Double);
        pieces.push(Piece { start: 0, span: Span::at(span.file, span.start as usize + usize::from(quoted)) });
    }
    Mapped { text: text.into(), pieces }
}

/// Where two readings of one scalar have come to: its text, and how it is written. Each step is checked against the
/// text, and [`None`] where they part.
struct Walk<'t> {
    text: &'t str,
    /// The place in the file of the next written byte.
    at: usize,
    /// How much of the text is followed.
    done: usize,
    pieces: Vec<Piece>,
    span: Span,
}

impl Walk<'_> {
    /// `length` bytes of the text are what the next `written` bytes of the file say.
    fn step(&mut self, length: usize, written: usize) {
        if length > 0 {
            let span = Span::new(self.span.file, self.at, self.at + written);
            self.pieces.push(Piece { start: self.done as u32, span });
        }
        self.done += length;
        self.at += written;
    }

    /// The next bytes stand in both.
    fn verbatim(&mut self, run: &str) -> Option<()> {
        self.rest().starts_with(run).then(|| self.step(run.len(), run.len()))
    }

    fn rest(&self) -> &str {
        self.text.get(self.done..).unwrap_or("")
    }

    /// A plain or quoted scalar: runs of text, parted by escapes and folded line ends.
    fn lines(&mut self, mut written: &str, style: Style) -> Option<()> {
        while !written.is_empty() {
            let stop = match style {
                Style::Double => written.find(['\\', '\n', '\r']),
                Style::Single => written.find(['\'', '\n', '\r']),
                _ => written.find(['\n', '\r']),
            };
            let (run, rest) = written.split_at(stop.unwrap_or(written.len()));
            let special = rest.bytes().next();
            let kept = match special {
                Some(b'\n' | b'\r') => run.trim_end_matches([' ', '\t']),
                _ => run,
            };
            self.verbatim(kept)?;
            let used = match special {
                None => 0,
                Some(b'\\') => self.escape(rest)?,
                Some(b'\'') => {
                    self.rest().starts_with('\'').then(|| self.step(1, 2))?;
                    2
                }
                Some(_) => {
                    let fold = &written[kept.len()..];
                    self.fold(fold, 0)?;
                    written = fold.trim_start_matches(BLANKS);
                    continue;
                }
            };
            written = rest.get(used..)?;
        }
        Some(())
    }

    /// Line ends with the blanks around them: one is a blank, more are one line end less. `hidden` line ends are none.
    fn fold(&mut self, written: &str, hidden: usize) -> Option<()> {
        let blanks = &written[..written.len() - written.trim_start_matches(BLANKS).len()];
        let ends = blanks.matches('\n').count().max(1);
        let said = match ends {
            1 if hidden == 0 => 1,
            _ => ends - 1,
        };
        let expected = if ends == 1 { " " } else { "\n" };
        let holds = self.rest().get(..said).is_some_and(|rest| rest.matches(expected).count() == said);
        holds.then(|| self.step(said, blanks.len()))
    }

    /// An escape at the start of `written`; says how many bytes it takes.
    fn escape(&mut self, written: &str) -> Option<usize> {
        let letter = written.chars().nth(1)?;
        if matches!(letter, '\n' | '\r') {
            let blanks = written.get(1..)?;
            self.at += 1;
            self.fold(blanks, 1)?;
            return Some(written.len() - blanks.trim_start_matches(BLANKS).len());
        }
        let high_surrogate = letter == 'u'
            && written
                .get(2..6)
                .is_some_and(|code| u32::from_str_radix(code, 16).is_ok_and(|code| (0xD800..0xDC00).contains(&code)));
        let length = match letter {
            'x' => 4,
            'u' if high_surrogate => 12,
            'u' => 6,
            'U' => 10,
            other => 1 + other.len_utf8(),
        };
        let said = self.rest().chars().next()?.len_utf8();
        self.step(said, length);
        Some(length)
    }

    /// A block scalar: a header, then lines whose common indentation is not of the text.
    fn block(&mut self, written: &str) -> Option<()> {
        let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let mut lines = written.split_inclusive('\n');
        let header = lines.next()?.len();
        let first = lines.clone().find(|line| !line.trim_matches(BLANKS).is_empty());
        let said = self.text.lines().find(|line| !line.trim_matches(BLANKS).is_empty());
        let indent = blanks(first.unwrap_or("")).checked_sub(blanks(said.unwrap_or("")))?;
        let start = self.at;
        let mut offset = header;
        let mut end = header.min(written.trim_end_matches(BLANKS).len());
        for line in lines {
            let content = line.trim_end_matches(['\n', '\r']).get(indent..).unwrap_or("");
            if !content.is_empty() {
                let rest = self.rest();
                let folded = self.done > 0 && rest.starts_with(' ') && !content.starts_with([' ', '\t']);
                let gap = if folded { 1 } else { rest.len() - rest.trim_start_matches('\n').len() };
                self.at = start + end;
                self.step(gap, offset + indent - end);
                self.at = start + offset + indent;
                self.verbatim(content)?;
                end = offset + indent + content.len();
            }
            offset += line.len();
        }
        let left = self.rest().len();
        if self.rest().trim_start_matches('\n').is_empty() {
            self.at = start + end;
            self.step(left, 0);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::source::{FileId, SourceFile};
    use crate::syntax::yaml;

    /// The pieces of the value of `a`: each with what is written of it.
    fn pieces(text: &str) -> Vec<(String, String)> {
        let file = SourceFile::new(FileId(0), "a.yaml", PathBuf::new(), text);
        let parsed = yaml::parse(&file);
        assert_eq!(parsed.errors, []);
        let mapped = parsed.tree.documents[0].get("a").unwrap().mapped(&file).unwrap();
        let ends = mapped.pieces.iter().skip(1).map(|piece| piece.start as usize).chain([mapped.text.len()]);
        let said = mapped.pieces.iter().zip(ends).map(|(piece, end)| &mapped.text[piece.start as usize..end]);
        said.zip(&mapped.pieces).map(|(said, piece)| (said.to_string(), file.slice(piece.span).to_string())).collect()
    }

    #[track_caller]
    fn expect(text: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(said, written)| (said.to_string(), written.to_string())).collect();
        assert_eq!(pieces(text), expected);
    }

    #[test]
    fn plain_and_quoted_on_one_line() {
        expect("a: gunicorn -w 3  # c\n", &[("gunicorn -w 3", "gunicorn -w 3")]);
        expect("a: 'it''s'\n", &[("it", "it"), ("'", "''"), ("s", "s")]);
        expect("a: \"x\\ty\\u00e9\"\n", &[("x", "x"), ("\t", "\\t"), ("y", "y"), ("é", "\\u00e9")]);
        expect("a: \"\\uD83D\\uDE00!\"\n", &[("😀", "\\uD83D\\uDE00"), ("!", "!")]);
        expect("a: \"\"\n", &[("", "")]);
    }

    #[test]
    fn folded_lines() {
        expect(
            "a: one\n  two\n\n  three\n",
            &[("one", "one"), (" ", "\n  "), ("two", "two"), ("\n", "\n\n  "), ("three", "three")],
        );
        expect("a: \"b  \r\n   c \\\r\n   d\"\r\n", &[("b", "b"), (" ", "  \r\n   "), ("c ", "c "), ("d", "d")]);
    }

    #[test]
    fn block_lines() {
        expect(
            "a: |\n  set -e\n    exec x\n\n  y\nb: 1\n",
            &[
                ("set -e", "set -e"),
                ("\n", "\n  "),
                ("  exec x", "  exec x"),
                ("\n\n", "\n\n  "),
                ("y", "y"),
                ("\n", ""),
            ],
        );
        expect(
            "a: >- # c\n  bash -c \"p\n  && q\"\nb: 1\n",
            &[("bash -c \"p", "bash -c \"p"), (" ", "\n  "), ("&& q\"", "&& q\"")],
        );
        expect("a: |-\r\n  x\r\n  y\r\n", &[("x", "x"), ("\n", "\r\n  "), ("y", "y")]);
        expect("a: |2\n    x\n", &[("  x", "  x"), ("\n", "")]);
    }
}
