//! Celery's configuration: what is set on the application, over what its settings module says.

use crate::facts::python::CallSite;
use crate::link::endpoint;
use crate::link::network::Network;
use crate::link::values::{self, Code, Evaluator, ModuleId, PyValue};
use crate::source::Span;
use crate::stack::vocabulary::{About, Anchor, Program, TaskQueue};
use crate::stack::{Fact, Slot, Sourced, Stack, Why};

use super::{Apps, Place, Seat, locate, redis};

/// A Celery application's configuration.
struct Config<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    /// The application: its module, and the name it is bound to.
    app: (ModuleId, Box<str>),
    /// What `config_from_object` names, or why it is not known, and the namespace of its settings.
    object: Option<(Result<Named, Why>, Box<str>)>,
}

/// What a configuration is read from.
enum Named {
    Module(ModuleId),
    /// A class, an object of one, or a dict.
    Object(Fact<PyValue>),
}

/// The names that settings had before Celery 4, which it still takes from a configuration without a namespace.
const OLD: &[(&str, &str)] = &[
    ("broker_pool_limit", "BROKER_POOL_LIMIT"),
    ("broker_transport_options", "BROKER_TRANSPORT_OPTIONS"),
    ("broker_url", "BROKER_URL"),
    ("result_backend", "CELERY_RESULT_BACKEND"),
    ("task_acks_late", "CELERY_ACKS_LATE"),
    ("task_soft_time_limit", "CELERYD_TASK_SOFT_TIME_LIMIT"),
    ("task_time_limit", "CELERYD_TASK_TIME_LIMIT"),
    ("worker_concurrency", "CELERYD_CONCURRENCY"),
    ("worker_max_memory_per_child", "CELERYD_MAX_MEMORY_PER_CHILD"),
    ("worker_max_tasks_per_child", "CELERYD_MAX_TASKS_PER_CHILD"),
    ("worker_pool", "CELERYD_POOL"),
    ("worker_prefetch_multiplier", "CELERYD_PREFETCH_MULTIPLIER"),
];

impl<'e, 'a> Config<'e, 'a> {
    fn of(evaluator: &'e Evaluator<'a>, code: &Code, start: ModuleId) -> Option<Self> {
        let mut near = vec![start];
        near.extend(code.reached(start).into_iter().filter(|it| *it != start));
        let (id, site) = near.into_iter().find_map(|id| {
            let site = code.module(id)?.calls.iter().find(|it| it.name.ends_with("Celery") && it.bound.is_some())?;
            Some((id, site))
        })?;
        let bound = site.bound.clone()?;
        let module = code.module(id)?;
        let from = module.calls.iter().find(|it| it.name.ends_with("config_from_object"));
        let object = from.map(|it| object(evaluator, code, id, it));
        Some(Self { evaluator, app: (id, bound), object })
    }

