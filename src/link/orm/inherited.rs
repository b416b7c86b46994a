//! Methods of a base that ask for what a class below it says: `for row in self.rows()`, with `rows` of the class below.
//! By itself the base has no rows; with each class below it, it does.

use rustc_hash::FxHashSet as HashSet;

use super::eval::Eval;
use super::names::{ClassId, FunctionId, Names};
use crate::facts::orm::flow::{Flow, Node, NodeKind};

/// Evaluates each of them for each class that says something to it.
pub(super) fn methods(eval: &mut Eval<'_>) {
    let names = eval.names;
    for class in names.all_classes().into_iter().filter(|it| !names.is_of_package(*it)) {
        for method in asking(names, class) {
            eval.rooted_of(method, class);
        }
    }
}

/// The methods that a class inherits which come to something that it says itself, in the order of its bases.
fn asking(names: &Names<'_>, class: ClassId) -> Vec<FunctionId> {
    let bases = names.lineage(class).classes.iter().skip(1).filter(|it| !names.is_of_package(**it));
    let inherited: Vec<FunctionId> = bases
        .flat_map(|base| methods_of(names, *base))
        .filter(|it| names.method(class, &names.function(*it).name, None) == Some(*it))
        .collect();
    if inherited.is_empty() {
        return Vec::new();
    }
    let mut said: HashSet<&str> = names.class(class).attributes.iter().map(|it| &*it.name).collect();
    said.extend(methods_of(names, class).map(|it| &*names.function(it).name).filter(|name| !name.starts_with("__")));
    // What Django REST framework gives a view of what it says.
    for (name, given) in [("queryset", "get_queryset"), ("serializer_class", "get_serializer")] {
        if said.contains(name) {
            said.insert(given);
        }
    }
    let mut asking: Vec<FunctionId> = Vec::new();
    // What asks for one that asks asks, too.
    while !said.is_empty() {
        let more = |it: &&FunctionId| !asking.contains(it) && asks(&names.function(**it).flow, &said);
        let more: Vec<FunctionId> = inherited.iter().filter(more).copied().collect();
        said = more.iter().map(|it| &*names.function(*it).name).collect();
        asking.extend(more);
    }
    // What another of them runs is evaluated with that, and without a loop nothing comes again and again.
    let flow = |it: &FunctionId| &names.function(*it).flow;
    let own: Vec<FunctionId> = methods_of(names, class).collect();
    if !asking.iter().chain(&own).any(|it| goes_through(flow(it))) {
        return Vec::new();
    }
    let is_run = |it: &FunctionId| {
        let name = HashSet::from_iter([&*names.function(*it).name]);
        asking.iter().any(|other| other != it && asks(flow(other), &name))
    };
    let mut first: Vec<FunctionId> = asking.iter().filter(|it| !is_run(it)).copied().collect();
    first.sort_unstable();
    first
}

fn methods_of<'n>(names: &'n Names<'_>, class: ClassId) -> impl Iterator<Item = FunctionId> + 'n {
    let all = names.draft(class.draft).functions.iter().enumerate();
    let own = all.filter(move |(_, it)| it.owner == Some(class.at));
    own.map(move |(at, _)| FunctionId { draft: class.draft, at: at as u32 })
}

/// Whether code goes through anything: by a loop, by a serializer of many, or in a template.
fn goes_through(flow: &Flow) -> bool {
    const RENDER: &[&str] =
        &["render", "render_to_string", "render_to_response", "TemplateResponse", "render_template"];
    let many = |node: &Node| match &node.kind {
        NodeKind::Call { func, keywords, .. } => {
            keywords.iter().any(|(name, _)| &**name == "many")
                || flow.last_called(*func).is_some_and(|name| RENDER.contains(&name))
        }
        _ => false,
    };
    !flow.loops.is_empty() || flow.nodes.iter().any(many)
}

/// Whether code reads one of these names of its instance.
fn asks(flow: &Flow, said: &HashSet<&str>) -> bool {
    flow.nodes.iter().any(|node| match &node.kind {
        NodeKind::Attr { of, name, .. } => flow.node(*of).kind == NodeKind::Param(0) && said.contains(&**name),
        _ => false,
    })
}
