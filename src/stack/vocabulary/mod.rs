//! The entities of a deployed stack and their fields: the one list that readers fill, rules are written over, and
//! `plimsoll facts` prints.
//!
//! Each field has its doc comment (what it is, its unit) and, after `=`, the words a report uses for it, in which `{}`
//! is the value. A field that is an `Id` or a list of them is a relation, which `link` makes.
//!
//! A file holds the entities of one part of a stack, each in an `entity!` of its own; here is what all of them share,
//! and the list of the kinds.

#[macro_use]
mod macros;
mod application;
mod code;
mod database;
mod event_loop;
mod nginx;
mod proxy;
mod redis;
mod service;
mod words;

use serde::{Deserialize, Serialize};

pub use application::*;
pub use code::*;
pub use database::*;
pub use event_loop::*;
pub use nginx::*;
pub use proxy::*;
pub use redis::*;
pub use service::*;
pub use words::*;

use crate::source::Span;
use crate::stack::fact::{Fact, Why, Writer};
use crate::stack::value::{Type, Value, Version};

/// File and entity, as `compose.yaml#services.web`: what baselines, suppressions and fingerprints key on. Never a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Anchor {
    /// The file's path below the root.
    pub file: Box<str>,
    /// What it is within the file: `services.web`, `http.gzip`, `DATABASES.default`. What code does is known by its place
    /// and the things it does, of several of a name the second with its number: `ThreadListView:author,tags.kind:2`.
    pub entity: Box<str>,
}

impl Anchor {
    /// The anchor of an entity in a file.
    pub fn new(file: impl Into<Box<str>>, entity: impl Into<Box<str>>) -> Self {
        Self { file: file.into(), entity: entity.into() }
    }

    /// The part of the entity that is a place.
    pub fn place(&self) -> &str {
        self.entity.split(':').next().unwrap_or_default()
    }

    /// The things that are done at the place; one without a name where the entity says none.
    pub fn things(&self) -> impl Iterator<Item = &str> {
        self.entity.split(':').nth(1).unwrap_or_default().split(',')
    }
}

impl std::fmt::Display for Anchor {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}#{}", self.file, self.entity)
    }
}

/// What every entity has.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// What a report calls it: `web`, `db`, `chat.views.ThreadListView`.
    pub name: Box<str>,
    /// What it is keyed by.
    pub anchor: Anchor,
    /// Where it stands: the first label when nothing else is written. [`None`] only for what no file names.
    pub span: Option<Span>,
    /// The service that it is part of, which a slot must reach alone.
    pub owner: Option<Box<str>>,
    /// The changes it offers that are more than one value.
    pub writers: Vec<Writer>,
}

/// An entity of one kind: its place in the stack's list of that kind.
pub struct Id<T> {
    /// The place.
    pub at: u32,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The entity at this place of its list.
    pub fn new(at: usize) -> Self {
        Self { at: at as u32, kind: std::marker::PhantomData }
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}
impl<T> Eq for Id<T> {}
impl<T> std::fmt::Debug for Id<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "#{}", self.at)
    }
}

/// Any entity of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId {
    /// Its kind.
    pub kind: Kind,
    /// Its place in the list of that kind.
    pub at: u32,
}

/// What a field of the vocabulary is, for the checker of expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A fact of this type.
    Fact(Type),
    /// One entity of this kind, or none.
    One(Kind),
    /// Any number of entities of this kind.
    Many(Kind),
}

/// A field as the table of the vocabulary describes it.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Its name in expressions.
    pub name: &'static str,
    /// What it is.
    pub ty: FieldType,
    /// Its doc comment.
    pub doc: &'static str,
    /// The words of a report, with `{}` for the value; empty for a relation.
    pub words: &'static str,
}

/// A kind of entity as the table of the vocabulary describes it.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// The kind.
    pub kind: Kind,
    /// Its name in `for:`.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// Its fields, in order.
    pub fields: &'static [FieldInfo],
}

