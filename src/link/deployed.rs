//! Which deployments are judged, and why the others are not.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{FileId, Span};
use crate::stack::{Id, Service, Stack, Why};

use super::build::folder;
use super::plan::{CommandLine, Deployment, LeftOut, Role, ServicePlan};

/// A deployment that is not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// What it is called.
    pub name: Box<str>,
    /// The files that define it.
    pub files: Vec<FileId>,
    /// Why, as the rest of a sentence that starts with the name: "has `dev` in its path".
    pub because: Why,
}

impl Aside {
    /// A service of a judged deployment that nobody starts.
    fn left_out(service: &LeftOut, deployment: &Deployment) -> Self {
        Self {
            name: format!("{} in {}", service.name.value, deployment.name).into(),
            files: Vec::new(),
            because: service.because.clone(),
        }
    }
}

/// The deployments that are judged and those that are not, as they are told apart one after the other.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    /// Those that are judged.
    pub(super) stacks: Vec<Stack>,
    /// Those that are not.
    pub(super) aside: Vec<Aside>,
    /// The folders that the judged ones run code of, each with the deployment.
    folders: BTreeMap<Box<str>, Box<str>>,
    /// What the judged ones build.
    built: BTreeSet<FileId>,
    /// What others build, each with the deployment.
    built_aside: BTreeMap<FileId, Box<str>>,
    /// The files whose words start the judged ones' processes: a Procfile that a service runs by honcho.
    starts: BTreeSet<FileId>,
}

impl Chosen {
    /// A deployment whose files say that its load is not that of users.
    pub(super) fn leave(&mut self, deployment: Deployment) {
        let because = deployment.because.clone();
        self.put_aside(deployment, because);
    }

    /// A deployment that its files describe whole: judged, but for one that is for development.
    pub(super) fn take(&mut self, deployment: Deployment, stack: Stack, is_code: &dyn Fn(&str) -> bool) {
        if let Some(because) = workshop(&deployment, &stack, is_code) {
            return self.put_aside(deployment, because);
        }
        self.starts.extend(stack.processes.iter().filter_map(|process| Some(process.about.span?.file)));
        for (plan, service) in deployment.services.iter().zip(&stack.services) {
            let Some(build) = &plan.build else { continue };
            self.built.extend(build.dockerfile);
            if !service.processes.is_empty() {
                self.folders.entry(folder(plan).into()).or_insert_with(|| deployment.name.clone());
            }
        }
        self.aside.extend(deployment.left_out.iter().map(|service| Aside::left_out(service, &deployment)));
        self.stacks.push(stack);
    }

    /// Images and Procfiles, which say what could be deployed: judged where nothing says that something else is. Call
    /// it once, when the others are told apart.
    pub(super) fn take_alone(&mut self, alone: Vec<(Deployment, Stack)>) {
        let nothing_said = self.stacks.is_empty();
        let serves = |stack: &Stack| stack.processes.iter().any(|it| it.dev_server.known() != Some(&true));
        let platforms: Vec<(Box<str>, Box<str>)> = alone
            .iter()
            .filter(|(deployment, stack)| !is_image(deployment) && serves(stack))
            .flat_map(|(deployment, _)| {
                deployment.services.first().map(|it| (it.folder.clone(), deployment.name.clone()))
            })
            .collect();
        let servers = alone.iter().filter(|(_, stack)| serves(stack)).count();
        for (deployment, stack) in alone {
            let platform = platforms.iter().find(|(at, _)| deployment.services.iter().any(|it| folder(it) == &**at));
            let because = if self.built(&deployment) {
                continue;
            } else if let Some(judged) = self.runs(&deployment).filter(|_| !nothing_said) {
                format!("is judged as part of {judged}")
            } else if let (Some(workshop), Some((_, platform))) = (self.workshop(&deployment), platform) {
                format!("is built for {workshop}, which is not judged; {platform} says what a platform starts")
            } else if !is_image(&deployment) && !serves(&stack) && servers > 0 && !stack.processes.is_empty() {
                "starts servers for development alone".to_owned()
            } else {
                if nothing_said || !stack.processes.is_empty() {
                    self.stacks.push(stack);
                }
                continue;
            };
            if !stack.processes.is_empty() {
                self.put_aside(deployment, Why::new(because));
            }
        }
    }

