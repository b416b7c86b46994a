//! Effective values, where they are written, and what their slots would write.

mod connections;

use super::*;
use crate::facts::gunicorn as conf;
use crate::link::command::tests::Repo;
use crate::link::image;
use crate::source::{Edit, FileId, apply};
use crate::stack::Sourced;

/// The processes of a repository; applications are Django's where they are called `asgi` or `wsgi`, else FastAPI's.
fn processes_of(repo: &Repo) -> Vec<Process> {
    let confs: Vec<GunicornConf> =
        repo.files.iter().filter(|file| conf::is_gunicorn_conf(file)).map(conf::read).collect();
    let environment = image::environment(&repo.service, repo.image.as_ref());
    let files = repo.known();
    let context = Context {
        service: &repo.service,
        environment: &environment,
        gunicorn_conf: &|path| {
            let paths = image::repository_paths(path, &repo.service, repo.image.as_ref());
            paths.iter().find_map(|path| confs.iter().find(|conf| conf.path == *path))
        },
        framework_of: &|app| app.starts_with("main").then_some(Framework::Fastapi),
        module_at: &|path| {
            let paths = image::repository_paths(path, &repo.service, repo.image.as_ref());
            paths.iter().any(|path| repo.files.iter().any(|file| *file.path == format!("{path}.py")))
        },
        version_of: &|_| Fact::unknown("not asked"),
        requirement_of: &|_| None,
        celery_setting: &|_, name| match name {
            "worker_concurrency" if repo.files.iter().any(|file| &*file.path == "celery_conf") => {
                Fact::derived("6".into(), Vec::new())
            }
            _ => Fact::Absent,
        },
        unit: &|| Err("none is here"),
        sections: &|path| {
            let paths = image::repository_paths(path, &repo.service, repo.image.as_ref());
            paths.iter().find_map(|path| files.sections.get(&**path).copied())
        },
        class_setting: &|_, _| Fact::Absent,
        server_call: &|_| None,
        image: repo.image.as_ref().and_then(|image| image.base.as_ref()).map(|base| &*base.value),
    };
    processes(&repo.running(), &context)
}

/// The only process of an image with this `CMD` (and what stands before it), beside more files.
fn with(rest: &str, files: &[(&str, &str)]) -> (Repo, Process) {
    let text = format!("FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n{rest}\n");
    let mut all = vec![("Dockerfile", &*text)];
    all.extend(files);
    let repo = Repo::new(&all);
    let mut found = processes_of(&repo);
    assert_eq!(found.len(), 1, "{rest}");
    (repo, found.remove(0))
}

fn known<T: Copy>(fact: &Fact<T>) -> Option<T> {
    fact.known().copied()
}

/// A fact as its value and what it says where: the first place, or the program whose default it is.
fn said<T: std::fmt::Display>(repo: &Repo, fact: &Fact<T>) -> String {
    match fact {
        Fact::Known(Sourced { value, origin: Origin::Written(chain), .. }) => {
            format!("{value} at `{}`", repo.text(chain[0]))
        }
        Fact::Known(Sourced { value, origin: Origin::Default(default), .. }) => {
            format!("{value} by default of {} {}", default.program, default.setting)
        }
        Fact::Known(_) => "assumed".into(),
        Fact::Unknown(why) => format!("unknown: {}", why.reason),
        Fact::OneOf(branches) => branches.iter().map(|(_, it)| it.value.to_string()).collect::<Vec<_>>().join(" or "),
        Fact::Unbounded(_) => "unbounded".into(),
        Fact::Absent => "absent".into(),
    }
}

/// The line of the file that comes of writing a value through the first slot.
fn written<T>(repo: &Repo, fact: &Fact<T>, value: &str) -> String {
    let slot = &fact.sourced().unwrap().slots[0];
    let file = &repo.files[slot.span.file.0 as usize];
    let edit = Edit::replace(slot.span, format!("{}{value}{}", slot.before, slot.after));
    let text = apply(file.text(), [&edit]).unwrap();
    let line = file.line_of(slot.span.start as usize);
    text.lines().nth(line).unwrap().to_string()
}

