//! The vocabulary: what plimsoll can know of a deployed stack, and how it knows it.
//!
//! Here live the shapes only: facts with their origins, values as sets, the entities of the stack and
//! their fields. Nothing here reads a file, and nothing here has an opinion.

pub mod defaults;
mod fact;
mod set;
mod table;
mod value;
pub mod vocabulary;

pub use fact::{Assumption, Condition, Default, Fact, Guess, Origin, Slot, Sourced, Why, Writer};
pub use set::{Interval, Numbers, Truth};
pub use table::{Column, ColumnKind, Index, Table, TextKind};
pub use value::{Set, Type, Value, Version};
pub use vocabulary::*;
