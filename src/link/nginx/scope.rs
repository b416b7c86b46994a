//! Levels of a configuration: what is set at one, and what it inherits.

use super::view::{Item, Missing, Stock, View};
use crate::source::Span;
use crate::stack::{Fact, Why};
use crate::syntax::nginx::Word;

/// A level: `http`, a `server`, a `location`.
pub(super) struct Scope<'a, 'p> {
    pub(super) parent: Option<&'p Scope<'a, 'p>>,
    /// What stands at this level itself, includes followed.
    pub(super) items: Vec<Item<'a>>,
    /// Includes of this level that lead nowhere: they may set anything.
    pub(super) missing: Vec<Missing>,
    /// The directive whose block it is; [`None`] for an `http` level that is not in the repository.
    pub(super) opened: Option<Item<'a>>,
    /// Its place in its file, as an anchor says it: `http.server[example.com]`.
    pub(super) entity: String,
    /// Why nothing is known of what stands above.
    above: Option<&'static str>,
    depth: usize,
}

/// What a level says of a directive.
pub(super) enum Setting<'a> {
    /// It is written, here or above.
    Written(Item<'a>),
    /// It is not written, so that nginx's default holds.
    Unset,
    /// It may be written where nobody can see it.
    Hidden(Why),
}

/// The directives of one array-like name (`proxy_set_header`), which a level has for itself or inherits as a whole.
pub(super) struct Owned<'a, 's> {
    pub(super) items: Vec<Item<'a>>,
    /// The level that has them.
    pub(super) level: &'s Scope<'a, 's>,
}

impl<'a, 'p> Scope<'a, 'p> {
    /// The outermost level, of these directives.
    pub(super) fn top(items: Vec<Item<'a>>, missing: Vec<Missing>, opened: Option<Item<'a>>, stock: Stock) -> Self {
        let above = match stock {
            Stock::Unknown => Some("the `http` level of this nginx is not in these files"),
            Stock::Official | Stock::Nothing => None,
        };
        let entity = opened.map_or(String::new(), |item| item.directive.name.text.to_string());
        Self { parent: None, items, missing, opened, entity, above, depth: 0 }
    }

    /// The level that a directive of this level opens; [`None`] when it has no block, or levels are too deep.
    pub(super) fn enter<'s>(&'s self, view: &View<'a>, item: Item<'a>, name: &str) -> Option<Scope<'a, 's>>
    where
        'p: 's,
    {
        let block = item.directive.block.as_ref()?;
        if self.depth >= crate::syntax::nginx::DEEPEST {
            return None;
        }
        let (items, missing) = view.expand(&block.items, item.draft);
        let same_file = self.opened.is_some_and(|opened| opened.draft.file == item.draft.file);
        let entity = if same_file { self.entity_of(name) } else { name.to_owned() };
        Some(Scope {
            parent: Some(self),
            items,
            missing,
            opened: Some(item),
            entity,
            above: None,
            depth: self.depth + 1,
        })
    }

    /// The place of something of this level, as an anchor says it.
    pub(super) fn entity_of(&self, name: &str) -> String {
        if self.entity.is_empty() { name.to_owned() } else { format!("{}.{name}", self.entity) }
    }

    /// The directives of a name that stand at this level itself.
    pub(super) fn own<'n>(&self, name: &'n str) -> impl Iterator<Item = Item<'a>> + use<'a, 'n, '_, 'p> {
        self.items.iter().copied().filter(move |item| item.directive.is(name))
    }

    /// This level, then those above it.
    pub(super) fn levels<'s>(&'s self) -> impl Iterator<Item = &'s Scope<'a, 's>>
    where
        'p: 's,
    {
        std::iter::successors(Some(self as &Scope<'a, 's>), |level| level.parent)
    }

    /// What holds here of a directive that a level inherits.
    pub(super) fn setting(&self, name: &str) -> Setting<'a> {
        for level in self.levels() {
            if let Some(item) = level.own(name).last() {
                return Setting::Written(item);
            }
            if let Some(why) = level.hides() {
                return Setting::Hidden(why);
            }
        }
        Setting::Unset
    }

    /// Why this level may say more than can be seen.
    pub(super) fn hides(&self) -> Option<Why> {
        self.missing.first().map(Missing::why).or_else(|| self.above.map(Why::new))
    }

    /// Why this level or one above it may say more than can be seen.
    pub(super) fn hidden(&self) -> Option<Why> {
        self.levels().find_map(Scope::hides)
    }

    /// The nearest level that has directives of this name, with all of them; [`None`] when no level has.
    pub(super) fn owner<'s>(&'s self, name: &str) -> Option<Owned<'a, 's>>
    where
        'p: 's,
    {
        self.levels().find_map(|level| {
            let items: Vec<_> = level.own(name).collect();
            (!items.is_empty()).then_some(Owned { items, level })
        })
    }

    /// A directive's first argument as a fact, by what `read` makes of it; else nginx's default.
    pub(super) fn value<T: Clone>(
        &self,
        view: &View<'a>,
        name: &'static str,
        default: T,
        read: impl Fn(&str) -> Option<T>,
    ) -> Fact<T> {
        match self.setting(name) {
            Setting::Written(item) => match item.directive.args.first() {
                Some(word) => read_word(view, word, read),
                None => Fact::unknown(format!("`{name}` has no value")),
            },
            Setting::Unset => Fact::default_of(default, "nginx", name, self.span()),
            Setting::Hidden(why) => Fact::Unknown(why),
        }
    }

    /// The same for `on` and `off`.
    pub(super) fn flag(&self, view: &View<'a>, name: &'static str, default: bool) -> Fact<bool> {
        self.value(view, name, default, |text| match text {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        })
    }

    /// Where the level is opened: its directive's name.
    pub(super) fn span(&self) -> Option<Span> {
        self.opened.map(|item| head(item.directive))
    }
}

