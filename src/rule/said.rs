//! What was read, in words: labels where it is written, notes where it is not, and how sure that makes a finding.

use super::expr::{Reading, Seen, Unit, field_unit, print};
use super::{Confidence, Label};
use crate::source::{FileId, Span};
use crate::stack::vocabulary::FieldInfo;
use crate::stack::{EntityId, Fact, Field, Origin, Set, Sourced, Stack, Value, Why};

/// What a place says that a value only passed through on its way.
const BY_WAY: &str = "by way of this";

/// What is said of settings that are taken by their name.
const BY_NAME: &str = "the settings are taken by their name: no file here says which are used";

/// The labels and notes of a judgement on one entity.
pub(super) struct Said<'a> {
    stack: &'a Stack,
    it: EntityId,
    /// Labels in the order of reading, each span once.
    pub(super) labels: Vec<Label>,
    /// Notes in the order of reading.
    pub(super) notes: Vec<String>,
    /// The weakest origin that was read.
    pub(super) confidence: Confidence,
    /// What makes the guesses that were read guesses.
    guesses: Vec<Box<str>>,
}

impl<'a> Said<'a> {
    /// Nothing yet of the entity `it`.
    pub(super) fn new(stack: &'a Stack, it: EntityId) -> Self {
        Self { stack, it, labels: Vec::new(), notes: Vec::new(), confidence: Confidence::High, guesses: Vec::new() }
    }

    /// Puts a reading into words.
    pub(super) fn read(&mut self, reading: &Reading) {
        let Some((fact, info)) = fact_of(self.stack, reading) else { return };
        let name = prefix(self.stack, reading.of, self.it);
        match &fact {
            Fact::Known(sourced) => self.value(&name, info, sourced, None),
            Fact::OneOf(branches) => {
                for (condition, sourced) in branches {
                    self.value(&name, info, sourced, Some(&condition.text));
                }
            }
            Fact::Unbounded(why) => {
                self.weigh(&why.at);
                let text = format!("{name}{} ({})", unlimited(info), why.reason);
                match why.at.first() {
                    Some(span) => self.label(*span, text),
                    None => self.note(text),
                }
            }
            Fact::Unknown(why) => {
                let mut text = unknown(self.stack, reading.of, info, why);
                if let Some(taken) = &reading.taken {
                    self.confidence = self.confidence.min(Confidence::Medium);
                    let taken = print::set(taken, field_unit(info));
                    text = match (info.words.split_once('|'), &*taken) {
                        (Some((words, _)), "true") | (Some((_, words)), "false") if !words.is_empty() => {
                            format!("{}: it is taken that {words}", why.reason)
                        }
                        _ => format!("{text}; taken as {taken}"),
                    };
                }
                if let Some(span) = why.at.first() {
                    self.label(*span, format!("{name}`{}` is not known here", info.name));
                }
                self.note(text);
            }
            Fact::Absent => {}
        }
    }

    /// Lowers the confidence to that of more readings, of which nothing is said but what is guessed.
    pub(super) fn rest_on(&mut self, readings: &[Reading]) {
        let mut silent = Said::new(self.stack, self.it);
        for reading in readings {
            silent.read(reading);
        }
        self.confidence = self.confidence.min(silent.confidence);
        for guess in silent.guesses {
            self.guess(&guess);
        }
    }

    /// Writes out the terms of a sum, the largest first: `` `web`: 4 × 8 × 200 = 6,400``.
    pub(super) fn terms(&mut self, terms: Vec<(EntityId, Seen)>) {
        let most = |seen: &Seen| match &seen.set {
            Set::Numbers(numbers) => numbers.high(),
            _ => f64::INFINITY,
        };
        let mut terms = terms;
        terms.sort_by(|a, b| most(&b.1).total_cmp(&most(&a.1)));
        for (of, seen) in terms.iter().filter(|(_, seen)| seen.reads.len() > 1) {
            let factors: Vec<String> = seen.reads.iter().filter_map(|it| factor(self.stack, it)).collect();
            let name = &self.stack.about(*of).name;
            let total = print::set(&seen.set, Unit::Plain);
            self.note(format!("`{name}`: {} = {total}", factors.join(" × ")));
        }
    }

    /// Makes the entity's own place the first label when nothing else is labelled, and `main` the first label's text.
    pub(super) fn finish(&mut self, main: Option<String>) {
        if self.labels.is_empty()
            && let Some(span) = place_of(self.stack, self.it)
        {
            let kind = self.it.kind.info().name.replace('_', " ");
            self.label(span, format!("{kind} `{}`", self.stack.about(self.it).name));
        }
        if let (Some(text), Some(label)) = (main, self.labels.first_mut()) {
            label.text = text.into();
        }
    }

