//! Where and how directives are put into a file, and taken out of one.

use crate::source::{SourceFile, Span};
use crate::syntax::nginx::{Block, Directive};

/// An edit of a writer: what is replaced, and by what.
pub(super) type Edit = (Span, Box<str>);

/// The blanks at the start of the line that holds a byte.
fn indent(file: &SourceFile, at: usize) -> &str {
    let line = file.line(file.line_of(at));
    let line = line.trim_start_matches('\u{feff}');
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Whether a byte is the first of its line but for blanks.
fn starts_line(file: &SourceFile, at: usize) -> bool {
    let line = file.line_range(file.line_of(at));
    file.text().get(line.start..at).is_some_and(|before| before.trim_start_matches('\u{feff}').trim().is_empty())
}

/// What stands on a line behind a byte, its ending not included.
fn rest_of_line(file: &SourceFile, at: usize) -> &str {
    let end = file.line_range(file.line_of(at)).end;
    file.text().get(at..end).unwrap_or("").trim_end_matches(['\n', '\r'])
}

/// Whether what follows on the line is a comment, or nothing.
fn ends_line(file: &SourceFile, at: usize) -> bool {
    let rest = rest_of_line(file, at).trim_start();
    rest.is_empty() || rest.starts_with('#')
}

/// The blanks before a directive of this block.
fn indent_within(file: &SourceFile, block: &Block) -> String {
    let own_line = block.items.iter().find(|item| starts_line(file, item.span.start as usize));
    if let Some(item) = own_line {
        return indent(file, item.span.start as usize).to_owned();
    }
    let outer = indent(file, block.open.start as usize);
    let step = if outer.starts_with('\t') { "\t" } else { "    " };
    format!("{outer}{step}")
}

/// Puts lines behind a directive of this block, or, with [`None`], behind its opening brace.
pub(super) fn insert(file: &SourceFile, block: &Block, after: Option<&Directive>, lines: &[&str]) -> Edit {
    let indent_here = indent_within(file, block);
    let newline = file.newline();
    let from = after.map_or(block.open.end, |item| item.span.end) as usize;
    let at = if ends_line(file, from) { from + rest_of_line(file, from).len() } else { from };
    let mut text: String =
        lines.iter().map(|line| format!("{newline}{}{line}", unless_empty(line, &indent_here))).collect();
    if at == from && !rest_of_line(file, from).is_empty() {
        // Something else of the block follows on the same line.
        let closes = block.close.start as usize >= from && rest_of_line(file, from).trim_start().starts_with('}');
        let next = if closes { indent(file, block.open.start as usize) } else { &indent_here };
        text.push_str(newline);
        text.push_str(next);
        let blanks = rest_of_line(file, from).len() - rest_of_line(file, from).trim_start().len();
        return (file.span(from..from + blanks), text.into());
    }
    (file.span(at..at), text.into())
}

/// Puts lines behind a directive, at its own indentation.
pub(super) fn insert_after(file: &SourceFile, after: &Directive, lines: &[&str]) -> Edit {
    let end = after.span.end as usize;
    let at = if ends_line(file, end) { end + rest_of_line(file, end).len() } else { end };
    let blanks = indent(file, after.span.start as usize);
    let text: String = lines.iter().map(|line| format!("{}{blanks}{line}", file.newline())).collect();
    (file.span(at..at), text.into())
}

/// Puts lines before a directive, at its own indentation.
pub(super) fn insert_before(file: &SourceFile, before: &Directive, lines: &[&str]) -> Edit {
    let start = before.span.start as usize;
    let blanks = if starts_line(file, start) { indent(file, start) } else { "" };
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).copied().unwrap_or("the directive");
        text.extend([line, file.newline(), unless_empty(next, blanks)]);
    }
    (file.span(start..start), text.into())
}

/// The blanks before a line, for one that has something in it.
fn unless_empty<'b>(line: &str, blanks: &'b str) -> &'b str {
    if line.is_empty() { "" } else { blanks }
}

