//! A load test of one service: what it asks for, how the load grows, and what to watch meanwhile.

mod ramp;
mod requests;
mod watch;

pub use ramp::Ramp;
pub use requests::{LeftOut, Parameter, Request};
pub use watch::Watch;

use super::mask::clean;
use super::{Capacity, Report, View};
use crate::config::Assume;
use crate::stack::vocabulary::{Endpoint, Process, Service};
use crate::stack::{Id, Stack};

/// The seconds between two requests of a user where nobody says how long they think.
const THINK: f64 = 1.0;

/// A load test of one service.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadTest {
    /// The service.
    pub service: String,
    /// The deployment.
    pub stack: String,
    /// Where to ask: `http://localhost:8080`.
    pub base: String,
    /// What is asked for, in the order of paths.
    pub requests: Vec<Request>,
    /// What is not asked for, each with the reason.
    pub left_out: Vec<LeftOut>,
    /// What stands for the parameters of paths.
    pub parameters: Vec<Parameter>,
    /// How the load grows.
    pub ramp: Ramp,
    /// The seconds that a user thinks between two requests.
    pub think: f64,
    /// Whether somebody says that.
    pub thinks: bool,
    /// What to watch meanwhile.
    pub watch: Vec<Watch>,
}

/// Why there is no load test.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoLoadTest {
    /// No endpoint is known.
    #[error(
        "no endpoint was found in the code of a service that these files start: `plimsoll facts` shows what they start, and \
         a script without endpoints would measure nothing"
    )]
    NoEndpoints,
    /// Several services have endpoints.
    #[error("several services answer requests: say which by `--service`: {0}")]
    Several(String),
    /// The service that is named has no endpoints.
    #[error("no endpoint of a service `{0}` was found; there are those of {1}")]
    Unknown(String, String),
}

impl LoadTest {
    /// The load test of a service, which need not be named when only one has endpoints. The view must know the capacity.
    ///
    /// # Errors
    /// When no service has endpoints, or it is not clear which is meant.
    pub fn of(
        report: &Report,
        view: &View,
        assume: &Assume,
        service: Option<&str>,
        with_writes: bool,
    ) -> Result<Self, NoLoadTest> {
        let mut all: Vec<(&Stack, String)> = Vec::new();
        for stack in report.stacks.iter().chain(&report.unstarted) {
            for endpoint in stack.endpoints.iter().filter(|it| is_asked(stack, it)) {
                let owner = owner(endpoint).to_owned();
                if !all.iter().any(|(_, known)| *known == owner) {
                    all.push((stack, owner));
                }
            }
        }
        let names = || all.iter().map(|(_, name)| format!("`{}`", clean(name))).collect::<Vec<_>>().join(", ");
        let (stack, name) = match (service, all.as_slice()) {
            (_, []) => return Err(NoLoadTest::NoEndpoints),
            (Some(wanted), _) => match all.iter().find(|(_, name)| name == wanted) {
                Some(found) => found,
                None => return Err(NoLoadTest::Unknown(wanted.to_owned(), names())),
            },
            (None, [only]) => only,
            (None, _) => return Err(NoLoadTest::Several(names())),
        };
        let capacity = view.capacity.iter().find(|it| it.service == *clean(name) && it.stack == *clean(&stack.name));
        let endpoints: Vec<&Endpoint> = stack.endpoints.iter().filter(|it| owner(it) == name).collect();
        let drawn = requests::of(&endpoints, with_writes);
        let said = assume.workload("think_time").map(|said| said.value[1]);
        Ok(Self {
            service: clean(name).into_owned(),
            stack: clean(&stack.name).into_owned(),
            base: base(stack, &endpoints),
            requests: drawn.requests,
            left_out: drawn.left_out,
            parameters: drawn.parameters,
            ramp: Ramp::of(capacity),
            think: said.unwrap_or(THINK),
            thinks: said.is_some(),
            watch: watch::of(stack, name, &endpoints),
        })
    }

    /// Whether anything that is asked for asks for a login.
    pub fn asks_for_login(&self) -> bool {
        self.requests.iter().any(|it| it.login)
    }
}

/// Whether ordinary requests reach what answers an endpoint.
fn is_asked(stack: &Stack, endpoint: &Endpoint) -> bool {
    endpoint.process.is_none_or(|id| stack[id].only_sockets.known() != Some(&true))
}

fn owner(endpoint: &Endpoint) -> &str {
    endpoint.about.owner.as_deref().unwrap_or("")
}

/// Where to ask from the host: at the proxy before the service, else at the service itself.
fn base(stack: &Stack, endpoints: &[&Endpoint]) -> String {
    let process: Option<&Process> = endpoints.iter().find_map(|it| it.process).map(|id| &stack[id]);
    let published = |id: Option<Id<Service>>| id.and_then(|id| stack[id].host_port.known().copied());
    let proxied = stack.nginxes.iter().find_map(|it| published(it.service));
    let own = process.and_then(|it| published(it.service).or_else(|| it.port.known().copied()));
    match proxied.or(own) {
        Some(80) => "http://localhost".to_owned(),
        Some(443) => "https://localhost".to_owned(),
        Some(port) => format!("http://localhost:{port}"),
        None => "http://localhost:8000".to_owned(),
    }
}

impl Ramp {
    fn of(capacity: Option<&Capacity>) -> Self {
        match capacity {
            Some(capacity) => ramp::of(capacity),
            None => Self::unknown("Nothing is known of how much load the service takes"),
        }
    }
}
