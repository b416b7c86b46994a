//! uWSGI. Its environment (`UWSGI_…`) is read first, then its command line, each configuration where it is named, and one
//! without an option before it last of all; of a setting that is said twice the later counts (2.0.31, core/init.c).

use crate::facts::sections::{Reader, SectionFile};
use crate::link::command::words::HOST_CPUS;
use crate::link::image::join;
use crate::source::Span;
use crate::stack::vocabulary::{Mode, Process, Program};
use crate::stack::{Condition, Fact, Slot, Why, defaults};
use crate::syntax::Mapped;

use super::{Settings, application, number, without_slots};

/// How deep configurations may include each other.
const DEEPEST: usize = 8;

/// Options without a value, among those that start scripts give.
const FLAGS: &[&str] = &[
    "--master",
    "-M",
    "--enable-threads",
    "-T",
    "--vacuum",
    "--die-on-term",
    "--lazy-apps",
    "--lazy",
    "--single-interpreter",
    "-i",
    "--need-app",
    "--thunder-lock",
    "--strict",
    "--http-auto-chunked",
    "--http-keepalive",
    "--disable-logging",
    "-L",
    "--auto-procname",
    "--memory-report",
    "-m",
    "--no-orphans",
    "--show-config",
    "--gevent-monkey-patch",
    "--honour-stdin",
    "--catch-exceptions",
    "--log-master",
    "--threaded-logger",
    "--offload-threads",
];

/// Short options, by what they are short for.
const SHORT: &[(&str, &str)] = &[
    ("-p", "processes"),
    ("-t", "harakiri"),
    ("-R", "max-requests"),
    ("-l", "listen"),
    ("-s", "socket"),
    ("-w", "module"),
    ("-y", "yaml"),
    ("-j", "json"),
    ("-x", "xml"),
    ("-S", "set"),
];

/// Options by another name.
const ALIASES: &[(&str, &str)] =
    &[("workers", "processes"), ("wsgi", "module"), ("yml", "yaml"), ("file", "wsgi-file"), ("uwsgi-socket", "socket")];

/// A setting that is said somewhere.
struct Said {
    name: Box<str>,
    value: Fact<Box<str>>,
    /// Whether it counts only under this condition.
    only_if: Option<Box<str>>,
}

struct Uwsgi<'a, 'b, 'c> {
    settings: &'b Settings<'a, 'c>,
    said: Vec<Said>,
    /// Why something may be set that is not seen.
    open: Option<Why>,
}

/// The uWSGI that a command starts.
pub(super) fn read(settings: &Settings<'_, '_>) -> Process {
    let mut uwsgi = Uwsgi { settings, said: Vec::new(), open: settings.options.open.clone() };
    uwsgi.environment();
    uwsgi.command_line();
    uwsgi.process()
}

impl<'c> Uwsgi<'_, '_, 'c> {
    /// `UWSGI_PROCESSES=4` is `--processes 4`.
    fn environment(&mut self) {
        let own = self.settings.running.assignments.iter().map(|(name, value)| (name, value.text.clone()));
        let service = self.settings.context.environment.iter().map(|it| (&it.name, it.value.clone()));
        let mut set: std::collections::BTreeMap<&str, Fact<Box<str>>> = std::collections::BTreeMap::new();
        for (name, value) in service.chain(own) {
            set.extend(name.strip_prefix("UWSGI_").map(|option| (option, value)));
        }
        let mut files = Vec::new();
        for (option, value) in set {
            let name = option.to_ascii_lowercase().replace('_', "-");
            match is_file(&name) {
                true => files.push((name, value)),
                false => self.push(&name, value, None),
            }
        }
        let before: Vec<Box<str>> = self.said.iter().map(|it| it.name.clone()).collect();
        let from = self.said.len();
        for (name, value) in files {
            self.load(&name, &value, 0);
        }
        // Which of the variables comes first is nobody's to know.
        for said in self.said.iter_mut().skip(from).filter(|it| before.contains(&it.name)) {
            let why = "said by a variable and by the file that another variable names";
            said.value = Fact::Unknown(Why {
                reason: why.into(),
                at: said.value.span().into_iter().collect(),
                ..Why::default()
            });
        }
    }

