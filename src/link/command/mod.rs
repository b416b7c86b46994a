//! What really runs in a service: compose's command over the image's, shells and scripts followed, wrappers taken off,
//! variables filled in.
//!
//! Nothing is executed. A condition that the files do not decide leaves its branches in, each marked with it; what only
//! a run would tell stays unknown, with its reason.

mod arithmetic;
mod condition;
mod files;
mod manager;
mod shell;
mod supervisor;
#[cfg(test)]
pub(in crate::link) mod tests;
pub(in crate::link) mod words;
pub(in crate::link) mod wrapper;

use std::collections::BTreeMap;

use crate::facts::procfile::is_procfile;
use crate::facts::script::ShellScript;
use crate::source::Span;
use crate::stack::{Fact, Origin, Slot, Sourced, Why};
use crate::syntax::{Mapped, Piece};

pub use files::Files;

use super::image::{self, Image, ShellKind, join, repository_paths};
use super::plan::{Append, Argument, CommandLine, ListStyle, Running, ServicePlan};
use shell::Shell;
use wrapper::Wrapped;

/// How many commands are followed for one service, and how deep they may call each other.
const MOST_STEPS: usize = 2000;
const DEEPEST: usize = 12;

/// The commands that run in a service, in order. Built-in commands of the shell and small tools (`mkdir`, `sleep`) are
/// left out.
pub fn running<'a>(service: &'a ServicePlan, image: Option<&'a Image>, files: &'a Files<'a>) -> Vec<Running> {
    let environment =
        image::environment(service, image).into_iter().map(|variable| (variable.name, variable.value)).collect();
    let mut machine = Machine { service, image, files, environment, out: Vec::new(), steps: 0 };
    let (args, by) = machine.first_words();
    let folder = match (&service.working_dir, image) {
        (Some(folder), _) => join(image.map_or("/", |image| &image.workdir), folder),
        (None, Some(image)) => image.workdir.to_string(),
        (None, None) => join("/", if service.image.is_none() { &service.folder } else { "" }),
    };
    // systemd signals every process of a unit, Heroku every process of a dyno.
    let all = machine.service.is_unit() || is_procfile(&machine.service.anchor.file);
    let hears = if all { Hears::All } else { Hears::Yes };
    let context = Context { folder, by, hears, ..Context::default() };
    machine.launch(args, context);
    machine.out
}

/// A word on its way to a program.
#[derive(Clone, Debug, PartialEq)]
struct Arg {
    /// Its text. Its slots replace its value: what follows `=` in `--name=value`, all of it otherwise.
    text: Fact<Box<str>>,
    /// What it certainly begins with.
    head: Box<str>,
    /// Where it stands.
    span: Span,
    /// Its text with the place of each byte, when it is written as it is.
    source: Option<Mapped>,
    /// How another would be put behind it.
    append: Append,
}

impl Arg {
    /// A word that is written as it is.
    fn literal(source: Mapped, span: Span, append: Append) -> Self {
        let value = value_at(&source.text)..source.text.len();
        let place = if value.is_empty() { Span::at(span.file, span.end as usize) } else { source.span(value.clone()) };
        let slots = if source.is_replaceable(value) { vec![Slot::replace(place)] } else { Vec::new() };
        let sourced = Sourced { value: source.text.clone(), origin: Origin::Written(vec![place]), slots };
        Arg { text: Fact::Known(sourced), head: source.text.clone(), span, source: Some(source), append }
    }

    /// A word whose text was made of others.
    fn made(text: Fact<Box<str>>, span: Span, append: Append) -> Self {
        let head = text.known().cloned().unwrap_or_default();
        Arg { text, head, span, source: None, append }
    }

    fn known(&self) -> Option<&str> {
        self.text.known().map(|text| &**text)
    }
}

fn argument(arg: Arg) -> Argument {
    Argument { text: arg.text, head: arg.head, span: arg.span }
}

