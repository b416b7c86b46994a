//! Dockerfiles: what each stage says, in order. Which values hold in the end depends on the stage that is built and on
//! build arguments, so `link::image` works that out.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile, Span};
use crate::syntax::dockerfile::{self, Arguments, Instruction, joined};
use crate::syntax::shell::{self, Script};
use crate::syntax::{Mapped, Parsed, Spanned, SyntaxError};

/// A Dockerfile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dockerfile {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// The escape character.
    pub escape: char,
    /// `ARG` before the first `FROM`: names with their defaults as written.
    pub args: Vec<(Box<str>, Option<Raw>)>,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// What could not be read.
    pub errors: Vec<SyntaxError>,
}

/// A text whose variables are not filled in yet, quotes and escapes as they are written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raw {
    /// The text, continuation lines joined.
    pub text: Box<str>,
    /// Where it stands.
    pub span: Span,
}

/// From one `FROM` to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// `AS name`.
    pub name: Option<Spanned<Box<str>>>,
    /// The image or the stage it starts from.
    pub from: Raw,
    /// `--platform`.
    pub platform: Option<Box<str>>,
    /// What it says, in order.
    pub steps: Vec<Step>,
    /// The `FROM`.
    pub span: Span,
}

/// An instruction that matters to what runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// A variable of `ENV`.
    Env {
        /// Its name.
        name: Box<str>,
        /// Its value.
        value: Raw,
        /// Name and value.
        span: Span,
    },
    /// `ARG`, with its default.
    Arg {
        /// Its name.
        name: Box<str>,
        /// Its default.
        default: Option<Raw>,
    },
    /// `WORKDIR`
    Workdir(Raw),
    /// `USER`
    User(Raw),
    /// `SHELL`: the program and its options.
    Shell(Vec<Box<str>>),
    /// `ENTRYPOINT`
    Entrypoint(Command),
    /// `CMD`
    Cmd(Command),
    /// `COPY` or `ADD`.
    Copy {
        /// The stage or image it takes files from, when that is not the context.
        from: Option<Box<str>>,
        /// What is copied.
        sources: Vec<Box<str>>,
        /// Where to.
        target: Box<str>,
        /// The instruction.
        span: Span,
    },
    /// What a `RUN` moves, copies or links within the image (`mv`, `cp`, `ln -s`, `install`).
    Place {
        /// What; the last part of a path may hold `*`.
        sources: Vec<Box<str>>,
        /// Where to.
        target: Box<str>,
        /// The last word.
        span: Span,
    },
    /// A port of `EXPOSE`.
    Expose(Raw),
    /// `HEALTHCHECK`, other than `NONE`.
    Healthcheck(Span),
    /// A package that a `RUN` installs.
    Install(Package),
}

/// A command, in one of its two forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// `["program", "argument"]`, which no shell sees.
    Exec {
        /// Its words; each span is that of the content, quotes not included.
        words: Vec<Spanned<Box<str>>>,
        /// From `[` to `]`.
        span: Span,
    },
    /// What the image's shell reads.
    Shell {
        /// The text, continuation lines joined.
        text: Mapped,
        /// Its statements.
        script: Script,
        /// The whole.
        span: Span,
    },
}

/// What installs a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Installer {
    /// pip, or uv in its place.
    Pip,
    /// apt, apk, dnf: the system's own.
    System,
    /// `pip install -r`: the name is a file's.
    Requirements,
}

/// A package that an image installs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// What installs it.
    pub installer: Installer,
    /// Its name, without extras: `uvicorn`. Variables in it and in the version are not filled in yet.
    pub name: Box<str>,
    /// What is asked of its version: `==20.1`; empty when nothing is.
    pub version: Box<str>,
    /// The word.
    pub span: Span,
}

/// Whether a path names a Dockerfile: `Dockerfile`, `Dockerfile.prod`, `web.dockerfile`, `Containerfile`.
pub fn is_dockerfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = ["dockerfile", "containerfile"].iter().find_map(|stem| name.strip_prefix(stem));
    name.ends_with(".dockerfile")
        || stem.is_some_and(|rest| {
            rest.is_empty()
                || (rest.starts_with(['.', '-', '_'])
                    && ![".md", "ignore", ".template", ".tmpl", ".j2"].iter().any(|end| rest.ends_with(end)))
        })
}

