//! What one request asks of everything, in milliseconds: the holds, worked out from the workload.

use super::input::{InputId, Values};

/// How long a connection is held beside the queries: of the waits elsewhere and of the CPU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Held {
    /// This share of both.
    Share(InputId),
    /// A share of each.
    Shares {
        /// Of the waits.
        waits: InputId,
        /// Of the CPU.
        cpu: InputId,
    },
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
            Held::Shares { waits: of_waits, cpu: of_cpu } => {
                (waits * values[of_waits].clamp(0.0, 1.0), cpu * values[of_cpu].clamp(0.0, 1.0))
            }
            Held::Time(id) => {
                let first = values[id].clamp(0.0, waits);
                (first, (values[id] - first).clamp(0.0, cpu))
            }
        }
    }
}

/// What was measured of whole requests, which their parts must add up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The application's CPU for a request, its queries' counted: `c` is what they leave of it.
    pub app_cpu: Option<InputId>,
    /// How long a request held its slot.
    pub response: Option<Response>,
}

/// How long a request held its slot, as it was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The time.
    pub time: InputId,
    /// Whether it is only the most that the parts can come to: there is time in it that no slot was held.
    pub at_most: bool,
    /// Of the parts' inputs those that nobody states or measured, which give way.
    pub free: Vec<InputId>,
}

/// The parts of the time that a slot is held, in milliseconds.
struct Parts {
    cpu: f64,
    query_cpu: f64,
    waits: f64,
    elsewhere: f64,
    redis: f64,
    connect: f64,
}

impl Parts {
    fn sum(&self) -> f64 {
        self.cpu + self.connect + self.query_cpu + self.waits + self.elsewhere + self.redis
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
    /// `h`, `h_e`: how much of `c` and `e` a connection is held during.
    pub held: Held,
    /// `r`: the time of all commands to Redis.
    pub redis: Option<InputId>,
    /// The time that the client takes for the answer, after the application is done with it.
    pub transfer: Option<InputId>,
    /// The proxy's CPU.
    pub proxy_cpu: Option<InputId>,
    /// `b`: kilobytes of the answer, where the line that takes them is known.
    pub answer: Option<InputId>,
    /// CPU of anything else on the host.
    pub other_cpu: Option<InputId>,
    /// Whether every request opens a connection of its own.
    pub connects: bool,
    /// What was measured of the whole.
    pub seen: Seen,
    /// A cache that answers some of the queries, where one is put in.
    pub cached: Option<Cached>,
}

/// A cache before the database: what it answers is neither asked of the database nor put together by the driver, and asked
/// of the cache instead. The application's own work on it (`c`) stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cached {
    /// The share of the queries that it answers (0 to 1).
    pub hits: InputId,
    /// The time of a read, milliseconds.
    pub time: InputId,
    /// The application's CPU for a read, milliseconds.
    pub cpu: InputId,
}

/// What the average request asks for, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    /// `S_slot = c + k + q·(c_q + d) + e + r`: from its start in the server to its end.
    pub slot: f64,
    /// `S_conn = k + q·(c_q + d) + h·c + h_e·e`: while a connection is held.
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
    /// `8·b`: how long a line of one megabit a second is busy with the answer.
    pub line: f64,
}

impl Work {
    /// What such a request asks for.
    pub fn demand(&self, values: &Values) -> Demand {
        let of = |id: Option<InputId>| id.map_or(0.0, |id| values[id]);
        let per = |id: InputId| if self.connects { values[id] } else { 0.0 };
        let queries = values[self.queries];
        let (connect, connect_cpu, connect_db) = (per(self.connect), per(self.connect_cpu), per(self.connect_db_cpu));
        let mut parts = Parts {
            cpu: values[self.cpu],
            query_cpu: queries * values[self.query_cpu],
            waits: queries * values[self.query],
            elsewhere: values[self.elsewhere],
            redis: of(self.redis),
            connect,
        };
        if let Some(whole) = self.seen.app_cpu {
            let own = (values[whole] - connect_cpu).max(0.0);
            parts.query_cpu = parts.query_cpu.min(own);
            parts.cpu = own - parts.query_cpu;
        }
        if let Some(response) = &self.seen.response {
            self.fit(&mut parts, response, values[response.time]);
        }
        let hits = self.cached.map_or(0.0, |it| values[it.hits].clamp(0.0, 1.0));
        if let Some(cached) = self.cached {
            parts.query_cpu *= 1.0 - hits;
            parts.waits *= 1.0 - hits;
            // A read is asked for query by query, and misses are too.
            parts.cpu += queries * values[cached.cpu];
            parts.redis += queries * values[cached.time];
        }
        let Parts { cpu, query_cpu, waits, elsewhere, redis, .. } = parts;
        let (held_wait, held_cpu) = self.held.of(elsewhere, cpu, values);
        let app_cpu = cpu + query_cpu + connect_cpu;
        let db_cpu = queries * (1.0 - hits) * values[self.query_db_cpu] + connect_db;
        let proxy_cpu = of(self.proxy_cpu);
        Demand {
            slot: parts.sum(),
            connection: connect + query_cpu + waits + held_cpu + held_wait,
            connect,
            queries: waits,
            app_cpu,
            held_cpu: held_cpu + query_cpu + connect_cpu,
            db_cpu,
            host_cpu: app_cpu + db_cpu + proxy_cpu + of(self.other_cpu),
            redis,
            transfer: of(self.transfer),
            proxy_cpu,
            line: 8.0 * of(self.answer),
        }
    }

    /// Makes the parts add up to what was measured. What they lack is waiting that nobody told of, where nobody states
    /// `e`: it is in the slot's time, and no CPU may be read out of it. Of what they have too much, those give way, by
    /// one factor, that nobody knows.
    fn fit(&self, parts: &mut Parts, response: &Response, time: f64) {
        let lacking = time - parts.sum();
        if lacking >= 0.0 {
            if !response.at_most && response.free.contains(&self.elsewhere) {
                parts.elsewhere += lacking;
            }
            return;
        }
        let free = |ids: &[InputId]| ids.iter().any(|id| response.free.contains(id));
        let whole = self.seen.app_cpu.is_some();
        let mut giving: Vec<&mut f64> = Vec::new();
        if !whole && free(&[self.cpu]) {
            giving.push(&mut parts.cpu);
        }
        if !whole && free(&[self.queries, self.query_cpu]) {
            giving.push(&mut parts.query_cpu);
        }
        if free(&[self.queries, self.query]) {
            giving.push(&mut parts.waits);
        }
        if free(&[self.elsewhere]) {
            giving.push(&mut parts.elsewhere);
        }
        if self.redis.is_some_and(|id| free(&[id])) {
            giving.push(&mut parts.redis);
        }
        let all: f64 = giving.iter().map(|part| **part).sum();
        if all > 0.0 {
            let factor = ((all + lacking) / all).max(0.0);
            giving.into_iter().for_each(|part| *part *= factor);
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
            line: mix(self.line, other.line),
        }
    }
}
