//! TOML, as items with byte spans; and the lock files of Python's package managers, which are TOML of one shape.

use super::{Parsed, Spanned, SyntaxError};
use crate::source::{SourceFile, Span};

/// An item.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A string, with the place of its quotes and all.
    Text(Spanned<Box<str>>),
    /// A number, a truth, a date.
    Other(Span),
    /// A list, of tables too.
    List(Vec<Item>),
    /// A table.
    Table(Vec<(Spanned<Box<str>>, Item)>),
}

impl Item {
    /// The item under a key of a table.
    pub fn get(&self, key: &str) -> Option<&Item> {
        self.entries().iter().find(|(name, _)| &*name.value == key).map(|(_, item)| item)
    }

    /// The item at the end of a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Item> {
        path.iter().try_fold(self, |item, key| item.get(key))
    }

    /// The entries of a table; none of anything else.
    pub fn entries(&self) -> &[(Spanned<Box<str>>, Item)] {
        match self {
            Item::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Item] {
        match self {
            Item::List(items) => items,
            _ => &[],
        }
    }

    /// The string, if it is one.
    pub fn text(&self) -> Option<&Spanned<Box<str>>> {
        match self {
            Item::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads TOML; the root is a table. One error ends the reading.
pub fn parse(file: &SourceFile) -> Parsed<Option<Item>> {
    let text = &file.text()[file.bom()..];
    let place = |range: std::ops::Range<usize>| file.span(range.start + file.bom()..range.end + file.bom());
    match toml_edit::Document::parse(text) {
        Ok(document) => Parsed { tree: Some(item(document.as_item(), &place)), errors: Vec::new() },
        Err(error) => {
            let span = place(error.span().unwrap_or(0..0));
            Parsed { tree: None, errors: vec![SyntaxError { span, message: error.message().into() }] }
        }
    }
}

fn item(from: &toml_edit::Item, place: &dyn Fn(std::ops::Range<usize>) -> Span) -> Item {
    let span = place(from.span().unwrap_or(0..0));
    if let Some(text) = from.as_str() {
        return Item::Text(Spanned::new(text.into(), span));
    }
    if let Some(list) = from.as_array() {
        return Item::List(list.iter().map(|it| value(it, place)).collect());
    }
    if let Some(tables) = from.as_array_of_tables() {
        return Item::List(tables.iter().map(|it| table(it, place)).collect());
    }
    match from.as_table_like() {
        Some(it) => table(it, place),
        None => Item::Other(span),
    }
}

fn table(from: &dyn toml_edit::TableLike, place: &dyn Fn(std::ops::Range<usize>) -> Span) -> Item {
    let entries = from.iter().map(|(key, it)| {
        let at = from.key(key).and_then(toml_edit::Key::span).unwrap_or(0..0);
        (Spanned::new(key.into(), place(at)), item(it, place))
    });
    Item::Table(entries.collect())
}

fn value(from: &toml_edit::Value, place: &dyn Fn(std::ops::Range<usize>) -> Span) -> Item {
    item(&toml_edit::Item::Value(from.clone()), place)
}

/// A package of a lock file: its name and its version.
pub type Locked = (Spanned<Box<str>>, Spanned<Box<str>>);

/// The packages of `uv.lock` or `poetry.lock`, each name with its version. Such files are long and written by machines,
/// so their lines are read, not their TOML.
pub fn locked(file: &SourceFile) -> Vec<Locked> {
    let mut packages = Vec::new();
    let mut name: Option<Spanned<Box<str>>> = None;
    let mut in_package = false;
    let mut start = file.bom();
    for line in file.text()[start..].split_inclusive('\n') {
        let body = line.trim_end();
        if body.starts_with('[') {
            in_package = body == "[[package]]";
            name = None;
        } else if in_package && let Some((key, value)) = body.split_once(" = ") {
            let text = value.trim_matches('"');
            let at = start + key.len() + 3 + usize::from(value.starts_with('"'));
            let found = Spanned::new(text.into(), file.span(at..at + text.len()));
            match key {
                "name" => name = Some(found),
                "version" => packages.extend(name.take().map(|name| (name, found))),
                _ => {}
            }
        }
        start += line.len();
    }
    packages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn items_keep_their_places() {
        let text = "[project]\ndependencies = [\"django>=5\", 'celery']\n[[tool.x]]\nname = \"a\"\n";
        let file = SourceFile::new(FileId(0), "pyproject.toml", Default::default(), text);
        let root = parse(&file).tree.unwrap();
        let list = root.at(&["project", "dependencies"]).unwrap().items();
        let places: Vec<_> = list.iter().filter_map(Item::text).map(|it| file.slice(it.span)).collect();
        assert_eq!(places, ["\"django>=5\"", "'celery'"]);
        assert_eq!(root.at(&["tool", "x"]).unwrap().items()[0].get("name").unwrap().text().unwrap().value, "a".into());
    }

    #[test]
    fn a_fault_is_named_at_its_place() {
        let file = SourceFile::new(FileId(0), "pyproject.toml", Default::default(), "[project\nname = 1");
        let errors = parse(&file).errors;
        assert_eq!(errors.len(), 1);
        assert!(errors[0].span.range().end <= file.text().len());
    }

    #[test]
    fn lock_files_are_read_by_their_lines() {
        let text = "version = 1\n\n[[package]]\nname = \"django\"\nversion = \"5.2.8\"\nsource = { registry = \"x\" }\n\n[package.metadata]\nname = \"no\"\n[[package]]\nname = \"psycopg\"\nversion = \"3.2.3\"\n";
        let file = SourceFile::new(FileId(0), "uv.lock", Default::default(), text);
        let found: Vec<_> = locked(&file).into_iter().map(|(n, v)| (n.value, file.slice(v.span).to_owned())).collect();
        assert_eq!(found, [("django".into(), "5.2.8".to_owned()), ("psycopg".into(), "3.2.3".to_owned())]);
    }
}
