//! The end of a provider whose Terraform is gone without a word.
//!
//! A Terraform that is killed cannot end its providers, and each would stay for good, with the
//! credentials of a tenant in its memory. So a provider ends by itself when the process that
//! started it is gone and nobody is connected any more. Both are asked for: who starts Terraform's
//! providers through a wrapper that does not stay is still connected.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;

/// Counts what is connected: a clone each.
#[derive(Clone, Debug, Default)]
pub struct Connected(Arc<AtomicUsize>);

impl Connected {
    /// One more is connected, until the result is dropped.
    #[must_use]
    pub fn one_more(&self) -> Presence {
        self.0.fetch_add(1, Ordering::Relaxed);
        Presence(Arc::clone(&self.0))
    }

    #[cfg(unix)]
    fn nobody(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

/// Somebody who is connected.
#[derive(Debug)]
pub struct Presence(Arc<AtomicUsize>);

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Cancels `ending` when the process is an orphan. To be called before anybody is told that the
/// process is there: whoever is gone by then is not missed.
#[cfg(unix)]
pub fn watch(connected: Connected, ending: CancellationToken) {
    use std::os::unix::process::parent_id;
    use std::time::Duration;

    /// There is no event to wait for: the system tells a process of its children's end only.
    const PERIOD: Duration = Duration::from_secs(1);

    let parent = parent_id();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(PERIOD);
        while ending.run_until_cancelled(ticks.tick()).await.is_some() {
            if parent_id() != parent && connected.nobody() {
                tracing::warn!("Terraform is gone: the provider ends");
                ending.cancel();
            }
        }
    });
}

/// Does nothing: on Windows, a parent's end cannot be told from here.
#[cfg(not(unix))]
pub fn watch(_: Connected, _: CancellationToken) {}
