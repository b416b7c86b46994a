//! Whole little deployments: what their processes open, and what the changes that are offered make of them.

use std::path::PathBuf;

use crate::config::Assume;
use crate::facts::{Drafts, read};
use crate::link::link;
use crate::link::orm::OrmFacts;
use crate::source::{Edit, FileId, SourceFile, Sources, apply};
use crate::stack::vocabulary::{Storage, Vocable};
use crate::stack::{Fact, Stack};

/// Files by path, as a deployment.
#[derive(Clone)]
pub(in crate::link) struct Files(Vec<(String, String)>);

impl Files {
    pub(in crate::link) fn of(files: &[(&str, &str)]) -> Self {
        let mut files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        files.sort();
        Self(files)
    }

    fn with(mut self, path: &str, text: &str) -> Self {
        self.0.retain(|it| it.0 != path);
        self.0.push((path.to_owned(), text.to_owned()));
        self.0.sort();
        self
    }

    fn text(&self, path: &str) -> &str {
        &self.0.iter().find(|it| it.0 == path).unwrap().1
    }

    fn sources(&self) -> Sources {
        let file = |(at, (path, text)): (usize, &(String, String))| {
            SourceFile::new(FileId(at as u32), path.as_str(), PathBuf::new(), text.as_str())
        };
        Sources::new(self.0.iter().enumerate().map(file).collect())
    }

    pub(in crate::link) fn stack(&self) -> Stack {
        let sources = self.sources();
        let readings: Vec<_> = sources.iter().map(|file| std::sync::Arc::new(read(file))).collect();
        for (file, reading) in sources.iter().zip(&readings) {
            assert_eq!(reading.errors, [], "{}\n{}", file.path, file.text());
        }
        link(&sources, &Drafts(&readings), &OrmFacts::default(), &Assume::default()).stacks.remove(0)
    }

    /// The same files after a writer of the first database entry has been at work.
    fn after(&self, writer: &str, arguments: &[(&str, &str)]) -> Self {
        let stack = self.stack();
        let writer = stack.django_databases[0].about.writers.iter().find(|it| &*it.name == writer).unwrap();
        let mut files = self.clone();
        for (at, (_, text)) in files.0.iter_mut().enumerate() {
            let mut edits: Vec<Edit> = writer
                .edits
                .iter()
                .filter(|it| it.0.file == FileId(at as u32))
                .map(|(span, new)| {
                    let fill = |new: String, (name, value): &(&str, &str)| new.replace(&format!("{{{name}}}"), value);
                    Edit::replace(*span, arguments.iter().fold(new.to_string(), fill))
                })
                .collect();
            edits.sort();
            *text = apply(text, &edits).unwrap();
        }
        files
    }
}

#[test]
fn what_a_start_script_sets_stands_over_the_containers_environment() {
    let files = Files::of(&[
        ("compose.yaml", "services:\n  web:\n    build: .\n    environment:\n      SIZE: 4\n      MORE: 2\n"),
        ("Dockerfile", "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"./start.sh\"]\n"),
        ("start.sh", "#!/bin/sh\nexport SIZE=12\nLOST=1\nMORE=3 exec uvicorn main:app\n"),
        (
            "main.py",
            "import os\nfrom fastapi import FastAPI\nfrom sqlalchemy import create_engine\n\nengine = create_engine('postgresql://db/x', pool_size=int(os.environ['SIZE']), max_overflow=int(os.environ['MORE']), pool_timeout=int(os.environ.get('LOST', 9)))\napp = FastAPI()\n",
        ),
    ]);
    let pool = &files.stack().pools[0];
    assert_eq!([show(&pool.size), show(&pool.max_overflow), show(&pool.timeout)], ["12", "3", "9"]);
}

