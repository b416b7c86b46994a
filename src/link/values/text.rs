//! Methods of texts, and paths of files, which are texts here: what stands before the root of the repository is a
//! [`HOLE`].

use std::sync::Arc;

use super::call::{Args, Keywords};
use super::convert::shown;
use super::lift::{self, at};
use super::{Evaluator, HOLE, ModuleId, PyValue};
use crate::source::Span;
use crate::stack::{Fact, Sourced};

impl Evaluator<'_> {
    /// `__file__`
    pub(super) fn own_path(&self, module: ModuleId, span: Span) -> Fact<PyValue> {
        let path = self.code.module(module).map_or("", |it| &it.path);
        at(PyValue::Str(format!("{HOLE}/{path}").into()), span)
    }

    /// An attribute of a text that is a path.
    pub(super) fn path_attribute(&self, on: &Sourced<PyValue>, text: &str, name: &str, span: Span) -> Fact<PyValue> {
        let like = |text: &str| lift::like(PyValue::Str(text.into()), &on.origin);
        let file = text.rsplit('/').next().unwrap_or(text);
        match name {
            "parent" => like(parent(text)),
            "parents" => {
                let all = std::iter::successors(Some(parent(text)), |it| Some(parent(it)));
                at(PyValue::List(Arc::new(all.take(8).map(like).collect())), span)
            }
            "name" => like(file),
            "stem" => like(file.rsplit_once('.').map_or(file, |it| it.0)),
            // `.value` of an enumeration's member, of a secret.
            "value" => like(text),
            _ => self.unknown_at(span),
        }
    }

    pub(super) fn text_method(
        &self,
        on: &Sourced<PyValue>,
        text: &str,
        name: &str,
        (args, keywords): (&Args, &Keywords),
        span: Span,
    ) -> Fact<PyValue> {
        // A new text can be written where the old one stands: these take away only what does not matter.
        let same = |text: String| Fact::Known(on.clone().map(|_| PyValue::Str(text.into())));
        let other = |value: PyValue| lift::like(value, &on.origin).by_way_of([span]);
        let arg = |place: usize| match args.get(place).and_then(|it| it.known()) {
            Some(PyValue::Str(text)) => Some(&**text),
            _ => None,
        };
        match (name, arg(0), arg(1)) {
            ("lower" | "casefold", ..) => same(text.to_lowercase()),
            ("upper", ..) => same(text.to_uppercase()),
            ("title" | "capitalize", ..) => same(text.to_owned()),
            ("strip", None, _) => same(text.trim().to_owned()),
            ("strip", Some(ends), _) => other(PyValue::Str(text.trim_matches(|c| ends.contains(c)).into())),
            ("rstrip", Some(ends), _) => other(PyValue::Str(text.trim_end_matches(|c| ends.contains(c)).into())),
            ("lstrip", Some(ends), _) => other(PyValue::Str(text.trim_start_matches(|c| ends.contains(c)).into())),
            (
                "get_secret_value" | "unicode_string" | "render_as_string" | "as_posix" | "__str__" | "resolve"
                | "absolute" | "expanduser" | "encode" | "decode",
                ..,
            ) => same(text.to_owned()),
            ("joinpath" | "path" | "__call__", Some(_), _) => {
                self.joined_path(&lift::like(on.value.clone(), &on.origin), args, span)
            }
            ("replace", Some(from), Some(to)) if !from.is_empty() => other(PyValue::Str(text.replace(from, to).into())),
            ("removeprefix", Some(prefix), _) => other(PyValue::Str(text.strip_prefix(prefix).unwrap_or(text).into())),
            ("removesuffix", Some(suffix), _) => other(PyValue::Str(text.strip_suffix(suffix).unwrap_or(text).into())),
            ("startswith", Some(prefix), _) if !text.starts_with(HOLE) => {
                other(PyValue::Bool(text.starts_with(prefix)))
            }
            ("endswith", Some(suffix), _) if !text.ends_with(HOLE) => other(PyValue::Bool(text.ends_with(suffix))),
            ("isdigit" | "isnumeric" | "isdecimal", ..) if !text.contains(HOLE) => {
                other(PyValue::Bool(!text.is_empty() && text.chars().all(|it| it.is_ascii_digit())))
            }
            ("split", separator, _) if !text.contains(HOLE) => {
                let parts: Vec<&str> = match separator.filter(|it| !it.is_empty()) {
                    Some(separator) => text.split(separator).collect(),
                    None => text.split_whitespace().collect(),
                };
                let parts = parts.into_iter().map(|it| other(PyValue::Str(it.into()))).collect();
                other(PyValue::List(Arc::new(parts)))
            }
            ("join", ..) => match args.first().and_then(|it| it.known()) {
                Some(PyValue::List(items)) => {
                    let parts: Vec<Box<str>> = items.iter().map(shown).collect();
                    other(PyValue::Str(parts.join(text).into()))
                }
                _ => self.unknown_at(span),
            },
            ("format", ..) => {
                let mut spans: Vec<Span> = on.origin.span().into_iter().chain([span]).collect();
                for given in args.iter().chain(keywords.iter().map(|it| &it.1)) {
                    spans.extend(given.span().filter(|it| !spans.contains(it)).as_slice());
                }
                Fact::derived(PyValue::Str(formatted(text, args, keywords).into()), spans)
            }
            _ => self.unknown_at(span),
        }
    }

    /// `os.path.join(first, *more)`, `first / more`.
    pub(super) fn joined_path(&self, first: &Fact<PyValue>, more: &[Fact<PyValue>], span: Span) -> Fact<PyValue> {
        let mut path = shown(first).to_string();
        let mut spans: Vec<Span> = first.span().into_iter().collect();
        for part in more {
            path = joined(&path, &shown(part));
            spans.extend(part.span().filter(|it| !spans.contains(it)).as_slice());
        }
        spans.extend((!spans.contains(&span)).then_some(span));
        Fact::derived(PyValue::Str(path.into()), spans)
    }
}

/// A path below another; one from the root stands alone.
pub(super) fn joined(path: &str, below: &str) -> String {
    if below.starts_with('/') || path.is_empty() {
        return below.to_owned();
    }
    format!("{}/{}", path.trim_end_matches('/'), below.trim_start_matches("./"))
}

/// The folder of a path; above what is known nothing more is.
pub(super) fn parent(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').map_or(if path.starts_with(HOLE) { path } else { "" }, |it| it.0)
}

/// `text.format(*args, **keywords)`, with a hole for each field that is not told.
fn formatted(text: &str, args: &Args, keywords: &Keywords) -> String {
    let mut out = String::new();
    let mut next = 0;
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let behind = &rest[at..];
        if let Some(doubled) = behind.strip_prefix("{{").or_else(|| behind.strip_prefix("}}")) {
            out.push_str(&behind[..1]);
            rest = doubled;
            continue;
        }
        let Some((field, behind)) = behind[1..].split_once('}') else { break };
        let name = field.split([':', '!']).next().unwrap_or(field);
        let given = if name.is_empty() {
            next += 1;
            args.get(next - 1)
        } else if let Ok(place) = name.parse::<usize>() {
            args.get(place)
        } else {
            keywords.iter().find(|it| &*it.0 == name).map(|it| &it.1)
        };
        // How it is formatted is not told.
        match given.filter(|_| !field.contains(':')) {
            Some(given) => out.push_str(&shown(given)),
            None => out.push(HOLE),
        }
        rest = behind;
    }
    if !rest.contains(['{', '}']) {
        out.push_str(rest);
    }
    out
}
