//! Images: what the stage that is built says in the end, build arguments and parent stages put in.

mod ignored;
mod places;
mod standalone;

use std::collections::BTreeMap;

use crate::facts::docker::{Command, Dockerfile, Installer, Package, Raw, Stage, Step};
use crate::source::{FileId, Span};
use crate::stack::{Fact, Slot};
use crate::syntax::Spanned;
use crate::syntax::dockerfile::expand;
use crate::syntax::image::ImageName;

use super::plan::{Build, CommandLine, ListStyle, ServicePlan, Variable};

pub use ignored::Ignored;
pub use places::{container_paths, join, matches, repository_paths};
pub(in crate::link) use standalone::service;
pub use standalone::standalone;

/// How many copies are kept of one stage; those of earlier stages come along, so that they could multiply.
const MOST_COPIES: usize = 1000;

/// What an image that is built from the repository is, in the end.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its Dockerfile.
    pub dockerfile: FileId,
    /// The variables of its `ENV`, the last of each name, sorted by name.
    pub env: Vec<Variable>,
    /// `ENTRYPOINT`.
    pub entrypoint: Option<CommandLine>,
    /// `CMD`.
    pub cmd: Option<CommandLine>,
    /// The folder in which commands run; `/` unless set.
    pub workdir: Box<str>,
    /// The image at the end of its stages, with its tag, variables filled in; the span is that of the `FROM` word.
    pub base: Option<Spanned<Box<str>>>,
    /// What `/bin/sh` is in it.
    pub sh: ShellKind,
    /// The program and options of `SHELL`; empty unless set, when it is `/bin/sh -c`.
    pub shell: Vec<Box<str>>,
    /// What was copied from the repository into it, in order.
    pub copies: Vec<Copied>,
    /// `EXPOSE`.
    pub expose: Vec<Spanned<u16>>,
    /// Python packages that its `RUN` lines name.
    pub packages: Vec<Package>,
    /// The requirement files that its `RUN` lines install, as paths below the root, the likeliest first.
    pub requirements: Vec<Box<str>>,
    /// What its `.dockerignore` keeps out of it.
    pub ignored: Ignored,
    /// Where a health check is written.
    pub healthcheck: Option<Span>,
    /// The stage that is built: its `FROM`.
    pub span: Span,
}

/// What a shell does with the last command of a text that it is given by `-c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellKind {
    /// Debian's: stays, with the command as its child.
    Dash,
    /// Becomes the last command.
    Bash,
    /// Alpine's: becomes the last command.
    Busybox,
    /// Not known.
    Unknown,
}

/// A file or folder of the repository that is in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its path below the root; may hold `*`.
    pub source: Box<str>,
    /// Its path in the image. Ends in `/` when it is certain to be a folder.
    pub target: Box<str>,
    /// The instruction.
    pub span: Span,
}

/// The image that a service builds; none when its Dockerfile or the stage that `target` names is not there.
pub fn image(build: &Build, dockerfiles: &[&Dockerfile]) -> Option<Image> {
    let dockerfile = dockerfiles.iter().copied().find(|it| Some(it.file) == build.dockerfile)?;
    let at = match &build.target {
        Some(target) => stage_named(dockerfile, dockerfile.stages.len(), &target.value)?,
        None => dockerfile.stages.len().checked_sub(1)?,
    };
    let mut builder = Builder { dockerfile, build, globals: globals(dockerfile, build), stages: Vec::new() };
    for stage in dockerfile.stages.get(..=at)? {
        let state = builder.stage(stage);
        builder.stages.push(state);
    }
    Some(builder.stages.pop()?.finish(dockerfile.file))
}

/// The environment that a service's commands see: its own over its image's, sorted by name.
pub fn environment(service: &ServicePlan, image: Option<&Image>) -> Vec<Variable> {
    let mut all: BTreeMap<&str, &Variable> = BTreeMap::new();
    let inherited = image.map_or(&[][..], |image| &image.env);
    for variable in inherited.iter().chain(&service.environment) {
        all.insert(&variable.name, variable);
    }
    all.into_values().cloned().collect()
}

