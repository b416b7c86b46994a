//! The parser's events, put together to nodes. Nothing outside this file names the parser's types.

use std::collections::HashMap;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle, Tag};

use super::mapped::BLANKS;
use super::{MOST_DEPTH, MOST_EXPANDED, Node, Style, Value, Yaml};
use crate::source::{FileId, Span};
use crate::syntax::{Parsed, Spanned, SyntaxError};

/// A file with more errors than this is not YAML.
const MOST_ERRORS: usize = 20;

/// Reads all documents of a text that starts at `offset` of `file`.
pub(super) fn build(text: &str, file: FileId, offset: usize) -> Parsed<Yaml> {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: MOST_DEPTH,
        block_nesting_limit: MOST_DEPTH
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder {
        text,
        file,
        offset,
        out: Parsed::default(),
        open: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        expanded: 0,
        end: 0,
    };
    loop {
        let stop = match parser.next() {
            None => break,
            Some(Ok((event, span))) => builder.event(event, span).err(),
            Some(Err(error)) => Some(builder.syntax_error(&error)),
        };
        let Some(error) = stop else { continue };
        builder.out.errors.push(error);
        builder.close_document();
        if builder.out.errors.len() >= MOST_ERRORS || !matches!(parser.proceed_next_document(), Ok(true)) {
            break;
        }
    }
    builder.close_document();
    builder.out.tree.comments.sort();
    builder.out
}

struct Builder<'t> {
    text: &'t str,
    file: FileId,
    offset: usize,
    out: Parsed<Yaml>,
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Anchored>,
    /// Nodes made by aliases, and kept for them.
    expanded: usize,
    /// Where in the text the last token ended.
    end: usize,
}

/// A collection whose end has not come yet.
struct Open {
    start: usize,
    anchor: usize,
    tag: Option<Box<str>>,
    flow: bool,
    size: Size,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Map {
        entries: Vec<(Spanned<Box<str>>, Node)>,
        /// The key whose value has not come yet.
        key: Option<Spanned<Box<str>>>,
        /// The keys so far, each with its place in `entries`.
        index: HashMap<Box<str>, usize>,
        /// What `<<` names, strongest first.
        merged: Vec<Node>,
    },
}

/// How large a tree is.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    depth: usize,
}