    /// A setting by its new name: what is set on the application stands over what its settings module says.
    fn get(&self, name: &str) -> Fact<PyValue> {
        // These two variables stand over all that the code says.
        let variable = match name {
            "broker_url" => self.evaluator.set_variable("CELERY_BROKER_URL"),
            "result_backend" => self.evaluator.set_variable("CELERY_RESULT_BACKEND"),
            _ => None,
        };
        if let Some(variable) = variable {
            return variable;
        }
        let app = self.evaluator.name(self.app.0, &self.app.1);
        let conf = values::entry(app.clone(), "conf");
        let old = OLD.iter().find(|it| it.0 == name).map(|it| it.1);
        for name in [name].into_iter().chain(old) {
            let set = values::entry(conf.clone(), name);
            if !set.is_absent() {
                return set;
            }
        }
        let unread = match &self.object {
            Some((Err(why), _)) => Some(why),
            _ => None,
        };
        if let Some((Ok(named), prefix)) = &self.object {
            let first = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}_{}", name.to_uppercase()) };
            for name in [&*first].into_iter().chain(old.filter(|_| prefix.is_empty())) {
                let said = match named {
                    Named::Module(module) => self.evaluator.setting(*module, &[name]),
                    Named::Object(object) if matches!(object.known(), Some(PyValue::Dict(_))) => {
                        values::entry(object.clone(), name)
                    }
                    Named::Object(object) => self.evaluator.object_setting(self.app.0, object.clone(), name),
                };
                if !said.is_absent() {
                    return said;
                }
            }
        }
        // `Celery("x", broker=..., task_acks_late=True)`.
        let keyword = match name {
            "broker_url" => "broker",
            "result_backend" => "backend",
            name => name,
        };
        // Its settings are read somewhere, and stand over what the application is made with.
        if let Some(why) = unread {
            return Fact::Unknown(why.clone());
        }
        match app.known() {
            Some(PyValue::Object(object)) => {
                object.keywords.iter().find(|it| &*it.0 == keyword).map_or(Fact::Absent, |it| it.1.clone())
            }
            _ => Fact::Absent,
        }
    }

    /// Where a setting that nothing says could be said: in `app.conf.update(...)`, else behind the last of the settings
    /// module that are Celery's.
    fn slot(&self, apps: &Apps<'_>, name: &str) -> Option<Slot> {
        let module = apps.code.module(self.app.0)?;
        let update = module.calls.iter().find(|it| *it.name == *format!("{}.conf.update", self.app.1));
        if let Some(update) = update.filter(|it| it.call.args.is_empty()) {
            return module.insertion(update.span).map(|it| apps.reach.slot(it.keyword(name)));
        }
        let (settings, prefix) = self.object.as_ref().filter(|it| !it.1.is_empty())?;
        if self.evaluator.is_open() {
            return None;
        }
        let Ok(Named::Module(settings)) = settings else { return None };
        let event = last_of(apps.code, *settings, prefix, 0)?;
        let newline = apps.sources.file(event.file).newline();
        let at = Span { start: event.end, ..event };
        let before = format!("{newline}{prefix}_{} = ", name.to_uppercase());
        Some(apps.reach.slot(Slot::insert(at, before, "")))
    }
}

/// The last statement without a condition that sets a name with this prefix.
fn last_of(code: &Code, id: ModuleId, prefix: &str, depth: u32) -> Option<Span> {
    use crate::facts::python::EventKind;
    let module = code.module(id).filter(|_| depth < 16)?;
    module.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Set { path, .. } if event.guards.is_empty() => {
            path.root.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_')).then_some(event.span)
        }
        EventKind::Star { module: from } => {
            let folder = module.path.rsplit_once('/').map_or("", |it| it.0);
            last_of(code, code.resolve(folder, from)?, prefix, depth + 1)
        }
        _ => None,
    })
}

/// What `config_from_object` names, or why it is not known, and the namespace.
fn object(evaluator: &Evaluator<'_>, code: &Code, id: ModuleId, site: &CallSite) -> (Result<Named, Why>, Box<str>) {
    let namespace = site.call.keyword("namespace").or_else(|| site.call.args.get(2));
    let namespace = namespace.and_then(|it| it.str()).unwrap_or("").into();
    let named = site.call.args.first().or_else(|| site.call.keyword("obj")).map(|it| evaluator.expr(id, it));
    let resolve =
        |name: &str| code.module(id).and_then(|it| code.resolve(it.path.rsplit_once('/').map_or("", |it| it.0), name));
    let module = match named.as_ref().and_then(Fact::known) {
        Some(PyValue::Str(name) | PyValue::Outside(name)) if name.starts_with("django.conf") => {
            evaluator.settings().map(Named::Module)
        }
        Some(PyValue::Str(name)) => resolve(name).map(Named::Module).or_else(|| {
            let (module, object) = name.split_once(':').or_else(|| name.rsplit_once('.'))?;
            Some(evaluator.name(resolve(module)?, object)).filter(is_settled).map(Named::Object)
        }),
        Some(PyValue::Module(module)) => Some(Named::Module(*module)),
        _ => named.clone().filter(is_settled).map(Named::Object),
    };
    (module.ok_or_else(|| Why::at("which settings Celery reads is not known", site.span)), namespace)
}

