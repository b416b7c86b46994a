//! Which version of a package a service runs: what the lock file of its folder says, else its requirements, else its
//! project.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::docker;
use crate::facts::requirements::{Kind, Package, Requirements, normal};
use crate::source::SourceFile;
use crate::stack::{self, About, Anchor, Fact, Id, Service, Stack, Version, Why};
use crate::syntax::version;

/// The packages of one folder of the repository and those below it: a service's build context.
#[derive(Debug, Default)]
pub struct Versions<'a> {
    /// By name, the strongest file's first.
    packages: BTreeMap<&'a str, Vec<(&'a SourceFile, &'a Requirements, &'a Package)>>,
    /// What bounds them and asks for nothing: constraint files.
    bounds: BTreeMap<&'a str, Vec<&'a Package>>,
    /// What the image's Dockerfile installs by name, with its path: the last of each name holds.
    installed: BTreeMap<Box<str>, (Box<str>, docker::Package)>,
    /// Whether any file names packages at all.
    any: bool,
}

impl<'a> Versions<'a> {
    /// What the files in `folder` and below it ask for. Files for development and tests count only where they are the
    /// only ones; of files of one kind, those nearer to the folder come first.
    pub fn of(folder: &str, files: impl IntoIterator<Item = (&'a SourceFile, &'a Requirements)>) -> Self {
        let mut files: Vec<_> = files.into_iter().filter(|(file, _)| is_below(&file.path, folder)).collect();
        if files.iter().any(|(file, _)| !is_side(&file.path)) {
            files.retain(|(file, _)| !is_side(&file.path));
        }
        files.sort_by_key(|(file, it)| (it.kind, file.path.matches('/').count()));
        let bounding: BTreeSet<&str> = files
            .iter()
            .flat_map(|(_, it)| &it.includes)
            .filter(|it| it.constrains)
            .map(|it| &*it.path)
            .chain(files.iter().map(|(file, _)| &*file.path).filter(|path| path.contains("constraint")))
            .collect();
        let mut versions = Self { any: !files.is_empty(), ..Self::default() };
        for (file, requirements) in files {
            for package in &requirements.packages {
                if bounding.contains(&*file.path) {
                    versions.bounds.entry(&package.name).or_default().push(package);
                    continue;
                }
                versions.packages.entry(&package.name).or_default().push((file, requirements, package));
            }
        }
        versions
    }

    /// The same for an image that is known to install these requirement files (`pip install -r`): of such files, those
    /// that it installs and what they take in.
    pub fn of_image(
        folder: &str,
        files: impl IntoIterator<Item = (&'a SourceFile, &'a Requirements)>,
        installed: &[Box<str>],
    ) -> Self {
        let mut files: Vec<_> = files.into_iter().collect();
        let mut named: BTreeSet<&str> = BTreeSet::new();
        let mut todo: Vec<&str> = installed.iter().map(|it| &**it).collect();
        while let Some(path) = todo.pop() {
            let Some((_, it)) = files.iter().find(|(file, _)| &*file.path == path) else { continue };
            if named.insert(path) {
                todo.extend(it.includes.iter().map(|it| &*it.path));
            }
        }
        if named.iter().any(|path| files.iter().any(|(file, it)| &*file.path == *path && it.kind == Kind::Requirements))
        {
            files.retain(|(file, it)| it.kind == Kind::Project || named.contains(&*file.path));
        }
        Self::of(folder, files)
    }

    /// The same where no image is known: what people and platforms install is the folder's `requirements.txt` with what
    /// it takes in, unless something is locked.
    pub fn of_platform(folder: &str, files: impl IntoIterator<Item = (&'a SourceFile, &'a Requirements)>) -> Self {
        let files: Vec<_> = files.into_iter().collect();
        let first = if folder.is_empty() { "requirements.txt".into() } else { format!("{folder}/requirements.txt") };
        let is_locked = files.iter().any(|(file, it)| it.kind == Kind::Lock && is_below(&file.path, folder));
        let named = if is_locked { Vec::new() } else { vec![first.into()] };
        Self::of_image(folder, files, &named)
    }

    /// The same with what the Dockerfile at `path` installs by name: `pip install gunicorn==23.0.0`.
    #[must_use]
    pub fn with_installed(mut self, path: &str, packages: &[docker::Package]) -> Self {
        let named = packages.iter().map(|it| (normal(&it.name), (path.into(), it.clone())));
        self.installed.extend(named);
        self
    }

    /// Whether no file names packages.
    pub fn is_empty(&self) -> bool {
        !self.any
    }

    /// Whether a file asks for a package, in whichever version.
    pub fn names(&self, package: &str) -> bool {
        self.packages.contains_key(package) || self.installed.contains_key(package)
    }

