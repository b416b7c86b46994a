//! From files to the model: what several files together make of a number.

use plimsoll::Sized;
use plimsoll::capacity::{Band, Goal, Kind, Storage};

use crate::sample::Sample;

/// The project of a compose file, a Dockerfile and one module.
fn project(compose: &str, main: &str) -> plimsoll::view::Report {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    plimsoll::audit_texts(vec![
        file("compose.yaml", compose),
        file("main.py", main),
        file("Dockerfile", "FROM python:3.12\nCOPY . .\n"),
    ])
}

const ENGINE: &str = "import os\n\nfrom fastapi import FastAPI\nfrom sqlalchemy.ext.asyncio import create_async_engine\n\n\
    engine = create_async_engine(os.environ[\"DATABASE_URL\"], pool_size=20, max_overflow=10)\napp = FastAPI()\n";

fn with_pooler(size: u32) -> String {
    format!(
        "services:\n  web:\n    build: .\n    command: uvicorn main:app --workers 4\n    environment:\n      \
         DATABASE_URL: postgresql+asyncpg://a:b@pgbouncer:5432/x\n  pgbouncer:\n    image: edoburu/pgbouncer:v1.23.1-p3\n    \
         environment:\n      DB_HOST: db\n      DB_NAME: x\n      DB_USER: a\n      DB_PASSWORD: b\n      \
         POOL_MODE: transaction\n      MAX_CLIENT_CONN: \"1000\"\n      DEFAULT_POOL_SIZE: \"{size}\"\n  db:\n    \
         image: postgres:16\n    command: postgres -c max_connections=50\n"
    )
}

/// A pooler is refused connections as anybody is, and its clients wait for those that it has: its pool is held against
/// what the database behind it accepts, and nobody fails.
#[test]
fn a_poolers_pool_is_held_against_the_database() {
    for (size, binds) in [(40, 40.0), (60, 47.0)] {
        let report = project(&with_pooler(size), ENGINE);
        let mut assume = plimsoll::config::Assume::default();
        ["q=1", "d=200", "c=1"].iter().for_each(|it| assume.say(it).unwrap());
        let models = plimsoll::capacity::from_stacks(&report.stacks, &assume);
        let model = &models[0][0];
        let study = model.study();
        assert!(study.cliffs.iter().all(|it| &*model.resources[it.resource].owner != "db"), "a pool of {size}");
        let bounds = model.bounds(&model.inputs.likely());
        assert_eq!(bounds.bottleneck().unwrap().servers, binds, "a pool of {size}");
    }
}

/// What the line to clients carries is a bound where somebody says it: 100 Mbit/s take 125 answers of 100 KB a second.
#[test]
fn the_line_to_clients_is_a_bound_where_it_is_stated() {
    let report = project(&with_pooler(40), ENGINE);
    let bound = |said: &[&str]| {
        let mut assume = plimsoll::config::Assume::default();
        said.iter().for_each(|it| assume.say(it).unwrap());
        let model = plimsoll::capacity::from_stacks(&report.stacks, &assume).remove(0).remove(0);
        let bounds = model.bounds(&model.inputs.likely());
        bounds.all.iter().find(|it| model.resources[it.resource].kind == Kind::Line).map(|it| it.rate)
    };
    assert_eq!(bound(&["link=100Mbit", "b=100KB"]), Some(125.0));
    assert_eq!(bound(&["link=1Gbit", "b=100KB"]), Some(1250.0));
    assert_eq!(bound(&["b=100KB"]), None);
}

/// A call that waits in an `async def` holds all requests of its process up; how often it runs nobody knows, so it is said.
#[test]
fn what_blocks_an_event_loop_is_said_beside_the_figures() {
    let said = |route: &str| {
        let report = project(&with_pooler(40), &format!("import requests\n{ENGINE}\n\n@app.get(\"/\")\n{route}"));
        let assume = plimsoll::config::Assume::default();
        let model = plimsoll::capacity::from_stacks(&report.stacks, &assume).remove(0).remove(0);
        model.open.iter().filter(|it| it.contains("`async def` functions")).map(|it| it.to_string()).collect::<Vec<_>>()
    };
    let blocks = said("async def root():\n    return requests.get(\"https://example.org\", timeout=3).json()\n");
    assert_eq!(blocks.len(), 1, "{blocks:?}");
    assert!(blocks[0].starts_with("The code waits in 1 place of `async def` functions"), "{blocks:?}");
    let in_threads = said("def root():\n    return requests.get(\"https://example.org\", timeout=3).json()\n");
    assert!(in_threads.is_empty(), "{in_threads:?}");
}

