//! The servers and workers of a service, and what their code connects to.

use std::collections::BTreeMap;

use super::super::image;
use super::super::network::Network;
use super::super::routes::Routes;
use super::super::versions::{self, Versions};
use super::super::{apps, server, sqlalchemy};
use super::Repository;
use super::parts::{Part, folder, image_of};
use crate::stack::{Id, Process, Service, Stack, Value};

impl Repository<'_> {
    /// The servers and workers of a service.
    pub(super) fn processes(&self, stack: &mut Stack, part: &Part<'_>, id: Id<Service>) {
        let folder = folder(part.plan);
        let versions = self.versions(folder, part.image.as_ref());
        let gunicorn_conf = |path: &str| {
            let paths = image::repository_paths(path, part.plan, part.image.as_ref());
            paths.iter().find_map(|path| self.gunicorn.get(&**path).copied())
        };
        let sections = |path: &str| {
            let paths = image::repository_paths(path, part.plan, part.image.as_ref());
            paths.iter().find_map(|path| self.files.sections.get(&**path).copied())
        };
        let unit = || self.unit(part.plan, part.image.as_ref());
        let place = apps::Place {
            service: id,
            plan: part.plan,
            image: part.image.as_ref(),
            running: &part.running,
            versions: &versions,
        };
        let context = server::Context {
            service: part.plan,
            environment: &part.plan.environment,
            gunicorn_conf: &gunicorn_conf,
            framework_of: &|application| apps::framework(&self.code, &place, application),
            module_at: &|path| apps::module_at(&self.code, &place, path).is_some(),
            version_of: &|package| versions.version(package),
            requirement_of: &|package| versions.requirement(package),
            celery_setting: &|app, name| apps::celery_setting(&self.code, &place, app, name),
            sections: &sections,
            class_setting: &|class, name| apps::class_setting(&self.code, &place, class, name),
            server_call: &|named| apps::server_call(&self.code, &place, named),
            unit: &unit,
            image: image_of(part.plan, part.image.as_ref()).map(|image| &*image.value),
        };
        let mut processes = server::processes(&part.running, &context);
        tell_apart(&mut processes);
        for mut process in processes {
            process.service = Some(id);
            process.replicas = part.plan.replicas.clone();
            process.cpus = part.plan.cpus.clone();
            process.memory = part.plan.memory.clone();
            let process = stack.add(process);
            stack[id].processes.push(process);
        }
    }

    /// Who connects to what.
    pub(super) fn clients(&self, stack: &mut Stack, network: &mut Network, parts: &[Part<'_>], ids: &[Id<Service>]) {
        let versions: Vec<Versions<'_>> =
            parts.iter().map(|part| self.versions(folder(part.plan), part.image.as_ref())).collect();
        let seen = parts.iter().zip(ids).zip(&versions).map(|((part, &id), versions)| sqlalchemy::Seen {
            plan: part.plan,
            running: &part.running,
            id,
            folder: folder(part.plan),
            versions,
        });
        sqlalchemy::add(stack, &self.code, network, &seen.collect::<Vec<_>>());
        let places = parts.iter().zip(ids).zip(&versions).map(|((part, &service), versions)| apps::Place {
            service,
            plan: part.plan,
            image: part.image.as_ref(),
            running: &part.running,
            versions,
        });
        // Where nothing is known to run, what an image installs is in it all the same.
        let nothing_runs = stack.processes.is_empty();
        let installs = |part: &Part<'_>| {
            part.image
                .as_ref()
                .is_some_and(|it| nothing_runs && !(it.requirements.is_empty() && it.packages.is_empty()))
        };
        for ((part, &id), versions) in parts.iter().zip(ids).zip(&versions) {
            if !stack[id].processes.is_empty() || installs(part) {
                versions::add(stack, versions, Some(id));
            }
        }
        let routes = (!self.routes.is_empty()).then(|| Routes::new(&self.code, self.routes));
        apps::add(stack, self.sources, &self.code, &places.collect::<Vec<_>>(), network, routes.as_ref());
    }
}

/// Gives each of several processes of one service a name of its own, by its program: `app (celery worker)`.
fn tell_apart(processes: &mut [Process]) {
    if processes.len() < 2 {
        return;
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for process in processes {
        let program = process.program.known().map_or("other".into(), |it| match Value::from(*it) {
            Value::Word(word) => word.replace('_', " "),
            _ => "other".into(),
        });
        let same = seen.entry(program.clone()).or_default();
        *same += 1;
        let program = if *same > 1 { format!("{program} {same}") } else { program };
        process.about.name = format!("{} ({program})", process.about.name).into();
        process.about.anchor.entity = format!("{}[{program}]", process.about.anchor.entity).into();
    }
}
