//! Which files are nginx's configuration, and what part of one each of them is.

use serde::{Deserialize, Serialize};

use crate::source::{FileId, SourceFile};
use crate::syntax::SyntaxError;
use crate::syntax::nginx::{Config, Directive, parse};

/// One file of nginx's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The file.
    pub file: FileId,
    /// Its path below the root.
    pub path: Box<str>,
    /// What part of a configuration it is.
    pub role: Role,
    /// Whether `envsubst` or the like fills in its `${NAME}` before nginx reads it.
    pub template: bool,
    /// What it says.
    pub config: Config,
    /// What could not be read of it.
    pub errors: Vec<SyntaxError>,
}

/// What part of a configuration a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// The whole: it has `events` or `http` at its top.
    Main,
    /// What is meant for the `http` level: `server`, `upstream`, `map` at its top.
    Fragment,
    /// What is meant for inside of a server or a location: `location`, `proxy_set_header` at its top.
    Inner,
    /// A template of another language, which is not read.
    Unread,
}

/// Directives that only stand at the top of a main configuration.
const OF_MAIN: &[&str] = &[
    "events",
    "http",
    "stream",
    "mail",
    "worker_processes",
    "worker_rlimit_nofile",
    "worker_cpu_affinity",
    "load_module",
    "daemon",
    "pid",
];

/// Directives that only stand at the `http` level.
const OF_HTTP: &[&str] = &[
    "server",
    "upstream",
    "map",
    "geo",
    "split_clients",
    "limit_req_zone",
    "limit_conn_zone",
    "log_format",
    "proxy_cache_path",
    "fastcgi_cache_path",
    "uwsgi_cache_path",
    "types_hash_max_size",
    "server_names_hash_bucket_size",
    "server_names_hash_max_size",
    "map_hash_bucket_size",
    "init_by_lua_block",
    "init_worker_by_lua_block",
    "lua_package_path",
    "lua_shared_dict",
];

/// Directives, or beginnings of their names, that nothing but nginx knows.
const OF_NGINX: &[&str] = &[
    "location",
    "proxy_",
    "fastcgi_",
    "uwsgi_",
    "scgi_",
    "grpc_",
    "gzip",
    "brotli",
    "add_header",
    "ssl_",
    "limit_req",
    "limit_conn",
    "client_max_body_size",
    "client_body_",
    "client_header_",
    "keepalive_timeout",
    "large_client_header_buffers",
    "server_name",
    "server_tokens",
    "sendfile",
    "tcp_nopush",
    "try_files",
    "resolver",
    "set_real_ip_from",
    "real_ip_header",
    "rewrite",
    "return",
    "error_page",
    "access_log",
    "auth_basic",
    "auth_request",
    "default_type",
    "listen",
    "charset",
    "expires",
    "etag",
    "open_file_cache",
    "content_by_lua",
    "access_by_lua",
    "rewrite_by_lua",
    "more_",
];

/// Reads a file as nginx's configuration; [`None`] when it is none. Names are looked at first, then words, and only
/// then is the file parsed.
pub fn read(file: &SourceFile) -> Option<Draft> {
    let place = Place::of(&file.path)?;
    if !place.surely && !place.is_conf && !has_its_words(file.text()) {
        return None;
    }
    let parsed = parse(file);
    let unread = parsed.tree.items.is_empty() && !parsed.errors.is_empty();
    let role = if unread { Role::Unread } else { role_of(&parsed.tree.items)? };
    if unread && !has_its_words(file.text()) {
        return None;
    }
    if !place.surely && parsed.errors.len() >= parsed.tree.items.len() {
        return None;
    }
    Some(Draft {
        file: file.id,
        path: file.path.clone(),
        role,
        template: place.template || file.text().contains("${"),
        config: parsed.tree,
        errors: parsed.errors,
    })
}

/// What a path tells of a file that may be nginx's.
struct Place {
    /// It cannot well be anything else.
    surely: bool,
    /// It is a configuration of some program.
    is_conf: bool,
    template: bool,
}

impl Place {
    fn of(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let bare = [".template", ".tmpl", ".tpl", ".j2", ".in", ".example", ".sample"]
            .iter()
            .find_map(|ending| name.strip_suffix(ending));
        let stem = bare.unwrap_or(name);
        let parts = || folder.split('/');
        let sites = parts().any(|part| matches!(part, "sites-available" | "sites-enabled"));
        let of_nginx = parts().any(|part| part.contains("nginx") || part == "openresty");
        let ending = stem.rsplit_once('.').map(|(_, ending)| ending);
        let surely = match ending {
            Some("conf") => of_nginx || sites || stem.contains("nginx"),
            Some("nginx" | "vhost") => true,
            Some("dockerfile" | "md" | "py" | "sh" | "yml" | "yaml" | "json" | "toml" | "env") => return None,
            None => sites || (of_nginx && (stem.contains("params") || stem == "default")),
            Some(_) => false,
        };
        let maybe = surely || matches!(ending, None | Some("conf" | "inc" | "cfg"));
        maybe.then_some(Self { surely, is_conf: ending == Some("conf"), template: bare.is_some() })
    }
}