/// Where the value of `--name=value` or `NAME=value` begins; 0 for any other word.
fn value_at(text: &str) -> usize {
    match text.split_once('=') {
        Some((name, _))
            if name.starts_with('-') || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') =>
        {
            name.len() + 1
        }
        _ => 0,
    }
}

/// The place behind the last item of a list in brackets, whose content ends at `end`. Whether the item is quoted is not
/// known here; where room is left before the bracket, it is taken to be, as nearly all are.
fn behind_item(end: u32, list: Span) -> usize {
    let bracket = list.end.saturating_sub(1);
    (end + u32::from(end < bracket)).min(bracket) as usize
}

/// Notes which commands are started by the same words in several services: what is written there reaches all of them.
/// Each part is a service's name with its commands.
pub fn note_shared(parts: &mut [(Box<str>, &mut [Running])]) {
    let mut users: BTreeMap<Span, Vec<Box<str>>> = BTreeMap::new();
    let mut note = |span: Span, name: &str| {
        let names = users.entry(span).or_default();
        if !names.iter().any(|it| **it == *name) {
            names.push(name.into());
        }
    };
    for (name, commands) in parts.iter() {
        for command in commands.iter() {
            note(command.span, name);
            for slot in command.argv.iter().filter_map(|arg| arg.text.sourced()).flat_map(|text| &text.slots) {
                note(slot.span, name);
            }
        }
    }
    let shared = |span: Span| users.get(&span).filter(|names| names.len() > 1).cloned();
    for command in parts.iter_mut().flat_map(|(_, commands)| commands.iter_mut()) {
        command.reaches = shared(command.span).unwrap_or_default();
        for text in command.argv.iter_mut().map(|arg| &mut arg.text) {
            let Fact::Known(sourced) = text else { continue };
            for slot in sourced.slots.iter_mut().filter(|slot| slot.reaches.is_empty()) {
                slot.reaches = shared(slot.span).unwrap_or_default();
            }
        }
    }
}

/// A text of an exec list: byte for byte when nothing in it is escaped.
fn mapped(text: &str, span: Span) -> Mapped {
    Mapped { text: text.into(), pieces: vec![Piece { start: 0, span }] }
}

/// Whether a program hears the signals that the container is stopped with.
#[derive(Clone, Debug, Default, PartialEq)]
enum Hears {
    /// It is the first process, or the child that an init passes signals to.
    #[default]
    Yes,
    /// An init passes them to everything below it.
    All,
    /// Nobody can tell from the files. The slot as below.
    Maybe(Why, Option<Span>),
    /// A shell stands before it. `exec ` at the slot would make it hear.
    No(Option<Span>),
}

/// What a program is started with.
#[derive(Clone, Debug, Default)]
struct Context {
    /// What scripts assigned before: the value, and whether programs see it.
    vars: BTreeMap<Box<str>, (Fact<Box<str>>, bool)>,
    /// Assignments in front of the command.
    assignments: Vec<(Box<str>, Arg)>,
    folder: String,
    hears: Hears,
    conditional: Option<Box<str>>,
    by: Vec<Span>,
    depth: usize,
    copies: Fact<u64>,
}

impl Context {
    /// The same under one more condition.
    fn when(&mut self, condition: &str) {
        self.conditional = Some(match &self.conditional {
            Some(already) if already.len() > 200 => already.clone(),
            Some(already) => format!("{already} and {condition}").into(),
            None => condition.into(),
        });
    }
}

struct Machine<'a> {
    service: &'a ServicePlan,
    image: Option<&'a Image>,
    files: &'a Files<'a>,
    environment: BTreeMap<Box<str>, Fact<Box<str>>>,
    out: Vec<Running>,
    steps: usize,
}

