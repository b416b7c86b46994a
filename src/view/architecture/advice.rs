//! What each part takes, what it risks, how it is done, and the numbers that say that it is.
//!
//! Read in: PostgreSQL 16, *Log-Shipping Standby Servers* and *Hot Standby*; PgBouncer 1.24, *Features* and *config*; Redis,
//! *High availability with Redis Sentinel* and *Key eviction*; Django 5.2, *Multiple databases* and *Cache framework*; Docker
//! Compose, *Services* (`container_name`, `deploy.replicas`, `ports`); nginx, `ngx_http_upstream_module`.

use super::Advice;
use crate::capacity::{Added, Part};
use crate::view::capacity::{number, rounded};
use crate::view::mask::clean;

/// What is said of a part.
pub(super) fn of(added: &Added) -> Advice {
    let owner = clean(&added.offer.owner).into_owned();
    match added.offer.part {
        Part::Replica => replica(added, &owner),
        Part::ReadReplica => read_replica(added, &owner),
        Part::Cache => cache(added),
        Part::Pooler => pooler(added, &owner),
        Part::Sentinel => sentinel(&owner),
    }
}

fn lines(all: &[&str]) -> Vec<String> {
    all.iter().map(|it| (*it).to_owned()).collect()
}

/// The load to test with: what the model says it takes, at the headroom.
fn target(added: &Added) -> String {
    let at = |rate: f64| number(rounded(added.headroom * rate, 2));
    let rate = added.after.rate;
    format!("{} requests a second ({} to {})", at(rate.likely), at(rate.low), at(rate.high))
}

/// What a load test shows when it is done.
fn load_test(added: &Added) -> String {
    format!(
        "`plimsoll loadtest`: at {}, which is {} % of what the model gives it, p95 stays at its level for ten minutes and nothing fails.",
        target(added),
        number(100.0 * added.headroom)
    )
}

fn replica(added: &Added, owner: &str) -> Advice {
    Advice {
        kind: "replica",
        change: format!("a second container of `{owner}`"),
        takes: lines(&["As many CPUs again, on a host that has them free or on a second one."]),
        not_counted: lines(&[
            "Both are taken to get half of the requests, and CPUs of their own; the database, Redis and a pooler stay one.",
        ]),
        effort: "1d",
        risk: "medium: what a process keeps to itself is no longer shared, and connections to the database double",
        takes_effect: "deploy",
        rollback: "set the replicas back to 1",
        checklist: vec![
            "Look through what is kept in memory or in the container's files: sessions, locks, caches, uploads, schedules.".to_owned(),
            "Compare what all pools can ask for with twice the processes against `max_connections`.".to_owned(),
            format!("Set `deploy: {{replicas: 2}}` for `{owner}` (`spec.replicas: 2` in Kubernetes), with a health check."),
            "See that the balancer passes to both, and takes one out that is gone.".to_owned(),
        ],
        done: vec![
            load_test(added),
            format!("`docker stop` of one of the two containers of `{owner}` under a quarter of that load leaves p95 at its level and no failure but of requests that it was working on."),
        ],
    }
}

fn read_replica(added: &Added, owner: &str) -> Advice {
    let likely = added.offer.inputs.first().map_or(0.6, |it| it.band.likely);
    Advice {
        kind: "read_replica",
        change: format!("a copy of `{owner}` that answers queries which only read"),
        takes: lines(&[
            "A second PostgreSQL of the same major version with as many CPUs and as much disk, by streaming replication \
             (`pg_basebackup -R`, a replication slot).",
            "Django: a second entry of `DATABASES` and a router (`DATABASE_ROUTERS`). SQLAlchemy: a second engine, and sessions that \
             are bound to it.",
        ]),
        not_counted: lines(&[
            "The copy applies all that is written, which takes it CPU, too; and where each request opens its connections, it opens \
             two.",
        ]),
        effort: "3d",
        risk: "high: what is read may be older than what the same user has just written",
        takes_effect: "deploy",
        rollback: "send all queries to the first again; the copy can go at any time",
        checklist: lines(&[
            "Count what reads: `select query, calls from pg_stat_statements order by calls desc`.",
            "Start the copy, and watch `pg_stat_replication` until its `state` is `streaming`.",
            "Send lists, reports and searches to it; leave with the first what a request reads after it has written.",
            "Say what happens when the copy is gone: back to the first, or an error.",
            "An alert on `pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)` of `pg_stat_replication`, and on the slot's WAL.",
        ]),
        done: vec![
            format!(
                "The first's share of the queries has fallen by about {} % (the sum of `pg_stat_statements.calls` on both).",
                number(100.0 * likely)
            ),
            "`replay_lag` of `pg_stat_replication` stays under 1 s at the load of the busiest hour.".to_owned(),
            load_test(added),
        ],
    }
}

