//! A fact: what is known of one field, where it came from, and where it could be changed.

use serde::{Deserialize, Serialize};

use super::value::Value;
use crate::source::Span;

/// What is known of one field.
#[derive(Clone, Debug, std::default::Default, PartialEq)]
pub enum Fact<T> {
    /// One value.
    Known(Sourced<T>),
    /// Branches that the files leave open, each with its condition. Never empty.
    OneOf(Vec<(Condition, Sourced<T>)>),
    /// No limit, and what grows it (traffic, for Django under ASGI without a pool), or who says so (`-1`); a limit may
    /// have a place where it could be written.
    Unbounded(Why),
    /// Nobody knows, and why.
    Unknown(Why),
    /// The field has no meaning here: threads of a program that has none. A rule over it does not apply.
    #[default]
    Absent,
}

/// A value, where it came from, and where it could be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
    /// Where it could be written, strongest first. A default may have some, too: the place where it would be said.
    pub slots: Vec<Slot>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// It stands in files: the place that decides first, then those it came by (the `${VAR:-4}`, the env file,
    /// the settings import). Empty for what follows from the code as a whole and has no place of its own.
    Written(Vec<Span>),
    /// Nobody wrote it: the program's own default.
    Default(Default),
    /// The user said so of the world, in `plimsoll.toml` or by a flag.
    Assumed(Assumption),
    /// It is taken to be so, by what code mostly means where it does not say.
    Guessed(Guess),
}

/// What is taken to be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// What makes it a guess, as a sentence: ``what `items` holds is not known``.
    pub because: Box<str>,
    /// The places that it was guessed from, the one that decides first.
    pub at: Vec<Span>,
}

/// What a program does when told nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Default {
    /// Whose default it is: `SQLAlchemy`, `gunicorn`, `PostgreSQL`.
    pub program: Box<str>,
    /// What it is the default of, by the program's own name for it: `pool_size`.
    pub setting: Box<str>,
    /// The span where the program is told everything else, if there is one: the `create_engine(...)`.
    pub at: Option<Span>,
    /// What would say otherwise where nobody can see it: a variable, of an environment that is not all in the files.
    pub unless: Option<Box<str>>,
}

/// What the user says of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The key that says it: `assume.database.max_connections`.
    pub key: Box<str>,
    /// Where it is said, when a file says it.
    pub at: Option<Span>,
}

impl Assumption {
    const DEFAULT: &str = "the default of ";

    /// A default that holds as long as the environment, of which nothing is known, does not set this variable.
    pub fn default_of_variable(name: &str, at: Option<Span>) -> Self {
        Self { key: format!("{}{name}", Self::DEFAULT).into(), at }
    }

    /// What is taken by its name: the settings that are called `production`, where no file says which are used.
    pub fn of_name(at: Option<Span>) -> Self {
        Self { key: "its name, for no file says which is used".into(), at }
    }

    const THAT: &str = "that ";

    /// What is taken to hold, which only the data tell: `what stands before it is empty`.
    pub fn that(what: &str, at: Option<Span>) -> Self {
        Self { key: format!("{}{what}", Self::THAT).into(), at }
    }

    /// What is taken to hold, if it is such.
    pub fn taken(&self) -> Option<&str> {
        self.key.strip_prefix(Self::THAT)
    }

    /// Whether the user says it, and nothing stands over it.
    pub fn is_said(&self) -> bool {
        self.key.starts_with("assume.")
    }

    /// The variable that would change it, if it is such a default.
    pub fn unless_set(&self) -> Option<&str> {
        self.key.strip_prefix(Self::DEFAULT)
    }
}

/// Why something is unknown or unbounded, as the rest of a sentence that starts with the field:
/// `set by the environment (WEB_CONCURRENCY)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Why {
    /// The reason.
    pub reason: Box<str>,
    /// Where it shows.
    pub at: Vec<Span>,
    /// Where a value could be written instead of what is unbounded, strongest first; of what is unknown it is not said.
    pub slots: Vec<Slot>,
}

impl Why {
    /// A reason that shows at no place.
    pub fn new(reason: impl Into<Box<str>>) -> Self {
        Self { reason: reason.into(), ..Self::default() }
    }

