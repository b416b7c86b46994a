//! What the user says of the load: the keys of `[assume.workload]`, and how their values are written.

/// What the value of a key counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkloadUnit {
    /// Milliseconds; `"8ms"`, `"1.5s"`, or a number of milliseconds.
    Milliseconds,
    /// Seconds; `"15s"`, `"500ms"`, or a number of seconds.
    Seconds,
    /// A number.
    Count,
    /// A number between 0 and 1, or `"40%"`.
    Share,
    /// Kilobytes; `"20KB"`, or a number of kilobytes.
    Kilobytes,
    /// Megabytes; `"150MB"`, or a number of megabytes.
    Megabytes,
    /// Megabits a second; `"1Gbit"`, or a number of megabits.
    Megabits,
}

/// A key of `[assume.workload]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkloadKey {
    /// The key, which is the symbol of the formulae.
    pub name: &'static str,
    /// What its value counts.
    pub unit: WorkloadUnit,
    /// What it is, for the schema.
    pub about: &'static str,
}

const fn key(name: &'static str, unit: WorkloadUnit, about: &'static str) -> WorkloadKey {
    WorkloadKey { name, unit, about }
}

/// All of them. A value may be one number, or `[low, high]`, or `[low, likely, high]`.
pub const WORKLOAD: &[WorkloadKey] = &[
    key("c", WorkloadUnit::Milliseconds, "CPU of the application for each request, its queries' not counted"),
    key("c_q", WorkloadUnit::Milliseconds, "CPU of the application for each query"),
    key("q", WorkloadUnit::Count, "Queries for each request"),
    key("d", WorkloadUnit::Milliseconds, "Time of each query, with its way there and back"),
    key("d_c", WorkloadUnit::Milliseconds, "CPU of the database for each query"),
    key("k", WorkloadUnit::Milliseconds, "Time to open a connection to the database"),
    key("k_a", WorkloadUnit::Milliseconds, "CPU of the application to open a connection"),
    key("k_d", WorkloadUnit::Milliseconds, "CPU of the database to open a connection"),
    key("e", WorkloadUnit::Milliseconds, "Waits of each request for other services"),
    key("r", WorkloadUnit::Milliseconds, "Time of each request's commands to Redis"),
    key("h", WorkloadUnit::Share, "Share of `c` during which a connection is held, and of `e` where `h_e` is not said"),
    key("h_e", WorkloadUnit::Share, "Share of `e` during which a connection is held"),
    key("h_t", WorkloadUnit::Milliseconds, "Time that a connection is held beside its queries; in the place of `h`"),
    key("b", WorkloadUnit::Kilobytes, "Size of an answer"),
    key("link", WorkloadUnit::Megabits, "What the line to clients carries in a second"),
    key("worker_memory", WorkloadUnit::Megabytes, "Memory of one process of the application"),
    key("mean_load", WorkloadUnit::Share, "Mean rate of requests over a month, as a share of the goal's"),
    key("p", WorkloadUnit::Milliseconds, "CPU of the proxy for each answer"),
    key("t", WorkloadUnit::Milliseconds, "Time that a client takes for an answer, after the application is done"),
    key("o", WorkloadUnit::Milliseconds, "CPU of everything else on the same host, for each request"),
    key(
        "slots",
        WorkloadUnit::Count,
        "Requests that one process works on at once: 1 where code blocks the event loop, 40 for `def` endpoints",
    ),
    key("host_cpus", WorkloadUnit::Count, "CPUs of the host, when everything runs on one"),
    key(
        "keys",
        WorkloadUnit::Count,
        "Keys (clients' addresses, users) that requests come from at once, for limits of a rate",
    ),
    key("think_time", WorkloadUnit::Seconds, "Time that a user thinks between two requests"),
    key("users", WorkloadUnit::Count, "Users at once to work out the load of"),
    key("task_time", WorkloadUnit::Seconds, "Time that a worker takes for a background task"),
    key("tasks", WorkloadUnit::Count, "Background tasks that each request starts, on average"),
    key("sockets", WorkloadUnit::Count, "WebSockets that each user keeps open"),
    key("messages", WorkloadUnit::Count, "Messages that each user sends to groups of WebSockets, a second"),
    key("hits", WorkloadUnit::Share, "Share of the queries that a cache would answer"),
    key("g", WorkloadUnit::Milliseconds, "Time of a read of that cache"),
    key("g_c", WorkloadUnit::Milliseconds, "CPU of the application for a read of that cache"),
    key("reads", WorkloadUnit::Share, "Share of the queries that a copy of the database may answer"),
    key("eta", WorkloadUnit::Share, "Share of the capacity at which users are counted"),
    key("slow_share", WorkloadUnit::Share, "Share of requests that are slow: reports, exports, uploads"),
    key("slow_c", WorkloadUnit::Milliseconds, "`c` of a slow request"),
    key("slow_q", WorkloadUnit::Count, "`q` of a slow request"),
    key("slow_d", WorkloadUnit::Milliseconds, "`d` of a slow request"),
    key("slow_e", WorkloadUnit::Milliseconds, "`e` of a slow request"),
];

impl WorkloadKey {
    /// The key of this name.
    pub fn of(name: &str) -> Option<&'static WorkloadKey> {
        WORKLOAD.iter().find(|it| it.name == name)
    }
}

impl WorkloadUnit {
    /// A value as it is written: `8ms`, `1.5s`, `40%`, `20KB`, or a bare number of the unit.
    pub(super) fn parse(self, text: &str) -> Option<f64> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let number: f64 = number.parse().ok()?;
        let factor = match (self, unit.trim()) {
            (_, "") => 1.0,
            (Self::Milliseconds, "ms") | (Self::Seconds, "s") => 1.0,
            (Self::Milliseconds, "s") => 1000.0,
            (Self::Milliseconds, "us" | "µs") => 0.001,
            (Self::Seconds, "ms") => 0.001,
            (Self::Seconds, "min") => 60.0,
            (Self::Share, "%") => 0.01,
            (Self::Kilobytes, "KB" | "kB" | "k" | "K") => 1.0,
            (Self::Kilobytes, "MB" | "M") => 1000.0,
            (Self::Kilobytes, "B") => 0.001,
            (Self::Megabytes, "MB" | "M") => 1.0,
            (Self::Megabytes, "MiB") => 1.048_576,
            (Self::Megabytes, "GB" | "G") => 1000.0,
            (Self::Megabytes, "GiB") => 1_073.741_824,
            (Self::Megabits, "Mbit" | "Mbit/s" | "Mbps") => 1.0,
            (Self::Megabits, "Gbit" | "Gbit/s" | "Gbps") => 1000.0,
            _ => return None,
        };
        self.check(number * factor)
    }

    /// A value of this unit, if it can be one.
    pub(super) fn check(self, value: f64) -> Option<f64> {
        let most = if self == Self::Share { 1.0 } else { 1e9 };
        (value.is_finite() && (0.0..=most).contains(&value)).then_some(value)
    }

    /// What is expected, for an error.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Milliseconds => "expected a time such as \"8ms\", or a number of milliseconds",
            Self::Seconds => "expected a time such as \"15s\", or a number of seconds",
            Self::Count => "expected a number, 0 or more",
            Self::Share => "expected a share between 0 and 1, or such as \"40%\"",
            Self::Kilobytes => "expected a size such as \"20KB\", or a number of kilobytes",
            Self::Megabytes => "expected a size such as \"150MB\", or a number of megabytes",
            Self::Megabits => "expected a rate such as \"1Gbit\", or a number of megabits a second",
        }
    }
}
