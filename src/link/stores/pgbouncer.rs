//! PgBouncer: what stands between the application and PostgreSQL, by its file or its image's variables.

use crate::stack::{Fact, Id, PoolMode, Pooler, Service, Stack, defaults};
use crate::syntax::lines::Setting;

use super::written::{self, Writes};
use super::{Server, parsed, setting};

/// How an image names PgBouncer's settings in its environment, and what it listens on when told nothing.
struct Convention {
    prefix: &'static str,
    port: u64,
}

/// The program whose defaults a pooler has.
const PROGRAM: &str = "PgBouncer";

/// The conventions of the images in use. The bare names are edoburu's entrypoint; the prefixed ones Bitnami's.
fn convention(repository: &str) -> Option<Convention> {
    match repository {
        "edoburu/pgbouncer" => Some(Convention { prefix: "", port: 5432 }),
        "bitnami/pgbouncer" | "bitnamilegacy/pgbouncer" | "pgbouncer/pgbouncer" => {
            Some(Convention { prefix: "PGBOUNCER_", port: 6432 })
        }
        _ => None,
    }
}

/// Puts the service into the stack as a pooler when it runs PgBouncer.
pub fn add(stack: &mut Stack, server: &Server<'_>, service: Id<Service>) -> Option<Id<Pooler>> {
    let name = server.image_name();
    let runs = server.running.iter().any(|it| {
        it.argv
            .first()
            .and_then(|word| word.text.known())
            .is_some_and(|word| word.rsplit('/').next() == Some("pgbouncer"))
    });
    if !name.short().contains("pgbouncer") && !runs {
        return None;
    }
    let reader = Reader::of(server);
    let pooler = Pooler {
        about: server.about(),
        pool_mode: parsed(reader.word("pool_mode"), |text| match text {
            "session" => Some(PoolMode::Session),
            "transaction" => Some(PoolMode::Transaction),
            "statement" => Some(PoolMode::Statement),
            _ => None,
        }),
        max_client_conn: reader.count("max_client_conn"),
        default_pool_size: reader.count("default_pool_size"),
        reserve_pool_size: reader.count("reserve_pool_size"),
        max_db_connections: reader.count("max_db_connections"),
        query_wait_timeout: reader.number("query_wait_timeout"),
        pools: reader.pools(),
        port: reader.count("listen_port"),
        version: server.version(),
        service: Some(service),
        ..Pooler::default()
    };
    Some(stack.add(pooler))
}

/// Where PgBouncer's settings come from.
struct Reader<'a, 'b> {
    server: &'b Server<'a>,
    /// The mounted file; with one, edoburu's entrypoint writes none of its own, so its variables count for nothing.
    file: Option<&'a [Setting]>,
    convention: Option<Convention>,
    /// What the image's own entrypoint writes into that file, where it is in these files.
    written: Option<Writes<'a>>,
}

impl<'a, 'b> Reader<'a, 'b> {
    fn of(server: &'b Server<'a>) -> Self {
        let named = server.running.iter().flat_map(|it| &it.argv).filter_map(|word| word.text.known());
        let file = named
            .filter(|word| word.ends_with(".ini"))
            .find_map(|path| (server.file_at)(path))
            .or_else(|| (server.file_at)("/etc/pgbouncer/pgbouncer.ini"))
            .or_else(|| (server.file_at)("/bitnami/pgbouncer/conf/pgbouncer.ini"));
        let written = written::settings(server, "pgbouncer").filter(|_| file.is_none());
        Self { server, file, convention: convention(server.image_name().repository), written }
    }

    fn count(&self, name: &str) -> Fact<u64> {
        self.number(name).map(|it| it as u64)
    }

