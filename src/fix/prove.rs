//! A fix is proven before it is offered: made on copies of its files together with others, or alone when that fails.

use rayon::prelude::*;

use super::trial::{Again, Audited, Trial};
use crate::rule::Finding;
use crate::source::{Applicability, FileId, Fix, Sources};

/// From a batch of more than these, the few that a trial speaks against are taken before it is halved: each trial is an audit.
const FEW: usize = 24;
/// So many times.
const MOST_PEELED: usize = 5;

/// Takes away every fix that does not hold. Fixes that do not touch are proven together, and apart only when that fails.
pub fn prove(sources: &Sources, audited: &mut Audited, again: &Again<'_>) {
    prove_edited(sources, &[], audited, again);
}

/// The same where some files already hold another text than was first read.
pub(super) fn prove_edited(sources: &Sources, edited: &[FileId], audited: &mut Audited, again: &Again<'_>) {
    let trial = Trial::new(sources, audited, again, edited);
    let held: Vec<Chosen> =
        batches(&audited.findings).par_iter().flat_map_iter(|batch| search(&trial, batch)).collect();
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

/// Those of a batch that hold: all of it, or what holds of parts of it. Each trial is an audit, so that its answer has to
/// be used: what leaves its own finding as it was does not hold, and of those that may have brought another, the halves are
/// tried apart from the rest, for some hold only where others are not made.
fn search(trial: &Trial<'_>, batch: &[Chosen]) -> Vec<Chosen> {
    if batch.is_empty() {
        return Vec::new();
    }
    if batch.len() > FEW {
        return search_many(trial, batch);
    }
    let Err(against) = trial.try_all(batch) else { return batch.to_vec() };
    if batch.len() == 1 {
        return Vec::new();
    }
    let whole = |part: &[Chosen]| search(trial, part);
    let [helpless, doubtful, rest] = against.parts(batch);
    // Where most do not help, it may be one of them that keeps the others from it.
    if helpless.len() * 2 > batch.len() || helpless.is_empty() && (doubtful.is_empty() || rest.is_empty()) {
        return halves(batch, whole);
    }
    let parts = rayon::join(|| search(trial, &rest), || halves(&doubtful, whole));
    [parts.0, parts.1].concat()
}

/// The same of many: what a trial speaks against is taken from them until the rest holds. Of the doubtful, which are not
/// searched to the last one, the halves get a trial each.
fn search_many(trial: &Trial<'_>, batch: &[Chosen]) -> Vec<Chosen> {
    let mut rest = batch.to_vec();
    let mut doubtful = Vec::new();
    for _ in 0..MOST_PEELED {
        let Err(against) = trial.try_all(&rest) else {
            return [rest, halves(&doubtful, |part| together(trial, part))].concat();
        };
        let [helpless, more, left] = against.parts(&rest);
        let nothing_told = helpless.is_empty() && more.is_empty();
        if nothing_told || left.len() <= FEW || helpless.len() * 2 > rest.len() {
            break;
        }
        doubtful.extend(more);
        rest = left;
    }
    halves(&[rest, doubtful].concat(), |part| search(trial, part))
}

/// What holds of the halves of a batch.
fn halves(batch: &[Chosen], holds: impl Fn(&[Chosen]) -> Vec<Chosen> + Sync) -> Vec<Chosen> {
    let (left, right) = batch.split_at(batch.len() / 2);
    let parts = rayon::join(|| holds(left), || holds(right));
    [parts.0, parts.1].concat()
}

/// All of a batch where it holds, and nothing of it where it does not.
fn together(trial: &Trial<'_>, batch: &[Chosen]) -> Vec<Chosen> {
    let holds = !batch.is_empty() && trial.try_all(batch).is_ok();
    if holds { batch.to_vec() } else { Vec::new() }
}

/// A fix, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chosen {
    /// The finding's place in the list.
    pub(super) finding: usize,
    /// The fix's place among the finding's.
    pub(super) fix: usize,
}

/// All fixes in batches of which none overlaps another and none settles a finding of another; those that may be trusted
/// most come first. Each batch costs an audit, so that it mixes what is safe with what is not: what `--fix` makes of it is
/// proven once more, by itself.
fn batches(findings: &[Finding]) -> Vec<Vec<Chosen>> {
    let of = |applicability: Applicability| {
        let all = findings.iter().enumerate();
        let all = all.flat_map(|(finding, it)| (0..it.fixes.len()).map(move |fix| Chosen { finding, fix }));
        all.filter(move |it| fix_of(findings, *it).is_some_and(|fix| fix.applicability == applicability))
    };
    let (safe, unsure) = (of(Applicability::Safe), of(Applicability::Unsafe));
    let mut open: Vec<Chosen> = safe.chain(unsure).chain(of(Applicability::Display)).collect();
    let mut out = Vec::new();
    while !open.is_empty() {
        let (batch, rest) = apart(findings, open, Fix::overlaps);
        out.push(batch);
        open = rest;
    }
    out
}

