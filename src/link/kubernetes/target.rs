//! Which objects a patch of kustomize is for.

use crate::syntax::yaml::Node;

use super::object::{Object, path};

/// `target` of a patch, or `select` of a replacement.
pub(super) struct Target {
    kind: Option<Box<str>>,
    name: Option<Box<str>>,
    namespace: Option<Box<str>>,
    labels: Vec<(Box<str>, Box<str>)>,
    /// Why it cannot be followed, if it cannot.
    pub(super) unreadable: Option<Box<str>>,
}

impl Target {
    pub(super) fn of(node: &Node) -> Self {
        let text = |key: &str| node.get(key).and_then(Node::text).map(Box::<str>::from);
        let mut target = Self {
            kind: text("kind"),
            name: text("name"),
            namespace: text("namespace"),
            labels: Vec::new(),
            unreadable: None,
        };
        for part in text("labelSelector").unwrap_or_default().split(',').map(str::trim).filter(|it| !it.is_empty()) {
            match part.split_once('=') {
                Some((key, value)) if !key.ends_with('!') && !value.contains(['(', ' ']) => {
                    target.labels.push((key.trim().into(), value.trim_start_matches('=').trim().into()));
                }
                _ => target.unreadable = Some(format!("its selector `{part}` is not understood").into()),
            }
        }
        let patterns = [&target.kind, &target.name, &target.namespace];
        if let Some(strange) = patterns.into_iter().flatten().find(|it| !is_simple(it)) {
            target.unreadable = Some(format!("its pattern `{strange}` is not understood").into());
        }
        if text("annotationSelector").is_some() {
            target.unreadable = Some("it selects by annotations".into());
        }
        target
    }

    /// Whether it names an object, by any name that it has or had.
    pub(super) fn is(&self, object: &Object) -> bool {
        let fits = |pattern: &Option<Box<str>>, text: &str| pattern.as_ref().is_none_or(|it| matches(it, text));
        let labels = path(&object.node, &["metadata", "labels"]);
        let label = |key: &str| labels.and_then(|labels| labels.get(key)?.text());
        self.unreadable.is_none()
            && fits(&self.kind, &object.kind)
            && object.names.iter().any(|name| fits(&self.name, name))
            && fits(&self.namespace, object.namespace.as_deref().unwrap_or("default"))
            && self.labels.iter().all(|(key, value)| label(key) == Some(&**value))
    }
}

/// Whether a pattern has nothing special but `.*` and `|`.
fn is_simple(pattern: &str) -> bool {
    let rest = pattern.trim_start_matches('^').trim_end_matches('$').replace(".*", "").replace('|', "");
    !rest.contains(['*', '+', '?', '(', ')', '[', ']', '{', '}', '\\', '^', '$'])
}

/// Whether a name matches the whole of a pattern.
fn matches(pattern: &str, name: &str) -> bool {
    pattern.trim_start_matches('^').trim_end_matches('$').split('|').any(|pattern| {
        let parts: Vec<&str> = pattern.split(".*").collect();
        let [head, middle @ .., tail] = parts.as_slice() else { return pattern == name };
        let Some(mut rest) = name.strip_prefix(head) else { return false };
        for part in middle {
            match rest.find(part) {
                Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
                None => return false,
            }
        }
        rest.ends_with(tail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        assert!(matches("web", "web") && matches(".*", "web") && matches("w.*b", "web") && matches("a|web", "web"));
        assert!(!matches("we", "web") && !matches("eb", "web") && !matches("a.*a", "a"));
        assert!(is_simple("^web.*$") && !is_simple("web-[0-9]+"));
    }
}
