//! Exact mean value analysis for stations whose rate depends on their load (Reiser and Lavenberg, 1980), written without
//! a look at the convolution: by marginal probabilities, one customer at a time.

/// The throughput a second with 0 to `most` customers; `stations` are `(servers, demand in ms)`, `delay` is in ms.
pub(crate) fn throughput(stations: &[(f64, f64)], delay: f64, most: usize) -> Vec<f64> {
    // The probability that j customers are at station i, with one customer fewer in the network.
    let mut marginal: Vec<Vec<f64>> = stations.iter().map(|_| vec![1.0]).collect();
    let mut out = vec![0.0];
    for n in 1..=most {
        let mut response = delay;
        for ((servers, demand), at) in stations.iter().zip(&marginal) {
            for j in 1..=n {
                let rate = (j as f64).min(*servers) / demand;
                response += j as f64 / rate * at.get(j - 1).copied().unwrap_or(0.0);
            }
        }
        let throughput = n as f64 / response;
        for ((servers, demand), at) in stations.iter().zip(&mut marginal) {
            let mut next = vec![0.0; n + 1];
            for (j, share) in next.iter_mut().enumerate().skip(1) {
                let rate = (j as f64).min(*servers) / demand;
                *share = throughput / rate * at.get(j - 1).copied().unwrap_or(0.0);
            }
            next[0] = 1.0 - next[1..].iter().sum::<f64>();
            *at = next;
        }
        out.push(1000.0 * throughput);
    }
    out
}
