//! Dockerfiles, read as BuildKit reads them: directives, physical lines, continuations with comments, heredocs, then
//! flags, words and JSON.

mod lines;
mod words;

use serde::{Deserialize, Serialize};

use super::{Mapped, Parsed, Spanned, SyntaxError};
use crate::source::{SourceFile, Span};
pub use lines::joined;
pub use words::{Lookup, expand};

/// A Dockerfile: its instructions in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dockerfile {
    /// The instructions.
    pub instructions: Vec<Instruction>,
    /// Comments, each without its line end.
    pub comments: Vec<Span>,
    /// The escape character: `\` or, by directive, a backquote. [`None`] when no directive names one.
    pub escape: Option<char>,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instruction {
    /// Its name in capitals: `CMD`. For `ONBUILD` it is the name of the inner instruction, and `onbuild` is set.
    pub name: Box<str>,
    /// The name as written.
    pub name_span: Span,
    /// Whether it runs only in images built from this one.
    pub onbuild: bool,
    /// `--from=builder`: name without dashes, and value.
    pub flags: Vec<Flag>,
    /// What follows, by its form.
    pub arguments: Arguments,
    /// Heredocs that belong to it, in order.
    pub heredocs: Vec<Heredoc>,
    /// The whole, from the name to the last byte before the line end (continuation lines included, heredocs too).
    pub span: Span,
}

/// A flag: its name without dashes, and its value.
pub type Flag = (Box<str>, Option<Spanned<Box<str>>>);
/// A name, and what is said of it.
pub type Pair = (Spanned<Box<str>>, Option<Spanned<Box<str>>>);

/// The arguments of an instruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Arguments {
    /// `["a", "b"]`: each string unescaped, with its span (quotes included), and the whole array. For
    /// `HEALTHCHECK CMD [...]` the strings alone.
    Json {
        /// The strings.
        items: Vec<Spanned<Box<str>>>,
        /// From `[` to `]`.
        span: Span,
    },
    /// Words, for instructions that have them (`FROM`, `COPY`, `EXPOSE`, `USER` …), quotes kept as written. `USER`,
    /// `WORKDIR`, `STOPSIGNAL` and `MAINTAINER` have one, the whole line; `HEALTHCHECK` has `NONE`, or `CMD` and the
    /// command.
    Words(Vec<Spanned<Box<str>>>),
    /// `NAME=value` pairs (`ENV`, `ARG`, `LABEL`), quotes taken off, variables not replaced; [`None`] for `ARG NAME`.
    /// The span of a value is that of what is written, quotes included.
    Pairs(Vec<Pair>),
    /// Shell text (`RUN`, shell-form `CMD` and `ENTRYPOINT`), as it stands, continuation lines included: [`joined`]
    /// gives the text that the shell sees.
    Shell(Span),
}

/// A heredoc.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: Box<str>,
    /// Its content, without the last line.
    pub content: Span,
    /// Whether variables are replaced in it.
    pub expand: bool,
    /// Whether tabs before each line are dropped.
    pub chomp: bool,
    /// Its file descriptor: 0 unless given.
    pub descriptor: u32,
}

impl Dockerfile {
    /// The escape character that holds in it.
    pub fn escape(&self) -> char {
        self.escape.unwrap_or('\\')
    }
}

impl Instruction {
    /// The value of a flag.
    pub fn flag(&self, name: &str) -> Option<&Spanned<Box<str>>> {
        self.flags.iter().find(|(flag, _)| &**flag == name).and_then(|(_, value)| value.as_ref())
    }

    /// The words, when it has words.
    pub fn words(&self) -> &[Spanned<Box<str>>] {
        match &self.arguments {
            Arguments::Words(words) => words,
            _ => &[],
        }
    }
}

