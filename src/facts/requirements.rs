//! What a project says of the packages it needs: requirement files, `pyproject.toml`, lock files.

use serde::{Deserialize, Serialize};

use crate::source::{SourceFile, Span};
use crate::stack::Version;
use crate::syntax::python::ExprKind;
use crate::syntax::{SyntaxError, toml, version};

/// The packages that one file asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirements {
    /// What kind of file it is.
    pub kind: Kind,
    /// The packages, in order.
    pub packages: Vec<Package>,
    /// Whether hashes pin them, so that a line cannot be changed by hand.
    pub hashed: bool,
    /// The files that it takes in (`-r base.txt`, `-c constraints.txt`), by their paths below the root.
    pub includes: Vec<Include>,
}

/// A file that another takes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Include {
    /// Its path below the root.
    pub path: Box<str>,
    /// Whether it only bounds what others ask for: `-c`.
    pub constrains: bool,
}

/// The kinds of files that name packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// `uv.lock`, `poetry.lock`, `Pipfile.lock`: what is installed, exactly.
    Lock,
    /// `requirements*.txt`, `requirements/*.txt`, constraints; `.pip` for `.txt`.
    Requirements,
    /// `pyproject.toml`, `Pipfile`, `requirements.in`: what a lock is made from.
    Project,
}

/// A package that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its name, in small letters, with `-` for `_` and `.`.
    pub name: Box<str>,
    /// What stands in brackets.
    pub extras: Vec<Box<str>>,
    /// Where another extra would be put: behind the last, or behind the name; with what must come before and after it.
    pub extra_slot: Option<(Span, Box<str>, Box<str>)>,
    /// The version; [`None`] when a URL or a reference says it.
    pub version: Option<Version>,
    /// The whole requirement.
    pub span: Span,
}

/// What kind of file this is by its path, if it names packages.
pub fn kind(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let folder = path.rsplit('/').nth(1).unwrap_or("").to_ascii_lowercase();
    Some(match name.as_str() {
        "uv.lock" | "poetry.lock" | "pipfile.lock" | "pdm.lock" => Kind::Lock,
        "pyproject.toml" | "pipfile" | "setup.py" | "setup.cfg" => Kind::Project,
        _ if name.ends_with(".in") && name.contains("requirement") => Kind::Project,
        _ if (name.ends_with(".txt") || name.ends_with(".pip"))
            && (name.contains("requirement") || name.contains("constraint") || folder == "requirements") =>
        {
            Kind::Requirements
        }
        _ => return None,
    })
}

/// Reads a file that names packages.
pub fn read(file: &SourceFile, kind: Kind) -> (Requirements, Vec<SyntaxError>) {
    let mut found = Requirements { kind, packages: Vec::new(), hashed: false, includes: Vec::new() };
    let mut errors = Vec::new();
    match file.name().to_ascii_lowercase().as_str() {
        "pipfile.lock" => pipfile_lock(file, &mut found),
        "setup.cfg" => setup_cfg(file, &mut found),
        "setup.py" => setup_py(file, &mut found),
        "pipfile" | "pyproject.toml" => {
            let parsed = toml::parse(file);
            errors = parsed.errors;
            if let Some(root) = parsed.tree {
                project(file, &root, &mut found);
            }
        }
        _ if kind == Kind::Lock => {
            for (name, release) in toml::locked(file) {
                found.packages.push(Package {
                    name: normal(&name.value),
                    extras: Vec::new(),
                    extra_slot: None,
                    version: version::pep440(&format!("=={}", release.value)).map(|it| joined(it, &release.value)),
                    span: name.span.cover(release.span),
                });
            }
        }
        _ => lines(file, &mut found),
    }
    (found, errors)
}

/// The lines of a requirement file.
fn lines(file: &SourceFile, found: &mut Requirements) {
    let mut start = file.bom();
    for line in file.text()[start..].split_inclusive('\n') {
        let body = line.split(" #").next().unwrap_or(line).trim_end();
        let indent = body.len() - body.trim_start().len();
        let text = body.trim_start();
        found.hashed |= text.contains("--hash=");
        found.includes.extend(include(file, text));
        if !text.is_empty() && !text.starts_with(['#', '-']) {
            let end = text.find(" --").unwrap_or(text.len());
            found.packages.extend(requirement(file, start + indent, text[..end].trim_end_matches(['\\', ' '])));
        }
        start += line.len();
    }
}

/// `-r base.txt`, `--constraint=constraints.txt`: the path is that from the file's own folder.
fn include(file: &SourceFile, text: &str) -> Option<Include> {
    let options = [("--requirement", false), ("-r", false), ("--constraint", true), ("-c", true)];
    let (rest, constrains) = options.iter().find_map(|(option, it)| Some((text.strip_prefix(option)?, *it)))?;
    let named = rest.trim_start_matches([' ', '\t', '=']).split_whitespace().next()?;
    let mut parts: Vec<&str> = file.folder().split('/').filter(|it| !it.is_empty()).collect();
    for part in named.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(Include { path: parts.join("/").into(), constrains })
}

