use super::*;
use crate::capacity::demand::{Held, Seen, Work};
use crate::capacity::input::{Inputs, Source, Unit};
use crate::capacity::model::App;

fn input(symbol: &str, value: f64) -> Input {
    Input {
        symbol: symbol.into(),
        what: symbol.into(),
        unit: Unit::Count,
        band: Band::point(value),
        source: Source::Said("test".into()),
        key: None,
    }
}

/// Four processes with a pool of ten each: 4 of CPU by `cpu` ms, a database with `db_cpus` and room for `room` connections.
fn model(cpu: f64, db_cpus: f64, room: f64) -> Model {
    let mut inputs = Inputs::default();
    let mut add = |symbol: &str, value: f64| inputs.add(input(symbol, value));
    let (zero, one) = (add("zero", 0.0), add("one", 1.0));
    let (replicas, processes, cpus) = (add("replicas", 1.0), add("processes", 4.0), add("cpus", 4.0));
    let (pool, most, db) = (add("pool", 10.0), add("most", room), add("db.cpus", db_cpus));
    let work = Work {
        cpu: add("c", cpu),
        query_cpu: add("c_q", 1.0),
        queries: add("q", 5.0),
        query: add("d", 3.0),
        query_db_cpu: add("d_c", 1.0),
        connect: zero,
        connect_cpu: zero,
        connect_db_cpu: zero,
        elsewhere: zero,
        held: Held::Share(zero),
        redis: None,
        transfer: None,
        proxy_cpu: None,
        answer: None,
        other_cpu: None,
        connects: false,
        seen: Seen::default(),
        cached: None,
    };
    let queue = WhenFull::Queue { timeout: None };
    let resource = |kind, owner: &str, servers, hold| Resource {
        kind,
        owner: owner.into(),
        servers,
        hold,
        when_full: queue,
        asked: None,
    };
    let all = vec![replicas, processes, pool];
    let mut backends = resource(Kind::Backends, "db", Count::Less(most, Vec::new()), Hold::Connection);
    backends.when_full = WhenFull::Reject;
    backends.asked = Some(Count::Product(all.clone()));
    let resources = vec![
        resource(Kind::AppCpu, "web", Count::Cores { replicas, processes, cpus }, Hold::AppCpu),
        resource(Kind::Pool, "web", Count::Product(all), Hold::Connection),
        resource(Kind::DbCpu, "db", Count::Product(vec![db]), Hold::DbCpu),
        backends,
    ];
    let app = App { name: "web".into(), replicas, processes, looped: false, connects_freely: false, leaks: None };
    Model { app, inputs, work, slow: None, resources, think: None, users: None, headroom: one, open: Vec::new() }
}

fn offer(part: Part) -> Offer {
    let (owner, inputs) = match part {
        Part::Replica => ("web", Vec::new()),
        Part::ReadReplica => ("db", vec![input("reads", 0.6)]),
        Part::Cache => ("db", vec![input("hits", 0.5), input("g", 0.5), input("g_c", 0.1)]),
        Part::Pooler | Part::Sentinel => ("db", Vec::new()),
    };
    Offer { part, owner: owner.into(), inputs, hold: Hold::Transaction, needs: Vec::new() }
}

fn added(model: &Model, parts: &[Part]) -> Vec<Added> {
    let offers: Vec<Offer> = parts.iter().map(|it| offer(*it)).collect();
    add(0, model, model, &offers)
}

fn shown(all: &[Added]) -> Vec<(Part, bool, f64)> {
    all.iter().map(|it| (it.offer.part, it.made, (it.gain.likely * 100.0).round() / 100.0)).collect()
}

#[test]
fn a_second_container_doubles_what_binds_and_no_database() {
    // 4 CPUs by 20 + 5 ms; the database has 4 by 5 ms.
    let all = added(&model(20.0, 4.0, 1000.0), &[Part::Replica, Part::ReadReplica, Part::Sentinel]);
    assert_eq!(
        shown(&all),
        [(Part::Replica, true, 2.0), (Part::ReadReplica, false, 1.0), (Part::Sentinel, false, 1.0)]
    );
    assert_eq!((all[0].before.rate.likely, all[0].after.rate.likely), (160.0, 320.0));
    // It matters where the database's CPU gives out.
    assert_eq!(all[1].lifts, [(Kind::DbCpu, "db".into(), 800.0)]);
}

#[test]
fn a_copy_of_the_database_takes_its_share_of_the_queries() {
    // 1 CPU of the database by 5 ms; with a copy that takes 60 %, the copy is the one that gives out.
    let all = added(&model(1.0, 1.0, 1000.0), &[Part::ReadReplica]);
    assert_eq!(shown(&all), [(Part::ReadReplica, true, 1.67)]);
}

#[test]
fn a_cache_saves_queries_and_not_the_views_own_cpu() {
    let all = added(&model(20.0, 4.0, 1000.0), &[Part::Cache]);
    // 25 ms become 20 + 2.5 + 5 · 0.1.
    assert_eq!((all[0].offer.part, all[0].made), (Part::Cache, true));
    assert!((all[0].gain.likely - 25.0 / 23.0).abs() < 1e-9, "{:?}", all[0].gain);
}

#[test]
fn a_pooler_comes_where_pools_ask_for_more_than_there_is_and_before_what_asks_for_more() {
    assert_eq!(shown(&added(&model(20.0, 4.0, 1000.0), &[Part::Pooler])), [], "there is room for all");
    let all = added(&model(20.0, 4.0, 30.0), &[Part::Pooler]);
    assert_eq!((all[0].before.failing.len(), all[0].after.failing.len(), all[0].asked), (1, 0, Some((40.0, 30.0))));
    // 40 of 50 are asked for, and 80 with a second container.
    let all = added(&model(20.0, 4.0, 50.0), &[Part::Replica, Part::Pooler]);
    assert_eq!(shown(&all), [(Part::Pooler, true, 1.0), (Part::Replica, true, 2.0)]);
    assert_eq!(all[1].after.failing, []);
}

#[test]
fn figures_have_their_bounds_and_pairs_are_drawn_alike() {
    let mut model = model(20.0, 4.0, 1000.0);
    let c = model.work.cpu;
    model.inputs.get_mut(c).band = Band::new(10.0, 20.0, 60.0);
    let all = added(&model, &[Part::Replica]);
    let (rate, gain) = (all[0].after.rate, all[0].gain);
    assert!(rate.low < rate.likely && rate.likely < rate.high, "{rate:?}");
    assert_eq!((gain.low, gain.likely, gain.high), (2.0, 2.0, 2.0), "what nobody knows drops out");
}
