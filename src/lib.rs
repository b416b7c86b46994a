//! plimsoll audits the capacity of web backends without running them.
//!
//! It walks a repository, reads what its files say of the deployed stack, joins that into one model, and judges the
//! model by rules. Nothing is started and nothing is asked over the network.
//!
//! The modules are layers, each importing only from those before it:
//! [`source`] (files, spans, edits) < `syntax` (text to trees) < [`config`] (what the user says) < [`stack`] (the
//! vocabulary of facts) < [`facts`] (what one file says) < [`link`] (files joined into stacks) < [`rule`] (judgements) <
//! [`fix`] (proven changes) < [`capacity`] (how much load it takes) < [`view`] (plain rows) < [`report`] (bytes) < this file < `cli`.

pub mod capacity;
pub mod config;
pub mod facts;
pub mod fix;
pub mod link;
pub mod report;
pub mod rule;
pub mod source;
pub mod stack;
pub mod syntax;
pub mod view;

mod audit;

pub use audit::{
    AuditError, Options, Sized, Wanted, audit, audit_and_plan, audit_and_settle, audit_and_size, audit_sources,
    audit_texts, audit_wanted, settle,
};
