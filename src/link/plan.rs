//! A deployment as it is planned, before it becomes a stack: services with their images, commands and environments,
//! each value with its places.

use crate::source::{FileId, Span};
use crate::stack::{About, Anchor, Database, Fact, RedisServer, Slot, Why};
use crate::syntax::shell::Script;
use crate::syntax::{Mapped, Spanned};

use super::roles::Role;

/// One deployment: the services that run together.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    /// What it is called: `docker-compose.yml + docker-compose.production.yml`, or the file that starts it.
    pub name: Box<str>,
    /// The files that define it, weakest first.
    pub files: Vec<FileId>,
    /// Its services, by name.
    pub services: Vec<ServicePlan>,
    /// Services of its files that are no part of it: only a profile that nobody asks for starts them.
    pub left_out: Vec<LeftOut>,
    /// The servers that a cloud runs for it.
    pub managed: Vec<Managed>,
    /// What its cluster's controllers are told to pass to its services.
    pub ingresses: Vec<Ingress>,
    /// The application of its one service, where no file says which program serves it.
    pub unserved: Option<Spanned<Box<str>>>,
    /// What it is for.
    pub role: Role,
    /// How that is known, as the rest of a sentence that starts with the deployment: `is started by …`.
    pub because: Why,
}

/// An `Ingress` of Kubernetes.
#[derive(Clone, Debug)]
pub struct Ingress {
    /// Its name, where it is written.
    pub name: Spanned<Box<str>>,
    /// What it is keyed by.
    pub anchor: Anchor,
    /// The class that tells which controller serves it.
    pub class: Option<Spanned<Box<str>>>,
    /// Its annotations.
    pub annotations: Vec<(Box<str>, Spanned<Box<str>>)>,
    /// Where its paths lead.
    pub paths: Vec<IngressPath>,
}

/// A path of an `Ingress`.
#[derive(Clone, Debug)]
pub struct IngressPath {
    /// The host and the path: `shop.example.com/api`.
    pub rule: Box<str>,
    /// The `Service`.
    pub service: Spanned<Box<str>>,
    /// Its port, where a number says it.
    pub port: Option<Spanned<Box<str>>>,
}

/// A service that is written down and not started.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Why, as the rest of a sentence that starts with the name: "is started only with the profile `debug`".
    pub because: Why,
}

impl Deployment {
    /// Whether its load is that of users: what caps the others caps nobody.
    pub fn is_deployed(&self) -> bool {
        self.role.is_deployed()
    }
}

/// A server that a cloud runs.
#[derive(Clone, Debug)]
pub struct Managed {
    /// The hosts that name it in what the files give to services; none when they are told when they start.
    pub hosts: Vec<Box<str>>,
    /// What it is.
    pub store: Store,
}

/// A server that keeps data.
#[derive(Clone, Debug)]
pub enum Store {
    /// A database.
    Database(Box<Database>),
    /// A Redis server.
    Redis(Box<RedisServer>),
}

impl Store {
    /// Its name, its place.
    pub fn about(&self) -> &About {
        match self {
            Store::Database(it) => &it.about,
            Store::Redis(it) => &it.about,
        }
    }
}

