//! The sample repositories, whole: what plimsoll says of each stands beside it in `fixtures/<name>.expected`, and what
//! it would change is applied, compared byte for byte, and audited again.
//!
//! `SNAPSHOTS=overwrite cargo test --test repos` rewrites what is expected; the diff is reviewed by reading.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test sets its files up itself, and fails loudly"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use snapbox::{Data, assert_data_eq};

/// What the program prints, with its exit code.
fn plimsoll(arguments: &[&str], folder: &Path) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .output()
        .expect("plimsoll starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("panicked"), "{errors}");
    (String::from_utf8(output.stdout).expect("the output is UTF-8"), output.status.code().unwrap_or(-1))
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every file below a folder, by its path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("the folder can be listed").flatten() {
            let path = entry.path();
            if path.is_dir() {
                if entry.file_name() != ".git" {
                    open.push(path);
                }
            } else {
                let name = path.strip_prefix(folder).expect("below").to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read(&path).expect("the file can be read"));
            }
        }
    }
    found
}

/// A copy of a fixture in a folder of its own.
fn copy(name: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder");
    for (path, content) in files(&fixtures().join(name)) {
        let target = copy.path().join(path);
        fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
        fs::write(target, content).expect("a file");
    }
    copy
}

fn git(folder: &Path, arguments: &[&str], input: Option<&str>) {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("git starts");
    child.stdin.take().expect("a pipe").write_all(input.unwrap_or_default().as_bytes()).expect("git reads");
    let output = child.wait_with_output().expect("git ends");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The findings of a JSON report as `rule anchor`, with whether one of their fixes would be applied.
fn findings(json: &str) -> BTreeMap<String, bool> {
    let report: serde_json::Value = serde_json::from_str(json).expect("the JSON report is JSON");
    let rows = report["findings"].as_array().expect("findings");
    rows.iter()
        .map(|row| {
            let applied =
                row["fixes"].as_array().is_some_and(|fixes| fixes.iter().any(|it| it["applicability"] != "display"));
            (format!("{} {}", row["rule"].as_str().unwrap_or("?"), row["anchor"].as_str().unwrap_or("?")), applied)
        })
        .collect()
}

/// A page opens from itself alone: it loads nothing, has no script, names each place once, and its links arrive.
fn assert_sound(page: &str) {
    let all = |pattern: &str| -> Vec<String> {
        let pattern = regex::Regex::new(pattern).expect("a pattern");
        pattern.captures_iter(page).map(|found| found[1].to_owned()).collect()
    };
    let ids = all(r#"\sid="([^"]*)""#);
    let mut once = ids.clone();
    once.sort();
    once.dedup();
    assert_eq!(ids.len(), once.len(), "two places have one name");
    for link in all(r##"href="([^"]*)""##) {
        let target = link.strip_prefix('#').unwrap_or_else(|| panic!("{link} leaves the page"));
        assert!(ids.iter().any(|id| id == target), "{link} leads nowhere");
    }
    for name in all(r#"aria-labelledby="([^"]*)""#).iter().flat_map(|names| names.split(' ')) {
        assert!(ids.iter().any(|id| id == name), "{name} names nothing");
    }
    for (what, pattern) in [
        ("a script", "(<script)"),
        ("a source", r"(\ssrc=)"),
        ("a style from elsewhere", r"(?s)(<link|<style>[^<]*(?:url\(|@import))"),
    ] {
        assert_eq!(all(pattern), [""; 0], "{what}");
    }
    assert!(!page.contains("NaN") && !page.contains("=\"inf\""), "a drawing has a number that is none");
    let depth = |tag: &str| all(&format!("(<{tag}[ >])")).len() as i64 - all(&format!("(</{tag}>)")).len() as i64;
    for tag in [
        "section", "article", "details", "figure", "table", "tbody", "tr", "td", "th", "div", "pre", "ul", "p", "svg",
        "a", "span",
    ] {
        assert_eq!(depth(tag), 0, "<{tag}> is not closed as often as it is opened");
    }
}

fn whole(name: &str) {
    let root = fixtures();
    let expected = |file: &str| Data::read_from(&root.join(format!("{name}.expected")).join(file), None);

    let (text, code) = plimsoll(&["check", name], &root);
    assert_data_eq!(format!("{text}exit code {code}\n"), expected("check.txt").raw());
    let (json, _) = plimsoll(&["check", name, "--format", "json"], &root);
    assert_data_eq!(json.clone(), expected("check.json").raw());
    let (report, code) = plimsoll(&["audit", name], &root);
    assert_eq!(code, 0);
    assert_data_eq!(report, expected("report.md").raw());
    let (page, code) = plimsoll(&["audit", name, "--format", "html"], &root);
    assert_eq!(code, 0);
    assert_sound(&page);
    let (facts, code) = plimsoll(&["facts", name], &root);
    assert_eq!(code, 0);
    assert_data_eq!(facts, expected("facts.txt").raw());

    let here = copy(name);
    let (diff, _) = plimsoll(&["check", ".", "--diff", "--unsafe-fixes"], here.path());
    assert_data_eq!(diff.clone(), expected("fix.diff").raw());
    if diff.trim().is_empty() {
        return;
    }

    // The patch and `--fix` come to the same bytes, and change nothing but what the patch names.
    let by_patch = copy(name);
    git(by_patch.path(), &["init", "-q"], None);
    git(by_patch.path(), &["apply", "--whitespace=nowarn", "-"], Some(&diff));
    plimsoll(&["check", ".", "--fix", "--unsafe-fixes"], here.path());
    let (patched, fixed, original) = (files(by_patch.path()), files(here.path()), files(&root.join(name)));
    assert!(patched == fixed, "the patch and --fix differ in {:?}", differing(&patched, &fixed));
    for (path, content) in &original {
        let named = diff.contains(&format!("--- a/{path}"));
        assert_eq!(named, fixed.get(path) != Some(content), "{path} is named by the patch exactly when it changes");
    }

    // What the fixes were for is gone, but for what one of them made a fix no longer hold (a setting that is too much
    // beside another), and a second run has nothing to change.
    let before = findings(&json);
    let (json, _) = plimsoll(&["check", ".", "--format", "json"], here.path());
    let after = findings(&json);
    let offered = before.iter().filter(|(_, offered)| **offered);
    let (left, gone): (Vec<_>, Vec<_>) = offered.partition(|(finding, _)| after.contains_key(*finding));
    assert!(gone.len() > left.len(), "{left:?} are still there after their fixes");
    for (finding, _) in left {
        assert_eq!(after.get(finding), Some(&false), "{finding} is still there, and its fix is still offered");
    }
    let (diff, _) = plimsoll(&["check", ".", "--diff", "--unsafe-fixes"], here.path());
    assert_eq!(diff, "", "a second run has nothing to change");
}

fn differing(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    a.iter().filter(|(path, content)| b.get(*path) != Some(content)).map(|(path, _)| path.clone()).collect()
}

macro_rules! repositories {
    ($($name:ident = $folder:literal),* $(,)?) => { $(
        #[test]
        fn $name() {
            whole($folder);
        }
    )* };
}

repositories! {
    wingman = "wingman",
    wingman_as_advised = "wingman-as-advised",
    capsules = "capsules",
    hospital = "hospital",
    hospital_as_advised = "hospital-as-advised",
    sound = "sound",
}

/// Ways to deploy, a small folder each: what is believed of it, what is found, and what would be changed.
#[test]
fn deployments() {
    let root = fixtures().join("deployments");
    let expected = fixtures().join("deployments.expected");
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the folder can be listed").flatten();
        let mut names: Vec<String> = entries.map(|it| it.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    for name in names(&root) {
        let mut said = String::new();
        for arguments in [&["facts"][..], &["check", "--format", "concise"], &["check", "--diff", "--unsafe-fixes"]] {
            let (text, _) = plimsoll(&[arguments, &[name.as_str()]].concat(), &root);
            said.push_str(&format!("$ plimsoll {} {name}\n{text}\n", arguments.join(" ")));
        }
        assert!(!said.contains("not-to-be-shown"), "{name} prints a secret");
        assert_data_eq!(said, Data::read_from(&expected.join(format!("{name}.txt")), None).raw());
    }
    let mut kept: Vec<String> = names(&expected).iter().map(|it| it.trim_end_matches(".txt").to_owned()).collect();
    kept.sort();
    assert_eq!(kept, names(&root), "what is expected is expected of a folder that is there");
}

/// A whole stack with nothing wrong: silence, and at least forty rules that apply and hold.
#[test]
fn a_sound_stack_passes_forty_rules() {
    let (text, code) = plimsoll(&["check", "sound", "--format", "json"], &fixtures());
    assert_eq!(code, 0);
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(0));
    let passed = report["rules"]
        .as_array()
        .expect("the rules with their outcomes")
        .iter()
        .filter(|rule| rule["passed"].as_u64() > Some(0))
        .count();
    assert!(passed >= 40, "{passed} rules passed");
}
