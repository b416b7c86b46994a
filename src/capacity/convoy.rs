//! What an event loop does to a pool: connections that are ready to be given back wait until the loop has run
//! everybody's CPU work.
//!
//! In one process with `C` connections and `c_h` milliseconds of CPU while a connection is held, a connection is worked on
//! for `S_conn − c_h` and waits for the CPU work of up to `C` others: `X_lo = C / (S_conn − c_h + C·c_h)`. The bound
//! `C / S_conn` is reached only when nobody ever waits for the loop. With 6 ms of CPU, a query of 50 ms and pools of 5, 15 and 40
//! connections 60, 99 and 127 requests a second were measured, where this says 61, 103 and 131 and the bound alone
//! 88, 143 (the CPU) and 143.

/// Requests a second that processes with a pool of their own each complete at least while all their connections are in use.
///
/// `processes` have `each` connections; a request holds one for `hold` ms, of which `cpu` ms are CPU of the event loop.
pub(super) fn lower(processes: f64, each: f64, hold: f64, cpu: f64) -> f64 {
    if !each.is_finite() {
        return if cpu > 0.0 { 1000.0 * processes / cpu } else { f64::INFINITY };
    }
    1000.0 * processes * each / (hold - cpu + each.max(1.0) * cpu)
}

#[cfg(test)]
mod tests {
    use super::lower;

    #[test]
    fn one_connection_meets_the_bound_and_many_meet_the_cpu() {
        assert!((lower(1.0, 1.0, 56.0, 6.0) - 1000.0 / 56.0).abs() < 1e-9);
        assert!((lower(2.0, f64::INFINITY, 56.0, 6.0) - 2000.0 / 6.0).abs() < 1e-9);
        assert!((lower(1.0, 1e9, 56.0, 6.0) - 1000.0 / 6.0).abs() < 1e-3);
    }
}