    fn number(&self, name: &str) -> Fact<f64> {
        match (self.said(name), &self.convention) {
            (Some(text), _) => parsed(text, |text| text.trim().parse().ok()),
            (None, Some(convention)) if name == "listen_port" && self.file.is_none() => {
                let at = Some(self.server.plan.name.span);
                self.writable(Fact::default_of(convention.port as f64, PROGRAM, name, at), name)
            }
            (None, _) => self.writable(defaults::number(PROGRAM, name, Some(self.server.plan.name.span)), name),
        }
    }

    fn word(&self, name: &str) -> Fact<Box<str>> {
        let at = Some(self.server.plan.name.span);
        self.said(name).unwrap_or_else(|| self.writable(defaults::word(PROGRAM, name, at), name))
    }

    /// What is said of a setting.
    fn said(&self, name: &str) -> Option<Fact<Box<str>>> {
        if let Some(settings) = self.file {
            let line = setting(settings, "pgbouncer", name)?;
            return Some(Fact::written(line.value.value.clone(), line.value.span));
        }
        if let Some(written) = &self.written {
            let own = match written.setting(name) {
                Ok(own) => own?,
                Err(why) => return Some(Fact::Unknown(why)),
            };
            let set = own.variable.as_deref().and_then(|name| self.server.variable(name));
            return match set {
                Some(variable) => Some(variable.value.clone().by_way_of([own.span])),
                None => Some(Fact::derived(own.otherwise.clone()?, vec![own.span])),
            };
        }
        let Some(convention) = &self.convention else {
            return Some(Fact::unknown("its configuration is not in these files"));
        };
        let variable = match name {
            "listen_port" if convention.prefix == "PGBOUNCER_" => "PGBOUNCER_PORT".to_owned(),
            _ => format!("{}{}", convention.prefix, name.to_ascii_uppercase()),
        };
        self.server.variable(&variable).map(|it| it.value.clone())
    }

    /// A default, with the place where a variable would say otherwise.
    fn writable<T>(&self, fact: Fact<T>, name: &str) -> Fact<T> {
        match (&self.convention, &self.server.plan.environment_slot, self.file) {
            (Some(convention), Some(slot), None) => {
                let name = format!("{}{}", convention.prefix, name.to_ascii_uppercase());
                let before = format!("{}{name}{}", slot.before, slot.between);
                fact.with_slots([crate::stack::Slot::insert(slot.at, before, slot.after.clone())])
            }
            _ => fact,
        }
    }

    /// How many pairs of user and database it pools for: the entries of `[databases]`, each with one user unless
    /// `user=` is left to the client.
    fn pools(&self) -> Fact<u64> {
        match self.file {
            Some(settings) => {
                let entries: Vec<_> = settings.iter().filter(|it| &*it.section == "databases").collect();
                if entries.is_empty() || entries.iter().any(|it| &*it.name.value == "*") {
                    return Fact::unknown("any database may be asked for");
                }
                let spans = entries.iter().map(|it| it.name.span).collect();
                Fact::derived(entries.len() as u64, spans)
            }
            None => match self.server.variable("DATABASE_URL").or_else(|| self.server.variable("DB_HOST")) {
                Some(variable) => Fact::derived(1, vec![variable.span]),
                None => Fact::unknown("its databases are not in these files"),
            },
        }
    }
}

/// The host of the database that a pooler is told to pool for, when it is told one.
pub fn pooled_host(server: &Server<'_>) -> Option<Box<str>> {
    let reader = Reader::of(server);
    if let Some(settings) = reader.file {
        let entry = settings.iter().find(|it| &*it.section == "databases")?;
        return entry.value.value.split_whitespace().find_map(|word| word.strip_prefix("host=")).map(Into::into);
    }
    let by_name = ["DB_HOST", "POSTGRESQL_HOST", "DATABASES_HOST"].iter().find_map(|name| server.variable(name));
    if let Some(host) = by_name.and_then(|it| it.value.known()) {
        return Some(host.clone());
    }
    let url = server.variable("DATABASE_URL")?.value.known()?;
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    Some(host.split(':').next()?.into())
}
