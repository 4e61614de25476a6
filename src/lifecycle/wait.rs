//! Bounded waiting for what Graph replicates.
//!
//! Graph answers a write before all its replicas know of it. What waits here asks again, sooner
//! first and later less often, until what it asks for is there or its time is up. It never sleeps
//! for a fixed time: the usual case asks once.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// A wait that is under way.
#[derive(Debug)]
pub(super) struct Wait {
    stop: CancellationToken,
    until: Instant,
    delay: Duration,
    longest: Duration,
    told: Option<Instant>,
    what: String,
}

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);
/// Between questions about what people or other systems do.
const PATIENT: Duration = Duration::from_secs(20);
/// After how long the log says what is being waited for.
const SILENCE: Duration = Duration::from_secs(10);

impl Wait {
    /// A wait for `what`, for `limit` at most.
    pub(super) fn new(what: String, limit: Duration, stop: &CancellationToken) -> Self {
        let now = Instant::now();
        Self {
            stop: stop.clone(),
            until: now + limit,
            delay: FIRST,
            longest: LONGEST,
            told: Some(now),
            what,
        }
    }

    /// The same wait for what takes minutes: it asks less and less often.
    pub(super) fn patient(self) -> Self {
        Self { longest: PATIENT, ..self }
    }

    /// Waits a little; false where the time is up or Terraform asked to stop.
    pub(super) async fn again(&mut self) -> bool {
        let now = Instant::now();
        if now >= self.until || self.stop.is_cancelled() {
            return false;
        }
        self.tell(now);
        // Jitter keeps the ten operations that Terraform runs at once from asking in step.
        let jittered = self.delay.mul_f64(0.75 + fastrand::f64() / 2.0);
        self.delay = (self.delay * 2).min(self.longest);
        let pause = jittered.min(self.until - now);
        tokio::select! {
            () = tokio::time::sleep(pause) => true,
            () = self.stop.cancelled() => false,
        }
    }

    fn tell(&mut self, now: Instant) {
        if self.told.is_some_and(|told| now.duration_since(told) >= SILENCE) {
            tracing::info!(target: "m365", "waiting for {}", self.what);
            self.told = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::fake::Messages;

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends() {
        let stop = CancellationToken::new();
        let start = Instant::now();
        let mut wait = Wait::new("a test".into(), Duration::from_secs(60), &stop);
        let mut tries = 0;
        while wait.again().await {
            tries += 1;
        }
        assert_eq!(start.elapsed().as_secs(), 60);
        assert!((10..40).contains(&tries), "{tries} tries");
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_wait_tells_the_log_what_it_waits_for() {
        let stop = CancellationToken::new();
        let (messages, _guard) = Messages::kept();
        let mut wait = Wait::new("m365_group to show".into(), Duration::from_secs(9), &stop);
        while wait.again().await {}
        assert_eq!(messages.so_far(), [""; 0], "what is short is not worth a line");
        let mut wait = Wait::new("m365_group to show".into(), Duration::from_secs(45), &stop);
        while wait.again().await {}
        let lines = messages.so_far();
        assert!((2..=4).contains(&lines.len()), "{lines:?}");
        assert!(lines.iter().all(|line| line == "waiting for m365_group to show"), "{lines:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn stopping_ends_a_wait() {
        let stop = CancellationToken::new();
        stop.cancel();
        assert!(!Wait::new("a test".into(), Duration::from_secs(60), &stop).again().await);
    }
}
