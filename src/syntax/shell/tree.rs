//! Statements, from tree-sitter's tree of bash: walked by hand, with words read by our own lexer.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};

use tree_sitter::{Node, ParseOptions, Parser};

use super::{Branch, Command, Fallback, Item, Mapped, Operator, Parsed, Part, Script, SyntaxError, Test, Word, word};
use crate::source::Span;

/// How deep statements may stand in each other; deeper ones are left out.
const DEEPEST: usize = 64;
/// How many errors are told of one text.
const MOST_ERRORS: usize = 20;

/// Reads a text of any number of statements.
pub(super) fn parse(text: &Mapped) -> Parsed<Script> {
    let whole = text.span(0..text.text.len());
    let failed = |message: &str| Parsed {
        tree: Script::default(),
        errors: vec![SyntaxError { span: whole, message: message.into() }],
    };
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_bash::LANGUAGE.into()).is_err() {
        return failed("the grammar of the shell does not fit its library");
    }
    // The parser asks now and then whether to go on: its work stays in proportion to the text.
    let mut left = 1000 + text.text.len();
    let mut go_on = |_: &tree_sitter::ParseState| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let plain = within_latin(&text.text);
    let bytes = plain.as_bytes();
    let options = ParseOptions::new().progress_callback(&mut go_on);
    let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), None, Some(options));
    let Some(tree) = tree else { return failed("the text is too tangled to be read") };
    let mut walk = Walk { text, errors: Vec::new(), depth: 0 };
    if tree.root_node().has_error() {
        walk.find_errors(tree.root_node());
    }
    let items = walk.statements(children(tree.root_node()));
    Parsed { tree: Script { items }, errors: walk.errors }
}

/// The text with every letter beyond Latin-1 replaced by others in as many bytes: the grammar's scanner looks characters up
/// in the C library's table of 256 (`isdigit` in `scan` of `scanner.c`, tree-sitter-bash 0.25.1) and reads beyond it. To the
/// shell one such letter is like another, and words are read from the text itself.
fn within_latin(text: &str) -> Cow<'_, str> {
    const LATIN: char = 'é';
    if text.chars().all(|it| it <= '\u{ff}') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter.len_utf8() {
            1 => out.push(letter),
            2 => out.push(LATIN),
            3 => out.extend(['.', LATIN]),
            _ => out.extend([LATIN, LATIN]),
        }
    }
    Cow::Owned(out)
}

struct Walk<'a> {
    text: &'a Mapped,
    errors: Vec<SyntaxError>,
    depth: usize,
}

fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.children(&mut node.walk()).collect()
}

