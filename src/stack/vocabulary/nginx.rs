//! nginx: its servers, locations, upstreams and limits.

use super::{About, Balance, Id, Mode, Process, Service};
use crate::stack::fact::Fact;
use crate::stack::value::Version;

entity! {
    /// An nginx, as its main configuration and what it includes make it.
    Nginx {
        /// Its version.
        version: Fact<Version> = "nginx {}";
        /// How many worker processes it starts.
        worker_processes: Fact<u64> = "{} worker processes";
        /// Whether that is left to nginx (`auto`).
        auto_workers: Fact<bool> = "`worker_processes` is `auto`|`worker_processes` is a number";
        /// The connections of each worker.
        worker_connections: Fact<u64> = "{} connections a worker";
        /// The files each worker may open.
        nofile: Fact<u64> = "{} open files a worker";
        /// The CPUs of its container.
        cpus: Fact<f64> = "{} CPUs";
        /// The service that runs it.
        service: Option<Id<Service>>;
        /// Its servers.
        hosts: Vec<Id<Host>>;
        /// Its upstreams.
        upstreams: Vec<Id<Upstream>>;
    }
}

entity! {
    /// A `server` block of nginx, with what it inherits.
    Host {
        /// Whether answers are compressed.
        gzip: Fact<bool> = "`gzip` is on|`gzip` is off";
        /// Whether JSON is among the compressed types.
        gzip_json: Fact<bool> = "`gzip_types` has JSON|`gzip_types` has no JSON";
        /// How hard it compresses.
        gzip_level: Fact<u64> = "`gzip_comp_level` is {}";
        /// How long a client's idle connection is kept, in seconds.
        client_keepalive: Fact<f64> = "keeps clients' idle connections for {} s";
        /// The largest body of a request that it takes, in bytes; what a location sets for itself is not told.
        client_max_body_size: Fact<u64> = "takes bodies of up to {} bytes";
        /// Whether it passes requests on, or serves text itself.
        serves_text: Fact<bool> = "passes requests on|passes no requests on";
        /// Whether what it passes on to compresses by itself, or something before it does.
        compressed_elsewhere: Fact<bool> = "something else compresses|nothing else compresses";
        /// Whether text leaves it that nobody compresses: neither it, nor what is behind or before it.
        uncompressed: Fact<bool> = "`gzip` is off|text is compressed, or none is sent";
        /// The nginx it is in.
        nginx: Option<Id<Nginx>>;
        /// Its locations that pass requests on.
        locations: Vec<Id<Location>>;
    }
}

entity! {
    /// A `location` of nginx (or a `server` itself) that passes requests on.
    Location {
        /// Whether answers are buffered.
        buffering: Fact<bool> = "`proxy_buffering` is on|`proxy_buffering` is off";
        /// Whether request bodies are.
        request_buffering: Fact<bool> = "`proxy_request_buffering` is on|`proxy_request_buffering` is off";
        /// Whether it is for streams or sockets, by its path or its headers.
        streams: Fact<bool> = "for streams or sockets|for ordinary requests";
        /// Whether its path is one of WebSockets (`/ws`, `/socket.io`).
        sockets: Fact<bool> = "for WebSockets: {}";
        /// Whether it covers most of the site (`/`, `/api`).
        is_broad: Fact<bool> = "covers the site|covers a part of the site";
        /// The HTTP version towards the upstream.
        http_version: Fact<Box<str>> = "speaks HTTP/{} to the upstream";
        /// Whether the `Connection` header is cleared, so that connections are kept.
        connection_cleared: Fact<bool> = "the `Connection` header is cleared|the `Connection` header is not cleared";
        /// Whether a map sets `Connection: close` on ordinary requests.
        map_closes: Fact<bool> = "a map sets `Connection: close`|no map sets `Connection: close`";
        /// How long it waits for an answer, in seconds.
        read_timeout: Fact<f64> = "waits {} s for an answer";
        /// Whether requests that change something are sent again when an answer fails to come.
        retries_changes: Fact<bool> = "sends requests that change something again|sends no request that changes something again";
        /// Whether the upgrade to a WebSocket is passed on.
        upgrades: Fact<bool> = "passes the upgrade on|does not pass the upgrade on";
        /// Whether it is passed to a bare host and port, without an upstream block.
        implicit: Fact<bool> = "passes to a bare host|passes to an upstream";
        /// Whether one before it that covers the site, in the same server, passes to the same bare host.
        repeats: Fact<bool> = "passes where another does|the first that passes there";
        /// Whether it names its host by a variable, so that DNS is asked again.
        by_variable: Fact<bool> = "names its host by a variable|names its host as it is";
        /// The host it goes to.
        target: Fact<Box<str>> = "passes to `{}`";
        /// The port it goes to.
        port: Fact<u64> = "port {}";
        /// Whether that host is a service of the stack, or an address.
        host_known: Fact<bool> = "the host is in the stack|no service is called so";
        /// Whether anything there listens on that port.
        port_served: Fact<bool> = "something listens there|nothing listens there";
        /// How the service behind it serves.
        mode: Fact<Mode> = "the application serves as {}";
        /// The containers of the service behind it.
        replicas: Fact<u64> = "{} replicas behind it";
        /// nginx's version.
        version: Fact<Version> = "nginx {}";
        /// The server block.
        host: Option<Id<Host>>;
        /// The upstream it passes to.
        upstream: Option<Id<Upstream>>;
        /// The process behind it.
        process: Option<Id<Process>>;
    }
}

