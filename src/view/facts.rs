//! The stack as the tool believes it: every entity, every field, and where each value comes from.

use schemars::JsonSchema;
use serde::Serialize;

use super::Place;
use super::mask::clean;
use crate::rule::expr::{Unit, field_unit, print};
use crate::source::{Sources, Span};
use crate::stack::vocabulary::{FieldInfo, FieldType, KINDS};
use crate::stack::{EntityId, Fact, Field as Value, Origin, Sourced, Stack, Value as Erased};

/// One deployment.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Tree {
    /// What it is called.
    pub name: String,
    /// What it is for and how that is known, as the rest of a sentence that starts with its name; may be empty.
    pub because: String,
    /// What is in it, by kind, in the vocabulary's order.
    pub entities: Vec<Entity>,
    /// What each service answers, for people: `web answers 9 endpoints: 6 read, 3 change something`.
    #[serde(skip)]
    pub endpoints: Vec<String>,
}

/// Something of the stack.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Entity {
    /// Its kind: `service`.
    pub kind: String,
    /// What reports call it.
    pub name: String,
    /// What it is keyed by.
    pub anchor: String,
    /// The service it belongs to, if it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Where it stands, if a file says it.
    pub place: Option<Place>,
    /// Its fields that mean something here.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Field {
    /// Its name in expressions.
    pub name: String,
    /// What is known of it: one state, or one for each branch that the files leave open.
    pub states: Vec<State>,
}

/// What is known of a field.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct State {
    /// In a report's words: `4 worker processes`.
    pub text: String,
    /// The value alone, for people: `4`, `2 GiB`, `unknown`.
    #[serde(skip)]
    pub shown: String,
    /// The bare value, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    /// Where it comes from: `written`, `default`, `assumed`, `unknown`, `unbounded`, or `relation`.
    pub origin: String,
    /// Whose default it is, which key assumes it, or why it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The branch's condition, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The chain of places: the one that decides first, then those it came by.
    pub places: Vec<Place>,
}

impl Tree {
    pub(super) fn of(sources: &Sources, stack: &Stack) -> Self {
        let entity = |id: EntityId| {
            let (about, info) = (stack.about(id), id.kind.info());
            let field = |(at, info): (usize, &FieldInfo)| {
                let states = states(sources, stack, info, stack.field(id, at));
                (!states.is_empty()).then(|| Field { name: info.name.to_owned(), states })
            };
            Entity {
                kind: info.name.to_owned(),
                name: clean(&about.name).into_owned(),
                owner: about.owner.as_ref().map(|it| clean(it).into_owned()),
                anchor: clean(&about.anchor.to_string()).into_owned(),
                place: about.span.map(|span| Place::of(sources, span)),
                fields: info.fields.iter().enumerate().filter_map(field).collect(),
            }
        };
        let entities = KINDS.iter().flat_map(|kind| stack.all(kind.kind)).map(entity);
        let because = clean(&stack.because.reason).into_owned();
        let endpoints = counted(stack);
        Self { name: clean(&stack.name).into_owned(), because, entities: entities.collect(), endpoints }
    }
}

/// How many endpoints each service answers, in the order of services.
fn counted(stack: &Stack) -> Vec<String> {
    let mut owners: Vec<&str> = stack.endpoints.iter().filter_map(|it| it.about.owner.as_deref()).collect();
    owners.dedup();
    let count = |owner: &str| {
        let mut all: Vec<(&str, Option<bool>)> = Vec::new();
        for endpoint in stack.endpoints.iter().filter(|it| it.about.owner.as_deref() == Some(owner)) {
            if !all.iter().any(|(name, _)| *name == &*endpoint.about.name) {
                all.push((&endpoint.about.name, endpoint.writes.known().copied()));
            }
        }
        let of = |kind: Option<bool>| all.iter().filter(|(_, writes)| *writes == kind).count();
        let (reads, writes, open) = (of(Some(false)), of(Some(true)), of(None));
        let open = if open == 0 { String::new() } else { format!(", {open} of which the method is not known") };
        let owner = clean(owner);
        format!("{owner} answers {} endpoints: {reads} read, {writes} change something{open}", all.len())
    };
    let mut lines: Vec<String> = owners.into_iter().map(count).collect();
    lines.dedup();
    lines
}

