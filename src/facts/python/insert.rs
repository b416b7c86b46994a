//! Places in a Python file where something could be written, told here because only here the text is at hand.

use serde::{Deserialize, Serialize};

use super::Module;
use crate::source::{SourceFile, Span};
use crate::stack::Slot;
use crate::syntax::python::{self, Call, Expr, ExprKind, Stmt, StmtKind};

/// Where something could be put, with what must stand before and behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insertion {
    /// The place.
    pub at: Span,
    /// What comes before.
    pub before: Box<str>,
    /// What comes behind.
    pub after: Box<str>,
    /// The quote that the file uses here: `"` or `'`.
    pub quote: char,
}

impl Insertion {
    /// The slot of an entry of a dict.
    pub fn entry(&self, key: &str) -> Slot {
        Slot::insert(self.at, format!("{}{q}{key}{q}: ", self.before, q = self.quote), self.after.clone())
    }

    /// The slot of a keyword argument.
    pub fn keyword(&self, name: &str) -> Slot {
        Slot::insert(self.at, format!("{}{name}=", self.before), self.after.clone())
    }

    /// The edit that writes `text`.
    pub fn edit(&self, text: &str) -> (Span, Box<str>) {
        (self.at, format!("{}{text}{}", self.before, self.after).into())
    }
}

/// Finds the insertions and the strings of a file: those outside of functions, and those of the calls that matter.
pub(super) fn read(file: &SourceFile, tree: &python::Module, module: &mut Module) {
    outside_functions(file, &tree.body, module);
    let calls = std::mem::take(&mut module.calls);
    for site in &calls {
        module.insertions.push((site.span, behind_last(file, site.call.parens, last_argument(&site.call))));
        let values = site.call.args.iter().chain(site.call.keywords.iter().map(|it| &it.value));
        values.for_each(|value| expression(file, value, module));
    }
    module.calls = calls;
    module.insertions.sort_by_key(|it| it.0);
    module.insertions.dedup_by_key(|it| it.0);
    module.contents.sort_by_key(|it| it.0);
    module.contents.dedup_by_key(|it| it.0);
    let single = module.contents.iter().filter(|it| file.slice(it.0).starts_with('\'')).count();
    module.quote = if single * 2 > module.contents.len() { '\'' } else { '"' };
    if !imports_os(&tree.body) {
        module.import_os = Some(import_os(file, tree));
    }
}

fn outside_functions(file: &SourceFile, body: &[Stmt], module: &mut Module) {
    for stmt in body {
        if matches!(&stmt.kind, StmtKind::Function(_)) {
            continue;
        }
        stmt.each_expr(&mut |expr| expression(file, expr, module));
        let mut bodies: Vec<&[Stmt]> = Vec::new();
        stmt.each_body(&mut |body| bodies.push(body));
        bodies.into_iter().for_each(|body| outside_functions(file, body, module));
    }
}

fn expression(file: &SourceFile, expr: &Expr, module: &mut Module) {
    expr.each_below(&mut |expr| match &expr.kind {
        ExprKind::Dict(items) => {
            let last = items.last().map(|(key, value)| (key.as_ref().unwrap_or(value).span, value.span));
            module.insertions.push((expr.span, behind_last(file, expr.span, last)));
        }
        ExprKind::Call(call) => {
            module.insertions.push((expr.span, behind_last(file, call.parens, last_argument(call))));
        }
        ExprKind::Str(text) => module.contents.extend(content(file, expr.span, text)),
        _ => {}
    });
}

fn last_argument(call: &Call) -> Option<(Span, Span)> {
    let args = call.args.iter().map(|it| (it.span, it.span));
    let keywords = call.keywords.iter().map(|it| (it.span, it.span));
    args.chain(keywords).max_by_key(|it| it.1.end)
}