entity! {
    /// An `upstream` block of nginx.
    Upstream {
        /// How many servers it lists.
        servers: Fact<u64> = "lists {} servers";
        /// How it picks.
        balance: Fact<Balance> = "picks by {}";
        /// The idle connections that each worker keeps.
        keepalive: Fact<u64> = "keeps {} idle connections";
        /// How long it keeps them, in seconds.
        keepalive_timeout: Fact<f64> = "keeps idle connections for {} s";
        /// Whether options are given that one address alone never uses (`max_fails`, `least_conn` …).
        idle_options: Fact<bool> = "has options that one address never uses|has no options that one address never uses";
        /// Whether its names are asked again while it runs.
        resolves: Fact<bool> = "asks DNS again|asks DNS once, when it starts";
        /// Whether a request passes to it at all.
        used: Fact<bool> = "passed to|nothing passes to it";
        /// The containers of the service behind it.
        replicas: Fact<u64> = "{} replicas behind it";
        /// How long the application keeps idle connections, in seconds.
        app_keepalive: Fact<f64> = "the application keeps idle connections for {} s";
        /// Whether the application closes every connection (gunicorn's sync worker).
        app_closes: Fact<bool> = "the application closes every connection|the application keeps connections open";
        /// Whether its locations speak HTTP/1.1 and clear `Connection`.
        recipe: Fact<bool> = "HTTP/1.1, and `Connection` cleared|not both HTTP/1.1 and `Connection` cleared";
        /// Whether the choice among its servers stands behind `keepalive`, which before 1.29.7 undoes that.
        method_last: Fact<bool> = "the balancing method stands behind `keepalive`|the balancing method stands before `keepalive`";
        /// nginx's version.
        version: Fact<Version> = "nginx {}";
        /// Its servers.
        members: Vec<Id<UpstreamServer>>;
        /// The locations that pass to it.
        locations: Vec<Id<Location>>;
    }
}

entity! {
    /// A `server` line of an upstream.
    UpstreamServer {
        /// The host.
        target: Fact<Box<str>> = "host `{}`";
        /// The port.
        port: Fact<u64> = "port {}";
        /// Whether that host is a service of the stack, or an address.
        host_known: Fact<bool> = "the host is in the stack|no service is called so";
        /// Whether anything there listens on that port.
        port_served: Fact<bool> = "something listens there|nothing listens there";
        /// The port that the service behind it listens on.
        served_port: Fact<u64> = "the service listens on port {}";
        /// The upstream.
        upstream: Option<Id<Upstream>>;
    }
}

entity! {
    /// A use of a rate or connection limit in nginx.
    LimitUse {
        /// Whether the zone it names is defined.
        zone_defined: Fact<bool> = "its zone is defined|its zone is not defined";
        /// The requests that may wait.
        burst: Fact<u64> = "a burst of {}";
        /// How many requests a second of one key it lets through.
        rate: Fact<f64> = "at most {} requests a second of one key";
        /// Whether those of the burst wait for their turn, and are not let through at once.
        delays: Fact<bool> = "a burst waits|a burst is let through at once";
        /// Whether it limits connections, not requests.
        is_conn: Fact<bool> = "limits connections|limits requests";
        /// The limit of connections.
        connections: Fact<u64> = "{} connections";
        /// Whether its key is the client's address.
        by_address: Fact<bool> = "its key is the client's address|its key is not the client's address";
        /// Whether another proxy stands before this one and its address is not unpacked.
        behind_proxy: Fact<bool> = "another proxy stands before it|no other proxy stands before it";
    }
}