    /// Lowers the confidence where a place is in settings that are taken by their name.
    fn weigh(&mut self, spans: &[Span]) {
        if spans.iter().any(|span| self.stack.by_name.contains(&span.file)) {
            self.confidence = self.confidence.min(Confidence::Medium);
            self.note(BY_NAME.to_owned());
        }
    }

    fn value(&mut self, name: &str, info: &FieldInfo, sourced: &Sourced<Value>, when: Option<&str>) {
        let words = match sourced.value {
            Value::Number(number) if number.is_infinite() => unlimited(info),
            _ => print::in_words(info.words, &sourced.value, field_unit(info)),
        };
        let when = when.map_or_else(String::new, |when| format!(" when {when}"));
        match &sourced.origin {
            Origin::Written(spans) => {
                self.weigh(spans);
                self.written(spans, &format!("{name}{words}{when}"));
            }
            Origin::Guessed(guess) => {
                self.weigh(&guess.at);
                self.written(&guess.at, &format!("{name}{words}{when}"));
                self.guess(&guess.because);
            }
            Origin::Default(default) => {
                self.weigh(default.at.as_slice());
                let unless = default.unless.as_ref().map_or_else(String::new, |it| format!(", unless {it}"));
                if default.unless.is_some() {
                    self.confidence = self.confidence.min(Confidence::Medium);
                }
                let text = format!("{name}{words}, {}'s default{unless}{when}", default.program);
                match default.at {
                    Some(span) => self.label(span, text),
                    None => self.note(text),
                }
            }
            Origin::Assumed(assumption) => {
                // What the user says of the world is so; what a variable or a name stands for may be otherwise.
                if !assumption.is_said() {
                    self.confidence = self.confidence.min(Confidence::Medium);
                }
                let text = match assumption.taken() {
                    Some(what) => format!("{name}{words} where {what}{when}"),
                    None => format!("{name}{words}, as `{}` says{when}", assumption.key),
                };
                match assumption.at {
                    Some(span) => self.label(span, text),
                    None => self.note(text),
                }
            }
        }
    }

    /// Labels the place that says it, and those that it came by. What is said to be so `here`, or to be so `too`, is so at
    /// each place.
    fn written(&mut self, spans: &[Span], text: &str) {
        let each = text.ends_with(" here") || text.ends_with(", too");
        let named = named_each(text).filter(|named| named.len() == spans.len());
        for (at, span) in spans.iter().enumerate() {
            // A place that holds the value, or is held by it, has said it already.
            let meets = |other: &Span| other.contains(*span) || span.contains(*other);
            let passed = || self.labels.iter().any(|it| &*it.text == BY_WAY && it.span != *span && meets(&it.span));
            let held = at > 0 && (spans.first().is_some_and(meets) || !each && passed());
            if !held {
                let own = named.as_ref().and_then(|named| named.get(at)).map(String::as_str);
                self.label(*span, own.unwrap_or(if at == 0 || each { text } else { BY_WAY }).to_owned());
            }
        }
    }

    /// Says what makes it a guess, each reason once.
    fn guess(&mut self, because: &str) {
        self.confidence = Confidence::Low;
        if !self.guesses.iter().any(|it| **it == *because) {
            self.guesses.push(because.into());
            self.note(because.to_owned());
        }
    }

    /// A place has one label: what is said there more than once stands side by side. What has no place in the repository, as
    /// the loop of a serializer that nobody writes, gets none.
    fn label(&mut self, span: Span, text: String) {
        if span.file.is_outside() || span.file == FileId::NOWHERE {
            return;
        }
        let Some(label) = self.labels.iter_mut().find(|label| label.span == span) else {
            self.labels.push(Label { span, text: text.into() });
            return;
        };
        if &*label.text == BY_WAY {
            label.text = text.into();
        } else if text != BY_WAY && !label.text.split("; ").any(|part| part == text) {
            label.text = format!("{}; {text}", label.text).into();
        }
    }

    fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }
}

/// What is said of several names, of each by itself: `` `Song.title`, `Song.words`, as declared here``.
fn named_each(text: &str) -> Option<Vec<String>> {
    let (names, rest) = text.strip_prefix('`')?.rsplit_once('`')?;
    Some(names.split("`, `").map(|name| format!("`{name}`{rest}")).collect())
}

