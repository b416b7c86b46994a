//! All drafts of a repository, joined into a stack for each deployment, and one for its code.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Assume;
use crate::facts::docker::Dockerfile;
use crate::facts::gunicorn::GunicornConf;
use crate::facts::kubernetes::Block;
use crate::facts::proxy::ProxyConf;
use crate::facts::requirements::Requirements;
use crate::facts::routes::RouteFile;
use crate::facts::sections::{Reader, SectionFile};
use crate::facts::{Drafts, nginx as nginx_facts};
use crate::source::{FileId, SourceFile, Sources};
use crate::stack::vocabulary::{KINDS, Program};
use crate::stack::{Id, Process, Service, Stack, Value};
use crate::syntax::lines::Setting;
use crate::syntax::{Spanned, SyntaxError};

use super::deployed::{Aside, Chosen};
use super::image::{self, Image};
use super::network::{self, Network};
use super::plan::{Deployment, Running, ServicePlan};
use super::routes::Routes;
use super::values::{Code, data};
use super::versions::{self, Versions};
use super::{
    apps, command, compose, kubernetes, nginx, orm, platform, proxies, roles, server, services, sqlalchemy, stores,
    unstarted, upkeep,
};

/// What the files say together.
#[derive(Debug, Default)]
pub struct Linked {
    /// A stack for each deployment that serves, and one for the code.
    pub stacks: Vec<Stack>,
    /// Deployments that are not judged, in the order of their files.
    pub aside: Vec<Aside>,
    /// What could not be joined.
    pub problems: Vec<SyntaxError>,
}

/// Joins the drafts; `facts` are what [`orm::join`] says of them. What the user assumes of the
/// world stands where the files leave something open.
pub fn link(sources: &Sources, drafts: &Drafts<'_>, facts: &orm::OrmFacts, assume: &Assume) -> Linked {
    link_with_routes(sources, drafts, facts, assume, &[])
}

/// The same with the endpoints of applications, from what the files say of routes.
pub fn link_with_routes(
    sources: &Sources,
    drafts: &Drafts<'_>,
    facts: &orm::OrmFacts,
    assume: &Assume,
    routes: &[RouteFile],
) -> Linked {
    let mut linked = Linked::default();
    let mut repository = Repository { routes, ..Repository::of(sources, drafts, assume) };
    let (planned, problems) = repository.planned(drafts);
    linked.problems.extend(problems);
    let taken: BTreeSet<FileId> = planned.iter().flat_map(|it| it.files.iter().copied()).collect();
    let (serving, idle): (Vec<_>, Vec<_>) = planned.into_iter().partition(Deployment::is_deployed);
    // Servers of a cloud alone say nothing of what is started.
    let (serving, servers): (Vec<_>, Vec<_>) = serving.into_iter().partition(|it| !it.services.is_empty());
    let mut chosen = Chosen::default();
    idle.into_iter().for_each(|deployment| chosen.leave(deployment));
    for (deployment, stack) in repository.stacks(serving) {
        chosen.take(deployment, stack, &|folder| repository.holds_code(folder));
    }
    chosen.take_alone(repository.stacks(repository.standalone(drafts, &taken)));
    (linked.stacks, linked.aside) = (chosen.stacks, chosen.aside);
    linked.aside.sort_by(|a, b| a.name.cmp(&b.name));
    let nothing_runs = linked.stacks.is_empty();
    linked.stacks.extend(repository.stacks(servers).into_iter().map(|(_, stack)| stack));
    linked.stacks.iter_mut().for_each(|stack| super::assumed::apply(stack, assume));
    linked.stacks.iter_mut().for_each(super::kubernetes::count_at_most);
    let mut code = Stack { name: "code".into(), ..Stack::default() };
    facts.clone().put(&mut code);
    orm::mark_scheduled(&mut code, sources);
    orm::assume(&mut code, assume);
    orm::settle(&mut code, &linked.stacks, || repository.versions("", None), drafts.name_mysql());
    if linked.stacks.iter().all(|stack| stack.packages.is_empty()) {
        versions::add(&mut code, &repository.versions("", None), None);
    }
    if nothing_runs {
        nginx::add_hosted(&mut code, sources, &repository.nginx, &[]);
    }
    if KINDS.iter().any(|info| code.all(info.kind).next().is_some()) {
        linked.stacks.push(code);
    }
    linked
}

