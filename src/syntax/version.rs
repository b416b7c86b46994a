//! Versions as packages ask for them: PEP 440 specifiers, and Poetry's own.

use std::str::FromStr;

use pep440_rs::{Operator, VersionSpecifiers};

/// The releases that a specifier allows: from `low` up to `high`, both included; no `high` is no end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The smallest.
    pub low: Vec<u64>,
    /// The largest.
    pub high: Option<Vec<u64>>,
}

/// The range of a specifier such as `==5.2.8`, `>=5,<6`, `~=5.1`; any release for an empty one. [`None`] for what is
/// no specifier (a URL, a git reference).
pub fn pep440(text: &str) -> Option<Range> {
    let specifiers = VersionSpecifiers::from_str(text.trim()).ok()?;
    let mut range = Range::default();
    for it in specifiers.iter() {
        let release = it.version().release().to_vec();
        match it.operator() {
            Operator::Equal | Operator::ExactEqual => range.narrow(release.clone(), Some(release)),
            Operator::EqualStar => range.narrow(release.clone(), Some(all_of(release))),
            Operator::TildeEqual => {
                let prefix = release[..release.len().saturating_sub(1)].to_vec();
                range.narrow(release, Some(all_of(prefix)));
            }
            Operator::GreaterThan | Operator::GreaterThanEqual => range.narrow(release, None),
            Operator::LessThanEqual => range.narrow(Vec::new(), Some(release)),
            Operator::LessThan => range.narrow(Vec::new(), Some(below(release))),
            Operator::NotEqual | Operator::NotEqualStar => {}
        }
    }
    Some(range)
}

/// The range of a specifier of Poetry's: `^5.1`, `~5.1`, `5.1.*`, `*`, a bare `5.1`, or one of PEP 440.
pub fn poetry(text: &str) -> Option<Range> {
    let text = text.trim();
    let release = |rest: &str| {
        let version = pep440_rs::Version::from_str(rest.trim()).ok()?;
        Some(version.release().to_vec())
    };
    if text == "*" {
        return Some(Range::default());
    }
    if let Some(rest) = text.strip_prefix('^') {
        let low = release(rest)?;
        // Up to the next change of the first part that is not 0.
        let keep = low.iter().position(|&it| it != 0).unwrap_or(low.len().saturating_sub(1)) + 1;
        return Some(Range { high: Some(all_of(low[..keep].to_vec())), low });
    }
    if let Some(rest) = text.strip_prefix('~').filter(|rest| !rest.starts_with('=')) {
        let low = release(rest)?;
        return Some(Range { high: Some(all_of(low[..low.len().min(2)].to_vec())), low });
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return pep440(&format!("=={text}"));
    }
    pep440(text)
}

impl Range {
    fn narrow(&mut self, low: Vec<u64>, high: Option<Vec<u64>>) {
        if low > self.low {
            self.low = low;
        }
        if let Some(high) = high
            && self.high.as_ref().is_none_or(|own| high < *own)
        {
            self.high = Some(high);
        }
    }
}

/// The last release that starts with this prefix.
fn all_of(mut prefix: Vec<u64>) -> Vec<u64> {
    prefix.push(u64::MAX);
    prefix
}

/// The last release before this one: `5.2` for `5.3`, with all that follows it.
fn below(mut release: Vec<u64>) -> Vec<u64> {
    while release.last() == Some(&0) {
        release.pop();
    }
    if let Some(last) = release.last_mut() {
        *last -= 1;
    }
    all_of(release)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(low: &[u64], high: &[u64]) -> Option<Range> {
        Some(Range { low: low.to_vec(), high: (!high.is_empty()).then(|| high.to_vec()) })
    }

    const END: u64 = u64::MAX;

    #[test]
    fn specifiers_are_ranges() {
        assert_eq!(pep440("==5.2.8"), range(&[5, 2, 8], &[5, 2, 8]));
        assert_eq!(pep440(">=5,<6"), range(&[5], &[5, END]));
        assert_eq!(pep440(">=5.0,<5.3"), range(&[5, 0], &[5, 2, END]));
        assert_eq!(pep440("<6.0"), range(&[], &[5, END]));
        assert_eq!(pep440("~=5.1"), range(&[5, 1], &[5, END]));
        assert_eq!(pep440("~=5.1.2"), range(&[5, 1, 2], &[5, 1, END]));
        assert_eq!(pep440("==5.2.*"), range(&[5, 2], &[5, 2, END]));
        assert_eq!(pep440(""), range(&[], &[]));
        assert_eq!(pep440(" @ git+ssh://x"), None);
    }

    #[test]
    fn poetry_has_carets_and_tildes() {
        assert_eq!(poetry("^5.1"), range(&[5, 1], &[5, END]));
        assert_eq!(poetry("^0.2.3"), range(&[0, 2, 3], &[0, 2, END]));
        assert_eq!(poetry("~5.1.3"), range(&[5, 1, 3], &[5, 1, END]));
        assert_eq!(poetry("5.2.8"), range(&[5, 2, 8], &[5, 2, 8]));
        assert_eq!(poetry(">=5,<6"), range(&[5], &[5, END]));
        assert_eq!(poetry("*"), range(&[], &[]));
        assert_eq!(poetry("latest"), None);
    }
}
