//! Expressions of templates to flow: chains of names, calls and filters.

use super::flow::{NodeId, NodeKind};
use super::template::{CONTEXT, Reader, tag_name};
use super::words::Word;

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
            "length" | "count" | "join" | "list" | "dictsort" | "sort" => {
                let called = if matches!(name.text, "length" | "count") { "len" } else { "list" };
                let func = self.node(NodeKind::Name(called.into()), start, end);
                let call = NodeKind::Call { func, args: vec![of], keywords: Vec::new(), open: false };
                Some(self.node(call, start, end))
            }
            "slice" => {
                let part = words.get(at + 2).and_then(|it| it.quoted());
                let most = part.and_then(|it| it.strip_prefix(':')?.parse().ok());
                let rest = part.is_some_and(|it| it.ends_with(':'));
                Some(self.node(NodeKind::Slice { of, most, rest }, start, end))
            }
            own => {
                // Most give what they get in other words, so that the value stays what it is.
                let func = self.node(NodeKind::Name(tag_name(own)), start, end);
                self.node(NodeKind::Call { func, args: vec![of], keywords: Vec::new(), open: false }, start, end);
                Some(of)
            }
        };
        at + 1
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
