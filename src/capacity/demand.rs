//! What one request asks of everything, in milliseconds: the holds, worked out from the workload.

use super::input::{InputId, Values};

/// How long a connection is held beside the queries: of the waits elsewhere and of the CPU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Held {
    /// This share of both.
    Share(InputId),
    /// So many milliseconds: of the waits first, and of the CPU what is left.
    Time(InputId),
}

impl Held {
    /// The milliseconds of the waits and of the CPU.
    fn of(self, waits: f64, cpu: f64, values: &Values) -> (f64, f64) {
        match self {
            Held::Share(id) => {
                let share = values[id].clamp(0.0, 1.0);
                (waits * share, cpu * share)
            }
            Held::Time(id) => {
                let first = values[id].clamp(0.0, waits);
                (first, (values[id] - first).clamp(0.0, cpu))
            }
        }
    }
}

/// The inputs of one class of requests. Times are milliseconds for each request unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// `c`: the application's CPU, its queries' not counted.
    pub cpu: InputId,
    /// `c_q`: the application's CPU for each query.
    pub query_cpu: InputId,
    /// `q`: the queries.
    pub queries: InputId,
    /// `d`: the time of each query, with the way there and back.
    pub query: InputId,
    /// `d_c`: the database's CPU for each query.
    pub query_db_cpu: InputId,
    /// `k`: the time to open a connection.
    pub connect: InputId,
    /// `k_a`: the application's CPU for that.
    pub connect_cpu: InputId,
    /// `k_d`: the database's CPU for that.
    pub connect_db_cpu: InputId,
    /// `e`: waits for anything but the database and Redis.
    pub elsewhere: InputId,
    /// `h`: how much of `c` and `e` a connection is held during.
    pub held: Held,
    /// `r`: the time of all commands to Redis.
    pub redis: Option<InputId>,
    /// The time that the client takes for the answer, after the application is done with it.
    pub transfer: Option<InputId>,
    /// The proxy's CPU.
    pub proxy_cpu: Option<InputId>,
    /// CPU of anything else on the host.
    pub other_cpu: Option<InputId>,
    /// Whether every request opens a connection of its own.
    pub connects: bool,
}

/// What the average request asks for, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    /// `S_slot = c + k + q·(c_q + d) + e + r`: from its start in the server to its end.
    pub slot: f64,
    /// `S_conn = k + q·(c_q + d) + h`: while a connection is held.
    pub connection: f64,
    /// `k`, or 0 where connections are kept.
    pub connect: f64,
    /// `q·d`: while queries run.
    pub queries: f64,
    /// `D_app = c + q·c_q + k_a`.
    pub app_cpu: f64,
    /// The part of that during which a connection is held.
    pub held_cpu: f64,
    /// `D_db = q·d_c + k_d`.
    pub db_cpu: f64,
    /// All CPU of a host that all share.
    pub host_cpu: f64,
    /// While Redis is asked.
    pub redis: f64,
    /// While the client takes the answer.
    pub transfer: f64,
    /// The proxy's CPU.
    pub proxy_cpu: f64,
}

impl Work {
    /// What such a request asks for.
    pub fn demand(&self, values: &Values) -> Demand {
        let of = |id: Option<InputId>| id.map_or(0.0, |id| values[id]);
        let per = |id: InputId| if self.connects { values[id] } else { 0.0 };
        let (cpu, queries, elsewhere) = (values[self.cpu], values[self.queries], values[self.elsewhere]);
        let (connect, connect_cpu, connect_db) = (per(self.connect), per(self.connect_cpu), per(self.connect_db_cpu));
        let query_cpu = queries * values[self.query_cpu];
        let waits = queries * values[self.query];
        let (held_wait, held_cpu) = self.held.of(elsewhere, cpu, values);
        let app_cpu = cpu + query_cpu + connect_cpu;
        let db_cpu = queries * values[self.query_db_cpu] + connect_db;
        let proxy_cpu = of(self.proxy_cpu);
        Demand {
            slot: cpu + connect + query_cpu + waits + elsewhere + of(self.redis),
            connection: connect + query_cpu + waits + held_cpu + held_wait,
            connect,
            queries: waits,
            app_cpu,
            held_cpu: held_cpu + query_cpu + connect_cpu,
            db_cpu,
            host_cpu: app_cpu + db_cpu + proxy_cpu + of(self.other_cpu),
            redis: of(self.redis),
            transfer: of(self.transfer),
            proxy_cpu,
        }
    }
}

impl Demand {
    /// The average of two classes, of which `share` (0 to 1) of all requests are of the other. By the utilisation law
    /// bounds over the averages are exact for a mix.
    #[must_use]
    pub fn mixed(self, other: Demand, share: f64) -> Demand {
        let mix = |a: f64, b: f64| a * (1.0 - share) + b * share;
        Demand {
            slot: mix(self.slot, other.slot),
            connection: mix(self.connection, other.connection),
            connect: mix(self.connect, other.connect),
            queries: mix(self.queries, other.queries),
            app_cpu: mix(self.app_cpu, other.app_cpu),
            held_cpu: mix(self.held_cpu, other.held_cpu),
            db_cpu: mix(self.db_cpu, other.db_cpu),
            host_cpu: mix(self.host_cpu, other.host_cpu),
            redis: mix(self.redis, other.redis),
            transfer: mix(self.transfer, other.transfer),
            proxy_cpu: mix(self.proxy_cpu, other.proxy_cpu),
        }
    }
}
