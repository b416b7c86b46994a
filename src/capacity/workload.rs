//! What is usual of a request where nobody says better: low, likely and high values, and what they rest on.

use super::band::Band;
use super::input::Unit;

/// What is usual of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Typical {
    /// Its symbol, which is also the key by which a better value is said.
    pub symbol: &'static str,
    /// What it is, in words.
    pub what: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// What it may be.
    pub band: Band,
    /// Why that, as the rest of a sentence.
    pub because: &'static str,
}

const fn ms(symbol: &'static str, what: &'static str, band: [f64; 3], because: &'static str) -> Typical {
    Typical { symbol, what, unit: Unit::Milliseconds, band: band_of(band), because }
}

const fn band_of([low, likely, high]: [f64; 3]) -> Band {
    Band { low, likely, high }
}

/// What is usual of the input of this symbol; `django` for an application of Django, which does more for each request.
///
/// The low ends are near what an empty endpoint was measured to take (0.4 ms for FastAPI, 0.6 for Django under WSGI, 1.5
/// under ASGI; 0.1–0.4 ms of CPU for a query's driver and mapper, 0.1–0.25 ms of the server's CPU for a query of one row,
/// 7–13 ms for a connection with SCRAM over loopback); the likely and high ends are judgement, and said to be.
pub fn typical(symbol: &str, django: bool) -> Option<Typical> {
    let cpu = if django {
        ms(
            "c",
            "CPU of the application for each request, its queries' not counted",
            [8.0, 20.0, 60.0],
            "usual for views of Django; an empty one takes 0.6 ms",
        )
    } else {
        ms(
            "c",
            "CPU of the application for each request, its queries' not counted",
            [3.0, 8.0, 25.0],
            "usual for an API that answers with JSON; an empty endpoint takes 0.4 ms",
        )
    };
    let all = [
        cpu,
        ms(
            "c_q",
            "CPU of the application for each query: driver and mapper",
            [0.2, 0.5, 1.0],
            "0.1 ms were measured for a bare cursor, 0.4 ms for a mapper",
        ),
        Typical {
            symbol: "q",
            what: "queries for each request",
            unit: Unit::Count,
            band: band_of([2.0, 5.0, 12.0]),
            because: "usual; the log of the ORM or `pg_stat_statements` says it",
        },
        ms(
            "d",
            "time of each query with its way there and back",
            [1.0, 3.0, 12.0],
            "usual for a database in the same network",
        ),
        ms(
            "d_c",
            "CPU of the database for each query",
            [0.1, 0.5, 2.0],
            "0.1 to 0.25 ms were measured for a query of one row",
        ),
        ms(
            "k",
            "time to open a connection to the database",
            [3.0, 8.0, 30.0],
            "7 to 13 ms were measured with SCRAM and without TLS",
        ),
        ms("k_a", "CPU of the application to open a connection", [1.0, 3.0, 5.0], "3 ms were measured with SCRAM"),
        ms("k_d", "CPU of the database to open a connection", [1.0, 3.0, 5.0], "3.4 ms were measured with SCRAM"),
        ms(
            "e",
            "waits of each request for other services",
            [0.0, 0.0, 300.0],
            "nothing says that requests wait for other services, and nothing says that they do not",
        ),
        Typical {
            symbol: "h",
            what: "share of the application's CPU during which a connection is held",
            unit: Unit::Share,
            band: band_of([0.2, 0.5, 1.0]),
            because: "0.2 to 0.3 were measured of endpoints that only ask, 1 of one that works on what it found",
        },
        Typical {
            symbol: "h_e",
            what: "share of the other waits during which a connection is held",
            unit: Unit::Share,
            band: band_of([0.5, 0.9, 1.0]),
            because: "a session is given back when its request ends, unless the code gives it back before",
        },
        ms(
            "r",
            "time of each request's commands to Redis",
            [0.2, 1.0, 5.0],
            "usual for a few commands in the same network",
        ),
        ms("p", "CPU of the proxy for each answer", [0.1, 0.3, 1.0], "0.1 ms were measured for passing one on"),
        Typical {
            symbol: "eta",
            what: "share of the capacity at which users are counted",
            unit: Unit::Share,
            band: band_of([0.75, 0.75, 0.75]),
            because: "waits grow fast beyond it",
        },
        Typical {
            symbol: "b",
            what: "size of an answer",
            unit: Unit::Kilobytes,
            band: band_of([5.0, 20.0, 100.0]),
            because: "usual for JSON",
        },
        Typical {
            symbol: "worker_memory",
            what: "memory of one process of the application",
            unit: Unit::Megabytes,
            band: band_of([if django { 50.0 } else { 75.0 }, 150.0, 400.0]),
            because: "usual; 50 MB were measured of Django and 75 of FastAPI with SQLAlchemy that do nothing yet",
        },
        Typical {
            symbol: "mean_load",
            what: "mean rate of requests over a month, as a share of the goal's",
            unit: Unit::Share,
            band: band_of([0.1, 0.25, 0.5]),
            because: "nights and weekends ask less",
        },
        Typical {
            symbol: "cpus",
            what: "CPUs of a container",
            unit: Unit::Count,
            band: band_of([2.0, 4.0, 8.0]),
            because: "no file limits them, and none says what the host has",
        },
    ];
    all.into_iter().find(|it| it.symbol == symbol)
}
