//! What each file says by itself, before files are joined.
//!
//! A reader here takes a tree and makes a draft of it: facts and names, each with its place, and no opinion. The tree is
//! dropped then; a draft is all that is kept of a file.

pub mod compose;
pub mod docker;
pub mod env;
pub mod gunicorn;
pub mod helpers;
pub mod kubernetes;
pub mod nginx;
pub mod orm;
pub mod platform;
pub mod procfile;
pub mod proxy;
pub mod python;
pub mod requirements;
pub mod routes;
pub mod script;
pub mod sections;
pub mod tasks;
pub mod terraform;

use std::sync::Arc;

use crate::source::{FileId, SourceFile};
use crate::syntax::lines::{self, Dialect, Setting};
use crate::syntax::{SyntaxError, template};

/// What one file says.
#[derive(Debug)]
pub enum Draft {
    /// A compose file.
    Compose(compose::ComposeFile),
    /// A Dockerfile.
    Docker(docker::Dockerfile),
    /// A file of variables.
    Env(env::EnvFile),
    /// A configuration of gunicorn.
    Gunicorn(gunicorn::GunicornConf),
    /// Manifests of Kubernetes, and what changes them.
    Kubernetes(Box<kubernetes::Manifests>),
    /// A file of nginx's configuration.
    Nginx(nginx::Draft),
    /// A Python file that speaks to an object-relational mapper.
    Orm(orm::OrmDraft),
    /// A file of a platform.
    Platform(Box<platform::PlatformFile>),
    /// A Procfile.
    Procfile(procfile::Procfile),
    /// A file of HAProxy, Traefik or Caddy.
    Proxy(proxy::ProxyConf),
    /// What Python code binds, imports and calls.
    Python(Arc<python::Module>),
    /// A file that names packages.
    Requirements(requirements::Requirements),
    /// A shell script.
    Script(script::ShellScript),
    /// A configuration that names what runs: uWSGI's, supervisord's, a unit of systemd, Apache's with mod_wsgi.
    Sections(sections::SectionFile),
    /// `postgresql.conf`, `pgbouncer.ini`, `redis.conf`.
    Settings(Vec<Setting>),
    /// A file of tasks that are run by name: `Makefile`, `justfile`, `package.json`.
    Tasks(tasks::TaskFile),
    /// A file of Terraform.
    Terraform(terraform::TerraformFile),
}

impl Draft {
    /// What the file was read as.
    pub fn kind(&self) -> &'static str {
        match self {
            Draft::Compose(_) => "compose file",
            Draft::Docker(_) => "Dockerfile",
            Draft::Env(_) => "environment file",
            Draft::Gunicorn(_) => "gunicorn configuration",
            Draft::Kubernetes(_) => "Kubernetes manifest",
            Draft::Nginx(_) => "nginx configuration",
            Draft::Orm(_) => "models and queries",
            Draft::Platform(draft) => draft.kind.words(),
            Draft::Procfile(_) => "Procfile",
            Draft::Proxy(_) => "proxy configuration",
            Draft::Python(_) => "Python code",
            Draft::Requirements(_) => "requirements",
            Draft::Script(_) => "shell script",
            Draft::Sections(draft) => match draft.reader {
                sections::Reader::Uwsgi => "uWSGI configuration",
                sections::Reader::Supervisor => "configuration of a process manager",
                sections::Reader::Systemd => "systemd unit",
                sections::Reader::Hypercorn => "hypercorn configuration",
                sections::Reader::Apache => "Apache configuration",
                sections::Reader::Unit => "configuration of NGINX Unit",
            },
            Draft::Settings(_) => "server settings",
            Draft::Tasks(_) => "file of tasks",
            Draft::Terraform(_) => "Terraform file",
        }
    }
}

/// What was read of one file, and what could not be.
#[derive(Debug, Default)]
pub struct Reading {
    /// What it says; more than one thing when it is more than one kind of file.
    pub drafts: Vec<Draft>,
    /// What could not be read of it.
    pub errors: Vec<SyntaxError>,
    /// What it calls, when it is a Python file that says nothing to an object-relational mapper.
    pub callers: Option<orm::Callers>,
    /// Whether it is a Python file that names MySQL's engine for a table. Migrations, which are not joined with the code,
    /// say so.
    pub names_mysql: bool,
}

