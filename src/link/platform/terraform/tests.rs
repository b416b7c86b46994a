use crate::facts::terraform as facts;
use crate::link::plan::{Deployment, Store};
use crate::source::{FileId, SourceFile, Sources};
use crate::stack::{Database, Engine, Fact};

use super::deployments;

/// The deployments of a few files.
fn deployed(files: &[(&str, &str)]) -> Vec<Deployment> {
    let file = |(at, (path, text)): (usize, &(&str, &str))| {
        SourceFile::new(FileId(at as u32), *path, Default::default(), *text)
    };
    let sources = Sources::new(files.iter().enumerate().map(file).collect());
    let read: Vec<_> = sources.iter().filter(|it| facts::is_terraform(it)).map(|it| facts::read(it).tree).collect();
    deployments(&sources, &read.iter().collect::<Vec<_>>())
}

fn database(deployment: &Deployment) -> &Database {
    match &deployment.managed[0].store {
        Store::Database(database) => database,
        Store::Redis(_) => panic!("a database"),
    }
}

fn why(fact: &Fact<u64>) -> &str {
    match fact {
        Fact::Unknown(why) => &why.reason,
        _ => "known",
    }
}

const RDS: &str = "resource \"aws_db_instance\" \"main\" {\n  engine = \"postgres\"\n  engine_version = \"16.3\"\n  instance_class = var.class\n";

#[test]
fn a_parameter_group_says_the_limit() {
    let group = "  parameter_group_name = aws_db_parameter_group.pg.name\n}\nresource \"aws_db_parameter_group\" \"pg\" {\n  parameter {\n    name = \"max_connections\"\n    value = \"250\"\n  }\n}\n";
    let found = deployed(&[("infra/db.tf", &format!("{RDS}{group}"))]);
    assert_eq!(database(&found[0]).max_connections.known(), Some(&250));
    assert_eq!(database(&found[0]).engine.known(), Some(&Engine::Postgres));
    assert_eq!(&*found[0].name, "infra/");
}

#[test]
fn without_one_the_class_gives_an_upper_end() {
    let variable = "variable \"class\" {\n  default = \"db.t4g.micro\"\n}\n";
    let text = format!("{RDS}}}\n{variable}");
    let found = deployed(&[("main.tf", &text)]);
    assert!(why(&database(&found[0]).max_connections).ends_with("fewer than 113 on `db.t4g.micro`"));
    let given = deployed(&[("main.tf", &text), ("terraform.tfvars", "class = \"db.t4g.small\"\n")]);
    assert!(why(&database(&given[0]).max_connections).ends_with("fewer than 226 on `db.t4g.small`"));
    // A module's variables are its caller's.
    let called =
        deployed(&[("modules/db/main.tf", &text), ("main.tf", "module \"db\" {\n  source = \"./modules/db\"\n}\n")]);
    assert!(why(&database(&called[0]).max_connections).ends_with("5000)"));
}

#[test]
fn other_clouds() {
    let google = "resource \"google_sql_database_instance\" \"a\" {\n  database_version = \"POSTGRES_15\"\n  settings {\n    tier = \"x\"\n    database_flags {\n      name = \"max_connections\"\n      value = 300\n    }\n  }\n}\n";
    assert_eq!(database(&deployed(&[("a.tf", google)])[0]).max_connections.known(), Some(&300));
    let azure = "resource \"azurerm_postgresql_flexible_server\" \"a\" {\n  version = \"16\"\n}\nresource \"azurerm_postgresql_flexible_server_configuration\" \"b\" {\n  name = \"max_connections\"\n  server_id = azurerm_postgresql_flexible_server.a.id\n  value = \"400\"\n}\n";
    assert_eq!(database(&deployed(&[("a.tf", azure)])[0]).max_connections.known(), Some(&400));
    assert_eq!(deployed(&[("a.tf", "resource \"aws_db_instance\" \"a\" {\n  engine = \"oracle-ee\"\n}\n")]).len(), 0);
    assert_eq!(deployed(&[("a.tf", "resource \"aws_s3_bucket\" \"a\" {}\n")]).len(), 0);
}
