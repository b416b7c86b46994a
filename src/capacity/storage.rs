//! What tables take of the disk: the bytes of a row and of its indexes as PostgreSQL lays them out, times the rows that the
//! user states.
//!
//! A page has 8192 bytes, 24 of them its head; each row has a line pointer of 4 bytes and a header of 23, which with its
//! bitmap of empty columns is filled up to a multiple of 8, as is the row (`bufpage.h`, `htup_details.h`, PostgreSQL 15 to
//! 17). An entry of an index has a header of 8, its columns filled up to 8, and a line pointer; pages of one that grows at
//! its end are filled to 90 %, others to about 69 % in the long run (Yao 1978). Equal keys share an entry, 6 bytes for each
//! row (`nbtree`, PostgreSQL 13 and later). Rows that were changed or deleted stay until a fifth of a table is such
//! (`autovacuum_vacuum_scale_factor`). What texts hold stands in no file: their sizes are judgement.

use super::band::{Band, Pcg};
use super::sizing::quantile;
use super::study::{DRAWS, SEED};
use crate::config::{Assume, Rows, closest};
use crate::source::Span;
use crate::stack::{Column, ColumnKind, Index, Table, TextKind};

/// A page of the heap or of an index.
const PAGE: f64 = 8192.0;
/// What a page's head leaves of it.
const HEAP_ROOM: f64 = PAGE - 24.0;
/// The same of an index's page, which has 16 bytes at its end, too.
const INDEX_ROOM: f64 = PAGE - 24.0 - 16.0;
/// A value of more bytes is moved out of its row (`TOAST_TUPLE_THRESHOLD`).
const MOST_IN_ROW: f64 = 2032.0;
/// What a value that was moved out leaves in its row, and what its pieces of 1996 bytes add to it.
const MOVED: (f64, f64) = (18.0, 1.04);

/// What the tables take whose rows are stated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Storage {
    /// The tables, in the order in which their rows are stated.
    pub tables: Vec<Stored>,
    /// What is stated of no table, each as a sentence.
    pub unknown: Vec<String>,
    /// How many tables there are of which nothing is stated.
    pub unstated: usize,
}

/// What one table takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The model.
    pub name: Box<str>,
    /// Where it is declared.
    pub span: Span,
    /// Its rows.
    pub rows: Rows,
    /// Bytes of a row in the table, with what vacuum leaves: the 10th percentile, at the likely sizes, the 90th.
    pub row: Band,
    /// Bytes of its entries in all indexes, likewise.
    pub entries: Band,
    /// How many indexes there are.
    pub indexes: usize,
    /// What could not be read of it.
    pub unread: Vec<Box<str>>,
    /// Bytes of a row with its entries, with each size drawn.
    draws: Vec<f64>,
}

impl Storage {
    /// What is stored by the models of which the user states the rows.
    pub fn new(tables: &[Table], assume: &Assume) -> Self {
        let mut out = Storage::default();
        for (name, said) in assume.rows() {
            match named(tables, name) {
                Ok(table) => out.tables.push(Stored::new(table, said.value)),
                Err(why) => out.unknown.push(format!("`{}` is of no table: {why}", said.key)),
            }
        }
        out.unstated = tables.len().saturating_sub(out.tables.len());
        out
    }

    /// The bytes of all tables with so many users: the 10th percentile, at the likely values, the 90th. Nothing where rows
    /// are stated for each user and the number of users is not.
    pub fn bytes(&self, users: Option<f64>) -> Option<Band> {
        let all = self.tables.iter().map(|it| it.bytes(users)).collect::<Option<Vec<(f64, Vec<f64>)>>>()?;
        let likely = all.iter().map(|it| it.0).sum();
        let draws: Vec<f64> = (0..DRAWS).map(|at| all.iter().filter_map(|it| it.1.get(at)).sum()).collect();
        (!all.is_empty()).then(|| within(likely, &draws))
    }
}

