//! Which of its actions a view set is routed to.

use rustc_hash::FxHashMap as HashMap;

use super::names::{ClassId, Def, Names};
use crate::facts::orm::flow::NodeKind;

/// What the routes of all files say of view sets.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// Whether some route of the view set leads to its list.
    listed: HashMap<ClassId, bool>,
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
                match (&**name, args.first().map(|arg| &flow.node(*arg).kind)) {
                    ("as_view", Some(NodeKind::Dict(actions))) => {
                        let Some(class) = class(*of) else { continue };
                        // An action that is no text may be any.
                        let lists = actions.iter().any(|(_, action)| flow.text(*action).is_none_or(|it| it == "list"));
                        *routes.listed.entry(class).or_default() |= lists;
                    }
                    ("register", _) => {
                        let given = args.iter().chain(keywords.iter().map(|(_, value)| value));
                        routes.listed.extend(given.filter_map(|arg| class(*arg)).map(|class| (class, true)));
                    }
                    _ => {}
                }
            }
        }
        routes
    }

    /// Whether the list of a view set may be asked for: no, when every route that is written leads to another action.
    pub(super) fn lists(&self, class: ClassId) -> bool {
        self.listed.get(&class).copied().unwrap_or(true)
    }
}
