//! What a template writes out of a form: all of it, or the fields that it names.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::super::eval::uses;
use super::super::names::{FunctionId, Names};
use super::super::templates::Templates;
use crate::facts::orm::flow::{Flow, NodeId, NodeKind};

/// What writes out all fields of a form (`django/forms/forms.py`, 5.2).
const WHOLE: &[&str] = &["as_p", "as_table", "as_ul", "as_div", "visible_fields"];
/// What else a form has under a name, and no field.
const NO_FIELDS: &[&str] = &[
    "as_hidden",
    "cleaned_data",
    "data",
    "errors",
    "fields",
    "hidden_fields",
    "initial",
    "instance",
    "is_bound",
    "is_multipart",
    "media",
    "non_field_errors",
    "prefix",
];
/// What of a field writes out its choices (`django/forms/boundfield.py`, 5.2).
const CHOICES: &[&str] = &["as_field_group", "as_widget", "subwidgets"];

/// What is written out of a form.
#[derive(Debug, Default)]
pub(super) struct Written {
    whole: bool,
    fields: HashSet<Box<str>>,
}

impl Written {
    pub(super) fn has(&self, field: &str) -> bool {
        self.whole || self.fields.contains(field)
    }

    pub(super) fn join(&mut self, other: Self) {
        self.whole |= other.whole;
        self.fields.extend(other.fields);
    }
}

/// What a value of a template is.
#[derive(Clone, Copy)]
enum Part<'a> {
    Form,
    Field(&'a str),
}

/// What a template writes out, and all that it includes, of the form that its context has under a name.
pub(super) fn of<'a>(names: &Names<'a>, templates: &Templates<'a>, template: FunctionId, key: &str) -> Written {
    let mut written = Written::default();
    let mut seen = HashSet::from_iter([(template, Box::from(key))]);
    let mut todo: Vec<(FunctionId, Box<str>)> = seen.iter().cloned().collect();
    while let Some((template, key)) = todo.pop() {
        let included = read(&names.function(template).flow, &key, &mut written);
        for (name, key) in included {
            let Some(template) = templates.get(name) else { continue };
            if seen.insert((template, key.clone())) {
                todo.push((template, key));
            }
        }
    }
    written
}

/// Reads one template; gives the templates that have the form, too, each with the name that they have it by.
fn read<'a>(flow: &'a Flow, key: &str, written: &mut Written) -> Vec<(&'a str, Box<str>)> {
    let mut parts: HashMap<NodeId, Part<'a>> = HashMap::default();
    let mut included = Vec::new();
    for (at, node) in flow.nodes.iter().enumerate() {
        let at = at as NodeId;
        let part = |id: &NodeId| parts.get(id).copied();
        match &node.kind {
            NodeKind::Item { of: 0, key: name } if flow.text(*name) == Some(key) => {
                parts.insert(at, Part::Form);
            }
            NodeKind::Auto(of) => {
                if let Some(same) = part(of) {
                    parts.insert(at, same);
                }
            }
            NodeKind::Attr { of, name, .. } => match part(of) {
                Some(Part::Form) if WHOLE.contains(&&**name) => written.whole = true,
                Some(Part::Form) if !NO_FIELDS.contains(&&**name) => {
                    parts.insert(at, Part::Field(name));
                }
                Some(Part::Field(field)) if CHOICES.contains(&&**name) => _ = written.fields.insert(field.into()),
                _ => {}
            },
            NodeKind::Test(_) => {}
            NodeKind::Include { template, with, only } => {
                if !only && with.iter().all(|(name, _)| **name != *key) {
                    included.push((&**template, key.into()));
                }
                for (name, value) in with {
                    match part(value) {
                        Some(Part::Form) => included.push((template, name.clone())),
                        Some(Part::Field(field)) => _ = written.fields.insert(field.into()),
                        None => {}
                    }
                }
            }
            kind => {
                for (_, part) in parts.iter().filter(|(id, _)| uses(kind, **id)) {
                    match part {
                        Part::Form => written.whole = true,
                        Part::Field(field) => _ = written.fields.insert((*field).into()),
                    }
                }
            }
        }
    }
    included
}
