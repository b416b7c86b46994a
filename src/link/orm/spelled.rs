//! Paths of relations that code spells anywhere. What is below a list and in none of them nobody has loaded, whoever passed
//! on the row that has the list.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::names::Names;
use super::sqlalchemy::is_loader;
use super::types::Loads;
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind};
use crate::stack::vocabulary::Orm;

/// Packages that load what nobody spells have such words in their names: `graphene_django_optimizer`, `auto_prefetch`.
const BY_THEMSELVES: &[&str] = &["optimizer", "prefetch", "autofetch"];
/// A relation that a text made of parts leads on from.
const ANY: &str = "";

/// The paths that are spelled.
#[derive(Debug, Default)]
pub(super) struct Spelled<'a> {
    /// What stands behind the name of a relation.
    behind: HashMap<&'a str, HashSet<&'a str>>,
    /// Names at the ends of paths whose rows a queryset of their own loads: `Prefetch("messages", queryset=...)`.
    ends: HashSet<&'a str>,
    /// Names that SQLAlchemy's loader options are given.
    options: HashSet<&'a str>,
    /// Whether rows may be loaded that no text spells: for each mapper.
    open: bool,
    open_sqlalchemy: bool,
}

impl<'a> Spelled<'a> {
    pub(super) fn read(names: &Names<'a>) -> Self {
        let mut it = Self::default();
        for draft in names.drafts.iter().filter(|draft| draft.place.is_code()) {
            let loads = |module: &str| BY_THEMSELVES.iter().any(|word| module.contains(word));
            it.open |= draft.imports.iter().any(|import| loads(&import.module));
            it.open_sqlalchemy |=
                draft.imports.iter().any(|import| import.module.starts_with("sqlalchemy.ext.asyncio"));
            it.flow(&draft.top);
            draft.classes.iter().for_each(|class| it.flow(&class.body));
            draft.functions.iter().for_each(|function| it.flow(&function.flow));
        }
        it
    }

    fn flow(&mut self, flow: &'a Flow) {
        for node in &flow.nodes {
            match &node.kind {
                NodeKind::Text(text) if text.contains("__") => self.path(text),
                NodeKind::Call { func, args, keywords, .. } => {
                    let call = CallView { func: *func, args, keywords };
                    match flow.last_called(*func) {
                        Some("Prefetch") => self.prefetch(flow, call),
                        Some(name) if is_loader(name) => {
                            args.iter().for_each(|arg| self.option(flow, *arg));
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }

    fn path(&mut self, text: &'a str) {
        const MOST: usize = 200;
        if text.len() > MOST || text.contains(char::is_whitespace) {
            return;
        }
        for (at, _) in text.match_indices("__") {
            let before = text[..at].rsplit("__").next().unwrap_or_default();
            let is_name = !before.is_empty() && before.chars().all(|c| c == '_' || c.is_alphanumeric());
            let before = if is_name { before } else { ANY };
            self.behind.entry(before).or_default().insert(&text[at + 2..]);
        }
    }

    fn prefetch(&mut self, flow: &'a Flow, call: CallView<'a>) {
        let plain = call.args.len() < 2 && call.keyword("queryset").is_none();
        let path = call.args.first().copied().or_else(|| call.keyword("lookup")).and_then(|it| flow.text(it));
        match path {
            Some(_) if plain => {}
            Some(path) => _ = self.ends.insert(path.rsplit("__").next().unwrap_or(path)),
            None => self.open = true,
        }
    }

    fn option(&mut self, flow: &'a Flow, arg: NodeId) {
        match &flow.node(arg).kind {
            NodeKind::Attr { name, .. } => _ = self.options.insert(name),
            NodeKind::Text(text) => self.options.extend(text.split('.')),
            _ => self.open_sqlalchemy = true,
        }
    }

    /// What may have been loaded with the rows of a list, for all that is known of who passed on the row that has it.
    pub(super) fn below(&self, orm: Orm, list: &str) -> Loads {
        let mut loads = Loads::default();
        match orm {
            Orm::Sqlalchemy => {
                loads.open = self.open_sqlalchemy;
                loads.paths.extend(self.options.iter().map(|it| (*it).to_owned()));
                loads.beyond.clone_from(&loads.paths);
            }
            Orm::Django => {
                loads.open = self.open || self.ends.contains(list);
                // Whatever lies further on may be loaded as well: a path that is written there must not change what is said
                // of others.
                let behind = [list, ANY].into_iter().filter_map(|name| self.behind.get(name)).flatten();
                loads.paths.extend(behind.map(|it| it.split("__").next().unwrap_or(it).to_owned()));
                loads.beyond.clone_from(&loads.paths);
            }
        }
        loads
    }
}
