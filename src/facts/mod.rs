//! What each file says by itself, before files are joined.
//!
//! A reader here takes a tree and makes a draft of it: facts and names, each with its place, and no opinion.

pub mod compose;
pub mod env;
pub mod nginx;
pub mod orm;
pub mod requirements;
