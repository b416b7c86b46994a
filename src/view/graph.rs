//! A deployment as a graph: what runs, and who asks whom.

use std::collections::BTreeMap;

use super::mask::clean;
use crate::rule::expr::{Unit, print};
use crate::stack::vocabulary::{Client, Id, Process, Service};
use crate::stack::{Fact, Numbers, Stack, Value, Vocable};

/// A deployment, drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// What it is called.
    pub name: String,
    /// What runs.
    pub nodes: Vec<Node>,
    /// Who asks whom.
    pub edges: Vec<Edge>,
}

/// Something that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What kind of thing it is.
    pub shape: Shape,
    /// Its name, and what it runs: a line each.
    pub lines: Vec<String>,
}

/// What kind of thing a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// It runs code.
    Service,
    /// It keeps data.
    Store,
    /// It passes on what it is asked.
    Proxy,
}

/// One asks another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// Who asks, by its place in [`Graph::nodes`].
    pub from: usize,
    /// Who answers.
    pub to: usize,
    /// How much, in words; may be empty.
    pub label: String,
}

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Service(u32),
    Database(usize),
    Pooler(usize),
    Redis(usize),
    Nginx(usize),
    Proxy(usize),
}

struct Drawing<'a> {
    stack: &'a Stack,
    at: BTreeMap<Thing, usize>,
    graph: Graph,
}

impl Graph {
    /// Draws each stack that has something to draw.
    pub(super) fn all(stacks: &[Stack]) -> Vec<Self> {
        stacks.iter().map(Self::of).filter(|it| !it.nodes.is_empty()).collect()
    }

    /// Draws a stack. Its edges are sorted, each there once.
    fn of(stack: &Stack) -> Self {
        let graph = Graph { name: clean(&stack.name).into_owned(), ..Graph::default() };
        let mut drawing = Drawing { stack, at: BTreeMap::new(), graph };
        drawing.nodes();
        drawing.proxied();
        drawing.routed();
        drawing.connected();
        let mut graph = drawing.graph;
        graph.edges.sort();
        graph.edges.dedup();
        graph
    }
}

