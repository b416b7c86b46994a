//! What is stored, as the cells of a table.

use serde::Serialize;

use super::words;
use crate::view::{TableRow, View};

#[derive(Serialize)]
pub(super) struct Storage {
    tables: Vec<Table>,
    says: String,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Table {
    model: String,
    r#where: String,
    rows: String,
    row: String,
    entries: String,
    indexes: usize,
    says: String,
}

pub(super) fn rows(view: &View) -> Option<Storage> {
    let storage = view.storage.as_ref()?;
    let table = |it: &TableRow| Table {
        model: it.model.clone(),
        r#where: words::place(view, &it.place),
        rows: it.rows.clone(),
        row: words::ranged(&it.row),
        entries: words::ranged(&it.entries),
        indexes: it.indexes,
        says: it.says.clone(),
    };
    Some(Storage {
        tables: storage.tables.iter().map(table).collect(),
        says: storage.says.clone(),
        notes: storage.notes.clone(),
    })
}
