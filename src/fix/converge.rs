//! Fixes made in rounds, until nothing changes.

use std::collections::BTreeMap;

use super::prove::{Again, Audited, Chosen, Trial, apart, fix_of, prove};
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
    /// What is said of the files as they are then, each fix proven.
    pub left: Audited,
}

/// Makes the fixes that are `wanted`, of each finding the first. Of two that meet in one place the second waits for the
/// next round. `audited` is what is said of `sources`, each fix proven; `sources` are as they were in the end.
pub fn converge(
    sources: &mut Sources,
    audited: &Audited,
    wanted: &dyn Fn(&Finding, &Fix) -> bool,
    again: &Again<'_>,
) -> Converged {
    let mut originals: BTreeMap<FileId, Box<str>> = BTreeMap::new();
    let mut out = Converged { left: audited.clone(), ..Converged::default() };
    while out.rounds.len() < MOST_ROUNDS {
        let findings = &out.left.findings;
        let first = |(finding, it): (usize, &Finding)| {
            it.fixes.iter().position(|fix| wanted(it, fix)).map(|fix| Chosen { finding, fix })
        };
        let (batch, _) = apart(findings, findings.iter().enumerate().filter_map(first).collect());
        let mut trial = Trial::new(sources, &out.left, again, originals.keys().copied().collect());
        let Some((made, after)) = largest(&mut trial, &batch) else { break };
        let texts = trial.texts(&made).unwrap_or_default();
        let used = |chosen: &Chosen| {
            let finding = findings.get(chosen.finding)?;
            let fix = fix_of(findings, *chosen)?.clone();
            Some(Used { rule: finding.rule.clone(), anchor: finding.anchor.clone(), fix })
        };
        out.rounds.push(made.iter().filter_map(used).collect());
        for (file, text) in texts {
            originals.entry(file).or_insert_with(|| sources.file(file).text().into());
            sources.replace(file, text);
        }
        out.left = after;
        let edited: Vec<FileId> = originals.keys().copied().collect();
        prove(sources, &mut out.left, &|sources, more| {
            let mut all = edited.clone();
            all.extend(more);
            all.sort_unstable();
            all.dedup();
            again(sources, &all)
        });
    }
    for (file, text) in originals {
        let new = sources.file(file).text().to_owned();
        if *new != *text {
            out.texts.push((file, new));
        }
        sources.replace(file, text);
    }
    out
}

/// The fixes of a batch that hold together, as many as halving finds, and what is said once they are made.
fn largest(trial: &mut Trial<'_>, batch: &[Chosen]) -> Option<(Vec<Chosen>, Audited)> {
    if batch.is_empty() {
        return None;
    }
    if let Some(after) = trial.try_all(batch) {
        return Some((batch.to_vec(), after));
    }
    if batch.len() == 1 {
        return None;
    }
    let (left, right) = batch.split_at(batch.len() / 2);
    largest(trial, left).or_else(|| largest(trial, right))
}

#[cfg(test)]
mod tests {
    use super::super::prove::tests::{audited, sources};
    use super::*;
    use crate::source::{Applicability, Edit, Span};

    fn converged(text: &str) -> (Option<String>, Vec<usize>) {
        let mut sources = sources(text);
        let mut found = audited(&sources, &[]);
        prove(&mut sources, &mut found, &audited);
        let out = converge(&mut sources, &found, &|_, _| true, &audited);
        assert_eq!(sources.file(FileId(0)).text(), text, "the files are as before");
        assert!(out.left.findings.iter().all(|it| it.fixes.is_empty()), "nothing is left to do");
        (out.texts.into_iter().next().map(|(_, text)| text), out.rounds.iter().map(Vec::len).collect())
    }

    #[test]
    fn rounds_go_on_until_nothing_changes() {
        assert_eq!(converged("bad\nx\nbad"), (Some("good\nx\ngood".into()), vec![2]));
        assert_eq!(converged("two\nbad"), (Some("good\ngood".into()), vec![1, 2]));
        assert_eq!(converged("worse\nbad\nstay"), (Some("worse\ngood\nstay".into()), vec![1]));
        assert_eq!(converged("x"), (None, vec![]));
    }

    #[test]
    fn only_what_is_wanted_is_made() {
        let mut sources = sources("bad\ntwo");
        let found = audited(&sources, &[]);
        let out = converge(&mut sources, &found, &|finding, _| finding.message == "two", &audited);
        assert_eq!(out.texts[0].1, "bad\nbad");
        assert_eq!(&*out.rounds[0][0].rule, "x/two");
    }

    #[test]
    fn two_that_meet_are_made_one_after_the_other() {
        let mut sources = sources("ab");
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
        let out = converge(&mut sources, &found, &|_, _| true, &again);
        assert_eq!(out.texts, [(FileId(0), "AB".to_owned())]);
        assert_eq!(out.rounds.len(), 2);
    }

    #[test]
    fn what_never_settles_ends() {
        let mut sources = sources("0");
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
        let out = converge(&mut sources, &found, &|_, _| true, &again);
        assert!(out.rounds.len() <= MOST_ROUNDS);
    }
}
