//! Locks by name for processes that share no folder (faults F105, F106).
//!
//! Two shells with another `XDG_STATE_HOME`, a sandboxed program or `sudo -E` share one keychain and one bus, and look
//! for their files in different places. What they do share is the network, without which nobody renews anything: a name
//! in Linux' abstract socket namespace (unix(7)) belongs to one process, and is free again when that ends, however it
//! ends.

use std::io::{self, ErrorKind};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use keyfob_core::doors::ports::{LockAnswer, LockGuard};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

#[derive(Debug)]
struct Bound(#[expect(dead_code, reason = "it is held")] UnixListener);

impl LockGuard for Bound {}

/// Tries to take the lock of that name, which belongs to a keychain's mark or a bus's address.
pub(crate) fn try_take(of: &str, name: &str) -> io::Result<LockAnswer> {
    let name = format!("keyfob/{of}/{name}");
    match UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name)?) {
        Ok(listener) => Ok(LockAnswer::Taken(Box::new(Bound(listener)))),
        Err(e) if e.kind() == ErrorKind::AddrInUse => Ok(held_by(&name)),
        Err(e) => Err(e),
    }
}

/// Says who has the name. Names of running programs can be read by everybody on the computer, so a stranger may take
/// one to be in the way: keychain and bus are closed to strangers, and they are passed over.
fn held_by(name: &str) -> LockAnswer {
    match holder(name) {
        Ok(holder) if is_a_stranger(holder.uid.as_raw()) => LockAnswer::unneeded(),
        Ok(holder) => LockAnswer::Held { pid: u32::try_from(holder.pid.as_raw_nonzero().get()).ok() },
        // It has just let go, or so many wait that it cannot be asked.
        Err(_) => LockAnswer::Held { pid: None },
    }
}

fn is_a_stranger(uid: u32) -> bool {
    let us = rustix::process::geteuid().as_raw();
    us != 0 && uid != 0 && uid != us
}

fn holder(name: &str) -> rustix::io::Result<rustix::net::UCred> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new_abstract_name(name.as_bytes())?)?;
    rustix::net::sockopt::socket_peercred(&socket)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::keychain::fresh;

    // F105
    #[test]
    fn a_name_belongs_to_one_and_is_free_when_that_lets_go() {
        let mark = fresh();
        let held = try_take(&mark, "acme").unwrap();
        assert!(matches!(held, LockAnswer::Taken(_)));
        for _ in 0..200 {
            let us = Some(std::process::id());
            assert!(matches!(try_take(&mark, "acme").unwrap(), LockAnswer::Held { pid } if pid == us));
        }
        assert!(matches!(try_take(&mark, "other").unwrap(), LockAnswer::Taken(_)));
        assert!(matches!(try_take(&fresh(), "acme").unwrap(), LockAnswer::Taken(_)), "another keychain");
        drop(held);
        assert!(matches!(try_take(&mark, "acme").unwrap(), LockAnswer::Taken(_)));
    }
}
