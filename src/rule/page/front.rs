//! Front matter to a rule: every key known, every expression compiled, everything wrong said at once.

use super::{Change, Page, PageError, Remedy, Risk, Rule, TakesEffect};
use crate::config::closest;
use crate::config::front_matter::{Entry, Is, Value, parse, split};
use crate::rule::expr::{Expr, ExprError, Names, Template, Ty, compile};
use crate::rule::{Confidence, Severity};
use crate::source::Applicability;
use crate::stack::Kind;
use crate::stack::vocabulary::KINDS;

/// How many `let`s a rule has at most.
const MOST_LETS: usize = 32;

const KEYS: &[&str] = &[
    "title",
    "severity",
    "confidence",
    "for",
    "let",
    "applies",
    "when",
    "message",
    "label",
    "fix",
    "effort",
    "phase",
    "risk",
    "takes_effect",
    "rollback",
    "symptoms",
    "verify",
    "sources",
    "aliases",
    "remark",
];
const FIX_KEYS: &[&str] = &["title", "applicability", "if", "set", "to", "write", "with"];

/// The rule of a page.
pub(super) fn rule(page: &Page) -> Result<Rule, Vec<PageError>> {
    let Some((range, _)) = split(page.text()) else {
        let message = "expected front matter: a first line `---`, the rule, and another line `---`";
        return Err(vec![page.error(0, message)]);
    };
    let text = page.text().get(range.clone()).unwrap_or("");
    let entries = parse(text, range.start).map_err(|errors| {
        errors.into_iter().map(|it| page.error(it.at, unreadable(&it.message))).collect::<Vec<_>>()
    })?;
    let mut reader = Reader { page, end: range.end, kind: Kind::Service, lets: Vec::new(), errors: Vec::new() };
    reader.known(&entries, KEYS, "a rule");
    let rule = reader.rule(&entries);
    match rule {
        Some(rule) if reader.errors.is_empty() => Ok(rule),
        _ => {
            reader.errors.sort_by_key(|error| error.line);
            Err(reader.errors)
        }
    }
}

/// What a YAML reader says of a bare text that YAML takes for something else, with the way out.
fn unreadable(message: &str) -> String {
    format!("{message}; a value that holds `: ` or starts with a sign stands in quotes")
}

struct Reader<'a> {
    page: &'a Page,
    /// Where the front matter ends: the place of what is missing.
    end: usize,
    kind: Kind,
    lets: Vec<(Box<str>, Expr)>,
    errors: Vec<PageError>,
}