#[test]
fn what_dynaconf_may_load_stands_over_its_files() {
    let pool = |settings: &str, env: &str| {
        let config = format!("from dynaconf import Dynaconf\n\nsettings = Dynaconf({settings})\n");
        let files = Files::of(&[
            ("compose.yaml", "services:\n  web:\n    build: .\n    command: uvicorn main:app\n"),
            ("Dockerfile", "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"),
            ("settings.toml", "pool = 4\n[development]\npool = 6\n"),
            (".env", env),
            ("config.py", &config),
            (
                "main.py",
                "from fastapi import FastAPI\nfrom sqlalchemy import create_engine\nfrom config import settings\n\nengine = create_engine('postgresql://db/x', pool_size=settings.POOL)\napp = FastAPI()\n",
            ),
        ]);
        show(&files.stack().pools[0].size)
    };
    assert_eq!(pool("settings_files=['settings.toml']", "DYNACONF_POOL=9\n"), "4");
    assert_eq!(pool("environments=True", ""), "6");
    assert_eq!(pool("load_dotenv=True", "OTHER=9\n"), "4");
    assert_eq!(pool("load_dotenv=True", "DYNACONF_POOL=9\n"), "? perhaps set by a file of variables (DYNACONF_POOL)");
    assert_eq!(pool("settings_files=['settings.py']", ""), "? worked out when the program runs");
}

/// A fact in a few words.
pub(in crate::link) fn show<T: Clone + Into<crate::stack::Value>>(fact: &Fact<T>) -> String {
    use crate::stack::Value;
    let plain = |value: T| match value.into() {
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Text(text) => text.into(),
        Value::Word(word) => word.into(),
        Value::Version(version) => version.written.into(),
    };
    match fact {
        Fact::Known(it) => plain(it.value.clone()),
        Fact::OneOf(all) => all.iter().map(|it| plain(it.1.value.clone())).collect::<Vec<_>>().join("|"),
        Fact::Unbounded(_) => "∞".into(),
        Fact::Unknown(why) => format!("? {}", why.reason),
        Fact::Absent => "-".into(),
    }
}

const COMPOSE: &str = "\
services:
  web:
    build: .
    command: gunicorn shop.asgi:application -k uvicorn.workers.UvicornWorker --workers 3
    environment:
      DATABASE_URL: postgres://u:p@db:5432/d
  worker:
    build: .
    command: celery -A shop worker --concurrency 4
    environment:
      DATABASE_URL: postgres://u:p@db:5432/d
  db:
    image: postgres:17
";

const LITERAL: &str = "\
from pathlib import Path

DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.postgresql',
        'HOST': 'db',
        'CONN_MAX_AGE': 600,
    },
}
";

const BY_URL: &str = "\
import os

import dj_database_url

DATABASES = {\"default\": dj_database_url.config(default=os.environ[\"DATABASE_URL\"])}
DEBUG = False
";

fn shop(settings: &str) -> Files {
    Files::of(&[
        ("Dockerfile", "FROM python:3.13\nENV DJANGO_SETTINGS_MODULE=shop.settings\nWORKDIR /app\nCOPY . .\n"),
        ("docker-compose.yml", COMPOSE),
        ("requirements.txt", "django==5.2.8\npsycopg[binary]==3.2.10\ncelery==5.5.3\ngunicorn==23.0.0\n"),
        ("shop/__init__.py", "from .celery import app as celery_app\n"),
        ("shop/asgi.py", "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n"),
        (
            "shop/celery.py",
            "from celery import Celery\napp = Celery('shop')\napp.config_from_object('django.conf:settings', namespace='CELERY')\n",
        ),
        ("shop/settings.py", settings),
    ])
}

/// What each process may open, as `service connections`.
fn terms(stack: &Stack) -> Vec<String> {
    stack.clients.iter().map(|it| format!("{} {}", it.about.name, show(&it.connections))).collect()
}

#[test]
fn each_process_says_where_it_connects() {
    let settings = "\
import os
from pathlib import Path
BASE = Path(__file__).resolve().parent.parent
DATABASES = {
    'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop', 'USER': 'u', 'PASSWORD': 'secret', 'HOST': 'db'},
    'old': {'ENGINE': 'django.db.backends.mysql', 'NAME': os.environ['OLD'], 'HOST': os.environ['OLD_HOST']},
    'file': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE / 'db.sqlite3'},
}
CACHES = {
    'default': {'BACKEND': 'django.core.cache.backends.redis.RedisCache', 'LOCATION': 'redis://:secret@cache'},
    'more': {'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache', 'LOCATION': ['m1:11211', 'm2:11211']},
    'own': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'},
}
CHANNEL_LAYERS = {'default': {'BACKEND': 'channels_redis.core.RedisChannelLayer', 'CONFIG': {'hosts': [('layer', 6380)]}}}
CELERY_BROKER_URL = 'amqp://u:secret@queue//'
";
    let stack = shop(settings).stack();
    let all: Vec<_> = stack.django_databases[..3].iter().map(|it| show(&it.endpoint)).collect();
    assert_eq!(all, ["db:5432/shop", "? set by the environment (OLD_HOST)", "sqlite: db.sqlite3"]);
    let all: Vec<_> = stack.caches[..3].iter().map(|it| show(&it.endpoint)).collect();
    assert_eq!(all, ["cache:6379/0", "m1:11211, m2:11211", "-"]);
    assert_eq!(show(&stack.redis_clients[0].endpoint), "cache:6379/0");
    assert_eq!(show(&stack.channel_layers[0].endpoint), "layer:6380");
    assert_eq!(show(&stack.task_queues[0].endpoint), "queue:5672");
}

