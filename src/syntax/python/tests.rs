use std::path::PathBuf;

use super::*;
use crate::source::FileId;

fn file(text: &str) -> SourceFile {
    SourceFile::new(FileId(0), "app.py", PathBuf::new(), text)
}

fn only(text: &str) -> Stmt {
    let parsed = parse(&file(text));
    assert_eq!(parsed.errors, []);
    assert_eq!(parsed.tree.body.len(), 1, "{text}");
    parsed.tree.body.into_iter().next().unwrap()
}

fn value(text: &str) -> Expr {
    match only(text).kind {
        StmtKind::Expr(expr) | StmtKind::Assign { value: expr, .. } => expr,
        other => panic!("{other:?}"),
    }
}

#[test]
fn spans_are_bytes_of_the_file_with_bom_and_crlf() {
    let text = "\u{feff}# ümlaut\r\nx = f(\"é\", size=5)\r\n";
    let file = file(text);
    let parsed = parse(&file);
    assert_eq!(parsed.errors, []);
    assert_eq!(parsed.tree.comments.iter().map(|it| file.slice(*it)).collect::<Vec<_>>(), ["# ümlaut"]);
    let StmtKind::Assign { value, .. } = &parsed.tree.body[0].kind else { panic!() };
    let call = value.call().unwrap();
    assert_eq!(file.slice(value.span), "f(\"é\", size=5)");
    assert_eq!(file.slice(call.parens), "(\"é\", size=5)");
    assert_eq!(call.args[0].str(), Some("é"));
    assert_eq!(file.slice(call.keywords[0].span), "size=5");
    assert_eq!(file.slice(call.keywords[0].name.as_ref().unwrap().span), "size");
    assert_eq!(call.keyword("size").unwrap().kind, ExprKind::Int(Some(5)));
}

#[test]
fn definitions_start_at_their_word_and_statements_at_the_decorator() {
    let text = "@one\n# why\n@two(3)  # so\nasync def f(a, /, b: int = 1, *rest, c=2, **more) -> str:\n    pass\n";
    let file = file(text);
    let stmt = &parse(&file).tree.body[0];
    assert!(file.slice(stmt.span).starts_with("@one"));
    let StmtKind::Function(function) = &stmt.kind else { panic!() };
    assert!(file.slice(function.span).starts_with("async def f("), "{}", file.slice(function.span));
    assert!(function.is_async);
    let params: Vec<_> = function.params.iter().map(|it| (&*it.name, file.slice(it.span))).collect();
    assert_eq!(params, [("a", "a"), ("b", "b: int = 1"), ("*rest", "*rest"), ("c", "c=2"), ("**more", "**more")]);
    assert_eq!(function.decorators.iter().map(|it| file.slice(it.span)).collect::<Vec<_>>(), ["one", "two(3)"]);
}

#[test]
fn strings_are_joined_and_fstrings_keep_their_pieces() {
    assert_eq!(value("('a'\n 'b\\n')").kind, ExprKind::Str("ab\n".into()));
    let ExprKind::FString(parts) = value("f'{user!r}:{port:>{w}}@' 'h' f'/{db}'").kind else { panic!() };
    let words: Vec<String> = parts
        .iter()
        .map(|part| match part {
            FPart::Text(text) => text.to_string(),
            FPart::Expr(expr) => format!("<{}>", expr.dotted().unwrap()),
        })
        .collect();
    assert_eq!(words, ["<user>", ":", "<port>", "@h/", "<db>"]);
}

#[test]
fn a_branch_has_its_condition_and_else_has_none() {
    let StmtKind::If(branches) = only("if a:\n  x\nelif b:\n  y\nelse:\n  z\n").kind else { panic!() };
    let tests: Vec<_> =
        branches.iter().map(|(test, body)| (test.as_ref().and_then(Expr::dotted), body.len())).collect();
    assert_eq!(tests, [(Some("a".into()), 1), (Some("b".into()), 1), (None, 1)]);
}

