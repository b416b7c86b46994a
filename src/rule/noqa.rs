//! Comments that speak to ruff and flake8: `# noqa: S113`.
//!
//! Who has written one for a code has judged the line, so it speaks of the rules that name the code among their aliases,
//! too. A `# noqa` without codes speaks of whatever else was said of the line, and of no rule here. The forms are ruff's
//! (0.14): codes behind a colon, parted by commas or blanks, in either case; `# ruff: noqa: S113` and `# flake8: noqa:
//! S113` speak of the whole file.

use super::suppress::Suppression;
use super::{Rule, Rules};
use crate::source::{Sought, SourceFile};

/// The comments of a file that name a code which a rule has as its alias.
pub(super) fn collect(file: &SourceFile, rules: &Rules, out: &mut Vec<Suppression>) {
    if !file.path.ends_with(".py") && !file.path.ends_with(".pyi") {
        return;
    }
    for at in file.places(Sought::Noqa).iter().map(|at| *at as usize) {
        let line = file.line_of(at);
        let range = file.line_range(line);
        let (Some(before), Some(behind)) = (file.text().get(range.start..at), file.text().get(at..range.end)) else {
            continue;
        };
        let before = before.trim_end();
        let whole = ["ruff:", "flake8:"].iter().find_map(|it| before.strip_suffix(it));
        if !whole.unwrap_or(before).trim_end().ends_with('#') {
            continue;
        }
        let Some(colon) = behind.find(':') else { continue };
        let (codes, len) = codes(&behind[colon + 1..]);
        let named = |code: &&str| {
            let has = |rule: &Rule| rule.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(code));
            let pages = rules.pages().iter().filter(|it| it.rule().is_ok_and(has));
            pages.map(|it| Box::from(&*it.name)).collect::<Vec<Box<str>>>()
        };
        let rules: Vec<Box<str>> = codes.iter().flat_map(named).collect();
        if !rules.is_empty() {
            let end = colon + 1 + len;
            let reason = behind.get(end..).unwrap_or("").trim().trim_start_matches(['#', '-']).trim_start().into();
            let line = whole.is_none().then_some(line);
            out.push(Suppression { span: file.span(at..at + end), rules, reason, line, foreign: true });
        }
    }
}

/// The codes behind the colon, and how many bytes they take.
fn codes(text: &str) -> (Vec<&str>, usize) {
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let start = at + (rest.len() - rest.trim_start_matches([' ', '\t', ',']).len());
        let word = &text[start..];
        let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
        let digits = word[letters..].bytes().take_while(u8::is_ascii_digit).count();
        let end = start + letters + digits;
        let ends = !text[end..].starts_with(|it: char| it.is_alphanumeric() || it == '_');
        if letters == 0 || digits == 0 || !ends {
            return (found, at);
        }
        found.push(&text[start..end]);
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::source::FileId;

    /// The rules that comments of a file speak of, each with the line (from 0) it is of.
    fn spoken(path: &str, text: &str) -> Vec<String> {
        let page =
            "---\ntitle: t\nseverity: low\nfor: service\nwhen: it.replicas > 1\nmessage: m\naliases: [S113]\n---\n";
        let mut rules = Rules::default();
        rules.load_user([("rules/a/one.md".to_owned(), page.to_owned())]).unwrap();
        let file = SourceFile::new(FileId(0), path, PathBuf::new(), text);
        let mut out = Vec::new();
        collect(&file, &rules, &mut out);
        let said = |it: &Suppression| format!("{} {:?} {}", it.rules.join(","), it.line, it.reason);
        out.iter().map(said).collect()
    }

    #[test]
    fn a_code_speaks_of_the_rules_that_have_it_as_an_alias() {
        for text in [
            "x()  # noqa: S113\n",
            "x()  #noqa:E501,S113\n",
            "x() # NOQA: s113 E501\n",
            "x()  # type: ignore # noqa : S113\n",
        ] {
            assert_eq!(spoken("a.py", text), ["a/one Some(0) "], "{text}");
        }
        assert_eq!(spoken("a.py", "\nx()  # noqa: S113 - the proxy ends it\n"), ["a/one Some(1) the proxy ends it"]);
        assert_eq!(spoken("a.py", "# ruff: noqa: S113\n"), ["a/one None "]);
        assert_eq!(spoken("a.py", "# flake8: noqa: S113\n"), ["a/one None "]);
    }

    #[test]
    fn what_names_no_code_of_a_rule_says_nothing() {
        for text in
            ["x()  # noqa\n", "x()  # noqa: E501\n", "x('noqa: S113')\n", "x()  # noqa: S1134\n", "# noqa: S113x\n"]
        {
            assert!(spoken("a.py", text).is_empty(), "{text}");
        }
        assert!(spoken("a.yaml", "x: 1 # noqa: S113\n").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(noqa|NOQA|ruff:|#|:|S113|,|é|\n|\r| ){0,40}") {
            spoken("a.py", &text);
        }
    }
}
