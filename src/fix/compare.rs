//! What two audits say of the same files, compared thing by thing.
//!
//! One finding may speak of several things: of all paths that a queryset does not load, say. When a change settles one of
//! them the finding is told under another name, and is no new one; so the things are matched, not the findings.

use rustc_hash::FxHashMap as HashMap;

use super::trial::Audited;
use crate::rule::{Finding, RuleName, Severity};

/// A rule and a place that it speaks of: what is told there may be several things.
type Place<'a> = (&'a RuleName, &'a str, &'a str);

/// One thing that a finding speaks of.
struct Thing<'a> {
    name: &'a str,
    severity: Severity,
    /// The finding's place in its audit.
    finding: usize,
    /// Whether the other audit tells of it too.
    matched: bool,
}

/// What an audit says that the one before did not.
#[derive(Debug, PartialEq)]
pub(super) struct New {
    /// The finding's place in the later audit.
    pub(super) finding: usize,
    /// The findings before that were to be settled, and spoke of the same.
    pub(super) left: Vec<usize>,
}

/// What is new after the findings of the list `settled` (their places in the audit before) were to be settled.
pub(super) fn new_things(before: &Audited, settled: &[usize], after: &Audited) -> Vec<New> {
    let mut open = things(&before.findings);
    let now = things(&after.findings);
    let is_settled = |it: &Thing<'_>| settled.binary_search(&it.finding).is_ok();
    let mut unmatched: Vec<(Place<'_>, &Thing<'_>)> = Vec::new();
    for (place, told) in &now {
        let were = open.get_mut(place).map(Vec::as_mut_slice).unwrap_or_default();
        for thing in told {
            let fits = |it: &&mut Thing<'_>| !it.matched && !is_settled(it) && it.severity >= thing.severity;
            // What is exactly the same is taken before what says more.
            let exact = were.iter().position(|it| it.name == thing.name && !it.matched && !is_settled(it));
            let same = match exact {
                Some(at) => were.get_mut(at).filter(fits),
                None => were.iter_mut().find(|it| is_part(thing.name, it.name) && fits(it)),
            };
            match same {
                Some(same) => same.matched = true,
                None => unmatched.push((*place, thing)),
            }
        }
    }
    // What is told of one thing in the words of another rule, and no louder, has taken the other's place.
    let mut gone: HashMap<(&str, &str, &str), Vec<Severity>> = HashMap::default();
    for ((_, file, place), were) in &open {
        for thing in were.iter().filter(|it| !it.matched && !is_settled(it)) {
            gone.entry((file, place, thing.name)).or_default().push(thing.severity);
        }
    }
    unmatched.sort_by_key(|(_, thing)| thing.finding);
    let mut new = Vec::new();
    for (place, thing) in unmatched {
        let were = open.get(&place).map(Vec::as_slice).unwrap_or_default();
        let left = were.iter().filter(|it| is_settled(it) && is_part(thing.name, it.name));
        let left: Vec<usize> = left.map(|it| it.finding).collect();
        let other = gone.get_mut(&(place.1, place.2, thing.name));
        let replaced = other.and_then(|all| Some(all.swap_remove(all.iter().position(|it| *it >= thing.severity)?)));
        if !left.is_empty() || replaced.is_none() {
            new.push(New { finding: thing.finding, left });
        }
    }
    new
}

/// The things that findings speak of, by place.
fn things(findings: &[Finding]) -> HashMap<Place<'_>, Vec<Thing<'_>>> {
    let mut out: HashMap<Place<'_>, Vec<Thing<'_>>> = HashMap::default();
    for (at, finding) in findings.iter().enumerate() {
        let told = out.entry((&finding.rule, &finding.anchor.file, finding.anchor.place())).or_default();
        let names = finding.anchor.things();
        told.extend(names.map(|name| Thing { name, severity: finding.severity, finding: at, matched: false }));
    }
    out
}

/// Whether to speak of the one is to speak of a part of the other: of `author` by `author.team`.
fn is_part(name: &str, of: &str) -> bool {
    of.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Confidence;
    use crate::stack::Anchor;

    /// An audit of findings that are written `rule severity place:things`.
    fn audit(told: &[&str]) -> Audited {
        let finding = |text: &&str| {
            let mut words = text.split(' ');
            let mut next = || words.next().unwrap_or_default();
            Finding {
                rule: next().into(),
                severity: if next() == "high" { Severity::High } else { Severity::Low },
                confidence: Confidence::High,
                message: String::new(),
                anchor: Anchor::new("a.py", next()),
                labels: Vec::new(),
                notes: Vec::new(),
                fixes: Vec::new(),
                verify: String::new(),
            }
        };
        Audited { findings: told.iter().map(finding).collect(), ..Audited::default() }
    }

    /// What is new, and what was left of what was to be settled.
    fn new(before: &[&str], settled: &[usize], after: &[&str]) -> Vec<(String, Vec<usize>)> {
        let new = new_things(&audit(before), settled, &audit(after));
        new.into_iter().map(|it| (after[it.finding].to_owned(), it.left)).collect()
    }

    #[test]
    fn a_finding_that_speaks_of_less_is_not_new() {
        assert_eq!(new(&["n low V:author.team,tags"], &[], &["n low V:tags"]), []);
        assert_eq!(new(&["n low V:author.team,tags"], &[], &["n low V:author"]), [], "on the way to the team");
        assert_eq!(new(&["n low V:author"], &[], &["n low V:author.team"]), [("n low V:author.team".into(), vec![])]);
        assert_eq!(new(&["n low V:author"], &[], &["n low V:authors"]), [("n low V:authors".into(), vec![])]);
        assert_eq!(new(&["n low V:author"], &[], &["n high V:author"]), [("n high V:author".into(), vec![])]);
        assert_eq!(new(&["n low V:author"], &[], &["n low W:author"]), [("n low W:author".into(), vec![])]);
    }

    #[test]
    fn what_is_left_of_the_settled_is_told_of_it() {
        let left = |after: &[&str]| new(&["n low V:author,tags", "n low V:owner"], &[0], after);
        assert_eq!(left(&["n low V:owner"]), []);
        assert_eq!(left(&["n low V:owner,tags"]), [("n low V:owner,tags".into(), vec![0])]);
    }

    #[test]
    fn of_several_that_are_alike_as_many_stay_as_were_not_settled() {
        let two = ["n low V:author", "n low V:author:2"];
        assert_eq!(new(&two, &[1], &["n low V:author"]), []);
        assert_eq!(new(&two, &[0], &two), [("n low V:author:2".into(), vec![0])]);
    }

    #[test]
    fn another_rule_may_take_the_place_of_one_that_speaks_as_loud() {
        assert_eq!(new(&["q low V:all", "n low V:tags"], &[1], &["p low V:all"]), []);
        assert_eq!(new(&["q low V:all"], &[], &["p high V:all"]), [("p high V:all".into(), vec![])]);
        assert_eq!(new(&["q high V:all,first"], &[], &["q high V:first", "p low V:all"]), [], "of one of several");
        assert_eq!(new(&["q low V:all"], &[0], &["p low V:all"]), [("p low V:all".into(), vec![])]);
        assert_eq!(new(&["q low V:all"], &[], &["q low V:all", "p low V:all"]), [("p low V:all".into(), vec![])]);
    }
}
