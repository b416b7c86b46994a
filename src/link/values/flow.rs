//! Statements with statements in them: loops over what is known, `try` with its handlers, files that are included.

use super::code::folder;
use super::scope::{Frame, is_constant, is_missing, missing, touches};
use super::{Evaluator, ModuleId, PyValue};
use crate::facts::python::{Event, EventKind, Guard, Path, Step};
use crate::source::Span;
use crate::stack::{Fact, Truth, Why};
use crate::syntax::python::{Expr, ExprKind};

/// What the variables of one turn stand for.
type Turn = Vec<(Box<str>, Fact<PyValue>)>;

/// Of what a loop goes through the entries, so that to change the loop's variable is to change them.
struct Through {
    /// The dict or list.
    path: Path,
    /// The variable that stands for an entry.
    variable: Box<str>,
}

impl<'a> Evaluator<'a> {
    /// What a loop makes of a name, turn by turn. Where the turns are not known, it may have happened or not.
    pub(super) fn looped(&self, frame: &Frame<'_>, event: &Event, name: &str, old: Fact<PyValue>) -> Fact<PyValue> {
        let EventKind::Loop { target, iter, body, jumps } = &event.kind else { return old };
        let through = through(target, iter).filter(|it| &*it.path.root == name);
        let changes = |event: &Event| through.as_ref().is_some_and(|it| changes(event, &it.variable));
        if !body.iter().any(|it| touches(it, name) || changes(it)) {
            return old;
        }
        let over = self.eval(frame, iter);
        let turns = turns(target, &over).filter(|_| !jumps);
        let Some(turns) = turns else {
            if body.iter().any(changes) {
                return Fact::Unknown(Why::at("changed in a loop over what is not known", event.span));
            }
            return self.perhaps(frame, event.span, iter, body, name, old);
        };
        let keys = through.as_ref().map(|it| self.entry_keys(frame, iter, &it.path)).unwrap_or_default();
        let mut value = old;
        for (at, given) in turns.iter().enumerate() {
            for (index, inner) in body.iter().enumerate() {
                let here = frame.inside(body, index, given);
                let entry = through.as_ref().zip(keys.get(at)).and_then(|(it, key)| rerooted(inner, it, key));
                let inner = entry.as_ref().unwrap_or(inner);
                if touches(inner, name) {
                    value = self.guarded(&here, &inner.guards, value, |old| self.effect(&here, inner, name, old));
                }
            }
        }
        value
    }

    /// What statements make of a name that happen as often as nobody knows.
    fn perhaps(
        &self,
        frame: &Frame<'_>,
        span: Span,
        iter: &Expr,
        body: &[Event],
        name: &str,
        old: Fact<PyValue>,
    ) -> Fact<PyValue> {
        let guard = Guard { test: None, holds: true, text: "the loop".into(), span: iter.span };
        let unknown: Turn = Vec::new();
        self.guarded(frame, &[guard], old, |old| {
            let mut value = old;
            for (index, inner) in body.iter().enumerate().filter(|(_, it)| touches(it, name)) {
                let here = frame.inside(body, index, &unknown);
                value = self.guarded(&here, &inner.guards, value, |old| self.effect(&here, inner, name, old));
            }
            if is_missing(&value) { Fact::Unknown(Why::at("bound in a loop", span)) } else { value }
        })
    }

    /// The keys of the entries that a loop goes through, in its order.
    fn entry_keys(&self, frame: &Frame<'_>, iter: &Expr, path: &Path) -> Vec<Box<str>> {
        let on = match &iter.kind {
            ExprKind::Call(call) => match &call.func.kind {
                ExprKind::Attribute { value, .. } => self.eval(frame, value),
                _ => return Vec::new(),
            },
            _ => self.eval(frame, iter),
        };
        debug_assert!(!path.root.is_empty());
        match on.known() {
            Some(PyValue::Dict(dict)) => dict.entries.iter().map(|it| it.0.clone()).collect(),
            Some(PyValue::List(items)) => (0..items.len()).map(|it| it.to_string().into()).collect(),
            _ => Vec::new(),
        }
    }

    /// What a `try` makes of a name: what its body does, or, where that certainly fails, a handler.
    pub(super) fn tried(
        &self,
        frame: &Frame<'_>,
        body: &[Event],
        handlers: &[(Vec<Box<str>>, Vec<Event>)],
        name: &str,
        old: Fact<PyValue>,
    ) -> Fact<PyValue> {
        let block = |events: &[Event], old: Fact<PyValue>| {
            let mut value = old;
            for (index, inner) in events.iter().enumerate().filter(|(_, it)| touches(it, name)) {
                let here = frame.inside(events, index, &[]);
                value = self.guarded(&here, &inner.guards, value, |old| self.effect(&here, inner, name, old));
            }
            value
        };
        self.attempted(frame, body, handlers, |events| block(events, old.clone()))
    }

