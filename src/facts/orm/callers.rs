//! What a file that says nothing to a mapper calls: the words of its functions, told from its lines without parsing it.
//!
//! Who runs a loop is known by who calls it, and a command, a job or a view need not name a model for that. Of such a
//! file no more is kept than one number for each name that stands in a function.

use serde::{Deserialize, Serialize};

use super::draft::Place;
use super::place;

/// What the functions of one file call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callers {
    /// The dotted name of its module, from the root.
    pub module: Box<str>,
    /// What its path says of who runs its code; [`None`] for a test.
    pub place: Option<Place>,
    /// Whether it is Django's `manage.py`, beside which a project lies.
    pub manages: bool,
    /// Its functions, what runs when it is imported first.
    pub bodies: Vec<Body>,
    /// Names that it imports under others: the other, and the name.
    pub renamed: Vec<(Word, Word)>,
}

/// A function, or what runs when the file is imported.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its name; empty for what runs when the file is imported.
    pub name: Box<str>,
    /// Its decorators, as dotted names.
    pub decorators: Vec<Box<str>>,
    /// The bases of the class that it is a method of, as they are written.
    pub bases: Option<Vec<Box<str>>>,
    /// The names that stand in it.
    pub mentions: Vec<Mention>,
}

/// A name that stands in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mention {
    /// The name.
    pub name: Word,
    /// How it stands there.
    pub manner: Manner,
    /// Whether it stands by itself, and is no attribute of another.
    pub bare: bool,
    /// The name of what it is given to: `enqueue` of `queue.enqueue(send, 1)`. A parameter is given to its function.
    pub to: Option<Word>,
}

/// How a name stands in code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Manner {
    /// It is called there.
    Called,
    /// It is given to something that may call it.
    Handed,
    /// It is put into a queue, or stands at the end of a path in a text.
    Queued,
    /// It is given to something that puts it into a queue.
    Enqueued,
    /// It is a text.
    Said,
    /// It is given to the loop of a server, which calls it again and again.
    Served,
    /// It is a command that is run by its name.
    Command,
}

/// A name as a number: two names that share one make a caller too many, and none too few.
pub type Word = u64;

/// How a task is put into its queue, in place of being called.
pub const QUEUED: &[&str] = &["delay", "apply_async", "s", "si", "signature", "send", "schedule", "enqueue", "retry"];

/// What puts a function that it is given into a queue: RQ and its scheduler, APScheduler, Django-Q.
pub const ENQUEUES: &[&str] = &[
    "enqueue",
    "enqueue_in",
    "enqueue_at",
    "enqueue_call",
    "prepare_data",
    "add_job",
    "async_task",
    "cron",
    "schedule",
];

/// What gives a function to the loop of a server, which calls it again and again: Tornado's. (`add_callback` runs it once,
/// as programs start themselves by it.)
pub const SERVES: &[&str] = &["PeriodicCallback"];

/// What says of a call of `register` that it puts a function into a queue: RQ's `register(clean, queue_name="low", cron="…")`.
pub const OF_CRON: &[&str] = &["cron", "queue_name"];

/// What finds things by their names: where it stands, a text may name a function.
pub const FINDERS: &[&str] = &[
    "getattr",
    "attrgetter",
    "methodcaller",
    "globals",
    "vars",
    "import_string",
    "import_module",
    "import_from_string",
    "__import__",
];

/// The number of a name (FNV-1a).
pub fn word(name: &str) -> Word {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Whether the calls of a file count that is no file of a mapper's.
pub fn calls(path: &str) -> bool {
    path.ends_with(".py") && (!place::is_aside(path) || place::is_test(path))
}

/// Reads what a file calls.
pub fn read_callers(path: &str, text: &str) -> Callers {
    let test = place::is_test(path);
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
        lambda: None,
        calls: Vec::new(),
        next_call: None,
        open: Vec::new(),
        bodies: vec![Body::default()],
        decorators: Vec::new(),
        renamed: Vec::new(),
        crons: Vec::new(),
        flat: test,
    };
    reader.run();
    let finders: Vec<Word> = FINDERS.iter().map(|it| word(it)).collect();
    for at in std::mem::take(&mut reader.crons) {
        let given = reader.bodies[at].mentions.iter_mut().filter(|it| it.to == Some(word("register")));
        given.for_each(|it| it.to = Some(word("enqueue")));
    }
    for body in &mut reader.bodies {
        if body.mentions.iter().any(|it| finders.contains(&it.name)) {
            let said = body.mentions.iter_mut().filter(|it| it.manner == Manner::Said);
            said.for_each(|it| it.manner = Manner::Queued);
        }
        body.mentions.sort_unstable();
        body.mentions.dedup();
        body.mentions.shrink_to_fit();
    }
    Callers {
        module: place::module(path).0,
        place: (!test).then(|| place::of(path, &[])),
        manages: path == "manage.py" || path.ends_with("/manage.py"),
        bodies: reader.bodies,
        renamed: reader.renamed,
    }
}