#[test]
fn the_query_of_a_url_sizes_a_pool_of_redis() {
    let settings = "\
DATABASES = {}
CACHES = {
    'default': {
        'BACKEND': 'django.core.cache.backends.redis.RedisCache',
        'LOCATION': 'redis://cache/1?max_connections=12',
        'OPTIONS': {'max_connections': 5},
    },
}
";
    let stack = shop(settings).stack();
    let client = &stack.redis_clients[0];
    assert_eq!((show(&client.max_connections), show(&client.endpoint)), ("12".into(), "cache:6379/1".into()));
}

#[test]
fn the_packages_that_decide_are_told_of_each_service() {
    let stack =
        shop(LITERAL).with("requirements.txt", "Django==5.2.8\ncelery>=5,<6\npsycopg2-binary\nrequests==2\n").stack();
    let row = |it: &crate::stack::Package| format!("{} {} {}", it.about.name, show(&it.name), show(&it.version));
    let all: Vec<_> = stack.packages.iter().map(row).collect();
    assert_eq!(
        all[..3],
        [
            "celery of web celery >=5,<6",
            "django of web django 5.2.8",
            "psycopg2 of web psycopg2-binary ? psycopg2-binary is asked for without a version",
        ]
    );
    assert_eq!(all.len(), 6, "web and worker, not the database: {all:?}");
}

#[test]
fn each_process_has_its_own_term() {
    let stack = shop(LITERAL).stack();
    assert_eq!(terms(&stack), ["web ∞", "worker 1"]);
    assert!(stack.clients.iter().all(|it| it.database.is_some()));
    let ages: Vec<_> = stack.django_databases.iter().map(|it| show(&it.conn_max_age)).collect();
    assert_eq!(ages, ["600", "600"]);
    assert_eq!(&*stack.django_databases[0].about.anchor.entity, "DATABASES.default@web");
    let slot = &stack.django_databases[0].conn_max_age.sourced().unwrap().slots[0];
    assert_eq!(slot.reaches, ["web".into(), "worker".into()]);
}

#[test]
fn nobody_has_a_database_in_its_own_container() {
    let stack = shop(&LITERAL.replace("'HOST': 'db'", "'HOST': 'localhost'")).stack();
    let reached: Vec<_> = stack.clients.iter().filter_map(|it| it.database).map(|it| &*stack[it].about.name).collect();
    assert!(!reached.is_empty() && !reached.contains(&"localhost") && !reached.contains(&"db"), "{reached:?}");
}

#[test]
fn under_wsgi_a_process_opens_as_many_as_it_has_threads() {
    let sync = COMPOSE.replace("-k uvicorn.workers.UvicornWorker --workers 3", "--workers 3");
    assert_eq!(terms(&shop(LITERAL).with("docker-compose.yml", &sync).stack()), ["web 1", "worker 1"]);
    let threads = sync.replace("--workers 3", "--workers 3 --threads 8");
    let files = shop(LITERAL).with("docker-compose.yml", &threads);
    assert_eq!(terms(&files.stack()), ["web 8", "worker 1"]);
    // Kept connections are right there, so nobody takes them away.
    assert!(files.stack().django_databases[0].about.writers.iter().all(|it| &*it.name != "close_connections"));
}