    /// What comes of a `try`, when `of` says what comes of a block.
    fn attempted(
        &self,
        frame: &Frame<'_>,
        body: &[Event],
        handlers: &[(Vec<Box<str>>, Vec<Event>)],
        of: impl Fn(&[Event]) -> Fact<PyValue>,
    ) -> Fact<PyValue> {
        for (exceptions, handler) in handlers {
            match self.raises(frame, body, exceptions) {
                (Truth::Yes, _) => return of(handler),
                (Truth::Maybe, variable) => {
                    return match of(handler) {
                        Fact::Known(it) => Fact::Known(self.assumed(&variable, it)),
                        other => other,
                    };
                }
                (Truth::No, _) => {}
            }
        }
        of(body)
    }

    /// Whether a block raises one of these exceptions; with the variable on which that rests.
    fn raises(&self, frame: &Frame<'_>, body: &[Event], exceptions: &[Box<str>]) -> (Truth, Box<str>) {
        let catches = |names: &[&str]| exceptions.is_empty() || exceptions.iter().any(|it| names.contains(&&**it));
        let (keys, imports) = (
            catches(&["KeyError", "LookupError", "Exception"]),
            catches(&["ImportError", "ModuleNotFoundError", "Exception"]),
        );
        for (index, event) in body.iter().enumerate() {
            let value = match &event.kind {
                EventKind::Set { value, .. } | EventKind::Merge { value, .. } | EventKind::Change { value, .. } => {
                    value
                }
                EventKind::Return(value) => value,
                EventKind::Import { module, item, .. } if imports && module.starts_with('.') => {
                    let whole =
                        format!("{}.{}", module.strip_suffix('.').unwrap_or(module), item.as_deref().unwrap_or(""));
                    let there =
                        [module, whole.trim_end_matches('.')].iter().any(|it| self.resolve(frame.module, it).is_some());
                    if !there {
                        return (Truth::Yes, "".into());
                    }
                    continue;
                }
                EventKind::Star { module } if imports && module.starts_with('.') => {
                    if self.resolve(frame.module, module).is_none() {
                        return (Truth::Yes, "".into());
                    }
                    continue;
                }
                _ => continue,
            };
            if !keys {
                continue;
            }
            let here = frame.inside(body, index, &[]);
            let mut variables = Vec::new();
            value.each_below(&mut |expr| {
                if let ExprKind::Subscript { value, index } = &expr.kind
                    && let Some(PyValue::Outside(on)) = self.eval(&here, value).known()
                    && &**on == "os.environ"
                    && let Some(PyValue::Str(name)) = self.eval(&here, index).known()
                {
                    variables.push(name.clone());
                }
            });
            for name in variables {
                match self.is_set(&name) {
                    Some(true) => {}
                    Some(false) => return (Truth::Yes, name),
                    None => return (Truth::Maybe, name),
                }
            }
        }
        (Truth::No, "".into())
    }

    /// What a function returns: the first `return` whose conditions hold, else `rest`.
    pub(super) fn returned(&self, frame: &Frame<'_>, events: &[Event], rest: Fact<PyValue>) -> Fact<PyValue> {
        let mut result = rest;
        for (place, event) in events.iter().enumerate().rev() {
            let here = match frame.local {
                Some(local) => Frame { local: Some(super::scope::Local { before: place, ..local }), ..*frame },
                None => *frame,
            };
            result = match &event.kind {
                EventKind::Return(value) => self.guarded(&here, &event.guards, result, |_| self.eval(&here, value)),
                EventKind::Try { body, handlers } if returns(event) => {
                    self.guarded(&here, &event.guards, result, |rest| {
                        self.attempted(&here, body, handlers, |block| {
                            self.returned(&here.inside(block, 0, &[]), block, rest.clone())
                        })
                    })
                }
                EventKind::Loop { .. } if returns(event) => {
                    Fact::Unknown(Why::at("a loop gives it when the program runs", event.span))
                }
                _ => result,
            };
        }
        result
    }

