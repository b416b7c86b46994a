//! Calls of well-known packages that wait, and what they wait for.
//!
//! The lists are of calls that block the thread they are made in until an answer has come, a process has ended, or a
//! hash is made; what only prepares such a call is not among them.

use super::value::{CONNECTION, MANAGER, SESSION};
use crate::stack::vocabulary::WaitKind;

/// What a call waits for, and what waits without holding the loop up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) kind: WaitKind,
    pub(super) remedy: &'static str,
}

const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "request"];
const IN_A_THREAD: &str = "await asyncio.to_thread(...)";

/// What a call waits for, by the way to what is called.
pub(super) fn wait(path: &str) -> Option<Wait> {
    let found = |kind, remedy| Some(Wait { kind, remedy });
    if let Some(rest) = path.strip_prefix(MANAGER) {
        return django(rest).then_some(Wait { kind: WaitKind::DjangoOrm, remedy: "its a-method, awaited" });
    }
    if path.starts_with(SESSION) || path.starts_with(CONNECTION) {
        return sqlalchemy(path).then_some(Wait { kind: WaitKind::Database, remedy: "an `AsyncSession`, awaited" });
    }
    let (of, name) = path.rsplit_once('.')?;
    match of {
        "requests" | "requests.api" | "requests.Session()" | "requests.session()" | "requests.sessions.Session()"
            if VERBS.contains(&name) || name == "send" =>
        {
            found(WaitKind::Http, "`httpx.AsyncClient`, awaited")
        }
        "httpx" | "httpx.Client()" if VERBS.contains(&name) || matches!(name, "send" | "stream") => {
            found(WaitKind::Http, "`httpx.AsyncClient`, awaited")
        }
        "urllib.request" if matches!(name, "urlopen" | "urlretrieve") => {
            found(WaitKind::Http, "`httpx.AsyncClient`, awaited")
        }
        "urllib3" | "urllib3.PoolManager()" if name == "request" => {
            found(WaitKind::Http, "`httpx.AsyncClient`, awaited")
        }
        "http.client.HTTPConnection()" | "http.client.HTTPSConnection()"
            if matches!(name, "request" | "getresponse" | "connect") =>
        {
            found(WaitKind::Http, "`httpx.AsyncClient`, awaited")
        }
        "time" if name == "sleep" => found(WaitKind::Sleep, "await asyncio.sleep(...)"),
        "subprocess" if is(name, "run call check_call check_output getoutput getstatusoutput") => {
            found(WaitKind::Subprocess, "await asyncio.create_subprocess_exec(...)")
        }
        "subprocess.Popen()" if matches!(name, "wait" | "communicate") => {
            found(WaitKind::Subprocess, "await asyncio.create_subprocess_exec(...)")
        }
        "os" if name == "system" => found(WaitKind::Subprocess, "await asyncio.create_subprocess_shell(...)"),
        "psycopg2" | "psycopg" | "pymysql" | "MySQLdb" | "mysql.connector" | "sqlite3" if name == "connect" => {
            found(WaitKind::Database, "a driver that is awaited")
        }
        "smtplib" if matches!(name, "SMTP" | "SMTP_SSL") => found(WaitKind::Mail, IN_A_THREAD),
        "smtplib.SMTP()" | "smtplib.SMTP_SSL()" if is(name, "sendmail send_message login starttls connect quit") => {
            found(WaitKind::Mail, IN_A_THREAD)
        }
        "django.core.mail" if is(name, "send_mail send_mass_mail mail_admins mail_managers") => {
            found(WaitKind::Mail, IN_A_THREAD)
        }
        "django.core.mail.EmailMessage()"
        | "django.core.mail.EmailMultiAlternatives()"
        | "django.core.mail.message.EmailMessage()"
        | "django.core.mail.message.EmailMultiAlternatives()"
            if name == "send" =>
        {
            found(WaitKind::Mail, IN_A_THREAD)
        }
        "bcrypt" if is(name, "hashpw checkpw kdf") => found(WaitKind::Cpu, IN_A_THREAD),
        "argon2.PasswordHasher()" | "pwdlib.PasswordHash()" | "pwdlib.PasswordHash.recommended()"
            if is(name, "hash verify verify_and_update") =>
        {
            found(WaitKind::Cpu, IN_A_THREAD)
        }
        "passlib.context.CryptContext()" if is(name, "hash verify verify_and_update encrypt") => {
            found(WaitKind::Cpu, IN_A_THREAD)
        }
        "werkzeug.security" if is(name, "generate_password_hash check_password_hash") => {
            found(WaitKind::Cpu, IN_A_THREAD)
        }
        "django.contrib.auth.hashers" if is(name, "make_password check_password") => found(WaitKind::Cpu, IN_A_THREAD),
        "hashlib" if is(name, "pbkdf2_hmac scrypt") => found(WaitKind::Cpu, IN_A_THREAD),
        "concurrent.futures.ThreadPoolExecutor().submit()"
        | "concurrent.futures.ProcessPoolExecutor().submit()"
        | "asyncio.run_coroutine_threadsafe()"
            if name == "result" =>
        {
            found(WaitKind::Result, "await asyncio.wrap_future(...)")
        }
        "celery.result()" if name == "get" => found(WaitKind::Result, "the task's id, asked for later"),
        _ => of_a_client(of, name),
    }
}