    fn put_aside(&mut self, deployment: Deployment, because: Why) {
        for build in deployment.services.iter().filter_map(|plan| plan.build.as_ref()) {
            self.built_aside.extend(build.dockerfile.map(|file| (file, deployment.name.clone())));
        }
        self.aside.push(Aside { name: deployment.name, files: deployment.files, because });
    }

    /// Whether a judged deployment builds this very image, or starts what these very files say.
    fn built(&self, deployment: &Deployment) -> bool {
        deployment.files.iter().any(|file| self.built.contains(file) || self.starts.contains(file))
    }

    /// The judged deployment that runs what an image is built of, if one does. What a Procfile says is said of another
    /// platform, and is judged beside it.
    fn runs(&self, deployment: &Deployment) -> Option<&str> {
        let built = deployment.services.iter().filter(|plan| plan.build.is_some());
        built.filter_map(|plan| self.folders.get(folder(plan))).next().map(|name| &**name)
    }

    /// The deployment for development that builds an image, if one does.
    fn workshop(&self, image: &Deployment) -> Option<&str> {
        image.files.iter().filter(|_| is_image(image)).find_map(|file| self.built_aside.get(file)).map(|name| &**name)
    }
}

/// Whether a deployment is an image of which nothing more is said.
fn is_image(deployment: &Deployment) -> bool {
    deployment.services.iter().any(|plan| plan.build.is_some())
}

/// Why a deployment that nothing names is for development, if it is. It is when it starts databases and the like alone
/// beside code, which a developer then runs; and when a service of it runs code that is mounted, so
/// that what is edited is what runs, and anything else of it tells of development too.
fn workshop(deployment: &Deployment, stack: &Stack, is_code: &dyn Fn(&str) -> bool) -> Option<Why> {
    if deployment.role != Role::Default {
        return None;
    }
    // A server that is told how to run is there for its own sake.
    let as_it_comes = |plan: &ServicePlan| {
        plan.build.is_none() && plan.command.is_none() && plan.memory.known().is_none() && plan.cpus.known().is_none()
    };
    if !deployment.services.is_empty()
        && stack.dead_variables.is_empty()
        && deployment.services.iter().all(as_it_comes)
        && stack.services.iter().enumerate().all(|it| is_store(stack, it))
        && is_code("")
    {
        return Some(Why::new("starts databases and the like alone, for code that runs on a developer's machine"));
    }
    deployment.services.iter().zip(&stack.services).find_map(|(plan, service)| {
        let mount = plan.mounts.iter().find(|mount| is_code(&mount.source) || holds_context(plan, &mount.source));
        let (name, reloader) = (&plan.name.value, reloader(stack, service));
        let (reason, at) = match (mount, script(plan)) {
            (Some(mount), script) => {
                let (tells, at) = reloader.or(script).or_else(|| telling(plan))?;
                (format!("`{name}` runs mounted code, {tells}"), at.into_iter().chain([mount.span]).collect())
            }
            (None, Some((script, at))) => {
                let (tells, server) = reloader?;
                (format!("`{name}` runs {tells}, {script}"), at.into_iter().chain(server).collect())
            }
            (None, None) => return None,
        };
        Some(Why { reason: format!("is for development: {reason}").into(), at, ..Why::default() })
    })
}

/// That a service is started by a script for development, by its name, and where.
fn script(plan: &ServicePlan) -> Option<(String, Option<Span>)> {
    let lines = [plan.entrypoint.as_ref(), plan.command.as_ref()];
    lines.into_iter().flatten().find_map(|line| {
        let text = line.first_word()?;
        let name = text.rsplit('/').next().unwrap_or(text);
        let is_script = name.ends_with(".sh") || text.contains('/');
        (is_script && is_dev(name)).then(|| (format!("started by `{name}`"), Some(line.span())))
    })
}

/// Whether a word of a text tells of development.
fn is_dev(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| matches!(word, "dev" | "develop" | "development" | "devstack" | "local" | "debug"))
}

