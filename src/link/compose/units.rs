//! Numbers as compose writes them: sizes, durations, ports, and those that YAML takes for such.

use crate::syntax::yaml::{Node, Style, Value};

/// A size in bytes: `512m`, `1.5g`, `2 GiB`, `1024`; each unit is 1024 of the one below.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = (text.get(..digits)?, text.get(digits..)?.trim_start());
    let unit = unit.strip_suffix('b').unwrap_or(unit);
    let power = match unit.strip_suffix('i').unwrap_or(unit) {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    let size = number.parse::<f64>().ok()? * 1024_f64.powi(power);
    (size < 1e18).then_some(size as u64)
}

/// A duration in seconds: `1m30s`, `500ms`, `2h`; a number alone has no unit and is none.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut sum = 0.0;
    if rest.is_empty() {
        return None;
    }
    if rest == "0" {
        return Some(0.0);
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let factor = match rest.get(..letters)? {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        sum += number * factor;
        rest = rest.get(letters..)?;
    }
    Some(sum)
}

/// How many CPUs a set names: `0-3,6` are five.
pub(super) fn set(text: &str) -> Option<f64> {
    let mut count = 0;
    for part in text.split(',') {
        let (first, last) = ports(part)?;
        count += u32::from(last - first) + 1;
    }
    Some(f64::from(count))
}

/// A port or a range of them: first and last.
pub(super) fn ports(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then_some((first, last))
}

/// A scalar that YAML takes for a truth or a number, as compose writes it; [`None`] for a text.
pub(super) fn scalar(node: &Node) -> Option<Box<str>> {
    let Value::Scalar { text, style: Style::Plain } = &node.value else { return None };
    if node.tag.is_some() {
        return None;
    }
    match &**text {
        "true" | "True" | "TRUE" => return Some("true".into()),
        "false" | "False" | "FALSE" => return Some("false".into()),
        _ => {}
    }
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let (sign, bare) = digits.strip_prefix(['-', '+']).map_or(("", &*digits), |bare| (&digits[..1], bare));
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return None;
    }
    let radix = |head: &str, radix: u32| i64::from_str_radix(bare.strip_prefix(head)?, radix).ok();
    let octal = || radix("0", 8).filter(|_| bare.len() > 1);
    let decimal = || bare.parse::<i64>().ok().filter(|_| bare.len() == 1 || !bare.starts_with('0'));
    let whole = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2)).or_else(octal).or_else(decimal);
    if let Some(number) = whole {
        return Some(format!("{}{number}", if sign == "-" { "-" } else { "" }).into());
    }
    let plain = bare.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+'));
    let number: f64 = digits.parse().ok().filter(|_| plain && bare.contains(['.', 'e', 'E']))?;
    ((1e-4..1e21).contains(&number.abs()) || number == 0.0).then(|| format!("{number}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(bytes("512m"), Some(512 << 20));
        assert_eq!(bytes("1.5G"), Some(3 << 29));
        assert_eq!(bytes("2 GiB"), Some(2 << 30));
        assert_eq!(bytes("1g"), Some(1 << 30));
        assert_eq!(bytes("64mb"), Some(64 << 20));
        assert_eq!(bytes("1024"), Some(1024));
        assert_eq!(bytes("100b"), Some(100));
        assert_eq!((bytes(""), bytes("x"), bytes("1x"), bytes("-1m"), bytes("9e99")), (None, None, None, None, None));
    }

    #[test]
    fn durations() {
        assert_eq!(seconds("1m30s"), Some(90.0));
        assert_eq!(seconds("500ms"), Some(0.5));
        assert_eq!(seconds("2h"), Some(7200.0));
        assert_eq!(seconds("0"), Some(0.0));
        assert_eq!((seconds("30"), seconds(""), seconds("s"), seconds("1d")), (None, None, None, None));
    }

    #[test]
    fn sets_of_cpus() {
        assert_eq!(
            (set("0"), set("0-3,6"), set(" 1 , 2"), set(""), set("all")),
            (Some(1.0), Some(5.0), Some(2.0), None, None)
        );
    }

    #[test]
    fn ports_and_ranges() {
        assert_eq!(ports("80"), Some((80, 80)));
        assert_eq!(ports("8000-8010"), Some((8000, 8010)));
        assert_eq!((ports("9-8"), ports("x"), ports("70000")), (None, None, None));
    }
}