/// What a goal takes beside the numbers of the files: memory, the line, and money where prices are stated.
#[test]
fn goals_take_memory_the_line_and_money() {
    let report = project(&with_pooler(40), ENGINE);
    let mut assume = plimsoll::config::Assume::default();
    ["q=1", "d=2", "c=1", "b=100KB", "worker_memory=200MB", "web.cpus=4", "prices.memory=5", "prices.traffic=0.1"]
        .iter()
        .chain(&["mean_load=50%"])
        .for_each(|it| assume.say(it).unwrap());
    let model = plimsoll::capacity::from_stacks(&report.stacks, &assume).remove(0).remove(0);
    let supplies = plimsoll::capacity::supplies(&report.stacks[0], &assume).remove(0);
    let supply = supplies.of(&model.size(Goal::Rate(30.0)).unwrap());
    // Four processes stay; 30 answers of 100 KB a second are 24 Mbit, with a quarter left free 32.
    assert_eq!((supply.memory.likely, supply.line.likely.round()), (800.0, 32.0));
    // Half of 3 MB a second is 3,945 GB in a month.
    assert_eq!(supply.traffic.likely.round(), 3945.0);
    let cost = supply.cost(assume.prices(), None).unwrap();
    assert_eq!(cost.all.likely.round(), (0.8 * 5.0 + 3944.7 * 0.1_f64).round());
}

/// `worker_processes auto` is as many as the host has CPUs, where somebody says how many these are.
#[test]
fn nginx_starts_a_worker_for_each_cpu_of_the_host() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wingman");
    let mut options = plimsoll::Options { fixes: false, ..plimsoll::Options::default() };
    options.config.assume.say("host_cpus=2").unwrap();
    let report = plimsoll::audit(&root, &options).unwrap();
    let models = plimsoll::capacity::from_stacks(&report.stacks, &options.config.assume);
    let inputs = &models[0][0].inputs;
    let workers = inputs.by_symbol("nginx.worker_processes").unwrap();
    assert_eq!(inputs.get(workers).band, Band::point(2.0));
}

/// What can be asked for of the database follows the pool that it is asked by: one number changes both.
#[test]
fn what_if_a_pool_were_smaller() {
    let compose = "services:\n  web:\n    build: .\n    command: uvicorn main:app --workers 4\n    environment:\n      \
         DATABASE_URL: postgresql+asyncpg://a:b@db:5432/x\n  db:\n    image: postgres:16\n    \
         command: postgres -c max_connections=50\n";
    let report = project(compose, ENGINE);
    let assume = plimsoll::config::Assume::default();
    let view = plimsoll::view::View::new(&report, &plimsoll::view::Filter::default());
    let set = |text: &str| plimsoll::view::Setting::parse(text).unwrap();
    let fails = |text: &str| {
        let view = view.clone().with_what_if(&report, &assume, &[set(text)]).unwrap();
        view.what_if[0].fails.clone()
    };
    assert_eq!(fails("engine.max=20"), ["connections that `db` accepts"]);
    assert!(fails("engine.max=11").is_empty());
}

/// A pool that is asked for on its own is large enough that few wait for chance alone; and a goal that fails for a refusal
/// says so.
#[test]
fn a_small_pool_has_room_for_chance() {
    let mut sample = Sample { pool: 0.0, cpu: 1.0, queries: 1.0, query: 20.0, ..Sample::default() };
    sample.processes = 1.0;
    let mut model = sample.model();
    let pool = model.resources.iter().find(|it| it.kind == Kind::Pool).unwrap().reads().pop().unwrap();
    model.inputs.get_mut(pool).band = Band::new(1.0, 5.0, 20.0);
    let sizing = model.size(Goal::Rate(75.0)).unwrap();
    let size = sizing.sizes.iter().find(|it| it.input == pool).unwrap();
    // 75 requests a second hold 1.5 on average; a share of them alone would make it 2.
    assert!(size.likely >= 3.0, "{size:?}");
    assert!(sizing.met || sizing.stopped.is_some());
}

