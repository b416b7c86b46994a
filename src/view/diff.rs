//! Changes as hunks of lines: what a reader sees of a fix, and what `git apply` takes.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::mask::{Shown, has_secret, secret_lines};

/// Unchanged lines before and after a change.
pub(super) const CONTEXT: usize = 3;

/// Changes that lie together, with the unchanged lines around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The old lines that it covers, from 0.
    pub old: Range<usize>,
    /// The new lines that it covers, from 0.
    pub new: Range<usize>,
    /// What it is for: the rules' names, parted by `, `.
    pub heading: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether it stays, goes or comes.
    pub sign: Sign,
    /// Its text, its ending included; the file's last line may have none.
    pub text: String,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It stays.
    Same,
    /// It goes.
    Old,
    /// It comes.
    New,
}

impl Sign {
    /// The character before the line.
    pub fn char(self) -> char {
        match self {
            Sign::Same => ' ',
            Sign::Old => '-',
            Sign::New => '+',
        }
    }
}

impl Line {
    /// The line as it may be printed, without its ending.
    pub fn shown(&self) -> String {
        Shown::of(self.text.trim_end_matches(['\n', '\r'])).text
    }
}

impl Hunk {
    /// The same, as it may be printed: secrets masked. It need not apply any more.
    #[must_use]
    pub fn masked(&self) -> Hunk {
        let mask = |line: &Line| {
            let body = line.text.trim_end_matches(['\n', '\r']);
            Line { sign: line.sign, text: Shown::of(body).text + &line.text[body.len()..] }
        };
        Hunk { lines: self.lines.iter().map(mask).collect(), ..self.clone() }
    }

    /// Whether one of its lines holds a secret.
    pub fn has_secret(&self) -> bool {
        self.lines.iter().any(|line| has_secret(&line.text))
    }
}

impl fmt::Display for Hunk {
    /// As in a unified diff, from `@@` on.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An empty range is named by the line before it.
        let range = |it: &Range<usize>| match it.len() {
            0 => format!("{},0", it.start),
            1 => format!("{}", it.start + 1),
            len => format!("{},{len}", it.start + 1),
        };
        write!(out, "@@ -{} +{} @@", range(&self.old), range(&self.new))?;
        if !self.heading.is_empty() {
            write!(out, " {}", self.heading)?;
        }
        writeln!(out)?;
        for line in &self.lines {
            write!(out, "{}{}", line.sign.char(), line.text)?;
            if !line.text.ends_with('\n') {
                writeln!(out, "\n\\ No newline at end of file")?;
            }
        }
        Ok(())
    }
}

/// Old lines, and the new ones in their place.
type Change = (Range<usize>, Range<usize>);

/// What has changed between two texts. Lines that are unchanged and hold a secret are left out of the context where
/// the change can be placed without them.
pub fn hunks(old: &str, new: &str, heading: impl Fn(&Range<usize>) -> String) -> Vec<Hunk> {
    let secret = secret_lines(old);
    // A line ends at `\n` alone, as git has it.
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let mut groups: Vec<Vec<Change>> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if op.tag() == DiffTag::Equal {
            continue;
        }
        let change = (op.old_range(), op.new_range());
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|last| change.0.start - last.0.end <= 2 * CONTEXT) => {
                group.push(change);
            }
            _ => groups.push(vec![change]),
        }
    }
    groups.iter().map(|group| hunk(group, &old, &new, &secret, &heading)).collect()
}

fn hunk(
    group: &[Change],
    old: &[&str],
    new: &[&str],
    secret: &BTreeSet<usize>,
    heading: &impl Fn(&Range<usize>) -> String,
) -> Hunk {
    let (first, last) = match group {
        [] => ((0..0, 0..0), (0..0, 0..0)),
        [first, .., last] => (first.clone(), last.clone()),
        [only] => (only.clone(), only.clone()),
    };
    let before = context_before(old, first.0.start.min(old.len()), secret);
    let after = context_after(old, last.0.end.min(old.len()), secret);
    let mut lines = Vec::new();
    let mut push = |sign, texts: &[&str]| {
        lines.extend(texts.iter().map(|text| Line { sign, text: (*text).to_owned() }));
    };
    let mut at = first.0.start - before;
    for (gone, come) in group {
        push(Sign::Same, old.get(at..gone.start).unwrap_or(&[]));
        push(Sign::Old, old.get(gone.clone()).unwrap_or(&[]));
        push(Sign::New, new.get(come.clone()).unwrap_or(&[]));
        at = gone.end;
    }
    push(Sign::Same, old.get(at..at + after).unwrap_or(&[]));
    let new_range = first.1.start - before..last.1.end + after;
    Hunk { old: first.0.start - before..last.0.end + after, heading: heading(&new_range), new: new_range, lines }
}

/// How many lines to show before line `at`. None are needed, save at the file's front, where git wants all there are.
fn context_before(old: &[&str], at: usize, secret: &BTreeSet<usize>) -> usize {
    let shown = |&(at, line): &(usize, &&str)| !has_secret(line) && !secret.contains(&at);
    let clean = old[..at].iter().enumerate().rev().take(CONTEXT).take_while(shown).count();
    // A hunk that starts at the first line is only found there.
    if at <= 1 { at } else { clean }
}

/// How many lines to show from line `at` on. Without any, git takes the change to be the file's end, so there is one.
fn context_after(old: &[&str], at: usize, secret: &BTreeSet<usize>) -> usize {
    let shown = |&(at, line): &(usize, &&str)| !has_secret(line) && !secret.contains(&at);
    let clean = old.iter().enumerate().skip(at).take(CONTEXT).take_while(shown).count();
    clean.max(1).min(old.len() - at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(old: &str, new: &str) -> String {
        hunks(old, new, |_| "area/rule".into()).iter().map(Hunk::to_string).collect()
    }

    #[test]
    fn changes_far_apart_are_hunks_of_their_own() {
        let old: String = (1..=20).map(|n| format!("{n}\n")).collect();
        let new = old.replace("2\n3\n", "2\n2b\n3\n").replace("19\n", "");
        assert_eq!(
            text(&old, &new),
            "@@ -1,5 +1,6 @@ area/rule\n 1\n 2\n+2b\n 3\n 4\n 5\n\
             @@ -16,5 +17,4 @@ area/rule\n 16\n 17\n 18\n-19\n 20\n"
        );
    }

    #[test]
    fn ends_of_lines_and_of_the_file_are_kept() {
        assert_eq!(text("a\r\nb\r\n", "a\r\nc\r\n"), "@@ -1,2 +1,2 @@ area/rule\n a\r\n-b\r\n+c\r\n");
        assert_eq!(
            text("a", "b"),
            "@@ -1 +1 @@ area/rule\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
        );
        assert_eq!(text("", "a\n"), "@@ -0,0 +1 @@ area/rule\n+a\n");
        assert_eq!(text("a\n", "a\n"), "");
    }

    #[test]
    fn secrets_are_left_out_of_the_context() {
        let old = "1\n2\nPASSWORD=a\n4\n5\n6\nPASSWORD=b\n8\n";
        let new = old.replace("5\n", "five\n");
        assert_eq!(text(old, &new), "@@ -4,3 +4,3 @@ area/rule\n 4\n-5\n+five\n 6\n");
        let masked = hunks("PASSWORD=a\n", "PASSWORD=a\nX=1\n", |_| String::new())[0].masked().to_string();
        assert_eq!(masked, "@@ -1 +1,2 @@\n PASSWORD=***\n+X=1\n");
    }
}