struct Anchored {
    node: Node,
    size: Size,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: granit_parser::Span) -> Result<(), SyntaxError> {
        let range = span.byte_range().unwrap_or(self.end..self.end);
        match event {
            Event::Comment(..) => self.out.tree.comments.push(self.span(range.start, range.end)),
            Event::DocumentStart(..) => self.end = range.end,
            Event::DocumentEnd => self.close_document(),
            Event::Scalar(text, style, anchor, tag) => {
                let (start, end) = self.scalar_range(&text, style, range);
                self.end = self.end.max(end);
                let (text, style): (Box<str>, _) = match style {
                    // The parser says `~` for what is not written at all.
                    ScalarStyle::Plain if start == end => ("".into(), Style::Plain),
                    ScalarStyle::Plain => (text.into(), Style::Plain),
                    ScalarStyle::SingleQuoted => (text.into(), Style::Single),
                    ScalarStyle::DoubleQuoted => (text.into(), Style::Double),
                    ScalarStyle::Literal | ScalarStyle::Folded => (text.into(), Style::Block),
                };
                let node = Node {
                    value: Value::Scalar { text, style },
                    span: self.span(start, end),
                    by: Vec::new(),
                    tag: tag.as_deref().map(tag_name),
                };
                self.add(node, anchor, Size { nodes: 1, depth: 1 })?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.start(range, style, anchor, tag.as_deref(), Kind::List(Vec::new()))?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let kind = Kind::Map { entries: Vec::new(), key: None, index: HashMap::new(), merged: Vec::new() };
                self.start(range, style, anchor, tag.as_deref(), kind)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.end = self.end.max(range.end.min(self.text.trim_end().len()));
                self.close(Some(range.end))?;
            }
            Event::Alias(id) => {
                let (start, end) = (range.start, range.end);
                self.end = end;
                let (node, size) = self.expand(id, self.span(start, end))?;
                self.add(node, 0, size)?;
            }
            Event::UnresolvedAlias(name) => {
                self.end = range.end;
                let span = self.span(range.start, range.end);
                self.out.errors.push(SyntaxError {
                    span,
                    message: format!("expected an anchor `&{name}` before this alias, found none").into(),
                });
                self.add(empty(span), 0, Size { nodes: 1, depth: 1 })?;
            }
            _ => {}
        }
        Ok(())
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.offset + start, self.offset + end.max(start))
    }

    fn start(
        &mut self,
        range: std::ops::Range<usize>,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        kind: Kind,
    ) -> Result<(), SyntaxError> {
        if self.open.len() >= MOST_DEPTH {
            return Err(too_deep(self.span(range.start, range.end)));
        }
        let flow = style == StructureStyle::Flow;
        // Of a list that stands as far left as its key the parser gives the place behind the first dash.
        let start = match kind {
            Kind::List(_) if !flow && self.at_value() => self.indicator(range.start, &['-']),
            _ => range.start,
        };
        self.end = self.end.max(range.end);
        let size = Size { nodes: 1, depth: 1 };
        self.open.push(Open { start, anchor, tag: tag.map(tag_name), flow, size, kind });
        Ok(())
    }

    /// Puts a whole node where it belongs: into the innermost open collection, or at the root.
    fn add(&mut self, node: Node, anchor: usize, size: Size) -> Result<(), SyntaxError> {
        let mut result = Ok(());
        if anchor != 0 {
            self.expanded += size.nodes;
            result = self.check_expanded(own_span(&node));
            if result.is_ok() {
                self.anchors.insert(anchor, Anchored { node: node.clone(), size });
            }
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return result;
        };
        open.size.nodes += size.nodes;
        open.size.depth = open.size.depth.max(size.depth + 1);
        match &mut open.kind {
            Kind::List(items) => items.push(node),
            Kind::Map { key, entries, index, merged } => match key.take() {
                None => *key = Some(key_of(node, self.text, self.offset)),
                Some(name) if &*name.value == "<<" => {
                    let repeated = (!merged.is_empty()).then_some(name.span);
                    match node.value {
                        Value::List { items, .. } => merged.extend(items),
                        _ => merged.push(node),
                    }
                    self.out.errors.extend(repeated.map(|span| repeated_key("<<", span)));
                }
                Some(name) => match index.get(&name.value).and_then(|&at| entries.get_mut(at)) {
                    Some(entry) => {
                        self.out.errors.push(repeated_key(&name.value, name.span));
                        *entry = (name, node);
                    }
                    None => {
                        index.insert(name.value.clone(), entries.len());
                        entries.push((name, node));
                    }
                },
            },
        }
        result
    }

    /// Ends the innermost collection; `end` is where the parser saw its end, [`None`] when it never came.
    fn close(&mut self, end: Option<usize>) -> Result<(), SyntaxError> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        let last = |node: Option<Span>| node.map_or(0, |span| (span.end as usize).saturating_sub(self.offset));
        let (value, inner) = match open.kind {
            Kind::List(items) => {
                let inner = last(items.last().map(own_span));
                (Value::List { items, flow: open.flow }, inner)
            }
            Kind::Map { mut entries, key, mut index, merged } => {
                let inner = last(entries.iter().map(|(_, node)| own_span(node)).max_by_key(|span| span.end))
                    .max(last(merged.iter().map(own_span).max_by_key(|span| span.end)));
                let inner = inner.max(last(key.map(|key| key.span)));
                for node in merged {
                    let Value::Map { entries: added, .. } = node.value else { continue };
                    for (key, node) in added {
                        if !index.contains_key(&key.value) {
                            index.insert(key.value.clone(), entries.len());
                            entries.push((key, node));
                        }
                    }
                }
                (Value::Map { entries, flow: open.flow }, inner)
            }
        };
        let end = match end {
            Some(end) if open.flow => end,
            _ => inner.max(open.start),
        };
        let node = Node { value, span: self.span(open.start, end), by: Vec::new(), tag: open.tag.take() };
        self.add(node, open.anchor, open.size)
    }

    /// Ends what is open, as the end of a document or an error does, and keeps the document.
    fn close_document(&mut self) {
        while !self.open.is_empty() {
            // Only an anchor that no alias can name any more can fail here.
            let _ = self.close(None);
        }
        self.anchors.clear();
        self.out.tree.documents.extend(self.root.take());
    }

    /// A copy of what an anchor names, every node of which came by the alias.
    fn expand(&mut self, id: usize, alias: Span) -> Result<(Node, Size), SyntaxError> {
        let Some(anchored) = self.anchors.get(&id) else {
            return Err(SyntaxError {
                span: alias,
                message: "expected an alias to what is complete, found one to what it stands in".into(),
            });
        };
        let size = anchored.size;
        if self.open.len() + size.depth > MOST_DEPTH {
            return Err(too_deep(alias));
        }
        self.expanded += size.nodes;
        self.check_expanded(alias)?;
        let mut node = self.anchors.get(&id).map_or_else(|| empty(alias), |anchored| anchored.node.clone());
        mark(&mut node, alias);
        Ok((node, size))
    }

    fn check_expanded(&self, span: Span) -> Result<(), SyntaxError> {
        if self.expanded <= MOST_EXPANDED {
            return Ok(());
        }
        let message = format!("expected aliases that make at most {MOST_EXPANDED} nodes, found more");
        Err(SyntaxError { span, message: message.into() })
    }
}

