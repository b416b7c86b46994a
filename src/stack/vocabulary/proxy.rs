//! Proxies that are not nginx.

use super::{About, Id, ProxyProgram, Service};
use crate::stack::fact::Fact;
use crate::stack::value::Version;

entity! {
    /// A proxy that is not nginx: HAProxy, Traefik, Caddy.
    Proxy {
        /// The program.
        program: Fact<ProxyProgram> = "runs {}";
        /// Its version.
        version: Fact<Version> = "version {}";
        /// The connections that it accepts.
        max_connections: Fact<u64> = "accepts {} connections";
        /// The service that runs it.
        service: Option<Id<Service>>;
        /// The ways through it.
        routes: Vec<Id<Route>>;
    }
}

entity! {
    /// A way through a proxy: which requests it passes to which address.
    Route {
        /// Which requests it is for, in the words of the proxy's own configuration.
        rule: Fact<Box<str>> = "for `{}`";
        /// The host it passes to.
        target: Fact<Box<str>> = "passes to `{}`";
        /// The port it passes to.
        port: Fact<u64> = "port {}";
        /// How many requests or connections it lets through at once.
        max_connections: Fact<u64> = "at most {} at once";
        /// How many requests a second it lets through.
        rate: Fact<f64> = "at most {} requests a second";
        /// How long it waits for a connection, in seconds.
        connect_timeout: Fact<f64> = "waits {} s for a connection";
        /// How long it waits for an answer, in seconds.
        read_timeout: Fact<f64> = "waits {} s for an answer";
        /// The proxy.
        proxy: Option<Id<Proxy>>;
        /// The service that is asked.
        service: Option<Id<Service>>;
    }
}
