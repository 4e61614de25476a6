//! Panics: logged, where the standard library would print them, and turned into diagnostics.

use std::any::Any;
use std::panic;

/// Logs every panic of the process from now on.
pub fn log() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "The provider panicked: {}", message(info.payload()));
    }));
}

/// The message of a panic.
pub fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
