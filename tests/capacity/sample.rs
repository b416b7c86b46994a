//! Models made up for tests.

use plimsoll::capacity::{
    App, Band, Count, Held, Hold, Input, Inputs, Kind, Model, Resource, Slow, Source, Unit, WhenFull, Work,
};
use proptest::prelude::*;

/// The numbers of a model.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) processes: f64,
    pub(crate) slots: f64,
    pub(crate) cpus: f64,
    pub(crate) pool: f64,
    pub(crate) cpu: f64,
    pub(crate) queries: f64,
    pub(crate) query: f64,
    pub(crate) elsewhere: f64,
    pub(crate) looped: bool,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            processes: 2.0,
            slots: f64::INFINITY,
            cpus: 4.0,
            pool: 15.0,
            cpu: 5.0,
            queries: 5.0,
            query: 3.0,
            elsewhere: 0.0,
            looped: false,
        }
    }
}

pub(crate) fn any() -> impl Strategy<Value = Sample> {
    let slots = prop_oneof![Just(f64::INFINITY), (1u32..40).prop_map(f64::from)];
    let counts = (1u32..9, slots, 1u32..9, 1u32..60);
    let times = (0.5f64..40.0, 0u32..20, 0.5f64..50.0, 0.0f64..100.0, prop::bool::ANY);
    (counts, times).prop_map(|((processes, slots, cpus, pool), (cpu, queries, query, elsewhere, looped))| Sample {
        processes: f64::from(processes),
        slots,
        cpus: f64::from(cpus),
        pool: f64::from(pool),
        cpu,
        queries: f64::from(queries),
        query,
        elsewhere,
        looped,
    })
}

impl Sample {
    /// The same with one number grown; and whether the capacity may only grow with it, or only shrink.
    pub(crate) fn changed(&self, at: usize, factor: f64) -> (Sample, bool) {
        let mut new = self.clone();
        let (field, grows) = match at {
            0 => (&mut new.processes, true),
            1 => (&mut new.slots, true),
            2 => (&mut new.cpus, true),
            3 => (&mut new.pool, true),
            4 => (&mut new.cpu, false),
            5 => (&mut new.queries, false),
            6 => (&mut new.query, false),
            _ => (&mut new.elsewhere, false),
        };
        *field *= factor;
        (new, grows)
    }

    pub(crate) fn model(&self) -> Model {
        let mut inputs = Inputs::default();
        let mut add = |symbol: &str, value: f64| {
            inputs.add(Input {
                symbol: symbol.into(),
                what: symbol.into(),
                unit: Unit::Count,
                band: Band::point(value),
                source: Source::Said("test".into()),
                key: Some(symbol.into()),
            })
        };
        let one = add("one", 1.0);
        let replicas = add("replicas", 1.0);
        let processes = add("processes", self.processes);
        let slots = add("slots", self.slots);
        let cpus = add("cpus", self.cpus);
        let pool = add("pool", self.pool);
        let zero = add("zero", 0.0);
        let held = add("held", 1.0);
        let work = Work {
            cpu: add("c", self.cpu),
            query_cpu: add("c_q", 0.4),
            queries: add("q", self.queries),
            query: add("d", self.query),
            query_db_cpu: zero,
            connect: zero,
            connect_cpu: zero,
            connect_db_cpu: zero,
            elsewhere: add("e", self.elsewhere),
            held: Held::Share(held),
            redis: None,
            transfer: None,
            proxy_cpu: None,
            answer: None,
            other_cpu: None,
            connects: false,
            seen: plimsoll::capacity::Seen::default(),
            cached: None,
        };
        let queue = WhenFull::Queue { timeout: None };
        let resource =
            |kind, servers, hold| Resource { kind, owner: "web".into(), servers, hold, when_full: queue, asked: None };
        let product = |ids: &[_]| Count::Product(ids.to_vec());
        let resources = vec![
            resource(Kind::Slots, product(&[replicas, processes, slots]), Hold::Slot),
            resource(Kind::AppCpu, Count::Cores { replicas, processes, cpus }, Hold::AppCpu),
            resource(Kind::Pool, product(&[replicas, processes, pool]), Hold::Connection),
        ];
        let app =
            App { name: "web".into(), replicas, processes, looped: self.looped, connects_freely: false, leaks: None };
        Model { app, work, slow: None, resources, think: None, users: None, headroom: one, open: Vec::new(), inputs }
    }

    /// The same with slow requests among the others, which take so long for each query.
    pub(crate) fn with_slow(&self, share: f64, elsewhere: f64) -> Model {
        let mut model = self.model();
        let mut add = |symbol: &str, value: f64| {
            model.inputs.add(Input {
                symbol: symbol.into(),
                what: symbol.into(),
                unit: Unit::Count,
                band: Band::point(value),
                source: Source::Said("test".into()),
                key: None,
            })
        };
        let (share, elsewhere) = (add("slow_share", share), add("slow_e", elsewhere));
        model.slow = Some(Slow { share, work: Work { elsewhere, ..model.work.clone() } });
        model
    }
}

/// Makes every number of the workload unknown within a factor.
pub(crate) fn blur(model: &mut Model) {
    for symbol in ["c", "c_q", "q", "d", "e"] {
        blur_one(model, symbol, 3.0);
    }
}

/// Makes one unknown within a factor either way.
pub(crate) fn blur_one(model: &mut Model, symbol: &str, factor: f64) {
    let id = model.inputs.by_symbol(symbol).unwrap();
    let input = model.inputs.get_mut(id);
    let likely = input.band.likely;
    input.band = Band::new(likely / factor, likely, likely * factor);
}
