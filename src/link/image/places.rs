//! Paths: from a container's to the repository's.

use super::{Copied, Image};
use crate::link::plan::{Mount, ServicePlan};
use crate::source::Span;

/// `path` as seen from `folder`, both in a container: absolute, `.` and `..` worked out, no `/` at the end but for the
/// root itself.
pub fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let head = if path.starts_with('/') { "" } else { folder };
    for part in head.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The paths below the repository's root that may stand at an absolute path of a service's container, the likeliest
/// first: what is mounted there, then what was copied there. What runs in no container (a line of a Procfile, a unit of
/// systemd) runs where the repository is checked out: at the root, or in the unit's working folder. Whether they exist is
/// for the caller to see.
pub fn repository_paths(path: &str, service: &ServicePlan, image: Option<&Image>) -> Vec<Box<str>> {
    let mut mounts: Vec<&Mount> = service.mounts.iter().collect();
    mounts.sort_by_key(|mount| std::cmp::Reverse(mount.target.len()));
    let mut found: Vec<Box<str>> = mounts
        .into_iter()
        .filter_map(|mount| Some(within(&mount.source, below(path, mount.target.trim_end_matches('/'))?)))
        .collect();
    if let Some(image) = image {
        found.extend(copied_from(&image.copies, path).into_iter().filter(|path| !image.ignored.keeps_out(path)));
    }
    if image.is_none() && service.image.is_none() && service.build.is_none() {
        found.push(path.trim_start_matches('/').into());
        let checkout = service.working_dir.as_deref().filter(|folder| folder.starts_with('/'));
        found.extend(checkout.and_then(|folder| below(path, folder)).filter(|rest| !rest.is_empty()).map(Box::from));
    }
    found
}

/// The absolute paths in a service's container at which a file of the repository stands.
pub fn container_paths(path: &str, service: &ServicePlan, image: Option<&Image>) -> Vec<String> {
    let copies = image.filter(|image| !image.ignored.keeps_out(path)).map_or(&[][..], |image| &image.copies);
    let placed = |source: &str, target: &str| {
        let (folder, name) = source.rsplit_once('/').unwrap_or(("", source));
        if name.contains('*') {
            let rest = below(path, folder).filter(|rest| !rest.contains('/') && matches(name, rest))?;
            return Some(join(target, rest));
        }
        let rest = if source.is_empty() { path } else { below(path, source)? };
        match rest {
            // A file that is copied to a folder keeps its name.
            "" if target.ends_with('/') => Some(join(target, name)),
            rest => Some(join(target, rest)),
        }
    };
    let copied = copies.iter().filter_map(|copy| placed(&copy.source, &copy.target));
    copied.chain(service.mounts.iter().filter_map(|mount| placed(&mount.source, &mount.target))).collect()
}

/// The paths below the root that copies may have brought to `path`, those of the last copy first.
pub(super) fn copied_from(copies: &[Copied], path: &str) -> Vec<Box<str>> {
    let mut found = Vec::new();
    for copy in copies.iter().rev() {
        let target = copy.target.trim_end_matches('/');
        let Some(rest) = below(path, target) else { continue };
        let (folder, name) = copy.source.rsplit_once('/').unwrap_or(("", &copy.source));
        if name.contains('*') {
            if !rest.contains('/') && matches(name, rest) {
                found.push(within(folder, rest));
            }
        } else if rest.is_empty() {
            found.push(copy.source.clone());
        } else {
            if name == rest {
                found.push(copy.source.clone());
            }
            // A file holds nothing, and what has a dot in its name is one.
            if name != rest || !name.contains('.') {
                found.push(within(&copy.source, rest));
            }
        }
    }
    found
}

