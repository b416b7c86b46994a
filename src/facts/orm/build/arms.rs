//! Branches: what each of them binds is taken back behind it, and joined where they meet again.

use super::{Builder, Key};
use crate::facts::orm::flow::{self, GuardId, NodeId, NodeKind};
use crate::source::Span;
use crate::syntax::python::{Stmt, StmtKind};

/// What a branch left behind.
pub(super) struct Arm<'a> {
    changes: Vec<(Key<'a>, NodeId)>,
    pub(super) ends: bool,
}

impl<'a> Builder<'a> {
    /// Runs a branch and takes back what it bound.
    pub(super) fn arm(&mut self, run: impl FnOnce(&mut Self) -> bool) -> Arm<'a> {
        let mark = self.trail.len();
        let ends = run(self);
        let mut changes: Vec<(Key<'a>, NodeId)> = Vec::new();
        for (key, _) in self.trail.get(mark..).unwrap_or(&[]) {
            if let Some(value) = self.env.get(key) {
                changes.push((*key, *value));
            }
        }
        changes.sort_unstable();
        changes.dedup();
        while self.trail.len() > mark {
            match self.trail.pop() {
                Some((key, Some(before))) => self.env.insert(key, before),
                Some((key, None)) => self.env.remove(&key),
                None => None,
            };
        }
        Arm { changes, ends }
    }

    /// Runs a branch of a statement, and remembers where it lies. Of a fork (0 for none) one branch alone is taken.
    pub(super) fn branch(&mut self, fork: u32, run: impl FnOnce(&mut Self) -> bool) -> Arm<'a> {
        let from = self.next();
        let arm = self.arm(run);
        self.flow.arms.push(flow::Arm { from, to: self.next(), ends: arm.ends, raises: false, of: fork });
        arm
    }

    /// The same of a block.
    pub(super) fn branch_of(&mut self, fork: u32, body: &'a [Stmt]) -> Arm<'a> {
        let arm = self.branch(fork, |it| it.block(body));
        if let Some(last) = self.flow.arms.last_mut() {
            last.raises = matches!(body.last().map(|it| &it.kind), Some(StmtKind::Raise(_)));
        }
        arm
    }

    /// The number of a statement that takes one of its branches.
    pub(super) fn fork(&mut self) -> u32 {
        self.forks += 1;
        self.forks
    }

    /// Runs something whose bindings do not outlive it.
    pub(in crate::facts::orm) fn apart<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let mut out = None;
        self.arm(|it| {
            out = Some(run(it));
            true
        });
        out
    }

    /// Joins branches: what each bound, or (with `skip`) what was there before. Says whether all of them end.
    pub(super) fn join(&mut self, arms: Vec<Arm<'a>>, skip: bool, span: Span) -> bool {
        let live: Vec<&Arm<'a>> = arms.iter().filter(|arm| !arm.ends).collect();
        if live.is_empty() {
            return !skip;
        }
        let mut keys: Vec<Key<'a>> = live.iter().flat_map(|arm| arm.changes.iter().map(|(key, _)| *key)).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let before = self.value_of(key);
            let mut values: Vec<NodeId> = Vec::new();
            for arm in &live {
                let at = arm.changes.binary_search_by_key(&key, |(key, _)| *key).ok();
                values.extend(at.and_then(|at| arm.changes.get(at)).map(|(_, value)| *value).or(before));
            }
            values.extend(before.filter(|_| skip));
            values.sort_unstable();
            values.dedup();
            let value = match values.as_slice() {
                [] => continue,
                [only] => *only,
                _ => self.node(NodeKind::Either(values), span),
            };
            self.bind(key, value);
        }
        false
    }

    /// Of variables that branches bind and that held nothing before: what they hold where no branch is taken stands behind
    /// what must be so then.
    pub(super) fn keep_before(&mut self, arms: &[Arm<'a>], guard: GuardId, span: Span) {
        if guard == self.guard {
            return;
        }
        let nothing = |it: &Self, key: &Key<'a>| {
            it.value_of(*key).filter(|before| matches!(it.flow.node(*before).kind, NodeKind::Nothing))
        };
        let mut keys: Vec<(Key<'a>, NodeId)> = Vec::new();
        for (key, _) in arms.iter().filter(|arm| !arm.ends).flat_map(|arm| &arm.changes) {
            if let Some(before) = nothing(self, key).filter(|_| !keys.iter().any(|it| it.0 == *key)) {
                keys.push((*key, before));
            }
        }
        for (key, before) in keys {
            let around = std::mem::replace(&mut self.guard, guard);
            let kept = self.node(NodeKind::Either(vec![before]), span);
            self.guard = around;
            self.bind(key, kept);
        }
    }
}
