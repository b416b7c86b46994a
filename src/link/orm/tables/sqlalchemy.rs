//! Tables of SQLAlchemy's mapped classes, as its dialect for PostgreSQL makes them (`sqlalchemy/dialects/postgresql`, 2.0).

use super::super::names::{ClassId, Names};
use super::super::sqlalchemy_models;
use super::{Draft, number};
use crate::facts::orm::Attribute;
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind, last_of};
use crate::stack::{ColumnKind, Table, TextKind};

/// The table of a mapped class; nothing where the class only lends its columns.
pub(super) fn table(names: &Names<'_>, class: ClassId) -> Option<Table> {
    let model = names.class(class);
    let is_abstract =
        |it: &Attribute| &*it.name == "__abstract__" && it.value.and_then(|value| model.body.flag(value)) == Some(true);
    if model.attributes.iter().any(is_abstract) {
        return None;
    }
    let mut table = Draft::new();
    let mut keyed = Vec::new();
    for of in &names.lineage(class).classes {
        let flow = &names.class(*of).body;
        for attribute in &names.class(*of).attributes {
            let nearest = names.attribute(class, &attribute.name).is_none_or(|(nearest, _)| nearest == *of);
            let call = attribute.value.and_then(|value| flow.call(value));
            let func = call.and_then(|call| flow.called(call));
            let annotated = attribute.annotation.and_then(|node| mapped(flow, node));
            let column = match (func.as_deref(), &annotated) {
                (Some("Column" | "mapped_column" | "Field"), _) => nearest,
                // `name: Mapped[str]` by itself is a column, too.
                (None, Some(it)) => nearest && it.wrapped && attribute.value.is_none(),
                _ => false,
            };
            if !column {
                continue;
            }
            let written = call.and_then(|call| typed(names, *of, flow, call));
            let kind = written.or_else(|| annotated.as_ref().and_then(|it| python(&it.name)));
            let flag = |word: &str| call.is_some_and(|call| flow.says(call, word));
            let key = flag("primary_key");
            let null = call.and_then(|call| call.keyword("nullable")).and_then(|node| flow.flag(node));
            let nullable = !key && null.unwrap_or_else(|| annotated.as_ref().is_none_or(|it| it.optional));
            let refers = call.is_some_and(|call| refers(flow, call));
            let place = table.column(&attribute.name, kind.unwrap_or(ColumnKind::Unknown), nullable);
            table.columns[place].refers = refers;
            if kind.is_none() && refers {
                // The key of another table, mostly a number.
                table.columns[place].kind = ColumnKind::Fixed(4);
            } else if kind.is_none() {
                table.unread.push(attribute.name.clone());
            }
            if key {
                keyed.push(place);
            } else if flag("unique") || flag("index") {
                table.index(vec![place], flag("unique"));
            }
        }
    }
    if keyed.is_empty() {
        return None;
    }
    table.indexes.insert(0, crate::stack::Index { columns: keyed, unique: true });
    for of in &names.lineage(class).classes {
        let draft = names.class(*of);
        if let Some(args) = draft.attributes.iter().find(|it| &*it.name == "__table_args__") {
            args.value.into_iter().for_each(|value| of_table(&mut table, &draft.body, value));
        }
    }
    let Draft { columns, indexes, unread } = table;
    let app = sqlalchemy_models::table(names, class);
    Some(Table { name: model.name.clone(), app, span: model.span, columns, indexes, unread })
}

/// What an annotation says of a column.
struct Annotated {
    /// Whether it is within `Mapped[…]`.
    wrapped: bool,
    /// The last part of the type's name: `str`.
    name: String,
    /// Whether it may be `None`.
    optional: bool,
}

fn mapped(flow: &Flow, node: NodeId) -> Option<Annotated> {
    match &flow.node(node).kind {
        NodeKind::Item { of, key } => {
            let last = flow.dotted(*of).map(|it| last_of(&it).to_owned())?;
            let within = mapped(flow, *key)?;
            match &*last {
                "Mapped" => Some(Annotated { wrapped: true, ..within }),
                "Optional" => Some(Annotated { optional: true, ..within }),
                _ => None,
            }
        }
        // `str | None`
        NodeKind::Mix(parts) | NodeKind::Either(parts) => {
            let optional = parts.iter().any(|it| matches!(flow.node(*it).kind, NodeKind::Nothing));
            let part = parts.iter().find_map(|it| mapped(flow, *it))?;
            Some(Annotated { optional: optional || part.optional, ..part })
        }
        NodeKind::Name(_) | NodeKind::Attr { .. } => {
            let name = flow.dotted(node)?;
            let last = last_of(&name).to_owned();
            Some(Annotated { wrapped: false, name: last, optional: false })
        }
        _ => None,
    }
}