/// Whether it is something whose attributes or entries the files show.
fn is_settled(object: &Fact<PyValue>) -> bool {
    match object.known() {
        Some(PyValue::Class(..) | PyValue::Dict(_)) => true,
        Some(PyValue::Object(object)) => object.class.is_some(),
        _ => false,
    }
}

/// What the configuration says of a setting, as text; absent when it says nothing.
pub(super) fn setting_text(code: &Code, place: &Place<'_>, app: &str, name: &str) -> Fact<Box<str>> {
    let Some((module, _)) = locate::celery(code, place, app) else { return Fact::Absent };
    let settings = super::settings::find(code, place, None, &[], Some(module)).ok();
    let evaluator = locate::evaluator(code, place, None, settings.as_ref());
    match Config::of(&evaluator, code, module) {
        Some(config) => values::text(config.get(name)),
        None => Fact::Absent,
    }
}

/// Adds the queue of a Celery worker.
pub(super) fn add(stack: &mut Stack, apps: &Apps<'_>, seat: &Seat<'_>, network: &Network) {
    let Some((app, _)) = &seat.app else { return };
    let Some(config) = Config::of(&seat.evaluator, apps.code, *app) else { return };
    let broker = config.get("broker_url");
    redis::keeps(stack, network, &broker, broker.span());
    let process = &stack[seat.process];
    if process.program.known() != Some(&Program::CeleryWorker) {
        return;
    }
    let at = apps
        .code
        .module(config.app.0)
        .and_then(|it| it.calls.iter().find(|it| it.bound.as_deref() == Some(&config.app.1)).map(|it| it.span));
    let get = |name: &str| config.get(name);
    let slot = |name: &str| config.slot(apps, name);
    let truth = |name: &str| match values::truth(get(name)) {
        Fact::Absent => Fact::default_of(false, "celery", name, at).with_slots(slot(name)),
        fact => apps.reach.fact(fact),
    };
    let seconds = |name: &str, told: &Fact<f64>| match get(name) {
        _ if !told.is_absent() => told.clone(),
        Fact::Absent => endless(format!("no `{name}` is set"), at).with_slots(slot(name)),
        Fact::Known(Sourced { value: PyValue::None, origin, slots }) => {
            apps.reach.fact(endless(format!("`{name}` is None"), origin.span()).with_slots(slots))
        }
        value => apps.reach.fact(values::number(value)),
    };
    let queue = TaskQueue {
        about: About {
            name: seat.service().into(),
            anchor: Anchor::new(process.about.anchor.file.clone(), format!("{}.celery", process.about.anchor.entity)),
            span: process.about.span.or(at),
            owner: Some(seat.service().into()),
            writers: Vec::new(),
        },
        prefetch: prefetch(process.prefetch.clone(), values::count(get("worker_prefetch_multiplier")), at)
            .with_slots(slot("worker_prefetch_multiplier").filter(|_| get("worker_prefetch_multiplier").is_absent())),
        acks_late: truth("task_acks_late"),
        time_limit: seconds("task_time_limit", &process.task_time_limit),
        soft_time_limit: seconds("task_soft_time_limit", &process.task_soft_time_limit),
        max_tasks_per_child: match (&process.max_requests, values::count(get("worker_max_tasks_per_child"))) {
            (Fact::Absent, Fact::Absent) => Fact::Unbounded(why("no `worker_max_tasks_per_child` is set", at))
                .with_slots(slot("worker_max_tasks_per_child")),
            (Fact::Absent, fact) => apps.reach.fact(fact),
            (said, _) => said.clone(),
        },
        visibility_timeout: match values::number(values::entry(get("broker_transport_options"), "visibility_timeout")) {
            Fact::Absent => {
                Fact::default_of(3600.0, "celery", "visibility_timeout", at).with_slots(visibility_slot(apps, &config))
            }
            fact => apps.reach.fact(fact),
        },
        long_tasks: match &process.task_time_limit {
            Fact::Known(it) => Fact::derived(it.value > 60.0, it.origin.span().into_iter().collect()),
            _ => long_tasks(apps, seat, &get("task_time_limit")),
        },
        sized: sized(stack, seat),
        redis_broker: match values::address(&broker) {
            Fact::Known(it) => {
                let is_redis = it.value.scheme.starts_with("redis") || it.value.scheme.starts_with("sentinel");
                Fact::derived(is_redis, it.origin.span().into_iter().collect())
            }
            Fact::Absent => Fact::default_of(false, "celery", "broker_url", at),
            Fact::Unknown(why) => Fact::Unknown(why),
            _ => Fact::unknown("branches give the broker"),
        },
        version: seat.place.versions.version("celery"),
        endpoint: match &broker {
            Fact::Absent => Fact::default_of("localhost:5672".into(), "celery", "broker_url", at),
            broker => endpoint::of(broker),
        },
        process: Some(seat.process),
    };
    stack.add(queue);
}

