//! Endpoints to what a load test asks for.

use super::super::mask::clean;
use crate::stack::vocabulary::Endpoint;

/// How much more often a read is asked for than a write.
const READ: u32 = 10;
const WRITE: u32 = 1;

/// Something that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path with its parameters in braces: `/threads/{thread_id}/`.
    pub path: String,
    /// How often, against the others.
    pub weight: u32,
    /// Whether it asks for a login, as far as is known.
    pub login: bool,
    /// Whether it changes something.
    pub writes: bool,
    /// What answers: `ThreadListView.get`.
    pub handler: String,
}

/// An endpoint that is not asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// It.
    pub request: Request,
    /// Why, as the rest of a sentence that starts with it.
    pub reason: String,
    /// Whether it is because it writes alone: then it may be put in.
    pub is_write: bool,
}

/// What stands for a parameter of paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the paths of the script.
    pub name: String,
    /// What it takes, as the code says it; may be empty.
    pub takes: String,
    /// A value of that kind, to be replaced by some that exist.
    pub example: String,
    /// A path that it stands in.
    pub path: String,
}

/// What endpoints come to.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    pub(super) requests: Vec<Request>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) parameters: Vec<Parameter>,
}

pub(super) fn of(endpoints: &[&Endpoint], with_writes: bool) -> Drawn {
    let mut drawn = Drawn::default();
    let mut seen: Vec<(String, String)> = Vec::new();
    for endpoint in endpoints {
        let written = endpoint.path.known().map_or("", |it| it);
        let method = endpoint.method.known().map_or_else(|| "?".to_owned(), |it| clean(it).into_owned());
        let key = (method.clone(), written.to_owned());
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let takes = endpoint.parameters.known().map_or("", |it| it);
        let (path, parameters) = named(&clean(written), takes);
        let writes = endpoint.writes.known().copied().unwrap_or(false);
        let request = Request {
            weight: if writes { WRITE } else { READ },
            method,
            path,
            login: endpoint.login.known().copied().unwrap_or(false),
            writes,
            handler: endpoint.handler.known().map_or_else(String::new, |it| clean(it).into_owned()),
        };
        match unfit(endpoint, &request) {
            Some(reason) => drawn.left_out.push(LeftOut { request, reason, is_write: false }),
            None if writes && !with_writes => {
                let reason = "changes something".to_owned();
                drawn.add(&parameters);
                drawn.left_out.push(LeftOut { request, reason, is_write: true });
            }
            None => {
                drawn.add(&parameters);
                drawn.requests.push(request);
            }
        }
    }
    drawn
}

impl Drawn {
    fn add(&mut self, parameters: &[Parameter]) {
        for parameter in parameters {
            if !self.parameters.iter().any(|it| it.name == parameter.name) {
                self.parameters.push(parameter.clone());
            }
        }
    }
}

/// Why an endpoint says nothing of capacity, or cannot be asked for.
fn unfit(endpoint: &Endpoint, request: &Request) -> Option<String> {
    /// Last parts of paths that ask for no work.
    const PROBES: &[&str] = &[
        "health",
        "healthz",
        "healthcheck",
        "health-check",
        "live",
        "livez",
        "liveness",
        "ready",
        "readyz",
        "readiness",
        "ping",
        "status",
        "metrics",
        "version",
        "robots.txt",
        "favicon.ico",
        "docs",
        "redoc",
        "openapi.json",
        "schema",
        "swagger",
    ];
    if let crate::stack::Fact::Unknown(why) = &endpoint.method {
        return Some(clean(&why.reason).into_owned());
    }
    if request.method == "WEBSOCKET" {
        return Some("is a WebSocket, which is held open and no request".to_owned());
    }
    let last = request.path.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    PROBES.contains(&last).then(|| "does no work that others wait for, and says nothing of capacity".to_owned())
}

/// A path whose parameters have names that mean one thing, and the parameters: `/books/{pk}/` is `/books/{books_pk}/`.
fn named(path: &str, takes: &str) -> (String, Vec<Parameter>) {
    const VAGUE: &[&str] = &["pk", "id", "slug", "uuid", "name", "key", "arg1", "arg2", "arg3"];
    let said: Vec<(&str, &str)> =
        takes.split(", ").filter(|it| !it.is_empty()).map(|it| it.split_once(": ").unwrap_or((it, ""))).collect();
    let mut out = String::new();
    let mut found = Vec::new();
    let mut rest = path;
    while let Some((before, inner)) = rest.split_once('{') {
        let Some((name, after)) = inner.split_once('}') else { break };
        out.push_str(before);
        let above = out.trim_end_matches('/').rsplit('/').find(|it| !it.is_empty() && !it.contains('{')).unwrap_or("");
        let whole =
            if VAGUE.contains(&name) && !above.is_empty() { format!("{above}_{name}") } else { name.to_owned() };
        let whole: String = whole.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let kind = said.iter().find(|(own, _)| *own == name).map_or("", |(_, takes)| takes);
        out.push_str(&format!("{{{whole}}}"));
        found.push(Parameter {
            name: whole,
            takes: kind.to_owned(),
            example: example(kind).to_owned(),
            path: path.to_owned(),
        });
        rest = after;
    }
    out.push_str(rest);
    (out, found)
}

/// A value of a kind.
fn example(takes: &str) -> &'static str {
    let plain = takes.to_ascii_lowercase();
    if plain.contains("uuid") {
        "00000000-0000-0000-0000-000000000001"
    } else if plain.contains("date") {
        "2026-01-01"
    } else if plain.contains("int") || plain.contains("\\d") || plain.contains("0-9") || plain.contains("float") {
        "1"
    } else {
        "example"
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn parameters_have_names_that_mean_one_thing() {
        let shown = |path: &str, takes: &str| {
            let (path, found) = named(path, takes);
            let all: Vec<String> = found.iter().map(|it| format!("{}={}", it.name, it.example)).collect();
            format!("{path} {}", all.join(" "))
        };
        assert_eq!(shown("/books/{pk}/", "pk"), "/books/{books_pk}/ books_pk=example");
        assert_eq!(
            shown("/a/{x_id}/b/{id}", "x_id: int, id: uuid"),
            "/a/{x_id}/b/{b_id} x_id=1 b_id=00000000-0000-0000-0000-000000000001"
        );
        assert_eq!(shown("/{slug}", "slug: slug"), "/{slug} slug=example");
        assert_eq!(shown("/plain", ""), "/plain ");
    }
}
