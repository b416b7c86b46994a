//! What the printers for people share: colours, wrapping, counting.

use crate::rule::expr::print;

/// How text for people is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to use colours.
    pub color: bool,
    /// The columns there are.
    pub width: usize,
    /// 0 for findings alone, 1 for the usual, 2 for everything.
    pub detail: u8,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, detail: 1 }
    }
}

/// A colour, as a terminal is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Bold,
    Dim,
    Red,
    Green,
    Yellow,
    Blue,
    Cyan,
}

impl Style {
    /// The text in a colour, when there are colours.
    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match paint {
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Red => "1;31",
            Paint::Green => "32",
            Paint::Yellow => "1;33",
            Paint::Blue => "1;34",
            Paint::Cyan => "36",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Breaks a text into lines of at most `width` characters, at blanks; a longer word stands alone.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut length) = (String::new(), 0);
        for word in paragraph.split_whitespace() {
            let size = word.chars().count();
            if length > 0 && length + 1 + size > width {
                out.push(std::mem::take(&mut line));
                length = 0;
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += size;
        }
        out.push(line);
    }
    out
}

/// `1 file`, `2 files`, `3 fixes`.
pub(super) fn count(number: usize, one: &str) -> String {
    let end = match one {
        _ if number == 1 => "",
        _ if one.ends_with('x') => "es",
        _ => "s",
    };
    format!("{} {one}{end}", thousands(number))
}

/// `12,345`
pub(super) fn thousands(number: usize) -> String {
    print::thousands(&number.to_string())
}

/// A figure as it is, its thousands parted: `0.25`, `1,500`, `no limit`.
pub(super) fn figure(value: f64) -> String {
    if value.is_infinite() {
        "no limit".to_owned()
    } else if (1000.0..1e15).contains(&value) {
        thousands(value as usize)
    } else {
        format!("{value}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_blanks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a veryverylong b", 4), ["a", "veryverylong", "b"]);
        assert_eq!(wrap("a\n\nb", 10), ["a", "", "b"]);
    }

    #[test]
    fn counts_read_well() {
        assert_eq!(
            (count(1, "file"), count(0, "file"), count(1234, "file")),
            ("1 file".into(), "0 files".into(), "1,234 files".into())
        );
    }
}
