//! A fix is proven before it is offered: made on copies of its files together with others, or alone when that fails.

use rayon::prelude::*;

use super::trial::{Again, Audited, Trial};
use crate::rule::Finding;
use crate::source::{Applicability, FileId, Fix, Sources};

/// Takes away every fix that does not hold. Fixes that do not touch are proven together, and apart only when that fails.
pub fn prove(sources: &Sources, audited: &mut Audited, again: &Again<'_>) {
    prove_edited(sources, &[], audited, again);
}

/// The same where some files already hold another text than was first read.
pub(super) fn prove_edited(sources: &Sources, edited: &[FileId], audited: &mut Audited, again: &Again<'_>) {
    let trial = Trial::new(sources, audited, again, edited);
    let held: Vec<Chosen> =
        batches(&audited.findings).par_iter().flat_map_iter(|batch| search(&trial, batch, &[], false)).collect();
    let mut proven: Vec<Vec<bool>> = audited.findings.iter().map(|it| vec![false; it.fixes.len()]).collect();
    for chosen in held {
        if let Some(mark) = proven.get_mut(chosen.finding).and_then(|marks| marks.get_mut(chosen.fix)) {
            *mark = true;
        }
    }
    for (finding, marks) in audited.findings.iter_mut().zip(proven) {
        let mut marks = marks.into_iter();
        finding.fixes.retain(|_| marks.next().unwrap_or(false));
    }
}

/// Those of a batch that hold: all of it, or what holds of two parts of it. Those that the trial speaks against are tried
/// again apart from the others, for some hold only where others are not made; `suspects` are those that left their own
/// finding as it was before, in a larger company. What does so twice is not tried alone: each trial is an audit. Whether
/// some were set apart on a mere doubt is told by `doubted`: twice in a row that would go on one by one.
fn search(trial: &Trial<'_>, batch: &[Chosen], suspects: &[Chosen], doubted: bool) -> Vec<Chosen> {
    let Err(against) = trial.try_all(batch) else { return batch.to_vec() };
    if batch.len() < 2 {
        return Vec::new();
    }
    let is_hopeless = |it: &Chosen| against.helpless.contains(it) && suspects.contains(it);
    let (hopeless, open): (Vec<Chosen>, Vec<Chosen>) = batch.iter().partition(|it| is_hopeless(it));
    if open.is_empty() {
        return Vec::new();
    }
    if !hopeless.is_empty() {
        return search(trial, &open, suspects, doubted);
    }
    let (doubtful, rest): (Vec<Chosen>, Vec<Chosen>) = open.iter().partition(|it| against.speaks_of(it));
    let by_doubt = against.helpless.is_empty();
    // Where it says the same of all, or doubts others than before, halves tell more.
    let same = rest.is_empty() || doubtful.is_empty() || doubted && by_doubt;
    let (left, right) = if same { open.split_at(open.len() / 2) } else { (&*rest, &*doubtful) };
    let (mut held, more) = rayon::join(
        || search(trial, left, &against.helpless, by_doubt && !same),
        || search(trial, right, &against.helpless, false),
    );
    held.extend(more);
    held
}

/// A fix, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

#[cfg(test)]
pub(super) mod tests {
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::rule::{Confidence, Severity};
    use crate::source::{Edit, FileId, SourceFile, Span};
    use crate::stack::Anchor;

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
        let sources = sources(text);
        let mut found = audited(&sources, &[]);
        prove(&sources, &mut found, &audited);
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

    /// How many audits it takes to prove the fixes of a text, and how many hold.
    fn effort(text: &str) -> (usize, usize) {
        let calls = AtomicUsize::new(0);
        let counted = |sources: &Sources, edited: &[FileId]| {
            calls.fetch_add(1, Ordering::Relaxed);
            audited(sources, edited)
        };
        let sources = sources(text);
        let mut found = audited(&sources, &[]);
        prove(&sources, &mut found, &counted);
        (calls.load(Ordering::Relaxed), found.findings.iter().filter(|it| !it.fixes.is_empty()).count())
    }

    #[test]
    fn fixes_that_do_not_touch_are_proven_together() {
        assert_eq!(effort(&"bad\n".repeat(100)), (1, 100));
    }

    #[test]
    fn those_that_do_not_help_are_told_from_the_others_at_once() {
        let text = format!("{}stay\n{}stay\n", "bad\n".repeat(50), "bad\n".repeat(50));
        // All, those that help, and those that do not: they have failed twice then.
        assert_eq!(effort(&text), (3, 100));
    }

    #[test]
    fn what_does_not_help_does_not_take_others_with_it() {
        assert_eq!(proven("bad\nstay\npush\ntwo\nworse"), ["bad", "two"]);
        assert_eq!(effort("stay\nstay\nbad\npush"), (3, 1));
    }

    #[test]
    fn what_cannot_be_applied_is_not_offered() {
        let sources = sources("bad");
        let mut found = audited(&sources, &[]);
        let far = Span::new(FileId(0), 90, 99);
        found.findings[0].fixes = vec![Fix::new("far", Applicability::Safe, vec![Edit::replace(far, "x")])];
        prove(&sources, &mut found, &audited);
        assert_eq!(found.findings[0].fixes, []);
    }

    #[test]
    fn a_fix_that_makes_it_undecidable_does_not_hold() {
        let undecided = |sources: &Sources, edited: &[FileId]| Audited {
            undecided: vec![("x/bad".into(), Anchor::new("a.txt", "0"))],
            ..audited(sources, edited)
        };
        let sources = sources("bad");
        let mut found = audited(&sources, &[]);
        prove(&sources, &mut found, &undecided);
        assert_eq!(found.findings[0].fixes, []);
    }
}
