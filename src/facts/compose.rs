//! Compose files: which they are, and the services they speak of. Variables stay as they are written: what they mean
//! depends on the files that a deployment is made of.

use serde::{Deserialize, Serialize};

use super::kubernetes::{self, Block};
use crate::source::{FileId, SourceFile};
use crate::syntax::yaml::{self, Node, Value};
use crate::syntax::{Parsed, Spanned, SyntaxError};

/// What one compose file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComposeFile {
    /// The file.
    pub file: FileId,
    /// Its services in order, anchors and merge keys expanded.
    pub services: Vec<RawService>,
    /// `include:`, files whose services are part of the same project.
    pub include: Option<Node>,
    /// `configs:`, files that services may see by name.
    pub configs: Option<Node>,
    /// `secrets:`, the same.
    pub secrets: Option<Node>,
    /// Files that stand in `content:` of `configs`, each as a service sees it.
    pub blocks: Vec<Block>,
}

/// A service, as one file speaks of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawService {
    /// Its name.
    pub name: Spanned<Box<str>>,
    /// Its map.
    pub node: Node,
}

impl ComposeFile {
    /// Whether every service can be started from this file alone: it says what each is made of. A file where one
    /// cannot is laid over another.
    pub fn is_complete(&self) -> bool {
        let made = |node: &Node| ["image", "build", "extends", "provider"].iter().any(|key| node.get(key).is_some());
        self.services.iter().all(|service| made(&service.node))
    }
}

/// Reads a compose file. The tree is [`None`] for a file that is something else, whose errors are not ours to tell.
pub fn read(file: &SourceFile) -> Parsed<Option<ComposeFile>> {
    if !may_be_compose(file) {
        return Parsed::default();
    }
    let Parsed { tree, mut errors } = yaml::parse(file);
    let named = is_compose_name(file.name());
    // A file's documents are laid one over the other.
    let mut found =
        tree.documents.into_iter().skip_while(|root| !if named { is_project(root) } else { is_compose(root) });
    let Some(mut root) = found.next() else {
        // What is broken before its services are read is known by its name alone.
        return Parsed { tree: None, errors: if named { errors } else { Vec::new() } };
    };
    refused(&root, &mut errors);
    let mut services = take(&mut root, "services").map(self::services).unwrap_or_default();
    services.extend(found.filter_map(|mut root| take(&mut root, "services")).flat_map(self::services));
    let include = take(&mut root, "include");
    let configs = take(&mut root, "configs");
    let secrets = take(&mut root, "secrets");
    let blocks = blocks(file, &services, configs.as_ref());
    Parsed { tree: Some(ComposeFile { file: file.id, services, include, configs, secrets, blocks }), errors }
}

/// The scalars that compose refuses to fill in, each an error: `${` that starts no variable.
fn refused(node: &Node, errors: &mut Vec<SyntaxError>) {
    if let Some(text) = node.text()
        && node.by.is_empty()
        && let Some(found) = refused_variable(text)
    {
        let message = format!("expected a variable, as `${{NAME}}`, found `{found}`; `$$` stands for a dollar");
        errors.push(SyntaxError { span: node.content_span(), message: message.into() });
    }
    node.items().iter().chain(node.entries().map(|(_, node)| node)).for_each(|node| refused(node, errors));
}

/// What stands in a text where compose expects a variable, to the end of its line at most.
fn refused_variable(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = rest.get(at..).unwrap_or("");
        let Some(inner) = rest.strip_prefix("${") else {
            rest = rest.get(if rest.starts_with("$$") { 2 } else { 1 }..).unwrap_or("");
            continue;
        };
        let line = inner.split('\n').next().unwrap_or("");
        let name = line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(line.len());
        let operator = line.get(name..).unwrap_or("");
        let operator = operator.strip_prefix(':').filter(|it| !it.starts_with('}')).unwrap_or(operator);
        let named = line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let ends = operator.starts_with('}') || operator.starts_with(['-', '+', '?']) && operator.contains('}');
        if !(named && ends) {
            return rest.get(..2 + line.find('}').map_or(line.len(), |end| end + 1));
        }
        rest = inner;
    }
    None
}