/// A service, merged from all files that speak of it.
#[derive(Clone, Debug)]
pub struct ServicePlan {
    /// Its name, where it is first written.
    pub name: Spanned<Box<str>>,
    /// What it is keyed by: the file that first names it, and `services.NAME`.
    pub anchor: Anchor,
    /// The image it names, variables filled in; one that nobody knows stands in it as it is written.
    pub image: Option<Spanned<Box<str>>>,
    /// What it is built from.
    pub build: Option<Build>,
    /// `entrypoint:`, which also drops the image's `CMD`.
    pub entrypoint: Option<CommandLine>,
    /// `command:`.
    pub command: Option<CommandLine>,
    /// Its environment as compose sets it, `env_file` included, the strongest only, sorted by name. The image's own
    /// `ENV` is put in below these by `link::image`.
    pub environment: Vec<Variable>,
    /// `labels` and `deploy.labels`, the strongest of each name.
    pub labels: Vec<Variable>,
    /// Why more variables may be set than are known, if they may: a file of them that is not in the tree.
    pub environment_open: Option<Why>,
    /// How many requests its platform sends to one container at once; absent where none counts them.
    pub most_at_once: Fact<u64>,
    /// What a `PodDisruptionBudget` keeps of its pods: `minAvailable: 1`.
    pub disruption_budget: Fact<Box<str>>,
    /// Files of variables that are in the repository and not in its container, by their paths below the root.
    pub absent: Vec<Box<str>>,
    /// Where another variable could be put: the value is `NAME: value` or `- NAME=value` as the file has it.
    pub environment_slot: Option<EnvironmentSlot>,
    /// `deploy.replicas` or `scale`; 1 by default.
    pub replicas: Fact<u64>,
    /// `deploy.resources.limits.cpus` or `cpus`.
    pub cpus: Fact<f64>,
    /// `deploy.resources.limits.memory` or `mem_limit`, in bytes.
    pub memory: Fact<u64>,
    /// `shm_size`, in bytes.
    pub shm_size: Fact<u64>,
    /// `container_name`.
    pub container_name: Fact<Box<str>>,
    /// `stop_grace_period`, in seconds; 10 by default.
    pub stop_grace: Fact<f64>,
    /// `ports`.
    pub ports: Vec<Port>,
    /// `expose`.
    pub expose: Vec<Spanned<u16>>,
    /// Names that other services may call it by: its own, `hostname`, `container_name`, network aliases, links.
    pub aliases: Vec<Box<str>>,
    /// Files and folders of the repository that are mounted.
    pub mounts: Vec<Mount>,
    /// Paths in the container that show what is not of the repository: a host's file or folder, a swarm's config.
    pub hidden: Vec<Box<str>>,
    /// The services it waits for, with the condition.
    pub depends_on: Vec<(Spanned<Box<str>>, Box<str>)>,
    /// Where its health check is written.
    pub healthcheck: Option<Span>,
    /// `restart`, or `deploy.restart_policy`; absent where nothing starts it yet.
    pub restart: Fact<Box<str>>,
    /// `profiles`.
    pub profiles: Vec<Box<str>>,
    /// `init: true`.
    pub init: bool,
    /// `working_dir`.
    pub working_dir: Option<Box<str>>,
    /// The folder (below the root) that its compose file lies in.
    pub folder: Box<str>,
    /// What it shares a pod with, and how it is reached there; [`None`] where nothing has pods.
    pub pod: Option<Pod>,
    /// The whole of the service in the file that first names it.
    pub span: Span,
}

/// What is said of the pod that a container is in.
#[derive(Clone, Debug, Default)]
pub struct Pod {
    /// What tells it apart from others. Containers of one pod reach each other by `localhost`.
    pub name: Box<str>,
    /// The ports of names that lead to this container.
    pub endpoints: Vec<Endpoint>,
    /// What runs to its end before the container starts, in order.
    pub before: Vec<ServicePlan>,
}

/// A port of a name, and where it leads.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The names.
    pub names: Vec<Box<str>>,
    /// The port that callers use.
    pub port: u64,
    /// The container's port.
    pub target: u64,
    /// Whether the names give the address of each pod. Otherwise they give one that stays, behind which the pods are.
    pub headless: bool,
    /// Where it is written.
    pub span: Span,
}

impl ServicePlan {
    /// Whether it is a unit of systemd, which runs on the host itself.
    pub fn is_unit(&self) -> bool {
        self.anchor.file.ends_with(".service")
    }

    /// Why a variable that nothing here sets may be set all the same: by an object of the cluster or a file of variables
    /// that is named (the reason shows where) and not in these files. That a platform lets one set more is no such reason.
    pub fn hidden_variables(&self) -> Option<&Why> {
        self.environment_open.as_ref().filter(|why| self.pod.is_some() || !why.at.is_empty())
    }

    /// Whether a name gives one address that stays, however many containers there are.
    pub fn has_one_address(&self, name: &str) -> bool {
        let all = self.pod.iter().flat_map(|pod| &pod.endpoints);
        all.into_iter().any(|it| !it.headless && it.names.iter().any(|own| &**own == name))
    }

    /// Where a port leads that is called by a name of the service, when a file says it.
    pub fn endpoint(&self, name: &str, port: u64) -> Option<&Endpoint> {
        let all = self.pod.iter().flat_map(|pod| &pod.endpoints);
        all.into_iter().find(|it| it.port == port && it.names.iter().any(|own| &**own == name))
    }
}

/// `build:`.
#[derive(Clone, Debug)]
pub struct Build {
    /// The context's folder below the root.
    pub context: Box<str>,
    /// The Dockerfile, when it is in the tree.
    pub dockerfile: Option<FileId>,
    /// `target`.
    pub target: Option<Spanned<Box<str>>>,
    /// `args`, known values only.
    pub args: Vec<(Box<str>, Spanned<Box<str>>)>,
    /// Where it is written.
    pub span: Span,
}

/// A variable of an environment.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Box<str>,
    /// Its value; its slots are where the value could be changed.
    pub value: Fact<Box<str>>,
    /// The name with its value, as one place.
    pub span: Span,
}

impl Variable {
    /// Whether only the example of a file that is not in the tree names it.
    pub fn is_only_expected(&self) -> bool {
        matches!(&self.value, Fact::Unknown(why) if why.at.as_slice() == [self.span])
    }
}

