//! What a deployment runs that tells that people work with it.

use crate::link::plan::{CommandLine, Deployment, ServicePlan};
use crate::source::Span;
use crate::stack::{Fact, Id, Origin, Service, Sourced, Stack, Why};

use super::{Role, is_development};

/// Why a deployment that nothing names is for development, if it is. It is when it starts databases and the like alone
/// beside code, which a developer then runs; and when a service of it runs code that is mounted, so
/// that what is edited is what runs, and anything else of it tells of development too.
pub(in crate::link) fn workshop(deployment: &Deployment, stack: &Stack, is_code: &dyn Fn(&str) -> bool) -> Option<Why> {
    if deployment.role != Role::Default {
        return None;
    }
    // A server that is told how much it may take is there for its own sake.
    let as_it_comes =
        |plan: &ServicePlan| plan.build.is_none() && plan.memory.known().is_none() && plan.cpus.known().is_none();
    if !deployment.services.is_empty()
        && stack.dead_variables.is_empty()
        && deployment.services.iter().all(as_it_comes)
        && !sizes_its_stores(stack)
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
        (is_script && is_development(name)).then(|| (format!("started by `{name}`"), Some(line.span())))
    })
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

/// Whether a command or a mounted file says how much a store takes in.
fn sizes_its_stores(stack: &Stack) -> bool {
    fn is_said<T>(fact: &Fact<T>) -> bool {
        matches!(fact, Fact::Known(Sourced { origin: Origin::Written(_), .. }) | Fact::OneOf(_))
    }
    let databases =
        stack.databases.iter().flat_map(|it| [&it.max_connections, &it.shared_buffers, &it.work_mem, &it.shm_size]);
    let redis = stack.redis_servers.iter().flat_map(|it| [&it.maxclients, &it.maxmemory]);
    databases.chain(redis).any(is_said) || stack.redis_servers.iter().any(|it| is_said(&it.policy))
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
    let target = plan.build.as_ref().and_then(|build| build.target.as_ref()).filter(|it| is_development(&it.value));
    if let Some(target) = target {
        return Some((format!("of the stage `{}`", target.value), Some(target.span)));
    }
    let tag = plan.image.as_ref().filter(|it| it.value.rsplit_once(':').is_some_and(|(_, tag)| is_development(tag)));
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
            | "NODE_ENV" => is_development(value),
            "DEBUG" | "FLASK_DEBUG" | "DJANGO_DEBUG" => {
                matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "on" | "yes")
            }
            _ => false,
        };
        tells.then(|| (format!("with `{}={value}`", variable.name), Some(variable.span)))
    })
}
