//! gunicorn: the command line stands over `GUNICORN_CMD_ARGS`, that over the configuration file, that over
//! `WEB_CONCURRENCY`, that over the defaults.

use crate::link::image::join;
use crate::link::plan::Argument;
use crate::source::Span;
use crate::stack::vocabulary::{Mode, Process, Program};
use crate::stack::{Fact, Origin, Slot, Sourced, Why, Writer, defaults};

use super::options::Options;
use super::python::{Evaluator, Value};
use super::{Settings, all_requests, application, asgi_mode, number, without_slots};

/// Options that take no value.
const FLAGS: &[&str] = &[
    "--reload",
    "--spew",
    "--check-config",
    "--print-config",
    "--preload",
    "--no-sendfile",
    "--reuse-port",
    "-D",
    "--daemon",
    "--initgroups",
    "--disable-redirect-access-to-syslog",
    "--capture-output",
    "--log-syslog",
    "-R",
    "--enable-stdio-inheritance",
    "--suppress-ragged-eofs",
    "--do-handshake-on-connect",
    "--permit-obsolete-folding",
    "--strip-header-spaces",
    "--no-control-socket",
];

/// A gunicorn with all that may configure it.
struct Gunicorn<'a, 'b, 'c> {
    settings: &'b Settings<'a, 'c>,
    /// The words of `GUNICORN_CMD_ARGS`.
    variable: Vec<Argument>,
    /// Why something may be set that is not seen.
    open: Option<Why>,
    conf: Option<Evaluator<'b>>,
}

/// The gunicorn that a command starts.
pub(super) fn read(settings: &Settings<'_, '_>) -> Process {
    let (variable, mut open) = match settings.variable("GUNICORN_CMD_ARGS") {
        Some(Fact::Known(sourced)) => (words(&sourced), None),
        Some(Fact::Unknown(why)) => (Vec::new(), Some(why)),
        Some(_) => (Vec::new(), Some(Why::new("`GUNICORN_CMD_ARGS` has branches"))),
        None => (Vec::new(), None),
    };
    open = open.or_else(|| settings.options.open.clone());
    let lookup = |name: &str| settings.variable(name);
    let named =
        settings.options.value(&["-c", "--config"]).or_else(|| Options::of(&variable).value(&["-c", "--config"]));
    let path = match &named {
        Some(Fact::Known(sourced)) => Some(sourced.value.strip_prefix("file:").unwrap_or(&sourced.value).to_string()),
        Some(_) => None,
        None => Some("gunicorn.conf.py".to_string()),
    };
    let path = path.map(|path| match path.strip_prefix("python:") {
        Some(module) => format!("{}.py", module.replace('.', "/")),
        None => path,
    });
    let draft = path.as_ref().and_then(|path| (settings.context.gunicorn_conf)(&join(&settings.running.folder, path)));
    if draft.is_none() && named.is_some() {
        let name = path.unwrap_or_else(|| "its configuration".into());
        open = open.or_else(|| Some(Why::at(format!("perhaps set by {name}, which was not found"), settings.program)));
    }
    let conf = draft.map(|conf| Evaluator::new(conf, &lookup));
    Gunicorn { settings, variable, open, conf }.process()
}

/// The words of a variable, each at its place where the value stands in a file as it is.
fn words(sourced: &Sourced<Box<str>>) -> Vec<Argument> {
    let place = sourced.origin.span();
    let verbatim = place.filter(|span| span.len() == sourced.value.len());
    let text = &*sourced.value;
    let word = |word: &str| {
        let at = (word.as_ptr() as usize - text.as_ptr() as usize) as u32;
        let fallback = place.unwrap_or(Span::at(crate::source::FileId(0), 0));
        let within = |from: u32| {
            let start = verbatim.map(|span| span.start + at + from)?;
            Some(Span { start, end: start + word.len() as u32 - from, ..fallback })
        };
        let value = word.find('=').filter(|_| word.starts_with('-')).map_or(0, |at| at as u32 + 1);
        let slots = within(value).map(Slot::replace).into_iter().collect();
        let origin = Origin::Written(within(value).or(place).into_iter().collect());
        let fact = Fact::Known(Sourced { value: word.into(), origin, slots });
        Argument { text: fact, head: word.into(), span: within(0).unwrap_or(fallback) }
    };
    text.split_whitespace().map(word).collect()
}

