//! A fix is proven before it is offered: applied to copies of its files, they are read and judged again.
//!
//! It holds when nothing that could be read cannot be read any more, the finding is gone, and nothing new of equal or
//! higher severity has come. What is gone has no fixes, so applying it again changes nothing.

use std::collections::{BTreeMap, HashMap};

use crate::rule::{Finding, RuleName, Severity};
use crate::source::{Applicability, Edit, FileId, Fix, Sources, apply};
use crate::stack::Anchor;

/// What an audit says, as far as a proof must know.
#[derive(Clone, Debug, Default)]
pub struct Audited {
    /// What is wrong, with the fixes that are proposed.
    pub findings: Vec<Finding>,
    /// What could not be decided.
    pub undecided: Vec<(RuleName, Anchor)>,
    /// What could not be read: the file's path, and what was expected and found there.
    pub problems: Vec<(Box<str>, Box<str>)>,
}

/// Audits the files again. Those of the list hold another text than at first; what was read of the others still holds.
pub type Again<'a> = dyn Fn(&Sources, &[FileId]) -> Audited + 'a;

/// What findings are counted by: texts and figures change with a fix, and several things may have one anchor.
type Key = (RuleName, Anchor);

/// Takes away every fix that does not hold. Fixes that do not touch are proven together, and apart only when that fails.
/// `sources` are changed meanwhile, and as they were in the end.
pub fn prove(sources: &mut Sources, audited: &mut Audited, again: &Again<'_>) {
    let mut proven: Vec<Vec<bool>> = audited.findings.iter().map(|it| vec![false; it.fixes.len()]).collect();
    let mut trial = Trial::new(sources, audited, again, Vec::new());
    for batch in batches(&audited.findings) {
        trial.prove(&batch, &mut |chosen| {
            if let Some(mark) = proven.get_mut(chosen.finding).and_then(|marks| marks.get_mut(chosen.fix)) {
                *mark = true;
            }
        });
    }
    for (finding, marks) in audited.findings.iter_mut().zip(proven) {
        let mut marks = marks.into_iter();
        finding.fixes.retain(|_| marks.next().unwrap_or(false));
    }
}

/// A fix, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The finding's place in the list.
    pub(super) finding: usize,
    /// The fix's place among the finding's.
    pub(super) fix: usize,
}

/// All fixes in batches of which none meets another, none settles a finding of another, and all are equally trusted:
/// a safe fix must not hold only because an unsafe one is made beside it.
fn batches(findings: &[Finding]) -> Vec<Vec<Chosen>> {
    let mut out = Vec::new();
    for applicability in [Applicability::Safe, Applicability::Unsafe, Applicability::Display] {
        let mut open: Vec<Chosen> = findings
            .iter()
            .enumerate()
            .flat_map(|(finding, it)| (0..it.fixes.len()).map(move |fix| Chosen { finding, fix }))
            .filter(|chosen| fix_of(findings, *chosen).is_some_and(|fix| fix.applicability == applicability))
            .collect();
        while !open.is_empty() {
            let (batch, rest) = apart(findings, open);
            out.push(batch);
            open = rest;
        }
    }
    out
}

/// Those that can be made together, taken in their order, and those that must wait.
pub(super) fn apart(findings: &[Finding], open: Vec<Chosen>) -> (Vec<Chosen>, Vec<Chosen>) {
    let mut batch: Vec<Chosen> = Vec::new();
    let mut rest = Vec::new();
    for chosen in open {
        let Some(fix) = fix_of(findings, chosen) else { continue };
        let fits = batch.iter().all(|other| {
            other.finding != chosen.finding && fix_of(findings, *other).is_none_or(|other| !fix.meets(other))
        });
        if fits { batch.push(chosen) } else { rest.push(chosen) }
    }
    (batch, rest)
}

pub(super) fn fix_of(findings: &[Finding], chosen: Chosen) -> Option<&Fix> {
    findings.get(chosen.finding)?.fixes.get(chosen.fix)
}

/// The state that fixes are tried on.
pub(super) struct Trial<'a> {
    sources: &'a mut Sources,
    before: Audited,
    counts: HashMap<Key, Count>,
    again: &'a Again<'a>,
    /// Files that already differ from what was first read.
    edited: Vec<FileId>,
}

/// How often, and how badly at worst.
#[derive(Clone, Copy)]
struct Count {
    times: usize,
    worst: Severity,
}

