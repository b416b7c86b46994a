//! Names of functions and all code that has them in it: whoever runs code runs what it names.

use rustc_hash::FxHashMap as HashMap;

use super::Who;
use crate::facts::orm::{Manner, Word};

/// Code that names others: a function, the body of a class, what runs when a file is imported.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) who: Who,
    /// Who would run it if its class had instances.
    asked: Who,
    /// Who has instances of its class, for a method that only code calls.
    held: Option<Who>,
    /// Whether it is a task, whether what only shares its name raises who runs it, and whether anything does.
    task: bool,
    by_name: bool,
    rises: bool,
    /// Whether any code, or text, that has it comes to it.
    pub(super) found: bool,
    /// Whether it is a function of a module, which no text names without a path.
    free: bool,
    /// Whether code names it and no other of its name, and whether other than to put it into a queue.
    stands: (bool, bool),
    names: Vec<(usize, Manner)>,
    direct: Vec<(usize, Manner)>,
}

/// All functions of one name, and the methods of classes of that name.
#[derive(Debug, Default)]
pub(super) struct Name {
    functions: Vec<usize>,
    methods: Vec<usize>,
    /// Who runs what has it, and what has it other than to put it into a queue.
    any: Option<Who>,
    called: Option<Who>,
    /// Whether it stands anywhere, anywhere other than in a queue, anywhere in a text.
    stands: (bool, bool, bool),
    pub(super) tested: bool,
}

/// What a name in code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// This function alone.
    Code(usize),
    /// All that have the name.
    Name(usize),
}

/// The names of functions, and all code.
#[derive(Debug, Default)]
pub(super) struct Graph {
    by_word: HashMap<Word, usize>,
    pub(super) names: Vec<Name>,
    pub(super) code: Vec<Code>,
}

impl Graph {
    pub(super) fn new(words: impl Iterator<Item = Word>) -> Self {
        let mut graph = Self::default();
        for word in words {
            let next = graph.names.len();
            if *graph.by_word.entry(word).or_insert(next) == next {
                graph.names.push(Name::default());
            }
        }
        graph
    }

    pub(super) fn name(&self, word: Word) -> Option<usize> {
        self.by_word.get(&word).copied()
    }

    /// Adds code that requests run until more is known.
    pub(super) fn add(&mut self, who: Who) -> usize {
        self.code.push(Code {
            who,
            asked: who,
            held: None,
            task: false,
            by_name: false,
            rises: false,
            found: false,
            free: false,
            stands: (false, false),
            names: Vec::new(),
            direct: Vec::new(),
        });
        self.code.len() - 1
    }

    /// Says what code names.
    pub(super) fn mentions(&mut self, code: usize, named: impl Iterator<Item = (Target, Manner)>) {
        let (mut names, mut direct) = (Vec::new(), Vec::new());
        for (target, manner) in named {
            let queued = matches!(manner, Manner::Queued | Manner::Said);
            match target {
                // That it names itself says of nobody that he calls it.
                Target::Code(at) if at == code => {}
                Target::Code(at) => {
                    let stands = &mut self.code[at].stands;
                    *stands = (true, stands.1 || !queued);
                    direct.push((at, manner));
                }
                Target::Name(at) => {
                    let stands = &mut self.names[at].stands;
                    let said = manner == Manner::Said;
                    *stands = (stands.0 || !said, stands.1 || !queued, stands.2 || said);
                    names.push((at, manner));
                }
            }
        }
        for all in [&mut names, &mut direct] {
            all.sort_unstable();
            all.dedup();
        }
        (self.code[code].names, self.code[code].direct) = (names, direct);
    }

    /// Whether a function is named by any code, to be called there if it is a task.
    pub(super) fn is_named(&self, code: usize, name: usize, task: bool, free: bool) -> bool {
        let (stands, direct) = (self.names[name].stands, self.code[code].stands);
        if task { stands.1 || direct.1 } else { stands.0 || direct.0 || stands.2 && !free }
    }

    /// Whether nothing has the name of a function in it.
    pub(super) fn is_nowhere(&self, code: usize, name: usize) -> bool {
        let (stands, direct) = (self.names[name].stands, self.code[code].stands);
        !stands.0 && !stands.2 && !direct.0
    }

