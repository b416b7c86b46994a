//! Every format over one small run: what users see, byte for byte, and what programs can rely on.

#[path = "formats/fake.rs"]
mod fake;

use plimsoll::report::{Style, concise, github, json, terminal};
use plimsoll::view::{Filter, View};
use snapbox::{assert_data_eq, file};

fn view() -> View {
    View { prefix: "backend/".into(), ..View::new(&fake::report(), &Filter::default()) }
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
    assert_data_eq!(printed(|out| terminal::render(&view(), plain, out)), file!["formats/text.txt"]);
    let colored = Style { width: 100, detail: 1, color: true };
    assert_data_eq!(printed(|out| terminal::render(&view(), colored, out)), file!["formats/text.term.svg"]);
}

#[test]
fn concise() {
    assert_data_eq!(printed(|out| concise::render(&view(), out)), file!["formats/concise.txt"]);
}

#[test]
fn json() {
    assert_data_eq!(printed(|out| json::render(&view(), out)), file!["formats/check.json"].raw());
}

#[test]
fn github() {
    assert_data_eq!(printed(|out| github::render(&view(), out)), file!["formats/github.txt"]);
}