pub(super) fn states(sources: &Sources, stack: &Stack, info: &FieldInfo, value: Value) -> Vec<State> {
    match value {
        Value::One(None) => Vec::new(),
        Value::One(Some(id)) => vec![relation(stack, id)],
        Value::Many(ids) => ids.into_iter().map(|id| relation(stack, id)).collect(),
        Value::Fact(fact) => of_fact(sources, info, &fact),
    }
}

fn relation(stack: &Stack, id: EntityId) -> State {
    let (kind, name) = (id.kind.info().name, clean(&stack.about(id).name));
    // Names in nginx say what they are: `location /api/`.
    let named = name.strip_prefix(kind).is_some_and(|rest| rest.starts_with(' '));
    let text = if named { name.into_owned() } else { format!("{kind} {name}") };
    State {
        shown: text.clone(),
        text,
        value: None,
        origin: "relation".into(),
        because: None,
        when: None,
        places: Vec::new(),
    }
}

fn of_fact(sources: &Sources, info: &FieldInfo, fact: &Fact<Erased>) -> Vec<State> {
    let open = |origin: &str, why: &crate::stack::Why| State {
        text: origin.to_owned(),
        shown: origin.to_owned(),
        value: None,
        origin: origin.to_owned(),
        because: Some(clean(&why.reason).into_owned()),
        when: None,
        places: places(sources, &why.at),
    };
    match fact {
        Fact::Absent => Vec::new(),
        Fact::Unknown(why) => vec![open("unknown", why)],
        Fact::Unbounded(why) => vec![open("unbounded", why)],
        Fact::Known(sourced) => vec![of_sourced(sources, info, sourced)],
        Fact::OneOf(branches) => branches
            .iter()
            .map(|(condition, sourced)| State {
                when: Some(clean(&condition.text).into_owned()),
                ..of_sourced(sources, info, sourced)
            })
            .collect(),
    }
}

fn of_sourced(sources: &Sources, info: &FieldInfo, sourced: &Sourced<Erased>) -> State {
    let (origin, because, spans) = match &sourced.origin {
        Origin::Written(spans) => ("written", None, spans.clone()),
        Origin::Default(it) => {
            let unless = it.unless.as_ref().map_or_else(String::new, |it| format!(", unless {it}"));
            let because = format!("{}'s default of `{}`{unless}", it.program, it.setting);
            ("default", Some(because), it.at.into_iter().collect())
        }
        Origin::Assumed(it) => ("assumed", Some(format!("`{}`", it.key)), it.at.into_iter().collect()),
        Origin::Guessed(it) => ("guessed", Some(clean(&it.because).into_owned()), it.at.clone()),
    };
    debug_assert!(matches!(info.ty, FieldType::Fact(_)));
    State {
        text: clean(&print::in_words(info.words, &sourced.value, field_unit(info))).into_owned(),
        shown: shown(&sourced.value, field_unit(info)),
        value: Some(json(&sourced.value)),
        origin: origin.to_owned(),
        because,
        when: None,
        places: places(sources, &spans),
    }
}

fn places(sources: &Sources, spans: &[Span]) -> Vec<Place> {
    spans.iter().map(|span| Place::of(sources, *span)).collect()
}

/// A value alone. A number that is no size is as a file would have it, for it may be a port.
fn shown(value: &Erased, unit: Unit) -> String {
    match (value, unit) {
        (Erased::Number(it), Unit::Plain | Unit::Seconds) if it.is_finite() => it.to_string(),
        _ => clean(&print::value(value, unit)).into_owned(),
    }
}

fn json(value: &Erased) -> serde_json::Value {
    match value {
        // Counts are whole: 4, not 4.0.
        Erased::Number(it) if it.fract() == 0.0 && it.abs() < 9e15 => (*it as i64).into(),
        Erased::Number(it) => (*it).into(),
        Erased::Bool(it) => (*it).into(),
        Erased::Text(it) => clean(it).into(),
        Erased::Word(it) => (*it).into(),
        Erased::Version(it) => clean(&it.written).into(),
    }
}
