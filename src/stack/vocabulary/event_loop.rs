//! What holds an event loop up: calls that wait in an `async def`, sessions that are shared or held, clients and requests
//! that are made for each call.

use super::{About, Implicit, Reach, Role, WaitKind};
use crate::stack::fact::Fact;

entity! {
    /// A call that waits in an `async def`, and with it everything else in its event loop.
    BlockingCall {
        /// The call: `requests.get(...)`.
        call: Fact<Box<str>> = "`{}` holds the event loop up";
        /// Another of the same function that waits for the like, the first of them; absent when there is none.
        also: Fact<Box<str>> = "`{}` does so, too";
        /// What it waits for.
        kind: Fact<WaitKind> = "waits for: {}";
        /// The `async def` that it runs in.
        handler: Fact<Box<str>> = "in `async def {}`";
        /// What that is to the framework.
        role: Fact<Role> = "a {}";
        /// The plain functions by way of which it is called; absent when the `async def` calls it itself.
        through: Fact<Box<str>> = "called by way of `{}`";
        /// How many they are.
        hops: Fact<u64> = "{} functions on the way";
        /// Whether requests or messages are known to come to it.
        served: Fact<bool> = "requests come to it|nothing is seen that serves it";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
        /// Whether it stands in a branch of the `async def`, so that some calls do not come to it.
        seldom: Fact<bool> = "some calls do not come to it|each call comes to it";
        /// Whether the call sets an end to its waiting; absent where that is not its own.
        has_timeout: Fact<bool> = "has a timeout|has no timeout";
        /// How many other `async def`s come to the same call.
        others: Fact<u64> = "{} more `async def`s come to it";
        /// What waits without holding up the loop.
        remedy: Fact<Box<str>> = "{} does not hold it up";
    }
}

entity! {
    /// A session or a connection of SQLAlchemy's that waits, used in an `async def`.
    SyncSession {
        /// The `async def`.
        handler: Fact<Box<str>> = "in `async def {}`";
        /// What it is to the framework.
        role: Fact<Role> = "a {}";
        /// The first call that asks the database.
        call: Fact<Box<str>> = "`{}` waits for the database, and the event loop with it";
        /// The plain functions by way of which it is called; absent when the `async def` calls it itself.
        through: Fact<Box<str>> = "called by way of `{}`";
        /// How many calls ask.
        calls: Fact<u64> = "{} calls ask the database";
        /// Whether other requests run while it holds a connection: a dependency gives the session back behind the answer, or
        /// something is awaited meanwhile.
        held: Fact<bool> = "other requests run while it holds a connection|no other request runs while it holds a connection";
        /// Whether an object keeps the session from call to call, so that none is taken for each request.
        kept: Fact<bool> = "an object keeps the session|the session is taken for this";
        /// Whether it awaits nothing at all.
        awaits: Fact<bool> = "awaits something|awaits nothing";
        /// Whether requests are known to come to it.
        served: Fact<bool> = "requests come to it|nothing is seen that serves it";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
    }
}

entity! {
    /// An `AsyncSession` that several tasks use at once.
    SharedSession {
        /// The `async def` that starts the tasks.
        handler: Fact<Box<str>> = "in `async def {}`";
        /// What starts them: `asyncio.gather(...)`.
        call: Fact<Box<str>> = "`{}` runs them at once";
        /// What uses the session in each: `load(session, ...)`.
        uses: Fact<Box<str>> = "`{}` uses the session";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
    }
}

entity! {
    /// An attribute of a row, read where an `AsyncSession` would have to ask the database for it.
    ImplicitIo {
        /// The attribute: `book.title`.
        read: Fact<Box<str>> = "`{}` is read here";
        /// Why it is not there.
        cause: Fact<Implicit> = "because: {}";
        /// The commit behind which the row has expired, or what loaded it without the relation.
        since: Fact<Box<str>> = "`{}`";
        /// The `async def` that reads it.
        handler: Fact<Box<str>> = "in `async def {}`";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
    }
}

entity! {
    /// A connection that a session holds while something slow is awaited.
    HeldSession {
        /// The call that takes the connection.
        query: Fact<Box<str>> = "`{}` takes a connection";
        /// What is awaited with it: `client.get(...)`.
        wait: Fact<Box<str>> = "`{}` is awaited with it";
        /// What that waits for.
        kind: Fact<WaitKind> = "waits for: {}";
        /// The `async def`.
        handler: Fact<Box<str>> = "in `async def {}`";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
    }
}

entity! {
    /// A task for each of any number of things, all at once.
    UnboundedGather {
        /// What starts them.
        call: Fact<Box<str>> = "`{}` runs them all at once";
        /// What each runs.
        each: Fact<Box<str>> = "`{}` for each";
        /// What there is one of for each.
        over: Fact<Box<str>> = "for each of these";
        /// What each waits for.
        kind: Fact<WaitKind> = "waits for: {}";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
    }
}

entity! {
    /// A client of HTTP that is made in a function that runs again and again.
    HttpClient {
        /// What makes it: `httpx.AsyncClient()`.
        call: Fact<Box<str>> = "`{}` makes a client";
        /// The function.
        handler: Fact<Box<str>> = "in `{}`";
        /// Whether requests are known to come to it.
        served: Fact<bool> = "requests come to it|nothing is seen that serves it";
        /// Whether it is made in a loop, too.
        in_loop: Fact<bool> = "in each turn of a loop|once in each call";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
    }
}

entity! {
    /// A request to another server that waits for its answer for ever.
    HttpCall {
        /// The call: `requests.get(...)`.
        call: Fact<Box<str>> = "`{}` sets no end to its waiting";
        /// The function that makes it.
        handler: Fact<Box<str>> = "in `{}`";
        /// Whether requests are known to come to it.
        served: Fact<bool> = "requests come to it|nothing is seen that serves it";
        /// Whether it says itself that there is no end: `timeout=None`.
        told: Fact<bool> = "it is told to wait for ever|it is told nothing";
        /// Who runs it, at most.
        reach: Fact<Reach> = "run by {}";
    }
}