#[test]
fn a_pool_is_written_over_settings_environment_and_requirements() {
    let url = LITERAL.replace("'CONN_MAX_AGE': 600,\n", "'OPTIONS': {'connect_timeout': 5},\n");
    let nested = LITERAL.replace(
        "        'CONN_MAX_AGE': 600,\n",
        "        'OPTIONS': {\n            'connect_timeout': 5,  # seconds\n        },\n",
    );
    for settings in [LITERAL, BY_URL, &url, &nested, &LITERAL.replace('\n', "\r\n")] {
        let files = shop(settings).after("psycopg_pool", &[("max", "20")]);
        let stack = files.stack();
        let text = files.text("shop/settings.py");
        assert_eq!(terms(&stack), ["web 20", "worker 1"], "{text}");
        let ages: Vec<_> = stack.django_databases.iter().map(|it| show(&it.conn_max_age)).collect();
        assert_eq!(ages, ["0", "0"], "{text}");
        assert_eq!(show(&stack.django_databases[0].pool_min), "2");
        assert_eq!(show(&stack.django_databases[0].psycopg_pool), "true");
        assert!(files.text("requirements.txt").contains("psycopg[binary,pool]==3.2.10\n"));
        assert!(!text.replace("\r\n", "").contains('\r') && text.contains("import os"));
        assert!(stack.django_databases.iter().all(|it| it.about.writers.is_empty()), "once is enough");
    }
}

#[test]
fn a_pool_reads_as_a_person_would_write_it() {
    let text = shop(LITERAL).after("psycopg_pool", &[("max", "20")]).text("shop/settings.py").to_owned();
    assert_eq!(
        text,
        "\
import os
from pathlib import Path

DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.postgresql',
        'HOST': 'db',
        'CONN_MAX_AGE': 0,
        'OPTIONS': {
            'pool': (
                {'min_size': 2, 'max_size': int(os.environ['DB_POOL_MAX']), 'timeout': 5}
                if os.environ.get('DB_POOL_MAX')
                else False
            ),
        },
    },
}
"
    );
    let text = shop(BY_URL).after("psycopg_pool", &[("max", "20")]).text("shop/settings.py").to_owned();
    let statement = "\
DATABASES[\"default\"].setdefault(\"OPTIONS\", {})[\"pool\"] = (
    {\"min_size\": 2, \"max_size\": int(os.environ[\"DB_POOL_MAX\"]), \"timeout\": 5}
    if os.environ.get(\"DB_POOL_MAX\")
    else False
)
DEBUG = False
";
    assert!(text.ends_with(statement), "{text}");
}

#[test]
fn no_pool_where_there_can_be_none() {
    let offered =
        |files: &Files| files.stack().django_databases[0].about.writers.iter().any(|it| &*it.name == "psycopg_pool");
    let requirements = |text: &str| shop(LITERAL).with("requirements.txt", text);
    assert!(offered(&requirements("django>=5.1,<6\npsycopg[binary]==3.2.10\n")));
    assert!(!offered(&requirements("django==5.0.9\npsycopg[binary]==3.2.10\n")));
    assert!(!offered(&requirements("django>=4.2\npsycopg[binary]==3.2.10\n")));
    assert!(!offered(&requirements("django==5.2.8\npsycopg2-binary==2.9.10\n")));
}

#[test]
fn connections_that_are_kept_are_closed_for_all_who_share_the_settings() {
    let files = shop(LITERAL).after("close_connections", &[]);
    assert!(files.text("shop/settings.py").contains("'CONN_MAX_AGE': 0,"));
    let files = shop(&BY_URL.replace("])}", "], conn_max_age=600)}")).after("close_connections", &[]);
    assert!(files.text("shop/settings.py").contains("conn_max_age=0)"), "{}", files.text("shop/settings.py"));
}

#[test]
fn settings_that_nobody_wrote_have_a_place_to_be_written() {
    let stack = shop(BY_URL).stack();
    let database = &stack.django_databases[0];
    let before = |slot: &crate::stack::Slot| slot.before.to_string();
    assert_eq!(before(&database.conn_max_age.sourced().unwrap().slots[0]), ", conn_max_age=");
    assert_eq!(
        before(&database.atomic_requests.sourced().unwrap().slots[0]),
        "\nDATABASES[\"default\"][\"ATOMIC_REQUESTS\"] = "
    );
}