impl<'a> Machine<'a> {
    /// What the container starts: compose's entrypoint over the image's, then compose's command over the image's, which
    /// an entrypoint of compose drops. An entrypoint in shell form takes no command.
    fn first_words(&self) -> (Vec<Arg>, Vec<Span>) {
        let inherited = |pick: fn(&Image) -> Option<&CommandLine>| self.image.and_then(pick);
        let entrypoint = self.service.entrypoint.as_ref().or_else(|| inherited(|image| image.entrypoint.as_ref()));
        let command = match (&self.service.command, &self.service.entrypoint) {
            (Some(command), _) => Some(command),
            (None, Some(_)) => None,
            (None, None) => inherited(|image| image.cmd.as_ref()),
        };
        let takes_none = matches!(entrypoint, Some(CommandLine::Text { shell: true, .. }));
        let mut args = Vec::new();
        let mut by = Vec::new();
        for line in entrypoint.into_iter().chain(command.filter(|_| !takes_none)) {
            args.extend(self.words_of(line));
            by.push(match line {
                CommandLine::Exec { span, .. } | CommandLine::Text { span, .. } => *span,
            });
        }
        if args.is_empty() {
            // An image with a start of its own.
            let named = self.image.and_then(|image| image.base.as_ref()).or(self.service.image.as_ref());
            if let Some((start, image)) = named.and_then(|image| Some((super::server::own_start(&image.value)?, image)))
            {
                let text = Fact::derived(start.into(), vec![image.span]);
                args.push(Arg::made(text, image.span, Append::Never));
                by.push(image.span);
            }
        }
        (args, by)
    }

    fn words_of(&self, line: &CommandLine) -> Vec<Arg> {
        match line {
            CommandLine::Exec { words, style, span } => {
                let last = words.len().saturating_sub(1);
                let append = |at: usize| match style {
                    _ if at != last => Append::Never,
                    ListStyle::Brackets => {
                        let end = words.get(at).map_or(span.end, |word| word.span.end);
                        Append::List { at: Span::at(span.file, behind_item(end, *span)), style: style.clone() }
                    }
                    ListStyle::Dashes { .. } => {
                        Append::List { at: Span { start: span.end, ..*span }, style: style.clone() }
                    }
                };
                let arg = |(at, word): (usize, &crate::syntax::Spanned<Box<str>>)| {
                    Arg::literal(mapped(&word.value, word.span), word.span, append(at))
                };
                words.iter().enumerate().map(arg).collect()
            }
            CommandLine::Text { text, shell: true, span, .. } => {
                let place = Span { end: span.start, ..*span };
                let shell: Vec<&str> = match self.image.map(|image| &*image.shell) {
                    Some(words @ [_, ..]) => words.iter().map(|word| &**word).collect(),
                    _ => vec!["/bin/sh", "-c"],
                };
                let head = shell.into_iter().map(|word| Arg::literal(mapped(word, place), place, Append::Never));
                head.chain([Arg::literal(text.clone(), *span, Append::Never)]).collect()
            }
            CommandLine::Text { text, shell: false, .. } => crate::syntax::shell::split(text)
                .iter()
                .filter_map(|word| Some(Arg::literal(word.literal()?, word.span, words::append_behind(word))))
                .map(|arg| if self.service.is_unit() { self.filled_by_systemd(arg) } else { arg })
                .collect(),
        }
    }

    /// A word of `ExecStart`, in which systemd puts the variables of the unit.
    fn filled_by_systemd(&self, arg: Arg) -> Arg {
        let Some((whole, variable)) = arg.known().and_then(|text| Some((text, words::variable_in(text)?))) else {
            return arg;
        };
        let name = variable.trim_matches(['$', '{', '}']);
        let text = match self.environment.get(name) {
            Some(value) => value.clone().map(|value| whole.replace(variable, &value).into()).by_way_of([arg.span]),
            None => Fact::Unknown(Why::at(format!("set by the environment ({name})"), arg.span)),
        };
        let head = text.known().cloned().unwrap_or_else(|| whole.split('$').next().unwrap_or("").into());
        Arg { head, ..Arg::made(text, arg.span, arg.append.clone()) }
    }

