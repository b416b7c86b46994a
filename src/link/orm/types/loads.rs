//! What a queryset loads besides its rows: which paths of relations are there, and which nobody knows of.

use std::collections::BTreeSet;

/// What a queryset loads besides its rows: paths of relations, parted by `__`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::link::orm) struct Loads {
    pub(in crate::link::orm) paths: BTreeSet<String>,
    /// Those of them that `select_related()` joins unasked, until it is told what to join.
    pub(in crate::link::orm) unasked: BTreeSet<String>,
    /// Attributes that it puts on its rows: annotations, and what a `Prefetch` puts aside; by their paths.
    pub(in crate::link::orm) brought: BTreeSet<String>,
    /// Paths below which it may load anything: by a `Prefetch` whose queryset cannot be read.
    pub(in crate::link::orm) beyond: BTreeSet<String>,
    /// Whether it may load anything: what it is told cannot be read.
    pub(in crate::link::orm) open: bool,
}

impl Loads {
    /// Whether a path is loaded. A path loads all that lead to it.
    pub(in crate::link::orm) fn has(&self, path: &str) -> bool {
        self.open
            || self.is_beyond(path)
            || self.paths.contains(path)
            || self
                .paths
                .range(path.to_owned()..)
                .take_while(|it| it.starts_with(path))
                .any(|it| it.get(path.len()..).is_some_and(|rest| rest.starts_with("__")))
    }

    /// Whether a path lies below one that nobody knows what is loaded below.
    fn is_beyond(&self, path: &str) -> bool {
        path.match_indices("__").any(|(at, _)| self.beyond.contains(&path[..at]))
    }

    /// What is loaded below a path, as seen from there.
    pub(in crate::link::orm) fn below(&self, path: &str) -> Loads {
        let rest = |it: &String| it.strip_prefix(path)?.strip_prefix("__").map(str::to_owned);
        Loads {
            paths: self.paths.iter().filter_map(rest).collect(),
            unasked: BTreeSet::new(),
            brought: self.brought.iter().filter_map(rest).collect(),
            beyond: self.beyond.iter().filter_map(rest).collect(),
            open: self.open || self.beyond.contains(path) || self.is_beyond(path),
        }
    }

    /// What both load, where either may have been taken.
    pub(in crate::link::orm) fn join(&mut self, other: &Loads) {
        self.open |= other.open;
        self.unasked.retain(|path| other.unasked.contains(path) || !other.paths.contains(path));
        let more = other.unasked.iter().filter(|path| !self.paths.contains(*path));
        self.unasked.extend(more.cloned().collect::<Vec<_>>());
        self.paths.extend(other.paths.iter().cloned());
        self.brought.extend(other.brought.iter().cloned());
        self.beyond.extend(other.beyond.iter().cloned());
    }
}
