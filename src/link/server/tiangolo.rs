//! Images that bring their own start script, by the same author: `tiangolo/uvicorn-gunicorn`, `uvicorn-gunicorn-fastapi`,
//! `uvicorn-gunicorn-starlette`, `uwsgi-nginx`, `uwsgi-nginx-flask`. What their scripts and configurations do stands here as
//! read in their repositories (uvicorn-gunicorn-docker cb5abd5, uwsgi-nginx-docker afe929b).

use crate::link::command::words::HOST_CPUS;
use crate::link::plan::{Append, Argument, Running};
use crate::stack::vocabulary::{Process, Program};
use crate::stack::{Fact, Origin, Sourced, Why, defaults};
use crate::syntax::image::ImageName;

use super::{Settings, asgi, gunicorn, number, uwsgi};

/// The program that an image of these starts when no file names one.
pub(super) fn own_start(image: &str) -> Option<&'static str> {
    family(image).map(|_| "/start.sh")
}

/// The folder in which commands of such an image run.
pub(in crate::link) fn own_folder(image: &str) -> Option<&'static str> {
    family(image).map(|_| "/app")
}

enum Family {
    Gunicorn,
    Uwsgi,
}

fn family(image: &str) -> Option<Family> {
    match ImageName::parse(image).repository {
        "tiangolo/uvicorn-gunicorn" | "tiangolo/uvicorn-gunicorn-fastapi" | "tiangolo/uvicorn-gunicorn-starlette" => {
            Some(Family::Gunicorn)
        }
        "tiangolo/uwsgi-nginx" | "tiangolo/uwsgi-nginx-flask" => Some(Family::Uwsgi),
        _ => None,
    }
}

/// What `/start.sh` and `/start-reload.sh` of such an image start; [`None`] in other images.
pub(super) fn read(settings: &Settings<'_, '_>, script: &str) -> Option<Process> {
    match (family(settings.context.image?)?, script) {
        (Family::Gunicorn, "start.sh") => Some(by_gunicorn(settings)),
        (Family::Gunicorn, "start-reload.sh") => Some(by_uvicorn(settings)),
        (Family::Uwsgi, "start.sh") => Some(by_uwsgi(settings)),
        _ => None,
    }
}

/// A word of a command line that the image's script puts together.
fn word(settings: &Settings<'_, '_>, text: Fact<Box<str>>) -> Argument {
    let head = text.known().cloned().unwrap_or_default();
    Argument { text, head, span: settings.program }
}

fn line(settings: &Settings<'_, '_>, words: Vec<Fact<Box<str>>>) -> Running {
    let argv = words.into_iter().map(|text| word(settings, text)).collect();
    // Below the root nothing of the repository is found by accident: the script names its files in full.
    Running { argv, append: Append::Never, exec_slot: None, folder: "/".into(), ..settings.running.clone() }
}

/// `$APP_MODULE`, else `$MODULE_NAME:$VARIABLE_NAME`, which default to `app.main` or `main` and `app`.
fn application(settings: &Settings<'_, '_>) -> Fact<Box<str>> {
    settings.variable("APP_MODULE").unwrap_or_else(|| {
        let module = settings.variable("MODULE_NAME").unwrap_or_else(|| {
            let inner = (settings.context.module_at)("/app/app/main");
            Fact::derived(if inner { "app.main" } else { "main" }.into(), vec![settings.program])
        });
        let variable = settings.variable("VARIABLE_NAME").and_then(|it| it.known().cloned());
        module.map(|module| format!("{module}:{}", variable.as_deref().unwrap_or("app")).into())
    })
}

