//! Paths of the repository and of the container, and the patterns of includes.

/// A template's place becomes that of the file that the official image's entrypoint makes of it.
pub(super) fn filled_in(path: &str) -> String {
    match path.strip_prefix("/etc/nginx/templates/").and_then(|rest| rest.strip_suffix(".template")) {
        Some(rest) => format!("/etc/nginx/conf.d/{rest}"),
        None => path.to_owned(),
    }
}

/// Where a file of the repository stands in a container when `source` is put at `target`.
pub(super) fn lands_at(path: &str, source: &str, target: &str) -> Option<String> {
    let into = target.trim_end_matches('/');
    if name_of(source).contains('*') {
        let fits = folder_of(path) == folder_of(source) && glob(name_of(source), name_of(path));
        return fits.then(|| format!("{into}/{}", name_of(path)));
    }
    // The whole tree, as `COPY . /app` takes it.
    let rest = if source.is_empty() || source == "." { format!("/{path}") } else { below(path, source)?.to_owned() };
    // A file that is put into a folder keeps its name there.
    let into_folder = rest.is_empty() && (target.ends_with('/') || is_folder(into) && name_of(into) != name_of(source));
    Some(if into_folder { format!("{into}/{}", name_of(source)) } else { format!("{into}{rest}") })
}

pub(super) fn trim(path: &str) -> &str {
    path.trim_start_matches("./").trim_end_matches('/')
}

pub(super) fn is_folder(target: &str) -> bool {
    !name_of(target).contains('.') || target.ends_with(".d")
}

pub(super) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

pub(super) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if folder.starts_with('/') { format!("/{joined}") } else { joined }
}

/// What is left of `path` behind `folder`, with its slash; nothing when both are the same.
pub(super) fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() || folder == "." {
        return None;
    }
    path.strip_prefix(folder).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path fits a pattern with `*` and `?`, none of which stands for a slash.
pub(super) fn glob(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.as_bytes(), path.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < path.len() {
        let hidden = path[t] == b'.' && (t == 0 || path[t - 1] == b'/');
        match pattern.get(p) {
            // A name that starts with a dot must be named so.
            Some(b'*' | b'?') if hidden => return false,
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(b'?') if path[t] != b'/' => (p, t) = (p + 1, t + 1),
            Some(&byte) if byte == path[t] => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((after, taken)) if path[taken] != b'/' => {
                    star = Some((after, taken + 1));
                    (p, t) = (after, taken + 1);
                }
                _ => return false,
            },
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(glob("/etc/nginx/conf.d/*.conf", "/etc/nginx/conf.d/default.conf"));
        assert!(!glob("/etc/nginx/conf.d/*.conf", "/etc/nginx/conf.d/a/default.conf"));
        assert!(glob("a/*/c*", "a/b/cd"));
        assert!(glob("a?c", "abc"));
        assert!(!glob("a?c", "a/c"));
        assert!(!glob("a", "ab"));
        assert!(glob("*", ""));
        assert!(!glob("conf.d/*.conf", "conf.d/.default.conf"));
    }

    #[test]
    fn copies_and_mounts() {
        let lands = |path, source, target| lands_at(path, source, target);
        let at = |path: &str| Some(path.to_owned());
        assert_eq!(lands("n/a.conf", "n/a.conf", "/etc/nginx/nginx.conf"), at("/etc/nginx/nginx.conf"));
        assert_eq!(lands("n/a.conf", "n/a.conf", "/etc/nginx/conf.d/"), at("/etc/nginx/conf.d/a.conf"));
        assert_eq!(lands("n/a.conf", "n/a.conf", "/etc/nginx/conf.d"), at("/etc/nginx/conf.d/a.conf"));
        assert_eq!(lands("n/conf.d/a.conf", "n", "/etc/nginx"), at("/etc/nginx/conf.d/a.conf"));
        assert_eq!(lands("n/a.conf", "n/*.conf", "/etc/nginx/conf.d/"), at("/etc/nginx/conf.d/a.conf"));
        assert_eq!(lands("n/b/a.conf", "n/*.conf", "/etc/nginx/conf.d/"), None);
        assert_eq!(lands("n/a.conf", ".", "/app"), at("/app/n/a.conf"));
        assert_eq!(lands("n/a.conf", "m", "/app"), None);
    }

    #[test]
    fn paths() {
        assert_eq!(join("/etc/nginx", "conf.d/*.conf"), "/etc/nginx/conf.d/*.conf");
        assert_eq!(join("deploy/nginx", "../a.conf"), "deploy/a.conf");
        assert_eq!(join("", "./a.conf"), "a.conf");
        assert_eq!(below("nginx/conf.d/a.conf", "nginx"), Some("/conf.d/a.conf"));
        assert_eq!(below("nginx2/a.conf", "nginx"), None);
        assert_eq!(filled_in("/etc/nginx/templates/default.conf.template"), "/etc/nginx/conf.d/default.conf");
    }
}