/// Reads a Dockerfile. What it cannot read of an instruction is an error; the rest is kept.
pub fn parse(file: &SourceFile) -> Parsed<Dockerfile> {
    let mut reader = lines::Lines::new(file);
    let mut parsed = Parsed::<Dockerfile>::default();
    reader.directives(&mut parsed.tree, &mut parsed.errors);
    let escape = parsed.tree.escape();
    while let Some(line) = reader.logical(escape, &mut parsed.tree.comments) {
        let Some(mut instruction) = words::instruction(&line, escape, &mut parsed.errors) else { continue };
        if may_hold_heredocs(&instruction) {
            for mut heredoc in words::heredocs(&line) {
                match reader.heredoc(&heredoc.name, heredoc.chomp) {
                    Ok(content) => heredoc.content = content,
                    Err(rest) => {
                        heredoc.content = rest;
                        let message = format!("expected a line `{}` that ends the heredoc", heredoc.name);
                        parsed.errors.push(SyntaxError { span: instruction.span, message: message.into() });
                    }
                }
                instruction.heredocs.push(heredoc);
            }
        }
        instruction.span = Span { end: reader.end().max(instruction.span.start), ..instruction.span };
        parsed.tree.instructions.push(instruction);
    }
    parsed
}

fn may_hold_heredocs(instruction: &Instruction) -> bool {
    matches!(&*instruction.name, "RUN" | "COPY" | "ADD") && !matches!(instruction.arguments, Arguments::Json { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn read(text: &str) -> (SourceFile, Parsed<Dockerfile>) {
        let file = SourceFile::new(FileId(0), "Dockerfile", Default::default(), text);
        let parsed = parse(&file);
        (file, parsed)
    }

    /// The arguments as BuildKit's parser lists them.
    fn arguments(file: &SourceFile, instruction: &Instruction, escape: char) -> Vec<String> {
        match &instruction.arguments {
            Arguments::Json { items, .. } => items.iter().map(|item| item.value.to_string()).collect(),
            Arguments::Words(words) => words.iter().map(|word| word.value.to_string()).collect(),
            Arguments::Shell(span) => vec![joined(file, *span, escape).text.to_string()],
            Arguments::Pairs(pairs) => pairs
                .iter()
                .flat_map(|(name, value)| {
                    let raw = value.as_ref().map(|value| joined(file, value.span, escape).text.to_string());
                    match (&*instruction.name, raw) {
                        ("ARG", None) => vec![name.value.to_string()],
                        ("ARG", Some(raw)) => vec![format!("{}={raw}", name.value)],
                        (_, raw) => {
                            let after = value.as_ref().map_or(0, |value| value.span.start as usize);
                            let equals = file.text().get(..after).is_some_and(|before| before.ends_with('='));
                            let sign = if equals { "=" } else { "" };
                            vec![name.value.to_string(), raw.unwrap_or_default(), sign.to_string()]
                        }
                    }
                })
                .collect(),
        }
    }

    #[test]
    fn every_case_reads_as_buildkit_reads_it() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/syntax-cases/");
        #[allow(clippy::disallowed_methods, reason = "a test reads its own inputs")]
        let load = |name: &str| std::fs::read_to_string(format!("{folder}{name}")).unwrap();
        for truth in load("dockerfile-truth.jsonl").lines() {
            let truth: serde_json::Value = serde_json::from_str(truth).unwrap();
            let name = truth["File"].as_str().unwrap();
            let (file, parsed) = read(&load(&format!("dockerfile/{name}")));
            if truth["ParseErr"] != "" || truth["InstrErr"] != "" {
                assert!(!parsed.errors.is_empty(), "{name} is refused");
                continue;
            }
            assert_eq!(parsed.errors, [], "{name}");
            let escape = parsed.tree.escape();
            assert_eq!(truth["Escape"], escape.to_string(), "{name}");
            let expected = truth["Ins"].as_array().unwrap();
            assert_eq!(parsed.tree.instructions.len(), expected.len(), "{name}");
            for (instruction, expected) in parsed.tree.instructions.iter().zip(expected) {
                let command = expected["Cmd"].as_str().unwrap().to_uppercase();
                assert_eq!(if instruction.onbuild { "ONBUILD" } else { &instruction.name }, command, "{name}");
                let line = |at: u32| file.line_of(at as usize) as u64 + 1;
                assert_eq!(line(instruction.span.start), expected["S"], "{name} {command}");
                assert_eq!(line(instruction.span.end), expected["E"], "{name} {command}");
                assert_eq!(instruction.heredocs.len() as u64, expected["Heredocs"], "{name} {command}");
                if instruction.onbuild {
                    continue;
                }
                let flags: Vec<String> = instruction
                    .flags
                    .iter()
                    .map(|(name, value)| match value {
                        Some(value) => format!("--{name}={}", value.value),
                        None => format!("--{name}"),
                    })
                    .collect();
                assert_eq!(serde_json::json!(flags), expected["Flags"], "{name} {command}");
                let json = matches!(instruction.arguments, Arguments::Json { .. });
                assert_eq!(json, expected["JSON"], "{name} {command}");
                let arguments = arguments(&file, instruction, escape);
                let wanted: Vec<String> = serde_json::from_value(expected["Args"].clone()).unwrap_or_default();
                assert_eq!(arguments, wanted, "{name} {command}");
            }
        }
    }

    #[test]
    fn spans_are_the_bytes_of_what_they_name() {
        let (file, parsed) = read(
            "FROM a\nENV X=\"4\" Y=b\nCMD [\"gunicorn\", \"caf\\u00e9\"]\nCOPY --from=b x y\nRUN <<EOF\nhi\nEOF\n",
        );
        let slices = |at: usize| -> Vec<&str> {
            match &parsed.tree.instructions[at].arguments {
                Arguments::Json { items, .. } => items.iter().map(|item| file.slice(item.span)).collect(),
                Arguments::Pairs(pairs) => {
                    pairs.iter().map(|(_, value)| file.slice(value.as_ref().unwrap().span)).collect()
                }
                Arguments::Words(words) => words.iter().map(|word| file.slice(word.span)).collect(),
                Arguments::Shell(span) => vec![file.slice(*span)],
            }
        };
        assert_eq!(slices(1), ["\"4\"", "b"]);
        assert_eq!(slices(2), ["\"gunicorn\"", "\"caf\\u00e9\""]);
        assert_eq!(slices(3), ["x", "y"]);
        assert_eq!(file.slice(parsed.tree.instructions[3].flag("from").unwrap().span), "b");
        assert_eq!(file.slice(parsed.tree.instructions[4].heredocs[0].content), "hi\n");
        assert_eq!(file.slice(parsed.tree.instructions[4].span), "RUN <<EOF\nhi\nEOF");
    }

    #[test]
    fn an_instruction_that_nobody_knows_is_an_error_and_the_rest_is_kept() {
        let (file, parsed) = read("FROM a\nRUNN x\nCMD y\nCMD [1]\nRUN cat <<EOF\nnever ends");
        assert_eq!(parsed.tree.instructions.len(), 4);
        let errors: Vec<_> = parsed.errors.iter().map(|error| (file.slice(error.span), &*error.message)).collect();
        assert_eq!(
            errors,
            [
                ("RUNN", "expected an instruction such as RUN or COPY, found `RUNN`"),
                ("[1]", "expected only strings in the list"),
                ("RUN cat <<EOF", "expected a line `EOF` that ends the heredoc"),
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(FROM|RUN|CMD|ENV|COPY|ONBUILD|\\[|\"|'|<<|EOF|\\\\|\n|\r|#|=|-|é| |a|\\$|\\{|\\}){0,60}") {
            let (file, parsed) = read(&text);
            for instruction in &parsed.tree.instructions {
                proptest::prop_assert!(file.text().get(instruction.span.range()).is_some());
            }
        }
    }
}
