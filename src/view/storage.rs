//! What tables take of the disk, where the user says how many rows they have.

use schemars::JsonSchema;
use serde::Serialize;

use super::capacity::{number, rounded};
use super::mask::clean;
use super::{Place, Range, View};
use crate::capacity::{Band, Storage, Stored};
use crate::config::Rows;
use crate::source::Sources;

/// What is stored.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StorageView {
    /// The tables, in the order in which their rows are stated.
    pub tables: Vec<TableRow>,
    /// Bytes of all of them: the 10th percentile, at the likely values, the 90th; nothing where rows are stated for each
    /// user and the number of users is not.
    pub total: Option<Range>,
    /// The same in words; empty without it.
    pub says: String,
    /// What is left out, and what is stated of no table, each as a sentence.
    pub notes: Vec<String>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TableRow {
    /// The model: `Order`.
    pub model: String,
    /// Its rows, in words: `5,000,000`, `20 for each user`.
    pub rows: String,
    /// Bytes of a row in the table.
    pub row: Range,
    /// Bytes of its entries in all indexes.
    pub entries: Range,
    /// How many indexes there are.
    pub indexes: usize,
    /// Bytes of the whole table with its indexes; nothing where the number of users is not known.
    pub total: Option<Range>,
    /// The same in words; empty without it.
    pub says: String,
    /// Where it is declared.
    pub place: Place,
}

impl View {
    /// The same with what the tables take whose rows the user states; `users` is how many there are, or shall be: each
    /// number that is asked for.
    #[must_use]
    pub fn with_storage(mut self, sources: &Sources, storage: &Storage, users: &[f64]) -> Self {
        if storage.tables.is_empty() && storage.unknown.is_empty() {
            return self;
        }
        let one = match users {
            [one] => Some(*one),
            _ => None,
        };
        let total = storage.bytes(one);
        let mut notes: Vec<String> = storage.unknown.iter().map(|it| clean(it).into_owned()).collect();
        let with = |users: &f64| Some(format!("with {} users {}", number(*users), bytes(storage.bytes(Some(*users))?)));
        let each: Vec<String> = if total.is_none() { users.iter().filter_map(with).collect() } else { Vec::new() };
        if !each.is_empty() {
            notes.push(format!("Together: {}.", each.join(", ")));
        } else if total.is_none() && !storage.tables.is_empty() {
            notes.push(
                "Rows are stated for each user: `--target-users 1000` or `--assume users=1000` says of how many."
                    .to_owned(),
            );
        }
        if !storage.tables.is_empty() {
            notes.push(format!(
                "Counted as PostgreSQL stores it; what lies beside it is not: {}the log of changes (up to `max_wal_size` and \
                 what replicas lag behind), temporary files, files that fields point to, backups.",
                match storage.unstated {
                    0 => String::new(),
                    1 => "one table whose rows nobody states, ".to_owned(),
                    many => format!("{many} tables whose rows nobody states, "),
                }
            ));
        }
        for table in storage.tables.iter().filter(|it| !it.unread.is_empty()) {
            let all: Vec<String> = table.unread.iter().map(|it| format!("`{}`", clean(it))).collect();
            notes.push(format!("Of `{}` not read: {}.", clean(&table.name), all.join(", ")));
        }
        self.storage = Some(StorageView {
            tables: storage.tables.iter().map(|it| row(sources, it, one)).collect(),
            says: total.map_or_else(String::new, bytes),
            total: total.map(Range::of),
            notes,
        });
        self
    }
}

fn row(sources: &Sources, table: &Stored, users: Option<f64>) -> TableRow {
    let show = |[low, likely, high]: [f64; 3]| match low == high {
        true => number(likely),
        false => format!("{} ({} to {})", number(rounded(likely, 2)), number(low), number(high)),
    };
    let rows = match table.rows {
        Rows::All(band) => show(band),
        Rows::EachUser(band) => format!("{} for each user", show(band)),
    };
    let total = table.total(users);
    TableRow {
        model: clean(&table.name).into_owned(),
        rows,
        row: Range::of(table.row),
        entries: Range::of(table.entries),
        indexes: table.indexes,
        says: total.map_or_else(String::new, bytes),
        total: total.map(Range::of),
        place: Place::of(sources, table.span),
    }
}

/// `12 GB (8 to 20)`
pub(super) fn bytes(band: Band) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "KB")];
    let (unit, name) = units.into_iter().find(|(unit, _)| band.likely >= *unit).unwrap_or((1.0, "bytes"));
    let show = |value: f64| number(rounded(value / unit, 2));
    match band.low == band.high {
        true => format!("{} {name}", show(band.likely)),
        false => format!("{} {name} ({} to {})", show(band.likely), show(band.low), show(band.high)),
    }
}
