//! A closed network of queues, solved exactly: its throughput for each number of requests in it.
//!
//! Each station works at the rate `min(n, m)/D` while `n` requests are there, and some time is spent waiting for nobody. For
//! exponential service times (and any, at a station of processor sharing) the normalising constants of Gordon and
//! Newell, by Buzen's convolution, give the throughput exactly: `x(n) = G(n − 1) / G(n)`. All is kept in logarithms, for
//! the constants leave the range of floating point from a few hundred requests on.

/// A station: `servers` that work side by side, and the milliseconds of one of them that each request takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Station {
    /// How many there are; a part of one is a CPU that is rationed.
    pub servers: f64,
    /// The milliseconds of one.
    pub demand: f64,
}

/// A closed network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// Where requests queue.
    pub stations: Vec<Station>,
    /// The milliseconds for which each request waits for nobody.
    pub delay: f64,
}

impl Network {
    /// The time of a request that is alone, in milliseconds.
    pub fn alone(&self) -> f64 {
        self.stations.iter().map(|it| it.demand / it.servers.min(1.0)).sum::<f64>() + self.delay
    }

    /// The requests a second that are completed with `n` requests in it, for each `n` from 0 to `most`.
    pub fn throughput(&self, most: usize) -> Vec<f64> {
        // What is done in no time is never seen in the network.
        let mut constants: Option<Vec<f64>> = None;
        let stations = self.stations.iter().filter(|it| it.demand > 0.0).copied();
        let delay = (self.delay > 0.0).then_some(Station { servers: f64::INFINITY, demand: self.delay });
        for station in stations.chain(delay) {
            let own = station.weights(most);
            constants = Some(constants.map_or_else(|| own.clone(), |all| convolve(&all, &own)));
        }
        let Some(constants) = constants else {
            return (0..=most).map(|n| if n == 0 { 0.0 } else { f64::INFINITY }).collect();
        };
        let rate = |n: usize| match n {
            0 => 0.0,
            n => 1000.0 * (constants[n - 1] - constants[n]).exp(),
        };
        (0..=most).map(rate).collect()
    }
}

impl Station {
    /// The logarithms of `D^n / (μ(1)…μ(n))`, with `μ(n) = min(n, m)`.
    fn weights(&self, most: usize) -> Vec<f64> {
        let mut weight = 0.0;
        let mut out = Vec::with_capacity(most + 1);
        out.push(weight);
        for n in 1..=most {
            weight += self.demand.ln() - (n as f64).min(self.servers).ln();
            out.push(weight);
        }
        out
    }
}

/// The logarithms of the sums of products, from the logarithms.
fn convolve(a: &[f64], b: &[f64]) -> Vec<f64> {
    let sum = |n: usize| {
        let terms = || a[..=n].iter().zip(b[..=n].iter().rev()).map(|(a, b)| a + b);
        let top = terms().fold(f64::NEG_INFINITY, f64::max);
        top + terms().map(|term| (term - top).exp()).sum::<f64>().ln()
    };
    (0..a.len()).map(sum).collect()
}
