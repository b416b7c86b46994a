//! A report for whoever inherits the code, as one HTML file: it opens without a network and without scripts, in light
//! and in dark, on paper and on a telephone. Charts are drawn when the report is made.

mod capacity;
mod diagram;
mod flow;
mod plan;
mod svg;

use std::io::{self, Write};
use std::ops::Range;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, context};
use serde::Serialize;

use super::markdown::{capital, first_paragraph, numbers, opening, passed_line, phase_words};
use super::text::thousands;
use crate::source::Applicability;
use crate::view::diff::{Line, Sign};
use crate::view::{Budget, Factor, FileDiff, FindingRow, Phase, Place, RuleInfo, Snippet, State, Tree, View};

/// Prints the report. The view must come [with excerpts](View::with_excerpts) and [with facts](View::with_facts).
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(view: &View, out: &mut impl Write) -> io::Result<()> {
    // The engine escapes slashes, which mean nothing in texts and in quotes; people read the page's source, too.
    let text = fill(view).map_err(io::Error::other)?.replace("&#x2f;", "/");
    out.write_all(text.as_bytes())
}

fn fill(view: &View) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
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
            drawing: drawing(view, &it.name, at),
            services: it.services.clone(),
            stores: it.stores.clone(),
        })
        .collect();
    environment.get_template("page")?.render(context! {
        name => view.name.clone(),
        version => env!("CARGO_PKG_VERSION"),
        style => Value::from_safe_string(include_str!("style.css").to_owned()),
        opening => opening(view),
        severities => Serde(&view.summary.by_severity),
        capacity => Serde(capacity::rows(view)),
        plan => Serde(plan::rows(view, &numbers)),
        what_if => Serde(plan::what_if(view)),
        stacks => Serde(stacks),
        many_stacks => view.stacks.len() > 1,
        aside => Serde(&view.aside),
        budgets => Serde(view.budgets.iter().enumerate().map(|(at, it)| budget(view, it, at)).collect::<Vec<_>>()),
        phases => Serde(phases.iter().map(|phase| phase_rows(view, phase, &numbers)).collect::<Vec<_>>()),
        assumed => Serde(view.assumed()),
        undecided => Serde(view.open().into_iter().map(open).collect::<Vec<_>>()),
        unread => Serde(unread(view)),
        suppressed => Serde(suppressed(view)),
        facts => Serde(view.stacks.iter().map(|tree| facts(view, tree)).collect::<Vec<_>>()),
        passed_line => passed_line(&view.summary),
        passed => Serde(view.rules.iter().filter(|row| row.passed > 0 && row.failed == 0).collect::<Vec<_>>()),
        shown_places => view.excerpts.iter().map(|(place, _)| anchor(place)).collect::<Vec<_>>(),
        excerpts => Serde(view.excerpts.iter().map(|it| excerpt(view, it)).collect::<Vec<_>>()),
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
    services: Vec<crate::view::ServiceRow>,
    stores: Vec<crate::view::StoreRow>,
}

fn drawing(view: &View, name: &str, at: usize) -> String {
    let graph = view.graphs.iter().find(|graph| graph.name == name);
    graph.map_or_else(String::new, |graph| diagram::draw(graph, &format!("stack-{at}")))
}

#[derive(Serialize)]
struct BudgetRows {
    stack: String,
    database: String,
    r#where: String,
    sentence: String,
    exceeded: String,
    /// Markup.
    drawing: String,
    terms: Vec<TermRow>,
    total: String,
    room: String,
    accepts: FactorRow,
    reserved: FactorRow,
}

#[derive(Serialize)]
struct TermRow {
    name: String,
    factors: Vec<FactorRow>,
    total: String,
}

#[derive(Serialize)]
struct FactorRow {
    text: String,
    because: Option<String>,
    places: Vec<PlaceRow>,
}

/// A place, and where the report shows it.
#[derive(Serialize)]
struct PlaceRow {
    text: String,
    anchor: String,
}

fn budget(view: &View, it: &Budget, at: usize) -> BudgetRows {
    let most = match it.total.as_str() {
        "unbounded" => "No limit holds for the connections that can be opened".to_owned(),
        "unknown" => "How many connections can be opened is not known".to_owned(),
        total => format!("{} connections can be opened", capital(total)),
    };
    let open = if it.exceeded == "unknown" { " Whether that suffices depends on what is not known." } else { "" };
    let term = |term: &crate::view::Term| TermRow {
        name: term.name.clone(),
        factors: term.factors.iter().map(|it| factor(view, it)).collect(),
        total: term.total.clone(),
    };
    BudgetRows {
        stack: it.stack.clone(),
        database: it.database.clone(),
        r#where: it.place.as_ref().map(|place| shown(view, place)).unwrap_or_default(),
        sentence: format!("{most}; there is room for {}.{open}", it.room),
        exceeded: it.exceeded.clone(),
        drawing: flow::draw(it, &format!("budget-{at}")),
        terms: it.terms.iter().map(term).collect(),
        total: it.total.clone(),
        room: it.room.clone(),
        accepts: factor(view, &it.accepts),
        reserved: factor(view, &it.reserved),
    }
}

fn factor(view: &View, it: &Factor) -> FactorRow {
    FactorRow {
        text: if it.value == "?" { "?".to_owned() } else { it.text.clone() },
        because: it.because.clone(),
        places: it.places.iter().map(|place| place_row(view, place)).collect(),
    }
}

fn place_row(view: &View, place: &Place) -> PlaceRow {
    PlaceRow { text: shown(view, place), anchor: anchor(place) }
}

fn shown(view: &View, place: &Place) -> String {
    format!("{}:{}", view.shown(&place.path), place.line)
}

/// The name by which a link finds a place.
fn anchor(place: &Place) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '-') { c } else { '_' };
    format!("at-{}-{}", place.path.chars().map(plain).collect::<String>(), place.line)
}

