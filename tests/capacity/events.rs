//! A simulation by events: users think, wait for a slot, then for a CPU, wait a while for nobody, wait for a connection,
//! and give the slot back. All times are exponential, all queues first come first served.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What is simulated; times in milliseconds.
pub(crate) struct System {
    pub(crate) slots: usize,
    pub(crate) servers: usize,
    pub(crate) cpu: f64,
    pub(crate) pool: usize,
    pub(crate) query: f64,
    pub(crate) delay: f64,
    pub(crate) think: f64,
    pub(crate) users: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Thought,
    Computed,
    Waited,
    Queried,
}

/// Something of which there are so many, with who waits for it.
struct Queue {
    free: usize,
    waiting: VecDeque<usize>,
}

impl Queue {
    fn take(&mut self, user: usize) -> bool {
        if self.free > 0 {
            self.free -= 1;
            return true;
        }
        self.waiting.push_back(user);
        false
    }

    fn give(&mut self) -> Option<usize> {
        let next = self.waiting.pop_front();
        self.free += usize::from(next.is_none());
        next
    }
}

impl System {
    /// The completed requests a second over so many requests, after a tenth of them.
    pub(crate) fn run(&self, requests: usize) -> f64 {
        let mut seed = 1u64;
        let mut time_of = move |mean: f64| {
            // xorshift64*, which shares nothing with the library's generator.
            seed ^= seed >> 12;
            seed ^= seed << 25;
            seed ^= seed >> 27;
            let unit = (seed.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 53) as f64;
            -mean * (1.0 - unit).ln()
        };
        let queue = |free| Queue { free, waiting: VecDeque::new() };
        let (mut slots, mut cpus, mut pool) = (queue(self.slots), queue(self.servers), queue(self.pool));
        let mut events = BinaryHeap::new();
        // Times in whole picoseconds have an order.
        let at = |time: f64| (time * 1e9) as u64;
        let mut schedule = |events: &mut BinaryHeap<_>, now: f64, mean: f64, step: Step, user: usize| {
            events.push(Reverse((at(now + time_of(mean)), step, user)));
        };
        for user in 0..self.users {
            schedule(&mut events, 0.0, self.think, Step::Thought, user);
        }
        let (mut done, mut start) = (0usize, 0.0);
        while let Some(Reverse((time, step, user))) = events.pop() {
            let now = time as f64 / 1e9;
            match step {
                Step::Thought => {
                    if slots.take(user) && cpus.take(user) {
                        schedule(&mut events, now, self.cpu, Step::Computed, user);
                    }
                }
                Step::Computed => {
                    if let Some(next) = cpus.give() {
                        schedule(&mut events, now, self.cpu, Step::Computed, next);
                    }
                    schedule(&mut events, now, self.delay, Step::Waited, user);
                }
                Step::Waited => {
                    if pool.take(user) {
                        schedule(&mut events, now, self.query, Step::Queried, user);
                    }
                }
                Step::Queried => {
                    if let Some(next) = pool.give() {
                        schedule(&mut events, now, self.query, Step::Queried, next);
                    }
                    if let Some(next) = slots.give()
                        && cpus.take(next)
                    {
                        schedule(&mut events, now, self.cpu, Step::Computed, next);
                    }
                    schedule(&mut events, now, self.think, Step::Thought, user);
                    done += 1;
                    if done == requests / 10 {
                        start = now;
                    }
                    if done == requests {
                        return 1000.0 * (requests - requests / 10) as f64 / (now - start);
                    }
                }
            }
        }
        0.0
    }
}
