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

use plimsoll::source::{FileId, SourceFile};
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

/// The fixtures, each with all its files by their paths below it.
static REPOS: LazyLock<Vec<Vec<(String, String)>>> = LazyLock::new(|| {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")).expect("a folder").flatten();
    let mut folders: Vec<_> =
        folders.map(|it| it.path()).filter(|it| it.is_dir() && it.extension().is_none()).collect();
    folders.sort();
    folders.iter().map(|folder| texts(folder, folder)).collect()
});

fn texts(root: &Path, folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(texts(root, &path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            let below = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
            if plimsoll::source::may_matter(&below) {
                found.push((below, text));
            }
        }
    }
    found.sort();
    found
}

/// So many in the ordinary run; as many as `PROPTEST_CASES` asks for, which the long run does, up to `most`.
fn cases(ordinary: u32, most: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|it| it.parse().ok());
    let cases = asked.map_or(ordinary, |asked: u32| asked.min(most));
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// A stretch of a text: where it starts, as a share of the text; its bytes; what is put in its place.
type Damage = (f64, usize, String);

fn damage() -> impl Strategy<Value = Damage> {
    (0.0..1.0f64, 0usize..200, "[\\PC\\n\\t{}\\[\\]()\"'$:;#&*|>@%-]{0,40}")
}

fn damaged(text: &str, (at, length, patch): &Damage) -> String {
    let mut start = (text.len() as f64 * at) as usize;
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (start + length).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{patch}{}", &text[..start], &text[end..])
}

/// Every place that the report speaks of lies within its file.
fn places_hold(report: &plimsoll::view::Report) {
    let spans = report.findings.iter().flat_map(|it| it.labels.iter().map(|label| label.span));
    for span in spans.chain(report.problems.iter().map(|it| it.at)) {
        assert!(report.sources.file(span.file).text().get(span.range()).is_some(), "{span:?}");
    }
}

/// The prefixes of a text that are tried: every one in the long run (`PLIMSOLL_PREFIX_STEP=1`), one of so many else.
fn prefixes(text: &str) -> impl Iterator<Item = &str> {
    let step = std::env::var("PLIMSOLL_PREFIX_STEP").ok().and_then(|it| it.parse().ok()).unwrap_or(97);
    (0..text.len()).step_by(step).filter_map(|end| text.get(..end))
}

/// A file of the fixtures, cut off anywhere, is read like any other.
#[test]
fn every_prefix_of_every_fixture_is_read() {
    use rayon::prelude::*;
    let tried: usize = SEEDS
        .par_iter()
        .map(|(name, text)| {
            let read = |prefix: &str| {
                let file = SourceFile::new(FileId(0), name.as_str(), Default::default(), prefix);
                for error in plimsoll::facts::read(&file).errors {
                    assert!(prefix.get(error.span.range()).is_some(), "{name}: {:?} of {}", error.span, prefix.len());
                }
            };
            prefixes(text).map(read).count()
        })
        .sum();
    assert!(tried > SEEDS.len());
}

proptest! {
    #![proptest_config(cases(192, u32::MAX))]

    /// A file of the fixtures, with a stretch of it cut out, doubled or replaced, beside a file that is always judged.
    #[test]
    fn damaged_files_never_panic(pick in any::<prop::sample::Index>(), damage in damage()) {
        let (name, text) = &SEEDS[pick.index(SEEDS.len())];
        let texts = vec![(name.clone(), damaged(text, &damage)), ("docker-compose.yml".into(), COMPOSE.into())];
        places_hold(&plimsoll::audit_texts(texts));
    }
}

proptest! {
    // To audit, prove and mend a stack takes about a second.
    #![proptest_config(cases(24, 500))]

    /// A whole fixture with up to four of its files damaged, or gone: what is joined across files holds, too; every
    /// fix that is offered can be made.
    #[test]
    fn damaged_stacks_never_panic(
        pick in any::<prop::sample::Index>(),
        damages in prop::collection::vec((any::<prop::sample::Index>(), prop::option::weighted(0.9, damage())), 1..5),
    ) {
        let mut texts = REPOS[pick.index(REPOS.len())].clone();
        for (pick, damage) in &damages {
            let at = pick.index(texts.len());
            match damage {
                Some(damage) => texts[at].1 = damaged(&texts[at].1, damage),
                None => drop(texts.remove(at)),
            }
        }
        let report = plimsoll::audit_texts(texts);
        places_hold(&report);
        let patch = plimsoll::settle(&report, &plimsoll::Options::default(), &|_, _| true);
        prop_assert!(patch.is_ok(), "{:?}", patch.err());
    }
}
