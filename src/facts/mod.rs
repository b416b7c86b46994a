//! Readers: text turned into what it says, file by file, with no opinion.

pub mod compose;
pub mod env;
