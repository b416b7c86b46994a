//! What Celery's own command line makes of its arguments, the environment and the application's configuration, beside
//! what plimsoll reads of the same.

use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use plimsoll::stack::vocabulary::{Process, TaskQueue};
use serde_json::Value as Json;

use crate::needing;
use crate::python::{interpreter, run, runs};
use crate::servers::{Case, case, count, folder, stack};

const NAMESPACED: &str = "from celery import Celery\napp = Celery('shop')\n\
    app.config_from_object('django.conf:settings', namespace='CELERY')\n";

const CASES: &[(&str, Case)] = &[
    ("nothing", case("celery -A app worker", &[], &[("app.py", "from celery import Celery\napp = Celery('x')\n")])),
    (
        "arguments of the application",
        case(
            "celery -A app worker -c 3",
            &[],
            &[("app.py", "from celery import Celery\napp = Celery('x', broker='redis://cache:6380/2')\n")],
        ),
    ),
    (
        "app.conf.update",
        case(
            "celery -A app worker",
            &[],
            &[(
                "app.py",
                "from celery import Celery\napp = Celery('x', broker='redis://cache/2')\napp.conf.update(\n    \
                 worker_concurrency=6, worker_prefetch_multiplier=1, task_acks_late=True, task_time_limit=300,\n    \
                 task_soft_time_limit=240, worker_max_tasks_per_child=100,\n    \
                 broker_transport_options={'visibility_timeout': 7200},\n)\n",
            )],
        ),
    ),
    (
        "attributes of app.conf, over a dict",
        case(
            "celery -A app worker",
            &[],
            &[(
                "app.py",
                "from celery import Celery\napp = Celery('x')\n\
                 app.conf.update({'worker_concurrency': 6, 'task_time_limit': 60})\napp.conf.worker_concurrency = 5\n\
                 app.conf.task_acks_late = True\n",
            )],
        ),
    ),
    (
        "Django's settings under a namespace",
        case(
            "celery -A shop worker --loglevel info",
            &[("DJANGO_SETTINGS_MODULE", "shop.settings")],
            &[
                ("shop/__init__.py", "from .celery import app as celery_app\n"),
                ("shop/celery.py", NAMESPACED),
                (
                    "shop/settings.py",
                    "SECRET_KEY = 'x'\nCELERY_BROKER_URL = 'redis://cache:6379/1'\nCELERY_WORKER_CONCURRENCY = 7\n\
                     CELERY_TASK_TIME_LIMIT = 5 * 60\nCELERY_TASK_ACKS_LATE = True\n\
                     CELERY_WORKER_PREFETCH_MULTIPLIER = 2\nCELERY_WORKER_MAX_TASKS_PER_CHILD = 50\n",
                ),
            ],
        ),
    ),
    (
        "old names under a namespace",
        case(
            "celery -A shop worker",
            &[("DJANGO_SETTINGS_MODULE", "shop.settings")],
            &[
                ("shop/__init__.py", "from .celery import app as celery_app\n"),
                ("shop/celery.py", NAMESPACED),
                (
                    "shop/settings.py",
                    "SECRET_KEY = 'x'\nCELERY_BROKER_URL = 'redis://cache:6379/1'\nCELERYD_CONCURRENCY = 7\n\
                     BROKER_URL = 'redis://other/1'\nCELERY_ACKS_LATE = True\n",
                ),
            ],
        ),
    ),
    (
        "Django's settings without a namespace, by their old names",
        case(
            "celery -A shop worker",
            &[("DJANGO_SETTINGS_MODULE", "shop.settings")],
            &[
                ("shop/__init__.py", "from .celery import app as celery_app\n"),
                (
                    "shop/celery.py",
                    "from celery import Celery\napp = Celery('shop')\n\
                     app.config_from_object('django.conf:settings')\n",
                ),
                (
                    "shop/settings.py",
                    "SECRET_KEY = 'x'\nBROKER_URL = 'redis://cache:6379/1'\nCELERYD_CONCURRENCY = 7\n\
                     CELERYD_TASK_TIME_LIMIT = 90\nCELERYD_TASK_SOFT_TIME_LIMIT = 80\nCELERY_ACKS_LATE = True\n\
                     CELERYD_PREFETCH_MULTIPLIER = 1\nCELERYD_MAX_TASKS_PER_CHILD = 30\n",
                ),
            ],
        ),
    ),
    (
        "a module by its name",
        case(
            "celery -A tasks worker",
            &[],
            &[
                (
                    "tasks.py",
                    "from celery import Celery\napp = Celery('tasks')\napp.config_from_object('celeryconfig')\n",
                ),
                (
                    "celeryconfig.py",
                    "broker_url = 'redis://cache/0'\nworker_concurrency = 2\ntask_soft_time_limit = 20\n",
                ),
            ],
        ),
    ),
    (
        "a module itself",
        case(
            "celery --app tasks:queue worker",
            &[],
            &[
                (
                    "tasks.py",
                    "from celery import Celery\nimport celeryconfig\nqueue = Celery('tasks')\n\
                     queue.config_from_object(celeryconfig)\n",
                ),
                ("celeryconfig.py", "broker_url = 'redis://cache/0'\nworker_concurrency = 2\n"),
            ],
        ),
    ),
    (
        "a class",
        case(
            "celery -A tasks worker",
            &[],
            &[(
                "tasks.py",
                "from celery import Celery\n\nclass Config:\n    broker_url = 'redis://cache/4'\n    \
                 worker_concurrency = 3\n    task_acks_late = True\n\napp = Celery('tasks')\n\
                 app.config_from_object(Config)\n",
            )],
        ),
    ),
    (
        "a class by its name",
        case(
            "celery -A tasks worker",
            &[],
            &[
                (
                    "tasks.py",
                    "from celery import Celery\napp = Celery('tasks')\napp.config_from_object('conf:Config')\n",
                ),
                ("conf.py", "class Config:\n    broker_url = 'redis://cache/4'\n    worker_concurrency = 3\n"),
            ],
        ),
    ),
    (
        "an object over which the application says more",
        case(
            "celery -A tasks worker",
            &[],
            &[(
                "tasks.py",
                "from celery import Celery\n\nclass Base:\n    worker_concurrency = 3\n    task_time_limit = 30\n\n\
                 class Config(Base):\n    task_time_limit = 40\n\napp = Celery('tasks', broker='redis://cache/1')\n\
                 app.config_from_object(Config())\napp.conf.worker_concurrency = 9\n",
            )],
        ),
    ),
    (
        "the command line over all",
        case(
            "celery -A app worker -c 2 --prefetch-multiplier 3 --time-limit 70 --soft-time-limit=60 \
             --max-tasks-per-child 10",
            &[],
            &[(
                "app.py",
                "from celery import Celery\napp = Celery('x')\napp.conf.update(worker_concurrency=6, \
                 worker_prefetch_multiplier=1, task_time_limit=300, task_soft_time_limit=240, \
                 worker_max_tasks_per_child=100)\n",
            )],
        ),
    ),
    (
        "variables",
        case(
            "celery -A app worker",
            &[
                ("CELERY_WORKER_CONCURRENCY", "9"),
                ("CELERY_WORKER_PREFETCH_MULTIPLIER", "2"),
                ("CELERY_WORKER_TIME_LIMIT", "50"),
                ("CELERY_WORKER_SOFT_TIME_LIMIT", "40"),
                ("CELERY_WORKER_MAX_TASKS_PER_CHILD", "20"),
                ("CELERY_BROKER_URL", "redis://from-env/3"),
            ],
            &[(
                "app.py",
                "from celery import Celery\napp = Celery('x', broker='redis://cache/1')\n\
                 app.conf.worker_concurrency = 6\n",
            )],
        ),
    ),
    (
        "autoscale",
        case(
            "celery -A app worker --autoscale=8,2",
            &[],
            &[("app.py", "from celery import Celery\napp = Celery('x')\napp.conf.worker_concurrency = 6\n")],
        ),
    ),
    (
        "threads of the configuration",
        case(
            "celery -A app worker",
            &[],
            &[(
                "app.py",
                "from celery import Celery\napp = Celery('x')\napp.conf.update(worker_pool='threads', \
                 worker_concurrency=12)\n",
            )],
        ),
    ),
    (
        "options of the worker as configuration",
        case(
            "celery -A app worker -P solo",
            &[],
            &[("app.py", "from celery import Celery\napp = Celery('x', broker='amqp://queue:5673//')\n")],
        ),
    ),
];

