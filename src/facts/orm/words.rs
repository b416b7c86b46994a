//! The words of a template's tags and expressions.

/// A word: a name, a number, a text with its quotes, or one sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Where it starts in the file.
    pub(super) start: usize,
}

impl<'a> Word<'a> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(super) fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c == '_' || c.is_alphabetic())
    }

    /// Whether a name is a word of the language.
    pub(super) fn is_operator(&self) -> bool {
        const WORDS: &[&str] = &[
            "and", "or", "not", "in", "is", "if", "else", "as", "with", "only", "true", "false", "none", "True",
            "False", "None", "defined", "by",
        ];
        WORDS.contains(&self.text)
    }

    /// What stands between quotes.
    pub(super) fn quoted(&self) -> Option<&'a str> {
        let quote = self.text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        self.text.strip_prefix(quote)?.strip_suffix(quote)
    }
}

/// The words of a part of a text.
pub(super) fn of(text: &str, from: usize, to: usize) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut at = from;
    while let Some(rest) = text.get(at..to).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        let length = match first {
            '"' | '\'' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            c if is_part(c) => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let text = &rest[..length];
        // `{%- for -%}`: a dash at an end only takes blanks away.
        let trims = text == "-" && (at == from || at + length == to);
        if !first.is_whitespace() && !trims {
            words.push(Word { text, start: at });
        }
        at += length;
    }
    words
}

fn is_part(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
