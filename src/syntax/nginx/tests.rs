use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::source::FileId;

fn file(text: &str) -> SourceFile {
    SourceFile::new(FileId(0), "nginx.conf", PathBuf::new(), text)
}

/// The tree as one line: words in brackets, blocks in braces.
fn shape(items: &[Directive]) -> String {
    let each = items.iter().map(|it| {
        let words: String = it.args.iter().map(|word| format!(" [{}]", word.text)).collect();
        match &it.block {
            None => format!("{}{words};", it.name.text),
            Some(block) if block.lua => format!("{}{words}<lua>", it.name.text),
            Some(block) => format!("{}{words}{{{}}}", it.name.text, shape(&block.items)),
        }
    });
    each.collect::<Vec<_>>().join(" ")
}

fn read(text: &str) -> (String, Vec<String>) {
    let parsed = parse(&file(text));
    let errors = parsed.errors.iter().map(|error| format!("{}: {}", error.span.start, error.message)).collect();
    (shape(&parsed.tree.items), errors)
}

fn fine(text: &str) -> String {
    let (shape, errors) = read(text);
    assert_eq!(errors, Vec::<String>::new(), "{text}");
    shape
}

#[test]
fn blocks_and_words() {
    assert_eq!(fine("http {\n  server { listen 80; } # end\n}\n"), "http{server{listen [80];}}");
    assert_eq!(fine("a{b c;}"), "a{b [c];}");
    assert_eq!(fine(""), "");
}

#[test]
fn braces_of_variables_do_not_open_blocks() {
    assert_eq!(fine("proxy_pass http://${host}:${PORT}/x;"), "proxy_pass [http://${host}:${PORT}/x];");
    assert_eq!(fine("listen ${PORT};"), "listen [${PORT}];");
    assert_eq!(fine("location ~ ^/a{b;}"), "location [~] [^/a]{b;}");
}

