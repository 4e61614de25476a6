//! A token bucket that learns its rate: pure arithmetic over instants that it is given.
//!
//! Graph's budgets are documented only in part, change without notice and are shared with other
//! applications, so a rate cannot be written down. As TCP does for a network, the bucket starts
//! at full speed, halves its rate when told to slow down, and rises again while all is well, up
//! to where it began: by a twentieth for each success, so that a service which refuses one
//! request in five at random is not mistaken for one that is full.

use std::time::Duration;

use tokio::time::Instant;

/// Paces what costs something.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    /// The rate to rise back to, per second.
    ceiling: f64,
    /// The rate in force, per second.
    rate: f64,
    /// What may be spent at once, at full speed.
    burst: f64,
    /// What may be spent now; below zero when promised in advance.
    level: f64,
    /// When `level` was true.
    at: Instant,
    /// When the rate was last halved.
    slowed: Option<Instant>,
}

/// No documented service takes less than this, per second.
const FLOOR: f64 = 0.2;

/// Failures of requests that were under way together are one sign, not many.
const ONE_SIGN: Duration = Duration::from_secs(1);

impl Bucket {
    pub(super) fn new(rate: f64, burst: f64, now: Instant) -> Bucket {
        let (rate, burst) = (rate.max(FLOOR), burst.max(1.0));
        Bucket { ceiling: rate, rate, burst, level: burst, at: now, slowed: None }
    }

    /// Promises `cost` and says how long to wait before spending it. Promises are kept in order.
    pub(super) fn reserve(&mut self, cost: f64, now: Instant) -> Duration {
        self.refill(now);
        self.level -= cost;
        match self.level < 0.0 {
            true => Duration::from_secs_f64(-self.level / self.rate),
            false => Duration::ZERO,
        }
    }

    /// Learns that the service wants less.
    pub(super) fn slow_down(&mut self, now: Instant) {
        self.refill(now);
        self.level = self.level.min(0.0);
        if self.slowed.is_none_or(|then| now.saturating_duration_since(then) >= ONE_SIGN) {
            self.rate = (self.rate / 2.0).max(FLOOR).min(self.ceiling);
            self.slowed = Some(now);
        }
    }

    /// Learns that the service took one more.
    pub(super) fn speed_up(&mut self) {
        self.rate = (self.rate * 1.05).min(self.ceiling);
    }

    /// Whether the rate is below where it began.
    pub(super) fn is_slowed(&self) -> bool {
        self.rate < self.ceiling
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        let burst = (self.burst * self.rate / self.ceiling).max(1.0);
        self.level = (self.level + passed * self.rate).min(burst);
        self.at = now.max(self.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, seconds: f64) -> Instant {
        start + Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_burst_then_the_rate() {
        let now = Instant::now();
        let mut bucket = Bucket::new(1.0, 3.0, now);
        let waits: Vec<_> = (0..6).map(|_| bucket.reserve(1.0, now).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 1, 2, 3]);
        assert_eq!(bucket.reserve(1.0, after(now, 4.0)), Duration::ZERO);
    }

    #[test]
    fn it_never_saves_more_than_a_burst() {
        let now = Instant::now();
        let mut bucket = Bucket::new(1.0, 2.0, now);
        let later = after(now, 1000.0);
        let waits: Vec<_> = (0..3).map(|_| bucket.reserve(1.0, later).as_secs()).collect();
        assert_eq!(waits, [0, 0, 1]);
    }

    #[test]
    fn it_halves_once_for_one_sign_and_rises_again() {
        let now = Instant::now();
        let mut bucket = Bucket::new(100.0, 100.0, now);
        bucket.slow_down(now);
        bucket.slow_down(after(now, 0.5));
        assert_eq!(bucket.rate, 50.0);
        bucket.slow_down(after(now, 2.0));
        assert_eq!(bucket.rate, 25.0);
        (0..10_000).for_each(|_| bucket.speed_up());
        assert_eq!(bucket.rate, 100.0);
    }

    #[test]
    fn it_keeps_a_floor() {
        let now = Instant::now();
        let mut bucket = Bucket::new(1.0, 5.0, now);
        (0..50).for_each(|n| bucket.slow_down(after(now, f64::from(n) * 10.0)));
        assert_eq!(bucket.rate, FLOOR);
    }
}