/// The column type of a type of Python, as `registry.type_annotation_map` has it by default.
fn python(name: &str) -> Option<ColumnKind> {
    Some(match name {
        "int" | "date" => ColumnKind::Fixed(4),
        "float" | "datetime" | "time" | "DateTime" => ColumnKind::Fixed(8),
        "bool" => ColumnKind::Fixed(1),
        "str" => ColumnKind::Text(TextKind::Line, None),
        "bytes" => ColumnKind::Binary,
        "Decimal" => ColumnKind::Decimal(12),
        "UUID" => ColumnKind::Uuid,
        "timedelta" => ColumnKind::Interval,
        "dict" | "list" => ColumnKind::Json,
        "EmailStr" => ColumnKind::Text(TextKind::Email, None),
        _ => return None,
    })
}

/// The type that a column's arguments name.
fn typed(names: &Names<'_>, class: ClassId, flow: &Flow, call: CallView<'_>) -> Option<ColumnKind> {
    let arguments = call.args.iter().copied().chain(["type_", "sa_type"].iter().filter_map(|it| call.keyword(it)));
    let length = || call.keyword("max_length").and_then(|node| number(names, class, flow, node));
    let found = arguments.into_iter().find_map(|node| {
        let (name, length) = match flow.call(node) {
            Some(made) => (flow.called(made)?, made.args.first().and_then(|it| number(names, class, flow, *it))),
            None => {
                let name = flow.dotted(node)?;
                (last_of(&name).to_owned(), None)
            }
        };
        by_name(&name, length)
    });
    found.or_else(|| length().map(|most| ColumnKind::Text(TextKind::Line, Some(most))))
}

/// A type by its name; for text with the length in its brackets, for decimal numbers with the digits.
fn by_name(name: &str, length: Option<u32>) -> Option<ColumnKind> {
    Some(match name {
        "Boolean" | "BOOLEAN" => ColumnKind::Fixed(1),
        "SmallInteger" | "SMALLINT" => ColumnKind::Fixed(2),
        "Integer" | "INTEGER" | "Date" | "DATE" | "REAL" => ColumnKind::Fixed(4),
        "BigInteger" | "BIGINT" | "Float" | "Double" | "DateTime" | "DATETIME" | "TIMESTAMP" | "Time" => {
            ColumnKind::Fixed(8)
        }
        "Interval" | "INTERVAL" => ColumnKind::Interval,
        "Uuid" | "UUID" | "GUID" => ColumnKind::Uuid,
        "Numeric" | "NUMERIC" | "DECIMAL" => ColumnKind::Decimal(length.map_or(12, |it| it.min(1000) as u16)),
        "INET" => ColumnKind::Address,
        "Enum" | "ENUM" => ColumnKind::Fixed(4),
        "String" | "Unicode" | "VARCHAR" | "AutoString" if length.is_some() => ColumnKind::Text(TextKind::Line, length),
        "String" | "Unicode" | "VARCHAR" | "AutoString" => ColumnKind::Text(TextKind::Line, None),
        "Text" | "TEXT" | "UnicodeText" => ColumnKind::Text(TextKind::Long, None),
        "JSON" | "JSONB" | "ARRAY" | "HSTORE" | "PickleType" => ColumnKind::Json,
        "LargeBinary" | "BYTEA" | "BLOB" => ColumnKind::Binary,
        _ => return None,
    })
}

/// Whether a column refers to another table.
fn refers(flow: &Flow, call: CallView<'_>) -> bool {
    call.keyword("foreign_key").is_some()
        || call.args.iter().filter_map(|arg| flow.call(*arg)).any(|it| flow.called(it).as_deref() == Some("ForeignKey"))
}

/// The indexes of `__table_args__`.
fn of_table(table: &mut Draft, flow: &Flow, value: NodeId) {
    let NodeKind::List(items) = &flow.node(value).kind else { return };
    for call in items.iter().filter_map(|it| flow.call(*it)) {
        let func = flow.called(call).unwrap_or_default();
        let unique = flow.says(call, "unique") || func == "UniqueConstraint";
        let skip = match &*func {
            "Index" => 1,
            "UniqueConstraint" => 0,
            _ => continue,
        };
        let columns: Vec<&str> = call.args.iter().skip(skip).filter_map(|it| flow.text(*it)).collect();
        table.index_of(&columns, unique);
    }
}