/// What a line with less before it ends.
struct Open {
    indent: usize,
    /// The body of a function; a class has that around it.
    body: usize,
    bases: Option<Vec<Box<str>>>,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Brackets that are open.
    depth: u32,
    /// The brackets within which a lambda stands.
    lambda: Option<u32>,
    /// What is called by each of the brackets that are open.
    calls: Vec<Option<Word>>,
    /// What the next bracket calls.
    next_call: Option<Word>,
    open: Vec<Open>,
    bodies: Vec<Body>,
    decorators: Vec<Box<str>>,
    renamed: Vec<(Word, Word)>,
    /// The bodies that have calls of `register` which put something into a queue.
    crons: Vec<usize>,
    /// Whether all is taken for one body.
    flat: bool,
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut fresh = true;
        while let Some(&byte) = bytes.get(self.at) {
            if fresh && self.depth == 0 {
                fresh = false;
                self.line();
                continue;
            }
            match byte {
                b'\n' => {
                    self.at += 1;
                    fresh = self.depth == 0;
                }
                b'\\' => self.at += 2,
                b'#' => self.at = memchr::memchr(b'\n', &bytes[self.at..]).map_or(bytes.len(), |end| self.at + end),
                b'(' | b'[' | b'{' => {
                    self.depth += 1;
                    self.calls.push(self.next_call.take());
                    self.at += 1;
                }
                b')' | b']' | b'}' => {
                    self.depth = self.depth.saturating_sub(1);
                    self.lambda = self.lambda.filter(|around| self.depth >= *around);
                    self.calls.truncate(self.depth as usize);
                    self.at += 1;
                }
                b'"' | b'\'' => self.string(byte),
                _ if is_word(byte) => self.word(),
                _ => self.at += 1,
            }
        }
    }

    fn body(&mut self) -> &mut Body {
        let at = self.open.last().map_or(0, |it| it.body);
        &mut self.bodies[at]
    }

    /// The start of a statement: what it opens, and what ended before it.
    fn line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let indent = rest.iter().take_while(|it| matches!(it, b' ' | b'\t')).count();
        if matches!(rest.get(indent), None | Some(b'\n' | b'\r' | b'#')) {
            self.at += indent;
            return;
        }
        self.at += indent;
        (self.lambda, self.next_call) = (None, None);
        while self.open.last().is_some_and(|it| it.indent >= indent) {
            self.open.pop();
        }
        let rest = &self.text[self.at..];
        let line = &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())];
        let line = line.trim_end();
        if let Some(name) = line.strip_prefix('@') {
            let end = name.find(|c: char| c != '.' && c != '_' && !c.is_alphanumeric()).unwrap_or(name.len());
            self.decorators.push(name[..end].into());
            return;
        }
        if line.starts_with("from ") || line.starts_with("import ") {
            return self.import();
        }
        let function = line.strip_prefix("async ").unwrap_or(line).trim_start().strip_prefix("def ");
        if let Some(name) = function {
            self.function(name.trim_start(), indent, line.len() - name.len());
        } else if let Some(class) = line.strip_prefix("class ") {
            let bases = class.split_once('(').map_or("", |(_, bases)| bases.split(')').next().unwrap_or(bases));
            let bases =
                bases.split(',').map(str::trim).filter(|it| !it.is_empty() && !it.contains('=')).map(Into::into);
            let (body, bases) = (self.open.last().map_or(0, |it| it.body), Some(bases.collect()));
            self.decorators.clear();
            self.open.push(Open { indent, body, bases });
            self.at += "class ".len();
            self.skip_word();
        } else {
            self.decorators.clear();
        }
    }

    fn function(&mut self, name: &'a str, indent: usize, before: usize) {
        let end = name.bytes().position(|it| !is_word(it)).unwrap_or(name.len());
        let decorators = std::mem::take(&mut self.decorators);
        if !self.flat {
            let bases = self.open.last().and_then(|it| it.bases.clone());
            self.bodies.push(Body { name: name[..end].into(), decorators, bases, mentions: Vec::new() });
            self.open.push(Open { indent, body: self.bodies.len() - 1, bases: None });
        }
        self.at += before;
        self.skip_word();
        // Its parameters are what it is given.
        self.next_call = Some(word(&name[..end]));
    }

    fn skip_word(&mut self) {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(|it| *it == b' ') {
            self.at += 1;
        }
        while bytes.get(self.at).is_some_and(|it| is_word(*it)) {
            self.at += 1;
        }
    }

    /// What a file imports is called by that only when it has another name.
    fn import(&mut self) {
        let rest = &self.text[self.at..];
        let line = rest.find('\n').unwrap_or(rest.len());
        let end = match rest[..line].find('(') {
            Some(_) => rest.find(')').map_or(rest.len(), |it| it + 1),
            None => {
                let mut end = line;
                while rest[..end].trim_end_matches('\r').ends_with('\\') {
                    let Some(more) = rest.get(end + 1..) else { break };
                    end = more.find('\n').map_or(rest.len(), |it| end + 1 + it);
                }
                end
            }
        };
        let words: Vec<&str> =
            rest[..end].split(|c: char| c != '_' && !c.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
        self.renamed.extend(words.windows(3).filter(|it| it[1] == "as").map(|it| (word(it[2]), word(it[0]))));
        self.at += end;
    }

    /// A text, which may be the path of a name.
    fn string(&mut self, quote: u8) {
        let bytes = self.text.as_bytes();
        let three = bytes.get(self.at..self.at + 3).is_some_and(|it| it.iter().all(|it| *it == quote));
        let start = self.at + if three { 3 } else { 1 };
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'\n' if !three => break,
                _ if byte != quote => {}
                _ if !three => break,
                _ if bytes.get(at..at + 3).is_some_and(|it| it.iter().all(|it| *it == quote)) => break,
                _ => {}
            }
            at += 1;
        }
        /// Longer ones are no paths of names.
        const MOST: usize = 120;
        let said = self.text.get(start..at.min(bytes.len())).unwrap_or("");
        if said.len() <= MOST && said.bytes().all(|it| is_word(it) || matches!(it, b'.' | b':')) {
            let last = said.rsplit(['.', ':']).next().unwrap_or(said);
            if !last.is_empty() {
                let manner = if last.len() == said.len() { Manner::Said } else { Manner::Queued };
                self.mention(last, manner, false);
            }
        }
        self.at = at + if three { 3 } else { 1 };
    }

    fn mention(&mut self, name: &str, manner: Manner, bare: bool) {
        let to = self.calls.last().copied().flatten();
        self.body().mentions.push(Mention { name: word(name), manner, bare, to });
    }

    fn word(&mut self) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let end = bytes[start..].iter().position(|it| !is_word(*it)).map_or(bytes.len(), |it| start + it);
        self.at = end;
        let Some(name) = self.text.get(start..end) else { return };
        let bare = !self.text[..start].trim_end_matches([' ', '\t']).ends_with('.');
        let next = bytes[end..].iter().position(|it| *it != b' ').map_or(bytes.len(), |it| end + it);
        match bytes.get(next) {
            // `r"..."`
            Some(b'"' | b'\'') if next == end && name.len() <= 2 => {}
            // A keyword of a call, a variable.
            Some(b'=') if bytes.get(next + 1) != Some(&b'=') => {
                if OF_CRON.contains(&name) && self.calls.last() == Some(&Some(word("register"))) {
                    self.crons.push(self.open.last().map_or(0, |it| it.body));
                }
            }
            Some(_) if name == "lambda" => self.lambda = self.lambda.or(Some(self.depth)),
            Some(b'(') => {
                let manner = if self.lambda.is_some() { Manner::Handed } else { Manner::Called };
                self.mention(name, manner, bare);
                self.next_call = Some(word(name));
            }
            Some(b'.') => {
                let rest = &self.text[next + 1..];
                let after = rest.bytes().position(|it| !is_word(it)).map_or(rest, |it| &rest[..it]);
                let manner = if QUEUED.contains(&after) { Manner::Queued } else { Manner::Handed };
                self.mention(name, manner, bare);
            }
            _ => self.mention(name, Manner::Handed, bare),
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let names = ["enqueue", "show", "start", "task", "other", "again", "run", "late"];
        let callers = read_callers("app/jobs.py", text);
        let body = |it: &Body| {
            let found = it.mentions.iter().filter_map(|found| {
                let name = names.iter().find(|name| word(name) == found.name)?;
                let to = names
                    .iter()
                    .find(|name| Some(word(name)) == found.to)
                    .map_or(String::new(), |it| format!(" to {it}"));
                Some(format!("{name} {:?}{}{to}", found.manner, if found.bare { "" } else { " of" }))
            });
            let mut all: Vec<String> = found.collect();
            all.sort();
            format!(
                "{} {:?}{}: {}",
                it.name,
                it.decorators,
                if it.bases.is_some() { " method" } else { "" },
                all.join(", ")
            )
        };
        callers.bodies.iter().map(body).collect()
    }

    #[test]
    fn names_stand_in_the_functions_that_have_them() {
        let text = "from a import (\n    show,\n    start as begin,\n)\nimport task\n\n\n@shared_task(bind=True)\ndef one(x=other()):\n    show()  # start()\n    '''late()'''\n    task.delay(again=1)\n\n    class In:\n        run(start)\n\n        async def two(self):\n            return {\"a.late\": self.show}\n\n\nif x:\n    run(lambda: again(), key=late)\nqueue.enqueue(task, [other])\n";
        assert_eq!(
            said(text),
            [
                " []: again Handed to run, enqueue Called of, late Handed to run, other Handed, run Called, task Handed to enqueue",
                "one [\"shared_task\"]: other Called, run Called, show Called, start Handed to run, task Queued",
                "two [] method: late Queued of, show Handed of"
            ]
        );
        assert_eq!(read_callers("a.py", text).renamed, [(word("begin"), word("start"))]);
    }

    #[test]
    fn nothing_is_read_past_the_end() {
        for text in
            ["", "def", "def ", "class ", "@", "'", "'''a", "\\", "import (", "a.", "lambda", "from x import \\", "é("]
        {
            read_callers("a.py", text);
        }
    }
}
