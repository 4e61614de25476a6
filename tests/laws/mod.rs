//! The laws that every resource is tested by (ARCHITECTURE.md), for every entry of the catalogue.
//!
//! Nothing here names a resource. What a law needs comes from the declaration: its example, values
//! made up from its types, and the emulator's answers to the requests that follow from it. A
//! declaration that a law does not fit says so itself, with the reason (`exceptions`).

mod bite;
mod change;
mod deployment;
mod example;
mod fault;
mod remote;
mod stage;
pub(crate) mod tenant;
mod terraform;
mod values;
pub(crate) mod wire;

use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::stream::StreamExt as _;
use m365::catalogue;
use m365::declare::{Law, Resource};
use m365::engine::model::PREFIX;
use tokio::sync::Semaphore;

/// What checking a law comes to; the message says what was seen instead.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The password of every account in the examples, to be looked for where it must not be.
pub(crate) const SECRET: &str = "Xq7-Recognisable-4!secret";

/// How long one step may take before a test fails instead of hanging.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// How many resources are under test at a time, over all laws.
static SLOTS: Semaphore = Semaphore::const_new(6);

/// How many at a time of a law whose time is spent on waiting.
static WAITING: Semaphore = Semaphore::const_new(30);

/// Checks a law for every resource of the catalogue, and fails with all that broke it.
pub(crate) async fn everywhere<F>(law: Law, check: impl Fn(&'static Resource) -> F)
where
    F: Future<Output = Outcome>,
{
    // For whoever works on one resource: LAWS_OF=group.
    let only = std::env::var("LAWS_OF").ok();
    let wanted = |resource: &&&Resource| only.as_ref().is_none_or(|only| only == resource.name);
    let checks = catalogue::ALL.iter().filter(wanted).map(|resource| {
        let check = &check;
        async move { (*resource, held(law, resource, check).await) }
    });
    // All wait for a slot at once; whichever gets one goes on.
    let outcomes: Vec<_> =
        futures::stream::iter(checks).buffer_unordered(usize::MAX).collect().await;
    let broken: Vec<String> = outcomes
        .into_iter()
        .filter_map(|(resource, outcome)| {
            let said = outcome.err()?;
            Some(format!("{law:?} is broken by {PREFIX}{}: {said}", resource.name))
        })
        .collect();
    assert!(broken.is_empty(), "\n\n{}\n", broken.join("\n\n"));
}

async fn held<F>(
    law: Law,
    resource: &'static Resource,
    check: impl Fn(&'static Resource) -> F,
) -> Outcome
where
    F: Future<Output = Outcome>,
{
    if let Some((_, reason)) = resource.exceptions.iter().find(|(excepted, _)| *excepted == law) {
        println!("{law:?} does not hold for {PREFIX}{}: {reason}", resource.name);
        return Ok(());
    }
    let slots = if law == Law::L10 { &WAITING } else { &SLOTS };
    let _slot = slots.acquire().await.map_err(|error| error.to_string())?;
    let started = Instant::now();
    let outcome = std::panic::AssertUnwindSafe(check(resource)).catch_unwind().await;
    println!("{law:?} {PREFIX}{} in {:?}", resource.name, started.elapsed());
    match outcome {
        Ok(outcome) => outcome,
        Err(panic) => Err(panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("it panicked")
            .to_owned()),
    }
}

/// `Ok` where `holds`, else what `said` says.
pub(crate) fn ensure(holds: bool, said: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(said()) }
}