/// What a worker has for a setting; none where there is no limit, or the host's CPUs decide.
type Field = fn(&Process, &TaskQueue) -> Option<f64>;

const FIELDS: &[(&str, Field)] = &[
    ("concurrency", |it, _| count(&it.threads).or_else(|| count(&it.processes))),
    ("prefetch", |_, it| count(&it.prefetch)),
    ("time_limit", |_, it| it.time_limit.known().copied()),
    ("soft_time_limit", |_, it| it.soft_time_limit.known().copied()),
    ("max_tasks_per_child", |_, it| count(&it.max_tasks_per_child)),
    ("visibility_timeout", |_, it| it.visibility_timeout.known().copied()),
];

pub(crate) fn trials() -> Vec<Trial> {
    let there = runs("python3", &["--version"]);
    let each = CASES.iter().map(|(name, case)| {
        needing("python3", there, format!("Celery is configured by {name} as plimsoll reads it"), move || agrees(case))
    });
    each.collect()
}

fn agrees(case: &Case) -> Result<(), String> {
    let stack = stack(case)?;
    let ours = &stack.processes[0];
    let queue = stack.task_queues.first().ok_or("no queue was found")?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/celery_config.py");
    let folder = folder(case)?;
    let mut command = Command::new(interpreter()?);
    command.arg(script).args(case.line.split_whitespace().skip(1)).current_dir(folder.path());
    let said = run(command.envs(case.variables.iter().copied()))?;
    let real: Json = serde_json::from_str(said.lines().last().unwrap_or("")).map_err(|error| error.to_string())?;
    let mut wrong = Vec::new();
    let solo = real["pool"] == "solo";
    for (name, field) in FIELDS {
        let theirs = match *name {
            // One at a time, whatever its concurrency is said to be.
            "concurrency" if solo => Some(1.0),
            "visibility_timeout" => real[*name].as_f64().or(Some(3600.0)),
            _ => real[*name].as_f64(),
        };
        if field(ours, queue) != theirs {
            wrong.push(format!("{name}: plimsoll reads {:?}, Celery {theirs:?}", field(ours, queue)));
        }
    }
    if queue.acks_late.known().copied() != real["acks_late"].as_bool() {
        wrong.push(format!("acks_late: plimsoll reads {:?}, Celery {}", queue.acks_late, real["acks_late"]));
    }
    // `redis://cache:6379/1`
    let broker = real["broker"].as_str().and_then(|it| it.split_once("://")).map_or("", |it| it.1);
    let broker = broker.rsplit('@').next().unwrap_or(broker).trim_end_matches('/');
    if queue.endpoint.known().map(|it| it.trim_end_matches('/')) != Some(broker) {
        wrong.push(format!("broker: plimsoll reads {:?}, Celery {broker:?}", queue.endpoint));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}