impl<'a> Trial<'a> {
    /// Tries fixes on `sources`, of which `before` is said; `edited` are those that differ from what was first read.
    pub(super) fn new(sources: &'a mut Sources, before: &Audited, again: &'a Again<'a>, edited: Vec<FileId>) -> Self {
        Self { sources, before: before.clone(), counts: counts(&before.findings), again, edited }
    }

    /// Calls `proven` with each fix of the batch that holds.
    fn prove(&mut self, batch: &[Chosen], proven: &mut dyn FnMut(Chosen)) {
        if self.try_all(batch).is_some() {
            batch.iter().copied().for_each(proven);
        } else if batch.len() > 1 {
            let (left, right) = batch.split_at(batch.len() / 2);
            self.prove(left, proven);
            self.prove(right, proven);
        }
    }

    /// Makes the fixes, and says what an audit then says when they hold together. The files are as before in the end.
    pub(super) fn try_all(&mut self, batch: &[Chosen]) -> Option<Audited> {
        let texts = self.texts(batch)?;
        let mut edited = self.edited.clone();
        let mut old = Vec::new();
        for (file, text) in texts {
            old.push((file, Box::<str>::from(self.sources.file(file).text())));
            self.sources.replace(file, text);
            if !edited.contains(&file) {
                edited.push(file);
            }
        }
        edited.sort_unstable();
        let after = (self.again)(self.sources, &edited);
        for (file, text) in old {
            self.sources.replace(file, text);
        }
        self.holds(batch, &after).then_some(after)
    }

    /// The texts of the files with the fixes made; [`None`] when they do not fit, or change nothing.
    pub(super) fn texts(&self, batch: &[Chosen]) -> Option<BTreeMap<FileId, String>> {
        let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in batch.iter().filter_map(|chosen| fix_of(&self.before.findings, *chosen)).flat_map(Fix::edits) {
            edits.entry(edit.span.file).or_default().push(edit);
        }
        let mut texts = BTreeMap::new();
        for (file, mut edits) in edits {
            edits.sort();
            // Two fixes may need the same change, which is made once.
            edits.dedup();
            let old = self.sources.file(file).text();
            let new = apply(old, edits).ok()?;
            if new != old {
                texts.insert(file, new);
            }
        }
        (!texts.is_empty()).then_some(texts)
    }

    fn holds(&self, batch: &[Chosen], after: &Audited) -> bool {
        let fixed: Vec<&Finding> = batch.iter().filter_map(|it| self.before.findings.get(it.finding)).collect();
        let Some(least) = fixed.iter().map(|it| it.severity).min() else { return false };
        let now = counts(&after.findings);
        let times = |counts: &HashMap<Key, Count>, key: &Key| counts.get(key).map_or(0, |it| it.times);
        let mut settled: HashMap<Key, usize> = HashMap::new();
        for finding in fixed {
            *settled.entry(key(finding)).or_default() += 1;
        }
        let gone = settled.iter().all(|(key, fixed)| {
            let open = |list: &[Key]| list.iter().filter(|it| *it == key).count();
            times(&now, key) + fixed <= times(&self.counts, key)
                && open(&after.undecided) <= open(&self.before.undecided)
        });
        let nothing_new = now.iter().all(|(key, count)| {
            let worse = self.counts.get(key).is_none_or(|it| it.times < count.times || it.worst < count.worst);
            !worse || count.worst < least
        });
        gone && nothing_new && self.reads_as_before(after)
    }

    /// Whether everything that cannot be read could not be read before, either.
    fn reads_as_before(&self, after: &Audited) -> bool {
        let mut known: HashMap<&(Box<str>, Box<str>), usize> = HashMap::new();
        for problem in &self.before.problems {
            *known.entry(problem).or_default() += 1;
        }
        after.problems.iter().all(|problem| match known.get_mut(problem) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        })
    }
}

fn key(finding: &Finding) -> Key {
    (finding.rule.clone(), finding.anchor.clone())
}

