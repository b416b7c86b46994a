use std::path::Path;

use super::*;

fn config(text: &str) -> Config {
    parse(Path::new("plimsoll.toml"), text).unwrap()
}

fn faults(text: &str) -> String {
    parse(Path::new("plimsoll.toml"), text).unwrap_err().to_string()
}

#[test]
fn reads_every_key() {
    let config = config(
        r#"
select = ["server", "db/pool-oversized"]
ignore = ["server/dev-server"]
severity = "low"
confidence = "medium"
fail-on = "high"
exclude = ["legacy/"]

[rules]
"orm" = "low"
"orm/lazy-load" = "off"

[[overrides]]
paths = ["tests/**", "*.local.yml"]
ignore = ["server"]
rules = { "orm" = "info" }

[assume.web]
cpus = 4
memory = "1.5G"
replicas = 3

[assume.database]
max_connections = 400
"#,
    );
    assert_eq!((config.severity, config.confidence), (Severity::Low, Confidence::Medium));
    assert_eq!(config.fail_on, Severity::High);
    assert_eq!(config.exclude, ["legacy/"]);
    let web = config.assume.of("web").unwrap();
    assert_eq!(web.cpus.as_ref().unwrap().value, 4.0);
    assert_eq!(web.memory.as_ref().unwrap().value, 1_610_612_736);
    let most = config.assume.max_connections("db").unwrap();
    assert_eq!((most.value, &*most.key), (400, "assume.database.max_connections"));
}

#[test]
fn a_flag_says_what_is_assumed_over_the_file() {
    let mut assume = config("[assume.web]\ncpus = 4\nreplicas = 2\n").assume;
    for text in ["web.cpus=2.5", "web.memory = 512M", "database.max_connections=400", "my.db.replicas=3"] {
        assert_eq!(assume.say(text), Ok(()));
    }
    let web = assume.of("web").unwrap();
    assert_eq!((web.cpus.as_ref().unwrap().value, web.replicas.as_ref().unwrap().value), (2.5, 2));
    assert_eq!(web.memory.as_ref().unwrap().value, 512 << 20);
    assert_eq!(assume.max_connections("db").unwrap().value, 400);
    assert_eq!(assume.of("my.db").unwrap().replicas.as_ref().unwrap().value, 3);
    for (text, why) in [
        ("web", "expected NAME.KEY=VALUE"),
        ("cpus=3", "expected NAME.KEY=VALUE"),
        ("web.cpu=3", "unknown key `cpu`; did you mean `cpus`?"),
        ("web.cpus=many", "expected a number above 0"),
        ("web.cpus=", "expected a number above 0"),
    ] {
        assert_eq!(assume.say(text).unwrap_err(), why);
    }
}

#[test]
fn a_rule_is_chosen_by_its_area_or_its_name_and_by_the_path() {
    let config = config(
        r#"
select = ["server", "orm"]
ignore = ["server/dev-server"]
rules = { "orm/lazy-load" = "low", "orm" = "error" }
[[overrides]]
paths = ["tests/"]
ignore = ["server"]
rules = { "orm" = "info", "orm/other" = "off" }
"#,
    );
    let of = |rule, path| config.severity_of(rule, path, Severity::High);
    assert_eq!(of("server/workers", "a.yml"), Some(Severity::High));
    assert_eq!(of("server/workers", "tests/a.yml"), None);
    assert_eq!(of("server/dev-server", "a.yml"), None);
    assert_eq!(of("servers/x", "a.yml"), None);
    assert_eq!(of("orm/lazy-load", "a.py"), Some(Severity::Low));
    assert_eq!(of("orm/query-in-loop", "a.py"), Some(Severity::Error));
    assert_eq!(of("orm/query-in-loop", "app/tests/a.py"), Some(Severity::Info));
    assert_eq!(of("orm/other", "app/tests/a.py"), None);
}

#[test]
fn a_fault_has_its_place_and_a_suggestion() {
    assert_eq!(faults("\nselct = []\n"), "plimsoll.toml:2:1: unknown key `selct`; did you mean `select`?");
    assert_eq!(
        faults("[assume.web]\ncpu = 4\nreplicas = -1\n"),
        "plimsoll.toml:2:1: unknown key `cpu`; did you mean `cpus`?\n\
         plimsoll.toml:3:12: expected a whole number, 0 or more"
    );
    assert_eq!(
        faults("severity = \"bad\"\nselect = \"x\"\n"),
        "plimsoll.toml:1:12: `bad` is none of `info`, `low`, `medium`, `high`, `error`\n\
         plimsoll.toml:2:10: expected a list of strings, found string"
    );
    assert!(faults("select = [\n").starts_with("plimsoll.toml:"));
    assert_eq!(faults("[[overrides]]\nignore = []\n"), "plimsoll.toml:1:1: an override needs `paths`, a list of globs");
    assert_eq!(faults("[rules]\norm = 3\n"), "plimsoll.toml:2:7: expected a severity, or `off`");
}

#[test]
fn a_name_that_no_rule_has_is_a_fault() {
    let rules = ["server/workers", "orm/lazy-load"];
    let check = |text| config(text).check_names(rules.iter().copied()).map_err(|error| error.to_string());
    assert_eq!(check("select = [\"server\", \"orm/lazy-load\"]"), Ok(()));
    assert_eq!(
        check("ignore = [\"orm/lazyload\"]").unwrap_err(),
        "plimsoll.toml:1:11: no rule is called `orm/lazyload`; did you mean `orm/lazy-load`?"
    );
    assert_eq!(
        check("ignore = [\"ORM\", \"orm/*\"]").unwrap_err(),
        "plimsoll.toml:1:11: no rule is called `ORM`; did you mean `orm`?\n\
         plimsoll.toml:1:18: no rule is called `orm/*`; did you mean `orm`?"
    );
    assert_eq!(
        check("[rules]\nsever = \"off\"").unwrap_err(),
        "plimsoll.toml:2:1: no rule is called `sever`; did you mean `server`?"
    );
}

#[test]
fn is_found_upwards_as_far_as_the_repository_reaches() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("plimsoll.toml", "fail-on = \"error\"\n");
    write("repo/.git/HEAD", "");
    write("repo/pyproject.toml", "[tool.plimsoll]\nfail-on = \"low\"\n");
    write("repo/app/pyproject.toml", "[project]\nname = \"app\"\n");
    write("bare/.git/HEAD", "");
    let of = |path: &str| Config::discover(&folder.path().join(path)).unwrap().fail_on;
    assert_eq!(of("repo/app"), Severity::Low);
    assert_eq!(of("bare"), Severity::Medium);
    assert_eq!(of("."), Severity::Error);
    write("bad/plimsoll.toml", "fail = 1\n");
    assert!(matches!(Config::discover(&folder.path().join("bad")), Err(ConfigError::Faults { .. })));
}
