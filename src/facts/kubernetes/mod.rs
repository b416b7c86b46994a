//! Kubernetes: manifests, the kustomizations that change them, charts, and what says from which Dockerfile an image is
//! built.
//!
//! Files are known by the words at the starts of their lines before they are parsed. Nothing is joined here: which
//! patch changes which object, and which object names which, is for `link`.

mod blocks;
mod builds;
pub mod clowder;
pub mod openshift;

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile};
use crate::syntax::yaml::{self, Node, Style, Value, Yaml};
use crate::syntax::{Parsed, Spanned, SyntaxError, template};

pub(in crate::facts) use blocks::held;
pub use blocks::{Block, Content};
pub use builds::ImageBuild;

/// The kinds whose objects are kept.
const KINDS: &[&str] = &[
    "Deployment",
    "DeploymentConfig",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Rollout",
    "Pod",
    "Job",
    "CronJob",
    "HorizontalPodAutoscaler",
    "ScaledObject",
    "PodDisruptionBudget",
    "Service",
    "Ingress",
    "ConfigMap",
    "Secret",
];
/// Kinds of documents that hold or change others.
const FRAMES: &[&str] = &["List", "Template", "ClowdApp", "Kustomization", "Component", "Config", "PipelineRun"];

/// What one file says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifests {
    /// The file.
    pub file: FileId,
    /// Its objects in order, those of lists among them.
    pub objects: Vec<Object>,
    /// What it says as a `kustomization.yaml`.
    pub kustomization: Option<Kustomization>,
    /// The operations of a patch as RFC 6902 has them.
    pub operations: Option<Node>,
    /// The chart's name, of a `Chart.yaml`.
    pub chart: Option<Spanned<Box<str>>>,
    /// What it says images are built from.
    pub builds: Vec<ImageBuild>,
    /// Files that stand in its `ConfigMap`s.
    pub blocks: Vec<Block>,
    /// Whether a template holds its objects, which is filled in and applied by itself.
    pub template: bool,
}

/// One object, or a patch of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// `apiVersion`.
    pub api: Box<str>,
    /// `kind`.
    pub kind: Box<str>,
    /// `metadata.name`.
    pub name: Spanned<Box<str>>,
    /// `metadata.namespace`.
    pub namespace: Option<Box<str>>,
    /// The whole.
    pub node: Node,
}

/// A `kustomization.yaml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kustomization {
    /// Whether it is a component, which changes the objects of whoever names it.
    pub component: bool,
    /// Its map. Patches that stand in it as texts are parsed: a `patch` is a map or a list then.
    pub node: Node,
}

/// Reads a file of Kubernetes; [`None`] for one that is something else, whose errors are not ours to tell.
pub fn read(file: &SourceFile) -> Option<(Manifests, Vec<SyntaxError>)> {
    if !file.name().ends_with(".yml") && !file.name().ends_with(".yaml") {
        return None;
    }
    let mut found = Manifests {
        file: file.id,
        objects: Vec::new(),
        kustomization: None,
        operations: None,
        chart: None,
        builds: Vec::new(),
        blocks: Vec::new(),
        template: false,
    };
    if builds::is_workflow(file) {
        let Parsed { tree, .. } = yaml::parse(file);
        found.builds = builds::of_workflow(&tree);
        return (!found.builds.is_empty()).then_some((found, Vec::new()));
    }
    let is_chart = file.name() == "Chart.yaml";
    let is_kustomization = matches!(file.name(), "kustomization.yaml" | "kustomization.yml");
    let is_patch = has_line(file, &["- op:", "- path:", "  op:"]) && !is_kustomization;
    if !(is_chart || is_kustomization || is_patch || names_a_kind(file)) {
        return None;
    }
    // The templates of a chart are no YAML yet. Its chart says so, once.
    if is_template(file) {
        return None;
    }
    let Parsed { tree, errors } = yaml::parse(file);
    if is_chart {
        let name = tree.documents.first().and_then(|root| root.get("name"))?;
        found.chart = Some(Spanned::new(name.text()?.into(), name.content_span()));
    } else {
        found.take(file, tree, is_kustomization, is_patch);
    }
    // What is broken before its first object is known by its words alone.
    let broken = !errors.is_empty() && names_a_kind(file);
    let ours = is_kustomization || broken || found != found.empty();
    ours.then_some((found, errors))
}