#[derive(Serialize)]
struct PhaseRows {
    id: String,
    title: &'static str,
    about: &'static str,
    rules: Vec<RuleRows>,
}

#[derive(Serialize)]
struct RuleRows {
    name: String,
    title: String,
    severity: String,
    why: String,
    effort: Option<String>,
    risk: Option<String>,
    takes_effect: Option<String>,
    rollback: Option<String>,
    symptoms: Vec<String>,
    findings: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    number: usize,
    severity: String,
    confidence: String,
    message: String,
    frames: Vec<Frame>,
    notes: Vec<String>,
    fixes: Vec<FixRow>,
    verify: String,
}

/// Lines of a file, with what stands there.
#[derive(Serialize)]
struct Frame {
    r#where: String,
    anchor: String,
    texts: Vec<String>,
    lines: Vec<CodeLine>,
}

#[derive(Serialize)]
struct CodeLine {
    number: usize,
    parts: Vec<Part>,
}

/// A stretch of a line.
#[derive(Serialize)]
struct Part {
    is_marked: bool,
    text: String,
}

#[derive(Serialize)]
struct FixRow {
    title: String,
    how: &'static str,
    diffs: Vec<Diff>,
}

#[derive(Serialize)]
struct Diff {
    path: String,
    lines: Vec<DiffLine>,
}

#[derive(Serialize)]
struct DiffLine {
    class: &'static str,
    sign: String,
    parts: Vec<Part>,
}

fn phase_rows(view: &View, phase: &Phase<'_>, numbers: &[usize]) -> PhaseRows {
    let (title, about) = phase_words(phase.number);
    let rule = |(name, info, findings): &(&str, Option<&RuleInfo>, Vec<usize>)| {
        let rows = findings.iter().filter_map(|at| Some(row(view, view.findings.get(*at)?, *numbers.get(*at)?)));
        let rows: Vec<Row> = rows.collect();
        RuleRows {
            name: (*name).to_owned(),
            title: capital(info.map_or(name, |it| it.title.as_str())),
            severity: rows.first().map(|it| it.severity.clone()).unwrap_or_default(),
            why: info.map_or_else(String::new, |it| first_paragraph(&it.why)),
            effort: info.and_then(|it| it.effort.clone()),
            risk: info.and_then(|it| it.risk.clone()),
            takes_effect: info.and_then(|it| it.takes_effect.clone()),
            rollback: info.and_then(|it| it.rollback.clone()),
            symptoms: info.map(|it| it.symptoms.clone()).unwrap_or_default(),
            findings: rows,
        }
    };
    let id = phase.number.map_or_else(|| "phase-none".to_owned(), |number| format!("phase-{number}"));
    PhaseRows { id, title, about, rules: phase.rules.iter().map(rule).collect() }
}