/// The value of a field, for the evaluator.
#[derive(Clone, Debug)]
pub enum Field {
    /// A fact.
    Fact(Fact<Value>),
    /// One entity or none.
    One(Option<EntityId>),
    /// Entities.
    Many(Vec<EntityId>),
}

/// What may be the type of a field.
pub trait IsField {
    /// The kind of entity it names; [`None`] for a fact.
    const TYPE: FieldType;
    /// Its value.
    fn read(&self) -> Field;
}

/// A word of a fixed list.
pub trait Vocable: Copy + Into<Value> {
    /// All of them.
    const WORDS: &'static [&'static str];
    /// This one.
    fn word(self) -> &'static str;
}

macro_rules! facts_of {
    ($($of:ty => $as:expr),* $(,)?) => { $(
        impl IsField for Fact<$of> {
            const TYPE: FieldType = FieldType::Fact($as);
            fn read(&self) -> Field { Field::Fact(self.erase()) }
        }
    )* };
}
facts_of! { u64 => Type::Number, f64 => Type::Number, bool => Type::Bool, Box<str> => Type::Text, Version => Type::Version }

/// What the table of a kind is made of.
pub trait Shape {
    /// Its doc comment.
    const DOC: &'static str;
    /// Its fields, in order.
    const FIELDS: &'static [FieldInfo];
    /// The value of the field at this place of [`Shape::FIELDS`].
    fn field(&self, at: usize) -> Field;
}

/// What all entities share.
pub trait Entity: Sized {
    /// Its name, its place, its writers.
    fn about(&self) -> &About;
    /// The stack's list of its kind.
    fn list(stack: &mut Stack) -> &mut Vec<Self>;
}

impl Stack {
    /// Puts an entity into the stack.
    pub fn add<T: Entity>(&mut self, entity: T) -> Id<T> {
        let list = T::list(self);
        list.push(entity);
        Id::new(list.len() - 1)
    }
}

impl Kind {
    /// Its row of the table.
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }
}

kinds! {
    Service "service" in services;
    Process "process" in processes;
    Database "database" in databases;
    Client "client" in clients;
    Pooler "pooler" in poolers;
    Pool "pool" in pools;
    DjangoDatabase "django_database" in django_databases;
    Settings "settings" in settings;
    Cache "cache" in caches;
    RedisClient "redis_client" in redis_clients;
    RedisServer "redis" in redis_servers;
    ChannelLayer "channel_layer" in channel_layers;
    Limiter "limiter" in limiters;
    TaskQueue "task_queue" in task_queues;
    Package "package" in packages;
    DeadVariable "dead_variable" in dead_variables;
    Nginx "nginx" in nginxes;
    Host "host" in hosts;
    Location "location" in locations;
    Upstream "upstream" in upstreams;
    UpstreamServer "upstream_server" in upstream_servers;
    LimitUse "limit_use" in limit_uses;
    Proxy "proxy" in proxies;
    Route "route" in routes;
    Upkeep "upkeep" in upkeeps;
    Endpoint "endpoint" in endpoints;
    LazyLoad "lazy_load" in lazy_loads;
    QueryInLoop "query_in_loop" in queries_in_loops;
    WriteInLoop "write_in_loop" in writes_in_loops;
    QuerysetUse "queryset_use" in queryset_uses;
    ForeignKey "foreign_key" in foreign_keys;
    AdminChoice "admin_choice" in admin_choices;
    BlockingCall "blocking_call" in blocking_calls;
    SyncSession "sync_session" in sync_sessions;
    SharedSession "shared_session" in shared_sessions;
    ImplicitIo "implicit_io" in implicit_ios;
    HeldSession "held_session" in held_sessions;
    UnboundedGather "unbounded_gather" in unbounded_gathers;
    HttpClient "http_client" in http_clients;
    HttpCall "http_call" in http_calls;
    Listing "listing" in listings;
}