impl Manifests {
    fn empty(&self) -> Self {
        Self {
            file: self.file,
            objects: Vec::new(),
            kustomization: None,
            operations: None,
            chart: None,
            builds: Vec::new(),
            blocks: Vec::new(),
            template: false,
        }
    }

    fn take(&mut self, file: &SourceFile, tree: Yaml, is_kustomization: bool, is_patch: bool) {
        for root in tree.documents {
            let text = |key: &str| root.get(key).and_then(Node::text).unwrap_or("");
            let (api, kind) = (text("apiVersion"), text("kind"));
            let of_kustomize = api.is_empty() || api.starts_with("kustomize.config.k8s.io/");
            if (is_kustomization || matches!(kind, "Kustomization" | "Component")) && of_kustomize {
                let component = kind == "Component";
                let mut node = root;
                open_patches(&mut node, file);
                self.kustomization.get_or_insert(Kustomization { component, node });
            } else if kind == "Config" && api.starts_with("skaffold/") {
                self.builds.extend(builds::of_skaffold(&root, file));
            } else if kind == "PipelineRun" && api.starts_with("tekton.dev/") {
                self.builds.extend(builds::of_pipeline(&root));
            } else if is_patch && root.items().iter().any(|item| item.get("op").is_some()) {
                self.operations = Some(root);
            } else {
                self.add(root, file, 0);
            }
        }
    }

    /// Adds an object, or those of a list.
    fn add(&mut self, root: Node, file: &SourceFile, depth: usize) {
        let text = |key: &str| root.get(key).and_then(Node::text).map(Box::<str>::from);
        let (Some(api), Some(kind)) = (text("apiVersion"), text("kind")) else { return };
        if &*kind == "List" && depth < 4 {
            let items = root.get("items").map(|items| items.items().to_vec()).unwrap_or_default();
            items.into_iter().for_each(|item| self.add(item, file, depth + 1));
            return;
        }
        if &*kind == "Template" && matches!(&*api, "v1" | "template.openshift.io/v1") && depth < 4 {
            self.template = true;
            openshift::objects(&root).into_iter().for_each(|item| self.add(item, file, depth + 1));
            return;
        }
        if &*kind == clowder::APP && api.starts_with("cloud.redhat.com/") {
            self.add_app(&root, &api);
            return;
        }
        if !KINDS.contains(&&*kind) || api.contains("knative") {
            return;
        }
        let metadata = root.get("metadata");
        let Some(name) = metadata.and_then(|it| it.get("name")) else { return };
        let Some(text) = name.text() else { return };
        let name = Spanned::new(Box::<str>::from(text), name.content_span());
        let namespace = metadata.and_then(|it| it.get("namespace")?.text()).map(Box::from);
        if &*kind == "ConfigMap" {
            self.blocks.extend(blocks::of_config(&root, &name.value, file));
        }
        self.objects.push(Object { api, kind, name, namespace, node: root });
    }
}

impl Manifests {
    /// Adds what Clowder makes of an app.
    fn add_app(&mut self, root: &Node, api: &str) {
        let metadata = |key: &str| root.get("metadata")?.get(key)?.text();
        let namespace: Option<Box<str>> = metadata("namespace").map(Box::from);
        let deployments = clowder::deployments(root).into_iter().map(|it| (clowder::APP, it));
        let database = clowder::database(root).map(|it| (clowder::DATABASE, it));
        for (kind, (name, node)) in deployments.chain(database) {
            let namespace = namespace.clone();
            self.objects.push(Object { api: api.into(), kind: kind.into(), name, namespace, node });
        }
    }
}

/// Whether a line of the file starts with one of these.
fn has_line(file: &SourceFile, starts: &[&str]) -> bool {
    let text = file.text().as_bytes();
    starts.iter().any(|start| {
        memchr::memmem::find_iter(text, start.as_bytes())
            .any(|at| at == file.bom() || text.get(at.wrapping_sub(1)) == Some(&b'\n'))
    })
}

/// Whether lines of the file say `apiVersion:` and a `kind:` of ours.
fn names_a_kind(file: &SourceFile) -> bool {
    let text = file.text();
    has_line(file, &["apiVersion:"])
        && memchr::memmem::find_iter(text.as_bytes(), b"kind:").any(|at| {
            let rest = text.get(at + 5..).unwrap_or("");
            let line = rest.split(['\n', '\r']).next().unwrap_or("");
            let word = line.split('#').next().unwrap_or("").trim().trim_matches(['"', '\'']);
            KINDS.contains(&word) || FRAMES.contains(&word)
        })
}