/// What would have to be known for a condition to be decided: each reading that leaves something open, in words.
pub(super) fn open(stack: &Stack, it: EntityId, reads: &[Reading]) -> Vec<Box<str>> {
    let mut reasons: Vec<Box<str>> = Vec::new();
    for reading in reads {
        let Some((fact, info)) = fact_of(stack, reading) else { continue };
        let set = match &fact {
            Fact::Unknown(why) => {
                reasons.push(unknown(stack, reading.of, info, why).into());
                continue;
            }
            Fact::OneOf(branches) => branches
                .iter()
                .map(|(_, sourced)| Set::of(sourced.value.clone()))
                .reduce(Set::union)
                .map(|set| print::set(&set, field_unit(info))),
            Fact::Known(Sourced { value: Value::Version(version), .. })
                if version.high.as_ref() != Some(&version.low) =>
            {
                Some(version.written.to_string())
            }
            _ => None,
        };
        let name = prefix(stack, reading.of, it);
        reasons.extend(set.map(|set| format!("{name}`{}` is open: {set}", info.name).into()));
    }
    reasons.dedup();
    reasons
}

/// The value of one factor of a term.
fn factor(stack: &Stack, reading: &Reading) -> Option<String> {
    let (fact, info) = fact_of(stack, reading)?;
    if let Some(taken) = &reading.taken {
        return Some(print::set(taken, field_unit(info)));
    }
    Some(match fact {
        Fact::Known(sourced) => print::value(&sourced.value, field_unit(info)),
        Fact::OneOf(branches) => {
            let values = branches.iter().map(|(_, it)| print::value(&it.value, field_unit(info)));
            values.collect::<Vec<_>>().join(" or ")
        }
        Fact::Unbounded(_) => "any number".to_owned(),
        Fact::Unknown(_) => "unknown".to_owned(),
        Fact::Absent => return None,
    })
}

fn fact_of(stack: &Stack, reading: &Reading) -> Option<(Fact<Value>, &'static FieldInfo)> {
    let info = reading.of.kind.info().fields.get(reading.field)?;
    match stack.field(reading.of, reading.field) {
        Field::Fact(fact) => Some((fact, info)),
        _ => None,
    }
}

/// The entity's name before its field, when it is not the one that is judged.
fn prefix(stack: &Stack, of: EntityId, it: EntityId) -> String {
    if of == it { String::new() } else { format!("`{}`: ", stack.about(of).name) }
}

/// What has no limit, in the field's own words where they count something: `unlimited requests at a time`.
fn unlimited(info: &FieldInfo) -> String {
    let counted = info.words.strip_prefix("up to ").unwrap_or(info.words).strip_prefix("{} ");
    match counted.filter(|words| *words != "s" && !words.starts_with("s ")) {
        Some(words) if field_unit(info) == Unit::Plain => format!("unlimited {words}"),
        _ => format!("`{}` has no limit", info.name),
    }
}

fn unknown(stack: &Stack, of: EntityId, info: &FieldInfo, why: &Why) -> String {
    format!("`{}` of `{}` is unknown: {}", info.name, stack.about(of).name, why.reason)
}