/// Background tasks and open WebSockets have a room of their own: places of workers by the time of a task, and half of the
/// proxy's connections.
#[test]
fn tasks_and_sockets_are_counted_beside_requests() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hospital-as-advised");
    let mut options = plimsoll::Options { fixes: false, ..plimsoll::Options::default() };
    for said in ["task_time=2s", "tasks=0.1", "think_time=10s"] {
        options.config.assume.say(said).unwrap();
    }
    let report = plimsoll::audit(&root, &options).unwrap();
    let assume = &options.config.assume;
    let models = plimsoll::capacity::from_stacks(&report.stacks, assume);
    let all = plimsoll::capacity::besides(&report.stacks[0], assume);
    let workers = all.iter().find(|it| &*it.owner == "celery_worker").unwrap();
    // Three containers of four processes, two seconds a task.
    assert_eq!((workers.at_once(), workers.rate().unwrap()), (Band::point(12.0), Band::point(6.0)));
    let app = &models[0][0];
    let asked = workers.asked(app, Goal::Rate(30.0)).unwrap();
    // 30 requests a second start 3 tasks, which hold 6 places: 8 with the headroom.
    assert_eq!((asked.load.round(), asked.likely, asked.enough), (3.0, 8.0, 1.0));
    let more = workers.asked(app, Goal::Rate(300.0)).unwrap();
    assert_eq!((more.likely, more.enough), (80.0, 0.0));
    assert!(all.iter().all(|it| &*it.owner != "celery_beat"), "what only sends tasks works on none");
    // In the report they are rows of the same table, which says, too, what keeps a goal from being reached.
    let view = plimsoll::view::View::new(&report, &plimsoll::view::Filter::default());
    let none = Storage::default();
    let view = view.with_sizing(&report, &none, assume, &[Goal::Rate(30.0), Goal::Rate(300.0)], &[]);
    let mut text = Vec::new();
    plimsoll::report::markdown::render(&view, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let table = text.split("\n\n").find(|it| it.contains("background tasks of")).unwrap();
    assert!(table.starts_with("| | Now | 30 requests a second | 300 requests a second |"), "{table}");
    assert!(table.contains("| no, `postgres` refuses connections; in 0 % of the draws |"), "{table}");
    let row =
        "| background tasks of `celery_worker` | 12 at once, 6 a second | 3 a second: enough | 30 a second: 80 … ";
    assert!(table.contains(row), "{table}");

    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wingman");
    options.config.assume.say("sockets=1").unwrap();
    let report = plimsoll::audit(&root, &options).unwrap();
    let assume = &options.config.assume;
    let all = plimsoll::capacity::besides(&report.stacks[0], assume);
    let nginx = all.iter().find(|it| &*it.owner == "nginx").unwrap();
    assert_eq!(nginx.at_once().likely, 4.0 * 1024.0 / 2.0);
    let models = plimsoll::capacity::from_stacks(&report.stacks, assume);
    let asked = nginx.asked(&models[0][0], Goal::Users(3000.0)).unwrap();
    assert_eq!((asked.load, asked.likely), (3000.0, 4000.0));
    assert!(asked.enough < 0.9 && nginx.asked(&models[0][0], Goal::Rate(10.0)).is_none());
}