/// Stacks of what serves when it is run and that no file starts, where no `judged` stack starts any, and of scripts for
/// workers that none of them starts, or of Celery's applications where nothing does: shown, not judged. Only who shows
/// them asks; they cost as much as deployments do.
pub fn unstarted_stacks(
    sources: &Sources,
    drafts: &Drafts<'_>,
    assume: &Assume,
    judged: &[Stack],
    routes: &[RouteFile],
) -> Vec<Stack> {
    let mut repository = Repository { routes, ..Repository::of(sources, drafts, assume) };
    let mut out = Vec::new();
    if judged.iter().all(|stack| stack.processes.is_empty()) {
        let confs = repository.gunicorn.values().copied();
        let found = repository.stacks(unstarted::deployments(&repository.code, confs));
        out.extend(found.into_iter().map(|(_, stack)| stack).filter(unstarted::is_told));
    }
    out.extend(repository.unstarted_scripts(judged));
    let files = drafts.env().map(|(file, env)| (sources.file(file), env));
    out.extend(repository.stacks(unstarted::celery::of_init_script(files)).into_iter().map(|(_, stack)| stack));
    let is_worker = |it: &Process| it.program.known() == Some(&Program::CeleryWorker);
    if !judged.iter().chain(&out).any(|stack| stack.processes.iter().any(is_worker)) {
        let found = repository.stacks(unstarted::celery::applications(&repository.code));
        out.extend(found.into_iter().map(|(_, stack)| stack).filter(unstarted::is_told));
    }
    out
}

/// What every deployment of a repository draws from.
struct Repository<'a> {
    sources: &'a Sources,
    assume: &'a Assume,
    dockerfiles: Vec<&'a Dockerfile>,
    files: command::Files<'a>,
    nginx: Vec<&'a nginx_facts::Draft>,
    proxy_files: Vec<&'a ProxyConf>,
    gunicorn: BTreeMap<&'a str, &'a GunicornConf>,
    requirements: Vec<(&'a SourceFile, &'a Requirements)>,
    code: Code,
    /// What files say of routes; none where nobody asks for endpoints.
    routes: &'a [RouteFile],
    settings: BTreeMap<&'a str, &'a [Setting]>,
    /// Whether a service of any deployment runs nginx: then its files are not those of the host.
    serves_by_nginx: bool,
    /// The files that the nginx of services reads, where it is known which each of them does.
    read_by_nginx: Option<BTreeSet<FileId>>,
}

/// Whether the host itself runs all of a deployment, by units of systemd.
fn is_on_host(deployment: &Deployment) -> bool {
    !deployment.services.is_empty() && deployment.services.iter().all(ServicePlan::is_unit)
}

/// A service on its way into the stack.
struct Part<'a> {
    plan: &'a ServicePlan,
    image: Option<Image>,
    /// What runs to its end before it.
    before: Vec<Running>,
    running: Vec<Running>,
}

