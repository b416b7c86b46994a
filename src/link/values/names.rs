//! Names that come from elsewhere: `globals().update`, files that are included, stars.

use std::sync::Arc;

use super::code::folder;
use super::lift;
use super::scope::{Frame, is_constant, is_missing, missing};
use super::{Evaluator, ModuleId, PyValue};
use crate::facts::python::EventKind;
use crate::source::Span;
use crate::stack::{Fact, Why};
use crate::syntax::python::{Expr, ExprKind};

impl Evaluator<'_> {
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

    /// The settings of a module: their names, or a dict of them. Where names come from elsewhere, they are not told.
    pub(super) fn names_of(&self, module: ModuleId, values: bool, span: Span) -> Fact<PyValue> {
        let Some(draft) = self.code.module(module) else { return self.unknown_at(span) };
        let mut names: Vec<&str> = Vec::new();
        for event in &draft.events {
            match &event.kind {
                EventKind::Set { path, .. } | EventKind::Merge { path, .. } | EventKind::Change { path, .. } => {
                    if is_constant(&path.root) && !names.contains(&&*path.root) {
                        names.push(&path.root);
                    }
                }
                EventKind::Import { .. }
                | EventKind::Function { .. }
                | EventKind::Class { .. }
                | EventKind::Environ { .. } => {}
                _ => return self.unknown_at(span),
            }
        }
        names.sort_unstable();
        if !values {
            let items = names.into_iter().map(|name| lift::at(PyValue::Str(name.into()), span)).collect();
            return lift::at(PyValue::List(Arc::new(items)), span);
        }
        let mut dict = super::scope::empty();
        for name in names {
            dict.set(name, self.global(module, name));
        }
        lift::at(PyValue::Dict(dict.into()), span)
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
