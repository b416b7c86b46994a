//! Fixes made in rounds, until nothing changes.

use std::collections::BTreeSet;

use super::prove::{Chosen, apart, fix_of, prove_edited};
use super::trial::{Again, Audited, Trial};
use crate::rule::{Finding, RuleName};
use crate::source::{FileId, Fix, Sources};
use crate::stack::Anchor;

/// After so many rounds what is left is left.
const MOST_ROUNDS: usize = 10;

/// A fix that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Used {
    /// The rule whose finding it settles.
    pub rule: RuleName,
    /// What the finding was about.
    pub anchor: Anchor,
    /// The fix; its places are those of the text that the round before left.
    pub fix: Fix,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Converged {
    /// The fixes of each round.
    pub rounds: Vec<Vec<Used>>,
    /// The files that have changed, with their texts.
    pub texts: Vec<(FileId, String)>,
    /// What is said of the files as they are then, with the fixes that are wanted and hold.
    pub left: Audited,
}

/// Makes the fixes that are `wanted`, of each finding the first. Of two that meet in one place the second waits for the
/// next round. `audited` is what is said of `sources`, each fix proven.
pub fn converge(
    sources: &Sources,
    audited: &Audited,
    wanted: &dyn Fn(&Finding, &Fix) -> bool,
    again: &Again<'_>,
) -> Converged {
    let mut made = sources.clone();
    let mut edited: BTreeSet<FileId> = BTreeSet::new();
    let mut out = Converged { left: audited.clone(), ..Converged::default() };
    keep(&mut out.left, wanted);
    while out.rounds.len() < MOST_ROUNDS {
        let so_far: Vec<FileId> = edited.iter().copied().collect();
        let trial = Trial::new(&made, &out.left, again, &so_far);
        let Some((batch, after)) = largest(&trial, &first_of_each(&out.left.findings)) else { break };
        let texts = trial.texts(&batch).unwrap_or_default();
        out.rounds.push(batch.iter().filter_map(|it| Used::of(&out.left.findings, *it)).collect());
        edited.extend(texts.keys());
        for (file, text) in texts {
            made.replace(file, text);
        }
        out.left = after;
        // What nobody wants need not be proven.
        keep(&mut out.left, wanted);
        prove_edited(&made, &edited.iter().copied().collect::<Vec<_>>(), &mut out.left, again);
    }
    let changed = edited.into_iter().filter(|file| made.file(*file).text() != sources.file(*file).text());
    out.texts = changed.map(|file| (file, made.file(file).text().to_owned())).collect();
    out
}

/// Takes away every fix that is not wanted.
fn keep(audited: &mut Audited, wanted: &dyn Fn(&Finding, &Fix) -> bool) {
    for finding in &mut audited.findings {
        let fixes = std::mem::take(&mut finding.fixes);
        finding.fixes = fixes.into_iter().filter(|fix| wanted(finding, fix)).collect();
    }
}

/// The first fix of each finding, those left out that meet one before.
fn first_of_each(findings: &[Finding]) -> Vec<Chosen> {
    let fixed = findings.iter().enumerate().filter(|(_, it)| !it.fixes.is_empty());
    apart(findings, fixed.map(|(finding, _)| Chosen { finding, fix: 0 }).collect(), Fix::meets).0
}

/// The fixes of a batch that hold together, as many as halving finds, and what is said once they are made.
fn largest(trial: &Trial<'_>, batch: &[Chosen]) -> Option<(Vec<Chosen>, Audited)> {
    if batch.is_empty() {
        return None;
    }
    if let Ok(after) = trial.try_all(batch) {
        return Some((batch.to_vec(), after));
    }
    if batch.len() == 1 {
        return None;
    }
    let (left, right) = batch.split_at(batch.len() / 2);
    largest(trial, left).or_else(|| largest(trial, right))
}