fn row(view: &View, it: &FindingRow, number: usize) -> Row {
    let fix = |fix: &crate::view::FixRow| FixRow {
        title: fix.title.clone(),
        how: match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "changes how it behaves under load",
            Applicability::Display => "to be made by hand",
        },
        diffs: fix.files.iter().map(|file| diff(view, file)).collect(),
    };
    Row {
        number,
        severity: it.severity.to_string(),
        confidence: it.confidence.to_string(),
        message: it.message.clone(),
        frames: frames(view, it),
        notes: it.notes.clone(),
        fixes: it.fixes.iter().map(fix).collect(),
        verify: it.verify.clone(),
    }
}

/// The places of a finding; several of one line are one frame.
fn frames(view: &View, it: &FindingRow) -> Vec<Frame> {
    let mut lines: Vec<Vec<&crate::view::LabelRow>> = Vec::new();
    for label in &it.labels {
        let at = |it: &crate::view::LabelRow| (it.place.path.clone(), it.place.line);
        match lines.iter_mut().find(|line| line.first().is_some_and(|first| at(first) == at(label))) {
            Some(line) => line.push(label),
            None => lines.push(vec![label]),
        }
    }
    let frame = |(nth, labels): (usize, &Vec<&crate::view::LabelRow>)| {
        let first = labels.first()?;
        let mut texts: Vec<String> = Vec::new();
        for label in labels.iter().filter(|it| !it.text.is_empty()) {
            if !texts.contains(&label.text) {
                texts.push(label.text.clone());
            }
        }
        let marked = labels.iter().map(|it| it.snippet.at.clone()).collect();
        let lines = code(&first.snippet, marked, nth == 0);
        Some(Frame { r#where: shown(view, &first.place), anchor: String::new(), texts, lines })
    };
    lines.iter().enumerate().filter_map(frame).collect()
}

/// The lines of a snippet, with those around its own or without.
fn code(snippet: &Snippet, marked: Vec<Range<usize>>, around: bool) -> Vec<CodeLine> {
    let lines = snippet.lines.iter().enumerate().filter(|(at, _)| around || *at == snippet.line);
    let line = |(at, text): (usize, &String)| {
        let marked = if at == snippet.line { marked.clone() } else { Vec::new() };
        CodeLine { number: snippet.first + at, parts: parts(text, marked) }
    };
    lines.map(line).collect()
}

/// A line with some of its bytes marked.
fn parts(text: &str, mut marked: Vec<Range<usize>>) -> Vec<Part> {
    marked.sort_by_key(|range| (range.start, range.end));
    let mut out = Vec::new();
    let mut at = 0;
    let mut put = |range: Range<usize>, is_marked| {
        let text = text.get(range).unwrap_or("");
        if !text.is_empty() {
            out.push(Part { is_marked, text: text.to_owned() });
        }
    };
    for range in marked {
        let (start, end) = (range.start.max(at), range.end.min(text.len()));
        if end > start {
            put(at..start, false);
            put(start..end, true);
            at = end;
        }
    }
    put(at..text.len(), false);
    out
}

fn excerpt(view: &View, (place, snippet): &(Place, Snippet)) -> Frame {
    let lines = code(snippet, vec![snippet.at.clone()], true);
    Frame { r#where: shown(view, place), anchor: anchor(place), texts: Vec::new(), lines }
}

fn diff(view: &View, file: &FileDiff) -> Diff {
    let mut lines = Vec::new();
    for hunk in &file.hunks {
        let head = hunk.to_string().lines().next().unwrap_or("").to_owned();
        lines.push(DiffLine { class: "hunk", sign: String::new(), parts: parts(&head, Vec::new()) });
        for (at, line) in hunk.lines.iter().enumerate() {
            let text = line.shown();
            let class = match line.sign {
                Sign::Same => "same",
                Sign::Old => "old",
                Sign::New => "new",
            };
            let marked = partner(&hunk.lines, at).map(|other| changed(&text, &other.shown()));
            let parts = parts(&text, marked.into_iter().collect());
            lines.push(DiffLine { class, sign: line.sign.char().to_string(), parts });
        }
    }
    Diff { path: view.shown(&file.path), lines }
}

/// The line that one of a diff is put in the place of, or that is put in its place, where as many come as go.
fn partner(lines: &[Line], at: usize) -> Option<&Line> {
    let sign = lines.get(at)?.sign;
    if sign == Sign::Same {
        return None;
    }
    let first = lines[..at].iter().rposition(|it| it.sign == Sign::Same).map_or(0, |it| it + 1);
    let end = lines[at..].iter().position(|it| it.sign == Sign::Same).map_or(lines.len(), |it| at + it);
    let half = (end - first) / 2;
    let (old, new) = lines[first..end].split_at(half);
    let is_pair = old.len() == new.len()
        && old.iter().all(|it| it.sign == Sign::Old)
        && new.iter().all(|it| it.sign == Sign::New);
    is_pair.then(|| if sign == Sign::Old { lines.get(at + half) } else { lines.get(at - half) })?
}

/// The bytes of a line that another does not have: all but what both start and end with.
fn changed(text: &str, other: &str) -> Range<usize> {
    let same = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
    };
    let start = same(&mut text.chars(), &mut other.chars());
    let (rest, other) = (&text[start..], &other[start..]);
    start..text.len() - same(&mut rest.chars().rev(), &mut other.chars().rev())
}

#[derive(Serialize)]
struct OpenRow {
    reasons: Vec<String>,
    rules: Vec<(String, Vec<String>)>,
}

fn open(it: crate::view::OpenRow) -> OpenRow {
    OpenRow { reasons: it.reasons, rules: it.rules }
}

#[derive(Serialize)]
struct Unread {
    r#where: String,
    why: String,
}

fn unread(view: &View) -> Vec<Unread> {
    let skipped = view.skipped.iter().map(|it| Unread { r#where: view.shown(&it.path), why: it.reason.clone() });
    let problem = |it: &crate::view::ProblemRow| Unread {
        r#where: shown(view, &it.place),
        why: format!("cannot be understood: {}", it.message),
    };
    skipped.chain(view.problems.iter().map(problem)).collect()
}

#[derive(Serialize)]
struct Suppressed {
    r#where: String,
    rule: String,
    reason: String,
}

fn suppressed(view: &View) -> Vec<Suppressed> {
    let row = |(it, reason): &(FindingRow, String)| Suppressed {
        r#where: it.place().map_or_else(|| it.anchor.clone(), |place| shown(view, place)),
        rule: it.rule.clone(),
        reason: reason.clone(),
    };
    view.suppressed.iter().map(row).collect()
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
    let mut parts: Vec<String> = state.places.iter().map(|place| shown(view, place)).collect();
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
    fn stretches_of_a_line_may_lie_in_each_other() {
        let shown = |marked: Vec<Range<usize>>| {
            let part = |it: Part| if it.is_marked { format!("[{}]", it.text) } else { it.text };
            parts("abcdef", marked).into_iter().map(part).collect::<String>()
        };
        assert_eq!(shown(vec![]), "abcdef");
        assert_eq!(shown(vec![3..4, 0..1]), "[a]bc[d]ef");
        assert_eq!(shown(vec![1..4, 2..3, 3..6, 6..6]), "a[bcd][ef]");
        assert_eq!(shown(vec![9..12, 6..6]), "abcdef");
    }

    #[test]
    fn what_has_changed_of_a_line_is_known() {
        assert_eq!(changed("workers 3 é", "workers 4 é"), 8..9);
        assert_eq!(changed("aa", "aaa"), 2..2);
        assert_eq!(changed("aaa", "aa"), 2..3);
        assert_eq!(changed("", "x"), 0..0);
    }

    #[test]
    fn a_place_has_a_name_that_a_link_can_hold() {
        let place =
            Place { path: "a b/ü\".yml".into(), line: 3, column: 1, end_line: 3, end_column: 1, start: 0, end: 0 };
        assert_eq!(anchor(&place), "at-a_b/__.yml-3");
    }
}