    /// A reason, and the place where it shows.
    pub fn at(reason: impl Into<Box<str>>, span: Span) -> Self {
        Self { at: vec![span], ..Self::new(reason) }
    }

    /// A reason, and the places where it shows, the one that decides first.
    pub fn shown(reason: impl Into<Box<str>>, at: impl IntoIterator<Item = Span>) -> Self {
        Self { at: at.into_iter().collect(), ..Self::new(reason) }
    }
}

/// What must hold for a branch to be taken, as a reader would say it: `DEBUG is true`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Condition {
    /// The condition, in words.
    pub text: Box<str>,
    /// Where it is written.
    pub at: Option<Span>,
}

/// A place to write a value: replace `span` by `before`, the value, `after`. Slots are listed strongest first (the
/// command line before the variable's default). The reader that made the fact knows the syntax (quoting,
/// indentation, line ends, missing parents); who writes a value need not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What comes before the value.
    pub before: Box<str>,
    /// What comes after it.
    pub after: Box<str>,
    /// The services that a value written here reaches, by name. Empty where the place is only the judged thing's own.
    pub reaches: Vec<Box<str>>,
}

impl Slot {
    /// The place of a value that stands alone: it is replaced.
    pub fn replace(span: Span) -> Self {
        Self { span, before: "".into(), after: "".into(), reaches: Vec::new() }
    }

    /// A place where `before`, the value, `after` would be put.
    pub fn insert(at: Span, before: impl Into<Box<str>>, after: impl Into<Box<str>>) -> Self {
        Self { span: at, before: before.into(), after: after.into(), reaches: Vec::new() }
    }
}

/// A change that is more than one value, made by the reader that knows the syntax: a gzip block, a `.select_related()`.
/// In its texts `{name}` stands for an argument that the rule gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Writer {
    /// The name a rule calls it by.
    pub name: Box<str>,
    /// What it changes: each span is replaced by its text, in which `{argument}` is filled in.
    pub edits: Vec<(Span, Box<str>)>,
    /// When it may only be shown, why: `requirements.txt is pinned by hashes: run pip-compile`.
    pub display_only: Option<Box<str>>,
}

impl<T> Fact<T> {
    /// A value that stands in a file and can be changed where it stands.
    pub fn written(value: T, span: Span) -> Self {
        Fact::Known(Sourced { value, origin: Origin::Written(vec![span]), slots: vec![Slot::replace(span)] })
    }

    /// A value that follows from what stands at these places, none of which is its own.
    pub fn derived(value: T, spans: Vec<Span>) -> Self {
        Fact::Known(Sourced { value, origin: Origin::Written(spans), slots: Vec::new() })
    }

    /// A program's default.
    pub fn default_of(value: T, program: impl Into<Box<str>>, setting: impl Into<Box<str>>, at: Option<Span>) -> Self {
        let origin = Origin::Default(Default { program: program.into(), setting: setting.into(), at, unless: None });
        Fact::Known(Sourced { value, origin, slots: Vec::new() })
    }

    /// Nobody knows, for this reason.
    pub fn unknown(reason: impl Into<Box<str>>) -> Self {
        Fact::Unknown(Why::new(reason))
    }

    /// Whether the field means anything here.
    pub fn is_absent(&self) -> bool {
        matches!(self, Fact::Absent)
    }

