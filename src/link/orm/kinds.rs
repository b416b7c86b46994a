//! Models that are called kinds of something, of which people make a few and look them up.

use super::django_models::is_abstract;
use super::names::{ClassId, Names};
use crate::facts::orm::flow::{NodeId, last_of};

/// What the names of such models end with.
const KINDS: &[&str] = &[
    "Category",
    "Country",
    "Currency",
    "Kind",
    "Language",
    "Level",
    "Percentage",
    "Range",
    "Region",
    "Sector",
    "State",
    "Status",
    "Type",
];
/// Those of them of which there are hundreds: no more than one answer lists, and too many to ask for each.
const HUNDREDS: &[&str] = &["Category", "Country", "Currency", "Language", "Percentage", "Range", "Region"];
/// What the names of abstract bases hold of which lists of constants are made.
const CONSTANTS: &[&str] = &["Constant", "Lookup", "Enumeration"];

/// Whether the name of a model says that its rows are kinds of something, `NotificationType`, or that of a base does.
pub(super) fn is_named_so(names: &Names<'_>, class: ClassId) -> bool {
    is_kind(&names.class(class).name) || is_constant(names, class)
}

/// Whether a model derives from an abstract base that is called a list of constants.
pub(super) fn is_constant(names: &Names<'_>, class: ClassId) -> bool {
    let bases = names.lineage(class).classes.iter().skip(1).filter(|base| is_abstract(names, **base));
    let mut named = bases.map(|base| &names.class(*base).name);
    named.any(|name| CONSTANTS.iter().any(|word| name.contains(word)))
}

/// Whether there may be hundreds of the kinds that a model is called.
pub(super) fn may_be_hundreds(name: &str) -> bool {
    is_called(name, HUNDREDS)
}

fn is_kind(name: &str) -> bool {
    is_called(name, KINDS)
}

fn is_called(name: &str, words: &[&str]) -> bool {
    let one = match name.strip_suffix('s') {
        Some(rest) if rest.ends_with("ie") => format!("{}y", rest.trim_end_matches("ie")),
        Some(rest) if rest.ends_with("use") => rest.trim_end_matches('e').to_owned(),
        Some(rest) if !rest.ends_with(['s', 'u']) => rest.to_owned(),
        _ => name.to_owned(),
    };
    let last = one.rsplit('_').next().unwrap_or(&one);
    words.iter().any(|word| one.ends_with(word) || last.eq_ignore_ascii_case(word))
}

/// Whether a model of SQLAlchemy's is called so, and has no more than a few plain columns.
pub(super) fn is_plain(names: &Names<'_>, class: ClassId) -> bool {
    /// Columns.
    const MOST: usize = 5;
    const PLAIN: &[&str] = &["String", "Unicode", "Text", "UnicodeText", "Boolean", "Integer", "SmallInteger", "Enum"];
    let it = names.class(class);
    if !is_kind(&it.name) {
        return false;
    }
    let mut columns = 0;
    for attribute in &it.attributes {
        let Some(call) = attribute.value.and_then(|value| it.body.call(value)) else { continue };
        if !matches!(it.body.called(call).as_deref(), Some("Column" | "mapped_column" | "Field")) {
            continue;
        }
        columns += 1;
        let is_plain = |node: &NodeId| {
            let func = it.body.call(*node).map_or(*node, |call| call.func);
            it.body.text(*node).is_some() || it.body.dotted(func).is_some_and(|it| PLAIN.contains(&last_of(&it)))
        };
        if call.keyword("foreign_key").is_some() || !call.args.iter().all(is_plain) {
            return false;
        }
    }
    (1..=MOST).contains(&columns)
}

#[cfg(test)]
mod tests {
    use super::is_kind;

    #[test]
    fn names_of_kinds() {
        for name in ["Category", "Categories", "OrderStatus", "OrderStatuses", "UserTypes", "order_state", "Country"] {
            assert!(is_kind(name), "{name}");
        }
        for name in ["Estate", "RealEstate", "Prototype", "Order", "Campus", "Address"] {
            assert!(!is_kind(name), "{name}");
        }
    }
}
