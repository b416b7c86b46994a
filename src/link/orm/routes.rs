//! Which of its actions a view set is routed to.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::names::{ClassId, Def, Names};
use crate::facts::orm::flow::NodeKind;

/// What the routes of all files say of view sets.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// Whether some route of the view set leads to its list.
    listed: HashMap<ClassId, bool>,
    /// Views that routes name.
    named: HashSet<ClassId>,
}

impl Routes {
    /// Reads `View.as_view({"get": "list"})` and `router.register("path", View)`.
    pub(super) fn read(names: &Names<'_>) -> Self {
        let mut routes = Self::default();
        for (at, draft) in names.drafts.iter().enumerate() {
            let flow = &draft.top;
            let class = |node| match names.of_node(at as u32, flow, node) {
                Some(Def::Class(class)) => Some(class),
                _ => None,
            };
            for node in &flow.nodes {
                let NodeKind::Call { func, args, keywords, .. } = &node.kind else { continue };
                let NodeKind::Attr { of, name, .. } = &flow.node(*func).kind else { continue };
                if &**name == "as_view" {
                    routes.named.extend(class(*of));
                }
                match (&**name, args.first().map(|arg| &flow.node(*arg).kind)) {
                    ("as_view", Some(NodeKind::Dict(actions))) => {
                        let Some(class) = class(*of) else { continue };
                        // An action that is no text may be any.
                        let lists = actions.iter().any(|(_, action)| flow.text(*action).is_none_or(|it| it == "list"));
                        *routes.listed.entry(class).or_default() |= lists;
                    }
                    ("register", _) => {
                        let given = args.iter().chain(keywords.iter().map(|(_, value)| value));
                        let given: Vec<ClassId> = given.filter_map(|arg| class(*arg)).collect();
                        routes.listed.extend(given.iter().map(|class| (*class, true)));
                        routes.named.extend(given);
                    }
                    _ => {}
                }
            }
        }
        routes
    }

    /// Whether a view is there to be inherited from alone, and no view that routes name takes these over from it.
    pub(super) fn is_replaced(
        &self,
        names: &Names<'_>,
        class: ClassId,
        below: &[ClassId],
        attributes: &[&str],
    ) -> bool {
        let mut routed = below.iter().filter(|it| self.named.contains(it)).peekable();
        let replaces = |it: &ClassId| {
            attributes.iter().any(|name| {
                let own = names.attribute(*it, name).map(|(of, _)| of);
                let by_method = names.method(*it, name, None).map(|id| (id.draft, names.function(id).owner));
                own.is_some_and(|of| !names.derives(class, of))
                    || by_method
                        .is_some_and(|(draft, at)| at.is_some_and(|at| !names.derives(class, ClassId { draft, at })))
            })
        };
        !self.named.contains(&class) && routed.peek().is_some() && routed.all(replaces)
    }

    /// Whether the list of a view set may be asked for: no, when every route that is written leads to another action.
    pub(super) fn lists(&self, class: ClassId) -> bool {
        self.listed.get(&class).copied().unwrap_or(true)
    }
}
