//! The tables that models stand for, with what a row of each holds: `django` and `sqlalchemy` read one kind each.
//!
//! Nobody needs them but who asks how much is stored, so they are read then and not with every join.

mod django;
mod sqlalchemy;

use super::models::Models;
use super::names::{ClassId, Names};
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};
use crate::facts::orm::{OrmDraft, Place};
use crate::stack::vocabulary::Orm;
use crate::stack::{Column, ColumnKind, Index, Table};

/// The tables of all models, in the order of files.
pub fn tables<'a>(drafts: impl IntoIterator<Item = &'a OrmDraft>) -> Vec<Table> {
    let names = Names::new(drafts.into_iter().collect());
    let models = Models::new(&names);
    let mut out = Vec::new();
    for class in names.all_classes() {
        let orm = match models.get(class) {
            Some(model) if !matches!(names.draft(class.draft).place, Place::Command | Place::Template) => model.orm,
            _ => continue,
        };
        match orm {
            Orm::Django => django::tables(&names, &models, class, &mut out),
            Orm::Sqlalchemy => out.extend(sqlalchemy::table(&names, class)),
        }
    }
    out
}

#[cfg(test)]
mod tests;

/// A table that is being put together.
struct Draft {
    columns: Vec<Column>,
    indexes: Vec<Index>,
    unread: Vec<Box<str>>,
}

impl Draft {
    fn new() -> Self {
        Self { columns: Vec::new(), indexes: Vec::new(), unread: Vec::new() }
    }

    /// Puts a column behind those there are; its place.
    fn column(&mut self, name: &str, kind: ColumnKind, nullable: bool) -> usize {
        self.columns.push(Column { name: name.into(), kind, nullable, refers: false });
        self.columns.len() - 1
    }

    /// The same, of the key of a row elsewhere.
    fn key(&mut self, name: &str, kind: ColumnKind, nullable: bool) -> usize {
        self.columns.push(Column { name: name.into(), kind, nullable, refers: true });
        self.columns.len() - 1
    }

    fn index(&mut self, columns: Vec<usize>, unique: bool) {
        let index = Index { columns, unique };
        if !index.columns.is_empty() && !self.indexes.contains(&index) {
            self.indexes.push(index);
        }
    }

    /// The second index of a text, by its bytes, for what starts with a word (Django's `_create_like_index_sql`).
    fn index_by_bytes(&mut self, column: usize, unique: bool) {
        self.indexes.push(Index { columns: vec![column], unique });
    }

    /// The place of the column of this name; a foreign key goes by its own name, too.
    fn place(&self, name: &str) -> Option<usize> {
        let name = name.trim_start_matches('-');
        let is_it = |it: &Column| *it.name == *name || it.name.strip_suffix("_id") == Some(name);
        self.columns.iter().position(is_it)
    }

    /// An index over the columns of these names, as far as they are there.
    fn index_of(&mut self, names: &[&str], unique: bool) {
        let places = names.iter().filter_map(|name| self.place(name)).collect();
        self.index(places, unique);
    }
}

/// A whole number that a keyword has, or a name for one at the top of the same file.
fn number(names: &Names<'_>, class: ClassId, flow: &Flow, node: NodeId) -> Option<u32> {
    let of = |flow: &Flow, node: NodeId| match flow.node(node).kind {
        NodeKind::Number(number) => u32::try_from(number).ok(),
        _ => None,
    };
    of(flow, node).or_else(|| match names.of_node(class.draft, flow, node)? {
        super::names::Def::Global(draft, node) => of(&names.draft(draft).top, node),
        _ => None,
    })
}
