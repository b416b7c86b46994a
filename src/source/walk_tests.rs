use std::fs;

use super::*;

fn tree(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn paths(walk: &Walk) -> Vec<&str> {
    walk.sources.iter().map(|file| &*file.path).collect()
}

fn skipped(walk: &Walk) -> Vec<(&str, &str)> {
    walk.skipped.iter().map(|it| (&*it.path, &*it.reason)).collect()
}

#[test]
fn reads_what_may_matter_in_the_order_of_the_paths() {
    let folder = tree(&[
        ("b/settings.py", b"DEBUG = True\n"),
        ("b.py", b""),
        ("Dockerfile", b"FROM python\n"),
        ("logo.svg", b"<svg/>"),
        (".github/workflows/ci.yml", b"on: push\n"),
        (".env", b"A=1\n"),
        ("node_modules/x/setup.py", b""),
        ("env/pyvenv.cfg", b""),
        ("env/lib/x.py", b""),
        (".git/config.py", b""),
    ]);
    let walk = walk(folder.path(), &WalkOptions::default()).unwrap();
    assert_eq!(paths(&walk), [".env", ".github/workflows/ci.yml", "Dockerfile", "b.py", "b/settings.py"]);
    assert_eq!(walk.sources.by_path("b/settings.py").unwrap().text(), "DEBUG = True\n");
    assert!(walk.skipped.is_empty());
}

#[test]
fn heeds_gitignore_and_the_globs_to_leave_out() {
    let folder = tree(&[
        (".gitignore", b"build/\n.env\n"),
        ("build/a.py", b""),
        (".env", b"A=1\n"),
        ("tests/a.py", b""),
        ("app/tests/b.py", b""),
        ("app/c.py", b""),
    ]);
    let options = WalkOptions { exclude: vec!["tests/".into()], ..WalkOptions::default() };
    assert_eq!(paths(&walk(folder.path(), &options).unwrap()), ["app/c.py"]);
    let options = WalkOptions { exclude: vec!["/tests".into()], ..WalkOptions::default() };
    assert_eq!(paths(&walk(folder.path(), &options).unwrap()), ["app/c.py", "app/tests/b.py"]);
    let options = WalkOptions { exclude: vec!["a{".into()], ..WalkOptions::default() };
    assert!(matches!(walk(folder.path(), &options), Err(WalkError::Glob { .. })));
}

#[test]
fn what_is_no_text_is_a_line() {
    let folder = tree(&[
        ("settings.py", b"\x7fELF\0\0"),
        ("latin.py", b"# one\n# caf\xe9\n"),
        ("wide.py", b"\xff\xfe#\0"),
        ("bom.py", b"\xef\xbb\xbfA = 1\r\n"),
        ("big.yml", &[b'a'; 2048]),
    ]);
    let options = WalkOptions { max_bytes: 1024, ..WalkOptions::default() };
    let walk = walk(folder.path(), &options).unwrap();
    assert_eq!(paths(&walk), ["bom.py"]);
    assert_eq!(walk.sources.by_path("bom.py").unwrap().text(), "\u{feff}A = 1\r\n");
    assert_eq!(
        skipped(&walk),
        [
            ("big.yml", "has 2 KB, over the limit of 1 KB"),
            ("latin.py", "is not UTF-8 (line 2, byte 0xe9)"),
            ("settings.py", "is binary, not text"),
            ("wide.py", "is UTF-16, not UTF-8"),
        ]
    );
}

#[test]
fn a_root_that_is_no_folder_is_an_error() {
    let folder = tree(&[("a.py", b"")]);
    let options = WalkOptions::default();
    assert!(matches!(walk(&folder.path().join("nowhere"), &options), Err(WalkError::Absent(_))));
    assert!(matches!(walk(&folder.path().join("a.py"), &options), Err(WalkError::NotAFolder(_))));
}

#[test]
fn reasons_say_what_the_system_said_in_words() {
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    assert_eq!(reason(&denied), "cannot be read: permission denied");
    let other = std::io::Error::from_raw_os_error(5);
    assert!(!reason(&other).contains("os error"));
}

#[cfg(unix)]
#[test]
fn links_are_followed_to_files_within_the_root_only() {
    use std::os::unix::fs::symlink;
    let outside = tree(&[("secret.py", b"A = 1\n"), ("more/x.py", b"")]);
    let folder = tree(&[("real/base.py", b"B = 2\n")]);
    let at = |name: &str| folder.path().join(name);
    symlink("real/base.py", at("settings.py")).unwrap();
    symlink(outside.path().join("secret.py"), at("out.py")).unwrap();
    symlink(outside.path().join("more"), at("more")).unwrap();
    symlink("nowhere.py", at("gone.py")).unwrap();
    symlink("nowhere.svg", at("gone.svg")).unwrap();
    symlink("two", at("one")).unwrap();
    symlink("one", at("two")).unwrap();
    symlink("..", at("real/up")).unwrap();
    symlink("real", at("twin")).unwrap();
    let walk = walk(folder.path(), &WalkOptions::default()).unwrap();
    assert_eq!(paths(&walk), ["real/base.py", "settings.py"]);
    assert_eq!(
        skipped(&walk),
        [
            ("gone.py", "is a link that leads nowhere"),
            ("more", "is a link to a folder outside the audited one, not followed"),
            ("one", "is a link that leads back to itself"),
            ("out.py", "is a link to a file outside the audited folder, not followed"),
            ("real/up", "is a link to a folder that holds it, not followed"),
            ("two", "is a link that leads back to itself"),
        ]
    );
}