/// Reads a Dockerfile.
pub fn read(file: &SourceFile) -> Dockerfile {
    let Parsed { tree, errors } = dockerfile::parse(file);
    let mut draft = Dockerfile {
        file: file.id,
        path: file.path.clone(),
        escape: tree.escape(),
        args: Vec::new(),
        stages: Vec::new(),
        errors,
    };
    let reader = Reader { file, escape: draft.escape };
    for instruction in tree.instructions.iter().filter(|it| !it.onbuild) {
        if &*instruction.name == "FROM" {
            draft.stages.extend(reader.stage(instruction));
        } else if let Some(stage) = draft.stages.last_mut() {
            reader.steps(instruction, &mut stage.steps);
        } else if &*instruction.name == "ARG" {
            draft.args.extend(reader.pairs(instruction).map(|(name, value, _)| (name, value)));
        }
    }
    draft
}

struct Reader<'a> {
    file: &'a SourceFile,
    escape: char,
}

impl Reader<'_> {
    fn raw(&self, span: Span) -> Raw {
        Raw { text: joined(self.file, span, self.escape).text, span }
    }

    fn stage(&self, instruction: &Instruction) -> Option<Stage> {
        let words = instruction.words();
        let name = words.get(1).filter(|word| word.value.eq_ignore_ascii_case("as")).and(words.get(2));
        Some(Stage {
            name: name.cloned(),
            from: self.raw(words.first()?.span),
            platform: instruction.flag("platform").map(|value| value.value.clone()),
            steps: Vec::new(),
            span: instruction.span,
        })
    }

    fn pairs<'a>(&'a self, instruction: &'a Instruction) -> impl Iterator<Item = (Box<str>, Option<Raw>, Span)> + 'a {
        let pairs: &[_] = if let Arguments::Pairs(pairs) = &instruction.arguments { pairs } else { &[] };
        pairs.iter().map(|(name, value)| {
            let span = value.as_ref().map_or(name.span, |value| name.span.cover(value.span));
            (name.value.clone(), value.as_ref().map(|value| self.raw(value.span)), span)
        })
    }

    fn steps(&self, instruction: &Instruction, steps: &mut Vec<Step>) {
        let words = instruction.words();
        let first = || words.first().map(|word| self.raw(word.span));
        match &*instruction.name {
            "ENV" => steps.extend(
                self.pairs(instruction).filter_map(|(name, value, span)| Some(Step::Env { name, value: value?, span })),
            ),
            "ARG" => steps.extend(self.pairs(instruction).map(|(name, default, _)| Step::Arg { name, default })),
            "WORKDIR" => steps.extend(first().map(Step::Workdir)),
            "USER" => steps.extend(first().map(Step::User)),
            "SHELL" => {
                if let Arguments::Json { items, .. } = &instruction.arguments {
                    steps.push(Step::Shell(items.iter().map(|item| item.value.clone()).collect()));
                }
            }
            "ENTRYPOINT" => steps.extend(self.command(&instruction.arguments).map(Step::Entrypoint)),
            "CMD" => steps.extend(self.command(&instruction.arguments).map(Step::Cmd)),
            "COPY" | "ADD" => steps.extend(copy(instruction)),
            "EXPOSE" => steps.extend(words.iter().map(|word| Step::Expose(self.raw(word.span)))),
            "HEALTHCHECK" if words.first().is_none_or(|word| !word.value.eq_ignore_ascii_case("none")) => {
                steps.push(Step::Healthcheck(instruction.span));
            }
            "RUN" => self.run(instruction, steps),
            _ => {}
        }
    }

    fn command(&self, arguments: &Arguments) -> Option<Command> {
        match arguments {
            Arguments::Json { items, span } => {
                let inside = |span: Span| Span { start: span.start + 1, end: span.end.max(span.start + 2) - 1, ..span };
                let words = items.iter().map(|item| Spanned::new(item.value.clone(), inside(item.span))).collect();
                Some(Command::Exec { words, span: *span })
            }
            Arguments::Shell(span) => {
                let text = joined(self.file, *span, self.escape);
                let script = shell::parse(&text).tree;
                Some(Command::Shell { text, script, span: *span })
            }
            _ => None,
        }
    }

    fn run(&self, instruction: &Instruction, steps: &mut Vec<Step>) {
        let shell = match &instruction.arguments {
            Arguments::Shell(span) => Some(joined(self.file, *span, self.escape)),
            _ => None,
        };
        let verbatim = |content: Span| Mapped::verbatim(self.file.slice(content), content);
        let texts = shell.into_iter().chain(instruction.heredocs.iter().map(|heredoc| verbatim(heredoc.content)));
        for text in texts {
            packages(self.file, &text, steps);
            placed(&text, steps);
        }
    }
}

