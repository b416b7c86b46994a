//! Load tests: a script for k6 or for Locust, and what to watch while it runs.

mod checklist;
mod k6;
mod locust;

pub use checklist::checklist;
pub use k6::k6;
pub use locust::locust;

use std::io::{self, Write};

use crate::view::{LoadTest, Parameter, Request};

/// The lines of a script's head, without the signs of a comment.
fn head(test: &LoadTest, tool: &str, model: &str) -> Vec<String> {
    let (service, stack) = (&test.service, &test.stack);
    let mut lines = wrap(&format!(
        "Load test of `{service}` ({stack}), for {tool}. plimsoll wrote it from the endpoints in the code."
    ));
    lines.push(String::new());
    let wrapped = |lines: &mut Vec<String>, text: &str| lines.extend(wrap(text));
    if test.ramp.expected.is_empty() {
        wrapped(&mut lines, "Nothing is known of how much load it takes.");
    } else {
        wrapped(&mut lines, "What is expected (see `plimsoll audit`):");
    }
    for sentence in &test.ramp.expected {
        wrapped(&mut lines, sentence);
    }
    wrapped(&mut lines, &test.ramp.because);
    lines.push(String::new());
    wrapped(&mut lines, model);
    lines.push(String::new());
    wrapped(
        &mut lines,
        "Before it measures anything: fill in PARAMETERS with values that exist, many of them, for one row that is asked for \
         again and again is always in the cache. Run it from another machine, against a copy of the data of the same size. \
         `plimsoll loadtest --checklist` says what to watch meanwhile.",
    );
    if test.asks_for_login() {
        wrapped(
            &mut lines,
            "Some endpoints ask for a login: without AUTHORIZATION (`Bearer …`) in the environment they are left out.",
        );
    }
    lines
}

/// How a language writes a list of requests.
struct Dialect {
    /// The sign of a comment, and what one is told to take away of it.
    comment: &'static str,
    signs: &'static str,
    indent: &'static str,
    /// What opens and closes the list.
    opening: &'static str,
    closing: &'static str,
    row: fn(&Request) -> String,
}

/// Writes the requests; those that are left out stand as comments, with the reason.
fn write_requests(test: &LoadTest, dialect: &Dialect, out: &mut impl Write) -> io::Result<()> {
    let Dialect { comment, signs, indent, opening, closing, row } = dialect;
    writeln!(
        out,
        "{comment} What is asked for, each as often as its weight says: put in what your access log says instead."
    )?;
    writeln!(out, "{opening}")?;
    for request in &test.requests {
        writeln!(out, "{indent}{}", row(request))?;
    }
    let (writes, others): (Vec<_>, Vec<_>) = test.left_out.iter().partition(|it| it.is_write);
    if !writes.is_empty() {
        writeln!(
            out,
            "{indent}{comment} These change something. Take the {signs} away, or run `plimsoll loadtest --include-writes`,"
        )?;
        writeln!(out, "{indent}{comment} and fill in what they send.")?;
    }
    for it in writes {
        writeln!(out, "{indent}{comment} {}", row(&it.request))?;
    }
    writeln!(out, "{closing}")?;
    if !others.is_empty() {
        writeln!(out, "\n{comment} Left out:")?;
    }
    for it in others {
        let request = &it.request;
        writeln!(out, "{comment} {} {}: {}", one_line(&request.method), one_line(&request.path), one_line(&it.reason))?;
    }
    writeln!(out)
}

/// A text as lines of at most 116 characters.
fn wrap(text: &str) -> Vec<String> {
    const WIDTH: usize = 116;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// A text in these quotes, as JavaScript and Python both read it: what is not plain is escaped.
fn quoted(text: &str, quote: char) -> String {
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if (' '..='~').contains(&c) => out.push(c),
            c if u32::from(c) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push('?'),
        }
    }
    out.push(quote);
    out
}

/// What stands behind a parameter as a comment: what it takes, and where it stands.
fn of_parameter(parameter: &Parameter) -> String {
    let takes = if parameter.takes.is_empty() { String::new() } else { format!("{}, ", one_line(&parameter.takes)) };
    format!("{takes}in {}", one_line(&parameter.path))
}

/// A text that may stand in a comment of one line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn texts_end_where_they_should() {
        assert_eq!(quoted("/a'b\\c", '\''), r"'/a\'b\\c'");
        assert_eq!(quoted("a'b", '"'), r#""a'b""#);
        assert_eq!(quoted("/é\n", '\''), r"'/\u00e9\n'");
    }
}
