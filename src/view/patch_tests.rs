use std::path::PathBuf;
use std::process::Command;

use super::*;
use crate::source::{SourceFile, Span};

fn sources(files: &[(&str, &str)]) -> Sources {
    let file =
        |(at, (path, text)): (usize, &(&str, &str))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text);
    Sources::new(files.iter().enumerate().map(file).collect())
}

fn fix(rule: &str, file: u32, start: usize, end: usize, text: &str) -> Applied {
    Applied { rule: rule.into(), edits: vec![Edit::replace(Span::new(FileId(file), start, end), text)] }
}

#[test]
fn hunks_name_the_rules_that_wrote_them_over_rounds() {
    let text: String = (0..30).map(|n| format!("line {n:02}\n")).collect();
    let sources = sources(&[("a", &text)]);
    let rounds = vec![
        vec![fix("x/late", 0, 8 * 20, 8 * 20 + 4, "LATE"), fix("x/early", 0, 8, 8, "new\nnew\n")],
        vec![fix("x/second", 0, 8 * 22 + 8, 8 * 22 + 8, "more\n")],
    ];
    let patch = Patch::new(&sources, &rounds).unwrap();
    let headings: Vec<String> = patch.changes[0].hunks().into_iter().map(|hunk| hunk.heading).collect();
    assert_eq!(headings, ["x/early", "x/late, x/second"]);
}

#[test]
fn edits_that_undo_each_other_are_no_change() {
    let sources = sources(&[("a", "x\n")]);
    let rounds = vec![vec![fix("a/b", 0, 0, 1, "y")], vec![fix("a/c", 0, 0, 1, "x")]];
    assert_eq!(Patch::new(&sources, &rounds).unwrap().changes, []);
    let overlap = vec![vec![fix("a/b", 0, 0, 1, "y"), fix("a/c", 0, 0, 2, "x")]];
    assert!(Patch::new(&sources, &overlap).is_err());
}

#[test]
fn the_same_edit_of_two_fixes_is_made_once() {
    let sources = sources(&[("a", "x\n")]);
    let rounds = vec![vec![fix("a/b", 0, 2, 2, "y\n"), fix("a/c", 0, 2, 2, "y\n")]];
    let patch = Patch::new(&sources, &rounds).unwrap();
    assert_eq!(patch.changes[0].new, "x\ny\n");
    assert_eq!(patch.changes[0].hunks()[0].heading, "a/b, a/c");
}

#[test]
fn what_would_show_a_secret_is_left_out_and_said() {
    let sources = sources(&[("a.env", "PASSWORD=x\n"), ("b", "1\n")]);
    let rounds = vec![vec![fix("a/b", 0, 9, 10, "y"), fix("a/b", 1, 0, 1, "2")]];
    let (text, left_out) = Patch::new(&sources, &rounds).unwrap().unified("");
    assert_eq!(text, "--- a/b\n+++ b/b\n@@ -1 +1 @@ a/b\n-1\n+2\n");
    assert_eq!(left_out, ["a.env".into()]);
}

/// What git makes of the patch must be byte for byte what was meant.
#[test]
fn git_applies_it_in_the_top_folder_and_below() {
    let long: String = (0..30).map(|n| format!("line {n:02}\n")).collect();
    let files: &[(&str, &str)] = &[
        ("a b.conf", "one\ntwo"),
        ("crlf.conf", "http {\r\n}\r\nend\r\n"),
        ("deep/é.yml", "a: 1\nPASSWORD: x\nb: 2\nc: 3\nPASSWORD: y\nd: 4\n"),
        ("empty", ""),
        ("long", &long),
    ];
    let sources = sources(files);
    let rounds = vec![
        vec![
            fix("a/a", 0, 4, 7, "2"),
            fix("a/b", 1, 8, 8, "  gzip on;\r\n"),
            fix("a/c", 2, 17, 17, "x: 0\n"),
            fix("a/d", 3, 0, 0, "now\n"),
            fix("a/e", 4, 0, 8, ""),
            fix("a/f", 4, 8 * 29, 8 * 29 + 7, "end"),
        ],
        vec![fix("a/g", 4, 8 * 14, 8 * 14, "middle\n")],
    ];
    let patch = Patch::new(&sources, &rounds).unwrap();
    for below in ["", "sub/folder/"] {
        let top = tempfile::tempdir().unwrap();
        let git = |folder: &std::path::Path, arguments: &[&str]| {
            let output = Command::new("git").args(arguments).current_dir(folder).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        git(top.path(), &["init", "-q"]);
        let folder = top.path().join(below);
        for file in sources.iter() {
            let disk = folder.join(&*file.path);
            std::fs::create_dir_all(disk.parent().unwrap()).unwrap();
            std::fs::write(disk, file.text()).unwrap();
        }
        let (text, left_out) = patch.unified("");
        assert_eq!(left_out, [] as [Box<str>; 0]);
        assert!(!text.contains("PASSWORD"), "{text}");
        std::fs::write(top.path().join("patch"), &text).unwrap();
        let file = top.path().join("patch");
        git(&folder, &["apply", "--whitespace=nowarn", file.to_str().unwrap()]);
        for change in &patch.changes {
            assert_eq!(std::fs::read_to_string(folder.join(&*change.path)).unwrap(), change.new, "{}", change.path);
        }
    }
}