impl Used {
    fn of(findings: &[Finding], chosen: Chosen) -> Option<Self> {
        let finding = findings.get(chosen.finding)?;
        let fix = fix_of(findings, chosen)?.clone();
        Some(Self { rule: finding.rule.clone(), anchor: finding.anchor.clone(), fix })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::prove::prove;
    use super::super::prove::tests::{audited, sources};
    use super::*;
    use crate::source::{Applicability, Edit, Span};

    fn converged(text: &str) -> (Option<String>, Vec<usize>) {
        let sources = sources(text);
        let mut found = audited(&sources, &[]);
        prove(&sources, &mut found, &audited);
        let out = converge(&sources, &found, &|_, _| true, &audited);
        assert!(out.left.findings.iter().all(|it| it.fixes.is_empty()), "nothing is left to do");
        (out.texts.into_iter().next().map(|(_, text)| text), out.rounds.iter().map(Vec::len).collect())
    }

    #[test]
    fn rounds_go_on_until_nothing_changes() {
        assert_eq!(converged("bad\nx\nbad"), (Some("good\nx\ngood".into()), vec![2]));
        assert_eq!(converged("two\nbad"), (Some("good\ngood".into()), vec![2, 1]));
        assert_eq!(converged("worse\nbad\nstay"), (Some("worse\ngood\nstay".into()), vec![1]));
        assert_eq!(converged("x"), (None, vec![]));
    }

    #[test]
    fn only_what_is_wanted_is_made() {
        let sources = sources("bad\ntwo");
        let found = audited(&sources, &[]);
        let out = converge(&sources, &found, &|finding, _| finding.message == "two", &audited);
        assert_eq!(out.texts[0].1, "bad\nbad");
        assert_eq!(&*out.rounds[0][0].rule, "x/two");
    }

    #[test]
    fn what_nobody_wants_is_not_proven_again() {
        let sources = sources("bad\ntwo\nbad");
        let found = audited(&sources, &[]);
        let calls = AtomicUsize::new(0);
        let counted = |sources: &Sources, edited: &[FileId]| {
            calls.fetch_add(1, Ordering::Relaxed);
            audited(sources, edited)
        };
        let out = converge(&sources, &found, &|finding, _| finding.message == "two", &counted);
        assert_eq!(out.rounds.len(), 1);
        assert_eq!(calls.load(Ordering::Relaxed), 1, "the round itself");
    }

    #[test]
    fn two_that_meet_are_made_one_after_the_other() {
        let sources = sources("ab");
        // `a` and `b` are both to be upper case, each by a fix over the whole word.
        let again = |sources: &Sources, _: &[FileId]| {
            let text = sources.file(FileId(0)).text();
            let mut template = audited(&super::super::prove::tests::sources("bad"), &[]);
            let Some(finding) = template.findings.pop() else { return Audited::default() };
            let one = |letter: char| Finding {
                rule: format!("x/{letter}").into(),
                fixes: vec![Fix::new(
                    "raise",
                    Applicability::Safe,
                    vec![Edit::replace(
                        Span::new(FileId(0), 0, text.len()),
                        text.replace(letter, &letter.to_ascii_uppercase().to_string()),
                    )],
                )],
                ..finding.clone()
            };
            let findings = ['a', 'b'].into_iter().filter(|letter| text.contains(*letter)).map(one).collect();
            Audited { findings, ..Audited::default() }
        };
        let found = again(&sources, &[]);
        let out = converge(&sources, &found, &|_, _| true, &again);
        assert_eq!(out.texts, [(FileId(0), "AB".to_owned())]);
        assert_eq!(out.rounds.len(), 2);
    }

    #[test]
    fn what_never_settles_ends() {
        let sources = sources("0");
        let again = |sources: &Sources, _: &[FileId]| {
            let text = sources.file(FileId(0)).text().to_owned();
            let mut template = audited(&super::super::prove::tests::sources("bad"), &[]);
            for finding in &mut template.findings {
                // Each fix settles its finding and brings another, less bad in name only.
                finding.rule = format!("x/{text}").into();
                finding.severity = if text.len().is_multiple_of(2) {
                    crate::rule::Severity::Low
                } else {
                    crate::rule::Severity::Medium
                };
                let at = Span::new(FileId(0), 0, 0);
                finding.fixes = vec![Fix::new("grow", Applicability::Safe, vec![Edit::replace(at, "1")])];
            }
            template
        };
        let found = again(&sources, &[]);
        let out = converge(&sources, &found, &|_, _| true, &again);
        assert!(out.rounds.len() <= MOST_ROUNDS);
    }
}
