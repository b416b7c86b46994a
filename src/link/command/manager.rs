//! Programs that start others by a file's words: runners of tasks and of Procfiles, s6 and runit. supervisord and circus
//! are in [`super::supervisor`].

use crate::facts::tasks::{Task, TaskFile};
use crate::source::Span;
use crate::stack::{Fact, Why};
use crate::syntax::Mapped;
use crate::syntax::shell::Script;

use super::super::image::{container_paths, matches};
use super::shell::Shell;
use super::wrapper::base;
use super::{Append, Arg, Context, Hears, Machine, join};

/// Folders in which each sub-folder's `run` is started.
const SERVICE_FOLDERS: &[&str] =
    &["/etc/services.d/*/run", "/etc/s6-overlay/s6-rc.d/*/run", "/etc/s6/*/run", "/etc/service/*/run", "/etc/sv/*/run"];

impl Machine<'_> {
    /// Starts what a manager's file names; false when the program is no manager, or its file is not there.
    pub(super) fn managed(&mut self, args: &[Arg], context: &Context) -> bool {
        let words: Vec<&str> = args.iter().map(|arg| arg.known().unwrap_or("")).collect();
        let Some((program, rest)) = words.split_first() else { return false };
        match base(program) {
            "supervisord" => self.supervisord(rest, context),
            "circusd" => self.circusd(rest, context),
            "honcho" | "foreman" | "overmind" | "hivemind" | "forego" | "goreman" => self.procfile(rest, context),
            "make" | "gmake" => self.make(rest, context, &["Makefile", "makefile", "GNUmakefile"]),
            "just" => self.make(rest, context, &["justfile", "Justfile", ".justfile"]),
            "npm" | "yarn" | "pnpm" => self.package(rest, context),
            "init" if *program == "/init" => {
                let found = self.services(SERVICE_FOLDERS, context);
                if found && !rest.is_empty() {
                    self.launch(args[1..].to_vec(), context.clone());
                }
                found
            }
            "s6-svscan" | "runsvdir" | "my_init" | "runit" => {
                let folder = rest.iter().find(|word| word.starts_with('/')).map(|folder| format!("{folder}/*/run"));
                match folder {
                    Some(folder) => self.services(&[&folder], context),
                    None => self.services(SERVICE_FOLDERS, context),
                }
            }
            _ => false,
        }
    }

    /// A text of a file that a shell runs.
    fn shell_text(&mut self, text: &Mapped, script: &Script, context: Context) {
        let mut shell = Shell::new(context, self.sh(), true, Vec::new());
        let place = text.span(0..text.text.len());
        shell.context.by.push(place);
        self.statements(&script.items, &mut shell, true);
    }

    /// `honcho start [names]`, `foreman start -f Procfile.prod -m web=2`.
    fn procfile(&mut self, words: &[&str], context: &Context) -> bool {
        let value = |names: &[&str]| value(words, names);
        let path = value(&["-f", "--procfile"]).unwrap_or("Procfile");
        let Some(file) = self.at(&join(&context.folder, path), &self.files.procfiles) else { return false };
        let counts = value(&["-c", "-m", "--concurrency", "--formation"]);
        let count = |name: &str| -> Option<u64> {
            let mut pairs = counts?.split(',').filter_map(|pair| pair.split_once('='));
            pairs.find(|(it, _)| it.trim() == name || it.trim() == "all")?.1.trim().parse().ok()
        };
        let named: Vec<&str> = words
            .iter()
            .copied()
            .filter(|word| file.processes.iter().any(|process| *process.name.value == **word))
            .collect();
        for process in &file.processes {
            let name = &*process.name.value;
            // What a platform runs once at a release stands in the file, too.
            if (!named.is_empty() && !named.contains(&name)) || name == "release" || count(name) == Some(0) {
                continue;
            }
            let mut inside = context.clone();
            if inside.hears == Hears::Yes {
                // honcho and its kin signal the whole group of each process.
                inside.hears = Hears::All;
            }
            if let Some(count) = count(name).filter(|count| *count > 1) {
                inside.copies = Fact::derived(count, vec![process.name.span]);
            }
            self.shell_text(&process.text, &process.script, inside);
        }
        true
    }

    /// `make run`, `just serve`.
    fn make(&mut self, words: &[&str], context: &Context, names: &[&str]) -> bool {
        let folder = value(words, &["-C", "--directory"]).unwrap_or("");
        let file = value(words, &["-f", "--file", "--justfile"]);
        let named = file.as_slice().iter().copied().chain(names.iter().copied());
        let folder = join(&context.folder, folder);
        let mut paths = named.map(|name| join(&folder, name));
        let Some(file) = paths.find_map(|path| self.at(&path, &self.files.tasks)) else { return false };
        let valued = ["-C", "--directory", "-f", "--file", "--justfile", "-j"];
        let targets: Vec<&str> = words
            .iter()
            .enumerate()
            .filter(|(at, word)| {
                !word.starts_with('-') && !word.contains('=') && (*at == 0 || !valued.contains(&words[at - 1]))
            })
            .map(|(_, word)| *word)
            .collect();
        let targets = if targets.is_empty() { vec![None] } else { targets.into_iter().map(Some).collect() };
        let mut inside = context.clone();
        inside.folder = folder;
        let mut found = false;
        for target in targets {
            found |= self.task(file, target, &inside, 0);
        }
        found
    }

    /// `npm run start`, `yarn start`.
    fn package(&mut self, words: &[&str], context: &Context) -> bool {
        let name = words.iter().copied().find(|word| !word.starts_with('-') && !matches!(*word, "run" | "run-script"));
        let Some(file) = self.at(&join(&context.folder, "package.json"), &self.files.tasks) else { return false };
        name.is_some_and(|name| self.task(file, Some(name), context, 0))
    }

    fn task(&mut self, file: &TaskFile, name: Option<&str>, context: &Context, depth: usize) -> bool {
        let Some(task) = file.task(name).filter(|_| depth < super::DEEPEST) else { return false };
        for need in &task.needs {
            self.task(file, Some(need), context, depth + 1);
        }
        self.lines(task, context);
        true
    }

    fn lines(&mut self, task: &Task, context: &Context) {
        let mut context = context.clone();
        // Each line has a shell of its own, and the runner waits above it.
        if context.hears == Hears::Yes {
            let why = Why::at("whether its runner passes signals on is not known", task.name.span);
            context.hears = Hears::Maybe(why, None);
        }
        for line in &task.lines {
            self.shell_text(&line.text, &line.script, context.clone());
        }
    }

    /// The scripts that stand in the container at paths of these patterns, each a service of its own.
    fn services(&mut self, patterns: &[&str], context: &Context) -> bool {
        let files = self.files;
        let mut found = false;
        for (path, script) in &files.scripts {
            let places = container_paths(path, self.service, self.image);
            let placed = places.iter().find(|place| patterns.iter().any(|pattern| matches(pattern, place)));
            let Some(place) = placed else { continue };
            // s6-rc starts what is listed in a bundle; what runs once (`up`) has no `run`.
            found = true;
            let start = Span { end: script.span.start, ..script.span };
            let called = Arg::made(Fact::derived(place.as_str().into(), vec![start]), start, Append::Never);
            let folder = place.rsplit_once('/').map_or("/", |(folder, _)| folder).to_string();
            self.run_script(script, &called, Vec::new(), Context { folder, ..context.clone() });
        }
        found
    }
}

/// The value of an option: `-f x`, `-fx` not, `--file=x`.
pub(super) fn value<'w>(words: &[&'w str], names: &[&str]) -> Option<&'w str> {
    words.iter().enumerate().find_map(|(at, word)| {
        if names.contains(word) {
            return words.get(at + 1).copied();
        }
        let (name, value) = word.split_once('=')?;
        (names.contains(&name) && name.starts_with("--")).then_some(value)
    })
}
