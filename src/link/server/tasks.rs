//! Workers of task queues other than Celery: RQ, Dramatiq, Taskiq, Huey, arq, Django Q.

use crate::link::command::words::HOST_CPUS;
use crate::stack::vocabulary::{Framework, Mode, Process, Program};
use crate::stack::{Fact, Why, defaults};

use super::{Settings, application, without_slots};

/// The worker that a program of its own starts, if it is one.
pub(super) fn read(settings: &Settings<'_, '_>, name: &str) -> Option<Process> {
    let sub = settings.words.iter().skip(1).find(|word| !word.starts_with('-')).copied().unwrap_or("");
    match name {
        "rq" => matches!(sub, "worker" | "worker-pool").then(|| rq(settings, sub)),
        "rqworker" => Some(rq(settings, "worker")),
        "dramatiq" => Some(dramatiq(settings, true)),
        "dramatiq-gevent" => Some(dramatiq(settings, false)),
        "taskiq" => taskiq(settings, sub),
        "huey_consumer" | "huey_consumer.py" | "huey.bin.huey_consumer" => Some(huey(settings, false)),
        "arq" => Some(arq(settings)),
        _ => None,
    }
}

/// The worker that a command of `manage.py` starts, if it is one.
pub(super) fn managed(settings: &Settings<'_, '_>, command: &str) -> Option<Process> {
    let mut process = match command {
        "rqworker" => rq(settings, "worker"),
        "rqworker-pool" => rq(settings, "worker-pool"),
        "run_huey" | "runhuey" => huey(settings, true),
        "rundramatiq" => rundramatiq(settings),
        "qcluster" => qcluster(settings),
        _ => return None,
    };
    process.framework = Fact::derived(Framework::Django, vec![settings.running.span]);
    process.application = Fact::Absent;
    Some(process)
}

/// A worker of one process, which does one thing after the other.
fn single(settings: &Settings<'_, '_>, program: Program, package: &str) -> Process {
    let mut process = settings.base(program);
    process.mode = Fact::derived(Mode::Single, vec![settings.program]);
    process.slots = Fact::derived(1, vec![settings.program]);
    process.version = (settings.context.version_of)(package);
    process
}

/// RQ forks for each job and waits for it; a pool is several of these.
fn rq(settings: &Settings<'_, '_>, sub: &str) -> Process {
    let mut process = single(settings, Program::Rq, "rq");
    if sub == "worker-pool" {
        let default = || defaults::count("rq", "num-workers", Some(settings.program));
        process.processes = settings.count(&["-n", "--num-workers"], &[], default);
    }
    process
}

/// A process for each CPU, with eight threads; `dramatiq-gevent` has greenlets in their place.
fn dramatiq(settings: &Settings<'_, '_>, threads: bool) -> Process {
    let mut process = settings.base(Program::Dramatiq);
    let app =
        settings.options.positional(&["--watch-use-polling", "--use-spawn", "-v", "--verbose"]).into_iter().next();
    process.framework = settings.framework(app.as_ref());
    process.application = application(app.as_ref());
    let host = || Fact::Unknown(Why::at(HOST_CPUS, settings.program));
    process.processes = settings.count(&["-p", "--processes"], &["dramatiq_processes"], host);
    let default = || defaults::count("dramatiq", "threads", Some(settings.program));
    let at_once = settings.count(&["-t", "--threads"], &["dramatiq_threads"], default);
    process.slots = without_slots(at_once.clone());
    if threads {
        process.mode = Fact::derived(Mode::TaskThreads, vec![settings.program]);
        process.threads = at_once;
    } else {
        process.mode = Fact::derived(Mode::TaskGevent, vec![settings.program]);
    }
    process.version = (settings.context.version_of)("dramatiq");
    settings.note_host_cpus(&mut process, "--processes");
    process
}

/// django-dramatiq, whose own defaults are set in Django's settings.
fn rundramatiq(settings: &Settings<'_, '_>) -> Process {
    let mut process = dramatiq(settings, !settings.words.contains(&"--use-gevent"));
    let open = || Fact::Unknown(Why::at("perhaps set by Django's settings", settings.program));
    process.processes = settings.count(&["-p", "--processes"], &[], open);
    process.from_host_cpus = Fact::derived(false, vec![settings.program]);
    process.about.writers.retain(|writer| &*writer.name != "set_workers");
    let threads = settings.count(&["-t", "--threads"], &[], open);
    process.slots = without_slots(threads.clone());
    if !process.threads.is_absent() {
        process.threads = threads;
    }
    process
}