impl Stored {
    fn new(table: &Table, rows: Rows) -> Self {
        let mut random = Pcg::new(SEED);
        let likely = Layout::of(table, &mut |band| band[1]);
        let drawn: Vec<Layout> = (0..DRAWS)
            .map(|_| Layout::of(table, &mut |[low, likely, high]| Band { low, likely, high }.at(random.unit())))
            .collect();
        let of = |part: &dyn Fn(&Layout) -> f64| within(part(&likely), &drawn.iter().map(part).collect::<Vec<f64>>());
        Self {
            name: table.name.clone(),
            span: table.span,
            rows,
            row: of(&|it| it.row),
            entries: of(&|it| it.entries),
            indexes: table.indexes.len(),
            unread: table.unread.clone(),
            draws: drawn.iter().map(|it| it.row + it.entries).collect(),
        }
    }

    /// Its bytes with so many users; nothing where rows are stated for each of users that nobody counts.
    pub fn total(&self, users: Option<f64>) -> Option<Band> {
        self.bytes(users).map(|(likely, draws)| within(likely, &draws))
    }

    /// The same at the likely values, and drawn.
    fn bytes(&self, users: Option<f64>) -> Option<(f64, Vec<f64>)> {
        let ([low, likely, high], users) = match self.rows {
            Rows::All(band) => (band, 1.0),
            Rows::EachUser(band) => (band, users?),
        };
        let mut random = Pcg::new(SEED ^ 1);
        let rows = Band { low: low * users, likely: likely * users, high: high * users };
        let draws = self.draws.iter().map(|each| each * rows.at(random.unit())).collect();
        Some((rows.likely * (self.row.likely + self.entries.likely), draws))
    }
}

/// The 10th percentile of draws, the likely value, the 90th percentile.
fn within(likely: f64, draws: &[f64]) -> Band {
    Band { low: quantile(draws, 0.1).min(likely), likely, high: quantile(draws, 0.9).max(likely) }
}

/// The table of a name: the model's, with its app before it where two have the same.
fn named<'t>(tables: &'t [Table], name: &str) -> Result<&'t Table, String> {
    let whole = |it: &Table| format!("{}.{}", it.app, it.name);
    let found: Vec<&Table> = tables.iter().filter(|it| *it.name == *name || whole(it) == name).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => match closest(name, tables.iter().map(|it| &*it.name)) {
            Some(near) => Err(format!("no model has this name; did you mean `{near}`?")),
            None => Err("no model that was read has this name.".to_owned()),
        },
        [first, ..] => Err(format!("{} models have this name; say which, such as `{}`.", found.len(), whole(first))),
    }
}

/// Bytes of a row.
struct Layout {
    row: f64,
    entries: f64,
}

/// Picks a value between a low, a likely and a high one.
type Picks<'a> = dyn FnMut([f64; 3]) -> f64 + 'a;

/// The mean value of a column: what it takes within its row, where it may start, and what it takes elsewhere.
#[derive(Clone, Copy)]
struct Width {
    bytes: f64,
    align: f64,
    moved: f64,
}

impl Layout {
    fn of(table: &Table, pick: &mut Picks<'_>) -> Self {
        let widths: Vec<Width> = table.columns.iter().map(|column| Width::of(column, pick)).collect();
        let gone = pick([1.0, 1.1, 1.2]);
        let row = gone * heap(&table.columns, &widths);
        let entries = table.indexes.iter().map(|index| entry(&table.columns, &widths, index, pick)).sum();
        Self { row, entries }
    }
}

impl Width {
    fn of(column: &Column, pick: &mut Picks<'_>) -> Self {
        let fixed = |bytes: f64, align: f64| Self { bytes, align, moved: 0.0 };
        let width = match column.kind {
            ColumnKind::Fixed(bytes) => fixed(f64::from(bytes), f64::from(bytes)),
            ColumnKind::Uuid => fixed(16.0, 1.0),
            ColumnKind::Interval => fixed(16.0, 8.0),
            // Two bytes for four digits, and two before them.
            ColumnKind::Decimal(digits) => {
                let groups = (f64::from(digits) / 4.0).ceil();
                Self::of_length(2.0 + 2.0 * pick([1.0, (groups / 2.0).ceil(), groups + 1.0]))
            }
            // Of version 4, and of version 6.
            ColumnKind::Address => fixed(pick([7.0, 7.0, 19.0]), 1.0),
            ColumnKind::Text(text, most) => {
                let most = most.map_or(f64::INFINITY, f64::from);
                Self::of_length(pick(sizes(text).map(|it| it.min(most))))
            }
            ColumnKind::Json => Self::of_length(pick([20.0, 200.0, 2000.0])),
            ColumnKind::Binary => Self::of_length(pick([100.0, 1000.0, 10_000.0])),
            ColumnKind::Unknown => Self::of_length(pick([4.0, 16.0, 100.0])),
        };
        // An empty value takes nothing but its bit; how many are empty, nobody says.
        let filled = if column.nullable { pick([0.1, 0.5, 1.0]) } else { 1.0 };
        Self { bytes: width.bytes * filled, moved: width.moved * filled, ..width }
    }

