//! Settings that are not of a database.

use crate::link::apps::{Apps, Choice, Seat};
use crate::link::values::{self, PyValue};
use crate::source::Span;
use crate::stack::vocabulary::{About, Anchor, Settings, Storage};
use crate::stack::{Fact, Sourced, Stack, Why};

/// Adds settings that are not in these files, by their name: what they say is not judged.
pub(super) fn add_elsewhere(stack: &mut Stack, seat: &Seat<'_>) {
    let Some(said) = &seat.elsewhere else { return };
    let anchor = &seat.place.plan.anchor;
    let about = About {
        name: format!("the settings of {}", seat.service()).into(),
        anchor: Anchor::new(anchor.file.clone(), format!("settings@{}", seat.service())),
        span: Some(said.at),
        owner: Some(seat.service().into()),
        writers: Vec::new(),
    };
    let module = said.module.clone();
    stack.add(Settings { about, module, process: Some(seat.process), ..Settings::default() });
}

/// Adds the settings of a process.
pub(super) fn add(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>, choice: &Choice) {
    let module = choice.first();
    let Some(draft) = apps.code.module(module) else { return };
    let at = Span::at(draft.file, 0);
    let get = |name: &str| seat.evaluator.setting(module, &[name]);
    let truth = |name: &str, default: bool| match values::truth(get(name)) {
        Fact::Absent => Fact::default_of(default, "Django", name, Some(at)),
        fact => apps.reach.fact(fact),
    };
    let settings = Settings {
        about: About {
            name: format!("the settings of {}", seat.service()).into(),
            anchor: Anchor::new(draft.path.clone(), format!("settings@{}", seat.service())),
            span: Some(at),
            owner: Some(seat.service().into()),
            writers: Vec::new(),
        },
        module: choice.path(apps.code),
        debug: match values::off(get("DEBUG")) {
            Some(off) => off,
            None => truth("DEBUG", false),
        },
        sessions: sessions(get("SESSION_ENGINE"), at),
        drf_paginates: paginates(get("REST_FRAMEWORK"), at),
        email_timeout: match get("EMAIL_TIMEOUT") {
            Fact::Absent => Fact::Unbounded(Why::at("Django waits without end unless told otherwise", at)),
            Fact::Known(Sourced { value: PyValue::None, origin, .. }) => {
                Fact::Unbounded(Why::shown("`None` waits without end", origin.span()))
            }
            value => apps.reach.fact(values::number(value)),
        },
        celery_eager: truth("CELERY_TASK_ALWAYS_EAGER", false),
        process: Some(seat.process),
    };
    stack.add(settings);
}

fn sessions(engine: Fact<PyValue>, at: Span) -> Fact<Storage> {
    match values::text(engine) {
        Fact::Absent => Fact::default_of(Storage::Database, "Django", "SESSION_ENGINE", Some(at)),
        engine => engine.map(|name| match name.rsplit('.').next().unwrap_or(&name) {
            "db" | "cached_db" => Storage::Database,
            // Where the cache is, another entity says.
            "file" => Storage::File,
            _ => Storage::Other,
        }),
    }
}

/// Whether the REST framework pages lists by itself: it needs a class and a size.
fn paginates(framework: Fact<PyValue>, at: Span) -> Fact<bool> {
    let class = match values::entry(framework.clone(), "DEFAULT_PAGINATION_CLASS") {
        Fact::Unknown(why) => return Fact::Unknown(why),
        class => class,
    };
    let no = || Fact::default_of(false, "Django REST framework", "DEFAULT_PAGINATION_CLASS", Some(at));
    match class {
        Fact::Absent => no(),
        Fact::Known(Sourced { value: PyValue::None, .. }) => no(),
        class => {
            let spans = class.span().into_iter().collect();
            // A class of the project's own may bring its size.
            let builtin = values::text(class).known().is_some_and(|it| it.starts_with("rest_framework."));
            let sized = !matches!(
                values::entry(framework, "PAGE_SIZE"),
                Fact::Absent | Fact::Known(Sourced { value: PyValue::None, .. })
            );
            Fact::derived(!builtin || sized, spans)
        }
    }
}

/// Where a cache is, by its backend's dotted name.
pub(crate) fn storage_of_cache(backend: &str) -> Storage {
    let name = backend.to_ascii_lowercase();
    for (part, storage) in [
        ("locmem", Storage::Memory),
        ("redis", Storage::Redis),
        ("memcache", Storage::Memcached),
        ("dummy", Storage::Dummy),
        ("filebased", Storage::File),
        ("cache.backends.db", Storage::Database),
    ] {
        if name.contains(part) {
            return storage;
        }
    }
    Storage::Other
}