/// `install_requires` of `setup.cfg`: a requirement a line, indented.
fn setup_cfg(file: &SourceFile, found: &mut Requirements) {
    let mut start = file.bom();
    let mut within = false;
    for line in file.text()[start..].split_inclusive('\n') {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if indent == 0 || text.is_empty() {
            within = text.split('=').next().is_some_and(|key| key.trim() == "install_requires");
        } else if within && !text.starts_with('#') {
            found.packages.extend(requirement(file, start + indent, text));
        }
        start += line.len();
    }
}

/// `install_requires=[...]` of `setup.py`, where it is a list of plain texts.
fn setup_py(file: &SourceFile, found: &mut Requirements) {
    let tree = crate::syntax::python::parse(file).tree;
    for stmt in &tree.body {
        stmt.each_below(&mut |stmt| {
            stmt.each_expr(&mut |expr| {
                expr.each_below(&mut |expr| {
                    let list = expr.call().and_then(|it| it.keyword("install_requires"));
                    let Some(ExprKind::List(items) | ExprKind::Tuple(items)) = list.map(|it| &it.kind) else { return };
                    for item in items {
                        let Some(text) = item.str() else { continue };
                        let at = item.span.start as usize + 1;
                        if file.text().get(at..at + text.len()) == Some(text) {
                            found.packages.extend(requirement(file, at, text));
                        }
                    }
                });
            });
        });
    }
}

/// One requirement as PEP 508 writes it, which stands at byte `at`: `psycopg[binary]>=3.1 ; python_version > "3.8"`.
fn requirement(file: &SourceFile, at: usize, text: &str) -> Option<Package> {
    let text = text.split(';').next().unwrap_or(text).trim_end();
    let name_end = text.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
    let name = &text[..name_end];
    if name.is_empty() {
        return None;
    }
    let rest = &text[name_end..];
    let open = rest.len() - rest.trim_start().len();
    let (extras, spec, slot) = match rest[open..].strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((inner, spec)) => {
            let end = at + name_end + open + 1 + inner.len();
            let extras: Vec<Box<str>> =
                inner.split(',').map(str::trim).filter(|it| !it.is_empty()).map(Into::into).collect();
            let before = if extras.is_empty() { "" } else { "," };
            (extras, spec, (Span::at(file.id, end), before.into(), "".into()))
        }
        None => (Vec::new(), rest, (Span::at(file.id, at + name_end), "[".into(), "]".into())),
    };
    let spec = spec.trim().trim_start_matches('(').trim_end_matches(')');
    Some(Package {
        name: normal(name),
        extras,
        extra_slot: Some(slot),
        version: version::pep440(spec).map(|it| joined(it, spec)),
        span: file.span(at..at + text.len()),
    })
}

/// The packages of `pyproject.toml` (PEP 621, dependency groups, Poetry) and `Pipfile`.
fn project(file: &SourceFile, root: &toml::Item, found: &mut Requirements) {
    let mut lists: Vec<&toml::Item> = Vec::new();
    lists.extend(root.at(&["project", "dependencies"]));
    for (_, group) in root.at(&["project", "optional-dependencies"]).map_or(&[][..], toml::Item::entries) {
        lists.push(group);
    }
    for text in lists.iter().flat_map(|list| list.items()).filter_map(toml::Item::text) {
        // The place is that of the string with its quotes; only a plain string holds the text byte for byte.
        let at = text.span.start as usize + 1;
        if file.text().get(at..at + text.value.len()) == Some(&text.value) {
            found.packages.extend(requirement(file, at, &text.value));
        }
    }
    for table in [root.at(&["tool", "poetry", "dependencies"]), root.get("packages")].into_iter().flatten() {
        for (name, item) in table.entries() {
            let spec = item.text().or_else(|| item.get("version").and_then(toml::Item::text));
            let extras = item.get("extras").map_or(&[][..], toml::Item::items);
            found.packages.push(Package {
                name: normal(&name.value),
                extras: extras.iter().filter_map(|it| Some(it.text()?.value.clone())).collect(),
                extra_slot: None,
                version: spec.and_then(|it| Some(joined(version::poetry(&it.value)?, &it.value))),
                span: spec.map_or(name.span, |it| name.span.cover(it.span)),
            });
        }
    }
}

/// The packages of `Pipfile.lock`: JSON without places, so each is found by its name in quotes.
fn pipfile_lock(file: &SourceFile, found: &mut Requirements) {
    let text = &file.text()[file.bom()..];
    let Ok(root) = serde_json::from_str::<serde_json::Value>(text) else { return };
    for (name, entry) in root["default"].as_object().into_iter().flatten() {
        let Some(spec) = entry["version"].as_str() else { continue };
        let at = text.find(&format!("\"{name}\":")).unwrap_or(0) + file.bom();
        found.packages.push(Package {
            name: normal(name),
            extras: Vec::new(),
            extra_slot: None,
            version: version::pep440(spec).map(|it| joined(it, spec)),
            span: file.span(at..(at + name.len() + 2).min(file.text().len())),
        });
    }
}

