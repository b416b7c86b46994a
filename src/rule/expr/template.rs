//! Texts with `{…}` in them: messages, titles, the values of fixes.

use std::ops::Range;

use super::{Absent, Expr, ExprError, Names, Reading, Scope, Ty, Unit, compile, print};

/// A text, parts of which are expressions.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(Box<str>),
    Value {
        expr: Expr,
        /// What to put behind the number: one word for 1, another for all else.
        counted: Option<(Box<str>, Box<str>)>,
    },
}

impl Template {
    /// Reads a text in which `{expression}` is a value, `{expression: worker|workers}` a value with the word that
    /// fits it, and `{{` and `}}` are braces.
    ///
    /// # Errors
    /// When a brace is not closed, or what stands in it is no expression; places are those of the whole text.
    pub fn compile(text: &str, names: Names<'_>) -> Result<Self, ExprError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(brace) = rest.find(['{', '}']) else {
                plain.push_str(rest);
                break;
            };
            plain.push_str(&rest[..brace]);
            let rest = &rest[brace..];
            at += brace;
            if rest.starts_with("{{") || rest.starts_with("}}") {
                plain.push_str(&rest[..1]);
                at += 2;
                continue;
            }
            if rest.starts_with('}') {
                return Err(ExprError::new(at..at + 1, "`}` closes nothing: a brace is written `}}`"));
            }
            let Some(end) = closing(rest) else {
                return Err(ExprError::new(at..at + 1, "`{` is not closed: a brace is written `{{`"));
            };
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain).into()));
            }
            parts.push(value(&rest[1..end], at + 1, names)?);
            at += end + 1;
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain.into()));
        }
        Ok(Self { parts })
    }

    /// The text for a reader, with every fact that it shows. A value that is not there is shown as `unknown`.
    pub fn show(&self, scope: &Scope<'_>) -> (String, Vec<Reading>) {
        let mut out = String::new();
        let mut reads: Vec<Reading> = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value { expr, counted } => {
                    if let Ty::One(_) = expr.ty() {
                        // An author may have written the backticks, or a command with a name in it.
                        match entity(expr, scope) {
                            Some(name) if in_code(&out) => out.push_str(name),
                            Some(name) => out.push_str(&format!("`{name}`")),
                            None => out.push_str("unknown"),
                        }
                        continue;
                    }
                    let Ok(seen) = scope.eval(expr) else {
                        out.push_str("unknown");
                        continue;
                    };
                    let unit = unit_of(expr);
                    out.push_str(&print::set(&seen.set, unit));
                    if let Some((one, many)) = counted {
                        let is_one = print::raw(&seen.set).as_deref() == Some("1");
                        out.push(' ');
                        out.push_str(if is_one { one } else { many });
                    }
                    reads.extend(seen.reads);
                }
            }
        }
        (out, reads)
    }

    /// The text as a file would hold it: numbers without commas. [`None`] when a value in it is not known exactly.
    ///
    /// # Errors
    /// When it reads what is not there.
    pub fn write(&self, scope: &Scope<'_>) -> Result<Option<String>, Absent> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value { expr, .. } if matches!(expr.ty(), Ty::One(_)) => match scope.place(expr)? {
                    Some((of, _)) => out.push_str(&scope.stack().about(of).name),
                    None => return Ok(None),
                },
                Part::Value { expr, .. } => match print::raw(&scope.eval(expr)?.set) {
                    Some(text) => out.push_str(&text),
                    None => return Ok(None),
                },
            }
        }
        Ok(Some(out))
    }
}

/// Whether a text ends within backticks.
fn in_code(text: &str) -> bool {
    memchr::memchr_iter(b'`', text.as_bytes()).count() % 2 == 1
}

fn unit_of(expr: &Expr) -> Unit {
    match expr.ty() {
        Ty::Number(unit) => unit,
        _ => Unit::Plain,
    }
}

/// The name of the entity that a path leads to.
fn entity<'a>(expr: &Expr, scope: &Scope<'a>) -> Option<&'a str> {
    let (of, _) = scope.place(expr).ok()??;
    Some(&scope.stack().about(of).name)
}

