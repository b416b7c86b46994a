//! What a client is used for, as far as the text of the code tells: every place that names it.

use memchr::memmem;

use crate::facts::python::CallSite;
use crate::link::values::ModuleId;
use crate::source::SourceFile;

use super::{Apps, Seat};

/// What a health check asks of a client, and what closes it.
const CHECKS: &[&str] = &["ping(", "info(", "close(", "aclose(", "wait_closed("];

/// Methods of a client that wait until there is something.
const BLOCKS: &[&str] = &[
    "blpop(",
    "brpop(",
    "brpoplpush(",
    "blmove(",
    "blmpop(",
    "bzpopmin(",
    "bzpopmax(",
    "bzmpop(",
    "xread(",
    "xreadgroup(",
    "pubsub(",
    "monitor(",
];

/// Whether the code that a process loads does nothing with the client that a call makes but ask whether Redis is there.
/// One that is named nowhere, or that another name may stand for, is not known to be only that.
pub(super) fn only_checks(apps: &Apps<'_>, seat: &Seat<'_>, id: ModuleId, site: &CallSite) -> bool {
    let name = |id: ModuleId| apps.code.module(id).map(|it| it.path.rsplit('/').next().unwrap_or(&it.path).to_owned());
    // `health/urls_healthcheck.py`: what it makes and hands to a check is for that.
    let Some(name) = site.bound.as_deref().filter(|name| !name.contains('.')) else {
        return site.bound.is_none()
            && name(id).is_some_and(|it| it.contains("healthcheck") || it.contains("health_check"));
    };
    let file = |id: ModuleId| apps.code.module(id).map(|it| apps.sources.file(it.file));
    // A name of a function is seen by nobody else.
    let files: Vec<&SourceFile> = match site.within.is_empty() {
        true => seat.loaded.iter().filter_map(|id| file(*id)).collect(),
        false => file(id).into_iter().collect(),
    };
    let uses: Vec<Use> = files.iter().flat_map(|file| uses(file.text(), name)).collect();
    uses.contains(&Use::Check) && !uses.contains(&Use::Other)
}

/// Whether code anywhere waits on purpose with the client that a call makes, so that no answer comes for as long as it
/// likes: by a command that blocks, or by a lock of the package `python-redis-lock`, which waits by `BLPOP`.
pub(super) fn waits(apps: &Apps<'_>, id: ModuleId, site: &CallSite) -> bool {
    let Some(name) = site.bound.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name)) else { return false };
    let file = |id: ModuleId| apps.code.module(id).map(|it| apps.sources.file(it.file));
    let Some(own) = file(id) else { return false };
    // Who imports it names the module.
    let stem = own.name().trim_end_matches(".py").as_bytes();
    let names = |it: &&SourceFile| it.id == own.id || memmem::find(it.text().as_bytes(), stem).is_some();
    let files: Vec<&SourceFile> = match site.within.is_empty() {
        true => apps.sources.iter().filter(|it| it.path.ends_with(".py")).filter(names).collect(),
        false => vec![own],
    };
    files.iter().any(|file| waits_in(file.text(), name))
}

/// Whether a text waits with the client of a name.
fn waits_in(text: &str, name: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let locks = memmem::find(text.as_bytes(), b"redis_lock").is_some();
    memmem::find_iter(text.as_bytes(), name.as_bytes()).any(|at| {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        if before.ends_with(is_part) || behind.starts_with(is_part) {
            return false;
        }
        behind.strip_prefix('.').is_some_and(|call| BLOCKS.iter().any(|it| call.starts_with(it)))
            || locks && before.trim_end().ends_with("Lock(")
    })
}

/// What stands at a place that names a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// It is asked whether it is there, or closed.
    Check,
    /// It is made, imported or compared.
    Neither,
    /// Anything else.
    Other,
}

/// The uses of a name in a text, those in comments left out.
fn uses(text: &str, name: &str) -> Vec<Use> {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let mut found = Vec::new();
    for at in memmem::find_iter(text.as_bytes(), name.as_bytes()) {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        let line = before.rsplit('\n').next().unwrap_or(before);
        let part_of_more = before.ends_with(is_part) || behind.starts_with(is_part) || line.contains('#');
        if part_of_more {
            continue;
        }
        let first = line.trim_start();
        let rest = behind.trim_start_matches([' ', '\t']);
        let is_bound = first.is_empty() && rest.starts_with(['=', ':']) && !rest.starts_with("==");
        let is_named_only = ["import ", "from ", "global ", "nonlocal "].iter().any(|it| first.starts_with(it));
        found.push(if behind.strip_prefix('.').is_some_and(|call| CHECKS.iter().any(|it| call.starts_with(it))) {
            Use::Check
        } else if is_bound || is_named_only || rest.starts_with("is None") || rest.starts_with("is not None") {
            Use::Neither
        } else {
            Use::Other
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Use::{Check, Neither, Other};
    use super::*;

    #[test]
    fn a_client_that_waits_on_purpose_is_told_apart() {
        assert!(waits_in("job = client.blpop('jobs', 0)\n", "client"));
        assert!(waits_in("import redis_lock\nwith redis_lock.Lock(client, 'a'):\n    pass\n", "client"));
        assert!(waits_in("self.client.pubsub()\n", "client"));
        assert!(!waits_in("with Lock(client, 'a'):\n    client.get('b')\n", "client"));
        assert!(!waits_in("http_client.blpop('jobs')\n", "client"));
    }

    #[test]
    fn each_place_that_names_a_client_is_told_apart() {
        let text = "import redis\n\nclient = redis.Redis()\n\n# client.get\ndef health():\n    return client.ping()\n";
        assert_eq!(uses(text, "client"), [Neither, Check]);
        assert_eq!(uses("from app.cache import client\nawait client.aclose()\n", "client"), [Neither, Check]);
        assert_eq!(uses("x = client.get(key)\nkeep(client)\n", "client"), [Other, Other]);
        assert_eq!(uses("clients = http_client\n", "client"), []);
        assert_eq!(uses("client == other\n", "client"), [Other]);
    }
}
