//! A shell at work: statements in order, what they assign, and what they start.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::source::Span;
use crate::stack::{Condition, Fact, Sourced, Why};
use crate::syntax::shell::{Branch, Command, Item, Operator, Part, Script, Test, Word};

use super::condition::written;
use super::words::{append_behind, is_exact};
use super::{Append, Arg, Context, Hears, Machine, ShellKind, join};

/// How many branches a value may have before it counts as unknown.
const MOST_BRANCHES: usize = 8;

/// The state of a shell.
#[derive(Clone)]
pub(super) struct Shell {
    pub(super) context: Context,
    /// Its arguments, from `$1` on.
    pub(super) args: Vec<Arg>,
    /// Its arrays.
    pub(super) arrays: BTreeMap<Box<str>, Vec<Arg>>,
    kind: ShellKind,
    /// Whether it was given a text by `-c`, and not a script.
    one_liner: bool,
    functions: BTreeMap<Box<str>, Rc<Script>>,
    /// Whether it handles signals itself.
    traps: bool,
}

/// Whether what follows is reached.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Flow {
    Go,
    /// A function or a sourced file has ended.
    Return,
    /// The shell has ended, or become another program.
    Stop,
}

impl Shell {
    pub(super) fn new(mut context: Context, kind: ShellKind, one_liner: bool, args: Vec<Arg>) -> Self {
        for (name, arg) in std::mem::take(&mut context.assignments) {
            context.vars.insert(name, (arg.text, true));
        }
        Self { context, args, arrays: BTreeMap::new(), kind, one_liner, functions: BTreeMap::new(), traps: false }
    }

    pub(super) fn set(&mut self, name: &str, value: Fact<Box<str>>, exported: bool) {
        let already = self.context.vars.get(name).is_some_and(|(_, exported)| *exported);
        self.context.vars.insert(name.into(), (value, exported || already));
    }

    /// Whether a program that this shell starts hears signals.
    fn child_hears(&self, exec: bool, last: bool, slot: Option<Span>) -> Hears {
        let own = &self.context.hears;
        if exec || matches!(own, Hears::All | Hears::Maybe(..)) {
            return own.clone();
        }
        let slot = slot.filter(|_| last && *own == Hears::Yes);
        if self.traps {
            return Hears::Maybe(Why::new("the script handles signals itself"), None);
        }
        match self.kind {
            ShellKind::Bash | ShellKind::Busybox if last && self.one_liner => own.clone(),
            ShellKind::Unknown if last && self.one_liner && *own == Hears::Yes => {
                Hears::Maybe(Why::new("whether the image's shell becomes its last command is not known"), slot)
            }
            _ => Hears::No(slot),
        }
    }
}