impl Reader<'_> {
    fn error(&mut self, at: usize, message: impl Into<String>) {
        self.errors.push(self.page.error(at, message));
    }

    /// Every key must be one of these, once.
    fn known(&mut self, entries: &[Entry], keys: &[&str], what: &str) {
        for entry in entries {
            if !keys.contains(&&*entry.key) {
                let hint = did_you_mean(&entry.key, keys);
                self.error(
                    entry.at,
                    format!("`{}` is no key of {what}{hint} (there are {})", entry.key, keys.join(", ")),
                );
            }
        }
    }

    fn rule(&mut self, entries: &[Entry]) -> Option<Rule> {
        let kind = self.required(entries, "for").and_then(|value| self.kind(value));
        // Without its kind no expression means anything.
        self.kind = kind?;
        self.lets(entries);
        let title = self.required(entries, "title").and_then(|value| self.text(value, "title"));
        let severity = self.required(entries, "severity").map(|value| self.severity(value));
        let when = self.required(entries, "when").and_then(|value| self.expr(value, "when", Some(Ty::Bool)));
        let message = self.required(entries, "message").and_then(|value| self.template(value, "message"));
        let applies = self.optional(entries, "applies", |it, value| it.expr(value, "applies", Some(Ty::Bool)));
        let label = self.optional(entries, "label", |it, value| it.template(value, "label"));
        let verify = self.optional(entries, "verify", |it, value| it.template(value, "verify"));
        let confidence = self.optional(entries, "confidence", |it, value| {
            it.word(value, "confidence", Confidence::ALL, Confidence::word)
        });
        let effort = self.optional(entries, "effort", Self::effort);
        let phase = self.optional(entries, "phase", |it, value| it.word(value, "phase", &[1_u8, 2, 3], phase_word));
        let risk = self.optional(entries, "risk", |it, value| it.word(value, "risk", Risk::ALL, Risk::word));
        let takes_effect = self.optional(entries, "takes_effect", |it, value| {
            it.word(value, "takes_effect", TakesEffect::ALL, TakesEffect::word)
        });
        let rollback = self.optional(entries, "rollback", |it, value| it.text(value, "rollback"));
        let fixes = self.optional(entries, "fix", |it, value| Some(it.fixes(value))).unwrap_or_default();
        let [symptoms, sources, aliases] = ["symptoms", "sources", "aliases"]
            .map(|key| self.optional(entries, key, |it, value| Some(it.texts(value, key))).unwrap_or_default());
        self.optional(entries, "remark", |it, value| it.word(value, "remark", &[true], |_| "true"));
        Some(Rule {
            name: self.page.name.clone(),
            title: title?,
            severity: severity?,
            confidence: confidence.unwrap_or(Confidence::High),
            kind: self.kind,
            lets: std::mem::take(&mut self.lets),
            applies,
            when: when?,
            message: message?,
            label,
            fixes,
            effort,
            phase,
            risk,
            takes_effect,
            rollback,
            symptoms,
            verify,
            sources,
            aliases,
        })
    }

    fn required<'e>(&mut self, entries: &'e [Entry], key: &str) -> Option<&'e Value> {
        let found = find(entries, key);
        if found.is_none() {
            self.error(self.end, format!("expected the key `{key}`, found the end of the front matter"));
        }
        found
    }

    fn optional<T>(
        &mut self,
        entries: &[Entry],
        key: &str,
        read: impl FnOnce(&mut Self, &Value) -> Option<T>,
    ) -> Option<T> {
        find(entries, key).and_then(|value| read(self, value))
    }

    fn text(&mut self, value: &Value, key: &str) -> Option<Box<str>> {
        match &value.is {
            Is::Text(text) if !text.trim().is_empty() => Some(text.trim().into()),
            Is::Text(_) => {
                self.error(value.at, format!("expected a text for `{key}`, found nothing"));
                None
            }
            Is::List(_) | Is::Map(_) => {
                let message =
                    format!("expected a text for `{key}`: put it in quotes when it starts with [ or {{, or holds `: `");
                self.error(value.at, message);
                None
            }
        }
    }

    /// A text, or a list of texts.
    fn texts(&mut self, value: &Value, key: &str) -> Vec<Box<str>> {
        match &value.is {
            Is::List(items) => items.iter().filter_map(|item| self.text(item, key)).collect(),
            _ => self.text(value, key).into_iter().collect(),
        }
    }

    /// One of a scale's words.
    fn word<T: Copy>(&mut self, value: &Value, key: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Option<T> {
        let text = self.text(value, key)?;
        let found = all.iter().copied().find(|it| name(*it) == &*text);
        if found.is_none() {
            let words: Vec<&str> = all.iter().map(|it| name(*it)).collect();
            let hint = did_you_mean(&text, &words);
            self.error(value.at, format!("`{text}` is no `{key}`{hint} (there are {})", words.join(", ")));
        }
        found
    }

    fn kind(&mut self, value: &Value) -> Option<Kind> {
        let text = self.text(value, "for")?;
        let found = KINDS.iter().find(|info| info.name == &*text);
        if found.is_none() {
            let names: Vec<&str> = KINDS.iter().map(|info| info.name).collect();
            let hint = did_you_mean(&text, &names);
            self.error(value.at, format!("there is no kind `{text}`{hint} (there are {})", names.join(", ")));
        }
        found.map(|info| info.kind)
    }

    fn effort(&mut self, value: &Value) -> Option<Box<str>> {
        let text = self.text(value, "effort")?;
        let amount = text.strip_suffix(['m', 'h', 'd']).and_then(|number| number.parse::<u16>().ok());
        if amount.is_none() {
            self.error(value.at, format!("`{text}` is no `effort`: write `10m`, `2h` or `1d`"));
            return None;
        }
        Some(text)
    }

    fn lets(&mut self, entries: &[Entry]) {
        let Some(value) = find(entries, "let") else { return };
        let Is::Map(lets) = &value.is else {
            return self.error(value.at, "expected `let` to be names with expressions, found a text");
        };
        if lets.len() > MOST_LETS {
            return self.error(value.at, format!("a rule has at most {MOST_LETS} `let`s"));
        }
        for entry in lets {
            let plain = entry.key.starts_with(|c: char| c.is_ascii_lowercase())
                && entry.key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if !plain || matches!(&*entry.key, "it" | "in" | "true" | "false" | "unbounded") {
                self.error(entry.at, format!("`{}` cannot be a name: take small letters, digits and `_`", entry.key));
                continue;
            }
            match self.expr(&entry.value, &entry.key, None) {
                Some(expr) if matches!(expr.ty(), Ty::One(_) | Ty::Many(_)) => {
                    self.error(entry.value.at, format!("`{}` is {}, which no name can hold", entry.key, expr.ty()));
                }
                Some(expr) => self.lets.push((entry.key.clone(), expr)),
                None => {}
            }
        }
    }

    /// One severity, or severities with their conditions.
    fn severity(&mut self, value: &Value) -> Vec<(Severity, Option<Expr>)> {
        let Is::Map(cases) = &value.is else {
            return self
                .word(value, "severity", Severity::ALL, Severity::word)
                .map(|it| (it, None))
                .into_iter()
                .collect();
        };
        let mut out = Vec::new();
        for entry in cases {
            let key = Value { at: entry.at, is: Is::Text(entry.key.clone()) };
            let severity = self.word(&key, "severity", Severity::ALL, Severity::word);
            let condition = self.expr(&entry.value, "severity", Some(Ty::Bool));
            out.extend(severity.zip(condition).map(|(severity, condition)| (severity, Some(condition))));
        }
        out
    }

    fn names(&self) -> Names<'_> {
        Names { kind: self.kind, lets: &self.lets }
    }

    fn expr(&mut self, value: &Value, key: &str, expected: Option<Ty>) -> Option<Expr> {
        let text = self.text(value, key)?;
        match compile(&text, self.names()) {
            Ok(expr) if expected.is_none_or(|ty| ty == expr.ty()) => Some(expr),
            Ok(expr) => {
                self.error(value.at, format!("`{key}` must be {}, and is {}: `{text}`", Ty::Bool, expr.ty()));
                None
            }
            Err(error) => {
                self.faulty(value.at, key, &text, &error);
                None
            }
        }
    }

    fn template(&mut self, value: &Value, key: &str) -> Option<Template> {
        let text = self.text(value, key)?;
        match Template::compile(&text, self.names()) {
            Ok(template) => Some(template),
            Err(error) => {
                self.faulty(value.at, key, &text, &error);
                None
            }
        }
    }

    /// Says what is wrong with an expression, with the part of it that it is about.
    fn faulty(&mut self, at: usize, key: &str, text: &str, error: &ExprError) {
        let part = text.get(error.at.clone()).filter(|part| !part.is_empty()).map_or_else(
            || " at the end".to_owned(),
            |part| if part == text { String::new() } else { format!(" at `{part}`") },
        );
        self.error(at, format!("in `{key}`{part}: {}", error.message));
    }

    /// One fix, or a list of them.
    fn fixes(&mut self, value: &Value) -> Vec<Remedy> {
        match &value.is {
            Is::List(items) => items.iter().filter_map(|item| self.fix(item)).collect(),
            _ => self.fix(value).into_iter().collect(),
        }
    }

    fn fix(&mut self, value: &Value) -> Option<Remedy> {
        let Is::Map(entries) = &value.is else {
            self.error(value.at, "expected a fix to be `title`, `applicability` and what it sets or writes");
            return None;
        };
        self.known(entries, FIX_KEYS, "a fix");
        let missing = |it: &mut Self, key: &str| it.error(value.at, format!("the fix has no `{key}`"));
        let title = match find(entries, "title") {
            Some(title) => self.template(title, "title"),
            None => {
                missing(self, "title");
                None
            }
        };
        let applicability = match find(entries, "applicability") {
            Some(word) => {
                let all = [Applicability::Display, Applicability::Unsafe, Applicability::Safe];
                self.word(word, "applicability", &all, applicability_word)
            }
            None => {
                missing(self, "applicability");
                None
            }
        };
        let condition = self.optional(entries, "if", |it, value| it.expr(value, "if", Some(Ty::Bool)));
        let mut changes = Vec::new();
        match (find(entries, "set"), find(entries, "to")) {
            (Some(field), Some(to)) => changes.extend(self.set(field, to)),
            (None, None) => {}
            _ => self.error(value.at, "`set` names the field and `to` its new value: a fix has both or neither"),
        }
        match (find(entries, "write"), find(entries, "with")) {
            (Some(writer), with) => changes.extend(self.write(writer, with)),
            (None, Some(_)) => missing(self, "write"),
            (None, None) => {}
        }
        if find(entries, "set").is_none() && find(entries, "write").is_none() {
            self.error(value.at, "the fix changes nothing: it needs `set` with `to`, or `write`");
        }
        Some(Remedy { title: title?, applicability: applicability?, condition, changes })
    }

    fn set(&mut self, field: &Value, to: &Value) -> Option<Change> {
        let name = self.text(to, "to")?;
        if self.lets.iter().any(|(own, _)| **own == *name) {
            self.error(to.at, format!("`{name}` would be written as it stands: its value is `{{{name}}}`"));
            return None;
        }
        let path = self.expr(field, "set", None);
        let to = self.template(to, "to");
        match path {
            Some(path) if path.is_field() => Some(Change::Set { field: path, to: to? }),
            Some(_) => {
                self.error(field.at, "`set` takes a field, such as `it.processes`");
                None
            }
            None => None,
        }
    }

    /// `it.writer`, or a writer of an entity that a path leads to.
    fn write(&mut self, writer: &Value, with: Option<&Value>) -> Option<Change> {
        let text = self.text(writer, "write")?;
        let Some((path, name)) = text.rsplit_once('.') else {
            self.error(writer.at, format!("`write` takes a writer of an entity, such as `it.{text}`"));
            return None;
        };
        let path = Value { at: writer.at, is: Is::Text(path.into()) };
        let entity = self.expr(&path, "write", None)?;
        if !matches!(entity.ty(), Ty::One(_)) {
            self.error(
                writer.at,
                format!("`write` takes a writer of an entity, and `{text}` is one of {}", entity.ty()),
            );
            return None;
        }
        let arguments = match with.map(|with| (&with.is, with.at)) {
            None => Vec::new(),
            Some((Is::Map(entries), _)) => entries
                .iter()
                .filter_map(|entry| Some((entry.key.clone(), self.template(&entry.value, &entry.key)?)))
                .collect(),
            Some((_, at)) => {
                self.error(at, "expected `with` to be the writer's arguments by name");
                Vec::new()
            }
        };
        Some(Change::Write { entity, writer: name.into(), with: arguments })
    }
}

