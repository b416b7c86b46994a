//! What a name stands for at a point of a module or a function.

use std::sync::Arc;

use super::code::folder;
use super::lift::{self, at, branch};
use super::{Dict, Evaluator, Made, ModuleId, PyValue};
use crate::facts::python::{Event, EventKind, Guard, Path, Step};
use crate::source::Span;
use crate::stack::{Condition, Fact, Truth, Why};

/// Where an expression stands: a module up to a point, and a function or class within it.
#[derive(Clone, Copy)]
pub(super) struct Frame<'f> {
    /// The module.
    pub(super) module: ModuleId,
    /// How many of the module's events have happened.
    pub(super) before: usize,
    /// The function or class around, if there is one.
    pub(super) local: Option<Local<'f>>,
}

/// A function or class around an expression.
#[derive(Clone, Copy)]
pub(super) struct Local<'f> {
    /// What its statements do.
    pub(super) events: &'f [Event],
    /// How many of them have happened.
    pub(super) before: usize,
    /// Its arguments; the variables of a comprehension or a loop.
    pub(super) given: &'f [(Box<str>, Fact<PyValue>)],
    /// For a block, the scope that it stands in; a function or class has none but the module.
    pub(super) outer: Option<&'f Local<'f>>,
    /// Whether it is a block: a loop, a `try`, a comprehension.
    pub(super) block: bool,
}

impl<'f> Local<'f> {
    /// A function or class whose statements have all happened.
    pub(super) fn body(events: &'f [Event], given: &'f [(Box<str>, Fact<PyValue>)]) -> Self {
        Self { events, before: events.len(), given, outer: None, block: false }
    }
}

impl<'f> Frame<'f> {
    /// The same place within a block whose first `before` statements have happened.
    pub(super) fn inside(
        &'f self,
        events: &'f [Event],
        before: usize,
        given: &'f [(Box<str>, Fact<PyValue>)],
    ) -> Frame<'f> {
        let local = Local { events, before, given, outer: self.local.as_ref(), block: true };
        Frame { module: self.module, before: self.before, local: Some(local) }
    }

    /// Whether it stands in the module's own body.
    fn is_module(&self) -> bool {
        let mut local = self.local.as_ref();
        while let Some(it) = local {
            if !it.block {
                return false;
            }
            local = it.outer;
        }
        true
    }
}

