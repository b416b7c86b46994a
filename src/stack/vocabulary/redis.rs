//! Caches, Redis and what connects to it.

use super::{About, Id, Mode, Process, RedisLibrary, Service, Storage};
use crate::stack::fact::Fact;
use crate::stack::value::Version;

entity! {
    /// A cache that a process uses: an entry of Django's `CACHES`.
    Cache {
        /// Where it is.
        storage: Fact<Storage> = "stored in {}";
        /// Which library, for Redis.
        library: Fact<RedisLibrary> = "by {}";
        /// How long an entry is kept, in seconds; unbounded for `None`, and none is kept for 0.
        timeout: Fact<f64> = "keeps entries for {} s";
        /// How the process serves.
        mode: Fact<Mode> = "serves as {}";
        /// How many processes use it, over all replicas.
        processes: Fact<u64> = "{} processes use it";
        /// Whether code that the process loads names Django's caches.
        used: Fact<bool> = "used here|named by no code here";
        /// Where it is, when it is not in the process: `host:port/name`, without user and password; a `?` for a part that nobody knows.
        endpoint: Fact<Box<str>> = "connects to `{}`";
        /// The process.
        process: Option<Id<Process>>;
    }
}

entity! {
    /// A pool of connections to Redis, of one process.
    RedisClient {
        /// Which library.
        library: Fact<RedisLibrary> = "by {}";
        /// The connections it opens at most.
        max_connections: Fact<u64> = "at most {} connections a process";
        /// Whether a request waits when all are in use, and does not fail.
        blocking: Fact<bool> = "waits when all are in use|raises when all are in use";
        /// How long it waits for an answer, in seconds.
        socket_timeout: Fact<f64> = "waits {} s for an answer";
        /// redis-py's version.
        version: Fact<Version> = "redis-py {}";
        /// Whether it is made anew in each call.
        per_call: Fact<bool> = "made anew in each call|made once";
        /// Whether `retry_on_timeout` is given.
        retry_on_timeout: Fact<bool> = "`retry_on_timeout` is {}";
        /// Whether the code only asks it whether Redis is there (`ping`), as a health check does.
        only_checked: Fact<bool> = "only a health check uses it|used for more than a health check";
        /// How many requests one process works on at a time.
        slots: Fact<u64> = "{} requests at a time in each process";
        /// How the process serves.
        mode: Fact<Mode> = "serves as {}";
        /// The processes that have such a pool, over all replicas.
        processes: Fact<u64> = "{} processes have it";
        /// Where it connects: `host:port/name`, without user and password; a `?` for a part that nobody knows.
        endpoint: Fact<Box<str>> = "connects to `{}`";
        /// The process.
        process: Option<Id<Process>>;
        /// The server.
        server: Option<Id<RedisServer>>;
    }
}

entity! {
    /// A Redis server of the stack.
    RedisServer {
        /// The clients it accepts.
        maxclients: Fact<u64> = "accepts {} clients";
        /// The memory it may use, in bytes; 0 for no limit.
        maxmemory: Fact<u64> = "`maxmemory` is {}";
        /// What it does when that is full.
        policy: Fact<Box<str>> = "`maxmemory-policy` is {}";
        /// Whether it holds a cache.
        is_cache: Fact<bool> = "holds a cache|holds no cache";
        /// Whether it holds a queue, a channel layer or anything else that must not be lost.
        is_broker: Fact<bool> = "holds a queue|holds no queue";
        /// The service that runs it.
        service: Option<Id<Service>>;
        /// Who connects.
        clients: Vec<Id<RedisClient>>;
    }
}

entity! {
    /// A channel layer of Django Channels.
    ChannelLayer {
        /// Where it is.
        storage: Fact<Storage> = "stored in {}";
        /// The messages that one channel holds.
        capacity: Fact<u64> = "holds {} messages a channel";
        /// How long it keeps a message that nobody takes, in seconds.
        expiry: Fact<f64> = "keeps a message for {} s";
        /// How many processes use it, over all replicas.
        processes: Fact<u64> = "{} processes use it";
        /// Where it connects: `host:port/name`, without user and password; a `?` for a part that nobody knows.
        endpoint: Fact<Box<str>> = "connects to `{}`";
        /// The process.
        process: Option<Id<Process>>;
    }
}