impl<'a> Repository<'a> {
    fn of(sources: &'a Sources, drafts: &Drafts<'a>, assume: &'a Assume) -> Self {
        let blocks = drafts.kubernetes().flat_map(|(_, draft)| &draft.blocks);
        let held = drafts.compose().flat_map(|(_, draft)| &draft.blocks);
        let blocks = blocks.chain(held).collect::<Vec<_>>().into_iter();
        Self {
            sources,
            assume,
            dockerfiles: drafts.docker().map(|(_, draft)| draft).collect(),
            files: command::Files::of(drafts),
            nginx: drafts.nginx().map(|(_, draft)| draft).chain(blocks.clone().filter_map(Block::nginx)).collect(),
            proxy_files: drafts.proxy().map(|(_, draft)| draft).collect(),
            gunicorn: drafts
                .gunicorn()
                .map(|(_, draft)| (&*draft.path, draft))
                .chain(blocks.clone().filter_map(|block| Some((&*block.path, block.gunicorn()?))))
                .collect(),
            requirements: drafts.requirements().map(|(file, draft)| (sources.file(file), draft)).collect(),
            code: Code::new(drafts.python().map(|(_, draft)| draft.clone()))
                .with_data(data::files(sources, drafts.python().map(|(_, draft)| draft)))
                .with_dotenv(drafts.env().map(|(file, env)| (sources.file(file).path.clone(), env.clone()))),
            settings: drafts
                .settings()
                .map(|(file, draft)| (&*sources.file(file).path, draft.as_slice()))
                .chain(blocks.filter_map(Block::settings))
                .collect(),
            routes: &[],
            serves_by_nginx: false,
            read_by_nginx: Some(BTreeSet::new()),
        }
    }

    /// The deployments of compose files and manifests, and what could not be followed.
    fn planned(&self, drafts: &Drafts<'a>) -> (Vec<Deployment>, Vec<SyntaxError>) {
        let files: Vec<_> = drafts.compose().map(|(_, draft)| draft).collect();
        let envs: Vec<_> = drafts.env().map(|(_, draft)| draft).collect();
        let manifests: Vec<_> = drafts.kubernetes().map(|(_, draft)| &**draft).collect();
        let mut all = compose::deployments(self.sources, &files, &envs);
        kubernetes::find_builds(self.sources, &manifests, &mut all);
        let mut found = kubernetes::deployments(self.sources, &manifests, &all);
        roles::beside_manifests(&mut all, &mut found.deployments);
        all.extend(found.deployments);
        let platforms: Vec<_> = drafts.platform().map(|(_, draft)| &**draft).collect();
        let procfiles: Vec<_> = drafts.procfile().map(|(_, draft)| draft).collect();
        all.extend(platform::deployments(self.sources, &platforms, &procfiles));
        let modules: Vec<_> = drafts.terraform().map(|(_, draft)| draft).collect();
        all.extend(platform::of_terraform(self.sources, &modules));
        (all, found.problems)
    }

    /// The deployments of Dockerfiles and Procfiles: what is known where no compose file serves. Files that are `taken`
    /// say what another deployment starts.
    fn standalone(&self, drafts: &Drafts<'a>, taken: &BTreeSet<FileId>) -> Vec<Deployment> {
        let procfiles: Vec<_> =
            drafts.procfile().map(|(_, draft)| draft).filter(|draft| !taken.contains(&draft.file)).collect();
        let sections: Vec<_> = drafts.sections().map(|(_, draft)| draft).collect();
        image::standalone(&self.dockerfiles, &procfiles, &sections, &|path| self.exists(path))
    }