/// Where the brace that opens the text is closed; quotes hide braces.
fn closing(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().skip(1).find_map(|(at, letter)| {
        quoted ^= letter == '"';
        (letter == '}' && !quoted).then_some(at)
    })
}

/// A `{…}` without its braces, which starts at byte `start` of the whole text.
fn value(inside: &str, start: usize, names: Names<'_>) -> Result<Part, ExprError> {
    let (text, counted) = match counted(inside) {
        Some(colon) => {
            let words = inside[colon + 1..].trim();
            let Some((one, many)) = words.split_once('|') else {
                let at = start + colon..start + inside.len();
                return Err(ExprError::new(at, "behind `:` stand two words, as `{n: worker|workers}`"));
            };
            (&inside[..colon], Some((one.trim().into(), many.trim().into())))
        }
        None => (inside, None),
    };
    let moved = |at: Range<usize>| start + at.start..start + at.end;
    let expr = compile(text, names).map_err(|error| ExprError { at: moved(error.at), ..error })?;
    if let Ty::Many(_) = expr.ty() {
        return Err(ExprError::new(moved(0..text.len()), format!("{} cannot be shown: count it", expr.ty())));
    }
    Ok(Part::Value { expr, counted })
}

/// The colon that stands outside all brackets and quotes.
fn counted(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_i32, false);
    text.char_indices().find_map(|(at, letter)| {
        match letter {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        (letter == ':' && depth == 0 && !quoted).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::vocabulary::Process;
    use crate::stack::{EntityId, Fact, Kind, Stack};

    fn show(text: &str) -> String {
        let mut stack = Stack::default();
        let mut process =
            Process { processes: Fact::unknown("it is"), replicas: Fact::unknown("so"), ..Default::default() };
        process.about.name = "web".into();
        process.processes = Fact::derived(1600, Vec::new());
        process.threads = Fact::derived(1, Vec::new());
        stack.add(process);
        let template = Template::compile(text, Names { kind: Kind::Process, lets: &[] }).unwrap();
        template.show(&Scope::new(&stack, EntityId { kind: Kind::Process, at: 0 }, &[])).0
    }

    fn error(text: &str) -> ExprError {
        Template::compile(text, Names { kind: Kind::Process, lets: &[] }).unwrap_err()
    }

    #[test]
    fn values_are_filled_in() {
        assert_eq!(show("{it} runs {it.processes: worker|workers}"), "`web` runs 1,600 workers");
        assert_eq!(show("{it.threads: thread|threads}, {it.replicas ?? 2} replicas"), "1 thread, 2 replicas");
        assert_eq!(show("{{}} {it.memory} {it.replicas}"), "{} unknown unknown");
        assert_eq!(show("{count(it.clients)} clients"), "0 clients");
        assert_eq!(show("`docker stats {it}` shows {it}"), "`docker stats web` shows `web`");
        assert_eq!(show("`{it}` and {it}"), "`web` and `web`");
        assert_eq!(show("run `docker logs {it} | wc -l` for {it}"), "run `docker logs web | wc -l` for `web`");
    }

    #[test]
    fn errors_have_their_place() {
        assert_eq!(error("a {it.x").at, 2..3);
        assert_eq!(error("a } b").message, "`}` closes nothing: a brace is written `}}`");
        let misspelt = error("é {it.proceses}");
        assert_eq!((misspelt.at.start, misspelt.message.contains("did you mean `processes`?")), (7, true));
        assert!(error("{it.clients}").message.contains("cannot be shown"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".{0,60}", words in "[{}()it.a-z:|\"+!?& é]{0,80}") {
            for text in [text, words] {
                let _ = Template::compile(&text, Names { kind: Kind::Process, lets: &[] });
                let _ = compile(&text, Names { kind: Kind::Process, lets: &[] });
            }
        }
    }

    #[test]
    fn long_chains_are_no_deep_recursion() {
        let chain = format!("1{} > 0", "+1".repeat(59));
        assert_eq!(show(&format!("{{{chain}}}")), "true");
        assert!(compile(&format!("1{}", "+1".repeat(60 + 1)), Names { kind: Kind::Process, lets: &[] }).is_err());
    }
}
