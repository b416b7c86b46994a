//! What the printers print: a run's report as plain rows.
//!
//! Here everything is worked out that a reader will see: spans become lines, fixes become diffs, secrets are masked,
//! counts are summed. A printer only lays the rows out; it computes nothing, and needs neither the stack nor a file.

mod architecture;
mod budget;
mod capacity;
mod compare;
pub mod diff;
mod facts;
mod files;
mod finding;
mod graph;
mod load;
pub mod mask;
mod messages;
mod open;
mod overview;
mod patch;
mod place;
mod plan;
mod report;
mod rule;
mod settled;
mod sizing;
mod storage;
mod summary;
mod supplies;
mod what_if;

pub use architecture::PartRow;
pub use budget::{Bounds, Budget, Factor, Term};
pub use capacity::{BoundRow, Capacity, CliffRow, EvenCurve, InputRow, LoadRow, Range};
pub use compare::{BudgetChange, CapacityChange, CapacityThen, Comparison, Earlier, FindingBrief, InputChange};
pub use facts::{Entity, Field, State, Tree};
pub use files::{AsideRow, FileRow};
pub use finding::{EditRow, FileDiff, FindingRow, FixRow, LabelRow};
pub use graph::{Edge, Graph, Node, Shape};
pub use load::{LeftOut, LoadTest, NoLoadTest, Parameter, Ramp, Request, Watch};
pub use open::OpenRow;
pub use overview::{Assumed, Overview, Phase, ServiceRow, StoreRow};
pub use patch::{Applied, Change, Patch};
pub use place::{Place, Snippet};
pub use plan::{PlanRow, PlanView, TotalRow};
pub use report::{Filter, Problem, Report, Suppressed};
pub use rule::{RuleInfo, RuleRow, Seen, seen_as};
pub use settled::GoalChange;
pub use sizing::{BesideRow, GoalRow, KnobRow, Need, SizingRow};
pub use storage::{StorageView, TableRow};
pub use summary::{FileKind, Summary};
pub use what_if::{Setting, WhatIfRow};

use serde::Serialize;

use crate::config::Confidence;
use crate::rule::Undecided;
use crate::source::{Skipped, Span};
pub(crate) use capacity::rounded;
use mask::clean;
use summary::summarise;

/// A run, as rows.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// What to put before a path so that it is found from where the reader stands: `fixtures/wingman/`, or nothing.
    pub prefix: String,
    /// The audited folder's own name.
    pub name: String,
    /// What is wrong, the worst first.
    pub findings: Vec<FindingRow>,
    /// What is wrong, and what the files say is meant to be so.
    pub suppressed: Vec<(FindingRow, String)>,
    /// What could not be decided.
    pub undecided: Vec<UndecidedRow>,
    /// What could not be understood in files that were read.
    pub problems: Vec<ProblemRow>,
    /// Files that could not be read.
    pub skipped: Vec<SkippedRow>,
    /// Every rule that ran, with what came of it.
    pub rules: Vec<RuleRow>,
    /// What the rules that found something say of themselves.
    pub info: Vec<RuleInfo>,
    /// What there is, by deployment.
    pub stacks: Vec<Tree>,
    /// The same, drawn; empty without [`View::with_graphs`].
    pub graphs: Vec<Graph>,
    /// The drawings that are others with the whole plan made; empty without [`View::with_plan`].
    pub graphs_then: Vec<Graph>,
    /// Deployments that are not judged.
    pub aside: Vec<AsideRow>,
    /// What became of each file; empty without [`View::with_facts`].
    pub files: Vec<FileRow>,
    /// The connections of each database.
    pub budgets: Vec<Budget>,
    /// The lines that the capacity and the budgets rest on, by place; empty without [`View::with_excerpts`].
    pub excerpts: Vec<(Place, Snippet)>,
    /// How much load each application takes; empty without [`View::with_capacity`].
    pub capacity: Vec<Capacity>,
    /// What each change buys; empty without [`View::with_plan`].
    pub plan: PlanView,
    /// What would become of each application if a number were another; empty without [`View::with_what_if`].
    pub what_if: Vec<WhatIfRow>,
    /// What goals ask of each application; empty without [`View::with_sizing`].
    pub sizing: Vec<SizingRow>,
    /// What tables take of the disk; nothing without [`View::with_storage`].
    pub storage: Option<StorageView>,
    /// What has changed since an earlier audit; empty without [`View::with_comparison`].
    pub comparison: Option<Comparison>,
    /// The counts.
    pub summary: Summary,
}

/// Something that could not be decided.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct UndecidedRow {
    /// The rule.
    pub rule: String,
    /// What it was about: `compose.yaml#services.web`.
    pub anchor: String,
    /// What would have to be known, each in words.
    pub reasons: Vec<String>,
}

/// Something in a file that could not be understood.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ProblemRow {
    /// Where.
    pub place: Place,
    /// What was expected, what was found.
    pub message: String,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SkippedRow {
    /// Its path below the root.
    pub path: String,
    /// Why, as the rest of a sentence that starts with the path.
    pub reason: String,
}

