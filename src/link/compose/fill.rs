//! Compose's variables: `$V`, `${V:-default}` and their kin, filled in from the project's `.env`, each byte of the result
//! with its place.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::source::Span;
use crate::stack::{Fact, Origin, Slot, Sourced, Why};
use crate::syntax::env::Entry;
use crate::syntax::{Mapped, Piece};

/// Defaults within defaults go no deeper than this.
const MOST_DEPTH: usize = 16;

/// The variables that a project's files may use.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    set: BTreeMap<Box<str>, Setting>,
}

#[derive(Clone, Debug)]
struct Setting {
    text: Box<str>,
    /// Where its value stands, when it could be written there.
    at: Span,
    verbatim: bool,
}

impl Environment {
    /// Sets what a `.env` file sets and nobody has set before; its values may use variables set above them.
    pub(super) fn add(&mut self, entries: &[Entry]) {
        let mut set = Environment::default();
        for entry in entries {
            let Some(value) = &entry.value else { continue };
            let filled = if entry.expands { set.fill(value) } else { Filled::verbatim(value) };
            if filled.unknown.is_some() {
                continue;
            }
            let whole = 0..value.text.len();
            let setting =
                Setting { text: filled.text.text, at: value.span(whole.clone()), verbatim: value.is_verbatim(whole) };
            set.set.insert(entry.name.value.clone(), setting);
        }
        for (name, setting) in set.set {
            self.set.entry(name).or_insert(setting);
        }
    }

    /// What the entries of a service's file of variables come to, in order: each with its value. `place` is where the
    /// file is named; `known` are the variables that its values may use and that stand behind these: what this sets
    /// is stronger, what the files set before is put there.
    pub(super) fn entries<'e>(
        &self,
        entries: &'e [Entry],
        place: &[Span],
        known: &mut Environment,
    ) -> Vec<(&'e Entry, Fact<Box<str>>)> {
        let mut found = Vec::new();
        for entry in entries {
            let name = &entry.name.value;
            let Some(value) = &entry.value else {
                found.push((entry, self.get(name, entry.span)));
                continue;
            };
            let fact = if entry.expands { self.over(known).fill(value) } else { Filled::verbatim(value) };
            let fact = fact.fact(value, place);
            if let Some(text) = fact.known() {
                let whole = 0..value.text.len();
                known.set.insert(
                    name.clone(),
                    Setting { text: text.clone(), at: value.span(whole.clone()), verbatim: value.is_verbatim(whole) },
                );
            }
            found.push((entry, fact));
        }
        found
    }

    /// These variables, and where they have none those of another.
    pub(super) fn over(&self, other: &Environment) -> Environment {
        let mut both = other.clone();
        both.set.extend(self.set.iter().map(|(name, setting)| (name.clone(), setting.clone())));
        both
    }

    /// The variables whose values are known.
    pub(super) fn of<'f>(variables: impl Iterator<Item = (&'f Box<str>, &'f Fact<Box<str>>)>) -> Environment {
        let setting =
            |fact: &Fact<Box<str>>| Some(Setting { text: fact.known()?.clone(), at: fact.span()?, verbatim: false });
        Environment { set: variables.filter_map(|(name, fact)| Some((name.clone(), setting(fact)?))).collect() }
    }

    /// The value of a variable, as a fact that was read at `place`.
    pub(super) fn get(&self, name: &str, place: Span) -> Fact<Box<str>> {
        match self.set.get(name) {
            Some(setting) => Fact::Known(Sourced {
                value: setting.text.clone(),
                origin: Origin::Written(vec![place, setting.at]),
                slots: self.slot(name).into_iter().collect(),
            }),
            None => Fact::Unknown(unset(name, place)),
        }
    }

    /// The text of a variable.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.set.get(name).map(|setting| &*setting.text)
    }

    /// Where a variable's value is written.
    pub(super) fn place(&self, name: &str) -> Option<Span> {
        self.set.get(name).map(|setting| setting.at)
    }

    fn slot(&self, name: &str) -> Option<Slot> {
        let setting = self.set.get(name).filter(|setting| setting.verbatim)?;
        Some(Slot::replace(setting.at))
    }

    /// A text with its variables filled in.
    pub(super) fn fill(&self, text: &Mapped) -> Filled {
        let mut out = Out::default();
        self.fill_range(text, 0..text.text.len(), &mut out, 0);
        let text = out.text.finish(text.span(0..text.text.len()));
        Filled { text, by: out.by, slots: out.slots, unknown: out.unknown }
    }

    fn fill_range(&self, text: &Mapped, range: Range<usize>, out: &mut Out, depth: usize) {
        let mut at = range.start;
        while at < range.end {
            let rest = text.text.get(at..range.end).unwrap_or("");
            let dollar = rest.find('$').unwrap_or(rest.len());
            out.text.copy(text, at..at + dollar);
            at += dollar;
            let rest = text.text.get(at..range.end).unwrap_or("");
            if rest.is_empty() {
                break;
            }
            let Some(reference) = Reference::parse(rest) else {
                // `$$` is a dollar; any other is one that compose would refuse.
                out.text.copy(text, at..at + 1);
                at += if rest.starts_with("$$") { 2 } else { 1 };
                continue;
            };
            let end = at + reference.length;
            let argument = at + reference.argument.start..at + reference.argument.end;
            let whole = range == (0..text.text.len()) && at == 0 && end == text.text.len();
            let set = self.set.get(reference.name);
            let given = set.filter(|set| !reference.or_empty || !set.text.is_empty());
            let place = text.span(at..end);
            match (reference.operator, given) {
                (Some('+'), Some(_)) | (Some('-'), None) if depth < MOST_DEPTH => {
                    if whole {
                        out.slots = vec![Slot::replace(text.span(argument.clone()))];
                    }
                    out.by.push(place);
                    self.fill_range(text, argument, out, depth + 1);
                }
                (Some('+'), None) => out.by.push(place),
                (_, Some(set)) => {
                    if whole {
                        out.slots = self.slot(reference.name).into_iter().chain([Slot::replace(place)]).collect();
                    }
                    out.by.extend([place, set.at]);
                    out.text.push(&set.text, place);
                }
                (_, None) => {
                    out.unknown.get_or_insert_with(|| unset(reference.name, place));
                    out.text.copy(text, at..end);
                }
            }
            at = end;
        }
    }
}