/// A directive's name with its arguments, without its block.
pub(super) fn head(directive: &crate::syntax::nginx::Directive) -> Span {
    let last = directive.args.last().map_or(directive.name.span, |word| word.span);
    directive.name.span.cover(last)
}

/// A word as a fact, by what `read` makes of its text.
pub(super) fn read_word<T>(view: &View<'_>, word: &Word, read: impl Fn(&str) -> Option<T>) -> Fact<T> {
    let text = match view.text(word) {
        Ok(text) => text,
        Err(why) => return Fact::Unknown(why),
    };
    match read(&text) {
        Some(value) if text == *word.text => Fact::written(value, word.span),
        Some(value) => Fact::derived(value, vec![word.span]),
        None if text.contains('$') => Fact::Unknown(Why::at("set by a variable of nginx", word.span)),
        None => Fact::Unknown(Why::at(format!("`{text}` is not a value of this directive"), word.span)),
    }
}

/// A time of nginx in seconds: `60`, `90s`, `1m`, `300ms`, `1h 30m`.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let mut total = 0.0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u32 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = match &rest[..letters] {
            "" | "s" => 1.0,
            "ms" => 0.001,
            "m" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            "w" => 604_800.0,
            "M" => 2_592_000.0,
            "y" => 31_536_000.0,
            _ => return None,
        };
        total += f64::from(number) * unit;
        rest = rest[letters..].trim_start();
    }
    Some(total)
}

/// A size of nginx in bytes: `8k`, `10m`, `1g` (`ngx_parse_offset`, which takes both cases).
pub(super) fn bytes(text: &str) -> Option<u64> {
    let unit = match text.as_bytes().last()? {
        b'k' | b'K' => 1 << 10,
        b'm' | b'M' => 1 << 20,
        b'g' | b'G' => 1 << 30,
        _ => return text.parse().ok(),
    };
    text.get(..text.len() - 1)?.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let all = ["0", "512", "8k", "10M", "1g", "", "m", "1x", "-1", "é"].map(bytes);
        let read = [Some(0), Some(512), Some(8 << 10), Some(10 << 20), Some(1 << 30)];
        assert_eq!(all[..5], read);
        assert_eq!(all[5..], [None; 5]);
    }

    #[test]
    fn times() {
        let all = ["60", "90s", "1m", "300ms", "1h 30m", "1h30m"].map(seconds);
        assert_eq!(all, [Some(60.0), Some(90.0), Some(60.0), Some(0.3), Some(5400.0), Some(5400.0)]);
        assert_eq!(["", "s", "1x", "-1", "é"].map(seconds), [None; 5]);
    }
}