impl<'a> Evaluator<'a> {
    /// A module that is loaded.
    pub(super) fn whole(&self, module: ModuleId) -> Frame<'static> {
        let before = self.code.module(module).map_or(0, |it| it.events.len());
        Frame { module, before, local: None }
    }

    /// What a name stands for; missing when nothing binds it.
    pub(super) fn lookup(&self, frame: &Frame<'_>, name: &str) -> Fact<PyValue> {
        let mut local = frame.local;
        while let Some(it) = local {
            let here = Frame { local: Some(it), ..*frame };
            let given = it.given.iter().rfind(|it| &*it.0 == name).map(|it| it.1.clone());
            let found = self.run(&here, it.events, it.before, name, given);
            if !is_missing(&found) {
                return found;
            }
            local = it.outer.copied();
        }
        self.lookup_global(frame.module, name, frame.before)
    }

    /// What a name of a loaded module stands for; missing when it has none.
    pub(super) fn global(&self, module: ModuleId, name: &str) -> Fact<PyValue> {
        if let Some(known) = self.known.borrow().get(&(module, name.into())) {
            return known.clone();
        }
        let found = self.lookup_global(module, name, self.whole(module).before);
        if self.depth.get() == 0 {
            // Deeper within, a value may be cut off only because the question was too deep.
            self.known.borrow_mut().insert((module, name.into()), found.clone());
        }
        found
    }

    pub(super) fn lookup_global(&self, module: ModuleId, name: &str, before: usize) -> Fact<PyValue> {
        let Some(draft) = self.code.module(module) else { return missing() };
        // What a later statement binds does not matter here, so `X = X + [...]` does not need itself.
        let before = draft.events[..before.min(draft.events.len())]
            .iter()
            .rposition(|event| touches(event, name))
            .map_or(0, |last| last + 1);
        if before == 0 {
            return self.of_includer(module, name);
        }
        let key = (module, Box::from(name), before);
        if !self.open.borrow_mut().insert(key.clone()) {
            return missing();
        }
        let frame = Frame { module, before, local: None };
        let found = self.deeper(|| self.run(&frame, &draft.events, before, name, None));
        self.open.borrow_mut().remove(&key);
        if is_missing(&found) { self.of_includer(module, name) } else { found }
    }

    /// What the first `before` events make of a name that starts as `start`.
    pub(super) fn run(
        &self,
        frame: &Frame<'_>,
        events: &[Event],
        before: usize,
        name: &str,
        start: Option<Fact<PyValue>>,
    ) -> Fact<PyValue> {
        let mut value = start.unwrap_or_else(missing);
        for (index, event) in events.iter().enumerate().take(before) {
            if !touches(event, name) {
                continue;
            }
            let here = match frame.local {
                Some(local) => Frame { local: Some(Local { before: index, ..local }), ..*frame },
                None => Frame { before: index, ..*frame },
            };
            value = self.guarded(&here, &event.guards, value, |old| self.effect(&here, event, name, old));
        }
        value
    }

    /// What is left of `old` when `new` happens under these conditions.
    pub(super) fn guarded(
        &self,
        frame: &Frame<'_>,
        guards: &[Guard],
        old: Fact<PyValue>,
        new: impl FnOnce(Fact<PyValue>) -> Fact<PyValue>,
    ) -> Fact<PyValue> {
        let mut open: Option<&Guard> = None;
        for guard in guards {
            let holds = match &guard.test {
                Some(test) => self.truth(self.eval(frame, test)),
                None => Truth::Maybe,
            };
            match (holds, guard.holds) {
                (Truth::Yes, false) | (Truth::No, true) => return old,
                (Truth::Maybe, _) => open = open.or(Some(guard)),
                _ => {}
            }
        }
        match open {
            None => new(old),
            Some(guard) => {
                let (when, not) = conditions(guard);
                let (when, not) = if guard.holds { (when, not) } else { (not, when) };
                let after = new(old.clone());
                // What is the same whether the condition holds or not is so by what stands before it.
                let same = matches!((after.known(), old.known()), (Some(a), Some(b)) if a == b && !matches!(a, PyValue::Dict(_)));
                if same { old } else { branch(&when, &not, after, old) }
            }
        }
    }

    pub(super) fn effect(&self, frame: &Frame<'_>, event: &Event, name: &str, old: Fact<PyValue>) -> Fact<PyValue> {
        let module = frame.module;
        match &event.kind {
            EventKind::Set { path, value } => {
                let value = self.eval(frame, value);
                self.put(frame, old, path, event.span, &mut |_| value.clone())
            }
            EventKind::Merge { path, value } => {
                let value = self.eval(frame, value);
                self.put(frame, old, path, event.span, &mut |old| self.merged(old, &value, event.span))
            }
            EventKind::Change { path, op, value } => {
                let value = self.eval(frame, value);
                self.put(frame, old, path, event.span, &mut |old| self.binary(old, *op, &value, event.span))
            }
            EventKind::Import { module: from, item, .. } => self.imported(module, from, item.as_deref(), event.span),
            EventKind::Star { module: from } => match self.resolve(module, from) {
                Some(from) if self.exports(from, name) => {
                    lift::or_else(self.global(from, name).by_way_of([event.span]), || old.clone())
                }
                _ => old,
            },
            EventKind::Function { at: place, .. } if frame.is_module() => {
                at(PyValue::Function(module, *place), event.span)
            }
            EventKind::Class { at: place, .. } if frame.is_module() => at(PyValue::Class(module, *place), event.span),
            EventKind::Function { .. } | EventKind::Class { .. } => Fact::unknown("defined within a function"),
            EventKind::Return(_) | EventKind::Environ { .. } => old,
            EventKind::Loop { .. } => self.looped(frame, event, name, old),
            EventKind::Try { body, handlers } => self.tried(frame, body, handlers, name, old),
            EventKind::Names(value) => self.named(frame, value, name, old, event.span),
            EventKind::Opaque if is_constant(name) => {
                Fact::Unknown(Why::at("what this binds is worked out when the program runs", event.span))
            }
            EventKind::Opaque => old,
            EventKind::Include { path } => self.included(module, path, name, old),
        }
    }

    /// Puts a value at the end of a path of keys. Where a key is not known, any entry may have been written.
    fn put(
        &self,
        frame: &Frame<'_>,
        old: Fact<PyValue>,
        path: &Path,
        span: Span,
        value: &mut dyn FnMut(Fact<PyValue>) -> Fact<PyValue>,
    ) -> Fact<PyValue> {
        let mut keys = Vec::new();
        for step in &path.steps {
            let worked_out = match step {
                Step::Key(key) => Some(key.clone()),
                Step::Of(expr) => match self.eval(frame, expr).known() {
                    Some(PyValue::Str(key)) if !key.contains(super::HOLE) => Some(key.clone()),
                    Some(PyValue::Int(key)) => Some(key.to_string().into()),
                    _ => None,
                },
            };
            let Some(key) = worked_out else {
                return put(old, &keys, span, &mut |old| opened(old, span));
            };
            keys.push(key);
        }
        put(old, &keys, span, value)
    }

    /// The module that a name means for code of a module.
    pub(super) fn resolve(&self, from: ModuleId, dotted: &str) -> Option<ModuleId> {
        let path = &self.code.module(from)?.path;
        self.code.resolve(folder(path), dotted)
    }

    fn imported(&self, importer: ModuleId, module: &str, item: Option<&str>, span: Span) -> Fact<PyValue> {
        let Some(item) = item else {
            return at(self.resolve(importer, module).map_or(PyValue::Outside(module.into()), PyValue::Module), span);
        };
        let whole = format!("{}.{item}", module.strip_suffix('.').unwrap_or(module));
        if let Some(from) = self.resolve(importer, module).filter(|from| *from != importer || item != module) {
            let found = self.global(from, item).by_way_of([span]);
            if !is_missing(&found) {
                return found;
            }
        }
        match self.resolve(importer, &whole) {
            Some(module) => at(PyValue::Module(module), span),
            None => at(PyValue::Outside(whole.into()), span),
        }
    }

    fn merged(&self, old: Fact<PyValue>, new: &Fact<PyValue>, span: Span) -> Fact<PyValue> {
        lift::then(old, |old| {
            let mut dict = match &old.value {
                PyValue::Dict(dict) => (**dict).clone(),
                PyValue::Missing => empty(),
                _ => return Fact::unknown("not a dict"),
            };
            match new.known() {
                Some(PyValue::Dict(new)) => dict.merge(new),
                _ => dict.opened(Why::at("what is put into it is not known", span)),
            }
            Fact::Known(crate::stack::Sourced { value: PyValue::Dict(dict.into()), ..old.clone() })
        })
    }
}