#[test]
fn caches_channels_throttles_and_queues() {
    let settings = r#"
import os
REDIS = os.environ.get("REDIS", "redis://cache:6379")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS + "/1"}}
CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [f"{REDIS}/2"]}}}
REST_FRAMEWORK = {"DEFAULT_THROTTLE_CLASSES": ["x"], "DEFAULT_PAGINATION_CLASS": None}
CELERY_BROKER_URL = REDIS
CELERY_TASK_TIME_LIMIT = 30 * 60
SESSION_ENGINE = "django.contrib.sessions.backends.db"
"#;
    let compose = format!("{COMPOSE}  cache:\n    image: redis:7\n");
    let requirements = "django==5.2.8\nredis==5.2.1\ncelery==5.5.3\n";
    let stack = shop(settings).with("docker-compose.yml", &compose).with("requirements.txt", requirements).stack();
    let clients: Vec<_> = stack
        .redis_clients
        .iter()
        .map(|it| [show(&it.library), show(&it.max_connections), show(&it.processes)].join(" "))
        .collect();
    assert_eq!(clients, ["django_core ∞ 3", "django_core ∞ 4"]);
    assert!(stack.redis_clients.iter().all(|it| it.server.is_some()));
    assert_eq!(show(&stack.redis_servers[0].is_broker), "true");
    assert_eq!(show(&stack.redis_servers[0].is_cache), "true");
    assert_eq!(show(&stack.channel_layers[0].capacity), "100");
    assert_eq!(stack.limiters[0].storage.known(), Some(&Storage::Redis));
    assert_eq!(show(&stack.settings[0].drf_paginates), "false");
    assert_eq!(show(&stack.settings[0].email_timeout), "∞");
    let queue = &stack.task_queues[0];
    assert_eq!(show(&queue.time_limit), "1800");
    assert_eq!(show(&queue.long_tasks), "true");
    assert_eq!(show(&queue.redis_broker), "true");
    let slot = &queue.acks_late.sourced().unwrap().slots[0];
    assert_eq!(&*slot.before, "\nCELERY_TASK_ACKS_LATE = ");
}

#[test]
fn celery_and_limits_without_django() {
    let files = Files::of(&[
        ("Dockerfile", "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"),
        (
            "docker-compose.yml",
            "services:\n  api:\n    build: .\n    command: uvicorn app.main:app --workers 2\n  worker:\n    build: .\n    \
             command: celery -A app.tasks worker\n",
        ),
        ("requirements.txt", "fastapi==0.115.0\nslowapi==0.1.9\nredis>=5\ncelery==5.7.0\n"),
        ("app/__init__.py", ""),
        (
            "app/main.py",
            "from fastapi import FastAPI\nfrom slowapi import Limiter\nfrom app import redis_pool\nlimiter = Limiter(key_func=str)\n\
             app = FastAPI()\n",
        ),
        (
            "app/redis_pool.py",
            "import redis.asyncio as redis\nclient = redis.Redis(host='cache', socket_timeout=2)\n\
             async def per_request(request):\n    return redis.from_url('redis://cache')\n",
        ),
        (
            "app/tasks.py",
            "from celery import Celery\ncelery = Celery('a', broker='redis://cache')\ncelery.conf.update(\n    task_acks_late=True,\n)\n",
        ),
    ]);
    let stack = files.stack();
    assert_eq!(stack.limiters[0].storage.known().map(|it| it.word()), Some("memory"));
    assert_eq!(show(&stack.limiters[0].processes), "2");
    let per_call: Vec<_> = stack.redis_clients.iter().map(|it| show(&it.per_call)).collect();
    assert_eq!(per_call, ["false", "true"]);
    assert_eq!(show(&stack.redis_clients[0].socket_timeout), "2");
    assert!(show(&stack.redis_clients[0].max_connections).starts_with('?'), "5 and 8 differ");
    let queue = &stack.task_queues[0];
    assert_eq!(show(&queue.acks_late), "true");
    assert_eq!(&*queue.prefetch.sourced().unwrap().slots.last().unwrap().before, "\n    worker_prefetch_multiplier=");
}

