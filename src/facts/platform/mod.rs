//! Files of platforms that state command, environment and count in one place: Fly.io, Render, Railway, Heroku, App
//! Engine, Cloud Run, DigitalOcean, ECS, Copilot.
//!
//! A file is known by its name and by words in it before it is parsed. TOML and JSON become the same tree as YAML, so
//! that one reader serves them; what the keys mean is for `link`.

mod tree;

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile};
use crate::syntax::yaml::{self, Node, Value};
use crate::syntax::{SyntaxError, toml};

/// A file of a platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlatformFile {
    /// The file.
    pub file: FileId,
    /// Whose.
    pub kind: Kind,
    /// What it says; of TOML and JSON too.
    pub root: Node,
}

/// The kinds of files that platforms read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `fly.toml`.
    Fly,
    /// `render.yaml`.
    Render,
    /// `railway.toml`, `railway.json`.
    Railway,
    /// `nixpacks.toml`, which says how Railway and others start what they build.
    Nixpacks,
    /// `heroku.yml`.
    Heroku,
    /// Heroku's `app.json`.
    HerokuApp,
    /// App Engine's `app.yaml`.
    AppEngine,
    /// A service of Knative, as Cloud Run takes it.
    CloudRun,
    /// DigitalOcean's `.do/app.yaml`.
    DigitalOcean,
    /// A task definition of ECS.
    EcsTask,
    /// A service definition of ECS, which says how many tasks run.
    EcsService,
    /// A manifest of AWS Copilot.
    Copilot,
    /// A template of CloudFormation or SAM.
    CloudFormation,
}

impl Kind {
    /// What the file is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Fly => "Fly.io configuration",
            Kind::Render => "Render blueprint",
            Kind::Railway => "Railway configuration",
            Kind::Nixpacks => "Nixpacks configuration",
            Kind::Heroku | Kind::HerokuApp => "Heroku manifest",
            Kind::AppEngine => "App Engine configuration",
            Kind::CloudRun => "Cloud Run service",
            Kind::DigitalOcean => "DigitalOcean app spec",
            Kind::EcsTask => "ECS task definition",
            Kind::EcsService => "ECS service definition",
            Kind::Copilot => "Copilot manifest",
            Kind::CloudFormation => "CloudFormation template",
        }
    }
}

/// Reads a file of a platform; [`None`] for one that is something else, whose errors are not ours to tell.
pub fn read(file: &SourceFile) -> Option<(Option<PlatformFile>, Vec<SyntaxError>)> {
    let kind = kind(file)?;
    let (root, errors) = if file.name().ends_with(".toml") {
        let parsed = toml::parse(file);
        (parsed.tree.map(|item| tree::of_toml(&item, file)), parsed.errors)
    } else {
        let parsed = yaml::parse(file);
        let mut documents = parsed.tree.documents.into_iter();
        (documents.find(|root| matches!(root.value, Value::Map { .. })), parsed.errors)
    };
    let root = root.filter(|root| is_meant(kind, root));
    // A name alone proves little where the file cannot be read.
    let sure = root.is_some() || matches!(kind, Kind::Fly | Kind::Render | Kind::Railway);
    sure.then(|| (root.map(|root| PlatformFile { file: file.id, kind, root }), errors))
}

/// What a file may be, by its name and the words in it.
fn kind(file: &SourceFile) -> Option<Kind> {
    let name = file.name();
    let (stem, ending) = name.rsplit_once('.')?;
    let text = file.text();
    let lined = |word: &str| text.starts_with(word) || text.contains(&format!("\n{word}"));
    let parts = || stem.split(['.', '-', '_']);
    match ending {
        "toml" => match stem {
            "railway" => Some(Kind::Railway),
            "nixpacks" => Some(Kind::Nixpacks),
            _ => parts().any(|part| part == "fly").then_some(Kind::Fly),
        },
        "yaml" | "yml" => match stem {
            "render" => Some(Kind::Render),
            "heroku" if ending == "yml" => Some(Kind::Heroku),
            "manifest" if file.path.split('/').any(|part| part == "copilot") => Some(Kind::Copilot),
            _ if text.contains("AWS::") && lined("Resources:") => Some(Kind::CloudFormation),
            _ if text.contains("serving.knative.dev/v1") && lined("kind: Service") => Some(Kind::CloudRun),
            _ if file.folder().split('/').any(|part| part == ".do") => Some(Kind::DigitalOcean),
            _ if parts().any(|part| part == "app") && lined("runtime:") => Some(Kind::AppEngine),
            _ => None,
        },
        "json" => match stem {
            "railway" => Some(Kind::Railway),
            "app" => Some(Kind::HerokuApp),
            _ if text.contains("containerDefinitions") => Some(Kind::EcsTask),
            _ if text.contains("\"desiredCount\"") => Some(Kind::EcsService),
            _ if text.contains("AWS::") && text.contains("\"Resources\"") => Some(Kind::CloudFormation),
            _ => None,
        },
        "template" if text.contains("AWS::") => Some(Kind::CloudFormation),
        _ => None,
    }
}

