//! The shell: entrypoint scripts, shell-form commands, and `command:` strings.
//!
//! Statements come from tree-sitter's grammar of bash; words are parted by our own lexer, which knows the place of each
//! byte. A line that is one simple command starts no parser at all.

mod tree;
mod word;

use serde::{Deserialize, Serialize};

use super::{Mapped, Parsed, SyntaxError};
use crate::source::Span;
pub use word::{only_word, split};

/// A script or command line: its statements in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// What runs, in order.
    pub items: Vec<Item>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Item {
    /// A simple command, possibly with assignments before it; alone, they set variables.
    Command(Command),
    /// `a && b`, `a || b`, `a | b`: the parts in order, with the operator between them.
    List {
        /// The parts.
        parts: Vec<Item>,
        /// The operators, one less than the parts.
        operators: Vec<Operator>,
        /// The whole.
        span: Span,
    },
    /// `if`/`case`: its branches; the first whose test holds is taken.
    Branches {
        /// Each branch, in order.
        branches: Vec<Branch>,
        /// The whole.
        span: Span,
    },
    /// `for`/`while`: what it runs, perhaps never, perhaps often.
    Loop {
        /// What it runs.
        body: Script,
        /// The whole.
        span: Span,
    },
    /// A function, by its name.
    Function {
        /// Its name.
        name: Box<str>,
        /// What it runs when called.
        body: Script,
        /// The whole.
        span: Span,
    },
    /// `( … )` or `{ …; }`.
    Group {
        /// What it runs.
        body: Script,
        /// Whether in a shell of its own.
        subshell: bool,
        /// The whole.
        span: Span,
    },
}

/// A branch of `if` or `case`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// Its condition as it is written: `[ "$DEBUG" = 1 ]`, `$1 is web|serve`; none for `else` and `*)`.
    pub condition: Option<Box<str>>,
    /// What must hold for it to be taken.
    pub test: Test,
    /// What it runs.
    pub body: Script,
}

/// What must hold for a branch to be taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// Nothing: `else`, `*)`.
    Otherwise,
    /// The statements end well: `if [ … ]`.
    Succeeds(Script),
    /// The subject matches one of the patterns: `case "$1" in web|serve)`.
    Matches {
        /// The subject.
        subject: Word,
        /// The patterns.
        patterns: Vec<Word>,
    },
}

/// What stands between two commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// `NAME=value` before it. What `export`, `declare` and their kin assign is among its words.
    pub assignments: Vec<(Box<str>, Word)>,
    /// Its words; none when it only assigns. `exec` is a word like any other here.
    pub words: Vec<Word>,
    /// Whether `&` follows.
    pub background: bool,
    /// From its first assignment or word to its last.
    pub span: Span,
}

/// A word, made of parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// Its parts in order; none for `""`.
    pub parts: Vec<Part>,
    /// The whole word, quotes included.
    pub span: Span,
    /// Whether it is quoted, wholly or in part: an unquoted word with variables may become several or none.
    pub quoted: bool,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// Text, with quotes and escapes taken off. Globs stay as they are written.
    Text(Mapped),
    /// `$NAME`, `${NAME}`, `${NAME:-default}` …
    Variable {
        /// The name: `PORT`, `1`, `@`.
        name: Box<str>,
        /// The operator and what follows it.
        fallback: Option<(Fallback, Word)>,
        /// `${…}` with its braces.
        span: Span,
    },
    /// `$(…)`, backquotes, `$((…))` or anything else whose value only a run would tell: its text.
    Opaque {
        /// As it is written.
        text: Box<str>,
        /// Where.
        span: Span,
    },
    /// `(a b c)`: what an array is assigned. What `+=` adds to is the first of them.
    Items(Vec<Word>),
}

/// What a variable's operator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fallback {
    /// `:-`: when unset or empty.
    Default,
    /// `-`: when unset.
    DefaultIfUnset,
    /// `:=` and `=`: likewise, and assigns it.
    Assign,
    /// `:+` and `+`: the text instead, when it is set.
    Alternative,
    /// `:?` and `?`: fails when unset.
    Error,
    /// `#`, `%`, `/` …: changes the text.
    Other,
}

impl Word {
    /// The text with its places, when the word is nothing but text.
    pub fn literal(&self) -> Option<Mapped> {
        match self.parts.as_slice() {
            [] => Some(Mapped::verbatim("", Span { end: self.span.start, ..self.span })),
            [Part::Text(text)] => Some(text.clone()),
            _ => None,
        }
    }
}

