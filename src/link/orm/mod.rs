//! What code asks of its object-relational mapper, over all files: which relations it reads row by row, which queries
//! and writes it makes in loops.
//!
//! The drafts of files are joined into a graph of models; then each function is evaluated once, with types for values
//! (`eval`), and followed into the functions that it passes rows to. Nothing here is an opinion: a loop that queries per
//! row is told, and a rule judges it.

mod actions;
mod anchors;
mod asked;
mod assumed;
mod builtins;
mod by_hand;
mod choices;
mod columns;
mod context;
mod default_manager;
mod django;
mod django_models;
mod drf;
mod eval;
mod event_loop;
mod events;
mod exports;
mod feeds;
mod few;
mod foreign_keys;
mod forms;
mod graphql;
mod grown;
mod history;
mod in_python;
mod indexes;
mod inherited;
mod joined;
mod key_asked;
mod keys;
mod kinds;
mod listings;
mod lists;
mod lookups;
mod marshalled;
mod marshmallow;
mod models;
mod names;
mod narrow;
mod packages;
mod pages;
mod processors;
mod rarely;
mod reach;
mod receivers;
mod registered;
mod report;
mod routes;
mod scheduled;
mod schemas;
mod searched;
mod serializers;
mod settings;
mod signals;
mod spelled;
mod sqlalchemy;
mod sqlalchemy_models;
mod stores;
mod strangers;
mod tables;
mod templates;
mod types;
mod uses;
mod validated;
mod views;
mod writes;

pub use assumed::assume;
pub use event_loop::LoopFacts;
pub use scheduled::mark as mark_scheduled;
pub use tables::tables;
pub use uses::settle;

use crate::facts::orm::{Callers, OrmDraft, Place};
use crate::source::Span;
use crate::stack::Stack;
use crate::stack::vocabulary::{AdminChoice, ForeignKey, LazyLoad, Listing, QueryInLoop, QuerysetUse, WriteInLoop};

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct OrmFacts {
    /// Relations that are loaded row by row, in the order of files.
    pub lazy_loads: Vec<LazyLoad>,
    /// Queries that run for each row of a loop.
    pub queries_in_loops: Vec<QueryInLoop>,
    /// Writes that run for each row of a loop.
    pub writes_in_loops: Vec<WriteInLoop>,
    /// What querysets are asked that is worth a look.
    pub queryset_uses: Vec<QuerysetUse>,
    /// Columns of SQLAlchemy's models that refer to other tables.
    pub foreign_keys: Vec<ForeignKey>,
    /// What Django's admin offers for choice.
    pub admin_choices: Vec<AdminChoice>,
    /// Endpoints that answer with a list.
    pub listings: Vec<Listing>,
    /// What holds event loops up.
    pub event_loop: LoopFacts,
    /// Code that calls too much to be followed to its end: its place, and its name.
    pub cut: Vec<(Span, Box<str>)>,
}

impl OrmFacts {
    /// Puts them into a stack.
    pub fn put(self, stack: &mut Stack) {
        stack.lazy_loads.extend(self.lazy_loads);
        stack.queries_in_loops.extend(self.queries_in_loops);
        stack.writes_in_loops.extend(self.writes_in_loops);
        stack.queryset_uses.extend(self.queryset_uses);
        stack.foreign_keys.extend(self.foreign_keys);
        stack.admin_choices.extend(self.admin_choices);
        stack.listings.extend(self.listings);
        self.event_loop.put(stack);
    }
}

/// Joins the drafts of all files, which are given in the order of their paths; `plain` are the files that have none.
pub fn join<'a>(drafts: impl IntoIterator<Item = &'a OrmDraft>, plain: &[&'a Callers]) -> OrmFacts {
    let own: Vec<&OrmDraft> = drafts.into_iter().collect();
    let packages = packages::imported(&own);
    let names = names::Names::new(own.into_iter().chain(packages).collect());
    let models = models::Models::new(&names);
    let serial = serializers::flow();
    let mut eval = eval::Eval::new(&names, &models, &serial);
    let is_template = |draft: &OrmDraft| draft.place == Place::Template;
    eval.processed = processors::read(&mut eval);
    for (draft, it) in names.drafts.iter().enumerate().filter(|(_, it)| it.place.is_code()) {
        for at in 0..it.functions.len() {
            eval.root(names::FunctionId { draft: draft as u32, at: at as u32 });
        }
    }
    inherited::methods(&mut eval);
    eval.run_queued();
    pages::views(&mut eval);
    schemas::answers(&mut eval);
    columns::admin(&mut eval);
    columns::tables(&mut eval);
    feeds::feeds(&mut eval);
    forms::forms(&mut eval);
    validated::nested(&mut eval);
    graphql::resolvers(&mut eval);
    let listings = listings::listings(&mut eval);
    let admin_choices = choices::facts(&mut eval);
    // What a template does with a context that nobody gives it is guessed.
    for (draft, it) in names.drafts.iter().enumerate().filter(|(_, it)| is_template(it)) {
        let each = (0..it.functions.len()).map(|at| names::FunctionId { draft: draft as u32, at: at as u32 });
        for id in each {
            if !eval.filled.contains(&id) {
                eval.root(id);
            }
        }
    }
    let mut events = std::mem::take(&mut eval.events);
    // What is known is told before what is guessed, and in its place.
    let of_strangers = |event: &events::Event| event.guess.as_ref().is_some_and(events::Guess::is_of_strangers);
    events.retain(|event| !of_strangers(event) || !eval.settled.contains(&event.deep));
    events.sort_by_key(|event| event.guess.is_some());
    joined::by_default(&mut eval);
    let reached = reach::Reaching::new(&names, plain);
    let code = event_loop::Code::new(&names, &models);
    let event_loop = event_loop::facts(&code, &reached);
    let remote = event_loop::Remote::new(&code, plain);
    let foreign_keys = foreign_keys::facts(&names, &models, &eval.deleted, &reached);
    let mut uses = std::mem::take(&mut eval.uses);
    grown::mark(&mut eval, &mut uses, &reached);
    by_hand::mark(&mut eval, &mut events, &mut uses, &reached);
    let cut = eval.cut_short();
    OrmFacts {
        listings,
        admin_choices,
        foreign_keys,
        event_loop,
        cut,
        ..report::facts(&names, &models, events, uses, &eval.served, &reached, &remote)
    }
}

#[cfg(test)]
mod tests;
