//! Values as a reader would write them.

use super::Unit;
use crate::stack::{Numbers, Set, Value};

/// A number: `1,600`, `97`, `0.8`, `2 GiB`.
pub fn number(value: f64, unit: Unit) -> String {
    if value.is_infinite() {
        return "unlimited".to_owned();
    }
    if unit == Unit::Bytes {
        let units = [("GiB", 1_073_741_824.0), ("MiB", 1_048_576.0), ("KiB", 1024.0)];
        if let Some((name, factor)) = units.iter().find(|(_, factor)| value >= *factor) {
            return format!("{} {name}", decimal(value / factor));
        }
        return format!("{} bytes", decimal(value));
    }
    if unit == Unit::Name { value.to_string() } else { decimal(value) }
}

/// The digits of a whole number with commas between the thousands: `12,345`.
pub fn thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// With at most two decimals, and commas between the thousands.
fn decimal(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        out.push('-');
    }
    out.push_str(&thousands(whole));
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A value.
pub fn value(value: &Value, unit: Unit) -> String {
    match value {
        Value::Number(it) => number(*it, unit),
        Value::Bool(it) => it.to_string(),
        Value::Text(it) => it.to_string(),
        Value::Word(it) => it.replace('_', " "),
        Value::Version(it) => it.written.trim_start_matches(['=', ' ']).to_owned(),
    }
}

/// A set: `97`, `3 or 8`, `between 3 and 8`, `at least 6,400`, `unknown`.
pub fn set(set: &Set, unit: Unit) -> String {
    match set {
        Set::Any => "unknown".to_owned(),
        Set::Values(values) => alternatives(values.iter().map(|it| value(it, unit)).collect()),
        Set::Numbers(numbers) => of_numbers(numbers, unit),
    }
}

fn of_numbers(numbers: &Numbers, unit: Unit) -> String {
    let (low, high) = (numbers.low(), numbers.high());
    if numbers.intervals().iter().all(|it| it.low == it.high) {
        return alternatives(numbers.intervals().iter().map(|it| number(it.low, unit)).collect());
    }
    match (low, high.is_infinite()) {
        (f64::NEG_INFINITY..=0.0, true) => "unknown".to_owned(),
        (f64::NEG_INFINITY, false) => format!("at most {}", number(high, unit)),
        (_, true) => format!("at least {}", number(low, unit)),
        _ => format!("between {} and {}", number(low, unit), number(high, unit)),
    }
}

fn alternatives(mut texts: Vec<String>) -> String {
    match texts.pop() {
        None => "unknown".to_owned(),
        Some(last) if texts.is_empty() => last,
        Some(last) => format!("{} or {last}", texts.join(", ")),
    }
}

/// The words of a field with its value filled in: `{} worker processes` gives `8 worker processes`, or `1 worker
/// process`. Of a truth's words, `yes|no`, it takes the right ones; one that stands behind a colon is left out when it
/// is true.
pub fn in_words(words: &str, of: &Value, unit: Unit) -> String {
    if words.is_empty() {
        return value(of, unit);
    }
    if let (Value::Bool(truth), Some((yes, no))) = (of, words.split_once('|')) {
        return (if *truth { yes } else { no }).to_owned();
    }
    if let (Value::Bool(truth), Some(stem)) = (of, words.strip_suffix(": {}")) {
        return if *truth { stem.to_owned() } else { format!("{stem}: no") };
    }
    // The value says its unit by itself.
    let words = if unit == Unit::Bytes { words.replacen("{} bytes", "{}", 1) } else { words.to_owned() };
    let text = words.replacen("{}", &value(of, unit), 1);
    if *of == Value::Number(1.0) { singular(&words).replacen("{}", "1", 1) } else { text }
}

