//! The databases and Redis servers that clouds run: what is told to them, and what they make of the rest.

use crate::link::plan::{Managed, Store};
use crate::source::Span;
use crate::stack::{Database, Engine, Fact, RedisServer, Version, Why};
use crate::syntax::Spanned;
use crate::syntax::hcl::{Block, Value};

use super::{Module, or_unknown, parsed};

/// All of a module.
pub(super) fn all(module: &Module<'_>) -> Vec<Managed> {
    let mut found = Vec::new();
    for kind in ["aws_db_instance", "aws_rds_cluster"] {
        found.extend(module.resources(kind).into_iter().filter_map(|(name, block)| rds(module, kind, name, block)));
    }
    let google = module.resources("google_sql_database_instance").into_iter();
    found.extend(google.filter_map(|(name, block)| cloud_sql(module, name, block)));
    let azure = module.resources("azurerm_postgresql_flexible_server").into_iter();
    found.extend(azure.map(|(name, block)| flexible_server(module, name, block)));
    for kind in ["aws_elasticache_cluster", "aws_elasticache_replication_group", "google_redis_instance"] {
        found.extend(module.resources(kind).into_iter().filter_map(|(name, block)| redis(module, kind, name, block)));
    }
    found
}

/// The host that stands for the address of a resource, wherever a reference to it does.
pub(super) fn host(kind: &str, name: &str) -> Box<str> {
    format!("{kind}.{name}").into()
}

/// A database with what its resource says; the rest is unknown.
fn database(
    module: &Module<'_>,
    (kind, name): (&str, &Spanned<Box<str>>),
    (engine, engine_at): (Engine, Span),
    version: Fact<Box<str>>,
) -> Database {
    let open = |what: &str| Fact::Unknown(Why::at(format!("{what} is not in these files"), name.span));
    Database {
        about: module.about(kind, name),
        engine: Fact::derived(engine, vec![engine_at]),
        version: parsed(or_unknown(version, "the cloud's own, for none is said", name.span), Version::of_series),
        reserved_connections: open("what the cloud keeps for itself"),
        shared_buffers: open("what the cloud sets"),
        work_mem: open("what the cloud sets"),
        memory: open("the memory of its class"),
        max_connections: open("the cloud's own limit"),
        ..Database::default()
    }
}

fn managed(kind: &str, name: &Spanned<Box<str>>, store: Store) -> Managed {
    Managed { hosts: vec![host(kind, &name.value)], store }
}

/// The engine that a text names; none for one that is no SQL server we know.
fn engine(text: &str) -> Option<Engine> {
    let text = text.to_ascii_lowercase();
    if text.contains("postgres") {
        Some(Engine::Postgres)
    } else if text.contains("mysql") || text.contains("mariadb") || text == "aurora" {
        Some(Engine::Mysql)
    } else {
        None
    }
}

/// A value of one of the blocks that have a name and a value, the last of that name.
fn setting(module: &Module<'_>, blocks: &[&Block], wanted: &str) -> Option<Fact<Box<str>>> {
    let named = |block: &&&Block| {
        block.body.get("name").and_then(|it| module.text(it)).is_some_and(|it| it.eq_ignore_ascii_case(wanted))
    };
    let block = blocks.iter().rev().find(named)?;
    Some(module.fact(block.body.get("value")))
}

/// The first of the settings of PostgreSQL that a fix or a rule asks for.
fn settle(module: &Module<'_>, database: &mut Database, blocks: &[&Block]) {
    if let Some(said) = setting(module, blocks, "max_connections") {
        // A formula of RDS is worked out by the memory of the instance.
        database.max_connections = parsed(said, |text| text.trim().parse().ok());
    }
    if let Some(said) = setting(module, blocks, "shared_buffers") {
        database.shared_buffers = parsed(said, |text| Some(text.trim().parse::<u64>().ok()? * 8192));
    }
    if let Some(said) = setting(module, blocks, "work_mem") {
        database.work_mem = parsed(said, |text| Some(text.trim().parse::<u64>().ok()? * 1024));
    }
}

/// Memory of instance classes of RDS in MiB:
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AuroraPostgreSQL.Managing.html> and
/// <https://tech.ray247k.com/en/blog/202509-amazon-rds-db-connection-limits>, read in November 2026.
const CLASSES: &[(&str, u64)] = &[
    ("db.t4g.micro", 1024),
    ("db.t4g.small", 2048),
    ("db.t4g.medium", 4096),
    ("db.t4g.large", 8192),
    ("db.t4g.xlarge", 16_384),
    ("db.t4g.2xlarge", 32_768),
    ("db.r4.large", 15_616),
    ("db.r4.xlarge", 31_232),
    ("db.r4.2xlarge", 62_464),
    ("db.r4.4xlarge", 124_928),
];

