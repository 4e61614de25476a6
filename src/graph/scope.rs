//! The bounds of an operation: until when, until who says stop, and what to call it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::TARGET;
use super::error::Error;

/// What bounds an operation.
#[derive(Clone)]
pub(super) struct Scope {
    pub(super) started: Instant,
    pub(super) deadline: Instant,
    pub(super) cancellation: CancellationToken,
    pub(super) what: Arc<str>,
}

/// How an awaited thing ended.
pub(super) enum End<T> {
    /// By itself.
    Done(T),
    /// Time ran out.
    Late,
    /// Somebody said stop.
    Cancelled,
}

/// How long an answer to a write is still waited for after somebody said stop: an operation
/// ends within a second, and most answers come sooner, which spares asking what became of it.
const GRACE: Duration = Duration::from_millis(700);

impl Scope {
    /// Awaits `future` within the bounds.
    pub(super) async fn bound<T>(&self, future: impl Future<Output = T>) -> End<T> {
        tokio::select! {
            biased;
            () = self.cancellation.cancelled() => End::Cancelled,
            value = future => End::Done(value),
            () = tokio::time::sleep_until(self.deadline) => End::Late,
        }
    }

    /// Awaits the answer to something that may already have happened: a little longer.
    pub(super) async fn bound_write<T>(&self, future: impl Future<Output = T>) -> End<T> {
        tokio::pin!(future);
        match self.bound(&mut future).await {
            End::Done(value) => End::Done(value),
            End::Late => End::Late,
            End::Cancelled => match tokio::time::timeout(GRACE, future).await {
                Ok(value) => End::Done(value),
                Err(_) => End::Cancelled,
            },
        }
    }

    /// Sleeps within the bounds; tells the log about a long wait, and why.
    pub(super) async fn sleep(&self, wait: Duration, tell_after: Duration, why: &str) -> End<()> {
        if wait > tell_after {
            let (what, seconds) = (&*self.what, wait.as_secs());
            info!(target: TARGET, "{what}: waiting {seconds} s because {why}");
        }
        self.bound(tokio::time::sleep(wait)).await
    }

    /// Tells the log when `future` takes long.
    pub(super) async fn told<T>(
        &self,
        future: impl Future<Output = T>,
        every: Duration,
        awaited: &str,
    ) -> T {
        tokio::pin!(future);
        let start = Instant::now();
        loop {
            match tokio::time::timeout(every, &mut future).await {
                Ok(value) => return value,
                Err(_) => {
                    let (what, seconds) = (&*self.what, start.elapsed().as_secs());
                    info!(target: TARGET, "{what}: waiting for {awaited} since {seconds} s");
                }
            }
        }
    }

    /// Whether nothing has ended the operation yet.
    pub(super) fn is_live(&self) -> bool {
        !self.cancellation.is_cancelled() && Instant::now() < self.deadline
    }

    /// How long is left.
    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub(super) fn cancelled(&self, answer_lost: bool) -> Error {
        Error::Cancelled { what: self.what.to_string(), answer_lost }
    }

    pub(super) fn late(&self, answer_lost: bool, last: Option<Error>) -> Error {
        Error::DeadlineExceeded {
            what: self.what.to_string(),
            waited: self.started.elapsed(),
            answer_lost,
            last: last.map(Box::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::fake::Messages;

    fn scope() -> Scope {
        let started = Instant::now();
        Scope {
            started,
            deadline: started + Duration::from_secs(100),
            cancellation: CancellationToken::new(),
            what: "creating m365_group.a".into(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn long_waits_are_told_with_their_reason() {
        let (messages, _guard) = Messages::kept();
        let (scope, ten) = (scope(), Duration::from_secs(10));
        scope.sleep(Duration::from_secs(9), ten, "it is short").await;
        scope.sleep(Duration::from_secs(25), ten, "the directory asked to slow down").await;
        let slow = tokio::time::sleep(Duration::from_secs(25));
        scope.told(slow, ten, "the answer to GET /x").await;
        assert_eq!(
            messages.so_far(),
            [
                "creating m365_group.a: waiting 25 s because the directory asked to slow down",
                "creating m365_group.a: waiting for the answer to GET /x since 10 s",
                "creating m365_group.a: waiting for the answer to GET /x since 20 s",
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn bounds() {
        let scope = scope();
        let forever = std::future::pending::<()>;
        assert!(matches!(scope.bound(async { 1 }).await, End::Done(1)));
        assert!(matches!(scope.bound(forever()).await, End::Late));
        assert!(!scope.is_live());
        scope.cancellation.cancel();
        assert!(matches!(scope.bound(async { 1 }).await, End::Cancelled));
        assert!(matches!(scope.bound_write(forever()).await, End::Cancelled));
    }
}
