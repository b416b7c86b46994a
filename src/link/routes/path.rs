//! Paths as frameworks write them, as one text: `/threads/{thread_id}/messages/`.

use crate::source::Span;

/// A path, its parameters, and where its parts are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Path {
    /// With each parameter in braces.
    pub(super) text: String,
    /// The parameters in order, each with what it takes; empty where nothing is said.
    pub(super) params: Vec<(String, String)>,
    /// Where its parts are written, the last first.
    pub(super) at: Vec<Span>,
}

impl Path {
    /// The same with another part behind it.
    pub(super) fn then(&self, part: &Path) -> Self {
        let mut path = self.clone();
        path.text.push_str(&part.text);
        path.params.extend(part.params.iter().cloned());
        for span in &part.at {
            path.at.insert(0, *span);
        }
        path
    }

    /// The same, as Flask joins: one slash between.
    pub(super) fn slashed(&self, part: &Path) -> Self {
        let mut path = self.clone();
        if !path.text.is_empty() && !part.text.is_empty() {
            path.text.truncate(path.text.trim_end_matches('/').len());
            path.text.push('/');
        }
        let rest = Path { text: part.text.clone(), ..part.clone() };
        let rest = if self.text.is_empty() {
            rest
        } else {
            Path { text: rest.text.trim_start_matches('/').to_owned(), ..rest }
        };
        path.then(&rest)
    }

    /// The whole, from the root.
    pub(super) fn rooted(&self) -> String {
        if self.text.starts_with('/') { self.text.clone() } else { format!("/{}", self.text) }
    }

    fn param(&mut self, name: &str, takes: &str) {
        self.text.push_str(&format!("{{{name}}}"));
        self.params.push((name.to_owned(), takes.to_owned()));
    }

    /// A part that is worked out when the program runs, under the name of what stands there.
    pub(super) fn unknown(written: &str, at: Span) -> Self {
        let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        let name: String = written.chars().take(40).map(word).collect();
        let mut path = Self { at: vec![at], ..Self::default() };
        path.text.push('/');
        path.param(name.trim_matches('_'), "");
        path
    }
}

/// `threads/<int:thread_id>/`, as Django and Flask have it.
pub(super) fn angled(text: &str, at: Span) -> Path {
    let mut path = Path { at: vec![at], ..Path::default() };
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once('<') {
        path.text.push_str(before);
        let Some((inner, after)) = inner.split_once('>') else {
            rest = inner;
            break;
        };
        // Flask: `<any(a,b):kind>`
        let (takes, name) = inner.rsplit_once(':').unwrap_or(("", inner));
        path.param(name.trim(), takes.trim());
        rest = after;
    }
    path.text.push_str(rest);
    path
}

/// `/items/{item_id:int}`, as Starlette and FastAPI have it.
pub(super) fn braced(text: &str, at: Span) -> Path {
    let mut path = Path { at: vec![at], ..Path::default() };
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once('{') {
        path.text.push_str(before);
        let Some((inner, after)) = inner.split_once('}') else {
            rest = inner;
            break;
        };
        let (name, takes) = inner.split_once(':').unwrap_or((inner, ""));
        path.param(name.trim(), takes.trim());
        rest = after;
    }
    path.text.push_str(rest);
    path
}

/// `^articles/(?P<year>[0-9]{4})/$`. What a group does not name is called by its place.
pub(super) fn regex(text: &str, at: Span) -> Path {
    let mut path = Path { at: vec![at], ..Path::default() };
    let text = text.trim_start_matches('^').trim_end_matches('$').trim_end_matches("\\Z");
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '(' => {
                let end = group_end(rest);
                let (inner, after) = rest.split_at(end);
                rest = after.strip_prefix(')').unwrap_or(after);
                let named = inner.strip_prefix("?P<").and_then(|it| it.split_once('>'));
                let is_optional = rest.starts_with('?');
                match (named, inner.strip_prefix("?:")) {
                    _ if is_optional => {}
                    (Some((name, pattern)), _) => path.param(name, pattern),
                    (None, Some(_)) | (None, None) => {
                        let name = format!("arg{}", path.params.len() + 1);
                        path.param(&name, inner.strip_prefix("?:").unwrap_or(inner));
                    }
                }
                rest = rest.trim_start_matches(['?', '*', '+']);
            }
            '\\' => {
                let next = rest.chars().next().unwrap_or('\\');
                rest = &rest[next.len_utf8().min(rest.len())..];
                if next.is_ascii_alphanumeric() {
                    let name = format!("arg{}", path.params.len() + 1);
                    path.param(&name, &format!("\\{next}"));
                    rest = rest.trim_start_matches(['?', '*', '+']);
                } else {
                    path.text.push(next);
                }
            }
            '[' => {
                let end = rest.find(']').unwrap_or(rest.len());
                let takes = format!("[{}]", &rest[..end]);
                rest = rest[end..].strip_prefix(']').unwrap_or("");
                let name = format!("arg{}", path.params.len() + 1);
                path.param(&name, &takes);
                rest = rest.trim_start_matches(['?', '*', '+']);
            }
            '?' | '*' | '+' | '^' | '$' => {}
            other => path.text.push(other),
        }
    }
    path
}

/// Where a group ends that was opened before `text`.
fn group_end(text: &str) -> usize {
    let mut depth = 0;
    let mut in_set = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => in_set = false,
            '[' => in_set = true,
            '(' if !in_set => depth += 1,
            ')' if !in_set && depth == 0 => return at,
            ')' if !in_set => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn shown(path: &Path) -> String {
        let params: Vec<String> = path.params.iter().map(|(name, takes)| format!("{name}={takes}")).collect();
        format!("{} {}", path.text, params.join(","))
    }

    fn at() -> Span {
        Span::at(FileId(0), 0)
    }

    #[test]
    fn converters() {
        assert_eq!(
            shown(&angled("threads/<int:thread_id>/<slug>", at())),
            "threads/{thread_id}/{slug} thread_id=int,slug="
        );
        assert_eq!(shown(&braced("/files/{name:path}", at())), "/files/{name} name=path");
        assert_eq!(shown(&angled("a<b", at())), "ab ");
    }

    #[test]
    fn patterns() {
        let of = |text| shown(&regex(text, at()));
        assert_eq!(of(r"^articles/(?P<year>[0-9]{4})/$"), "articles/{year}/ year=[0-9]{4}");
        assert_eq!(of(r"^feed\.xml$"), "feed.xml ");
        assert_eq!(of(r"^a/(\d+)/(?:x/)?$"), r"a/{arg1}/ arg1=\d+");
        assert_eq!(of(r"^tag/[\w-]+/?$"), r"tag/{arg1}/ arg1=[\w-]");
        assert_eq!(of(r"(((("), "{arg1} arg1=(((");
    }

    #[test]
    fn flask_puts_one_slash_between() {
        let join = |a: &str, b: &str| angled(a, at()).slashed(&angled(b, at())).text;
        assert_eq!(join("/api/", "/users"), "/api/users");
        assert_eq!(join("", "/users"), "/users");
        assert_eq!(join("/api", ""), "/api");
    }
}