/// Two processes, each with an event loop.
fn taskiq(settings: &Settings<'_, '_>, sub: &str) -> Option<Process> {
    if sub == "scheduler" {
        return Some(single(settings, Program::Taskiq, "taskiq"));
    }
    if sub != "worker" {
        return None;
    }
    let at = Some(settings.program);
    let mut process = settings.base(Program::Taskiq);
    let flags = ["--reload", "-r", "--fs-discover", "-fsd", "--no-parse", "--no-configure-logging", "--no-gitignore"];
    let app = settings.options.positional(&flags).into_iter().nth(1);
    process.framework = settings.framework(app.as_ref());
    process.application = application(app.as_ref());
    process.mode = Fact::derived(Mode::TaskAsync, vec![settings.program]);
    process.processes = settings.count(&["-w", "--workers"], &[], || defaults::count("taskiq", "workers", at));
    let default = || defaults::count("taskiq", "max_async_tasks", at);
    process.slots = settings.count(&["--max-async-tasks"], &[], default);
    process.reload = settings.flag(&["--reload", "-r"]);
    process.version = (settings.context.version_of)("taskiq");
    settings.note_host_cpus(&mut process, "--workers");
    Some(process)
}

/// Huey: threads, greenlets or processes, one by default. Under Django the settings may say it, too.
fn huey(settings: &Settings<'_, '_>, django: bool) -> Process {
    let mut process = settings.base(Program::Huey);
    process.version = (settings.context.version_of)("huey");
    let open = || Why::at("perhaps set by HUEY in Django's settings", settings.program);
    let workers = settings.count(&["-w", "--workers"], &[], || match django {
        true => Fact::Unknown(open()),
        false => defaults::count("huey", "workers", Some(settings.program)),
    });
    let kind = settings.options.value(&["-k", "--worker-type"]);
    match kind.as_ref().map(|kind| kind.known().map(|kind| &**kind)) {
        None if django => {
            process.mode = Fact::Unknown(open());
            process.processes = Fact::Unknown(open());
            process.slots = Fact::Unknown(open());
        }
        None | Some(Some("thread")) => {
            process.mode = Fact::derived(Mode::TaskThreads, vec![settings.program]);
            process.slots = without_slots(workers.clone());
            process.threads = workers;
        }
        Some(Some("greenlet" | "gevent")) => {
            process.mode = Fact::derived(Mode::TaskGevent, vec![settings.program]);
            process.slots = workers;
        }
        Some(Some("process")) => {
            process.mode = Fact::derived(Mode::Single, vec![settings.program]);
            process.slots = Fact::derived(1, vec![settings.program]);
            process.processes = workers;
        }
        Some(_) => {
            let why = Why::at("its type of workers is not known", settings.program);
            process.mode = Fact::Unknown(why.clone());
            process.processes = Fact::Unknown(why.clone());
            process.slots = Fact::Unknown(why);
        }
    }
    process
}

/// arq: one event loop; the class that the command names says how many jobs it takes at once.
fn arq(settings: &Settings<'_, '_>) -> Process {
    let mut process = settings.base(Program::Arq);
    process.mode = Fact::derived(Mode::TaskAsync, vec![settings.program]);
    process.version = (settings.context.version_of)("arq");
    let class =
        settings.options.positional(&["--burst", "--no-burst", "--check", "-v", "--verbose"]).into_iter().next();
    process.application = application(class.as_ref());
    process.slots = match class {
        Some((class, _)) => match (settings.context.class_setting)(&class, "max_jobs") {
            Fact::Absent => defaults::count("arq", "max_jobs", Some(settings.program)),
            said => super::number(said).map(|jobs| jobs as u64),
        },
        None => Fact::Unknown(Why::at("the class of its settings is not known", settings.program)),
    };
    process
}

/// Django Q: a process for each worker, which the settings count; the host's CPUs where they do not.
fn qcluster(settings: &Settings<'_, '_>) -> Process {
    let mut process = single(settings, Program::DjangoQ, "django-q2");
    process.processes = match (settings.context.class_setting)("", "Q_CLUSTER.workers") {
        Fact::Absent => Fact::Unknown(Why::at(HOST_CPUS, settings.program)),
        said => super::number(said).map(|workers| workers as u64),
    };
    process
}