/// Reads a file as whatever it is. One that is none of ours has no drafts and no errors.
pub fn read(file: &SourceFile) -> Reading {
    let mut reading = Reading::default();
    if orm::is_template(&file.path, file.text()) {
        reading.keep(Vec::new(), Draft::Orm(orm::read_template(file)));
        return reading;
    }
    if docker::is_dockerfile(&file.path) {
        let draft = docker::read(file);
        reading.keep(draft.errors.clone(), Draft::Docker(draft));
    } else if env::is_env_file(&file.path) {
        let parsed = env::read(file);
        reading.keep(parsed.errors, Draft::Env(parsed.tree));
    } else if procfile::is_procfile(&file.path) {
        reading.keep(Vec::new(), Draft::Procfile(procfile::read(file)));
    } else if let Some(kind) =
        // A module of an application may have that name.
        requirements::kind(&file.path).filter(|_| file.name() != "setup.py" || python::is_beside(file))
    {
        let (draft, errors) = requirements::read(file, kind);
        reading.keep(errors, Draft::Requirements(draft));
    } else if let Some(dialect) = settings_dialect(file) {
        reading.keep(Vec::new(), Draft::Settings(lines::parse(file, dialect)));
    } else if let Some(draft) = sections::read(file) {
        reading.keep(Vec::new(), Draft::Sections(draft));
    } else if let Some(draft) = tasks::read(file) {
        reading.keep(Vec::new(), Draft::Tasks(draft));
    } else if script::is_script(file) {
        let draft = script::read(file);
        reading.keep(draft.errors.clone(), Draft::Script(draft));
    } else if file.path.ends_with(".py") {
        python(file, &mut reading);
    } else if gunicorn::is_gunicorn_conf(file) {
        reading.keep(Vec::new(), Draft::Gunicorn(gunicorn::read(file)));
    } else if let Some(draft) = proxy::read(file) {
        reading.keep(Vec::new(), Draft::Proxy(draft));
    } else if terraform::is_terraform(file) {
        let parsed = terraform::read(file);
        reading.keep(parsed.errors, Draft::Terraform(parsed.tree));
    } else if let Some((draft, errors)) = platform::read(file) {
        reading.errors.extend(errors);
        reading.drafts.extend(draft.map(|draft| Draft::Platform(Box::new(draft))));
    } else if let Some(draft) = nginx::read(file) {
        reading.keep(draft.errors.clone(), Draft::Nginx(draft));
    } else if let Some((draft, errors)) = kubernetes::read(file) {
        reading.keep(errors, Draft::Kubernetes(Box::new(draft)));
    } else {
        let parsed = compose::read(file);
        reading.errors.extend(parsed.errors);
        reading.drafts.extend(parsed.tree.map(Draft::Compose));
    }
    if let Some(at) = template_mark(file, &reading) {
        return Reading::template(file, at);
    }
    // One line for a file says enough: what follows the first error is often its consequence.
    reading.errors.truncate(1);
    reading
}

/// Where a file shows that it is a template of what it seems to be, if it does. Its branches contradict each other, so
/// nothing that was read of it holds.
fn template_mark(file: &SourceFile, reading: &Reading) -> Option<usize> {
    if !reading.errors.is_empty() {
        return template::mark(file.text());
    }
    // Python's texts may hold a page of Jinja, line by line; a text of YAML holds no statement at its start.
    if reading.drafts.is_empty() || file.path.ends_with(".py") { None } else { template::statement(file.text()) }
}