impl Machine<'_> {
    /// Runs statements. `last` tells whether nothing of the shell comes after them.
    pub(super) fn statements(&mut self, items: &[Item], shell: &mut Shell, last: bool) -> Flow {
        for (nth, item) in items.iter().enumerate() {
            let flow = self.statement(item, shell, last && nth + 1 == items.len());
            if flow != Flow::Go {
                return flow;
            }
        }
        Flow::Go
    }

    fn statement(&mut self, item: &Item, shell: &mut Shell, last: bool) -> Flow {
        self.steps += 1;
        if self.steps > super::MOST_STEPS {
            return Flow::Stop;
        }
        match item {
            Item::Command(command) => self.command(command, shell, last),
            Item::List { parts, operators, .. } => self.list(parts, operators, shell, last),
            Item::Branches { branches, span } => self.branches(branches, *span, shell, last),
            Item::Loop { body, .. } => {
                let mut inside = shell.clone();
                inside.context.when("in a loop");
                self.statements(&body.items, &mut inside, false);
                for (name, (value, exported)) in inside.context.vars {
                    if shell.context.vars.get(&name).is_none_or(|(before, _)| *before != value) {
                        shell.context.vars.insert(name, (Fact::unknown("set in a loop"), exported));
                    }
                }
                Flow::Go
            }
            Item::Function { name, body, .. } => {
                shell.functions.insert(name.clone(), Rc::new(body.clone()));
                Flow::Go
            }
            Item::Group { body, subshell: false, .. } => self.statements(&body.items, shell, last),
            Item::Group { body, subshell: true, .. } => {
                let mut inside = self.below(shell);
                self.statements(&body.items, &mut inside, false);
                Flow::Go
            }
        }
    }

    /// A shell that this one starts for a part of its text.
    fn below(&self, shell: &Shell) -> Shell {
        let mut inside = shell.clone();
        inside.context.hears = shell.child_hears(false, false, None);
        inside
    }

    fn list(&mut self, parts: &[Item], operators: &[Operator], shell: &mut Shell, last: bool) -> Flow {
        if operators.first() == Some(&Operator::Pipe) {
            for part in parts {
                let mut inside = self.below(shell);
                self.statement(part, &mut inside, false);
            }
            return Flow::Go;
        }
        // How the part before ended: well, badly, or as only a run would tell, under this condition.
        let mut ended: Result<bool, Box<str>> = Ok(true);
        for (nth, part) in parts.iter().enumerate() {
            let is_last = last && nth + 1 == parts.len();
            let or = nth > 0 && operators.get(nth - 1) == Some(&Operator::Or);
            match &ended {
                Ok(well) if *well == or && nth > 0 => continue,
                Ok(_) => {
                    ended = match self.item_holds(part, shell) {
                        Some(truth) => Ok(truth),
                        None if is_test(part) => Err(written(part)),
                        None => {
                            let flow = self.statement(part, shell, is_last);
                            if flow != Flow::Go {
                                return flow;
                            }
                            Ok(true)
                        }
                    };
                }
                Err(condition) => {
                    let condition = if or { format!("unless {condition}") } else { condition.to_string() };
                    let opposite =
                        condition.strip_prefix("unless ").map_or_else(|| format!("unless {condition}"), Into::into);
                    let before = shell.clone();
                    shell.context.when(&condition);
                    let flow = self.statement(part, shell, is_last);
                    let after = std::mem::replace(shell, before);
                    if flow != Flow::Go {
                        shell.context.when(&opposite);
                    } else {
                        let skipped = shell.clone();
                        self.merge(shell, &[(condition.into(), after), (opposite.into(), skipped)], None);
                    }
                }
            }
        }
        Flow::Go
    }

    fn branches(&mut self, branches: &[Branch], span: Span, shell: &mut Shell, last: bool) -> Flow {
        let mut before = shell.clone();
        let mut ends: Vec<(Box<str>, Shell)> = Vec::new();
        let mut stopped: Vec<(Box<str>, Flow)> = Vec::new();
        let mut tried: Vec<Box<str>> = Vec::new();
        let mut decided = false;
        for branch in branches {
            if let Test::Succeeds(script) = &branch.test
                && !script.items.iter().all(is_test)
            {
                // A condition that is a program runs, too.
                self.statements(&script.items, &mut before, false);
            }
            let holds = self.holds(&branch.test, &mut before);
            if holds == Some(false) {
                continue;
            }
            let sure = holds == Some(true);
            if sure && tried.is_empty() {
                *shell = before;
                return self.statements(&branch.body.items, shell, last);
            }
            let condition: Box<str> = match (&branch.condition, tried.first()) {
                (Some(condition), _) if !sure => condition.clone(),
                (_, Some(first)) if tried.len() == 1 => format!("unless {first}").into(),
                _ => "in no other case".into(),
            };
            let mut inside = before.clone();
            inside.context.when(&condition);
            let flow = self.statements(&branch.body.items, &mut inside, last);
            if flow != Flow::Go {
                stopped.push((condition.clone(), flow));
            } else {
                inside.context.conditional.clone_from(&before.context.conditional);
                ends.push((condition.clone(), inside));
            }
            tried.push(condition);
            if sure {
                decided = true;
                break;
            }
        }
        if !decided {
            let condition = match tried.as_slice() {
                [only] => format!("unless {only}").into(),
                _ => "in no other case".into(),
            };
            ends.push((condition, before.clone()));
        }
        *shell = before;
        if ends.is_empty() {
            let all = stopped.iter().all(|(_, flow)| *flow == Flow::Stop);
            return if all { Flow::Stop } else { Flow::Return };
        }
        self.merge(shell, &ends, Some(span));
        for (condition, _) in stopped.iter().take(2) {
            shell.context.when(&format!("unless {condition}"));
        }
        Flow::Go
    }

    fn command(&mut self, command: &Command, shell: &mut Shell, last: bool) -> Flow {
        let mut assignments = Vec::new();
        for (name, word) in &command.assignments {
            if let [Part::Items(items)] = word.parts.as_slice() {
                let items = items.iter().flat_map(|item| self.arguments(shell, item)).collect();
                shell.arrays.insert(name.clone(), items);
                continue;
            }
            let text = self.value(shell, word);
            assignments.push((name.clone(), Arg::made(text, word.span, Append::Never)));
        }
        let Some(first) = command.words.first() else {
            for (name, arg) in assignments {
                let known = self.environment.contains_key(&name);
                shell.set(&name, arg.text, known);
            }
            return Flow::Go;
        };
        let program = first.literal().map(|it| it.text);
        let rest = &command.words[1..];
        match program.as_deref() {
            Some("export" | "declare" | "local" | "readonly" | "typeset") => {
                self.declare(program.as_deref() == Some("export"), rest, shell);
                return Flow::Go;
            }
            Some("exit") => return Flow::Stop,
            Some("return") => return Flow::Return,
            Some(":") => {
                for word in rest {
                    self.value(shell, word);
                }
                return Flow::Go;
            }
            Some("trap") => {
                shell.traps = true;
                return Flow::Go;
            }
            Some(
                "[" | "[[" | "test" | "wait" | "read" | "umask" | "ulimit" | "alias" | "unset" | "shopt" | "hash" | "!",
            ) => {
                return Flow::Go;
            }
            _ => {}
        }
        let mut args: Vec<Arg> = command.words.iter().flat_map(|word| self.arguments(shell, word)).collect();
        // `gunicorn "$@"` without arguments: another would still come behind the word.
        if let (Some(word), Some(arg)) = (command.words.last(), args.last_mut())
            && matches!(word.parts.as_slice(), [Part::Variable { .. }])
            && self.arguments(shell, word).is_empty()
        {
            arg.append = append_behind(word);
        }
        match args.first().and_then(Arg::known) {
            Some("set") => {
                if let Some(dashes) = args.iter().position(|arg| arg.known() == Some("--")) {
                    shell.args = args.split_off(dashes + 1);
                }
                return Flow::Go;
            }
            Some("shift") => {
                let count = args.get(1).and_then(Arg::known).and_then(|it| it.parse().ok()).unwrap_or(1usize);
                shell.args.drain(..count.min(shell.args.len()));
                return Flow::Go;
            }
            Some("cd" | "pushd") => {
                if let Some(folder) = args.get(1).and_then(Arg::known) {
                    shell.context.folder = join(&shell.context.folder, folder);
                }
                return Flow::Go;
            }
            Some("." | "source") => {
                return self.source(args, shell, last);
            }
            Some("eval") => {
                if let Some(text) = args.get(1).filter(|_| args.len() == 2).and_then(|arg| arg.source.clone()) {
                    let script = crate::syntax::shell::parse(&text).tree;
                    return self.deeper(shell, |machine, shell| machine.statements(&script.items, shell, last));
                }
                return Flow::Go;
            }
            Some(name) => {
                if let Some(body) = shell.functions.get(name).cloned() {
                    let own = std::mem::replace(&mut shell.args, args.split_off(1));
                    let flow = self.deeper(shell, |machine, shell| machine.statements(&body.items, shell, last));
                    shell.args = own;
                    return flow;
                }
            }
            None => {}
        }
        let exec = args.first().and_then(Arg::known) == Some("exec");
        if exec {
            args.remove(0);
            while args.first().and_then(Arg::known).is_some_and(|word| matches!(word, "-a" | "-c" | "-l")) {
                let takes = if args.first().and_then(Arg::known) == Some("-a") { 2 } else { 1 };
                args.drain(..takes.min(args.len()));
            }
        }
        if args.is_empty() {
            return Flow::Go;
        }
        let slot = is_exact(first).then_some(Span { end: first.span.start, ..first.span });
        let mut context = shell.context.clone();
        context.hears = shell.child_hears(exec, last && !command.background, slot);
        context.assignments = assignments;
        self.launch(args, context);
        if exec { Flow::Stop } else { Flow::Go }
    }

    /// Runs something within the same shell, unless that is too deep already.
    fn deeper(&mut self, shell: &mut Shell, run: impl FnOnce(&mut Self, &mut Shell) -> Flow) -> Flow {
        if shell.context.depth >= super::DEEPEST {
            return Flow::Go;
        }
        let conditional = shell.context.conditional.clone();
        shell.context.depth += 1;
        let flow = run(self, shell);
        shell.context.depth -= 1;
        // What returns early under a condition returns to here all the same.
        shell.context.conditional = conditional;
        if flow == Flow::Return { Flow::Go } else { flow }
    }

    fn declare(&self, exported: bool, words: &[Word], shell: &mut Shell) {
        for word in words {
            // `export NAME="$VALUE"`: the name is in the first part, which is text.
            let Some(Part::Text(head)) = word.parts.first() else { continue };
            let Some(at) = head.text.find('=') else {
                let value = self.lookup(shell, &head.text, word.span);
                if let Some(value) = value.filter(|_| exported) {
                    shell.set(&head.text, value, true);
                }
                continue;
            };
            let mut parts = word.parts.clone();
            let rest = head.slice(at + 1..head.text.len());
            let start = if rest.text.is_empty() { word.span.start } else { rest.span(0..rest.text.len()).start };
            let span = Span { start: start.min(word.span.end), ..word.span };
            if rest.text.is_empty() {
                parts.remove(0);
            } else {
                parts[0] = Part::Text(rest);
            }
            let value = self.value(shell, &Word { parts, span, quoted: word.quoted });
            shell.set(&head.text[..at], value, exported);
        }
    }

    fn source(&mut self, mut args: Vec<Arg>, shell: &mut Shell, last: bool) -> Flow {
        let Some(path) = args.get(1).and_then(Arg::known).map(str::to_string) else { return Flow::Go };
        let own = args.split_off(2);
        let Some(script) = self.script(&path, &shell.context.folder, true) else {
            // A base image's own entrypoint, which by custom becomes its arguments.
            if path.contains("entrypoint") && !shell.args.is_empty() {
                self.launch(shell.args.clone(), shell.context.clone());
                return Flow::Stop;
            }
            return Flow::Go;
        };
        let before = (!own.is_empty()).then(|| std::mem::replace(&mut shell.args, own));
        let flow = self.deeper(shell, |machine, shell| machine.statements(&script.script.items, shell, last));
        shell.args = before.unwrap_or_else(|| std::mem::take(&mut shell.args));
        flow
    }
}

