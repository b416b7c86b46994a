//! What the names in code mean: one function where that can be told, else all that have the name.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::graph::{Graph, Target};
use crate::facts::orm::flow::{CallView, Flow, NodeId, NodeKind, last_of};
use crate::facts::orm::{Body, Callers, ENQUEUES, FINDERS, Manner, Mention, OF_CRON, QUEUED, SERVES, Word, word};
use crate::facts::orm::{Place, template_names};
use crate::link::orm::names::{ClassId, Def, FunctionId, Names};
use crate::link::orm::settings::Settings;

/// What runs a function that it is given, at once: `typer.run(main)`.
const RUNNERS: &[&str] = &["typer.run", "fire.Fire", "Fire", "app.run", "asyncio.run", "anyio.run", "trio.run"];
/// Signals of Django that are sent while tables are made.
const MIGRATES: &[&str] = &["pre_migrate", "post_migrate"];
/// Helpers that hand on to each other what they put into a queue go so deep.
const MOST_HELPERS: usize = 4;

/// What is needed to tell what a name means.
pub(super) struct Namer<'a> {
    pub(super) names: &'a Names<'a>,
    plain: &'a [&'a Callers],
    /// The first code of each file's functions.
    first: Vec<usize>,
    /// The code of the functions of each plain file, [`None`] where several have the name.
    own: Vec<HashMap<Word, Option<usize>>>,
    /// Plain files by the ends of their modules.
    modules: HashMap<&'a str, Vec<usize>>,
    /// All parts of the modules of the repository.
    parts: HashSet<&'a str>,
    /// Names that imports bind in place of others.
    aliases: HashSet<&'a str>,
    /// Those that the file does not use, for others may: a package's.
    handed_on: HashMap<Word, Vec<Word>>,
    /// Parameters that functions put into a queue.
    helpers: HashMap<FunctionId, Vec<u32>>,
    helper_words: HashSet<Word>,
    /// Those of them that stand in plain files, whatever their parameters are.
    plain_helpers: HashSet<Word>,
    settings: Settings<'a>,
    /// What Django's commands do, by their names.
    commands: HashMap<Word, Vec<FunctionId>>,
    /// The functions of templates, by the names that code calls them by.
    templates: HashMap<&'a str, Vec<FunctionId>>,
}

