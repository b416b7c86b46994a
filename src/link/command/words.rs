//! Words to arguments: variables filled in, each value with the places it came by.

use crate::source::Span;
use crate::stack::{Assumption, Fact, Origin, Sourced, Why};
use crate::syntax::Mapped;
use crate::syntax::shell::{Fallback, Part, Word};

use super::arithmetic;
use super::shell::Shell;
use super::{Append, Arg, Machine, value_at};

/// How another word is put behind this one, in shell text.
pub(super) fn append_behind(word: &Word) -> Append {
    // Where the word is not in the file byte for byte, its end is no place to write at.
    let exact = word.parts.iter().all(|part| match part {
        Part::Text(text) => text.is_verbatim(0..text.text.len()),
        _ => true,
    });
    if exact { Append::Text { at: Span { start: word.span.end, ..word.span } } } else { Append::Never }
}

/// Whether something can be put before a word.
pub(super) fn is_exact(word: &Word) -> bool {
    append_behind(word) != Append::Never
}

/// `NAME=value` as a name and its value.
pub(super) fn assigned(arg: Arg) -> Option<(Box<str>, Arg)> {
    let at = arg.known().map(value_at).filter(|&at| at > 0)?;
    let name = arg.known()?.get(..at - 1)?.into();
    let text = arg.text.clone().map(|text| text.get(at..).unwrap_or("").into());
    let source = arg.source.as_ref().map(|source| source.slice(at..source.text.len()));
    let head = text.known().cloned().unwrap_or_default();
    Some((name, Arg { text, head, source, ..arg }))
}

