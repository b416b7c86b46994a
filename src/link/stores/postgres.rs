//! PostgreSQL: what the server really accepts, whoever says otherwise.

use crate::link::plan::Variable;
use crate::source::Span;
use crate::stack::Engine;
use crate::stack::{About, Anchor, Database, Fact, Id, Service, Stack, defaults};
use crate::syntax::Spanned;
use crate::syntax::lines::{Dialect, Setting};

use super::{Server, dead, memory_of, mysql, parsed, rest_of, setting};

/// Images whose entrypoint is the official one: <https://github.com/docker-library/postgres>.
const OFFICIAL: &[&str] = &["postgres", "postgis/postgis", "pgvector/pgvector"];
/// Images that read `POSTGRESQL_MAX_CONNECTIONS` and its kin.
const BY_VARIABLE: &[&str] = &["bitnami/postgresql", "bitnamilegacy/postgresql"];
/// Images that tune themselves or whose entrypoint is not known to us.
const OTHER: &[&str] = &["timescale/timescaledb", "timescale/timescaledb-ha", "supabase/postgres", "citusdata/citus"];

/// Puts the service into the stack as a database when it runs PostgreSQL (or another database server), with the
/// variables that its image never reads.
pub fn add(
    stack: &mut Stack,
    server: &Server<'_>,
    service: Id<Service>,
    mentions: &dyn Fn(&str) -> bool,
) -> Option<Id<Database>> {
    let name = server.image_name();
    let repository = name.repository;
    let engine = match name.short() {
        _ if OFFICIAL.contains(&repository) || BY_VARIABLE.contains(&repository) || OTHER.contains(&repository) => {
            Engine::Postgres
        }
        "mysql" | "mariadb" | "percona" => Engine::Mysql,
        _ => return None,
    };
    let image_span = server.plan.image.as_ref().map_or(server.plan.name.span, |it| it.span);
    let mut database = Database {
        about: server.about(),
        engine: Fact::derived(engine, vec![image_span]),
        version: server.version(),
        memory: memory_of(&stack[service]),
        shm_size: server.plan.shm_size.clone(),
        service: Some(service),
        ..Database::default()
    };
    if engine == Engine::Postgres {
        let official = OFFICIAL.contains(&repository);
        let settings = Settings::of(server, official);
        let count = |name: &str| settings.get(server, name, |text| text.trim().parse().ok());
        database.max_connections = count("max_connections");
        database.reserved_connections = sum(count("superuser_reserved_connections"), count("reserved_connections"));
        database.shared_buffers = settings.get(server, "shared_buffers", |text| bytes(text, 8192));
        database.work_mem = settings.get(server, "work_mem", |text| bytes(text, 1024));
        database.slow_statements = settings.tells_slow(image_span, server);
        if official {
            dead::postgres(stack, server, service, &database, mentions);
        }
    } else {
        database.max_connections = mysql::max_connections(server);
        // The one more that an administrator gets is on top of these.
        database.reserved_connections = Fact::derived(0, vec![image_span]);
    }
    Some(stack.add(database))
}

/// A database that no service of the stack runs: a managed one, or one that the environment names.
pub fn outside(name: &str, anchor: Anchor, span: Option<Span>, engine: Fact<Engine>) -> Database {
    let why = "the server is not in these files; say it with [assume.database]";
    Database {
        about: About { name: name.into(), anchor, span, owner: None, writers: Vec::new() },
        engine: match (engine, span) {
            (Fact::Known(it), Some(span)) => Fact::derived(it.value, vec![span]),
            (Fact::Unknown(why), _) => Fact::Unknown(why),
            _ => Fact::unknown(why),
        },
        version: Fact::unknown(why),
        max_connections: Fact::unknown(why),
        reserved_connections: Fact::unknown(why),
        ..Database::default()
    }
}

/// Where the settings of a PostgreSQL server come from.
struct Settings {
    /// What the configuration file that the server loads says, with all that it includes.
    file: Vec<Setting>,
    /// Whether nothing but the command line and that file counts, so that what they leave out has its default.
    closed: bool,
    /// Whether the image reads `POSTGRESQL_…` variables.
    by_variable: bool,
}

/// The folders that the images keep data in; PostgreSQL 18's lies in one of its own.
const DATA: &[&str] = &["/var/lib/postgresql/data", "/var/lib/postgresql/18/docker", "/bitnami/postgresql/data"];
/// Files include each other no deeper than this; the server stops at ten.
const MOST_DEPTH: usize = 10;

