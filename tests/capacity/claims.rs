//! What audits by hand claimed, beside what the model says of the same files: the table of docs/earlier-audits.md.

use std::fmt::Write;
use std::path::Path;

use plimsoll::capacity::{Band, Model, from_stacks};
use plimsoll::config::Config;
use plimsoll::{Options, audit_sources};
use snapbox::{Data, assert_data_eq};
use toml_edit::{DocumentMut, Item, Table};

const BEGIN: &str = "<!-- table: tests/capacity/claims.rs -->\n";
const END: &str = "<!-- end of the table -->";

fn texts(table: &Table, key: &str) -> Vec<String> {
    let all = table.get(key).and_then(Item::as_array);
    all.into_iter().flatten().map(|it| it.as_str().expect("a text").to_owned()).collect()
}

/// The model of the application that answers, with what is assumed, set, and written in other words.
fn model(folder: &str, assume: &[String], set: &[String], files: Option<&toml_edit::Array>) -> Model {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut config = Config::default();
    assume.iter().for_each(|it| config.assume.say(it).expect("a key that there is"));
    let options = Options { config, fixes: false, ..Options::default() };
    let mut sources = plimsoll::source::walk(&root, &options.walk()).expect("a folder").sources;
    for edit in files.into_iter().flatten() {
        let edit: Vec<&str> = edit.as_array().expect("a list").iter().map(|it| it.as_str().expect("a text")).collect();
        let (id, text) =
            sources.by_path(edit[0]).map(|it| (it.id, it.text().to_owned())).expect("a file that there is");
        assert!(text.contains(edit[1]), "{edit:?}");
        sources.replace(id, text.replace(edit[1], edit[2]));
    }
    let report = audit_sources(root, sources, Vec::new(), &options);
    let mut models = from_stacks(&report.stacks, &options.config.assume).into_iter().flatten();
    let mut model = models.next().expect("an application");
    for text in set {
        let (name, value) = text.rsplit_once('=').expect("a name and a number");
        let id = model.inputs.by_symbol(name).unwrap_or_else(|| panic!("{folder} has no {name}"));
        model.inputs.get_mut(id).band = Band::point(value.parse().expect("a number"));
    }
    model
}

fn figure(value: f64) -> String {
    let scale = 10f64.powi(1 - value.abs().max(1e-9).log10().floor() as i32);
    let text = format!("{:.0}", (value * scale).round() / scale);
    match text.len() {
        4.. => format!("{},{}", &text[..text.len() - 3], &text[text.len() - 3..]),
        _ => text,
    }
}

fn span(low: f64, high: f64) -> String {
    if low == high { figure(low) } else { format!("{} to {}", figure(low), figure(high)) }
}

fn row(claim: &Table) -> String {
    let text = |key: &str| claim[key].as_str().expect("a text");
    let assume = texts(claim, "assume");
    let files = claim.get("files").and_then(Item::as_array);
    let model = model(text("folder"), &assume, &texts(claim, "set"), files);
    let study = model.study();
    let values = model.inputs.likely();
    let bounds = model.bounds(&values);
    let claimed: Vec<f64> = claim["claimed"].as_array().expect("a list").iter().map(number).collect();
    let of = match text("unit") {
        "gain" => {
            let folder = claim.get("base_folder").and_then(Item::as_str).unwrap_or(text("folder"));
            let base = self::model(folder, &texts(claim, "base"), &[], None);
            let before = base.bounds(&base.inputs.likely()).capacity();
            let gain = (100.0 * (bounds.capacity() / before - 1.0)).round();
            format!("{}{} %", if gain < 0.0 { "−" } else { "+" }, gain.abs())
        }
        unit => {
            let band = if unit == "users" { study.users.expect("a think time") } else { study.rate };
            format!("{} ({} to {}) {unit}", figure(band.likely), figure(band.low), figure(band.high))
        }
    };
    let claimed = match text("unit") {
        "gain" if claimed[0] == claimed[1] => format!("+{} %", claimed[0]),
        "gain" => format!("+{} to +{} %", claimed[0], claimed[1]),
        unit => format!("{} {unit}", span(claimed[0], claimed[1])),
    };
    let refused = study.cliffs.iter().zip(&study.met).find(|(it, met)| {
        **met >= 1.0 && it.asked > it.servers && it.fall == plimsoll::capacity::Fall::TooManyConnections
    });
    let cliff = refused.map_or_else(String::new, |(it, _)| {
        let owner = &model.resources[it.resource].owner;
        let asked = if it.asked.is_finite() { format!("{:.0}", it.asked) } else { "without limit".to_owned() };
        format!("error: connections asked of `{owner}`: {asked}; it has {}", it.servers)
    });
    let binds = bounds.bottleneck().map_or("-", |it| model.resources[it.resource].kind.name());
    format!("| {} | {} | {claimed} | {of} | {binds} | {cliff} |", text("audit"), text("what"))
}

fn number(value: &toml_edit::Value) -> f64 {
    value.as_float().or_else(|| value.as_integer().map(|it| it as f64)).expect("a number")
}

/// Every figure of the earlier audits stands beside the model's.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads files")]
fn what_audits_by_hand_claimed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let claims = std::fs::read_to_string(root.join("tests/capacity/claims.toml")).expect("the claims");
    let claims: DocumentMut = claims.parse().expect("TOML");
    let mut table = String::from(
        "| Backend | What | Claimed | Model (eight of ten draws) | What binds | |\n|---|---|---|---|---|---|\n",
    );
    for claim in claims["claim"].as_array_of_tables().expect("claims") {
        writeln!(table, "{}", row(claim)).expect("memory");
    }
    let path = root.join("docs/earlier-audits.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(BEGIN).expect("a table");
    let (_, after) = rest.split_once(END).expect("its end");
    assert_data_eq!(format!("{before}{BEGIN}{table}{END}{after}"), Data::read_from(&path, None).raw());
}
