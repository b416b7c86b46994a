//! Every page under `rules/` is held to its form and to its word: its examples are audited, and what it says in `report`
//! and `diff` is what comes out. `SNAPSHOTS=overwrite cargo test --test rules` writes both anew.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

use libtest_mimic::{Arguments, Failed, Trial};
use plimsoll::rule::example::{BlockKind, Example};
use plimsoll::rule::{Finding, Page, Rules};
use plimsoll::source::{FileId, SourceFile, Sources};
use plimsoll::view::Problem;
use plimsoll::{Options, audit_sources, settle};

fn main() {
    let arguments = Arguments::from_args();
    let rules = Rules::builtin();
    let names: Vec<String> = rules.names().map(str::to_owned).collect();
    let trials = names
        .into_iter()
        .flat_map(|name| {
            let (form, examples) = (name.clone(), name.clone());
            [
                Trial::test(format!("{name} has the form"), move || has_the_form(page(&Rules::builtin(), &form)?)),
                Trial::test(format!("{name} keeps its word"), move || {
                    keeps_its_word(page(&Rules::builtin(), &examples)?)
                }),
            ]
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn page<'a>(rules: &'a Rules, name: &str) -> Result<&'a Page, Failed> {
    rules.page(name).ok_or_else(|| Failed::from("the page is gone"))
}

/// What every page has: why, when it is fine, an example of each kind, a source, a way to verify, the plan's columns.
fn has_the_form(page: &Page) -> Result<(), Failed> {
    let rule = page.rule().map_err(|errors| Failed::from(lines(errors)))?;
    let prose = page.prose();
    let title_ok =
        !rule.title.ends_with('.') && !rule.title.starts_with(|c: char| c.is_uppercase() && !is_name(&rule.title));
    let wanted = [
        (title_ok, "a title starts with a small letter (or a name) and has no full stop"),
        (!prose.why.is_empty(), "why it matters, behind the front matter"),
        (!prose.fine.is_empty(), "`## When this is fine`"),
        (prose.examples.iter().any(|it| it.flagged), "`## Flagged: …`, an example in which it finds something"),
        (prose.examples.iter().any(|it| !it.flagged), "`## Fine: …`, an example in which it finds nothing"),
        (prose.examples.iter().all(|it| it.files().next().is_some()), "files in every example"),
        (!rule.sources.is_empty(), "`sources`"),
        (rule.sources.iter().all(|it| it.starts_with("https://")), "sources as addresses"),
        (rule.verify.is_some(), "`verify`"),
        (rule.effort.is_some(), "`effort`"),
        (rule.phase.is_some(), "`phase`"),
        (rule.risk.is_some(), "`risk`"),
        (rule.takes_effect.is_some(), "`takes_effect`"),
        (rule.rollback.is_some(), "`rollback`"),
    ];
    let missing: Vec<String> =
        wanted.iter().filter(|(there, _)| !there).map(|(_, what)| format!("{}: expected {what}", page.path)).collect();
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n").into()) }
}

/// Whether the first word is a name that is written so: `DEBUG`, `PgBouncer`, `ASGI`.
fn is_name(title: &str) -> bool {
    let word = title.split_whitespace().next().unwrap_or("");
    word.chars().skip(1).any(char::is_uppercase) || matches!(word, "Django" | "Celery" | "Redis" | "Python" | "Docker")
}

fn lines<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// What comes out of an example.
struct Said {
    /// `severity[rule]: message` lines, of the page's rule alone.
    report: String,
    /// What the rule's fixes change, as a unified diff.
    diff: String,
    /// What could not be read.
    faults: Vec<String>,
    /// What could not be decided.
    undecided: Vec<String>,
}

#[allow(clippy::disallowed_methods, reason = "whether to rewrite is said by the environment")]
fn keeps_its_word(page: &Page) -> Result<(), Failed> {
    let overwrite = std::env::var("SNAPSHOTS").is_ok_and(|it| it == "overwrite");
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let mut wrong = String::new();
    for example in page.prose().examples {
        let said = audit(&example, page)?;
        let mut complain = |what: &str| {
            let _ = writeln!(wrong, "{}: {}: {what}", page.path, example.title);
        };
        // Where something is found, something else may be open.
        let open = said.undecided.iter().filter(|_| said.report.is_empty());
        said.faults.iter().chain(open).for_each(|fault| complain(fault));
        match (example.flagged, said.report.is_empty()) {
            (true, true) => complain("nothing was found"),
            (false, false) => complain(&format!("expected nothing, found\n{}", said.report)),
            _ => {}
        }
        if !example.flagged || said.report.is_empty() {
            continue;
        }
        for (kind, name, text) in [(BlockKind::Report, "report", &said.report), (BlockKind::Diff, "diff", &said.diff)] {
            match example.block(&kind) {
                Some(block) if *block.text == **text => {}
                Some(block) if overwrite => changes.push((block.at.clone(), text.clone())),
                Some(block) => complain(&format!("expected {name}\n{}found\n{text}", block.text)),
                None if overwrite && !text.is_empty() => {
                    changes.push((example.end..example.end, format!("```{name}\n{text}```\n")));
                }
                None if kind == BlockKind::Report => complain(&format!("it has no `report`, and finds\n{text}")),
                None => {}
            }
        }
    }
    rewrite(page, changes)?;
    if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
}

/// Makes the changes, which are in the order of their places, in the page on disk.
fn rewrite(page: &Page, changes: Vec<(Range<usize>, String)>) -> Result<(), Failed> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut text = page.text().to_owned();
    for (range, new) in changes.into_iter().rev() {
        text.replace_range(range, &new);
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    plimsoll::source::replace_file(&root, &root.join(&*page.path), page.text(), &text)
        .map_err(|error| Failed::from(error.to_string()))
}

/// Audits the files of an example with the page's rule alone.
fn audit(example: &Example, page: &Page) -> Result<Said, Failed> {
    let mut rules = Rules::default();
    rules.load_user([(page.path.to_string(), page.text().to_owned())]).map_err(|errors| lines(&errors))?;
    let options = Options { rules, ..Options::default() };
    let mut files: Vec<(&str, &str)> = example.files().collect();
    files.sort_unstable();
    let file =
        |(at, (path, text)): (usize, &(&str, &str))| SourceFile::new(FileId(at as u32), *path, PathBuf::new(), *text);
    let sources = Sources::new(files.iter().enumerate().map(file).collect());
    let report = audit_sources(PathBuf::new(), sources, Vec::new(), &options);
    let line = |it: &Finding| format!("{}[{}]: {}\n", it.severity, it.rule, it.message);
    let place = |it: &Problem| {
        let file = report.sources.file(it.at.file);
        format!("{}:{}: {}", file.path, file.position(it.at.start as usize).line, it.message)
    };
    let undecided = report.undecided.iter().map(|it| format!("undecided: {}: {}", it.anchor, it.reasons.join("; ")));
    let patch = settle(&report, &options, &|_, _| true)?;
    Ok(Said {
        report: report.findings.iter().map(line).collect(),
        diff: patch.unified("").0,
        faults: report.problems.iter().map(place).collect(),
        undecided: undecided.collect(),
    })
}
