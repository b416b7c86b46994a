//! Conditions that the files decide: `[ "$1" = web ]`, `case "$1" in …`.

use crate::syntax::shell::{Command, Item, Operator, Part, Script, Test, Word};

use super::Machine;
use super::shell::Shell;

impl Machine<'_> {
    /// Whether a branch is taken; [`None`] when only a run would tell.
    pub(super) fn holds(&self, test: &Test, shell: &mut Shell) -> Option<bool> {
        match test {
            Test::Otherwise => Some(true),
            Test::Succeeds(script) => self.succeeds(script, shell),
            Test::Matches { subject, patterns } => {
                let subject = self.told(subject, shell)?;
                let mut open = false;
                for pattern in patterns {
                    match pattern.literal() {
                        Some(pattern) if matches(&pattern.text, &subject) => return Some(true),
                        Some(_) => {}
                        None => open = true,
                    }
                }
                (!open).then_some(false)
            }
        }
    }

    fn succeeds(&self, script: &Script, shell: &mut Shell) -> Option<bool> {
        match script.items.as_slice() {
            [item] => self.item_holds(item, shell),
            [Item::Command(not), item] if is_not(not) => self.item_holds(item, shell).map(|it| !it),
            _ => None,
        }
    }

    /// Whether a test holds; [`None`] for what is none.
    pub(super) fn item_holds(&self, item: &Item, shell: &mut Shell) -> Option<bool> {
        match item {
            Item::Command(command) => self.command_holds(command, shell),
            Item::List { parts, operators, .. } => {
                let mut parts = parts.iter();
                let mut truth = self.item_holds(parts.next()?, shell);
                for (part, operator) in parts.zip(operators) {
                    truth = match (operator, truth) {
                        (Operator::And, Some(false)) | (Operator::Or, Some(true)) => truth,
                        (Operator::And, Some(true)) | (Operator::Or, Some(false)) => self.item_holds(part, shell),
                        (Operator::And, None) => self.item_holds(part, shell).filter(|it| !it),
                        (Operator::Or, None) => self.item_holds(part, shell).filter(|it| *it),
                        (Operator::Pipe, _) => return None,
                    };
                }
                truth
            }
            _ => None,
        }
    }

    fn command_holds(&self, command: &Command, shell: &mut Shell) -> Option<bool> {
        let (first, mut rest) = command.words.split_first()?;
        match &*first.literal()?.text {
            "[" | "[[" => rest = rest.split_last()?.1,
            "test" => {}
            "true" | ":" => return Some(true),
            "false" => return Some(false),
            _ => return None,
        }
        self.compares(rest, shell)
    }

    fn compares(&self, words: &[Word], shell: &mut Shell) -> Option<bool> {
        let literal = |word: &Word| word.literal().filter(|_| !word.quoted).map(|it| it.text);
        match words {
            [not, rest @ ..] if literal(not).as_deref() == Some("!") && !rest.is_empty() => {
                self.compares(rest, shell).map(|it| !it)
            }
            [word] => Some(!self.value(shell, word).known()?.is_empty()),
            [operator, word] => {
                let operator = literal(operator).filter(|it| matches!(&**it, "-n" | "-z"))?;
                // As for `${NAME:-4}`, what no file sets is taken to be unset.
                let unset = matches!(word.parts.as_slice(), [Part::Variable { name, fallback: None, span }]
                    if self.lookup(shell, name, *span).is_none());
                let value = self.value(shell, word);
                let empty = unset || value.known()?.is_empty();
                Some(empty == (&*operator == "-z"))
            }
            [left, operator, right] => {
                let operator = literal(operator)?;
                let (left, right) = (&*self.told(left, shell)?, &*self.told(right, shell)?);
                let number = |text: &str| text.trim().parse::<i64>().ok();
                match &*operator {
                    "=" | "==" => Some(matches(right, left)),
                    "!=" => Some(!matches(right, left)),
                    "-eq" => Some(number(left)? == number(right)?),
                    "-ne" => Some(number(left)? != number(right)?),
                    "-gt" => Some(number(left)? > number(right)?),
                    "-ge" => Some(number(left)? >= number(right)?),
                    "-lt" => Some(number(left)? < number(right)?),
                    "-le" => Some(number(left)? <= number(right)?),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

impl Machine<'_> {
    /// The text of a word. A variable that nothing sets is empty where all that sets any is in the files.
    fn told(&self, word: &Word, shell: &mut Shell) -> Option<Box<str>> {
        let is_unset = self.service.environment_open.is_none()
            && matches!(word.parts.as_slice(), [Part::Variable { name, fallback: None, span }]
                if self.lookup(shell, name, *span).is_none());
        if is_unset { Some("".into()) } else { self.value(shell, word).known().cloned() }
    }
}

fn is_not(command: &Command) -> bool {
    matches!(command.words.as_slice(), [word] if word.literal().is_some_and(|it| &*it.text == "!"))
}

/// Whether a text matches a pattern of the shell in which only `*` and `?` are special.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // The place to come back to: the last star, and what it has taken so far.
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|&c| c == '*')
}

/// A statement as a reader would write it, for conditions.
pub(super) fn written(item: &Item) -> Box<str> {
    match item {
        Item::Command(command) => {
            let words: Vec<String> = command.words.iter().map(word).collect();
            let text: String = words.join(" ").chars().take(120).collect();
            text.into()
        }
        Item::List { .. } => "several tests".into(),
        _ => "a test".into(),
    }
}

fn word(word: &Word) -> String {
    let text: String = word
        .parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.text.to_string(),
            Part::Variable { name, .. } => format!("${name}"),
            Part::Opaque { text, .. } => text.to_string(),
            Part::Items(_) => "(…)".to_string(),
        })
        .collect();
    if word.quoted && !word.parts.iter().any(|part| matches!(part, Part::Variable { .. })) {
        format!("'{text}'")
    } else {
        text
    }
}
