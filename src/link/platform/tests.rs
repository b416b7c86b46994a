use crate::facts::{platform as facts, procfile};
use crate::source::{FileId, SourceFile, Sources};
use crate::stack::Fact;

use super::{Deployment, Role, deployments};

/// The deployments of a few files.
fn deployed(files: &[(&str, &str)]) -> Vec<Deployment> {
    let file = |(at, (path, text)): (usize, &(&str, &str))| {
        SourceFile::new(FileId(at as u32), *path, Default::default(), *text)
    };
    let sources = Sources::new(files.iter().enumerate().map(file).collect());
    let platforms: Vec<_> = sources.iter().filter_map(|it| facts::read(it)?.0).collect();
    let procfiles: Vec<_> = sources.iter().filter(|it| procfile::is_procfile(&it.path)).map(procfile::read).collect();
    deployments(&sources, &platforms.iter().collect::<Vec<_>>(), &procfiles.iter().collect::<Vec<_>>())
}

fn variable<'d>(deployment: &'d Deployment, name: &str) -> Option<&'d Fact<Box<str>>> {
    let all = &deployment.services[0].environment;
    all.iter().find(|it| &*it.name == name).map(|it| &it.value)
}

#[test]
fn sections_of_fly_hold_for_the_groups_they_name() {
    let text = "app = 'a'\n[processes]\nweb = 'x'\njob = 'y'\n[[vm]]\nsize = 'performance-2x'\n[[vm]]\nmemory = '512mb'\nprocesses = ['job']\n[http_service]\ninternal_port = 80\nprocesses = ['web']\n";
    let found = deployed(&[("fly.toml", text)]);
    let [web, job] = found[0].services.as_slice() else { panic!("two") };
    assert_eq!((web.cpus.known(), web.memory.known()), (Some(&2.0), Some(&(4 << 30))));
    assert_eq!((job.cpus.known(), job.memory.known()), (None, Some(&(512 << 20))));
    assert_eq!((web.expose.len(), job.expose.len()), (1, 0));
}

#[test]
fn a_path_may_say_that_it_is_no_deployment_of_users() {
    let text = "services:\n- {type: web, name: a, runtime: python, startCommand: gunicorn a:b}\n";
    assert_eq!(deployed(&[("render.yaml", text)])[0].role, Role::Production);
    assert_eq!(deployed(&[("examples/render.yaml", text)])[0].role, Role::Example);
}

#[test]
fn an_app_json_without_a_procfile_starts_nothing_that_is_known() {
    assert_eq!(deployed(&[("app.json", "{\"addons\": [\"heroku-postgresql\"], \"stack\": \"x\"}")]).len(), 0);
    let files = [
        ("app.json", "{\"formation\": {\"web\": {\"quantity\": 2, \"size\": \"Performance-M\"}}}"),
        ("Procfile", "web: gunicorn a:b\n"),
    ];
    let found = deployed(&files);
    assert_eq!(found[0].services[0].replicas.known(), Some(&2));
    assert_eq!(variable(&found[0], "WEB_CONCURRENCY").and_then(Fact::known).map(|it| &**it), Some("5"));
    assert_eq!(found[0].files.len(), 2);
}

#[test]
fn what_a_pipeline_fills_in_is_unknown() {
    let text = "{\"containerDefinitions\": [{\"name\": \"web\", \"image\": \"${IMAGE}\", \"cpu\": 512, \"memory\": \"%MEMORY%\", \"environment\": [{\"name\": \"A\", \"value\": \"{{ a }}\"}]}]}";
    let found = deployed(&[("taskdef.json", text)]);
    let web = &found[0].services[0];
    assert!(web.image.is_none() && web.memory.known().is_none() && web.cpus.known().is_none());
    assert!(matches!(variable(&found[0], "A"), Some(Fact::Unknown(_))));
}

#[test]
fn bindings_of_digitalocean_name_a_database() {
    let text = "services:\n- name: web\n  run_command: gunicorn a:b\n  envs:\n  - {key: DATABASE_URL, value: '${db.DATABASE_URL}'}\n  - {key: X, value: '${other.Y}'}\ndatabases:\n- {name: db, engine: PG}\n";
    let found = deployed(&[(".do/app.yaml", text)]);
    let known = |name: &str| variable(&found[0], name).and_then(Fact::known).map(|it| &**it);
    assert_eq!((known("DATABASE_URL"), known("X")), (Some("postgresql://db/"), None));
    assert_eq!(found[0].managed.len(), 1);
}

#[test]
fn templates_in_json_refer_by_maps() {
    let text = r#"{"Resources": {
        "Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "postgres", "DBInstanceClass": {"Ref": "Class"}}},
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"ContainerDefinitions": [{"Name": "web", "Image": {"Ref": "Image"},
            "Environment": [{"Name": "DB_HOST", "Value": {"Fn::GetAtt": ["Db", "Endpoint.Address"]}}, {"Name": "X", "Value": {"Fn::Join": ["", []]}}]}]}},
        "Web": {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": {"Ref": "Task"}, "DesiredCount": {"Ref": "Count"}}}},
        "Parameters": {"Count": {"Type": "Number", "Default": 4}, "Class": {"Type": "String"}}}"#;
    let found = deployed(&[("cloudformation.json", text)]);
    let known = |name: &str| variable(&found[0], name).and_then(Fact::known).map(|it| &**it);
    assert_eq!((known("DB_HOST"), known("X")), (Some("Db"), None));
    assert_eq!(found[0].services[0].replicas.known(), Some(&4));
    assert_eq!(found[0].managed[0].hosts, ["Db".into()]);
}
