//! The defaults of servers that keep data, as the real servers say them.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use plimsoll::stack::defaults;

use crate::needing;
use crate::python::{run, runs};

/// PostgreSQL, PgBouncer and Redis, each told nothing.
pub(crate) fn trials() -> Vec<Trial> {
    let (postgres, pgbouncer) = (postgres_program(), runs("pgbouncer", &["--version"]) && runs("psql", &["--version"]));
    let redis = runs("redis-server", &["--version"]) && runs("redis-cli", &["--version"]);
    vec![
        needing("postgres", postgres.is_some(), "defaults are those of PostgreSQL".into(), move || {
            of_postgres(&postgres.ok_or("postgres is not found")?)
        }),
        needing("pgbouncer", pgbouncer, "defaults are those of PgBouncer".into(), of_pgbouncer),
        needing("redis-server", redis, "defaults are those of Redis".into(), of_redis),
    ]
}

/// Debian puts the server beside its versions, not on the path.
fn postgres_program() -> Option<String> {
    if runs("postgres", &["--version"]) {
        return Some("postgres".into());
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut programs: Vec<String> =
        versions.flatten().map(|it| it.path().join("bin/postgres").to_string_lossy().into_owned()).collect();
    programs.sort();
    programs.into_iter().rfind(|program| runs(program, &["--version"]))
}

fn of_postgres(program: &str) -> Result<(), String> {
    let folder = folder()?;
    write(&folder.path().join("postgresql.conf"), "")?;
    // The unit in which the server counts a setting, in bytes.
    let units = [
        ("max_connections", 1.0),
        ("superuser_reserved_connections", 1.0),
        ("shared_buffers", 8192.0),
        ("work_mem", 1024.0),
    ];
    for (name, unit) in units {
        let said = run(Command::new(program).args(["-C", name, "-D"]).arg(folder.path()))?;
        same("PostgreSQL", name, number(&said)? * unit)?;
    }
    Ok(())
}

fn of_pgbouncer() -> Result<(), String> {
    let folder = folder()?;
    let path = folder.path().display();
    let port = "6497";
    write(
        &folder.path().join("pgbouncer.ini"),
        &format!(
            "[databases]\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = {path}\nauth_type = any\nlisten_port = {port}\n"
        ),
    )?;
    // It refuses to run as root, and asks for another user then.
    let is_root = run(Command::new("id").arg("-u"))?.trim() == "0";
    if is_root {
        run(Command::new("chmod").arg("777").arg(folder.path()))?;
    }
    let mut command = Command::new("pgbouncer");
    command.arg("-q").args(if is_root { &["-u", "nobody"][..] } else { &[] });
    let _server = Server::start(command.arg(folder.path().join("pgbouncer.ini")))?;
    let show = || {
        let mut psql = Command::new("psql");
        psql.arg("-h").arg(folder.path()).args(["-p", port, "-U", "nobody", "-d", "pgbouncer"]);
        run(psql.args(["-At", "-c", "show config"]))
    };
    let said = patiently(show)?;
    let default = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('|'));
        line.and_then(|line| line.split('|').nth(1)).ok_or(format!("{name} is not shown"))
    };
    for name in [
        "max_client_conn",
        "default_pool_size",
        "reserve_pool_size",
        "max_db_connections",
        "query_wait_timeout",
        "listen_port",
    ] {
        same("PgBouncer", name, number(default(name)?)?)?;
    }
    same_word("PgBouncer", "pool_mode", default("pool_mode")?)
}

fn of_redis() -> Result<(), String> {
    let folder = folder()?;
    let socket = folder.path().join("redis.sock");
    let mut command = Command::new("redis-server");
    command.args(["--port", "0", "--save", "", "--unixsocket"]).arg(&socket).arg("--dir").arg(folder.path());
    let _server = Server::start(command.stdout(std::process::Stdio::null()))?;
    let get = |name: &str| {
        let said = patiently(|| {
            run(Command::new("redis-cli").arg("-s").arg(&socket).args(["config", "get", name]))
                .and_then(|said| said.lines().nth(1).map(str::to_owned).ok_or(said))
        });
        said.map_err(|error| format!("{name}: {error}"))
    };
    for name in ["maxclients", "maxmemory"] {
        same("Redis", name, number(&get(name)?)?)?;
    }
    same_word("Redis", "maxmemory-policy", &get("maxmemory-policy")?)
}

/// A server that ends with the test.
struct Server(Child);

impl Server {
    fn start(command: &mut Command) -> Result<Self, String> {
        command.spawn().map(Self).map_err(|error| error.to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks a server that is still starting again, for ten seconds at most.
fn patiently<T>(ask: impl Fn() -> Result<T, String>) -> Result<T, String> {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        match ask() {
            Err(_) if Instant::now() < end => std::thread::sleep(Duration::from_millis(100)),
            said => return said,
        }
    }
}

fn same(program: &str, setting: &str, real: f64) -> Result<(), String> {
    let row = defaults::row_of(program, setting).ok_or(format!("{program} {setting} is not in the table"))?;
    match row.value == real {
        true => Ok(()),
        false => Err(format!("{program} {setting}: the table says {}, the server {real}", row.value)),
    }
}

fn same_word(program: &str, setting: &str, real: &str) -> Result<(), String> {
    match defaults::WORDS.iter().find(|line| (line.0, line.1) == (program, setting)) {
        Some(line) if line.2 == real => Ok(()),
        line => Err(format!("{program} {setting}: the table says {line:?}, the server {real}")),
    }
}

fn number(text: &str) -> Result<f64, String> {
    text.trim().parse().map_err(|_| format!("`{text}` is no number"))
}

fn folder() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|error| error.to_string())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| error.to_string())
}
