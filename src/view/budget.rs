//! The connection budget: what may be opened to each database, term by term, against what it accepts.

use schemars::JsonSchema;
use serde::Serialize;

use super::mask::clean;
use super::{Place, facts};
use crate::rule::expr::{Unit, print};
use crate::source::Sources;
use crate::stack::vocabulary::{Client, Database, Id};
use crate::stack::{EntityId, Fact, Field, Interval, Kind, Numbers, Stack, Value};

/// The connections of one database.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Budget {
    /// The deployment.
    pub stack: String,
    /// The database.
    pub database: String,
    /// Where it stands, if a file says it.
    pub place: Option<Place>,
    /// Each way in which connections are opened.
    pub terms: Vec<Term>,
    /// What they come to: `296`, `at least 6,400`.
    pub total: String,
    /// What the database accepts in all.
    pub accepts: Factor,
    /// What it keeps for superusers.
    pub reserved: Factor,
    /// What is left of it for applications.
    pub room: String,
    /// Whether it is known to be too little: `yes`, `no`, `unknown`.
    pub exceeded: String,
    /// The total, for drawings.
    #[serde(skip)]
    pub most: Bounds,
    /// The room, for drawings.
    #[serde(skip)]
    pub limit: Bounds,
}

/// The least and the most that a number can be; infinite where nothing bounds it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// The least.
    pub low: f64,
    /// The most.
    pub high: f64,
}

impl Bounds {
    fn of(numbers: &Numbers) -> Self {
        Self { low: numbers.low(), high: numbers.high() }
    }
}

/// One way in which connections are opened.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Term {
    /// Who opens them: `web`, `pgbouncer`.
    pub name: String,
    /// Where it stands, if a file says it.
    pub place: Option<Place>,
    /// What is multiplied.
    pub factors: Vec<Factor>,
    /// What it comes to.
    pub total: String,
    /// The same, for drawings.
    #[serde(skip)]
    pub most: Bounds,
}

/// A number of a term.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Factor {
    /// The bare number: `4`, or `?` when it is unknown.
    pub value: String,
    /// In a report's words: `4 worker processes`.
    pub text: String,
    /// What it rests on when no file says it: a default, an assumption, why it is unknown.
    pub because: Option<String>,
    /// Where it is written.
    pub places: Vec<Place>,
}

/// The budgets of a stack's databases that somebody connects to.
pub(super) fn of(sources: &Sources, stack: &Stack) -> Vec<Budget> {
    let reader = Reader { sources, stack };
    let ids = stack.all(Kind::Database);
    let budget = |(id, database): (EntityId, &Database)| reader.budget(id, database);
    ids.zip(&stack.databases).filter_map(budget).collect()
}

struct Reader<'a> {
    sources: &'a Sources,
    stack: &'a Stack,
}

impl Reader<'_> {
    fn budget(&self, id: EntityId, database: &Database) -> Option<Budget> {
        let mut sum = Numbers::point(0.0);
        let mut terms = Vec::new();
        let mut put = |(term, numbers): (Term, Numbers)| {
            sum = sum.combine(&numbers, |a, b| a + b);
            terms.push(term);
        };
        database.clients.iter().for_each(|client| put(self.client(*client)));
        if terms.is_empty() {
            return None;
        }
        let accepts = numbers(&database.max_connections);
        let room = accepts.combine(&numbers(&database.reserved_connections), |a, b| (a - b).max(0.0));
        let exceeded = match room.less(&sum) {
            crate::stack::Truth::Yes => "yes",
            crate::stack::Truth::No => "no",
            crate::stack::Truth::Maybe => "unknown",
        };
        Some(Budget {
            stack: clean(&self.stack.name).into_owned(),
            database: clean(&database.about.name).into_owned(),
            place: database.about.span.map(|span| Place::of(self.sources, span)),
            terms,
            total: shown(&sum),
            accepts: self.factor(id, "max_connections"),
            reserved: self.factor(id, "reserved_connections"),
            room: shown(&room),
            exceeded: exceeded.to_owned(),
            most: Bounds::of(&sum),
            limit: Bounds::of(&room),
        })
    }

    fn client(&self, id: Id<Client>) -> (Term, Numbers) {
        let client = &self.stack[id];
        let factors = [&client.replicas, &client.processes, &client.connections];
        let names = ["replicas", "processes", "connections"];
        self.term(id.into(), &factors, &names)
    }

    fn term(&self, id: EntityId, facts: &[&Fact<u64>], names: &[&str]) -> (Term, Numbers) {
        let product = facts.iter().fold(Numbers::point(1.0), |product, fact| {
            // A field that means nothing here does not multiply.
            if fact.is_absent() { product } else { product.combine(&numbers(fact), |a, b| a * b) }
        });
        let about = self.stack.about(id);
        let owner = about.owner.as_deref().filter(|owner| !about.name.contains(owner));
        let name = owner.map_or_else(|| about.name.to_string(), |owner| format!("{owner}: {}", about.name));
        let factors = names.iter().map(|name| self.factor(id, name)).filter(|it| !it.value.is_empty());
        let term = Term {
            name: clean(&name).into_owned(),
            place: about.span.map(|span| Place::of(self.sources, span)),
            factors: factors.collect(),
            total: shown(&product),
            most: Bounds::of(&product),
        };
        (term, product)
    }

    /// A field as a factor; with an empty value when it means nothing here.
    fn factor(&self, id: EntityId, name: &str) -> Factor {
        let fields = id.kind.info().fields;
        let Some(at) = fields.iter().position(|field| field.name == name) else { return Factor::default() };
        let value = self.stack.field(id, at);
        let Field::Fact(fact) = &value else { return Factor::default() };
        let numbers = numbers(fact);
        let states = facts::states(self.sources, self.stack, &fields[at], value.clone());
        let Some(first) = states.first() else { return Factor::default() };
        let open = first.value.is_none();
        Factor {
            value: if open && first.origin == "unknown" { "?".to_owned() } else { shown(&numbers) },
            text: states.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(" or "),
            because: first.because.clone(),
            places: states.into_iter().flat_map(|it| it.places).collect(),
        }
    }
}

/// The numbers that a fact may be.
fn numbers<T: Clone + Into<Value>>(fact: &Fact<T>) -> Numbers {
    let point = |value: &T| match value.clone().into() {
        Value::Number(number) => Interval::point(number),
        _ => Interval { low: 0.0, high: f64::INFINITY },
    };
    match fact {
        Fact::Known(sourced) => Numbers::new([point(&sourced.value)]),
        Fact::OneOf(branches) => Numbers::new(branches.iter().map(|(_, sourced)| point(&sourced.value))),
        Fact::Unbounded(_) => Numbers::unbounded(),
        Fact::Unknown(_) => Numbers::any(),
        Fact::Absent => Numbers::point(0.0),
    }
}

fn shown(numbers: &Numbers) -> String {
    print::set(&crate::stack::Set::Numbers(numbers.clone()), Unit::Plain)
}
