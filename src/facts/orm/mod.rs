//! What a Python file says to an object-relational mapper: its classes and functions, each as a flow of values.
//!
//! Here nothing is known of other files, so no name has a meaning yet: which class is a model, which value a queryset,
//! is for `link::orm`. What is known here is the syntax: which value a local variable holds, which loop runs what.

mod build;
mod callers;
mod draft;
mod expr;
pub mod flow;
mod guard;
mod keepers;
mod memo;
mod module;
mod place;
mod template;
mod template_branch;
mod template_expr;
mod thrown;
mod words;
pub mod write;

pub use callers::{
    Body, Callers, ENQUEUES, FINDERS, Manner, Mention, OF_CRON, QUEUED, SERVES, Word, calls, read_callers, word,
};
pub use draft::{Attribute, ClassDraft, FunctionDraft, Import, LoaderImport, OrmDraft, Parameter, Place};
pub use guard::PLAIN_KINDS;
pub use keepers::{asks_for_staff, is_of_staff};
pub use module::{read, wants};
pub use template::{is_template, names as template_names, read_template, tag_name};
