//! What programs call when they are run.

use crate::audit_texts;
use crate::stack::vocabulary::Vocable;

/// The program, the processes and the port of what a command starts beside these files.
fn started(command: &str, files: &[(&str, &str)]) -> (Option<&'static str>, Option<u64>, Option<u64>) {
    let docker = format!("FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nENV WORKERS=3\nCMD exec {command}\n");
    let mut all = vec![("Dockerfile".to_string(), docker)];
    all.extend(files.iter().map(|(path, text)| (path.to_string(), text.to_string())));
    let report = audit_texts(all);
    let process = report.stacks.iter().find_map(|stack| stack.processes.first()).unwrap();
    (process.program.known().map(|it| it.word()), process.processes.known().copied(), process.port.known().copied())
}

#[test]
fn a_program_becomes_the_server_that_it_calls() {
    let run = "import os\nimport uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n";
    let main = format!(
        "{run}if __name__ == '__main__':\n    uvicorn.run('main:app', port=80, workers=int(os.environ['WORKERS']))\n"
    );
    assert_eq!(started("python main.py", &[("main.py", &main)]), (Some("uvicorn"), Some(3), Some(80)));
    assert_eq!(started("python -m main", &[("main.py", &main)]), (Some("uvicorn"), Some(3), Some(80)));
    // More than one process needs the application's name, and a reloader has one.
    let object = format!("{run}uvicorn.run(app, workers=4)\n");
    assert_eq!(started("python main.py", &[("main.py", &object)]), (Some("uvicorn"), None, Some(8000)));
    let reload = format!("{run}uvicorn.run('main:app', workers=4, reload=True)\n");
    assert_eq!(started("python main.py", &[("main.py", &reload)]), (Some("uvicorn"), Some(1), Some(8000)));
    let spread = format!("{run}uvicorn.run('main:app', **{{'workers': 4}})\n");
    assert_eq!(started("python main.py", &[("main.py", &spread)]), (Some("uvicorn"), None, None));
    // A function that nobody is seen to call starts nothing.
    let idle = format!("{run}def helper():\n    uvicorn.run('main:app')\n");
    assert_eq!(started("python main.py", &[("main.py", &idle)]), (Some("other"), None, None));
    let package = [
        ("app/__init__.py", ""),
        ("app/__main__.py", "import uvicorn\n\n\ndef main():\n    uvicorn.run('x:app')\n\n\nmain()\n"),
    ];
    assert_eq!(started("python -m app", &package), (Some("uvicorn"), Some(1), Some(8000)));
}

#[test]
fn flask_waitress_and_gevent_serve_by_a_call() {
    let flask = "from flask import Flask\napp = Flask(__name__)\n";
    let own = format!("{flask}if __name__ == '__main__':\n    app.run(port=9000)\n");
    assert_eq!(started("python app.py", &[("app.py", &own)]), (Some("flask"), Some(1), Some(9000)));
    let serve = format!("{flask}from waitress import serve\nserve(app, threads=9)\n");
    assert_eq!(started("python app.py", &[("app.py", &serve)]), (Some("waitress"), Some(1), Some(8080)));
    let gevent = format!("{flask}from gevent.pywsgi import WSGIServer\nWSGIServer(('', 80), app).serve_forever()\n");
    assert_eq!(started("python app.py", &[("app.py", &gevent)]), (Some("gevent"), Some(1), Some(80)));
    let port =
        "import os\nfrom gevent.pywsgi import WSGIServer\nWSGIServer(('', int(os.environ.get('PORT', '8000'))), app)\n";
    assert_eq!(started("python app.py", &[("app.py", port)]), (Some("gevent"), Some(1), Some(8000)));
    let other = "class Bot:\n    pass\napp = Bot()\napp.run()\nimport uvicorn\n";
    assert_eq!(started("python app.py", &[("app.py", other)]).0, Some("other"));
}

#[test]
fn grpc_and_rq_run_by_a_call() {
    let serve = "from concurrent import futures\nimport grpc\n\n\ndef serve():\n    server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))\n    server.add_insecure_port('[::]:50051')\n    server.start()\n\n\nserve()\n";
    assert_eq!(started("python app.py", &[("app.py", serve)]), (Some("grpc"), Some(1), Some(50051)));
    let worker =
        "from redis import Redis\nfrom rq import Queue, Worker\nWorker([Queue('low')], connection=Redis()).work()\n";
    assert_eq!(started("python app.py", &[("app.py", worker)]), (Some("rq"), Some(1), None));
}

#[test]
fn a_reloader_by_a_branch_is_a_branch() {
    let text = "import os\nimport uvicorn\nif __name__ == '__main__':\n    uvicorn.run('main:app', reload=True if os.environ['ENV'] == 'dev' else False)\n";
    let docker = "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nCMD python main.py\n";
    let report =
        audit_texts(vec![("Dockerfile".to_string(), docker.to_string()), ("main.py".to_string(), text.to_string())]);
    let process = report.stacks.iter().find_map(|stack| stack.processes.first()).unwrap();
    assert_ne!(process.reload.known(), Some(&false), "{:?}", process.reload);
}
