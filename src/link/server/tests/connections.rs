//! Connections that wait or stay open, and workers that are replaced or follow the load.

use super::*;

#[test]
fn gunicorn_has_a_backlog_and_its_class_a_limit_of_connections() {
    let (repo, it) = with("CMD gunicorn shop.wsgi --threads 4 --backlog 64", &[]);
    assert_eq!(said(&repo, &it.backlog), "64 at `64`");
    assert_eq!(said(&repo, &it.worker_connections), "1000 by default of gunicorn worker_connections");
    // A sync worker takes one connection after the other, and closes it: it reads neither of the two.
    let files = [("gunicorn.conf.py", "worker_connections = 50\nkeepalive = 2\n")];
    let (repo, it) = with("CMD gunicorn shop.wsgi", &files);
    assert_eq!(said(&repo, &it.backlog), "2048 by default of gunicorn backlog");
    assert!(it.worker_connections.is_absent() && it.keepalive.is_absent());
    let (repo, it) = with("CMD gunicorn shop.wsgi -k gevent", &files);
    assert_eq!(said(&repo, &it.worker_connections), "50 at `50`");
    assert_eq!(said(&repo, &it.slots), "50 at `50`");
}

#[test]
fn servers_of_asgi_have_a_backlog() {
    let (repo, it) = with("ENV UVICORN_BACKLOG=512\nCMD uvicorn main:app", &[]);
    assert_eq!(said(&repo, &it.backlog), "512 at `512`");
    let (repo, it) = with("CMD granian --interface wsgi --workers 2 shop.wsgi:application", &[]);
    assert_eq!(said(&repo, &it.backlog), "1024 by default of granian backlog");
    assert_eq!(said(&repo, &it.worker_connections), "512 by default of granian backpressure");
    let (repo, it) = with("CMD granian --interface asgi --backpressure 32 main:app", &[]);
    assert_eq!(said(&repo, &it.worker_connections), "32 at `32`");
}

#[test]
fn uwsgi_replaces_workers_and_follows_the_load() {
    let ini = "[uwsgi]\nmaster = true\nprocesses = 8\ncheaper = 2\ncheaper-algo = busyness\nlisten = 256\nhttp = :8000\nhttp-timeout = 360\nmax-worker-lifetime = 3600\nreload-on-rss = 300\n";
    let (repo, it) = with("CMD uwsgi --ini uwsgi.ini", &[("uwsgi.ini", ini)]);
    assert_eq!((said(&repo, &it.backlog), said(&repo, &it.cheaper)), ("256 at `256`".into(), "2 at `2`".into()));
    assert_eq!(said(&repo, &it.cheaper_algo), "busyness at `busyness`");
    assert_eq!((known(&it.http_timeout), known(&it.max_worker_lifetime)), (Some(360.0), Some(3600.0)));
    assert_eq!(known(&it.reload_on_rss), Some(300 * 1024 * 1024));
    let (repo, it) = with("CMD uwsgi --socket :3031 --cheaper 1 -w app", &[]);
    assert_eq!(said(&repo, &it.backlog), "100 by default of uWSGI listen");
    assert_eq!(said(&repo, &it.cheaper_algo), "spare by default of uWSGI cheaper-algo");
    assert_eq!(known(&it.max_worker_lifetime), Some(0.0));
    assert!(it.http_timeout.is_absent() && matches!(it.reload_on_rss, Fact::Unbounded(_)));
}

#[test]
fn mod_wsgi_has_threads_whether_or_not_it_is_told() {
    let (repo, it) = with("CMD WSGIDaemonProcess shop processes=2 threads=25 maximum-requests=500", &[]);
    assert_eq!((known(&it.program), known(&it.mode)), (Some(Program::ModWsgi), Some(Mode::WsgiThreads)));
    assert_eq!((said(&repo, &it.processes), said(&repo, &it.threads)), ("2 at `2`".into(), "25 at `25`".into()));
    assert_eq!((known(&it.slots), known(&it.max_requests)), (Some(25), Some(500)));
    let (repo, it) = with("CMD WSGIDaemonProcess shop", &[]);
    assert_eq!(said(&repo, &it.processes), "1 by default of mod_wsgi processes");
    assert_eq!(said(&repo, &it.threads), "15 by default of mod_wsgi threads");
    let (repo, it) = with("CMD mod_wsgi-express start-server shop/wsgi.py --port 8080 --processes 4", &[]);
    assert_eq!((known(&it.processes), known(&it.port), known(&it.timeout)), (Some(4), Some(8080), Some(60.0)));
    assert_eq!(said(&repo, &it.threads), "5 by default of mod_wsgi-express threads");
}

#[test]
fn pulpcore_is_gunicorn_with_a_class_of_its_own() {
    let line = "CMD [\"pulpcore-api\", \"--bind\", \"[::]:8000\", \"--workers\", \"4\", \"--timeout\", \"90\"]";
    let (repo, it) = with(line, &[]);
    assert_eq!((known(&it.program), known(&it.mode)), (Some(Program::Gunicorn), Some(Mode::WsgiSync)));
    assert_eq!((said(&repo, &it.processes), known(&it.port)), ("4 at `4`".into(), Some(8000)));
    assert_eq!(said(&repo, &it.max_requests), "unknown: pulpcore's version decides it");
    let (_, it) = with("CMD [\"pulpcore-content\"]", &[]);
    assert_eq!((known(&it.mode), known(&it.port)), (Some(Mode::AsgiOther), Some(24816)));
    let (_, it) = with("CMD [\"pulpcore-worker\"]", &[]);
    assert_eq!((known(&it.mode), known(&it.slots)), (Some(Mode::Single), Some(1)));
}
