//! Entries of Django's `CACHES`, with the pools of those that are in Redis, and the throttles that count in them.

use memchr::memmem;

use crate::link::django::{Writable, storage_of_cache};
use crate::link::endpoint;
use crate::link::network::Network;
use crate::link::values::{self, Made, ModuleId, PyValue};
use crate::source::Span;
use crate::stack::vocabulary::{About, Anchor, Cache, Limiter, RedisClient, RedisLibrary, Storage};
use crate::stack::{Fact, Sourced, Stack, Why, defaults};

use super::redis::{self, Pool};
use super::{Apps, Seat, callers, total_processes};

/// Adds the caches of a process that uses Django.
pub(super) fn add(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>, network: &Network) {
    let Ok(choice) = &seat.settings else { return };
    let settings = choice.first();
    let Some(draft) = apps.code.module(settings) else { return };
    let caches = seat.evaluator.setting(settings, &["CACHES"]);
    let aliases = values::keys(&caches);
    let used = used(apps, seat, settings);
    let mut default = match &caches {
        Fact::Absent => Some(memory_by_default(stack, seat, settings, apps, &used)),
        _ => None,
    };
    for alias in &aliases {
        let entry = &values::entry(caches.clone(), alias);
        let backend = values::text(values::entry(entry.clone(), "BACKEND"));
        let span = entry.span().unwrap_or(Span::at(draft.file, 0));
        let about = about(apps, seat, alias, span);
        let storage = backend.clone().map(|it| storage_of_cache(&it));
        if alias.as_ref() == "default" {
            default = Some(storage.clone());
        }
        let library = match (storage.known(), backend.known()) {
            (Some(Storage::Redis), Some(name)) => Some(library(name)),
            _ => None,
        };
        let at = backend.span().into_iter().collect::<Vec<_>>();
        let storage_known = storage.known().copied();
        let process = &stack[seat.process];
        let cache = Cache {
            about: about.clone(),
            storage: apps.reach.fact(storage),
            library: library.map_or(Fact::Absent, |it| Fact::derived(it, at.clone())),
            timeout: timeout(entry),
            mode: process.mode.clone(),
            processes: total_processes(process),
            used: used.clone(),
            endpoint: match storage_known {
                Some(Storage::Redis | Storage::Memcached) => endpoint::of_cache(entry),
                _ => Fact::Absent,
            },
            process: Some(seat.process),
        };
        stack.add(cache);
        if let Some(library) = library.filter(|_| !is_of_workers(apps, seat, stack, settings, alias)) {
            let mut client = client(apps, seat, settings, alias, entry, library, about, stack);
            if !values::entry(values::entry(entry.clone(), "OPTIONS"), "SENTINELS").is_absent() {
                client.endpoint = endpoint::of_cache(entry);
            }
            let location = values::entry(entry.clone(), "LOCATION");
            redis::put(stack, network, client, &first(location), true);
        }
    }
    if let Some(storage) = default.filter(|_| seat.serves(stack)) {
        throttles(stack, apps, seat, settings, storage);
    }
}

fn about(apps: &Apps<'_>, seat: &Seat<'_>, alias: &str, span: Span) -> About {
    let file = &apps.sources.file(span.file).path;
    About {
        name: format!("CACHES[\"{alias}\"] of {}", seat.service()).into(),
        anchor: Anchor::new(file.clone(), format!("CACHES.{alias}@{}", seat.service())),
        span: Some(span),
        owner: Some(seat.service().into()),
        writers: Vec::new(),
    }
}

