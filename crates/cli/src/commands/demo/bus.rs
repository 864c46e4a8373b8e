//! The session bus of the stage: one that starts nobody, so that only what the stage itself starts can be on it.
//!
//! The bus of a session starts whatever is installed for a name, which may be another notification server than ours.

use std::fs;
use std::path::Path;

use keyfob_core::doors::ports::Clock;
use keyfob_core::face::problem;
use keyfob_core::face::problem::DemoStop;
use keyfob_core::words::problem::Problem;
use zbus::Connection;

use super::patience::until;

/// A configuration without a folder of services.
pub const CONFIG: &str = include_str!("../../../../../scripts/bus.conf");

/// The program that a service file starts: some lie where only that file knows.
pub fn program_of(service: &str) -> Result<String, Problem> {
    let path = Path::new("/usr/share/dbus-1/services").join(service);
    let text = fs::read_to_string(path).unwrap_or_default();
    let program = text.lines().find_map(|line| line.strip_prefix("Exec=")?.split_whitespace().next());
    program.map(str::to_owned).ok_or_else(|| problem::demo_stopped(DemoStop::Missing(service)))
}

pub async fn connect(address: &str) -> Result<Connection, Problem> {
    let connect = async { zbus::connection::Builder::address(address)?.build().await };
    connect.await.map_err(|error| failed(&error))
}

/// Waits until somebody has this name.
pub async fn until_taken(bus: &Connection, clock: &dyn Clock, name: &str) -> Result<(), Problem> {
    until(clock, name, async || {
        let call =
            bus.call_method(Some("org.freedesktop.DBus"), "/", Some("org.freedesktop.DBus"), "NameHasOwner", &name);
        call.await.ok()?.body().deserialize::<bool>().ok()?.then_some(())
    })
    .await
}

pub fn failed(error: &zbus::Error) -> Problem {
    problem::demo_stopped(DemoStop::Failed { part: "D-Bus", why: &error.to_string() })
}
