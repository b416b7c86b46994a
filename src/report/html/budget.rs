//! The connections of a database: each factor with the places that say it.

use serde::Serialize;

use super::{PlaceRow, flow, place_row};
use crate::report::words;
use crate::view::{Budget, Factor, View};

#[derive(Serialize)]
pub(super) struct Rows {
    stack: String,
    database: String,
    r#where: String,
    sentence: String,
    exceeded: String,
    /// Markup.
    drawing: String,
    terms: Vec<TermRow>,
    total: String,
    room: String,
    accepts: FactorRow,
    reserved: FactorRow,
}

#[derive(Serialize)]
struct TermRow {
    name: String,
    factors: Vec<FactorRow>,
    total: String,
}

#[derive(Serialize)]
struct FactorRow {
    text: String,
    because: Option<String>,
    places: Vec<PlaceRow>,
}

/// The rows of one budget; `at` tells it from others.
pub(super) fn rows(view: &View, it: &Budget, at: usize) -> Rows {
    let term = |term: &crate::view::Term| TermRow {
        name: term.name.clone(),
        factors: term.factors.iter().map(|it| factor(view, it)).collect(),
        total: term.total.clone(),
    };
    Rows {
        stack: it.stack.clone(),
        database: it.database.clone(),
        r#where: it.place.as_ref().map(|place| words::place(view, place)).unwrap_or_default(),
        sentence: words::budget(it, str::to_owned),
        exceeded: it.exceeded.clone(),
        drawing: flow::draw(it, &format!("budget-{at}")),
        terms: it.terms.iter().map(term).collect(),
        total: it.total.clone(),
        room: it.room.clone(),
        accepts: factor(view, &it.accepts),
        reserved: factor(view, &it.reserved),
    }
}

fn factor(view: &View, it: &Factor) -> FactorRow {
    FactorRow {
        text: if it.value == "?" { "?".to_owned() } else { it.text.clone() },
        because: it.because.clone(),
        places: it.places.iter().map(|place| place_row(view, place)).collect(),
    }
}