fn rds(module: &Module<'_>, kind: &str, name: &Spanned<Box<str>>, block: &Block) -> Option<Managed> {
    let said = block.body.get("engine");
    let text = said.and_then(|it| module.text(it));
    // A replica has the engine of its source.
    let engine = text.as_deref().map_or(Some(Engine::Other), engine)?;
    let at = said.map_or(name.span, |it| it.span);
    let mut database = database(module, (kind, name), (engine, at), module.fact(block.body.get("engine_version")));
    if text.is_none() {
        database.engine = Fact::Unknown(Why::at("what engine it has is not known", at));
    }
    let (group, attribute) = match kind {
        "aws_db_instance" => ("aws_db_parameter_group", "parameter_group_name"),
        _ => ("aws_rds_cluster_parameter_group", "db_cluster_parameter_group_name"),
    };
    let class = match kind {
        "aws_db_instance" => block.body.get("instance_class"),
        _ => {
            let instances = module.resources("aws_rds_cluster_instance").into_iter();
            let mut own = instances.filter(|(_, it)| {
                module.named(kind, it.body.get("cluster_identifier")).is_some_and(|it| std::ptr::eq(it, block))
            });
            own.next().and_then(|(_, it)| it.body.get("instance_class"))
        }
    };
    let class = module.fact(class);
    if let Some(class) = class.known()
        && let Some((_, mib)) = CLASSES.iter().find(|(own, _)| **own == **class)
    {
        let reason = format!("RDS keeps a part of the {mib} MiB of `{class}` for itself");
        database.memory = Fact::Unknown(Why::shown(reason, class_at(module, block, name)));
    }
    if engine == Engine::Postgres {
        database.max_connections = by_class(&class, name);
    }
    let asked = block.body.get(attribute);
    match module.named(group, asked) {
        Some(group) => settle(module, &mut database, &group.body.all("parameter").collect::<Vec<_>>()),
        None if asked.is_some_and(|it| !is_default_group(module, it)) => {
            let why = Why::at("set by a parameter group that is not in these files", asked.map_or(at, |it| it.span));
            database.max_connections = Fact::Unknown(why);
        }
        None => {}
    }
    Some(managed(kind, name, Store::Database(Box::new(database))))
}

fn class_at(module: &Module<'_>, block: &Block, name: &Spanned<Box<str>>) -> Option<Span> {
    module.fact(block.body.get("instance_class")).span().or(Some(name.span))
}

/// Whether a parameter group is one of RDS's own.
fn is_default_group(module: &Module<'_>, expr: &crate::syntax::hcl::Expr) -> bool {
    module.text(expr).is_some_and(|name| name.starts_with("default."))
}

/// What RDS for PostgreSQL accepts when told nothing: `LEAST({DBInstanceClassMemory/9531392}, 5000)`
/// (<https://docs.aws.amazon.com/prescriptive-guidance/latest/tuning-postgresql-parameters/max-connections.html>, read in
/// November 2026). That memory is less than the class has, by what RDS takes for itself, so the count is unknown and has
/// an upper end.
pub(in crate::link::platform) fn by_class(class: &Fact<Box<str>>, name: &Spanned<Box<str>>) -> Fact<u64> {
    let formula = "RDS's default, LEAST({DBInstanceClassMemory/9531392}, 5000)";
    let known = class.known().and_then(|class| CLASSES.iter().find(|(own, _)| **own == **class));
    let reason = match known {
        Some((class, mib)) => {
            let most = ((mib << 20) / 9_531_392).min(5000);
            format!("{formula}: fewer than {} on `{class}`", most + 1)
        }
        None => formula.to_owned(),
    };
    Fact::Unknown(Why::at(reason, class.span().unwrap_or(name.span)))
}

fn cloud_sql(module: &Module<'_>, name: &Spanned<Box<str>>, block: &Block) -> Option<Managed> {
    let said = block.body.get("database_version");
    let text = said.and_then(|it| module.text(it))?;
    let engine = engine(&text)?;
    let at = said.map_or(name.span, |it| it.span);
    let version = match text.split_once('_') {
        Some((_, release)) => Fact::derived(release.replace('_', ".").into(), vec![at]),
        None => Fact::Absent,
    };
    let mut database = database(module, ("google_sql_database_instance", name), (engine, at), version);
    let flags: Vec<&Block> = block.body.all("settings").flat_map(|it| it.body.all("database_flags")).collect();
    settle(module, &mut database, &flags);
    Some(managed("google_sql_database_instance", name, Store::Database(Box::new(database))))
}

fn flexible_server(module: &Module<'_>, name: &Spanned<Box<str>>, block: &Block) -> Managed {
    let kind = "azurerm_postgresql_flexible_server";
    let version = module.fact(block.body.get("version"));
    let mut database = database(module, (kind, name), (Engine::Postgres, name.span), version);
    let all = module.resources("azurerm_postgresql_flexible_server_configuration").into_iter();
    let own = all.filter(|(_, it)| {
        module.named(kind, it.body.get("server_id")).is_some_and(|server| std::ptr::eq(server, block))
    });
    settle(module, &mut database, &own.map(|(_, block)| block).collect::<Vec<_>>());
    managed(kind, name, Store::Database(Box::new(database)))
}

fn redis(module: &Module<'_>, kind: &str, name: &Spanned<Box<str>>, block: &Block) -> Option<Managed> {
    let engine = block.body.get("engine").and_then(|it| module.text(it));
    if engine.is_some_and(|it| !matches!(&*it, "redis" | "valkey")) {
        return None;
    }
    let open = |what: &str| Fact::Unknown(Why::at(format!("{what} is not in these files"), name.span));
    let group = module.named("aws_elasticache_parameter_group", block.body.get("parameter_group_name"));
    let parameters: Vec<&Block> = group.into_iter().flat_map(|it| it.body.all("parameter")).collect();
    let configured = block.body.get("redis_configs").and_then(|it| match &it.value {
        Value::Map(entries) => entries.iter().find(|(key, _)| &*key.value == "maxmemory-policy").map(|(_, it)| it),
        _ => None,
    });
    let policy = setting(module, &parameters, "maxmemory-policy")
        .or_else(|| configured.map(|it| module.fact(Some(it))))
        .unwrap_or_else(|| Fact::Unknown(Why::at("the cloud's own, for none is said", name.span)));
    let redis = RedisServer {
        about: module.about(kind, name),
        maxclients: open("the cloud's own limit"),
        maxmemory: open("the memory of its class"),
        policy,
        ..RedisServer::default()
    };
    Some(managed(kind, name, Store::Redis(Box::new(redis))))
}