    /// The version of a package: exact from a lock file, a range from a requirement; where a lock and a project both
    /// speak, the lock's. Unknown when nothing says it, or when files of one kind, or they and the Dockerfile, differ.
    pub fn version(&self, name: &str) -> Fact<Version> {
        let Some((_, package)) = self.installed.get(name) else { return self.required(name) };
        let own = match version::pep440(&package.version) {
            Some(range) if !package.version.is_empty() => {
                let written = package.version.trim_start_matches("==").into();
                Fact::derived(Version { low: range.low, high: range.high, written }, vec![package.span])
            }
            _ => {
                let reason = format!("{name} is asked for without a version");
                Fact::Unknown(Why::at(reason, package.span))
            }
        };
        if !self.packages.contains_key(name) {
            return own;
        }
        let required = self.required(name);
        match (own.known(), required.known()) {
            (Some(one), Some(other)) if one.low != other.low || one.high != other.high => {
                let reason = format!("the Dockerfile and the requirements differ in the version of {name}");
                Fact::Unknown(Why::at(reason, package.span))
            }
            // One that is there already stays.
            _ => required,
        }
    }

    /// What the files ask for.
    fn required(&self, name: &str) -> Fact<Version> {
        let Some(all) = self.packages.get(name) else {
            let why = if self.any { "no requirement names it" } else { "no requirements are in these files" };
            return Fact::unknown(format!("{name}: {why}"));
        };
        let kind = all.first().map(|(_, requirements, _)| requirements.kind);
        let mut said =
            all.iter().filter(|(_, requirements, package)| Some(requirements.kind) == kind && is_bounded(package));
        let Some((_, _, package)) = said.next() else {
            // A constraint says the version of what is asked for without one.
            if let Some(package) = self.bounds.get(name).into_iter().flatten().find(|it| is_bounded(it))
                && let Some(version) = package.version.clone()
            {
                return Fact::derived(version, vec![package.span]);
            }
            let reason = format!("{name} is asked for without a version");
            return Fact::Unknown(Why::shown(reason, all.iter().map(|it| it.2.span)));
        };
        let Some(version) = package.version.clone() else { return Fact::Absent };
        if version.written.is_empty() {
            return Fact::Unknown(Why::at("not pinned", package.span));
        }
        if let Some((_, _, other)) =
            said.find(|it| it.2.version.as_ref().is_some_and(|it| it.low != version.low || it.high != version.high))
        {
            let reason = format!("files differ in the version of {name}");
            return Fact::Unknown(Why::shown(reason, [package.span, other.span]));
        }
        Fact::derived(version, vec![package.span])
    }

    /// Whether a package is asked for: known either way when any file names packages. `psycopg[pool]` asks for
    /// `psycopg-pool`.
    pub fn has(&self, name: &str) -> Fact<bool> {
        if let Some((_, _, package)) = self.packages.get(name).and_then(|all| all.first()) {
            return Fact::derived(true, vec![package.span]);
        }
        if let Some((_, package)) = self.installed.get(name) {
            return Fact::derived(true, vec![package.span]);
        }
        if let Some((base, extra)) = name.rsplit_once('-')
            && let Some(package) = self.requirement(base).map(|it| it.1)
            && package.extras.iter().any(|it| &**it == extra)
        {
            return Fact::derived(true, vec![package.span]);
        }
        if !self.any {
            return Fact::unknown(format!("{name}: no requirements are in these files"));
        }
        Fact::Known(crate::stack::Sourced {
            value: false,
            origin: crate::stack::Origin::Default(crate::stack::Default {
                program: "the requirements".into(),
                setting: name.into(),
                at: None,
                unless: None,
            }),
            slots: Vec::new(),
        })
    }

    /// The requirement that a person would change to ask for more of a package: the line of a requirement file or of a
    /// project, not of a lock. With it, when the change alone does not do, the command that must follow. A file further
    /// down is another image's where one that is nearer asks for the package, too; of two that are as near nobody knows.
    pub fn requirement(&self, name: &str) -> Option<(&'a SourceFile, &'a Package, Option<&'static str>)> {
        let all = self.packages.get(name)?;
        let asked = || all.iter().filter(|(_, it, _)| it.kind != Kind::Lock);
        let near = asked().map(|(file, ..)| home(file).matches('/').count()).min()?;
        let mut nearest = asked().filter(|(file, ..)| home(file).matches('/').count() == near);
        let (file, requirements, package) = nearest.next()?;
        if nearest.any(|(other, ..)| home(other) != home(file)) {
            return None;
        }
        let locked = all.iter().find(|(_, it, _)| it.kind == Kind::Lock).map(|(file, ..)| file.name());
        let command = match locked {
            Some("uv.lock") => Some("uv lock"),
            Some("poetry.lock") => Some("poetry lock"),
            Some(_) => Some("pipenv lock"),
            None if requirements.hashed => Some("pip-compile --generate-hashes"),
            None => None,
        };
        Some((file, package, command))
    }
}

