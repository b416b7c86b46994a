//! What a program of Python calls when it is run: `uvicorn.run("app.main:app", workers=4)`, and what its classes set.

use crate::facts::python::{CallSite, EventKind, Module, When};
use crate::link::server::ServerCall;
use crate::link::values::{self, Code, ModuleId, PyValue};
use crate::source::Span;
use crate::stack::{Fact, Why};
use crate::syntax::python::{Expr, ExprKind};

use super::{Place, locate, settings};

/// Calls that serve until the process ends.
const SERVERS: &[&str] = &[
    "uvicorn.run",
    "waitress.serve",
    "gevent.pywsgi.WSGIServer",
    "grpc.server",
    "rq.Worker",
    "rq.SimpleWorker",
    "rq.SpawnWorker",
    "rq.worker.Worker",
    "rq.worker.SimpleWorker",
    "rq.worker.SpawnWorker",
];
/// Functions that a program calls when it is run, by custom: what they call counts when nothing else in the module serves.
const STARTS: &[&str] = &["main", "run", "start", "serve", "run_server", "start_server"];

/// The server that a script (`app/main.py`) or module (`app`, which is `app.__main__`) becomes when it is run, if its code
/// has exactly one call that serves.
pub fn server_call(code: &Code, place: &Place<'_>, named: &str) -> Option<ServerCall> {
    let id = match named.ends_with(".py") {
        true => locate::application(code, place, named)?.0,
        false => {
            locate::module(code, place, &format!("{named}.__main__")).or_else(|| locate::module(code, place, named))?
        }
    };
    Some(read(code, place, id, serving_call(code.module(id)?)?))
}

/// Every module that becomes a server when it is run, by its path, with the call that serves.
pub fn serving(code: &Code) -> impl Iterator<Item = (&str, Span)> {
    code.iter().filter_map(|(_, module)| Some((&*module.path, serving_call(module)?.span)))
}

/// The one call of a module that serves when it is run.
fn serving_call(module: &Module) -> Option<&CallSite> {
    // `app.run()` is Flask's when `app` is.
    let flask = |name: &str| {
        let bound = name.strip_suffix(".run");
        module
            .calls
            .iter()
            .any(|site| site.name.ends_with("Flask") && site.bound.as_deref() == bound && bound.is_some())
    };
    let mut sites = module.calls.iter().filter(|site| SERVERS.contains(&&*site.name) || flask(&site.name));
    let site = sites.next()?;
    let is_run = site.when == When::Import || STARTS.contains(&&*site.within);
    (sites.next().is_none() && is_run).then_some(site)
}

fn read(code: &Code, place: &Place<'_>, id: ModuleId, site: &CallSite) -> ServerCall {
    let evaluator = locate::evaluator(code, place, None, None);
    let word = |value: &PyValue| match value {
        PyValue::Bool(true) => Some(Box::from("True")),
        PyValue::Bool(false) => Some(Box::from("False")),
        _ => None,
    };
    let text = |value: Fact<PyValue>| {
        let is_truth = match &value {
            Fact::Known(sourced) => word(&sourced.value).is_some(),
            Fact::OneOf(branches) => branches.iter().all(|(_, sourced)| word(&sourced.value).is_some()),
            _ => false,
        };
        if is_truth { value.map(|it| word(&it).unwrap_or_default()) } else { values::text(value) }
    };
    // The application is the second argument of gevent's.
    let nth = usize::from(site.name.starts_with("gevent"));
    let given = site.call.args.get(nth).or_else(|| site.call.keyword("app"));
    let named = given.map(|app| (app.span, values::text(evaluator.expr(id, app)).known().cloned()));
    let own = code.module(id).map(|module| module.path.trim_end_matches(".py").replace('/', "."));
    let by_name = matches!(&named, Some((_, Some(_))));
    let application = named.and_then(|(span, name)| Some((name.or_else(|| own.map(Into::into))?, span)));
    let keyword = |it: &crate::syntax::python::Keyword| {
        Some((it.name.as_ref()?.value.clone(), text(evaluator.expr_within(id, &site.within, &it.value))))
    };
    let open = site.call.keywords.iter().find(|it| it.name.is_none());
    let is_known = SERVERS.contains(&&*site.name);
    let mut keywords: Vec<_> = site.call.keywords.iter().filter_map(keyword).collect();
    keywords.extend(given_otherwise(code, id, site, &|within, expr| text(evaluator.expr_within(id, within, expr))));
    ServerCall {
        name: if is_known { site.name.clone() } else { "flask.run".into() },
        application,
        by_name,
        keywords,
        open: open.map(|it| Why::at("perhaps among what `**` gives", it.span)),
        span: site.span,
    }
}