/// The files that `configs` hold in themselves, once for each place that a service sees one at. One that uses variables
/// is not what stands there, and is not read.
fn blocks(file: &SourceFile, services: &[RawService], configs: Option<&Node>) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    for item in services.iter().filter_map(|it| it.node.get("configs")).flat_map(Node::items) {
        let Some(name) = item.text().or_else(|| item.get("source")?.text()) else { continue };
        let target = item.get("target").and_then(Node::text).unwrap_or(name);
        let content = configs.and_then(|all| all.get(name)?.get("content"));
        let Some(content) = content.filter(|it| it.text().is_some_and(|text| !text.contains('$'))) else { continue };
        let path = Block::path(&file.path, name, file_name(target));
        if !found.iter().any(|block| *block.path == *path) {
            let held = kubernetes::held(file, content, path.into());
            // What would be written into nginx's may hold variables, which compose would fill in here.
            found.extend(held.filter(|it| it.nginx().is_none()));
        }
    }
    found
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a name is one that compose files have: `compose.yaml`, `docker-compose.prod.yml`, `local.compose.yml`.
pub fn is_compose_name(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")) else { return false };
    let words = || stem.split(['.', '-', '_']);
    words().any(|word| word == "compose") && !words().any(|word| matches!(word, "docs" | "openapi" | "swagger"))
}

/// Whether a file is worth parsing: by its name, or by a line that starts with `services:`.
fn may_be_compose(file: &SourceFile) -> bool {
    let yaml = file.name().ends_with(".yml") || file.name().ends_with(".yaml");
    let line = || {
        let text = file.text().as_bytes();
        memchr::memmem::find_iter(text, b"services:").any(|at| match at.checked_sub(1).and_then(|at| text.get(at)) {
            Some(b'\n') => true,
            before => before.is_none() || at == file.bom(),
        })
    };
    yaml && (is_compose_name(file.name()) || line())
}

/// Whether a document of a file named so is a project.
fn is_project(root: &Node) -> bool {
    root.get("services").is_some_and(|it| matches!(it.value, Value::Map { .. }) || it.is_null())
        || root.get("include").is_some()
}

/// Whether a document is a compose project by what it says: services made of images, and nothing of the formats that
/// have `services`, too.
fn is_compose(root: &Node) -> bool {
    let foreign = ["apiVersion", "kind", "openapi", "swagger", "jobs", "on", "stages", "pipeline", "parameters"];
    let Some(services) = root.get("services") else { return false };
    let made = |node: &Node| node.get("image").is_some() || node.get("build").is_some();
    let over =
        |node: &Node| node.entries().all(|(key, _)| OVERLAID.contains(&&*key.value) || key.value.starts_with("x-"));
    let reset = |node: &Node| node.tag.as_deref() == Some("!reset");
    let maps = services.entries().all(|(_, node)| matches!(node.value, Value::Map { .. }) || reset(node));
    let mut all = services.entries();
    maps && (all.any(|(_, node)| made(node))
        || services.entries().next().is_some() && services.entries().all(|(_, it)| over(it)))
        && !foreign.iter().any(|key| root.get(key).is_some())
}

/// What a file that is laid over another says of its services, none of which it makes.
const OVERLAID: [&str; 28] = [
    "cap_add",
    "command",
    "configs",
    "container_name",
    "cpus",
    "depends_on",
    "deploy",
    "entrypoint",
    "env_file",
    "environment",
    "expose",
    "extends",
    "extra_hosts",
    "healthcheck",
    "labels",
    "logging",
    "mem_limit",
    "networks",
    "ports",
    "profiles",
    "restart",
    "secrets",
    "shm_size",
    "stop_grace_period",
    "ulimits",
    "user",
    "volumes",
    "working_dir",
];