impl View {
    /// The rows of what the filter keeps of a report.
    pub fn new(report: &Report, filter: &Filter) -> Self {
        let sources = &report.sources;
        let (kept, hidden): (Vec<_>, Vec<_>) =
            report.findings.iter().partition(|finding| filter.keeps(sources, finding));
        let info = |name: &str| report.rules.iter().find(|rule| rule.name == name);
        let row = |finding| FindingRow::of(sources, finding, info);
        let mut findings: Vec<FindingRow> = kept.into_iter().map(row).collect();
        findings.sort_by(FindingRow::compare);
        let suppressed = report.suppressed.iter().filter(|it| filter.names(&it.finding.anchor.file)).map(|it| {
            let reason = clean(&it.reason).into_owned();
            (FindingRow::of(sources, &it.finding, info), reason)
        });
        let name = report.root.file_name().map_or_else(|| ".".into(), |name| name.to_string_lossy().into_owned());
        let mut view = Self {
            prefix: String::new(),
            name: clean(&name).into_owned(),
            suppressed: suppressed.collect(),
            undecided: report.undecided.iter().filter(|it| filter.names(&it.anchor.file)).map(undecided).collect(),
            problems: report
                .problems
                .iter()
                .filter(|it| filter.names(&sources.file(it.at.file).path))
                .map(|it| ProblemRow { place: Place::of(sources, it.at), message: clean(&it.message).into_owned() })
                .collect(),
            skipped: report.skipped.iter().filter(|it| filter.names(&it.path)).map(skipped).collect(),
            rules: rule::rows(report),
            info: report.rules.clone(),
            stacks: report.stacks.iter().map(|stack| Tree::of(sources, stack)).collect(),
            graphs: Vec::new(),
            graphs_then: Vec::new(),
            aside: files::aside(report),
            files: Vec::new(),
            budgets: report.stacks.iter().flat_map(|stack| budget::of(sources, stack)).collect(),
            excerpts: Vec::new(),
            capacity: Vec::new(),
            plan: PlanView::default(),
            what_if: Vec::new(),
            sizing: Vec::new(),
            storage: None,
            comparison: None,
            summary: Summary::default(),
            findings,
        };
        view.problems.sort_by(|a, b| a.place.cmp(&b.place));
        let surer = Filter { confidence: Confidence::Low, ..filter.clone() };
        let unsure = hidden.iter().filter(|it| surer.keeps(sources, it)).map(|it| it.confidence);
        view.summary = summarise(&view, sources, hidden.len(), &unsure.collect::<Vec<_>>());
        view
    }

    /// What could not be decided, each thing that is not known once.
    pub fn open(&self) -> Vec<OpenRow> {
        open::group(&self.undecided)
    }

    /// The same with a drawing of each deployment.
    #[must_use]
    pub fn with_graphs(mut self, report: &Report) -> Self {
        self.graphs = Graph::all(&report.stacks);
        self
    }

    /// The same with what only `facts` prints: the drawings, and what became of each file. It looks at every value of
    /// every stack, which `check` need not.
    #[must_use]
    pub fn with_facts(self, report: &Report) -> Self {
        let mut it = self.with_graphs(report);
        it.add_facts(report);
        it
    }

    fn add_facts(&mut self, report: &Report) {
        self.files = files::files(report);
        // Behind what is deployed, and before what is said of the code alone.
        let at = self.stacks.len() - usize::from(self.stacks.last().is_some_and(|it| it.name == "code"));
        let unstarted = report.unstarted.iter().map(|stack| Tree::of(&report.sources, stack));
        self.stacks.splice(at..at, unstarted);
    }

    /// The same with the lines that the capacity and the connection budgets rest on, for a report that is read far from
    /// the files.
    #[must_use]
    pub fn with_excerpts(mut self, report: &Report) -> Self {
        let factors = |it: &Budget| {
            let terms = it.terms.iter().flat_map(|term| &term.factors);
            terms.chain([&it.accepts, &it.reserved]).flat_map(|it| it.places.clone()).collect::<Vec<_>>()
        };
        let mut places: Vec<Place> = self.budgets.iter().flat_map(factors).collect();
        for it in &self.capacity {
            places.extend(it.bounds.iter().flat_map(|row| row.places.clone()));
            places.extend(it.cliffs.iter().flat_map(|row| row.places.clone()));
            places.extend(it.facts.iter().flat_map(|row| row.places.clone()));
        }
        places.sort();
        places.dedup_by(|a, b| (&a.path, a.line) == (&b.path, b.line));
        let sources = &report.sources;
        let excerpt = |place: Place| {
            let file = sources.by_path(&place.path)?;
            let snippet = Snippet::of(sources, Span::new(file.id, place.start, place.end));
            Some((place, snippet))
        };
        self.excerpts = places.into_iter().filter_map(excerpt).collect();
        self
    }

    /// A path as the reader finds it.
    pub fn shown(&self, path: &str) -> String {
        format!("{}{}", self.prefix, clean(path))
    }
}

fn undecided(it: &Undecided) -> UndecidedRow {
    UndecidedRow {
        rule: it.rule.to_string(),
        anchor: clean(&it.anchor.to_string()).into_owned(),
        reasons: it.reasons.iter().map(|reason| clean(reason).into_owned()).collect(),
    }
}

fn skipped(it: &Skipped) -> SkippedRow {
    SkippedRow { path: clean(&it.path).into_owned(), reason: it.reason.to_string() }
}