    /// Starts a program: takes wrappers off, follows shells and scripts, and notes what is left.
    fn launch(&mut self, mut args: Vec<Arg>, mut context: Context) {
        self.steps += 1;
        if context.depth > DEEPEST || self.steps > MOST_STEPS {
            return;
        }
        context.depth += 1;
        loop {
            match wrapper::unwrap(&args) {
                Some(Wrapped::Program { from, passes_to_all }) => {
                    if passes_to_all && context.hears != Hears::No(None) {
                        context.hears = Hears::All;
                    }
                    args.drain(..from);
                }
                Some(Wrapped::Environment { assignments, from }) => {
                    for arg in args.drain(..from).skip(from - assignments) {
                        context.assignments.extend(words::assigned(arg));
                    }
                }
                Some(Wrapped::Text { at, from }) => {
                    let Some(text) = args.get(at).cloned() else { return self.emit(args, context) };
                    let kind = args.first().and_then(Arg::known).and_then(|it| ShellKind::of_program(it, self.sh()));
                    let positional = args.split_off(from.min(args.len()));
                    return self.run_text(text, positional, kind.unwrap_or(self.sh()), context);
                }
                Some(Wrapped::Script { at }) => {
                    let Some(path) = args.get(at).and_then(Arg::known).map(str::to_string) else {
                        return self.emit(args, context);
                    };
                    let Some(script) = self.script(&path, &context.folder, true) else {
                        return self.emit(args, context);
                    };
                    let called = args.remove(at);
                    return self.run_script(script, &called, args.split_off(at), context);
                }
                None => break,
            }
        }
        let Some(program) = args.first().and_then(Arg::known).map(str::to_string) else {
            // `exec $AS_USER "$PYTHON" /venv/bin/gunicorn`: by what a server is started is not known; that it is, is.
            let open = args.iter().take_while(|arg| arg.known().is_none() && arg.head.is_empty()).count();
            if args.get(open).and_then(Arg::known).is_some_and(wrapper::is_server) {
                let at = args.first().map(|arg| arg.span);
                args.drain(..open);
                context.hears =
                    Hears::Maybe(Why { at: at.into_iter().collect(), ..Why::new("what starts it is not known") }, None);
                return self.launch(args, context);
            }
            return self.emit(args, context);
        };
        if let Some(script) = self.script(&program, &context.folder, false) {
            let called = args.remove(0);
            return self.run_script(script, &called, args, context);
        }
        if self.managed(&args, &context) {
            return;
        }
        if program.contains("entrypoint") && args.len() > 1 {
            // A base image's own: by custom it prepares something and becomes its arguments.
            args.remove(0);
            return self.launch(args, context);
        }
        self.emit(args, context);
    }

    /// What `/bin/sh` is here.
    fn sh(&self) -> ShellKind {
        match (self.image, &self.service.image, &self.service.build) {
            (Some(image), ..) => image.sh,
            (None, Some(image), _) => ShellKind::of_image(&image.value),
            // A Procfile's lines are run by bash.
            (None, None, None) => ShellKind::Bash,
            (None, None, Some(_)) => ShellKind::Unknown,
        }
    }