/// What a server is told by other than keywords: the port of gevent's address, the threads of gRPC's pool and the port
/// that it is given by a call of its own.
fn given_otherwise(
    code: &Code,
    id: ModuleId,
    site: &CallSite,
    text: &dyn Fn(&str, &Expr) -> Fact<Box<str>>,
) -> Vec<(Box<str>, Fact<Box<str>>)> {
    let port = |address: &Expr| match &address.kind {
        ExprKind::Tuple(parts) => parts.get(1).map(|port| text(&site.within, port)),
        _ => Some(text(&site.within, address)),
    };
    let mut found: Vec<(&str, Fact<Box<str>>)> = Vec::new();
    match &*site.name {
        "gevent.pywsgi.WSGIServer" => {
            let address = site.call.args.first().or_else(|| site.call.keyword("listener"));
            found.extend(address.and_then(port).map(|port| ("port", port)));
        }
        "grpc.server" => {
            let pool = site.call.args.first().or_else(|| site.call.keyword("thread_pool"));
            if let Some(Expr { kind: ExprKind::Call(pool), .. }) = pool {
                let workers = pool.args.first().or_else(|| pool.keyword("max_workers"));
                found.extend(workers.map(|workers| ("max_workers", text(&site.within, workers))));
            } else {
                found.extend(
                    pool.map(|pool| ("max_workers", Fact::Unknown(Why::at("its pool is made elsewhere", pool.span)))),
                );
            }
            let most = site.call.args.get(4);
            found.extend(most.map(|most| ("maximum_concurrent_rpcs", text(&site.within, most))));
            let binds =
                |it: &&CallSite| it.name.ends_with(".add_insecure_port") || it.name.ends_with(".add_secure_port");
            let mut ports = code.module(id).into_iter().flat_map(|module| module.calls.iter().filter(binds));
            if let (Some(only), None) = (ports.next(), ports.next()) {
                found.extend(only.call.args.first().map(|address| ("port", text(&only.within, address))));
            }
        }
        _ => {}
    }
    found.into_iter().map(|(name, fact)| (name.into(), fact)).collect()
}

/// What a class sets an attribute to (`app.worker.WorkerSettings`, `max_jobs`), as text; with no class, what Django's
/// settings say at a path (`Q_CLUSTER.workers`). Absent when it is not set, unknown when the class is not here.
pub fn class_setting(code: &Code, place: &Place<'_>, class: &str, name: &str) -> Fact<Box<str>> {
    if class.is_empty() {
        return match settings::find(code, place, None, &[], None) {
            Ok(choice) => {
                let path: Vec<&str> = name.split('.').collect();
                let evaluator = locate::evaluator(code, place, None, Some(&choice));
                values::text(evaluator.setting(choice.first(), &path))
            }
            Err(why) => Fact::Unknown(why),
        };
    }
    let unknown = || Fact::unknown(format!("`{class}` is not in these files"));
    let Some((module, class)) = class.rsplit_once('.') else { return unknown() };
    let Some(id) = locate::module(code, place, module) else { return unknown() };
    let Some(found) = code.module(id).and_then(|it| it.classes.iter().find(|it| *it.name.value == *class)) else {
        return unknown();
    };
    let set = found.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Set { path, value } if *path.root == *name && path.steps.is_empty() => Some(value),
        _ => None,
    });
    match set {
        Some(value) => values::text(locate::evaluator(code, place, None, None).expr(id, value)),
        None if found.bases.is_empty() => Fact::Absent,
        None => Fact::Unknown(Why::at("perhaps set by a class that it is made from", found.name.span)),
    }
}

#[cfg(test)]
#[path = "started_tests.rs"]
mod tests;
