//! What says from which Dockerfile an image is built: Skaffold's artifacts, the steps of a workflow, Konflux's pipelines.

use serde::{Deserialize, Serialize};

use crate::source::SourceFile;
use crate::syntax::Spanned;
use crate::syntax::yaml::{Node, Yaml};

/// An image and what it is built from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageBuild {
    /// The image's name as it is written; a tag or a variable may stand in it.
    pub image: Spanned<Box<str>>,
    /// The folder that its context is relative to: the file's own, or the root.
    pub base: Box<str>,
    /// The context, as it is written.
    pub context: Box<str>,
    /// The Dockerfile, as it is written.
    pub dockerfile: Option<Box<str>>,
    /// Whether the Dockerfile's path starts from the context.
    pub within_context: bool,
    /// The stage.
    pub target: Option<Spanned<Box<str>>>,
}

/// Whether a file is a workflow that builds images.
pub(super) fn is_workflow(file: &SourceFile) -> bool {
    file.path.contains(".github/workflows/") && file.text().contains("docker/build-push-action")
}

/// The images of `docker/build-push-action`. Its paths start from the root of the repository.
pub(super) fn of_workflow(tree: &Yaml) -> Vec<ImageBuild> {
    let jobs = tree.documents.iter().filter_map(|root| Some((root, root.get("jobs")?)));
    let jobs = jobs.flat_map(|(root, jobs)| jobs.entries().map(move |(_, job)| (root, job)));
    let steps = jobs
        .flat_map(|(root, job)| job.get("steps").map_or(&[][..], Node::items).iter().map(move |it| [it, job, root]));
    let built = steps.filter(|[step, ..]| {
        step.get("uses").and_then(Node::text).is_some_and(|uses| uses.starts_with("docker/build-push-action"))
    });
    let mut found = Vec::new();
    for (holders, with) in built.filter_map(|holders| Some((holders, holders[0].get("with")?))) {
        let text = |key: &str| with.get(key).and_then(Node::text);
        let Some(tags) = with.get("tags") else { continue };
        for tag in tags.text().unwrap_or("").split(['\n', ',']).map(str::trim).filter(|tag| !tag.is_empty()) {
            found.push(ImageBuild {
                image: Spanned::new(filled(tag, &holders).into(), tags.span),
                base: "".into(),
                context: text("context").unwrap_or(".").into(),
                dockerfile: text("file").map(Box::from),
                within_context: false,
                target: with.get("target").and_then(spanned),
            });
        }
    }
    found
}

/// A text with each `${{ env.NAME }}` filled in that a step, its job or the workflow sets.
fn filled(text: &str, holders: &[&Node]) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, from)) = rest.split_once("${{") {
        out.push_str(before);
        let found = from.split_once("}}").and_then(|(expression, after)| {
            let name = expression.trim().strip_prefix("env.")?;
            let value = holders.iter().find_map(|it| it.get("env")?.get(name)?.text());
            Some((value?, after)).filter(|(value, _)| !value.contains("${{"))
        });
        match found {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push_str("${{");
                rest = from;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The image of a `PipelineRun` of Tekton that has the parameters of Konflux's `docker-build` pipelines. Its context
/// starts from the root of the repository; the Dockerfile is looked for in the context, then in the root.
pub(super) fn of_pipeline(root: &Node) -> Option<ImageBuild> {
    let params = root.get("spec")?.get("params")?.items();
    let value = |name: &str| {
        params.iter().find(|it| it.get("name").and_then(Node::text) == Some(name)).and_then(|it| it.get("value"))
    };
    let text = |name: &str| value(name).and_then(Node::text);
    Some(ImageBuild {
        image: value("output-image").and_then(spanned)?,
        base: "".into(),
        context: text("path-context").unwrap_or(".").into(),
        dockerfile: text("dockerfile").map(Box::from),
        within_context: true,
        target: None,
    })
}

/// The artifacts of a `skaffold.yaml`, those of its profiles left out.
pub(super) fn of_skaffold(root: &Node, file: &SourceFile) -> Vec<ImageBuild> {
    let artifacts = root.get("build").and_then(|build| build.get("artifacts"));
    let artifacts = artifacts.map_or(&[][..], Node::items).iter();
    artifacts
        .filter(|artifact| {
            ["buildpacks", "jib", "bazel", "ko", "custom", "kaniko"].iter().all(|it| artifact.get(it).is_none())
        })
        .filter_map(|artifact| {
            let docker = artifact.get("docker");
            Some(ImageBuild {
                image: artifact.get("image").and_then(spanned)?,
                base: file.folder().into(),
                context: artifact.get("context").and_then(Node::text).unwrap_or(".").into(),
                dockerfile: docker.and_then(|it| it.get("dockerfile")?.text()).map(Box::from),
                within_context: true,
                target: docker.and_then(|it| it.get("target")).and_then(spanned),
            })
        })
        .collect()
}

fn spanned(node: &Node) -> Option<Spanned<Box<str>>> {
    Some(Spanned::new(node.text()?.into(), node.content_span()))
}