fn counts(findings: &[Finding]) -> HashMap<Key, Count> {
    let mut counts: HashMap<Key, Count> = HashMap::new();
    for finding in findings {
        let count = counts.entry(key(finding)).or_insert(Count { times: 0, worst: finding.severity });
        count.times += 1;
        count.worst = count.worst.max(finding.severity);
    }
    counts
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;
    use std::path::PathBuf;

    use super::*;
    use crate::rule::Confidence;
    use crate::source::{SourceFile, Span};

    /// One file that holds these words, one a line.
    pub(in crate::fix) fn sources(text: &str) -> Sources {
        Sources::new(vec![SourceFile::new(FileId(0), "a.txt", PathBuf::new(), text)])
    }

    /// An audit of a made-up language: a line `bad` is a finding that is settled by writing `good`; `worse` one that
    /// brings a syntax error; `push` one that makes a finding elsewhere; `stay` one whose fix does not help; `two` one
    /// that becomes `bad`.
    pub(in crate::fix) fn audited(sources: &Sources, _: &[FileId]) -> Audited {
        let text = sources.file(FileId(0)).text();
        let mut out = Audited::default();
        let mut at = 0;
        for (line, word) in text.split('\n').enumerate() {
            let (to, severity) = match word {
                "bad" => ("good", Severity::Low),
                "worse" => ("!", Severity::High),
                "push" => ("stay", Severity::Low),
                "stay" => ("stay ", Severity::Medium),
                "stay " => ("stay", Severity::Medium),
                "two" => ("bad", Severity::Medium),
                _ => {
                    if word == "!" {
                        out.problems.push(("a.txt".into(), "a word".into()));
                    }
                    at += word.len() + 1;
                    continue;
                }
            };
            let span = Span::new(FileId(0), at, at + word.len());
            let kind = if word.starts_with("stay") { "stay" } else { word };
            out.findings.push(Finding {
                rule: format!("x/{kind}").into(),
                severity,
                confidence: Confidence::High,
                message: word.to_owned(),
                anchor: Anchor::new("a.txt", line.to_string()),
                labels: Vec::new(),
                notes: Vec::new(),
                fixes: vec![Fix::new(format!("write {to}"), Applicability::Safe, vec![Edit::replace(span, to)])],
                verify: String::new(),
            });
            at += word.len() + 1;
        }
        out
    }

    /// The messages of the findings that keep their fix.
    fn proven(text: &str) -> Vec<String> {
        let mut sources = sources(text);
        let mut found = audited(&sources, &[]);
        prove(&mut sources, &mut found, &audited);
        assert_eq!(sources.file(FileId(0)).text(), text, "the files are as before");
        found.findings.into_iter().filter(|it| !it.fixes.is_empty()).map(|it| it.message).collect()
    }

    #[test]
    fn only_what_holds_is_offered() {
        assert_eq!(proven("bad"), ["bad"]);
        assert_eq!(proven("worse"), [""; 0], "it brings a syntax error");
        assert_eq!(proven("stay"), [""; 0], "the finding stays");
        assert_eq!(proven("push"), [""; 0], "something worse comes");
        assert_eq!(proven("two"), ["two"], "what comes is less bad");
        assert_eq!(proven("bad\nworse\ntwo\nstay\nbad"), ["bad", "two", "bad"]);
    }

    #[test]
    fn fixes_that_do_not_touch_are_proven_together() {
        let calls = Cell::new(0);
        let counted = |sources: &Sources, edited: &[FileId]| {
            calls.set(calls.get() + 1);
            audited(sources, edited)
        };
        let mut sources = sources(&"bad\n".repeat(100));
        let mut found = audited(&sources, &[]);
        prove(&mut sources, &mut found, &counted);
        assert_eq!(calls.get(), 1);
        assert!(found.findings.iter().all(|it| it.fixes.len() == 1));
    }

    #[test]
    fn what_cannot_be_applied_is_not_offered() {
        let mut sources = sources("bad");
        let mut found = audited(&sources, &[]);
        let far = Span::new(FileId(0), 90, 99);
        found.findings[0].fixes = vec![Fix::new("far", Applicability::Safe, vec![Edit::replace(far, "x")])];
        prove(&mut sources, &mut found, &audited);
        assert_eq!(found.findings[0].fixes, []);
    }

    #[test]
    fn a_fix_that_makes_it_undecidable_does_not_hold() {
        let undecided = |sources: &Sources, edited: &[FileId]| Audited {
            undecided: vec![("x/bad".into(), Anchor::new("a.txt", "0"))],
            ..audited(sources, edited)
        };
        let mut sources = sources("bad");
        let mut found = audited(&sources, &[]);
        prove(&mut sources, &mut found, &undecided);
        assert_eq!(found.findings[0].fixes, []);
    }
}