/// Whether a tree is what its file's name promises.
fn is_meant(kind: Kind, root: &Node) -> bool {
    let has = |key: &str| root.get(key).is_some();
    let any = |keys: &[&str]| keys.iter().any(|key| has(key));
    match kind {
        Kind::Fly => any(&["app", "build", "http_service", "services", "processes", "deploy", "env"]),
        Kind::Render => any(&["services", "databases", "projects"]),
        Kind::Railway => any(&["build", "deploy"]),
        Kind::Nixpacks => has("start"),
        Kind::Heroku => any(&["build", "run"]),
        Kind::HerokuApp => any(&["formation", "addons", "buildpacks", "stack"]) && !has("expo"),
        Kind::AppEngine => has("runtime"),
        Kind::CloudRun => has("spec"),
        Kind::DigitalOcean => any(&["spec", "services", "workers", "jobs"]),
        Kind::EcsTask => tree::at(root, &["containerDefinitions"])
            .or_else(|| tree::at(root, &["taskDefinition", "containerDefinitions"]))
            .is_some_and(|it| !it.items().is_empty()),
        Kind::EcsService => has("desiredCount"),
        Kind::Copilot => has("type"),
        Kind::CloudFormation => has("Resources"),
    }
}

pub use tree::{at, of_toml};

#[cfg(test)]
mod tests {
    use super::*;

    fn known(path: &str, text: &str) -> Option<Kind> {
        let file = SourceFile::new(FileId(0), path, Default::default(), text);
        Some(read(&file)?.0?.kind)
    }

    #[test]
    fn files_are_known_by_name_and_words() {
        assert_eq!(known("fly.toml", "app = \"shop\"\n"), Some(Kind::Fly));
        assert_eq!(known("deploy/fly.worker.toml", "app = \"shop\"\n"), Some(Kind::Fly));
        assert_eq!(known("butterfly.toml", "app = \"shop\"\n"), None);
        assert_eq!(known("render.yaml", "services: []\n"), Some(Kind::Render));
        assert_eq!(known("app.yaml", "runtime: python312\n"), Some(Kind::AppEngine));
        assert_eq!(known("app.yaml", "name: x\n"), None);
        assert_eq!(known("x.yaml", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n"), Some(Kind::CloudFormation));
        assert_eq!(known("app.json", "{\"formation\": {\"web\": {\"quantity\": 2}}}"), Some(Kind::HerokuApp));
        assert_eq!(known("app.json", "{\"expo\": {}, \"stack\": 1}"), None);
        assert_eq!(known("ecs/task-def.json", "{\"containerDefinitions\":[{\"name\":\"web\"}]}"), Some(Kind::EcsTask));
        assert_eq!(known("tasks.json", "{\"image\": \"x\"}"), None);
        assert_eq!(known(".do/app.yaml", "services: []\n"), Some(Kind::DigitalOcean));
    }

    #[test]
    fn json_keeps_its_places() {
        let text =
            "{\n\t\"containerDefinitions\":[\n\t\t{\"name\":\"web\",\"cpu\":256,\"command\":[\"a\",\"b\"]}\n\t]\n}\n";
        let file = SourceFile::new(FileId(0), "task-definition.json", Default::default(), text);
        let (draft, errors) = read(&file).unwrap();
        assert_eq!(errors, []);
        let root = draft.unwrap().root;
        let web = &root.get("containerDefinitions").unwrap().items()[0];
        assert_eq!(file.slice(web.get("cpu").unwrap().span), "256");
        assert_eq!(file.slice(web.get("command").unwrap().items()[1].content_span()), "b");
    }
}