fn by_gunicorn(settings: &Settings<'_, '_>) -> Process {
    let said = |text: &str| Fact::derived(text.into(), vec![settings.program]);
    let class = settings.variable("WORKER_CLASS").unwrap_or_else(|| said("uvicorn.workers.UvicornWorker"));
    let mut words = vec![said("gunicorn"), said("-k"), class];
    let own = ["/app/gunicorn_conf.py", "/app/app/gunicorn_conf.py"];
    let own = own.into_iter().find(|path| (settings.context.gunicorn_conf)(path).is_some()).map(said);
    let conf = settings.variable("GUNICORN_CONF").or(own);
    words.extend(conf.iter().flat_map(|conf| [said("-c"), conf.clone()]));
    words.push(application(settings));
    let running = line(settings, words);
    let Some(inner) = Settings::of(&running, settings.context) else { return settings.base(Program::Gunicorn) };
    let mut process = gunicorn::read(&inner);
    if conf.is_some() {
        return process;
    }
    // The image's own configuration, where gunicorn's variables say nothing.
    let seconds = |fact: &mut Fact<f64>, variable: &str, setting: &str| {
        if by_default(fact) {
            let said = settings.variable(variable).map(number);
            *fact = said.unwrap_or_else(|| defaults::number("uvicorn-gunicorn", setting, Some(settings.program)));
        }
    };
    seconds(&mut process.timeout, "TIMEOUT", "timeout");
    seconds(&mut process.graceful_timeout, "GRACEFUL_TIMEOUT", "graceful_timeout");
    seconds(&mut process.keepalive, "KEEP_ALIVE", "keepalive");
    process.port = match (settings.variable("BIND"), settings.variable("PORT")) {
        (Some(address), _) => settings.port_of(address),
        (None, Some(port)) => number(port).map(|port| port as u64),
        (None, None) => defaults::count("uvicorn-gunicorn", "port", Some(settings.program)),
    };
    if by_default(&process.processes) {
        process.processes = workers(settings);
        inner.note_host_cpus(&mut process, "--workers");
    }
    process
}

/// As many workers as cores (times `WORKERS_PER_CORE`), at least 2 and at most `MAX_WORKERS`.
fn workers(settings: &Settings<'_, '_>) -> Fact<u64> {
    match settings.variable("MAX_WORKERS").map(number) {
        Some(Fact::Known(most)) if most.value > 0.0 && most.value <= 2.0 => {
            Fact::Known(Sourced { value: most.value as u64, origin: most.origin, slots: Vec::new() })
        }
        _ => Fact::Unknown(Why::at(HOST_CPUS, settings.program)),
    }
}

fn by_default<T>(fact: &Fact<T>) -> bool {
    matches!(fact, Fact::Known(Sourced { origin: Origin::Default(_), .. }))
}

/// `uvicorn --reload`, for development.
fn by_uvicorn(settings: &Settings<'_, '_>) -> Process {
    let said = |text: &str| Fact::derived(text.into(), vec![settings.program]);
    let port = settings.variable("PORT").unwrap_or_else(|| said("80"));
    let running = line(settings, vec![said("uvicorn"), said("--reload"), said("--port"), port, application(settings)]);
    match Settings::of(&running, settings.context) {
        Some(inner) => asgi::uvicorn(&inner),
        None => settings.base(Program::Uvicorn),
    }
}

/// supervisord starts nginx and uWSGI, which reads the image's variables and `/app/uwsgi.ini`.
fn by_uwsgi(settings: &Settings<'_, '_>) -> Process {
    let mut running = line(settings, vec![Fact::derived("uwsgi".into(), vec![settings.program])]);
    let sixteen = defaults::count("uwsgi-nginx", "processes", Some(settings.program));
    let own = [
        ("UWSGI_INI", Fact::derived("/app/uwsgi.ini".into(), vec![settings.program])),
        ("UWSGI_PROCESSES", sixteen.map(|count| count.to_string().into())),
    ];
    for (name, value) in own {
        if settings.variable(name).is_none() {
            running.assignments.push((name.into(), word(settings, value)));
        }
    }
    match Settings::of(&running, settings.context) {
        Some(inner) => uwsgi::read(&inner),
        None => settings.base(Program::Uwsgi),
    }
}
