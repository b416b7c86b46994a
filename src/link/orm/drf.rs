//! What the settings say of Django REST framework.

use super::names::Names;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::source::Span;

/// The setting that holds all of its settings.
const SETTING: &str = "REST_FRAMEWORK";
/// Settings that every site has.
const SITE: &[&str] = &["INSTALLED_APPS", "ROOT_URLCONF"];

/// What is done with lists that say nothing of it.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    /// The pager, as its dotted name, and where it is named.
    pub(super) class: Option<(Box<str>, Span)>,
    /// Whether it is told a size.
    pub(super) size: bool,
    /// The size, and where it is written.
    pub(super) rows: Option<(u64, Span)>,
    /// Whether they can be searched.
    pub(super) searches: bool,
    /// Whether the settings may say more than is read here.
    pub(super) open: bool,
}

impl Defaults {
    /// Reads the settings of all files, at the top of modules and in classes (django-configurations).
    pub(super) fn read(names: &Names<'_>) -> Self {
        let mut default = Self::default();
        let mut settings = false;
        for draft in &names.drafts {
            let is_site = |name: &str| SITE.contains(&name);
            settings |= draft.globals.iter().any(|(name, _)| is_site(name));
            // What dynaconf puts into the settings of somebody else: `REST_FRAMEWORK__PAGE_SIZE`.
            default.open |=
                draft.globals.iter().any(|(name, _)| name.strip_prefix(SETTING).is_some_and(|it| it.starts_with("__")));
            let at_top = draft.globals.iter().filter(|(name, _)| &**name == SETTING);
            for (_, node) in at_top {
                settings = true;
                default.setting(&draft.top, *node);
            }
            for class in &draft.classes {
                settings |= class.attributes.iter().any(|it| is_site(&it.name));
                for attribute in class.attributes.iter().filter(|it| &*it.name == SETTING) {
                    settings = true;
                    match attribute.value {
                        Some(value) => default.setting(&class.body, value),
                        None => default.open = true,
                    }
                }
            }
            default.open |= draft.functions.iter().any(|it| &*it.name == SETTING);
        }
        // A repository without settings is paged by those of the site it is put into.
        default.open |= !settings;
        default
    }

    fn setting(&mut self, flow: &Flow, node: NodeId) {
        let NodeKind::Dict(pairs) = &flow.node(node).kind else {
            self.open = true;
            return;
        };
        for (key, value) in pairs {
            match flow.text(*key) {
                Some("DEFAULT_PAGINATION_CLASS") => match &flow.node(*value).kind {
                    NodeKind::Text(class) => self.class = Some((class.clone(), flow.node(*value).span)),
                    NodeKind::Nothing => {}
                    _ => self.open = true,
                },
                Some("PAGE_SIZE") => {
                    let node = flow.node(*value);
                    self.size |= !matches!(node.kind, NodeKind::Nothing);
                    if let NodeKind::Number(rows) = node.kind {
                        self.rows = u64::try_from(rows).ok().map(|rows| (rows, node.span));
                    }
                }
                Some("DEFAULT_FILTER_BACKENDS") => {
                    if let NodeKind::List(all) = &flow.node(*value).kind {
                        let searches = |it: &NodeId| flow.text(*it) == Some("rest_framework.filters.SearchFilter");
                        self.searches |= all.iter().any(searches);
                    }
                }
                Some(_) => {}
                None => self.open = true,
            }
        }
    }
}
