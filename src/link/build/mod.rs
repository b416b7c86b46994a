//! All drafts of a repository, joined into a stack for each deployment, and one for its code.

mod around;
mod parts;
mod processes;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Assume;
use crate::facts::docker::Dockerfile;
use crate::facts::gunicorn::GunicornConf;
use crate::facts::kubernetes::Block;
use crate::facts::proxy::ProxyConf;
use crate::facts::requirements::Requirements;
use crate::facts::routes::RouteFile;
use crate::facts::{Drafts, nginx as nginx_facts};
use crate::source::{FileId, SourceFile, Sources};
use crate::stack::vocabulary::{KINDS, Program};
use crate::stack::{Id, Process, Service, Stack};
use crate::syntax::SyntaxError;
use crate::syntax::lines::Setting;

use super::deployed::{Aside, Chosen};
use super::plan::{Deployment, ServicePlan};
use super::values::{Code, data};
use super::{
    command, compose, image, kubernetes, network, nginx, orm, platform, roles, services, unstarted, upkeep, versions,
};

pub(super) use parts::folder;

use around::is_on_host;
use parts::Part;

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
}

fn is_below(file: &SourceFile, folder: &str) -> bool {
    file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