impl Settings {
    fn of(server: &Server<'_>, official: bool) -> Self {
        let by_variable = BY_VARIABLE.contains(&server.image_name().repository);
        let named = option(server, "config_file");
        let set = server.variable("PGDATA").and_then(|it| it.value.known()).map(|it| &**it);
        let data: Vec<&str> = set.into_iter().chain(DATA.iter().copied().filter(|_| set.is_none())).collect();
        let mut settings = Self { file: Vec::new(), closed: official || by_variable, by_variable };
        match &named {
            Some(path) => match path.known() {
                Some(path) => settings.load(server, path, MOST_DEPTH),
                None => settings.hide(),
            },
            // Without `config_file` only the file in the data folder is loaded; Bitnami's also takes in a folder.
            None => {
                let main = data.iter().map(|folder| format!("{folder}/postgresql.conf"));
                let own = ["/bitnami/postgresql/conf/postgresql.conf".to_string()];
                // A data folder of the host's own has what somebody made there once; a file that is laid there is new.
                if data
                    .iter()
                    .any(|folder| server.plan.hidden.iter().any(|it| **it == *format!("{folder}/postgresql.conf")))
                {
                    settings.hide();
                }
                let there = |path: &String| server.settings_at(path, Dialect::Postgres).is_some();
                if let Some(path) = main.chain(own.into_iter().filter(|_| by_variable)).find(there) {
                    settings.load(server, &path, MOST_DEPTH);
                }
                if by_variable {
                    settings.load_folder(server, "/bitnami/postgresql/conf/conf.d");
                }
            }
        }
        if let Some(args) = server.variable("POSTGRES_INITDB_ARGS").filter(|_| official && named.is_none()) {
            settings.made_with(args);
        }
        // What `ALTER SYSTEM` has written stands behind all of it.
        for folder in data {
            let written = server.settings_at(&format!("{folder}/postgresql.auto.conf"), Dialect::Postgres);
            settings.file.extend(written.unwrap_or_default());
        }
        settings
    }

    /// Something that cannot be seen may set anything, also what has been set before.
    fn hide(&mut self) {
        self.file.clear();
        self.closed = false;
    }

    /// A file with what it includes, in the order of its lines.
    fn load(&mut self, server: &Server<'_>, path: &str, depth: usize) {
        let Some(lines) = server.settings_at(path, Dialect::Postgres).filter(|_| depth > 0) else {
            return self.hide();
        };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for line in lines {
            let included = crate::link::image::join(folder, &line.value.value);
            match &*line.name.value {
                "include" => self.load(server, &included, depth - 1),
                "include_if_exists" => {
                    if server.settings_at(&included, Dialect::Postgres).is_some() {
                        self.load(server, &included, depth - 1);
                    }
                }
                "include_dir" => self.load_folder(server, &included),
                _ => self.file.push(line),
            }
        }
    }

    /// The files of a folder whose names end in `.conf`, by name.
    fn load_folder(&mut self, server: &Server<'_>, folder: &str) {
        self.file.extend(server.files_in(folder, ".conf", Dialect::Postgres).into_iter().flatten());
    }

    /// What `initdb` writes into the file that it makes: `-c name=value`, from PostgreSQL 16 on.
    fn made_with(&mut self, args: &Variable) {
        let Some(text) = args.value.known() else { return self.hide() };
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            let said = match word {
                "-c" | "--set" => words.next(),
                word => word.strip_prefix("--set=").or_else(|| word.strip_prefix("-c")),
            };
            let Some((name, value)) = said.and_then(|it| it.split_once('=')) else { continue };
            self.file.push(Setting {
                section: "".into(),
                name: Spanned::new(name.to_ascii_lowercase().into(), args.span),
                value: Spanned::new(value.into(), args.span),
            });
        }
    }

    /// A setting, by what `read` makes of its text: the command line's over the image's variable over the file's over
    /// the default.
    fn get(&self, server: &Server<'_>, name: &str, read: impl Fn(&str) -> Option<u64>) -> Fact<u64> {
        match self.said(server, name) {
            Some(text) => parsed(text, read),
            None if self.closed => Self::by_default(server, name),
            None => Fact::unknown("the image's own settings are not in these files"),
        }
    }

    /// Whether the server tells which statements are slow: in its log, or by a library that counts them.
    fn tells_slow(&self, image: Span, server: &Server<'_>) -> Fact<bool> {
        let from = self.said(server, "log_min_duration_statement");
        let libraries = self.said(server, "shared_preload_libraries");
        let logs = from.as_ref().and_then(|it| it.known()).map(|it| !it.trim_matches('\'').starts_with('-'));
        let counts = libraries.as_ref().and_then(|it| it.known());
        let counts = counts.map(|it| it.contains("pg_stat_statements") || it.contains("auto_explain"));
        let sampled = self.said(server, "log_min_duration_sample").is_some();
        let unknown = |said: &Option<Fact<Box<str>>>| said.as_ref().is_some_and(|it| it.known().is_none());
        if logs == Some(true) || counts == Some(true) || sampled {
            let at = [from, libraries].iter().flatten().find_map(Fact::span).unwrap_or(image);
            return Fact::derived(true, vec![at]);
        }
        if !self.closed || unknown(&from) || unknown(&libraries) {
            return Fact::unknown("the server's own settings are not all in these files");
        }
        Fact::derived(false, vec![from.and_then(|it| it.span()).unwrap_or(image)])
    }

    /// What is said of a setting.
    fn said(&self, server: &Server<'_>, name: &str) -> Option<Fact<Box<str>>> {
        let variable = || {
            let name = format!("POSTGRESQL_{}", name.to_ascii_uppercase());
            server.variable(&name).filter(|_| self.by_variable).map(|it| it.value.clone())
        };
        let line = || {
            let line = setting(&self.file, "", name)?;
            let value = line.value.value.clone();
            // What stands within another value cannot be replaced by itself.
            let own = line.value.span.len() == value.len();
            Some(if own { Fact::written(value, line.value.span) } else { Fact::derived(value, vec![line.value.span]) })
        };
        option(server, name).or_else(variable).or_else(line)
    }

    /// The default, with the place on the command line where another value would be said.
    fn by_default(server: &Server<'_>, name: &str) -> Fact<u64> {
        let at = server.plan.image.as_ref().map_or(server.plan.name.span, |it| it.span);
        let mut fact = defaults::count("PostgreSQL", name, Some(at));
        if let Some(command) = server.running.iter().find(|it| is_server(it))
            && let Some(mut slot) = command.append.option("-c")
        {
            // `--name=value` and `-c name=value` say the same; the second is how everyone writes it.
            let head = slot.before.trim_end_matches("-c=");
            slot.before = format!("{head}--{name}=").into();
            fact = fact.with_slots([slot]);
        }
        fact
    }
}