fn unset(name: &str, place: Span) -> Why {
    Why::at(format!("set by the environment ({name})"), place)
}

/// A text with its variables filled in.
#[derive(Clone, Debug)]
pub(super) struct Filled {
    /// The text; what is unknown stands in it as it is written.
    pub(super) text: Mapped,
    /// The places that it came by: references, and the values in `.env`.
    by: Vec<Span>,
    /// Where it could be changed, when it is a reference and nothing else.
    slots: Vec<Slot>,
    /// The first variable that nothing sets.
    unknown: Option<Why>,
}

impl Filled {
    /// A text without variables.
    pub(super) fn verbatim(text: &Mapped) -> Self {
        Self { text: text.clone(), by: Vec::new(), slots: Vec::new(), unknown: None }
    }

    /// The text as a fact; `raw` is the text before it was filled in, and `by` the aliases it came by.
    pub(super) fn fact(self, raw: &Mapped, by: &[Span]) -> Fact<Box<str>> {
        if let Some(unknown) = self.unknown {
            return Fact::Unknown(unknown);
        }
        let whole = 0..raw.text.len();
        let mut chain = vec![raw.span(whole.clone())];
        for span in self.by.iter().chain(by) {
            if !chain.contains(span) {
                chain.push(*span);
            }
        }
        let mut slots = self.slots;
        if slots.is_empty() && raw.is_verbatim(whole.clone()) {
            slots.push(Slot::replace(raw.span(whole)));
        }
        slots.dedup();
        Fact::Known(Sourced { value: self.text.text, origin: Origin::Written(chain), slots })
    }

    /// The text, when all of it is known.
    pub(super) fn known(self) -> Option<Mapped> {
        self.unknown.is_none().then_some(self.text)
    }
}

/// The names of the variables that a text uses.
pub(super) fn references(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = rest.get(at..).unwrap_or("");
        let step = match Reference::parse(rest) {
            Some(reference) => {
                names.push(reference.name);
                // What stands in a default is read, too.
                1 + usize::from(rest.starts_with("${"))
            }
            None => 1 + usize::from(rest.starts_with("$$")),
        };
        rest = rest.get(step..).unwrap_or("");
    }
    names
}

/// `$NAME` or `${NAME…}` at the start of a text.
struct Reference<'t> {
    name: &'t str,
    /// `-`, `+` or `?`.
    operator: Option<char>,
    /// Whether a colon before it makes an empty value count as none.
    or_empty: bool,
    /// What follows the operator.
    argument: Range<usize>,
    length: usize,
}

impl<'t> Reference<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let braced = text.starts_with("${");
        let start = 1 + usize::from(braced);
        let rest = text.get(start..)?;
        let length = rest.bytes().take_while(|c| c.is_ascii_alphanumeric() || *c == b'_').count();
        let name = rest.get(..length).filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))?;
        let after = start + length;
        if !braced {
            return Some(Self { name, operator: None, or_empty: false, argument: after..after, length: after });
        }
        let end = closing_brace(text)?;
        let or_empty = text[after..].starts_with(':');
        let operator = text.get(after + usize::from(or_empty)..end)?.chars().next();
        if !matches!(operator, None | Some('-' | '+' | '?')) || (operator.is_none() && or_empty) {
            return None;
        }
        let argument = (after + usize::from(or_empty) + usize::from(operator.is_some())).min(end)..end;
        Some(Self { name, operator, or_empty, argument, length: end + 1 })
    }
}