    /// Says of a function what is known of who runs it.
    pub(super) fn set(&mut self, code: usize, name: usize, own: Option<Who>, known: Known) {
        let it = &mut self.code[code];
        it.who = own.unwrap_or(Who::Commands);
        (it.asked, it.task, it.by_name, it.rises, it.free) =
            (it.who, known.task, known.by_name, known.rises, known.free);
        self.names[name].functions.push(code);
    }

    /// Says that a method needs an instance of what has this name. One that nobody names is made by none, where that is
    /// certain.
    pub(super) fn hold(&mut self, code: usize, class: Option<usize>, certain: bool) {
        let Some(class) = class else { return };
        let stands = self.names[class].stands;
        if stands.0 || stands.2 || certain {
            self.names[class].methods.push(code);
            let it = &mut self.code[code];
            (it.held, it.who) = (Some(Who::Commands), Who::Commands);
        }
    }

    /// Says of a template that those run it who render it, if any is seen to.
    pub(super) fn render(&mut self, code: usize) {
        let it = &mut self.code[code];
        if it.stands.0 {
            (it.who, it.asked, it.rises) = (Who::Commands, Who::Commands, true);
        }
    }

    /// Whoever runs code runs what it names.
    pub(super) fn spread(&mut self) {
        let mut todo: Vec<usize> = (0..self.code.len()).collect();
        while let Some(at) = todo.pop() {
            for place in 0..self.code[at].direct.len() {
                let (code, manner) = self.code[at].direct[place];
                let who = runs(self.code[at].who, manner);
                self.raise(code, who, manner, &mut todo);
            }
            for place in 0..self.code[at].names.len() {
                let (name, manner) = self.code[at].names[place];
                let who = runs(self.code[at].who, manner);
                self.raise_all(name, who, manner, &mut todo);
            }
        }
    }

    fn raise_all(&mut self, name: usize, who: Who, manner: Manner, todo: &mut Vec<usize>) {
        let it = &mut self.names[name];
        let calls = matches!(manner, Manner::Called | Manner::Handed);
        // A text raises some functions and leaves others.
        let news = manner == Manner::Said || it.any < Some(who) || calls && it.called < Some(who);
        if !news {
            return;
        }
        if manner != Manner::Said {
            it.any = it.any.max(Some(who));
        }
        if calls {
            it.called = it.called.max(Some(who));
        }
        for place in 0..self.names[name].functions.len() {
            let code = self.names[name].functions[place];
            if self.code[code].by_name && !(manner == Manner::Said && self.code[code].free) {
                self.raise(code, who, manner, todo);
            }
        }
        // What is made when the process starts is there for all that runs later.
        let held = if who == Who::Start { Who::Requests } else { who };
        for place in 0..self.names[name].methods.len() {
            let code = self.names[name].methods[place];
            if self.code[code].held < Some(held) {
                self.code[code].held = Some(held);
                self.settle(code, todo);
            }
        }
    }

    fn raise(&mut self, code: usize, who: Who, manner: Manner, todo: &mut Vec<usize>) {
        let it = &mut self.code[code];
        it.found = true;
        let meant = !it.task || matches!(manner, Manner::Called | Manner::Handed);
        if meant && it.rises && it.asked < who {
            it.asked = who;
            self.settle(code, todo);
        }
    }

    fn settle(&mut self, code: usize, todo: &mut Vec<usize>) {
        let it = &mut self.code[code];
        let who = it.held.map_or(it.asked, |held| it.asked.min(held));
        if it.who < who {
            it.who = who;
            todo.push(code);
        }
    }
}

/// What is known of a function that is not left to requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) task: bool,
    /// Whether what only shares its name raises who runs it, and whether anything does.
    pub(super) by_name: bool,
    pub(super) rises: bool,
    /// Whether it is no method.
    pub(super) free: bool,
}

/// Who runs what code names, by who runs that. What is called when the process starts runs then, and what is handed on may
/// be called whenever.
fn runs(who: Who, manner: Manner) -> Who {
    match (who, manner) {
        (_, Manner::Enqueued) => Who::Tasks,
        // What runs a command by its name does so beside what clients wait for.
        (who, Manner::Command) => who.min(Who::Tasks),
        (_, Manner::Served) => Who::Requests,
        (Who::Start, Manner::Handed | Manner::Queued | Manner::Said) => Who::Requests,
        (who, _) => who,
    }
}
