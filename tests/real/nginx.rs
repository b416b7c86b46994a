//! nginx takes what the pages' fixes make of their examples, and refuses what they say it refuses.

use std::path::PathBuf;
use std::process::Command;

use libtest_mimic::Trial;
use plimsoll::rule::Rules;
use plimsoll::rule::example::Example;
use plimsoll::source::{FileId, SourceFile, Sources};
use plimsoll::{Options, audit, audit_sources, settle};

/// Rules whose finding is that nginx does not start.
const REFUSED: &[&str] = &["nginx/limit-zone-undefined"];

/// Rules whose fix needs an nginx newer than those that distributions have.
const NEWER: &[&str] = &["nginx/upstream-static-dns"];

pub(crate) fn trials() -> Vec<Trial> {
    let is_there = nginx_accepts("events {}").is_some();
    let rules = Rules::builtin();
    let names: Vec<String> = rules.names().filter(|name| name.starts_with("nginx/")).map(str::to_owned).collect();
    let page = |name: String| {
        let title = format!("nginx takes the fixes of {name}");
        crate::needing("nginx", is_there, title, move || takes_the_fixes(&name))
    };
    let mut trials: Vec<Trial> = names.into_iter().filter(|name| !NEWER.contains(&&**name)).map(page).collect();
    for fixture in ["wingman", "wingman-as-advised", "hospital", "hospital-as-advised", "sound"] {
        let title = format!("nginx takes the fixes of fixtures/{fixture}");
        trials.push(crate::needing("nginx", is_there, title, move || takes_the_fixture(fixture)));
    }
    for (name, config, message) in REFUSALS {
        let case = move || match nginx_accepts(config) {
            Some(Err(said)) if said.contains(message) => Ok(()),
            other => Err(format!("expected {message}, got {other:?}")),
        };
        trials.push(crate::needing("nginx", is_there, format!("nginx refuses {name}"), case));
    }
    trials
}

/// What nginx says of faults that the pages call errors, and of edits that the writers must not make.
const REFUSALS: &[(&str, &str, &str)] = &[
    (
        "a zone that is not defined",
        "events {}\nhttp { server { listen 80; location / { limit_req zone=api; root /srv; } } }",
        "zero size shared memory zone",
    ),
    (
        "a name that is not found",
        "events {}\nhttp { upstream app { server no-such-host.invalid:8000; } server { listen 80; location / { proxy_pass http://app; } } }",
        "host not found in upstream",
    ),
    ("a directive that is given twice", "events {}\nhttp { gzip on; gzip on; }", "is duplicate"),
];

/// Whether nginx takes a main configuration; [`None`] when it is not installed. Users, ports and paths that a test
/// machine does not have are replaced by some that it has.
#[allow(clippy::disallowed_methods, reason = "a file of the test's own folder")]
pub(crate) fn nginx_accepts(config: &str) -> Option<Result<(), String>> {
    let folder = tempfile::tempdir().ok()?;
    let home = folder.path().display().to_string();
    let config = config
        .replace("user nginx;", "")
        .replace("pid /var/run/nginx.pid;", "")
        .replace("include /etc/nginx/mime.types;", "")
        .replace("/var/log/nginx", &home)
        .replace("listen 80;", "listen 127.0.0.1:18999;");
    let file = folder.path().join("nginx.conf");
    std::fs::write(&file, config).ok()?;
    let globals = format!("pid {home}/nginx.pid; error_log stderr;");
    let run = Command::new("nginx")
        .arg("-t")
        .arg("-p")
        .arg(folder.path())
        .arg("-c")
        .arg(&file)
        .args(["-g", &globals])
        .output();
    let output = run.ok()?;
    Some(if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) })
}

/// nginx takes each example as it is, unless the rule says otherwise, and in any case with all its fixes made.
fn takes_the_fixes(name: &str) -> Result<(), String> {
    let rules = Rules::builtin();
    let page = rules.page(name).ok_or("the page is gone")?;
    for example in page.prose().examples {
        let sources = sources_of(&example);
        let before = main_of(&sources)?;
        let refused = example.flagged && REFUSED.contains(&name);
        match nginx_accepts(&before).ok_or("nginx is not installed")? {
            Err(said) if !refused => {
                return Err(format!("{name}: {}: refused as it is: {said}\n{before}", example.title));
            }
            _ => {}
        }
        let mut only = Rules::default();
        only.load_user([(page.path.to_string(), page.text().to_owned())]).map_err(|errors| format!("{errors:?}"))?;
        let options = Options { rules: only, ..Options::default() };
        let report = audit_sources(PathBuf::new(), sources, Vec::new(), &options);
        let patch = settle(&report, &options, &|_, _| true).map_err(|error| error.to_string())?;
        let mut after = report.sources.clone();
        for change in &patch.changes {
            after.replace(change.file, &*change.new);
        }
        let config = main_of(&after)?;
        if let Some(Err(said)) = nginx_accepts(&config) {
            return Err(format!("{name}: {}: refused when fixed: {said}\n{config}", example.title));
        }
    }
    Ok(())
}

/// nginx takes a fixture's main configuration with everything mended that can be.
fn takes_the_fixture(name: &str) -> Result<(), String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let options = Options::default();
    let report = audit(&root, &options).map_err(|error| error.to_string())?;
    let patch = settle(&report, &options, &|_, _| true).map_err(|error| error.to_string())?;
    let mut after = report.sources.clone();
    for change in &patch.changes {
        after.replace(change.file, &*change.new);
    }
    let main = after.iter().find(|file| file.path.ends_with(".conf") && file.text().contains("events {"));
    let config = with_addresses(main.ok_or("no configuration in the fixture")?.text());
    match nginx_accepts(&config) {
        Some(Err(said)) => Err(format!("{said}\n{config}")),
        _ => Ok(()),
    }
}

fn sources_of(example: &Example) -> Sources {
    let mut files: Vec<(&str, &str)> = example.files().collect();
    files.sort_unstable();
    let file =
        |(at, (path, text)): (usize, &(&str, &str))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text);
    Sources::new(files.iter().enumerate().map(file).collect())
}

/// The example's main configuration, or its fragment within one, with services' names replaced by an address.
fn main_of(sources: &Sources) -> Result<String, String> {
    let text = match (sources.by_path("nginx.conf"), sources.by_path("default.conf")) {
        (Some(main), _) => main.text().to_owned(),
        (None, Some(fragment)) => format!("events {{}}\nhttp {{\n{}\n}}\n", fragment.text()),
        (None, None) => return Err("no configuration in the example".into()),
    };
    Ok(with_addresses(&text))
}

/// A configuration with an address for every name of a service, and without what needs a newer nginx than Debian's.
pub(crate) fn with_addresses(text: &str) -> String {
    let mut text = text.replace("api.example.com", "127.0.0.1:8000");
    for name in ["web", "backend", "daphne", "sockets", "tides"] {
        text = text.replace(&format!("//{name}:"), "//127.0.0.1:");
        text = text.replace(&format!("server {name}:"), "server 127.0.0.1:");
    }
    text.replace(" resolve;", ";").replace("resolver 127.0.0.11 valid=10s;", "")
}