/// Reads a Python file, which is parsed once, and only when a word in it says that some reader wants it.
fn python(file: &SourceFile, reading: &mut Reading) {
    if gunicorn::is_gunicorn_conf(file) {
        reading.keep(Vec::new(), Draft::Gunicorn(gunicorn::read(file)));
    }
    reading.names_mysql = file.text().contains("mysql_engine=");
    let (config, orm) = (python::wants(file), orm::wants(&file.path, file.text()));
    if !orm && orm::calls(&file.path) {
        reading.callers = Some(orm::read_callers(&file.path, file.text()));
    }
    if !config && !orm {
        if !python::is_beside(file) {
            reading.keep(Vec::new(), Draft::Python(Arc::new(python::scan(file))));
        }
        return;
    }
    let parsed = crate::syntax::python::parse(file);
    let draft = if config { python::read(file, &parsed.tree) } else { python::scan(file) };
    reading.keep(parsed.errors, Draft::Python(Arc::new(draft)));
    if orm {
        reading.keep(Vec::new(), Draft::Orm(orm::read(file, &parsed.tree)));
    }
}

impl Reading {
    fn template(file: &SourceFile, at: usize) -> Self {
        let error = SyntaxError { span: file.span(at..at + 2), message: template::MESSAGE.into() };
        Self { errors: vec![error], ..Self::default() }
    }

    fn keep(&mut self, errors: Vec<SyntaxError>, draft: Draft) {
        self.errors.extend(errors);
        self.drafts.push(draft);
    }
}

/// How a settings file of a server is written, by its name, when it is one.
fn settings_dialect(file: &SourceFile) -> Option<Dialect> {
    let name = file.name().to_ascii_lowercase();
    if name.ends_with(".ini") && name.contains("pgbouncer") {
        return Some(Dialect::Ini);
    }
    let conf = name.ends_with(".conf");
    if conf && (name.contains("postgres") || name.contains("pgtune")) {
        return Some(Dialect::Postgres);
    }
    (conf && (name.contains("redis") || name.contains("valkey"))).then_some(Dialect::Redis)
}

/// The drafts of a run, by file.
pub struct Drafts<'a>(pub &'a [Arc<Reading>]);

impl Drafts<'_> {
    /// Whether any Python file names MySQL's engine for a table.
    pub fn name_mysql(&self) -> bool {
        self.0.iter().any(|reading| reading.names_mysql)
    }
}

macro_rules! drafts_of {
    ($($(#[doc = $doc:literal])* $name:ident $variant:ident $ty:ty;)*) => {
        impl<'a> Drafts<'a> {
            $(
                $(#[doc = $doc])*
                pub fn $name(&self) -> impl Iterator<Item = (FileId, &'a $ty)> + use<'a> {
                    self.0.iter().enumerate().flat_map(|(at, reading)| {
                        reading.drafts.iter().filter_map(move |draft| match draft {
                            Draft::$variant(draft) => Some((FileId(at as u32), draft)),
                            _ => None,
                        })
                    })
                }
            )*
        }
    };
}

drafts_of! {
    /// All compose files.
    compose Compose compose::ComposeFile;
    /// All Dockerfiles.
    docker Docker docker::Dockerfile;
    /// All files of variables.
    env Env env::EnvFile;
    /// All configurations of gunicorn.
    gunicorn Gunicorn gunicorn::GunicornConf;
    /// All files of Kubernetes.
    kubernetes Kubernetes Box<kubernetes::Manifests>;
    /// All files of nginx's configuration.
    nginx Nginx nginx::Draft;
    /// All Python files that speak to an object-relational mapper.
    orm Orm orm::OrmDraft;
    /// What all Python code binds, imports and calls.
    python Python Arc<python::Module>;
    /// All files of HAProxy, Traefik and Caddy.
    proxy Proxy proxy::ProxyConf;
    /// All files of platforms.
    platform Platform Box<platform::PlatformFile>;
    /// All Procfiles.
    procfile Procfile procfile::Procfile;
    /// All files that name packages.
    requirements Requirements requirements::Requirements;
    /// All shell scripts.
    script Script script::ShellScript;
    /// All configurations that name what runs.
    sections Sections sections::SectionFile;
    /// All settings files of servers.
    settings Settings Vec<Setting>;
    /// All files of tasks.
    tasks Tasks tasks::TaskFile;
    /// All files of Terraform.
    terraform Terraform terraform::TerraformFile;
}