/// The folder that a file of requirements is for, with a slash at its end: that around `requirements/`.
fn home(file: &SourceFile) -> &str {
    let folder = file.path.rfind('/').map_or("", |at| &file.path[..=at]);
    let around = folder.trim_end_matches('/');
    let (above, last) = around.rsplit_once('/').map_or((0, around), |(above, last)| (above.len() + 1, last));
    if matches!(last, "requirements" | "reqs" | "deps") { &folder[..above] } else { folder }
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a requirement says anything of its version.
fn is_bounded(package: &Package) -> bool {
    package.version.as_ref().is_some_and(|it| !it.written.is_empty() && &*it.written != "*")
}

/// The packages that decide what is advised, by their names in the index.
const DECIDING: &[&str] = &[
    "asyncpg",
    "celery",
    "channels",
    "channels-redis",
    "daphne",
    "dj-database-url",
    "django",
    "django-environ",
    "django-redis",
    "djangorestframework",
    "fastapi",
    "flask",
    "flask-sqlalchemy",
    "gevent",
    "granian",
    "grpcio",
    "gunicorn",
    "hypercorn",
    "mod-wsgi",
    "mysqlclient",
    "psycopg",
    "psycopg-pool",
    "psycopg2",
    "pulpcore",
    "pydantic-settings",
    "redis",
    "rq",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "uwsgi",
];

/// Puts the packages of a service into the stack that decide what is advised of it; of the code alone when no service
/// is known.
pub fn add(stack: &mut Stack, versions: &Versions<'_>, service: Option<Id<Service>>) {
    let owner = service.map(|service| stack[service].about.name.clone());
    for &name in DECIDING {
        let binary = format!("{name}-binary");
        let found = [name, &binary].iter().find_map(|it| {
            let of_files = versions.packages.get(*it).and_then(|all| all.first());
            let of_files = of_files.map(|(file, _, package)| (&*file.path, &*package.name, package.span));
            let installed = || versions.installed.get(*it).map(|(path, package)| (&**path, *it, package.span));
            of_files.or_else(installed)
        });
        let Some((path, asked, span)) = found else { continue };
        stack.add(stack::Package {
            about: About {
                name: owner.as_ref().map_or_else(|| name.into(), |owner| format!("{name} of {owner}").into()),
                anchor: Anchor::new(
                    path,
                    match &owner {
                        Some(owner) => format!("{name}@{owner}"),
                        None => name.to_owned(),
                    },
                ),
                span: Some(span),
                owner: owner.clone(),
                writers: Vec::new(),
            },
            name: Fact::derived(asked.into(), vec![span]),
            version: versions.version(asked),
            service,
        });
    }
}

/// Whether a file is for development, tests or documentation, by its name.
fn is_side(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let mut parts = name.split(['.', '-', '_']).chain(path.split('/').rev().skip(1));
    parts.any(|part| {
        matches!(part, "lint" | "linting" | "typing") || super::roles::of_word(part).is_some_and(|it| !it.is_deployed())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::requirements::{kind, read};
    use crate::source::FileId;

    fn versions(files: &[(&str, &str)], folder: &str, name: &str) -> String {
        installed(files, folder, name, &[])
    }

    fn installed(files: &[(&str, &str)], folder: &str, name: &str, paths: &[Box<str>]) -> String {
        let files: Vec<_> = files
            .iter()
            .enumerate()
            .map(|(at, (path, text))| {
                let file = SourceFile::new(FileId(at as u32), *path, Default::default(), *text);
                let requirements = read(&file, kind(path).unwrap()).0;
                (file, requirements)
            })
            .collect();
        match Versions::of_image(folder, files.iter().map(|(file, it)| (file, it)), paths).version(name) {
            Fact::Known(it) => it.value.written.into(),
            Fact::Unknown(why) => why.reason.into(),
            _ => String::new(),
        }
    }

    #[test]
    fn the_lock_says_more_than_the_project() {
        let files = [
            ("api/pyproject.toml", "[project]\ndependencies = [\"django>=5\"]\n"),
            ("api/uv.lock", "[[package]]\nname = \"django\"\nversion = \"5.2.8\"\n"),
            ("web/requirements.txt", "django==4.2\n"),
        ];
        assert_eq!(versions(&files, "api", "django"), "5.2.8");
        assert_eq!(versions(&files, "web", "django"), "4.2");
        assert_eq!(versions(&files, "web", "celery"), "celery: no requirement names it");
        assert_eq!(versions(&files, "docs", "django"), "django: no requirements are in these files");
    }

    #[test]
    fn a_constraint_says_the_version_of_what_is_asked_for() {
        let files = [
            ("constraints.txt", "django==5.2\nredis==6\n"),
            ("requirements.txt", "-c constraints.txt\nDjango\nuvicorn\n"),
        ];
        assert_eq!(versions(&files, "", "django"), "5.2");
        assert_eq!(versions(&files, "", "uvicorn"), "uvicorn is asked for without a version");
        assert_eq!(versions(&files, "", "redis"), "redis: no requirement names it");
    }

    #[test]
    fn of_several_requirement_files_the_image_installs_some() {
        let files = [
            ("requirements/base.txt", "django==5.2\n"),
            ("requirements/legacy.txt", "django==4.2\n"),
            ("requirements/prod.txt", "-r base.txt\ngunicorn==23\n"),
        ];
        assert_eq!(versions(&files, "", "django"), "files differ in the version of django");
        assert_eq!(installed(&files, "", "django", &["requirements/prod.txt".into()]), "5.2");
        assert_eq!(installed(&files, "", "django", &["elsewhere.txt".into()]), "files differ in the version of django");
    }

    #[test]
    fn without_an_image_the_folders_own_file_is_installed() {
        let of = |paths: &[(&str, &str)]| {
            let read = |(at, (path, text)): (usize, &(&str, &str))| {
                let file = SourceFile::new(FileId(at as u32), *path, Default::default(), *text);
                let requirements = read(&file, kind(path).unwrap()).0;
                (file, requirements)
            };
            let files: Vec<_> = paths.iter().enumerate().map(read).collect();
            let versions = Versions::of_platform("", files.iter().map(|(file, it)| (file, it)));
            versions.version("django").known().map(|it| it.written.to_string())
        };
        let own = ("requirements.txt", "-r requirements/production.txt\n");
        let production = ("requirements/production.txt", "django==5.2\n");
        let other = ("requirements/next.txt", "django==6.0\n");
        assert_eq!(of(&[own, production, other]).as_deref(), Some("5.2"));
        assert_eq!(of(&[production, other]), None);
        let lock = ("uv.lock", "[[package]]\nname = \"django\"\nversion = \"5.2.8\"\n");
        assert_eq!(of(&[own, production, other, lock]).as_deref(), Some("5.2.8"));
    }

    #[test]
    fn what_a_dockerfile_installs_by_name_counts() {
        let file = SourceFile::new(FileId(0), "requirements.txt", Default::default(), "django==5.2\nuvicorn\n");
        let requirements = read(&file, Kind::Requirements).0;
        let of = |name: &str, version: &str| {
            let package = docker::Package {
                installer: docker::Installer::Pip,
                name: name.into(),
                version: version.into(),
                span: crate::source::Span::at(FileId(1), 0),
            };
            let versions = Versions::of("", [(&file, &requirements)]).with_installed("Dockerfile", &[package]);
            match versions.version(&normal(name)) {
                Fact::Known(it) => it.value.written.into(),
                Fact::Unknown(why) => String::from(why.reason),
                _ => String::new(),
            }
        };
        assert_eq!(of("gunicorn", "==23.0.0"), "23.0.0");
        assert_eq!(of("gunicorn", "=="), "gunicorn is asked for without a version");
        assert_eq!(of("Django", ""), "5.2");
        assert_eq!(of("Django", "==5.2"), "5.2");
        assert_eq!(of("Django", "==4.2"), "the Dockerfile and the requirements differ in the version of django");
        assert_eq!(of("uvicorn", "==0.30"), "uvicorn is asked for without a version");
    }

    #[test]
    fn side_files_count_only_alone() {
        let files = [("requirements-dev.txt", "django==4.2\n"), ("requirements.txt", "django==5.2\n")];
        assert_eq!(versions(&files, "", "django"), "5.2");
        assert_eq!(versions(&files[..1], "", "django"), "4.2");
    }

    #[test]
    fn a_requirement_without_a_version_says_none() {
        assert_eq!(versions(&[("requirements.txt", "redis\n")], "", "redis"), "redis is asked for without a version");
        assert_eq!(versions(&[("requirements.txt", "redis>=5\n")], "", "redis"), ">=5");
    }

    #[test]
    fn files_that_differ_leave_it_open() {
        let files = [("a/requirements.txt", "django==4.2\n"), ("b/requirements.txt", "django==5.2\n")];
        assert_eq!(versions(&files, "", "django"), "files differ in the version of django");
    }
}
