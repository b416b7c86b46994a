//! Which classes of Django's admin the site shows, and for which models.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::models::Models;
use super::names::{ClassId, Def, Names};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::source::Span;

/// What shows the rows of a model to the editors of Wagtail.
const SNIPPET: &str = "register_snippet";

/// Whether a call shows the rows of a model to staff.
fn is_of_site(flow: &Flow, func: NodeId) -> bool {
    let by_name = flow.dotted(func).is_some_and(|name| {
        name == SNIPPET || name.strip_suffix(".register").is_some_and(|of| of == "admin" || of.ends_with("site"))
    });
    // `site = admin.AdminSite()`, and then `site.register(…)`.
    let of_own = || match &flow.node(func).kind {
        NodeKind::Attr { of, name, .. } if &**name == "register" => {
            flow.call(*of).and_then(|made| flow.last_called(made.func)).is_some_and(|it| it.ends_with("AdminSite"))
        }
        _ => false,
    };
    by_name || of_own()
}

/// The admin classes that the site shows.
#[derive(Debug, Default)]
pub(super) struct Registered {
    /// The models that they are registered for.
    models: HashMap<ClassId, ClassId>,
    /// All models whose rows the site shows to staff.
    shown: HashSet<ClassId>,
    /// Those that it shows by no class of their own, each with the draft and the place that says so.
    plain: Vec<(ClassId, u32, Span)>,
    /// The inlines that they list, each with one that does.
    inlines: HashMap<ClassId, ClassId>,
}

impl Registered {
    /// Reads `admin.site.register(Book, BookAdmin)` and `@admin.register(Book)`.
    pub(super) fn read(names: &Names<'_>, models: &Models) -> Self {
        let mut it = Self::default();
        for (at, draft) in names.drafts.iter().enumerate() {
            let at = at as u32;
            it.calls((names, models), at, &draft.top, None);
            for (place, class) in draft.classes.iter().enumerate() {
                it.calls((names, models), at, &class.body, Some(ClassId { draft: at, at: place as u32 }));
            }
        }
        let mut admins: Vec<ClassId> = it.models.keys().copied().collect();
        admins.sort_unstable();
        admins.into_iter().for_each(|admin| it.listed(names, admin));
        it
    }

    /// Reads `inlines = [PageInline]`.
    fn listed(&mut self, names: &Names<'_>, admin: ClassId) {
        let Some((at, place)) = names.attribute(admin, "inlines") else { return };
        let draft = names.class(at);
        let value = draft.attributes.get(place).and_then(|it| it.value);
        let Some(NodeKind::List(items)) = value.map(|it| &draft.body.node(it).kind) else { return };
        for item in items {
            if let Some(Def::Class(inline)) = names.of_node(at.draft, &draft.body, *item) {
                self.inlines.entry(inline).or_insert(admin);
            }
        }
    }

    fn calls(&mut self, (names, models): (&Names<'_>, &Models), draft: u32, flow: &Flow, decorated: Option<ClassId>) {
        for id in 0..flow.nodes.len() as NodeId {
            let Some(call) = flow.call(id) else { continue };
            let named = match &flow.node(call.func).kind {
                NodeKind::Attr { name, .. } | NodeKind::Name(name) => &**name == "register",
                _ => false,
            };
            let class = |node: &NodeId| match names.of_node(draft, flow, *node) {
                Some(Def::Class(class)) => Some(class),
                // Django's own user.
                Some(def) => models.of(&def),
                None => None,
            };
            if is_of_site(flow, call.func) {
                let given = if decorated.is_some() { call.args } else { call.args.get(..1).unwrap_or_default() };
                let listed = given.iter().flat_map(|node| match &flow.node(*node).kind {
                    NodeKind::List(items) => items.as_slice(),
                    _ => std::slice::from_ref(node),
                });
                let listed: Vec<ClassId> = listed.filter_map(class).collect();
                if decorated.is_none() && call.args.len() == 1 && flow.dotted(call.func).as_deref() != Some(SNIPPET) {
                    self.plain.extend(listed.iter().map(|model| (*model, draft, flow.node(id).span)));
                }
                self.shown.extend(listed);
            }
            let admin = decorated.or_else(|| call.args.get(1).and_then(class));
            if let (true, Some(model), Some(admin)) = (named, call.args.first().and_then(class), admin) {
                self.models.insert(admin, model);
            }
        }
    }

    /// All models whose rows staff are shown.
    pub(super) fn shown(&self) -> &HashSet<ClassId> {
        &self.shown
    }

    /// The models that it shows by no class of their own, each with the draft and the place that says so.
    pub(super) fn plain(&self) -> &[(ClassId, u32, Span)] {
        &self.plain
    }

    /// The model of an admin class.
    pub(super) fn of(&self, admin: ClassId) -> Option<ClassId> {
        self.models.get(&admin).copied()
    }

    /// The admin class that lists an inline. One that none lists is never shown.
    pub(super) fn parent(&self, inline: ClassId) -> Option<ClassId> {
        self.inlines.get(&inline).copied()
    }
}
