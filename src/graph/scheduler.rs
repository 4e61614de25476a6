//! When a request may go: one lane per service family, one budget of requests under way.
//!
//! A throttled answer concerns the family, not the request that got it: the whole lane pauses,
//! because requests sent meanwhile would be refused too, and Graph counts them all the same.
//! A lane is a state machine over instants; waiting is done by the caller in `send`.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::bucket::Bucket;
use super::family::Family;
use super::retry::pause;
use super::settings::Limits;

/// Who may go when.
pub(super) struct Scheduler {
    slots: Semaphore,
    lanes: [Mutex<Lane>; Family::COUNT],
    limits: Limits,
}

struct Lane {
    /// What writes cost; also reads, while the service cannot keep up.
    bucket: Bucket,
    paused_until: Option<Instant>,
    /// Throttled answers since the last good one.
    streak: u32,
}

/// Why a request waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// The service said to slow down.
    Paused(Duration),
    /// The service takes only so many a second.
    Paced(Duration),
}

impl Scheduler {
    pub(super) fn new(limits: Limits) -> Scheduler {
        let now = Instant::now();
        let lane = |index| {
            let (rate, burst) = match index == Family::ConditionalAccess.index() {
                true => (limits.ca_writes_per_second, limits.ca_burst),
                false => (FULL_SPEED, FULL_SPEED),
            };
            Mutex::new(Lane {
                bucket: Bucket::new(rate, burst, now),
                paused_until: None,
                streak: 0,
            })
        };
        Scheduler {
            slots: Semaphore::new(limits.in_flight.max(1)),
            lanes: std::array::from_fn(lane),
            limits,
        }
    }

    /// Promises a turn to `cost` requests and says how long until it comes.
    pub(super) fn reserve(&self, family: Family, write: bool, cost: usize) -> Option<Hold> {
        let mut lane = self.lane(family);
        let paces = write || lane.bucket.is_slowed();
        #[expect(clippy::cast_precision_loss, reason = "a batch has at most 20 requests")]
        let wait = match paces {
            true => lane.bucket.reserve(cost as f64, Instant::now()),
            false => Duration::ZERO,
        };
        (!wait.is_zero()).then_some(Hold::Paced(wait))
    }

    /// How long the family is paused still.
    pub(super) fn paused(&self, family: Family) -> Option<Hold> {
        let until = self.lane(family).paused_until?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(Hold::Paused(left))
    }

    /// Takes a place among the requests under way; it is given back by dropping it.
    pub(super) async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        self.slots.acquire().await.ok()
    }

    /// Learns from a throttled answer; says how long the family pauses.
    pub(super) fn throttled(&self, family: Family, asked: Option<Duration>) -> Duration {
        let now = Instant::now();
        let mut lane = self.lane(family);
        let wait = asked.unwrap_or_else(|| pause(&self.limits, lane.streak));
        let already = lane.paused_until.is_some_and(|until| until > now);
        // Requests that were under way together complain together: that is one complaint. The
        // first is answered by a pause; one that follows a pause means that the rate is wrong.
        if !already {
            lane.streak = lane.streak.saturating_add(1);
            if lane.streak > 1 {
                lane.bucket.slow_down(now);
            }
        }
        lane.paused_until = lane.paused_until.max(Some(now + wait));
        wait
    }

    /// Learns from an answer that was not throttled.
    pub(super) fn taken(&self, family: Family) {
        let mut lane = self.lane(family);
        lane.streak = 0;
        lane.bucket.speed_up();
    }

    fn lane(&self, family: Family) -> MutexGuard<'_, Lane> {
        self.lanes[family.index()].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rate, a second, from which a lane learns downwards: above what ten requests under way
/// can reach, so that nothing is held back before a service complains.
const FULL_SPEED: f64 = 300.0;

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: Family = Family::Directory;

    fn scheduler() -> Scheduler {
        Scheduler::new(Limits::default())
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_held_before_a_complaint() {
        let scheduler = scheduler();
        for _ in 0..1000 {
            assert_eq!(scheduler.reserve(FAMILY, false, 1), None);
        }
        assert_eq!(scheduler.paused(FAMILY), None);
    }

    #[tokio::test(start_paused = true)]
    async fn conditional_access_writes_are_paced_from_the_start() {
        let scheduler = scheduler();
        let family = Family::ConditionalAccess;
        let waits: Vec<_> = (0..7).map(|_| scheduler.reserve(family, true, 1)).collect();
        assert_eq!(waits[4], None);
        assert_eq!(waits[6], Some(Hold::Paced(Duration::from_secs(2))));
        assert_eq!(scheduler.reserve(family, false, 1), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_complaint_pauses_its_family_only() {
        let scheduler = scheduler();
        scheduler.throttled(FAMILY, Some(Duration::from_secs(10)));
        assert_eq!(scheduler.paused(FAMILY), Some(Hold::Paused(Duration::from_secs(10))));
        assert_eq!(scheduler.paused(Family::Governance), None);
        tokio::time::advance(Duration::from_secs(11)).await;
        assert_eq!(scheduler.paused(FAMILY), None);
    }

    #[tokio::test(start_paused = true)]
    async fn complaints_in_a_row_slow_reads_down_too() {
        let scheduler = scheduler();
        for _ in 0..12 {
            scheduler.throttled(FAMILY, Some(Duration::from_secs(1)));
            tokio::time::advance(Duration::from_secs(2)).await;
        }
        assert!(scheduler.reserve(FAMILY, false, 1).is_some());
        (0..1000).for_each(|_| scheduler.taken(FAMILY));
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(scheduler.reserve(FAMILY, false, 100), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_longer_pause_wins_and_unasked_pauses_grow() {
        let scheduler = scheduler();
        scheduler.throttled(FAMILY, Some(Duration::from_secs(10)));
        scheduler.throttled(FAMILY, Some(Duration::from_secs(2)));
        assert_eq!(scheduler.paused(FAMILY), Some(Hold::Paused(Duration::from_secs(10))));
        let other = Family::Other;
        let mut waits = Vec::new();
        for _ in 0..4 {
            waits.push(scheduler.throttled(other, None).as_millis());
            tokio::time::advance(Duration::from_secs(60)).await;
        }
        assert_eq!(waits, [500, 1000, 2000, 4000]);
        scheduler.taken(other);
        assert_eq!(scheduler.throttled(other, None).as_millis(), 500);
    }
}