fn joined(range: version::Range, written: &str) -> Version {
    Version { low: range.low, high: range.high, written: written.trim_start_matches("==").into() }
}

/// A package's name as PEP 503 compares it.
pub fn normal(name: &str) -> Box<str> {
    name.to_ascii_lowercase().replace(['_', '.'], "-").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = SourceFile::new(FileId(0), path, Default::default(), text);
        let (requirements, errors) = read(&file, kind(path).unwrap());
        assert_eq!(errors, []);
        let row = |it: &Package| {
            let version = it.version.as_ref().map_or("?", |version| &*version.written);
            format!("{}[{}] {version} | {}", it.name, it.extras.join(","), file.slice(it.span))
        };
        requirements.packages.iter().map(row).collect()
    }

    #[test]
    fn requirement_files() {
        let text = "# web\nDjango==5.2.8\r\npsycopg[binary]==3.2.3  # driver\n-r base.txt\ncelery >= 5.4, < 6 ; python_version > \"3.8\"\n\nuvicorn\ngit+ssh://x/y.git\nredis==5.0 \\\n    --hash=sha256:ab\n";
        assert_eq!(
            found("requirements.txt", text),
            [
                "django[] 5.2.8 | Django==5.2.8",
                "psycopg[binary] 3.2.3 | psycopg[binary]==3.2.3",
                "celery[] >= 5.4, < 6 | celery >= 5.4, < 6",
                "uvicorn[]  | uvicorn",
                "git[] ? | git+ssh://x/y.git",
                "redis[] 5.0 | redis==5.0",
            ]
        );
    }

    #[test]
    fn files_that_others_take_in() {
        let text = "-r base.txt\n--constraint=../pins/all.txt\n-c local.txt\n-e .\n";
        let file = SourceFile::new(FileId(0), "api/requirements/prod.txt", Default::default(), text);
        let (found, _) = read(&file, Kind::Requirements);
        let includes: Vec<_> = found.includes.iter().map(|it| (&*it.path, it.constrains)).collect();
        let expected =
            [("api/requirements/base.txt", false), ("api/pins/all.txt", true), ("api/requirements/local.txt", true)];
        assert_eq!(includes, expected);
    }

    #[test]
    fn setup_files() {
        let text =
            "from setuptools import setup\nsetup(name='x', install_requires=['Django>=4.2,<5', \"psycopg[pool]\"])\n";
        assert_eq!(found("setup.py", text), ["django[] >=4.2,<5 | Django>=4.2,<5", "psycopg[pool]  | psycopg[pool]"]);
        let text = "[options]\npackages = find:\ninstall_requires =\n    Django>=4.2\n    # a comment\n    redis\n[options.extras_require]\nx =\n    celery\n";
        assert_eq!(found("setup.cfg", text), ["django[] >=4.2 | Django>=4.2", "redis[]  | redis"]);
        assert_eq!(found("requirements/base.pip", "django==5.2\n").len(), 1);
        let text = "[[package]]\nname = \"django\"\nversion = \"5.2.1\"\n";
        assert_eq!(found("pdm.lock", text).len(), 1);
    }

    #[test]
    fn projects_and_locks() {
        let text = "[project]\ndependencies = [\"fastapi[standard]>=0.110\"]\n[tool.poetry.dependencies]\ndjango = \"^5.1\"\ncelery = { version = \"5.4.0\", extras = [\"redis\"] }\n";
        assert_eq!(
            found("api/pyproject.toml", text),
            [
                "fastapi[standard] >=0.110 | fastapi[standard]>=0.110",
                "django[] ^5.1 | django = \"^5.1\"",
                "celery[redis] 5.4.0 | celery = { version = \"5.4.0\"",
            ]
        );
        let text = "{\"_meta\": {}, \"default\": {\"django\": {\"version\": \"==4.2.1\"}}, \"develop\": {\"x\": {\"version\": \"==1\"}}}";
        assert_eq!(found("Pipfile.lock", text), ["django[] 4.2.1 | \"django\""]);
    }

    #[test]
    fn an_extra_is_put_where_pip_reads_it() {
        for (before, after) in [
            ("psycopg[binary]==3.2.3", "psycopg[binary,pool]==3.2.3"),
            ("psycopg>=3", "psycopg[pool]>=3"),
            ("psycopg []", "psycopg [pool]"),
        ] {
            let file = SourceFile::new(FileId(0), "requirements.txt", Default::default(), before);
            let (requirements, _) = read(&file, Kind::Requirements);
            let (span, open, close) = requirements.packages[0].extra_slot.clone().unwrap();
            let edit = crate::source::Edit::replace(span, format!("{open}pool{close}"));
            assert_eq!(crate::source::apply(before, [&edit]).unwrap(), after);
        }
    }
}
