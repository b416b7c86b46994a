//! How much load a deployment takes: bounds, the curve against users, cliffs, and how sure that is.
//!
//! A request holds a worker slot; within it it uses CPU, and for a part of the time it holds a database connection. Every
//! resource gives one line, `X ≤ m / S`: how many there are over how long each request holds one. The smallest line is
//! the capacity, and that resource is the bottleneck. What rejects instead of letting wait is a cliff and never capacity.
//! What no file says is an input with a low, a likely and a high value, drawn many times by a seeded generator.
//!
//! The numbers are computed here without a file, a stack or a rule in sight; only `from_stack` knows the vocabulary.
//! Times are milliseconds, rates are requests per second, sizes are kilobytes, unless a name says otherwise.

mod architecture;
mod band;
mod beside;
mod bounds;
pub mod calibrate;
mod cliff;
mod convoy;
mod curve;
mod demand;
mod from_stack;
mod input;
mod load;
mod model;
mod network;
mod plan;
mod resource;
mod sizing;
mod storage;
mod study;
mod supplies;
mod workload;

pub use architecture::{Added, Offer, Part, Reach};
pub use band::{Band, Pcg};
pub use beside::{Asked, Beside, Held as HeldBeside};
pub use bounds::{Bound, Bounds};
pub use cliff::{Cliff, Fall};
pub use curve::{Curve, Layout};
pub use demand::{Cached, Demand, Held, Response, Seen, Work};
pub use from_stack::{besides, from_stacks, parts, supplies};
pub use input::{Input, InputId, Inputs, Read, Source, Unit, Values};
pub use load::{Load, UNEVEN};
pub use model::{App, Model, Slow};
pub use network::{Network, Station};
pub use plan::{Again, Change, Figure, Plan, Step, plan};
pub use resource::{Count, Hold, Kind, Resource, Term, WhenFull};
pub use sizing::{Goal, SAFE, Settled, Size, Sizing, settle};
pub use storage::{Storage, Stored};
pub use study::{Share, Study, Verdict};
pub use supplies::{Cost, Needed, Supplies, Supply};
pub use workload::{Typical, typical};
