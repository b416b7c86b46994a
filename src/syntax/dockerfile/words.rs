//! A logical line to an instruction: its name, its flags, and its arguments by the form that the name asks for.

use std::ops::Range;

use super::lines::Line;
use super::{Arguments, Flag, Heredoc, Instruction, Spanned, SyntaxError};
use crate::source::Span;

const NAMES: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// Reads a logical line; [`None`] when its name is none that Docker knows.
pub(super) fn instruction(line: &Line, escape: char, errors: &mut Vec<SyntaxError>) -> Option<Instruction> {
    let mut reader = Reader { line, escape, errors };
    let mut rest = trim(&line.text, 0..line.text.len());
    let whole = line.span(rest.clone());
    let mut onbuild = false;
    loop {
        let name = first_word(&line.text, rest.clone());
        rest = trim(&line.text, name.end..rest.end);
        let upper = line.text.get(name.clone()).unwrap_or("").to_ascii_uppercase();
        if upper == "ONBUILD" && !onbuild {
            onbuild = true;
            continue;
        }
        let name_span = line.span(name);
        if !NAMES.contains(&upper.as_str()) {
            let message = format!("expected an instruction such as RUN or COPY, found `{upper}`");
            reader.errors.push(SyntaxError { span: name_span, message: message.into() });
            return None;
        }
        let (flags, rest) = reader.flags(rest);
        let arguments = reader.arguments(&upper, rest);
        return Some(Instruction {
            name: upper.into(),
            name_span,
            onbuild,
            flags,
            arguments,
            heredocs: Vec::new(),
            span: whole,
        });
    }
}

/// The heredocs that a line opens, in order; their contents are not known yet.
pub(super) fn heredocs(line: &Line) -> Vec<Heredoc> {
    if !line.text.contains("<<") {
        return Vec::new();
    }
    // As BuildKit does: where a quote is never closed there are no words, and so no heredocs.
    let Some(words) = shell_words(&line.text) else { return Vec::new() };
    words.into_iter().filter_map(|word| heredoc(&line.text[word.clone()], line.span(word))).collect()
}

/// `<<EOF`, `3<<-"EOF"`: a word that opens a heredoc.
fn heredoc(word: &str, span: Span) -> Option<Heredoc> {
    let (descriptor, rest) = word.split_once("<<")?;
    if !descriptor.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (chomp, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let name = expand(rest, '\\', None);
    Some(Heredoc {
        expand: name == rest,
        name: name.into(),
        content: span,
        chomp,
        descriptor: descriptor.parse().unwrap_or(0),
    })
}

struct Reader<'a> {
    line: &'a Line,
    escape: char,
    errors: &'a mut Vec<SyntaxError>,
}