/// Takes a directive out, with its line when nothing but a comment stands beside it.
pub(super) fn delete(file: &SourceFile, directive: &Directive) -> Edit {
    let (start, end) = (directive.span.start as usize, directive.span.end as usize);
    if starts_line(file, start) && ends_line(file, end) {
        let (first, last) = (file.line_of(start), file.line_of(end));
        let from = file.line_range(first).start.max(file.bom());
        let is_blank = |line: usize| !file.line_range(line).is_empty() && file.line(line).trim().is_empty();
        // Of two empty lines that would meet one goes, too.
        let until = if first > 0 && is_blank(first - 1) && is_blank(last + 1) { last + 1 } else { last };
        return (file.span(from..file.line_range(until).end), "".into());
    }
    (file.span(with_blanks_before(file, start)..end), "".into())
}

/// Takes a word out, with the blanks before it.
pub(super) fn delete_word(file: &SourceFile, word: Span) -> Edit {
    (file.span(with_blanks_before(file, word.start as usize)..word.end as usize), "".into())
}

fn with_blanks_before(file: &SourceFile, at: usize) -> usize {
    file.text().get(..at).map_or(at, |before| before.trim_end_matches([' ', '\t']).len())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::{Edit as Change, FileId, apply};
    use crate::syntax::nginx::parse;

    fn changed(text: &str, edit: impl Fn(&SourceFile, &Directive) -> Edit) -> String {
        let file = SourceFile::new(FileId(0), "nginx.conf", PathBuf::new(), text);
        let tree = parse(&file).tree;
        let (span, with) = edit(&file, &tree.items[0]);
        apply(text, &[Change::replace(span, with)]).unwrap()
    }

    fn block(item: &Directive) -> &Block {
        item.block.as_ref().unwrap()
    }

    #[test]
    fn lines_go_in_as_the_file_has_them() {
        let behind_first =
            |file: &SourceFile, item: &Directive| insert(file, block(item), item.items().first(), &["x;", "y;"]);
        assert_eq!(changed("a {\n  b; # c\n  d;\n}\n", behind_first), "a {\n  b; # c\n  x;\n  y;\n  d;\n}\n");
        assert_eq!(changed("a {\r\n\tb;\r\n}", behind_first), "a {\r\n\tb;\r\n\tx;\r\n\ty;\r\n}");
        assert_eq!(changed("a { b; }", behind_first), "a { b;\n    x;\n    y;\n}");
        assert_eq!(changed("a { b; c; }", behind_first), "a { b;\n    x;\n    y;\n    c; }");
        assert_eq!(changed("a {}", behind_first), "a {\n    x;\n    y;\n}");
        assert_eq!(changed("a { # c\n}", behind_first), "a { # c\n    x;\n    y;\n}");
    }

    #[test]
    fn lines_go_in_before() {
        assert_eq!(changed("  a;\n", |file, item| insert_before(file, item, &["x;"])), "  x;\n  a;\n");
        assert_eq!(changed("  a;\n", |file, item| insert_before(file, item, &["x;", ""])), "  x;\n\n  a;\n");
        assert_eq!(changed("\u{feff}a;", |file, item| insert_before(file, item, &["x;"])), "\u{feff}x;\na;");
    }

    #[test]
    fn directives_go_out_with_their_line() {
        let first = |file: &SourceFile, item: &Directive| delete(file, &item.items()[0]);
        assert_eq!(changed("a {\n  b; # c\n  d;\n}\n", first), "a {\n  d;\n}\n");
        assert_eq!(changed("a {\n  b;\n\n  d;\n}\n", first), "a {\n\n  d;\n}\n");
        assert_eq!(changed("a {\n\n  b;\n\n  d;\n}\n", first), "a {\n\n  d;\n}\n");
        assert_eq!(changed("a { b; c; }", first), "a { c; }");
        assert_eq!(changed("a {\n  b; c;\n}", first), "a {\n c;\n}");
        assert_eq!(changed("a {\n  b\n   c;\n}", first), "a {\n}");
        assert_eq!(changed("a b=1 c;", |file, item| delete_word(file, item.args[0].span)), "a c;");
    }
}
