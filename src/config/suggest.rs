//! Did you mean.

/// The candidate nearest to a word that is none of them, when it is near enough to have been meant: a third of the
/// letters wrong at most. Of several the first.
///
/// ```
/// assert_eq!(plimsoll::config::closest("selct", ["ignore", "select"]), Some("select"));
/// assert_eq!(plimsoll::config::closest("colour", ["ignore", "select"]), None);
/// ```
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(64).collect();
    let near = |candidate: &'a str| {
        let other: Vec<char> = candidate.chars().take(64).collect();
        let allowed = (word.len().max(other.len()) / 3).max(1);
        let distance = distance(&word, &other);
        (distance <= allowed).then_some((distance, candidate))
    };
    candidates.into_iter().filter_map(near).min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_what_was_meant() {
        let keys = ["select", "ignore", "severity", "fail-on"];
        assert_eq!(closest("slect", keys), Some("select"));
        assert_eq!(closest("ingore", keys), Some("ignore"));
        assert_eq!(closest("fail_on", keys), Some("fail-on"));
        assert_eq!(closest("x", keys), None);
        assert_eq!(closest("", keys), None);
    }
}
