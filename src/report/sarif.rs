//! SARIF 2.1.0, for code scanning.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::json::write_json;
use crate::view::{FindingRow, FixRow, LabelRow, Place, RuleInfo, View};

/// Prints one run: the rules that found something, their findings (suppressed ones as such), and what could not be read.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(view: &View, out: &mut impl Write) -> io::Result<()> {
    let rules: Vec<&RuleInfo> = {
        let found = view.findings.iter().chain(view.suppressed.iter().map(|(finding, _)| finding));
        let names: BTreeSet<&str> = found.map(|it| it.rule.as_str()).collect();
        view.info.iter().filter(|info| names.contains(info.name.as_str())).collect()
    };
    let index = |name: &str| rules.iter().position(|rule| rule.name == name);
    let mut results: Vec<Value> = Vec::new();
    for it in &view.findings {
        results.push(result(view, it, index(&it.rule), None));
    }
    for (it, reason) in &view.suppressed {
        results.push(result(view, it, index(&it.rule), Some(reason)));
    }
    let run = json!({
        "tool": {
            "driver": {
                "name": "plimsoll",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": "https://crates.io/crates/plimsoll",
                "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{
            "executionSuccessful": true,
            "toolExecutionNotifications": notifications(view),
        }],
        "results": results,
    });
    write_json(
        &json!({
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [run],
        }),
        out,
    )
}

fn descriptor(rule: &RuleInfo) -> Value {
    let mut help = format!("{}\n", rule.why);
    if !rule.sources.is_empty() {
        help.push_str("\nSources:\n");
        for source in &rule.sources {
            help.push_str(&format!("- <{source}>\n"));
        }
    }
    let mut out = json!({
        "id": rule.name,
        "name": rule.name.replace('/', "-"),
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.why },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": level(rule.severity.word()) },
        "properties": { "tags": ["performance", rule.area()], "problem.severity": level(rule.severity.word()) },
    });
    if let (Some(first), Some(object)) = (rule.sources.first(), out.as_object_mut()) {
        object.insert("helpUri".into(), json!(first));
    }
    out
}

fn level(severity: &str) -> &'static str {
    match severity {
        "error" | "high" => "error",
        "medium" => "warning",
        _ => "note",
    }
}

fn result(view: &View, it: &FindingRow, index: Option<usize>, suppressed: Option<&str>) -> Value {
    let mut text = it.message.clone();
    for note in &it.notes {
        text.push_str(&format!("\n{note}"));
    }
    let mut out = Map::new();
    out.insert("ruleId".into(), json!(it.rule));
    if let Some(index) = index {
        out.insert("ruleIndex".into(), json!(index));
    }
    out.insert("level".into(), json!(level(it.severity.word())));
    out.insert("message".into(), json!({ "text": text }));
    if let Some(main) = it.labels.first() {
        out.insert("locations".into(), json!([location(view, main, None, Some(&it.anchor))]));
    }
    let related: Vec<Value> =
        it.labels.iter().enumerate().skip(1).map(|(at, label)| location(view, label, Some(at), None)).collect();
    if !related.is_empty() {
        out.insert("relatedLocations".into(), json!(related));
    }
    // The same fault keeps its fingerprint when lines move above it.
    let fingerprint = fingerprint(&[&it.rule, &it.anchor]);
    out.insert("partialFingerprints".into(), json!({ "plimsoll/v1": fingerprint }));
    let fixes: Vec<Value> = it.fixes.iter().filter(|it| !it.edits.is_empty()).map(|it| fix(view, it)).collect();
    if !fixes.is_empty() {
        out.insert("fixes".into(), json!(fixes));
    }
    if let Some(reason) = suppressed {
        let mut suppression = json!({ "kind": "inSource" });
        if let (false, Some(object)) = (reason.is_empty(), suppression.as_object_mut()) {
            object.insert("justification".into(), json!(reason));
        }
        out.insert("suppressions".into(), json!([suppression]));
    }
    out.insert(
        "properties".into(),
        json!({ "severity": it.severity, "confidence": it.confidence, "anchor": it.anchor }),
    );
    Value::Object(out)
}

fn location(view: &View, label: &LabelRow, id: Option<usize>, anchor: Option<&str>) -> Value {
    let mut out = Map::new();
    if let Some(id) = id {
        out.insert("id".into(), json!(id));
    }
    out.insert(
        "physicalLocation".into(),
        json!({ "artifactLocation": artifact(view, &label.place.path), "region": region(&label.place) }),
    );
    if !label.text.is_empty() {
        out.insert("message".into(), json!({ "text": label.text }));
    }
    if let Some(anchor) = anchor {
        out.insert("logicalLocations".into(), json!([{ "fullyQualifiedName": anchor }]));
    }
    Value::Object(out)
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

fn artifact(view: &View, path: &str) -> Value {
    json!({ "uri": uri(&view.shown(path)), "uriBaseId": "%SRCROOT%" })
}

fn fix(view: &View, fix: &FixRow) -> Value {
    let mut paths: Vec<&str> = fix.edits.iter().map(|edit| edit.place.path.as_str()).collect();
    paths.dedup();
    let change = |path: &str| {
        let edits = fix.edits.iter().filter(|edit| edit.place.path == path);
        let replacements: Vec<Value> = edits
            .map(|edit| json!({ "deletedRegion": region(&edit.place), "insertedContent": { "text": edit.text } }))
            .collect();
        json!({ "artifactLocation": artifact(view, path), "replacements": replacements })
    };
    json!({
        "description": { "text": fix.title },
        "artifactChanges": paths.into_iter().map(change).collect::<Vec<_>>(),
        "properties": { "applicability": fix.applicability },
    })
}

fn notifications(view: &View) -> Vec<Value> {
    let skipped = view.skipped.iter().map(|it| {
        json!({
            "level": "warning",
            "message": { "text": format!("{} {}", it.path, it.reason) },
            "locations": [{ "physicalLocation": { "artifactLocation": artifact(view, &it.path) } }],
        })
    });
    let problems = view.problems.iter().map(|it| {
        let place = json!({ "artifactLocation": artifact(view, &it.place.path), "region": region(&it.place) });
        json!({ "level": "warning", "message": { "text": it.message }, "locations": [{ "physicalLocation": place }] })
    });
    skipped.chain(problems).collect()
}

/// A path as a URI reference: everything but letters, digits and `-._~/` escaped.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// FNV-1a over the parts, 64 bits in hexadecimal: the same on every machine and in every version.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/é%.py"), "a%20b/%C3%A9%25.py");
    }

    #[test]
    fn fingerprints_tell_parts_apart() {
        assert_eq!(fingerprint(&["a/b", "c"]), fingerprint(&["a/b", "c"]));
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