/// A dict that statements fill.
pub(super) fn empty() -> Dict {
    Dict { entries: Vec::new(), open: None, made: Made::Statements }
}

/// Nothing.
pub(super) fn missing() -> Fact<PyValue> {
    Fact::derived(PyValue::Missing, Vec::new())
}

pub(super) fn is_missing(fact: &Fact<PyValue>) -> bool {
    fact.known() == Some(&PyValue::Missing)
}

/// Whether a statement may change what a name stands for.
pub(super) fn touches(event: &Event, name: &str) -> bool {
    match &event.kind {
        EventKind::Set { path, .. } | EventKind::Merge { path, .. } | EventKind::Change { path, .. } => {
            &*path.root == name
        }
        EventKind::Import { name: bound, .. }
        | EventKind::Function { name: bound, .. }
        | EventKind::Class { name: bound, .. } => &**bound == name,
        EventKind::Star { .. } | EventKind::Include { .. } => true,
        EventKind::Return(_) | EventKind::Environ { .. } => false,
        EventKind::Loop { iter, body, .. } => {
            body.iter().any(|it| touches(it, name)) || super::flow::gone_through(iter).is_some_and(|it| it == name)
        }
        EventKind::Try { body, handlers } => {
            body.iter().chain(handlers.iter().flat_map(|it| &it.1)).any(|it| touches(it, name))
        }
        EventKind::Names(_) | EventKind::Opaque => true,
    }
}

