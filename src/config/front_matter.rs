//! The front matter of a page, freed of the syntax it is written in: texts, lists and maps in order, each with its place.

use crate::source::FileId;
use crate::syntax::yaml::{Node, Value as Yaml, parse_text};

/// A value of a front matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Its first byte in the page.
    pub at: usize,
    /// What it is.
    pub is: Is,
}

/// What a value is. Numbers and truths are texts as they are written.
#[derive(Clone, Debug, PartialEq)]
pub enum Is {
    /// A text, quotes taken off; empty when nothing is written.
    Text(Box<str>),
    /// A list.
    List(Vec<Value>),
    /// A map, in the order of writing.
    Map(Vec<Entry>),
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its key.
    pub key: Box<str>,
    /// The key's first byte in the page.
    pub at: usize,
    /// Its value.
    pub value: Value,
}

/// What is wrong with a page, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontMatterError {
    /// The byte of the page.
    pub at: usize,
    /// What was expected, what was found.
    pub message: Box<str>,
}

/// Parts a page into its front matter (between a first line `---` and the next such line) and the text behind it. The
/// offsets are those of the two texts in the page.
pub fn split(page: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let start = page.find('\n')? + 1;
    if page[..start].trim_end() != "---" {
        return None;
    }
    let mut at = start;
    for line in page[start..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((start..at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// Reads the front matter that starts at byte `offset` of its page, which must be one map.
///
/// # Errors
/// Everything that could not be read.
pub fn parse(text: &str, offset: usize) -> Result<Vec<Entry>, Vec<FrontMatterError>> {
    let parsed = parse_text(text, FileId(0), offset);
    if !parsed.errors.is_empty() {
        let error = |at: usize, message: Box<str>| FrontMatterError { at, message };
        return Err(parsed.errors.into_iter().map(|it| error(it.span.start as usize, it.message)).collect());
    }
    match parsed.tree.documents.into_iter().next().map(value) {
        Some(Value { is: Is::Map(entries), .. }) => Ok(entries),
        _ => Err(vec![FrontMatterError { at: offset, message: "expected `key: value` lines".into() }]),
    }
}

fn value(node: Node) -> Value {
    let at = node.span.start as usize;
    let is = match node.value {
        Yaml::Scalar { text, .. } => Is::Text(text),
        Yaml::List { items, .. } => Is::List(items.into_iter().map(value).collect()),
        Yaml::Map { entries, .. } => Is::Map(
            entries
                .into_iter()
                .map(|(key, node)| Entry { key: key.value, at: key.span.start as usize, value: value(node) })
                .collect(),
        ),
    };
    Value { at, is }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_parted() {
        assert_eq!(split("---\na: 1\n---\nText"), Some((4..9, 13)));
        assert_eq!(split("---\r\na: 1\r\n---\r\nText"), Some((5..11, 16)));
        assert_eq!(split("a: 1\n---\n"), None);
        assert_eq!(split("---\na: 1\n"), None);
    }

    #[test]
    fn entries_keep_order_and_place() {
        let entries = parse("b: \"x\"\na: [1, 2]\n", 4).unwrap();
        let keys: Vec<_> = entries.iter().map(|it| (&*it.key, it.at, it.value.at)).collect();
        assert_eq!(keys, [("b", 4, 7), ("a", 11, 14)]);
        assert!(matches!(&entries[1].value.is, Is::List(items) if items.len() == 2));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(parse("a: [1\n", 0).is_err());
        assert_eq!(parse("just text", 4).unwrap_err()[0].at, 4);
    }
}
