//! Comments that say a finding is known and meant.
//!
//! `plimsoll: ignore[area/rule, area/other] reason` behind something speaks of its line; alone on a line, of the next
//! line that is no comment. `plimsoll: ignore-file[area/rule] reason` speaks of the whole file. Without brackets it
//! speaks of every rule. A finding is met when one of its labels, or the thing it is about, starts on that line: so it
//! can be met even where what is wrong is that something is missing. Comments that speak to ruff are read in `noqa`.

use std::ops::Range;

use super::{Failed, Finding, RuleName, Rules, noqa};
use crate::config::closest;
use crate::source::{Sought, SourceFile, Sources, Span};

/// What starts the words of a suppression; [`Sought::Comment`] finds it.
const MARKER: &str = "plimsoll:";

/// The signs that start a comment in the languages that are read; of two that end alike the longer first.
const COMMENTS: &[&str] = &["<!--", "{#", "//", "/*", "--", "#", ";"];

/// A comment that suppresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// From `plimsoll:` to the closing bracket, or the word before the reason.
    pub span: Span,
    /// The rules it names; empty for all.
    pub rules: Vec<Box<str>>,
    /// What stands behind them; empty when no reason is given.
    pub reason: Box<str>,
    /// The line (from 0) that it speaks of; [`None`] for the whole file.
    pub line: Option<usize>,
    /// Whether it speaks to another program, for which it may be of use when it is of none here.
    pub foreign: bool,
}

/// What became of the findings.
#[derive(Debug, Default)]
pub struct Suppressed {
    /// Findings that a comment speaks of, with the comment's place among [`Suppressed::all`].
    pub findings: Vec<(Finding, usize)>,
    /// All comments, by file and place.
    pub all: Vec<Suppression>,
    /// Those that speak of no finding, by their place in [`Suppressed::all`].
    pub unused: Vec<usize>,
    /// What is wrong with them: where, what.
    pub faults: Vec<(Span, String)>,
}

/// Takes the findings out of `failed` that a comment in their files speaks of. `selected` says which rules were run: a
/// comment is only unused when the rules that it names were.
pub fn suppress(
    sources: &Sources,
    rules: &Rules,
    selected: impl Fn(&str) -> bool,
    failed: &mut Vec<Failed>,
) -> Suppressed {
    let mut out = Suppressed::default();
    for file in sources.iter() {
        collect(file, rules, &mut out);
        noqa::collect(file, rules, &mut out.all);
    }
    if out.all.is_empty() {
        return out;
    }
    let mut used = vec![false; out.all.len()];
    let (findings, all) = (&mut out.findings, &out.all);
    failed.retain(|it| {
        let met = all.iter().position(|suppression| speaks_of(suppression, it, sources));
        if let Some(at) = met {
            findings.push((it.finding.clone(), at));
            // Others that speak of it, too, are not useless for that.
            for (mark, suppression) in used.iter_mut().zip(all) {
                *mark |= speaks_of(suppression, it, sources);
            }
        }
        met.is_none()
    });
    let ran =
        |it: &Suppression| !it.foreign && it.rules.iter().all(|rule| selected(rule) && rules.page(rule).is_some());
    out.unused = (0..used.len()).filter(|at| !used[*at] && out.all.get(*at).is_some_and(ran)).collect();
    out
}

fn speaks_of(suppression: &Suppression, failed: &Failed, sources: &Sources) -> bool {
    let rule: &RuleName = &failed.finding.rule;
    if !suppression.rules.is_empty() && !suppression.rules.iter().any(|it| **it == **rule) {
        return false;
    }
    let spans = failed.finding.labels.iter().map(|label| label.span).chain(failed.places.iter().copied());
    let file = suppression.span.file;
    let mut here = spans.filter(|span| span.file == file);
    match suppression.line {
        Some(line) => here.any(|span| sources.file(file).line_of(span.start as usize) == line),
        None => here.next().is_some() || *failed.finding.anchor.file == *sources.file(file).path,
    }
}