    /// The stack of each deployment.
    fn stacks(&mut self, deployments: Vec<Deployment>) -> Vec<(Deployment, Stack)> {
        self.serves_by_nginx |= deployments.iter().any(|it| self.runs_nginx(it));
        // What a host itself runs comes last: its nginx may read what that of no service does.
        let (hosted, contained): (Vec<_>, Vec<_>) =
            deployments.into_iter().enumerate().partition(|(_, it)| is_on_host(it));
        let mut found = Vec::new();
        for (at, deployment) in contained.into_iter().chain(hosted) {
            let (stack, read) = self.stack(&deployment);
            let runs_nginx = self.runs_nginx(&deployment);
            self.read_by_nginx =
                self.read_by_nginx.take().filter(|_| !runs_nginx || !read.is_empty()).map(|mut all| {
                    all.extend(read);
                    all
                });
            found.push((at, (deployment, stack)));
        }
        found.sort_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, it)| it).collect()
    }

    /// Stacks of the scripts that start workers, when nothing that is judged starts them.
    fn unstarted_scripts(&mut self, judged: &[Stack]) -> Vec<Stack> {
        let started: BTreeSet<FileId> =
            judged.iter().flat_map(|it| &it.processes).filter_map(|it| Some(it.about.span?.file)).collect();
        let left = self.files.scripts.values().filter(|it| !started.contains(&it.file)).copied();
        let deployments = unstarted::scripts(left);
        let stacks = self.stacks(deployments).into_iter().map(|(_, stack)| stack);
        let works = |stack: &Stack| !stack.processes.is_empty() && stack.processes.iter().all(unstarted::is_worker);
        stacks.filter(works).take(unstarted::MOST).collect()
    }

    /// Whether Python code lies in a folder or below it.
    fn holds_code(&self, folder: &str) -> bool {
        self.code.iter().any(|(_, module)| {
            folder.is_empty() || module.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// Whether a file or folder of the repository is there.
    fn exists(&self, path: &str) -> bool {
        self.sources.by_path(path).is_some() || self.sources.iter().any(|file| is_below(file, path))
    }

    /// The stack of a deployment, and the files that its nginx reads.
    fn stack(&self, deployment: &Deployment) -> (Stack, BTreeSet<FileId>) {
        let because = deployment.because.clone();
        let in_pods = deployment.services.iter().any(|plan| plan.pod.is_some());
        let mut stack = Stack { name: deployment.name.clone(), because, in_pods, ..Stack::default() };
        let plans = deployment.services.iter().map(|plan| self.with_image(plan)).collect::<Vec<_>>();
        let mut parts: Vec<Part<'_>> = plans.iter().map(|(plan, image)| self.part(plan, image.clone())).collect();
        let mut shared: Vec<_> =
            parts.iter_mut().map(|part| (part.plan.name.value.clone(), part.running.as_mut_slice())).collect();
        command::note_shared(&mut shared);

        let ids: Vec<Id<Service>> = parts
            .iter()
            .map(|part| {
                let base = part.image.as_ref().and_then(|image| image.base.as_ref()).map(|base| &*base.value);
                services::add(&mut stack, self.sources, part.plan, base, &part.before, &part.running)
            })
            .collect();
        for (part, &id) in parts.iter().zip(&ids) {
            self.processes(&mut stack, part, id);
            if let Some(application) = &deployment.unserved {
                let process = stack.add(unstarted::unserved(application, part.plan, id));
                stack[id].processes.push(process);
            }
        }
        let mut network = self.stores(&mut stack, deployment, &parts, &ids);
        self.clients(&mut stack, &mut network, &parts, &ids);
        network::join_clients(&mut stack);
        let read = self.proxies(&mut stack, deployment, &parts, &ids);
        self.other_proxies(&mut stack, deployment, &network, &parts, &ids);
        nginx::note_sockets(&mut stack);
        let plans: Vec<&ServicePlan> = parts.iter().map(|part| part.plan).collect();
        upkeep::add(&mut stack, deployment, &plans, &ids, &self.words());
        (stack, read)
    }

    /// What is looked through for whatever keeps watch.
    fn words(&self) -> upkeep::Words<'_> {
        let required = self.requirements.iter().flat_map(|(_, it)| &it.packages).map(|it| &*it.name);
        let scripts = self.files.scripts.values().map(|it| it.file);
        let tasks = self.files.tasks.keys().filter_map(|path| Some(self.sources.by_path(path)?.id));
        upkeep::Words {
            sources: self.sources,
            code: &self.code,
            packages: required.collect(),
            scripts: scripts.chain(tasks).collect(),
        }
    }

    /// The servers and workers of a service.
    fn processes(&self, stack: &mut Stack, part: &Part<'_>, id: Id<Service>) {
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

    /// The one configuration of NGINX Unit that lies where its image looks for it, by its own or another usual name.
    fn unit(&self, plan: &ServicePlan, image: Option<&Image>) -> Result<&'a SectionFile, &'static str> {
        let all = || self.files.sections.values().copied().filter(|it| it.reader == Reader::Unit);
        let is_there = |file: &&SectionFile| {
            let own = file.path.rsplit('/').next().unwrap_or(&file.path);
            server::UNIT_FOLDERS.iter().any(|folder| {
                [own, "config.json", "unit.json"].iter().any(|name| {
                    let path = format!("{folder}/{name}");
                    let found = image::repository_paths(&path, plan, image);
                    found.iter().any(|path| **path == *file.path)
                })
            })
        };
        let mut found = all().filter(is_there);
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err("no configuration of NGINX Unit is where it looks for one"),
            (Some(_), Some(_)) => Err("several configurations of NGINX Unit take each other's place"),
        }
    }

    /// Who connects to what.
    fn clients(&self, stack: &mut Stack, network: &mut Network, parts: &[Part<'_>], ids: &[Id<Service>]) {
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

    /// The packages that a folder's files ask for; those of the whole tree when its own ask for none.
    fn versions(&self, folder: &str, image: Option<&Image>) -> Versions<'a> {
        let of = |folder| match image {
            Some(image) => Versions::of_image(folder, self.requirements.iter().copied(), &image.requirements),
            None => Versions::of_platform(folder, self.requirements.iter().copied()),
        };
        let own = of(folder);
        let found = if own.is_empty() { of("") } else { own };
        match image {
            Some(image) => found.with_installed(&self.sources.file(image.dockerfile).path, &image.packages),
            None => found,
        }
    }

    /// Whether a service of a deployment runs nginx.
    fn runs_nginx(&self, deployment: &Deployment) -> bool {
        deployment.services.iter().any(|plan| {
            let (plan, image) = self.with_image(plan);
            image_of(&plan, image.as_ref()).is_some_and(|name| nginx::is_nginx(&name.value))
        })
    }

    /// The nginx of the services, or of the host when no service runs one, or when the host itself runs all of them.
    /// Processes stand in the stack already. Gives the files that the nginx of services reads.
    fn proxies(
        &self,
        stack: &mut Stack,
        deployment: &Deployment,
        parts: &[Part<'_>],
        ids: &[Id<Service>],
    ) -> BTreeSet<FileId> {
        let seen = parts.iter().zip(ids).map(|(part, &id)| {
            let named = image_of(part.plan, part.image.as_ref());
            nginx::Seen {
                plan: part.plan,
                id,
                image: named.map(|it| &*it.value),
                image_span: named.map(|it| it.span),
                copies: part.image.as_ref().map_or(&[], |image| &image.copies),
            }
        });
        let seen: Vec<_> = seen.collect();
        let read = nginx::add(stack, self.sources, &self.nginx, &seen);
        match &self.read_by_nginx {
            Some(contained) if is_on_host(deployment) => {
                let left = self.nginx.iter().copied().filter(|draft| !contained.contains(&draft.file));
                nginx::add_hosted(stack, self.sources, &left.collect::<Vec<_>>(), &seen);
            }
            _ if !self.serves_by_nginx => nginx::add_hosted(stack, self.sources, &self.nginx, &seen),
            _ => {}
        }
        read
    }

    /// The proxies that are not nginx.
    fn other_proxies(
        &self,
        stack: &mut Stack,
        deployment: &Deployment,
        network: &Network,
        parts: &[Part<'_>],
        ids: &[Id<Service>],
    ) {
        let seen = parts.iter().zip(ids).map(|(part, &id)| proxies::Seen {
            plan: part.plan,
            id,
            image: part.image.as_ref(),
            name: image_of(part.plan, part.image.as_ref()).map(|it| &*it.value),
            running: &part.running,
        });
        let seen: Vec<_> = seen.collect();
        proxies::add(stack, self.sources, &self.proxy_files, &deployment.ingresses, network, &seen);
    }

    /// A plan with its image, whose variables are put below the service's own.
    fn with_image(&self, plan: &ServicePlan) -> (ServicePlan, Option<Image>) {
        let image = plan.build.as_ref().and_then(|build| {
            let image = image::image(build, &self.dockerfiles)?;
            let ignored = image::Ignored::of(build, &self.sources.file(image.dockerfile).path, self.sources);
            Some(Image { ignored, ..image })
        });
        // Of an image into which nothing is copied that can be seen, nobody knows what is in it.
        let is_seen =
            |image: &&Image| !image.copies.is_empty() && image.copies.iter().all(|it| !it.source.contains('$'));
        let absent = image.as_ref().filter(is_seen).map_or_else(Vec::new, |image| {
            let is_absent = |path: &&str| image::container_paths(path, plan, Some(image)).is_empty();
            self.code.read_files().filter(is_absent).map(Box::from).collect()
        });
        let environment = image::environment(plan, image.as_ref());
        let environment = super::assumed::environment(plan, environment, self.assume);
        (ServicePlan { environment, absent, ..plan.clone() }, image)
    }

    fn running(&self, plan: &ServicePlan, image: Option<&Image>) -> Vec<Running> {
        let running = command::running(plan, image, &self.files);
        server::expand_units(running, plan, &|| self.unit(plan, image))
    }

    fn part<'p>(&self, plan: &'p ServicePlan, image: Option<Image>) -> Part<'p> {
        let running = self.running(plan, image.as_ref());
        let first = plan.pod.iter().flat_map(|pod| &pod.before);
        let before = first.flat_map(|plan| {
            let (plan, image) = self.with_image(plan);
            self.running(&plan, image.as_ref())
        });
        Part { plan, image, before: before.collect(), running }
    }

    /// The databases, poolers and Redis servers, and the names by which they are reached.
    fn stores(&self, stack: &mut Stack, deployment: &Deployment, parts: &[Part<'_>], ids: &[Id<Service>]) -> Network {
        let mut poolers = Vec::new();
        for (part, &id) in parts.iter().zip(ids) {
            let Some(image) = image_of(part.plan, part.image.as_ref()) else { continue };
            let file_at = |path: &str| {
                let paths = image::repository_paths(path, part.plan, part.image.as_ref());
                paths.iter().find_map(|path| self.settings.get(&**path).copied())
            };
            let sources_in = |folder: &str| {
                let paths = image::repository_paths(folder, part.plan, part.image.as_ref());
                let inside = |path: &str, file: &SourceFile| file.folder() == path.trim_end_matches('/');
                let found =
                    paths.iter().map(|path| self.sources.iter().filter(|file| inside(path, file)).collect::<Vec<_>>());
                found.into_iter().find(|files| !files.is_empty()).unwrap_or_default()
            };
            let server = stores::Server {
                sources: self.sources,
                sources_in: &sources_in,
                plan: part.plan,
                image: &image.value,
                built: part.image.as_ref(),
                running: &part.running,
                file_at: &file_at,
            };
            let mentions = |name: &str| self.mentions(deployment, name);
            if let Some(pooler) = stores::add_pooler(stack, &server, id) {
                poolers.push((pooler, stores::pooled_host(&server)));
            } else if stores::add_postgres(stack, &server, id, &mentions).is_none() {
                stores::add_redis(stack, &server, id);
            }
        }
        let mut network = Network::of(deployment, ids, stack);
        network.join_poolers(stack, &poolers);
        deployment.managed.iter().for_each(|managed| network.add_managed(stack, managed));
        network
    }

    /// Whether anything of the deployment's files uses a variable by `${NAME}` or `$NAME`.
    fn mentions(&self, deployment: &Deployment, name: &str) -> bool {
        deployment.files.iter().any(|&file| {
            let text = self.sources.file(file).text();
            memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).any(|at| {
                let before = text[..at].trim_end_matches('{');
                let after = text[at + name.len()..].chars().next();
                before.ends_with('$') && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        })
    }
}

/// The image that a service runs in the end, by its name: the one that its Dockerfile starts from, else its own.
fn image_of<'a>(plan: &'a ServicePlan, image: Option<&'a Image>) -> Option<&'a Spanned<Box<str>>> {
    match image {
        Some(image) => image.base.as_ref(),
        None => plan.image.as_ref(),
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

/// The folder of the repository that a service's code lies in.
pub(super) fn folder(plan: &ServicePlan) -> &str {
    plan.build.as_ref().map_or(&plan.folder, |build| &build.context)
}

fn is_below(file: &SourceFile, folder: &str) -> bool {
    file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
