//! Files as they are on disk, places in them, and changes to them.
//!
//! Here lives everything that knows of bytes and nothing that knows what they mean: a file and its
//! lines, spans, edits, and the walk, which is the only reader of the disk.

mod edit;
mod file;
mod names;
mod sought;
mod walk;
mod write;

pub use edit::{Applicability, Edit, EditError, Fix, apply};
pub use file::{FileId, Position, SourceFile, Sources, Span};
pub use names::may_matter;
pub use sought::Sought;
pub use walk::{Skipped, Walk, WalkError, WalkOptions, read_text, rule_pages, walk};
pub use write::{WriteError, replace_file, write_output};