    /// Of so many bytes whose length is written before them.
    fn of_length(bytes: f64) -> Self {
        if bytes > MOST_IN_ROW {
            return Self { bytes: MOVED.0, align: 1.0, moved: bytes * MOVED.1 };
        }
        let (head, align) = if bytes < 127.0 { (1.0, 1.0) } else { (4.0, 4.0) };
        Self { bytes: bytes + head, align, moved: 0.0 }
    }
}

/// How many bytes texts of a kind have: judgement.
fn sizes(text: TextKind) -> [f64; 3] {
    match text {
        TextKind::Line => [4.0, 20.0, 60.0],
        TextKind::Choice => [2.0, 8.0, 15.0],
        TextKind::Slug => [8.0, 20.0, 40.0],
        TextKind::Email => [16.0, 23.0, 32.0],
        TextKind::Url => [30.0, 60.0, 120.0],
        TextKind::Path => [20.0, 50.0, 90.0],
        // PBKDF2 of Django's has 88 bytes, Argon2 and bcrypt 60 to 105.
        TextKind::Hash => [60.0, 88.0, 105.0],
        TextKind::Long => [20.0, 200.0, 2000.0],
    }
}

fn up_to(value: f64, multiple: f64) -> f64 {
    (value / multiple).ceil() * multiple
}

/// Values one behind the other, each where it may start, from `start` on: where they end.
fn laid_out<'w>(widths: impl Iterator<Item = &'w Width>, start: f64) -> f64 {
    widths.fold(start, |at, width| if width.bytes > 0.0 { up_to(at, width.align) + width.bytes } else { at })
}

/// Bytes of a row: its share of a page, which has whole rows only.
fn heap(columns: &[Column], widths: &[Width]) -> f64 {
    let bitmap = if columns.iter().any(|it| it.nullable) { (columns.len() as f64 / 8.0).ceil() } else { 0.0 };
    let row = up_to(laid_out(widths.iter(), up_to(23.0 + bitmap, 8.0)), 8.0) + 4.0;
    PAGE / (HEAP_ROOM / row).floor().max(1.0) + widths.iter().map(|it| it.moved).sum::<f64>()
}