fn globals(dockerfile: &Dockerfile, build: &Build) -> BTreeMap<Box<str>, Box<str>> {
    let mut globals = BTreeMap::new();
    for (name, default) in &dockerfile.args {
        let value = argument(build, name).or_else(|| Some(fill(default.as_ref()?, dockerfile.escape, &globals)));
        globals.extend(value.map(|value| (name.clone(), value)));
    }
    globals
}

fn argument(build: &Build, name: &str) -> Option<Box<str>> {
    build.args.iter().find(|(arg, _)| &**arg == name).map(|(_, value)| value.value.clone())
}

fn fill(raw: &Raw, escape: char, values: &BTreeMap<Box<str>, Box<str>>) -> Box<str> {
    expand(&raw.text, escape, Some(&|name| values.get(name).cloned())).into()
}

/// The stage of this name (or number) before `before`.
fn stage_named(dockerfile: &Dockerfile, before: usize, name: &str) -> Option<usize> {
    let named = |stage: &Stage| stage.name.as_ref().is_some_and(|it| it.value.eq_ignore_ascii_case(name));
    let earlier = dockerfile.stages.get(..before)?;
    earlier.iter().rposition(named).or_else(|| name.parse().ok().filter(|&at| at < before))
}

/// A stage as it is while its instructions are followed.
#[derive(Clone)]
struct State {
    env: BTreeMap<Box<str>, (Box<str>, Span, Span)>,
    entrypoint: Option<Command>,
    cmd: Option<Command>,
    workdir: String,
    base: Option<Spanned<Box<str>>>,
    shell: Vec<Box<str>>,
    copies: Vec<Copied>,
    expose: Vec<Spanned<u16>>,
    packages: Vec<Package>,
    requirements: Vec<Box<str>>,
    healthcheck: Option<Span>,
    span: Span,
}

struct Builder<'a> {
    dockerfile: &'a Dockerfile,
    build: &'a Build,
    globals: BTreeMap<Box<str>, Box<str>>,
    /// The stages before the one that is followed.
    stages: Vec<State>,
}

