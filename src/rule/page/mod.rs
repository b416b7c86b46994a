//! A rule is a page: front matter that is the rule, then its documentation and its tests.

mod front;

use std::borrow::Cow;
use std::sync::OnceLock;

use super::expr::{Expr, Template};
use super::{Confidence, Prose, RuleName, Severity};
use crate::config::front_matter::split;
use crate::source::Applicability;
use crate::stack::Kind;

/// A rule, its expressions compiled.
#[derive(Debug)]
pub struct Rule {
    /// Its name, `area/name`.
    pub name: RuleName,
    /// What is wrong, in a few words.
    pub title: Box<str>,
    /// How bad it is: the first whose condition surely holds, else the last.
    pub severity: Vec<(Severity, Option<Expr>)>,
    /// The most that a finding's confidence is.
    pub confidence: Confidence,
    /// What it judges.
    pub kind: Kind,
    /// The values it names.
    pub lets: Vec<(Box<str>, Expr)>,
    /// Of what it speaks at all.
    pub applies: Option<Expr>,
    /// When it fails.
    pub when: Expr,
    /// What a finding says.
    pub message: Template,
    /// What the main label says, when not the words of what was read first.
    pub label: Option<Template>,
    /// The ways to settle it, the best first.
    pub fixes: Vec<Remedy>,
    /// How long the change takes a person: `10m`, `2h`, `1d`.
    pub effort: Option<Box<str>>,
    /// When to make it: 1 for configuration, 2 for what needs review, 3 for architecture.
    pub phase: Option<u8>,
    /// What may go wrong with the change.
    pub risk: Option<Risk>,
    /// What makes the change take effect.
    pub takes_effect: Option<TakesEffect>,
    /// How to take it back.
    pub rollback: Option<Box<str>>,
    /// What is seen in logs when it bites.
    pub symptoms: Vec<Box<str>>,
    /// How to see, on the running system, that it is mended.
    pub verify: Option<Template>,
    /// Where its facts are from.
    pub sources: Vec<Box<str>>,
    /// What other tools call it.
    pub aliases: Vec<Box<str>>,
}

/// One way to settle a finding, as its page says it.
#[derive(Debug)]
pub struct Remedy {
    /// What it does, as an order.
    pub title: Template,
    /// How sure it is.
    pub applicability: Applicability,
    /// When it is the right one.
    pub condition: Option<Expr>,
    /// What it changes.
    pub changes: Vec<Change>,
}

/// What a fix changes.
#[derive(Debug)]
pub enum Change {
    /// Writes a field's value where its reader says it can be written.
    Set {
        /// The field.
        field: Expr,
        /// The value.
        to: Template,
    },
    /// Calls a writer of an entity by its name.
    Write {
        /// The entity.
        entity: Expr,
        /// The writer.
        writer: Box<str>,
        /// Its arguments.
        with: Vec<(Box<str>, Template)>,
    },
}

macro_rules! words {
    ($( $(#[doc = $doc:literal])* $name:ident { $( $(#[doc = $wdoc:literal])* $variant:ident = $word:literal ),* $(,)? } )*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $( $(#[doc = $wdoc])* $variant ),* }

        impl $name {
            /// All of them, the least first.
            pub const ALL: &'static [$name] = &[$( $name::$variant ),*];

            /// Its word.
            pub fn word(self) -> &'static str {
                match self { $( $name::$variant => $word ),* }
            }
        }
    )* };
}

words! {
    /// What may go wrong with a change.
    Risk {
        /// Nothing that a restart does not mend.
        Low = "low",
        /// It may move the limit elsewhere.
        Medium = "medium",
        /// It may lose requests or data.
        High = "high",
    }
    /// What makes a change take effect, the least disturbing first.
    TakesEffect {
        /// A reload that drops no request.
        Reload = "reload",
        /// A restart of the service.
        Restart = "restart",
        /// A new release.
        Deploy = "deploy",
        /// A restart of the database.
        DatabaseRestart = "database restart",
        /// A migration of the schema.
        Migration = "migration",
    }
}

/// What is wrong with a page: the place, what was expected, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {message}")]
pub struct PageError {
    /// The page's path.
    pub path: Box<str>,
    /// The line, from 1.
    pub line: usize,
    /// What was expected, what was found.
    pub message: String,
}

/// A page as text; the rule in it is read when it is first asked for.
#[derive(Debug)]
pub struct Page {
    /// The rule's name: the page's path without its ending.
    pub name: RuleName,
    /// Its path, for errors.
    pub path: Box<str>,
    /// What the rule judges, when that is known without reading the page.
    pub(super) kind: Option<Kind>,
    text: Cow<'static, str>,
    rule: OnceLock<Result<Rule, Vec<PageError>>>,
}

impl Page {
    /// A page of this text. Its name is that of the path's last folder and file.
    pub fn new(path: impl Into<Box<str>>, text: impl Into<Cow<'static, str>>) -> Self {
        let path = path.into();
        let stem = path.strip_suffix(".md").unwrap_or(&path);
        let mut parts = stem.rsplit('/');
        let (file, area) = (parts.next().unwrap_or(stem), parts.next());
        let name = area.map_or_else(|| file.into(), |area| format!("{area}/{file}").into());
        Self { name, path, kind: None, text: text.into(), rule: OnceLock::new() }
    }

    /// The same page, whose rule is known to judge entities of this kind.
    pub(super) fn of_kind(self, kind: Option<Kind>) -> Self {
        Self { kind, ..self }
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it only remarks on something (`remark: true`). It is told from the text, so that no page is read for it.
    pub fn is_remark(&self) -> bool {
        let front = self.text.split("\n---").next().unwrap_or("");
        front.lines().any(|line| line.trim_end() == "remark: true")
    }

    /// The rule.
    ///
    /// # Errors
    /// Everything that is wrong with the front matter.
    pub fn rule(&self) -> Result<&Rule, &[PageError]> {
        self.rule.get_or_init(|| front::rule(self)).as_ref().map_err(Vec::as_slice)
    }

    /// The documentation and the examples behind the front matter.
    pub fn prose(&self) -> Prose {
        Prose::parse(&self.text, split(&self.text).map_or(0, |(_, body)| body))
    }

    fn error(&self, at: usize, message: impl Into<String>) -> PageError {
        let before = self.text.as_bytes().get(..at).unwrap_or(self.text.as_bytes());
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        PageError { path: self.path.clone(), line, message: message.into() }
    }
}