impl Drawing<'_> {
    fn nodes(&mut self) {
        let stack = self.stack;
        for (at, database) in stack.databases.iter().enumerate() {
            let accepts = print_count(&database.max_connections, "accepts ", "connection", "s");
            self.node(Thing::Database(at), database.service, Shape::Store, &database.about.name, accepts);
        }
        for (at, pooler) in stack.poolers.iter().enumerate() {
            let size = print_count(&pooler.default_pool_size, "pools of ", "connection", "s");
            self.node(Thing::Pooler(at), pooler.service, Shape::Proxy, &pooler.about.name, size);
        }
        for (at, redis) in stack.redis_servers.iter().enumerate() {
            self.node(Thing::Redis(at), redis.service, Shape::Store, &redis.about.name, None);
        }
        for (at, nginx) in stack.nginxes.iter().enumerate() {
            self.node(Thing::Nginx(at), nginx.service, Shape::Proxy, &nginx.about.name, Some("nginx".into()));
        }
        for (at, proxy) in stack.proxies.iter().enumerate() {
            let program = proxy.program.known().map(|it| it.word().to_string());
            self.node(Thing::Proxy(at), proxy.service, Shape::Proxy, &proxy.about.name, program);
        }
        for at in 0..stack.services.len() {
            let id = Id::<Service>::new(at);
            let service = &stack[id];
            let lines = service.processes.iter().map(|process| runs(&stack[*process])).collect::<Vec<_>>();
            self.node(Thing::Service(at as u32), Some(id), Shape::Service, &service.about.name, lines);
        }
    }

    /// Puts a thing into the graph; one whose service is there already is that node.
    fn node(
        &mut self,
        thing: Thing,
        service: Option<Id<Service>>,
        shape: Shape,
        name: &str,
        more: impl IntoIterator<Item = String>,
    ) {
        let own = service.map(|id| Thing::Service(id.at));
        if let Some(at) = own.and_then(|own| self.at.get(&own).copied()) {
            self.at.insert(thing, at);
            self.graph.nodes[at].lines.extend(more);
            return;
        }
        let copies = service.and_then(|id| self.stack[id].replicas.known().copied()).filter(|it| *it != 1);
        let name = clean(name);
        let first = copies.map_or_else(|| name.to_string(), |copies| format!("{name} × {copies}"));
        let lines = std::iter::once(first).chain(more).collect();
        self.graph.nodes.push(Node { shape, lines });
        let at = self.graph.nodes.len() - 1;
        self.at.insert(thing, at);
        self.at.extend(own.map(|own| (own, at)));
    }

    fn edge(&mut self, from: Option<Thing>, to: Option<Thing>, label: String) {
        let place = |thing: Option<Thing>| self.at.get(&thing?).copied();
        if let (Some(from), Some(to)) = (place(from), place(to))
            && from != to
        {
            self.graph.edges.push(Edge { from, to, label });
        }
    }

    /// From proxies to what they pass requests on to.
    fn proxied(&mut self) {
        for location in &self.stack.locations {
            let nginx = location.host.and_then(|host| self.stack[host].nginx);
            let process = location.process.and_then(|process| self.stack[process].service);
            let port = location.port.known().map(|port| format!(":{port}")).unwrap_or_default();
            self.edge(nginx.map(|it| Thing::Nginx(it.at as usize)), process.map(|it| Thing::Service(it.at)), port);
        }
    }

    /// From the other proxies to the services that they ask.
    fn routed(&mut self) {
        for route in &self.stack.routes {
            let port = route.port.known().map(|port| format!(":{port}")).unwrap_or_default();
            let from = route.proxy.map(|it| Thing::Proxy(it.at as usize));
            self.edge(from, route.service.map(|it| Thing::Service(it.at)), port);
        }
    }

    /// From applications to what they connect to.
    fn connected(&mut self) {
        for client in &self.stack.clients {
            let from = client.process.and_then(|it| self.stack[it].service).map(|it| Thing::Service(it.at));
            let to = client.pooler.map(|it| Thing::Pooler(it.at as usize));
            let to = to.or_else(|| client.database.map(|it| Thing::Database(it.at as usize)));
            self.edge(from, to, connections(client));
        }
        for (at, pooler) in self.stack.poolers.iter().enumerate() {
            let to = pooler.database.map(|it| Thing::Database(it.at as usize));
            self.edge(Some(Thing::Pooler(at)), to, String::new());
        }
        for client in &self.stack.redis_clients {
            let from = client.process.and_then(|it| self.stack[it].service).map(|it| Thing::Service(it.at));
            self.edge(from, client.server.map(|it| Thing::Redis(it.at as usize)), String::new());
        }
    }
}

/// What a process runs: `gunicorn: 3 worker processes`.
fn runs(process: &Process) -> String {
    let program = process.program.known().map_or_else(|| "?".into(), |it| print::value(&Value::from(*it), Unit::Plain));
    match print_count(&process.processes, ": ", "process", "es") {
        Some(count) => program + &count,
        None => program,
    }
}

/// The factors of a connection term: `1 × 3 × 15`.
fn connections(client: &Client) -> String {
    [&client.replicas, &client.processes, &client.connections].map(count).join(" × ")
}

fn print_count(fact: &Fact<u64>, before: &str, after: &str, plural: &str) -> Option<String> {
    let one = |fact: &Fact<u64>| fact.known() == Some(&1);
    (!fact.is_absent()).then(|| format!("{before}{} {after}{}", count(fact), if one(fact) { "" } else { plural }))
}

fn count(fact: &Fact<u64>) -> String {
    match fact {
        Fact::Known(sourced) => sourced.value.to_string(),
        Fact::OneOf(branches) => {
            let all = branches.iter().map(|(_, sourced)| Numbers::point(sourced.value as f64));
            let all = all.reduce(|a, b| a.union(&b)).unwrap_or_else(Numbers::any);
            format!("{}…{}", all.low(), all.high())
        }
        Fact::Unbounded(_) => "∞".into(),
        Fact::Unknown(_) | Fact::Absent => "?".into(),
    }
}
