//! Printers: rows in, bytes out.
//!
//! Each module lays a [`View`](crate::view::View) out in one format. Nothing here computes, reads a file or knows the
//! stack; what a printer needs and the view lacks belongs into the view.

mod changes;
pub mod concise;
pub mod facts;
pub mod github;
pub mod graph;
pub mod html;
pub mod json;
pub mod load;
pub mod markdown;
mod parts;
pub mod rules;
pub mod sarif;
mod sizing;
mod snippet;
mod storage;
pub mod terminal;
mod text;
mod words;

pub use text::Style;
