//! Fixes made on copies of their files, which are read and judged again.
//!
//! They hold when nothing that could be read cannot be read any more, the findings are gone, and nothing new of equal or
//! higher severity has come. What is gone has no fixes, so applying them again changes nothing.

use std::collections::{BTreeMap, HashMap};

use super::compare::new_things;
use super::prove::{Chosen, fix_of};
use crate::rule::{Finding, RuleName};
use crate::source::{Edit, FileId, Fix, Sources, Span, apply};
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
/// Several trials ask at once.
pub type Again<'a> = dyn Fn(&Sources, &[FileId]) -> Audited + Sync + 'a;

/// What findings are counted by: texts and figures change with a fix, and several things may have one anchor.
type Key<'k> = (&'k RuleName, &'k Anchor);

/// The state that fixes are tried on.
pub(super) struct Trial<'a> {
    sources: &'a Sources,
    before: &'a Audited,
    undecided: HashMap<Key<'a>, usize>,
    again: &'a Again<'a>,
    /// Files that already differ from what was first read.
    edited: &'a [FileId],
}

/// The fixes that a trial speaks against.
#[derive(Debug, Default)]
pub(super) struct Against {
    /// Those after which their own finding stays, or another stands in its place.
    pub(super) helpless: Vec<Chosen>,
    /// Those that may have brought another finding, or made a file that cannot be read.
    pub(super) doubtful: Vec<Chosen>,
}

impl Against {
    /// A batch by what is said of it: those that do not help, those that are in doubt, and the rest.
    pub(super) fn parts(&self, batch: &[Chosen]) -> [Vec<Chosen>; 3] {
        let (helpless, open): (Vec<Chosen>, Vec<Chosen>) = batch.iter().partition(|it| self.helpless.contains(it));
        let (doubtful, rest) = open.iter().partition(|it| self.doubtful.contains(it));
        [helpless, doubtful, rest]
    }
}

/// Edits as near to each other as this, in bytes, are next to the same thing: the places of a trial are those of edited
/// files, which are off by what other edits put before them.
pub(super) const NEAR: u32 = 300;

impl<'a> Trial<'a> {
    /// Tries fixes on `sources`, of which `before` is said; `edited` are those that differ from what was first read.
    pub(super) fn new(sources: &'a Sources, before: &'a Audited, again: &'a Again<'a>, edited: &'a [FileId]) -> Self {
        Self { sources, before, undecided: open(&before.undecided), again, edited }
    }