fn find<'e>(entries: &'e [Entry], key: &str) -> Option<&'e Value> {
    entries.iter().find(|entry| &*entry.key == key).map(|entry| &entry.value)
}

fn did_you_mean(name: &str, candidates: &[&str]) -> String {
    closest(name, candidates.iter().copied()).map_or_else(String::new, |it| format!("; did you mean `{it}`?"))
}

fn phase_word(phase: u8) -> &'static str {
    match phase {
        1 => "1",
        2 => "2",
        _ => "3",
    }
}

fn applicability_word(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Display => "display",
        Applicability::Unsafe => "unsafe",
        Applicability::Safe => "safe",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
---
title: the jitter is missing
severity: {high: it.processes > 4, low: \"true\"}
for: process
let:
  wanted: \"max(it.max_requests / 10, 1)\"
when: it.max_requests > 0 && it.max_requests_jitter == 0
message: \"all {it.processes} workers of {it} end at once\"
fix:
  title: set the jitter to {wanted}
  applicability: safe
  set: it.max_requests_jitter
  to: \"{wanted}\"
effort: 5m
phase: 1
risk: low
takes_effect: restart
sources: https://example.org
---
Why.
";

    fn errors(text: &str) -> Vec<String> {
        match Page::new("rules/server/x.md", text.to_owned()).rule() {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn a_page_is_a_rule() {
        let page = Page::new("rules/server/x.md", GOOD);
        let rule = page.rule().unwrap();
        assert_eq!((&*rule.name, rule.kind, rule.phase), ("server/x", Kind::Process, Some(1)));
        assert_eq!(rule.severity.iter().map(|(it, _)| *it).collect::<Vec<_>>(), [Severity::High, Severity::Low]);
        assert_eq!(rule.fixes.len(), 1);
        assert_eq!(rule.takes_effect, Some(TakesEffect::Restart));
    }

    #[test]
    fn every_error_has_its_line_and_says_what_there_is() {
        let text = GOOD
            .replace("phase: 1", "phaze: 1")
            .replace("it.max_requests > 0", "it.max_request > 0")
            .replace("risk: low", "risk: lwo")
            .replace("effort: 5m", "effort: soon");
        let found = errors(&text);
        assert!(found[0].starts_with(
            "rules/server/x.md:7: in `when` at `max_request`: `process` has no field `max_request`; did you mean `max_requests`?"
        ));
        assert_eq!(found[1], "rules/server/x.md:14: `soon` is no `effort`: write `10m`, `2h` or `1d`");
        assert!(found[2].starts_with("rules/server/x.md:15: `phaze` is no key of a rule; did you mean `phase`?"));
        assert_eq!(
            found[3],
            "rules/server/x.md:16: `lwo` is no `risk`; did you mean `low`? (there are low, medium, high)"
        );
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            errors("no front matter")[0],
            "rules/server/x.md:1: expected front matter: a first line `---`, the rule, and another line `---`"
        );
        let found = errors(&GOOD.replace("title: the jitter is missing\n", ""));
        assert_eq!(found, ["rules/server/x.md:18: expected the key `title`, found the end of the front matter"]);
        assert_eq!(
            errors(&GOOD.replace("for: process", "for: proces")).len(),
            1,
            "without a kind no expression is judged"
        );
    }

    #[test]
    fn a_fix_that_would_write_a_name_is_an_error() {
        let found = errors(&GOOD.replace("to: \"{wanted}\"", "to: wanted"));
        assert_eq!(found, ["rules/server/x.md:13: `wanted` would be written as it stands: its value is `{wanted}`"]);
        let found = errors(&GOOD.replace("set: it.max_requests_jitter", "set: it.service"));
        assert_eq!(found, ["rules/server/x.md:12: `set` takes a field, such as `it.processes`"]);
    }
}
