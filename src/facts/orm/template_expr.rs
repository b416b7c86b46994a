//! Expressions of templates to flow: chains of names, calls and filters.

use super::flow::{Loop, NodeId, NodeKind, Scope};
use super::template::{CONTEXT, Reader, tag_name};
use super::words::Word;
use crate::source::Span;

/// Expressions lie in each other at most so deep.
const MOST_DEPTH: u32 = 24;

impl<'a> Reader<'a> {
    /// The value of an expression: of its first chain of names. All others are read, too.
    pub(super) fn expression(&mut self, words: &[Word<'a>]) -> NodeId {
        let start = words.first().map_or(0, |it| it.start);
        if self.depth >= MOST_DEPTH {
            return self.node(NodeKind::Constant, start, start);
        }
        self.depth += 1;
        let mut first = None;
        let mut sought = false;
        let mut at = 0;
        while let Some(word) = words.get(at) {
            if word.text == "|" {
                at = self.filter(words, at + 1, &mut first);
            } else if word.is_name() && !word.is_operator() {
                let value = self.chain(words, &mut at);
                // `user in service.watchers.all`
                if std::mem::take(&mut sought) {
                    self.node(NodeKind::Through(value), word.start, word.end());
                }
                first = first.or(Some(value));
            } else {
                sought = word.text == "in" && first.is_some();
                if let Some(text) = word.quoted() {
                    let value = self.node(NodeKind::Text(text.into()), word.start, word.end());
                    first = first.or(Some(value));
                }
                at += 1;
            }
        }
        self.depth -= 1;
        first.unwrap_or_else(|| self.node(NodeKind::Constant, start, start))
    }

    /// `|length`, `|slice:":5"`: what a filter does with the value before it. Gives the place behind it.
    fn filter(&mut self, words: &[Word<'a>], at: usize, value: &mut Option<NodeId>) -> usize {
        let (Some(name), Some(of)) = (words.get(at), *value) else { return at + 1 };
        let (start, end) = (name.start, name.end());
        *value = match name.text {
            "length" | "count" | "join" | "list" => {
                let called = if matches!(name.text, "length" | "count") { "len" } else { "list" };
                let func = self.node(NodeKind::Name(called.into()), start, end);
                let call = NodeKind::Call { func, args: vec![of], keywords: Vec::new(), open: false };
                Some(self.node(call, start, end))
            }
            "first" | "last" => {
                let key = self.node(NodeKind::Number(0), start, start);
                Some(self.node(NodeKind::Item { of, key }, start, end))
            }
            // Rows sorted, chosen or put together by what each leads to.
            "dictsort" | "dictsortreversed" | "sort" | "map" | "groupby" | "selectattr" | "rejectattr" | "sum"
            | "unique" | "min" | "max"
                if let Some(path) = path_of(words, at) =>
            {
                Some(self.by_path(name.text, of, path, start, end))
            }
            "batch" | "slice" if words.get(at + 1).is_some_and(|it| it.text == "(") => {
                let around = self.scope;
                let row = self.turns(of, start, end);
                self.scope = around;
                let part = self.node(NodeKind::Collect { element: row, dict: false, lazy: false }, start, end);
                Some(self.node(NodeKind::Collect { element: part, dict: false, lazy: false }, start, end))
            }
            "slice" => {
                let part = words.get(at + 2).and_then(|it| it.quoted());
                let most = part.and_then(|it| it.strip_prefix(':')?.parse().ok());
                let rest = part.is_some_and(|it| it.ends_with(':'));
                Some(self.node(NodeKind::Slice { of, most, rest }, start, end))
            }
            "dictsort" | "sort" => Some(self.listed(of, start, end)),
            own => {
                // Most give what they get in other words, so that the value stays what it is.
                let func = self.node(NodeKind::Name(tag_name(own)), start, end);
                self.node(NodeKind::Call { func, args: vec![of], keywords: Vec::new(), open: false }, start, end);
                Some(of)
            }
        };
        at + 1
    }

    /// All rows, in a list.
    fn listed(&mut self, of: NodeId, start: usize, end: usize) -> NodeId {
        let func = self.node(NodeKind::Name("list".into()), start, end);
        self.node(NodeKind::Call { func, args: vec![of], keywords: Vec::new(), open: false }, start, end)
    }

    /// What a filter gives that asks each row for a path of names.
    fn by_path(&mut self, filter: &str, of: NodeId, path: &str, start: usize, end: usize) -> NodeId {
        let around = self.scope;
        let row = self.turns(of, start, end);
        let value = self.path(row, path.split('.'), start, end);
        match filter {
            "map" => {
                self.scope = around;
                self.node(NodeKind::Collect { element: value, dict: false, lazy: false }, start, end)
            }
            "groupby" => {
                let scope = std::mem::replace(&mut self.scope, around);
                let rows = self.node(NodeKind::Collect { element: row, dict: false, lazy: false }, start, end);
                self.scope = scope;
                let group = self.node(NodeKind::List(vec![value, rows]), start, end);
                self.scope = around;
                self.node(NodeKind::Collect { element: group, dict: false, lazy: false }, start, end)
            }
            _ => {
                self.scope = around;
                self.listed(of, start, end)
            }
        }
    }

    /// What a value leads to by a path of names.
    pub(super) fn path<'p>(
        &mut self,
        of: NodeId,
        names: impl Iterator<Item = &'p str>,
        start: usize,
        end: usize,
    ) -> NodeId {
        names.fold(of, |of, name| {
            let kind = NodeKind::Attr { of, name: name.into(), variable: None, line: None };
            let value = self.node(kind, start, end);
            self.node(NodeKind::Auto(value), start, end)
        })
    }

    /// Opens a loop; gives the row of its turns.
    pub(super) fn turns(&mut self, iter: NodeId, start: usize, end: usize) -> NodeId {
        let head = Span { file: self.file.id, start: start as u32, end: end as u32 };
        self.flow.loops.push(Loop { iter, head, parent: self.scope, is_async: false, leaves: false });
        self.scope = self.flow.loops.len() as Scope;
        self.node(NodeKind::Row(iter), start, end)
    }

    /// `book.author.name`, `book.describe()`, `row(book)`, `book["author"]`
    fn chain(&mut self, words: &[Word<'a>], at: &mut usize) -> NodeId {
        let head = words[*at];
        *at += 1;
        let bound = self.bound.iter().rev().find_map(|names| names.get(head.text)).copied();
        let mut value = match bound {
            Some(node) => node,
            None if self.macros.iter().any(|it| **it == *head.text) => {
                self.node(NodeKind::Name(head.text.into()), head.start, head.end())
            }
            None => {
                let key = self.node(NodeKind::Text(head.text.into()), head.start, head.end());
                self.node(NodeKind::Item { of: CONTEXT, key }, head.start, head.end())
            }
        };
        let mut variable = Some(Box::from(head.text));
        let mut end = head.end();
        while let Some(word) = words.get(*at).filter(|it| it.start == end) {
            end = word.end();
            match word.text {
                "." => {
                    let Some(name) = words.get(*at + 1).filter(|it| it.start == end) else { break };
                    end = name.end();
                    *at += 2;
                    let variable = variable.take();
                    let kind = match name.text.parse() {
                        Ok(place) => {
                            let key = self.node(NodeKind::Number(place), name.start, end);
                            NodeKind::Item { of: value, key }
                        }
                        Err(_) => NodeKind::Attr { of: value, name: name.text.into(), variable, line: None },
                    };
                    value = self.node(kind, head.start, end);
                    if words.get(*at).is_none_or(|it| it.text != "(" || it.start != end) {
                        value = self.node(NodeKind::Auto(value), head.start, end);
                    }
                }
                "(" => {
                    let close = closing(words, *at);
                    let within: Vec<Word<'a>> = words.get(*at + 1..close).unwrap_or(&[]).to_vec();
                    end = words.get(close).map_or(end, Word::end);
                    *at = close + 1;
                    let (mut args, mut keywords) = (Vec::new(), Vec::new());
                    for part in within.split(|it| it.text == ",").filter(|part| !part.is_empty()) {
                        match part {
                            [name, equals, rest @ ..] if equals.text == "=" => {
                                keywords.push((name.text.into(), self.expression(rest)));
                            }
                            _ => args.push(self.expression(part)),
                        }
                    }
                    value = self.node(NodeKind::Call { func: value, args, keywords, open: false }, head.start, end);
                }
                "[" => {
                    let close = closing(words, *at);
                    let within: Vec<Word<'a>> = words.get(*at + 1..close).unwrap_or(&[]).to_vec();
                    end = words.get(close).map_or(end, Word::end);
                    *at = close + 1;
                    let name = within.first().and_then(|it| it.quoted());
                    let kind = match name {
                        Some(name) => NodeKind::Attr { of: value, name: name.into(), variable: None, line: None },
                        None => NodeKind::Item { of: value, key: self.expression(&within) },
                    };
                    value = self.node(kind, head.start, end);
                }
                _ => break,
            }
        }
        value
    }
}

/// The path that a filter asks each row for: `dictsort:"author.name"`, `map(attribute="author.name")`,
/// `selectattr("author.name", "equalto", name)`.
fn path_of<'a>(words: &[Word<'a>], filter: usize) -> Option<&'a str> {
    match words.get(filter + 1)?.text {
        ":" => words.get(filter + 2)?.quoted(),
        "(" => {
            let within = words.get(filter + 2..closing(words, filter + 1))?;
            let named = within.windows(3).find(|it| it[0].text == "attribute" && it[1].text == "=");
            match named {
                Some(named) => named[2].quoted(),
                None if matches!(words[filter].text, "groupby" | "selectattr" | "rejectattr") => {
                    within.first()?.quoted()
                }
                None => None,
            }
        }
        _ => None,
    }
}

/// The place of the bracket that closes the one at a place.
fn closing(words: &[Word<'_>], open: usize) -> usize {
    let mut depth = 0usize;
    for (at, word) in words.iter().enumerate().skip(open) {
        match word.text {
            "(" | "[" => depth += 1,
            ")" | "]" if depth == 1 => return at,
            ")" | "]" => depth -= 1,
            _ => {}
        }
    }
    words.len()
}