impl Machine<'_> {
    /// The arguments that a word becomes: none, one, or several.
    pub(super) fn arguments(&self, shell: &mut Shell, word: &Word) -> Vec<Arg> {
        if let [Part::Variable { name, fallback, .. }] = word.parts.as_slice()
            && matches!(&**name, "@" | "*")
        {
            // `${@:2}`
            let from = match fallback {
                Some((Fallback::Other, rest)) => rest.literal().and_then(|it| it.text.strip_prefix(':')?.parse().ok()),
                _ => Some(1usize),
            };
            return shell.args.iter().skip(from.unwrap_or(1).saturating_sub(1)).cloned().collect();
        }
        if let [Part::Variable { name, fallback: Some((Fallback::Other, rest)), .. }] = word.parts.as_slice()
            && let Some(items) = shell.arrays.get(name)
            && rest.literal().is_some_and(|rest| matches!(&*rest.text, "[@]" | "[*]"))
        {
            return items.clone();
        }
        let append = append_behind(word);
        if let Some(source) = word.literal() {
            return vec![Arg::literal(source, word.span, append)];
        }
        let text = self.value(shell, word);
        let mut arg = Arg::made(text, word.span, append);
        if let (Some(Part::Text(head)), None) = (word.parts.first(), arg.known()) {
            arg.head = head.text.clone();
        }
        match arg.known() {
            Some(known) if !word.quoted && known.trim().is_empty() => Vec::new(),
            Some(known) if !word.quoted && known.trim().contains(char::is_whitespace) => split(&arg, known),
            _ => vec![arg],
        }
    }

    /// The text of a word, with where it came from.
    pub(super) fn value(&self, shell: &mut Shell, word: &Word) -> Fact<Box<str>> {
        if let Some(source) = word.literal() {
            return Arg::literal(source, word.span, Append::Never).text;
        }
        let facts: Vec<(bool, Fact<Box<str>>)> = word
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => (true, Fact::derived(text.text.clone(), Vec::new())),
                Part::Variable { name, fallback, span } => {
                    (false, self.variable(shell, name, fallback.as_ref(), *span))
                }
                Part::Opaque { text, span } => (false, self.substituted(shell, text, *span)),
                Part::Items(_) => (false, Fact::Unknown(Why::at("an array", word.span))),
            })
            .collect();
        join(facts, word.span)
    }

    /// What a substitution becomes: arithmetic is worked out, `$(which gunicorn)` is its word.
    fn substituted(&self, shell: &Shell, text: &str, span: Span) -> Fact<Box<str>> {
        let inner = text.strip_prefix("$(").and_then(|text| text.strip_suffix(')')).unwrap_or("");
        if let Some(sum) = inner.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            return arithmetic::worked_out(sum, &|name| self.lookup(shell, name, span), span);
        }
        let program = inner.strip_prefix("which ").or_else(|| inner.strip_prefix("command -v ")).map(str::trim);
        match program.filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte))) {
            Some(name) => Fact::derived(name.into(), vec![span]),
            None => Fact::Unknown(Why::at(computed(text), span)),
        }
    }

    /// What a variable holds where the shell reads it; [`None`] when nothing sets it.
    pub(super) fn lookup(&self, shell: &Shell, name: &str, span: Span) -> Option<Fact<Box<str>>> {
        if let Ok(nth) = name.parse::<usize>() {
            let arg = nth.checked_sub(1).map(|nth| shell.args.get(nth).map(|arg| arg.text.clone()));
            // `$0` is nobody's concern; an argument that is not given is empty.
            return Some(arg?.unwrap_or_else(|| Fact::derived("".into(), vec![span])));
        }
        match name {
            "#" => return Some(Fact::derived(shell.args.len().to_string().into(), vec![span])),
            "@" | "*" => {
                let texts: Option<Vec<&str>> = shell.args.iter().map(Arg::known).collect();
                return Some(match texts {
                    Some(texts) => Fact::derived(texts.join(" ").into(), vec![span]),
                    None => Fact::Unknown(Why::at("made of arguments that are not known", span)),
                });
            }
            "PWD" => return Some(Fact::derived(shell.context.folder.as_str().into(), vec![span])),
            _ => {}
        }
        let set = shell.context.vars.get(name).map(|(value, _)| value).or_else(|| self.environment.get(name));
        set.cloned().or_else(|| self.service.hidden_variables().cloned().map(Fact::Unknown))
    }

    fn variable(
        &self,
        shell: &mut Shell,
        name: &str,
        fallback: Option<&(Fallback, Word)>,
        span: Span,
    ) -> Fact<Box<str>> {
        let value = self.lookup(shell, name, span).map(|fact| fact.by_way_of([span]));
        let unset = || Fact::Unknown(Why::at(format!("set by the environment ({name})"), span));
        let is_empty = |fact: &Fact<Box<str>>| fact.known().is_some_and(|text| text.is_empty());
        let Some((kind, word)) = fallback else { return value.unwrap_or_else(unset) };
        match (kind, value) {
            (Fallback::Default | Fallback::Assign, Some(value)) if !is_empty(&value) => value,
            (Fallback::DefaultIfUnset, Some(value)) => value,
            (Fallback::Default | Fallback::DefaultIfUnset, _) => self.value(shell, word),
            (Fallback::Assign, _) => {
                let value = self.value(shell, word);
                shell.set(name, value.clone(), false);
                value
            }
            (Fallback::Alternative, Some(value)) if !is_empty(&value) => match value.known() {
                Some(_) => self.value(shell, word),
                None => value,
            },
            (Fallback::Alternative, _) => Fact::derived("".into(), vec![span]),
            (Fallback::Error, value) => value.unwrap_or_else(unset),
            (Fallback::Other, value) => self.trimmed(shell, value.unwrap_or_else(unset), word, span),
        }
    }

    /// `${NAME#prefix}` and `${NAME%suffix}`, for prefixes and suffixes that are text.
    fn trimmed(&self, shell: &mut Shell, value: Fact<Box<str>>, word: &Word, span: Span) -> Fact<Box<str>> {
        let unknown = || Fact::Unknown(Why::at("computed when it starts", span));
        let operator = self.value(shell, word);
        let (Some(operator), Some(_)) = (operator.known(), value.known()) else { return unknown() };
        let pattern = operator.trim_start_matches(['#', '%']);
        if pattern.len() == operator.len() || pattern.contains(['*', '?', '[']) {
            return unknown();
        }
        let front = operator.starts_with('#');
        value.map(|text| {
            let rest = if front { text.strip_prefix(pattern) } else { text.strip_suffix(pattern) };
            rest.map(Into::into).unwrap_or(text)
        })
    }
}

/// The first `$NAME` or `${NAME…}` in a text, names being those of the environment: capital letters.
pub(super) fn variable_in(text: &str) -> Option<&str> {
    text.match_indices('$').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let inner = rest.strip_prefix('{').unwrap_or(rest);
        let name = |c: char| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit();
        let length = inner.find(|c| !name(c)).unwrap_or(inner.len());
        let end = if inner.len() < rest.len() { rest.find('}')? + 1 } else { length };
        let named = inner.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
        named.then(|| &text[at..at + 1 + end])
    })
}

