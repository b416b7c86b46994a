//! What holds an event loop up, and what shares what must not be shared in it: calls that wait in an `async def`, sessions
//! of SQLAlchemy's, clients of HTTP.
//!
//! Values are known by the way to what made them (`value`, `code`); `roles` knows who runs a function (`named` what settings
//! say of that), `own` which coroutines have a loop to themselves, `walk` what a function waits for, by itself and by what it
//! calls. Each other file here tells one kind of fact. What is not certain is not told: a name that may mean another
//! function is not followed.

mod blocking;
mod chosen;
mod clients;
mod code;
mod gather;
mod held;
mod implicit;
mod known;
mod named;
mod own;
mod remote;
mod roles;
mod session;
mod shared;
mod told;
mod value;
mod walk;

pub(super) use code::Code;
pub(super) use remote::Remote;

use super::reach::Reaching;
use crate::stack::Stack;
use crate::stack::vocabulary::{
    BlockingCall, HeldSession, HttpCall, HttpClient, ImplicitIo, SharedSession, SyncSession, UnboundedGather,
};

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct LoopFacts {
    /// Calls that wait in an `async def`.
    pub blocking_calls: Vec<BlockingCall>,
    /// Sessions that wait, used in an `async def`.
    pub sync_sessions: Vec<SyncSession>,
    /// Sessions that several tasks use at once.
    pub shared_sessions: Vec<SharedSession>,
    /// Attributes that an `AsyncSession` would have to load when they are read.
    pub implicit_ios: Vec<ImplicitIo>,
    /// Connections that are held while something slow is awaited.
    pub held_sessions: Vec<HeldSession>,
    /// Tasks for each of any number of things.
    pub unbounded_gathers: Vec<UnboundedGather>,
    /// Clients of HTTP that are made for each request.
    pub http_clients: Vec<HttpClient>,
    /// Requests to other servers that set no end to their waiting.
    pub http_calls: Vec<HttpCall>,
}

impl LoopFacts {
    /// Puts them into a stack.
    pub fn put(self, stack: &mut Stack) {
        stack.blocking_calls.extend(self.blocking_calls);
        stack.sync_sessions.extend(self.sync_sessions);
        stack.shared_sessions.extend(self.shared_sessions);
        stack.implicit_ios.extend(self.implicit_ios);
        stack.held_sessions.extend(self.held_sessions);
        stack.unbounded_gathers.extend(self.unbounded_gathers);
        stack.http_clients.extend(self.http_clients);
        stack.http_calls.extend(self.http_calls);
    }
}

/// What the code of all files says.
pub(super) fn facts(code: &Code<'_>, reached: &Reaching<'_>) -> LoopFacts {
    let roles = roles::Roles::read(code, reached);
    let walk = walk::Walk::new(known::wait);
    let mut told = told::Told::new(code, &roles);
    let mut out = LoopFacts::default();
    blocking::facts(&mut told, &walk, &mut out);
    session::facts(&mut told, &walk, &mut out);
    shared::facts(&mut told, &mut out);
    implicit::facts(&mut told, &mut out);
    held::facts(&mut told, &mut out);
    gather::facts(&mut told, &mut out);
    clients::facts(&mut told, &mut out);
    out
}
