//! Celery: workers and beat. The command line stands over `CELERY_WORKER_…`, that over the application's configuration,
//! that over the defaults (read in Celery 5.5: `celery.bin.celery.main`, `WorkController.setup_defaults`).

use crate::link::command::words::HOST_CPUS;
use crate::stack::vocabulary::{Mode, Process, Program};
use crate::stack::{Fact, Sourced, Why, defaults};

use super::{Settings, number, without_slots};

/// The worker or the beat that a command starts; other sub-commands of Celery serve nothing.
pub(super) fn read(settings: &Settings<'_, '_>) -> Option<Process> {
    let sub = settings.options.positional(&["-C", "--no-color", "-q", "--quiet", "--skip-checks"]);
    let at = sub.iter().position(|(word, _)| matches!(&**word, "worker" | "beat" | "multi"))?;
    match &*sub[at].0 {
        "worker" => Some(worker(settings)),
        "beat" => Some(beat(settings)),
        _ => multi(settings, &sub[at + 1..]),
    }
}

/// `celery multi start 3 -c 4`, `celery multi start images mail`: several workers, each with the options.
fn multi(settings: &Settings<'_, '_>, words: &[(Box<str>, crate::source::Span)]) -> Option<Process> {
    let (verb, nodes) = words.split_first()?;
    if !matches!(&*verb.0, "start" | "restart") {
        return None;
    }
    let mut process = worker(settings);
    let count = match nodes {
        [(only, _)] => only.parse().unwrap_or(1),
        names => names.len() as u64,
    };
    // `-c:1 10` is for one of them.
    let single = settings.words.iter().any(|word| word.starts_with("-c:") || word.starts_with("--concurrency:"));
    process.processes = match single {
        true => Fact::Unknown(Why::at("its workers differ", settings.running.span)),
        false => super::times(process.processes, count, nodes.first().map(|(_, span)| *span)),
    };
    Some(process)
}

fn common(settings: &Settings<'_, '_>, program: Program) -> (Process, Box<str>) {
    let mut process = settings.base(program);
    let app = settings.options.value(&["-A", "--app"]).and_then(|app| app.known().cloned());
    let app = app.unwrap_or_default();
    if !app.is_empty() {
        process.application = Fact::derived(app.clone(), vec![settings.program]);
    }
    let django = (settings.context.framework_of)(&app);
    process.framework = match django {
        Some(framework) => Fact::derived(framework, vec![settings.program]),
        None => Fact::Unknown(Why::at(format!("what `{app}` is written with is not known"), settings.program)),
    };
    process.version = (settings.context.version_of)("celery");
    (process, app)
}

fn beat(settings: &Settings<'_, '_>) -> Process {
    let (mut process, _) = common(settings, Program::CeleryBeat);
    process.mode = Fact::derived(Mode::Single, vec![settings.program]);
    process.slots = Fact::derived(1, vec![settings.program]);
    process
}

