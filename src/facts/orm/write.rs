//! How an eager clause is written into a chain of calls.

use super::draft::{LoaderImport, OrmDraft};
use crate::source::Span;

/// What is to be loaded with a queryset of Django.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Eager {
    /// Paths to one object, which a join loads.
    pub one: Vec<String>,
    /// Paths to lists, which a query of their own loads.
    pub many: Vec<String>,
}

/// A place of a chain where clauses may go.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// Just behind the manager or its first call.
    pub after: Span,
    /// What opens a line of the chain, when its calls have lines of their own.
    pub line: Option<&'a str>,
    /// What opens a line of a class of the admin, which names the joins in an attribute.
    pub attribute: Option<&'a str>,
    /// Just behind the last argument of a `select_related` that is there.
    pub one: Option<Span>,
    /// The same of a `prefetch_related`.
    pub many: Option<Span>,
}

/// The edits that put clauses into a chain of Django's.
pub fn django(place: &Place<'_>, eager: &Eager, quote: char) -> Vec<(Span, Box<str>)> {
    let mut edits: Vec<(Span, Box<str>)> = Vec::new();
    if let (Some(line), None) = (place.attribute, place.one) {
        let paths = quoted(&eager.one, quote);
        return vec![(place.after, format!("{line}list_select_related = [{paths}]").into())];
    }
    let mut chained = String::new();
    for (name, paths, there) in
        [("select_related", &eager.one, place.one), ("prefetch_related", &eager.many, place.many)]
    {
        if paths.is_empty() {
            continue;
        }
        let args = quoted(paths, quote);
        match there {
            Some(at) => edits.push((at, format!(", {args}").into())),
            None => {
                chained.push_str(place.line.unwrap_or(""));
                chained.push_str(&format!(".{name}({args})"));
            }
        }
    }
    if !chained.is_empty() {
        edits.push((place.after, chained.into()));
    }
    edits
}

/// Some of the paths, as one would say them: a change shows all of them.
fn said_of(paths: &[String]) -> String {
    const MOST: usize = 6;
    match paths.get(..MOST) {
        Some(first) if paths.len() > MOST => format!("{}, …", quoted(first, '"')),
        _ => quoted(paths, '"'),
    }
}

/// What the class of a list of the admin's says, as one would say it.
pub fn list_select_related(eager: &Eager) -> String {
    format!("list_select_related = [{}]", said_of(&eager.one))
}

/// Clauses of Django's, as one would say them.
pub fn django_calls(eager: &Eager) -> String {
    let clauses = [("select_related", &eager.one), ("prefetch_related", &eager.many)];
    let said = clauses.iter().filter(|(_, paths)| !paths.is_empty());
    let each: Vec<String> = said.map(|(name, paths)| format!("{name}({})", said_of(paths))).collect();
    each.join(".")
}

/// The edits that put `.options(...)` behind a query of SQLAlchemy's, with the import they need. [`None`] when there is
/// no place for the import.
pub fn sqlalchemy(draft: &OrmDraft, after: Span, options: &[String]) -> Option<Vec<(Span, Box<str>)>> {
    let mut edits: Vec<(Span, Box<str>)> = vec![(after, format!(".options({})", options.join(", ")).into())];
    match draft.loader {
        LoaderImport::Present => {}
        LoaderImport::Extend(at) => edits.push((at, ", selectinload".into())),
        LoaderImport::Insert(at) => {
            edits.push((at, format!("{}from sqlalchemy.orm import selectinload", draft.newline()).into()));
        }
        LoaderImport::Nowhere => return None,
    }
    Some(edits)
}

fn quoted(paths: &[String], quote: char) -> String {
    let each: Vec<String> = paths.iter().map(|path| format!("{quote}{path}{quote}")).collect();
    each.join(", ")
}
