//! Text to tokens.

use std::ops::Range;

use super::{ExprError, Unit};

/// The longest expression that is read, in bytes.
const MOST_BYTES: usize = 4096;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// A number, its unit multiplied in: bytes, seconds, or a bare count.
    Number(f64, Unit),
    /// `"…"`
    Text(&'a str),
    /// `v"…"`
    Version(&'a str),
    /// A name or a word.
    Name(&'a str),
    /// An operator or a bracket.
    Sign(&'static str),
    /// The end of the text.
    End,
}

/// A token and its place.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    pub(super) token: Token<'a>,
    pub(super) at: Range<usize>,
}

/// The operators, longest first.
const SIGNS: &[&str] =
    &["??", "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", ",", ":", "."];

/// What a number may be followed by: the suffix, its factor, what the product measures.
const UNITS: &[(&str, f64, Unit)] = &[
    ("ms", 0.001, Unit::Seconds),
    ("s", 1.0, Unit::Seconds),
    ("m", 60.0, Unit::Seconds),
    ("h", 3600.0, Unit::Seconds),
    ("d", 86400.0, Unit::Seconds),
    ("k", 1e3, Unit::Plain),
    ("M", 1e6, Unit::Plain),
    ("B", 1.0, Unit::Bytes),
    ("kB", 1e3, Unit::Bytes),
    ("MB", 1e6, Unit::Bytes),
    ("GB", 1e9, Unit::Bytes),
    ("KiB", 1024.0, Unit::Bytes),
    ("MiB", 1_048_576.0, Unit::Bytes),
    ("GiB", 1_073_741_824.0, Unit::Bytes),
];

/// The tokens of an expression, [`Token::End`] the last.
pub(super) fn lex(text: &str) -> Result<Vec<Placed<'_>>, ExprError> {
    if text.len() > MOST_BYTES {
        return Err(ExprError::new(0..0, format!("an expression has at most {MOST_BYTES} bytes")));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
            continue;
        }
        let (token, len) = next(rest).map_err(|message| ExprError::new(at..at + first_char(rest), message))?;
        tokens.push(Placed { token, at: at..at + len });
        at += len;
    }
    tokens.push(Placed { token: Token::End, at: text.len()..text.len() });
    Ok(tokens)
}

fn first_char(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

fn next(rest: &str) -> Result<(Token<'_>, usize), String> {
    let first = rest.chars().next().unwrap_or(' ');
    if first.is_ascii_digit() {
        return number(rest);
    }
    if let Some(quoted) = rest.strip_prefix("v\"") {
        let (text, len) = string(quoted)?;
        return Ok((Token::Version(text), len + 2));
    }
    if let Some(quoted) = rest.strip_prefix('"') {
        let (text, len) = string(quoted)?;
        return Ok((Token::Text(text), len + 1));
    }
    if first.is_ascii_alphabetic() || first == '_' {
        let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        return Ok((Token::Name(&rest[..len]), len));
    }
    match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        Some(sign) => Ok((Token::Sign(sign), sign.len())),
        None => Err(match first {
            '=' => "`=` is not an operator: write `==`".to_owned(),
            '&' | '|' => format!("`{first}` is not an operator: write `{first}{first}`"),
            '\'' => "texts stand in double quotes".to_owned(),
            _ => format!("`{first}` means nothing here"),
        }),
    }
}

/// The text up to the closing quote, and how many bytes it takes with that.
fn string(rest: &str) -> Result<(&str, usize), String> {
    match rest.find('"') {
        Some(end) => Ok((&rest[..end], end + 1)),
        None => Err("the text has no closing `\"`".to_owned()),
    }
}

fn number(rest: &str) -> Result<(Token<'_>, usize), String> {
    let mut len = rest.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(rest.len());
    if let Some(fraction) = rest[len..].strip_prefix('.') {
        let digits = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
        if digits > 0 {
            len += 1 + digits;
        }
    }
    let digits = rest[..len].replace('_', "");
    let value: f64 = digits.parse().map_err(|_| format!("`{digits}` is not a number"))?;
    let suffix = &rest[len..];
    let suffix = &suffix[..suffix.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(suffix.len())];
    if suffix.is_empty() {
        return Ok((Token::Number(value, Unit::Plain), len));
    }
    match UNITS.iter().find(|(name, ..)| *name == suffix) {
        Some((_, factor, unit)) => Ok((Token::Number(value * factor, *unit), len + suffix.len())),
        None => {
            let names: Vec<&str> = UNITS.iter().map(|(name, ..)| *name).collect();
            Err(format!("`{suffix}` is not a unit: there are {}", names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        lex(text).unwrap().into_iter().map(|placed| placed.token).collect()
    }

    #[test]
    fn numbers_carry_their_units() {
        assert_eq!(
            tokens("5m 2GiB 10k 0.5 1_000"),
            [
                Token::Number(300.0, Unit::Seconds),
                Token::Number(2.0 * 1_073_741_824.0, Unit::Bytes),
                Token::Number(10_000.0, Unit::Plain),
                Token::Number(0.5, Unit::Plain),
                Token::Number(1000.0, Unit::Plain),
                Token::End,
            ]
        );
        assert!(lex("5 minutes").is_ok());
        assert_eq!(
            lex("5x").unwrap_err().message,
            "`x` is not a unit: there are ms, s, m, h, d, k, M, B, kB, MB, GB, KiB, MiB, GiB"
        );
    }

    #[test]
    fn names_texts_and_signs() {
        assert_eq!(
            tokens(r#"it.x>=v"5.1"&&"a b""#),
            [
                Token::Name("it"),
                Token::Sign("."),
                Token::Name("x"),
                Token::Sign(">="),
                Token::Version("5.1"),
                Token::Sign("&&"),
                Token::Text("a b"),
                Token::End,
            ]
        );
    }

    #[test]
    fn what_is_no_token_is_said_with_its_place() {
        assert_eq!(lex("a = b").unwrap_err(), ExprError::new(2..3, "`=` is not an operator: write `==`"));
        assert_eq!(lex("a é").unwrap_err().at, 2..4);
        assert!(lex("\"open").is_err());
        assert!(lex(&"1+".repeat(4000)).is_err());
    }
}