    /// What `globals().update(value)` makes of a name.
    pub(super) fn named(
        &self,
        frame: &Frame<'_>,
        value: &Expr,
        name: &str,
        old: Fact<PyValue>,
        span: Span,
    ) -> Fact<PyValue> {
        // Most names are none of it, and a dict that is written out says so itself.
        let literal = match &value.kind {
            ExprKind::Dict(items) => items.iter().all(|it| it.0.as_ref().is_some_and(|key| key.str().is_some())),
            _ => false,
        };
        let has = |items: &[(Option<Expr>, Expr)]| {
            items.iter().any(|it| it.0.as_ref().and_then(Expr::str).is_some_and(|key| key == name))
        };
        if let (true, ExprKind::Dict(items)) = (literal, &value.kind)
            && !has(items)
        {
            return old;
        }
        if !literal && !is_constant(name) {
            return old;
        }
        match self.eval(frame, value).known() {
            Some(PyValue::Dict(dict)) => {
                let found = dict.get(name, &crate::stack::Origin::Written(vec![span]));
                if is_missing(&found) { old } else { found.by_way_of([span]) }
            }
            _ => Fact::Unknown(Why::at("what this binds is worked out when the program runs", span)),
        }
    }

    /// What the statements of included files make of a name.
    pub(super) fn included(&self, module: ModuleId, path: &str, name: &str, old: Fact<PyValue>) -> Fact<PyValue> {
        let mut value = old;
        for id in self.code.included(module, path) {
            let Some(draft) = self.code.module(id) else { continue };
            let before = draft.events.len();
            let frame = Frame { module: id, before, local: None };
            value = self.deeper(|| self.run(&frame, &draft.events, before, name, Some(value)));
        }
        value
    }

    /// A name that an included file takes from the one that includes it.
    pub(super) fn of_includer(&self, module: ModuleId, name: &str) -> Fact<PyValue> {
        match self.code.includer(module) {
            Some((outer, before)) => self.deeper(|| self.lookup_global(outer, name, before)),
            None => missing(),
        }
    }

    /// Whether `from module import *` brings a name.
    pub(super) fn exports(&self, module: ModuleId, name: &str) -> bool {
        let says = |draft: &crate::facts::python::Module| {
            draft.events.iter().any(|it| matches!(&it.kind, EventKind::Set { path, .. } if &*path.root == "__all__"))
        };
        if !self.code.module(module).is_some_and(says) {
            return !name.starts_with('_');
        }
        match self.global(module, "__all__").known() {
            Some(PyValue::List(all)) => {
                all.iter().any(|it| matches!(it.known(), Some(PyValue::Str(it)) if **it == *name))
            }
            _ => !name.starts_with('_'),
        }
    }
}

/// The turns of a loop over a known list or dict.
fn turns(target: &Expr, over: &Fact<PyValue>) -> Option<Vec<Turn>> {
    let items: Vec<Fact<PyValue>> = match over.known()? {
        PyValue::List(items) => items.to_vec(),
        PyValue::Dict(dict) if dict.open.is_none() => dict
            .entries
            .iter()
            .map(|it| Fact::derived(PyValue::Str(it.0.clone()), over.span().into_iter().collect()))
            .collect(),
        _ => return None,
    };
    (items.len() <= 64).then(|| items.into_iter().map(|item| bound(target, item)).collect())
}

/// What a target binds when it is given an item.
pub(super) fn bound(target: &Expr, item: Fact<PyValue>) -> Turn {
    match &target.kind {
        ExprKind::Name(name) => vec![(name.clone(), item)],
        ExprKind::Tuple(targets) | ExprKind::List(targets) => {
            let parts = match item.known() {
                Some(PyValue::List(parts)) if parts.len() == targets.len() => parts.to_vec(),
                _ => vec![Fact::unknown("a part of an item that is not known"); targets.len()],
            };
            targets.iter().zip(parts).flat_map(|(target, part)| bound(target, part)).collect()
        }
        _ => Vec::new(),
    }
}

/// The name whose entries a loop goes through: `DATABASES` of `DATABASES.values()`.
pub(super) fn gone_through(iter: &Expr) -> Option<&str> {
    let mut on = match &iter.kind {
        ExprKind::Call(call) => match &call.func.kind {
            ExprKind::Attribute { value, name } if matches!(&*name.value, "values" | "items") => value,
            _ => return None,
        },
        _ => iter,
    };
    loop {
        match &on.kind {
            ExprKind::Name(name) => return Some(name),
            ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => on = value,
            _ => return None,
        }
    }
}