impl Machine<'_> {
    /// What holds after branches of which one was taken: each variable that they set differently has one of its values.
    fn merge(&self, shell: &mut Shell, ends: &[(Box<str>, Shell)], at: Option<Span>) {
        let names: std::collections::BTreeSet<&Box<str>> =
            ends.iter().flat_map(|(_, end)| end.context.vars.keys()).collect();
        for name in names {
            let set = |end: &Shell| end.context.vars.get(name).cloned();
            let inherited = || self.environment.get(name).map(|value| (value.clone(), true));
            let values: Vec<_> = ends.iter().map(|(_, end)| set(end).or_else(inherited)).collect();
            let Some(Some(first)) = values.iter().find(|value| value.is_some()) else { continue };
            if values.iter().all(|value| value.as_ref() == Some(first)) {
                shell.context.vars.insert(name.clone(), first.clone());
                continue;
            }
            let exported = values.iter().flatten().any(|(_, exported)| *exported);
            let mut all: Option<Vec<(Condition, Sourced<Box<str>>)>> = Some(Vec::new());
            for (value, (condition, _)) in values.iter().zip(ends) {
                let condition = Condition { text: condition.clone(), at };
                match (value, &mut all) {
                    (Some((Fact::Known(sourced), _)), Some(all)) => all.push((condition, sourced.clone())),
                    (Some((Fact::OneOf(branches), _)), Some(all)) => all.extend(branches.iter().cloned()),
                    _ => all = None,
                }
            }
            let fact = match all.filter(|all| all.len() <= MOST_BRANCHES) {
                Some(all) => Fact::OneOf(all),
                None => Fact::unknown(format!("set by a branch of a script ({name})")),
            };
            shell.context.vars.insert(name.clone(), (fact, exported));
        }
        let args: Vec<&[Arg]> = ends.iter().map(|(_, end)| end.args.as_slice()).collect();
        shell.args = common(&args, at);
        let names: std::collections::BTreeSet<&Box<str>> = ends.iter().flat_map(|(_, end)| end.arrays.keys()).collect();
        for name in names {
            let arrays: Vec<&[Arg]> =
                ends.iter().map(|(_, end)| end.arrays.get(name).map_or(&[][..], Vec::as_slice)).collect();
            shell.arrays.insert(name.clone(), common(&arrays, at));
        }
        for (_, end) in ends {
            shell.functions.extend(end.functions.iter().map(|(name, body)| (name.clone(), body.clone())));
            shell.traps |= end.traps;
        }
    }
}

