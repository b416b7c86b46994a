//! plimsoll audits the capacity of web backends without running them.
pub mod config;
pub mod facts;
pub mod link;
pub mod report;
pub mod rule;
pub mod source;
pub mod stack;
pub mod syntax;
pub mod view;