fn through(target: &Expr, iter: &Expr) -> Option<Through> {
    let (on, target) = match &iter.kind {
        ExprKind::Call(call) => match (&call.func.kind, &target.kind) {
            (ExprKind::Attribute { value, name }, _) if &*name.value == "values" => (&**value, target),
            (ExprKind::Attribute { value, name }, ExprKind::Tuple(pair)) if &*name.value == "items" => {
                (&**value, pair.get(1)?)
            }
            _ => return None,
        },
        _ => (iter, target),
    };
    let ExprKind::Name(variable) = &target.kind else { return None };
    Some(Through { path: path(on)?, variable: variable.clone() })
}

fn path(on: &Expr) -> Option<Path> {
    match &on.kind {
        ExprKind::Name(name) => Some(Path { root: name.clone(), steps: Vec::new() }),
        ExprKind::Attribute { value, name } => {
            let mut path = path(value)?;
            path.steps.push(Step::Key(name.value.clone()));
            Some(path)
        }
        ExprKind::Subscript { value, index } => {
            let mut path = path(value)?;
            path.steps.push(Step::Of(index.clone()));
            Some(path)
        }
        _ => None,
    }
}

/// Whether an event changes what a variable stands for, and not only what it is bound to.
fn changes(event: &Event, variable: &str) -> bool {
    match &event.kind {
        EventKind::Set { path, .. } => &*path.root == variable && !path.steps.is_empty(),
        EventKind::Merge { path, .. } | EventKind::Change { path, .. } => &*path.root == variable,
        EventKind::Loop { body, .. } => body.iter().any(|it| changes(it, variable)),
        EventKind::Try { body, handlers } => {
            body.iter().chain(handlers.iter().flat_map(|it| &it.1)).any(|it| changes(it, variable))
        }
        _ => false,
    }
}

/// An event on the loop's variable as one on the entry that it stands for.
fn rerooted(event: &Event, through: &Through, key: &str) -> Option<Event> {
    if !changes(event, &through.variable) {
        return None;
    }
    let mut event = event.clone();
    match &mut event.kind {
        EventKind::Set { path, .. } | EventKind::Merge { path, .. } | EventKind::Change { path, .. } => {
            let rest = std::mem::take(&mut path.steps);
            path.root.clone_from(&through.path.root);
            path.steps.extend(through.path.steps.iter().cloned());
            path.steps.push(Step::Key(key.into()));
            path.steps.extend(rest);
        }
        _ => return None,
    }
    Some(event)
}

fn returns(event: &Event) -> bool {
    match &event.kind {
        EventKind::Return(_) => true,
        EventKind::Loop { body, .. } => body.iter().any(returns),
        EventKind::Try { body, handlers } => body.iter().chain(handlers.iter().flat_map(|it| &it.1)).any(returns),
        _ => false,
    }
}

impl super::Code {
    /// The modules that an `include(path)` of a module means, in order.
    fn included(&self, module: ModuleId, path: &str) -> Vec<ModuleId> {
        let Some(draft) = self.module(module) else { return Vec::new() };
        let mut whole: Vec<&str> = folder(&draft.path).split('/').filter(|it| !it.is_empty()).collect();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    whole.pop();
                }
                part => whole.push(part),
            }
        }
        let whole = whole.join("/");
        let matches = |path: &str| match whole.split_once('*') {
            None => path == whole,
            Some((before, after)) => {
                let between = path.strip_prefix(before).and_then(|it| it.strip_suffix(after));
                between.is_some_and(|it| !it.contains('/'))
            }
        };
        let mut found: Vec<(&str, ModuleId)> =
            self.iter().filter(|(_, it)| matches(&it.path)).map(|(id, it)| (&*it.path, id)).collect();
        found.sort();
        found.into_iter().map(|it| it.1).collect()
    }

    /// The modules that a module includes.
    pub(super) fn included_by(&self, module: ModuleId) -> Vec<ModuleId> {
        let events = self.module(module).map_or(&[][..], |it| &it.events);
        let paths = events.iter().filter_map(|event| match &event.kind {
            EventKind::Include { path } => Some(path),
            _ => None,
        });
        paths.flat_map(|path| self.included(module, path)).collect()
    }

    /// The module that includes a module, and how many of its statements come before that.
    fn includer(&self, module: ModuleId) -> Option<(ModuleId, usize)> {
        let all = self.includers.get_or_init(|| {
            let mut all = std::collections::BTreeMap::new();
            for (id, draft) in self.iter() {
                for (at, event) in draft.events.iter().enumerate() {
                    if let EventKind::Include { path } = &event.kind {
                        all.extend(self.included(id, path).into_iter().map(|inner| (inner, (id, at))));
                    }
                }
            }
            all
        });
        all.get(&module).copied()
    }
}
