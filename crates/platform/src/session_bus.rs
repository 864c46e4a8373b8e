//! The bus of the person's session: its address as the environment has it, and a connection to it.
//!
//! The library would take an empty variable for an address, and one that is no text for none.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// What an address may hold as it is (D-Bus specification, "Server Addresses").
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'/').remove(b'.').remove(b'*');

/// Where the bus is, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub text: String,
    /// Such as "DBUS_SESSION_BUS_ADDRESS says `unix:path=/x`".
    pub said: String,
}

/// Finds it without asking anybody. Nothing is started: `dbus-launch` would leave a bus behind for every call
/// (`cli/cli#7582`).
pub(crate) fn find(env: impl Fn(&str) -> Option<OsString>, exists: impl Fn(&Path) -> bool) -> Result<Address, String> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    if let Some(address) = set("DBUS_SESSION_BUS_ADDRESS") {
        let text = address.into_string().map_err(|_| "DBUS_SESSION_BUS_ADDRESS is not UTF-8 text".to_owned())?;
        return Ok(Address { said: format!("DBUS_SESSION_BUS_ADDRESS says `{text}`"), text });
    }
    let (runtime, whose) = match set("XDG_RUNTIME_DIR") {
        Some(folder) => (PathBuf::from(folder), "XDG_RUNTIME_DIR leads to"),
        None => (format!("/run/user/{}", rustix::process::geteuid().as_raw()).into(), "the usual place is"),
    };
    let socket = runtime.join("bus");
    if !exists(&socket) {
        let place = socket.display();
        return Err(format!("DBUS_SESSION_BUS_ADDRESS is not set, and {whose} {place}, which is not there"));
    }
    let text = format!("unix:path={}", percent_encode(socket.as_os_str().as_bytes(), ESCAPED));
    Ok(Address { said: format!("{whose} {}", socket.display()), text })
}

/// Finds it by the environment of this process.
pub(crate) fn address() -> Result<Address, String> {
    find(|name| std::env::var_os(name), Path::exists)
}

pub(crate) async fn connect() -> zbus::Result<zbus::Connection> {
    let address = address().map_err(zbus::Error::Address)?;
    zbus::connection::Builder::address(address.text.as_str())?.build().await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::os::unix::ffi::OsStringExt;

    use super::*;

    fn with(env: &[(&str, OsString)], there: bool) -> Result<Address, String> {
        find(|name| env.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone()), |_| there)
    }

    // F33, F209
    #[test]
    fn a_missing_session_bus_is_told_before_anything_is_connected() {
        let (bus, runtime) = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR");
        assert_eq!(with(&[(bus, "unix:path=/x".into())], false).unwrap().text, "unix:path=/x");
        let usual = [(bus, "".into()), (runtime, "/run/user/7".into())];
        assert_eq!(with(&usual, true).unwrap().text, "unix:path=/run/user/7/bus");
        let why =
            "DBUS_SESSION_BUS_ADDRESS is not set, and XDG_RUNTIME_DIR leads to /run/user/7/bus, which is not there";
        assert_eq!(with(&usual, false), Err(why.to_owned()));
        assert!(with(&[(runtime, "".into())], true).unwrap().text.starts_with("unix:path=/run/user/"));
    }

    // F209
    #[test]
    fn an_address_that_is_no_text_is_refused_and_a_folder_that_is_none_is_used() {
        let latin = |text: &[u8]| OsString::from_vec(text.to_vec());
        let refused = with(&[("DBUS_SESSION_BUS_ADDRESS", latin(b"unix:path=/\xfc"))], true);
        assert_eq!(refused, Err("DBUS_SESSION_BUS_ADDRESS is not UTF-8 text".to_owned()));
        let found = with(&[("XDG_RUNTIME_DIR", latin(b"/run/gr\xfc n"))], true).unwrap();
        assert_eq!(found.text, "unix:path=/run/gr%FC%20n/bus");
    }
}