/// Finds a file's comments.
fn collect(file: &SourceFile, rules: &Rules, out: &mut Suppressed) {
    for at in file.places(Sought::Comment).iter().map(|at| *at as usize) {
        let line = file.line_of(at);
        let range = file.line_range(line);
        let (Some(before), Some(behind)) =
            (file.text().get(range.start..at), file.text().get(at + MARKER.len()..range.end))
        else {
            continue;
        };
        let Some(code) = comment(before) else { continue };
        match read(behind) {
            Ok(None) => {}
            Ok(Some(words)) => {
                let span = file.span(at..at + MARKER.len() + words.len);
                for (rule, place) in &words.rules {
                    let start = at + MARKER.len() + place.start;
                    if rules.page(rule).is_none() {
                        let hint = closest(rule, rules.names())
                            .map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
                        let fault = (file.span(start..start + rule.len()), format!("there is no rule `{rule}`{hint}"));
                        out.faults.push(fault);
                    }
                }
                let line = match (words.whole_file, code.trim().is_empty()) {
                    (true, _) => None,
                    (false, false) => Some(line),
                    (false, true) => Some(next_line(file, line)),
                };
                let rules = words.rules.into_iter().map(|(rule, _)| rule.into()).collect();
                out.all.push(Suppression { span, rules, reason: words.reason.into(), line, foreign: false });
            }
            Err(message) => out.faults.push((file.span(at..at + MARKER.len()), message)),
        }
    }
}

/// What stands before the comment whose words start behind `before`; [`None`] when there is no comment.
fn comment(before: &str) -> Option<&str> {
    let before = before.trim_end();
    let sign = COMMENTS.iter().find(|sign| before.ends_with(**sign))?;
    before.strip_suffix(sign)
}

struct Words<'a> {
    whole_file: bool,
    rules: Vec<(&'a str, Range<usize>)>,
    reason: &'a str,
    /// How many bytes they take, without the reason.
    len: usize,
}

/// The words behind the marker. Other words than these are nobody's business, unless they are nearly these.
fn read(text: &str) -> Result<Option<Words<'_>>, String> {
    let blank = text.len() - text.trim_start().len();
    let rest = &text[blank..];
    let word = &rest[..rest.find(|c: char| !c.is_ascii_alphabetic() && c != '-').unwrap_or(rest.len())];
    let whole_file = match word {
        "ignore" => false,
        "ignore-file" => true,
        _ => {
            let hint = closest(word, ["ignore", "ignore-file"]);
            return hint.map_or(Ok(None), |it| Err(format!("`{word}` means nothing here; did you mean `{it}`?")));
        }
    };
    let mut len = blank + word.len();
    let mut rules = Vec::new();
    if let Some(inside) = text.get(len..).and_then(|rest| rest.strip_prefix('[')) {
        let Some(end) = inside.find(']') else { return Err("`[` is not closed by `]`".to_owned()) };
        let mut at = len + 1;
        for part in inside[..end].split(',') {
            let rule = part.trim();
            let start = at + (part.len() - part.trim_start().len());
            if !rule.is_empty() {
                rules.push((rule, start..start + rule.len()));
            }
            at += part.len() + 1;
        }
        if rules.is_empty() {
            return Err("the brackets name no rule: leave them out to speak of all".to_owned());
        }
        len += end + 2;
    }
    let reason = text.get(len..).unwrap_or("").trim();
    let reason = ["-->", "#}", "*/"].iter().find_map(|end| reason.strip_suffix(end)).unwrap_or(reason).trim_end();
    Ok(Some(Words { whole_file, rules, reason, len }))
}