/// Bytes of a row's entry in an index.
fn entry(columns: &[Column], widths: &[Width], index: &Index, pick: &mut Picks<'_>) -> f64 {
    let own = index.columns.iter().filter_map(|at| widths.get(*at));
    let alone = (up_to(laid_out(own, 8.0), 8.0) + 4.0) * PAGE / INDEX_ROOM;
    let first = index.columns.first().and_then(|at| columns.get(*at));
    let grows = index.columns.len() == 1 && first.is_some_and(|it| matches!(it.kind, ColumnKind::Fixed(4 | 8)));
    let spread = [0.6, 0.69, 0.9];
    match (index.unique, first) {
        (true, _) if grows => alone / 0.9,
        (true, _) => alone / pick(spread),
        // Rows with the same key share an entry.
        (false, Some(first)) if first.refers || matches!(first.kind, ColumnKind::Fixed(1 | 2)) => {
            pick([6.0 / 0.9, 10.0, alone / 0.69])
        }
        // Times mostly grow, too.
        (false, _) => pick([6.0 / 0.9, alone / if grows { 0.9 } else { 0.69 }, alone / 0.69]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn column(name: &str, kind: ColumnKind, nullable: bool) -> Column {
        Column { name: name.into(), kind, nullable, refers: name.ends_with("_id") }
    }

    fn table(name: &str, app: &str) -> Table {
        Table {
            name: name.into(),
            app: app.into(),
            span: Span::at(FileId(0), 0),
            columns: vec![column("id", ColumnKind::Fixed(8), false)],
            indexes: vec![Index { columns: vec![0], unique: true }],
            unread: Vec::new(),
        }
    }

    fn said(all: &[&str]) -> Assume {
        let mut assume = Assume::default();
        all.iter().for_each(|it| assume.say(it).unwrap());
        assume
    }

    #[test]
    fn rows_are_of_the_model_that_is_named() {
        let tables = [table("Order", "shop"), table("Order", "crm"), table("Line", "shop")];
        let storage = Storage::new(&tables, &said(&["rows.shop.Order=5M", "rows.Line=20/user"]));
        assert_eq!(storage.unknown, Vec::<String>::new());
        assert_eq!(storage.unstated, 1);
        assert_eq!(storage.bytes(None), None);
        let (some, more) = (storage.bytes(Some(1000.0)).unwrap(), storage.bytes(Some(1_000_000.0)).unwrap());
        assert!(some.low <= some.likely && some.likely <= some.high && some.likely < more.likely);
        let wrong = Storage::new(&tables, &said(&["rows.Order=1", "rows.Lines=1"]));
        let expected = [
            "`assume.rows.Order` is of no table: 2 models have this name; say which, such as `shop.Order`.",
            "`assume.rows.Lines` is of no table: no model has this name; did you mean `Line`?",
        ];
        assert_eq!(wrong.unknown, expected);
    }

    /// PostgreSQL 15.8, filled by `INSERT … SELECT` of 300,000 to 500,000 rows, `pg_relation_size` behind `VACUUM`: bytes of a
    /// row, and of its entry in each index.
    #[test]
    fn rows_and_entries_take_what_was_measured() {
        use ColumnKind::{Decimal, Fixed, Text, Uuid};
        let line = |most| Text(TextKind::Line, Some(most));
        let unique = |columns: &[usize]| Index { columns: columns.to_vec(), unique: true };
        let plain = |columns: &[usize]| Index { columns: columns.to_vec(), unique: false };
        let orders = Table {
            columns: vec![
                column("id", Fixed(8), false),
                column("user_id", Fixed(8), false),
                column("created", Fixed(8), false),
                column("status", line(8), false),
                column("total", Decimal(10), false),
                column("note", line(20), true),
            ],
            indexes: vec![unique(&[0]), plain(&[1]), plain(&[2])],
            ..table("Order", "shop")
        };
        let pairs = Table {
            columns: vec![
                column("id", Fixed(8), false),
                column("from_id", Fixed(8), false),
                column("to_id", Fixed(8), false),
            ],
            indexes: vec![unique(&[0]), unique(&[1, 2]), plain(&[1]), plain(&[2])],
            ..table("Order.tags", "shop")
        };
        let people = Table {
            columns: vec![
                column("id", Uuid, false),
                column("email", Text(TextKind::Email, Some(23)), false),
                column("slug", Text(TextKind::Slug, Some(20)), false),
                column("active", Fixed(1), false),
                column("about", Text(TextKind::Long, Some(204)), false),
            ],
            indexes: vec![unique(&[0]), unique(&[1]), plain(&[2]), plain(&[2])],
            ..table("Person", "shop")
        };
        let measured: [(&Table, f64, &[f64]); 3] = [
            (&orders, 80.5, &[22.5, 9.7, 22.5]),
            (&pairs, 52.2, &[22.5, 39.7, 11.2, 9.6]),
            (&people, 303.4, &[39.5, 54.1, 55.1, 55.1]),
        ];
        for (table, row, entries) in measured {
            let mut pick = |band: [f64; 3]| band[1];
            let widths: Vec<Width> = table.columns.iter().map(|column| Width::of(column, &mut pick)).collect();
            let said = heap(&table.columns, &widths);
            assert!((said / row - 1.0).abs() < 0.06, "{}: {said} bytes, measured {row}", table.name);
            for (index, seen) in table.indexes.iter().zip(entries) {
                let said = entry(&table.columns, &widths, index, &mut pick);
                assert!((said / seen - 1.0).abs() < 0.15, "{} {index:?}: {said} bytes, measured {seen}", table.name);
            }
        }
    }
}