    /// The findings with their fixes.
    pub(super) fn findings(&self) -> &'a [Finding] {
        &self.before.findings
    }

    /// Makes the fixes on copies, and says what an audit then says when they hold together; else which of them it speaks
    /// against, as far as that can be told.
    pub(super) fn try_all(&self, batch: &[Chosen]) -> Result<Audited, Against> {
        let Some(texts) = self.texts(batch) else { return Err(Against::default()) };
        let mut sources = self.sources.clone();
        let mut edited = self.edited.to_vec();
        for (file, text) in texts {
            sources.replace(file, text);
            edited.push(file);
        }
        edited.sort_unstable();
        edited.dedup();
        let after = (self.again)(&sources, &edited);
        match self.against(batch, &after) {
            None => Ok(after),
            Some(against) => Err(against),
        }
    }

    /// The texts of the files with the fixes made; [`None`] when they do not fit, or change nothing.
    pub(super) fn texts(&self, batch: &[Chosen]) -> Option<BTreeMap<FileId, String>> {
        let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in batch.iter().filter_map(|chosen| fix_of(self.findings(), *chosen)).flat_map(Fix::edits) {
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

    /// The fixes that an audit speaks against, or none where it cannot be told which; nothing when they hold.
    fn against(&self, batch: &[Chosen], after: &Audited) -> Option<Against> {
        let of = |chosen: &Chosen| self.findings().get(chosen.finding);
        let least = |all: &[Chosen]| all.iter().filter_map(of).map(|it| it.severity).min();
        let mut out = Against::default();
        let open_now = open(&after.undecided);
        let opened = |open: &HashMap<Key<'_>, usize>, key: &Key<'_>| open.get(key).copied().unwrap_or(0);
        let became_undecided = |key: Key<'_>| opened(&open_now, &key) > opened(&self.undecided, &key);
        out.helpless.extend(batch.iter().filter(|it| of(it).map(key).is_some_and(became_undecided)));
        let mut holds = out.helpless.is_empty();
        let mut settled: Vec<usize> = batch.iter().map(|it| it.finding).collect();
        settled.sort_unstable();
        for new in new_things(self.before, &settled, after) {
            let Some(finding) = after.findings.get(new.finding) else { continue };
            let stays: Vec<Chosen> = batch.iter().filter(|it| new.left.contains(&it.finding)).copied().collect();
            let there = if stays.is_empty() { self.made_there(batch, finding) } else { stays.clone() };
            let by = if there.is_empty() { self.spoken_of(batch, finding) } else { there.clone() };
            let all = if by.is_empty() { batch } else { &by };
            if !stays.is_empty() || least(all).is_some_and(|least| finding.severity >= least) {
                holds = false;
                // Of several it cannot be told which it is.
                if there.len() == 1 { &mut out.helpless } else { &mut out.doubtful }.extend(by);
            }
        }
        for path in self.unread(after) {
            holds = false;
            let file = self.sources.by_path(path).map(|it| it.id);
            out.doubtful.extend(batch.iter().filter(|it| self.files(it).any(|edited| Some(edited) == file)));
        }
        (!holds).then_some(out)
    }

    /// The fixes of findings that are in the place of another.
    fn made_there(&self, batch: &[Chosen], finding: &Finding) -> Vec<Chosen> {
        fn place(it: &Finding) -> (&str, &str) {
            (&it.anchor.file, it.anchor.place())
        }
        let there = |it: &&Chosen| self.findings().get(it.finding).is_some_and(|it| place(it) == place(finding));
        batch.iter().filter(there).copied().collect()
    }

    /// The fixes that edit a file which a finding speaks of: next to each place, those that are nearest to it.
    fn spoken_of(&self, batch: &[Chosen], finding: &Finding) -> Vec<Chosen> {
        let mut out: Vec<Chosen> = Vec::new();
        for label in &finding.labels {
            let near = batch.iter().filter_map(|it| Some((self.distance(it, label.span)?, it)));
            let near: Vec<(u32, &Chosen)> = near.collect();
            let least = near.iter().map(|it| it.0).min().unwrap_or(0);
            out.extend(near.into_iter().filter(|it| it.0 <= least.saturating_add(NEAR)).map(|it| *it.1));
        }
        if out.is_empty() {
            let own = self.sources.by_path(&finding.anchor.file).map(|it| it.id);
            out.extend(batch.iter().filter(|it| self.files(it).any(|file| Some(file) == own)));
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// How far a fix's next edit of a file is from a place in it, in bytes.
    fn distance(&self, chosen: &Chosen, place: Span) -> Option<u32> {
        let edits = fix_of(self.findings(), *chosen)?.edits().iter().filter(|it| it.span.file == place.file);
        edits.map(|it| place.start.abs_diff(it.span.start)).min()
    }

    /// The files that a fix edits.
    fn files(&self, chosen: &Chosen) -> impl Iterator<Item = FileId> {
        fix_of(self.findings(), *chosen).map(Fix::edits).unwrap_or_default().iter().map(|it| it.span.file)
    }

    /// The files of what cannot be read and could be before.
    fn unread<'p>(&self, after: &'p Audited) -> impl Iterator<Item = &'p str> {
        let mut known: HashMap<&(Box<str>, Box<str>), usize> = HashMap::new();
        for problem in &self.before.problems {
            *known.entry(problem).or_default() += 1;
        }
        after.problems.iter().filter_map(move |problem| match known.get_mut(problem) {
            Some(left) if *left > 0 => {
                *left -= 1;
                None
            }
            _ => Some(&*problem.0),
        })
    }
}

fn key(finding: &Finding) -> Key<'_> {
    (&finding.rule, &finding.anchor)
}

fn open(undecided: &[(RuleName, Anchor)]) -> HashMap<Key<'_>, usize> {
    let mut open = HashMap::new();
    for (rule, anchor) in undecided {
        *open.entry((rule, anchor)).or_default() += 1;
    }
    open
}