/// The next line that has more on it than a comment; the file's last line when there is none.
fn next_line(file: &SourceFile, line: usize) -> usize {
    let last = file.line_starts().len() - 1;
    (line + 1..=last)
        .find(|line| {
            let text = file.line(*line).trim();
            !text.is_empty() && !COMMENTS.iter().any(|sign| text.starts_with(sign))
        })
        .unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::rule::{Confidence, Label, Severity};
    use crate::source::FileId;
    use crate::stack::{Anchor, EntityId, Kind};

    const PAGE: &str = "---\ntitle: t\nseverity: low\nfor: service\nwhen: it.replicas > 1\nmessage: m\n---\n";

    fn rules() -> Rules {
        let mut rules = Rules::default();
        let page = |name: &str| (format!("rules/{name}.md"), PAGE.to_owned());
        rules.load_user([page("a/one"), page("a/two")]).unwrap();
        rules
    }

    fn sources(text: &str) -> Sources {
        Sources::new(vec![SourceFile::new(FileId(0), "compose.yaml", PathBuf::new(), text)])
    }

    /// A finding whose label starts at the word `here`.
    fn failed(rule: &str, text: &str) -> Failed {
        let at = text.find("here").unwrap();
        let span = Span::new(FileId(0), at, at + 4);
        let finding = Finding {
            rule: rule.into(),
            severity: Severity::Low,
            confidence: Confidence::High,
            message: "m".into(),
            anchor: Anchor::new("compose.yaml", "services.web"),
            labels: vec![Label { span, text: "x".into() }],
            notes: Vec::new(),
            fixes: Vec::new(),
            verify: String::new(),
        };
        Failed {
            finding,
            stack: 0,
            entity: EntityId { kind: Kind::Service, at: 0 },
            shared: Vec::new(),
            places: Vec::new(),
        }
    }

    /// How many findings of `a/one` are left, how many comments are useless, and what is wrong with them.
    fn left(text: &str) -> (usize, usize, Vec<String>) {
        let mut found = vec![failed("a/one", text)];
        let out = suppress(&sources(text), &rules(), |_| true, &mut found);
        (found.len(), out.unused.len(), out.faults.into_iter().map(|(_, message)| message).collect())
    }

    #[test]
    fn a_comment_speaks_of_its_line_or_the_next() {
        assert_eq!(left("here: 1 # plimsoll: ignore[a/one] we know\n"), (0, 0, vec![]));
        assert_eq!(left("# plimsoll: ignore[a/two, a/one]\n\n# another\nhere: 1\n"), (0, 0, vec![]));
        assert_eq!(left("<!-- plimsoll: ignore -->\nhere\n"), (0, 0, vec![]));
        assert_eq!(left("// plimsoll:ignore[a/one]\nhere\n"), (0, 0, vec![]));
        assert_eq!(left("{# plimsoll: ignore[a/one] #}\nhere\n"), (0, 0, vec![]));
        assert_eq!(left("# plimsoll: ignore[a/two]\nhere\n"), (1, 1, vec![]));
        assert_eq!(left("# plimsoll: ignore[a/one]\nnot yet\nhere\n"), (1, 1, vec![]));
        assert_eq!(left("here\nx\ny # plimsoll: ignore-file[a/one] reason\n"), (0, 0, vec![]));
    }

    #[test]
    fn what_is_no_comment_is_no_suppression() {
        assert_eq!(left("text: plimsoll: ignore\nhere\n").0, 1);
        assert_eq!(left("# plimsoll: the tool\nhere\n"), (1, 0, vec![]));
    }

    #[test]
    fn mistakes_are_said() {
        assert_eq!(left("here # plimsoll: ignore[a/onne]\n").2, ["there is no rule `a/onne`; did you mean `a/one`?"]);
        assert_eq!(left("here # plimsoll: ingore\n").2, ["`ingore` means nothing here; did you mean `ignore`?"]);
        assert_eq!(left("here # plimsoll: ignore[a/one\n").2, ["`[` is not closed by `]`"]);
        assert_eq!(
            left("here # plimsoll: ignore[]\n").2,
            ["the brackets name no rule: leave them out to speak of all"]
        );
    }

    #[test]
    fn reasons_and_places_are_kept() {
        let text = "x\r\nhere # plimsoll: ignore[a/one]  the gateway limits it\r\n";
        let mut found = vec![failed("a/one", text)];
        let out = suppress(&sources(text), &rules(), |_| true, &mut found);
        let one = &out.all[0];
        assert_eq!((&*one.reason, one.line, out.findings.len()), ("the gateway limits it", Some(1), 1));
        assert_eq!(&text[one.span.range()], "plimsoll: ignore[a/one]");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(plimsoll:|#|ignore|-file|\\[|\\]|,|a/one|é|\n|\r| ){0,40}") {
            collect(sources(&text).file(FileId(0)), &rules(), &mut Suppressed::default());
        }
    }
}
