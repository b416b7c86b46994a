//! The options of a command line, by name.

use crate::link::plan::Argument;
use crate::source::Span;
use crate::stack::{Fact, Why};

/// The words behind a program's name.
pub(super) struct Options<'a> {
    args: &'a [Argument],
    /// Why the line may hold more than is seen: a word that nobody knows and that is no option's value.
    pub(super) open: Option<Why>,
}

impl<'a> Options<'a> {
    pub(super) fn of(args: &'a [Argument]) -> Self {
        let open = args.iter().enumerate().find_map(|(at, arg)| {
            let value_of_option = at.checked_sub(1).is_some_and(|before| {
                let before = &args[before].head;
                before.starts_with('-') && !before.contains('=')
            });
            match &arg.text {
                Fact::Unknown(why) if arg.head.is_empty() && !value_of_option => {
                    Some(Why::shown(format!("perhaps {}", why.reason), why.at.iter().copied()))
                }
                _ => None,
            }
        });
        Self { args, open }
    }

    /// The value of an option, by any of its names; the last counts. `--name value`, `--name=value`, `-n value`,
    /// `-nvalue`.
    pub(super) fn value(&self, names: &[&str]) -> Option<Fact<Box<str>>> {
        self.values(names).pop()
    }

    /// The values of an option that may be given more than once, in order.
    pub(super) fn values(&self, names: &[&str]) -> Vec<Fact<Box<str>>> {
        self.found(names).into_iter().map(|(value, _)| value).collect()
    }

    /// Where an option stands with its value.
    pub(super) fn place(&self, names: &[&str]) -> Option<Span> {
        self.found(names).pop().map(|(_, span)| span)
    }

    fn found(&self, names: &[&str]) -> Vec<(Fact<Box<str>>, Span)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(arg) = self.args.get(at) {
            at += 1;
            for name in names {
                let Some(rest) = arg.head.strip_prefix(name) else { continue };
                if let Some(rest) = rest.strip_prefix('=').filter(|_| name.starts_with("--")) {
                    found.push((behind(arg, arg.head.len() - rest.len()), arg.span));
                } else if rest.is_empty() && arg.text.known().is_some() {
                    if let Some(value) = self.args.get(at) {
                        let together = arg.span.file == value.span.file && arg.span.end <= value.span.start;
                        let span = if together { arg.span.cover(value.span) } else { arg.span };
                        found.push((value.text.clone(), span));
                        at += 1;
                    }
                } else if !name.starts_with("--") && !rest.is_empty() {
                    found.push((behind(arg, name.len()), arg.span));
                } else {
                    continue;
                }
                break;
            }
        }
        found
    }

    /// Where an option without a value stands.
    pub(super) fn flag(&self, names: &[&str]) -> Option<Span> {
        self.args.iter().rfind(|arg| names.iter().any(|name| *arg.head == **name)).map(|arg| arg.span)
    }

    /// The words that are neither options nor their values; options in `flags` have none.
    pub(super) fn positional(&self, flags: &[&str]) -> Vec<(Box<str>, Span)> {
        let mut found = Vec::new();
        let mut skip = false;
        for arg in self.args {
            let word = &*arg.head;
            if std::mem::take(&mut skip) {
                continue;
            }
            if word.starts_with('-') && word.len() > 1 {
                let short_with_value = !word.starts_with("--") && word.len() > 2;
                skip = !word.contains('=') && !short_with_value && !flags.contains(&word);
            } else if let Some(text) = arg.text.known() {
                found.push((text.clone(), arg.span));
            }
        }
        found
    }
}

/// What is left of an argument behind its first `from` bytes.
fn behind(arg: &Argument, from: usize) -> Fact<Box<str>> {
    let verbatim = arg.text.known().is_some_and(|text| text.len() == arg.span.len());
    let mut fact = arg.text.clone().map(|text| Box::from(text.get(from..).unwrap_or("")));
    if let Fact::Known(sourced) = &mut fact
        && verbatim
        && arg.head.get(..from).is_some_and(|name| !name.ends_with('='))
    {
        // `-w4`: the argument's own slot would replace the name, too.
        let span = Span { start: arg.span.start + from as u32, ..arg.span };
        sourced.slots = vec![crate::stack::Slot::replace(span)];
        sourced.origin = crate::stack::Origin::Written(vec![span]);
    }
    fact
}