    /// The one value, when there is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Fact::Known(sourced) => Some(&sourced.value),
            _ => None,
        }
    }

    /// The one value with its origin, when there is one.
    pub fn sourced(&self) -> Option<&Sourced<T>> {
        match self {
            Fact::Known(sourced) => Some(sourced),
            _ => None,
        }
    }

    /// The first place that says it, if a file does.
    pub fn span(&self) -> Option<Span> {
        match self {
            Fact::Known(sourced) => sourced.origin.span(),
            Fact::OneOf(branches) => branches.iter().find_map(|(_, sourced)| sourced.origin.span()),
            Fact::Unbounded(why) | Fact::Unknown(why) => why.at.first().copied(),
            Fact::Absent => None,
        }
    }

    /// Gives every place that it rests on.
    pub fn visit_spans(&self, visit: &mut dyn FnMut(Span)) {
        let mut of = |origin: &Origin| match origin {
            Origin::Written(spans) => spans.iter().copied().for_each(&mut *visit),
            Origin::Default(default) => default.at.into_iter().for_each(&mut *visit),
            Origin::Assumed(assumption) => assumption.at.into_iter().for_each(&mut *visit),
            Origin::Guessed(guess) => guess.at.iter().copied().for_each(&mut *visit),
        };
        match self {
            Fact::Known(sourced) => of(&sourced.origin),
            Fact::OneOf(branches) => branches.iter().for_each(|(_, sourced)| of(&sourced.origin)),
            Fact::Unbounded(why) | Fact::Unknown(why) => why.at.iter().copied().for_each(visit),
            Fact::Absent => {}
        }
    }

    /// The same fact, with its values changed.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Fact<U> {
        match self {
            Fact::Known(sourced) => Fact::Known(sourced.map(change)),
            Fact::OneOf(branches) => {
                Fact::OneOf(branches.into_iter().map(|(when, sourced)| (when, sourced.map(&mut change))).collect())
            }
            Fact::Unbounded(why) => Fact::Unbounded(why),
            Fact::Unknown(why) => Fact::Unknown(why),
            Fact::Absent => Fact::Absent,
        }
    }

    /// The same fact, with places where it could be written put behind those it has.
    #[must_use]
    pub fn with_slots(mut self, slots: impl IntoIterator<Item = Slot>) -> Self {
        match &mut self {
            Fact::Known(sourced) => sourced.slots.extend(slots),
            Fact::Unbounded(why) => why.slots.extend(slots),
            _ => {}
        }
        self
    }

    /// Where another value could be written, strongest first; nowhere, for what is not known or has branches.
    pub fn slots(&self) -> &[Slot] {
        match self {
            Fact::Known(sourced) => &sourced.slots,
            Fact::Unbounded(why) => &why.slots,
            _ => &[],
        }
    }

    /// The same fact, whose default holds unless something that nobody can see says otherwise.
    #[must_use]
    pub fn unless(mut self, what: &str) -> Self {
        if let Fact::Known(Sourced { origin: Origin::Default(default), .. }) = &mut self {
            default.unless = Some(what.into());
        }
        self
    }

    /// The same fact, as a guess.
    #[must_use]
    pub fn guessed(mut self, because: &str) -> Self {
        if let Fact::Known(Sourced { origin: origin @ Origin::Written(_), .. }) = &mut self {
            let at = match origin {
                Origin::Written(at) => std::mem::take(at),
                _ => Vec::new(),
            };
            *origin = Origin::Guessed(Guess { because: because.into(), at });
        }
        self
    }

    /// The same fact, with places that it came by put behind those it has.
    #[must_use]
    pub fn by_way_of(mut self, spans: impl IntoIterator<Item = Span> + Clone) -> Self {
        let extend = |origin: &mut Origin| {
            if let Origin::Written(chain) = origin {
                for span in spans.clone() {
                    if !chain.contains(&span) {
                        chain.push(span);
                    }
                }
            }
        };
        match &mut self {
            Fact::Known(sourced) => extend(&mut sourced.origin),
            Fact::OneOf(branches) => branches.iter_mut().for_each(|(_, sourced)| extend(&mut sourced.origin)),
            Fact::Unbounded(why) | Fact::Unknown(why) => why.at.extend(spans),
            Fact::Absent => {}
        }
        self
    }
}

impl<T> Sourced<T> {
    /// The same, with its value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), origin: self.origin, slots: self.slots }
    }
}

impl<T: Clone + Into<Value>> Fact<T> {
    /// The same fact over the one type that the language of the rules computes with.
    pub fn erase(&self) -> Fact<Value> {
        self.clone().map(Into::into)
    }
}

impl Origin {
    /// The variable that would change it, if it is a default that holds as long as an environment of which nothing is
    /// known does not set it.
    pub fn unless_set(&self) -> Option<&str> {
        match self {
            Origin::Assumed(assumption) => assumption.unless_set(),
            _ => None,
        }
    }

    /// The first place, if a file says it.
    pub fn span(&self) -> Option<Span> {
        match self {
            Origin::Written(spans) => spans.first().copied(),
            Origin::Default(default) => default.at,
            Origin::Assumed(assumption) => assumption.at,
            Origin::Guessed(guess) => guess.at.first().copied(),
        }
    }
}