/// Whether a name is written as settings are.
pub(super) fn is_constant(name: &str) -> bool {
    name.contains(|it: char| it.is_ascii_uppercase()) && !name.contains(|it: char| it.is_ascii_lowercase())
}

/// A dict into which anything may have been written.
fn opened(old: Fact<PyValue>, span: Span) -> Fact<PyValue> {
    let why = Why::at("one of its keys is worked out when the program runs", span);
    lift::then(old, |old| match &old.value {
        PyValue::Dict(dict) => {
            let mut dict = (**dict).clone();
            dict.opened(why.clone());
            Fact::Known(crate::stack::Sourced { value: PyValue::Dict(dict.into()), ..old.clone() })
        }
        _ => Fact::Unknown(why.clone()),
    })
}

/// What a condition says when it holds and when it does not, for a reader.
fn conditions(guard: &Guard) -> (Condition, Condition) {
    let text: String = guard.text.split_whitespace().collect::<Vec<_>>().join(" ");
    let say = |what: &str| Condition { text: format!("`{text}` {what}").into(), at: Some(guard.span) };
    match guard.test {
        Some(_) => (say("is true"), say("is false")),
        None => (say("gives it"), say("does not give it")),
    }
}

/// Puts a value at the end of a path of keys, making dicts on the way.
fn put(
    old: Fact<PyValue>,
    steps: &[Box<str>],
    span: Span,
    value: &mut dyn FnMut(Fact<PyValue>) -> Fact<PyValue>,
) -> Fact<PyValue> {
    let Some((step, rest)) = steps.split_first() else { return value(old) };
    let mut deeper = |old: Fact<PyValue>| put(old, rest, span, value);
    match old {
        Fact::Unknown(why) => {
            let mut dict = Dict { open: Some(why), ..empty() };
            let old = dict.get(step, &crate::stack::Origin::Written(vec![span]));
            dict.set(step, deeper(old));
            at(PyValue::Dict(dict.into()), span)
        }
        Fact::Absent => deeper(missing()),
        old => lift::then(old, |sourced| {
            let mut sourced = sourced.clone();
            match &mut sourced.value {
                PyValue::Dict(dict) => {
                    let dict = Arc::make_mut(dict);
                    let old = dict.get(step, &sourced.origin);
                    dict.set(step, deeper(old));
                }
                PyValue::Object(object) => {
                    let object = Arc::make_mut(object);
                    let old = object.attributes.get(step, &sourced.origin);
                    object.attributes.set(step, deeper(old));
                }
                PyValue::List(items) => {
                    let place = step.parse().ok().filter(|place: &usize| *place < items.len());
                    let Some(place) = place else { return Fact::unknown("an item of a list that is not known") };
                    let items = Arc::make_mut(items);
                    if let Some(item) = items.get_mut(place) {
                        *item = deeper(item.clone());
                    }
                }
                PyValue::Missing | PyValue::None => {
                    let mut dict = empty();
                    dict.set(step, deeper(missing()));
                    return at(PyValue::Dict(dict.into()), span);
                }
                _ => return Fact::unknown("not a dict"),
            }
            Fact::Known(sourced)
        }),
    }
}