/// What a goal asks for is written where there is a place for it, read again, and comes to the goal; what has no place, or
/// one that others read too, is said, and so is what else the changes bring.
#[test]
fn sizes_are_written_and_read_again() {
    let sized = |name: &str, goals: &[Goal]| {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        plimsoll::audit_and_size(&root, &plimsoll::Options::default(), goals).unwrap()
    };
    let Sized { report, settled, .. } = sized("hospital", &[Goal::Rate(1.0), Goal::Rate(400.0)]);
    let [one] = settled.as_slice() else { panic!("a goal that is reached as it is asks for nothing: {settled:?}") };
    assert!(one.reached, "{one:?}");
    let written: Vec<(&str, f64)> = one.written.iter().map(|it| (&*it.0, it.1)).collect();
    assert_eq!(written, [("backend.replicas", 4.0), ("backend.processes", 4.0), ("pgbouncer.default_pool_size", 63.0)]);
    let path = |id| &*report.sources.file(id).path;
    let files: Vec<&str> = one.texts.iter().map(|it| path(it.0)).collect();
    assert_eq!(files, ["Dockerfile.backend", "docker-compose.production.yml"]);
    let left: Vec<(&str, &str)> = one.left.iter().map(|it| (&*it.0, &*it.2)).collect();
    assert_eq!(left[0], ("engine.max", "is written where `celery_worker` reads it, too"));
    assert!(left.iter().any(|it| it.0 == "postgres.cpus"), "{left:?}");

    let Sized { settled, .. } = sized("wingman", &[Goal::Rate(200.0)]);
    assert!(settled[0].reached && settled[0].left[0].0 == "web.pool".into(), "{settled:?}");
    let brought = &settled[0].brings;
    assert!(brought.iter().any(|it| it.contains("compose/replicas-container-name")), "{brought:?}");
}

/// What a channel layer holds for a process that is behind, and for how long that is with what users send.
#[test]
fn channel_layers_hold_so_many_messages() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wingman");
    let mut options = plimsoll::Options { fixes: false, ..plimsoll::Options::default() };
    let said = |options: &plimsoll::Options| {
        let report = plimsoll::audit(&root, options).unwrap();
        let view = plimsoll::view::View::new(&report, &plimsoll::view::Filter::default());
        let goals = [Goal::Usage(3000.0, Band::point(3.0))];
        view.with_sizing(&report, &Storage::default(), &options.config.assume, &goals, &[]).sizing[0].notes.join("\n")
    };
    let holds = "The channel layer of `daphne` holds 100 messages for each of its processes that has not fetched them, \
                 channels_redis's default of `capacity`, for 60 s at most";
    let text = said(&options);
    assert!(text.contains(holds) && text.contains("--assume messages=0.1"), "{text}");
    assert!(!text.contains("layer of `celery`"), "a worker keeps no sockets: {text}");
    options.config.assume.say("messages=0.1").unwrap();
    let text = said(&options);
    assert!(text.contains("3,000 users send up to 300 a second") && text.contains("has not run for 0.33 s"), "{text}");
}

/// A part is offered where the files show that it is not there, and not where they cannot: what a cloud runs may have it.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test lists the fixtures")]
fn parts_are_offered_where_the_files_can_tell() {
    use plimsoll::capacity::Part::{self, Cache, Pooler, ReadReplica, Replica, Sentinel};
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let options = plimsoll::Options { fixes: false, ..plimsoll::Options::default() };
    let offered = |folder: &std::path::Path| {
        let report = plimsoll::audit(folder, &options).unwrap();
        let parts = plimsoll::capacity::parts(&report.stacks, &report.stacks, &options.config.assume);
        let mut parts: Vec<Part> = parts.iter().map(|it| it.offer.part).collect();
        parts.sort();
        parts
    };
    // Nothing bounds the connections of `wingman`: as it is, a pooler comes first.
    assert_eq!(offered(&fixtures.join("wingman")), [Pooler, Replica, Cache, ReadReplica, Sentinel]);
    // The database is another's.
    assert_eq!(offered(&fixtures.join("capsules")), [Replica]);
    // There is a pooler, and there are four containers.
    assert_eq!(offered(&fixtures.join("hospital-as-advised")), [ReadReplica, Sentinel]);
    assert_eq!(offered(&fixtures.join("sound")), [ReadReplica, Sentinel, Sentinel]);
    let deployments = std::fs::read_dir(fixtures.join("deployments")).unwrap();
    for folder in deployments.map(|it| it.unwrap().path()) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("platform-") {
            assert_eq!(offered(&folder), [], "{name}");
        } else if name.starts_with("k8s-") {
            assert!(
                offered(&folder).iter().all(|it| matches!(it, Replica | Pooler | Cache)),
                "{name}: {:?}",
                offered(&folder)
            );
        }
    }
}