/// Where another variable of the environment could be written.
#[derive(Clone, Debug)]
pub struct EnvironmentSlot {
    /// The place.
    pub at: Span,
    /// What comes before the name.
    pub before: Box<str>,
    /// What stands between name and value: `: "` or `=`.
    pub between: Box<str>,
    /// What comes after the value.
    pub after: Box<str>,
    /// The services that a variable put here reaches, when they are more than one.
    pub reaches: Vec<Box<str>>,
}

/// A command as an outer file writes it.
#[derive(Clone, Debug)]
pub enum CommandLine {
    /// A list of arguments, which no shell sees.
    Exec {
        /// Each with the place of its content, quotes not included; compose's variables are filled in.
        words: Vec<Spanned<Box<str>>>,
        /// How another word would be put behind the last.
        style: ListStyle,
        /// The whole.
        span: Span,
    },
    /// A text that a shell reads (Docker's shell form), or that is split into words as a shell would (compose).
    Text {
        /// The text.
        text: Mapped,
        /// Its statements.
        script: Script,
        /// Whether a shell runs it (Dockerfile: yes; compose: no, it is only split).
        shell: bool,
        /// The whole.
        span: Span,
    },
}

impl CommandLine {
    /// Its first word, as it is written.
    pub fn first_word(&self) -> Option<&str> {
        match self {
            CommandLine::Exec { words, .. } => words.first().map(|it| &*it.value),
            CommandLine::Text { text, .. } => text.text.split_whitespace().next(),
        }
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            CommandLine::Exec { span, .. } | CommandLine::Text { span, .. } => *span,
        }
    }
}

/// How a list of arguments is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListStyle {
    /// `["a", "b"]`, JSON or YAML in brackets: items are parted by `, ` and quoted by `"`.
    Brackets,
    /// YAML, an item a line, with this before each dash.
    Dashes {
        /// The line ending and the indentation: `\n      `.
        line: Box<str>,
    },
}

/// A port.
#[derive(Clone, Debug)]
pub struct Port {
    /// The host's port, when one is fixed.
    pub host: Option<u16>,
    /// The container's.
    pub container: u16,
    /// Whether the host's side is a range, or left to Docker.
    pub flexible: bool,
    /// Where.
    pub span: Span,
}

/// A file or folder of the repository that a container sees.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Its path below the root.
    pub source: Box<str>,
    /// Its path in the container.
    pub target: Box<str>,
    /// Where it is written.
    pub span: Span,
}

/// A command that really runs in a service.
#[derive(Clone, Debug)]
pub struct Running {
    /// Its words, with variables filled in: the program first, `exec` taken off.
    pub argv: Vec<Argument>,
    /// Assignments before it.
    pub assignments: Vec<(Box<str>, Argument)>,
    /// Whether it is (or becomes, by `exec`) the container's first process.
    pub gets_signals: Fact<bool>,
    /// Where `exec ` would be put before it, when that would make it the first process.
    pub exec_slot: Option<Span>,
    /// Whether only some branch runs it.
    pub conditional: Option<Box<str>>,
    /// Where it stands, from its first to its last word.
    pub span: Span,
    /// How another argument is put behind the last.
    pub append: Append,
    /// The files it came by: compose, Dockerfile, script.
    pub by: Vec<Span>,
    /// The folder of the container that it runs in, absolute.
    pub folder: Box<str>,
    /// The services that the same words start, when there are more than one: a change of them reaches all.
    pub reaches: Vec<Box<str>>,
    /// How often a process manager starts it (`numprocs`); absent for once.
    pub copies: Fact<u64>,
    /// A variable among the words of a list, which no shell has filled in.
    pub unexpanded: Fact<Box<str>>,
}

/// A word of a command that runs.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its text. Its slots replace its value: what follows `=` in `--name=value`, all of it otherwise.
    pub text: Fact<Box<str>>,
    /// What it certainly begins with: all of it when it is known, `--workers=` for `--workers=$N`.
    pub head: Box<str>,
    /// The place of its content, quotes not included.
    pub span: Span,
}

/// How another argument is put behind the last word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Append {
    /// It cannot be.
    Never,
    /// In a list, just behind the last item (its closing quote included).
    List {
        /// The place.
        at: Span,
        /// The list's style.
        style: ListStyle,
    },
    /// In shell text: a blank and the word.
    Text {
        /// The place.
        at: Span,
    },
}

impl Append {
    /// The slot for an option with its value: `--name=value`. The value must need no quoting.
    pub fn option(&self, name: &str) -> Option<Slot> {
        match self {
            Append::Never => None,
            Append::List { at, style: ListStyle::Brackets } => Some(Slot::insert(*at, format!(", \"{name}="), "\"")),
            Append::List { at, style: ListStyle::Dashes { line } } => {
                Some(Slot::insert(*at, format!("{line}- {name}="), ""))
            }
            Append::Text { at } => Some(Slot::insert(*at, format!(" {name}="), "")),
        }
    }
}