impl Builder<'_> {
    /// Where a scalar is written. The parser gives the content of a block scalar up to the next token, and the place
    /// behind the key for a value that is not written.
    fn scalar_range(&self, text: &str, style: ScalarStyle, range: std::ops::Range<usize>) -> (usize, usize) {
        match style {
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let start = self.indicator(range.start, &['|', '>']);
                let body = self.text.get(range.clone()).unwrap_or("");
                // The last line may be the next token's indentation.
                let body = body.rfind('\n').map_or(body, |at| match body.get(at..) {
                    Some(last) if last.chars().all(|c| BLANKS.contains(&c)) => body.trim_end_matches(BLANKS),
                    _ => body,
                });
                if text.is_empty() || body.is_empty() {
                    let line = self.text.get(start..).unwrap_or("").lines().next().unwrap_or("");
                    let header = line.split([' ', '\t']).next().unwrap_or("").len();
                    return (start, start + header);
                }
                (start, range.start + body.len())
            }
            ScalarStyle::Plain if range.is_empty() && self.at_value() => {
                let rest = self.text.get(range.start..).unwrap_or("");
                let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                let colon = usize::from(rest.get(blanks..).is_some_and(|rest| rest.starts_with(':')));
                let at = range.start + if colon == 1 { blanks + 1 } else { 0 };
                (at, at)
            }
            _ => (range.start, range.end),
        }
    }

    /// Whether a map's key has come and its value has not.
    fn at_value(&self) -> bool {
        matches!(self.open.last(), Some(Open { kind: Kind::Map { key: Some(_), .. }, .. }))
    }

    /// The first of these characters between the last token and `content`, where only indicators, properties, blanks
    /// and comments stand.
    fn indicator(&self, content: usize, wanted: &[char]) -> usize {
        let mut at = self.end;
        while let Some(rest) = self.text.get(at..content) {
            let Some(first) = rest.chars().next() else { break };
            at += match first {
                first if wanted.contains(&first) => return at,
                '#' => rest.find('\n').unwrap_or(rest.len()),
                '!' | '&' => rest.find(char::is_whitespace).unwrap_or(rest.len()),
                other => other.len_utf8(),
            };
        }
        content
    }

    fn syntax_error(&self, error: &ScanError) -> SyntaxError {
        let at = error.marker().byte_offset().unwrap_or(self.end).min(self.text.len());
        let span = self.span(at, at);
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => too_deep(span),
            _ => SyntaxError { span, message: error.info().into() },
        }
    }
}

/// Where a node stands in the collection that holds it: its alias, when it came by one.
fn own_span(node: &Node) -> Span {
    node.by.last().copied().unwrap_or(node.span)
}

/// A map's key. One that is a collection is known by how it is written.
fn key_of(node: Node, text: &str, offset: usize) -> Spanned<Box<str>> {
    let span = own_span(&node);
    match node.value {
        Value::Scalar { text, .. } => Spanned::new(text, span),
        _ => {
            let range = span.range();
            let written = text.get(range.start.saturating_sub(offset)..range.end.saturating_sub(offset));
            Spanned::new(written.unwrap_or("").into(), span)
        }
    }
}

fn mark(node: &mut Node, alias: Span) {
    node.by.push(alias);
    match &mut node.value {
        Value::Scalar { .. } => {}
        Value::List { items, .. } => items.iter_mut().for_each(|item| mark(item, alias)),
        Value::Map { entries, .. } => entries.iter_mut().for_each(|(_, item)| mark(item, alias)),
    }
}

fn empty(span: Span) -> Node {
    Node { value: Value::Scalar { text: "".into(), style: Style::Plain }, span, by: Vec::new(), tag: None }
}

fn tag_name(tag: &Tag) -> Box<str> {
    match tag.core_suffix() {
        Some(name) => name.into(),
        None => tag.original().into(),
    }
}

fn repeated_key(key: &str, span: Span) -> SyntaxError {
    SyntaxError { span, message: format!("expected each key once, found `{key}` again").into() }
}

fn too_deep(span: Span) -> SyntaxError {
    SyntaxError { span, message: format!("expected nesting of at most {MOST_DEPTH} levels, found more").into() }
}
