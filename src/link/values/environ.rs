//! What code puts into its own environment: `os.environ[...] = ...`, and files of variables that it reads.

use super::{Evaluator, ModuleId, PyValue};
use crate::facts::python::EventKind;
use crate::source::Span;
use crate::stack::{Fact, Truth};
use crate::syntax::python::Expr;

use super::code::folder;

impl Evaluator<'_> {
    /// What the module of a place has put into the environment before it: whether what was set stays, and the value.
    pub(super) fn put_there(&self, name: &str, span: Span) -> Option<(bool, Fact<PyValue>)> {
        let module = self.code.of_file(span.file)?;
        let events = &self.code.module(module)?.events;
        let (at, event) = events.iter().enumerate().rfind(|(_, event)| {
            event.span.end <= span.start
                && matches!(&event.kind, EventKind::Environ { name: put, .. } if **put == *name)
        })?;
        let EventKind::Environ { value, weak, .. } = &event.kind else { return None };
        let frame = super::scope::Frame { module, before: at, local: None };
        let holds = event.guards.iter().fold(Truth::Yes, |all, guard| {
            let holds = guard.test.as_ref().map_or(Truth::Maybe, |it| self.truth(self.eval(&frame, it)));
            all.and(if guard.holds { holds } else { !holds })
        });
        match holds {
            Truth::Yes => Some((*weak, self.deeper(|| self.eval(&frame, value)))),
            Truth::No => None,
            Truth::Maybe => Some((*weak, self.unknown_at(event.span))),
        }
    }

    /// What the files of variables say of a name that the code around a place reads.
    pub(super) fn dotenv(&self, name: &str, span: Span) -> Option<Fact<PyValue>> {
        if self.code.dotenv.is_empty() {
            return None;
        }
        let module = self.code.of_file(span.file)?;
        let here = folder(&self.code.module(module)?.path);
        self.code.dotenv_readers().iter().find_map(|(reader, path)| {
            let path =
                self.dotenv_path(*reader, path.as_ref()).filter(|path| !self.environment.absent.contains(path))?;
            let below = folder(&path);
            let applies =
                below.is_empty() || here == below || here.strip_prefix(below).is_some_and(|it| it.starts_with('/'));
            let entry =
                self.code.dotenv.get(&*path).filter(|_| applies)?.entries.iter().rfind(|it| &*it.name.value == name)?;
            let value = entry.value.as_ref()?;
            let text = &*value.text;
            // What it takes from other variables is not looked up.
            (!(entry.expands && text.contains('$')))
                .then(|| Fact::written(PyValue::Str(text.into()), value.span(0..text.len())))
        })
    }

    /// The file that a reader of variables means: what it names, else the nearest one above it.
    fn dotenv_path(&self, reader: ModuleId, named: Option<&Expr>) -> Option<Box<str>> {
        let draft = self.code.module(reader)?;
        if let Some(named) = named {
            let value = self.eval(&self.whole(reader), named);
            let Some(PyValue::Str(text)) = value.known() else { return None };
            let rest = text.strip_prefix(super::HOLE).unwrap_or(text);
            let path = rest.trim_start_matches('/');
            if text.starts_with(super::HOLE) && self.code.dotenv.contains_key(path) {
                return Some(path.into());
            }
            return self.nearest(folder(&draft.path), path.rsplit('/').next()?);
        }
        let own = folder(&draft.path);
        // django-environ looks beside the caller alone.
        if draft.imports.iter().any(|it| &**it == "environ") {
            let path = if own.is_empty() { ".env".to_owned() } else { format!("{own}/.env") };
            return self.code.dotenv.contains_key(&*path).then(|| path.into());
        }
        self.nearest(own, ".env")
    }

    fn nearest(&self, from: &str, name: &str) -> Option<Box<str>> {
        let mut at = from;
        loop {
            let path = if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
            if self.code.dotenv.contains_key(&*path) {
                return Some(path.into());
            }
            if at.is_empty() {
                return None;
            }
            at = folder(at);
        }
    }
}

impl super::Code {
    /// Where files of variables are read: the module, and the file that is named.
    fn dotenv_readers(&self) -> &[(ModuleId, Option<Expr>)] {
        self.dotenv_readers.get_or_init(|| {
            let mut all = Vec::new();
            for (id, module) in self.iter() {
                for reader in &module.dotenv {
                    all.push((id, reader.clone()));
                }
            }
            all.into()
        })
    }
}
