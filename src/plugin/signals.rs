//! Signals: an interruption is Terraform's business, an end is ours.

use std::io;

use tokio_util::sync::CancellationToken;

use super::serve::Mode;

/// Heeds signals from now on: `ending` is cancelled by those that ask for the end.
///
/// An interruption by the user reaches the provider as well as Terraform, as both belong to the
/// terminal. Terraform then lets running operations end and passes the wish on by `StopProvider`;
/// a provider that ended at once would lose the state of what it is making.
///
/// # Errors
///
/// The system's error.
#[cfg(unix)]
pub fn watch(mode: Mode, ending: &CancellationToken) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let ending = ending.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => match mode {
                    Mode::Debug => ending.cancel(),
                    Mode::Plugin => tracing::debug!("An interruption is left to Terraform"),
                },
                _ = terminate.recv() => ending.cancel(),
            }
        }
    });
    Ok(())
}

/// Heeds signals from now on, as on other systems.
///
/// # Errors
///
/// The system's error.
#[cfg(windows)]
pub fn watch(mode: Mode, ending: &CancellationToken) -> io::Result<()> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    let ending = ending.clone();
    tokio::spawn(async move {
        while interrupt.recv().await.is_some() {
            if mode == Mode::Debug {
                ending.cancel();
            }
        }
    });
    Ok(())
}
