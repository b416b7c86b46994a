//! MySQL and MariaDB: how many connections the server accepts.

use crate::stack::{Fact, defaults};
use crate::syntax::lines::{Dialect, Setting};

use super::{Server, parsed, rest_of};

/// Folders and files that the images' own configuration takes in, in the order in which the server reads them.
const PLACES: &[&str] = &[
    "/etc/my.cnf",
    "/etc/mysql/my.cnf",
    "/etc/mysql/conf.d/*.cnf",
    "/etc/mysql/mysql.conf.d/*.cnf",
    "/etc/mysql/mariadb.conf.d/*.cnf",
    "/opt/bitnami/mysql/conf/my_custom.cnf",
    "/opt/bitnami/mariadb/conf/my_custom.cnf",
];
/// Variables of Bitnami's images that hold options.
const FLAGS: &[&str] = &["MYSQL_EXTRA_FLAGS", "MARIADB_EXTRA_FLAGS"];

/// The connections that the server accepts from users. One more is there for an administrator on top of them.
pub(super) fn max_connections(server: &Server<'_>) -> Fact<u64> {
    let read = |text: &str| text.split('#').next()?.trim().parse().ok();
    if let Some(text) = option(server).or_else(|| file(server)) {
        return parsed(text, read);
    }
    if let Some(flags) = FLAGS.iter().find_map(|name| server.variable(name)) {
        let said = flags.value.clone().map(|text| super::flag(&text, "max_connections"));
        return match said.known() {
            Some(Some(number)) => parsed(flags.value.clone().map(|_| number.clone()), read),
            Some(None) => own(server),
            None => Fact::unknown(format!("`{}` is set by the environment", flags.name)),
        };
    }
    own(server)
}

/// What the image's own configuration says, where that is the server's default.
fn own(server: &Server<'_>) -> Fact<u64> {
    let name = server.image_name();
    let defaults_file = server.words().any(|word| word.head.starts_with("--defaults"));
    let hidden = PLACES.iter().any(|place| server.hides(place.trim_end_matches("/*.cnf")));
    if defaults_file || hidden || !matches!(name.repository, "mysql" | "mariadb" | "percona" | "percona/percona-server")
    {
        return Fact::unknown("the image's own settings are not in these files");
    }
    let at = server.plan.image.as_ref().map_or(server.plan.name.span, |it| it.span);
    let program = if name.short() == "mariadb" { "MariaDB" } else { "MySQL" };
    defaults::count(program, "max_connections", Some(at))
}

/// `--max-connections=300`, `--max_connections 300`: the last of them.
fn option(server: &Server<'_>) -> Option<Fact<Box<str>>> {
    let mut found = None;
    let mut named = false;
    for word in server.words() {
        let text = word.text.known().map_or(&*word.head, |it| it);
        let (name, value) = text.split_once('=').map_or((text, None), |(name, _)| (name, Some(name.len() + 1)));
        let is_name = name.strip_prefix("--").is_some_and(|it| it.replace('-', "_") == "max_connections");
        match (is_name, value) {
            (true, Some(from)) => found = Some(rest_of(word, from).unwrap_or_else(|| word.text.clone())),
            _ if named => found = Some(rest_of(word, 0).unwrap_or_else(|| word.text.clone())),
            _ => {}
        }
        named = is_name && value.is_none();
    }
    found
}

/// What the mounted and copied files say, the last of them.
fn file(server: &Server<'_>) -> Option<Fact<Box<str>>> {
    let named = server.words().filter_map(|word| {
        let text = word.text.known()?;
        text.strip_prefix("--defaults-file=").or_else(|| text.strip_prefix("--defaults-extra-file="))
    });
    let mut settings: Vec<Setting> = Vec::new();
    for place in PLACES.iter().copied().chain(named) {
        match place.strip_suffix("/*.cnf") {
            Some(folder) => {
                let files = server.files_in(folder, ".cnf", Dialect::Ini);
                settings.extend(files.into_iter().flatten());
            }
            None => settings.extend(server.settings_at(place, Dialect::Ini).unwrap_or_default()),
        }
    }
    let line = settings
        .iter()
        .rev()
        .find(|it| is_servers(&it.section) && it.name.value.replace('-', "_") == "max_connections")?;
    Some(Fact::written(line.value.value.clone(), line.value.span))
}

/// Whether the server reads a section.
fn is_servers(section: &str) -> bool {
    let bare = section.split('-').next().unwrap_or(section);
    matches!(bare, "mysqld" | "server" | "mariadb" | "mariadbd")
}