#[test]
fn what_only_workers_and_commands_call_is_no_pool_of_a_server() {
    let of = |path: &str, text: &str, requirements: &str| {
        let text = format!("from django.conf import settings\nfrom redis import Redis\n{text}");
        let stack = shop(LITERAL).with(path, &text).with("requirements.txt", requirements).stack();
        let names = stack.redis_clients.iter().map(|it| it.about.name.to_string());
        names.filter(|it| it.ends_with(" of web")).collect::<Vec<_>>()
    };
    let (queue, none) = ("Django==5.2.8\nrq==2.0\n", "Django==5.2.8\n");
    let class = "class Checker:\n    def __init__(self):\n        self.redis = Redis.from_url('redis://cache')\n\ndef use():\n    Checker()\n";
    assert_eq!(of("shop/tasks.py", class, queue), [""; 0], "a worker runs tasks");
    assert_eq!(of("shop/tasks/sync.py", class, queue), [""; 0]);
    assert_eq!(of("shop/scheduler.py", class, queue), ["self.redis of web"]);
    assert_eq!(of("shop/tasks.py", class, none), ["self.redis of web"], "no queue is installed");
    assert_eq!(of("shop/tasks/views.py", class, queue), ["self.redis of web"], "an application called `tasks`");
    let at_import = "client = Redis.from_url('redis://cache')\n";
    assert_eq!(of("shop/tasks.py", at_import, queue), ["client of web"], "who imports it has it");
    let function = "def limited():\n    with limit(Redis.from_url('redis://cache').connection_pool):\n        pass\n";
    assert_eq!(of("shop/health.py", function, queue), [""; 0], "nothing but its definition names it");
    let own = function.replace("pass", "print('limited')\n\nX = 1");
    assert_eq!(of("shop/health.py", &own, queue), [""; 0], "nor what it says of itself");
    assert_eq!(of("shop/health.py", &format!("{function}\nclass View:\n    get = limited\n"), queue).len(), 1);
    assert_eq!(of("shop/health.py", &format!("@receiver(done)\n{function}"), queue).len(), 1);
}

#[test]
fn the_threads_of_anyio_are_those_that_the_code_sets() {
    let of = |main: &str| {
        let files = Files::of(&[
            ("Dockerfile", "FROM python:3.13\nCOPY . .\nCMD [\"uvicorn\", \"main:app\"]\n"),
            ("requirements.txt", "fastapi==0.115.0\n"),
            ("main.py", main),
        ]);
        let stack = files.stack();
        assert!(stack.services[0].restart.is_absent(), "a Dockerfile alone is started by nobody yet");
        show(&stack.processes[0].thread_tokens)
    };
    let app = "from anyio import to_thread\nfrom fastapi import FastAPI\napp = FastAPI()\n";
    assert_eq!(of(app), "40");
    let set =
        "@app.on_event('startup')\ndef threads():\n    to_thread.current_default_thread_limiter().total_tokens = 80\n";
    assert_eq!(of(&format!("{app}{set}")), "80");
}

#[test]
fn what_is_unbounded_has_a_place_for_a_bound() {
    let files = Files::of(&[
        ("docker-compose.yml", "services:\n  api:\n    build: .\n    command: uvicorn main:app\n"),
        ("Dockerfile", "FROM python:3.13\nCOPY . .\n"),
        ("requirements.txt", "fastapi==0.115.0\nredis==5.2.1\nsqlalchemy==2.0.44\n"),
        (
            "main.py",
            "import redis\nfrom fastapi import FastAPI\nfrom sqlalchemy import create_engine\napp = FastAPI()\n\
             client = redis.from_url('redis://cache')\n\
             engine = create_engine('postgresql://db/x', max_overflow=-1)\n",
        ),
    ]);
    let stack = files.stack();
    let (client, pool) = (&stack.redis_clients[0], &stack.pools[0]);
    assert_eq!((show(&client.max_connections), show(&pool.max_overflow)), ("∞".into(), "∞".into()));
    assert_eq!(&*client.max_connections.slots()[0].before, ", max_connections=");
    assert_eq!(pool.max_overflow.slots()[0].span.len(), "-1".len());
    assert!(pool.database.is_some());
}