/// Django's own default: a cache in the memory of each process.
fn memory_by_default(
    stack: &mut Stack,
    seat: &Seat<'_>,
    settings: ModuleId,
    apps: &Apps<'_>,
    used: &Fact<bool>,
) -> Fact<Storage> {
    let file = apps.code.module(settings).map(|it| it.file);
    let at = file.map(|file| Span::at(file, 0));
    let storage = Fact::default_of(Storage::Memory, "Django", "CACHES", at);
    let Some(at) = at else { return storage };
    let process = &stack[seat.process];
    let cache = Cache {
        about: about(apps, seat, "default", at),
        storage: storage.clone(),
        library: Fact::Absent,
        timeout: defaults::number("Django", "cache TIMEOUT", Some(at)),
        mode: process.mode.clone(),
        processes: total_processes(process),
        used: used.clone(),
        endpoint: Fact::Absent,
        process: Some(seat.process),
    };
    stack.add(cache);
    storage
}

/// How long an entry is kept; `None` keeps it until the store drops it.
fn timeout(entry: &Fact<PyValue>) -> Fact<f64> {
    match values::entry(entry.clone(), "TIMEOUT") {
        Fact::Known(Sourced { value: PyValue::None, origin, .. }) => {
            Fact::Unbounded(Why::shown("`None` keeps entries for ever", origin.span()))
        }
        Fact::Absent => defaults::number("Django", "cache TIMEOUT", entry.span()),
        said => values::number(said),
    }
}

/// Whether code that a process loads names Django's caches: the settings that configure them do not count.
fn used(apps: &Apps<'_>, seat: &Seat<'_>, settings: ModuleId) -> Fact<bool> {
    const NAMES: [&str; 3] = ["django.core.cache", "django.views.decorators.cache", "django.core import cache"];
    let files = seat.loaded.iter().filter(|id| **id != settings).filter_map(|id| apps.code.module(*id));
    let found = files.map(|it| apps.sources.file(it.file)).find_map(|file| {
        let mut places =
            NAMES.iter().filter_map(|name| Some((memmem::find(file.text().as_bytes(), name.as_bytes())?, name)));
        let (at, name) = places.find(|(at, _)| {
            let line = file.line(file.line_of(*at)).trim_start();
            line.starts_with("from ") || line.starts_with("import ")
        })?;
        Some(file.span(at..at + name.len()))
    });
    match found {
        Some(span) => Fact::derived(true, vec![span]),
        None => Fact::derived(false, Vec::new()),
    }
}

/// Whether the code that a server loads names a cache for the tasks of workers alone. One that it names nowhere may be
/// asked by a package.
fn is_of_workers(apps: &Apps<'_>, seat: &Seat<'_>, stack: &Stack, settings: ModuleId, alias: &str) -> bool {
    const NAMES: [&str; 5] = ["get_redis_connection(", "caches[", "get_cache(", "cache=", "cache_alias="];
    if alias == "default" || !seat.is_django(stack) || !seat.serves(stack) {
        return false;
    }
    let by_settings = ["SESSION_CACHE_ALIAS", "CACHE_MIDDLEWARE_ALIAS"]
        .iter()
        .any(|name| values::text(seat.evaluator.setting(settings, &[name])).known().is_some_and(|it| **it == *alias));
    let mut places =
        seat.loaded.iter().filter(|id| **id != settings).filter_map(|id| apps.code.module(*id)).flat_map(|it| {
            let file = apps.sources.file(it.file);
            let text = file.text();
            memmem::find_iter(text.as_bytes(), alias.as_bytes()).filter_map(move |at| {
                let before = text[..at].strip_suffix(['"', '\''])?.trim_end();
                let closes = text[at + alias.len()..].starts_with(['"', '\'']);
                (closes && NAMES.iter().any(|name| before.ends_with(name))).then_some((file, at))
            })
        });
    let Some(first) = places.next().filter(|_| !by_settings) else { return false };
    std::iter::once(first).chain(places).all(|(file, at)| callers::is_for_tasks(apps, seat, file, at))
}

fn library(backend: &str) -> RedisLibrary {
    if backend.starts_with("django.core.") { RedisLibrary::DjangoCore } else { RedisLibrary::DjangoRedis }
}

/// The first of several locations.
fn first(location: Fact<PyValue>) -> Fact<PyValue> {
    match &location {
        Fact::Known(Sourced { value: PyValue::List(items), .. }) => items.first().cloned().unwrap_or(Fact::Absent),
        _ => location,
    }
}