/// What a client asks that was made before, or on the way.
fn of_a_client(of: &str, name: &str) -> Option<Wait> {
    let found = |kind, remedy| Some(Wait { kind, remedy });
    if let Some(hash) = of.strip_prefix("passlib.hash.") {
        let slow = is(
            hash.trim_end_matches("()"),
            "bcrypt argon2 scrypt pbkdf2_sha256 pbkdf2_sha512 sha512_crypt sha256_crypt",
        );
        return if slow && is(name, "hash verify encrypt") { found(WaitKind::Cpu, IN_A_THREAD) } else { None };
    }
    if let Some(rest) = of.strip_prefix("boto3.").or_else(|| of.strip_prefix("boto3.Session().")) {
        let client = rest == "client()" || rest == "session.Session().client()" || rest == "Session().client()";
        let near = is(
            name,
            "close exceptions meta get_paginator get_waiter can_paginate generate_presigned_url generate_presigned_post",
        );
        return if client && !near { found(WaitKind::Http, IN_A_THREAD) } else { None };
    }
    if matches!(of, "redis.Redis()" | "redis.StrictRedis()" | "redis.client.Redis()" | "redis.from_url()")
        || matches!(of, "redis.Redis.from_url()" | "redis.StrictRedis.from_url()")
    {
        return if REDIS.contains(&name) { found(WaitKind::Cache, "`redis.asyncio`, awaited") } else { None };
    }
    for driver in [
        "psycopg2.connect()",
        "psycopg.connect()",
        "pymysql.connect()",
        "MySQLdb.connect()",
        "sqlite3.connect()",
        "mysql.connector.connect()",
    ] {
        let Some(rest) = of.strip_prefix(driver) else { continue };
        let asks = is(name, "execute executemany executescript commit fetchall fetchone fetchmany");
        return if matches!(rest, "" | ".cursor()") && asks {
            found(WaitKind::Database, "a driver that is awaited")
        } else {
            None
        };
    }
    if of.starts_with("pymongo.MongoClient()") || of.starts_with("pymongo.mongo_client.MongoClient()") {
        return if MONGO.contains(&name) {
            found(WaitKind::Database, "`pymongo.AsyncMongoClient`, awaited")
        } else {
            None
        };
    }
    for client in ["openai.OpenAI()", "openai.AzureOpenAI()", "anthropic.Anthropic()"] {
        if of.starts_with(client) && is(name, "create generate parse") {
            return found(WaitKind::Http, "its client that is awaited");
        }
    }
    if of.starts_with("stripe.") && is(name, "create retrieve modify list cancel") {
        return found(WaitKind::Http, "its `_async` method, awaited");
    }
    None
}