fn worker(settings: &Settings<'_, '_>) -> Process {
    let (mut process, app) = common(settings, Program::CeleryWorker);
    let said = |name: &str| match (settings.context.celery_setting)(&app, name) {
        Fact::Absent => None,
        fact => Some(fact),
    };
    let pool = settings
        .options
        .value(&["-P", "--pool"])
        .or_else(|| settings.variable("CELERY_WORKER_POOL"))
        .or_else(|| said("worker_pool"))
        .unwrap_or_else(|| {
            let default = Fact::default_of("prefork".into(), "celery", "worker_pool", Some(settings.program));
            settings.unsaid(default, settings.slots("--pool", None))
        });
    let concurrency = concurrency(settings, &said);
    let one = || Fact::derived(1, vec![settings.program]);
    let by_pool = |mode: Mode| without_slots(pool.clone().map(|_| mode));
    match pool.known().map(|pool| &**pool) {
        Some("prefork" | "processes") => {
            process.mode = by_pool(Mode::CeleryPrefork);
            process.slots = one();
            process.processes = concurrency;
            settings.note_host_cpus(&mut process, "--concurrency");
        }
        Some("solo") => {
            process.mode = by_pool(Mode::Single);
            process.slots = one();
        }
        Some("threads") => {
            process.mode = by_pool(Mode::CeleryThreads);
            process.slots = without_slots(concurrency.clone());
            process.threads = concurrency;
        }
        Some("gevent" | "eventlet") => {
            process.mode = by_pool(Mode::CeleryGevent);
            process.slots = concurrency;
        }
        _ => {
            let why = match &pool {
                Fact::Unknown(why) => why.clone(),
                _ => Why::at("which pool it uses is not known", settings.program),
            };
            process.mode = Fact::Unknown(why.clone());
            process.slots = Fact::Unknown(why.clone());
            process.processes = Fact::Unknown(why);
        }
    }
    process.worker_class = pool;
    // Its command line reads a variable for each option, and stands over the configuration.
    let told = |option: &str, variable: &str| settings.said(&[option], Some(variable));
    process.max_requests = match told("--max-tasks-per-child", "CELERY_WORKER_MAX_TASKS_PER_CHILD") {
        Some(text) => number(text).map(|tasks| tasks as u64),
        None => Fact::Absent,
    };
    let seconds = |option, variable| told(option, variable).map_or(Fact::Absent, number);
    process.task_time_limit = seconds("--time-limit", "CELERY_WORKER_TIME_LIMIT");
    process.task_soft_time_limit = seconds("--soft-time-limit", "CELERY_WORKER_SOFT_TIME_LIMIT");
    let most = told("--max-memory-per-child", "CELERY_WORKER_MAX_MEMORY_PER_CHILD")
        .or_else(|| said("worker_max_memory_per_child"));
    process.memory_per_child = match most {
        // Celery counts in KiB.
        Some(text) => number(text).map(|kib| (kib * 1024.0) as u64),
        None => settings.unsaid(
            Fact::Unbounded(Why::at("no `worker_max_memory_per_child` is set", settings.program)),
            settings.slots("--max-memory-per-child", None),
        ),
    };
    process.prefetch = match told("--prefetch-multiplier", "CELERY_WORKER_PREFETCH_MULTIPLIER")
        .or_else(|| said("worker_prefetch_multiplier"))
    {
        Some(text) => number(text).map(|tasks| tasks as u64),
        None => settings.unsaid(
            defaults::count("celery", "worker_prefetch_multiplier", Some(settings.program)),
            settings.slots("--prefetch-multiplier", None),
        ),
    };
    process.embedded_beat = settings.flag(&["-B", "--beat"]);
    process
}

/// How many tasks run at once: `--autoscale` over `--concurrency`, and the host's CPUs where nothing says it.
fn concurrency(settings: &Settings<'_, '_>, said: &dyn Fn(&str) -> Option<Fact<Box<str>>>) -> Fact<u64> {
    if let Some(scale) = settings.said(&["--autoscale"], Some("CELERY_WORKER_AUTOSCALE")) {
        let most = scale.map(|text| text.split(',').next().unwrap_or("").trim().into());
        return without_slots(number(most).map(|tasks| tasks as u64));
    }
    let host = || Fact::Unknown(Why::at(HOST_CPUS, settings.program));
    let text = settings
        .options
        .value(&["-c", "--concurrency"])
        .or_else(|| settings.variable("CELERY_WORKER_CONCURRENCY"))
        .or_else(|| said("worker_concurrency"));
    match text {
        None => settings.unsaid(host(), Vec::new()),
        Some(Fact::Known(Sourced { value, origin, .. })) if &*value == "auto" => {
            Fact::Unknown(Why::shown("the CPUs of its container", origin.span()))
        }
        Some(Fact::Known(sourced)) if &*sourced.value == "0" => host(),
        Some(text) => number(text).map(|tasks| tasks as u64),
    }
}