    /// The script of the repository that a path in the container means. A bare name is looked up where programs are,
    /// unless a shell was given it (`here`).
    fn script(&self, path: &str, folder: &str, here: bool) -> Option<&'a ShellScript> {
        let places = if path.contains('/') || here {
            vec![join(folder, path)]
        } else {
            let set = self.environment.get("PATH").and_then(Fact::known).map(|path| path.to_string());
            let folders = set.iter().flat_map(|path| path.split(':')).chain(["/usr/local/bin", "/usr/bin", "/bin"]);
            folders.filter(|folder| folder.starts_with('/')).map(|folder| join(folder, path)).collect()
        };
        places.iter().find_map(|place| self.at(place, &self.files.scripts))
    }

    /// What the repository has for an absolute path of the container.
    fn at<T>(&self, path: &str, all: &BTreeMap<&'a str, &'a T>) -> Option<&'a T> {
        let paths = repository_paths(path, self.service, self.image);
        paths.iter().find_map(|path| all.get(&**path).copied())
    }

    fn run_text(&mut self, text: Arg, positional: Vec<Arg>, kind: ShellKind, context: Context) {
        let source = match (&text.source, text.known()) {
            (Some(source), _) => source.clone(),
            (None, Some(known)) => Mapped { text: known.into(), pieces: vec![Piece { start: 0, span: text.span }] },
            (None, None) => return self.emit(vec![text], context),
        };
        let script = crate::syntax::shell::parse(&source).tree;
        // The first word behind the text is the shell's own name.
        let positional = positional.into_iter().skip(1).collect();
        let mut shell = Shell::new(context, kind, true, positional);
        self.statements(&script.items, &mut shell, true);
    }

    fn run_script(&mut self, script: &ShellScript, called: &Arg, positional: Vec<Arg>, mut context: Context) {
        context.by.push(called.span);
        context.by.push(Span { end: script.span.start, ..script.span });
        context.by.dedup();
        for (name, arg) in std::mem::take(&mut context.assignments) {
            context.vars.insert(name, (arg.text, true));
        }
        let mut shell = Shell::new(context, ShellKind::Unknown, false, positional);
        self.statements(&script.script.items, &mut shell, true);
    }

    /// The variable that a word of a Dockerfile's list still holds when its program gets it.
    fn unexpanded(&self, arg: &Arg) -> Option<Fact<Box<str>>> {
        let image = self.image?;
        let lists = [&image.entrypoint, &image.cmd];
        let mut words = lists.into_iter().flatten().flat_map(|line| match line {
            CommandLine::Exec { words, .. } => words.as_slice(),
            CommandLine::Text { .. } => &[],
        });
        // A shell's words stand for the whole of its text where that has escapes.
        let is_whole = arg.source.is_some();
        let word = words.find(|word| is_whole && word.span == arg.span && arg.known() == Some(&*word.value))?;
        let variable = words::variable_in(&word.value)?;
        Some(Fact::derived(variable.into(), vec![word.span]))
    }

    fn emit(&mut self, args: Vec<Arg>, context: Context) {
        let Some(first) = args.first() else { return };
        if first.known().is_some_and(wrapper::is_small) || self.out.len() >= MOST_STEPS {
            return;
        }
        let span = args
            .iter()
            .filter(|arg| arg.span.file == first.span.file && arg.span.start >= first.span.start)
            .fold(first.span, |span, arg| span.cover(arg.span));
        let (gets_signals, exec_slot) = match context.hears {
            Hears::Yes | Hears::All => (Fact::derived(true, vec![span]), None),
            Hears::Maybe(why, slot) => (Fact::Unknown(why), slot),
            Hears::No(slot) => {
                let mut places = vec![span];
                places.extend(context.by.iter().copied().filter(|place| !place.is_empty()));
                (Fact::derived(false, places), slot)
            }
        };
        let exported = context.vars.into_iter().filter(|(_, (_, exported))| *exported).map(|(name, (text, _))| {
            let span = text.span().unwrap_or(span);
            (name, argument(Arg::made(text, span, Append::Never)))
        });
        let own = context.assignments.into_iter().map(|(name, arg)| (name, argument(arg)));
        let assignments = exported.chain(own).collect();
        let append = args.last().map_or(Append::Never, |arg| arg.append.clone());
        let unexpanded = args.iter().find_map(|arg| self.unexpanded(arg)).unwrap_or(Fact::Absent);
        self.out.push(Running {
            argv: args.into_iter().map(argument).collect(),
            assignments,
            gets_signals,
            exec_slot,
            conditional: context.conditional,
            span,
            append,
            by: context.by,
            folder: context.folder.into(),
            reaches: Vec::new(),
            copies: context.copies,
            unexpanded,
        });
    }
}
