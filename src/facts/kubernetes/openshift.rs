//! OpenShift's `Template`: objects with parameters, which `oc process` fills in before they are applied.
//!
//! A parameter's `value` is what is taken unless `-p` says another; one without a value stays as it is written.

use std::collections::BTreeMap;

use crate::source::Span;
use crate::syntax::yaml::{Node, Value};

/// The tag of a text in which parameters are filled in: it does not stand in the file as it is.
pub const FILLED: &str = "!filled";

/// The values of a template's parameters by their names.
type Parameters<'n> = BTreeMap<&'n str, &'n Node>;

/// The objects of a template, its parameters filled in.
pub(super) fn objects(root: &Node) -> Vec<Node> {
    let mut parameters = Parameters::new();
    for parameter in root.get("parameters").map_or(&[][..], Node::items) {
        let name = parameter.get("name").and_then(Node::text);
        let value = parameter.get("value").filter(|it| it.text().is_some());
        parameters.extend(name.zip(value));
    }
    let mut objects = root.get("objects").map(|objects| objects.items().to_vec()).unwrap_or_default();
    objects.iter_mut().for_each(|node| fill(node, &parameters));
    objects
}

fn fill(node: &mut Node, parameters: &Parameters<'_>) {
    match &mut node.value {
        Value::List { items, .. } => items.iter_mut().for_each(|item| fill(item, parameters)),
        Value::Map { entries, .. } => entries.iter_mut().for_each(|(_, value)| fill(value, parameters)),
        Value::Scalar { text, .. } => match whole(text).and_then(|name| parameters.get(name)) {
            // The value stands with its parameter: there it can be changed.
            Some(value) => {
                let by = std::iter::once(node.span).chain(node.by.iter().copied()).collect();
                *node = Node { by, ..(*value).clone() };
            }
            None => {
                let (filled, by) = filled(text, parameters);
                if !by.is_empty() {
                    *text = filled;
                    node.by.extend(by);
                    node.tag = Some(FILLED.into());
                }
            }
        },
    }
}

/// The parameter that a text is and nothing else: `${NAME}`, or `${{NAME}}` where it need not be a string.
fn whole(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${{").and_then(|it| it.strip_suffix("}}"));
    name.or_else(|| text.strip_prefix("${")?.strip_suffix('}')).filter(|name| is_name(name))
}

/// A text with the parameters filled in that have values, and where these stand.
fn filled(text: &str, parameters: &Parameters<'_>) -> (Box<str>, Vec<Span>) {
    let (mut out, mut by, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, from)) = rest.split_once("${") {
        out.push_str(before);
        let found = from.split_once('}').and_then(|(name, after)| {
            let value = parameters.get(name).filter(|_| is_name(name))?;
            Some((value, after))
        });
        match found {
            Some((value, after)) => {
                out.push_str(value.text().unwrap_or(""));
                by.push(value.span);
                rest = after;
            }
            None => {
                out.push_str("${");
                rest = from;
            }
        }
    }
    out.push_str(rest);
    (out.into(), by)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::yaml;

    fn filled(item: &str, parameters: &str) -> Vec<Option<String>> {
        let text = format!("objects:\n- {item}\nparameters:\n{parameters}\n");
        let root = yaml::parse_text(&text, FileId(0), 0).tree.documents.remove(0);
        let objects = objects(&root);
        objects.iter().flat_map(Node::entries).map(|(_, node)| node.text().map(str::to_owned)).collect()
    }

    #[test]
    fn parameters_are_filled_in_as_oc_process_does() {
        let some = |text: &str| Some(text.to_owned());
        let parameters = "- {name: A, value: '1'}\n- {name: B, required: true}\n- {name: E, value: ''}";
        assert_eq!(
            filled("{a: '${A}', b: '${{A}}', c: 'x-${A}-${A}${E}', d: '${B}', e: '${B}:${A}'}", parameters),
            [some("1"), some("1"), some("x-1-1"), some("${B}"), some("${B}:1")]
        );
        // Within a text only a string can stand, and what is no name is no parameter.
        assert_eq!(
            filled("{a: 'x${{A}}', b: '${A:-2}', c: '${'}", parameters),
            [some("x${{A}}"), some("${A:-2}"), some("${")]
        );
    }
}
