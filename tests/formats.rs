//! Every format over one small run: what users see, byte for byte, and what programs can rely on.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail, and reads files")]

#[path = "formats/fake.rs"]
mod fake;

use plimsoll::report::{Style, concise, facts, github, graph, html, json, markdown, sarif, terminal};
use plimsoll::view::{Filter, View};
use proptest::strategy::Strategy;
use snapbox::assert_data_eq;

fn view() -> View {
    let report = fake::report();
    View { prefix: "backend/".into(), ..View::new(&report, &Filter::default()).with_facts(&report) }
}

/// What a printer prints.
fn printed(print: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    print(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn text() {
    let plain = Style { width: 90, detail: 2, color: false };
    assert_data_eq!(printed(|out| terminal::render(&view(), plain, out)), snapbox::file!["formats/text.txt"]);
    let colored = Style { width: 100, detail: 1, color: true };
    assert_data_eq!(printed(|out| terminal::render(&view(), colored, out)), snapbox::file!["formats/text.ansi"].raw());
}

#[test]
fn concise() {
    assert_data_eq!(printed(|out| concise::render(&view(), out)), snapbox::file!["formats/concise.txt"]);
}

#[test]
fn json() {
    assert_data_eq!(printed(|out| json::render(&view(), out)), snapbox::file!["formats/check.json"].raw());
}

#[test]
fn github() {
    assert_data_eq!(printed(|out| github::render(&view(), out)), snapbox::file!["formats/github.txt"]);
}

#[test]
fn sarif() {
    let text = printed(|out| sarif::render(&view(), out));
    assert_data_eq!(text, snapbox::file!["formats/sarif.json"].raw());
}

#[test]
fn markdown() {
    assert_data_eq!(printed(|out| markdown::render(&view(), out)), snapbox::file!["formats/audit.md"]);
}

#[test]
fn html() {
    let view = view().with_excerpts(&fake::report());
    assert_data_eq!(printed(|out| html::render(&view, out)), snapbox::file!["formats/audit.html": Text].raw());
}

#[test]
fn facts() {
    let plain = Style { width: 90, detail: 1, color: false };
    assert_data_eq!(printed(|out| facts::render(&view(), plain, out)), snapbox::file!["formats/facts.txt"]);
    assert_data_eq!(printed(|out| facts::render_files(&view(), plain, out)), snapbox::file!["formats/files.txt"]);
    assert_data_eq!(printed(|out| graph::render_mermaid(&view(), out)), snapbox::file!["formats/graph.mermaid"]);
    assert_data_eq!(printed(|out| facts::render_json(&view(), out)), snapbox::file!["formats/facts.json"].raw());
}

/// The schemas in the repository are those of the code; `SNAPSHOTS=overwrite` rewrites them.
#[test]
fn schemas() {
    let pretty = |schema: &schemars::Schema| serde_json::to_string_pretty(schema).unwrap() + "\n";
    assert_data_eq!(
        pretty(&json::schema()),
        snapbox::Data::read_from("schemas/check.schema.json".as_ref(), None).raw()
    );
    assert_data_eq!(
        pretty(&json::audit_schema()),
        snapbox::Data::read_from("schemas/audit.schema.json".as_ref(), None).raw()
    );
    assert_data_eq!(
        pretty(&facts::schema()),
        snapbox::Data::read_from("schemas/facts.schema.json".as_ref(), None).raw()
    );
}

#[test]
fn what_is_printed_holds_to_the_schemas() {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for (schema, print) in [
        (json::schema(), printed(|out| json::render(&view(), out))),
        (facts::schema(), printed(|out| facts::render_json(&view(), out))),
    ] {
        let validator = jsonschema::validator_for(&serde_json::to_value(schema).unwrap()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&parse(&print)).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn secrets_are_in_no_format() {
    let style = Style { width: 90, detail: 2, color: false };
    let all = [
        printed(|out| terminal::render(&view(), style, out)),
        printed(|out| concise::render(&view(), out)),
        printed(|out| json::render(&view(), out)),
        printed(|out| sarif::render(&view(), out)),
        printed(|out| github::render(&view(), out)),
        printed(|out| markdown::render(&view(), out)),
        printed(|out| facts::render(&view(), style, out)),
        printed(|out| facts::render_json(&view(), out)),
    ];
    for text in all {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

/// Two files' texts, and the places of labels: file, start, end.
fn hostile() -> impl Strategy<Value = (String, String, Vec<(u32, usize, usize)>)> {
    let piece = "([a-z\u{e9}\t ]{0,9}(\n|\r\n|\u{1b}|x://u:p@h|\u{feff})){0,6}[a-z]{0,300}";
    (piece, "[a-z\n]{0,40}", proptest::collection::vec((0u32..2, 0usize..400, 0usize..400), 1..6))
}

proptest::proptest! {
    // Whatever the files hold and wherever the labels lie, every printer prints.
    #[test]
    fn no_text_and_no_place_makes_a_printer_fail(run in hostile()) {
        let (first, second, places) = run;
        let report = fake::hostile(&[first, second], &places);
        let view = View::new(&report, &Filter::default());
        let style = Style { width: 80, detail: 2, color: true };
        printed(|out| terminal::render(&view, style, out));
        printed(|out| concise::render(&view, out));
        printed(|out| json::render(&view, out));
        printed(|out| sarif::render(&view, out));
        printed(|out| github::render(&view, out));
        printed(|out| markdown::render(&view, out));
    }
}
