//! Identical reads under way at the same time are one read.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt as _;
use futures::future::{Shared, WeakShared};

use super::error::Error;
use super::response::Response;

/// What makes two reads identical: address, headers, and what was written before them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    address: String,
    headers: Vec<(String, String)>,
    writes: u64,
}

/// What a read comes to.
pub(super) type Read = Result<Arc<Response>, Error>;

type Flight = Pin<Box<dyn Future<Output = Read> + Send>>;

/// The reads under way.
#[derive(Default)]
pub(super) struct Flights {
    under_way: Mutex<HashMap<Key, WeakShared<Flight>>>,
    writes: AtomicU64,
}

impl Flights {
    /// The key of a read that begins now.
    pub(super) fn key(&self, address: String, headers: &[(String, String)]) -> Key {
        let mut headers = headers.to_vec();
        headers.sort();
        Key { address, headers, writes: self.writes.load(Ordering::SeqCst) }
    }

    /// Notes that something was written: a read that began before may not see it, so nobody who
    /// reads after may share that read.
    pub(super) fn written(&self) {
        self.writes.fetch_add(1, Ordering::SeqCst);
    }

    /// Joins the read under way, or begins one. Says whether it joined.
    pub(super) fn join<F>(&self, key: &Key, begin: impl FnOnce() -> F) -> (Shared<Flight>, bool)
    where
        F: Future<Output = Read> + Send + 'static,
    {
        let mut under_way = self.lock();
        if let Some(flight) = under_way.get(key).and_then(WeakShared::upgrade) {
            return (flight, true);
        }
        let flight = (Box::pin(begin()) as Flight).shared();
        if let Some(weak) = flight.downgrade() {
            under_way.insert(key.clone(), weak);
        }
        (flight, false)
    }

    /// Forgets a read that ended, so that the next one is new.
    pub(super) fn landed(&self, key: &Key) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, WeakShared<Flight>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