/// Whether a text has words that nginx's configurations have, cheaply.
fn has_its_words(text: &str) -> bool {
    [
        "server_name",
        "server {",
        "proxy_pass",
        "upstream ",
        "location ",
        "limit_req_zone",
        "events {",
        "http {",
        "proxy_set_header",
    ]
    .iter()
    .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// Where a directive belongs.
fn level(item: &Directive) -> Option<Role> {
    let name = &*item.name.text;
    let is_block =
        matches!(name, "events" | "http" | "stream" | "mail" | "server" | "upstream" | "map" | "geo" | "location");
    if is_block && item.block.is_none() {
        None
    } else if OF_MAIN.contains(&name) {
        Some(Role::Main)
    } else if OF_HTTP.contains(&name) {
        Some(Role::Fragment)
    } else {
        OF_NGINX.iter().any(|known| name.starts_with(known)).then_some(Role::Inner)
    }
}

/// What the directives at the top of a file make it; [`None`] when nginx knows none of them, or few.
fn role_of(items: &[Directive]) -> Option<Role> {
    let mut levels: Vec<Role> = items.iter().filter_map(level).collect();
    levels.sort();
    let foreign = items.iter().filter(|item| !item.is("include") && level(item).is_none()).count();
    let has = |names: &[&str]| items.iter().any(|item| item.block.is_some() && names.contains(&&*item.name.text));
    // A block makes it certain; single words need to be more than the strangers among them.
    if has(&["events", "http"]) {
        Some(Role::Main)
    } else if levels.len() <= foreign && !has(&["server", "upstream", "map", "location"]) {
        None
    } else if levels.contains(&Role::Fragment) {
        Some(Role::Fragment)
    } else {
        levels.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn role(path: &str, text: &str) -> Option<Role> {
        read(&SourceFile::new(FileId(0), path, PathBuf::new(), text)).map(|draft| draft.role)
    }

    #[test]
    fn parts_of_a_configuration() {
        assert_eq!(role("nginx.conf", "events {}\nhttp { server { listen 80; } }"), Some(Role::Main));
        assert_eq!(role("nginx/nginx.conf", "server { listen 80; }"), Some(Role::Fragment));
        assert_eq!(role("deploy/app.conf", "upstream a { server b; }\nserver { location / {} }"), Some(Role::Fragment));
        assert_eq!(
            role("nginx/zones.conf", "limit_req_zone $binary_remote_addr zone=a:1m rate=1r/s;"),
            Some(Role::Fragment)
        );
        assert_eq!(role("nginx/proxy_params", "proxy_set_header Host $host;"), Some(Role::Inner));
        assert_eq!(role("snippets/gzip.conf", "gzip on;\nlocation / { }"), Some(Role::Inner));
        assert_eq!(role("etc/sites-available/default", "server { listen 80; }"), Some(Role::Fragment));
        assert_eq!(role("nginx/nginx.conf.j2", "server { listen {{ port }}; server_name x; }"), Some(Role::Unread));
    }

    #[test]
    fn templates() {
        let read = |path, text| read(&SourceFile::new(FileId(0), path, PathBuf::new(), text)).map(|it| it.template);
        assert_eq!(read("nginx/default.conf.template", "server { listen 80; }"), Some(true));
        assert_eq!(read("nginx/default.conf", "server { listen ${PORT}; }"), Some(true));
        assert_eq!(read("nginx/default.conf", "server { listen 80; }"), Some(false));
    }

    #[test]
    fn configurations_of_others_are_none() {
        assert_eq!(role("redis.conf", "maxmemory 1gb\nappendonly yes\n"), None);
        assert_eq!(role("conf.d/supervisord.conf", "[program:web]\ncommand=gunicorn app ; upstream x\n"), None);
        assert_eq!(role("apache.conf", "<VirtualHost *:80>\n  ProxyPass / http://app:8000/\n</VirtualHost>"), None);
        assert_eq!(role("postgresql.conf", "max_connections = 100\nlisten_addresses = '*'\n"), None);
        assert_eq!(role("logstash/nginx.conf", "input { beats { port => 5044 } }\nfilter { grok { } }"), None);
        assert_eq!(role("default.conf", "location of things"), None);
        assert_eq!(role("nginx/Dockerfile", "FROM nginx\nCOPY default.conf /etc/nginx/conf.d/\n"), None);
        assert_eq!(role("app/settings.py", "server { location / {} }"), None);
    }
}