/// Those that can be made together, taken in their order, and those that must wait: of two that are in each other's way
/// the second.
pub(super) fn apart(
    findings: &[Finding],
    open: Vec<Chosen>,
    in_the_way: impl Fn(&Fix, &Fix) -> bool,
) -> (Vec<Chosen>, Vec<Chosen>) {
    let mut batch: Vec<Chosen> = Vec::new();
    let mut rest = Vec::new();
    for chosen in open {
        let Some(fix) = fix_of(findings, chosen) else { continue };
        let fits = batch.iter().all(|other| {
            other.finding != chosen.finding && fix_of(findings, *other).is_none_or(|other| !in_the_way(fix, other))
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
    use crate::rule::{Confidence, Label, Severity};
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
    fn safe_ones_and_others_are_proven_together() {
        let of = |text: &str| {
            let sources = sources(text);
            let mut found = audited(&sources, &[]);
            let kinds = [Applicability::Display, Applicability::Unsafe, Applicability::Safe];
            for (finding, applicability) in found.findings.iter_mut().zip(kinds) {
                finding.fixes[0].applicability = applicability;
            }
            batches(&found.findings).into_iter().map(|batch| batch.iter().map(|it| it.finding).collect()).collect()
        };
        let together: Vec<Vec<usize>> = of("bad\nbad\nbad");
        assert_eq!(together, [[2, 1, 0]], "what may be trusted most comes first");
    }

    #[test]
    fn those_that_do_not_help_are_told_from_the_others_at_once() {
        let text = format!("{}stay\n{}stay\n", "bad\n".repeat(50), "bad\n".repeat(50));
        // All, and those that help.
        assert_eq!(effort(&text), (2, 100));
    }

    #[test]
    fn what_does_not_help_does_not_take_others_with_it() {
        assert_eq!(proven("bad\nstay\npush\ntwo\nworse"), ["bad", "two"]);
        assert_eq!(effort("bad\nstay\nbad\npush"), (2, 2));
        assert_eq!(effort("stay\nstay\nbad\npush"), (6, 1), "one may keep the others from it");
    }

    /// The same, where two of the lines behind the long ones bring a finding between them once they are good.
    fn effort_with_clash(many: usize, clashing: usize) -> (usize, usize) {
        let far = "x".repeat(2 * super::super::trial::NEAR as usize);
        let text = format!("{}{}", "bad\n".repeat(many), format!("{far}\nbad\n").repeat(clashing));
        let calls = AtomicUsize::new(0);
        let counted = |sources: &Sources, edited: &[FileId]| {
            calls.fetch_add(1, Ordering::Relaxed);
            let mut out = audited(sources, edited);
            let text = sources.file(FileId(0)).text();
            let alone = format!("{far}\ngood\n");
            let places = text.match_indices(&alone).map(|(at, it)| at + it.len() - "good\n".len());
            let labels: Vec<Label> =
                places.map(|at| Label { span: Span::new(FileId(0), at, at + 4), text: "clashes".into() }).collect();
            let mut clash = audited(&super::tests::sources("stay"), &[]).findings;
            if labels.len() > 1 {
                out.findings.extend(clash.pop().map(|it| Finding {
                    labels,
                    anchor: Anchor::new("a.txt", "all"),
                    ..it
                }));
            }
            out
        };
        let sources = sources(&text);
        let mut found = audited(&sources, &[]);
        prove(&sources, &mut found, &counted);
        (calls.load(Ordering::Relaxed), found.findings.iter().filter(|it| !it.fixes.is_empty()).count())
    }

    #[test]
    fn a_few_doubtful_ones_among_many_are_not_searched_to_the_last() {
        // All, those that are not doubtful, and each half of those that are.
        assert_eq!(effort_with_clash(30, 2), (4, 32));
        assert_eq!(effort_with_clash(30, 3), (4, 31), "of the half that does not hold, nothing is offered");
        assert_eq!(effort_with_clash(10, 3), (6, 13), "among few each is tried");
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