fn copy(instruction: &Instruction) -> Option<Step> {
    let items = match &instruction.arguments {
        Arguments::Json { items, .. } => items,
        Arguments::Words(words) => words,
        _ => return None,
    };
    let (target, sources) = items.split_last()?;
    Some(Step::Copy {
        from: instruction.flag("from").map(|value| value.value.clone()),
        sources: sources.iter().map(|source| source.value.clone()).filter(|it| !it.starts_with("<<")).collect(),
        target: target.value.clone(),
        span: instruction.span,
    })
}

/// The packages that a `RUN` installs. Words are enough to tell: no statement need be understood. Variables stay as they
/// are written.
fn packages(file: &SourceFile, text: &Mapped, steps: &mut Vec<Step>) {
    if !text.text.contains("install") && !text.text.contains("apk") {
        return;
    }
    let written = |span: Span| file.slice(span).trim_matches(['"', '\'']).into();
    let words: Vec<(Box<str>, Span)> = shell::split(text)
        .iter()
        .map(|word| (word.literal().map_or_else(|| written(word.span), |it| it.text), word.span))
        .collect();
    let mut installer = None;
    let mut words = words.iter().map(|(text, span)| (&**text, *span)).peekable();
    let mut before = "";
    while let Some((word, span)) = words.next() {
        let ends = word.ends_with(';');
        let word = word.trim_end_matches(';');
        match installer {
            _ if matches!(word, "&&" | "||" | "|" | "&" | "") => installer = None,
            None => {
                let program = before.rsplit('/').next().unwrap_or(before);
                installer = match word {
                    "install" if program.starts_with("pip") => Some(Installer::Pip),
                    "install" if matches!(program, "apt-get" | "apt" | "dnf" | "yum" | "microdnf") => {
                        Some(Installer::System)
                    }
                    "add" if program == "apk" => Some(Installer::System),
                    _ => None,
                };
            }
            Some(Installer::Pip) if matches!(word, "-r" | "--requirement") => {
                if let Some((name, span)) = words.next() {
                    let (name, version) = (name.trim_end_matches(';').into(), "".into());
                    steps.push(Step::Install(Package { installer: Installer::Requirements, name, version, span }));
                }
            }
            Some(Installer::Pip) if takes_value(word) => {
                words.next();
            }
            Some(installer) if !word.starts_with(['-', '.', '/', '$', '>']) && !word.contains("://") => {
                let at = word.find(['=', '<', '>', '!', '~', '[', ' ', ';', '@']).unwrap_or(word.len());
                let version = word[at..].rsplit(']').next().unwrap_or("").into();
                steps.push(Step::Install(Package { installer, name: word[..at].into(), version, span }));
            }
            Some(_) => {}
        }
        if ends {
            installer = None;
        }
        // `apt-get -y install`, `pip --no-cache-dir install`: options may stand between.
        if !word.starts_with('-') {
            before = word;
        }
    }
}

/// What a `RUN` puts elsewhere in the image. A `;` or `&&` ends a command; words with quotes inside are not looked at.
fn placed(text: &Mapped, steps: &mut Vec<Step>) {
    if !["mv ", "cp ", "ln ", "install "].iter().any(|program| text.text.contains(program)) {
        return;
    }
    for line in text.text.split([';', '\n', '|', '&']) {
        let mut words = line.split_whitespace();
        let paths: Vec<&str> = match words.next() {
            Some("mv" | "cp" | "ln") => words.filter(|word| !word.starts_with('-')).collect(),
            Some("install") => installed(words),
            _ => continue,
        };
        let paths: Vec<&str> = paths.into_iter().map(|word| word.trim_matches('"')).collect();
        let plain = |path: &str| {
            !path.contains(['*', '?', '(', '`', '"', '\'', '>', '<']) && !path.replace("${", "").contains('{')
        };
        // All files of a folder may be meant: `bin/*`.
        let is_source = |path: &&str| {
            path.rsplit_once('/').map_or(plain(path), |(folder, name)| plain(folder) && plain(&name.replace('*', "")))
        };
        let Some((target, sources @ [_, ..])) = paths.split_last() else { continue };
        if !plain(target) || !sources.iter().all(is_source) {
            continue;
        }
        let at = target.as_ptr() as usize - text.text.as_ptr() as usize;
        steps.push(Step::Place {
            sources: sources.iter().map(|&path| path.into()).collect(),
            target: (*target).into(),
            span: text.span(at..at + target.len()),
        });
    }
}

