//! The hard YAML cases: what is read of each, and that every span shows what it says.

#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::path::PathBuf;

use plimsoll::source::{FileId, SourceFile};
use plimsoll::syntax::Parsed;
use plimsoll::syntax::yaml::{self, Node, Style, Value, Yaml};

fn case(name: &str) -> SourceFile {
    let path = format!("{}/tests/syntax-cases/yaml/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    SourceFile::new(FileId(0), name, PathBuf::new(), std::fs::read_to_string(path).unwrap())
}

fn read(name: &str) -> (SourceFile, Parsed<Yaml>) {
    let file = case(name);
    let parsed = yaml::parse(&file);
    (file, parsed)
}

/// The tree in one line, by its values.
fn show(node: &Node) -> String {
    match &node.value {
        Value::Scalar { text, style: Style::Plain } => text.to_string(),
        Value::Scalar { text, .. } => format!("{text:?}"),
        Value::List { items, .. } => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Map { entries, .. } => {
            let entries: Vec<_> = entries.iter().map(|(key, node)| format!("{}: {}", key.value, show(node))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn shown(name: &str) -> (Vec<String>, Vec<(usize, String)>) {
    let (file, parsed) = read(name);
    let errors = parsed.errors.iter().map(|e| (file.position(e.span.start as usize).line, e.message.to_string()));
    (parsed.tree.documents.iter().map(show).collect(), errors.collect())
}

#[track_caller]
fn expect(name: &str, documents: &[&str], errors: &[(usize, &str)]) {
    let (found, wrong) = shown(name);
    assert_eq!(found, documents);
    assert_eq!(wrong, errors.iter().map(|(line, text)| (*line, text.to_string())).collect::<Vec<_>>());
}

#[test]
fn reads_what_is_there() {
    expect("anchorkey", &["{a: 1, 1: 2}"], &[]);
    expect(
        "block",
        &["{services: {web: {command: \"bash -c \\\"a && b\\\"\\n\", entrypoint: \"x\\ny\", image: z}}}"],
        &[],
    );
    expect("bom", &["{services: {web: {image: nginx}}}"], &[]);
    expect("composetags", &["{services: {web: {ports: [], image: nginx, environment: null}}}"], &[]);
    expect("crlf", &["{services: {web: {image: nginx:1.25, ports: [\"80:80\"]}}}"], &[]);
    expect("empty", &[], &[]);
    expect("emptyvals", &["{services: {web: {image: x, volumes: }}, volumes: {data: , b: {}}}"], &[]);
    expect("flowinterp", &["{services: {web: {command: [\"a\", \"--x=${Y}\", {a: b}]}}}"], &[]);
    expect(
        "merge",
        &["{x-base: {restart: always, logging: {driver: json-file}}, services: \
           {a: {image: x, restart: always, logging: {driver: json-file}}, \
           b: {logging: {driver: json-file}, restart: always, image: y}}}"],
        &[],
    );
    expect("multi", &["{a: 1}", "{b: 2}", "{c: 3}"], &[]);
    expect("quest", &["{complex: v, [a, b]: w}"], &[]);
    expect("tabsep", &["{services: {web: {image: nginx, x: a}}}"], &[]);
    expect("y11", &["{a: yes, b: no, c: on, d: 0644, e: 0o644, f: 22:22, g: 1e3, h: .5, i: ~, j: 2001-01-01}"], &[]);
}

#[test]
fn keeps_what_was_read_before_an_error() {
    expect(
        "dupkey",
        &["{services: {web: {image: b, ports: [\"80:80\"]}}}"],
        &[(5, "expected each key once, found `image` again")],
    );
    expect("jinja", &["{services: {web: {image: {{ image }: }}}}"], &[(4, "unexpected character: `%'")]);
    expect("tab", &["{services: {}}"], &[(3, "tabs disallowed within this context (block indentation)")]);
    expect("unclosed", &["{services: {web: {}}}"], &[(4, "invalid indentation in multiline quoted scalar")]);
}

#[test]
fn has_an_end() {
    let deep = [(1, "expected nesting of at most 200 levels, found more")];
    expect("deep", &[], &deep);
    expect("deepmap", &[], &deep);
    let (_, errors) = shown("bomb");
    assert_eq!(errors, [(6, "expected aliases that make at most 200000 nodes, found more".to_string())]);

    let long = format!("a: {}", "x".repeat(yaml::MOST_BYTES));
    let parsed = yaml::parse(&SourceFile::new(FileId(0), "long.yaml", PathBuf::new(), long));
    assert_eq!(&*parsed.errors[0].message, "expected at most 4 MiB of YAML, found 4194307 bytes");

    // A chain of anchors is as deep as it is long, with each line as flat as the last.
    let chain: String = (1..5000).map(|at| format!("k{at}: &a{at} [*a{}]\n", at - 1)).collect();
    let parsed = yaml::parse(&SourceFile::new(FileId(0), "chain.yaml", PathBuf::new(), format!("k0: &a0 x\n{chain}")));
    assert_eq!(parsed.errors.len(), 1);
}

/// Every scalar's span, with its quotes, is what is written of it, and its mapped text leads back to it.
fn check(node: &Node, file: &SourceFile, seen: &mut usize) {
    match &node.value {
        Value::Scalar { text, style } => {
            let written = file.slice(node.span);
            match style {
                Style::Plain => assert_eq!(written, &**text),
                Style::Single => assert_eq!(written, format!("'{text}'")),
                Style::Double => assert_eq!(written, format!("\"{text}\"")),
                Style::Block => assert!(written.starts_with(['|', '>']) && !written.ends_with('\n'), "{written:?}"),
            }
            let mapped = node.mapped(file).unwrap();
            for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
                assert_eq!(file.slice(mapped.span(at..at + c.len_utf8())), c.to_string());
                *seen += 1;
            }
        }
        _ => {
            node.items().iter().for_each(|item| check(item, file, seen));
            node.entries().for_each(|(key, item)| {
                let written = file.slice(key.span);
                assert!(written == &*key.value || written.trim_matches('"') == &*key.value || written.starts_with('*'));
                check(item, file, seen);
            });
        }
    }
}

#[test]
fn spans_show_what_they_say() {
    let names = [
        "anchorkey",
        "block",
        "bom",
        "bomb",
        "composetags",
        "crlf",
        "dupkey",
        "emptyvals",
        "flowinterp",
        "jinja",
        "merge",
        "multi",
        "nonascii",
        "tab",
        "tabsep",
        "tmpl",
        "unclosed",
        "y11",
    ];
    let mut seen = 0;
    for name in names {
        let (file, parsed) = read(name);
        parsed.tree.documents.iter().for_each(|root| check(root, &file, &mut seen));
    }
    assert!(seen > 400, "{seen} characters");
}

#[test]
fn knows_by_which_alias_a_value_came() {
    let (file, parsed) = read("merge");
    let by = |path: &[&str]| -> Vec<String> {
        let node = path.iter().fold(&parsed.tree.documents[0], |node, key| node.get(key).unwrap());
        node.by
            .iter()
            .map(|span| format!("{}@{}", file.slice(*span), file.position(span.start as usize).line))
            .collect()
    };
    assert_eq!(by(&["services", "a", "restart"]), ["*base@6"]);
    assert_eq!(by(&["services", "a", "logging", "driver"]), ["*base@6"]);
    assert_eq!(by(&["services", "b", "restart"]), ["*base@9"]);
    assert_eq!(by(&["services", "b", "logging", "driver"]), ["*log@10"]);
    assert_eq!(by(&["services", "b", "image"]), Vec::<String>::new());
}

#[test]
fn collections_end_with_their_last_value() {
    let (file, parsed) = read("merge");
    let root = &parsed.tree.documents[0];
    let slice = |path: &[&str]| {
        let node = path.iter().fold(root, |node, key| node.get(key).unwrap());
        file.slice(node.span).to_string()
    };
    assert_eq!(slice(&["services", "a"]), "<<: *base\n    image: x");
    assert_eq!(slice(&["services", "b"]), "<<: [*base, {image: y}]\n    logging: *log");
    assert_eq!(slice(&["x-base", "logging"]), "{driver: json-file}");

    let (file, parsed) = read("crlf");
    let ports = parsed.tree.documents[0].get("services").unwrap().get("web").unwrap().get("ports").unwrap();
    assert_eq!(file.slice(ports.span), "- \"80:80\"");

    let text = "a: !t &x-y # -\n- - b\n- c\nd:\n  - e\n";
    let file = SourceFile::new(FileId(0), "a.yaml", PathBuf::new(), text);
    let parsed = yaml::parse(&file);
    let list = |key: &str| file.slice(parsed.tree.documents[0].get(key).unwrap().span);
    assert_eq!((list("a"), list("d")), ("- - b\n- c", "- e"));

    let (file, parsed) = read("emptyvals");
    let empty = parsed.tree.documents[0].get("services").unwrap().get("web").unwrap().get("volumes").unwrap();
    assert!(empty.is_null());
    assert!(file.text()[..empty.span.start as usize].ends_with("volumes:"));
}

#[test]
fn comments_are_kept() {
    let (file, parsed) = read("nonascii");
    let comments: Vec<_> = parsed.tree.comments.iter().map(|span| file.slice(*span)).collect();
    assert_eq!(comments, ["# Überschrift — ünïcödé 日本語", "# café", "# ключ"]);
}

#[test]
fn a_part_of_a_file_has_the_files_places() {
    let text = "---\ntitle: \"é\"\nfor: db\n---\nProse: not read\n";
    let file = SourceFile::new(FileId(3), "rule.md", PathBuf::new(), text);
    let parsed = yaml::parse_range(&file, 4..text.find("---\nProse").unwrap());
    assert_eq!(parsed.errors, []);
    let node = parsed.tree.documents[0].get("for").unwrap();
    assert_eq!((file.slice(node.span), node.span.file), ("db", FileId(3)));
}

/// A scalar whose text cannot be followed, and is as long as what is written for it.
#[test]
fn a_text_that_is_not_followed_has_places_on_characters() {
    for text in
        ["|\n- \r\n\u{feff}", "|\n- \r\n\u{feff}é", "- |\n\n  é\r\n x", "|\n- \r\né\t# c", "a: >-\n é\n\r\n  é\n"]
    {
        let file = SourceFile::new(FileId(0), "any.yaml", PathBuf::new(), text);
        yaml::parse(&file).tree.documents.iter().for_each(|root| within(root, &file));
    }
}

proptest::proptest! {
    /// Whatever stands in a file, it is read to the end, and all places lie within it.
    #[test]
    fn any_text_is_read(parts in proptest::collection::vec(
        proptest::sample::select(vec![
            "a", "é", ": ", ":", "\n", "\r\n", "  ", "\t", "- ", "? ", "'", "\"", "\\", "{", "}", "[", "]", ", ", "# c", "|",
            ">-", "&x ", "*x", "<<: ", "!t ", "---\n", "...\n", "%", "$", "\u{feff}",
        ]),
        0..40,
    )) {
        let file = SourceFile::new(FileId(0), "any.yaml", PathBuf::new(), parts.concat());
        let parsed = yaml::parse(&file);
        for error in &parsed.errors {
            assert!(file.text().get(error.span.range()).is_some());
        }
        parsed.tree.documents.iter().for_each(|root| within(root, &file));
    }
}

fn within(node: &Node, file: &SourceFile) {
    assert!(file.text().get(node.span.range()).is_some());
    if let Some(mapped) = node.mapped(file) {
        for (at, c) in mapped.text.char_indices() {
            assert!(file.text().get(mapped.span(at..at + c.len_utf8()).range()).is_some());
        }
    }
    node.items().iter().for_each(|item| within(item, file));
    node.entries().for_each(|(key, item)| {
        assert!(file.text().get(key.span.range()).is_some());
        within(item, file);
    });
}