fn cache(added: &Added) -> Advice {
    let likely = added.offer.inputs.first().map_or(0.5, |it| it.band.likely);
    Advice {
        kind: "cache",
        change: "a cache of what queries find".to_owned(),
        takes: lines(&[
            "For each thing that is kept: how old it may be, and what takes it out when it is written.",
            "A limit of memory with `allkeys-lru` (Redis), so that it forgets instead of refusing.",
        ]),
        not_counted: lines(&[
            "It saves the time and the CPU of queries, and not the view's own CPU: a whole answer that is kept would save that, too.",
            "A read of the cache is counted for each query; one read for several saves more. Writing into it is not counted.",
        ]),
        effort: "2d",
        risk: "medium: what is shown may be old; and when the cache is lost, all of its load comes to the database at once",
        takes_effect: "deploy",
        rollback: "take the calls out, or use a cache that keeps nothing (Django: `DummyCache`)",
        checklist: lines(&[
            "Take the queries with the largest sum of time (`pg_stat_statements`, by `total_exec_time`), and of these what many read \
             and few write.",
            "Keep what several users share; what belongs to one is read again too seldom.",
            "Give every entry an age, and take it out on writing.",
            "Load it with the cache empty: the database must take that as well.",
        ]),
        done: vec![
            format!(
                "`keyspace_hits / (keyspace_hits + keyspace_misses)` of `redis-cli info stats` is above {} %, which is assumed here.",
                number(100.0 * likely)
            ),
            format!("`pg_stat_statements.calls` for each request has fallen by about {} %.", number(100.0 * likely)),
            load_test(added),
        ],
    }
}

fn pooler(added: &Added, owner: &str) -> Advice {
    let size = added.asked.map_or_else(String::new, |it| number(it.1.floor()));
    Advice {
        kind: "pooler",
        change: format!("PgBouncer, by transaction, before `{owner}`"),
        takes: vec![
            format!(
                "PgBouncer with `pool_mode = transaction` and `default_pool_size` of at most {size}, the room that there is; less for each other user or database."
            ),
            "`max_client_conn` above all that the applications can open (its default is 100).".to_owned(),
            "The applications' URLs of the database lead to it.".to_owned(),
        ],
        not_counted: lines(&[
            "Its own CPU (it uses one core) and the way to it, a fraction of a millisecond for each query.",
            "A client that waits longer than `query_wait_timeout` (120 s) is sent away.",
        ]),
        effort: "4h",
        risk: "medium: what belongs to a session does not outlive a transaction: `SET`, advisory locks, `LISTEN`, prepared statements \
               before PgBouncer 1.21 or with `max_prepared_statements` 0",
        takes_effect: "deploy",
        rollback: "lead the URLs to the database again",
        checklist: lines(&[
            "Look through the code for `SET`, `LISTEN`, advisory locks and temporary tables.",
            "asyncpg and psycopg 3 prepare statements by themselves: PgBouncer 1.21 or newer with `max_prepared_statements` above 0 (200 \
             by default since 1.24), or switch it off.",
            "Lead migrations and `pg_dump` past it, to the database itself.",
            "An alert on `cl_waiting` and `maxwait` of `show pools`.",
        ]),
        done: vec![
            format!(
                "`show pools` at the busiest hour: `sv_active` and `sv_idle` together at most {size}, `maxwait` under 1 s."
            ),
            format!("The log of `{owner}` has no `sorry, too many clients already`; before, it has under full load."),
            load_test(added),
        ],
    }
}

fn sentinel(owner: &str) -> Advice {
    Advice {
        kind: "sentinel",
        change: format!("a second server beside `{owner}`, and three Sentinels"),
        takes: lines(&[
            "A second Redis server that copies the first (`replicaof`), and three Sentinels that fail independently of each other: \
             on one host they help against a process that dies, and not against the host.",
            "Clients that ask Sentinels: `redis.sentinel.Sentinel` of redis-py, `SentinelClient` of django-redis, `sentinel://` with \
             `master_name` of Celery, `sentinels` in the `hosts` of channels_redis.",
        ]),
        not_counted: lines(&[
            "A copy is made behind what is answered: what was written in the last moment before a failure may be lost.",
        ]),
        effort: "2d",
        risk: "medium: three more services, and clients that must all find the new one",
        takes_effect: "deploy",
        rollback: "lead the clients to the one server again",
        checklist: lines(&[
            "Start the second server, and see `master_link_status:up` in its `info replication`.",
            "Three Sentinels with `sentinel monitor … 2`: two of them must agree.",
            "Decide on `min-replicas-to-write`: 1 bounds what is lost when the network parts, and stops all writes while the only \
             copy is gone.",
            "Change every client: application, workers, beat, channel layer.",
            "Stop the first server on purpose, once without load and once under it.",
        ]),
        done: vec![
            "`redis-cli -p 26379 sentinel ckquorum NAME` says that the quorum can be reached.".to_owned(),
            format!(
                "`docker compose stop {owner}`: `sentinel get-master-addr-by-name NAME` names the other within a minute \
                 (`down-after-milliseconds` is 30,000 by default), and requests and tasks go on without a restart."
            ),
        ],
    }
}