#[allow(clippy::too_many_arguments, reason = "each is a different thing that is known of one cache")]
fn client(
    apps: &Apps<'_>,
    seat: &Seat<'_>,
    settings: ModuleId,
    alias: &str,
    entry: &Fact<PyValue>,
    library: RedisLibrary,
    about: About,
    stack: &Stack,
) -> RedisClient {
    let options = values::entry(entry.clone(), "OPTIONS");
    let path = ["CACHES", alias, "OPTIONS"];
    let settings = Some(settings).filter(|_| !seat.evaluator.is_open());
    let written = Writable { apps, settings, path: &path };
    // django-redis hands its pool these under a name of their own; Django's backend takes the options themselves.
    let pool_options = match library {
        RedisLibrary::DjangoRedis => values::entry(options.clone(), "CONNECTION_POOL_KWARGS"),
        _ => options.clone(),
    };
    let class = match library {
        RedisLibrary::DjangoRedis => values::entry(options.clone(), "CONNECTION_POOL_CLASS"),
        _ => values::entry(options.clone(), "pool_class"),
    };
    let blocking = match &values::text(class.clone()) {
        Fact::Known(name) => Some(name.value.contains("Blocking")),
        Fact::Absent => None,
        _ => match class.known() {
            Some(PyValue::Outside(name)) => Some(name.contains("Blocking")),
            _ => None,
        },
    };
    let timeout = match library {
        RedisLibrary::DjangoRedis => match values::entry(options.clone(), "SOCKET_TIMEOUT") {
            Fact::Absent => values::entry(pool_options.clone(), "socket_timeout"),
            timeout => timeout,
        },
        _ => values::entry(pool_options.clone(), "socket_timeout"),
    };
    let slot = match options.known() {
        Some(PyValue::Dict(dict)) if library == RedisLibrary::DjangoRedis && matches!(dict.made, Made::Display(_)) => {
            written.entry(dict, "SOCKET_TIMEOUT")
        }
        Some(PyValue::Dict(dict)) if matches!(dict.made, Made::Display(_)) => written.entry(dict, "socket_timeout"),
        _ => None,
    };
    let at = about.span;
    Pool {
        library,
        max_connections: apps.reach.fact(values::count(
            match redis::in_query(&first(values::entry(entry.clone(), "LOCATION")), "max_connections") {
                Fact::Absent => values::entry(pool_options.clone(), "max_connections"),
                said => said,
            },
        )),
        blocking: blocking.map(|it| Fact::derived(it, class.span().into_iter().collect())),
        socket_timeout: apps.reach.fact(values::number(timeout)),
        waits: false,
        timeout_slot: slot,
        most_slot: None,
        retry_on_timeout: apps.reach.fact(values::truth(values::entry(pool_options, "retry_on_timeout"))),
        per_call: Fact::Absent,
        only_checked: Fact::Absent,
        at,
    }
    .client(stack, seat, about)
}

/// The REST framework's throttles count in the default cache.
fn throttles(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>, settings: ModuleId, storage: Fact<Storage>) {
    let classes = seat.evaluator.setting(settings, &["REST_FRAMEWORK", "DEFAULT_THROTTLE_CLASSES"]);
    let Some(PyValue::List(items)) = classes.known() else { return };
    let (false, Some(span)) = (items.is_empty(), classes.span()) else { return };
    let process = &stack[seat.process];
    let limiter = Limiter {
        about: About {
            name: format!("the throttles of {}", seat.service()).into(),
            anchor: Anchor::new(
                apps.sources.file(span.file).path.clone(),
                format!("REST_FRAMEWORK.DEFAULT_THROTTLE_CLASSES@{}", seat.service()),
            ),
            span: Some(span),
            owner: Some(seat.service().into()),
            writers: Vec::new(),
        },
        storage,
        processes: total_processes(process),
        process: Some(seat.process),
    };
    stack.add(limiter);
}
