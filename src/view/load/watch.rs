//! What to watch while a load test runs, with the commands that look at what serves.

use super::super::mask::clean;
use crate::rule::kubectl;
use crate::stack::vocabulary::{Endpoint, Engine, Program, Stack};
use crate::stack::{Id, Service};

/// Something to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// What.
    pub what: String,
    /// How it is looked at; empty where the script itself shows it.
    pub command: String,
    /// What it says, each a sentence.
    pub says: String,
}

struct List<'a> {
    stack: &'a Stack,
    out: Vec<Watch>,
}

/// What to watch of a stack while one of its services is under load.
pub(super) fn of(stack: &Stack, service: &str, endpoints: &[&Endpoint]) -> Vec<Watch> {
    let mut list = List { stack, out: Vec::new() };
    list.script();
    list.service(service, endpoints);
    list.databases();
    list.poolers();
    list.redis();
    list.proxies();
    list.queues();
    list.out
}

impl List<'_> {
    fn put(&mut self, what: impl Into<String>, command: impl Into<String>, says: impl Into<String>) {
        let command: String = command.into();
        let command = if self.stack.in_pods { kubectl::instead(&command) } else { command };
        self.out.push(Watch { what: what.into(), command: clean(&command).into_owned(), says: says.into() });
    }

    /// A command within a service's container, or where there is none, from wherever the server is reached.
    fn within(&self, service: Option<Id<Service>>, command: &str) -> String {
        match service {
            Some(id) => format!("docker compose exec {} {command}", self.stack[id].about.name),
            None => command.to_owned(),
        }
    }

    fn script(&mut self) {
        self.put(
            "response times and failures, step by step",
            "",
            "The script prints p50, p95 and p99 and counts answers by status. The knee is the step at which p95 leaves its \
             level while the rate of answers stops following the rate of requests; means hide it.",
        );
        self.put(
            "the load generator itself",
            "top -b -n 1 | head -n 12",
            "Above 80 % of its CPU, or when iterations are dropped below the knee, it measures itself: take a second machine. \
             It must not share CPUs with what it loads.",
        );
    }

    fn service(&mut self, service: &str, endpoints: &[&Endpoint]) {
        let process = endpoints.iter().find_map(|it| it.process).map(|id| &self.stack[id]);
        self.put(
            format!("CPU and memory of `{service}`"),
            "docker stats --no-stream",
            "A process of Python takes one CPU at most: as many full CPUs as worker processes mean that CPU is what binds.",
        );
        self.put(
            format!("CPU that `{service}` was denied"),
            format!("docker compose exec {service} cat /sys/fs/cgroup/cpu.stat"),
            "`nr_throttled` that grows says that the container's limit binds, not the host.",
        );
        let port = process.and_then(|it| it.port.known().copied()).unwrap_or(8000);
        if process.is_some_and(|it| it.program.known() != Some(&Program::Runserver)) {
            self.put(
                format!("connections that wait for a worker of `{service}`"),
                format!("docker compose exec {service} ss -ltn 'sport = :{port}'"),
                "`Recv-Q` is what no worker has accepted yet. Above 0 for long, worker slots bind. Where the image has no `ss`, \
                 run it on the host within the container's network: `nsenter -t PID -n ss -ltn`.",
            );
        }
        let pools = self
            .stack
            .pools
            .iter()
            .any(|pool| pool.process.is_some_and(|id| self.stack[id].about.owner.as_deref() == Some(service)));
        if pools {
            self.put(
                format!("waits for a connection of the pool in `{service}`"),
                format!("docker compose logs --since 1m {service} | grep -c 'QueuePool limit'"),
                "Each is a request that waited for `pool_timeout` in vain. How many are checked out only the serving process \
                 knows: export `engine.pool.status()` from it; a shell beside it makes a new pool that is always empty.",
            );
        }
    }

    fn databases(&mut self) {
        for database in &self.stack.databases {
            if database.engine.known() != Some(&Engine::Postgres) {
                continue;
            }
            let name = &*database.about.name;
            // The image's own defaults, which stand in its entrypoint and not in the container's environment.
            let psql = |sql: &str| match database.service {
                Some(id) => {
                    let host = &self.stack[id].about.name;
                    let user = "${POSTGRES_USER:-postgres}";
                    let name = format!("${{POSTGRES_DB:-{user}}}");
                    format!("docker compose exec {host} sh -c 'psql -U \"{user}\" \"{name}\" -c \"{sql}\"'")
                }
                None => format!("psql -c \"{sql}\""),
            };
            let states = psql(
                "select application_name, state, wait_event_type, count(*) from pg_stat_activity \
                 where backend_type = \\$\\$client backend\\$\\$ group by 1, 2, 3 order by 4 desc",
            );
            let room = psql(
                "select count(*) as open, current_setting(\\$\\$max_connections\\$\\$) as most from pg_stat_activity \
                 where backend_type = \\$\\$client backend\\$\\$",
            );
            let slow = psql(
                "select calls, round(mean_exec_time::numeric, 1) as ms, left(query, 80) from pg_stat_statements \
                 order by total_exec_time desc limit 10",
            );
            self.put(
                format!("what the connections of `{name}` do"),
                states,
                "Many `active` mean that the database works or waits (`wait_event_type` says for what); many \
                 `idle in transaction` that the application holds connections while it does something else.",
            );
            self.put(
                format!("connections of `{name}` against what it accepts"),
                room,
                "At the limit the next one is refused, and requests fail instead of waiting.",
            );
            self.put(
                format!("the queries of `{name}` that take most time"),
                slow,
                "It needs `shared_preload_libraries = 'pg_stat_statements'` and `create extension pg_stat_statements`. \
                 `select pg_stat_statements_reset()` before the test.",
            );
        }
    }

    fn poolers(&mut self) {
        for pooler in &self.stack.poolers {
            let port = pooler.port.known().copied().unwrap_or(6432);
            let command =
                self.within(pooler.service, &format!("psql -p {port} -U pgbouncer pgbouncer -c 'show pools'"));
            self.put(
                format!("clients that wait in `{}`", pooler.about.name),
                command,
                "`cl_waiting` above 0 and a `maxwait` that grows say that its pool binds. The user must be one of \
                 `stats_users` or `admin_users`.",
            );
        }
    }

    fn redis(&mut self) {
        for server in &self.stack.redis_servers {
            let command = self.within(server.service, "redis-cli info clients");
            let stats = self.within(server.service, "redis-cli info stats");
            self.put(
                format!("clients of `{}`", server.about.name),
                command,
                "`connected_clients` against `maxclients`; `blocked_clients` are workers and listeners that wait for messages.",
            );
            self.put(
                format!("what `{}` refused and threw away", server.about.name),
                stats,
                "`rejected_connections` must stay 0; `evicted_keys` that grow say that the memory is full.",
            );
        }
    }

    fn proxies(&mut self) {
        for nginx in &self.stack.nginxes {
            let service = nginx.service.map_or("nginx", |id| &*self.stack[id].about.name);
            let (command, full) = match nginx.service {
                Some(_) => (
                    format!("docker compose logs --since 1m {service} | grep -c ' 50[234] '"),
                    format!("docker compose logs --since 1m {service} | grep -c 'worker_connections are not enough'"),
                ),
                None => (
                    "grep -c ' 50[234] ' /var/log/nginx/access.log".to_owned(),
                    "grep -c 'worker_connections are not enough' /var/log/nginx/error.log".to_owned(),
                ),
            };
            self.put(
                format!("answers of `{service}` that the application did not give"),
                command,
                "502 is an application that closed or refused, 504 one that took too long, 503 a limit. With \
                 `$request_time $upstream_response_time` in its `log_format`, `plimsoll audit --calibrate` reads its log.",
            );
            self.put(
                format!("connections of `{service}`"),
                full,
                "Each is a request that it had no connection for. `stub_status` shows `Active` and `Waiting` where a location \
                 serves it.",
            );
        }
    }

    fn queues(&mut self) {
        for queue in self.stack.task_queues.iter().filter(|it| it.redis_broker.known() == Some(&true)) {
            let Some(server) = self.stack.redis_servers.iter().find(|it| it.is_broker.known() == Some(&true)) else {
                continue;
            };
            let command = self.within(server.service, "redis-cli llen celery");
            self.put(
                format!("tasks that wait for `{}`", queue.about.name),
                command,
                "A queue that is longer after each step is filled faster than it is worked off.",
            );
            break;
        }
    }
}