#[test]
fn quotes_open_at_the_start_of_a_word_only() {
    assert_eq!(fine(r#"a "b c;{}" 'd"e';"#), r#"a [b c;{}] [d"e];"#);
    assert_eq!(fine(r#"a b"c;"#), r#"a [b"c];"#);
    assert_eq!(fine(r#"if ($x = "y") { b; }"#), "if [($x] [=] [y] [)]{b;}");
    assert_eq!(fine("a \"${x}\";"), "a [${x}];");
    let (shape, errors) = read(r#"a "b"c;"#);
    assert_eq!(shape, "a [b] [c];");
    assert_eq!(errors, [r#"5: expected a blank, ";", "{" or ")" after a quoted word, found "c""#]);
}

#[test]
fn backslashes() {
    assert_eq!(fine(r#"a \;b c\ d "e\"f" \n\x\\;"#), "a [\\;b] [c\\ d] [e\"f] [\n\\x\\];");
    assert_eq!(fine(r"location ~ \.php$ { }"), r"location [~] [\.php$]{}");
    assert_eq!(fine("a \\é;"), "a [\\é];");
}

#[test]
fn comments_start_at_words_only() {
    assert_eq!(fine("a b#c; # d { ;\n#e\nf;"), "a [b#c]; f;");
    let parsed = parse(&file("a; # b\r\n#c"));
    let comments: Vec<_> = parsed.tree.comments.iter().map(|span| span.range()).collect();
    assert_eq!(comments, [3..6, 8..10]);
}

#[test]
fn a_brace_closes_only_as_a_word_of_its_own() {
    assert_eq!(fine("a b};"), "a [b}];");
    let (shape, errors) = read("a { b c }\nd;");
    assert_eq!(shape, "a{b [c];} d;");
    assert_eq!(errors, [r#"8: expected ";" or "{" after "b", found "}""#]);
}

#[test]
fn lua_is_skipped() {
    let text =
        "location / { content_by_lua_block { local t = {a = '}'} -- }\n x = [[ } ]] --[=[ } ]=] y = \"\\\"}\" } }\nb;";
    assert_eq!(fine(text), "location [/]{content_by_lua_block<lua>} b;");
    let (shape, errors) = read("init_by_lua_block { {");
    assert_eq!(shape, "init_by_lua_block<lua>");
    assert_eq!(errors, ["18: expected \"}\" after the Lua code, found the end of the file"]);
}

#[test]
fn reading_goes_on_after_an_error() {
    let (shape, errors) = read("; a; } b { c; { d; } e; ");
    assert_eq!(shape, "a; b{c; e;}");
    assert_eq!(
        errors,
        [
            "0: expected a directive, found \";\"",
            "5: expected a directive, found \"}\" that closes no block",
            "9: expected \"}\" to close \"b\", found the end of the file",
            "14: expected a directive, found \"{\"",
        ]
    );
    let (shape, errors) = read("a \"b;\nc d;\ne f;\n");
    assert_eq!(shape, "a [b;] [c] [d]; e [f];");
    assert_eq!(errors, ["2: expected a closing quote, found none"]);
    let (shape, errors) = read("a \"b;\nc \"d\";\ne;");
    assert_eq!(shape, "a [b;] [c] [d]; e;");
    assert_eq!(errors, ["2: expected a closing quote, found none"]);
}

#[test]
fn places_are_exact() {
    let text = "\u{feff}http {\r\n  gzip \"on\";\r\n}\r\n";
    let source = file(text);
    let tree = parse(&source).tree;
    let http = &tree.items[0];
    assert_eq!(source.slice(http.span), "http {\r\n  gzip \"on\";\r\n}");
    let gzip = &http.items()[0];
    assert_eq!(source.slice(gzip.span), "gzip \"on\";");
    assert_eq!(source.slice(gzip.args[0].span), "\"on\"");
    assert_eq!(gzip.arg(0), Some("on"));
}

#[test]
fn templates_of_other_languages_are_one_line() {
    for text in ["server {\n listen {{ port }};\n}", "{% if x %}\na;\n{% endif %}", "listen <%= port %>;"] {
        let (shape, errors) = read(text);
        assert_eq!(shape, "");
        assert_eq!(errors.len(), 1, "{text}");
        assert!(errors[0].ends_with("not read: a template, to be filled in first"));
    }
    assert_eq!(fine("# {{ old }}\nlog_format j '{\"a\":{\"b\":\"$c\"}}';"), "log_format [j] [{\"a\":{\"b\":\"$c\"}}];");
}

#[test]
fn depth_and_length_have_an_end() {
    let deep = format!("{}{}z;", "a {".repeat(100_000), "}".repeat(100_000));
    let parsed = parse(&file(&deep));
    assert_eq!(parsed.errors.len(), 1);
    assert_eq!(parsed.tree.items.len(), 2);
    let long = format!("a {};", "x".repeat(5000));
    assert_eq!(read(&long).1, ["2: expected a word of at most 4096 bytes, found 5000"]);
}

fn spans_lie_within(items: &[Directive], within: Span) {
    let mut last = within.start;
    for item in items {
        assert!(within.contains(item.span) && item.span.start >= last);
        last = item.span.end;
        for word in std::iter::once(&item.name).chain(&item.args) {
            assert!(item.span.contains(word.span));
        }
        if let Some(block) = &item.block {
            assert!(item.span.contains(block.open) && item.span.contains(block.close));
            spans_lie_within(&block.items, Span { start: block.open.end, end: block.close.start, ..block.open });
        }
    }
}

#[test]
fn a_backslash_at_the_end_of_lua_is_the_end() {
    let text = "_by_lua_block{'\\";
    let source = file(text);
    let parsed = parse(&source);
    assert!(!parsed.errors.is_empty());
    assert!(parsed.errors.iter().all(|error| error.span.end as usize <= text.len()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        let parsed = parse(&file(&text));
        prop_assert!(parsed.errors.iter().all(|error| text.get(error.span.range()).is_some()));
    }

    #[test]
    fn spans_of_any_soup_lie_in_their_blocks(text in "([a-z{};\"'#$\\\\ \n\r\t)é]|_by_lua_block|\\[\\[)*") {
        let source = file(&text);
        let parsed = parse(&source);
        spans_lie_within(&parsed.tree.items, source.span(0..text.len()));
        prop_assert!(parsed.errors.iter().all(|error| text.get(error.span.range()).is_some()));
    }
}
