//! Railway's `railway.toml` or `railway.json`, and Nixpacks' own file, which says how the image that it builds starts:
//! <https://docs.railway.com/reference/config-as-code>.

use crate::facts::platform::Kind;
use crate::link::plan::Deployment;
use crate::stack::{Fact, Why};
use crate::syntax::Spanned;
use crate::syntax::yaml::Node;

use super::heroku::BY_SIZE;
use super::{Seen, leave_concurrency, procfile_command, said};

/// The deployment of a service. Its command is what the file says, else what Nixpacks' file or a Procfile does, else
/// what the Dockerfile does.
pub(super) fn deployment(seen: &Seen<'_>, kind: Kind) -> Option<Deployment> {
    let folder = seen.folder();
    let is_railway = kind == Kind::Railway;
    if !is_railway && seen.beside(Kind::Railway, folder).is_some() {
        return None;
    }
    let deploy = seen.root.get("deploy").filter(|_| is_railway);
    let span = seen.root.span;
    let who = if is_railway { "Railway" } else { "Nixpacks" };
    let name = Spanned::new("app".into(), deploy.map_or(span, |it| it.span));
    let mut plan = seen.service(name, "deploy", folder, "Railway's dashboard");
    plan.span = span;
    let mut files = Vec::new();
    if is_railway {
        let path = seen.at(&["build", "dockerfilePath"]).and_then(Node::text).unwrap_or("Dockerfile");
        let builder = seen.at(&["build", "builder"]).and_then(Node::text).unwrap_or("");
        // A Dockerfile is taken where there is one, whatever the builder, unless another is named.
        if !matches!(builder.to_ascii_uppercase().as_str(), "NIXPACKS" | "RAILPACK" | "HEROKU" | "PAKETO") {
            plan.build = seen.build(folder, folder, path, span);
        }
    }
    let started = deploy.and_then(|it| it.get("startCommand"));
    let nixpacks = match is_railway {
        true => seen.beside(Kind::Nixpacks, folder),
        false => None,
    };
    let start = |root: &'_ Node| root.get("start").and_then(|it| it.get("cmd")).cloned();
    if let Some(started) = started {
        // In an image the command is started without a shell.
        plan.command = said::command(started, seen.file, plan.build.is_none());
    } else if plan.build.is_none() {
        let own = if is_railway { None } else { start(seen.root).map(|node| (node, seen.file)) };
        let other = nixpacks.and_then(|it| Some((start(&it.root)?, seen.all.sources.file(it.file))));
        if let Some((node, file)) = own.or(other) {
            plan.command = said::command(&node, file, true);
            files.extend(nixpacks.map(|it| it.file));
        } else if let Some(procfile) = seen.procfile(folder)
            && let Some(process) = procfile.processes.iter().find(|it| &*it.name.value == "web")
        {
            plan.command = Some(procfile_command(process));
            files.push(procfile.file);
        }
    }
    plan.environment_open = Some(Why::new("more may be set by Railway's dashboard"));
    if let Some(count) = deploy.and_then(|it| it.get("numReplicas")) {
        plan.replicas = said::count(count);
    }
    if plan.build.is_none() {
        leave_concurrency(&mut plan, Fact::unknown(BY_SIZE));
    }
    if plan.command.is_none() && plan.build.is_none() {
        return None;
    }
    let mut deployment = seen.deployment(who, vec![plan]);
    deployment.files.extend(files);
    Some(deployment)
}
