//! Templates: which one code names, and what it does with the context that it is given.

use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::eval::{Args, Eval, uses};
use super::forms;
use super::names::{FunctionId, Names};
use super::types::{Entries, Type, merged, put};
use crate::facts::orm::flow::{NodeId, NodeKind, last_of};
use crate::facts::orm::{FunctionDraft, Place, tag_name, template_names};

/// What makes a function a tag or a filter: `@register.simple_tag`.
const TAGS: &[&str] = &["simple_tag", "inclusion_tag", "filter", "assignment_tag"];
/// The templates of the repository, by the names that code may call them by.
#[derive(Debug, Default)]
pub(super) struct Templates<'a> {
    by_name: HashMap<&'a str, Vec<FunctionId>>,
    /// Functions that are tags or filters, by what a template's flow calls them by.
    tags: HashMap<Box<str>, Vec<FunctionId>>,
    /// What templates read of their contexts, once it was asked for.
    reads: HashMap<FunctionId, Reads<'a>>,
}

/// The names of a context that a template reads, by itself and by what it includes; [`None`] when it hands all of it on.
type Reads<'a> = Option<Rc<HashSet<&'a str>>>;

impl<'a> Templates<'a> {
    pub(super) fn new(names: &Names<'a>) -> Self {
        let mut by_name: HashMap<&'a str, Vec<FunctionId>> = HashMap::default();
        for (at, draft) in names.drafts.iter().copied().enumerate().filter(|(_, draft)| draft.place == Place::Template)
        {
            let Some(whole) = draft.functions.len().checked_sub(1) else { continue };
            for name in template_names(&draft.path) {
                by_name.entry(name).or_default().push(FunctionId { draft: at as u32, at: whole as u32 });
            }
        }
        let mut tags: HashMap<Box<str>, Vec<FunctionId>> = HashMap::default();
        for (at, draft) in names.drafts.iter().enumerate() {
            for (place, function) in draft.functions.iter().enumerate() {
                let made = |it: &str| TAGS.contains(&last_of(it)) && it.contains('.');
                if function.owner.is_none() && function.decorators.iter().any(|it| made(it)) {
                    let id = FunctionId { draft: at as u32, at: place as u32 };
                    tags.entry(tag_name(&function.name)).or_default().push(id);
                }
            }
        }
        Self { by_name, tags, reads: HashMap::default() }
    }

