//! Servers that speak ASGI themselves: uvicorn, `fastapi run`, daphne, Sanic.

use crate::stack::vocabulary::{Framework, Mode, Process, Program};
use crate::stack::{Fact, Origin, Truth, Why, defaults};

use super::{HOST_CPUS, Settings, all_requests, application, asgi_mode, number, without_slots};

const UVICORN_FLAGS: &[&str] = &[
    "--reload",
    "--factory",
    "--access-log",
    "--no-access-log",
    "--use-colors",
    "--no-use-colors",
    "--proxy-headers",
    "--no-proxy-headers",
    "--server-header",
    "--no-server-header",
    "--date-header",
    "--no-date-header",
    "--http2",
    "--reset-contextvars",
    "--version",
];

/// uvicorn: the command line stands over `UVICORN_…`, which there is for each option, that over `WEB_CONCURRENCY`, that
/// over the default.
pub(super) fn uvicorn(settings: &Settings<'_, '_>) -> Process {
    let mut process = settings.base(Program::Uvicorn);
    let app = settings.options.positional(UVICORN_FLAGS).into_iter().next().or_else(|| {
        let named = settings.variable("UVICORN_APP")?;
        Some((named.known()?.clone(), named.span().unwrap_or(settings.program)))
    });
    process.framework = settings.framework(app.as_ref());
    process.application = application(app.as_ref());
    process.processes = workers(settings, &["UVICORN_WORKERS", "WEB_CONCURRENCY"]);
    if let Some(file) = settings.options.place(&["--env-file"])
        && matches!(&process.processes, Fact::Known(it) if !matches!(it.origin, Origin::Written(_)))
    {
        // It is read before `WEB_CONCURRENCY` is.
        process.processes = Fact::Unknown(Why::at("its file of variables may set `WEB_CONCURRENCY`", file));
    }
    limits(settings, &mut process, true);
    process.reload = match (settings.options.flag(&["--reload"]), settings.variable("UVICORN_RELOAD")) {
        (None, Some(said)) => without_slots(said.map(|it| is_true(&it))),
        _ => settings.flag(&["--reload"]),
    };
    one_when_reloading(&mut process);
    let socket = settings.options.flag(&["--uds", "--fd"]).is_some()
        || ["UVICORN_UDS", "UVICORN_FD"].iter().any(|name| settings.variable(name).is_some());
    process.port = match socket {
        true => Fact::Absent,
        false => settings
            .count(&["--port"], &["UVICORN_PORT"], || defaults::count("uvicorn", "port", Some(settings.program))),
    };
    let interface = settings.said(&["--interface"], Some("UVICORN_INTERFACE"));
    if interface.as_ref().and_then(Fact::known).is_some_and(|it| &**it == "wsgi") {
        process.mode = Fact::derived(Mode::WsgiOnAsgi, vec![settings.program]);
        process.threads = defaults::count("uvicorn", "threads for WSGI", Some(settings.program));
        process.slots = without_slots(process.threads.clone());
    }
    process.version = (settings.context.version_of)("uvicorn");
    settings.offer_drop(&mut process, "drop_reload", settings.options.flag(&["--reload"]));
    settings.note_host_cpus(&mut process, "--workers");
    settings.note_overridden(&mut process);
    process
}

/// What Click takes for true in a variable of a flag.
fn is_true(text: &str) -> bool {
    matches!(text.trim().to_ascii_lowercase().as_str(), "1" | "true" | "t" | "yes" | "y" | "on")
}

/// With a reloader uvicorn starts one worker, whatever is asked for.
fn one_when_reloading(process: &mut Process) {
    if process.reload.known() == Some(&true) {
        process.processes = Fact::derived(1, process.reload.span().into_iter().collect());
    }
}

/// `fastapi run` and `fastapi dev`, which start uvicorn.
pub(super) fn fastapi(settings: &Settings<'_, '_>) -> Option<Process> {
    let dev = *settings.words.iter().skip(1).find(|word| matches!(**word, "run" | "dev"))? == "dev";
    let mut process = settings.base(Program::Fastapi);
    process.framework = Fact::derived(Framework::Fastapi, vec![settings.program]);
    process.processes =
        if dev { Fact::derived(1, vec![settings.program]) } else { workers(settings, &["WEB_CONCURRENCY"]) };
    limits(settings, &mut process, false);
    process.dev_server = Fact::derived(dev, vec![settings.running.span]);
    process.reload = match (settings.options.flag(&["--reload"]), settings.options.flag(&["--no-reload"])) {
        (Some(span), _) => Fact::derived(true, vec![span]),
        (_, Some(span)) => Fact::derived(false, vec![span]),
        _ => Fact::derived(dev, vec![settings.running.span]),
    };
    one_when_reloading(&mut process);
    process.port =
        settings.count(&["--port"], &["PORT"], || defaults::count("fastapi", "port", Some(settings.program)));
    process.version = (settings.context.version_of)("uvicorn");
    settings.offer_drop(&mut process, "drop_reload", settings.options.flag(&["--reload"]));
    settings.note_host_cpus(&mut process, "--workers");
    settings.note_overridden(&mut process);
    Some(process)
}