/// Where an entity stands: its own place, or that of what it belongs to.
pub(super) fn place_of(stack: &Stack, it: EntityId) -> Option<Span> {
    let related = || {
        (0..it.kind.info().fields.len()).find_map(|field| match stack.field(it, field) {
            Field::One(Some(other)) => stack.about(other).span,
            _ => None,
        })
    };
    stack.about(it).span.or_else(related)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::stack::vocabulary::{Process, Service, WriteInLoop};
    use crate::stack::{Assumption, Condition, Guess, Kind, Set, Value};

    fn span(at: usize) -> Span {
        Span::new(FileId(0), at, at + 1)
    }

    fn said(process: Process, fields: &[&str]) -> (Vec<(Span, String)>, Vec<String>, Confidence) {
        let mut stack = Stack::default();
        stack.add(process);
        let of = EntityId { kind: Kind::Process, at: 0 };
        let mut said = Said::new(&stack, of);
        for field in fields {
            let field = Kind::Process.info().fields.iter().position(|info| info.name == *field).unwrap();
            said.read(&Reading { of, field, taken: None });
        }
        said.finish(None);
        let labels = said.labels.into_iter().map(|label| (label.span, label.text.into_string())).collect();
        (labels, said.notes, said.confidence)
    }

    #[test]
    fn what_is_written_is_a_label_with_its_way() {
        let process = Process {
            processes: Fact::written(8, span(1)).by_way_of([span(2)]),
            threads: Fact::derived(4, vec![span(2), span(1)]),
            ..Default::default()
        };
        let (labels, notes, confidence) = said(process, &["processes", "threads"]);
        let expected = [(span(1), "8 worker processes".to_owned()), (span(2), "4 threads a process".to_owned())];
        assert_eq!((labels, notes, confidence), (expected.to_vec(), Vec::new(), Confidence::High));
    }

    #[test]
    fn what_stands_in_settings_that_only_their_name_speaks_for_is_less_sure() {
        let mut stack = Stack { by_name: [span(1).file].into(), ..Stack::default() };
        stack.add(Process { processes: Fact::written(8, span(1)), ..Default::default() });
        let of = EntityId { kind: Kind::Process, at: 0 };
        let field = Kind::Process.info().fields.iter().position(|info| info.name == "processes").unwrap();
        let mut said = Said::new(&stack, of);
        said.read(&Reading { of, field, taken: None });
        assert_eq!((said.confidence, said.notes), (Confidence::Medium, vec![BY_NAME.to_owned()]));
    }

    #[test]
    fn what_is_written_nowhere_is_a_note() {
        let process = Process {
            processes: Fact::default_of(1, "gunicorn", "workers", None),
            threads: Fact::default_of(1, "gunicorn", "threads", Some(span(5))),
            cpus: Fact::Known(Sourced {
                value: 4.0,
                origin: Origin::Assumed(Assumption { key: "assume.cpus".into(), at: None }),
                slots: Vec::new(),
            }),
            replicas: Fact::unknown("set by the environment (WORKERS)"),
            ..Default::default()
        };
        let (labels, notes, confidence) = said(process, &["processes", "threads", "cpus", "replicas"]);
        assert_eq!(labels, [(span(5), "1 thread a process, gunicorn's default".to_owned())]);
        assert_eq!(
            notes,
            [
                "1 worker process, gunicorn's default",
                "4 CPUs, as `assume.cpus` says",
                "`replicas` of `` is unknown: set by the environment (WORKERS)"
            ]
        );
        // The user's word is as good as a file's.
        assert_eq!(confidence, Confidence::High);
    }

    #[test]
    fn what_rests_on_a_guess_says_why_it_is_one() {
        let guess = |value, at| {
            let origin = Origin::Guessed(Guess { because: "nobody says more".into(), at: vec![span(at)] });
            Fact::Known(Sourced { value, origin, slots: Vec::new() })
        };
        let process = Process { processes: guess(8, 1), threads: guess(4, 2), ..Default::default() };
        let (labels, notes, confidence) = said(process, &["processes", "threads"]);
        assert_eq!(labels[0], (span(1), "8 worker processes".to_owned()));
        assert_eq!((notes, confidence), (vec!["nobody says more".to_owned()], Confidence::Low));
    }

    #[test]
    fn what_is_taken_in_the_place_of_a_truth_is_said_in_words() {
        let mut stack = Stack::default();
        let own = Fact::unknown("a base of the model is not read");
        stack.add(WriteInLoop { own, ..WriteInLoop::default() });
        let of = EntityId { kind: Kind::WriteInLoop, at: 0 };
        let field = Kind::WriteInLoop.info().fields.iter().position(|info| info.name == "own").unwrap();
        let mut said = Said::new(&stack, of);
        said.read(&Reading { of, field, taken: Some(Set::of(Value::Bool(false))) });
        assert_eq!(said.notes, ["a base of the model is not read: it is taken that the model only writes"]);
        assert_eq!(said.confidence, Confidence::Medium);
    }

    #[test]
    fn branches_have_a_label_each() {
        let branch = |value, at, text: &str| {
            let origin = Origin::Written(vec![span(at)]);
            (Condition { text: text.into(), at: None }, Sourced { value, origin, slots: Vec::new() })
        };
        let processes = Fact::OneOf(vec![branch(1, 1, "DEBUG is true"), branch(8, 2, "DEBUG is false")]);
        let (labels, ..) = said(Process { processes, ..Default::default() }, &["processes"]);
        assert_eq!(labels[0].1, "1 worker process when DEBUG is true");
        assert_eq!(labels[1].1, "8 worker processes when DEBUG is false");
    }

    #[test]
    fn the_place_of_the_thing_itself_is_the_last_resort() {
        let mut stack = Stack::default();
        let mut service = Service::default();
        service.about.span = Some(span(7));
        let service = stack.add(service);
        stack.add(Process { service: Some(service), ..Default::default() });
        let mut said = Said::new(&stack, EntityId { kind: Kind::Process, at: 0 });
        said.finish(Some("no jitter".to_owned()));
        assert_eq!(said.labels, [Label { span: span(7), text: "no jitter".into() }]);
    }
}