/// The longest text that is read, in bytes; more than any script is.
const LONGEST: usize = 1 << 20;

/// Reads shell text. What it cannot read is an error; the rest is kept.
pub fn parse(text: &Mapped) -> Parsed<Script> {
    if text.text.len() > LONGEST {
        let message = format!("expected a script of at most {LONGEST} bytes, found {}", text.text.len()).into();
        return Parsed { errors: vec![SyntaxError { span: text.span(0..0), message }], ..Parsed::default() };
    }
    match word::simple(text) {
        Some(command) => {
            let items = if command.words.is_empty() && command.assignments.is_empty() {
                Vec::new()
            } else {
                vec![Item::Command(command)]
            };
            Parsed { tree: Script { items }, errors: Vec::new() }
        }
        None => tree::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn mapped(text: &str) -> Mapped {
        Mapped::verbatim(text, Span::new(FileId(0), 0, text.len()))
    }

    /// The script as a line each statement: its words, each in the bytes its span covers, parted by `|`.
    fn show(text: &str) -> String {
        let parsed = parse(&mapped(text));
        assert_eq!(parsed.errors, [], "{text}");
        let mut out = String::new();
        script(&mut out, text, &parsed.tree, 0);
        out
    }

    fn script(out: &mut String, text: &str, tree: &Script, depth: usize) {
        for item in &tree.items {
            one(out, text, item, depth);
        }
    }

    fn one(out: &mut String, text: &str, item: &Item, depth: usize) {
        let pad = "  ".repeat(depth);
        let slice = |span: Span| text.get(span.range()).unwrap();
        match item {
            Item::Command(command) => {
                let mut words: Vec<String> =
                    command.assignments.iter().map(|(name, word)| format!("{name}:={}", slice(word.span))).collect();
                words.extend(command.words.iter().map(|word| slice(word.span).to_string()));
                let background = if command.background { " &" } else { "" };
                out.push_str(&format!("{pad}{}{background}\n", words.join("|")));
            }
            Item::List { parts, operators, .. } => {
                out.push_str(&format!("{pad}list {operators:?}\n"));
                parts.iter().for_each(|part| one(out, text, part, depth + 1));
            }
            Item::Branches { branches, .. } => {
                for branch in branches {
                    out.push_str(&format!("{pad}when {}\n", branch.condition.as_deref().unwrap_or("else")));
                    script(out, text, &branch.body, depth + 1);
                }
            }
            Item::Loop { body, .. } => {
                out.push_str(&format!("{pad}loop\n"));
                script(out, text, body, depth + 1);
            }
            Item::Function { name, body, .. } => {
                out.push_str(&format!("{pad}function {name}\n"));
                script(out, text, body, depth + 1);
            }
            Item::Group { body, subshell, .. } => {
                out.push_str(&format!("{pad}group {subshell}\n"));
                script(out, text, body, depth + 1);
            }
        }
    }

    #[test]
    fn an_entrypoint_is_read_whole() {
        let text = r#"#!/bin/sh
set -e
X=4 Y="a b"
export WEB=${WEB:-$X}
[ "$DEBUG" = 1 ] && exec gunicorn app:app -w ${W:-4} > /dev/null --x 2>&1
if [ -f x ]; then a; elif test "$1" = web; then b; else c; fi
case "$1" in
  web|serve) exec gunicorn;;
  *) exec "$@";;
esac
while ! nc -z db 5432; do sleep 1; done
f() { echo hi; }
gunicorn a &
a && b || c | d
( cd x; y )
{ p; q; }
cat <<EOT | foo --bar
hello
EOT
long   --one=1   --two
"#;
        let expected = r#"set|-e
X:=4|Y:="a b"
export|WEB=${WEB:-$X}
list [And]
  [|"$DEBUG"|=|1|]
  exec|gunicorn|app:app|-w|${W:-4}|--x
when [ -f x ]
  a
when test "$1" = web
  b
when else
  c
when $1 is web|serve
  exec|gunicorn
when else
  exec|"$@"
loop
  sleep|1
function f
  echo|hi
gunicorn|a &
list [And, Or]
  a
  b
  list [Pipe]
    c
    d
group true
  cd|x
  y
group false
  p
  q
list [Pipe]
  cat
  foo|--bar
long|--one=1|--two
"#;
        assert_eq!(show(text), expected);
    }

    #[test]
    fn a_simple_command_has_its_words_and_parts() {
        let text = r#"A=1 gunicorn 'app:app' --bind="0.0.0.0:${PORT:-80}" -w $(nproc) $"#;
        let parsed = parse(&mapped(text));
        let [Item::Command(command)] = parsed.tree.items.as_slice() else { panic!("one command") };
        let words: Vec<&str> = command.words.iter().map(|word| &text[word.span.range()]).collect();
        assert_eq!(words, ["gunicorn", "'app:app'", "--bind=\"0.0.0.0:${PORT:-80}\"", "-w", "$(nproc)", "$"]);
        let [Part::Text(before), Part::Variable { name, fallback: Some((Fallback::Default, word)), span }] =
            command.words[2].parts.as_slice()
        else {
            panic!("{:?}", command.words[2].parts)
        };
        assert_eq!((&*before.text, &**name, &text[span.range()]), ("--bind=0.0.0.0:", "PORT", "${PORT:-80}"));
        assert_eq!(&text[before.span(7..14).range()], "0.0.0.0");
        assert_eq!(&text[word.span.range()], "80");
        assert!(matches!(command.words[4].parts.as_slice(), [Part::Opaque { .. }]));
        assert_eq!(command.assignments[0].0.as_ref(), "A");
    }

    #[test]
    fn a_text_without_a_shell_is_only_split() {
        let words = split(&mapped(r#"bash -c "a && b $X" 'c d' e\ f"#));
        let texts: Vec<String> = words.iter().map(|word| word.literal().unwrap().text.to_string()).collect();
        assert_eq!(texts, ["bash", "-c", "a && b $X", "c d", "e f"]);
        let inner = words[2].literal().unwrap();
        let parsed = parse(&inner);
        let Item::List { parts, .. } = &parsed.tree.items[0] else { panic!("a list") };
        let Item::Command(last) = &parts[1] else { panic!("a command") };
        assert_eq!((last.span.start, last.span.end), (14, 18));
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_the_rest_is_kept() {
        let parsed = parse(&mapped("a b\nif [ x ]; then\nfi fi )\nexec gunicorn\n"));
        assert!(!parsed.errors.is_empty());
        assert!(matches!(parsed.tree.items.first(), Some(Item::Command(_))));
    }

    #[test]
    fn what_the_grammar_lacks_within_an_expansion_is_no_error() {
        let parsed = parse(&mapped("NAME=${X:-u`date`}\nexec gunicorn app:app\n"));
        assert_eq!(parsed.errors, []);
        let Some(Item::Command(last)) = parsed.tree.items.last() else { panic!("{:?}", parsed.tree) };
        assert_eq!(last.words.first().and_then(Word::literal).map(|it| it.text.to_string()).as_deref(), Some("exec"));
    }

    #[test]
    fn letters_of_all_alphabets_are_read() {
        for letter in ['é', 'Ω', '日', '🚀', '\u{10ffff}'] {
            let text = format!(
                "for i in {{{letter}..9}}; do a; done\necho {{1{letter}..{letter}}} ${letter}\nexec gunicorn app:{letter}\n"
            );
            let parsed = parse(&mapped(&text));
            let Some(Item::Command(last)) = parsed.tree.items.last() else { panic!("{:?}", parsed.tree) };
            let words: Vec<String> = last.words.iter().map(|it| text[it.span.range()].to_owned()).collect();
            assert_eq!(words, ["exec".to_owned(), "gunicorn".to_owned(), format!("app:{letter}")]);
        }
    }

    #[test]
    fn nesting_has_an_end() {
        for text in [
            "(".repeat(5000),
            "$(".repeat(5000),
            "${a:-".repeat(5000),
            "if a; then ".repeat(2000),
            "a && ".repeat(5000) + "b",
        ] {
            parse(&mapped(&text));
            split(&mapped(&text));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(a|if|then|fi|case|in|esac|do|done|;|&|\\||\\$|\\{|\\}|\\(|\\)|\"|'|`|=|<<E|\n|\\\\|é|🚀|\u{10ffff}|\\.\\.| |:-|#|!|\\[|\\]){0,40}") {
            let parsed = parse(&mapped(&text));
            for error in parsed.errors {
                proptest::prop_assert!(text.get(error.span.range()).is_some());
            }
            for word in split(&mapped(&text)) {
                proptest::prop_assert!(text.get(word.span.range()).is_some());
            }
        }
    }
}