/// A copy of an earlier stage, as it comes along when `source` of that stage is copied to `target`.
pub(super) fn moved(copy: &Copied, source: &str, target: &str, span: Span) -> Option<Copied> {
    let there = copy.target.trim_end_matches('/');
    let base = target.trim_end_matches('/');
    if let Some(rest) = below(there, source) {
        // The whole of what was copied lies below the source.
        let slash = if copy.target.ends_with('/') { "/" } else { "" };
        let inner = if rest.is_empty() { String::new() } else { format!("/{rest}") };
        return Some(Copied { source: copy.source.clone(), target: format!("{base}{inner}{slash}").into(), span });
    }
    // The source is a part of what was copied.
    let rest = below(source, there)?;
    let (_, name) = copy.source.rsplit_once('/').unwrap_or(("", &copy.source));
    let from = match name {
        _ if name == rest => copy.source.clone(),
        // A file holds nothing, and what has a dot in its name is one.
        _ if name.contains('.') && !rest.is_empty() => return None,
        _ => within(&copy.source, rest),
    };
    Some(Copied { source: from, target: target.into(), span })
}

/// What is left of `path` below `folder`; empty when they are the same.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

fn within(folder: &str, rest: &str) -> Box<str> {
    match (folder.trim_matches('/'), rest) {
        ("" | ".", rest) => rest.into(),
        (folder, "") => folder.into(),
        (folder, rest) => format!("{folder}/{rest}").into(),
    }
}

/// Whether a name matches a pattern in which only `*` is special.
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|head| name.strip_prefix(head)) else { return false };
    let Some(tail) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn copies(pairs: &[(&str, &str)]) -> Vec<Copied> {
        let span = Span::at(FileId(0), 0);
        pairs
            .iter()
            .map(|(source, target)| Copied { source: (*source).into(), target: (*target).into(), span })
            .collect()
    }

    #[test]
    fn paths_are_joined() {
        assert_eq!(join("/app", "./start.sh"), "/app/start.sh");
        assert_eq!(join("/app", "/x/../y/"), "/y");
        assert_eq!(join("/", "../.."), "/");
    }

    #[test]
    fn a_path_of_the_container_leads_to_the_repository() {
        let copies = copies(&[("", "/app/"), ("docker/entrypoint.sh", "/entrypoint.sh"), ("bin/*.sh", "/usr/bin/")]);
        assert_eq!(copied_from(&copies, "/entrypoint.sh"), ["docker/entrypoint.sh".into()]);
        assert_eq!(copied_from(&copies, "/app/a/b.sh"), ["a/b.sh".into()]);
        assert_eq!(copied_from(&copies, "/usr/bin/x.sh"), ["bin/x.sh".into()]);
        assert!(copied_from(&copies, "/usr/bin/x").is_empty());
        assert!(copied_from(&copies, "/application/x").is_empty());
    }

    #[test]
    fn what_runs_in_no_container_runs_in_the_checkout() {
        let span = Span::at(FileId(0), 0);
        let name = crate::syntax::Spanned::new("web".into(), span);
        let mut plan = super::super::service(name, crate::stack::Anchor::new("web.service", "Service"), "etc");
        assert_eq!(repository_paths("/etc/uwsgi.ini", &plan, None), ["etc/uwsgi.ini".into()]);
        plan.working_dir = Some("/srv/app".into());
        assert_eq!(repository_paths("/srv/app/uwsgi.ini", &plan, None)[1], "uwsgi.ini".into());
        assert_eq!(repository_paths("/srv/application/uwsgi.ini", &plan, None).len(), 1);
    }

    #[test]
    fn copies_come_along_from_stage_to_stage() {
        let span = Span::at(FileId(0), 0);
        let moved = |source: &str, target: &str, from: &str, to: &str| {
            let copy = copies(&[(source, target)]).remove(0);
            moved(&copy, from, to, span).map(|it| (it.source.to_string(), it.target.to_string()))
        };
        let pair = |a: &str, b: &str| Some((a.to_string(), b.to_string()));
        assert_eq!(moved("src", "/app", "/app", "/srv"), pair("src", "/srv"));
        assert_eq!(moved("src", "/app/src/", "/app", "/srv"), pair("src", "/srv/src/"));
        assert_eq!(moved("", "/app/", "/app/start.sh", "/start.sh"), pair("start.sh", "/start.sh"));
        assert_eq!(moved("src", "/app", "/other", "/srv"), None);
    }

    #[test]
    fn stars_match() {
        assert!(matches("*.sh", "a.sh") && matches("*", "x") && matches("a*b*c", "aXbYc") && matches("ab", "ab"));
        assert!(!matches("*.sh", "a.py") && !matches("ab", "abc") && !matches("a*a", "a"));
    }
}
