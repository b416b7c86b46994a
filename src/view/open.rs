//! What could not be decided, put together where one thing that nobody knows leaves several rules open.

use super::UndecidedRow;

/// What is not known, and all that it leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRow {
    /// What would have to be known, in words.
    pub reasons: Vec<String>,
    /// The rules that it leaves open, each with the anchors it was about.
    pub rules: Vec<(String, Vec<String>)>,
}

/// The rows, those with the same reasons together; the things that they are told of may differ.
pub(super) fn group(rows: &[UndecidedRow]) -> Vec<OpenRow> {
    let mut groups: Vec<(Vec<String>, OpenRow)> = Vec::new();
    for row in rows {
        let bare: Vec<String> = row.reasons.iter().map(|reason| without_name(reason)).collect();
        let open = match groups.iter_mut().find(|(key, _)| *key == bare) {
            Some((key, open)) => {
                // Of several things the reason is told without a name.
                if open.reasons != row.reasons {
                    open.reasons.clone_from(key);
                }
                open
            }
            None => {
                groups.push((bare, OpenRow { reasons: row.reasons.clone(), rules: Vec::new() }));
                let last = groups.len() - 1;
                &mut groups[last].1
            }
        };
        match open.rules.iter_mut().find(|(rule, _)| *rule == row.rule) {
            Some((_, anchors)) if anchors.contains(&row.anchor) => {}
            Some((_, anchors)) => anchors.push(row.anchor.clone()),
            None => open.rules.push((row.rule.clone(), vec![row.anchor.clone()])),
        }
    }
    let mut rows: Vec<OpenRow> = groups.into_iter().map(|(_, open)| open).collect();
    rows.iter_mut().for_each(|open| open.reasons.dedup());
    rows
}

/// A reason without the name of what it is told of: `` `processes` is unknown: … `` of
/// `` `processes` of `web` is unknown: … ``, and of `` `web`: `processes` is open: … `` what follows the name.
fn without_name(reason: &str) -> String {
    if let Some((field, rest)) = reason.split_once("` of `")
        && let Some((_, rest)) = rest.split_once("` is unknown: ")
    {
        return format!("{field}` is unknown: {rest}");
    }
    reason.split_once("`: `").map_or_else(|| reason.to_owned(), |(_, rest)| format!("`{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_thing_that_is_not_known_is_told_once() {
        let row = |rule: &str, anchor: &str, reason: &str| UndecidedRow {
            rule: rule.into(),
            anchor: anchor.into(),
            reasons: vec![reason.into()],
        };
        let rows = [
            row("a/one", "x#web", "`processes` of `web` is unknown: the host's CPUs"),
            row("a/one", "x#worker", "`processes` of `worker` is unknown: the host's CPUs"),
            row("a/two", "x#web", "`processes` of `web` is unknown: the host's CPUs"),
            row("a/two", "x#db", "`memory` of `db` is unknown: not limited"),
        ];
        let open = group(&rows);
        assert_eq!(open.len(), 2);
        assert_eq!(open[0].reasons, ["`processes` is unknown: the host's CPUs"]);
        let anchors = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            open[0].rules,
            [("a/one".to_owned(), anchors(&["x#web", "x#worker"])), ("a/two".to_owned(), anchors(&["x#web"]))]
        );
        assert_eq!(open[1].reasons, ["`memory` of `db` is unknown: not limited"]);
        assert_eq!(without_name("`web`: `mode` is open: a or b"), "`mode` is open: a or b");
    }
}