impl Walk<'_> {
    fn span(&self, node: Node<'_>) -> Span {
        self.text.span(node.byte_range())
    }

    fn slice(&self, range: Range<usize>) -> &str {
        self.text.text.get(range).unwrap_or("")
    }

    fn find_errors(&mut self, root: Node<'_>) {
        let mut cursor = root.walk();
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            if self.errors.len() >= MOST_ERRORS {
                return;
            }
            // A token that the grammar misses is no error: the grammar has gaps of its own, and the tree is whole.
            if node.is_error() {
                let found: String = self.slice(node.byte_range()).chars().take(30).collect();
                let message = format!("expected a command, found `{}`", found.escape_debug()).into();
                self.errors.push(SyntaxError { span: self.span(node), message });
            } else if node.has_error() && node.kind() != "expansion" {
                // What stands in `${…}` is read without the grammar, which knows less of it than the shell.
                let at = open.len();
                open.extend(node.children(&mut cursor));
                open[at..].reverse();
            }
        }
    }

    /// The statements among these nodes, in order.
    fn statements<'t>(&mut self, nodes: impl IntoIterator<Item = Node<'t>>) -> Vec<Item> {
        let mut items = Vec::new();
        if self.depth >= DEEPEST {
            return items;
        }
        self.depth += 1;
        for node in nodes {
            if node.kind() == "&" {
                if let Some(command) = items.last_mut().and_then(last_command) {
                    command.background = true;
                }
            } else {
                self.statement(node, &mut items);
            }
        }
        self.depth -= 1;
        items
    }

    fn statement(&mut self, node: Node<'_>, items: &mut Vec<Item>) {
        let span = self.span(node);
        match node.kind() {
            "command" => self.command(node, items),
            "declaration_command" | "unset_command" | "test_command" => {
                // `export A=b`, `[ … ]`: nothing but words, though the grammar has more to say of them.
                let nodes = children(node);
                // `local args=(a b)`: the array is assigned, whatever else is declared of it.
                let (arrays, nodes): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|child| {
                    child.kind() == "variable_assignment"
                        && child.child_by_field_name("value").is_some_and(|value| value.kind() == "array")
                });
                let assignments: Vec<_> = arrays.into_iter().filter_map(|array| self.assignment(array)).collect();
                if !assignments.is_empty() {
                    items.push(Item::Command(Command { assignments, words: Vec::new(), background: false, span }));
                }
                let words = if node.kind() == "test_command" {
                    word::words(self.text, node.byte_range())
                } else {
                    nodes
                        .iter()
                        .filter(|child| child.kind() != "comment")
                        .map(|child| self.word(child.byte_range()))
                        .collect()
                };
                items.push(Item::Command(Command { assignments: Vec::new(), words, background: false, span }));
            }
            "variable_assignment" | "variable_assignments" => {
                let nodes = if node.kind() == "variable_assignment" { vec![node] } else { children(node) };
                let assignments: Vec<_> = nodes.into_iter().filter_map(|node| self.assignment(node)).collect();
                if !assignments.is_empty() {
                    items.push(Item::Command(Command { assignments, words: Vec::new(), background: false, span }));
                }
            }
            "list" => self.list(node, items),
            "pipeline" => {
                let parts = self.statements(children(node));
                let operators = vec![Operator::Pipe; parts.len().saturating_sub(1)];
                push_list(items, parts, operators, span);
            }
            "redirected_statement" => self.redirected(node, items),
            "negated_command" | "ERROR" => items.extend(self.statements(children(node))),
            "if_statement" => self.branches(node, items),
            "case_statement" => self.cases(node, items),
            "while_statement" | "for_statement" | "c_style_for_statement" => {
                let body = self.body(node);
                items.push(Item::Loop { body, span });
            }
            "function_definition" => {
                let name = node.child_by_field_name("name").map(|name| self.slice(name.byte_range()).into());
                let body = self.body(node);
                items.extend(name.map(|name| Item::Function { name, body, span }));
            }
            "subshell" | "compound_statement" => {
                let body = Script { items: self.statements(children(node)) };
                items.push(Item::Group { body, subshell: node.kind() == "subshell", span });
            }
            _ => {}
        }
    }

    /// What the field `body` holds, brackets or `do` and `done` taken off.
    fn body(&mut self, node: Node<'_>) -> Script {
        let Some(body) = node.child_by_field_name("body") else { return Script::default() };
        let items = match body.kind() {
            "do_group" | "compound_statement" => self.statements(children(body)),
            _ => self.statements([body]),
        };
        Script { items }
    }

    fn command(&mut self, node: Node<'_>, items: &mut Vec<Item>) {
        let mut assignments = Vec::new();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let (mut start, mut end) = (node.start_byte(), node.start_byte());
        for child in children(node) {
            // Assignments alone on their line, which the grammar takes for the head of the next line's command.
            if ranges.is_empty() && !assignments.is_empty() && self.line_ends(end..child.start_byte()) {
                let alone = Command {
                    assignments: std::mem::take(&mut assignments),
                    words: Vec::new(),
                    background: false,
                    span: self.text.span(start..end),
                };
                items.push(Item::Command(alone));
                start = child.start_byte();
            }
            match child.kind() {
                "variable_assignment" => assignments.extend(self.assignment(child)),
                "file_redirect" => self.arguments_behind(child, &mut ranges),
                "heredoc_redirect" | "herestring_redirect" | "comment" => {}
                _ => ranges.push(child.byte_range()),
            }
            end = end.max(child.end_byte());
        }
        // Pieces that touch are one word.
        let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match joined.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => joined.push(range),
            }
        }
        let end = joined.last().map_or(end, |range| range.end);
        let words = joined.into_iter().map(|range| self.word(range)).collect();
        items.push(Item::Command(Command { assignments, words, background: false, span: self.text.span(start..end) }));
    }

    /// Whether a line ends in a range without being continued.
    fn line_ends(&self, range: Range<usize>) -> bool {
        self.slice(range).replace("\\\r\n", "").replace("\\\n", "").contains('\n')
    }

    fn word(&self, range: Range<usize>) -> Word {
        word::whole(self.text, range)
    }

    fn assignment(&self, node: Node<'_>) -> Option<(Box<str>, Word)> {
        let name = node.child_by_field_name("name").filter(|name| name.kind() == "variable_name")?;
        let value = node.child_by_field_name("value");
        let from = value.map_or(node.end_byte(), |value| value.start_byte());
        let adds = self.slice(name.end_byte()..from).starts_with("+=");
        let array = value.filter(|value| value.kind() == "array");
        let mut word = match array {
            Some(array) => {
                let items = children(array).into_iter().filter(|item| item.is_named() && item.kind() != "comment");
                let items = items.map(|item| self.word(item.byte_range())).collect();
                Word { parts: vec![Part::Items(items)], span: self.text.span(from..node.end_byte()), quoted: false }
            }
            None => self.word(from..node.end_byte()),
        };
        let name: Box<str> = self.slice(name.byte_range()).into();
        if adds {
            // `X+=y` is `X=${X-}y`, and `X+=(y)` is `X=("${X[@]}" y)`.
            let span = Span { end: word.span.start, ..word.span };
            let rest = |text: &str| Word { parts: vec![Part::Text(Mapped::verbatim(text, span))], span, quoted: true };
            let before = |fallback| Part::Variable { name: name.clone(), fallback: Some(fallback), span };
            match word.parts.first_mut() {
                Some(Part::Items(items)) => {
                    let parts = vec![before((Fallback::Other, rest("[@]")))];
                    items.insert(0, Word { parts, span, quoted: true });
                }
                _ => word.parts.insert(0, before((Fallback::DefaultIfUnset, rest("")))),
            }
        }
        Some((name, word))
    }

    /// The grammar gives a redirection all words up to the line's end; the first alone is its target.
    fn arguments_behind(&self, redirect: Node<'_>, ranges: &mut Vec<Range<usize>>) {
        let mut cursor = redirect.walk();
        ranges.extend(redirect.children_by_field_name("destination", &mut cursor).skip(1).map(|it| it.byte_range()));
    }

    fn list(&mut self, node: Node<'_>, items: &mut Vec<Item>) {
        // `a && b && c` leans to the left, as deep as it is long.
        let (mut parts, mut operators, mut at) = (Vec::new(), Vec::new(), node);
        loop {
            let nodes = children(at);
            let operator = nodes.iter().find_map(|child| operator(child.kind()));
            let (Some(operator), [left, .., right]) = (operator, nodes.as_slice()) else {
                parts.push(self.statements([at].into_iter().filter(|it| it.kind() != "list")));
                break;
            };
            parts.push(self.statements([*right]));
            operators.push(operator);
            if left.kind() != "list" {
                parts.push(self.statements([*left]));
                break;
            }
            at = *left;
        }
        parts.reverse();
        operators.reverse();
        // A part that could not be read leaves its operator behind.
        let mut flat: Vec<Item> = Vec::new();
        let mut between = Vec::new();
        for (nth, mut part) in parts.into_iter().enumerate() {
            if part.is_empty() {
                continue;
            }
            if !flat.is_empty() {
                between.push(operators.get(nth.saturating_sub(1)).copied().unwrap_or(Operator::And));
            }
            if part.len() == 1 {
                flat.append(&mut part);
            } else {
                flat.push(Item::Group { body: Script { items: part }, subshell: false, span: self.span(node) });
            }
        }
        push_list(items, flat, between, self.span(node));
    }

    fn redirected(&mut self, node: Node<'_>, items: &mut Vec<Item>) {
        let mut body = match node.child_by_field_name("body") {
            Some(body) => self.statements([body]),
            None => Vec::new(),
        };
        let mut behind = Vec::new();
        let mut ranges = Vec::new();
        for redirect in children(node) {
            match redirect.kind() {
                "file_redirect" => self.arguments_behind(redirect, &mut ranges),
                "heredoc_redirect" => {
                    // `cat <<EOF | next`, `cat <<EOF && next`: what follows stands inside the redirection.
                    let mut kind = None;
                    for child in children(redirect) {
                        match child.kind() {
                            "pipeline" => behind.push((Operator::Pipe, self.statements(children(child)))),
                            token if operator(token).is_some() => kind = operator(token),
                            _ if child.is_named() && kind.is_some() => {
                                behind.push((kind.take().unwrap_or(Operator::And), self.statements([child])));
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        let extra: Vec<Word> = ranges.into_iter().map(|range| self.word(range)).collect();
        if let Some(command) = body.last_mut().and_then(last_command) {
            command.span = extra.last().map_or(command.span, |word| command.span.cover(word.span));
            command.words.extend(extra);
        }
        if body.len() != 1 || behind.is_empty() {
            items.append(&mut body);
            return;
        }
        let mut operators = Vec::new();
        for (operator, parts) in behind {
            operators.extend(std::iter::repeat_n(operator, parts.len()));
            body.extend(parts);
        }
        push_list(items, body, operators, self.span(node));
    }

    fn branches(&mut self, node: Node<'_>, items: &mut Vec<Item>) {
        let mut branches = Vec::new();
        let mut nodes = Vec::new();
        for child in children(node) {
            match child.kind() {
                "elif_clause" | "else_clause" => {
                    let inner = children(child);
                    branches.extend(self.branch(&inner));
                }
                _ => nodes.push(child),
            }
        }
        branches.splice(0..0, self.branch(&nodes));
        items.push(Item::Branches { branches, span: self.span(node) });
    }

    /// `if … then …`, `elif … then …`, `else …`, as the nodes they are made of.
    fn branch(&mut self, nodes: &[Node<'_>]) -> Option<Branch> {
        let first = nodes.first()?;
        if first.kind() == "else" {
            let body = Script { items: self.statements(nodes.iter().copied().skip(1)) };
            return Some(Branch { condition: None, test: Test::Otherwise, body });
        }
        let then = nodes.iter().position(|node| node.kind() == "then").unwrap_or(nodes.len());
        let test = nodes.get(1..then).unwrap_or_default();
        let named = || test.iter().filter(|node| node.is_named());
        let range =
            named().next().map_or(0, |node| node.start_byte())..named().next_back().map_or(0, |node| node.end_byte());
        let condition = Some(self.slice(range).trim().into());
        let test = Test::Succeeds(Script { items: self.condition(test) });
        let body = Script { items: self.statements(nodes.iter().copied().skip(then + 1)) };
        Some(Branch { condition, test, body })
    }

    /// The statements of a condition; a command `!` stands before what it negates.
    fn condition(&mut self, nodes: &[Node<'_>]) -> Vec<Item> {
        let mut items = Vec::new();
        for node in nodes {
            if node.kind() == "negated_command" {
                let words = vec![self.word(node.start_byte()..(node.start_byte() + 1).min(node.end_byte()))];
                let span = self.span(*node);
                items.push(Item::Command(Command { assignments: Vec::new(), words, background: false, span }));
            }
            items.extend(self.statements([*node]));
        }
        items
    }

    fn cases(&mut self, node: Node<'_>, items: &mut Vec<Item>) {
        let Some(value) = node.child_by_field_name("value") else { return };
        let subject = self.word(value.byte_range());
        let mut branches = Vec::new();
        for item in children(node).into_iter().filter(|child| child.kind() == "case_item") {
            let nodes = children(item);
            let close = nodes.iter().position(|child| child.kind() == ")").unwrap_or(0);
            let head = nodes.get(..close).unwrap_or_default();
            let patterns: Vec<&Node<'_>> = head.iter().filter(|child| !matches!(child.kind(), "|" | "(")).collect();
            let texts: Vec<&str> = patterns.iter().map(|pattern| self.slice(pattern.byte_range())).collect();
            let subject_text = self.slice(value.byte_range()).trim_matches('"');
            let otherwise = texts.contains(&"*");
            let condition = (!otherwise).then(|| format!("{subject_text} is {}", texts.join("|")).into());
            let test = if otherwise {
                Test::Otherwise
            } else {
                let patterns = patterns.iter().map(|pattern| self.word(pattern.byte_range())).collect();
                Test::Matches { subject: subject.clone(), patterns }
            };
            let body = Script { items: self.statements(nodes.iter().copied().skip(close + 1)) };
            branches.push(Branch { condition, test, body });
        }
        items.push(Item::Branches { branches, span: self.span(node) });
    }
}

fn operator(kind: &str) -> Option<Operator> {
    match kind {
        "&&" => Some(Operator::And),
        "||" => Some(Operator::Or),
        _ => None,
    }
}

/// The parts as one list; alone, a part is no list.
fn push_list(items: &mut Vec<Item>, mut parts: Vec<Item>, operators: Vec<Operator>, span: Span) {
    if parts.len() < 2 {
        items.append(&mut parts);
    } else {
        items.push(Item::List { parts, operators, span });
    }
}

fn last_command(item: &mut Item) -> Option<&mut Command> {
    match item {
        Item::Command(command) => Some(command),
        Item::List { parts, .. } => parts.last_mut().and_then(last_command),
        _ => None,
    }
}