/// The place behind the last item between brackets; the item by where it starts and where its value ends.
fn behind_last(file: &SourceFile, brackets: Span, last: Option<(Span, Span)>) -> Insertion {
    let quote = quote_of(file.slice(brackets));
    let Some((first, last)) = last else {
        let at = Span { start: brackets.start + 1, end: brackets.start + 1, ..brackets };
        return Insertion { at, before: "".into(), after: "".into(), quote };
    };
    let text = file.text();
    let close = (brackets.end as usize).saturating_sub(1);
    let (item_end, comma) = behind_parentheses(text, last.end as usize, close);
    let line = own_line(text, first.start as usize);
    let insert = |at: usize, before: String, after: &str| Insertion {
        at: Span { start: at as u32, end: at as u32, ..brackets },
        before: before.into(),
        after: after.into(),
        quote,
    };
    match (comma, line) {
        (Some(comma), Some(indent)) => {
            // Behind a comment that follows the comma, so that it stays with its item.
            let rest = text.get(comma + 1..close).unwrap_or("");
            let end = comma + 1 + rest.find(['\n', '\r']).unwrap_or(0);
            insert(end, format!("{}{indent}", file.newline()), ",")
        }
        (Some(comma), None) => insert(comma + 1, " ".into(), ","),
        (None, Some(indent)) => insert(item_end, format!(",{}{indent}", file.newline()), ""),
        (None, None) => insert(item_end, ", ".into(), ""),
    }
}

/// Where an item ends with the parentheses around it, and the comma behind it, if there is one.
fn behind_parentheses(text: &str, mut end: usize, close: usize) -> (usize, Option<usize>) {
    let mut at = end;
    while let Some(rest) = text.get(at..close) {
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        match trimmed.as_bytes().first() {
            Some(b',') => return (end, Some(at)),
            Some(b')') => {
                at += 1;
                end = at;
            }
            Some(b'#') => at += trimmed.find('\n').unwrap_or(trimmed.len()),
            Some(b'\\') => at += 1,
            _ => break,
        }
    }
    (end, None)
}

/// The indentation of what starts at `at`, when nothing but its own parentheses and stars stand before it on its line.
fn own_line(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    let before = &before[before.rfind('\n').map_or(0, |newline| newline + 1)..];
    let indent = before.trim_end_matches(['(', '*']);
    indent.chars().all(|it| it == ' ' || it == '\t').then_some(indent)
}

/// The quote that a text uses.
fn quote_of(text: &str) -> char {
    text.find(['"', '\'']).and_then(|at| text[at..].chars().next()).unwrap_or('"')
}

/// The place between the quotes of a string that stands in one piece and as it is meant.
fn content(file: &SourceFile, span: Span, text: &str) -> Option<(Span, Span)> {
    let literal = file.slice(span);
    let quotes = if literal.starts_with("\"\"\"") || literal.starts_with("'''") { 3 } else { 1 };
    let inner = literal.get(quotes..literal.len().checked_sub(quotes)?)?;
    let same = inner == text && literal.starts_with(['"', '\'']);
    let content = Span { start: span.start + quotes as u32, end: span.end.checked_sub(quotes as u32)?, ..span };
    same.then_some((span, content))
}

fn imports_os(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match &stmt.kind {
        StmtKind::Import(names) => names.iter().any(|it| &*it.name == "os" && it.alias.is_none()),
        _ => false,
    })
}

/// Above the first import that is not of `__future__`, else behind the docstring.
fn import_os(file: &SourceFile, tree: &python::Module) -> Insertion {
    let quote = '"';
    let newline = file.newline();
    let future = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::ImportFrom { module, .. } if &**module == "__future__");
    let is_import = |stmt: &&Stmt| matches!(stmt.kind, StmtKind::Import(_) | StmtKind::ImportFrom { .. });
    if let Some(first) = tree.body.iter().filter(is_import).find(|it| !future(it)) {
        let at = Span { end: first.span.start, ..first.span };
        return Insertion { at, before: "".into(), after: newline.into(), quote };
    }
    let docstring = tree.body.first().filter(|it| is_docstring(it));
    match tree.body.iter().rfind(|it| future(it)).or(docstring) {
        Some(above) => {
            let at = Span { start: above.span.end, ..above.span };
            Insertion { at, before: format!("{newline}{newline}").into(), after: "".into(), quote }
        }
        None => {
            let at = Span::at(file.id, file.bom());
            Insertion { at, before: "".into(), after: format!("{newline}{newline}").into(), quote }
        }
    }
}

fn is_docstring(stmt: &Stmt) -> bool {
    matches!(&stmt.kind, StmtKind::Expr(Expr { kind: ExprKind::Str(_), .. }))
}