impl Reader<'_> {
    fn text(&self, range: Range<usize>) -> &str {
        self.line.text.get(range).unwrap_or("")
    }

    fn spanned(&self, range: Range<usize>) -> Spanned<Box<str>> {
        Spanned::new(self.text(range.clone()).into(), self.line.span(range))
    }

    fn error(&mut self, range: Range<usize>, message: impl Into<Box<str>>) {
        self.errors.push(SyntaxError { span: self.line.span(range), message: message.into() });
    }

    /// The words in front that start with two dashes, and what is left behind them.
    fn flags(&self, mut rest: Range<usize>) -> (Vec<Flag>, Range<usize>) {
        let mut flags = Vec::new();
        while self.text(rest.clone()).starts_with("--") {
            let Some(word) = words(&self.line.text, rest.clone(), self.escape, 1).pop() else { break };
            rest = trim(&self.line.text, word.end..rest.end);
            let body = word.start + 2..word.end;
            if body.is_empty() {
                break;
            }
            let (name, value) = match self.text(body.clone()).find('=') {
                Some(at) => (body.start..body.start + at, Some(body.start + at + 1..body.end)),
                None => (body, None),
            };
            let value = value.map(|range| {
                let text = expand(self.text(range.clone()), self.escape, None);
                Spanned::new(text.into(), self.line.span(range))
            });
            flags.push((self.text(name).into(), value));
        }
        (flags, rest)
    }

    fn arguments(&mut self, name: &str, rest: Range<usize>) -> Arguments {
        match name {
            "RUN" | "CMD" | "ENTRYPOINT" | "SHELL" => {
                self.json(rest.clone()).unwrap_or_else(|| Arguments::Shell(self.line.span(rest)))
            }
            "COPY" | "ADD" | "VOLUME" => self.json(rest.clone()).unwrap_or_else(|| self.blank_parted(rest)),
            "ENV" | "LABEL" | "ARG" => self.pairs(name, rest),
            "HEALTHCHECK" => {
                let kind = first_word(&self.line.text, rest.clone());
                let command = trim(&self.line.text, kind.end..rest.end);
                self.json(command.clone()).unwrap_or_else(|| {
                    let parts = [kind, command].into_iter().filter(|part| !part.is_empty());
                    Arguments::Words(parts.map(|part| self.spanned(part)).collect())
                })
            }
            "USER" | "WORKDIR" | "STOPSIGNAL" | "MAINTAINER" => {
                Arguments::Words(if rest.is_empty() { Vec::new() } else { vec![self.spanned(rest)] })
            }
            "FROM" => {
                let words = self.blank_parted(rest.clone());
                let count = if let Arguments::Words(words) = &words { words.len() } else { 0 };
                if !matches!(count, 1 | 3) {
                    self.error(rest, format!("expected `FROM image` or `FROM image AS name`, found {count} words"));
                }
                words
            }
            _ => self.blank_parted(rest),
        }
    }

    fn blank_parted(&self, rest: Range<usize>) -> Arguments {
        let mut all = Vec::new();
        let mut rest = trim(&self.line.text, rest);
        while !rest.is_empty() {
            let word = first_word(&self.line.text, rest.clone());
            rest = trim(&self.line.text, word.end..rest.end);
            all.push(self.spanned(word));
        }
        Arguments::Words(all)
    }

    /// `NAME=value …`, or the old form `NAME the rest of the line`.
    fn pairs(&mut self, instruction: &str, rest: Range<usize>) -> Arguments {
        let all = words(&self.line.text, rest.clone(), self.escape, usize::MAX);
        let mut pairs = Vec::new();
        let Some(first) = all.first().cloned() else { return Arguments::Pairs(pairs) };
        if instruction != "ARG" && !self.text(first.clone()).contains('=') {
            let name = first_word(&self.line.text, rest.clone());
            let value = trim(&self.line.text, name.end..rest.end);
            if value.is_empty() {
                self.error(name, format!("expected a value behind the name in {instruction}"));
            } else {
                // The old form keeps quotes: what stands there is the value.
                pairs.push((self.spanned(name), Some(self.spanned(value))));
            }
            return Arguments::Pairs(pairs);
        }
        for word in all {
            match self.text(word.clone()).find('=') {
                Some(at) => {
                    let name = self.spanned(word.start..word.start + at);
                    let value = word.start + at + 1..word.end;
                    let text = expand(self.text(value.clone()), self.escape, None);
                    pairs.push((name, Some(Spanned::new(text.into(), self.line.span(value)))));
                }
                None if instruction == "ARG" => pairs.push((self.spanned(word), None)),
                None => {
                    let message =
                        format!("expected `name=value` in {instruction}, found `{}`", self.text(word.clone()));
                    self.error(word, message);
                }
            }
        }
        Arguments::Pairs(pairs)
    }

    /// A list of strings. What follows its bracket is ignored, as BuildKit does. A list of other things is an error and
    /// an empty list; what is no JSON is none.
    fn json(&mut self, rest: Range<usize>) -> Option<Arguments> {
        let text = self.text(rest.clone());
        if !text.starts_with('[') {
            return None;
        }
        if let Some((items, end)) = strings(text) {
            let at = |range: Range<usize>| self.line.span(rest.start + range.start..rest.start + range.end);
            let items = items.into_iter().map(|(item, range)| Spanned::new(item, at(range))).collect();
            return Some(Arguments::Json { items, span: at(0..end) });
        }
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Vec<serde_json::Value>>();
        values.next()?.ok()?;
        let span = self.line.span(rest.clone());
        self.error(rest, "expected only strings in the list");
        Some(Arguments::Json { items: Vec::new(), span })
    }
}

/// The strings of a JSON list at the head of a text, each with its range, and where the list ends.
#[allow(clippy::type_complexity, reason = "strings with their places, once")]
fn strings(text: &str) -> Option<(Vec<(Box<str>, Range<usize>)>, usize)> {
    let bytes = text.as_bytes();
    let blank = |mut at: usize| {
        while bytes.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            at += 1;
        }
        at
    };
    let mut items = Vec::new();
    let mut at = blank(1);
    if bytes.get(at) == Some(&b']') {
        return Some((items, at + 1));
    }
    loop {
        let start = at;
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        at += 1;
        while *bytes.get(at)? != b'"' {
            at += if bytes[at] == b'\\' { 2 } else { 1 };
        }
        at += 1;
        let item: String = serde_json::from_str(text.get(start..at)?).ok()?;
        items.push((item.into(), start..at));
        at = blank(at);
        match bytes.get(at)? {
            b',' => at = blank(at + 1),
            b']' => return Some((items, at + 1)),
            _ => return None,
        }
    }
}

/// The range without blanks at its ends.
fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = text.get(range.clone()).unwrap_or("");
    let start = range.start + (slice.len() - slice.trim_start().len());
    start..start + slice.trim().len()
}