/// Where the first brace that opens closes.
fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, c) in text.bytes().enumerate() {
        match c {
            b'{' => open += 1,
            b'}' if open <= 1 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

/// A text that is being filled in.
#[derive(Default)]
struct Out {
    text: Text,
    by: Vec<Span>,
    slots: Vec<Slot>,
    unknown: Option<Why>,
}

#[derive(Default)]
struct Text {
    text: String,
    pieces: Vec<Piece>,
}

impl Text {
    /// Puts a text behind, which stands at `place` as a whole.
    fn push(&mut self, text: &str, place: Span) {
        if !text.is_empty() {
            self.pieces.push(Piece { start: self.text.len() as u32, span: place });
            self.text.push_str(text);
        }
    }

    /// Puts a part of a text behind, with its places.
    fn copy(&mut self, text: &Mapped, range: Range<usize>) {
        let first = text.pieces.partition_point(|piece| piece.start as usize <= range.start).saturating_sub(1);
        for (at, piece) in text.pieces.iter().enumerate().skip(first) {
            let end = text.pieces.get(at + 1).map_or(text.text.len(), |next| next.start as usize);
            let part = range.start.max(piece.start as usize)..range.end.min(end);
            if part.start >= part.end {
                break;
            }
            if let Some(said) = text.text.get(part.clone()) {
                self.push(said, text.span(part));
            }
        }
    }

    /// The text; one without a byte stands at `place`.
    fn finish(mut self, place: Span) -> Mapped {
        if self.pieces.is_empty() {
            self.pieces.push(Piece { start: 0, span: place });
        }
        Mapped { text: self.text.into(), pieces: self.pieces }
    }
}

/// A part of a text, with its places.
pub(super) fn part(text: &Mapped, range: Range<usize>) -> Mapped {
    let mut out = Text::default();
    out.copy(text, range.clone());
    out.finish(text.span(range))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::{FileId, SourceFile};
    use crate::syntax::env;

    fn environment(text: &str) -> Environment {
        let file = SourceFile::new(FileId(1), ".env", PathBuf::new(), text);
        let mut environment = Environment::default();
        environment.add(&env::parse(&file).tree.entries);
        environment
    }

    fn text(text: &str) -> Mapped {
        Mapped::verbatim(text, Span::new(FileId(0), 100, 100 + text.len()))
    }

    #[track_caller]
    fn expect(raw: &str, filled: &str) {
        let found = environment("A=4\nE=\nB=\"${A}2\"\nC='$A'\n").fill(&text(raw));
        assert_eq!(&*found.text.text, filled);
    }

    #[test]
    fn fills_in_as_compose_does() {
        expect("x", "x");
        expect("$A ${A}", "4 4");
        expect("$B$C", "42$A");
        expect("${A:-9} ${N:-9} ${N-9} ${E:-9} ${E-9}", "4 9 9 9 ");
        expect("${A:+yes} ${N:+yes} ${E:+yes} ${E+yes}", "yes   yes");
        expect("${N:-${A:-1}}/${N:-${M:-${A}}}", "4/4");
        expect("$$A $${A} 5$", "$A ${A} 5$");
        expect("${N} ${N:?say} ${A:?say} ${!} ${A", "${N} ${N:?say} 4 ${!} ${A");
    }

    #[test]
    fn says_where_a_value_came_from_and_could_be_changed() {
        let env = environment("A=4\n");
        let fact = |raw: &str| env.fill(&text(raw)).fact(&text(raw), &[]);
        let spans = |fact: &Fact<Box<str>>| match &fact.sourced().unwrap().origin {
            Origin::Written(spans) => spans.iter().map(|it| (it.file.0, it.start, it.end)).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        let slots = |fact: &Fact<Box<str>>| {
            let slots = fact.sourced().unwrap().slots.iter();
            slots.map(|it| (it.span.file.0, it.span.start, it.span.end)).collect::<Vec<_>>()
        };
        let plain = fact("7");
        assert_eq!((spans(&plain), slots(&plain)), (vec![(0, 100, 101)], vec![(0, 100, 101)]));
        let set = fact("${A}");
        assert_eq!((spans(&set), slots(&set)), (vec![(0, 100, 104), (1, 2, 3)], vec![(1, 2, 3), (0, 100, 104)]));
        let default = fact("${N:-25}");
        assert_eq!((spans(&default), slots(&default)), (vec![(0, 100, 108)], vec![(0, 105, 107)]));
        let mixed = fact("v${A}");
        assert_eq!(
            (spans(&mixed), slots(&mixed)),
            (vec![(0, 100, 105), (0, 101, 105), (1, 2, 3)], vec![(0, 100, 105)])
        );
        assert_eq!(fact("${N}"), Fact::Unknown(Why::at("set by the environment (N)", Span::new(FileId(0), 100, 104))));
    }

    #[test]
    fn a_default_keeps_its_place() {
        let filled = environment("").fill(&text("--workers ${N:-4} x"));
        assert_eq!(&*filled.text.text, "--workers 4 x");
        assert_eq!(filled.text.span(10..11), Span::new(FileId(0), 115, 116));
        assert_eq!(filled.text.span(12..13), Span::new(FileId(0), 118, 119));
    }

    #[test]
    fn names_what_a_text_uses() {
        assert_eq!(references("a $A ${B:-${C}} $$D ${E"), ["A", "B", "C"]);
    }
}