/// The words with the first plural behind the value made a singular.
fn singular(words: &str) -> String {
    const PLURALS: &[(&str, &str)] = &[
        ("processes", "process"),
        ("replicas", "replica"),
        ("CPUs", "CPU"),
        ("threads", "thread"),
        ("requests", "request"),
        ("connections", "connection"),
        ("clients", "client"),
        ("servers", "server"),
        ("messages", "message"),
        ("tasks", "task"),
        ("files", "file"),
        ("pairs", "pair"),
    ];
    let Some(value) = words.find("{}") else { return words.to_owned() };
    let behind = &words[value..];
    let first = PLURALS.iter().filter_map(|(many, one)| behind.find(many).map(|at| (at, many, one))).min();
    match first {
        Some((at, many, one)) => {
            format!("{}{}{one}{}", &words[..value], &behind[..at], &behind[at + many.len()..])
        }
        None => words.to_owned(),
    }
}

/// The value as a file would hold it, when it is one: no commas, no unit. [`None`] when it is not known exactly.
pub fn raw(set: &Set) -> Option<String> {
    match set {
        Set::Numbers(numbers) => numbers.single().filter(|it| it.is_finite()).map(|it| {
            let rounded = (it * 1e6).round() / 1e6;
            rounded.to_string()
        }),
        Set::Values(values) => match values.as_slice() {
            [Value::Word(word)] => Some((*word).to_owned()),
            [only] => Some(value(only, Unit::Plain)),
            _ => None,
        },
        Set::Any => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let plain = |value| number(value, Unit::Plain);
        assert_eq!(plain(1600.0), "1,600");
        assert_eq!(plain(97.0), "97");
        assert_eq!(plain(1_234_567.0), "1,234,567");
        assert_eq!(plain(0.8), "0.8");
        assert_eq!(plain(-1.0), "-1");
        assert_eq!(plain(-0.001), "0");
        assert_eq!(plain(f64::INFINITY), "unlimited");
        assert_eq!(number(2_147_483_648.0, Unit::Bytes), "2 GiB");
        assert_eq!(number(1_610_612_736.0, Unit::Bytes), "1.5 GiB");
        assert_eq!(number(512.0, Unit::Bytes), "512 bytes");
        assert_eq!(number(8000.0, Unit::Name), "8000");
    }

    #[test]
    fn sets_read_well() {
        let plain = |it: Set| set(&it, Unit::Plain);
        let two = Set::of(Value::Number(3.0)).union(Set::of(Value::Number(8.0)));
        assert_eq!(plain(two), "3 or 8");
        assert_eq!(plain(Set::between(3.0, 8.0)), "between 3 and 8");
        assert_eq!(plain(Set::between(6400.0, f64::INFINITY)), "at least 6,400");
        assert_eq!(plain(Set::between(0.0, f64::INFINITY)), "unknown");
        assert_eq!(plain(Set::Any), "unknown");
        assert_eq!(plain(Set::of(Value::Word("asgi_django"))), "asgi django");
    }

    #[test]
    fn fields_read_well() {
        let number = Value::Number;
        assert_eq!(in_words("{} worker processes", &number(8.0), Unit::Plain), "8 worker processes");
        assert_eq!(in_words("{} worker processes", &number(1.0), Unit::Plain), "1 worker process");
        assert_eq!(
            in_words("{} requests at a time in each process", &number(1.0), Unit::Plain),
            "1 request at a time in each process"
        );
        assert_eq!(in_words("{} bytes of memory", &number(1_073_741_824.0), Unit::Bytes), "1 GiB of memory");
        assert_eq!(in_words("runs beat inside: {}", &Value::Bool(true), Unit::Plain), "runs beat inside");
        assert_eq!(in_words("runs beat inside: {}", &Value::Bool(false), Unit::Plain), "runs beat inside: no");
        assert_eq!(in_words("serves|idles", &Value::Bool(false), Unit::Plain), "idles");
        assert_eq!(in_words("`DEBUG` is {}", &Value::Bool(true), Unit::Plain), "`DEBUG` is true");
    }

    #[test]
    fn what_a_file_would_hold() {
        assert_eq!(raw(&Set::of(Value::Number(1600.0))).as_deref(), Some("1600"));
        assert_eq!(raw(&Set::of(Value::Number(0.1 + 0.2))).as_deref(), Some("0.3"));
        assert_eq!(raw(&Set::of(Value::Word("asgi_django"))).as_deref(), Some("asgi_django"));
        assert_eq!(raw(&Set::between(1.0, 2.0)), None);
        assert_eq!(raw(&Set::Any), None);
    }
}
