//! Readers: from trees to facts.
//!
//! A module here turns the files of one kind into drafts. It knows the syntax and the program that reads such a file,
//! and has no opinion.

pub mod orm;
