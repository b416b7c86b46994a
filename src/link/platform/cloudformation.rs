//! Templates of CloudFormation and SAM: the databases and Redis servers that they make, and the tasks of ECS that they
//! run. References to parameters with a default are followed; everything else that is put in is unknown.

use crate::link::plan::{Deployment, Managed, ServicePlan, Store};
use crate::link::values::HOLE;
use crate::source::Span;
use crate::stack::{About, Anchor, Database, Engine, Fact, RedisServer, Version, Why};
use crate::syntax::Spanned;
use crate::syntax::yaml::{Node, Style, Value};

use super::terraform::by_class;
use super::{Seen, ecs, said};

/// How deep values may refer to each other.
const DEEPEST: usize = 24;

/// The deployment of a template.
pub(super) fn deployment(seen: &Seen<'_>) -> Option<Deployment> {
    let template = Template { seen, resources: seen.root.get("Resources")? };
    let mut deployment = seen.deployment("CloudFormation", template.services());
    deployment.because.reason =
        deployment.because.reason.replace("what CloudFormation starts", "what CloudFormation makes").into();
    deployment.managed = template.managed();
    Some(deployment)
}

struct Template<'a, 's> {
    seen: &'s Seen<'a>,
    resources: &'a Node,
}

/// What stands for something that is put in when the stack is made.
const OPEN: &str = "${value}";

