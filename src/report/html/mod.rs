//! A report for whoever inherits the code, as one HTML file: it opens without a network and without scripts, in light
//! and in dark, on paper and on a telephone. Charts are drawn when the report is made.

mod budget;
mod capacity;
mod diagram;
mod finding;
mod flow;
mod plan;
mod svg;

use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, context, escape_formatter};
use serde::Serialize;

use super::text::thousands;
use super::words::{self, RESTS, numbers, opening, passed_line};
use super::{changes, parts, sizing, storage};
use crate::view::{Graph, Place, State, Tree, View};

/// Prints the report. The view must come [with excerpts](View::with_excerpts) and [with facts](View::with_facts).
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(view: &View, out: &mut impl Write) -> io::Result<()> {
    let text = fill(view).map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn fill(view: &View) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    // As the engine does it, but for slashes, which mean nothing in texts and in quotes: people read the source, too.
    environment.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() => Ok(out.write_str(&svg::escape(text))?),
        _ => escape_formatter(out, state, value),
    });
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_filter("capital", |text: String| words::capital(&text));
    environment.add_filter("rich", |text: String| Value::from_safe_string(rich(&text)));
    environment.add_template("page", include_str!("page.html.j2"))?;
    let phases = view.phases();
    let numbers = numbers(view, &phases);
    let overviews = view.overviews();
    let stacks: Vec<StackRows> = overviews
        .iter()
        .enumerate()
        .map(|(at, it)| StackRows {
            name: it.name.clone(),
            drawing: drawing(&view.graphs, &it.name, &format!("stack-{at}")),
            drawing_then: drawing(&view.graphs_then, &it.name, &format!("then-{at}")),
            services: it.services.clone(),
            stores: it.stores.clone(),
        })
        .collect();
    environment.get_template("page")?.render(context! {
        name => view.name.clone(),
        version => env!("CARGO_PKG_VERSION"),
        style => Value::from_safe_string(include_str!("style.css").to_owned()),
        opening => opening(view),
        rests => RESTS,
        severities => Serde(&view.summary.by_severity),
        changes => Serde(changes::rows(view)),
        capacity => Serde(capacity::rows(view)),
        storage => Serde(storage::rows(view)),
        sizing => Serde(sizing::rows(view, |file| finding::diff(view, file))),
        plan => Serde(plan::rows(view, &numbers)),
        additions => Serde(parts::rows(view)),
        what_if => Serde(plan::what_if(view)),
        stacks => Serde(stacks),
        many_stacks => view.stacks.len() > 1,
        aside => Serde(&view.aside),
        budgets => Serde(view.budgets.iter().enumerate().map(|(at, it)| budget::rows(view, it, at)).collect::<Vec<_>>()),
        phases => Serde(phases.iter().map(|phase| finding::phase_rows(view, phase, &numbers)).collect::<Vec<_>>()),
        assumed => Serde(view.assumed()),
        undecided => Serde(view.open().into_iter().map(open).collect::<Vec<_>>()),
        unread => Serde(words::unread(view)),
        suppressed => Serde(words::suppressed(view)),
        facts => Serde(view.stacks.iter().map(|tree| facts(view, tree)).collect::<Vec<_>>()),
        passed_line => passed_line(&view.summary),
        passed => Serde(view.rules.iter().filter(|row| row.passed > 0 && row.failed == 0).collect::<Vec<_>>()),
        shown_places => view.excerpts.iter().map(|(place, _)| anchor(place)).collect::<Vec<_>>(),
        excerpts => Serde(view.excerpts.iter().map(|it| finding::excerpt(view, it)).collect::<Vec<_>>()),
    })
}

/// A text with what stands between backticks as code; the rest cannot become markup.
fn rich(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let parts: Vec<&str> = text.split('`').collect();
    for (at, part) in parts.iter().enumerate() {
        // A last backtick without a partner is itself.
        let (is_code, is_last) = (at % 2 == 1, at + 1 == parts.len());
        match is_code {
            true if is_last => out.push_str(&format!("`{}", svg::escape(part))),
            true => out.push_str(&format!("<code>{}</code>", svg::escape(part))),
            false => out.push_str(&svg::escape(part)),
        }
    }
    out
}

#[derive(Serialize)]
struct StackRows {
    name: String,
    /// Markup.
    drawing: String,
    /// The same with the whole plan made, where that is another; markup.
    drawing_then: String,
    services: Vec<crate::view::ServiceRow>,
    stores: Vec<crate::view::StoreRow>,
}

fn drawing(graphs: &[Graph], name: &str, id: &str) -> String {
    let graph = graphs.iter().find(|graph| graph.name == name);
    graph.map_or_else(String::new, |graph| diagram::draw(graph, id))
}

/// A place, and where the report shows it.
#[derive(Serialize)]
struct PlaceRow {
    text: String,
    anchor: String,
}

fn place_row(view: &View, place: &Place) -> PlaceRow {
    PlaceRow { text: words::place(view, place), anchor: anchor(place) }
}

/// The name by which a link finds a place.
fn anchor(place: &Place) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '-') { c } else { '_' };
    format!("at-{}-{}", place.path.chars().map(plain).collect::<String>(), place.line)
}

#[derive(Serialize)]
struct OpenRow {
    reasons: Vec<String>,
    rules: Vec<(String, Vec<String>)>,
}

fn open(it: crate::view::OpenRow) -> OpenRow {
    OpenRow { reasons: it.reasons, rules: it.rules }
}

/// What is believed of a deployment.
#[derive(Serialize)]
struct FactRows {
    stack: String,
    count: String,
    entities: Vec<EntityRows>,
}

#[derive(Serialize)]
struct EntityRows {
    kind: String,
    name: String,
    fields: Vec<FieldRow>,
}

#[derive(Serialize)]
struct FieldRow {
    name: String,
    value: String,
    from: String,
}

fn facts(view: &View, tree: &Tree) -> FactRows {
    let row = |field: &crate::view::Field, state: &State| FieldRow {
        name: field.name.replace('_', " "),
        value: state.text.clone(),
        from: from(view, state),
    };
    let entities: Vec<EntityRows> = tree
        .entities
        .iter()
        .map(|it| EntityRows {
            kind: it.kind.replace('_', " "),
            name: it.name.clone(),
            fields: it.fields.iter().flat_map(|it| it.states.iter().map(|state| row(it, state))).collect(),
        })
        .filter(|it| !it.fields.is_empty())
        .collect();
    let count = entities.iter().map(|it| it.fields.len()).sum();
    FactRows { stack: tree.name.clone(), count: thousands(count), entities }
}

/// Where a value comes from: the chain of its places, and what else it rests on.
fn from(view: &View, state: &State) -> String {
    let mut parts: Vec<String> = state.places.iter().map(|place| words::place(view, place)).collect();
    parts.extend(state.because.clone());
    parts.extend(state.when.as_ref().map(|when| format!("when {when}")));
    if parts.is_empty() { state.origin.clone() } else { parts.join(" ← ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_marked_and_markup_is_text() {
        assert_eq!(rich("`a<b` & \"c`"), "<code>a&lt;b</code> &amp; &quot;c`");
        assert_eq!(rich("<script>"), "&lt;script&gt;");
    }

    #[test]
    fn a_place_has_a_name_that_a_link_can_hold() {
        let place =
            Place { path: "a b/ü\".yml".into(), line: 3, column: 1, end_line: 3, end_column: 1, start: 0, end: 0 };
        assert_eq!(anchor(&place), "at-a_b/__.yml-3");
    }
}
