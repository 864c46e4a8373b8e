//! The icon near the clock: draws what core says and sends back what was clicked. Here it is decided how, not what.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod native;
mod pictures;

use std::future::Future;

use keyfob_core::face::problem;
use keyfob_core::words::problem::Problem;
use keyfob_platform::harden;

#[cfg(target_os = "linux")]
pub use linux::{Tray, run};
#[cfg(not(target_os = "linux"))]
pub use native::{Tray, run};

/// Runs a future on this thread, with everything a tray program needs.
pub fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| problem::system(&error.to_string()))?;
    let outcome = runtime.block_on(async {
        harden::outlive_file_limit();
        work.await
    });
    // A keychain that hangs must not hold up the end (security D6).
    runtime.shutdown_background();
    Ok(outcome)
}