impl<'a> Template<'a, '_> {
    /// The resources of a type: name and properties.
    fn all(&self, kind: &str) -> Vec<(&'a Spanned<Box<str>>, &'a Node)> {
        let entries = self.resources.entries();
        let of_kind = entries.filter(|(_, node)| node.get("Type").and_then(Node::text) == Some(kind));
        of_kind.filter_map(|(name, node)| Some((name, node.get("Properties")?))).collect()
    }

    /// The resource that a value refers to: `!Ref X`.
    fn referred(&self, kind: &str, value: Option<&Node>) -> Option<(&'a Spanned<Box<str>>, &'a Node)> {
        let name = reference(value?)?;
        self.all(kind).into_iter().find(|(own, _)| *own.value == *name)
    }

    /// A value with what it refers to put in.
    fn resolved(&self, node: &Node, depth: usize) -> Node {
        let scalar = |text: &str| {
            let at = Span::at(node.span.file, node.span.start as usize);
            Node {
                value: Value::Scalar { text: text.into(), style: Style::Plain },
                span: at,
                by: Vec::new(),
                tag: None,
            }
        };
        if depth > DEEPEST {
            return scalar(OPEN);
        }
        if let Some(name) = reference(node) {
            let default = self.seen.at(&["Parameters", &*name, "Default"]);
            return default.map_or_else(|| scalar(OPEN), |value| self.resolved(value, depth + 1));
        }
        if let Some(path) = attribute(node) {
            return scalar(self.address(&path).as_deref().unwrap_or(OPEN));
        }
        if let Some(text) = substituted(node) {
            return scalar(&self.filled(text));
        }
        if node.tag.as_deref().is_some_and(|tag| tag.starts_with('!'))
            || node.entries().any(|(key, _)| key.value.starts_with("Fn::"))
        {
            return scalar(OPEN);
        }
        let value = match &node.value {
            Value::List { items, flow } => {
                let items = items.iter().map(|item| self.resolved(item, depth + 1)).collect();
                Value::List { items, flow: *flow }
            }
            Value::Map { entries, flow } => {
                let entries = entries.iter().map(|(key, value)| (lowered(key), self.resolved(value, depth + 1)));
                Value::Map { entries: entries.collect(), flow: *flow }
            }
            scalar => scalar.clone(),
        };
        Node { value, ..node.clone() }
    }

    /// A text of `!Sub`. Without an address nothing of it is worth more than that it is filled in.
    fn filled(&self, text: &str) -> String {
        let mut out = String::new();
        let (mut rest, mut known) = (text, !text.contains("${"));
        while let Some((before, behind)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, after)) = behind.split_once('}') else { return OPEN.to_owned() };
            match self.address(name) {
                Some(host) => {
                    known = true;
                    out.push_str(&host);
                }
                None => out.push(HOLE),
            }
            rest = after;
        }
        out.push_str(rest);
        if known { out } else { OPEN.to_owned() }
    }

    /// The host that stands for an address of a server of the template: `Db.Endpoint.Address`.
    fn address(&self, path: &str) -> Option<Box<str>> {
        let (name, property) = path.split_once('.')?;
        let is_address = property.ends_with("Address") && !property.starts_with("Reader");
        let kind = self.resources.get(name)?.get("Type")?.text()?;
        let stored = kind.starts_with("AWS::RDS::") || kind.starts_with("AWS::ElastiCache::");
        (is_address && stored).then(|| name.into())
    }

    fn services(&self) -> Vec<ServicePlan> {
        let mut found = Vec::new();
        for (name, service) in self.all("AWS::ECS::Service") {
            let task = self.referred("AWS::ECS::TaskDefinition", service.get("TaskDefinition"));
            let Some((_, task)) = task else { continue };
            let task = self.resolved(task, 0);
            let count = self.count(&name.value, service);
            let mut plans = ecs::containers(self.seen, &task, &count);
            for plan in &mut plans {
                let entity = format!("Resources.{}.{}", name.value, plan.name.value);
                plan.anchor = Anchor::new(&*self.seen.file.path, entity);
            }
            found.extend(plans);
        }
        found
    }

    /// How many tasks of a service run.
    fn count(&self, name: &str, service: &Node) -> Fact<u64> {
        let number = |node: Option<&Node>| node.map_or(Fact::Absent, |it| said::count(&self.resolved(it, 0)));
        let scaler = self
            .all("AWS::ApplicationAutoScaling::ScalableTarget")
            .into_iter()
            .find(|(_, scaler)| scaler.get("ResourceId").is_some_and(|it| mentions(it, &format!("{name}.Name"), 0)));
        if let Some((own, scaler)) = scaler {
            return said::between(number(scaler.get("MinCapacity")), number(scaler.get("MaxCapacity")), own.span);
        }
        let said = number(service.get("DesiredCount"));
        if said.is_absent() { Fact::unknown("set by hand or by a scaler, for no `DesiredCount` is said") } else { said }
    }

    fn managed(&self) -> Vec<Managed> {
        let mut found = Vec::new();
        for kind in ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"] {
            found.extend(self.all(kind).into_iter().filter_map(|(name, node)| self.database(kind, name, node)));
        }
        for kind in ["AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"] {
            found.extend(self.all(kind).into_iter().filter_map(|(name, node)| self.redis(name, node)));
        }
        found
    }

    fn about(&self, name: &Spanned<Box<str>>) -> About {
        About {
            name: name.value.clone(),
            anchor: Anchor::new(&*self.seen.file.path, format!("Resources.{}", name.value)),
            span: Some(name.span),
            owner: None,
            writers: Vec::new(),
        }
    }

    fn database(&self, kind: &str, name: &Spanned<Box<str>>, node: &Node) -> Option<Managed> {
        let text = |key: &str| node.get(key).map(|it| said::fact(&self.resolved(it, 0))).unwrap_or(Fact::Absent);
        // What belongs to a cluster is a part of it.
        if node.get("DBClusterIdentifier").is_some() && kind == "AWS::RDS::DBInstance" {
            return None;
        }
        let engine = text("Engine").known().cloned();
        let engine = match engine.as_deref() {
            Some(it) if it.contains("postgres") => Some(Engine::Postgres),
            Some(it) if it.contains("mysql") || it == "mariadb" => Some(Engine::Mysql),
            Some(_) => return None,
            None => None,
        };
        let open = |what: &str| Fact::Unknown(Why::at(format!("{what} is not in these files"), name.span));
        let (group, attribute) = match kind {
            "AWS::RDS::DBInstance" => ("AWS::RDS::DBParameterGroup", "DBParameterGroupName"),
            _ => ("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName"),
        };
        let parameters = self.referred(group, node.get(attribute)).and_then(|(_, it)| it.get("Parameters"));
        let limit = parameters.and_then(|it| it.get("max_connections"));
        let max_connections = match (limit, engine, node.get(attribute)) {
            (Some(limit), ..) => said::count(&self.resolved(limit, 0)),
            (None, _, Some(asked)) if parameters.is_none() => {
                Fact::Unknown(Why::at("set by a parameter group that is not in these files", asked.span))
            }
            (None, Some(Engine::Postgres), _) => by_class(&text("DBInstanceClass"), name),
            _ => open("the cloud's own limit"),
        };
        let version = match text("EngineVersion") {
            Fact::Absent => Fact::Unknown(Why::at("the cloud's own, for none is said", name.span)),
            said => said,
        };
        let database = Database {
            about: self.about(name),
            engine: match engine {
                Some(engine) => Fact::derived(engine, vec![node.get("Engine").map_or(name.span, |it| it.span)]),
                None => Fact::Unknown(Why::at("what engine it has is not known", name.span)),
            },
            version: crate::link::stores::parsed(version, Version::of_series),
            max_connections,
            reserved_connections: open("what the cloud keeps for itself"),
            shared_buffers: open("what the cloud sets"),
            work_mem: open("what the cloud sets"),
            memory: open("the memory of its class"),
            ..Database::default()
        };
        Some(Managed { hosts: vec![name.value.clone()], store: Store::Database(Box::new(database)) })
    }

    fn redis(&self, name: &Spanned<Box<str>>, node: &Node) -> Option<Managed> {
        if node.get("Engine").and_then(Node::text).is_some_and(|it| !matches!(it, "redis" | "valkey")) {
            return None;
        }
        let open = |what: &str| Fact::Unknown(Why::at(format!("{what} is not in these files"), name.span));
        let group = self.referred("AWS::ElastiCache::ParameterGroup", node.get("CacheParameterGroupName"));
        let policy = group.and_then(|(_, it)| it.get("Properties")?.get("maxmemory-policy"));
        let redis = RedisServer {
            about: self.about(name),
            maxclients: open("the cloud's own limit"),
            maxmemory: open("the memory of its class"),
            policy: match policy {
                Some(policy) => said::fact(&self.resolved(policy, 0)),
                None => Fact::Unknown(Why::at("the cloud's own, for none is said", name.span)),
            },
            ..RedisServer::default()
        };
        Some(Managed { hosts: vec![name.value.clone()], store: Store::Redis(Box::new(redis)) })
    }
}