const REDIS: &[&str] = &[
    "get",
    "set",
    "setex",
    "setnx",
    "psetex",
    "getset",
    "mget",
    "mset",
    "delete",
    "unlink",
    "exists",
    "expire",
    "ttl",
    "incr",
    "incrby",
    "decr",
    "hget",
    "hset",
    "hgetall",
    "hmget",
    "hmset",
    "hdel",
    "hincrby",
    "lpush",
    "rpush",
    "lpop",
    "rpop",
    "lrange",
    "llen",
    "blpop",
    "brpop",
    "publish",
    "ping",
    "sadd",
    "srem",
    "smembers",
    "sismember",
    "zadd",
    "zrange",
    "zrangebyscore",
    "zrem",
    "zcard",
    "keys",
    "scan",
    "flushdb",
    "eval",
    "evalsha",
    "xadd",
    "xread",
    "xreadgroup",
];

const MONGO: &[&str] = &[
    "find_one",
    "insert_one",
    "insert_many",
    "update_one",
    "update_many",
    "delete_one",
    "delete_many",
    "replace_one",
    "count_documents",
    "estimated_document_count",
    "aggregate",
    "distinct",
    "bulk_write",
    "find_one_and_update",
    "find_one_and_delete",
    "find_one_and_replace",
    "create_index",
    "command",
];

/// Methods of a queryset that make another, and ask for nothing.
const LAZY: &[&str] = &[
    "all",
    "filter",
    "exclude",
    "order_by",
    "annotate",
    "select_related",
    "prefetch_related",
    "distinct",
    "values",
    "values_list",
    "only",
    "defer",
    "using",
    "reverse",
    "none",
    "select_for_update",
    "alias",
    "union",
];
/// Those that ask.
const ASKS: &[&str] = &[
    "get",
    "create",
    "get_or_create",
    "update_or_create",
    "count",
    "exists",
    "first",
    "last",
    "earliest",
    "latest",
    "aggregate",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "in_bulk",
    "contains",
    "explain",
];

/// Whether a call on a queryset, or on a row that one gave, asks the database: what stands behind the manager.
fn django(rest: &str) -> bool {
    let Some((before, name)) = rest.rsplit_once('.') else { return false };
    if is_lazy(before) {
        return ASKS.contains(&name);
    }
    // A row that was asked for.
    let Some((set, row)) = before.rsplit_once('.') else { return false };
    let is_row = is(row, "get() create() first() last() earliest() latest() aget() acreate() afirst() alast()");
    is_lazy(set) && is_row && is(name, "save delete refresh_from_db full_clean")
}

/// Whether what stands behind a manager is a queryset that asks when it is looped over.
pub(super) fn is_queryset(path: &str) -> bool {
    path.strip_prefix(MANAGER).is_some_and(|rest| !rest.is_empty() && is_lazy(rest))
}

fn is_lazy(chain: &str) -> bool {
    chain.split('.').all(|part| part.is_empty() || part.strip_suffix("()").is_some_and(|name| LAZY.contains(&name)))
}

/// Whether a call on a session or a connection, or on a query that it begins, asks the database.
fn sqlalchemy(path: &str) -> bool {
    let direct = |rest: &str| {
        is(
            rest,
            "execute scalar scalars exec get get_one commit flush refresh merge rollback bulk_save_objects bulk_insert_mappings exec_driver_sql",
        )
    };
    if let Some(rest) = path.strip_prefix(CONNECTION) {
        return rest.strip_prefix('.').is_some_and(direct);
    }
    let Some(rest) = path.strip_prefix(SESSION).and_then(|rest| rest.strip_prefix('.')) else { return false };
    if let Some((query, name)) = rest.rsplit_once('.') {
        // A row that it gave has attributes with methods of their own.
        let builds = |part: &str| {
            part.strip_suffix("()").is_some_and(|it| {
                !is(it, "all first one one_or_none scalar scalar_one count get delete update paginate")
            })
        };
        return query.starts_with("query()")
            && query.split('.').all(builds)
            && is(name, "all first one one_or_none scalar scalar_one count get delete update exists_ paginate");
    }
    direct(rest)
}

/// Whether a name is one of those that blanks part.
pub(super) fn is(name: &str, of: &str) -> bool {
    of.split(' ').any(|it| it == name)
}
