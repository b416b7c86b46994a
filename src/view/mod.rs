//! What the printers print.
pub mod diff;
pub mod mask;
mod patch;
mod place;
pub use patch::{Applied, Change, Patch};
pub use place::{Place, Snippet};