    fn command_line(&mut self) {
        let argv = &self.settings.running.argv;
        let mut last = Vec::new();
        let mut at = 1;
        while let Some(arg) = argv.get(at) {
            at += 1;
            let word = &*arg.head;
            if !word.starts_with('-') {
                last.extend(arg.text.known().map(|_| arg.text.clone()));
                continue;
            }
            let (head, joined) = match word.split_once('=') {
                Some((head, _)) if head.starts_with("--") => {
                    let from = head.len() + 1;
                    (head, Some(arg.text.clone().map(|text| Box::from(text.get(from..).unwrap_or("")))))
                }
                _ => (word, None),
            };
            let known = SHORT.iter().find(|(short, _)| *short == head).map(|(_, name)| *name);
            let attached =
                SHORT.iter().find(|(short, _)| head.len() > 2 && !head.starts_with("--") && head.starts_with(short));
            if let (Some((short, name)), true) = (attached, arg.text.known().is_some()) {
                let rest = arg.text.clone().map(|text| Box::from(text.get(short.len()..).unwrap_or("")));
                self.option(name, rest);
            } else if FLAGS.contains(&head) {
                let span = arg.span;
                self.push(head.trim_start_matches('-'), Fact::derived("true".into(), vec![span]), None);
            } else {
                let value = joined.or_else(|| {
                    at += 1;
                    argv.get(at - 1).map(|value| value.text.clone())
                });
                let name = known.unwrap_or_else(|| head.trim_start_matches('-')).to_string();
                if let Some(value) = value {
                    self.option(&name, value);
                }
            }
        }
        for value in last {
            let ending = value.known().and_then(|path| {
                let path =
                    path.rsplit_once(':').filter(|(path, _)| path.contains('.')).map_or(&**path, |(path, _)| path);
                path.rsplit('.').next().map(str::to_string)
            });
            if let Some(ending) = ending.filter(|ending| is_file(ending) || ending == "yml") {
                self.load(&ending, &value, 0);
            }
        }
    }

    fn option(&mut self, name: &str, value: Fact<Box<str>>) {
        if is_file(name) { self.load(name, &value, 0) } else { self.push(name, value, None) }
    }

    fn push(&mut self, name: &str, value: Fact<Box<str>>, only_if: Option<Box<str>>) {
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
        self.said.push(Said { name: name.into(), value, only_if });
    }