/// Whether a command starts the server.
fn is_server(command: &crate::link::plan::Running) -> bool {
    let first = command.argv.first().and_then(|word| word.text.known());
    first.is_some_and(|first| &**first == "postgres" || first.ends_with("/postgres") || first.starts_with('-'))
}

/// The value that the server's command line gives a setting: `-c name=value`, `-cname=value`, `--name=value`, the last
/// of them; `-N` for `max_connections`, `-B` for `shared_buffers`.
fn option(server: &Server<'_>, name: &str) -> Option<Fact<Box<str>>> {
    let mut found = None;
    let mut before: Option<&str> = None;
    for word in server.words() {
        let text = word.text.known().map(|it| &**it);
        if let Some(text) = text {
            let short = match before {
                Some("-c") => Some(text),
                Some("-N") if name == "max_connections" => {
                    found = rest_of(word, 0);
                    None
                }
                Some("-B") if name == "shared_buffers" => {
                    found = rest_of(word, 0);
                    None
                }
                _ => text.strip_prefix("-c").or_else(|| text.strip_prefix("--")),
            };
            if let Some((key, _)) = short.and_then(|it| it.split_once('='))
                && key.replace('-', "_").eq_ignore_ascii_case(name)
            {
                found = rest_of(word, text.find('=').map_or(0, |at| at + 1));
            }
        } else if before == Some("-c") && word_names(word, name) {
            found = Some(Fact::unknown(format!("`{name}` is set by the environment")));
        }
        before = text;
    }
    found
}

/// Whether a word whose value is unknown gives this setting.
fn word_names(word: &crate::link::plan::Argument, name: &str) -> bool {
    matches!(&word.text, Fact::Unknown(why) if why.reason.contains(name))
}

/// Two counts together, with both their origins.
fn sum(a: Fact<u64>, b: Fact<u64>) -> Fact<u64> {
    match (a, b) {
        (Fact::Known(mut a), Fact::Known(b)) => {
            if b.value > 0 {
                a.value += b.value;
                a.slots.clear();
                if let Some(span) = b.origin.span() {
                    return Fact::Known(a).by_way_of([span]);
                }
            }
            Fact::Known(a)
        }
        (Fact::Known(_), b) => b,
        (a, _) => a,
    }
}

/// A size as PostgreSQL writes it, in bytes; a bare number counts units of `unit` bytes.
pub(super) fn bytes(text: &str, unit: u64) -> Option<u64> {
    let text = text.trim().trim_matches('\'');
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let factor = match text[digits..].trim() {
        "" => unit,
        "B" => 1,
        "kB" | "KB" | "k" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        _ => return None,
    };
    Some((number * factor as f64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_postgres_units() {
        assert_eq!(bytes("128MB", 8192), Some(134_217_728));
        assert_eq!(bytes("16384", 8192), Some(134_217_728));
        assert_eq!(bytes("4096", 1024), Some(4_194_304));
        assert_eq!(bytes("'2GB'", 1), Some(2_147_483_648));
        assert_eq!(bytes("lots", 1), None);
        assert_eq!(bytes("", 1), None);
    }
}
