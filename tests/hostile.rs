//! Bad input: each bad file gets one clear line, the rest of the run goes on, nothing is lost and nothing is written.
//! And damaged files: whatever a byte turns into, nothing panics and every span lies within its file.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test sets its files up itself, and fails loudly"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use proptest::prelude::*;

/// What `plimsoll check` prints of a folder, both streams, and its exit code.
fn check(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .output()
        .expect("plimsoll starts");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains("panicked"), "{text}");
    (text, output.status.code().unwrap_or(-1))
}

/// A service that is wrong in a way that is always found, so that a run which goes on has something to say.
const COMPOSE: &str = "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: x\n      POSTGRES_MAX_CONNECTIONS: 300\n";

fn write(folder: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, content).expect("a file");
}

/// Checks a folder with one bad file: the file is named with its reason, and the finding beside it is still there.
fn bad(path: &str, content: impl AsRef<[u8]>, reason: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "compose.yaml", COMPOSE);
    write(folder.path(), path, content);
    let (text, code) = check(folder.path(), &["--format", "concise"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("POSTGRES_MAX_CONNECTIONS"), "the rest goes on: {text}");
    let line = text.lines().find(|line| line.contains(path)).unwrap_or_else(|| panic!("{path} is not named: {text}"));
    assert!(line.contains(reason), "`{line}` does not say `{reason}`");
    assert_eq!(text.lines().filter(|line| line.contains(path)).count(), 1, "one line, not more: {text}");
    let (text, code) = check(folder.path(), &["--strict", "--exit-zero"]);
    assert_eq!(code, 2, "a file that cannot be read fails a strict run: {text}");
}

#[test]
fn broken_yaml() {
    bad("app/docker-compose.yml", "services:\n  web:\n    image: \"nginx\n", "app/docker-compose.yml:");
}

#[test]
fn a_dockerfile_cut_in_half() {
    bad("Dockerfile", "FROM python:3.12\nRUN <<EOF\npip install gun", "Dockerfile:");
}

#[test]
fn python_with_a_syntax_error() {
    bad(
        "proj/settings.py",
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql',\nDEBUG = = True\n",
        "proj/settings.py:",
    );
}

#[test]
fn an_nginx_template() {
    bad(
        "nginx/nginx.conf",
        "events {}\nhttp {\n{% for site in sites %}\n  server { listen {{ site.port }}; }\n{% endfor %}\n}\n",
        "template",
    );
}

#[test]
fn a_binary_file_by_the_name_of_settings() {
    bad("proj/settings.py", [0x7f, b'E', b'L', b'F', 0, 1, 2, 0xff, 0xfe], "is binary, not text");
}

#[test]
fn fifty_megabytes_of_yaml() {
    let row = "  - {name: a, image: b}\n";
    bad("data/docker-compose.yml", format!("services:\n{}", row.repeat(50 << 20 >> 4)), "over the limit of 8 MB");
}

#[cfg(unix)]
#[test]
fn a_loop_of_links() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "compose.yaml", COMPOSE);
    fs::create_dir(folder.path().join("a")).expect("a folder");
    std::os::unix::fs::symlink("..", folder.path().join("a/b")).expect("a link");
    std::os::unix::fs::symlink("Dockerfile", folder.path().join("Dockerfile")).expect("a link to itself");
    let (text, code) = check(folder.path(), &["--format", "concise"]);
    assert_eq!(code, 1, "{text}");
    assert_eq!(text.lines().filter(|line| line.contains("Dockerfile")).count(), 1, "{text}");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "compose.yaml", COMPOSE);
    write(folder.path(), "Dockerfile", "FROM python:3.12\n");
    fs::set_permissions(folder.path().join("Dockerfile"), fs::Permissions::from_mode(0o000)).expect("permissions");
    let readable = fs::read(folder.path().join("Dockerfile")).is_ok();
    let (text, code) = check(folder.path(), &["--format", "concise"]);
    assert_eq!(code, 1, "{text}");
    // Who may read everything reads this, too.
    assert_eq!(text.contains("Dockerfile"), !readable, "{text}");
}

#[test]
fn a_path_that_does_not_exist() {
    let folder = tempfile::tempdir().expect("a folder");
    let (text, code) = check(folder.path(), &["nowhere"]);
    assert_eq!(code, 2);
    assert!(text.contains("nowhere"), "{text}");
}

#[test]
fn an_empty_folder_is_nothing_to_check_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (text, code) = check(folder.path(), &[]);
    assert_eq!(code, 0, "{text}");
    assert!(text.to_lowercase().contains("nothing"), "{text}");
}

/// Every file of the fixtures, read once.
static SEEDS: LazyLock<Vec<(String, String)>> = LazyLock::new(seeds);

fn seeds() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a folder").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.ends_with(".expected") {
                    open.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((name, text));
            }
        }
    }
    found.sort();
    found
}

/// Few in the ordinary run, for each audits a whole stack; `PROPTEST_CASES` asks for more.
fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(192);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    /// A file of the fixtures, with a stretch of it cut out, doubled or replaced, alone and beside a whole stack.
    #[test]
    fn damaged_files_never_panic(pick in any::<prop::sample::Index>(), at in 0.0..1.0f64, length in 0usize..200, patch in "[\\PC\\n\\t{}\\[\\]()\"'$:;#&*|>@%-]{0,40}") {
        let (name, text) = &SEEDS[pick.index(SEEDS.len())];
        let mut start = (text.len() as f64 * at) as usize;
        while !text.is_char_boundary(start) { start -= 1; }
        let mut end = (start + length).min(text.len());
        while !text.is_char_boundary(end) { end -= 1; }
        let damaged = format!("{}{patch}{}", &text[..start], &text[end..]);
        let report = plimsoll::audit_texts(vec![(name.clone(), damaged), ("docker-compose.yml".into(), COMPOSE.into())]);
        for finding in &report.findings {
            for label in &finding.labels {
                let file = report.sources.file(label.span.file);
                prop_assert!(file.text().get(label.span.range()).is_some(), "{finding:?}");
            }
        }
    }
}
