//! `$(NAME)` in commands, arguments and variables, as the kubelet fills it in (`k8s.io/kubernetes/third_party/forked/
//! golang/expansion`): what nothing sets stays as it is written, `$$` is a dollar.

use crate::stack::{Fact, Why};

/// A text with its references filled in.
pub(super) struct Expanded {
    pub(super) text: String,
    /// Whether anything was filled in.
    pub(super) changed: bool,
    /// The first variable whose value is not known, and why. It stands in the text as it is written.
    pub(super) unknown: Option<Why>,
}

/// Fills in what `value` gives; it gives nothing for a name that is not set.
pub(super) fn expand<'v>(text: &str, value: impl Fn(&str) -> Option<&'v Fact<Box<str>>>) -> Expanded {
    let mut out = Expanded { text: String::with_capacity(text.len()), changed: false, unknown: None };
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.text.push_str(before);
        if let Some(after) = from.strip_prefix("$$") {
            out.text.push('$');
            out.changed = true;
            rest = after;
            continue;
        }
        let reference = from.strip_prefix("$(").and_then(|inner| inner.split_once(')'));
        let Some((name, after)) = reference else {
            out.text.push('$');
            rest = &from[1..];
            continue;
        };
        let written = &from[..from.len() - after.len()];
        match value(name) {
            Some(Fact::Known(sourced)) => {
                out.text.push_str(&sourced.value);
                out.changed = true;
            }
            Some(Fact::Unknown(why)) => {
                out.unknown.get_or_insert_with(|| why.clone());
                out.text.push_str(written);
            }
            _ => out.text.push_str(written),
        }
        rest = after;
    }
    out.text.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_as_the_kubelet_does() {
        let set: Fact<Box<str>> = Fact::derived("4".into(), Vec::new());
        let hidden: Fact<Box<str>> = Fact::unknown("hidden");
        let value = |name: &str| match name {
            "A" => Some(&set),
            "H" => Some(&hidden),
            _ => None,
        };
        let text = |text: &str| expand(text, value).text;
        assert_eq!(text("-w=$(A) $(B) $$(A) $A ${A} $(A"), "-w=4 $(B) $(A) $A ${A} $(A");
        assert_eq!(text("a$"), "a$");
        assert!(expand("$(H)", value).unknown.is_some() && !expand("$(B)", value).changed);
    }
}