    /// Whether the repository has a template of a name: where a package has one of that name, it is that in its place.
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The one function that is the tag or filter of a name.
    pub(super) fn tag(&self, name: &str) -> Option<FunctionId> {
        match self.tags.get(name)?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// What a template, and all that it includes, reads of its context.
    pub(super) fn reads(&mut self, names: &Names<'a>, template: FunctionId) -> Reads<'a> {
        if let Some(known) = self.reads.get(&template) {
            return known.clone();
        }
        let read = self.read(names, template);
        self.reads.insert(template, read.clone());
        read
    }

    fn read(&self, names: &Names<'a>, template: FunctionId) -> Reads<'a> {
        let mut read = HashSet::default();
        let mut todo = vec![template];
        let mut seen: HashSet<FunctionId> = HashSet::from_iter([template]);
        while let Some(next) = todo.pop() {
            let flow = &names.function(next).flow;
            for node in &flow.nodes {
                match &node.kind {
                    NodeKind::Item { of: 0, key } => _ = read.insert(flow.text(*key)?),
                    NodeKind::Include { template, .. } => {
                        todo.extend(self.get(template).filter(|included| seen.insert(*included)));
                    }
                    NodeKind::Name(name) if self.tag(name).is_some_and(|tag| takes_context(names, tag)) => return None,
                    kind if uses(kind, 0) => return None,
                    _ => {}
                }
            }
        }
        Some(Rc::new(read))
    }

    /// A macro of the template of a name.
    pub(super) fn macro_of(&self, names: &Names<'_>, template: &str, name: &str) -> Option<FunctionId> {
        let whole = self.get(template)?;
        let is_it = |it: &FunctionDraft| *it.name == *name && it.within.is_some();
        let at = names.draft(whole.draft).functions.iter().position(is_it)?;
        Some(FunctionId { draft: whole.draft, at: at as u32 })
    }

    /// The one template whose name ends so.
    pub(super) fn by_end(&self, end: &str) -> Option<FunctionId> {
        let mut found = self.by_name.iter().filter(|(name, _)| name.ends_with(end)).map(|(_, all)| all.as_slice());
        match (found.next()?, found.next()) {
            ([only], None) => Some(*only),
            _ => None,
        }
    }

    /// The one template of a name.
    pub(super) fn get(&self, name: &str) -> Option<FunctionId> {
        match self.by_name.get(name)?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// What the keyword arguments of a call make together.
pub(super) fn keywords(eval: &Eval<'_>, args: &Args<'_>) -> Entries {
    let mut all = Entries::new();
    for (name, node) in args.keywords {
        match eval.type_of(*node) {
            Type::Record(entries) if &**name == "**" => all.extend(entries.iter().cloned()),
            value if &**name != "**" => all.push(((**name).into(), value, eval.vary(*node))),
            _ => {}
        }
    }
    all
}

/// What a dict is made of, or filled with: other dicts, then names.
pub(super) fn given(eval: &Eval<'_>, args: &Args<'_>) -> Entries {
    let mut all = Entries::new();
    for node in args.positional {
        if let Type::Record(entries) = eval.type_of(*node) {
            put(&mut all, entries.to_vec());
        }
    }
    put(&mut all, keywords(eval, args));
    all
}

/// `render(request, "name.html", context)` and its kin, by what their arguments are: a name, then a context.
pub(super) fn render(eval: &mut Eval<'_>, args: &Args<'_>, id: NodeId) -> Type {
    let mut named = Vec::new();
    let mut context = Entries::new();
    for node in &args.all().collect::<Vec<_>>() {
        match eval.type_of(*node) {
            Type::Record(entries) => put(&mut context, entries.to_vec()),
            _ if named.is_empty() => named = names_of(eval, *node, 0),
            _ => {}
        }
    }
    let context = merged(&context, keywords(eval, args));
    for name in named {
        run(eval, &name, context.clone(), id);
    }
    Type::Unknown
}

/// The templates that a value names: one text, or one in each branch.
fn names_of(eval: &Eval<'_>, node: NodeId, depth: u32) -> Vec<Rc<str>> {
    /// Branches lie so deep in one another at most.
    const MOST: u32 = 4;
    match (eval.type_of(node), &eval.frame().flow.node(node).kind) {
        (Type::Text(name), _) => vec![name],
        (Type::Unknown, NodeKind::Either(all)) if depth < MOST => {
            let mut names: Vec<Rc<str>> = all.iter().flat_map(|it| names_of(eval, *it, depth + 1)).collect();
            names.dedup();
            names
        }
        (Type::Unknown, _) => eval.text_by_default(node).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// `template.render(context)`, `template.render(books=books)`
pub(super) fn render_template(eval: &mut Eval<'_>, name: &str, args: &Args<'_>, id: NodeId) -> Type {
    let context = merged(&[], given(eval, args));
    run(eval, name, context, id)
}

/// Runs a template with a context.
pub(super) fn run(eval: &mut Eval<'_>, name: &str, context: Type, id: NodeId) -> Type {
    if let Some(template) = eval.templates.get(name) {
        fill(eval, template, context, id);
    }
    Type::Unknown
}

/// Runs a template of the repository with a context.
pub(super) fn fill(eval: &mut Eval<'_>, template: FunctionId, context: Type, id: NodeId) {
    eval.filled.insert(template);
    forms::write_out(eval, template, &context);
    let context = narrowed(eval, template, context);
    eval.follow(template, vec![(context, None)], id);
}

/// What a template reads of a context: those that read the same are filled alike, whatever else views give them.
fn narrowed(eval: &mut Eval<'_>, template: FunctionId, context: Type) -> Type {
    let Type::Record(entries) = &context else { return context };
    let Some(read) = eval.templates.reads(eval.names, template) else { return context };
    Type::Record(entries.iter().filter(|(name, ..)| read.contains(&**name)).cloned().collect())
}

/// Whether a tag gets the context before all else.
pub(super) fn takes_context(names: &Names<'_>, tag: FunctionId) -> bool {
    names.function(tag).params.first().is_some_and(|it| &*it.name == "context")
}
