//! The services of ECS that a module runs: their task definitions, with the counts of the services and their scalers.

use crate::link::plan::ServicePlan;
use crate::link::platform::{All, Seen, ecs, said};
use crate::link::values::HOLE;
use crate::source::Span;
use crate::stack::Fact;
use crate::syntax::Spanned;
use crate::syntax::hcl::{Block, Expr, Piece, Value};
use crate::syntax::yaml::{Node, Style, Value as Tree};

use super::{Module, parsed, stores};

/// All of a module: the containers of each service whose task definition stands in it.
pub(super) fn all(module: &Module<'_>) -> Vec<ServicePlan> {
    let mut found = Vec::new();
    for (name, service) in module.resources("aws_ecs_service") {
        let Some(task) = module.named("aws_ecs_task_definition", service.body.get("task_definition")) else { continue };
        let Some(tree) = definition(module, task) else { continue };
        let seen = Seen {
            file: module.sources.file(task.span.file),
            root: &tree,
            all: All { sources: module.sources, files: &[], procfiles: &[] },
        };
        let count = count(module, name, service);
        let mut plans = ecs::containers(&seen, &tree, &count);
        for plan in &mut plans {
            // One task definition may be run by several services.
            let path = module.sources.file(name.span.file).path.clone();
            let entity = format!("aws_ecs_service.{}.{}", name.value, plan.name.value);
            plan.anchor = crate::stack::Anchor::new(path, entity);
        }
        found.extend(plans);
    }
    found
}

/// How many tasks of a service run: what it says, or what a scaler moves it between.
fn count(module: &Module<'_>, name: &Spanned<Box<str>>, service: &Block) -> Fact<u64> {
    let number = |expr: Option<&Expr>| parsed(module.fact(expr), |text| text.trim().parse().ok());
    let whole = format!("aws_ecs_service.{}.", name.value);
    let names_it = |expr: &Expr| match &expr.value {
        Value::Template(pieces) => {
            pieces.iter().any(|piece| matches!(piece, Piece::Reference(path) if path.starts_with(&*whole)))
        }
        _ => false,
    };
    let scalers = module.resources("aws_appautoscaling_target").into_iter();
    let mut own = scalers.filter(|(_, it)| it.body.get("resource_id").is_some_and(names_it));
    if let Some((_, scaler)) = own.next() {
        let bound = |key: &str| number(scaler.body.get(key));
        return said::between(bound("min_capacity"), bound("max_capacity"), scaler.kind.span);
    }
    let said = number(service.body.get("desired_count"));
    if said.is_absent() { Fact::unknown("set by hand or by a scaler, for no `desired_count` is said") } else { said }
}

/// A task definition as the tree that its JSON would be.
fn definition(module: &Module<'_>, task: &Block) -> Option<Node> {
    let containers = match &task.body.get("container_definitions")?.value {
        Value::Call(name, arguments) if &**name == "jsonencode" => node(module, arguments.first()?, 0),
        _ => return None,
    };
    let key = |name: &str| Spanned::new(Box::from(name), task.kind.span);
    let mut entries = vec![(key("containerDefinitions"), containers)];
    for (attribute, name) in
        [("cpu", "cpu"), ("memory", "memory"), ("family", "family"), ("network_mode", "networkMode")]
    {
        entries.extend(task.body.get(attribute).map(|expr| (key(name), node(module, expr, 0))));
    }
    Some(tree(Tree::Map { entries, flow: true }, task.span))
}

fn tree(value: Tree, span: Span) -> Node {
    Node { value, span, by: Vec::new(), tag: None }
}

/// A value as a node. What is not known stands as a mark that something fills in; the address of a server of the module
/// stands as its host.
fn node(module: &Module<'_>, expr: &Expr, depth: usize) -> Node {
    let scalar = |text: &str, style, span| tree(Tree::Scalar { text: text.into(), style }, span);
    let made = |text: &str| scalar(text, Style::Plain, Span::at(expr.span.file, expr.span.start as usize));
    if depth > super::DEEPEST * 2 {
        return made("${deep}");
    }
    match &expr.value {
        Value::Text(text) => scalar(&text.value, Style::Double, expr.span),
        Value::Plain(text) => scalar(text, Style::Plain, expr.span),
        Value::List(items) => {
            let items = items.iter().map(|item| node(module, item, depth + 1)).collect();
            tree(Tree::List { items, flow: true }, expr.span)
        }
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (key.clone(), node(module, value, depth + 1))).collect();
            tree(Tree::Map { entries, flow: true }, expr.span)
        }
        Value::Reference(path) => match (address(module, path), module.value_of(path)) {
            (Some(host), _) => made(&host),
            (None, Some(value)) => node(module, value, depth + 1),
            (None, None) => made("${value}"),
        },
        Value::Template(pieces) => {
            let hosts = pieces
                .iter()
                .filter(|piece| matches!(piece, Piece::Reference(path) if address(module, path).is_some()));
            // Without an address nothing of it is worth more than that it is filled in.
            if hosts.count() == 0 {
                return made("${value}");
            }
            let text: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.to_string(),
                    Piece::Reference(path) => match address(module, path) {
                        Some(host) => host.into(),
                        None => module
                            .value_of(path)
                            .and_then(|value| module.text(value))
                            .map_or_else(|| HOLE.to_string(), Into::into),
                    },
                    Piece::Other => HOLE.to_string(),
                })
                .collect();
            made(&text)
        }
        Value::Call(..) | Value::Other => made("${value}"),
    }
}

/// The host that stands for an address of a server of the module: `aws_db_instance.main.address`.
fn address(module: &Module<'_>, path: &str) -> Option<Box<str>> {
    const KINDS: [&str; 7] = [
        "aws_db_instance",
        "aws_rds_cluster",
        "google_sql_database_instance",
        "azurerm_postgresql_flexible_server",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
        "google_redis_instance",
    ];
    let mut parts = path.splitn(3, '.');
    let (kind, name, property) = (parts.next()?, parts.next()?, parts.next()?);
    let last = property.rsplit('.').next()?;
    let is_address = matches!(
        last,
        "address" | "endpoint" | "fqdn" | "host" | "primary_endpoint_address" | "private_ip_address" | "ip_address"
    );
    let there = KINDS.contains(&kind) && module.resources(kind).iter().any(|(own, _)| *own.value == *name);
    (is_address && there).then(|| stores::host(kind, name))
}
