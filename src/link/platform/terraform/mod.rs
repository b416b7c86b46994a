//! Terraform to deployments: the databases and Redis servers that a module makes, and the tasks of ECS that it runs.
//!
//! A folder is a module. Values are literals, variables with a default or a value in `terraform.tfvars`, and locals;
//! everything else is unknown. What makes a module's variables is its caller, so they are unknown there.

mod services;
mod stores;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::terraform::TerraformFile;
use crate::link::image::join;
use crate::link::plan::Deployment;
use crate::link::roles::{self, Role};
use crate::source::{FileId, Sources, Span};
use crate::stack::{About, Anchor, Fact, Why};
use crate::syntax::Spanned;
use crate::syntax::hcl::{Block, Expr, Piece, Value};

pub(super) use stores::by_class;

/// How deep values may refer to each other.
const DEEPEST: usize = 8;

/// The deployments of all modules, in the order of their folders.
pub(in crate::link) fn deployments(sources: &Sources, files: &[&TerraformFile]) -> Vec<Deployment> {
    let mut folders: BTreeMap<&str, Vec<&TerraformFile>> = BTreeMap::new();
    for file in files {
        folders.entry(sources.file(file.file).folder()).or_default().push(file);
    }
    let called = called(sources, files);
    folders
        .into_iter()
        .filter_map(|(folder, files)| {
            Module { sources, folder, files, is_called: called.contains(folder) }.deployment()
        })
        .collect()
}

/// The folders that other modules call.
fn called(sources: &Sources, files: &[&TerraformFile]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files {
        let folder = sources.file(file.file).folder();
        for block in file.body.all("module") {
            if let Some(Value::Text(source)) = block.body.get("source").map(|it| &it.value)
                && source.value.starts_with('.')
            {
                found.insert(join(&format!("/{folder}"), &source.value).trim_start_matches('/').to_owned());
            }
        }
    }
    found
}

/// A folder of Terraform.
struct Module<'a> {
    sources: &'a Sources,
    folder: &'a str,
    files: Vec<&'a TerraformFile>,
    is_called: bool,
}

impl<'a> Module<'a> {
    fn deployment(&self) -> Option<Deployment> {
        let managed = stores::all(self);
        let services = services::all(self);
        if managed.is_empty() && services.is_empty() {
            return None;
        }
        let holders = managed.iter().filter_map(|it| it.store.about().span);
        let holders = holders.chain(services.iter().map(|it| it.span));
        let files: BTreeSet<FileId> = holders.clone().map(|it| it.file).collect();
        let at = holders.min_by_key(|it| (it.file, it.start))?;
        let (role, because) = match roles::of_words(self.folder) {
            Some((role @ (Role::Example | Role::Test | Role::Development), word)) => {
                (role, Why::at(format!("has `{word}` in its path"), at))
            }
            _ => (Role::Production, Why::at("is what Terraform makes", at)),
        };
        let name = if self.folder.is_empty() { "Terraform".into() } else { format!("{}/", self.folder).into() };
        Some(Deployment {
            name,
            files: files.into_iter().collect(),
            services,
            managed,
            role,
            because,
            ..Deployment::default()
        })
    }

    /// The resources of a type, each with its name; those of which there are none are left out.
    fn resources(&self, kind: &str) -> Vec<(&'a Spanned<Box<str>>, &'a Block)> {
        let blocks = self.files.iter().filter(|it| !it.is_values).flat_map(|it| it.body.all("resource"));
        let named = blocks.filter_map(|block| match block.labels.as_slice() {
            [own, name] if *own.value == *kind => Some((name, block)),
            _ => None,
        });
        let none = |block: &Block| block.body.get("count").is_some_and(|it| self.text(it).as_deref() == Some("0"));
        named.filter(|(_, block)| !none(block)).collect()
    }

    /// The resource that a reference of an attribute names: `aws_db_parameter_group.main.name`.
    fn named(&self, kind: &str, reference: Option<&Expr>) -> Option<&'a Block> {
        let path = match &reference?.value {
            Value::Reference(path) => path.clone(),
            Value::Template(pieces) => match pieces.as_slice() {
                [Piece::Reference(path)] => path.clone(),
                _ => return None,
            },
            _ => return None,
        };
        let name = path.strip_prefix(kind)?.strip_prefix('.')?.split('.').next()?.to_owned();
        self.resources(kind).into_iter().find(|(own, _)| *own.value == *name).map(|(_, block)| block)
    }

    /// What a variable or a local is.
    fn value_of(&self, path: &str) -> Option<&'a Expr> {
        let (kind, name) = path.split_once('.')?;
        match kind {
            "var" if !self.is_called => {
                let given = self.files.iter().filter(|it| it.is_values).filter_map(|it| it.body.get(name)).next_back();
                let blocks = self.files.iter().flat_map(|it| it.body.all("variable"));
                let mut own = blocks.filter(|block| block.labels.first().is_some_and(|it| *it.value == *name));
                given.or_else(|| own.next()?.body.get("default"))
            }
            "local" => {
                let mut blocks = self.files.iter().flat_map(|it| it.body.all("locals"));
                blocks.find_map(|block| block.body.get(name))
            }
            _ => None,
        }
    }

    /// A value as a text with its places; absent where nothing is said.
    fn fact(&self, expr: Option<&Expr>) -> Fact<Box<str>> {
        self.fact_at(expr, 0)
    }

    fn fact_at(&self, expr: Option<&Expr>, depth: usize) -> Fact<Box<str>> {
        let Some(expr) = expr else { return Fact::Absent };
        let unknown = |reason: &str| Fact::Unknown(Why::at(reason, expr.span));
        match &expr.value {
            Value::Text(text) if text.span.len() == text.value.len() => Fact::written(text.value.clone(), text.span),
            Value::Text(text) => Fact::derived(text.value.clone(), vec![text.span]),
            Value::Plain(text) if &**text == "null" => Fact::Absent,
            Value::Plain(text) => Fact::written(text.clone(), expr.span),
            Value::Reference(path) if depth < DEEPEST => match self.value_of(path) {
                Some(value) => self.fact_at(Some(value), depth + 1).by_way_of([expr.span]),
                None if path.starts_with("var.") => unknown("a variable that is given a value elsewhere"),
                None => unknown("worked out by Terraform"),
            },
            _ => unknown("worked out by Terraform"),
        }
    }

    /// A value as a text, when it is known.
    fn text(&self, expr: &Expr) -> Option<Box<str>> {
        self.fact(Some(expr)).known().cloned()
    }

    /// What a report says of a resource.
    fn about(&self, kind: &str, name: &Spanned<Box<str>>) -> About {
        let entity = format!("{kind}.{}", name.value);
        let path = self.sources.file(name.span.file).path.clone();
        About {
            name: entity.clone().into(),
            anchor: Anchor::new(path, entity),
            span: Some(name.span),
            owner: None,
            writers: Vec::new(),
        }
    }
}

/// A value as whatever `read` makes of its text.
fn parsed<T: Clone>(fact: Fact<Box<str>>, read: impl Fn(&str) -> Option<T>) -> Fact<T> {
    crate::link::stores::parsed(fact, read)
}

/// What is known where nothing is said, or what is said.
fn or_unknown<T>(fact: Fact<T>, reason: &str, at: Span) -> Fact<T> {
    if fact.is_absent() { Fact::Unknown(Why::at(reason, at)) } else { fact }
}
