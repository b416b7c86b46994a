//! `$(( … ))`: whole numbers, variables, `+ - * / %` and brackets.

use crate::source::Span;
use crate::stack::{Fact, Why};

use super::words::{HOST_CPUS, computed};

/// How deep brackets may stand in each other.
const DEEPEST: usize = 32;

/// The value of an expression; unknown where a part of it is, for that part's reason.
pub(super) fn worked_out(text: &str, variable: &dyn Fn(&str) -> Option<Fact<Box<str>>>, span: Span) -> Fact<Box<str>> {
    let mut reader = Reader { rest: text, variable, span, chain: Vec::new(), depth: 0 };
    match reader.sum() {
        Ok(value) if reader.rest.trim().is_empty() => {
            let chain = std::iter::once(span).chain(reader.chain).collect();
            Fact::derived(value.to_string().into(), chain)
        }
        Ok(_) => Fact::Unknown(Why::at(computed(text), span)),
        Err(why) => Fact::Unknown(why),
    }
}

struct Reader<'a> {
    rest: &'a str,
    variable: &'a dyn Fn(&str) -> Option<Fact<Box<str>>>,
    span: Span,
    /// The places of the variables that were read.
    chain: Vec<Span>,
    depth: usize,
}

impl Reader<'_> {
    fn unknown(&self) -> Why {
        Why::at("computed when it starts", self.span)
    }

    /// The next of these operators, if one follows.
    fn operator(&mut self, of: &[char]) -> Option<char> {
        let rest = self.rest.trim_start();
        let found = rest.chars().next().filter(|c| of.contains(c))?;
        self.rest = rest.get(found.len_utf8()..)?;
        Some(found)
    }

    fn sum(&mut self) -> Result<i64, Why> {
        let mut value = self.product()?;
        while let Some(operator) = self.operator(&['+', '-']) {
            let right = self.product()?;
            let result = if operator == '+' { value.checked_add(right) } else { value.checked_sub(right) };
            value = result.ok_or_else(|| self.unknown())?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<i64, Why> {
        let mut value = self.atom()?;
        while let Some(operator) = self.operator(&['*', '/', '%']) {
            let right = self.atom()?;
            let result = match operator {
                '*' => value.checked_mul(right),
                '/' => value.checked_div(right),
                _ => value.checked_rem(right),
            };
            value = result.ok_or_else(|| self.unknown())?;
        }
        Ok(value)
    }

    fn atom(&mut self) -> Result<i64, Why> {
        if self.rest.trim_start().starts_with("$(") || self.rest.trim_start().starts_with('`') {
            // Another program's output: whatever it is, the sum is not known, and the CPUs stay the reason.
            let host = computed(self.rest) == HOST_CPUS;
            return Err(Why::at(if host { HOST_CPUS } else { "computed when it starts" }, self.span));
        }
        if self.operator(&['(']).is_some() {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(self.unknown());
            }
            let value = self.sum()?;
            self.depth -= 1;
            return self.operator(&[')']).map(|_| value).ok_or_else(|| self.unknown());
        }
        let rest = self.rest.trim_start();
        let (name, braces) = match rest.strip_prefix("${") {
            Some(rest) => (rest, true),
            None => (rest.strip_prefix('$').unwrap_or(rest), false),
        };
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let (word, mut after) = name.split_at(end);
        let mut default = None;
        if braces {
            let (inner, behind) = after.split_once('}').ok_or_else(|| self.unknown())?;
            default = inner.strip_prefix(":-").or_else(|| inner.strip_prefix('-'));
            if default.is_none() && !inner.is_empty() {
                return Err(self.unknown());
            }
            after = behind;
        }
        self.rest = after;
        if let Ok(number) = word.parse() {
            return Ok(number);
        }
        let number = |text: &str| text.trim().parse::<i64>().ok();
        match (self.variable)(word) {
            _ if word.is_empty() => Err(self.unknown()),
            Some(Fact::Known(sourced)) => {
                self.chain.extend(sourced.origin.span());
                let text = default.filter(|_| sourced.value.is_empty()).unwrap_or(&sourced.value);
                number(text).ok_or_else(|| self.unknown())
            }
            Some(Fact::Unknown(why)) => Err(why),
            Some(_) => Err(self.unknown()),
            None => match default.map(number) {
                Some(value) => value.ok_or_else(|| self.unknown()),
                None => Err(Why::at(format!("set by the environment ({word})"), self.span)),
            },
        }
    }
}