/// The words that lists begin with alike; where they part, one stands for all that only a run would tell.
fn common(lists: &[&[Arg]], at: Option<Span>) -> Vec<Arg> {
    let Some((first, rest)) = lists.split_first() else { return Vec::new() };
    if rest.iter().all(|list| list == first) {
        return first.to_vec();
    }
    let alike = |nth: &usize| rest.iter().all(|list| list.get(*nth) == first.get(*nth));
    let mut words: Vec<Arg> = (0..first.len()).take_while(alike).filter_map(|nth| first.get(nth).cloned()).collect();
    let parted = lists.iter().find_map(|list| list.get(words.len()));
    if let Some(span) = at.or(parted.map(|arg| arg.span)) {
        words.push(Arg::made(Fact::Unknown(Why::at("set by a branch of a script", span)), span, Append::Never));
    }
    words
}

/// Whether a statement only tests something.
fn is_test(item: &Item) -> bool {
    match item {
        Item::Command(command) => command.words.first().and_then(Word::literal).is_some_and(|it| {
            matches!(&*it.text, "[" | "[[" | "test" | "!" | "command" | "which" | "type" | "grep" | "nc" | "pg_isready")
        }),
        Item::List { parts, .. } => parts.iter().all(is_test),
        _ => false,
    }
}
