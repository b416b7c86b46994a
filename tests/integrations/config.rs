//! The schema of the configuration, which editors read, against what plimsoll itself takes and refuses.

use std::fs;
use std::path::Path;

use plimsoll::config::parse;

use super::top;

/// Every key there is.
const WHOLE: &str = r#"
select = ["server"]
ignore = ["server/dev-server"]
severity = "low"
confidence = "medium"
fail-on = "high"
exclude = ["legacy/"]
rules = { "orm" = "low", "orm/lazy-load" = "off" }
overrides = [{ paths = ["tests/**"], ignore = ["server"], rules = { "orm" = "info" } }]
[assume.web]
cpus = 4
memory = "1.5G"
replicas = 3
[assume.database]
max_connections = 400
[assume.workload]
c = "8ms"
q = [2, 5, 12]
h = "90%"
h_t = "150ms"
think_time = "15s"
b = ["5KB", "100KB"]
"#;

/// The same as JSON, for the schema.
fn json(text: &str) -> serde_json::Value {
    fn value(it: &toml_edit::Value) -> serde_json::Value {
        match it {
            toml_edit::Value::String(it) => it.value().as_str().into(),
            toml_edit::Value::Integer(it) => (*it.value()).into(),
            toml_edit::Value::Float(it) => (*it.value()).into(),
            toml_edit::Value::Boolean(it) => (*it.value()).into(),
            toml_edit::Value::Datetime(it) => it.value().to_string().into(),
            toml_edit::Value::Array(it) => it.iter().map(value).collect::<Vec<_>>().into(),
            toml_edit::Value::InlineTable(it) => {
                it.iter().map(|(key, it)| (key.to_owned(), value(it))).collect::<serde_json::Map<_, _>>().into()
            }
        }
    }
    let document: toml_edit::DocumentMut = text.parse().unwrap();
    value(&toml_edit::Value::InlineTable(document.as_table().clone().into_inline_table()))
}

#[test]
fn the_schema_takes_and_refuses_what_plimsoll_does() {
    let schema = fs::read_to_string(top().join("schemas/plimsoll.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let agree = |text: &str| {
        let taken = parse(Path::new("plimsoll.toml"), text).is_ok();
        assert_eq!(validator.is_valid(&json(text)), taken, "{text}");
        taken
    };
    assert!(agree(WHOLE));
    // Every key that the schema knows stands in the whole one, so each is known to plimsoll.
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(json(WHOLE).get(key).is_some(), "{key}");
    }
    for wrong in [
        "selct = []",
        "select = 'a'",
        "severity = 'bad'",
        "confidence = 'info'",
        "fail-on = 'never'",
        "exclude = [1]",
        "rules = { orm = 'bad' }",
        "overrides = [{ ignore = [] }]",
        "overrides = [{ paths = ['a'], selct = [] }]",
        "assume = 3",
        "assume.web.cpu = 1",
        "assume.web.cpus = 0",
        "assume.web.memory = 'lots'",
        "assume.web.replicas = -1",
        "assume.db.max_connections = 1.5",
        "assume.workload.cpu = 8",
        "assume.workload.c = '8 parsecs'",
        "assume.workload.c = -1",
        "assume.workload.c = []",
        "assume.workload.h = 1.5",
        "assume.workload.link = '1 furlong'",
        "assume.rows.Order = -1",
        "assume.rows.Order = 'many'",
        "assume.rows.Order = '20/row'",
        "assume.rows.Order = [1, '20/user']",
        "assume.rows = 3",
        "assume.prices.cpu = 0",
        "assume.prices.disk = 1",
    ] {
        assert!(!agree(wrong), "{wrong}");
    }
    // The schema has all keys of the load, and no other.
    let known = schema["properties"]["assume"]["properties"]["workload"]["properties"].as_object().unwrap();
    let mut own: Vec<&str> = plimsoll::config::WORKLOAD.iter().map(|it| it.name).collect();
    own.sort_unstable();
    assert_eq!(known.keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>(), own.into_iter().collect());
    for right in [
        "",
        "assume.rows.Order = '1.5M'",
        "assume.rows.Order = ['1k', 5000]",
        "assume.rows.'shop.Order' = '20/user'",
        "assume.prices = { currency = 'EUR', cpu = 25, storage = 0.1 }",
        "assume.workload.link = '1Gbit'",
        "assume.workload.worker_memory = '150 MiB'",
        "assume.web.memory = 1024",
        "assume.web.memory = '512 MiB'",
        "assume.web.cpus = 0.5",
        "overrides = []",
    ] {
        assert!(agree(right), "{right}");
    }
}
