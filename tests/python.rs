//! A second opinion on Python: an independent grammar must see the same calls, keyword arguments, loops, definitions
//! and assignments at the same bytes.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use plimsoll::source::{FileId, SourceFile, Span, WalkOptions, walk};
use plimsoll::syntax::python::{ExprKind, StmtKind, parse};

/// What was seen, and from where to where.
type Seen = BTreeSet<(&'static str, u32, u32)>;

fn ours(file: &SourceFile) -> Seen {
    let parsed = parse(file);
    assert_eq!(parsed.errors, [], "{}", file.path);
    let mut seen = Seen::new();
    let mut add = |what, span: Span| {
        seen.insert((what, span.start, span.end));
    };
    for stmt in &parsed.tree.body {
        stmt.each_below(&mut |stmt| {
            match &stmt.kind {
                StmtKind::Function(it) => add("function", it.span),
                StmtKind::Class(it) => {
                    add("class", it.span);
                    it.keywords.iter().filter(|it| it.name.is_some()).for_each(|it| add("keyword", it.span));
                }
                StmtKind::For { .. } => add("for", stmt.span),
                StmtKind::Assign { targets, .. } if targets.len() == 1 => add("assign", stmt.span),
                StmtKind::AnnAssign { .. } => add("assign", stmt.span),
                StmtKind::AugAssign { .. } => add("augmented", stmt.span),
                _ => {}
            }
            stmt.each_expr(&mut |expr| {
                expr.each_below(&mut |expr| {
                    if let ExprKind::Call(call) = &expr.kind {
                        add("call", expr.span);
                        call.keywords.iter().filter(|it| it.name.is_some()).for_each(|it| add("keyword", it.span));
                    }
                });
            });
        });
    }
    seen
}

fn theirs(text: &str) -> Seen {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_python::LANGUAGE.into()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    let mut seen = Seen::new();
    let mut todo = vec![tree.root_node()];
    while let Some(node) = todo.pop() {
        assert!(!node.is_error() && !node.is_missing(), "{node:?}");
        let what = match node.kind() {
            "call" => Some("call"),
            "keyword_argument" => Some("keyword"),
            "for_statement" => Some("for"),
            "function_definition" => Some("function"),
            "class_definition" => Some("class"),
            "augmented_assignment" => Some("augmented"),
            "assignment" => {
                let chained = |it: Option<tree_sitter::Node>| it.is_some_and(|it| it.kind() == "assignment");
                (!chained(node.child_by_field_name("right")) && !chained(node.parent())).then_some("assign")
            }
            _ => None,
        };
        if let Some(what) = what {
            seen.insert((what, node.start_byte() as u32, node.end_byte() as u32));
        }
        for at in 0..node.child_count() {
            let child = node.child(at).unwrap();
            // What our tree leaves out on purpose: the message of an assertion, the cause of an exception, how an
            // f-string formats.
            let left_out = match node.kind() {
                "assert_statement" => at > 1,
                "raise_statement" => node.field_name_for_child(at) == Some("cause"),
                _ => child.kind() == "format_specifier",
            };
            if !left_out {
                todo.push(child);
            }
        }
    }
    seen
}

fn compare(file: &SourceFile) -> usize {
    let (ours, theirs) = (ours(file), theirs(file.text()));
    let show = |it: &(&str, u32, u32)| format!("{} {:?}", it.0, file.text().get(it.1 as usize..it.2 as usize));
    let missing: Vec<_> = theirs.difference(&ours).map(show).collect();
    let extra: Vec<_> = ours.difference(&theirs).map(show).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{}: not seen {missing:#?}, not there {extra:#?}", file.path);
    ours.len()
}

#[test]
fn the_fixtures_are_read_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let found = walk(&root, &WalkOptions::default()).unwrap();
    let seen: usize = found.sources.iter().filter(|file| file.path.ends_with(".py")).map(compare).sum();
    assert!(seen > 500, "only {seen} nodes compared");
}

#[test]
fn every_kind_of_statement_is_read_alike() {
    for text in [KINDS, &KINDS.replace('\n', "\r\n")] {
        assert!(compare(&SourceFile::new(FileId(0), "kinds.py", PathBuf::new(), text)) > 60);
    }
}

const KINDS: &str = r#"
from .base import *
import os.path as p, sys

@decorated(1, key="x")
# a comment between
@also
class Böse(Base, metaclass=Meta, **more):
    """Ünïcode: f(x)."""
    a: int = field(default=3)
    b: list[str]
    c = d = make()

    async def run(self, /, x=call(1), *args, y: T = z(), **kw) -> R[f()]:
        async with open(a) as f, g(b):
            async for row in rows(x, limit=10):
                yield await go(row)
        for i, (j, k) in enumerate(items()): print(i, end="")
        else:
            done()
        while test(): step()
        else: nope()
        return (yield from other())

if (n := count(a)) > 3 and not check(b, flag=True):
    x = f"{name(1)} {y!r} {z:>{width}}" "tail" f'{w(key="v")}'
elif a if b(c) else d(e): pass
else: DATABASES["default"]["CONN_MAX_AGE"] += int(os.environ.get("AGE", "0"))

try:
    go(*args, **{"a": one(), **two()})
except (A, b(c)) as error:
    raise Wrong(error) from cause
finally:
    del x[y(1):z(2):3]
squares = [f(x) for x in g() if h(x) for y in x]
pairs = {k(a): v(b) for a, b in items()}
unique = {s(i) for i in t()}
total = sum(f(i) for i in u())
call_me = lambda a, b=c(): d(a)(b)[e()].f(g=1)
match command.split():
    case [first, *rest] if guard(first): act(first)
    case {"key": value}: act(value)
assert check(x), message
global_ = -f(x) ** ~g(y) @ h(z)
a.b.c[0] = x, = y(),
"#;
