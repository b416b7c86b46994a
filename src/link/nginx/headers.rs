//! The headers that are sent to an upstream: which `Connection` it gets, whether an upgrade is passed on.

use super::Build;
use super::ink::{self, Edit};
use super::scope::{Owned, Scope, Setting, head};
use super::version;
use super::view::Item;
use crate::source::Span;
use crate::stack::{Fact, Truth, Why, Writer};
use crate::syntax::nginx::{Block, Directive, Word};

/// What a location does with `Connection` and `Upgrade`.
pub(super) struct Headers {
    pub(super) connection_cleared: Fact<bool>,
    pub(super) map_closes: Fact<bool>,
    pub(super) upgrades: Fact<bool>,
    /// Whether `Connection: upgrade` is sent whatever the request.
    pub(super) always_upgrades: bool,
    pub(super) writers: Vec<Writer>,
    /// What would make its connections be kept: HTTP/1.1 and no `Connection: close`; [`None`] when it cannot be told.
    pub(super) recipe: Option<Vec<Edit>>,
}

/// What a map gives for a request that asks for no upgrade.
enum Plain<'a> {
    /// This word.
    Gives(&'a Word),
    /// Nothing: no entry and no default.
    Nothing,
}

impl<'a> Build<'a, '_> {
    /// What a location sends.
    pub(super) fn headers(&self, scope: &Scope<'a, '_>) -> Headers {
        let owner = scope.owner("proxy_set_header");
        // An include that leads nowhere, nearer than the headers that are seen, may replace them all.
        let hidden = scope
            .levels()
            .take_while(|level| !owner.as_ref().is_some_and(|owner| std::ptr::eq(*level, owner.level)))
            .chain(owner.as_ref().map(|owner| owner.level))
            .find_map(Scope::hides);
        let header = |name: &str| {
            let mut all = owner.iter().flat_map(|owner| &owner.items);
            all.rfind(|item| item.directive.arg(0).is_some_and(|it| it.eq_ignore_ascii_case(name))).copied()
        };
        let (connection, upgrade) = (header("connection"), header("upgrade"));
        let value = |item: Option<Item<'a>>| item.and_then(|item| item.directive.args.get(1));
        let mut writers = Vec::new();
        let (connection_cleared, map_closes) = match (value(connection), &hidden) {
            (Some(word), _) => self.connection(word, &mut writers),
            (None, Some(why)) => (Fact::Unknown(why.clone()), Fact::Unknown(why.clone())),
            (None, None) => {
                (version::default(&self.version, false, true, "proxy_set_header", scope.span()), Fact::Absent)
            }
        };
        let literally = value(connection).is_some_and(|word| word.text.eq_ignore_ascii_case("upgrade"));
        let upgrades = match (upgrade, connection, hidden) {
            (Some(up), Some(con), _) => {
                let passes = !value(Some(up)).is_some_and(|word| word.text.is_empty())
                    && value(Some(con)).is_some_and(|word| literally || word.text.starts_with('$'));
                Fact::derived(passes, vec![head(up.directive), head(con.directive)])
            }
            (_, _, Some(why)) => Fact::Unknown(why),
            _ => Fact::derived(false, scope.span().into_iter().collect()),
        };
        let recipe = self.recipe(scope, owner.as_ref(), connection);
        writers.extend(self.upgrade_writer(scope, owner.as_ref(), connection, upgrade));
        Headers { connection_cleared, map_closes, upgrades, always_upgrades: literally, writers, recipe }
    }

    /// Whether this value of `Connection` lets ordinary connections be kept, and whether a map is what closes them.
    fn connection(&self, word: &'a Word, writers: &mut Vec<Writer>) -> (Fact<bool>, Fact<bool>) {
        let Some(variable) = word.text.strip_prefix('$') else {
            return (Fact::derived(!word.text.eq_ignore_ascii_case("close"), vec![word.span]), Fact::Absent);
        };
        let mut maps =
            self.maps.iter().filter(|item| item.directive.arg(1).and_then(|it| it.strip_prefix('$')) == Some(variable));
        let Some(map) = maps.next_back() else {
            let why = Why::at(format!("set by the variable ${variable}"), word.span);
            return (Fact::Unknown(why.clone()), Fact::Unknown(why));
        };
        if map.directive.arg(0) != Some("$http_upgrade") {
            let why = Why::at(format!("a map of `{}`", map.directive.arg(0).unwrap_or("")), head(map.directive));
            return (Fact::Unknown(why.clone()), Fact::Unknown(why));
        }
        let closes = match plain_request(map.directive) {
            Plain::Gives(given) if given.text.eq_ignore_ascii_case("close") => {
                writers.push(Writer {
                    name: "keep_connections".into(),
                    edits: vec![(given.span, "''".into())],
                    display_only: None,
                });
                return (
                    Fact::derived(false, vec![given.span, word.span]),
                    Fact::derived(true, vec![given.span, word.span]),
                );
            }
            Plain::Gives(given) => given.span,
            Plain::Nothing => head(map.directive),
        };
        (Fact::derived(true, vec![closes, word.span]), Fact::derived(false, vec![closes, word.span]))
    }

    /// The edits that bring HTTP/1.1 and clear `Connection`, at the level that has the other headers: a location that
    /// sets one header of its own would lose those it inherits.
    fn recipe(
        &self,
        scope: &Scope<'a, '_>,
        owner: Option<&Owned<'a, '_>>,
        connection: Option<Item<'a>>,
    ) -> Option<Vec<Edit>> {
        if scope.hidden().is_some() {
            return None;
        }
        let by_default = version::keeps_connections(&self.version) == Truth::Yes;
        let (mut edits, mut lines) = (Vec::new(), Vec::new());
        match scope.setting("proxy_http_version") {
            Setting::Written(item) => {
                let word = item.directive.args.first()?;
                if &*word.text == "1.0" {
                    edits.push((word.span, "1.1".into()));
                }
            }
            Setting::Unset if !by_default => lines.push("proxy_http_version 1.1;"),
            Setting::Unset => {}
            Setting::Hidden(_) => return None,
        }
        match connection.and_then(|item| item.directive.args.get(1)) {
            Some(word) if word.text.eq_ignore_ascii_case("close") => edits.push((word.span, "\"\"".into())),
            None if !by_default => lines.push("proxy_set_header Connection \"\";"),
            _ => {}
        }
        if !lines.is_empty() {
            let level = owner.map_or(scope, |owner| owner.level);
            edits.push(self.beside(level, |name| name.starts_with("proxy_"), &lines)?);
        }
        Some(edits)
    }

    /// Passes the upgrade on: HTTP/1.1 and both headers, in the location itself. It then has headers of its own, so those
    /// that it inherited are said again.
    fn upgrade_writer(
        &self,
        scope: &Scope<'a, '_>,
        owner: Option<&Owned<'a, '_>>,
        connection: Option<Item<'a>>,
        upgrade: Option<Item<'a>>,
    ) -> Option<Writer> {
        let is_known = scope.hidden().is_none() && scope.opened.is_some_and(|it| it.directive.is("location"));
        let is_own = owner.is_some_and(|owner| std::ptr::eq(owner.level, scope));
        if !is_known || is_own && (connection.is_some() || upgrade.is_some()) {
            return None;
        }
        let (mut edits, mut lines) = (Vec::new(), Vec::new());
        match scope.setting("proxy_http_version") {
            Setting::Written(item) if item.directive.arg(0) == Some("1.0") => {
                edits.push((item.directive.args.first()?.span, "1.1".into()));
            }
            Setting::Unset if version::keeps_connections(&self.version) != Truth::Yes => {
                lines.push("proxy_http_version 1.1;");
            }
            _ => {}
        }
        let inherited = owner.filter(|_| !is_own).into_iter().flat_map(|owner| &owner.items);
        lines.extend(inherited.filter_map(|item| {
            let name = item.directive.arg(0)?;
            let is_ours = name.eq_ignore_ascii_case("connection") || name.eq_ignore_ascii_case("upgrade");
            (!is_ours).then(|| self.view.source(item.draft).slice(item.directive.span))
        }));
        lines.extend(["proxy_set_header Upgrade $http_upgrade;", "proxy_set_header Connection \"upgrade\";"]);
        edits.push(self.beside(scope, |name| name.starts_with("proxy_"), &lines)?);
        Some(Writer { name: "upgrade".into(), edits, display_only: None })
    }

    /// Puts lines into a level's own block, behind the last of its directives that `akin` knows, else behind the last
    /// include, else, as a paragraph when there are several, behind the settings that the block starts with.
    pub(super) fn beside(&self, level: &Scope<'a, '_>, akin: impl Fn(&str) -> bool, lines: &[&str]) -> Option<Edit> {
        let Some(opened) = level.opened else {
            // The top of a fragment: beside what already stands there.
            let item = level.items.iter().rfind(|item| akin(&item.directive.name.text))?;
            return Some(ink::insert_after(self.view.source(item.draft), item.directive, lines));
        };
        let block = opened.directive.block.as_ref()?;
        let source = self.view.source(opened.draft);
        let last = block.items.iter().rfind(|item| akin(&item.name.text) && item.block.is_none());
        let is_included = || level.items.iter().any(|item| akin(&item.directive.name.text));
        if let Some(after) = last.or_else(|| is_included().then(|| last_include(block)).flatten()) {
            return Some(ink::insert(source, block, Some(after), lines));
        }
        let after = last_setting(block);
        let paragraph: Vec<&str> = std::iter::once("").chain(lines.iter().copied()).collect();
        let lines = if lines.len() > 2 && after.is_some() { &paragraph } else { lines };
        Some(ink::insert(source, block, after, lines))
    }
}

fn last_include(block: &Block) -> Option<&Directive> {
    block.items.iter().rfind(|item| item.is("include"))
}

/// The last of the settings that a block starts with, before its first block or pattern of files.
fn last_setting(block: &Block) -> Option<&Directive> {
    let settings = block.items.iter().take_while(|item| {
        item.block.is_none() && !(item.is("include") && item.arg(0).is_some_and(|path| path.contains('*')))
    });
    settings.last()
}

/// What a map of `$http_upgrade` gives when there is none.
fn plain_request(map: &Directive) -> Plain<'_> {
    let entry = |key: &str| map.items().iter().rfind(|item| &*item.name.text == key && item.args.len() == 1);
    entry("").or_else(|| entry("default")).and_then(|item| item.args.first()).map_or(Plain::Nothing, Plain::Gives)
}

/// The places of a fact and of another that decides with it.
pub(super) fn spans_of<T, U>(one: &Fact<T>, other: &Fact<U>) -> Vec<Span> {
    one.span().into_iter().chain(other.span()).collect()
}