impl Builder<'_> {
    fn earlier(&self, name: &str) -> Option<&State> {
        self.stages.get(stage_named(self.dockerfile, self.stages.len(), name)?)
    }

    fn stage(&self, stage: &Stage) -> State {
        let from = fill(&stage.from, self.dockerfile.escape, &self.globals);
        let mut state = self.earlier(&from).cloned().unwrap_or_else(|| State {
            env: BTreeMap::new(),
            entrypoint: None,
            cmd: None,
            workdir: super::server::own_folder(&from).unwrap_or("/").into(),
            base: (!from.is_empty()).then(|| Spanned::new(from, stage.from.span)),
            shell: Vec::new(),
            copies: Vec::new(),
            expose: Vec::new(),
            packages: Vec::new(),
            requirements: Vec::new(),
            healthcheck: None,
            span: stage.span,
        });
        state.span = stage.span;
        let mut args: BTreeMap<Box<str>, Box<str>> = BTreeMap::new();
        let mut cmd_is_own = false;
        for step in &stage.steps {
            let values = || -> BTreeMap<Box<str>, Box<str>> {
                let env = state.env.iter().map(|(name, (value, ..))| (name.clone(), value.clone()));
                args.clone().into_iter().chain(env).collect()
            };
            match step {
                Step::Arg { name, default } => {
                    let value = argument(self.build, name)
                        .or_else(|| Some(fill(default.as_ref()?, self.dockerfile.escape, &values())))
                        .or_else(|| self.globals.get(name).cloned());
                    args.extend(value.map(|value| (name.clone(), value)));
                }
                Step::Env { name, value, span } => {
                    let text = fill(value, self.dockerfile.escape, &values());
                    state.env.insert(name.clone(), (text, value.span, *span));
                }
                Step::Workdir(folder) => {
                    let folder = fill(folder, self.dockerfile.escape, &values());
                    state.workdir = join(&state.workdir, &folder);
                }
                Step::Shell(words) => state.shell.clone_from(words),
                Step::Entrypoint(command) => {
                    state.entrypoint = Some(command.clone()).filter(|it| !is_empty(it));
                    // Docker drops the parent's CMD when a new entrypoint is set.
                    if !cmd_is_own {
                        state.cmd = None;
                    }
                }
                Step::Cmd(command) => {
                    state.cmd = Some(command.clone()).filter(|it| !is_empty(it));
                    cmd_is_own = true;
                }
                Step::Copy { from, sources, target, span } => {
                    let values = values();
                    let filled =
                        |text: &str| fill(&Raw { text: text.into(), span: *span }, self.dockerfile.escape, &values);
                    let sources: Vec<Box<str>> = sources.iter().map(|source| filled(source)).collect();
                    let target = filled(target);
                    self.copy(from.as_deref(), &sources, &target, *span, &mut state);
                    state.copies.truncate(MOST_COPIES);
                }
                Step::Place { sources, target, span } => {
                    let values = values();
                    let filled =
                        |text: &str| fill(&Raw { text: text.into(), span: *span }, self.dockerfile.escape, &values);
                    let sources: Vec<Box<str>> = sources.iter().map(|source| filled(source)).collect();
                    state.place(&sources, &filled(target), *span);
                    state.copies.truncate(MOST_COPIES);
                }
                Step::Expose(port) => {
                    let text = fill(port, self.dockerfile.escape, &values());
                    let number = text.split('/').next().and_then(|number| number.parse().ok());
                    state.expose.extend(number.map(|number| Spanned::new(number, port.span)));
                }
                Step::Healthcheck(span) => state.healthcheck = Some(*span),
                Step::Install(package) => match package.installer {
                    Installer::Pip => {
                        let version = Raw { text: package.version.clone(), span: package.span };
                        let version = fill(&version, self.dockerfile.escape, &values());
                        state.packages.push(Package { version, ..package.clone() });
                    }
                    Installer::Requirements => {
                        let name = Raw { text: package.name.clone(), span: package.span };
                        let path = join(&state.workdir, &fill(&name, self.dockerfile.escape, &values()));
                        state.requirements.extend(places::copied_from(&state.copies, &path));
                    }
                    Installer::System => {}
                },
                Step::User(_) => {}
            }
        }
        state
    }

    fn copy(&self, from: Option<&str>, sources: &[Box<str>], target: &str, span: Span, state: &mut State) {
        let is_folder = target.ends_with('/') || matches!(target, "." | "./") || sources.len() > 1;
        let folder = join(&state.workdir, target);
        let target = if is_folder && folder != "/" { format!("{folder}/") } else { folder };
        let Some(from) = from else {
            for source in sources {
                let source = join(&format!("/{}", self.build.context), source.trim_start_matches('/'));
                let source = source.trim_start_matches('/').into();
                state.copies.push(Copied { source, target: target.clone().into(), span });
            }
            return;
        };
        // What an earlier stage holds below the sources comes along.
        let Some(earlier) = self.earlier(from) else { return };
        for source in sources {
            let source = join("/", source);
            state.copies.extend(earlier.copies.iter().filter_map(|it| places::moved(it, &source, &target, span)));
        }
        for path in &earlier.requirements {
            if !state.requirements.contains(path) {
                state.requirements.push(path.clone());
            }
        }
        for package in &earlier.packages {
            if !state.packages.contains(package) {
                state.packages.push(package.clone());
            }
        }
    }
}