/// The range up to the first blank.
fn first_word(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = text.get(range.clone()).unwrap_or("");
    range.start..range.start + slice.find(char::is_whitespace).unwrap_or(slice.len())
}

/// The first `most` words of a range: parted by blanks that neither quotes nor the escape hide.
fn words(text: &str, range: Range<usize>, escape: char, most: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = text.get(range.clone()).unwrap_or("").char_indices();
    while let Some((at, c)) = chars.next() {
        let at = range.start + at;
        match quote {
            None if c.is_whitespace() => {
                if let Some(start) = start.take() {
                    found.push(start..at);
                    if found.len() == most {
                        return found;
                    }
                }
                continue;
            }
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            _ if c == escape && quote != Some('\'') => {
                chars.next();
            }
            _ => {}
        }
        start.get_or_insert(at);
    }
    if let Some(start) = start {
        found.push(start..range.end);
    }
    found
}

/// The words of a line as a shell parts them; none when a quote is never closed.
fn shell_words(text: &str) -> Option<Vec<Range<usize>>> {
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            _ if c == '\\' && quote != Some('\'') => {
                chars.next();
            }
            _ => {}
        }
    }
    quote.is_none().then(|| words(text, 0..text.len(), '\\', usize::MAX))
}

/// Gives the value of a variable.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<Box<str>>;

/// A word with quotes and escapes taken off and, given the variables' values, with those put in (`$NAME`, `${NAME}`,
/// `${NAME:-word}`, `${NAME:+word}`); one without a value becomes empty. Without `lookup` variables stay as written.
pub fn expand(word: &str, escape: char, lookup: Option<Lookup<'_>>) -> String {
    let mut out = String::with_capacity(word.len());
    expand_into(&mut out, word, escape, lookup, 0);
    out
}

fn expand_into(out: &mut String, word: &str, escape: char, lookup: Option<Lookup<'_>>, depth: usize) {
    let mut quote = None;
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match quote {
            Some(open) if c == open => quote = None,
            Some('\'') => out.push(c),
            None if c == '\'' || c == '"' => quote = Some(c),
            _ if c == escape => {
                let Some(next) = rest.chars().next() else { continue };
                rest = &rest[next.len_utf8()..];
                if quote.is_some() && !matches!(next, '"' | '$') && next != escape {
                    out.push(c);
                }
                out.push(next);
            }
            _ => match lookup.filter(|_| c == '$' && depth < 8).and_then(|lookup| Some((lookup, variable(rest)?))) {
                Some((lookup, variable)) => {
                    rest = &rest[variable.len..];
                    let value = lookup(variable.name);
                    let empty = value.as_ref().is_none_or(|value| value.is_empty());
                    match (variable.operator, value) {
                        (":-", _) if empty => expand_into(out, variable.word, escape, Some(lookup), depth + 1),
                        ("-", None) => expand_into(out, variable.word, escape, Some(lookup), depth + 1),
                        (":+", _) if !empty => expand_into(out, variable.word, escape, Some(lookup), depth + 1),
                        ("+", Some(_)) => expand_into(out, variable.word, escape, Some(lookup), depth + 1),
                        (":+" | "+", _) => {}
                        (_, value) => out.push_str(value.as_deref().unwrap_or("")),
                    }
                }
                None => out.push(c),
            },
        }
    }
}

/// What follows a `$`.
struct Variable<'a> {
    name: &'a str,
    operator: &'a str,
    word: &'a str,
    len: usize,
}

fn variable(text: &str) -> Option<Variable<'_>> {
    let name_of = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let Some(inner) = text.strip_prefix('{') else {
        let len = name_of(text);
        return (len > 0).then(|| Variable { name: &text[..len], operator: "", word: "", len });
    };
    let mut depth = 1;
    let close = inner.char_indices().find_map(|(at, c)| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        (depth == 0).then_some(at)
    })?;
    let (body, name) = (&inner[..close], name_of(&inner[..close]));
    let operator = [":-", ":+", "-", "+"].into_iter().find(|operator| body[name..].starts_with(operator)).unwrap_or("");
    Some(Variable { name: &body[..name], operator, word: &body[name + operator.len()..], len: close + 2 })
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_lose_quotes_and_take_values() {
        let lookup = |name: &str| (name == "TAG").then(|| Box::from("3.12"));
        let expand = |word| super::expand(word, '\\', Some(&lookup));
        assert_eq!(expand("python:\"${TAG}\"-slim"), "python:3.12-slim");
        assert_eq!(expand("'$TAG' \\$TAG $TAG"), "$TAG $TAG 3.12");
        assert_eq!(expand("${NONE:-a${TAG}}|${TAG:+b}|${NONE:+c}|$NONE|${"), "a3.12|b|||${");
        assert_eq!(super::expand("\"a\\b\\\"c\" $X", '\\', None), "a\\b\"c $X");
    }
}
