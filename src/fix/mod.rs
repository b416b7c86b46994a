//! From a finding to a change that settles it: proposed through the places that readers left, proven on copies, applied
//! in rounds.
//!
//! Nothing here knows a syntax, and nothing here writes to the disk.

mod compare;
mod converge;
mod propose;
mod prove;
mod trial;

pub use converge::{Converged, Used, converge};
pub use propose::propose;
pub use prove::prove;
pub use trial::{Again, Audited};