impl State {
    /// Puts what the image holds at some paths at another, too; what was moved away is asked for by nobody.
    fn place(&mut self, sources: &[Box<str>], target: &str, span: Span) {
        let folder = join(&self.workdir, target);
        let is_folder = target.ends_with('/') || matches!(target, "." | "./") || sources.len() > 1;
        for source in sources {
            let source = join(&self.workdir, source);
            let name = source.rsplit('/').next().unwrap_or("");
            // Several files keep their names.
            let name = if name.contains('*') { "" } else { name };
            let within = format!("{}/{name}", folder.trim_end_matches('/'));
            // Whether a target without a slash is a folder cannot be seen; one of the two paths is never asked for.
            let targets = [Some(within), (!is_folder && !name.is_empty()).then(|| folder.clone())];
            let moved: Vec<Copied> = targets
                .iter()
                .flatten()
                .flat_map(|target| self.copies.iter().filter_map(|it| places::moved(it, &source, target, span)))
                .collect();
            self.copies.extend(moved);
        }
    }

    fn finish(self, dockerfile: FileId) -> Image {
        let sh = self.base.as_ref().map_or(ShellKind::Unknown, |base| ShellKind::of_image(&base.value));
        let env = self.env.into_iter().map(|(name, (text, value, span))| {
            let mut fact = Fact::written(text, value);
            if let Fact::Known(sourced) = &mut fact {
                sourced.slots = vec![Slot::replace(value)];
            }
            Variable { name, value: fact, span }
        });
        Image {
            dockerfile,
            env: env.collect(),
            entrypoint: self.entrypoint.map(command_line),
            cmd: self.cmd.map(command_line),
            workdir: self.workdir.into(),
            base: self.base,
            sh,
            shell: self.shell,
            copies: self.copies,
            expose: self.expose,
            packages: self.packages,
            requirements: self.requirements,
            ignored: Ignored::default(),
            healthcheck: self.healthcheck,
            span: self.span,
        }
    }
}

impl ShellKind {
    /// What `/bin/sh` is in an image, by its name.
    pub fn of_image(image: &str) -> Self {
        let name = ImageName::parse(image);
        let tag = name.tag.unwrap_or("");
        let has = |words: &[&str]| words.iter().any(|word| tag.contains(word));
        if name.short() == "alpine" || name.short() == "busybox" || has(&["alpine", "musl"]) {
            return Self::Busybox;
        }
        if has(&["slim", "trixie", "bookworm", "bullseye", "buster", "jammy", "noble", "focal"]) {
            return Self::Dash;
        }
        match name.short() {
            "python"
            | "debian"
            | "ubuntu"
            | "node"
            | "pypy"
            | "nginx"
            | "postgres"
            | "uvicorn-gunicorn"
            | "uvicorn-gunicorn-fastapi"
            | "miniconda3"
            | "micromamba"
            | "buildpack-deps" => Self::Dash,
            "centos" | "fedora" | "rockylinux" | "almalinux" | "oraclelinux" | "amazonlinux" => Self::Bash,
            other if other.starts_with("ubi") || other.starts_with("python-3") => Self::Bash,
            _ => Self::Unknown,
        }
    }

    /// The shell that a program of this path is, `sh` being what the image has for it.
    pub fn of_program(program: &str, sh: ShellKind) -> Option<Self> {
        match program.rsplit('/').next().unwrap_or(program) {
            "sh" => Some(sh),
            "bash" => Some(Self::Bash),
            "dash" => Some(Self::Dash),
            "ash" | "busybox" => Some(Self::Busybox),
            _ => None,
        }
    }
}

fn is_empty(command: &Command) -> bool {
    match command {
        Command::Exec { words, .. } => words.is_empty(),
        Command::Shell { text, .. } => text.text.trim().is_empty(),
    }
}