/// `visibility_timeout` in the options of the transport, which are made where there are none.
fn visibility_slot(apps: &Apps<'_>, config: &Config<'_, '_>) -> Option<Slot> {
    let options = config.get("broker_transport_options");
    if let Some(PyValue::Dict(dict)) = options.known()
        && let values::Made::Display(span) = dict.made
    {
        let module = apps.code.module(apps.code.of_file(span.file)?)?;
        return module.insertion(span).map(|it| apps.reach.slot(it.entry("visibility_timeout")));
    }
    let slot = config.slot(apps, "broker_transport_options").filter(|_| options.is_absent())?;
    let before = format!("{}{{\"visibility_timeout\": ", slot.before);
    Some(Slot { before: before.into(), after: format!("}}{}", slot.after).into(), ..slot })
}

fn why(reason: impl Into<Box<str>>, at: Option<Span>) -> Why {
    Why::shown(reason, at)
}

fn endless<T>(reason: String, at: Option<Span>) -> Fact<T> {
    Fact::Unbounded(why(reason, at))
}

/// The command line stands over the configuration, that over the default.
fn prefetch(command: Fact<u64>, config: Fact<u64>, at: Option<Span>) -> Fact<u64> {
    match command {
        Fact::Known(Sourced { origin: crate::stack::Origin::Default(_), .. }) | Fact::Absent => match config {
            Fact::Absent => Fact::default_of(4, "celery", "worker_prefetch_multiplier", at),
            config => config,
        },
        said => said,
    }
}

/// Whether the number of children is written, on the command line or in the configuration.
fn sized(stack: &Stack, seat: &Seat<'_>) -> Fact<bool> {
    let process = &stack[seat.process];
    let written = match (&process.processes, &process.threads) {
        (_, Fact::Known(threads)) => Some(threads.origin.span()),
        (Fact::Known(children), _) => Some(children.origin.span()),
        _ => None,
    };
    let at = process.about.span;
    match written {
        Some(span) => Fact::derived(true, span.or(at).into_iter().collect()),
        None => Fact::derived(false, at.into_iter().collect()),
    }
}

/// Tasks are known to take long where a limit of more than a minute is set for one of them, or for all.
fn long_tasks(apps: &Apps<'_>, seat: &Seat<'_>, limit: &Fact<PyValue>) -> Fact<bool> {
    let is_long = |it: &Fact<PyValue>| values::number(it.clone()).known().is_some_and(|it| *it > 60.0);
    if is_long(limit) {
        return Fact::derived(true, limit.span().into_iter().collect());
    }
    for &id in &seat.loaded {
        let Some(module) = apps.code.module(id) else { continue };
        let tasks = module.calls.iter().filter(|it| matches!(it.name.rsplit('.').next(), Some("task" | "shared_task")));
        for site in tasks {
            for name in ["time_limit", "soft_time_limit"] {
                let Some(value) = site.call.keyword(name) else { continue };
                if is_long(&seat.evaluator.expr(id, value)) {
                    return Fact::derived(true, vec![value.span]);
                }
            }
        }
    }
    Fact::derived(false, limit.span().into_iter().collect())
}
