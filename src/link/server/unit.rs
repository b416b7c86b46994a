//! NGINX Unit: one daemon that runs the applications of its configuration, which the official image's entrypoint takes
//! from `/docker-entrypoint.d/*.json` (1.35.0, `pkg/docker/docker-entrypoint.sh`). Of Python it runs WSGI and ASGI.

use crate::facts::sections::{Entry, SectionFile};
use crate::link::plan::{Append, Argument, Running, ServicePlan};
use crate::source::Span;
use crate::stack::vocabulary::{Framework, Mode, Process, Program};
use crate::stack::{Fact, Slot, Why, defaults};
use crate::syntax::Mapped;
use crate::syntax::image::ImageName;

use super::{Settings, all_requests, asgi_mode, number, without_slots};

const APPLICATIONS: &str = "applications.";

/// Where a configuration lies that is put into the daemon when it starts.
pub(in crate::link) const FOLDERS: [&str; 2] = ["/docker-entrypoint.d", "/etc/unit"];

/// What its official images start.
pub(super) fn own_start(image: &str) -> Option<&'static str> {
    matches!(ImageName::parse(image).repository, "unit" | "nginx/unit").then_some("unitd")
}

/// Whether a command starts the daemon.
fn is_daemon(running: &Running) -> bool {
    running.argv.first().is_some_and(|word| matches!(word.head.rsplit('/').next(), Some("unitd" | "unitd-debug")))
}

/// Puts the applications in Python that a daemon runs in its place, each as if it were started by `unitd` and its name,
/// in the environment that the configuration gives it. `found` is the configuration.
pub(in crate::link) fn expand<'a>(
    running: Vec<Running>,
    service: &ServicePlan,
    found: &dyn Fn() -> Result<&'a SectionFile, &'static str>,
) -> Vec<Running> {
    let mut all = Vec::new();
    for one in running {
        if !is_daemon(&one) {
            all.push(one);
            continue;
        }
        match found() {
            Ok(file) => all.extend(types(file).map(|app| application_of(&one, file, app))),
            // An image as it comes shows a page that says welcome.
            Err(_) if service.build.is_none() && service.mounts.is_empty() => {}
            Err(_) => all.push(one),
        }
    }
    all
}

/// The lines that say what each application in Python is written in.
fn types(file: &SectionFile) -> impl Iterator<Item = &Entry> {
    let is_app = |it: &&Entry| it.section.starts_with(APPLICATIONS) && &*it.name.value == "type";
    file.entries.iter().filter(is_app).filter(|it| it.value.text.starts_with("python"))
}

fn application_of(daemon: &Running, file: &SectionFile, app: &Entry) -> Running {
    let (name, span) = (app.section.strip_prefix(APPLICATIONS).unwrap_or_default(), whole(&app.value));
    let environment = format!("{}.environment", app.section);
    let word = |text: Fact<Box<str>>, span| Argument { head: text.known().cloned().unwrap_or_default(), text, span };
    let variables =
        file.section(&environment).map(|it| (it.name.value.clone(), word(said(&it.value), whole(&it.value))));
    let folder = file.value(&app.section, "working_directory").map_or(daemon.folder.clone(), |it| it.text.clone());
    Running {
        argv: daemon.argv.iter().take(1).cloned().chain([word(Fact::derived(name.into(), vec![span]), span)]).collect(),
        assignments: daemon.assignments.iter().cloned().chain(variables).collect(),
        exec_slot: None,
        append: Append::Never,
        span,
        folder,
        ..daemon.clone()
    }
}

/// The application that a daemon runs, or what is known where its configuration is not; [`None`] for another command.
pub(super) fn read(settings: &Settings<'_, '_>) -> Option<Process> {
    if !is_daemon(settings.running) {
        return None;
    }
    Some(match ((settings.context.unit)(), settings.words.get(1)) {
        (Ok(file), Some(name)) => Unit { settings, file, name }.process(),
        (Err(reason), _) => unread(settings, reason),
        (Ok(_), None) => unread(settings, "which of its applications it is is not known"),
    })
}

/// What is known where the configuration is not.
fn unread(settings: &Settings<'_, '_>, reason: &str) -> Process {
    let why = || Why::at(reason, settings.program);
    let mut process = settings.base(Program::Unit);
    process.mode = Fact::Unknown(why());
    process.processes = Fact::Unknown(why());
    process.slots = Fact::Unknown(why());
    process
}

struct Unit<'a, 'b, 'c> {
    settings: &'b Settings<'a, 'c>,
    file: &'b SectionFile,
    /// The application.
    name: &'b str,
}

