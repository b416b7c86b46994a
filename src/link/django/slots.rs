//! Where a setting that nobody wrote could be written.

use crate::facts::python::{Event, EventKind, Insertion, Module};
use crate::link::apps::Apps;
use crate::link::values::{Dict, Made, ModuleId};
use crate::source::Span;
use crate::stack::Slot;

/// A setting's place in the code: the settings module, and the names by which its dict is reached.
#[derive(Clone, Copy)]
pub(crate) struct Writable<'a> {
    /// What is shared.
    pub(crate) apps: &'a Apps<'a>,
    /// The settings module; none where several may be used, of which no one is the place to write to.
    pub(crate) settings: Option<ModuleId>,
    /// The setting and its keys: `["DATABASES", "default"]`.
    pub(crate) path: &'a [&'a str],
}

impl Writable<'_> {
    /// The draft of the file that a span is in.
    pub(crate) fn module(&self, span: Span) -> Option<&Module> {
        self.apps.code.module(self.apps.code.of_file(span.file)?)
    }

    /// Where an entry could be put behind the others of a dict that is written as one.
    pub(crate) fn insertion(&self, dict: &Dict) -> Option<&Insertion> {
        match dict.made {
            Made::Display(span) | Made::Call(span) => self.module(span)?.insertion(span),
            Made::Statements => None,
        }
    }

    /// Where the entry `key` of a dict could be written.
    pub(crate) fn entry(&self, dict: &Dict, key: &str) -> Option<Slot> {
        let slot = match (dict.made, key) {
            (Made::Display(_), _) => self.insertion(dict).map(|it| it.entry(key)),
            (Made::Call(_), "CONN_MAX_AGE" | "CONN_HEALTH_CHECKS" | "DISABLE_SERVER_SIDE_CURSORS") => {
                self.insertion(dict).map(|it| it.keyword(&key.to_ascii_lowercase()))
            }
            _ => None,
        };
        let slot = slot.or_else(|| {
            let (at, newline, quote) = self.behind()?;
            let keys: String =
                self.path[1..].iter().chain([&key]).map(|key| format!("[{quote}{key}{quote}]")).collect();
            Some(Slot::insert(at, format!("{newline}{}{keys} = ", self.path[0]), ""))
        });
        slot.map(|it| self.apps.reach.slot(it))
    }

    /// The place behind the last statement that changes the setting, with the file's line ending and its quote.
    pub(crate) fn behind(&self) -> Option<(Span, &'static str, char)> {
        let event = self.last(self.settings?, 0)?;
        if !event.guards.is_empty() {
            return None;
        }
        let at = Span { start: event.span.end, ..event.span };
        let newline = self.apps.sources.file(event.span.file).newline();
        let quote = self.module(event.span).map_or('"', |it| it.quote);
        Some((at, newline, quote))
    }

    /// The last statement that changes the setting, in the module itself or in one whose names it takes.
    fn last(&self, module: ModuleId, depth: u32) -> Option<&Event> {
        let draft = self.apps.code.module(module).filter(|_| depth < 16)?;
        draft.events.iter().rev().find_map(|event| match &event.kind {
            EventKind::Set { path, .. } | EventKind::Merge { path, .. } | EventKind::Change { path, .. } => {
                (Some(&&*path.root) == self.path.first()).then_some(event)
            }
            EventKind::Star { module: from } => {
                let folder = draft.path.rsplit_once('/').map_or("", |it| it.0);
                self.last(self.apps.code.resolve(folder, from)?, depth + 1)
            }
            _ => None,
        })
    }
}