fn command_line(command: Command) -> CommandLine {
    match command {
        Command::Exec { words, span } => CommandLine::Exec { words, style: ListStyle::Brackets, span },
        Command::Shell { text, script, span } => CommandLine::Text { text, script, shell: true, span },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::docker;
    use crate::source::SourceFile;

    pub(crate) fn built(text: &str, target: Option<&str>, context: &str) -> (SourceFile, Option<Image>) {
        let file = SourceFile::new(FileId(0), "Dockerfile", Default::default(), text);
        let span = Span::at(FileId(0), 0);
        let build = Build {
            context: context.into(),
            dockerfile: Some(FileId(0)),
            target: target.map(|it| Spanned::new(it.into(), span)),
            args: vec![("VERSION".into(), Spanned::new("3.13".into(), span))],
            span,
        };
        let image = image(&build, &[&docker::read(&file)]);
        (file, image)
    }

    const TEXT: &str = r#"ARG VERSION=3.12
ARG VARIANT=slim
FROM python:${VERSION}-${VARIANT} AS base
ENV HOME_DIR=/srv WORKERS=4
WORKDIR $HOME_DIR
CMD ["from-base"]
FROM base AS dev
CMD ["dev"]
FROM base AS build
COPY requirements.txt .
RUN pip install -r requirements.txt gunicorn==22
COPY . app
FROM base AS final
WORKDIR app
COPY --from=build /srv/app /opt/app
COPY docker/*.sh docker/start /usr/local/bin/
ENV WORKERS="8"
ENTRYPOINT ["start"]
EXPOSE 8000/tcp
"#;

    #[test]
    fn the_last_stage_holds_what_its_parents_say() {
        let (file, image) = built(TEXT, None, "backend");
        let image = image.unwrap();
        assert_eq!(image.base.unwrap().value.as_ref(), "python:3.13-slim");
        assert_eq!(image.sh, ShellKind::Dash);
        assert_eq!(&*image.workdir, "/srv/app");
        assert!(image.cmd.is_none(), "a new entrypoint drops the parent's CMD");
        let env: Vec<_> = image.env.iter().map(|it| (&*it.name, it.value.known().unwrap().as_ref())).collect();
        assert_eq!(env, [("HOME_DIR", "/srv"), ("WORKERS", "8")]);
        assert_eq!(file.slice(image.env[1].value.span().unwrap()), "\"8\"");
        let copies: Vec<_> = image.copies.iter().map(|it| (&*it.source, &*it.target)).collect();
        assert_eq!(
            copies,
            [
                ("backend", "/opt/app"),
                ("backend/docker/*.sh", "/usr/local/bin/"),
                ("backend/docker/start", "/usr/local/bin/"),
            ]
        );
        assert_eq!(image.requirements, ["backend/requirements.txt".into()]);
        assert_eq!(image.packages[0].name.as_ref(), "gunicorn");
        assert_eq!(image.expose[0].value, 8000);
    }

    #[test]
    fn what_a_run_installs_is_where_it_puts_it() {
        let text = "FROM debian\nCOPY . /app\nRUN install -dm 0775 -o web /srv && \\\n install -Dm 0755 -o web /app/docker/start.sh /start.sh && \\\n install -m 755 /app/docker/bin/* /usr/local/bin/\n";
        let image = built(text, None, "").1.unwrap();
        let at = |path: &str| places::copied_from(&image.copies, path);
        assert_eq!(at("/start.sh"), ["docker/start.sh".into()]);
        assert_eq!(at("/usr/local/bin/start-api"), ["docker/bin/start-api".into()]);
    }

    #[test]
    fn a_target_names_the_stage() {
        let (_, image) = built(TEXT, Some("dev"), "");
        let Some(CommandLine::Exec { words, .. }) = image.unwrap().cmd else { panic!("a list") };
        assert_eq!(words[0].value.as_ref(), "dev");
        assert!(built(TEXT, Some("absent"), "").1.is_none());
    }

    #[test]
    fn shells_are_told_by_the_image() {
        use ShellKind::{Bash, Busybox, Dash, Unknown};
        for (image, kind) in [
            ("python:3.12", Dash),
            ("python:3.12-alpine", Busybox),
            ("alpine:3", Busybox),
            ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", Dash),
            ("amazonlinux:2023", Bash),
            ("acme/base", Unknown),
        ] {
            assert_eq!(ShellKind::of_image(image), kind, "{image}");
        }
    }
}