#[test]
fn numbers_that_do_not_fit_are_kept_as_numbers() {
    assert_eq!(value("99999999999999999999").kind, ExprKind::Int(None));
    assert_eq!(value("0x10").kind, ExprKind::Int(Some(16)));
    assert_eq!(value("1_000").kind, ExprKind::Int(Some(1000)));
    assert_eq!(value("2j").kind, ExprKind::Other);
}

#[test]
fn what_stands_around_an_error_is_kept() {
    let parsed = parse(&file("a = 1\nb = = 2\ndef f(:\n  pass\nc = 3\n"));
    assert!(!parsed.errors.is_empty());
    let names: Vec<_> = parsed
        .tree
        .body
        .iter()
        .filter_map(|stmt| match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets[0].dotted(),
            StmtKind::Function(it) => Some(it.name.value.to_string()),
            _ => None,
        })
        .collect();
    assert!(names.contains(&"a".into()) && names.contains(&"f".into()) && names.contains(&"c".into()), "{names:?}");
    assert!(parsed.errors[0].message.starts_with(|c: char| c.is_lowercase()), "{}", parsed.errors[0].message);
}

/// Whatever the parser's tree is like, walking ours takes little stack: threads of a test have 2 MiB.
#[test]
fn nothing_nests_too_deep() {
    let n = 10_000;
    let deep = [
        format!("x = {}1{}", "(".repeat(n), ")".repeat(n)),
        format!("x = {}1{}", "[".repeat(n), "]".repeat(n)),
        format!("x = {}1{}", "{0:".repeat(n), "}".repeat(n)),
        format!("x = {}", "f(".repeat(n)),
        format!("x = f{}", "()".repeat(n)),
        format!("x = a{}", ".b".repeat(n)),
        format!("x = a{}", "[0]".repeat(n)),
        format!("x = 1{}", " + 1".repeat(n)),
        format!("x = 1{}", " ** 1".repeat(n)),
        format!("x = {}1", "-".repeat(n)),
        format!("x = {}1", "not ".repeat(n)),
        format!("x = {}1", "lambda: ".repeat(n)),
        format!("x = {}1", "a if b else ".repeat(n)),
        format!("x = {}1", "await ".repeat(n)),
        format!("{}x = 1", "async ".repeat(n)),
        format!("{}x = 1", "*".repeat(n)),
        format!("{}a{} = 1", "[".repeat(n), "]".repeat(n)),
        format!("for {}a{} in x: pass", "[*".repeat(n), "]".repeat(n)),
        format!("del {}a", "(".repeat(n)),
        format!("x = {}", "f'{".repeat(n)),
        format!("x: {}int", "list[".repeat(n)),
        format!("match x:\n  case {}:\n    pass", "[".repeat(n)),
        format!("with {}: pass", "(".repeat(n)),
        format!("{}pass", (0..1500).map(|i| format!("{}if a:\n", " ".repeat(i))).collect::<String>()),
        format!("if a:\n  x\n{}", "elif b:\n  y\n".repeat(n)),
        format!("x = 1{}", "\n\"\"\"\ndef \"\"\" +\\\n 1".repeat(n)),
    ];
    for text in deep {
        let parsed = parse(&file(&text));
        let copy = parsed.tree.clone();
        assert_eq!(copy, parsed.tree);
    }
}

#[test]
fn a_chain_of_ordinary_length_is_read_whole() {
    let text = format!("x = 'a'{}", " + 'b'".repeat(150));
    assert_eq!(parse(&file(&text)).errors, []);
    let text = format!("x = 'a'{}", " + 'b'".repeat(250));
    let parsed = parse(&file(&text));
    assert_eq!(&*parsed.errors[0].message, "expected code, found more than 200 levels of nesting");
    assert_eq!(parsed.tree.body.len(), 1);
}

#[test]
fn megabytes_of_brackets_are_refused_before_they_cost() {
    let parsed = parse(&file(&"(".repeat(3_000_000)));
    assert_eq!(&*parsed.errors[0].message, "expected code, found more than 2000 levels of nesting");
    let long = format!("X = [\n{}]\n", "    f(1 + 2),\n".repeat(20_000));
    assert_eq!(parse(&file(&long)).errors, []);
}