/// Whether a file is a template of a chart: by its folder, and by a mark that no YAML has. OpenShift's `${{NAME}}` is
/// none.
fn is_template(file: &SourceFile) -> bool {
    file.folder().split('/').any(|part| part == "templates")
        && template::mark(file.text()).is_some()
        && !has_line(file, &["kind: Template"])
}

/// Puts a tree in the place of each patch that stands in a kustomization as a text.
fn open_patches(node: &mut Node, file: &SourceFile) {
    let Value::Map { entries, .. } = &mut node.value else { return };
    for (key, list) in entries {
        let Value::List { items, .. } = &mut list.value else { continue };
        match &*key.value {
            "patches" | "patchesJson6902" => {
                for item in items {
                    let Value::Map { entries, .. } = &mut item.value else { continue };
                    let patch = entries.iter_mut().find(|(key, _)| &*key.value == "patch");
                    patch.into_iter().for_each(|(_, patch)| open(patch, file));
                }
            }
            "patchesStrategicMerge" => items.iter_mut().for_each(|item| open(item, file)),
            _ => {}
        }
    }
}

/// The tree that a scalar holds as a text: its lines share their indentation, so that the file's own bytes can be read
/// and every place in it is exact. Several documents are a list.
fn open(node: &mut Node, file: &SourceFile) {
    let Value::Scalar { text, style } = &node.value else { return };
    let written = node.content_span();
    let range = match style {
        Style::Block => {
            let header = file.slice(written).find('\n').map_or(written.len(), |at| at + 1);
            written.start as usize + header..written.end as usize
        }
        _ if file.slice(written) == &**text => written.range(),
        _ => return,
    };
    let Parsed { tree, errors } = yaml::parse_range(file, range);
    let mut documents = tree.documents;
    let holds = |node: &Node| !matches!(node.value, Value::Scalar { .. });
    if !errors.is_empty() || !documents.iter().all(holds) {
        return;
    }
    if documents.len() > 1 {
        let items = std::mem::take(&mut documents);
        node.value = Value::List { items, flow: false };
    } else if let Some(only) = documents.pop() {
        *node = only;
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn read_as(path: &str, text: &str) -> Option<Manifests> {
        super::read(&SourceFile::new(FileId(0), path, PathBuf::new(), text)).map(|it| it.0)
    }

    fn kinds(text: &str) -> Option<Vec<String>> {
        let found = read_as("k8s/a.yaml", text)?;
        Some(found.objects.iter().map(|it| format!("{}.{}", it.kind, it.name.value)).collect())
    }

    #[test]
    fn knows_manifests_by_their_words() {
        let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n";
        assert_eq!(kinds(web), Some(vec!["Deployment.web".into(), "Service.web".into()]));
        let list =
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a}\n";
        assert_eq!(kinds(list), Some(vec!["Deployment.a".into()]));
        assert_eq!(kinds("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"), None);
        assert_eq!(kinds("services:\n  web: {image: nginx}\n"), None);
        assert_eq!(
            read_as("chart/templates/a.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .x }}\n"),
            None
        );
    }

    #[test]
    fn errors_are_told_of_manifests_only() {
        let errors = |path: &str, text: &str| {
            super::read(&SourceFile::new(FileId(0), path, PathBuf::new(), text)).map(|it| it.1.len())
        };
        assert_eq!(errors("a.yaml", "apiVersion: v1\nkind: Service\n\tmetadata: {}\n"), Some(1));
        assert_eq!(errors("a.yaml", "apiVersion: v1\nkind: Widget\n\tmetadata: {}\n"), None);
    }

    #[test]
    fn patches_that_are_texts_have_exact_places() {
        let text = "patches:\n- patch: |-\n    - op: replace\n      path: /spec/replicas\n      value: 5\n  target: {kind: Deployment}\n";
        let file = SourceFile::new(FileId(0), "k/kustomization.yaml", PathBuf::new(), text);
        let (found, errors) = super::read(&file).unwrap();
        assert_eq!(errors, []);
        let node = found.kustomization.unwrap().node;
        let value = node.get("patches").unwrap().items()[0].get("patch").unwrap().items()[0].get("value").unwrap();
        assert_eq!(file.slice(value.span), "5");
    }
}