/// Whether a mounted folder is that which the service is built from, or a part of it. A single file is configuration.
fn holds_context(plan: &ServicePlan, source: &str) -> bool {
    let Some(build) = &plan.build else { return false };
    let rest = if build.context.is_empty() { Some(source) } else { source.strip_prefix(&*build.context) };
    rest.is_some_and(|rest| build.context.is_empty() || rest.is_empty() || rest.starts_with('/'))
        && !source.rsplit('/').next().unwrap_or("").contains('.')
}

/// Whether a service keeps data, or is a tool for those who look at it.
fn is_store(stack: &Stack, (at, service): (usize, &Service)) -> bool {
    const TOOLS: [&str; 14] = [
        "adminer",
        "elasticsearch",
        "localstack",
        "mailcatcher",
        "mailhog",
        "maildev",
        "mailpit",
        "mariadb",
        "memcached",
        "minio",
        "mysql",
        "opensearch",
        "pgadmin4",
        "rabbitmq",
    ];
    let is = |id: Option<Id<Service>>| id.is_some_and(|id| id == Id::new(at));
    let named = service.image.known().is_some_and(|image| {
        let name = image.rsplit('/').next().unwrap_or(image);
        TOOLS.contains(&name.split([':', '@']).next().unwrap_or(name))
    });
    named
        || stack.databases.iter().any(|it| is(it.service))
        || stack.redis_servers.iter().any(|it| is(it.service))
        || stack.poolers.iter().any(|it| is(it.service))
}

/// That a service serves by a server for development or by a reloader, and where that shows.
fn reloader(stack: &Stack, service: &Service) -> Option<(String, Option<Span>)> {
    let facts = service.processes.iter().flat_map(|id| {
        let process = &stack[*id];
        [(&process.dev_server, "by a server for development"), (&process.reload, "by a server that reloads it")]
    });
    let mut on = facts.filter(|(fact, _)| fact.known() == Some(&true));
    on.next().map(|(fact, words)| (words.to_owned(), fact.span()))
}

/// Whether a command starts Jupyter, in which a person writes code and runs it.
fn starts_notebook(line: &CommandLine) -> bool {
    let is = |text: &str| {
        let words = text.split(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '(' | ')' | ';' | '&'));
        words.into_iter().any(|word| {
            matches!(word.rsplit('/').next(), Some("jupyter" | "jupyter-lab" | "jupyter-notebook" | "marimo"))
        })
    };
    match line {
        CommandLine::Exec { words, .. } => words.iter().any(|word| is(&word.value)),
        CommandLine::Text { text, .. } => is(&text.text),
    }
}

/// What a service says of development besides, and where.
fn telling(plan: &ServicePlan) -> Option<(String, Option<Span>)> {
    let target = plan.build.as_ref().and_then(|build| build.target.as_ref()).filter(|it| is_dev(&it.value));
    if let Some(target) = target {
        return Some((format!("of the stage `{}`", target.value), Some(target.span)));
    }
    let tag = plan.image.as_ref().filter(|it| it.value.rsplit_once(':').is_some_and(|(_, tag)| is_dev(tag)));
    if let Some(image) = tag {
        return Some((format!("in the image `{}`", image.value), Some(image.span)));
    }
    let notebook = plan.command.as_ref().filter(|line| starts_notebook(line));
    if let Some(line) = notebook {
        return Some(("in a notebook".to_owned(), Some(line.span())));
    }
    plan.environment.iter().find_map(|variable| {
        let value = variable.value.known()?;
        let tells = match &*variable.name {
            "DJANGO_SETTINGS_MODULE"
            | "DJANGO_CONFIGURATION"
            | "ENV"
            | "ENVIRONMENT"
            | "APP_ENV"
            | "FLASK_ENV"
            | "NODE_ENV" => is_dev(value),
            "DEBUG" | "FLASK_DEBUG" | "DJANGO_DEBUG" => {
                matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "on" | "yes")
            }
            _ => false,
        };
        tells.then(|| (format!("with `{}={value}`", variable.name), Some(variable.span)))
    })
}
