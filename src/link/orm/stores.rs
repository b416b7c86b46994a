//! Where methods put something under a name of their instance: `self.name = …`.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::names::{ClassId, FunctionId};
use crate::facts::orm::OrmDraft;
use crate::facts::orm::flow::{NodeId, NodeKind};

/// The values under each name, each with its method.
type ByName<'a> = HashMap<&'a str, Vec<(FunctionId, NodeId)>>;

/// What all code puts under names.
#[derive(Debug, Default)]
pub(super) struct Stores<'a> {
    own: HashMap<ClassId, ByName<'a>>,
    /// All names that code puts something under, of whatever.
    anywhere: HashSet<&'a str>,
}

impl<'a> Stores<'a> {
    pub(super) fn read(drafts: &[&'a OrmDraft]) -> Self {
        let mut out = Self::default();
        for (draft, it) in drafts.iter().copied().enumerate() {
            for (at, function) in it.functions.iter().enumerate() {
                let class = function.owner.map(|owner| ClassId { draft: draft as u32, at: owner });
                for node in &function.flow.nodes {
                    let NodeKind::Store { of, name, value } = &node.kind else { continue };
                    out.anywhere.insert(&**name);
                    if let Some(class) = class
                        && function.flow.node(*of).kind == NodeKind::Param(0)
                    {
                        let id = FunctionId { draft: draft as u32, at: at as u32 };
                        out.own.entry(class).or_default().entry(&**name).or_default().push((id, *value));
                    }
                }
            }
        }
        out
    }

    /// The values that the methods of a class put under a name, each with its method.
    pub(super) fn of(&self, class: ClassId, name: &str) -> &[(FunctionId, NodeId)] {
        self.own.get(&class).and_then(|it| it.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Whether code puts something under a name, of whatever.
    pub(super) fn puts(&self, name: &str) -> bool {
        self.anywhere.contains(name)
    }
}
