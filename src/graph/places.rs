//! Places for requests on HTTP/1 connections, so that few connections are opened, and kept.
//!
//! The client's pool opens a connection whenever none is idle at that instant, and one whose answer
//! was just read is not idle yet. So a request that follows closely on an answer would cost another
//! connection, however few are needed. Here each connection has a place. A request takes the place
//! of an idle connection; where there is none but one is on its way back to the pool, it waits for
//! that, which takes two milliseconds; only then may it open another, up to a limit.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// How long a connection may take to come back to the pool after its answer was read.
const RETURN: Duration = Duration::from_millis(2);

/// The places of one host.
pub(super) struct Places {
    counts: Mutex<Counts>,
    changed: Notify,
}

struct Counts {
    /// Connections that may still be opened.
    unopened: usize,
    /// Connections that wait in the pool.
    idle: usize,
    /// Connections whose answer was read, on their way back to the pool.
    returning: usize,
}

/// A place that is taken. Dropping it says that its connection is lost.
pub(super) struct Place(Option<Arc<Places>>);

impl Places {
    pub(super) fn new(most: usize) -> Arc<Places> {
        let counts = Counts { unopened: most.max(1), idle: 0, returning: 0 };
        Arc::new(Places { counts: Mutex::new(counts), changed: Notify::new() })
    }

    /// Waits for a place.
    pub(super) async fn take(self: &Arc<Self>) -> Place {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed.
            changed.as_mut().enable();
            if self.lock().take() {
                return Place(Some(Arc::clone(self)));
            }
            changed.await;
        }
    }

    fn change(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.lock());
        self.changed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn take(&mut self) -> bool {
        let from = match self {
            Counts { idle: 1.., .. } => &mut self.idle,
            Counts { returning: 0, unopened: 1.., .. } => &mut self.unopened,
            _ => return false,
        };
        *from -= 1;
        true
    }
}

impl Place {
    /// The answer was read whole: the connection goes back to the pool.
    pub(super) fn free(mut self) {
        let Some(places) = self.0.take() else { return };
        places.change(|counts| counts.returning += 1);
        tokio::spawn(async move {
            tokio::time::sleep(RETURN).await;
            places.change(|counts| {
                counts.returning -= 1;
                counts.idle += 1;
            });
        });
    }

    /// The connection takes more requests while it carries this one, as HTTP/2 does.
    pub(super) fn free_at_once(mut self) {
        if let Some(places) = self.0.take() {
            places.change(|counts| counts.idle += 1);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(places) = self.0.take() {
            places.change(|counts| counts.unopened += 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use futures::future::join_all;

    use super::*;

    /// How many connections were opened.
    fn opened(places: &Places, most: usize) -> usize {
        most - places.lock().unopened
    }

    #[tokio::test(start_paused = true)]
    async fn what_follows_on_an_answer_waits_for_its_connection() {
        let places = Places::new(9);
        for _ in 0..100 {
            places.take().await.free();
        }
        assert_eq!(opened(&places, 9), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_together_has_a_connection_each_up_to_the_limit() {
        let places = Places::new(3);
        let taken = join_all((0..3).map(|_| places.take())).await;
        assert!(places.take().now_or_never().is_none());
        taken.into_iter().for_each(Place::free);
        join_all((0..50).map(|_| async { places.take().await.free() })).await;
        assert_eq!(opened(&places, 3), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_connection_makes_room_for_another() {
        let places = Places::new(1);
        drop(places.take().await);
        places.take().await.free_at_once();
        assert!(places.take().now_or_never().is_some());
    }
}
