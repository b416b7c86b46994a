//! Where a pool connects to.

use super::Reader;
use super::given;
use super::maker::Maker;
use crate::link::network::Address;
use crate::link::values::{self, PyValue};
use crate::stack::{Anchor, Engine, Fact, Sourced, Why};

impl Reader<'_, '_> {
    /// Where it connects to, as a URL.
    pub(super) fn url(&self) -> Fact<PyValue> {
        let named = |name: &str| self.argument(name);
        match self.maker {
            Maker::Driver(driver) => {
                let (name, place) = driver.url;
                let url = match named(name) {
                    Fact::Absent => place.map_or(Fact::Absent, |it| self.at(it)),
                    given => given,
                };
                match url {
                    Fact::Absent => given::from_parts(driver.scheme, |names| {
                        let all = names.iter().map(|name| named(name));
                        all.into_iter().find(|it| !it.is_absent()).unwrap_or(Fact::Absent)
                    }),
                    url => url,
                }
            }
            _ => match named("url") {
                Fact::Absent if self.site.name.ends_with("engine_from_config") => Fact::Absent,
                Fact::Absent => self.at(0),
                url => url,
            },
        }
    }

    pub(super) fn address(&self, url: &Fact<PyValue>) -> Address {
        let parts = url_parts(url);
        let span = url.span().unwrap_or_else(|| self.callee());
        let name = self.name.as_deref().or(self.site.bound.as_deref()).unwrap_or("engine");
        // A driver speaks to one engine; SQLAlchemy's URL alone tells its.
        let engine = match (parts.2, &self.maker) {
            (Some(engine), _) => Fact::derived(engine, vec![span]),
            (None, Maker::Driver(driver)) => Fact::derived(driver.engine(), vec![self.callee()]),
            (None, _) => Fact::Unknown(Why::at("the address does not tell what answers", span)),
        };
        Address {
            host: parts.0,
            port: parts.1,
            engine,
            span,
            anchor: Anchor::new(self.draft.path.clone(), format!("{name}.url")),
        }
    }
}

/// The driver that `databases` takes for a URL.
pub(super) fn database_driver(url: &Fact<PyValue>) -> &'static str {
    match values::address(url).known() {
        Some(it) if it.driver() == Some("aiopg") => "aiopg",
        Some(it) if it.engine() == Some(Engine::Mysql) => "aiomysql",
        _ => "asyncpg",
    }
}

/// Host, port and engine of a URL.
fn url_parts(url: &Fact<PyValue>) -> (Fact<Box<str>>, Option<u64>, Option<Engine>) {
    match values::address(url) {
        Fact::Known(address) => {
            let host = match &address.value.host {
                // What holds only while the environment says nothing names no server.
                Some(_) if address.origin.unless_set().is_some() => Fact::unknown("set by the environment"),
                Some(host) => {
                    Fact::Known(Sourced { value: host.clone(), origin: address.origin.clone(), slots: Vec::new() })
                }
                None => Fact::unknown("the host is worked out when the program runs"),
            };
            (host, address.value.port.map(u64::from), address.value.engine())
        }
        Fact::Unknown(why) => (Fact::Unknown(why), None, None),
        _ => (Fact::unknown("the address is worked out when the program runs"), None, None),
    }
}