#[test]
fn gunicorn_without_options_has_its_defaults_and_slots_for_others() {
    let (repo, it) = with(r#"CMD ["gunicorn", "shop.wsgi:application"]"#, &[]);
    assert_eq!(said(&repo, &it.processes), "1 by default of gunicorn workers");
    assert_eq!(said(&repo, &it.keepalive), "absent");
    assert_eq!((known(&it.mode), known(&it.slots)), (Some(Mode::WsgiSync), Some(1)));
    assert_eq!(known(&it.framework), Some(Framework::Django));
    assert_eq!(known(&it.timeout), Some(30.0));
    assert_eq!(written(&repo, &it.processes, "4"), r#"CMD ["gunicorn", "shop.wsgi:application", "--workers=4"]"#);
    let jitter = written(&repo, &it.max_requests_jitter, "50");
    assert_eq!(jitter, r#"CMD ["gunicorn", "shop.wsgi:application", "--max-requests-jitter=50"]"#);
}

#[test]
fn every_form_of_an_option_is_read_and_written() {
    for (command, after) in [
        ("gunicorn a.wsgi --workers 3 -b :80", "CMD gunicorn a.wsgi --workers 8 -b :80"),
        ("gunicorn a.wsgi --workers=3 -b :80", "CMD gunicorn a.wsgi --workers=8 -b :80"),
        ("gunicorn a.wsgi -w 3 -b :80", "CMD gunicorn a.wsgi -w 8 -b :80"),
        ("gunicorn a.wsgi -w3 -b :80", "CMD gunicorn a.wsgi -w8 -b :80"),
        ("gunicorn -w 2 a.wsgi -b :80 -w \"3\"", "CMD gunicorn -w 2 a.wsgi -b :80 -w \"8\""),
        ("gunicorn a.wsgi -w ${N:-3} -b :80", "CMD gunicorn a.wsgi -w ${N:-8} -b :80"),
        ("gunicorn a.wsgi --workers=${N:-3} -b :80", "CMD gunicorn a.wsgi --workers=${N:-8} -b :80"),
    ] {
        let (repo, it) = with(&format!("CMD {command}"), &[]);
        assert_eq!((known(&it.processes), known(&it.port)), (Some(3), Some(80)), "{command}");
        assert_eq!(written(&repo, &it.processes, "8"), after);
    }
    let (repo, it) = with(r#"CMD ["gunicorn", "a.wsgi", "-w", "3", "--threads=2"]"#, &[]);
    assert_eq!(written(&repo, &it.processes, "8"), r#"CMD ["gunicorn", "a.wsgi", "-w", "8", "--threads=2"]"#);
    assert_eq!(written(&repo, &it.threads, "4"), r#"CMD ["gunicorn", "a.wsgi", "-w", "3", "--threads=4"]"#);
    assert_eq!((known(&it.mode), known(&it.slots)), (Some(Mode::WsgiThreads), Some(2)));
}

#[test]
fn the_stronger_of_gunicorns_sources_counts() {
    let conf = [("gunicorn.conf.py", "workers = 5\nthreads = 3\ntimeout = 90\n")];
    let env = "ENV WEB_CONCURRENCY=7\n";
    let cmd = "ENV GUNICORN_CMD_ARGS=\"--workers=6 --timeout 45\"\n";
    let (repo, it) = with(&format!("{env}CMD [\"gunicorn\", \"a.wsgi\"]"), &[]);
    assert_eq!(said(&repo, &it.processes), "7 at `7`");
    assert!(it.overridden.is_absent());
    assert_eq!(written(&repo, &it.processes, "2"), "ENV WEB_CONCURRENCY=2");
    let (repo, it) = with(&format!("{env}CMD [\"gunicorn\", \"a.wsgi\"]"), &conf);
    assert_eq!(said(&repo, &it.processes), "5 at `5`");
    assert_eq!(said(&repo, &it.overridden), "7 at `7`");
    assert_eq!(written(&repo, &it.threads, "4"), "threads = 4");
    let (repo, it) = with(&format!("{env}{cmd}CMD [\"gunicorn\", \"a.wsgi\"]"), &conf);
    assert_eq!((known(&it.processes), known(&it.timeout), known(&it.threads)), (Some(6), Some(45.0), Some(3)));
    assert_eq!(said(&repo, &it.overridden), "7 at `7`");
    let (repo, it) = with(&format!("{env}{cmd}CMD [\"gunicorn\", \"a.wsgi\", \"-w\", \"8\"]"), &conf);
    assert_eq!(said(&repo, &it.processes), "8 at `8`");
    // What the command line takes from the variable is not overridden.
    let (_, it) = with(&format!("{env}CMD gunicorn a.wsgi -w $WEB_CONCURRENCY"), &[]);
    assert!(it.overridden.is_absent());
    // A file that is named and not there may say anything.
    let (repo, it) = with("CMD [\"gunicorn\", \"-c\", \"/etc/g.py\", \"a.wsgi\"]", &[]);
    assert_eq!(said(&repo, &it.processes), "unknown: perhaps set by /etc/g.py, which was not found");
}

#[test]
fn a_configuration_is_evaluated() {
    let text = "import os, multiprocessing\nBASE = 2\nworkers = BASE * 2 + 1\nthreads = int(os.environ.get('T', '4'))\ntimeout = int(os.getenv('TIMEOUT', 60))\nkeepalive = max(5, 3)\nworker_class = 'gthread'\nbind = f\"0.0.0.0:{os.environ.get('PORT', 8080)}\"\nmax_requests = 1000\nif os.environ.get('DEBUG'):\n    reload = True\n";
    let files = [("conf/gunicorn.py", text)];
    let (repo, it) = with("ENV TIMEOUT=75\nCMD [\"gunicorn\", \"-c\", \"conf/gunicorn.py\", \"a.wsgi\"]", &files);
    assert_eq!(said(&repo, &it.processes), "5 at `BASE * 2 + 1`");
    assert_eq!(written(&repo, &it.threads, "8"), "threads = int(os.environ.get('T', \"8\"))");
    assert_eq!(said(&repo, &it.timeout), "75 at `75`");
    assert_eq!((known(&it.keepalive), known(&it.port), known(&it.max_requests)), (Some(5.0), Some(8080), Some(1000)));
    assert_eq!((known(&it.mode), known(&it.slots)), (Some(Mode::WsgiThreads), Some(4)));
    assert!(written(&repo, &it.max_requests_jitter, "100").ends_with("\"--max-requests-jitter=100\"]"));

    let host = [("gunicorn.conf.py", "import multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n")];
    let (repo, it) = with("CMD [\"gunicorn\", \"a.wsgi\"]", &host);
    assert_eq!(said(&repo, &it.processes), "unknown: the host's CPUs");
    assert_eq!(said(&repo, &it.from_host_cpus), "true at `multiprocessing.cpu_count() * 2 + 1`");
    assert_eq!(&*it.about.writers[0].name, "set_workers");
    let (repo, it) = with("CMD gunicorn a.wsgi -w $(nproc)", &[]);
    assert_eq!(said(&repo, &it.from_host_cpus), "true at `$(nproc)`");
}

#[test]
fn a_sync_worker_that_is_given_threads_is_the_threaded_one() {
    let (_, it) = with("CMD gunicorn a.wsgi --threads 4", &[]);
    assert_eq!((it.worker_class.known().map(|it| &**it), known(&it.mode)), (Some("gthread"), Some(Mode::WsgiThreads)));
    let (_, it) = with("CMD gunicorn a.wsgi", &[]);
    assert_eq!((it.worker_class.known().map(|it| &**it), known(&it.mode)), (Some("sync"), Some(Mode::WsgiSync)));
}

#[test]
fn a_class_of_uvicorn_serves_asgi() {
    let (repo, it) = with("CMD gunicorn a.asgi:application -k uvicorn.workers.UvicornWorker -w 3 --threads 4", &[]);
    assert_eq!((known(&it.mode), known(&it.uvicorn_workers_module)), (Some(Mode::AsgiDjango), Some(true)));
    assert_eq!((said(&repo, &it.slots), said(&repo, &it.threads)), ("unbounded".into(), "4 at `4`".into()));
    assert_eq!(written(&repo, &it.worker_class, "x"), "CMD gunicorn a.asgi:application -k x -w 3 --threads 4");
    let drop = it.about.writers.iter().find(|it| &*it.name == "drop_threads").unwrap();
    assert_eq!(repo.text(drop.edits[0].0), " --threads 4");
    let (_, it) = with("CMD gunicorn main:app -k uvicorn_worker.UvicornWorker", &[]);
    assert_eq!((known(&it.mode), known(&it.uvicorn_workers_module)), (Some(Mode::AsgiStarlette), Some(false)));
    assert!(it.threads.is_absent());
}

#[test]
fn uvicorn_takes_the_variable_only_without_the_option() {
    let (repo, it) = with("ENV WEB_CONCURRENCY=4\nCMD [\"uvicorn\", \"main:app\", \"--port\", \"80\"]", &[]);
    assert_eq!((known(&it.processes), known(&it.port)), (Some(4), Some(80)));
    assert_eq!(known(&it.mode), Some(Mode::AsgiStarlette));
    assert_eq!((said(&repo, &it.limit_concurrency), said(&repo, &it.slots)), ("unbounded".into(), "unbounded".into()));
    let (repo, it) = with("CMD uvicorn main:app --limit-concurrency 50", &[]);
    assert_eq!(said(&repo, &it.slots), "50 at `50`");
    let (repo, it) = with("ENV WEB_CONCURRENCY=4\nCMD [\"uvicorn\", \"main:app\", \"--workers\", \"2\"]", &[]);
    assert_eq!((said(&repo, &it.processes), said(&repo, &it.overridden)), ("2 at `2`".into(), "4 at `4`".into()));
    let (repo, it) = with("CMD uvicorn main:app --workers=$WORKERS", &[]);
    assert_eq!(said(&repo, &it.processes), "unknown: set by the environment (WORKERS)");
    // `uvicorn.main.run` of 0.15 to 0.54 asks for a reloader before it asks for workers, and starts only the one.
    let (repo, it) = with("CMD uvicorn main:app --reload --workers=$WORKERS", &[]);
    assert_eq!(said(&repo, &it.processes), "1 at `--reload`");
    assert_eq!(known(&it.reload), Some(true));
    let drop = it.about.writers.iter().find(|it| &*it.name == "drop_reload").unwrap();
    assert_eq!(repo.text(drop.edits[0].0), " --reload");
    let (repo, it) = with("CMD uvicorn main:app $OPTIONS", &[]);
    assert_eq!(said(&repo, &it.processes), "unknown: perhaps set by the environment (OPTIONS)");
}

#[test]
fn other_servers_are_told_apart() {
    let (_, it) = with("CMD fastapi run app/main.py --workers 4 --port 80", &[]);
    assert_eq!(
        (known(&it.program), known(&it.processes), known(&it.port)),
        (Some(Program::Fastapi), Some(4), Some(80))
    );
    assert_eq!((known(&it.dev_server), known(&it.reload)), (Some(false), Some(false)));
    let (_, it) = with("CMD fastapi dev", &[]);
    assert_eq!((known(&it.dev_server), known(&it.reload)), (Some(true), Some(true)));
    let (_, it) = with("CMD daphne -b 0.0.0.0 -p 8001 a.asgi:application", &[]);
    assert_eq!((known(&it.mode), known(&it.port)), (Some(Mode::AsgiDjango), Some(8001)));
    let (_, it) = with("CMD hypercorn main:app --bind 0.0.0.0:9000 -w 2", &[]);
    assert_eq!((known(&it.processes), known(&it.port)), (Some(2), Some(9000)));
    let (_, it) = with("CMD granian --interface asgi main:app --workers 3", &[]);
    assert_eq!((known(&it.processes), known(&it.mode)), (Some(3), Some(Mode::AsgiStarlette)));
    let (_, it) = with("CMD python manage.py runserver 0.0.0.0:8002", &[]);
    assert_eq!((known(&it.program), known(&it.port)), (Some(Program::Runserver), Some(8002)));
    assert_eq!(known(&it.dev_server), Some(true));
    let (repo, it) = with("ENTRYPOINT [\"python3\"]\nCMD [\"manage.py\", \"runserver\", \"0:8000\"]", &[]);
    assert_eq!(said(&repo, &it.dev_server), "true at `runserver`");
    let (_, it) = with("CMD flask --app main run -p 5001", &[]);
    assert_eq!((known(&it.program), known(&it.port)), (Some(Program::Flask), Some(5001)));
    let (_, it) = with("CMD python -m manage qcluster", &[]);
    assert_eq!((known(&it.program), known(&it.mode)), (Some(Program::DjangoQ), Some(Mode::Single)));
    let (repo, it) = with("CMD python main.py", &[]);
    assert_eq!(said(&repo, &it.processes), "unknown: `main.py` decides it");
}

#[test]
fn celery_takes_the_hosts_cpus_unless_told() {
    let (repo, it) = with("CMD celery -A shop worker -l info", &[]);
    assert_eq!((known(&it.program), known(&it.mode)), (Some(Program::CeleryWorker), Some(Mode::CeleryPrefork)));
    assert_eq!(said(&repo, &it.processes), "unknown: the host's CPUs");
    assert_eq!(known(&it.from_host_cpus), Some(true));
    assert_eq!(said(&repo, &it.prefetch), "4 by default of celery worker_prefetch_multiplier");
    let writer = &it.about.writers.iter().find(|it| &*it.name == "set_workers").unwrap().edits[0];
    assert_eq!(&*writer.1, " --concurrency={n}");
    let (repo, it) = with("CMD celery -A shop worker -c 4 -B --prefetch-multiplier=1", &[]);
    assert_eq!((known(&it.processes), known(&it.embedded_beat)), (Some(4), Some(true)));
    assert_eq!(said(&repo, &it.prefetch), "1 at `1`");
    let (_, it) = with("CMD celery -A shop worker --autoscale=10,3", &[]);
    assert_eq!(known(&it.processes), Some(10));
    let (_, it) = with("CMD celery -A shop worker -P gevent -c 100", &[]);
    assert_eq!(
        (known(&it.mode), known(&it.slots), known(&it.processes)),
        (Some(Mode::CeleryGevent), Some(100), Some(1))
    );
    let (_, it) = with("CMD celery -A shop worker", &[("celery_conf", "")]);
    assert_eq!(known(&it.processes), Some(6));
    let (_, it) = with("CMD celery -A shop beat", &[]);
    assert_eq!((known(&it.program), known(&it.mode)), (Some(Program::CeleryBeat), Some(Mode::Single)));
}

#[test]
fn signals_and_branches_reach_the_process() {
    let (repo, it) = with("CMD python manage.py migrate && gunicorn a.wsgi", &[]);
    assert_eq!(known(&it.gets_signals), Some(false));
    let exec = it.about.writers.iter().find(|it| &*it.name == "exec").unwrap();
    let edit = Edit::replace(exec.edits[0].0, exec.edits[0].1.clone());
    let text = apply(repo.files[0].text(), [&edit]).unwrap();
    assert!(text.contains("CMD python manage.py migrate && exec gunicorn a.wsgi"));
    let script = "if [ \"$DEBUG\" = 1 ]; then exec python manage.py runserver; fi\nexec gunicorn a.wsgi\n";
    let (_, it) = with("CMD [\"sh\", \"start.sh\"]", &[("start.sh", script)]);
    assert_eq!(known(&it.program), Some(Program::Gunicorn));
    assert_eq!(it.about.span.map(|span| span.file), Some(FileId(1)));
}

#[test]
fn uwsgi_reads_what_it_is_given_in_its_order() {
    let ini = "[uwsgi]\nmodule = shop.wsgi:application\nmaster = true\nprocesses = 6\nbase = 3\nthreads = %(base)\nharakiri = 60\nhttp = :8080\nif-env = GREEN\ngevent = 100\nendif =\n";
    let files = [("conf/uwsgi.ini", ini)];
    let (repo, it) = with("CMD [\"uwsgi\", \"--ini\", \"conf/uwsgi.ini\"]", &files);
    assert_eq!(said(&repo, &it.processes), "6 at `6`");
    assert_eq!(written(&repo, &it.processes, "9"), "processes = 9");
    assert_eq!((known(&it.threads), known(&it.timeout), known(&it.port)), (Some(3), Some(60.0), Some(8080)));
    assert_eq!(
        (known(&it.framework), it.application.known().map(|it| &**it)),
        (Some(Framework::Django), Some("shop.wsgi:application"))
    );
    // Nothing tells whether GREEN is set.
    assert_eq!(said(&repo, &it.slots), "unknown: set only where `if-env = GREEN` holds");
    let (repo, it) = with("ENV GREEN=1\nCMD uwsgi --ini conf/uwsgi.ini", &files);
    assert_eq!((known(&it.mode), said(&repo, &it.slots)), (Some(Mode::WsgiGevent), "100 at `100`".into()));
    // What follows the file on the line counts; what stands before it does not, and a bare file comes last of all.
    for (line, processes) in [
        ("uwsgi --ini conf/uwsgi.ini -p 2", 2),
        ("uwsgi -p 2 --ini conf/uwsgi.ini", 6),
        ("uwsgi conf/uwsgi.ini --processes 2", 6),
        ("uwsgi --ini=conf/uwsgi.ini --processes=2", 2),
    ] {
        let (_, it) = with(&format!("ENV UWSGI_PROCESSES=8\nCMD {line}"), &files);
        assert_eq!(known(&it.processes), Some(processes), "{line}");
    }
    let (_, it) = with("ENV UWSGI_PROCESSES=8 UWSGI_THREADS=2\nCMD uwsgi --http :80 -w app:app --master", &[]);
    assert_eq!(
        (known(&it.processes), known(&it.threads), known(&it.mode)),
        (Some(8), Some(2), Some(Mode::WsgiThreads))
    );
    let (repo, it) = with("CMD uwsgi --socket /tmp/u.sock --module=app:app -p4", &[]);
    assert_eq!((known(&it.processes), said(&repo, &it.threads)), (Some(4), "1 by default of uWSGI threads".into()));
    assert!(it.port.is_absent());
}

#[test]
fn uwsgis_placeholders_and_files_that_are_not_read() {
    let ini = "[uwsgi]\nprocesses = $(WORKERS)\nthreads = %k\nini = other.ini\n";
    let files = [("uwsgi.ini", ini), ("other.ini", "[uwsgi]\nmax-requests = $(X)\n[prod]\nworkers = 7\n")];
    let (repo, it) = with("ENV WORKERS=5\nCMD uwsgi --ini uwsgi.ini", &files);
    assert_eq!(said(&repo, &it.processes), "5 at `5`");
    assert_eq!(said(&repo, &it.threads), "unknown: the host's CPUs");
    assert_eq!(said(&repo, &it.max_requests), "unknown: set by the environment (X)");
    let (_, it) = with("CMD uwsgi other.ini:prod", &files);
    assert_eq!(known(&it.processes), Some(7));
    let (repo, it) = with("CMD uwsgi --xml app.xml", &[]);
    assert_eq!(said(&repo, &it.processes), "unknown: perhaps set by app.xml, which is XML and is not read");
    let (repo, it) = with("CMD uwsgi --ini /etc/uwsgi.ini", &[]);
    assert_eq!(said(&repo, &it.processes), "unknown: perhaps set by /etc/uwsgi.ini, which was not found");
    let (repo, it) = with("ENV UWSGI_INI=uwsgi.ini UWSGI_PROCESSES=3\nCMD uwsgi", &files);
    assert_eq!(said(&repo, &it.processes), "unknown: said by a variable and by the file that another variable names");
    let yaml = [("u.yaml", "uwsgi:\n  processes: 4\n  wsgi-file: app/main.py\n  callable: app\n")];
    let (_, it) = with("CMD uwsgi --yaml u.yaml", &yaml);
    assert_eq!((known(&it.processes), it.application.known().map(|it| &**it)), (Some(4), Some("app.main:app")));
}

#[test]
fn granian_works_its_threads_out() {
    let (repo, it) = with("CMD granian --interface wsgi main:app", &[]);
    assert_eq!((known(&it.mode), known(&it.threads)), (Some(Mode::WsgiThreads), Some(512)));
    assert_eq!(said(&repo, &it.threads), "512 by default of granian blocking_threads");
    let (_, it) = with("ENV GRANIAN_WORKERS=4\nCMD granian --interface wsgi main:app", &[]);
    assert_eq!((known(&it.processes), known(&it.threads)), (Some(4), Some(128)));
    let (_, it) = with("CMD granian --interface wsgi main:app --backpressure 20", &[]);
    assert_eq!(known(&it.threads), Some(10));
    let (_, it) = with("CMD granian --interface asginl main:app --workers 2 --backpressure=64", &[]);
    assert_eq!((known(&it.mode), known(&it.slots)), (Some(Mode::AsgiStarlette), Some(64)));
    let (repo, it) = with("CMD granian --interface $KIND main:app", &[]);
    assert_eq!(said(&repo, &it.slots), "unknown: which interface it serves is not known");
}

#[test]
fn hypercorn_reads_its_file() {
    let toml = [("hypercorn.toml", "workers = 3\nbind = [\"0.0.0.0:80\"]\ngraceful_timeout = 9\n")];
    let (repo, it) = with("CMD hypercorn -c hypercorn.toml main:app", &toml);
    assert_eq!((said(&repo, &it.processes), known(&it.port)), ("3 at `3`".into(), Some(80)));
    assert_eq!(written(&repo, &it.processes, "8"), "workers = 8");
    let python = [("conf/hyper.py", "import os\nworkers = int(os.getenv('W', '5'))\n")];
    let (repo, it) = with("CMD hypercorn --config file:conf/hyper.py main:app -w 2", &python);
    assert_eq!(said(&repo, &it.processes), "2 at `2`");
    let (_, it) = with("CMD hypercorn --config file:conf/hyper.py main:app", &python);
    assert_eq!(known(&it.processes), Some(5));
    let (repo, it) = with("CMD hypercorn --config x.toml main:app", &[]);
    assert_eq!(said(&repo, &it.processes), "unknown: perhaps set by hypercorn's configuration, which was not found");
}

#[test]
fn more_servers_are_told_apart() {
    let (repo, it) = with("CMD waitress-serve --port=8041 --call app:make", &[]);
    assert_eq!((known(&it.program), known(&it.port)), (Some(Program::Waitress), Some(8041)));
    assert_eq!(said(&repo, &it.threads), "4 by default of waitress threads");
    let (_, it) = with("CMD python -m waitress --threads 9 --listen *:80 app:app", &[]);
    assert_eq!((known(&it.slots), known(&it.port)), (Some(9), Some(80)));
    let (_, it) = with("CMD sanic main:app -w 3", &[]);
    assert_eq!((known(&it.processes), known(&it.mode)), (Some(3), Some(Mode::AsgiOther)));
    let (_, it) = with("CMD sanic main:app --fast", &[]);
    assert_eq!(known(&it.from_host_cpus), Some(true));
    let (_, it) = with("CMD uvicorn main:app --interface wsgi", &[]);
    assert_eq!((known(&it.mode), known(&it.slots)), (Some(Mode::WsgiOnAsgi), Some(10)));
}

#[test]
fn workers_of_other_queues() {
    let shape = |line: &str| {
        let (repo, it) = with(&format!("CMD {line}"), &[]);
        let words = (said(&repo, &it.program.clone().map(crate::stack::vocabulary::Vocable::word)), known(&it.mode));
        (
            words.0.split(' ').next().unwrap_or("").to_string(),
            words.1,
            said(&repo, &it.processes),
            said(&repo, &it.slots),
        )
    };
    let row = |program: &str, mode, processes: &str, slots: &str| {
        (program.to_string(), Some(mode), processes.to_string(), slots.to_string())
    };
    assert_eq!(shape("rq worker high low"), row("rq", Mode::Single, "1 at `rq`", "1 at `rq`"));
    assert_eq!(shape("rq worker-pool -n 3"), row("rq", Mode::Single, "3 at `3`", "1 at `rq`"));
    let dramatiq = "8 by default of dramatiq threads";
    assert_eq!(shape("dramatiq app.tasks"), row("dramatiq", Mode::TaskThreads, "unknown: the host's CPUs", dramatiq));
    assert_eq!(shape("dramatiq-gevent app -p 1 -t 100"), row("dramatiq", Mode::TaskGevent, "1 at `1`", "100 at `100`"));
    let (two, hundred) = ("2 by default of taskiq workers", "100 by default of taskiq max_async_tasks");
    assert_eq!(shape("taskiq worker app:broker"), row("taskiq", Mode::TaskAsync, two, hundred));
    assert_eq!(
        shape("huey_consumer.py app.huey -w 4"),
        row("huey", Mode::TaskThreads, "1 at `huey_consumer.py`", "4 at `4`")
    );
    assert_eq!(
        shape("huey_consumer app.huey -k process -w 4"),
        row("huey", Mode::Single, "4 at `4`", "1 at `huey_consumer`")
    );
    assert_eq!(shape("arq app.Settings"), row("arq", Mode::TaskAsync, "1 at `arq`", "10 by default of arq max_jobs"));
    assert_eq!(shape("python manage.py rqworker"), row("rq", Mode::Single, "1 at `python`", "1 at `python`"));
    assert_eq!(shape("celery -A worker beat"), row("celery_beat", Mode::Single, "1 at `celery`", "1 at `celery`"));
    let four = row("celery_worker", Mode::CeleryPrefork, "12 at `4`", "1 at `celery`");
    assert_eq!(shape("celery -A app multi start 3 -c 4"), four);
}

#[test]
fn images_with_a_start_of_their_own() {
    let of = |text: &str, files: &[(&str, &str)]| {
        let mut all = vec![("Dockerfile", text)];
        all.extend(files);
        let repo = Repo::new(&all);
        let mut found = processes_of(&repo);
        assert_eq!(found.len(), 1, "{text}");
        (repo, found.remove(0))
    };
    let base = "FROM tiangolo/uvicorn-gunicorn-fastapi:python3.11\nCOPY ./app /app\n";
    let (repo, it) = of(base, &[]);
    assert_eq!((known(&it.program), known(&it.mode)), (Some(Program::Gunicorn), Some(Mode::AsgiStarlette)));
    assert_eq!(said(&repo, &it.processes), "unknown: the host's CPUs");
    assert_eq!((known(&it.from_host_cpus), known(&it.timeout), known(&it.port)), (Some(true), Some(120.0), Some(80)));
    assert_eq!(known(&it.uvicorn_workers_module), Some(true));
    let (repo, it) = of(&format!("{base}ENV MAX_WORKERS=1 TIMEOUT=30 PORT=8000\n"), &[]);
    assert_eq!(
        (said(&repo, &it.processes), known(&it.timeout), known(&it.port)),
        ("1 at `1`".into(), Some(30.0), Some(8000))
    );
    let (repo, it) = of(&format!("{base}ENV WEB_CONCURRENCY=6\n"), &[]);
    assert_eq!(said(&repo, &it.processes), "6 at `6`");
    let (repo, it) = of(base, &[("app/gunicorn_conf.py", "workers = 3\n")]);
    assert_eq!((said(&repo, &it.processes), known(&it.timeout)), ("3 at `3`".into(), Some(30.0)));
    let application = |path| of(base, &[(path, "")]).1.application.known().map(|it| it.to_string());
    assert_eq!(application("app/main.py"), Some("main:app".into()));
    assert_eq!(application("app/app/main.py"), Some("app.main:app".into()));
    let flask = "FROM tiangolo/uwsgi-nginx-flask:python3.11\nCOPY ./app /app\n";
    let ini = [("app/uwsgi.ini", "[uwsgi]\nmodule = main\ncallable = app\n")];
    let (repo, it) = of(flask, &ini);
    assert_eq!((known(&it.program), known(&it.processes)), (Some(Program::Uwsgi), Some(16)));
    assert_eq!(said(&repo, &it.processes), "16 by default of uwsgi-nginx processes");
    assert_eq!(it.application.known().map(|it| &**it), Some("main:app"));
}