impl Gunicorn<'_, '_, '_> {
    /// What is said of a setting, and whether the command line itself says it.
    fn said(&self, options: &[&str], name: &str) -> Option<(Fact<Value>, bool)> {
        let line = self.settings.options.value(options).map(|text| (text.map(Value::Text), true));
        let variable = || Options::of(&self.variable).value(options).map(|text| (text.map(Value::Text), false));
        let conf = || self.conf.as_ref().and_then(|conf| conf.setting(name)).map(|value| (value, false));
        line.or_else(variable).or_else(conf)
    }

    fn number(&self, options: &[&str], name: &str) -> Fact<f64> {
        self.number_or(options, name, None, || defaults::number("gunicorn", name, Some(self.settings.program)))
    }

    fn number_or(
        &self,
        options: &[&str],
        name: &str,
        variable: Option<&str>,
        default: impl FnOnce() -> Fact<f64>,
    ) -> Fact<f64> {
        let option = options.iter().rfind(|option| option.starts_with("--")).copied().unwrap_or("");
        let slots = |variable| self.settings.slots(option, variable);
        let said = self.said(options, name).map(|(value, own)| (value.map(Value::text), own));
        let said = said.or_else(|| Some((self.settings.variable(variable?)?, false)));
        match (said, &self.open) {
            (Some((text, true)), _) => number(text),
            (Some((text, false)), _) => number(text).with_slots(slots(None)),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => self.settings.unless_set(default(), variable).with_slots(slots(variable)),
        }
    }

    fn count(&self, options: &[&str], name: &str) -> Fact<u64> {
        self.number(options, name).map(|value| value as u64)
    }

    fn flag(&self, options: &[&str], name: &str) -> Fact<bool> {
        let places = self.settings.options.flag(options).or_else(|| Options::of(&self.variable).flag(options));
        if let Some(span) = places {
            return Fact::derived(true, vec![span]);
        }
        match (self.conf.as_ref().and_then(|conf| conf.setting(name)), &self.open) {
            (Some(value), _) => value.map(|value| value == Value::Bool(true)),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => Fact::derived(false, vec![self.settings.program]),
        }
    }

    fn worker_class(&self) -> Fact<Box<str>> {
        match (self.said(&["-k", "--worker-class"], "worker_class"), &self.open) {
            (Some((value, _)), _) => value.map(Value::text),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => {
                let slots = self.settings.slots("--worker-class", None);
                Fact::default_of("sync".into(), "gunicorn", "worker_class", Some(self.settings.program))
                    .with_slots(slots)
            }
        }
    }

    fn process(self) -> Process {
        let settings = self.settings;
        let mut process = settings.base(Program::Gunicorn);
        let app = settings.options.positional(FLAGS).into_iter().next();
        let app = app.or_else(|| match self.conf.as_ref()?.setting("wsgi_app")? {
            Fact::Known(Sourced { value: Value::Text(app), origin, .. }) => Some((app, origin.span()?)),
            _ => None,
        });
        process.framework = settings.framework(app.as_ref());
        process.application = application(app.as_ref());
        process.worker_class = self.worker_class();
        process.processes = self
            .number_or(&["-w", "--workers"], "workers", Some("WEB_CONCURRENCY"), || {
                defaults::number("gunicorn", "workers", Some(settings.program))
            })
            .map(|value| value as u64);
        process.threads = self.count(&["--threads"], "threads");
        self.serve(&mut process);
        process.max_requests = self.count(&["--max-requests"], "max_requests");
        process.max_requests_jitter = self.count(&["--max-requests-jitter"], "max_requests_jitter");
        process.timeout = self.number(&["-t", "--timeout"], "timeout");
        process.graceful_timeout = self.number(&["--graceful-timeout"], "graceful_timeout");
        process.reload = self.flag(&["--reload"], "reload");
        process.backlog = self.count(&["--backlog"], "backlog");
        process.port = self.port();
        process.version = (settings.context.version_of)("gunicorn");
        settings.offer_drop(&mut process, "drop_reload", settings.options.flag(&["--reload"]));
        settings.offer_drop(&mut process, "drop_threads", settings.options.place(&["--threads"]));
        settings.note_host_cpus(&mut process, "--workers");
        settings.note_overridden(&mut process);
        process
    }

    /// What follows from the worker class.
    fn serve(&self, process: &mut Process) {
        let program = self.settings.program;
        let class = process.worker_class.known().map(|class| class.to_ascii_lowercase());
        let many = process.threads.known().is_some_and(|threads| *threads > 1);
        let by_class = |mode: Mode| without_slots(process.worker_class.clone().map(|_| mode));
        let keepalive = self.number(&["--keep-alive"], "keepalive");
        // The sync worker reads neither: it closes each connection, and takes one at a time.
        let connections = || self.count(&["--worker-connections"], "worker_connections");
        match class.as_deref() {
            None => {
                let why = || match &process.worker_class {
                    Fact::Unknown(why) => why.clone(),
                    _ => Why::at("the worker class depends on a condition", program),
                };
                process.mode = Fact::Unknown(why());
                process.slots = Fact::Unknown(why());
                process.keepalive = Fact::Unknown(why());
            }
            // gunicorn takes the threaded worker where a sync one is given threads.
            Some("sync") if !many => {
                process.mode = by_class(Mode::WsgiSync);
                process.slots = Fact::derived(1, vec![process.worker_class.span().unwrap_or(program)]);
            }
            Some("sync") => {
                process.mode = without_slots(process.threads.clone().map(|_| Mode::WsgiThreads));
                process.slots = without_slots(process.threads.clone());
                process.keepalive = keepalive;
                process.worker_connections = connections();
                let places = process.worker_class.span().into_iter().chain(process.threads.span());
                let slots = process.worker_class.slots().to_vec();
                process.worker_class = Fact::derived("gthread".into(), places.collect()).with_slots(slots);
            }
            Some(class) if class == "gthread" || class.contains("gthread") => {
                process.mode = by_class(Mode::WsgiThreads);
                process.slots = without_slots(process.threads.clone());
                process.keepalive = keepalive;
                process.worker_connections = connections();
            }
            Some(class) if class.contains("gevent") || class.contains("eventlet") => {
                process.mode = by_class(Mode::WsgiGevent);
                process.worker_connections = connections();
                process.slots = without_slots(process.worker_connections.clone());
                process.keepalive = keepalive;
                self.threads_unused(process);
            }
            Some(class) if class == "asgi" || class.contains("uvicorn") => {
                process.mode = asgi_mode(&process.framework).by_way_of(process.worker_class.span());
                process.slots = all_requests(program);
                process.keepalive = keepalive;
                if class.contains("uvicorn") {
                    process.uvicorn = (self.settings.context.version_of)("uvicorn");
                }
                process.uvicorn_workers_module =
                    without_slots(process.worker_class.clone().map(|class| class.starts_with("uvicorn.workers")));
                process.about.writers.extend(self.worker_package(&process.worker_class));
                self.threads_unused(process);
            }
            Some(class) => {
                let why = Why::at(format!("how `{class}` serves is not known"), program);
                process.mode = Fact::Unknown(why.clone());
                process.slots = Fact::Unknown(why);
                process.keepalive = keepalive;
            }
        }
    }

    /// The change from uvicorn's own worker class to that of the package `uvicorn-worker`, which is asked for beside
    /// uvicorn where it is not yet; none where requirements do not stand in lines.
    fn worker_package(&self, class: &Fact<Box<str>>) -> Option<Writer> {
        let own = class.known()?.strip_prefix("uvicorn.workers.")?;
        let slot = class.slots().first()?;
        let mut edits = vec![(slot.span, format!("{}uvicorn_worker.{own}{}", slot.before, slot.after).into())];
        let mut display_only = None;
        let required = self.settings.context.requirement_of;
        if required("uvicorn-worker").is_none() {
            let (file, package, command) = required("uvicorn")?;
            if !file.path.ends_with(".txt") && !file.path.ends_with(".in") {
                return None;
            }
            let start = file.text().get(..package.span.start as usize)?.rfind('\n').map_or(file.bom(), |at| at + 1);
            edits.push((Span::at(file.id, start), format!("uvicorn-worker{}", file.newline()).into()));
            display_only = command.map(|command| format!("{} is locked: run `{command}`", file.path).into());
        }
        edits.sort();
        Some(Writer { name: "worker_package".into(), edits, display_only })
    }

    /// Threads of a class that has none are told only where somebody asks for them.
    fn threads_unused(&self, process: &mut Process) {
        if self.said(&["--threads"], "threads").is_none() {
            process.threads = Fact::Absent;
        }
    }

    fn port(&self) -> Fact<u64> {
        let settings = self.settings;
        let bound = self.said(&["-b", "--bind"], "bind").map(|(value, _)| value.map(Value::text));
        match (bound, settings.variable("PORT"), &self.open) {
            (Some(address), _, _) => settings.port_of(address),
            (None, Some(port), _) => number(port).map(|port| port as u64),
            (None, None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None, None) => defaults::count("gunicorn", "port", Some(settings.program)),
        }
    }
}