impl<'a> Namer<'a> {
    pub(super) fn new(names: &'a Names<'a>, plain: &'a [&'a Callers], first: Vec<usize>) -> Self {
        let mut namer = Self {
            names,
            plain,
            first,
            own: vec![HashMap::default(); plain.len()],
            modules: HashMap::default(),
            parts: HashSet::default(),
            aliases: HashSet::default(),
            handed_on: HashMap::default(),
            helpers: HashMap::default(),
            helper_words: ENQUEUES.iter().map(|it| word(it)).collect(),
            plain_helpers: HashSet::default(),
            settings: Settings::read(names),
            commands: commands(names),
            templates: HashMap::default(),
        };
        for (at, draft) in names.drafts.iter().copied().enumerate().filter(|(_, it)| it.place == Place::Template) {
            let all = (0..draft.functions.len()).map(|place| FunctionId { draft: at as u32, at: place as u32 });
            let all: Vec<FunctionId> = all.collect();
            for name in template_names(&draft.path) {
                namer.templates.entry(name).or_default().extend(&all);
            }
        }
        for draft in &names.drafts {
            namer.parts.extend(draft.module.split('.'));
            let renamed = draft.imports.iter().filter(|it| it.item.as_ref().is_some_and(|item| *item != it.name));
            for it in renamed {
                let (Some(item), true) = (&it.item, &*it.name != "*") else { continue };
                namer.aliases.insert(&it.name);
                if draft.is_package {
                    namer.handed_on.entry(word(&it.name)).or_default().push(word(item));
                }
            }
        }
        for (at, file) in plain.iter().enumerate().filter(|(_, file)| file.place.is_some()) {
            namer.parts.extend(file.module.split('.'));
            namer.modules.entry(&*file.module).or_default().push(at);
            for (dot, _) in file.module.match_indices('.') {
                namer.modules.entry(&file.module[dot + 1..]).or_default().push(at);
            }
            let used = |name: Word| file.bodies.iter().any(|body| body.mentions.iter().any(|it| it.name == name));
            for (name, item) in file.renamed.iter().filter(|it| !used(it.0)) {
                namer.handed_on.entry(*name).or_default().push(*item);
            }
        }
        namer.find_helpers();
        namer
    }

    /// Says what the code of a plain file's function is.
    pub(super) fn defines(&mut self, file: usize, body: &Body, code: usize) {
        if body.bases.is_none() {
            self.own[file].entry(word(&body.name)).and_modify(|it| *it = None).or_insert(Some(code));
        }
    }

    pub(super) fn code(&self, id: FunctionId) -> usize {
        self.first[id.draft as usize] + id.at as usize
    }

    /// What the names in a flow mean; a text may be one, too: `getattr(it, "name")`.
    pub(super) fn within(
        &self,
        graph: &Graph,
        draft: u32,
        unit: Option<FunctionId>,
        flow: &Flow,
    ) -> Vec<(Target, Manner)> {
        let manners = self.manners(draft, unit, flow);
        let finds = |it: &NodeKind| matches!(it, NodeKind::Name(name) | NodeKind::Attr { name, .. } if FINDERS.contains(&&**name));
        let mut said = None;
        let mut out = Vec::new();
        for (id, node) in flow.nodes.iter().enumerate() {
            if self.settings.bar_any(flow, node.guard) {
                continue;
            }
            match &node.kind {
                NodeKind::Include { template, .. } => out.extend(self.rendered(template)),
                NodeKind::Call { func, args, .. } if flow.last_called(*func) == Some("call_command") => {
                    let name = args.first().and_then(|it| flow.text(*it)).map(word);
                    out.extend(name.into_iter().flat_map(|name| self.command(name)));
                }
                NodeKind::Name(name) | NodeKind::Attr { name, .. } => {
                    let manner = manners.get(&(id as u32)).copied().unwrap_or(Manner::Handed);
                    for target in self.meant(graph, draft, unit, flow, id as u32, name) {
                        out.push((target, manner));
                    }
                }
                // A task is named by its path where it is put into a schedule or a queue.
                NodeKind::Text(text) => {
                    out.extend(self.rendered(text));
                    let last = text.rsplit(['.', ':']).next().unwrap_or(text);
                    let Some(name) = graph.name(word(last)) else { continue };
                    let found = *said.get_or_insert_with(|| flow.nodes.iter().any(|it| finds(&it.kind)));
                    let manner = if last.len() == text.len() && !found { Manner::Said } else { Manner::Queued };
                    out.push((Target::Name(name), manner));
                }
                _ => {}
            }
        }
        for (name, manner) in &flow.passed_on {
            for target in self.bare(graph, draft, unit, name) {
                out.push((target, *manner));
            }
        }
        out
    }

    /// The template of a name: whoever names it renders it.
    fn rendered(&self, name: &str) -> impl Iterator<Item = (Target, Manner)> {
        let all = self.templates.get(name).into_iter().flatten();
        all.map(|id| (Target::Code(self.code(*id)), Manner::Called))
    }

    /// What a command of Django's does: `call_command("sync")`.
    fn command(&self, name: Word) -> impl Iterator<Item = (Target, Manner)> {
        let all = self.commands.get(&name).into_iter().flatten();
        all.map(|id| (Target::Code(self.code(*id)), Manner::Command))
    }

    /// What the names in the body of a plain file mean.
    pub(super) fn of_body(&self, graph: &Graph, file: usize, body: &Body) -> Vec<(Target, Manner)> {
        let mut out = Vec::new();
        for it in &body.mentions {
            if it.manner == Manner::Said && it.to == Some(word("call_command")) {
                out.extend(self.command(it.name));
            }
            let manner = match it {
                Mention { manner: Manner::Handed, to: Some(to), .. } if self.helper_words.contains(to) => {
                    Manner::Enqueued
                }
                _ => it.manner,
            };
            if it.bare
                && let Some(Some(code)) = self.own[file].get(&it.name)
            {
                out.push((Target::Code(*code), manner));
                continue;
            }
            let renamed = self.plain[file].renamed.iter().filter(|renamed| renamed.0 == it.name).map(|it| it.1);
            let handed_on = self.handed_on.get(&it.name).into_iter().flatten().copied();
            for word in std::iter::once(it.name).chain(renamed).chain(handed_on) {
                out.extend(graph.name(word).map(|name| (Target::Name(name), manner)));
            }
        }
        out
    }

    /// How the names of a flow stand there, where they are not handed on.
    fn manners(&self, draft: u32, unit: Option<FunctionId>, flow: &Flow) -> HashMap<NodeId, Manner> {
        let mut manners: HashMap<NodeId, Manner> = HashMap::default();
        for node in &flow.nodes {
            match &node.kind {
                NodeKind::Attr { of, name, .. } if QUEUED.contains(&&**name) => _ = manners.insert(*of, Manner::Queued),
                NodeKind::Call { func, args, keywords, .. } => {
                    manners.entry(*func).or_insert(Manner::Called);
                    let call = CallView { func: *func, args, keywords };
                    for arg in self.put(draft, unit, flow, call) {
                        manners.insert(arg, Manner::Enqueued);
                    }
                    if is_called_one_of(flow, *func, SERVES) {
                        manners.extend(args.iter().map(|it| (*it, Manner::Served)));
                    }
                    if runs_at_once(flow, *func) {
                        manners.extend(args.first().map(|it| (*it, Manner::Called)));
                    }
                }
                _ => {}
            }
        }
        manners
    }

    /// The arguments of a call that it puts into a queue.
    fn put(&self, draft: u32, unit: Option<FunctionId>, flow: &Flow, call: CallView<'_>) -> Vec<NodeId> {
        let (NodeKind::Name(name) | NodeKind::Attr { name, .. }) = &flow.node(call.func).kind else {
            return Vec::new();
        };
        let given = |node: NodeId| match &flow.node(node).kind {
            // `add_job(run, args=(report, 1))`
            NodeKind::List(parts) => parts.clone(),
            _ => vec![node],
        };
        let all = || call.args.iter().copied().chain(call.keywords.iter().map(|it| it.1)).flat_map(given).collect();
        // What a thread runs, nobody waits for.
        if matches!(&**name, "Thread" | "Timer") {
            return call.keyword("target").or_else(|| call.args.get(1).copied()).into_iter().collect();
        }
        let of_cron = || call.keywords.iter().any(|(key, _)| OF_CRON.contains(&&**key));
        if ENQUEUES.contains(&&**name) || &**name == "register" && of_cron() {
            return all();
        }
        if !self.helper_words.contains(&word(name)) && !self.aliases.contains(&**name) {
            return Vec::new();
        }
        match self.def(draft, unit, flow, call.func) {
            Some(Def::Function(id)) => self.given(id, call, 0),
            Some(Def::External(path)) if self.is_plain_helper(&path) => all(),
            // A method of what is not known.
            None if matches!(flow.node(call.func).kind, NodeKind::Attr { .. }) => {
                let methods = self.helpers.keys().filter(|id| *self.names.function(**id).name == **name);
                methods.flat_map(|id| self.given(*id, call, 1)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_plain_helper(&self, path: &str) -> bool {
        let last = last_of(path);
        let root = path.split('.').next().unwrap_or(path);
        self.plain_helpers.contains(&word(last)) && self.parts.contains(root)
    }

    /// What a call gives for the parameters that a helper puts into a queue, those before that nobody gives left out.
    fn given(&self, helper: FunctionId, call: CallView<'_>, before: usize) -> Vec<NodeId> {
        let params = &self.names.function(helper).params;
        let given = |place: &u32| {
            let param = params.get(*place as usize)?;
            let by_place = (*place as usize).checked_sub(before).and_then(|at| call.args.get(at));
            by_place.copied().or_else(|| call.keyword(&param.name))
        };
        self.helpers.get(&helper).into_iter().flatten().filter_map(given).collect()
    }

    /// Functions that put what they are given into a queue: `def job_scheduler(function): queue.enqueue(function)`.
    fn find_helpers(&mut self) {
        for _ in 0..MOST_HELPERS {
            let mut found: Vec<(FunctionId, u32)> = Vec::new();
            for (at, draft) in self.names.drafts.iter().enumerate() {
                for (place, function) in draft.functions.iter().enumerate() {
                    let id = FunctionId { draft: at as u32, at: place as u32 };
                    let flow = &function.flow;
                    for node in &flow.nodes {
                        let NodeKind::Call { func, args, keywords, .. } = &node.kind else { continue };
                        let call = CallView { func: *func, args, keywords };
                        for arg in self.put(id.draft, Some(id), flow, call) {
                            if let NodeKind::Param(param) = flow.node(arg).kind
                                && !self.helpers.get(&id).is_some_and(|all| all.contains(&param))
                            {
                                found.push((id, param));
                            }
                        }
                    }
                }
            }
            let in_plain = self.plain_helpers.len();
            for body in self.plain.iter().filter(|it| it.place.is_some()).flat_map(|it| &it.bodies) {
                let own = word(&body.name);
                let is_param = |name: Word| body.mentions.iter().any(|it| it.name == name && it.to == Some(own));
                let puts = |it: &Mention| it.to.is_some_and(|to| to != own && self.helper_words.contains(&to));
                if !body.name.is_empty() && body.mentions.iter().any(|it| puts(it) && is_param(it.name)) {
                    self.plain_helpers.insert(own);
                    self.helper_words.insert(own);
                }
            }
            if found.is_empty() && self.plain_helpers.len() == in_plain {
                return;
            }
            for (id, param) in found {
                self.helper_words.insert(word(&self.names.function(id).name));
                self.helpers.entry(id).or_default().push(param);
            }
        }
    }

    pub(super) fn def(&self, draft: u32, unit: Option<FunctionId>, flow: &Flow, node: NodeId) -> Option<Def> {
        if let (Some(id), NodeKind::Name(name)) = (unit, &flow.node(node).kind)
            && let Some(nested) = self.names.nested(id, name)
        {
            return Some(Def::Function(nested));
        }
        self.names.of_node(draft, flow, node)
    }

    /// What a name that stands by itself means.
    fn bare(&self, graph: &Graph, draft: u32, unit: Option<FunctionId>, name: &str) -> Vec<Target> {
        if graph.name(word(name)).is_none() && !self.aliases.contains(name) {
            return Vec::new();
        }
        let nested = unit.and_then(|id| self.names.nested(id, name)).map(Def::Function);
        self.targets(graph, nested.or_else(|| self.names.resolve(draft, name)), name)
    }

    fn meant(
        &self,
        graph: &Graph,
        draft: u32,
        unit: Option<FunctionId>,
        flow: &Flow,
        id: NodeId,
        name: &str,
    ) -> Vec<Target> {
        let NodeKind::Attr { of, .. } = &flow.node(id).kind else { return self.bare(graph, draft, unit, name) };
        if graph.name(word(name)).is_none() && !self.aliases.contains(name) {
            return Vec::new();
        }
        if let Some(all) = self.methods_of(draft, unit, flow, *of, name) {
            return all.into_iter().map(|method| Target::Code(self.code(method))).collect();
        }
        let Some(dotted) = flow.dotted(*of) else { return self.targets(graph, None, name) };
        let owner = self.names.resolve_dotted(draft, &dotted);
        // `Service.run(...)`
        if let Some(Def::Class(class)) = owner
            && let Some(method) = self.names.method(class, name, None)
        {
            return vec![Target::Code(self.code(method))];
        }
        self.targets(graph, owner.and_then(|it| self.names.member(&it, name)), name)
    }

    fn targets(&self, graph: &Graph, def: Option<Def>, name: &str) -> Vec<Target> {
        let by_name = |name: Word| graph.name(name).map(Target::Name).into_iter().collect::<Vec<_>>();
        match def {
            Some(Def::Function(id)) => vec![Target::Code(self.code(id))],
            Some(Def::Class(id)) => by_name(word(&self.names.class(id).name)),
            Some(Def::External(path)) => self.outside(graph, &path),
            Some(Def::Global(..) | Def::Module(_)) | None => {
                let handed_on = self.handed_on.get(&word(name)).into_iter().flatten();
                std::iter::once(word(name)).chain(handed_on.copied()).flat_map(by_name).collect()
            }
        }
    }

    /// What a path means that no file of a mapper's has: a function of a plain file, or nothing of the repository.
    fn outside(&self, graph: &Graph, path: &str) -> Vec<Target> {
        let last = last_of(path);
        let all = || graph.name(word(last)).map(Target::Name).into_iter().collect();
        if path.contains('(') {
            return all();
        }
        if let Some((module, name)) = path.rsplit_once('.')
            && let Some(files) = self.modules.get(module)
        {
            let own = files.iter().map(|file| self.own[*file].get(&word(name)).copied().flatten());
            return match own.collect::<Option<Vec<_>>>() {
                Some(codes) => codes.into_iter().map(Target::Code).collect(),
                None => all(),
            };
        }
        let root = path.split('.').next().unwrap_or(path);
        if self.parts.contains(root) { all() } else { Vec::new() }
    }

    /// Classes that derive from others of the repository, and those others.
    pub(super) fn families(&self) -> HashSet<ClassId> {
        let lineages = self.names.all_classes().into_iter().map(|class| &self.names.lineage(class).classes);
        lineages.filter(|all| all.len() > 1).flatten().copied().collect()
    }
}

/// What the commands of Django's do: `handle` of the files that they have their names from.
fn commands(names: &Names<'_>) -> HashMap<Word, Vec<FunctionId>> {
    let mut out: HashMap<Word, Vec<FunctionId>> = HashMap::default();
    for (draft, it) in names.drafts.iter().enumerate() {
        let Some(name) = it.path.split_once("management/commands/").and_then(|(_, name)| name.strip_suffix(".py"))
        else {
            continue;
        };
        let handles = it.functions.iter().enumerate().filter(|(_, it)| &*it.name == "handle");
        let handles = handles.map(|(at, _)| FunctionId { draft: draft as u32, at: at as u32 });
        out.entry(word(name)).or_default().extend(handles);
    }
    out
}

/// Whether a call is of one of these names.
fn is_called_one_of(flow: &Flow, func: NodeId, names: &[&str]) -> bool {
    match &flow.node(func).kind {
        NodeKind::Attr { name, .. } | NodeKind::Name(name) => names.contains(&&**name),
        _ => false,
    }
}

/// Whether a call runs the function that it is given, when it is made or when tables are.
fn runs_at_once(flow: &Flow, func: NodeId) -> bool {
    match &flow.node(func).kind {
        NodeKind::Attr { of, name, .. } if &**name == "connect" => {
            flow.dotted(*of).is_some_and(|it| MIGRATES.contains(&last_of(&it)))
        }
        NodeKind::Attr { .. } | NodeKind::Name(_) => flow.dotted(func).is_some_and(|it| RUNNERS.contains(&&*it)),
        _ => false,
    }
}