impl Unit<'_, '_, '_> {
    fn process(&self) -> Process {
        let mut process = self.settings.base(Program::Unit);
        let at = self.value("", "type").map(whole).unwrap_or(self.settings.program);
        let module = self.value("", "module").map(said);
        let callable = self.value("", "callable").map_or("application", |it| &*it.text);
        process.application = match &module {
            Some(module) => without_slots(module.clone()).map(|it| format!("{it}:{callable}").into()),
            None => Fact::Unknown(Why::at("its `targets` name it", at)),
        };
        let app = process.application.known().cloned().zip(process.application.span());
        process.framework = self.settings.framework(app.as_ref());
        process.processes = self.processes(at);
        process.threads =
            self.count("", "threads").unwrap_or_else(|| defaults::count("NGINX Unit", "threads", Some(at)));
        process.mode = self.mode(&process, app.as_ref().map(|it| &*it.0));
        process.slots = match process.mode.known() {
            Some(Mode::WsgiSync | Mode::WsgiThreads) => without_slots(process.threads.clone()),
            Some(_) => all_requests(at),
            None => Fact::Unknown(Why::at("whether it speaks WSGI or ASGI is not known", at)),
        };
        process.max_requests = self.count(".limits", "requests").unwrap_or(Fact::Absent);
        process.timeout = self.value(".limits", "timeout").map_or(Fact::Absent, |it| number(said(it)));
        process.keepalive = match self.file.value("settings.http", "idle_timeout") {
            Some(seconds) => number(said(seconds)),
            None => defaults::number("NGINX Unit", "idle_timeout", Some(at)),
        };
        process.port = self.port();
        process
    }

    /// What the configuration says of the application, or in a part of what it says.
    fn value(&self, part: &str, name: &str) -> Option<&Mapped> {
        let is_own =
            |section: &str| section.strip_prefix(APPLICATIONS).and_then(|it| it.strip_prefix(self.name)) == Some(part);
        let mut own = self.file.entries.iter().filter(|it| is_own(&it.section) && &*it.name.value == name);
        own.next_back().map(|it| &it.value)
    }

    fn count(&self, part: &str, name: &str) -> Option<Fact<u64>> {
        let value = self.value(part, name)?;
        let count = number(said(value)).map(|it| it as u64);
        Some(count.with_slots([Slot::replace(whole(value))]))
    }

    /// A number, or the most that it may grow to.
    fn processes(&self, at: Span) -> Fact<u64> {
        let said = self.count("", "processes").or_else(|| self.count(".processes", "max"));
        said.unwrap_or_else(|| defaults::count("NGINX Unit", "processes", Some(at)))
    }

    /// As the configuration says; else as Unit tells it by what is called, which follows from what it is written with.
    fn mode(&self, process: &Process, app: Option<&str>) -> Fact<Mode> {
        let by_threads = || {
            without_slots(process.threads.clone())
                .map(|threads| if threads > 1 { Mode::WsgiThreads } else { Mode::WsgiSync })
        };
        let module = app.and_then(|it| it.split(':').next()).unwrap_or_default();
        match (self.value("", "protocol").map(|it| &*it.text), process.framework.known()) {
            (Some("wsgi"), _) | (None, Some(Framework::Flask)) => by_threads(),
            (None, Some(Framework::Django)) if module.ends_with("wsgi") => by_threads(),
            (Some("asgi"), _) => asgi_mode(&process.framework),
            (None, Some(Framework::Django)) if !module.ends_with("asgi") => {
                Fact::Unknown(Why::shown("it follows from what the module calls", process.about.span))
            }
            (_, Some(_)) => asgi_mode(&process.framework),
            (_, None) => Fact::Unknown(Why::shown("it follows from what it is written with", process.about.span)),
        }
    }

    /// The port of the only listener, or of the only one that leads straight to the application.
    fn port(&self) -> Fact<u64> {
        let to = format!("applications/{}", self.name);
        let listeners = || {
            self.file
                .entries
                .iter()
                .filter(|it| &*it.name.value == "pass")
                .filter_map(|it| Some((it.section.strip_prefix("listeners.")?, it)))
        };
        let straight = |pass: &str| pass == to || pass.strip_prefix(&to).is_some_and(|rest| rest.starts_with('/'));
        let mut own = listeners().filter(|(_, it)| straight(&it.value.text));
        let (first, second) = (own.next(), own.next());
        let only = if listeners().count() == 1 { listeners().next() } else { first.filter(|_| second.is_none()) };
        let Some((address, entry)) = only else { return Fact::unknown("no one listener leads to it") };
        self.settings.port_of(Fact::derived(address.into(), vec![entry.name.span]))
    }
}

fn whole(value: &Mapped) -> Span {
    value.span(0..value.text.len())
}

fn said(value: &Mapped) -> Fact<Box<str>> {
    Fact::derived(value.text.clone(), vec![whole(value)])
}