    /// Reads a configuration by the path that an option gives it.
    fn load(&mut self, kind: &str, path: &Fact<Box<str>>, depth: usize) {
        let at = path.span().unwrap_or(self.settings.program);
        let Some(text) = path.known() else {
            let why = Why::at("perhaps set by a configuration of uWSGI, whose name is not known", at);
            self.open.get_or_insert(why);
            return;
        };
        let (name, section) = match text.rsplit_once(':') {
            Some((name, section)) if !section.contains('/') => (name, section),
            _ => (&**text, "uwsgi"),
        };
        if matches!(kind, "xml" | "json" | "config") || name.ends_with(".xml") {
            let why = format!("perhaps set by {name}, which is {}", if kind == "json" { "JSON" } else { "XML" });
            self.open.get_or_insert(Why::at(format!("{why} and is not read"), at));
            return;
        }
        let found = (self.settings.context.sections)(&join(&self.settings.running.folder, name));
        let Some(file) = found.filter(|file| file.reader == Reader::Uwsgi && depth < DEEPEST) else {
            self.open.get_or_insert(Why::at(format!("perhaps set by {name}, which was not found"), at));
            return;
        };
        let folder = join(&self.settings.running.folder, name);
        let folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder).to_string();
        self.file(file, section, &folder, at, depth);
    }

    fn file(&mut self, file: &'c SectionFile, section: &str, folder: &str, by: Span, depth: usize) {
        // The condition that holds until `endif`, or why nobody knows whether it does.
        let mut branch: Option<Result<bool, Box<str>>> = None;
        for entry in file.section(section) {
            let name = &*entry.name.value;
            let text = &*entry.value.text;
            match name {
                "endif" | "end-if" | "end" | "endfor" | "end-for" => branch = None,
                _ if name.starts_with("if-") || matches!(name, "ifenv" | "ifexists" | "ifdir" | "ifplugin") => {
                    let holds = match name {
                        "if-env" | "ifenv" => self.env_holds(text),
                        "if-not-env" => self.env_holds(text).map(|it| !it),
                        "if-not-reload" => Some(true),
                        "if-reload" => Some(false),
                        _ => None,
                    };
                    branch = Some(holds.ok_or_else(|| format!("`{name} = {text}` holds").into()));
                }
                "for" | "for-times" | "for-glob" | "for-readline" => branch = None,
                _ if branch == Some(Ok(false)) => {}
                "ini" | "yaml" | "yml" | "include" | "inherit" => {
                    let path = text.replace("%d", &format!("{folder}/")).replace("%v", &self.settings.running.folder);
                    let kind = if name == "include" {
                        path.rsplit('.').next().unwrap_or("ini").to_string()
                    } else {
                        name.into()
                    };
                    let span = entry.value.span(0..text.len());
                    self.load(&kind, &Fact::derived(path.into(), vec![span, by]), depth + 1);
                }
                _ => {
                    let only_if = match &branch {
                        Some(Err(condition)) => Some(condition.clone()),
                        _ => None,
                    };
                    let value = self.filled(&entry.value, by);
                    self.push(name, value, only_if);
                }
            }
        }
    }

    /// `NAME` or `NAME=value`; what no file sets is not set, where all of the environment is known.
    fn env_holds(&self, text: &str) -> Option<bool> {
        let (name, wanted) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        match (self.settings.variable(name.trim()), wanted) {
            (Some(Fact::Known(sourced)), Some(wanted)) => Some(*sourced.value == *wanted),
            (Some(Fact::Known(_)), None) => Some(true),
            (Some(_), _) => None,
            (None, _) => self.settings.context.service.environment_open.is_none().then_some(false),
        }
    }

    /// A value with `$(NAME)`, `%(name)` and `%k` filled in.
    fn filled(&self, text: &Mapped, by: Span) -> Fact<Box<str>> {
        let span = text.span(0..text.text.len());
        if !text.text.contains(['$', '%', '@']) {
            let mut fact = Fact::written(text.text.clone(), span);
            if let Fact::Known(sourced) = &mut fact {
                sourced.slots = vec![Slot::replace(span)];
            }
            return fact.by_way_of([by]);
        }
        let mut out = String::new();
        let mut chain = vec![span];
        let mut rest = &*text.text;
        while let Some(at) = rest.find(['$', '%', '@']) {
            let (sign, behind) = (&rest[at..=at], &rest[at + 1..]);
            out.push_str(&rest[..at]);
            rest = behind;
            let named = behind.strip_prefix('(').and_then(|inner| inner.split_once(')'));
            let value = match (sign, named) {
                ("$", Some((name, after))) => {
                    rest = after;
                    self.settings
                        .variable(name)
                        .unwrap_or_else(|| Fact::Unknown(Why::at(format!("set by the environment ({name})"), span)))
                }
                ("%", Some((name, after))) => {
                    rest = after;
                    // The first that was said, as uWSGI looks it up.
                    let found = self.said.iter().find(|it| *it.name == *name).map(|it| it.value.clone());
                    found.unwrap_or_else(|| Fact::Unknown(Why::at(format!("`%({name})` is not known"), span)))
                }
                ("@", Some(_)) => Fact::Unknown(Why::at("taken from a file when it starts", span)),
                ("%", None) => {
                    let sign = behind.chars().next().unwrap_or(' ');
                    rest = &behind[sign.len_utf8().min(behind.len())..];
                    match sign {
                        'k' => Fact::Unknown(Why::at(HOST_CPUS, span)),
                        '%' => Fact::derived("%".into(), Vec::new()),
                        // Paths of the file and names of the host, which no count depends on.
                        _ => Fact::derived(format!("%{sign}").into(), Vec::new()),
                    }
                }
                _ => Fact::derived(sign.into(), Vec::new()),
            };
            match value {
                Fact::Known(sourced) => {
                    chain.extend(sourced.origin.span());
                    if out.is_empty() && rest.is_empty() {
                        return Fact::Known(sourced).by_way_of([span, by]);
                    }
                    out.push_str(&sourced.value);
                }
                other => return other.by_way_of([span, by]),
            }
        }
        out.push_str(rest);
        chain.push(by);
        Fact::derived(out.into(), chain)
    }

    /// What a setting is in the end; [`None`] when nothing says it.
    fn last(&self, name: &str) -> Option<Fact<Box<str>>> {
        let all: Vec<&Said> = self.said.iter().filter(|it| &*it.name == name).collect();
        let from = all.iter().rposition(|it| it.only_if.is_none());
        let sure = from.and_then(|at| all.get(at)).map(|it| it.value.clone());
        let perhaps = all.get(from.map_or(0, |at| at + 1)..).unwrap_or_default();
        if perhaps.is_empty() {
            return sure;
        }
        let mut branches = Vec::new();
        for said in perhaps {
            let text = said.only_if.clone().unwrap_or_default();
            match &said.value {
                Fact::Known(sourced) => branches.push((Condition { text, at: said.value.span() }, sourced.clone())),
                other => return Some(other.clone()),
            }
        }
        match sure {
            Some(Fact::Known(sourced)) => {
                branches.push((Condition { text: "no such condition holds".into(), at: None }, sourced));
                Some(Fact::OneOf(branches))
            }
            Some(other) => Some(other),
            None => {
                let why = format!("set only where {}", branches.first().map_or("", |(when, _)| &*when.text));
                Some(Fact::Unknown(Why {
                    reason: why.into(),
                    at: perhaps[0].value.span().into_iter().collect(),
                    ..Why::default()
                }))
            }
        }
    }

    fn number(&self, name: &str, default: impl FnOnce() -> Fact<f64>) -> Fact<f64> {
        match (self.last(name), &self.open) {
            (Some(text), _) => number(text),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => default().with_slots(self.settings.slots(&format!("--{name}"), None)),
        }
    }

    fn count(&self, name: &'static str) -> Fact<u64> {
        self.number(name, || defaults::number("uWSGI", name, Some(self.settings.program))).map(|value| value as u64)
    }

    fn process(self) -> Process {
        let settings = self.settings;
        let mut process = settings.base(Program::Uwsgi);
        process.processes = self.count("processes");
        if self.last("processes").is_none() && self.last("emperor").is_some() {
            process.processes = Fact::Unknown(Why::at("the vassals of an emperor decide it", settings.program));
        }
        let threads = self.count("threads");
        self.serve(&mut process, threads);
        process.max_requests = self.count("max-requests");
        process.timeout = self.number("harakiri", || Fact::Absent);
        process.max_worker_lifetime = self
            .number("max-worker-lifetime", || defaults::number("uWSGI", "max-worker-lifetime", Some(settings.program)));
        self.recycle_by_memory(&mut process);
        self.follow_load(&mut process);
        process.backlog = self.count("listen");
        if ["http", "https"].iter().any(|name| self.last(name).is_some()) {
            process.http_timeout =
                self.number("http-timeout", || defaults::number("uWSGI", "http-timeout", Some(settings.program)));
        }
        let app = self.application();
        process.framework = settings.framework(app.as_ref());
        process.application = application(app.as_ref());
        process.port = self.port();
        process.version = (settings.context.version_of)("uwsgi");
        settings.note_host_cpus(&mut process, "--processes");
        process
    }

    /// `reload-on-rss` counts in megabytes.
    fn recycle_by_memory(&self, process: &mut Process) {
        let free = || Fact::Unbounded(Why::at("no limit is set", self.settings.program));
        let megabytes = self.number("reload-on-rss", free);
        process.reload_on_rss = without_slots(megabytes.map(|megabytes| megabytes as u64 * 1024 * 1024));
    }

    /// `cheaper`: between so many workers and `processes` as many as the load asks for.
    fn follow_load(&self, process: &mut Process) {
        let Some(fewest) = self.last("cheaper") else { return };
        process.cheaper = number(fewest).map(|value| value as u64);
        process.cheaper_algo = match (self.last("cheaper-algo"), &self.open) {
            (Some(name), _) => without_slots(name),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => defaults::word("uWSGI", "cheaper-algo", Some(self.settings.program)),
        };
    }

    /// What follows from threads, greenlets and loops.
    fn serve(&self, process: &mut Process, threads: Fact<u64>) {
        let program = self.settings.program;
        let cores = |name: &str| self.last(name).map(|text| number(text).map(|value| value as u64));
        let greenlets = cores("gevent");
        if let Some(Fact::Unknown(why)) = greenlets {
            process.mode = Fact::Unknown(why.clone());
            process.slots = Fact::Unknown(why);
            process.threads = threads;
        } else if let Some(greenlets) = greenlets {
            process.mode = Fact::derived(Mode::WsgiGevent, greenlets.span().into_iter().collect());
            process.slots = without_slots(greenlets);
        } else if let Some(other) = cores("asyncio").or_else(|| cores("async")) {
            let why = Why::at("how its asynchronous loop serves is up to the application", program);
            process.mode = Fact::Unknown(why);
            process.slots = without_slots(other);
        } else {
            process.mode = without_slots(threads.clone().map(|threads| match threads {
                0 | 1 => Mode::WsgiSync,
                _ => Mode::WsgiThreads,
            }));
            process.slots = without_slots(threads.clone().map(|threads| threads.max(1)));
            process.threads = threads;
        }
    }

    /// `module = shop.wsgi:application`; a file and `callable` come to the same.
    fn application(&self) -> Option<(Box<str>, Span)> {
        let text = |name: &str| self.last(name).and_then(|it| Some((it.known()?.clone(), it.span()?)));
        let (name, span) = text("module").or_else(|| {
            let (file, span) = text("wsgi-file")?;
            let path = file.strip_suffix(".py").unwrap_or(&file);
            Some((path.trim_start_matches("./").trim_matches('/').replace('/', ".").into(), span))
        })?;
        match text("callable").filter(|_| !name.contains(':')) {
            Some((callable, _)) => Some((format!("{name}:{callable}").into(), span)),
            None => Some((name, span)),
        }
    }

    fn port(&self) -> Fact<u64> {
        let address = ["http", "http-socket", "https", "socket"].iter().find_map(|name| self.last(name));
        match (address, &self.open) {
            (Some(Fact::Known(sourced)), _) if sourced.value.contains('/') => Fact::Absent,
            (Some(address), _) => self.settings.port_of(address),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => Fact::Absent,
        }
    }
}

/// Whether an option names a configuration.
fn is_file(name: &str) -> bool {
    matches!(name, "ini" | "yaml" | "yml" | "xml" | "json" | "config" | "include")
}