/// The paths that `install -Dm 0755 -o user FROM… TO` is given; none where it only makes folders.
fn installed<'a>(words: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut paths = Vec::new();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            Some("-directory") => return Vec::new(),
            Some(long) if long.starts_with('-') => {}
            Some(short) if short.contains(['d', 't']) => return Vec::new(),
            // Of a cluster the last letter may take the next word.
            Some(short) if short.ends_with(['m', 'o', 'g', 'S']) => {
                words.next();
            }
            Some(_) => {}
            None => paths.push(word),
        }
    }
    paths
}

/// Whether an option of pip takes the next word.
fn takes_value(word: &str) -> bool {
    matches!(
        word,
        "-c" | "--constraint"
            | "-i"
            | "--index-url"
            | "--extra-index-url"
            | "-f"
            | "--find-links"
            | "-t"
            | "--target"
            | "--prefix"
            | "--root"
            | "--timeout"
            | "--retries"
            | "--trusted-host"
            | "--python"
            | "-e"
            | "--editable"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> (SourceFile, Dockerfile) {
        let file = SourceFile::new(FileId(0), "Dockerfile", Default::default(), text);
        let draft = read(&file);
        (file, draft)
    }

    #[test]
    fn names_tell_dockerfiles() {
        for path in ["Dockerfile", "a/Dockerfile.prod", "web.dockerfile", "Containerfile", "docker/dockerfile-web"] {
            assert!(is_dockerfile(path), "{path}");
        }
        for path in [
            "Dockerfile.dockerignore",
            "Dockerfile-debian.template",
            "dockerfiles/readme.md",
            "Dockerfile.md",
            "docker-compose.yml",
            "dockerfiles",
        ] {
            assert!(!is_dockerfile(path), "{path}");
        }
    }

    #[test]
    fn stages_and_commands_are_read() {
        let (file, draft) = draft(
            "ARG V=3.12\nFROM python:${V} AS base\nENV A=1 B=\"x y\"\nFROM base\nCOPY --from=base /x /y\nENTRYPOINT [\"./e.sh\"]\nCMD gunicorn \\\n  app:app\nEXPOSE 80/tcp\n",
        );
        assert_eq!(draft.args[0].0.as_ref(), "V");
        assert_eq!(draft.stages.len(), 2);
        assert_eq!(draft.stages[0].name.as_ref().unwrap().value.as_ref(), "base");
        assert_eq!(draft.stages[0].from.text.as_ref(), "python:${V}");
        let Step::Env { name, value, span } = &draft.stages[0].steps[1] else { panic!("ENV") };
        assert_eq!((&**name, &*value.text, file.slice(*span)), ("B", "\"x y\"", "B=\"x y\""));
        let [
            Step::Copy { from, .. },
            Step::Entrypoint(Command::Exec { words, .. }),
            Step::Cmd(Command::Shell { text, .. }),
            Step::Expose(port),
        ] = draft.stages[1].steps.as_slice()
        else {
            panic!("{:?}", draft.stages[1].steps)
        };
        assert_eq!(from.as_deref(), Some("base"));
        assert_eq!(file.slice(words[0].span), "./e.sh");
        assert_eq!(&*text.text, "gunicorn   app:app");
        assert_eq!(&*port.text, "80/tcp");
    }

    #[test]
    fn installed_packages_are_found() {
        let (file, draft) = draft(
            "FROM a\nRUN apt-get update && apt-get install -y --no-install-recommends nginx=1.22 curl; \\\n pip install --no-cache-dir -r req.txt 'gunicorn==20.1' uvicorn[standard]>=0.30 -i http://x && echo done\n",
        );
        let found: Vec<_> = draft.stages[0]
            .steps
            .iter()
            .map(|step| match step {
                Step::Install(it) => (it.installer, &*it.name, &*it.version, file.slice(it.span)),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            found,
            [
                (Installer::System, "nginx", "=1.22", "nginx=1.22"),
                (Installer::System, "curl", "", "curl;"),
                (Installer::Requirements, "req.txt", "", "req.txt"),
                (Installer::Pip, "gunicorn", "==20.1", "'gunicorn==20.1'"),
                (Installer::Pip, "uvicorn", ">=0.30", "uvicorn[standard]>=0.30"),
            ]
        );
    }
}