/// Why the value of a substitution is not known.
pub(super) fn computed(text: &str) -> String {
    if text.contains("nproc") || text.contains("cpu_count") || text.contains("_NPROCESSORS") || text.contains("cpuinfo")
    {
        return HOST_CPUS.to_string();
    }
    let short: String = text.chars().take(40).collect();
    format!("computed when it starts (`{}`)", short.escape_debug())
}

/// The reason of a count that follows the machine and not the container's limit.
pub(in crate::link) const HOST_CPUS: &str = "the host's CPUs";

/// The pieces of a word as one text. The slots are those of its only variable, when nothing but `--name=` stands before.
fn join(facts: Vec<(bool, Fact<Box<str>>)>, word: Span) -> Fact<Box<str>> {
    if let Some((_, Fact::Unknown(why) | Fact::Unbounded(why))) = facts.iter().find(|(_, fact)| is_unknown(fact)) {
        return Fact::Unknown(why.clone()).by_way_of([word]);
    }
    let before: String =
        facts.iter().take_while(|(text, _)| *text).filter_map(|(_, fact)| fact.known().cloned()).collect();
    let head = facts.iter().take_while(|(text, _)| *text).count();
    let slots = match facts.get(head) {
        Some((_, Fact::Known(only))) if head + 1 == facts.len() && (head == 0 || value_at(&before) == before.len()) => {
            only.slots.clone()
        }
        _ => Vec::new(),
    };
    let mut spans: Vec<Span> = Vec::new();
    for (_, fact) in &facts {
        if let Fact::Known(Sourced { origin: Origin::Written(chain), .. }) = fact {
            spans.extend(chain);
        }
    }
    // The word itself adds nothing where a place within it is told already.
    if !spans.iter().any(|span| word.contains(*span)) {
        spans.push(word);
    }
    let mut seen = std::collections::BTreeSet::new();
    spans.retain(|span| seen.insert(*span));
    let open: Vec<usize> = (0..facts.len()).filter(|&at| matches!(facts[at].1, Fact::OneOf(_))).collect();
    let text_with = |at: Option<usize>, text: &str| -> Box<str> {
        let pieces = facts.iter().enumerate().map(|(nth, (_, fact))| match fact.known() {
            _ if Some(nth) == at => text,
            Some(known) => known,
            None => "",
        });
        pieces.collect::<String>().into()
    };
    match open.as_slice() {
        [] => {
            let value = text_with(None, "");
            // What rests on an assumption is assumed, wherever it is written.
            let assumed = facts.iter().find_map(|(_, fact)| match &fact.sourced()?.origin {
                Origin::Assumed(it) => Some(Assumption { at: Some(word), ..it.clone() }),
                _ => None,
            });
            let origin = assumed.map_or(Origin::Written(spans), Origin::Assumed);
            Fact::Known(Sourced { value, origin, slots })
        }
        [only] => facts[*only].1.clone().map(|text| text_with(Some(*only), &text)).by_way_of([word]),
        _ => Fact::Unknown(Why::at("depends on more than one condition", word)),
    }
}

fn is_unknown(fact: &Fact<Box<str>>) -> bool {
    matches!(fact, Fact::Unknown(_) | Fact::Unbounded(_))
}

/// A value that the shell splits at its blanks. Where it stands in a file as it is, each word has its own place.
pub(super) fn split(arg: &Arg, text: &str) -> Vec<Arg> {
    let place = arg.text.span().filter(|span| span.len() == text.len());
    let source = Mapped::verbatim(text, place.unwrap_or(arg.span));
    let chain = match &arg.text {
        Fact::Known(Sourced { origin: Origin::Written(chain), .. }) => chain.clone(),
        _ => Vec::new(),
    };
    let mut words: Vec<Arg> = Vec::new();
    for piece in text.split_whitespace() {
        let at = piece.as_ptr() as usize - text.as_ptr() as usize;
        let word = if place.is_some() {
            let range = at..at + piece.len();
            Arg::literal(source.slice(range.clone()), source.span(range), Append::Never)
        } else {
            Arg::made(Fact::derived(piece.into(), chain.clone()), arg.span, Append::Never)
        };
        words.push(Arg { text: word.text.by_way_of(chain.iter().copied()), ..word });
    }
    if let Some(last) = words.last_mut() {
        last.append = arg.append.clone();
    }
    words
}