fn take(root: &mut Node, key: &str) -> Option<Node> {
    let Value::Map { entries, .. } = &mut root.value else { return None };
    let at = entries.iter().position(|(name, _)| &*name.value == key)?;
    Some(entries.swap_remove(at).1)
}

fn services(node: Node) -> Vec<RawService> {
    match node.value {
        Value::Map { entries, .. } => entries.into_iter().map(|(name, node)| RawService { name, node }).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn names(path: &str, text: &str) -> Option<Vec<String>> {
        let file = SourceFile::new(FileId(0), path, PathBuf::new(), text);
        let compose = read(&file).tree?;
        Some(compose.services.iter().map(|service| service.name.value.to_string()).collect())
    }

    #[test]
    fn knows_compose_files() {
        let web = "services:\n  web: {image: nginx}\n";
        assert_eq!(names("docker-compose.yml", web), Some(vec!["web".into()]));
        assert_eq!(names("deploy/stack.yaml", web), Some(vec!["web".into()]));
        assert_eq!(names("compose.prod.yaml", "services:\n  web: {restart: always}\n"), Some(vec!["web".into()]));
        assert_eq!(names("compose.yaml", "include: [a.yaml]\n"), Some(vec![]));
        assert_eq!(names("production.yml", "services:\n  web: {restart: always}\n"), Some(vec!["web".into()]));
        assert_eq!(names("services.yaml", "services:\n  _defaults: {autowire: true}\n"), None);
        assert_eq!(names("ci.yml", "on: push\njobs: {}\nservices:\n  db: {image: postgres}\n"), None);
        assert_eq!(names("ci.yml", "jobs:\n  a:\n    services:\n      db: {image: postgres}\n"), None);
        assert_eq!(names("k8s.yaml", "apiVersion: v1\nkind: X\nservices:\n  db: {image: postgres}\n"), None);
        assert_eq!(names(".gitlab-ci.yml", "services:\n  - postgres\n"), None);
        assert_eq!(names("docker-compose.yml", "hello\n"), None);
    }

    #[test]
    fn knows_what_stands_alone() {
        let complete = |text: &str| {
            let file = SourceFile::new(FileId(0), "compose.yaml", PathBuf::new(), text);
            read(&file).tree.unwrap().is_complete()
        };
        assert!(complete("services:\n  a: {image: x}\n  b: {build: .}\n"));
        assert!(!complete("services:\n  a: {image: x}\n  b: {restart: always}\n"));
    }

    #[test]
    fn what_compose_refuses_to_fill_in_is_told() {
        let told = |value: &str| {
            let text = format!("services:\n  web:\n    image: \"{value}\"\n");
            let errors = read(&SourceFile::new(FileId(0), "compose.yaml", PathBuf::new(), text)).errors;
            errors.first().map(|it| it.message.to_string())
        };
        for fine in ["$A ${A} ${A:-b} ${A-b} ${A:?} ${A+} ${_a1}", "$$ $${ 5$ $(x) $1", "${A:-${B:-{}}}"] {
            assert_eq!(told(fine), None, "{fine}");
        }
        for (refused, found) in [
            ("x${bad name}y", "${bad name}"),
            ("${OPEN", "${OPEN"),
            ("${}", "${}"),
            ("${A:}", "${A:}"),
            ("${A:-x", "${A:-x"),
            ("${1A}", "${1A}"),
            ("${A:-${!}}", "${!}"),
        ] {
            let message = format!("expected a variable, as `${{NAME}}`, found `{found}`; `$$` stands for a dollar");
            assert_eq!(told(refused), Some(message), "{refused}");
        }
    }

    #[test]
    fn errors_are_told_of_compose_files_only() {
        let errors =
            |path: &str, text: &str| read(&SourceFile::new(FileId(0), path, PathBuf::new(), text)).errors.len();
        assert_eq!(errors("compose.yaml", "services:\n\tweb: {}\n"), 1);
        assert_eq!(errors("notes.yaml", "services:\n\tweb: {}\n"), 0);
    }
}
