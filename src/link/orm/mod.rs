//! What code asks of its object-relational mapper, over all files: which relations it reads row by row, which queries
//! and writes it makes in loops.
//!
//! The drafts of files are joined into a graph of models; then each function is evaluated once, with types for values
//! (`eval`), and followed into the functions that it passes rows to. Nothing here is an opinion: a loop that queries per
//! row is told, and a rule judges it.

mod builtins;
mod columns;
mod context;
mod django;
mod django_models;
mod drf;
mod eval;
mod event_loop;
mod events;
mod feeds;
mod graphql;
mod listings;
mod models;
mod names;
mod narrow;
mod reach;
mod report;
mod routes;
mod schemas;
mod serializers;
mod signals;
mod sqlalchemy;
mod sqlalchemy_models;
mod templates;
mod types;
mod views;

pub use event_loop::LoopFacts;

use crate::facts::orm::{Callers, OrmDraft};
use crate::stack::Stack;
use crate::stack::vocabulary::{LazyLoad, Listing, QueryInLoop, WriteInLoop};

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct OrmFacts {
    /// Relations that are loaded row by row, in the order of files.
    pub lazy_loads: Vec<LazyLoad>,
    /// Queries that run for each row of a loop.
    pub queries_in_loops: Vec<QueryInLoop>,
    /// Writes that run for each row of a loop.
    pub writes_in_loops: Vec<WriteInLoop>,
    /// Endpoints that answer with a list.
    pub listings: Vec<Listing>,
    /// What holds event loops up.
    pub event_loop: LoopFacts,
}

impl OrmFacts {
    /// Puts them into a stack.
    pub fn put(self, stack: &mut Stack) {
        stack.lazy_loads.extend(self.lazy_loads);
        stack.queries_in_loops.extend(self.queries_in_loops);
        stack.writes_in_loops.extend(self.writes_in_loops);
        stack.listings.extend(self.listings);
        self.event_loop.put(stack);
    }
}

/// Joins the drafts of all files, which are given in the order of their paths; `plain` are the files that have none.
pub fn join<'a>(drafts: impl IntoIterator<Item = &'a OrmDraft>, plain: &[&'a Callers]) -> OrmFacts {
    let names = names::Names::new(drafts.into_iter().collect());
    let models = models::Models::new(&names);
    let serial = serializers::flow();
    let mut eval = eval::Eval::new(&names, &models, &serial);
    for (draft, it) in names.drafts.iter().enumerate() {
        for at in 0..it.functions.len() {
            eval.root(names::FunctionId { draft: draft as u32, at: at as u32 });
        }
    }
    templates::views(&mut eval);
    schemas::answers(&mut eval);
    columns::admin(&mut eval);
    columns::tables(&mut eval);
    feeds::feeds(&mut eval);
    graphql::resolvers(&mut eval);
    let listings = listings::listings(&mut eval);
    let mut events = std::mem::take(&mut eval.events);
    // What is known is told before what is guessed, and in its place.
    events.retain(|event| event.guess.is_none() || !eval.settled.contains(&event.deep));
    events.sort_by_key(|event| event.guess.is_some());
    let reached = reach::Reaching::new(&names, plain);
    let event_loop = event_loop::facts(&names, &models, &reached);
    OrmFacts { listings, event_loop, ..report::facts(&names, &models, events, &reached) }
}

#[cfg(test)]
mod tests;
