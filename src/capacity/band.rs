//! What is known of a number: a low, a likely and a high value; and the generator that draws from it.

/// A number between two ends, most likely at a third. All three are alike where it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// One in ten thousand is lower, as far as anybody knows: none.
    pub low: f64,
    /// What it is most likely.
    pub likely: f64,
    /// None is higher.
    pub high: f64,
}

impl Band {
    /// A number that is known; it may be infinite, for what has no limit.
    pub const fn point(value: f64) -> Self {
        Self { low: value, likely: value, high: value }
    }

    /// A number that is not; the values are put in order.
    pub fn new(low: f64, likely: f64, high: f64) -> Self {
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        Self { low, likely: likely.clamp(low, high), high }
    }

    /// Whether it is known.
    pub fn is_point(&self) -> bool {
        self.low == self.high
    }

    /// The value below which a share `u` of it lies, `0 ≤ u ≤ 1`: triangular over the logarithm, for service times
    /// differ by factors and not by sums; over `ln(1 + x)` where it may be 0.
    pub fn at(&self, u: f64) -> f64 {
        if self.is_point() {
            return self.likely;
        }
        let zero = self.low <= 0.0;
        let to = |x: f64| if zero { x.max(0.0).ln_1p() } else { x.ln() };
        let (low, likely, high) = (to(self.low), to(self.likely), to(self.high));
        let (rise, whole) = (likely - low, high - low);
        let turn = rise / whole;
        let x = if u < turn {
            low + (u * whole * rise).sqrt()
        } else {
            high - ((1.0 - u) * whole * (high - likely)).sqrt()
        };
        let value = if zero { x.exp_m1() } else { x.exp() };
        value.clamp(self.low, self.high)
    }
}

/// Melissa O'Neill's PCG-XSH-RR 64/32: the same numbers on every machine and in every run.
#[derive(Clone, Debug)]
pub struct Pcg {
    state: u64,
}

impl Pcg {
    const MULTIPLIER: u64 = 6_364_136_223_846_793_005;
    /// Twice the number of the sequence, and one: that of the published example.
    const INCREMENT: u64 = 54 << 1 | 1;

    /// The generator that starts from this seed.
    pub fn new(seed: u64) -> Self {
        let mut own = Self { state: seed.wrapping_add(Self::INCREMENT) };
        own.step();
        own
    }

    /// A number of which `0 ≤ u < 1`.
    pub fn unit(&mut self) -> f64 {
        f64::from(self.step()) / (f64::from(u32::MAX) + 1.0)
    }

    fn step(&mut self) -> u32 {
        let old = self.state;
        self.state = old.wrapping_mul(Self::MULTIPLIER).wrapping_add(Self::INCREMENT);
        let shifted = (((old >> 18) ^ old) >> 27) as u32;
        shifted.rotate_right((old >> 59) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_the_published_one() {
        // The first numbers that the reference's own demonstration prints for seed 42 and sequence 54.
        let mut one = Pcg::new(42);
        let first: Vec<u32> = (0..6).map(|_| one.step()).collect();
        assert_eq!(first, [0xa15c_02b7, 0x7b47_f409, 0xba1d_3330, 0x83d2_f293, 0xbfa4_784b, 0xcbed_606e]);
        let mean: f64 = (0..10_000).map(|_| one.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
    }

    #[test]
    fn quantiles_run_from_low_to_high_by_way_of_the_likely_value() {
        for band in [Band::new(3.0, 8.0, 25.0), Band::new(0.0, 0.0, 300.0), Band::new(0.5, 0.9, 1.0)] {
            let mut last = band.low;
            for step in 0..=100 {
                let value = band.at(f64::from(step) / 100.0);
                assert!(value >= last && value <= band.high, "{band:?} at {step}: {value}");
                last = value;
            }
            assert!((band.at(0.0) - band.low).abs() < 1e-9 && (band.at(1.0) - band.high).abs() < 1e-9);
        }
        assert_eq!(Band::point(7.0).at(0.3), 7.0);
    }
}