/// A key as ECS's own JSON has it: `ContainerDefinitions` is `containerDefinitions`.
fn lowered(key: &Spanned<Box<str>>) -> Spanned<Box<str>> {
    let mut text = key.value.to_string();
    if let Some(first) = text.get_mut(0..1) {
        first.make_ascii_lowercase();
    }
    Spanned::new(text.into(), key.span)
}

/// The name in `!Ref X` or `{"Ref": "X"}`.
fn reference(node: &Node) -> Option<Box<str>> {
    match node.tag.as_deref() {
        Some("!Ref") => node.text().map(Into::into),
        _ => node.get("Ref").and_then(Node::text).map(Into::into),
    }
}

/// The path in `!GetAtt X.Y` or `{"Fn::GetAtt": ["X", "Y"]}`.
fn attribute(node: &Node) -> Option<String> {
    let inner = match node.tag.as_deref() {
        Some("!GetAtt") => node,
        _ => node.get("Fn::GetAtt")?,
    };
    match inner.text() {
        Some(text) => Some(text.to_owned()),
        None => inner.items().iter().map(Node::text).collect::<Option<Vec<_>>>().map(|parts| parts.join(".")),
    }
}

/// The text of `!Sub`.
fn substituted(node: &Node) -> Option<&str> {
    let inner = match node.tag.as_deref() {
        Some("!Sub") => node,
        _ => node.get("Fn::Sub")?,
    };
    inner.text()
}

/// Whether anything in a value names this.
fn mentions(node: &Node, wanted: &str, depth: usize) -> bool {
    let own = attribute(node).as_deref() == Some(wanted)
        || substituted(node).is_some_and(|text| text.contains(&format!("${{{wanted}}}")));
    let inner = node.items().iter().chain(node.entries().map(|(_, value)| value));
    own || (depth < DEEPEST && inner.into_iter().any(|it| mentions(it, wanted, depth + 1)))
}