fn workers(settings: &Settings<'_, '_>, variables: &[&str]) -> Fact<u64> {
    settings.count(&["--workers"], variables, || defaults::count("uvicorn", "workers", Some(settings.program)))
}

/// What uvicorn does however it is started; `own` where its own command line starts it, whose options and variables
/// say more.
fn limits(settings: &Settings<'_, '_>, process: &mut Process, own: bool) {
    let at = Some(settings.program);
    let said = |option: &str, variable: &str| settings.said(&[option], Some(variable)).filter(|_| own);
    let count = |option: &str, variable: &str, default: Fact<u64>| match said(option, variable) {
        Some(text) => number(text).map(|value| value as u64),
        None => settings.unsaid(default, if own { settings.slots(option, None) } else { Vec::new() }),
    };
    let seconds = |option: &str, variable: &str, default: Fact<f64>| match said(option, variable) {
        Some(text) => number(text),
        None => settings.unsaid(default, if own { settings.slots(option, None) } else { Vec::new() }),
    };
    process.mode = asgi_mode(&process.framework);
    process.max_requests = count(
        "--limit-max-requests",
        "UVICORN_LIMIT_MAX_REQUESTS",
        defaults::count("uvicorn", "limit_max_requests", at),
    );
    process.max_requests_jitter = count(
        "--limit-max-requests-jitter",
        "UVICORN_LIMIT_MAX_REQUESTS_JITTER",
        defaults::count("uvicorn", "limit_max_requests_jitter", at),
    );
    let version = (settings.context.version_of)("uvicorn");
    let has_jitter = version.known().is_some_and(|it| it.less(&[0, 41]) == Truth::No);
    if !has_jitter && said("--limit-max-requests-jitter", "UVICORN_LIMIT_MAX_REQUESTS_JITTER").is_none() {
        // Older ones refuse the option.
        process.max_requests_jitter = without_slots(std::mem::take(&mut process.max_requests_jitter));
    }
    process.keepalive = seconds(
        "--timeout-keep-alive",
        "UVICORN_TIMEOUT_KEEP_ALIVE",
        defaults::number("uvicorn", "timeout_keep_alive", at),
    );
    process.graceful_timeout = seconds(
        "--timeout-graceful-shutdown",
        "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN",
        Fact::Unbounded(Why::at("it waits until all requests are done", settings.program)),
    );
    process.limit_concurrency = count(
        "--limit-concurrency",
        "UVICORN_LIMIT_CONCURRENCY",
        Fact::Unbounded(Why::at("no limit is set", settings.program)),
    );
    process.backlog = count("--backlog", "UVICORN_BACKLOG", defaults::count("uvicorn", "backlog", at));
    // Beyond that many at work it answers 503 (read in uvicorn 0.15 and 0.54).
    process.slots = match &process.limit_concurrency {
        Fact::Unbounded(_) => all_requests(settings.program),
        limit => without_slots(limit.clone()),
    };
}

/// daphne, which has one process and no option for more.
pub(super) fn daphne(settings: &Settings<'_, '_>) -> Process {
    let mut process = settings.base(Program::Daphne);
    let app = settings.options.positional(&["--proxy-headers", "--no-server-name"]).into_iter().next();
    process.framework = settings.framework(app.as_ref());
    process.application = application(app.as_ref());
    if matches!(process.framework, Fact::Unknown(_)) {
        process.framework = Fact::derived(Framework::Django, vec![settings.program]);
    }
    process.mode = asgi_mode(&process.framework);
    process.slots = all_requests(settings.program);
    process.port = settings.count(&["-p", "--port"], &[], || defaults::count("daphne", "port", Some(settings.program)));
    process.version = (settings.context.version_of)("daphne");
    process
}

/// Sanic's own server: `sanic app:app --workers 4`; `--fast` takes the host's CPUs.
pub(super) fn sanic(settings: &Settings<'_, '_>) -> Process {
    let at = Some(settings.program);
    let mut process = settings.base(Program::Sanic);
    let flags =
        ["--fast", "--dev", "-d", "--debug", "-r", "--reload", "--auto-reload", "--single-process", "--factory"];
    let app = settings.options.positional(&flags).into_iter().next();
    process.framework = Fact::derived(Framework::Sanic, vec![settings.program]);
    process.application = application(app.as_ref());
    process.mode = Fact::derived(Mode::AsgiOther, vec![settings.program]);
    process.slots = all_requests(settings.program);
    process.processes = match settings.options.flag(&["--fast"]) {
        Some(place) => Fact::Unknown(Why::at(HOST_CPUS, place)),
        None => settings.count(&["-w", "--workers"], &["SANIC_WORKERS"], || defaults::count("sanic", "workers", at)),
    };
    process.dev_server = settings.flag(&["--dev", "-d"]);
    process.reload = settings.flag(&["-r", "--reload", "--auto-reload", "--dev", "-d"]);
    process.port = settings.count(&["-p", "--port"], &[], || defaults::count("sanic", "port", at));
    process.version = (settings.context.version_of)("sanic");
    settings.note_host_cpus(&mut process, "--workers");
    process
}
